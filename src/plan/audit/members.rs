//! What stands in the lines of an audit.

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
