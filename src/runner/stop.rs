//! When a run stops by itself.

use crate::error::{Error, Status};

/// So many first answers that all refuse access are the app's permissions, and not the mailboxes.
const FIRST_ANSWERS: usize = 50;

/// What is to become of a row.
#[derive(Debug)]
pub(super) enum Decision {
    /// It goes on, after those that were withheld.
    Pass,
    /// It is kept back until it is clear whether any mailbox answers.
    Withhold,
    /// The run stops; what was withheld is nobody's row.
    Stop(Error),
}

/// Counts what may stop a run.
#[derive(Debug)]
pub(super) struct StopRules {
    errors_left: Option<u64>,
    /// Refused so far; `None` once a mailbox answered otherwise.
    refused: Option<usize>,
}

impl StopRules {
    pub(super) fn new(stop_after_errors: Option<u64>) -> Self {
        Self { errors_left: stop_after_errors, refused: Some(0) }
    }

    /// Judges a row by its failure.
    pub(super) fn judge(&mut self, failure: Option<&Error>) -> Decision {
        let Some(refused) = &mut self.refused else { return Decision::Pass };
        match failure {
            Some(error) if matches!(error.status(), Status::AccessDenied | Status::Unauthorized) => {
                *refused += 1;
                if *refused >= FIRST_ANSWERS { Decision::Stop(all_refused(error)) } else { Decision::Withhold }
            }
            // What never got an answer says nothing of the app's permissions.
            Some(error) if error.http_status_code().is_none() => Decision::Pass,
            _ => {
                self.refused = None;
                Decision::Pass
            }
        }
    }

    /// Whether it is not clear yet that any mailbox answers.
    pub(super) fn withholds(&self) -> bool {
        self.refused.is_some()
    }

    /// Counts a row where it has failed; gives the run's error where it was one too many.
    pub(super) fn count_failure_if(&mut self, has_failed: bool) -> Option<Error> {
        let left = self.errors_left.as_mut().filter(|_| has_failed)?;
        *left = left.saturating_sub(1);
        (*left == 0).then(|| {
            Error::new(
                Status::TooManyErrors,
                "the run stopped: the limit of failed mailboxes (stopAfterErrors) was reached",
            )
            .hint("their error rows say why; a run with the same journal goes on where this one stopped")
        })
    }
}

/// Says what the service said, which names the permission that is missing.
fn all_refused(last: &Error) -> Error {
    let error = Error::new(
        last.status(),
        format!("the first {FIRST_ANSWERS} mailboxes all refused access, so that the run was stopped: {last}"),
    );
    let error = last.http_status_code().into_iter().fold(error, Error::http_status);
    error
        .service(last.service_code().map(str::to_owned), last.service_message().map(str::to_owned))
        .client_request_id(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied() -> Error {
        Error::new(Status::AccessDenied, "the service answered 403 ErrorAccessDenied")
            .http_status(403)
            .hint("the app needs the application permission MailboxSettings.Read")
    }

    #[test]
    fn fifty_refusals_at_the_start_stop_the_run_and_say_which_permission() {
        let mut rules = StopRules::new(None);
        for _ in 0..FIRST_ANSWERS - 1 {
            assert!(matches!(rules.judge(Some(&denied())), Decision::Withhold));
            // A line that names no mailbox is no answer.
            assert!(matches!(rules.judge(Some(&Error::argument("blank"))), Decision::Pass));
        }
        let Decision::Stop(error) = rules.judge(Some(&denied())) else { panic!("it goes on") };
        assert_eq!((error.status(), error.http_status_code()), (Status::AccessDenied, Some(403)));
        assert!(error.to_string().contains("MailboxSettings.Read"), "{error}");
    }

    #[test]
    fn one_answer_ends_the_doubt() {
        let mut rules = StopRules::new(None);
        assert!(matches!(rules.judge(Some(&denied())), Decision::Withhold));
        assert!(matches!(rules.judge(None), Decision::Pass));
        for _ in 0..1000 {
            assert!(matches!(rules.judge(Some(&denied())), Decision::Pass));
        }
    }

    #[test]
    fn errors_are_counted_where_that_was_asked_for() {
        let mut rules = StopRules::new(Some(2));
        assert!(rules.count_failure_if(true).is_none());
        assert!((0..9).all(|_| rules.count_failure_if(false).is_none()));
        assert_eq!(rules.count_failure_if(true).unwrap().status(), Status::TooManyErrors);
        assert!((0..1000).all(|_| StopRules::new(None).count_failure_if(true).is_none()));
    }
}
