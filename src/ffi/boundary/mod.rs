//! The boundary that every call passes: fork check, panics, statuses, error handles, what comes in and what goes out.

mod given;
mod guard;
pub(super) mod input;
mod output;
mod panic;
mod registry;

pub(super) use given::{GIVEN, Given};
pub(super) use guard::guard;
pub(super) use output::{Out, OutBytes};
#[cfg(test)]
pub(super) use panic::install_hook;
pub(super) use panic::{caught, caught_async};
pub(super) use registry::{ERRORS, Kind, Registry};
