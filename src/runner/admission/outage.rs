//! When nothing answers at all: a network that is away for some minutes must not cost every mailbox its tries.

use std::time::{Duration, Instant};

use crate::error::{Error, Status};

/// So many requests in a row that broke without an answer are the network, and not the mailboxes.
const MANY: u32 = 16;

/// How often a mailbox that was not tried yet finds out whether anything answers again.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// After so long mailboxes are tried all the same, so that each comes to its row.
const LONGEST: Duration = Duration::from_secs(600);

/// Whether anything answers.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Something has answered in this run.
    has_answered: bool,
    unanswered: u32,
    /// Since when it is one, and when the next mailbox may be tried.
    began: Option<(Instant, Instant)>,
}

impl Outage {
    /// Takes note of what became of a request; gives whether that is where an outage begins.
    pub(super) fn answered(&mut self, error: Option<&Error>, now: Instant) -> bool {
        match error {
            Some(error) if is_unanswered(error) => {}
            // A line that names no mailbox says nothing of the network.
            Some(error) if error.status() == Status::InvalidArgument => return false,
            _ => {
                *self = Self { has_answered: true, ..Self::default() };
                return false;
            }
        }
        self.unanswered = self.unanswered.saturating_add(1);
        let begins = self.unanswered >= MANY && self.began.is_none();
        if begins {
            self.began = Some((now, now + PROBE_EVERY));
        }
        begins
    }

    /// Whether it was otherwise before: then it is worth while for all to wait. Where nothing ever answered, those that
    /// were tried go on with their tries, and whoever waits for a few mailboxes learns what is wrong.
    pub(super) fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// Whether a run goes on without a token: where nothing answers that answered before, for as long as an outage is
    /// waited for.
    pub(super) fn explains(&self, error: &Error, now: Instant) -> bool {
        self.has_answered && is_unanswered(error) && self.began.is_none_or(|(began, _)| now < began + LONGEST)
    }

    /// Until when no mailbox may be begun, or none that was not tried yet.
    pub(super) fn holds_until(&self, now: Instant) -> Option<Instant> {
        let (began, probe) = self.began?;
        (probe > now && now < began + LONGEST).then_some(probe)
    }

    /// Whether those that may be begun are one only.
    pub(super) fn probes(&self, now: Instant) -> bool {
        self.began.is_some_and(|(began, _)| now < began + LONGEST)
    }

    /// A mailbox is begun.
    pub(super) fn probed(&mut self, now: Instant) {
        if let Some((_, probe)) = &mut self.began {
            *probe = now + PROBE_EVERY;
        }
    }
}

fn is_unanswered(error: &Error) -> bool {
    error.http_status_code().is_none() && matches!(error.status(), Status::Connection | Status::Timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> Error {
        Error::new(Status::Connection, "could not connect").retryable(true)
    }

    #[test]
    fn many_in_a_row_are_an_outage_and_any_answer_ends_it() {
        let start = Instant::now();
        let mut outage = Outage::default();
        for _ in 0..MANY - 1 {
            assert!(!outage.answered(Some(&broken()), start));
        }
        let denied = Error::new(Status::AccessDenied, "403").http_status(403);
        assert!(!outage.answered(Some(&denied), start) && outage.holds_until(start).is_none());
        for number in 1..=MANY {
            assert_eq!(outage.answered(Some(&broken()), start), number == MANY);
        }
        assert_eq!((outage.holds_until(start), outage.probes(start)), (Some(start + PROBE_EVERY), true));
        let later = start + PROBE_EVERY;
        assert_eq!(outage.holds_until(later), None);
        outage.probed(later);
        assert_eq!(outage.holds_until(later), Some(later + PROBE_EVERY));
        let over = start + LONGEST;
        outage.probed(over);
        assert_eq!((outage.holds_until(over), outage.probes(over)), (None, false));
        outage.answered(None, later);
        assert_eq!((outage.holds_until(later), outage.probes(later)), (None, false));
    }
}
