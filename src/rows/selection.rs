//! Which members of an object make a row.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::cell::Cell;
use super::fields::{Fields, Names};
use super::mailbox_column::MAILBOX_NAME;
use crate::error::{Error, Result};

/// Which members of an object make a row, in this order.
#[derive(Clone, Debug, Default)]
pub struct Selection(Names);

impl Selection {
    /// Reads the names: a member, or a member of a member as `from.emailAddress.address`. None: the object as it is.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a name that is blank or there twice.
    pub fn parse(names: &[String]) -> Result<Self> {
        let mut seen = HashSet::from([MAILBOX_NAME.to_lowercase()]);
        let mut selected = Vec::with_capacity(names.len());
        for name in names {
            let name = name.trim();
            if name.is_empty() {
                return Err(Error::argument("select: a name is blank"));
            }
            if name.eq_ignore_ascii_case(MAILBOX_NAME) {
                // Every row has it.
                continue;
            }
            if !seen.insert(name.to_lowercase()) {
                return Err(Error::argument(format!("select: {name} is there twice")));
            }
            selected.push(name);
        }
        Ok(Self(selected.into_iter().collect()))
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.0
    }

    /// The selected members of an object, null where it has none of that name.
    #[must_use]
    pub fn of(&self, object: Map<String, Value>) -> Fields {
        if self.0.is_empty() {
            return object.into();
        }
        let cell = |name| nested(&object, name).cloned().map_or(Cell::Null, Cell::from);
        Fields::new(self.0.clone(), self.0.iter().map(cell).collect::<Vec<_>>())
    }
}

/// A member by its name, in any case, else by a path of names.
#[must_use]
pub fn nested<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let same = || members.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    members.get(name).or_else(same).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        nested(nested(members, first)?.as_object()?, rest)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_selected_comes_in_that_order_and_null_where_it_is_missing() {
        let names = ["Subject", "from.emailAddress.address", "@odata.etag", "MailboxName", "x.y"].map(str::to_owned);
        let selection = Selection::parse(&names).unwrap();
        let object =
            json!({"@odata.etag": "e", "from": {"emailAddress": {"address": "a@b"}}, "subject": "s", "x.y": 1, "z": 2});
        assert_eq!(
            serde_json::to_string(&selection.of(object.as_object().cloned().unwrap())).unwrap(),
            json!({"Subject": "s", "from.emailAddress.address": "a@b", "@odata.etag": "e", "x.y": 1}).to_string()
        );
        assert_eq!(selection.of(Map::new()).cells().len(), 4);
        assert!(Selection::parse(&["a".into(), "A".into()]).is_err());
        assert!(Selection::parse(&[" ".into()]).is_err());
    }
}
