//! The mailbox settings of every mailbox in a file, as CSV, through the Rust API.
//!
//! ```text
//! cargo run --release --example report -- --tenant contoso.com --client APP_ID --certificate app.pfx \
//!     --password-env PFX_PASSWORD --mailboxes mailboxes.txt --out report.csv
//! ```
//!
//! One mailbox a line in, one row a line out, in the same order. Ends with 0 when every mailbox could be read,
//! with 2 when some could not (their rows are there, without settings), with 1 when the run itself failed.
#![allow(clippy::print_stderr, reason = "a program for a terminal")]

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use exrun::client::{Client, ClientOptions, Credential, Limits, RunRequest};
use exrun::rows::{Format, Next, ReportRequest, RowStream};
use exrun::secret::Secret;
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match report() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the report; gives how many mailboxes failed.
fn report() -> Outcome<u64> {
    let arguments = arguments()?;
    let argument = |name: &str| arguments.get(name).ok_or(format!("--{name} is missing"));

    let password = match arguments.get("password-env") {
        Some(variable) => Some(Secret::new(
            std::env::var(variable)
                .map_err(|_| format!("the environment variable {variable} is not set"))?
                .into_bytes(),
        )),
        None => None,
    };
    let client = Client::new(ClientOptions {
        tenant_id: Some(argument("tenant")?.clone()),
        client_id: Some(argument("client")?.clone()),
        credential: Some(Credential::CertificateFile { path: argument("certificate")?.into(), password }),
        ..ClientOptions::default()
    })?;
    let max_concurrency = arguments.get("concurrency").map(|text| text.parse()).transpose()?;
    let request = RunRequest {
        report: ReportRequest { format: Format::Csv, ..ReportRequest::default() },
        limits: Limits { max_concurrency, ..Limits::default() },
        ..RunRequest::default()
    };
    let mailboxes = BufReader::new(File::open(argument("mailboxes")?)?);
    let mut out = File::create(argument("out")?)?;

    let stream = client.mailbox_settings_report(&request)?;
    run(&client, &*stream, mailboxes, &mut out)?;
    let progress = stream.progress();
    let failed = progress["failed"].as_u64().unwrap_or(0);
    let seconds = progress["elapsedMs"].as_f64().unwrap_or(0.0) / 1000.0;
    eprintln!("{} rows, {failed} failed, {seconds:.1} s", progress["delivered"]);
    Ok(failed)
}

/// Pushes what the stream takes and writes what it gives, until it ends. It takes only what fits, so that any
/// number of mailboxes needs no more memory than a few.
fn run(client: &Client, stream: &dyn RowStream, mailboxes: impl BufRead, out: &mut impl Write) -> Outcome<()> {
    let mut mailboxes = mailboxes.lines();
    let mut line = String::new();
    let mut finished = false;
    loop {
        // Read before looking for rows: what changes after this ends the wait below.
        let seen = client.signal().epoch();
        loop {
            if line.is_empty() {
                let Some(mailbox) = mailboxes.next().transpose()? else { break };
                line = format!("{}\n", Value::from(mailbox));
            }
            if stream.push(line.as_bytes())? == 0 {
                break;
            }
            line.clear();
        }
        if line.is_empty() && !finished {
            stream.finish_input();
            finished = true;
        }
        match stream.next_batch(0)? {
            Next::Batch { data, .. } => out.write_all(&data)?,
            Next::End => return Ok(()),
            Next::Pending => {
                client.signal().wait(seen, Instant::now() + Duration::from_millis(250));
            }
        }
    }
}

/// `--name value` pairs.
fn arguments() -> Outcome<HashMap<String, String>> {
    const NAMES: [&str; 7] = ["tenant", "client", "certificate", "password-env", "mailboxes", "out", "concurrency"];
    let mut found = HashMap::new();
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let known = name.strip_prefix("--").filter(|name| NAMES.contains(name));
        let name = known.ok_or(format!("{name}: known are --{}", NAMES.join(", --")))?.to_owned();
        let value = given.next().ok_or(format!("--{name} needs a value"))?;
        found.insert(name, value);
    }
    Ok(found)
}
