//! A journal whose log grows until it is brought into the main file and begun again.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use exrun::store::{Found, JournalOptions, Key, Recording, Store};
use serde_json::{Map, Value, json};

use super::moments::{FAILURES, KILLS, Moment, POWER_CUTS, at_each_edge};
use super::names;

/// Together they are more than the log may hold.
const LARGE_ROWS: usize = 3;
const LARGE: usize = 1_500_000;
const ROWS: usize = LARGE_ROWS + 2;

fn record_of(number: usize) -> Vec<u8> {
    let length = if number < LARGE_ROWS { LARGE } else { 10 };
    vec![u8::try_from(number).unwrap() + 1; length]
}

async fn open(folder: &Path) -> exrun::Result<(Store, Vec<(Key, Found)>)> {
    let (path, fingerprint) = (folder.join("run.db"), Map::new());
    let options = JournalOptions { path, fingerprint, retry_failed: false, retry_unknown: false };
    let store = Store::open(Some(options)).await?;
    let admitted = store.admit((0..ROWS).map(|number| format!("mailbox {number}")).collect()).await?;
    Ok((store, admitted.into_iter().map(|admitted| (admitted.key, admitted.found)).collect()))
}

/// Records what is not recorded yet, each row after its intent, and notes elsewhere what it was told.
pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    let folder = Path::new(task["folder"].as_str().unwrap());
    let mut told = OpenOptions::new().create(true).append(true).open(folder.with_file_name("told")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let recorded = runtime.block_on(async {
        let (store, found) = open(folder).await?;
        for (number, (key, found)) in found.into_iter().enumerate() {
            if !matches!(found, Found::Row(_)) {
                store.intend(key).await?;
                writeln!(told, "intent {number}").unwrap();
                store.record(vec![Recording { key, failed: false, record: record_of(number) }]).await?;
                writeln!(told, "row {number}").unwrap();
            }
        }
        store.close().await;
        Ok(())
    });
    recorded.map_err(|error: exrun::Error| error.to_string())
}

fn judge(moment: &Moment) {
    let what = &moment.what;
    let told = fs::read_to_string(moment.folder.with_file_name("told")).unwrap_or_default();
    let was_told = |line: String| told.lines().any(|told| told == line);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (store, found) = open(&moment.folder).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        for (number, (_, found)) in found.into_iter().enumerate() {
            match found {
                Found::Row(record) => assert!(record == record_of(number), "{what}: the row of {number} is another"),
                Found::Intent => assert!(!was_told(format!("row {number}")), "{what}: the row of {number} is lost"),
                _ => assert!(!was_told(format!("intent {number}")), "{what}: the intent of {number} is lost"),
            }
        }
        store.close().await;
    });
    assert_eq!(names(&moment.folder), ["run.db"], "{what}");
    // And it goes on.
    carry_out(&moment.task()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(names(&moment.folder), ["run.db"], "{what}");
}

fn journals_survive(kinds: &[&'static str]) {
    at_each_edge(&json!({"what": "journal"}), kinds, |_| {}, judge);
}

#[test]
fn a_log_is_begun_again_after_a_kill_at_any_moment() {
    journals_survive(&KILLS);
}

#[test]
fn a_log_is_begun_again_after_a_power_cut_at_any_moment() {
    journals_survive(&POWER_CUTS);
}

#[test]
fn a_log_is_begun_again_after_a_failure_of_the_disk_at_any_moment() {
    journals_survive(&FAILURES);
}
