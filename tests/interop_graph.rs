//! Microsoft's own Graph clients against the emulator: what they sign in with, list, read, change and batch, and what
//! they make of its errors. They are installed from tests/interop by what is pinned there.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "support/interop.rs"]
mod interop;
#[path = "support/programs.rs"]
mod programs;
mod support;

use exrun_emulator::Config;
use interop::{reference, run};
use programs::node;
use serde_json::json;

/// What every one of them is to do, in the words that it prints.
const HELD: [&str; 11] = [
    "sign-in by secret",
    "sign-in by certificate",
    "sign-in by certificate with chain",
    "sign-in by assertion",
    "a wrong secret is told as 7000215",
    "users over all pages",
    "settings read and changed",
    "rules written, read back and deleted",
    "a batch of 20",
    "an error is a GraphError",
    "vault secrets",
];

const USERS: u64 = 250;

#[test]
fn the_graph_client_for_node_works_against_the_emulator() {
    let Some(node) = node() else { return };
    let (emulator, _files, mut input) =
        reference(Config { mailboxes: USERS, broken_percent: 0.0, ..Config::default() });
    input["users"] = json!(USERS);
    let held = run(&node, "graph_client.mjs", &input, &[("NODE_EXTRA_CA_CERTS", emulator.ca_file())]);
    assert_eq!(held, HELD);
}
