//! What is wanted, compared with what is there.

use std::collections::HashMap;

use super::change::{Change, ChangeKind, Difference};
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

/// Items of one facet that are wanted, or are not.
#[derive(Debug)]
pub struct Wanted {
    /// Each with its key in lower case.
    items: Vec<(String, Item)>,
    mode: Mode,
    scope: Option<Scope>,
}

impl Wanted {
    /// Checks what can be told without a mailbox.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for two items with one key, for one that [`Facet::check`] refuses, for [`Mode::Exact`] without
    /// a scope or with an item beyond it.
    pub fn new(facet: &dyn Facet, items: Vec<Item>, mode: Mode, scope: Option<Scope>) -> Result<Self> {
        check(facet, &items, mode, scope.as_ref())?;
        let mut items: Vec<_> = items.into_iter().map(|item| (facet.key(&item).to_lowercase(), item)).collect();
        items.sort_by_key(|(_, item)| facet.depth(item));
        Ok(Self { items, mode, scope })
    }

    /// What is to become of the items.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The keys of its items, in lower case.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|(key, _)| key.as_str())
    }

    /// Whether [`Mode::Exact`] takes away an item of this key that it does not want.
    #[must_use]
    pub fn takes_away(&self, key: &str) -> bool {
        self.mode == Mode::Exact && self.scope.as_ref().is_some_and(|scope| scope.holds(key))
    }

    /// What must be done for `found`, what the facet's reading gives of a mailbox, to be as is wanted; nothing where it
    /// is. Removals come first: a name that they free may be one that is wanted.
    #[must_use]
    pub fn differences(&self, facet: &dyn Facet, found: &[Item]) -> Vec<Difference> {
        let have: Vec<&Item> = found.iter().filter(|item| !facet.is_place(item)).collect();
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, item) in have.iter().enumerate() {
            by_key.entry(facet.key(item).to_lowercase()).or_default().push(at);
        }
        let mut removed: Vec<usize> = Vec::new();
        let mut changes = Vec::new();
        let mut kept = vec![false; have.len()];
        let mut has_creations = false;
        for (key, item) in &self.items {
            let same = by_key.get(key).map(Vec::as_slice).unwrap_or_default();
            if self.mode == Mode::Absent {
                removed.extend(same);
                continue;
            }
            // Of several with the key, one that is as wanted already needs nothing.
            let mut differing = same.iter().map(|at| (*at, facet.differing(have[*at], item)));
            let first = differing.next();
            let best = match first {
                Some((_, ref members)) if !members.is_empty() => {
                    differing.find(|(_, members)| members.is_empty()).or(first)
                }
                first => first,
            };
            match best {
                None => {
                    has_creations = true;
                    changes.extend(self.creation(facet, item, found));
                }
                Some((at, _)) if facet.must_go(have[at], item) => {
                    has_creations = true;
                    kept[at] = true;
                    removed.push(at);
                    let again = facet.with(&facet.writable(have[at]), item);
                    changes.extend(self.creation(facet, &again, found));
                }
                Some((at, members)) => {
                    kept[at] = true;
                    if !members.is_empty() {
                        changes.push(changed(facet, have[at], members));
                    }
                    changes.extend(facet.afterwards(Some(have[at]), None, item));
                }
            }
        }
        if self.mode == Mode::Exact {
            removed.extend((0..have.len()).filter(|at| !kept[*at] && self.takes_away(&facet.key(have[*at]))));
        }
        // What lies within a thing goes with it, and is named: the way back makes that again, too.
        let around = removed.clone();
        let goes_with = |at: &usize| around.iter().any(|one| one != at && facet.is_within(have[*at], have[*one]));
        if !around.is_empty() {
            removed.extend((0..have.len()).filter(|at| !around.contains(at)).filter(goes_with));
        }
        // What lies within goes before what is around it.
        removed.sort_by_key(|at| std::cmp::Reverse(facet.depth(have[*at])));
        let groundwork = if has_creations { facet.groundwork(found) } else { Vec::new() };
        let removals = removed.into_iter().map(|at| self.removal(facet, have[at]));
        removals.chain(groundwork.into_iter().map(created)).chain(changes).collect()
    }

    fn removal(&self, facet: &dyn Facet, have: &Item) -> Difference {
        let mut wanted = self.items.iter().map(|(_, item)| item).filter(|_| self.mode != Mode::Absent);
        let change = match wanted.find(|item| facet.is_within(item, have)) {
            Some(wanted) => {
                let (key, wanted) = (facet.key(have), facet.key(wanted));
                Err(Error::argument(format!("{key:?} is not wanted, and holds {wanted:?}, which is"))
                    .hint("say that the folder around it is wanted too"))
            }
            None => Change::removal(facet, have),
        };
        Difference {
            key: facet.key(have),
            kind: ChangeKind::Remove,
            from: Some(facet.writable(have)),
            to: None,
            change,
        }
    }

    /// An item is made, and then what is done to it by a request of its own.
    fn creation(&self, facet: &dyn Facet, item: &Item, found: &[Item]) -> impl Iterator<Item = Difference> + use<> {
        let is_coming = |key: &str| self.keys().any(|known| known == key.to_lowercase());
        let (made, afterwards) = match facet.placed(item, found, &is_coming) {
            Ok(placed) => {
                let made = Change::creation(facet, &placed);
                let afterwards = facet.afterwards(None, Some(&made), &placed);
                (created(made), afterwards)
            }
            Err(error) => {
                let (key, to) = (facet.key(item), Some(facet.writable(item)));
                (Difference { key, kind: ChangeKind::Create, from: None, to, change: Err(error) }, None)
            }
        };
        std::iter::once(made).chain(afterwards)
    }
}

fn created(change: Change) -> Difference {
    Difference { key: change.key.clone(), kind: change.kind, from: None, to: change.to.clone(), change: Ok(change) }
}

fn changed(facet: &dyn Facet, have: &Item, members: Item) -> Difference {
    Difference {
        key: facet.key(have),
        kind: ChangeKind::Change,
        from: Some(facet.back(have, &members)),
        to: Some(members.clone()),
        change: Change::of(facet, have, members),
    }
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
