//! The state that mailboxes are wanted in: a document that says of each facet which items are to be there.

use std::sync::Arc;

use serde_json::Value;

use super::change::Difference;
use super::compare::{Mode, Scope, Wanted};
use super::item::Item;
use super::kind::Facet;
use super::named::{FacetOptions, NAMES, named_with};
use super::settings;
use crate::error::{Error, Result};
use crate::json_kind::kind_of;

/// The members of a part of the document, and those of its scope.
const MEMBERS: [&str; 3] = ["mode", "scope", "items"];
const SCOPES: [&str; 4] = ["prefix", "names", "all", "folder"];

/// A wanted state.
#[derive(Debug)]
pub struct State {
    /// What is read of a mailbox, each once.
    readings: Vec<Arc<dyn Facet>>,
    parts: Vec<Part>,
}

/// What is wanted of one facet; there may be several of one.
#[derive(Debug)]
struct Part {
    /// Which of the readings it is compared with.
    reading: usize,
    wanted: Wanted,
}

impl State {
    /// Reads a document: `{"inboxRules":{"mode":"exact","scope":{"prefix":"Corp "},"items":[...]}, ...}`. Names of
    /// facets and of members count in any case; those of items are Graph's.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the part: whatever can be told without a mailbox.
    pub fn read(document: &Value) -> Result<Self> {
        let mut state = Reader::default();
        state.document(document).map_err(|error| Error::new(error.status(), format!("state: {error}")))?;
        state.check_parts().map_err(|error| Error::new(error.status(), format!("state: {error}")))?;
        let readings = state.readings.into_iter().map(|(_, facet)| facet).collect();
        Ok(Self { readings, parts: state.parts })
    }

    /// That of one list of items.
    ///
    /// # Errors
    ///
    /// As [`Wanted::new`].
    pub fn of(facet: Arc<dyn Facet>, items: Vec<Item>, mode: Mode, scope: Option<Scope>) -> Result<Self> {
        let wanted = Wanted::new(&*facet, items, mode, scope)?;
        Ok(Self { readings: vec![facet], parts: vec![Part { reading: 0, wanted }] })
    }

    /// What is read of each mailbox.
    #[must_use]
    pub fn readings(&self) -> &[Arc<dyn Facet>] {
        &self.readings
    }

    /// What must be done for a mailbox to be in the state; `found` is what each reading gave of it.
    #[must_use]
    pub fn differences(&self, found: &[Vec<Item>]) -> Vec<(&dyn Facet, Difference)> {
        let of_part = |part: &Part| {
            let facet = &*self.readings[part.reading];
            let items = found.get(part.reading).map(Vec::as_slice).unwrap_or_default();
            part.wanted
                .differences(facet, items)
                .into_iter()
                .map(move |difference| (facet, difference))
                .collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of_part).collect()
    }
}

/// A document that is being read.
#[derive(Default)]
struct Reader {
    /// Each with what tells it from others of its facet.
    readings: Vec<(FacetOptions, Arc<dyn Facet>)>,
    parts: Vec<Part>,
}

impl Reader {
    fn document(&mut self, document: &Value) -> Result<()> {
        let mut facets = members(document, &NAMES)?;
        // In an order of its own: that of a hashtable is another each time.
        facets.sort_by_key(|(name, _)| NAMES.iter().position(|known| known == name));
        if facets.is_empty() {
            return Err(Error::argument(format!("asks for nothing: give one of {}", NAMES.join(", "))));
        }
        for (facet, value) in facets {
            let within = |error: Error| Error::argument(format!("{facet}: {error}"));
            match value {
                Value::Array(parts) if parts.is_empty() => return Err(within(Error::argument("is empty"))),
                Value::Array(parts) => {
                    for (number, part) in parts.iter().enumerate() {
                        self.part(facet, part)
                            .map_err(|error| Error::argument(format!("{facet}[{number}]: {error}")))?;
                    }
                }
                part => self.part(facet, part).map_err(within)?,
            }
        }
        Ok(())
    }

    fn part(&mut self, name: &'static str, part: &Value) -> Result<()> {
        let (mut mode, mut scope, mut items) = (Mode::Ensure, GivenScope::default(), None);
        for (member, value) in members(part, &MEMBERS)? {
            match member {
                "mode" => mode = read_mode(value)?,
                "scope" => {
                    scope = GivenScope::read(value).map_err(|error| Error::argument(format!("scope: {error}")))?;
                }
                _ => items = Some(value),
            }
        }
        if name == settings::NAME && (mode != Mode::Ensure || scope != GivenScope::default()) {
            return Err(Error::argument("settings are always there: their mode is ensure, and they have no scope"));
        }
        let GivenScope { items: of_items, folder } = scope;
        if of_items.is_some() && mode != Mode::Exact {
            return Err(Error::argument("scope: is of the mode exact (a folder is of each mode)"));
        }
        // Within a folder that is named there is no need to say that all of it is meant.
        let of_items = of_items.or_else(|| (folder.is_some() && mode == Mode::Exact).then_some(Scope::All));
        let reading = self.reading(name, FacetOptions { folder })?;
        let facet = &*self.readings[reading].1;
        let items = items.ok_or_else(|| Error::argument("items: is missing"))?;
        let items = read_items(facet, mode, items).map_err(|error| Error::argument(format!("items: {error}")))?;
        let wanted = Wanted::new(facet, items, mode, of_items)?;
        self.parts.push(Part { reading, wanted });
        Ok(())
    }

    /// The number of a reading, which is shared by parts of one facet.
    fn reading(&mut self, name: &'static str, options: FacetOptions) -> Result<usize> {
        let known = self.readings.iter().position(|(known, facet)| facet.name() == name && known.is_same(&options));
        if let Some(known) = known {
            return Ok(known);
        }
        let facet = named_with(name, &options)?;
        self.readings.push((options, facet.into()));
        Ok(self.readings.len() - 1)
    }

    /// Refuses parts of one facet that contradict each other: no mailbox would ever be in such a state.
    fn check_parts(&self) -> Result<()> {
        for (number, part) in self.parts.iter().enumerate() {
            let name = self.readings[part.reading].1.name();
            let others = self.parts.iter().enumerate().filter(|(at, _)| *at != number);
            for (_, other) in others.filter(|(_, other)| other.reading == part.reading) {
                for key in part.wanted.keys() {
                    if other.wanted.keys().any(|known| known == key) {
                        return Err(Error::argument(format!("{name}: {key:?} is there twice")));
                    }
                    if part.wanted.mode() != Mode::Absent && other.wanted.takes_away(key) {
                        return Err(Error::argument(format!(
                            "{name}: {key:?} is wanted, and lies in the scope of another part, which does not have it"
                        )));
                    }
                }
            }
        }
        Ok(())
    }
}

/// `scope`.
#[derive(Debug, Default, PartialEq)]
struct GivenScope {
    items: Option<Scope>,
    folder: Option<String>,
}

impl GivenScope {
    fn read(value: &Value) -> Result<Self> {
        let mut scope = Self::default();
        for (member, value) in members(value, &SCOPES)? {
            let about = |error: Error| Error::argument(format!("{member}: {error}"));
            let items = match member {
                "folder" => {
                    scope.folder = Some(text(value).map_err(about)?);
                    continue;
                }
                "prefix" => Scope::Prefix(text(value).map_err(about)?),
                "names" => Scope::Keys(texts(value).map_err(about)?),
                _ if *value == Value::Bool(true) => Scope::All,
                _ => return Err(Error::argument("all: must be true, or be left out")),
            };
            if scope.items.replace(items).is_some() {
                return Err(Error::argument("prefix, names and all do not go together"));
            }
        }
        if scope == Self::default() {
            return Err(Error::argument(format!("is empty: give one of {}", SCOPES.join(", "))));
        }
        Ok(scope)
    }
}

fn read_mode(value: &Value) -> Result<Mode> {
    let mode = value.as_str().map(str::to_ascii_lowercase);
    match mode.as_deref() {
        Some("ensure") => Ok(Mode::Ensure),
        Some("exact") => Ok(Mode::Exact),
        Some("absent") => Ok(Mode::Absent),
        _ => Err(Error::argument(format!("mode: must be ensure, exact or absent, not {value}"))),
    }
}

/// A list of items, or one by itself. What is not to be there may be given by its name.
fn read_items(facet: &dyn Facet, mode: Mode, value: &Value) -> Result<Vec<Item>> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    if values.is_empty() && mode != Mode::Exact {
        return Err(Error::argument("there are none"));
    }
    if facet.name() == settings::NAME && values.len() > 1 {
        return Err(Error::argument("a mailbox has its settings once"));
    }
    let item = |value: &Value| match value {
        Value::Object(item) => Ok(item.clone()),
        Value::String(name) if mode == Mode::Absent => Ok(facet.keyed(name.trim())),
        other => Err(Error::argument(format!("an item must be an object, not {}", kind_of(other)))),
    };
    values.iter().map(item).collect()
}

fn object(value: &Value) -> Result<&Item> {
    value.as_object().ok_or_else(|| Error::argument(format!("must be an object, not {}", kind_of(value))))
}

/// The members of an object by the spelling of `known`.
fn members<'v>(value: &'v Value, known: &[&'static str]) -> Result<Vec<(&'static str, &'v Value)>> {
    let mut found: Vec<(&'static str, &Value)> = Vec::new();
    for (name, value) in object(value)? {
        let name = spelled(name, known)?;
        if found.iter().any(|(known, _)| *known == name) {
            return Err(Error::argument(format!("{name}: is there twice")));
        }
        found.push((name, value));
    }
    Ok(found)
}

fn spelled(name: &str, known: &[&'static str]) -> Result<&'static str> {
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(name.trim()));
    found.copied().ok_or_else(|| Error::argument(format!("{name}: must be one of {}", known.join(", "))))
}

fn text(value: &Value) -> Result<String> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        Some(_) => Err(Error::argument("is blank")),
        None => Err(Error::argument(format!("must be a text, not {}", kind_of(value)))),
    }
}

/// A list of texts, or one by itself.
fn texts(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::Array(values) if values.is_empty() => Err(Error::argument("is empty")),
        Value::Array(values) => values.iter().map(text).collect(),
        one => text(one).map(|text| vec![text]),
    }
}
