//! The C ABI: what `include/exrun.h` declares. The rules stand at the top of that header and in `docs/abi.md`.
//!
//! | part | holds |
//! |---|---|
//! | `boundary` | what every call passes: fork check, panics, statuses, error handles, inputs, outputs, handles |
//! | `json`, `requests` | requests, read strictly, and a struct for each |
//! | [`operation`], [`stream`] | work that runs: one result, or many rows |
//! | the rest | the exported functions, in files that are called as they are: [`graph_request`] holds `exrun_graph_request`, [`vault`] all `exrun_vault_...` that are operations |
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

pub mod assertion_create;
pub mod audit_verify;
pub mod certificate;
pub mod certificate_register;
pub mod contact_sync_plan;
pub mod event_sync_plan;
pub mod graph_request;
pub mod journal_merge;
pub mod json_read;
pub mod mailbox_delta;
pub mod mailbox_items_report;
pub mod mailbox_requests;
pub mod mailbox_settings_apply;
pub mod mailbox_settings_get;
pub mod mailbox_settings_report;
pub mod mailbox_settings_update;
pub mod mailbox_state_plan;
pub mod mailboxes_count;
pub mod messages_export;
pub mod plan_apply;
pub mod report_compare;
pub mod tenant_id_get;
pub mod token;
pub mod token_cache_clear;
pub mod vault;
pub mod vault_list;

mod boundary;
mod call;
mod outcome;
mod requests;

#[cfg(test)]
mod tests;
