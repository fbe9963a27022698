//! Links and files that another user put into a folder where everyone may write. Only root can make them: as another
//! user this is left out, and said.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "in a test an unwrap is an assertion; a gap is said")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use exrun::Result;
use exrun::clock::SystemClock;
use exrun::files::WholeFile;
use exrun::log::RequestLog;
use exrun::runtime::runtime;
use exrun::store::{JournalOptions, Store};
use tempfile::TempDir;

/// Somebody else.
const OTHER: u32 = 65534;

fn open_log(path: &Path) -> Result<Arc<RequestLog>> {
    RequestLog::open(path, Arc::new(SystemClock))
}

/// A folder as `/tmp` is; `None`, said loudly, where another user's files cannot be made.
fn sticky() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    let probe = folder.path().join("probe");
    fs::write(&probe, "").unwrap();
    if chown(&probe, Some(OTHER), None).is_err() {
        eprintln!("LEFT OUT: another user's files and links; run the tests as root for them");
        return None;
    }
    Some(folder)
}

/// A link of another user to a file of ours.
fn planted(folder: &TempDir, name: &str) -> (PathBuf, PathBuf) {
    let (link, own) = (folder.path().join(name), folder.path().join("own"));
    fs::write(&own, "precious").unwrap();
    symlink(&own, &link).unwrap();
    lchown(&link, Some(OTHER), None).unwrap();
    (link, own)
}

fn journal(path: PathBuf) -> Result<(), exrun::Error> {
    let options =
        JournalOptions { path, fingerprint: serde_json::Map::new(), retry_failed: false, retry_unknown: false };
    let store = runtime().unwrap().block_on(Store::open(Some(options)))?;
    runtime().unwrap().block_on(store.close());
    Ok(())
}

#[test]
fn a_link_that_another_user_planted_is_not_followed() {
    let Some(folder) = sticky() else { return };
    let (link, own) = planted(&folder, "run.log");
    let said = |error: exrun::Error| {
        let text = error.to_string();
        assert!(text.contains("another user's link") && text.contains("run.log"), "{text}");
    };
    said(WholeFile::create(&link).unwrap_err());
    said(open_log(&link).unwrap_err());
    said(journal(link.clone()).unwrap_err());
    assert_eq!(fs::read(&own).unwrap(), b"precious");
    assert!(link.is_symlink());

    // On the way there, too.
    let inner = tempfile::tempdir().unwrap();
    let way = folder.path().join("way");
    symlink(inner.path(), &way).unwrap();
    lchown(&way, Some(OTHER), None).unwrap();
    for file in [WholeFile::create(&way.join("r.csv")).map(drop), open_log(&way.join("r.log")).map(drop)] {
        assert!(file.unwrap_err().to_string().contains("another user's link"));
    }
    assert_eq!(fs::read_dir(inner.path()).unwrap().count(), 0);
}

#[test]
fn a_link_of_ones_own_is_followed_there_as_well() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    let (link, own) = (folder.path().join("link.csv"), folder.path().join("own.csv"));
    fs::write(&own, "old").unwrap();
    symlink(&own, &link).unwrap();
    let mut file = WholeFile::create(&link).unwrap();
    file.write(b"rows").unwrap();
    file.finish().unwrap();
    assert_eq!(fs::read(&own).unwrap(), b"rows");
    assert!(link.is_symlink());
}

#[test]
fn a_file_that_another_user_planted_gets_nothing_to_read() {
    let Some(folder) = sticky() else { return };
    let plant = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        chown(&path, Some(OTHER), None).unwrap();
        path
    };
    for error in [open_log(&plant("run.log")).unwrap_err(), journal(plant("run.db")).unwrap_err()] {
        assert!(error.to_string().contains("belongs to another user"), "{error}");
    }
    plant("other.db-wal");
    let error = journal(folder.path().join("other.db")).unwrap_err();
    assert!(error.to_string().contains("other.db-wal") && error.to_string().contains("another user"), "{error}");

    // What is replaced is ours, and ours alone, whatever was there before.
    let report = plant("report.csv");
    let mut file = WholeFile::create(&report).unwrap();
    file.write(b"rows").unwrap();
    file.finish().unwrap();
    let metadata = fs::metadata(&report).unwrap();
    assert_ne!(metadata.uid(), OTHER);
    assert_eq!(metadata.mode() & 0o777, 0o600);
}
