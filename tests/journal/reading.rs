//! Who reads a journal writes nothing, takes no file for a journal that has other tables, and can be stopped.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use exrun::cancel::CancelToken;

use super::child::{self, Child};
use super::*;

/// Every file of a folder with its content and when it was written to, and when the folder was.
fn state_of(folder: &Path) -> (SystemTime, BTreeMap<String, (Vec<u8>, SystemTime)>) {
    let changed = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, (fs::read(&path).unwrap(), changed(&path)))
    });
    (changed(folder), files.collect())
}

/// All that can be read of a journal, and of one that is merged from it.
fn read_all(path: &Path, elsewhere: &Path) -> Result<usize, Error> {
    let mut recorded = Recorded::open(path)?;
    let mut count = 0;
    loop {
        match recorded.next(100)?.len() {
            0 => break,
            more => count += more,
        }
    }
    drop(recorded);
    let merged = merge(&[path.to_owned()], &elsewhere.join("merged.db"))?;
    fs::remove_file(elsewhere.join("merged.db")).unwrap();
    assert_eq!(merged.rows, count as u64);
    Ok(count)
}

/// A journal with rows that was closed in good order, and one whose run was killed.
async fn closed_and_killed(folder: &Path) -> [PathBuf; 2] {
    let [closed, killed] = ["closed", "killed"].map(|name| {
        fs::create_dir(folder.join(name)).unwrap();
        folder.join(name).join("a #?% journal.db")
    });
    let store = open(&closed).await;
    let keys = keys(&store, &["kim", "lee", "max"]).await;
    store.record(keys.into_iter().map(|key| row(key, "row")).collect()).await.unwrap();
    store.close().await;
    let mut child = Child::start("killing::child_that_records", &killed);
    for _ in 0..50 {
        child.line().unwrap();
    }
    child.kill();
    while child.line().is_some() {}
    [closed, killed]
}

#[tokio::test]
async fn nothing_is_written_to_a_journal_that_is_read_or_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    for path in closed_and_killed(folder.path()).await {
        let before = state_of(path.parent().unwrap());
        assert!(read_all(&path, folder.path()).unwrap() >= 3);
        assert!(state_of(path.parent().unwrap()) == before, "{}", path.display());
    }
}

#[tokio::test]
#[cfg(unix)]
async fn a_journal_is_read_where_nothing_can_be_written() {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let folder = tempfile::tempdir().unwrap();
    let journals = closed_and_killed(folder.path()).await;
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(folder.path(), 0o777);
    for path in &journals {
        let parent = path.parent().unwrap();
        for entry in fs::read_dir(parent).unwrap() {
            mode(&entry.unwrap().path(), 0o444);
        }
        mode(parent, 0o555);
        let before = state_of(parent);
        // No folder is closed to root: then somebody else reads it.
        let is_root = chown(parent, Some(0), None).is_ok();
        let count = if is_root {
            let before = "exec setpriv --reuid=65534 --clear-groups \"$0\" \"$@\"";
            let mut child = Child::start_after(before, "reading::child_that_reads", path);
            let line = child.line().expect("the child reads the journal");
            assert!(child.end(), "the child failed");
            line.parse().unwrap()
        } else {
            read_all(path, folder.path()).unwrap()
        };
        assert!(count >= 3, "{count}");
        assert!(state_of(parent) == before, "{}", path.display());
        mode(parent, 0o755);
    }
}

#[test]
fn child_that_reads() {
    let Some(path) = child::journal() else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    child::say(&read_all(&path, elsewhere.path()).unwrap().to_string());
    child::wait_for_parent();
}

#[tokio::test]
async fn a_run_that_begins_to_use_a_journal_while_it_is_read_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let [path, _] = closed_and_killed(folder.path()).await;
    let mut recorded = Recorded::open(&path).unwrap();
    assert_eq!(recorded.next(1).unwrap().len(), 1);
    let mut child = Child::start("killing::child_that_records", &path);
    child.line().unwrap();
    says(&recorded.next(1).unwrap_err(), Status::JournalInUse, &["a run has begun to use it"]);
    child.kill();
    while child.line().is_some() {}
}

/// What would never end, do something unasked, or show something else than was recorded.
#[tokio::test]
async fn a_journal_with_other_tables_than_its_own_is_refused() {
    let changes = [
        "ALTER TABLE outcomes RENAME TO hidden;
         CREATE VIEW outcomes AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
         SELECT i AS rowid, x'00' AS mailbox, x'00' AS work, 0 AS occurrence, 2 AS state, x'00' AS record FROM n",
        "CREATE TABLE more(x)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER one AFTER INSERT ON outcomes BEGIN DELETE FROM outcomes; END",
        "CREATE INDEX one ON outcomes(state) WHERE state = 1",
        "DROP TABLE fingerprint",
        "ALTER TABLE outcomes ADD COLUMN more",
        "CREATE TABLE undo_files(path TEXT)",
    ];
    for change in changes {
        let folder = tempfile::tempdir().unwrap();
        let [path, _] = closed_and_killed(folder.path()).await;
        let database = rusqlite::Connection::open(&path).unwrap();
        database.execute_batch(change).unwrap();
        database.close().unwrap();
        tables_are_refused(&path, change).await;
    }
}

#[tokio::test]
async fn reading_ends_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let names: Vec<String> = (0..5000).map(|number| format!("mailbox {number}")).collect();
    let admitted = store.admit(names).await.unwrap();
    store.record(admitted.into_iter().map(|admitted| row(admitted.key, "row")).collect()).await.unwrap();
    store.close().await;
    let cancel = CancelToken::new();
    let mut recorded = Recorded::open_until(&path, &cancel).unwrap();
    assert_eq!(recorded.next(4000).unwrap().len(), 4000);
    cancel.cancel();
    drop(recorded);
    let mut recorded = Recorded::open_until(&path, &cancel).unwrap();
    assert_eq!(recorded.next(5000).unwrap_err().status(), Status::Cancelled);
}
