//! What is wrong with an audit.

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file does not begin as an audit does.
    NotAnAudit,
    /// A line is not as it was written.
    Changed,
    /// Lines are missing in the midst.
    Removed,
    /// Lines stand in another order.
    Reordered,
    /// A line is there twice.
    Duplicated,
    /// The end is missing, or the run has not ended.
    CutOff,
    /// The last hash is not the one that was kept.
    OtherHead,
}

impl FaultKind {
    /// As the C ABI names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAnAudit => "NotAnAudit",
            Self::Changed => "Changed",
            Self::Removed => "Removed",
            Self::Reordered => "Reordered",
            Self::Duplicated => "Duplicated",
            Self::CutOff => "CutOff",
            Self::OtherHead => "OtherHead",
        }
    }
}

/// The first thing that is wrong with an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFault {
    /// What kind of thing.
    pub kind: FaultKind,
    /// The number of the line, from 1.
    pub line: u64,
    /// In words.
    pub message: String,
}

impl AuditFault {
    pub(super) fn new(kind: FaultKind, line: u64, message: impl Into<String>) -> Self {
        Self { kind, line, message: message.into() }
    }
}
