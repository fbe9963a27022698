//! How many changes of each kind there are.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::facet::ChangeKind;

/// How many changes of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Things that are made.
    pub create: u64,
    /// Things that are changed.
    pub change: u64,
    /// Things that are taken away.
    pub remove: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, kind: ChangeKind) {
        match kind {
            ChangeKind::Create => self.create += 1,
            ChangeKind::Change => self.change += 1,
            ChangeKind::Remove => self.remove += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.create + self.change + self.remove
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to create, {} to change, {} to remove", self.create, self.change, self.remove)
    }
}
