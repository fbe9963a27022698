//! ExRun runs one thing over every mailbox of a Microsoft 365 tenant with an app-only token.
//!
//! The same library serves three callers: Rust programs through the safe API of this crate, any other
//! language through the C ABI (`include/exrun.h`, module [`ffi`]), and PowerShell scripts through the
//! module `ExRun`, which binds the C ABI.
//!
//! Modules depend on each other in one direction only:
//!
//! | module | holds |
//! |---|---|
//! | [`ffi`] | the C ABI: handles, bytes, errors, operations, streams; the only unsafe code but for one call in `openssl_init` and the system calls of `files::windows` |
//! | [`client`] | one app in one tenant: what the C ABI and Rust programs start from |
//! | [`runs`] | what runs do with many mailboxes: reports, requests, settings; the grammar of their input |
//! | [`plan`] | plans of changes: their lines, and the chain of an audit |
//! | [`rows`] | the row of every run, its record, and its encoders: CLIXML, CSV, JSON Lines, HTML |
//! | [`runner`] | many mailboxes: order, concurrency, retry, exactly one row for each |
//! | [`facet`] | parts of a mailbox as items: how they are read, compared, written and shown |
//! | [`store`] | what a run keeps outside of memory: its journal, and what waits |
//! | [`graph`] | the calls of Microsoft Graph |
//! | [`keyvault`] | the calls of Azure Key Vault |
//! | [`auth`] | authority, credential, client assertion, token, cache |
//! | [`certificate`] | PFX and PEM, self-signed certificates, key credentials |
//! | [`http`] | connections, retry, redaction |
//! | [`error`], [`any_base64`], [`attempt`], [`cancel`], [`clock`], [`cloud`], [`context`], [`event`], [`files`], [`gate`], `json_kind`, [`log`], [`pasted`], [`printable`], [`secret`], [`signature`], [`status`], [`runtime`], `strict_json`, `sync` | what all of the above share |
#![deny(unsafe_code)]

pub mod any_base64;
pub mod attempt;
pub mod auth;
pub mod cancel;
pub mod certificate;
pub mod client;
pub mod clock;
pub mod cloud;
pub mod context;
pub mod error;
pub mod event;
pub mod facet;
pub mod ffi;
pub mod files;
pub mod gate;
pub mod graph;
mod hex;
pub mod http;
mod json_kind;
pub mod keyvault;
pub mod log;
mod openssl_init;
pub mod pasted;
pub mod plan;
pub mod printable;
pub mod rows;
pub mod runner;
pub mod runs;
pub mod runtime;
pub mod secret;
pub mod signature;
pub mod status;
pub mod store;
mod strict_json;
mod sync;

pub use client::{Client, ClientOptions};
pub use error::{Error, Result, Status};
