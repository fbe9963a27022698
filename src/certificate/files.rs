//! Files: read with a bound, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};
use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};
use crate::files::{describe, file_error, folder, staging};

/// A PFX is a few KiB; what is larger is not a certificate.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The bytes of a file, wiped when dropped.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let refused = |error: io::Error| Error::new(Status::File, describe(&error));
    let file = File::open(path).map_err(refused)?;
    let expected = file.metadata().map_err(refused)?.len().min(LARGEST);
    // Room for all of it at once: a vector that grows leaves copies of the key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(expected).unwrap_or(0) + 1));
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(refused)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(Error::new(Status::File, format!("the file is larger than {LARGEST} bytes"))
            .hint("name the certificate's .pfx or .pem file"));
    }
    Ok(bytes)
}

/// A file to be written.
pub(super) struct Output<'a> {
    pub(super) path: &'a Path,
    pub(super) bytes: &'a [u8],
    /// Readable and writable by the owner alone (Unix; elsewhere the folder's rules apply).
    pub(super) private: bool,
}

/// Refuses a path that is taken where it is not to be replaced; the check before the expensive work.
pub(super) fn check_free(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// Writes all of the files or none: each is written beside its place first and moved there when all are on
/// the disk; where a later move fails, the earlier ones are undone.
pub(super) fn write_all(outputs: &[Output<'_>], replace: bool) -> Result<()> {
    let staged = outputs.iter().map(stage).collect::<Result<Vec<_>>>()?;
    let mut done: Vec<(PathBuf, Option<TempPath>)> = Vec::new();
    for (output, file) in outputs.iter().zip(staged) {
        let placed = place(output.path, file, replace);
        match placed {
            Ok(before) => done.push((output.path.to_owned(), before)),
            Err(error) => {
                undo(done);
                return Err(error);
            }
        }
    }
    Ok(())
}

fn stage(output: &Output<'_>) -> Result<NamedTempFile> {
    let mut builder = staging();
    #[cfg(unix)]
    if !output.private {
        // Narrowed by the umask, as with any other file.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let written = || {
        let mut file = builder.tempfile_in(folder(output.path))?;
        file.write_all(output.bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    written().map_err(|error| write_error(output.path, &error))
}

/// Moves the file to its place. Gives what was there before under another name, deleted when dropped.
fn place(path: &Path, file: NamedTempFile, replace: bool) -> Result<Option<TempPath>> {
    if !replace {
        return match file.persist_noclobber(path) {
            Ok(_) => Ok(None),
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path)),
            Err(failed) => Err(write_error(path, &failed.error)),
        };
    }
    // A second name costs nothing and leaves no moment without the file. Some file systems have no links:
    // there the old content cannot be brought back, which is no reason not to write.
    let before = Builder::new()
        .prefix(".exrun-")
        .suffix(".old")
        .make_in(folder(path), |name| fs::hard_link(path, name))
        .ok()
        .map(NamedTempFile::into_temp_path);
    file.persist(path).map_err(|failed| write_error(path, &failed.error))?;
    Ok(before)
}

fn undo(done: Vec<(PathBuf, Option<TempPath>)>) {
    for (path, before) in done {
        // The first failure is what the caller hears of; a failing clean-up would only hide it.
        let _ = match before {
            Some(before) => before.persist(&path).map_err(|failed| failed.error),
            None => fs::remove_file(&path),
        };
    }
}

fn write_error(path: &Path, error: &io::Error) -> Error {
    file_error("writing the file", path, error)
}

fn exists(path: &Path) -> Error {
    Error::new(Status::FileExists, "the file exists")
        .action("writing the file")
        .target(path.display().to_string())
        .hint("choose another name, or allow it to be replaced")
}
