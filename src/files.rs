//! Files: the words for what went wrong with one, and files that are there whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

mod distinct;
mod fault;
mod long_path;
mod placing;
mod plain;
mod planted;
mod private;
mod staged;
#[cfg(windows)]
mod windows;

pub use distinct::{check_distinct, folder};
pub use fault::{describe, file_error};
pub use long_path::long;
pub use placing::{check_replaceable, put, put_new, put_path_new};
pub use plain::{check_plain, look, open_plain, open_to_read, read_at_most};
pub use planted::{check_file, check_links};
pub use private::{Making, create_private_folder, make_private, open_private};
pub use staged::{Readers, StagedDatabase, stage, stage_database};

use crate::error::Result;

/// Rows are short; fewer and larger writes are what a network share is quick at.
const BUFFER: usize = 256 * 1024;

/// A file that appears under its name when it is complete, in the place of one that may be there. Until then it
/// has a temporary name in the same folder, which goes when this is dropped.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
}

impl WholeFile {
    /// Begins the file. It is readable by whoever may read the one that it replaces; a new one on Unix by its owner alone,
    /// on Windows by those whom the folder lets read.
    ///
    /// # Errors
    ///
    /// `File`: no such folder, no right to write there, or what is there is no plain file.
    pub fn create(path: &Path) -> Result<Self> {
        let place = place_of(path)?;
        let file = stage(folder(&place), Readers::Report).map_err(|error| file_error(WRITING, path, &error))?;
        Ok(Self { path: place, writer: BufWriter::with_capacity(BUFFER, file) })
    }

    /// The same file, to appear under another name in the same folder: what it is called may depend on what it holds.
    ///
    /// # Errors
    ///
    /// As [`WholeFile::create`].
    pub fn renamed(self, path: &Path) -> Result<Self> {
        Ok(Self { path: place_of(path)?, ..self })
    }

    /// Has what was written so far read from its beginning. Nothing is added after that.
    ///
    /// # Errors
    ///
    /// `File`.
    pub fn read_back<T>(&mut self, read: impl FnOnce(&fs::File) -> io::Result<T>) -> Result<T> {
        let all = || {
            self.writer.seek(SeekFrom::Start(0))?;
            read(self.writer.get_ref().as_file())
        };
        all().map_err(|error| file_error("reading back the file", &self.path, &error))
    }

    /// Adds to the file.
    ///
    /// # Errors
    ///
    /// `File`, for a full disk above all.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|error| file_error(WRITING, &self.path, &error))
    }

    /// Writes over its beginning what is known at its end only.
    ///
    /// # Errors
    ///
    /// `File`.
    pub fn write_at_start(&mut self, bytes: &[u8]) -> Result<()> {
        let mut written = || {
            self.writer.seek(SeekFrom::Start(0))?;
            self.writer.write_all(bytes)?;
            self.writer.seek(SeekFrom::End(0)).map(drop)
        };
        written().map_err(|error| file_error(WRITING, &self.path, &error))
    }

    /// Puts the file in its place once all of it is on the disk.
    ///
    /// # Errors
    ///
    /// `File`. Where only the last step fails, because a program has the old file open, what was written stays
    /// under a name that the error tells.
    pub fn finish(self) -> Result<()> {
        let path = self.path.clone();
        let mut complete = None;
        self.place(&mut complete).map_err(|error| match complete.and_then(|file| keep(file, &path)) {
            Some(kept) => error.hint(format!("the complete file was kept as {}", kept.display())),
            None => error,
        })
    }

    /// As [`WholeFile::finish`], but of a file that can be made again nothing is kept.
    ///
    /// # Errors
    ///
    /// `File`.
    pub fn finish_or_discard(self) -> Result<()> {
        self.place(&mut None)
    }

    /// A file that is complete and could not be put in its place goes to `complete`.
    fn place(self, complete: &mut Option<NamedTempFile>) -> Result<()> {
        let path = self.path;
        let failed = |error: io::Error| file_error(WRITING, &path, &error);
        let file = self.writer.into_inner().map_err(|error| failed(error.into_error()))?;
        if check_file(&path).is_ok() {
            placing::take_over_access(&path, &file);
        }
        file.as_file().sync_all().map_err(failed)?;
        put(file, &path).map_err(|refused| {
            *complete = Some(refused.file);
            file_error("putting the file in its place as", &path, &refused.error)
        })?;
        // Where that fails there is no better way.
        let _ = sync_folder(&path);
        Ok(())
    }
}

/// Where a file of that name is put: what a link names is replaced, not the link.
fn place_of(path: &Path) -> Result<PathBuf> {
    check_links(path).map_err(|error| file_error(WRITING, path, &error))?;
    let place = if path.is_symlink() { fs::canonicalize(path).unwrap_or_else(|_| path.into()) } else { path.into() };
    match place.metadata() {
        Ok(there) => check_plain(&there).map_err(|error| file_error(WRITING, path, &error))?,
        // A name that is too long, for one: known now, and not when all has been written.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(file_error(WRITING, path, &error)),
        Err(_) => {}
    }
    check_replaceable(&place).map_err(|error| file_error(WRITING, path, &error))?;
    Ok(place)
}

/// Keeps a file that could not be put in its place, under a name that no later run takes for a left one.
fn keep(mut file: NamedTempFile, path: &Path) -> Option<PathBuf> {
    for number in 1..=MOST_KEPT {
        let mut kept = path.as_os_str().to_owned();
        kept.push(if number == 1 { ".kept".to_owned() } else { format!("-{number}.kept") });
        let kept = PathBuf::from(kept);
        match put_new(file, &kept) {
            Ok(()) => {
                let _ = sync_folder(&kept);
                return Some(kept);
            }
            Err(refused) => file = refused.file,
        }
    }
    None
}

/// Complete files that could not be put in one place; then they are lost.
const MOST_KEPT: u32 = 100;

const WRITING: &str = "writing the file";

/// Makes sure that a new name is still there after a power cut.
///
/// # Errors
///
/// The system's; a file system that cannot do this has no better way.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder(path))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_stands_under_the_name_until_all_of_it_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        fs::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write(&[b'x'; 3 * BUFFER]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(file);
        assert_eq!(names(folder.path()), ["report.csv"]);
        let mut file = WholeFile::create(&path).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["report.csv"]);
    }

    #[test]
    fn what_cannot_be_written_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &Path| WholeFile::create(path).unwrap_err().to_string();
        assert!(refused(folder.path()).ends_with("it is a folder"));
        let nowhere = folder.path().join("no/report.csv");
        assert_eq!(refused(&nowhere), format!("writing the file {}: no such file or folder", nowhere.display()));
        let long = refused(&folder.path().join("x".repeat(1000)));
        assert!(long.starts_with("writing the file "), "{long}");
        assert_eq!(names(folder.path()), <[&str; 0]>::default());
    }

    #[test]
    #[cfg(unix)]
    fn the_owner_alone_reads_a_new_file_and_an_old_one_keeps_its_readers() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        WholeFile::create(&path).unwrap().finish().unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        WholeFile::create(&path).unwrap().finish().unwrap();
        assert_eq!(mode(), 0o640);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (link, path) = (folder.path().join("link.csv"), folder.path().join("report.csv"));
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut file = WholeFile::create(&link).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_named_as_such() {
        let full = io::Error::from_raw_os_error(28);
        assert!(file_error(WRITING, Path::new("r.csv"), &full).to_string().ends_with("r.csv: the disk is full"));
    }
}
