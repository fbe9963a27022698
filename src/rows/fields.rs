//! Values with their names, in order.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::cell::Cell;

/// The names of values, in order. Cheap to clone: those of a run's columns are held once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Arc<[Box<str>]>);

impl Names {
    /// The names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes that they hold; of those that are shared nobody holds any more than the others.
    fn held(&self) -> usize {
        if Arc::strong_count(&self.0) > 1 { 0 } else { self.iter().map(|name| 24 + name.len()).sum() }
    }
}

impl<N: Into<Box<str>>> FromIterator<N> for Names {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

/// Values with their names, in order: an object of a mailbox, or what a row shows of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    names: Names,
    cells: Box<[Cell]>,
}

impl Fields {
    /// Values of these names, as many as there are of both.
    #[must_use]
    pub fn new(names: Names, cells: impl Into<Box<[Cell]>>) -> Self {
        Self { names, cells: cells.into() }
    }

    /// Values of these names, all null.
    #[must_use]
    pub fn nulls(names: Names) -> Self {
        let cells = names.iter().map(|_| Cell::Null).collect();
        Self { names, cells }
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The values.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The values, without their names.
    #[must_use]
    pub fn into_cells(self) -> Box<[Cell]> {
        self.cells
    }

    /// Each name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Cell)> {
        self.names.iter().zip(&self.cells)
    }

    /// The same, which holds `names` where its own are the same.
    #[must_use]
    pub(super) fn sharing(mut self, names: &Names) -> Self {
        if self.names == *names {
            self.names.clone_from(names);
        }
        self
    }

    /// About how many bytes they hold.
    #[must_use]
    pub fn size(&self) -> usize {
        self.names.held() + size_of_val(&*self.cells) + self.cells.iter().map(Cell::held).sum::<usize>()
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(members: Map<String, Value>) -> Self {
        let (names, cells): (Vec<Box<str>>, Vec<Cell>) =
            members.into_iter().map(|(name, value)| (name.into(), value.into())).unzip();
        Self { names: names.into_iter().collect(), cells: cells.into() }
    }
}

impl From<Fields> for Map<String, Value> {
    fn from(fields: Fields) -> Self {
        fields.names.iter().map(str::to_owned).zip(fields.cells.into_iter().map(Value::from)).collect()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in self.iter() {
            object.serialize_entry(name, cell)?;
        }
        object.end()
    }
}
