//! The C ABI as its callers meet it: the header, the symbols, programs in C and scripts in Python.
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::path::Path;
use std::process::Command;

use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};

#[path = "abi/support.rs"]
mod support;

use support::{black_hole, compile, has, header, library, python, repository, started, succeeds};

/// Names of the header's functions, sorted.
fn declared() -> Vec<String> {
    let header = header();
    let lines = header.lines().filter_map(|line| line.strip_prefix("int32_t "));
    let mut names: Vec<String> = lines.map(|line| line.split('(').next().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_header_defines_names_of_its_own_only() {
    for line in header().lines().filter(|line| line.starts_with("#define")) {
        assert!(line.starts_with("#define EXRUN_"), "{line}");
    }
}

#[test]
fn the_header_is_c99_and_cpp17() {
    let source = "#include \"exrun.h\"\n#include \"exrun.h\"\nint main(void) { return EXRUN_ABI_VERSION - 1; }\n";
    for (compiler, standard, suffix) in [("cc", "-std=c99", "c"), ("c++", "-std=c++17", "cpp")] {
        if has(compiler) {
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("header.{suffix}"));
            std::fs::write(&file, source).unwrap();
            let mut command = Command::new(compiler);
            command.args([standard, "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-I"]);
            succeeds(standard, command.arg(repository().join("include")).arg(file));
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_library_exports_what_the_header_declares_and_nothing_else() {
    if !has("nm") {
        return;
    }
    let output = succeeds("nm", Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(library()));
    let listing = String::from_utf8(output.stdout).unwrap();
    let mut exported: Vec<_> = listing.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    exported.sort();
    assert_eq!(exported, declared());
}

/// Runs a C test against a service that never answers.
fn c_test(name: &str) {
    if has("cc") {
        let mut program = started(&compile(name));
        succeeds(name, program.env("EXRUN_CONNECT_TO", black_hole().to_string()));
    }
}

#[test]
fn c_version() {
    c_test("version");
}

#[test]
fn c_bytes() {
    c_test("bytes");
}

#[test]
fn c_secret() {
    c_test("secret");
}

#[test]
fn c_error() {
    c_test("error");
}

#[test]
fn c_client() {
    c_test("client");
}

#[test]
fn c_operation() {
    c_test("operation");
}

#[test]
fn c_stream() {
    c_test("stream");
}

#[test]
fn c_signature() {
    c_test("signature");
}

#[test]
fn c_token() {
    c_test("token");
}

#[test]
fn c_threads() {
    c_test("threads");
}

#[test]
fn c_json() {
    c_test("json");
}

/// Runs a C test against a tenant of three mailboxes.
fn c_test_of_tenant(name: &str) {
    c_test_of_mailboxes(name, 3);
}

/// Runs a C test against a tenant of so many mailboxes, whose lines of input are a file in its folder.
fn c_test_of_mailboxes(name: &str, mailboxes: u64) {
    const SECRET: &str = "abi-s3cr3t";
    if !has("cc") {
        return;
    }
    let config = Config { mailboxes, client_secret: Some(SECRET.to_owned()), ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..mailboxes).map(|at| format!("\"{}\"\n", emulator.population().upn(at))).collect();
    std::fs::write(folder.path().join("mailboxes.jsonl"), lines).unwrap();
    let mut program = started(&compile(name));
    program.env("EXRUN_CONNECT_TO", emulator.addr().to_string()).env("EXRUN_CA_FILE", emulator.ca_file());
    program.env("TENANT", DEFAULT_TENANT).env("APP", DEFAULT_APP_ID).env("CLIENT_SECRET", SECRET);
    program.env("MAILBOX", emulator.population().upn(0)).env("FOLDER", folder.path());
    of_a_user_without_tokens(&mut program, folder.path());
    succeeds(name, &mut program);
}

/// Tokens of who runs the tests are none of their business.
fn of_a_user_without_tokens(command: &mut Command, home: &Path) {
    let data = if cfg!(windows) { "LOCALAPPDATA" } else { "XDG_DATA_HOME" };
    command.env(if cfg!(target_os = "macos") { "HOME" } else { data }, home);
}

#[test]
fn c_mailboxes() {
    c_test_of_tenant("mailboxes");
}

#[test]
fn c_vault() {
    c_test_of_tenant("vault");
}

#[test]
fn c_certificate() {
    c_test_of_tenant("certificate");
}

#[test]
fn c_journal() {
    c_test_of_tenant("journal");
}

#[test]
fn c_plan() {
    c_test_of_tenant("plan");
}

#[test]
fn c_sign_in() {
    c_test_of_tenant("sign_in");
}

#[test]
fn c_crowd() {
    c_test_of_mailboxes("crowd", 60);
}

#[test]
fn every_function_is_called_from_c() {
    let mut sources = String::new();
    for entry in std::fs::read_dir(repository().join("tests/abi")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "c" || ending == "h") {
            sources += &std::fs::read_to_string(path).unwrap();
        }
    }
    let not_called: Vec<String> =
        declared().into_iter().filter(|name| !sources.contains(&format!("{name}("))).collect();
    assert!(not_called.is_empty(), "no C test calls {}", not_called.join(", "));
}

/// Runs a Python test against a service that never answers.
fn python_test(name: &str) {
    if has("python3") {
        let mut command = python();
        command.args(["-B", "-m", "unittest", name]).current_dir(repository().join("tests/abi"));
        command.env("EXRUN_LIBRARY", library()).env("EXRUN_CONNECT_TO", black_hole().to_string());
        let user = tempfile::tempdir().unwrap();
        of_a_user_without_tokens(&mut command, user.path());
        succeeds(name, &mut command);
    }
}

#[test]
fn python_inputs() {
    python_test("test_inputs");
}

#[test]
fn python_handles() {
    python_test("test_handles");
}

#[test]
fn python_fork() {
    python_test("test_fork");
}

#[test]
fn python_results() {
    python_test("test_results");
}

#[test]
fn python_threads() {
    python_test("test_threads");
}

#[test]
fn processes_that_end_in_mid_run_end_with_their_own_status() {
    if !has("cc") {
        return;
    }
    let program = compile("exit");
    for run in 0..200 {
        let way = ["exit", "return", "exit-after-free"][run % 3];
        let mut command = started(&program);
        let output = command.arg(way).env("EXRUN_CONNECT_TO", black_hole().to_string()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*said), (Some(7), ""), "run {run}, {way}");
    }
}
