//! What reference clients in other languages need: an emulator with an app they can sign in as, and a way to run them.

#![allow(dead_code, unreachable_pub, reason = "shared by tests: each uses its own part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use exrun::client::{AssertionRequest, Client, ClientOptions, Context};
use exrun::signature::Algorithm;
use exrun_emulator::{Config, DeviceCodes};
use serde_json::{Value, json};

use crate::support::{APP, TENANT, block_on, start};

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("interop")
}

/// Runs a script with JSON on its standard input; gives the lines that it prints.
pub fn run(program: &Path, script: &str, input: &Value, variables: &[(&str, &Path)]) -> Vec<String> {
    let mut command = Command::new(program);
    command.arg(folder().join(script)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(variables.iter().copied());
    // What this machine says of proxies and certificates is not what is tested.
    let variables = "HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE";
    for name in variables.split(' ') {
        command.env_remove(name);
    }
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{script}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

pub fn assertion(options: &ClientOptions, algorithm: Algorithm, audience: Option<String>) -> String {
    let client = Client::new(options.clone()).unwrap();
    let request = AssertionRequest { algorithm: Some(algorithm), audience, ..AssertionRequest::default() };
    let made = block_on(async move { client.assertion_create(request, &Context::default()).await }).unwrap();
    made.assertion.text().unwrap().to_owned()
}

/// What a reference client needs of an emulator.
pub fn reference(config: Config) -> (exrun_emulator::Emulator, tempfile::TempDir, Value) {
    const SECRET: &str = "interop-secret";
    let (emulator, certificate, options) = start(Config {
        client_secret: Some(SECRET.into()),
        device_codes: DeviceCodes { pending_polls: 1, interval: 1, ..DeviceCodes::default() },
        ..config
    });
    let files = tempfile::tempdir().unwrap();
    let (pfx, pem) = (files.path().join("app.pfx"), files.path().join("app.pem"));
    std::fs::copy(&certificate.pfx, &pfx).unwrap();
    let bytes = std::fs::read(&certificate.pfx).unwrap();
    let parsed = openssl::pkcs12::Pkcs12::from_der(&bytes).unwrap().parse2("").unwrap();
    let mut text = parsed.pkey.unwrap().private_key_to_pem_pkcs8().unwrap();
    text.extend(parsed.cert.unwrap().to_pem().unwrap());
    std::fs::write(&pem, text).unwrap();
    let host = format!("localhost:{}", emulator.addr().port());
    let audience = format!("https://{host}/{TENANT}/oauth2/v2.0/token");
    let assertions: Vec<String> =
        (0..3).map(|_| assertion(&options, Algorithm::Ps256, Some(audience.clone()))).collect();
    let input = json!({
        "host": host, "plain": format!("http://{}", emulator.addr()), "ca": emulator.ca_file(), "tenant": TENANT,
        "client": APP, "secret": SECRET, "pfx": pfx, "pem": pem, "token_file": files.path().join("token"),
        "assertions": assertions, "identity_header": emulator.app_service_variables()[1].1,
    });
    (emulator, files, input)
}
