//! Files that stand beside their place until they are complete, and those that a killed process left there.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile, TempPath};

#[cfg(windows)]
use super::private::{Making, open_private};

const PREFIX: &str = ".exrun-";
const SUFFIX: &str = ".tmp";
/// Earlier versions kept what was replaced under such a name for a moment.
const SUFFIX_OF_OLD: &str = ".old";
/// Letters and digits between them.
const RANDOM: usize = 6;

/// A folder is looked through so far, and no further.
const MOST_ENTRIES: usize = 100_000;

/// Who sweeps holds the lock of a file for a moment.
const MOST_TRIES: usize = 100;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone.
    Owner,
    /// Its owner alone on Unix; on Windows, where a folder says who its files are for, those whom the folder lets read.
    Report,
    /// As with any other new file of the process.
    Umask,
}

/// Makes a file with a name of its own in the folder, which goes when it is dropped. The process holds its lock: what
/// lies there without a holder was left by a process that was killed, and is removed here.
///
/// # Errors
///
/// The system's.
pub fn stage(folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    if readers == Readers::Umask {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    for _ in 0..MOST_TRIES {
        let file = make(&builder, folder, readers)?;
        match file.as_file().try_lock() {
            // Another process that sweeps has it, or has just removed it.
            Err(TryLockError::WouldBlock) => {}
            Ok(()) if !is_there(&file) => {}
            Ok(()) => {
                sweep(folder, &file);
                return Ok(file);
            }
            // Where files cannot be locked, nobody sweeps.
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::Error::other("other processes remove the temporary file as soon as it is made"))
}

#[cfg(not(windows))]
fn make(builder: &Builder<'_, '_>, folder: &Path, _: Readers) -> io::Result<NamedTempFile> {
    builder.tempfile_in(folder)
}

#[cfg(windows)]
fn make(builder: &Builder<'_, '_>, folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let options = OpenOptions::new().read(true).write(true).to_owned();
    builder.make_in(folder, |path| match readers {
        Readers::Owner => open_private(path, &options, Making::New),
        Readers::Report | Readers::Umask => options.clone().create_new(true).open(path),
    })
}

/// A staged file that SQLite writes.
#[derive(Debug)]
pub struct StagedDatabase {
    /// Where it is.
    pub path: TempPath,
    /// With the lock. SQLite's locks are of another kind, but go when any handle of the file is closed: this one must
    /// be closed after SQLite's. On Windows SQLite's own handle keeps the file from being removed.
    #[cfg(unix)]
    _held: File,
}

/// Makes a file as [`stage`] does, for SQLite to write.
///
/// # Errors
///
/// The system's.
pub fn stage_database(folder: &Path) -> io::Result<StagedDatabase> {
    let (_held, path) = stage(folder, Readers::Owner)?.into_parts();
    Ok(StagedDatabase {
        path,
        #[cfg(unix)]
        _held,
    })
}

#[cfg(unix)]
fn is_there(file: &NamedTempFile) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.as_file().metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

#[cfg(not(unix))]
fn is_there(file: &NamedTempFile) -> bool {
    file.path().exists()
}

/// Removes what killed processes of the same user left. What cannot be removed stays for the next time.
fn sweep(folder: &Path, own: &NamedTempFile) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.take(MOST_ENTRIES).flatten() {
        if is_name_of_ours(&entry.file_name()) && Some(&*entry.file_name()) != own.path().file_name() {
            let _ = remove_if_left(&entry.path(), own.as_file());
        }
    }
}

fn is_name_of_ours(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| {
        let rest = name.strip_prefix(PREFIX)?;
        rest.strip_suffix(SUFFIX).or_else(|| rest.strip_suffix(SUFFIX_OF_OLD))
    });
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn remove_if_left(path: &Path, own: &File) -> io::Result<()> {
    let metadata = path.symlink_metadata()?;
    if !metadata.is_file() || !has_same_owner(&metadata, &own.metadata()?) {
        return Ok(());
    }
    // Some file systems give a lock of one's own to writers alone.
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => fs::remove_file(path),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn has_same_owner(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn has_same_owner(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_goes_and_what_is_held_or_of_others_stays() {
        let folder = tempfile::tempdir().unwrap();
        let held = stage(folder.path(), Readers::Owner).unwrap();
        let left = [".exrun-aB3dE6.tmp", ".exrun-aB3dE6.old"];
        let others =
            [".exrun-notes.tmp", ".exrun-aB3dE6.csv", "exrun-aB3dE6.tmp", ".exrun-aB3d-6.tmp", "report.csv.kept"];
        for name in left.iter().chain(&others) {
            fs::write(folder.path().join(name), "key").unwrap();
        }
        fs::create_dir(folder.path().join(".exrun-folder.tmp")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("report.csv.kept"), folder.path().join(".exrun-linked.tmp"))
            .unwrap();
        let next = stage(folder.path(), Readers::Owner).unwrap();
        for name in left {
            assert!(!folder.path().join(name).exists(), "{name}");
        }
        for name in others {
            assert!(folder.path().join(name).exists(), "{name}");
        }
        assert!(folder.path().join(".exrun-folder.tmp").exists());
        #[cfg(unix)]
        assert!(folder.path().join(".exrun-linked.tmp").is_symlink());
        assert!(held.path().exists() && next.path().exists());
        // What SQLite writes is held, too.
        let database = stage_database(folder.path()).unwrap();
        drop(stage(folder.path(), Readers::Owner).unwrap());
        assert!(!cfg!(unix) || database.path.exists());
    }
}
