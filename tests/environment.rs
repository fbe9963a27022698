//! SECURITY.md lists every variable that is heeded: what the sources name, and what a process asks for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "in a test an unwrap is an assertion; a gap is said"
)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const TITLE: &str = "## Variables that are heeded";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names in the first column of the table.
fn listed() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let (_, section) = text.split_once(TITLE).expect("the section is there");
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1)).map(str::to_owned).collect::<Vec<_>>();
    cells.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.extension().is_some_and(|other| other == *ending)) {
                found.push(path);
            }
        }
    }
    found
}

/// Texts in quotes, each up to the next quote of its kind.
fn quoted(code: &str, quote: char) -> impl Iterator<Item = &str> {
    code.split(quote).skip(1)
}

fn is_name(text: &str) -> bool {
    text.len() > 2 && text.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// Names that code reads or hands to what reads: of a file that reads the environment, every text that looks like one.
fn named_in_sources() -> BTreeSet<String> {
    let reads =
        ["env::var", "env::vars", "env::home_dir", "env::temp_dir", "Variables", "tempfile::", "Builder::new()"];
    let mut names = BTreeSet::new();
    for path in files("src", &["rs"]) {
        let code = std::fs::read_to_string(&path).unwrap();
        // Models of threads are of tests alone.
        if path.ends_with("src/sync/model.rs") {
            continue;
        }
        // The tests of a module stand at its end.
        let code = code.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        if !reads.iter().any(|read| code.contains(read)) {
            continue;
        }
        let is_proxy = |text: &str| text.to_ascii_lowercase().ends_with("_proxy") && !text.contains(' ');
        let texts = quoted(code, '"').filter(|text| is_name(text) && text.contains('_') || is_proxy(text));
        names.extend(texts.map(str::to_owned));
        if code.contains("env::home_dir") {
            names.insert("HOME".to_owned());
        }
        if code.contains("env::temp_dir") {
            names.extend(["TMPDIR", "TMP", "TEMP"].map(str::to_owned));
        }
    }
    for path in files("powershell/ExRun", &["ps1", "psm1"]) {
        let code = std::fs::read_to_string(&path).unwrap();
        let after = code.split("$env:").skip(1);
        names.extend(
            after.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap().to_owned()),
        );
        if code.contains("GetEnvironmentVariable(") {
            names.extend(quoted(&code, '\'').filter(|text| is_name(text) && text.contains('_')).map(str::to_owned));
        }
    }
    // The compiler's.
    names.remove("CARGO_PKG_VERSION");
    names
}

#[test]
fn what_the_sources_name_is_listed() {
    let (listed, named) = (listed(), named_in_sources());
    for known in ["EXRUN_CA_FILE", "HTTPS_PROXY", "no_proxy", "AZURE_CLIENT_SECRET", "XDG_DATA_HOME", "EXRUN_LIBRARY"] {
        assert!(named.contains(known), "the sources are not read as they should: {known} is not in {named:?}");
    }
    let missing: Vec<&String> = named.difference(&listed).collect();
    assert!(missing.is_empty(), "SECURITY.md does not list {missing:?}");
}

/// What dependencies read, some of it on other systems or for what this test does not do.
const OF_OTHERS: [&str; 18] = [
    "BROWSER",
    "DBUS_SESSION_BUS_ADDRESS",
    "LEGACY_GOST_PKCS12",
    "OPENSSL_armcap",
    "OPENSSL_ia32cap",
    "PATH",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_MIN_STACK",
    "SQLITE_TMPDIR",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TOKIO_UNSTABLE_SHARDED_BLOCKING_QUEUE",
    "TOKIO_WORKER_THREADS",
    "XDG_RUNTIME_DIR",
];

#[test]
fn what_is_listed_is_read_by_somebody() {
    let named = named_in_sources();
    let listed = listed();
    // Names of one word are not told from other texts in the sources.
    let short = ["DISPLAY", "HOME", "LOCALAPPDATA"];
    let read = |name: &str| named.contains(name) || OF_OTHERS.contains(&name) || short.contains(&name);
    let stale: Vec<&String> = listed.iter().filter(|name| !read(name)).collect();
    assert!(stale.is_empty(), "nobody reads {stale:?}");
}

/// What a process of this library asks the C library for, whichever dependency asks.
#[cfg(target_os = "linux")]
mod asked {
    use std::process::Command;

    use exrun::client::{Client, ClientOptions, Credential, TokenReply, TokenRequest};
    use exrun::rows::ReportRequest;
    use exrun_emulator::Config;

    use super::*;
    use crate::support::{APP, TENANT, acquire, start};

    const SERVER: &str = "EXRUN_TEST_SERVER";
    const PFX: &str = "EXRUN_TEST_PFX";
    const CA_FILE: &str = "EXRUN_TEST_CA_FILE";
    const MAILBOX: &str = "EXRUN_TEST_MAILBOX";

    /// Writes each name that is asked for, and passes the call on.
    const SPY: &str = r#"
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <string.h>
        #include <unistd.h>
        static void note(const char *name) {
            int file = open(SEEN, O_WRONLY | O_APPEND | O_CREAT, 0600);
            if (file < 0) return;
            char line[256];
            size_t length = strlen(name);
            if (length < sizeof line - 1) {
                memcpy(line, name, length);
                line[length] = '\n';
                if (write(file, line, length + 1) < 0) {}
            }
            close(file);
        }
        char *getenv(const char *name) {
            char *(*next)(const char *) = (char *(*)(const char *)) dlsym(RTLD_NEXT, "getenv");
            note(name);
            return next(name);
        }
        char *secure_getenv(const char *name) {
            char *(*next)(const char *) = (char *(*)(const char *)) dlsym(RTLD_NEXT, "secure_getenv");
            note(name);
            return next(name);
        }
    "#;

    /// Not a test by itself: a sign-in, and a report with a journal, where the names are written down.
    #[test]
    fn child() {
        let (Ok(server), Ok(pfx)) = (std::env::var(SERVER), std::env::var(PFX)) else { return };
        let options = ClientOptions {
            tenant_id: Some(TENANT.to_owned()),
            client_id: Some(APP.to_owned()),
            credential: Some(Credential::CertificateFile { path: pfx.into(), password: None }),
            ca_file: std::env::var_os(CA_FILE).map(Into::into),
            max_tries: 1,
            ..ClientOptions::default()
        };
        // Through a proxy that does not run, and then directly.
        let through = Client::new(ClientOptions { max_tries: 1, ..options.clone() }).unwrap();
        acquire(&through, TokenRequest::default()).0.unwrap_err();
        let client = Client::new(ClientOptions { connect_to: Some(server.parse().unwrap()), ..options }).unwrap();
        assert!(matches!(acquire(&client, TokenRequest::default()).0.unwrap(), TokenReply::Token { .. }));
        let rows = support::report(&client, &ReportRequest::default(), &[std::env::var(MAILBOX).unwrap()]);
        assert_eq!(rows.unwrap().len(), 1);
    }

    #[test]
    fn what_a_process_asks_for_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        let (source, spy, seen) =
            (folder.path().join("spy.c"), folder.path().join("spy.so"), folder.path().join("seen"));
        std::fs::write(&source, SPY).unwrap();
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(&spy)
            .arg(format!("-DSEEN=\"{}\"", seen.display()))
            .arg(&source)
            .arg("-ldl")
            .status();
        match compiled {
            Ok(status) => assert!(status.success(), "the spy does not compile"),
            Err(error) => return eprintln!("LEFT OUT: which variables a process asks for needs cc: {error}"),
        }
        let (emulator, certificate, _) = start(Config::default());
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "asked::child", "--nocapture"])
            .env("LD_PRELOAD", &spy)
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env(SERVER, emulator.addr().to_string())
            .env(PFX, &certificate.pfx)
            .env(CA_FILE, emulator.ca_file())
            .env(MAILBOX, emulator.population().upn(1))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let asked: BTreeSet<String> = std::fs::read_to_string(&seen).unwrap().lines().map(str::to_owned).collect();
        for known in ["EXRUN_CA_FILE", "HTTPS_PROXY", "SSL_CERT_FILE"] {
            assert!(asked.contains(known), "the spy did not see {known}: {asked:?}");
        }
        // The test program's own.
        let own = |name: &str| {
            ["RUST_TEST_", "__RUST_TEST", "EXRUN_TEST_", "NEXTEST", "CARGO_", "TERM"]
                .iter()
                .any(|start| name.starts_with(start))
                || ["NO_COLOR", "CLICOLOR", "COLUMNS"].contains(&name)
        };
        let listed = listed();
        let missing: Vec<&String> = asked.iter().filter(|name| !listed.contains(*name) && !own(name)).collect();
        assert!(missing.is_empty(), "SECURITY.md does not list {missing:?}");
    }
}
