//! The rules of Linux, for every Unix.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use crate::files::distinct::folder;

/// As many links as Linux follows.
const MOST_LINKS: u32 = 40;
const WRITABLE_BY_ALL: u32 = 0o002;

/// Refuses a path with a link on its way that another user may have planted.
///
/// # Errors
///
/// One that names the link; the system's.
pub fn check_links(path: &Path) -> io::Result<()> {
    let mut links = 0;
    let mut ahead: Vec<OsString> = parts(&std::path::absolute(path)?);
    let mut place = PathBuf::from("/");
    while let Some(part) = ahead.pop() {
        if part == ".." {
            place.pop();
            continue;
        }
        let here = place.join(&part);
        let Ok(metadata) = here.symlink_metadata() else { return Ok(()) };
        if !metadata.is_symlink() {
            place = here;
            continue;
        }
        if is_planted(&metadata, &fs::metadata(&place)?) {
            let said = format!("another user's link stands in the way, {}, and is not followed", here.display());
            return Err(io::Error::other(said));
        }
        links += 1;
        if links > MOST_LINKS {
            return Err(io::Error::other("it has too many links"));
        }
        let target = fs::read_link(&here)?;
        if target.is_absolute() {
            place = PathBuf::from("/");
        }
        ahead.extend(parts(&target));
    }
    Ok(())
}

/// Refuses a file that another user may have planted: one that is to be written to, where it is, and would be read
/// by whoever put it there.
///
/// # Errors
///
/// One that says so.
pub fn check_file(path: &Path) -> io::Result<()> {
    let (Ok(metadata), Ok(around)) = (path.symlink_metadata(), fs::metadata(folder(path))) else { return Ok(()) };
    if is_planted(&metadata, &around) {
        return Err(io::Error::other("it belongs to another user, who can read what is written to it"));
    }
    Ok(())
}

/// The parts of a path, the last one first.
fn parts(path: &Path) -> Vec<OsString> {
    let named = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    named.map(|part| part.as_os_str().to_owned()).rev().collect()
}

fn is_planted(what: &Metadata, around: &Metadata) -> bool {
    own_id().is_some_and(|own| may_be_planted(what.uid(), around.uid(), around.mode(), own))
}

/// In a folder where everyone may write, what is trusted is one's own and that of the folder's owner.
fn may_be_planted(owner: u32, folders_owner: u32, folders_mode: u32, own: u32) -> bool {
    folders_mode & WRITABLE_BY_ALL != 0 && owner != own && owner != folders_owner
}

/// Who this process is: whose a new file of it is.
fn own_id() -> Option<u32> {
    static OWN: OnceLock<Option<u32>> = OnceLock::new();
    *OWN.get_or_init(|| {
        let file = tempfile::tempfile().and_then(|file| file.metadata());
        file.or_else(|_| fs::metadata("/proc/self")).ok().map(|metadata| metadata.uid())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_put_where_everyone_may_write_is_not_trusted() {
        assert!(may_be_planted(1001, 0, 0o41777, 1000));
        assert!(may_be_planted(1001, 0, 0o40777, 1000));
        assert!(may_be_planted(1001, 0, 0o41777, 0));
        // One's own, the folder's owner's, and in a folder of one's own.
        assert!(!may_be_planted(1000, 0, 0o41777, 1000));
        assert!(!may_be_planted(0, 0, 0o41777, 1000));
        assert!(!may_be_planted(1001, 1000, 0o40755, 1000));
    }

    #[test]
    fn links_of_ones_own_are_followed_to_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let link = |name: &str, to: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
        link("one", "two");
        link("two", "./there/../three");
        link("round", "round");
        for name in ["one", "two", "missing", "missing/more"] {
            check_links(&folder.path().join(name)).unwrap();
        }
        assert!(check_links(&folder.path().join("round")).unwrap_err().to_string().contains("too many links"));
    }
}
