//! Photos that lie beside a plan whose lines name them: each once, under its hash.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use openssl::sha::sha256;
use parking_lot::Mutex;

use crate::error::Result;
use crate::facet::synced_contacts::Photo;
use crate::files::{WholeFile, create_private_folder, file_error};
use crate::hex;

const SAVING: &str = "saving a photo beside the plan in";

/// The folder of a plan's photos: `plan.photos` beside `plan.jsonl`.
#[derive(Debug)]
pub(super) struct PlanPhotos {
    folder: PathBuf,
    /// Its name, as the lines of the plan have it.
    name: String,
    /// What was put there by this run.
    saved: Mutex<HashSet<String>>,
}

impl PlanPhotos {
    /// Nothing is made before a photo is saved.
    pub(super) fn beside(plan: &Path) -> Self {
        let folder = plan.with_extension("photos");
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { folder, name, saved: Mutex::default() }
    }

    /// What a contact and the line of a plan say of a photo.
    pub(super) fn named(&self, bytes: &[u8]) -> Photo {
        let sha256 = hex::lower(&sha256(bytes));
        Photo { file: format!("{}/{sha256}.jpg", self.name), sha256 }
    }

    /// Saves a photo, which may be there already. Blocks.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) fn save(&self, photo: &Photo, bytes: &[u8]) -> Result<()> {
        let place = self.place(&photo.sha256);
        if self.saved.lock().contains(&photo.sha256) || fs::read(&place).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        create_private_folder(&self.folder).map_err(|error| file_error(SAVING, &self.folder, &error))?;
        let mut file = WholeFile::create(&place)?;
        file.write(bytes)?;
        file.finish_or_discard()?;
        self.saved.lock().insert(photo.sha256.clone());
        Ok(())
    }

    /// Takes away what this run has saved and no line names. What cannot be taken away stays: it does no harm. Blocks.
    pub(super) fn keep_only(&self, is_named: impl Fn(&str) -> bool) {
        let saved = std::mem::take(&mut *self.saved.lock());
        let is_empty = saved.is_empty();
        for sha256 in saved.iter().filter(|sha256| !is_named(sha256)) {
            let _ = fs::remove_file(self.place(sha256));
        }
        if !is_empty {
            // Only where nothing is in it.
            let _ = fs::remove_dir(&self.folder);
        }
    }

    fn place(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.jpg"))
    }
}
