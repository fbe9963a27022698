//! Behaves as the Microsoft 365 services that ExRun talks to, strictly, on loopback only: for tests, the
//! demo, benchmarks, and users who want to try ExRun without a tenant. See this crate's README.

pub mod application;
pub mod assertion;
pub mod config;
pub mod control;
pub mod counters;
pub mod directory;
pub mod exchange;
pub mod faults;
pub mod graph;
pub mod identity;
pub mod keys;
pub mod login;
pub mod people;
pub mod population;
pub mod reply;
pub mod requests;
pub mod server;
pub mod service;
pub mod tls;
pub mod tokens;
pub mod vault;
pub mod writes;

pub use config::Config;
pub use counters::State;
pub use directory::{Directory, Group, User};
pub use faults::{Action, FaultScript, Rule};
pub use people::DeviceCodes;
pub use population::Population;
pub use server::Emulator;
pub use vault::VaultConfig;
pub use writes::Write;
