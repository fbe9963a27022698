//! The journal of a run: what is recorded is kept, whatever happens to the process.
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::path::Path;

use exrun::runner::store::{Admitted, Found, JournalOptions, Key, Recording, Store};
use serde_json::{Map, Value, json};

fn fingerprint(method: &str) -> Map<String, Value> {
    json!({"tenant": "contoso.com", "method": method}).as_object().cloned().unwrap()
}

fn options(path: &Path) -> JournalOptions {
    JournalOptions { path: path.to_owned(), fingerprint: fingerprint("GET"), retry_failed: false, retry_unknown: false }
}

async fn open(path: &Path) -> Store {
    Store::open(Some(options(path))).await.unwrap()
}

async fn admit(store: &Store, identities: &[&str]) -> Vec<Admitted> {
    store.admit(identities.iter().map(|&identity| identity.to_owned()).collect()).await.unwrap()
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

#[tokio::test]
async fn what_was_recorded_is_found_again_by_identity_and_occurrence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let keys = keys(&store, &["kim", "lee", "kim", "ann"]).await;
    assert_eq!(keys.iter().map(|key| key.occurrence).collect::<Vec<_>>(), [0, 0, 1, 0]);
    store.record(vec![row(keys[0], "first kim"), row(keys[2], "second kim")]).await.unwrap();
    store.record(vec![failure(keys[1], "lee failed")]).await.unwrap();
    store.intend(keys[3]).await.unwrap();
    store.close().await;

    let store = open(&path).await;
    let again = found(&store, &["new", "ann", "kim", "lee", "kim", "kim"]).await;
    let expected = [
        Found::Nothing,
        Found::Intent,
        is_row("first kim"),
        is_row("lee failed"),
        is_row("second kim"),
        Found::Nothing,
    ];
    assert_eq!(again, expected);
}
