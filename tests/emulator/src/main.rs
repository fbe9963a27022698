//! `exrun-emulator`: serve, run a command against it, or print its mailboxes.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Args, Parser, Subcommand};
use exrun_emulator::{Config, Emulator, FaultScript, Population, VaultConfig};

/// Behaves as the Microsoft 365 services that ExRun talks to, on loopback only.
#[derive(Parser)]
#[command(version)]
struct Line {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Serves until it is stopped, and prints what a client needs.
    Serve(Service),
    /// Serves for as long as a command runs, with EXRUN_CONNECT_TO and EXRUN_CA_FILE set, and ends with its exit code.
    Run {
        #[command(flatten)]
        service: Service,
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Prints the mailboxes' addresses, one a line.
    Mailboxes {
        /// How many.
        #[arg(long, default_value_t = 1000)]
        count: u64,
        /// Only those that answer with an error.
        #[arg(long)]
        broken: bool,
        /// What everything follows from.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many of a hundred answer with an error.
        #[arg(long, default_value_t = 1.0)]
        broken_percent: f64,
    },
    /// Prints the report that the mailboxes should give: CSV, none of them broken.
    Report {
        /// How many.
        #[arg(long, default_value_t = 1000)]
        count: u64,
        /// What everything follows from.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

#[derive(Args)]
struct Service {
    /// The tenant's GUID; its domains are contoso.com and contoso.onmicrosoft.com.
    #[arg(long, default_value = exrun_emulator::config::DEFAULT_TENANT)]
    tenant: String,
    /// A further tenant that knows the application, as DOMAIN=GUID: the same mailboxes, under tokens of its own.
    #[arg(long, value_parser = partner)]
    partner: Vec<(String, String)>,
    /// How many mailboxes there are.
    #[arg(long, default_value_t = 1000)]
    mailboxes: u64,
    /// How many messages each mailbox holds; by default from 3 to 32.
    #[arg(long)]
    messages: Option<u64>,
    /// How many users without a mailbox the directory has, as a percentage of the mailboxes.
    #[arg(long, default_value_t = 0.0)]
    directory_extra_percent: f64,
    /// Life of a page token of the directory in seconds; by default it lives.
    #[arg(long)]
    page_token_lifetime: Option<i64>,
    /// The application's roles, separated by commas; by default those that the emulator knows a use for.
    #[arg(long, value_delimiter = ',')]
    roles: Vec<String>,
    /// The application's manifest with appId and keyCredentials; read again when it changes.
    #[arg(long)]
    manifest: Option<PathBuf>,
    /// A secret of the application, beside the keys of its manifest.
    #[arg(long)]
    client_secret: Option<String>,
    /// How many secrets every vault has beside the named ones.
    #[arg(long, default_value_t = 60)]
    vault_secrets: u64,
    /// What the application may do in vaults, such as secrets/get,keys/sign; everything by default.
    #[arg(long, value_delimiter = ',')]
    vault_permissions: Option<Vec<String>>,
    /// The port on 127.0.0.1; 0: a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Added to each reply of Graph.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// What everything follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A fault script (JSON; see the README).
    #[arg(long)]
    faults: Option<PathBuf>,
    /// How many of a hundred mailboxes are throttled at their first request.
    #[arg(long, default_value_t = 0.0)]
    throttle_percent: f64,
    /// The shortest wait that throttling asks for, in seconds.
    #[arg(long, default_value_t = 0.05)]
    throttle_seconds: f64,
    /// Requests of the app that Graph takes in a window of 10 seconds.
    #[arg(long, default_value_t = 130_000)]
    requests_per_10s: u64,
    /// Makes that window as long as this.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..))]
    window_seconds: i64,
    /// Requests to one mailbox that Graph takes in 10 minutes.
    #[arg(long, default_value_t = 10_000)]
    mailbox_requests_per_10min: u64,
    /// Requests that Graph answers at a time: more get 429, and replies take longer near it.
    #[arg(long)]
    service_concurrency: Option<u32>,
    /// Says with each reply how much of the limits is left (RateLimit-Limit, -Remaining, -Reset).
    #[arg(long)]
    announce_limits: bool,
    /// How many of a hundred mailboxes answer with an error.
    #[arg(long, default_value_t = 1.0)]
    broken_percent: f64,
    /// Life of a token in seconds.
    #[arg(long, default_value_t = 3599)]
    token_lifetime: i64,
    /// Where to write each request to Graph, as a line of JSON.
    #[arg(long)]
    requests_file: Option<PathBuf>,
    /// Where to write the CA's certificate; by default a temporary file.
    #[arg(long)]
    ca_file: Option<PathBuf>,
}

fn main() -> ExitCode {
    let done = match Line::parse().command {
        What::Serve(service) => start(service).and_then(|emulator| serve(&emulator)),
        What::Run { service, command } => start(service).and_then(|emulator| run(&emulator, &command)),
        What::Mailboxes { count, broken, seed, broken_percent } => {
            let population = Population { count, seed, broken_percent };
            let wanted = |index: &u64| !broken || population.broken(*index).is_some();
            (0..count).filter(wanted).for_each(|index| println!("{}", population.upn(index)));
            Ok(ExitCode::SUCCESS)
        }
        What::Report { count, seed } => {
            report(Population { count, seed, broken_percent: 0.0 }).map_err(|cause| cause.to_string())
        }
    };
    done.unwrap_or_else(|cause| {
        eprintln!("exrun-emulator: {cause}");
        ExitCode::FAILURE
    })
}

/// The five columns of the drop-in report, written here and not by the library: a judge of it.
fn report(population: Population) -> std::io::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "MailboxName,Language,Locale,TimeZone,AutomaticReplyStatus")?;
    for index in 0..population.count {
        let settings = population.settings(index);
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().replace('"', "\"\"");
        let status = text(&settings["automaticRepliesSetting"]["status"]);
        // `alwaysEnabled` reads `AlwaysEnabled`, as Outlook REST gave it.
        let status = status.get(..1).map_or_else(String::new, |first| first.to_uppercase() + &status[1..]);
        writeln!(
            out,
            "\"{}\",\"{}\",\"{}\",\"{}\",\"{status}\"",
            population.upn(index).replace('"', "\"\""),
            text(&settings["language"]["displayName"]),
            text(&settings["language"]["locale"]),
            text(&settings["timeZone"]),
        )?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// `DOMAIN=GUID`.
fn partner(text: &str) -> Result<(String, String), String> {
    let (domain, id) = text.split_once('=').ok_or("a partner is DOMAIN=GUID")?;
    Ok((domain.to_owned(), id.to_owned()))
}

fn start(service: Service) -> Result<Emulator, String> {
    let faults = match &service.faults {
        None => FaultScript::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|cause| format!("reading the fault script {}: {cause}", path.display()))?;
            serde_json::from_str(&text)
                .map_err(|cause| format!("reading the fault script {}: {cause}", path.display()))?
        }
    };
    if let Some(path) = &service.manifest
        && !path.exists()
    {
        return Err(format!("the manifest {} is not there", path.display()));
    }
    let default = Config::default();
    Emulator::start(Config {
        roles: if service.roles.is_empty() { default.roles } else { service.roles },
        tenant: service.tenant,
        partners: service.partner,
        mailboxes: service.mailboxes,
        messages: service.messages,
        directory_extra_percent: service.directory_extra_percent,
        page_token_lifetime: service.page_token_lifetime,
        broken_percent: service.broken_percent,
        throttle_percent: service.throttle_percent,
        throttle_seconds: service.throttle_seconds,
        requests_per_10s: service.requests_per_10s,
        window_seconds: service.window_seconds,
        mailbox_requests_per_10min: service.mailbox_requests_per_10min,
        service_concurrency: service.service_concurrency,
        announce_limits: service.announce_limits,
        seed: service.seed,
        port: service.port,
        latency_ms: service.latency_ms,
        token_lifetime: service.token_lifetime,
        manifest: service.manifest,
        client_secret: service.client_secret,
        vault: VaultConfig {
            secrets: service.vault_secrets,
            permissions: service.vault_permissions.unwrap_or(VaultConfig::default().permissions),
            ..VaultConfig::default()
        },
        faults,
        requests_file: service.requests_file,
        ca_file: service.ca_file,
        ..Config::default()
    })
    .map_err(|cause| format!("starting: {cause}"))
}

fn serve(emulator: &Emulator) -> Result<ExitCode, String> {
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])
        .map_err(|cause| cause.to_string())?;
    println!("serving on {}; stop with Ctrl+C. For a client:", emulator.addr());
    println!("  EXRUN_CONNECT_TO={}", emulator.addr());
    println!("  EXRUN_CA_FILE={}", emulator.ca_file().display());
    signals.forever().next();
    Ok(ExitCode::SUCCESS)
}

fn run(emulator: &Emulator, command: &[String]) -> Result<ExitCode, String> {
    // The command gets Ctrl+C itself, from the terminal; this process must outlive it to end with its code.
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])
        .map_err(|cause| cause.to_string())?;
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("EXRUN_CONNECT_TO", emulator.addr().to_string())
        .env("EXRUN_CA_FILE", emulator.ca_file())
        .spawn()
        .map_err(|cause| format!("starting {program}: {cause}"))?;
    let child_id = child.id().to_string();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if signal == signal_hook::consts::SIGTERM {
                // Where kill is not there the child simply goes on.
                let _ = Command::new("kill").arg(&child_id).status();
            }
        }
    });
    let status = child.wait().map_err(|cause| format!("waiting for {program}: {cause}"))?;
    Ok(status.code().and_then(|code| u8::try_from(code & 0xff).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
