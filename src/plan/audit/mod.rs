//! The audit of a plan that was done: a line for each change, each with the hash of the one before it.
//!
//! The hash of a line is the SHA-256 of its text up to `,"hash":`. Whoever changes, takes out, moves or doubles a line
//! breaks the chain there. A chain that was written anew as a whole is whole: only its last hash, kept elsewhere, tells.

mod chain;
mod fault;
mod verify;

pub use chain::{Chain, ReadLine, read_line};
pub use fault::{AuditFault, FaultKind};
pub use verify::{Verified, verify};

/// The format that this version reads and writes.
pub const FORMAT: u32 = 1;

/// The member by which the first line of an audit is known.
pub const FORMAT_MEMBER: &str = "exrunAudit";

/// The member that the last line of a run has: how it ended.
pub const CLOSED_MEMBER: &str = "closed";

/// The member that the line of a change has: what became of it.
pub const OUTCOME_MEMBER: &str = "outcome";

/// The member that says which line of the plan a change is.
pub const LINE_MEMBER: &str = "line";
