//! A main file without its log, or with another one: refused, and nothing is changed.

use std::fs;
use std::path::PathBuf;

use super::child::Child;
use super::*;

/// Recorded by each child that is not killed before: the log has been brought into the main file more than once.
const MANY: usize = 2500;

fn log_of(journal: &Path) -> PathBuf {
    journal.with_extension("db-wal")
}

/// A journal of a process that was killed after so many things were recorded.
fn killed_after(folder: &Path, lines: usize) -> PathBuf {
    let path = folder.join("run.db");
    let mut child = Child::start("killing::child_that_records", &path);
    for _ in 0..lines {
        child.line().unwrap();
    }
    child.kill();
    while child.line().is_some() {}
    path
}

fn copy(from: &Path, to: &Path) -> PathBuf {
    fs::create_dir(to).unwrap();
    let copied = to.join("run.db");
    fs::copy(from, &copied).unwrap();
    fs::copy(log_of(from), log_of(&copied)).unwrap();
    copied
}

async fn refused_everywhere(path: &Path, parts: &[&str]) {
    let before = fs::read(path).ok();
    let log = fs::read(log_of(path)).ok();
    says(&refused(options(path)).await, Status::Journal, parts);
    if before.is_some() {
        let error = Recorded::open(path).err().unwrap();
        says(&error, Status::Journal, parts);
        let output = path.with_extension("merged");
        let error = merge(&[path.to_owned()], &output).unwrap_err();
        says(&error, Status::Journal, parts);
        assert!(!output.exists());
    }
    assert!(fs::read(path).ok().filter(|now| !now.is_empty()) == before.filter(|before| !before.is_empty()));
    assert!(fs::read(log_of(path)).ok().filter(|now| !now.is_empty()) == log.filter(|log| !log.is_empty()));
}

#[tokio::test]
async fn the_main_file_of_a_killed_run_alone_is_refused_and_both_together_go_on() {
    let folder = tempfile::tempdir().unwrap();
    // Before the log is first brought into the main file, and after.
    for (number, lines) in [(0, 1), (1, 20), (2, MANY)] {
        let parent = folder.path().join(number.to_string());
        fs::create_dir(&parent).unwrap();
        let path = killed_after(&parent, lines);
        let both = copy(&path, &parent.join("both"));
        let alone = parent.join("alone.db");
        fs::copy(&path, &alone).unwrap();
        refused_everywhere(&alone, &["alone.db-wal", "is not beside it", "copy both"]).await;
        // An empty file is no log.
        fs::write(log_of(&alone), "").unwrap();
        refused_everywhere(&alone, &["alone.db-wal", "is not beside it"]).await;
        let recorded =
            |found: Vec<Found>| found.iter().filter(|found| matches!(found, Found::Row(_) | Found::Intent)).count();
        let store = open(&both).await;
        let names: Vec<String> = (0..6000).map(|number| format!("mailbox {number}")).collect();
        let admitted = store.admit(names).await.unwrap();
        let found = recorded(admitted.into_iter().map(|admitted| admitted.found).collect());
        assert!(found > 0 && (lines < MANY || found > 1000), "{found}");
        store.close().await;
        // Closed in good order it stands alone.
        assert!(!log_of(&both).exists());
        open(&both).await;
    }
}

#[tokio::test]
async fn a_log_of_another_journal_or_another_moment_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let early = killed_after(folder.path(), 20);
    let early = copy(&early, &folder.path().join("early"));
    let late = killed_after(folder.path(), MANY);
    let late = copy(&late, &folder.path().join("late"));
    assert!(Child::start("killing::child_that_records", &folder.path().join("run.db")).end());
    let closed = folder.path().join("run.db");
    let other = folder.path().join("another");
    fs::create_dir(&other).unwrap();
    let other = killed_after(&other, 20);

    for (number, (main, log)) in
        [(&early, &late), (&late, &early), (&closed, &early), (&closed, &late), (&early, &other), (&closed, &other)]
            .into_iter()
            .enumerate()
    {
        let mixed = folder.path().join(format!("mixed{number}.db"));
        fs::copy(main, &mixed).unwrap();
        fs::copy(log_of(log), log_of(&mixed)).unwrap();
        let log = format!("mixed{number}.db-wal");
        refused_everywhere(&mixed, &[&log, "of another journal, or of this one at another moment"]).await;
    }
    // Each by itself is what it was.
    for path in [early, late, closed, other] {
        open(&path).await;
    }
}

#[tokio::test]
async fn a_log_without_its_main_file_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = killed_after(folder.path(), 20);
    fs::remove_file(&path).unwrap();
    refused_everywhere(&path, &["run.db", "run.db-wal", "lies beside it"]).await;
    assert!(!path.exists());
    fs::write(&path, "").unwrap();
    says(&refused(options(&path)).await, Status::Journal, &["run.db-wal", "lies beside it"]);
    assert!(log_of(&path).metadata().unwrap().len() > 0);
}

/// To read a journal changes none of its files: neither what a killed run left nor what a closed one did.
#[tokio::test]
async fn who_reads_leaves_both_files_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = killed_after(folder.path(), 200);
    for closed in [false, true] {
        if closed {
            open(&path).await.close().await;
        }
        let files = || (fs::read(&path).unwrap(), fs::read(log_of(&path)).ok());
        let before = files();
        let mut recorded = Recorded::open(&path).unwrap();
        assert!(recorded.next(10).unwrap().len() == 10);
        drop(recorded);
        merge(std::slice::from_ref(&path), &folder.path().join(format!("merged{closed}.db"))).unwrap();
        assert!(files() == before, "closed: {closed}");
    }
    let merged = |closed: bool| fs::metadata(folder.path().join(format!("merged{closed}.db"))).unwrap().len();
    assert_eq!(merged(false), merged(true));
}

/// From its first moment: a process that was killed before it recorded anything leaves a journal, not a blank file.
/// Nothing was recorded, so it stands alone; and whose it is it says.
#[tokio::test]
async fn a_journal_says_what_it_is_before_anything_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut child = Child::start("opening::child_that_holds_a_journal", &path);
    assert_eq!(child.line().as_deref(), Some("open"));
    child.kill();
    while child.line().is_some() {}
    assert_eq!(&fs::read(&path).unwrap()[68..72], b"ExRu");
    fs::remove_file(log_of(&path)).unwrap();
    let other = JournalOptions { fingerprint: fingerprint("POST"), ..options(&path) };
    assert_eq!(refused(other).await.status(), Status::JournalMismatch);
    open(&path).await;
}

/// When it was last written to says how old its rows are.
#[tokio::test]
async fn a_run_that_only_recalls_rows_does_not_write_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    open(&path).await.close().await;
    assert!(!log_of(&path).exists());
    let store = open(&path).await;
    let key = keys(&store, &["kim"]).await[0];
    store.record(vec![row(key, "row")]).await.unwrap();
    store.close().await;
    let before = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
    let store = open(&path).await;
    assert_eq!(found(&store, &["kim"]).await, [is_row("row")]);
    store.close().await;
    assert!((fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap()) == before);
    assert!(!log_of(&path).exists());
}
