//! `cargo xtask demo`: from nothing to a report, against an emulated tenant.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::emulator::{self, APP, TENANT};
use crate::{tools, workspace};

const MAILBOXES: u64 = 1000;
/// Of the PFX. It protects nothing: the certificate opens the emulated tenant alone.
const PASSWORD: &str = "demo";
const PASSWORD_VARIABLE: &str = "EXRUN_DEMO_PASSWORD";

// Names within the demo's folder, where its programs run.
const PFX: &str = "app.pfx";
const KEY: &str = "KeyCreds.txt";
const MANIFEST: &str = "manifest.json";
const LIST: &str = "mailboxes.txt";
const CSV: &str = "mbreport.csv";

/// Runs the demo.
///
/// # Errors
///
/// When a step fails; what it printed stands above.
pub(crate) fn run() -> Result<()> {
    println!("ExRun reads the mailbox settings of {MAILBOXES} mailboxes, as an app, with a certificate.");
    println!("The tenant is an emulator on this machine: nothing leaves it, and no account is needed.\n");
    let way = Way::choose();

    println!("1. Building the library and the emulator (some minutes the first time)");
    build(&way)?;
    let folder = workspace::built("demo")?;
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let demo = Demo { emulator: workspace::program("debug", "exrun-emulator")?, folder, way };

    println!("\n2. A certificate for the app");
    demo.certificate()?;

    println!("\n3. Registering it: the key file's content goes in place of the [] at keyCredentials");
    demo.register()?;

    println!("\n4. The report, of {MAILBOXES} mailboxes");
    let seconds = demo.report()?;

    demo.sum_up(seconds)
}

/// What runs the report: the best of what this machine has.
enum Way {
    PowerShell(PathBuf),
    C(PathBuf),
    Rust,
}

impl Way {
    fn choose() -> Self {
        if let Some(program) = tools::powershell() {
            return Self::PowerShell(program);
        }
        println!("PowerShell was not found (pwsh on the PATH, or EXRUN_PWSH): its part is left out, and the same");
        if let Some(compiler) = tools::on_path("cc") {
            println!("report runs through the C ABI, from examples/c/report.c.\n");
            return Self::C(compiler);
        }
        println!("report runs from Rust, from examples/rust/report.rs, for there is no C compiler either.\n");
        Self::Rust
    }
}

struct Demo {
    emulator: PathBuf,
    folder: PathBuf,
    way: Way,
}

impl Demo {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn certificate(&self) -> Result<()> {
        let mut command = match &self.way {
            Way::PowerShell(program) => {
                let call =
                    format!("Invoke-CreateSelfSignCert -CertName 'ExRun demo' -CertFileName {PFX} -KeyFileName {KEY}");
                println!("   PS> {call}");
                // An empty password: the post's script, which has none to give, then opens the file without asking.
                let script = format!(
                    "$ErrorActionPreference = 'Stop'; Import-Module ExRun; $null = {call} -Password ([securestring]::new())"
                );
                powershell(program, &script)
            }
            Way::C(_) | Way::Rust => {
                println!("   $ cargo run --example certificate -- 'ExRun demo' {PFX} {KEY}");
                let mut command = Command::new(example("certificate")?);
                command.args(["ExRun demo", PFX, KEY, PASSWORD_VARIABLE]);
                command
            }
        };
        succeed(self.prepared(&mut command)?, "making the certificate")
    }

    fn register(&self) -> Result<()> {
        let path = self.file(KEY);
        let key = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let manifest = emulator::manifest(&key);
        fs::write(self.file(MANIFEST), &manifest).context("writing the manifest")?;
        for line in manifest.lines().flat_map(|line| line.split_inclusive(',')).take(12) {
            println!("   {}", shortened(line.trim_end(), 100));
        }
        Ok(())
    }

    fn report(&self) -> Result<f64> {
        fs::write(self.file(LIST), emulator::mailboxes(&self.emulator, MAILBOXES)?)
            .context("writing the list of mailboxes")?;
        let _ = fs::remove_file(self.csv());

        let mut command = Command::new(&self.emulator);
        command.args(["run", "--mailboxes", &MAILBOXES.to_string(), "--manifest", MANIFEST, "--"]);
        match &self.way {
            Way::PowerShell(program) => Self::powershell_report(program, &mut command),
            Way::C(compiler) => {
                let program = self.compile(compiler)?;
                Self::plain_report(&program, &mut command);
            }
            Way::Rust => Self::plain_report(&example("report")?, &mut command),
        }
        let started = Instant::now();
        let status = self.prepared(&mut command)?.status().context("starting the emulator")?;
        // 2: a row for every mailbox, and some could not be read.
        if !matches!(status.code(), Some(0 | 2)) {
            bail!("the report failed ({status}); see above");
        }
        Ok(started.elapsed().as_secs_f64())
    }

    fn powershell_report(program: &Path, command: &mut Command) {
        let script = workspace::root().join("examples").join("powershell").join("mailbox-report.ps1");
        let call = format!(
            "& '{}' -TenantId {TENANT} -ClientId {APP} -CertFileName {PFX} -Mailbox (Get-Content {LIST}) -ReportFileName {CSV}",
            quoted(&script)
        );
        println!("   PS> {call}\n");
        // The script is left alone; only how its errors look is chosen here: a line for each, below the report.
        let run = powershell(
            program,
            &format!(
                "$ErrorActionPreference = 'SilentlyContinue'; {call}; $first = @($Error)[-1..-3]; \
                 foreach ($one in $first) {{ \"   error: $one\" }}; \
                 if ($Error.Count -gt 3) {{ \"   error: ... $($Error.Count - 3) more\" }}"
            ),
        );
        command.arg(run.get_program()).args(run.get_args());
    }

    fn plain_report(program: &Path, command: &mut Command) {
        let arguments = ["--tenant", TENANT, "--client", APP, "--certificate", PFX, "--mailboxes", LIST, "--out", CSV];
        println!("   $ exrun-emulator run -- {} {}\n", program.display(), arguments.join(" "));
        command.arg(program).args(arguments).args(["--password-env", PASSWORD_VARIABLE]);
    }

    fn compile(&self, compiler: &Path) -> Result<PathBuf> {
        let program = self.file("report");
        let library = workspace::library("debug")?;
        let folder = library.parent().unwrap_or(Path::new("."));
        let mut command = Command::new(compiler);
        command.arg("-std=c99").arg("-I").arg(workspace::root().join("include"));
        command.arg(workspace::root().join("examples").join("c").join("report.c")).arg("-L").arg(folder);
        command.arg("-lexrun").arg(format!("-Wl,-rpath,{}", folder.display())).arg("-o").arg(&program);
        succeed(&mut command, "compiling examples/c/report.c")?;
        Ok(program)
    }

    /// What every program of the demo gets to see.
    fn prepared<'a>(&self, command: &'a mut Command) -> Result<&'a mut Command> {
        workspace::clean(command);
        // The module is found by its name, as an installed one.
        let mut modules = vec![workspace::root().join("powershell")];
        modules.extend(
            std::env::var_os("PSModulePath").iter().flat_map(|path| std::env::split_paths(path).collect::<Vec<_>>()),
        );
        Ok(command
            .env("EXRUN_LIBRARY", workspace::library("debug")?)
            .env("PSModulePath", std::env::join_paths(modules).context("extending PSModulePath")?)
            .env(PASSWORD_VARIABLE, PASSWORD)
            .current_dir(&self.folder))
    }

    fn csv(&self) -> PathBuf {
        self.file(CSV)
    }

    fn sum_up(&self, seconds: f64) -> Result<()> {
        let csv = fs::read_to_string(self.csv()).with_context(|| format!("reading {}", self.csv().display()))?;
        let rows: Vec<&str> = csv.lines().skip(1).collect();
        // A mailbox that could not be read has its name and nothing else.
        let failed = rows.iter().filter(|row| row.replace('"', "").ends_with(",,,,")).count();
        println!("\n   {}", csv.lines().next().unwrap_or_default());
        for row in rows.iter().take(5) {
            println!("   {row}");
        }
        println!("   ...\n\n   {} rows in {seconds:.1} s, start and sign-in included", rows.len());
        println!(
            "   {failed} mailboxes cannot be read, as some cannot in any tenant: they keep their rows, with nothing in them"
        );
        println!("   {}", self.csv().display());
        println!("\nWith a tenant of your own: README.md, \"A report of your tenant\". The same commands, without the");
        println!("emulator. More of what the module does: docs/guide.md. From other languages: docs/abi.md.");
        if rows.len() as u64 != MAILBOXES {
            bail!("{} rows for {MAILBOXES} mailboxes", rows.len());
        }
        Ok(())
    }
}

fn build(way: &Way) -> Result<()> {
    let mut arguments = vec!["build", "--package", "exrun", "--package", "exrun-emulator", "--lib", "--bins"];
    if !matches!(way, Way::PowerShell(_)) {
        arguments.push("--examples");
    }
    let status = workspace::cargo(&arguments).status().context("starting cargo")?;
    if !status.success() {
        bail!("building failed; see above. OpenSSL is built from source: that needs a C compiler, make and perl");
    }
    Ok(())
}

fn example(name: &str) -> Result<PathBuf> {
    Ok(workspace::built("debug")?.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

fn succeed(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| what.to_owned())?;
    if !status.success() {
        bail!("{what} failed ({status}); see above");
    }
    Ok(())
}

/// A command for PowerShell.
fn powershell(program: &Path, call: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["-NoProfile", "-NonInteractive", "-Command", call]);
    command
}

/// A path inside single quotes of PowerShell.
fn quoted(path: &Path) -> String {
    path.display().to_string().replace('\'', "''")
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    format!("{start}...")
}
