//! Files and folders for their owner alone: the journal, logs, undo files, keys, kept tokens.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use super::plain::open_plain;
#[cfg(windows)]
use super::windows;

/// How a file comes to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// It must not be there.
    New,
    /// It is made where it is not there.
    IfMissing,
}

/// Opens a plain file by `options`, which do not say that it is to be made. A new one is its owner's alone from the start.
///
/// # Errors
///
/// As for [`open_plain`]; `AlreadyExists` for one that was to be new.
pub fn open_private(path: &Path, options: &OpenOptions, making: Making) -> io::Result<File> {
    #[cfg(windows)]
    {
        match windows::create_of_user(path) {
            Err(error) if making == Making::New || error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            // What is there may also be a folder or a pipe.
            _ => open_plain(path, options),
        }
    }
    #[cfg(not(windows))]
    {
        let mut options = options.clone();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        open_plain(path, options.create(true).create_new(making == Making::New))
    }
}

/// Makes a folder, and those above it, for its owner alone.
///
/// # Errors
///
/// The system's.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    #[cfg(windows)]
    {
        if let Some(above) = folder.parent() {
            fs::create_dir_all(above)?;
        }
        match windows::create_folder_of_user(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes a file that is there from all but its owner.
///
/// # Errors
///
/// The system's.
pub fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(windows)]
    windows::restrict_to_user(path)?;
    #[cfg(not(any(unix, windows)))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn they_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (inner, path) = (folder.path().join("a/b"), folder.path().join("a/b/file"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        create_private_folder(&inner).unwrap();
        create_private_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
        let open = |making| open_private(&path, OpenOptions::new().append(true), making);
        open(Making::New).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(open(Making::New).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        open(Making::IfMissing).unwrap();
        assert_eq!(mode(&path), 0o640);
        make_private(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
    }
}
