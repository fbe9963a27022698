//! Columns of lists that people have, by their names: without case, blanks and signs.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::facet::item::Item;

/// A name as names are compared: its letters and digits in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the columns of a list are, each of which stands for one place.
#[derive(Debug)]
pub(super) struct Columns<P: 'static> {
    /// Names that people use, and what they stand for; the first name of a place is the one that errors show.
    pub(super) known: &'static [(&'static str, P)],
    /// The column that the key comes from, where one is named.
    pub(super) key: Option<String>,
}

/// A row with each value at its place; values that say nothing are null.
pub(super) type Placed<'r, P> = Vec<(P, &'r Value)>;

impl<P: Copy + PartialEq> Columns<P> {
    /// Puts the values of a row to their places; `key` is that of the key.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with all columns for one that means nothing, and for two that mean the same.
    pub(super) fn place<'r>(&self, row: &'r Item, key: P) -> Result<Placed<'r, P>> {
        let mut placed: Vec<(P, &Value)> = Vec::with_capacity(row.len());
        let mut names: Vec<&str> = Vec::with_capacity(row.len());
        for (name, value) in row {
            let own = plain(name);
            let is_key = self.key.as_deref().is_some_and(|wanted| plain(wanted) == own);
            let known = self.known.iter().find(|(known, _)| plain(known) == own).map(|(_, place)| *place);
            // The column of the key may be one of the others besides: an address.
            let places = if is_key {
                [Some(key), known.filter(|place| *place != key)]
            } else {
                [known.filter(|place| *place != key || self.key.is_none()), None]
            };
            if places.iter().all(Option::is_none) {
                return Err(self.unknown(name));
            }
            for place in places.into_iter().flatten() {
                if let Some(at) = placed.iter().position(|(other, _)| *other == place) {
                    let other = names[at];
                    return Err(Error::argument(format!("the columns {other:?} and {name:?} mean the same")));
                }
                placed.push((place, value));
                names.push(name);
            }
        }
        match &self.key {
            Some(wanted) if !placed.iter().any(|(place, _)| *place == key) => {
                let has: Vec<&str> = row.keys().map(String::as_str).collect();
                let has = has.join(", ");
                Err(Error::argument(format!("there is no column {wanted:?} for the key; there are {has}")))
            }
            _ => Ok(placed),
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let mut shown: Vec<&str> = Vec::new();
        let mut places: Vec<P> = Vec::new();
        for (known, place) in self.known {
            if !places.contains(place) {
                places.push(*place);
                shown.push(known);
            }
        }
        Error::argument(format!("the column {name:?} is not known")).hint(format!(
            "leave it out (Select-Object -ExcludeProperty), or name it as what it is: {}; the names of Outlook's export are \
             known too, in whatever case",
            shown.join(", ")
        ))
    }
}

/// The rows of a list.
///
/// # Errors
///
/// `InvalidArgument` for what is no list of objects, with the number of the row.
pub(super) fn rows<'v>(list: &str, value: &'v Value) -> Result<Vec<&'v Map<String, Value>>> {
    let all = value.as_array().ok_or_else(|| Error::argument(format!("{list}: must be a list of objects")))?;
    let object = |(number, row): (usize, &'v Value)| {
        row.as_object().ok_or_else(|| Error::argument(format!("{list}: row {} is no object", number + 1)))
    };
    all.iter().enumerate().map(object).collect()
}

/// Says of an error which row it is about.
pub(super) fn of_row(list: &str, number: usize, error: Error) -> Error {
    error.action(format!("reading row {} of the list of", number + 1)).target(list)
}

/// A value as a text; null where it says nothing.
///
/// # Errors
///
/// `InvalidArgument` for a list or an object.
pub(super) fn text(name: &str, value: &Value) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.trim().is_empty() => Ok(Value::Null),
        Value::String(text) => Ok(text.trim().into()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string().into()),
        Value::Array(_) | Value::Object(_) => Err(Error::argument(format!("{name}: must be a text"))),
    }
}

/// A value as texts: a list of them, or one text in which `;` stands between them.
///
/// # Errors
///
/// `InvalidArgument` for anything else.
pub(super) fn texts(name: &str, value: &Value) -> Result<Vec<String>> {
    let one = |value: &Value| Ok(text(name, value)?.as_str().map(str::to_owned));
    let all: Vec<Option<String>> = match value {
        Value::Array(all) => all.iter().map(one).collect::<Result<_>>()?,
        Value::String(all) => all.split(';').map(|part| Some(part.trim().to_owned())).collect(),
        other => vec![one(other)?],
    };
    Ok(all.into_iter().flatten().filter(|text| !text.is_empty()).collect())
}
