//! Programs that others wrote, against the emulator: they judge whether it is what it says it is.
//!
//! They need packages that are pinned in `tests/interop/requirements.txt`; `EXRUN_INTEROP_PYTHON` names the Python that
//! has them. Without it these tests are left out, which CI does not allow.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn azures_key_vault_clients_work_against_the_vault() -> Outcome {
    let Some(python) = python_with("azure.keyvault.keys.crypto") else { return Ok(()) };
    let emulator = Emulator::start(Config { client_secret: Some("s3cr3t".into()), ..Config::default() })?;
    let output = Command::new(python)
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/key_vault.py"))
        .env("EXRUN_CONNECT_TO", emulator.addr().to_string())
        .env("EXRUN_CA_FILE", emulator.ca_file())
        .env("TENANT", DEFAULT_TENANT)
        .env("CLIENT", DEFAULT_APP_ID)
        .env("CLIENT_SECRET", "s3cr3t")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Ran 10 tests"), "{said}");
    // Each client met the challenge, and every page was asked for.
    assert!(emulator.state().statuses[&401] >= 2, "{:?}", emulator.state());
    Ok(())
}

/// The Python that has a module; where there is none the test is left out.
#[allow(clippy::print_stderr, reason = "says what was left out")]
fn python_with(module: &str) -> Option<std::ffi::OsString> {
    let python = std::env::var_os("EXRUN_INTEROP_PYTHON").filter(|path| !path.is_empty());
    let found = python.filter(|python| {
        Command::new(python)
            .args(["-c", &format!("import {module}")])
            .output()
            .is_ok_and(|output| output.status.success())
    });
    let required = std::env::var_os("EXRUN_REQUIRE_INTEROP").is_some_and(|value| value == "1");
    assert!(found.is_some() || !required, "EXRUN_INTEROP_PYTHON must name a Python that has {module}");
    if found.is_none() {
        eprintln!("LEFT OUT: EXRUN_INTEROP_PYTHON names no Python that has {module}");
    }
    found
}
