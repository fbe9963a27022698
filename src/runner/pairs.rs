//! Things that belong together by their place: what is missing is a fault that is said, never a line without its row.

use crate::attempt::AttemptError;
use crate::error::{Error, Result};

/// Each of both, in their order.
///
/// # Errors
///
/// `Internal` where one side is shorter; `what` says of what.
pub(super) fn pairs<A, B>(left: Vec<A>, right: Vec<B>, what: &str) -> Result<Vec<(A, B)>> {
    if left.len() != right.len() {
        return Err(Error::internal(format!("{} of {what} stand against {}", left.len(), right.len())));
    }
    Ok(left.into_iter().zip(right).collect())
}

/// Items with what became of each. Of one that has no outcome it is not known what happened to it; where there are too
/// many outcomes, that is so of all: nobody knows whose is whose.
pub(super) fn with_outcomes<I, T>(
    items: Vec<I>,
    mut outcomes: Vec<Result<T, AttemptError>>,
) -> impl Iterator<Item = (I, Result<T, AttemptError>)> {
    if outcomes.len() > items.len() {
        outcomes.clear();
    }
    let mut outcomes = outcomes.into_iter();
    items.into_iter().map(move |item| {
        let missing = || Err(AttemptError::Item(Error::internal("a request gave no outcome").maybe_done(true)));
        let outcome = outcomes.next().unwrap_or_else(missing);
        (item, outcome)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn both_sides_have_the_same_length_or_it_is_said() {
        assert_eq!(pairs(vec![1, 2], vec!["a", "b"], "lines").unwrap(), [(1, "a"), (2, "b")]);
        for (left, right) in [(vec![1], vec![]), (vec![], vec!["a"])] {
            assert_eq!(pairs(left, right, "lines").unwrap_err().status(), Status::Internal);
        }
    }

    #[test]
    fn an_outcome_that_is_missing_is_a_fault_of_its_item() {
        let outcomes = |number: u8| {
            let results = (0..number).map(Ok).collect();
            with_outcomes(vec!['a', 'b'], results)
                .map(|(item, outcome)| {
                    (item, outcome.map_err(|error| matches!(error, AttemptError::Item(error) if error.is_maybe_done())))
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(outcomes(2), [('a', Ok(0)), ('b', Ok(1))]);
        assert_eq!(outcomes(1), [('a', Ok(0)), ('b', Err(true))]);
        assert_eq!(outcomes(3), [('a', Err(true)), ('b', Err(true))]);
    }
}
