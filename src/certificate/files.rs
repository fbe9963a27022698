//! Files: read with a bound, written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};
use crate::files::{
    Readers, check_replaceable, describe, file_error, folder, put, put_new, read_at_most, stage, sync_folder,
};

/// A PFX is a few KiB; what is larger is not a certificate.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The bytes of a file, wiped when dropped.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    read_at_most(path, LARGEST).map(Zeroizing::new).map_err(|error| {
        let refused = Error::new(Status::File, describe(&error));
        match error.kind() {
            io::ErrorKind::FileTooLarge => refused.hint("name the certificate's .pfx or .pem file"),
            _ => refused,
        }
    })
}

/// A file to be written.
pub(super) struct Output<'a> {
    pub(super) path: &'a Path,
    pub(super) bytes: &'a [u8],
    /// Readable and writable by the owner alone.
    pub(super) private: bool,
}

/// Refuses a path that is taken where it is not to be replaced; the check before the expensive work.
pub(super) fn check_free(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// Writes all of the files or none: each is written beside its place first and moved there when all are on
/// the disk; where a later move fails, the earlier ones are undone. What a power cut or a kill leaves is whole files:
/// the first ones new, the others as before.
pub(super) fn write_all(outputs: &[Output<'_>], replace: bool) -> Result<()> {
    if replace {
        // What is open in another program is not replaced: known now, when nothing has been replaced yet.
        for output in outputs {
            check_replaceable(output.path).map_err(|error| write_error(output.path, &error))?;
        }
    }
    let staged = outputs.iter().map(|output| stage_whole(output.path, output.bytes, readers(output)));
    let staged = staged.collect::<Result<Vec<_>>>()?;
    let mut done: Vec<(&Path, Option<Before>)> = Vec::new();
    for (output, file) in outputs.iter().zip(staged) {
        let placed = place(output.path, file, replace);
        match placed {
            Ok(before) => done.push((output.path, before)),
            Err(error) => {
                undo(&done);
                return Err(error);
            }
        }
    }
    Ok(())
}

fn readers(output: &Output<'_>) -> Readers {
    if output.private { Readers::Owner } else { Readers::Umask }
}

fn stage_whole(path: &Path, bytes: &[u8], readers: Readers) -> Result<NamedTempFile> {
    let written = || {
        let mut file = stage(folder(path), readers)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    written().map_err(|error| write_error(path, &error))
}

/// What was in the place of a file. In memory: under a second name a killed process would leave an old key behind.
struct Before {
    bytes: Zeroizing<Vec<u8>>,
    permissions: fs::Permissions,
}

impl Before {
    /// Of a file that cannot be read nothing can be brought back, which is no reason not to write.
    fn read(path: &Path) -> Option<Self> {
        let permissions = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.permissions();
        Some(Self { bytes: read(path).ok()?, permissions })
    }

    fn bring_back(&self, path: &Path) -> Result<()> {
        let file = stage_whole(path, &self.bytes, Readers::Owner)?;
        let _ = file.as_file().set_permissions(self.permissions.clone());
        put(file, path).map_err(|failed| write_error(path, &failed.error))?;
        let _ = sync_folder(path);
        Ok(())
    }
}

/// Moves the file to its place, where it is still there after a power cut. Gives what was there before.
fn place(path: &Path, file: NamedTempFile, replace: bool) -> Result<Option<Before>> {
    let before = if replace { Before::read(path) } else { None };
    if replace {
        put(file, path).map_err(|failed| write_error(path, &failed.error))?;
    } else {
        put_new(file, path).map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => exists(path),
            _ => write_error(path, &failed.error),
        })?;
    }
    // A file system that cannot do that has no better way either.
    let _ = sync_folder(path);
    Ok(before)
}

fn undo(done: &[(&Path, Option<Before>)]) {
    for (path, before) in done {
        // The first failure is what the caller hears of; a failing clean-up would only hide it.
        let _ = match before {
            Some(before) => before.bring_back(path),
            None => fs::remove_file(path).map_err(|error| write_error(path, &error)),
        };
        let _ = sync_folder(path);
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
