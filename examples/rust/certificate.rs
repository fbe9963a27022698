//! Makes a certificate for an app: the PFX for the program, the key file for the app's manifest.
//!
//! ```text
//! cargo run --example certificate -- "Mailbox report" app.pfx keys.json PFX_PASSWORD
//! ```
//!
//! The last argument, which may be left out, names the environment variable that holds the PFX's password.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use std::process::ExitCode;

use exrun::certificate::{self, CreateRequest};
use exrun::secret::Secret;
use jiff::Timestamp;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (subject, pfx_file, key_file, variable) = match arguments.as_slice() {
        [subject, pfx, key] => (subject, pfx, key, None),
        [subject, pfx, key, variable] => (subject, pfx, key, Some(variable)),
        _ => {
            eprintln!("usage: certificate SUBJECT PFX KEYFILE [PASSWORD_VARIABLE]");
            return ExitCode::FAILURE;
        }
    };
    let mut request = CreateRequest::new(subject, pfx_file);
    request.key_file = Some(key_file.into());
    if let Some(variable) = variable {
        let Ok(password) = std::env::var(variable) else {
            eprintln!("error: the environment variable {variable} is not set");
            return ExitCode::FAILURE;
        };
        request.password = Some(Secret::new(password.into_bytes()));
    }
    match certificate::create(&request, Timestamp::now()) {
        Ok(created) => {
            println!("{}  valid until {}", created.certificate.thumbprint(), created.certificate.not_after());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
