//! A `.tar.gz` whose bytes depend on nothing but what is in it.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The time of every file: the start of 1980, as in the wheel.
const EPOCH: u64 = 315_532_800;

/// An archive that is being written: all of it lies in one folder.
pub(super) struct Archive {
    builder: tar::Builder<GzEncoder<BufWriter<File>>>,
    folder: String,
}

impl Archive {
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(super) fn create(path: &Path, folder: &str, is_tight: bool) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
        let compression = if is_tight { Compression::default() } else { Compression::none() };
        let builder = tar::Builder::new(GzEncoder::new(BufWriter::new(file), compression));
        Ok(Self { builder, folder: folder.to_owned() })
    }

    /// # Errors
    ///
    /// When it cannot be written.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.append(name, bytes, 0o644)
    }

    /// # Errors
    ///
    /// When the file cannot be read, or the archive not written.
    pub(super) fn add_file(&mut self, name: &str, file: &Path) -> Result<()> {
        self.append(name, &read(file)?, 0o644)
    }

    /// A file that the loader maps.
    ///
    /// # Errors
    ///
    /// As for [`Self::add_file`].
    pub(super) fn add_program(&mut self, name: &str, file: &Path) -> Result<()> {
        self.append(name, &read(file)?, 0o755)
    }

    fn append(&mut self, name: &str, bytes: &[u8], mode: u32) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(mode);
        header.set_mtime(EPOCH);
        let name = format!("{}/{name}", self.folder);
        self.builder.append_data(&mut header, &name, bytes).with_context(|| format!("adding {name} to the archive"))
    }

    /// # Errors
    ///
    /// When the rest cannot be written.
    pub(super) fn finish(self) -> Result<()> {
        let written = self.builder.into_inner().and_then(GzEncoder::finish).and_then(|file| Ok(file.into_inner()?));
        written.and_then(|file| file.sync_all()).context("writing the end of the archive")
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}
