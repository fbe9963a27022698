//! The files beside a plan whose bytes its requests send: each is read once for many mailboxes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use openssl::sha::sha256;
use tokio::sync::Mutex;

use crate::error::{Error, Result};
use crate::files::{file_error, folder, read_at_most};
use crate::hex;
use crate::plan::{BodyFile, MOST_PHOTO_BYTES, check_photo, place_of};

/// The most bytes that are kept in memory.
const MOST_KEPT: usize = 64 * 1024 * 1024;

/// Reads files, and keeps those that were read last.
#[derive(Debug)]
pub(super) struct BodyFiles {
    folder: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By their paths and hashes.
    files: HashMap<(String, String), Bytes>,
    bytes: usize,
}

impl BodyFiles {
    /// Those of a plan.
    pub(super) fn beside(plan: &Path) -> Self {
        Self { folder: folder(plan).to_owned(), kept: Mutex::default() }
    }

    /// The bytes of a file, which are those that the plan was made with.
    ///
    /// # Errors
    ///
    /// `File`; `InvalidArgument` for another file than was planned, and for one that is no photo.
    pub(super) async fn read(&self, file: &BodyFile) -> Result<Bytes> {
        let key = (file.path.clone(), file.sha256.to_lowercase());
        // Held while it is read: of many lines that want one file, one reads it.
        let mut kept = self.kept.lock().await;
        if let Some(bytes) = kept.files.get(&key) {
            return Ok(bytes.clone());
        }
        let (folder, wanted) = (self.folder.clone(), file.clone());
        let read = tokio::task::spawn_blocking(move || read(&folder, &wanted)).await;
        let bytes = read.unwrap_or_else(|_| Err(Error::internal("reading the photo panicked")))?;
        if kept.bytes + bytes.len() > MOST_KEPT {
            *kept = Kept::default();
        }
        kept.bytes += bytes.len();
        kept.files.insert(key, bytes.clone());
        Ok(bytes)
    }
}

fn read(folder: &Path, file: &BodyFile) -> Result<Bytes> {
    const READING: &str = "reading the photo of the plan's change from";
    let path = place_of(folder, file);
    let failed = |error: Error| error.action(READING).target(path.display().to_string());
    let in_place = || -> std::io::Result<bool> { Ok(path.canonicalize()?.starts_with(folder.canonicalize()?)) };
    if !in_place().map_err(|error| file_error(READING, &path, &error))? {
        return Err(failed(Error::argument("a link leads away from the folder of the plan")));
    }
    let bytes = read_at_most(&path, MOST_PHOTO_BYTES).map_err(|error| file_error(READING, &path, &error))?;
    check_photo(&bytes).map_err(failed)?;
    if hex::lower(&sha256(&bytes)) != file.sha256.to_lowercase() {
        let error = Error::argument("the file is not the one that was planned: its SHA-256 is another");
        return Err(failed(error.hint("make a new plan, or put the file back that was there")));
    }
    Ok(bytes.into())
}
