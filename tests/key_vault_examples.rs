//! The examples of Key Vault, run as a user runs them.

#[path = "abi/support.rs"]
#[allow(dead_code, reason = "made for the tests of the C ABI; these use the library and little else")]
mod built;
mod programs;

use std::error::Error;
use std::path::Path;
use std::process::{Command, Output};

use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};
use programs::{is_there, left_out, powershell};

type Outcome = Result<(), Box<dyn Error>>;

const VAULT: &str = "https://contoso.vault.azure.net";
const APP_SECRET: &str = "example-s3cr3t";

#[test]
fn python_goes_through_the_steps() -> Outcome {
    if !is_there("python3") {
        return left_out("the Python example", "python3 is not installed");
    }
    let emulator = start()?;
    let mut command = Command::new("python3");
    command.arg("-B").arg(built::repository().join("examples/python/key_vault.py"));
    command.args(["--tenant", DEFAULT_TENANT, "--client", DEFAULT_APP_ID, "--vault", VAULT]);
    command.args(["--secret", "app-secret", "--certificate", "exrun-pem", "--key", "exrun-hsm"]);
    judge(&said(command, &emulator)?, "CN=exrun-pem");
    Ok(())
}

#[test]
fn powershell_goes_through_the_steps() -> Outcome {
    let Some(program) = powershell() else {
        return left_out("the PowerShell example", "PowerShell is not installed");
    };
    let emulator = start()?;
    let script = built::repository().join("examples/powershell/key-vault.ps1");
    let call = format!(
        "& '{}' -TenantId {DEFAULT_TENANT} -ClientId {DEFAULT_APP_ID} -Vault {VAULT} -SecretName app-secret \
         -ClientSecret (ConvertTo-SecureString $env:CLIENT_SECRET -AsPlainText -Force) \
         -CertificateName exrun-app -VaultKey {VAULT}/keys/exrun-hsm",
        script.display()
    );
    let mut command = Command::new(program);
    command.args(["-NoProfile", "-NonInteractive", "-Command", &call]);
    command.env("PSModulePath", built::repository().join("powershell")).env("NO_COLOR", "1");
    judge(&said(command, &emulator)?, "CN=exrun-app");
    Ok(())
}

#[test]
fn c_lists_and_reads() -> Outcome {
    if !is_there("cc") {
        return left_out("the C example", "cc is not installed");
    }
    let emulator = start()?;
    let program = compile()?;
    let mut command = Command::new(&program);
    command.args([DEFAULT_TENANT, DEFAULT_APP_ID, VAULT, "app-secret"]);
    let text = said(command, &emulator)?;
    let (value, list) = text
        .lines()
        .collect::<Vec<_>>()
        .split_last()
        .map(|(last, rest)| (last.to_string(), rest.to_vec()))
        .map(|(value, list)| (value, list.join("\n")))
        .ok_or("nothing was said")?;
    assert!(value.starts_with("correct horse b\u{e4}ttery"), "{value}");
    let rows: Vec<serde_json::Value> = list.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let last = format!("{VAULT}/secrets/secret-000059");
    assert!(rows.iter().any(|row| row["id"] == *last), "{rows:?}");
    let mut command = Command::new(program);
    command.args([DEFAULT_TENANT, DEFAULT_APP_ID, VAULT, "deleted-secret"]);
    let output = run(command, &emulator)?;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("VaultItemDeleted"), "{error}");
    Ok(())
}

fn start() -> Result<Emulator, Box<dyn Error>> {
    Ok(Emulator::start(Config { client_secret: Some(APP_SECRET.to_owned()), ..Config::default() })?)
}

/// What the steps show: each token with its audience; that of an app for a vault has neither roles nor scp.
fn judge(said: &str, subject: &str) {
    let line = |start: &str| {
        said.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no line {start}: {said}"))
    };
    let by_secret = line("token by secret: ");
    assert!(by_secret.contains("aud=https://vault.azure.net "), "{by_secret}");
    assert!(by_secret.contains("roles=(none) scp=(none)"), "{by_secret}");
    let count = line("secrets: ")["secrets: ".len()..].trim().parse::<usize>();
    assert!(count.is_ok_and(|count| count > 60), "{said}");
    assert!(line("secret: ").contains(&format!("{VAULT}/secrets/app-secret/")), "{said}");
    assert!(line("certificate: ").contains(subject) && line("certificate: ").ends_with("private key: True"), "{said}");
    for step in ["token by certificate: ", "token by a key in the vault: "] {
        assert!(line(step).contains("aud=https://graph.microsoft.com "), "{said}");
        assert!(line(step).contains("MailboxSettings.Read"), "{said}");
    }
    assert!(!said.contains(APP_SECRET) && !said.contains("correct horse"), "{said}");
}

fn said(command: Command, emulator: &Emulator) -> Result<String, Box<dyn Error>> {
    let output = run(command, emulator)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}{text}", String::from_utf8_lossy(&output.stderr));
    Ok(text)
}

fn run(mut command: Command, emulator: &Emulator) -> Result<Output, Box<dyn Error>> {
    command
        .env("EXRUN_CONNECT_TO", emulator.addr().to_string())
        .env("EXRUN_CA_FILE", emulator.ca_file())
        .env("EXRUN_LIBRARY", built::library())
        .env("PYTHONPATH", built::repository().join("bindings/python"))
        .env("CLIENT_SECRET", APP_SECRET);
    Ok(command.output()?)
}

/// Compiles the C example as its first lines say, with every warning an error.
fn compile() -> Result<std::path::PathBuf, Box<dyn Error>> {
    let root = built::repository();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("key_vault{}", std::env::consts::EXE_SUFFIX));
    let library = built::library();
    let folder = library.parent().ok_or("the library has no folder")?;
    let mut command = Command::new("cc");
    command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow", "-I"]);
    command.arg(root.join("include")).arg(root.join("examples/c/key_vault.c")).arg("-o").arg(&program);
    command.arg("-L").arg(folder).arg("-lexrun").arg(format!("-Wl,-rpath,{}", folder.display()));
    built::succeeds("compiling the C example", &mut command);
    Ok(program)
}
