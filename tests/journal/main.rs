//! The journal of a run: what is recorded is kept, whatever happens to the process, and one run has it at a time.
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::path::Path;

use exrun::store::{
    Admitted, Closing, Found, JournalOptions, Key, LineKey, Recorded, Recording, Store, WorkHash, merge,
};
use exrun::{Error, Status};
use serde_json::{Map, Value, json};

mod child;
mod killing;
mod memory;
mod merging;
mod older;
#[path = "../support/older_journal.rs"]
mod older_journal;
mod opening;
mod reading;
mod recording;
mod separated;
mod temporary;

fn fingerprint(method: &str) -> Map<String, Value> {
    json!({"tenant": "contoso.com", "method": method}).as_object().cloned().unwrap()
}

fn options(path: &Path) -> JournalOptions {
    JournalOptions { path: path.to_owned(), fingerprint: fingerprint("GET"), retry_failed: false, retry_unknown: false }
}

async fn open(path: &Path) -> Store {
    Store::open(Some(options(path))).await.unwrap()
}

async fn refused(options: JournalOptions) -> Error {
    Store::open(Some(options)).await.unwrap_err()
}

async fn admit(store: &Store, identities: &[&str]) -> Vec<Admitted> {
    store.admit(identities.iter().map(|&identity| identity.to_owned()).collect::<Vec<_>>()).await.unwrap()
}

/// Lines of a mailbox, each with work of its own.
async fn admit_work(store: &Store, lines: &[(&str, &str)]) -> Vec<Admitted> {
    let line =
        |(mailbox, work): &(&str, &str)| LineKey { mailbox: (*mailbox).to_owned(), work: WorkHash::of_key(work) };
    store.admit(lines.iter().map(line).collect::<Vec<_>>()).await.unwrap()
}

async fn keys(store: &Store, identities: &[&str]) -> Vec<Key> {
    admit(store, identities).await.into_iter().map(|admitted| admitted.key).collect()
}

async fn found(store: &Store, identities: &[&str]) -> Vec<Found> {
    admit(store, identities).await.into_iter().map(|admitted| admitted.found).collect()
}

fn row(key: Key, record: &str) -> Recording {
    Recording { key, failed: false, record: record.into() }
}

fn failure(key: Key, record: &str) -> Recording {
    Recording { failed: true, ..row(key, record) }
}

fn is_row(record: &str) -> Found {
    Found::Row(record.into())
}

/// A journal with tables that are not ours is refused by whoever opens it, and stays as it is.
async fn tables_are_refused(path: &Path, change: &str) {
    let before = std::fs::read(path).unwrap();
    let parts = ["its tables are not those that ExRun makes"];
    says(&refused(options(path)).await, Status::Journal, &parts);
    says(&Recorded::open(path).err().unwrap(), Status::Journal, &parts);
    says(&merge(&[path.to_owned()], &path.with_file_name("m.db")).unwrap_err(), Status::Journal, &parts);
    assert!(std::fs::read(path).unwrap() == before, "{change}");
}

#[track_caller]
fn says(error: &Error, status: Status, parts: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.status(), status, "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing: {text}");
    }
}
