//! What makes a run this run, as a journal keeps it.

use std::path::Path;

use base64::Engine as _;
use rusqlite::{Connection, Result as SqlResult};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::printable::shortened;

use super::fault;

/// Longest value in a message.
const MOST_LETTERS: usize = 80;

/// The member of a fingerprint's value that is kept as a hash.
const HASH_MEMBER: &str = "sha256";

/// A value that a fingerprint has as its hash alone, and that no message shows.
#[must_use]
pub fn hashed(hash: &[u8; 32]) -> Value {
    json!({HASH_MEMBER: base64::engine::general_purpose::STANDARD.encode(hash)})
}

fn is_hashed(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.len() == 1 && members.contains_key(HASH_MEMBER))
}

pub(super) fn write(connection: &Connection, fingerprint: &Map<String, Value>) -> SqlResult<()> {
    let mut insert = connection.prepare("INSERT INTO fingerprint(name, value) VALUES(?1, ?2)")?;
    fingerprint.iter().try_for_each(|(name, value)| insert.execute((name, value.to_string())).map(drop))
}

pub(super) fn read(connection: &Connection, path: &Path) -> Result<Map<String, Value>> {
    let rows = || -> SqlResult<Vec<(String, String)>> {
        let mut select = connection.prepare("SELECT name, value FROM fingerprint ORDER BY rowid")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    };
    let rows = rows().map_err(|cause| fault::journal(&cause, fault::OPENING, path))?;
    let members = rows.into_iter().map(|(name, value)| Ok((name, serde_json::from_str(&value)?)));
    members.collect::<serde_json::Result<_>>().map_err(|_| fault::damaged_journal(path))
}

/// Refuses a journal of another run than `now`.
pub(super) fn check(recorded: &Map<String, Value>, now: &Map<String, Value>, path: &Path) -> Result<()> {
    let differing = differences(recorded, now);
    if differing.is_empty() {
        return Ok(());
    }
    let parts = differing.iter().map(|difference| match (difference.is_hashed(), difference) {
        (true, Difference { name, .. }) => format!("{name} is not what it was"),
        (false, Difference { name, one, other }) => {
            format!("{name} was {} and is now {}", shown(*one), shown(*other))
        }
    });
    let parts: Vec<String> = parts.collect();
    Err(fault::mismatch(format!("it is the journal of another run: {}", parts.join("; ")))
        .action(fault::OPENING)
        .target(path.display().to_string())
        .hint("run what was run before, or name another journal"))
}

/// Refuses to merge journals of different runs.
pub(super) fn compare(first: (&Path, &Map<String, Value>), other: (&Path, &Map<String, Value>)) -> Result<()> {
    let differing = differences(first.1, other.1);
    if differing.is_empty() {
        return Ok(());
    }
    let place = first.0.display();
    let parts = differing.iter().map(|difference| match (difference.is_hashed(), difference) {
        (true, Difference { name, .. }) => format!("{name} is not that of {place}"),
        (false, Difference { name, one, other }) => {
            format!("{name} is {}, and {} in {place}", shown(*other), shown(*one))
        }
    });
    let parts: Vec<String> = parts.collect();
    Err(fault::mismatch(format!("it is the journal of another run: {}", parts.join("; ")))
        .action(fault::MERGING)
        .target(other.0.display().to_string())
        .hint("merge journals of the shards of one run"))
}

/// A member that differs, with both values.
struct Difference<'a> {
    name: &'a str,
    one: Option<&'a Value>,
    other: Option<&'a Value>,
}

impl Difference<'_> {
    fn is_hashed(&self) -> bool {
        self.one.is_some_and(is_hashed) && self.other.is_some_and(is_hashed)
    }
}

fn differences<'a>(one: &'a Map<String, Value>, other: &'a Map<String, Value>) -> Vec<Difference<'a>> {
    let added = other.keys().filter(|name| !one.contains_key(*name));
    let names = one.keys().chain(added).filter(|name| one.get(*name) != other.get(*name));
    names.map(|name| Difference { name, one: one.get(name), other: other.get(name) }).collect()
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "not there".to_owned() };
    if is_hashed(value) {
        return "there".to_owned();
    }
    shortened(&value.to_string(), MOST_LETTERS).into_owned()
}
