//! Journals of an older format: read as they are, and brought forward by the run that goes on with them.

use std::fs;
use std::path::PathBuf;

use exrun::store::Attachment;

use super::older_journal::{format_of, make};
use super::*;

const LINE: [u8; 32] = [0xa5; 32];
const BEGUN: &str = "begun a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";

fn undo_file(key: &str, value: &str) -> Attachment {
    Attachment { kind: "undo file".to_owned(), key: key.to_owned(), value: value.into() }
}

/// What a journal of format 2 knew of undo files, and as what that is attached.
fn undo_files() -> (Vec<older_journal::UndoFile>, Vec<Attachment>) {
    let rows = vec![
        ("named.jsonl", None),
        ("begun.jsonl", Some(LINE)),
        ("expected.jsonl", None),
        ("expected.jsonl", Some(LINE)),
        ("begun.jsonl", Some([1; 32])),
    ];
    let attached = [
        ("named.jsonl", "named".to_owned()),
        ("begun.jsonl", BEGUN.to_owned()),
        ("expected.jsonl", BEGUN.replace("begun", "expected")),
        ("begun.jsonl", format!("begun {}", "01".repeat(32))),
    ];
    (rows, attached.iter().map(|(key, value)| undo_file(key, value)).collect())
}

/// Journals of a run that ended in good order, of one that was killed, and of one without an undo file.
async fn older(folder: &Path) -> [(PathBuf, Vec<Attachment>); 3] {
    let store = Store::open(None).await.unwrap();
    let keys = keys(&store, &["kim", "lee", "max"]).await;
    let row = |at: usize, state, record: Option<&str>| (keys[at].mailbox, [0; 16], state, record.map(Into::into));
    let rows = [row(0, 1, Some("row")), row(1, 2, Some("failure")), row(2, 0, None)];
    [("closed.db", false, true), ("killed.db", true, true), ("without.db", false, false)].map(
        |(name, is_killed, has_undo)| {
            let path = folder.join(name);
            let (undo, attached) = if has_undo { undo_files() } else { (Vec::new(), Vec::new()) };
            make(&path, &fingerprint("GET"), is_killed, &rows, &undo);
            (path, attached)
        },
    )
}

fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

async fn is_as_it_was(store: &Store, attached: &[Attachment]) {
    let found = found(store, &["kim", "lee", "max", "new"]).await;
    assert_eq!(found, [is_row("row"), is_row("failure"), Found::Intent, Found::Nothing]);
    assert_eq!(store.attachments("undo file").await.unwrap(), attached);
    assert_eq!(store.attachments("other").await.unwrap(), []);
}

#[tokio::test]
async fn it_is_read_and_merged_as_it_is() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let journals = older(folder.path()).await;
    let before = content(folder.path());
    for (path, attached) in journals {
        let mut recorded = Recorded::open(&path).unwrap();
        assert_eq!(recorded.fingerprint()["method"], "GET");
        assert_eq!(recorded.next(9).unwrap(), [b"row".to_vec(), b"failure".to_vec()]);
        drop(recorded);
        let merged = elsewhere.path().join(path.file_name().unwrap());
        merge(std::slice::from_ref(&path), &merged).unwrap();
        assert_eq!(format_of(&merged), 3);
        let store = open(&merged).await;
        is_as_it_was(&store, &attached).await;
        store.close().await;
        assert!(content(folder.path()) == before, "{}", path.display());
    }
}

#[tokio::test]
async fn a_run_that_goes_on_with_it_brings_it_forward_once() {
    let folder = tempfile::tempdir().unwrap();
    for (path, mut attached) in older(folder.path()).await {
        assert_eq!(format_of(&path), 2);
        let store = open(&path).await;
        is_as_it_was(&store, &attached).await;
        store.close().await;
        assert_eq!(format_of(&path), 3);
        // All that it holds is in its place, and to look again changes nothing.
        let before = content(folder.path());
        let store = open(&path).await;
        is_as_it_was(&store, &attached).await;
        store.close().await;
        assert!(content(folder.path()) == before, "{}", path.display());

        let store = open(&path).await;
        store.attach(undo_file("named.jsonl", "begun")).await.unwrap();
        store.attach(Attachment { kind: "other".into(), ..undo_file("named.jsonl", "x") }).await.unwrap();
        store.record(vec![row(keys(&store, &["new"]).await[0], "new row")]).await.unwrap();
        store.close().await;
        attached.retain(|attachment| attachment.key != "named.jsonl");
        attached.push(undo_file("named.jsonl", "begun"));
        let store = open(&path).await;
        assert_eq!(found(&store, &["kim", "new"]).await, [is_row("row"), is_row("new row")]);
        assert_eq!(store.attachments("undo file").await.unwrap(), attached);
        assert_eq!(store.attachments("other").await.unwrap().len(), 1);
        store.close().await;
    }
    let names: Vec<_> = content(folder.path()).into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, ["closed.db", "killed.db", "without.db"].map(|name| folder.path().join(name)));
}

#[tokio::test]
async fn that_of_another_run_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let journals = older(folder.path()).await;
    let before = content(folder.path());
    for (path, _) in journals {
        let other = JournalOptions { fingerprint: fingerprint("PATCH"), ..options(&path) };
        says(&refused(other).await, Status::JournalMismatch, &["method was \"GET\" and is now \"PATCH\""]);
    }
    assert!(content(folder.path()) == before);
}

/// The file may come from elsewhere: it has the tables of its own format, before anything is done to them.
#[tokio::test]
async fn one_with_other_tables_than_its_own_is_refused_and_left_as_it_is() {
    let attachments = "CREATE TABLE attachments(kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
        UNIQUE(kind, key, value))";
    let changes = [
        attachments,
        "DROP TABLE undo_files; CREATE TABLE undo_files(path TEXT)",
        "DROP TABLE undo_files; CREATE VIEW undo_files AS SELECT 'x' AS path, NULL AS first_line",
        "CREATE TRIGGER one AFTER DELETE ON undo_files BEGIN DELETE FROM outcomes; END",
        // Of the format before in the one of today.
        "PRAGMA user_version = 3",
    ];
    for change in changes {
        let folder = tempfile::tempdir().unwrap();
        let [(path, _), ..] = older(folder.path()).await;
        let database = rusqlite::Connection::open(&path).unwrap();
        database.execute_batch(change).unwrap();
        if change.starts_with("PRAGMA") {
            database.execute_batch(attachments).unwrap();
        }
        database.close().unwrap();
        tables_are_refused(&path, change).await;
    }
}
