//! The C ABI: what `include/exrun.h` declares. The rules stand at the top of that header and in `docs/abi.md`.
//!
//! | part | holds |
//! |---|---|
//! | `guard`, `panic` | the boundary that every call passes: fork check, panics, statuses, error handles |
//! | `input`, `output`, [`bytes`] | what comes in, where results go, and the bytes that are given out |
//! | `handle` | objects by number |
//! | `json` | requests, read strictly |
//! | [`operation`], [`stream`] | work that runs: one result, or many rows |
//! | [`token`], [`token_cache`], [`assertion`], [`mailbox_settings`], [`mailbox_settings_apply`], [`mailbox_requests`], [`mailboxes_count`], [`graph_request`], [`tenant`], [`certificate`], [`journal`], [`report`], [`compare`], [`signature`], [`registration`], [`vault`], [`vault_list`] | one file per capability |
//!
//! Premises of every `unsafe extern "C"` function here, on which the `SAFETY` comments rest:
//! 1. an input `data` is null, or readable for `len` bytes until the call returns, and nobody writes to them;
//! 2. an output is null, or writable for a value of its type until the call returns (alignment is not needed).
#![allow(unsafe_code, reason = "pointers of a C caller are read and written here, and nowhere else in the crate")]
#![allow(clippy::missing_safety_doc, reason = "the premises are the same for every function and stand above")]

// The header has its parts in this order.
pub mod status;

pub mod version;

pub mod bytes;
pub mod error;
pub mod secret;

pub mod client;

pub mod operation;
pub mod stream;

pub mod signature;

pub mod assertion;
pub mod certificate;
pub mod compare;
pub mod graph_request;
pub mod journal;
pub mod json_text;
pub mod mailbox_requests;
pub mod mailbox_settings;
pub mod mailbox_settings_apply;
pub mod mailboxes_count;
pub mod registration;
pub mod report;
mod run_request;
pub mod tenant;
pub mod token;
pub mod token_cache;
pub mod vault;
pub mod vault_list;

mod credential;
mod encode;
mod guard;
mod handle;
mod input;
mod json;
mod output;
mod panic;
