//! That no two members of a run name one file.

use std::fs;
use std::path::{Path, PathBuf};

use super::fault::file_error;
use super::plain::look;
use crate::error::{Error, Result};

/// Members that name a journal, or a report that may be one; and what lies beside a journal.
const JOURNALS: [&str; 3] = ["journal", "old", "new"];
const BESIDE_A_JOURNAL: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The folder that a file is in.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Refuses two names for one file among `files`, each with the member that names it: what the one holds would be
/// lost to the other. The files that lie beside a journal are its own, whether they are there or not.
///
/// # Errors
///
/// `InvalidArgument` that names both members.
pub fn check_distinct<'a>(files: impl IntoIterator<Item = (&'static str, Option<&'a Path>)>) -> Result<()> {
    let named: Vec<(&str, PathBuf)> =
        files.into_iter().filter_map(|(member, path)| Some((member, path?.to_owned()))).collect();
    if named.len() < 2 {
        return Ok(());
    }
    let first = named.first().map(|(_, path)| path.clone()).unwrap_or_default();
    look(move || distinct(&named))
        .unwrap_or_else(|error| Err(file_error("looking at the files that are named, such as", &first, &error)))
}

fn distinct(named: &[(&'static str, PathBuf)]) -> Result<()> {
    let mut seen: Vec<(&str, Place)> = Vec::new();
    for (member, path) in named {
        let place = Place::of(path);
        if let Some((other, _)) = seen.iter().find(|(_, taken)| taken.is_same(&place)) {
            return Err(Error::argument(format!("{other} and {member} name the same file, {}", path.display()))
                .hint("give each a file of its own"));
        }
        seen.push((member, place));
    }
    for (journal, place) in seen.iter().filter(|(member, _)| JOURNALS.contains(member)) {
        for ending in BESIDE_A_JOURNAL {
            let beside = Place::of(&with_ending(&place.path, ending));
            if let Some((member, place)) = seen.iter().find(|(_, place)| place.is_same(&beside)) {
                let detail =
                    format!("{member} names {}, which belongs to the file that {journal} names", place.path.display());
                return Err(Error::argument(detail).hint("give each a file of its own"));
            }
        }
    }
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Where a file is.
struct Place {
    /// Without links and `..`, as far as it is there.
    path: PathBuf,
    /// Of a file that is there: it may have several names.
    id: Option<(u64, u64)>,
}

impl Place {
    fn of(path: &Path) -> Self {
        let name = || Some(fs::canonicalize(folder(path)).ok()?.join(path.file_name()?));
        let resolved = fs::canonicalize(path).ok().or_else(name).unwrap_or_else(|| path.into());
        Self { id: id_of(&resolved), path: resolved }
    }

    fn is_same(&self, other: &Self) -> bool {
        let is_one_name = |one: &Path, other: &Path| match (one.to_str(), other.to_str()) {
            (Some(one), Some(other)) => is_one_name(one, other, cfg!(windows)),
            _ => false,
        };
        self.path == other.path
            || (self.id.is_some() && self.id == other.id)
            || cfg!(any(windows, target_os = "macos")) && is_one_name(&self.path, &other.path)
    }
}

/// Whether a system that does not tell upper from lower case takes two names for one. Windows also takes no notice of
/// dots and spaces at the end of a name, nor of the name of a file's own content.
fn is_one_name(one: &str, other: &str, on_windows: bool) -> bool {
    let folded = |name: &str| {
        // A letter for a letter: to Windows and macOS `ß` is not `SS`.
        let upper = |letter: char| {
            let mut upper = letter.to_uppercase();
            upper.next().filter(|_| upper.next().is_none()).unwrap_or(letter)
        };
        let name: String = name.chars().map(upper).collect();
        if !on_windows {
            return name;
        }
        name.strip_suffix("::$DATA").unwrap_or(&name).trim_end_matches(['.', ' ']).to_owned()
    };
    folded(one) == folded(other)
}

/// Device and number of a plain file; a device such as `/dev/null` keeps nothing that could be lost.
#[cfg(unix)]
fn id_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(windows)]
use super::windows::id_of;

/// The standard library does not tell it here.
#[cfg(not(any(unix, windows)))]
fn id_of(_: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn two_names_of_one_file_are_found_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        let (there, not_there) = (folder.path().join("rows.csv"), folder.path().join("run.log"));
        fs::write(&there, "").unwrap();
        for path in [&there, &not_there] {
            let other = folder.path().join("sub/..").join(path.file_name().unwrap());
            let error = check_distinct([("journal", None), ("outFile", Some(&**path)), ("logFile", Some(&*other))]);
            let error = error.unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            assert!(error.to_string().contains("outFile and logFile name the same file"), "{error}");
        }
        check_distinct([("outFile", Some(&*there)), ("logFile", Some(&*not_there)), ("journal", None)]).unwrap();
        let hard = folder.path().join("hard");
        fs::hard_link(&there, &hard).unwrap();
        assert_eq!(check_distinct([("a", Some(&*there)), ("b", Some(&*hard))]).is_err(), cfg!(any(unix, windows)));
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&there, &link).unwrap();
            check_distinct([("a", Some(&*there)), ("b", Some(&*link))]).unwrap_err();
        }
    }

    #[test]
    fn names_that_a_system_takes_for_one_are_one() {
        for (one, other) in [("ÜX.csv", "üx.csv"), ("Σ.csv", "σ.csv"), ("report.CSV", "Report.csv")] {
            assert!(is_one_name(one, other, false) && is_one_name(one, other, true), "{one}");
        }
        for other in ["dot.csv.", "dot.csv", "dot.csv . .", "DOT.csv::$data", "dot.csv. "] {
            assert!(is_one_name("dot.csv", other, true), "{other}");
            assert_eq!(is_one_name("dot.csv", other, false), other == "dot.csv");
        }
        for (one, other) in
            [("STRASSE.csv", "straße.csv"), ("a.csv", "b.csv"), ("a.csv", "a.csv:b"), ("a.csv", "a. csv")]
        {
            assert!(!is_one_name(one, other, true), "{one}");
        }
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("ÜX.csv"), folder.path().join("üx.csv."));
        let same = check_distinct([("outFile", Some(&*one)), ("logFile", Some(&*other))]).is_err();
        assert_eq!(same, cfg!(windows));
    }

    #[test]
    fn the_files_beside_a_journal_are_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("run.db");
        for ending in BESIDE_A_JOURNAL {
            let beside = folder.path().join(format!("run.db{ending}"));
            for files in [
                [("journal", Some(&*journal)), ("outFile", Some(&*beside))],
                [("outFile", Some(&*beside)), ("journal", Some(&*journal))],
            ] {
                let error = check_distinct(files).unwrap_err().to_string();
                assert!(
                    error.contains("which belongs to the file that journal names") && error.contains(ending),
                    "{error}"
                );
            }
            check_distinct([("outFile", Some(&*journal)), ("logFile", Some(&*beside))]).unwrap();
        }
        // SQLite names them after the file that a link leads to.
        #[cfg(unix)]
        {
            fs::write(&journal, "").unwrap();
            let link = folder.path().join("link.db");
            std::os::unix::fs::symlink(&journal, &link).unwrap();
            let beside = folder.path().join("run.db-wal");
            check_distinct([("journal", Some(&*link)), ("logFile", Some(&*beside))]).unwrap_err();
        }
    }
}
