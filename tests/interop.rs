//! Programs that others wrote, against the emulator: they judge whether it is what it says it is.
//!
//! Those of Key Vault; those of sign-in are in `interop_sign_in.rs`.

#[path = "support/programs.rs"]
mod programs;

use std::error::Error;
use std::path::Path;
use std::process::Command;

use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};
use programs::python_with;

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
        // Whatever proxy this machine has.
        .env("NO_PROXY", "*")
        .env("no_proxy", "*")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Ran 11 tests"), "{said}");
    // Each client met the challenge, and every page was asked for.
    assert!(emulator.state().statuses[&401] >= 2, "{:?}", emulator.state());
    Ok(())
}
