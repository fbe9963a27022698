//! What is wanted, compared with what is there.

use super::change::Change;
use super::item::Item;
use super::kind::Facet;
use crate::error::{Error, Result};

/// What is to become of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What is wanted is there with the values that are named; all else stays.
    Ensure,
    /// Within the scope there is what is wanted and nothing else.
    Exact,
    /// What is named is not there.
    Absent,
}

/// Which items [`Mode::Exact`] may remove. It must be named: there is no scope of everything by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All items of the facet.
    All,
    /// Those whose keys begin so, in whatever case.
    Prefix(String),
    /// Those with these keys, in whatever case.
    Keys(Vec<String>),
}

impl Scope {
    /// Whether an item of this key is within.
    #[must_use]
    pub fn holds(&self, key: &str) -> bool {
        let key = key.to_lowercase();
        match self {
            Self::All => true,
            Self::Prefix(prefix) => key.starts_with(&prefix.to_lowercase()),
            Self::Keys(keys) => keys.iter().any(|known| known.to_lowercase() == key),
        }
    }
}

/// The changes after which `have`, the mailbox's items, is as `wanted` says; none where it is. Removals come first: a
/// name that they free may be one that is wanted.
///
/// # Errors
///
/// `InvalidArgument` for two wanted items with one key, for one that [`Facet::check`] refuses, for [`Mode::Exact`]
/// without a scope or with a wanted item beyond it, and for a change that the service does not allow.
pub fn compare(
    facet: &dyn Facet,
    wanted: &[Item],
    have: &[Item],
    mode: Mode,
    scope: Option<&Scope>,
) -> Result<Vec<Change>> {
    check(facet, wanted, mode, scope)?;
    let mut removals = Vec::new();
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for item in wanted {
        let key = facet.key(item).to_lowercase();
        let same: Vec<usize> = (0..have.len()).filter(|at| facet.key(&have[*at]).to_lowercase() == key).collect();
        if mode == Mode::Absent {
            for at in same {
                removals.push(Change::removal(facet, &have[at])?);
            }
            continue;
        }
        // Of several with the key, one that is as wanted already needs nothing.
        let mut differing = same.iter().map(|at| (*at, facet.differing(&have[*at], item)));
        let first = differing.next();
        let found = match first {
            Some((_, ref members)) if !members.is_empty() => {
                differing.find(|(_, members)| members.is_empty()).or(first)
            }
            first => first,
        };
        match found {
            None => changes.push(Change::creation(facet, &facet.placed(item, have)?)),
            Some((at, members)) => {
                kept.push(at);
                if !members.is_empty() {
                    changes.push(Change::of(facet, &have[at], members)?);
                }
            }
        }
    }
    if let (Mode::Exact, Some(scope)) = (mode, scope) {
        for (at, found) in have.iter().enumerate() {
            if scope.holds(&facet.key(found)) && !kept.contains(&at) {
                removals.push(Change::removal(facet, found)?);
            }
        }
    }
    removals.append(&mut changes);
    Ok(removals)
}

fn check(facet: &dyn Facet, wanted: &[Item], mode: Mode, scope: Option<&Scope>) -> Result<()> {
    let name = facet.name();
    let mut keys = Vec::with_capacity(wanted.len());
    for item in wanted {
        let key = facet.key(item);
        if key.trim().is_empty() {
            return Err(Error::argument(format!("{name}: an item has no name by which it is known")));
        }
        if mode != Mode::Absent {
            facet.check(item).map_err(|error| error.action(format!("reading the wanted {name}")).target(&key))?;
        }
        if mode == Mode::Exact && scope.is_some_and(|scope| !scope.holds(&key)) {
            return Err(Error::argument(format!("{name}: {key:?} is wanted, and lies beyond the scope")));
        }
        keys.push(key.to_lowercase());
    }
    keys.sort_unstable();
    if let Some(twice) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::argument(format!("{name}: {:?} is there twice", twice[0])));
    }
    if mode == Mode::Exact && scope.is_none() {
        return Err(Error::argument(format!("{name}: exact needs a scope: a prefix of names, or a list of them")));
    }
    Ok(())
}
