//! A journal of an older format that is brought forward.

use std::path::Path;

use exrun::store::{Attachment, Found, JournalOptions, Key, LineKey, Recording, Store, WorkHash};
use serde_json::{Map, Value, json};

use super::moments::{FAILURES, KILLS, Moment, POWER_CUTS, at_each};
use super::names;
use super::older_journal::{format_of, make};

const KNOWN: &str = "known";
const NEW: &str = "new";

async fn open(folder: &Path) -> exrun::Result<(Store, Vec<(Key, Found)>)> {
    let (path, fingerprint) = (folder.join("run.db"), Map::new());
    let options = JournalOptions { path, fingerprint, retry_failed: false, retry_unknown: false };
    let store = Store::open(Some(options)).await?;
    let lines = [KNOWN, NEW].map(|mailbox| LineKey { mailbox: mailbox.to_owned(), work: WorkHash::OF_RUN });
    let admitted = store.admit(lines.to_vec()).await?;
    Ok((store, admitted.into_iter().map(|admitted| (admitted.key, admitted.found)).collect()))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Opens the journal, which brings it forward, and records a row.
pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    let folder = Path::new(task["folder"].as_str().unwrap());
    let recorded = block_on(async {
        let (store, found) = open(folder).await?;
        store.record(vec![Recording { key: found[1].0, failed: false, record: NEW.into() }]).await?;
        store.close().await;
        Ok(())
    });
    recorded.map_err(|error: exrun::Error| error.to_string())
}

fn prepare(folder: &Path, is_killed: bool) {
    let known = block_on(async {
        let store = Store::open(None).await.unwrap();
        store.admit(vec![KNOWN.to_owned()]).await.unwrap()[0].key
    });
    let row = (known.mailbox, [0; 16], 1, Some(KNOWN.into()));
    make(&folder.join("run.db"), &Map::new(), is_killed, &[row], &[("undo.jsonl", Some([0x11; 32]))]);
}

fn judge(moment: &Moment) {
    let what = &moment.what;
    let (found, attached) = block_on(async {
        let (store, found) = open(&moment.folder).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let attached = store.attachments("undo file").await.unwrap();
        store.close().await;
        (found, attached)
    });
    let value = format!("begun {}", "11".repeat(32)).into_bytes();
    assert_eq!(attached, [Attachment { kind: "undo file".into(), key: "undo.jsonl".into(), value }], "{what}");
    assert_eq!(found[0].1, Found::Row(KNOWN.into()), "{what}");
    let is_lost = found[1].1 != Found::Row(NEW.into());
    assert!(!is_lost || moment.said != Some(Ok(())), "{what}: what was recorded is lost");
    assert_eq!(format_of(&moment.folder.join("run.db")), 3, "{what}");
    assert_eq!(names(&moment.folder), ["run.db"], "{what}");
}

fn older_journals_survive(kinds: &[&'static str]) {
    for is_killed in [false, true] {
        at_each(&json!({"what": "older journal"}), kinds, |folder| prepare(folder, is_killed), judge);
    }
}

#[test]
fn a_journal_is_brought_forward_after_a_kill_at_any_moment() {
    older_journals_survive(&KILLS);
}

#[test]
fn a_journal_is_brought_forward_after_a_power_cut_at_any_moment() {
    older_journals_survive(&POWER_CUTS);
}

#[test]
fn a_journal_is_brought_forward_after_a_failure_of_the_disk_at_any_moment() {
    older_journals_survive(&FAILURES);
}
