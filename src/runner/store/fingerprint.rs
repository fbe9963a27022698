//! What makes a run this run, as a journal keeps it.

use std::path::Path;

use rusqlite::{Connection, Result as SqlResult};
use serde_json::{Map, Value};

use crate::error::Result;

use super::{fault, journal};

/// Longest value in a message.
const MOST_LETTERS: usize = 80;

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
    members.collect::<serde_json::Result<_>>().map_err(|_| journal::damaged(path))
}

/// Refuses a journal of another run than `now`.
pub(super) fn check(recorded: &Map<String, Value>, now: &Map<String, Value>, path: &Path) -> Result<()> {
    let differing = differences(recorded, now);
    if differing.is_empty() {
        return Ok(());
    }
    let said: Vec<String> =
        differing.iter().map(|(name, before, after)| format!("{name} was {before} and is now {after}")).collect();
    Err(fault::mismatch(format!("it is the journal of another run: {}", said.join("; ")))
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
    let said: Vec<String> =
        differing.iter().map(|(name, there, here)| format!("{name} is {here}, and {there} in {place}")).collect();
    Err(fault::mismatch(format!("it is the journal of another run: {}", said.join("; ")))
        .action(fault::MERGING)
        .target(other.0.display().to_string())
        .hint("merge journals of the shards of one run"))
}

/// Name and both values of each member that differs.
fn differences<'a>(one: &'a Map<String, Value>, other: &'a Map<String, Value>) -> Vec<(&'a str, String, String)> {
    let added = other.keys().filter(|name| !one.contains_key(*name));
    let names = one.keys().chain(added).filter(|name| one.get(*name) != other.get(*name));
    names.map(|name| (name.as_str(), shown(one.get(name)), shown(other.get(name)))).collect()
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "not there".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
