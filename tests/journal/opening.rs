//! Who may open a journal, and which files are refused.

use std::fs;
use std::io::Write as _;

use exrun::store::hashed;

use super::child::Child;
use super::*;

#[tokio::test]
async fn a_second_run_of_the_process_is_refused_until_the_first_has_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let first = open(&path).await;
    let error = refused(options(&path)).await;
    says(&error, Status::JournalInUse, &["run.db", "another run of this process", "name another journal"]);
    // However the file is called.
    let roundabout = folder.path().join(".").join("run.db");
    assert_eq!(refused(options(&roundabout)).await.status(), Status::JournalInUse);

    first.close().await;
    let second = open(&path).await;
    assert_eq!(first.record(vec![]).await.map_err(|error| error.status()), Ok(()));
    let key = Key { mailbox: [0; 16], work: WorkHash::OF_RUN, occurrence: 0 };
    assert_eq!(first.record(vec![row(key, "late")]).await.unwrap_err().status(), Status::Cancelled);

    // A run that is dropped closes its journal by and by; who comes next waits for that.
    let clone = second.clone();
    drop(second);
    assert_eq!(refused(options(&path)).await.status(), Status::JournalInUse);
    drop(clone);
    open(&path).await;
}

#[tokio::test]
#[cfg(unix)]
async fn another_link_to_the_same_file_is_refused_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(refused(options(&link)).await.status(), Status::JournalInUse);
    store.close().await;
    open(&link).await;
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut child = Child::start("opening::child_that_holds_a_journal", &path);
    assert_eq!(child.line().as_deref(), Some("open"));
    let error = refused(options(&path)).await;
    says(&error, Status::JournalInUse, &["run.db", "another process uses it"]);
    assert!(child.end(), "the child failed");
    open(&path).await;
}

#[test]
fn child_that_holds_a_journal() {
    let Some(path) = child::journal() else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(open(&path));
    child::say("open");
    child::wait_for_parent();
    runtime.block_on(store.close());
}

/// Files that a journal's processes share in memory do not work on network file systems; there is none.
#[tokio::test]
async fn its_files_are_private_and_none_is_shared_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let key = keys(&store, &["kim"]).await[0];
    store.record(vec![row(key, "row")]).await.unwrap();
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["run.db", "run.db-wal"]);
    #[cfg(unix)]
    for name in names {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    store.close().await;
    assert!(!folder.path().join("run.db-wal").exists());
}

#[tokio::test]
async fn a_journal_of_another_run_is_refused_with_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    open(&path).await.close().await;
    let other = |fingerprint: Value| JournalOptions {
        fingerprint: fingerprint.as_object().cloned().unwrap(),
        ..options(&path)
    };
    let error = refused(other(json!({"method": "POST", "tenant": "contoso.com"}))).await;
    says(&error, Status::JournalMismatch, &["run.db", r#"method was "GET" and is now "POST""#]);
    assert!(!error.to_string().contains("tenant"), "{error}");

    let long = "x".repeat(500);
    let error = refused(other(json!({"tenant": "contoso.com", "path": long}))).await;
    says(
        &error,
        Status::JournalMismatch,
        &[r#"method was "GET" and is now not there"#, "path was not there", "xxx..."],
    );
    assert!(error.to_string().len() < 500, "{error}");

    // Of what is kept as a hash neither value is said.
    let secret = |byte: u8| json!({"method": "GET", "tenant": "contoso.com", "body": hashed(&[byte; 32])});
    let (one, two) = (secret(1), secret(2));
    let other_path = folder.path().join("hashed.db");
    let with = |fingerprint: &Value| JournalOptions { path: other_path.clone(), ..other(fingerprint.clone()) };
    Store::open(Some(with(&one))).await.unwrap().close().await;
    let error = refused(with(&two)).await;
    says(&error, Status::JournalMismatch, &["body is not what it was"]);
    assert!(!error.to_string().contains("sha256") && !error.to_string().contains("AgIC"), "{error}");
    let without = json!({"method": "GET", "tenant": "contoso.com"});
    says(&refused(with(&without)).await, Status::JournalMismatch, &["body was there and is now not there"]);

    // The order of members says nothing.
    let same = other(json!({"method": "GET", "tenant": "contoso.com"}));
    Store::open(Some(same)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_journal_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("report.csv");
    fs::write(&text, "MailboxName,Language\r\n".repeat(500)).unwrap();
    let database = folder.path().join("other.db");
    rusqlite::Connection::open(&database).unwrap().execute_batch("CREATE TABLE precious(x)").unwrap();
    for path in [text, database] {
        let before = fs::read(&path).unwrap();
        says(&refused(options(&path)).await, Status::Journal, &["no journal of ExRun", "was not changed"]);
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    says(&refused(options(folder.path())).await, Status::Journal, &["it is no file"]);
}

#[tokio::test]
async fn a_journal_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    open(&path).await.close().await;
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    says(&refused(options(&path)).await, Status::Journal, &["format 7", "knows 2", "newer"]);
}

/// Format 1 knew a line by its mailbox and its number alone: its records say nothing of requests.
#[tokio::test]
async fn a_journal_of_an_older_version_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let older = rusqlite::Connection::open(&path).unwrap();
    older
        .execute_batch(
            "CREATE TABLE fingerprint(name TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
             CREATE TABLE outcomes(hash BLOB NOT NULL, occurrence INTEGER NOT NULL, state INTEGER NOT NULL,
                 record BLOB, UNIQUE(hash, occurrence));
             PRAGMA application_id = 0x45785275; PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(older);
    let before = fs::read(&path).unwrap();
    let parts = ["run.db", "format 1", "by their mailbox alone", "reads format 2", "another journal"];
    says(&refused(options(&path)).await, Status::Journal, &parts);
    let merged = merge(std::slice::from_ref(&path), &folder.path().join("all.db"));
    says(&merged.unwrap_err(), Status::Journal, &parts);
    let read = Recorded::open(&path).err().unwrap();
    says(&read, Status::Journal, &parts);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_journal_is_said_to_be_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    open(&path).await.close().await;
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(100)).unwrap();
    file.write_all(&[0xff; 2000]).unwrap();
    drop(file);
    says(&refused(options(&path)).await, Status::Journal, &["damaged", "another journal"]);
}

/// A run that ended while it made its journal left an empty file, or one without tables.
#[tokio::test]
async fn a_journal_that_was_only_begun_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    let begun = folder.path().join("begun.db");
    rusqlite::Connection::open(&begun).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
    for path in [empty, begun] {
        let store = open(&path).await;
        let key = keys(&store, &["kim"]).await[0];
        store.record(vec![row(key, "row")]).await.unwrap();
        store.close().await;
        assert_eq!(found(&open(&path).await, &["kim"]).await, [is_row("row")]);
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no folder").join("run.db");
    says(&refused(options(&nowhere)).await, Status::Journal, &["there is no folder", "no folder", "make the folder"]);
    // Where nobody may make a file, root included.
    if cfg!(target_os = "linux") {
        says(&refused(options(Path::new("/sys/run.db"))).await, Status::Journal, &["/sys/run.db", "cannot be written"]);
    }
}

/// A run may be told to end while its journal is still being opened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_while_a_journal_is_opened_for_a_run_that_is_ending_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let closing = Closing::default();
    closing.mark();
    let ending = Store::open_until(Some(options(&path)), closing).await.unwrap();
    let next = tokio::spawn(Store::open(Some(options(&path))));
    tokio::task::yield_now().await;
    ending.close().await;
    next.await.unwrap().unwrap();
}
