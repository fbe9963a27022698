//! What comes from outside, made wrong in every way that chance finds: a bounded number of inputs, the same each time,
//! as tests; `cargo xtask fuzz` for as long as one likes. No input ends the process, panics (which the C ABI says as
//! `Internal`), or leaves a mailbox without its row. CLIXML has its round trip through PowerShell in `report_clixml`.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "in a test an unwrap is an assertion"
)]

mod boundary;
mod files;
mod kept;
mod mutation;
mod replies;
#[allow(dead_code, reason = "shared with the attacks on clients: each uses its own part")]
#[path = "../hostile/server.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;
