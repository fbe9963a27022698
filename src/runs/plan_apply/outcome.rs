//! What became of a line of a plan, and its row.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::plan::PlanLine;
use crate::rows::MailboxRows;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanOutcome {
    /// The change was made.
    Done,
    /// What the change is to leave was there already; nothing was sent.
    Unchanged,
    /// What was to be removed was not there any more.
    AlreadyGone,
    /// What is there is not what the change was planned from; nothing was changed.
    Drifted,
    /// It would be done; a dry run sends nothing.
    WouldDo,
    /// It was not done: the error says why.
    Failed,
    /// It is not known whether it was done.
    OutcomeUnknown,
}

impl PlanOutcome {
    const ALL: [Self; 7] = [
        Self::Done,
        Self::Unchanged,
        Self::AlreadyGone,
        Self::Drifted,
        Self::WouldDo,
        Self::Failed,
        Self::OutcomeUnknown,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Unchanged => "Unchanged",
            Self::AlreadyGone => "AlreadyGone",
            Self::Drifted => "Drifted",
            Self::WouldDo => "WouldDo",
            Self::Failed => "Failed",
            Self::OutcomeUnknown => "OutcomeUnknown",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// Whether nothing is left to do: the change is there.
    pub(super) fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Unchanged | Self::AlreadyGone)
    }
}

/// The members of a row, after the mailbox's name.
pub(super) const ROW_MEMBERS: [&str; 5] = ["Facet", "Key", "Change", "Outcome", "Line"];

/// The row of a line; one that cannot be read has none of the line's own.
pub(super) fn row(number: u64, line: Option<&PlanLine>, outcome: PlanOutcome, error: Option<Error>) -> MailboxRows {
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let values = [
        text(line.map(|line| line.facet.as_str())),
        text(line.map(|line| line.key.as_str())),
        text(line.map(|line| line.change.name())),
        outcome.name().into(),
        number.into(),
    ];
    let members: Map<String, Value> = ROW_MEMBERS.into_iter().map(str::to_owned).zip(values).collect();
    MailboxRows {
        mailbox: line.map(|line| line.mailbox.clone()),
        objects: vec![members.into()],
        error,
        ..MailboxRows::default()
    }
}
