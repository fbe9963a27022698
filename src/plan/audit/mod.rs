//! The audit of a plan that was done: a line for each change, each with the hash of the one before it.
//!
//! The hash of a line is the SHA-256 of its text up to `,"hash":`. Whoever changes, takes out, moves or doubles a line
//! breaks the chain there. A chain that was written anew as a whole is whole: only its last hash, kept elsewhere, tells.

mod chain;
mod fault;
mod members;
mod verify;

pub use chain::{Chain, ReadLine, read_line};
pub use fault::{AuditFault, FaultKind};
pub use members::{CLOSED_MEMBER, FORMAT, FORMAT_MEMBER, LINE_MEMBER, OUTCOME_MEMBER};
pub use verify::{Verified, verify};
