//! What the file of links has of a mailbox.

use serde::{Deserialize, Serialize};

use crate::facet::delta::{Anew, in_path};

/// The lists of a mailbox, and by which link each goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MailboxState {
    /// Of the list of folders, where all are tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) folders: Option<String>,
    pub(super) places: Vec<Place>,
}

/// A list that is tracked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The folder; none where there is but one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// What rows call it: the whole path, or of one of all folders its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<String>,
    /// By which it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<String>,
    /// Why it is being read anew: as long as it is not read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reading: Option<Anew>,
}

impl MailboxState {
    pub(super) fn place(&self, id: Option<&str>) -> Option<&Place> {
        self.places.iter().find(|place| place.id.as_deref() == id)
    }

    pub(super) fn place_mut(&mut self, id: Option<&str>) -> Option<&mut Place> {
        self.places.iter_mut().find(|place| place.id.as_deref() == id)
    }

    pub(super) fn remove(&mut self, id: Option<&str>) {
        self.places.retain(|place| place.id.as_deref() != id);
    }

    /// What rows call the folder: where all are tracked, its path.
    pub(super) fn shown(&self, place: &Place) -> Option<String> {
        let mut names = vec![place.name.clone()?];
        let mut next = place.parent.as_deref();
        while let Some(around) = next.and_then(|id| self.place(Some(id))).filter(|_| names.len() <= self.places.len()) {
            names.extend(around.name.clone());
            next = around.parent.as_deref();
        }
        names.reverse();
        Some(names.join("/"))
    }
}

impl Place {
    /// One of all folders.
    pub(super) fn of_folder(id: &str, name: &str, parent: &str) -> Self {
        Self { id: Some(id.to_owned()), name: Some(in_path(name)), parent: Some(parent.to_owned()), ..Self::default() }
    }
}
