//! The members of what the library answers with, compared with the listing of `tests/abi/frozen_replies.txt`: callers read
//! them by name. `cargo xtask frozen` renews it.
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]
#![allow(dead_code, reason = "each program uses its own part of what is shared")]

use std::env;
use std::fs;

use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};

#[path = "../xtask/src/frozen/compare.rs"]
mod compare;
#[path = "abi/support.rs"]
mod support;

use compare::Facts;
use support::{has, library, python, repository, succeeds};

const LISTING: &str = "tests/abi/frozen_replies.txt";
const COMMAND: &str = "cargo xtask frozen";
const NOTE: &str = "\
The members of what the library answers with: `cargo xtask frozen` writes it, and tests/frozen_replies.rs compares it.
A line that is removed or changed breaks programs that read it; docs/abi.md, \"Versions\", says what to do about it.";

#[test]
fn replies_have_the_members_that_callers_read() {
    if !has("python3") {
        return;
    }
    let present = facts();
    let path = repository().join(LISTING);
    let listed = fs::read_to_string(&path).map(|text| compare::read(&text)).unwrap_or_default();
    let found = compare::compare(&listed, &present);
    let text = compare::verdict(LISTING, &found, COMMAND);
    match env::var("EXRUN_RENEW_FROZEN").as_deref() {
        Ok("break") => fs::write(path, compare::write(NOTE, &present)).unwrap(),
        Ok("add") => {
            assert!(found.broken.is_empty(), "{}", text.unwrap_or_default());
            fs::write(path, compare::write(NOTE, &present)).unwrap();
        }
        _ => assert!(text.is_none(), "{}", text.unwrap_or_default()),
    }
}

/// What a tenant of three mailboxes gives.
fn facts() -> Facts {
    const SECRET: &str = "abi-s3cr3t";
    let config = Config { mailboxes: 3, client_secret: Some(SECRET.to_owned()), ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = python();
    command.args(["-B", "replies.py"]).current_dir(repository().join("tests/abi")).env("EXRUN_LIBRARY", library());
    command.env("EXRUN_CONNECT_TO", emulator.addr().to_string()).env("EXRUN_CA_FILE", emulator.ca_file());
    command.env("TENANT", DEFAULT_TENANT).env("APP", DEFAULT_APP_ID).env("CLIENT_SECRET", SECRET);
    command.env("MAILBOX", emulator.population().upn(0)).env("FOLDER", folder.path());
    // Tokens of who runs the tests are none of their business.
    for variable in ["XDG_DATA_HOME", "HOME", "LOCALAPPDATA"] {
        command.env(variable, folder.path());
    }
    let output = succeeds("replies.py", &mut command);
    compare::read(&String::from_utf8(output.stdout).unwrap())
}
