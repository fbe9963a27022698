//! The log of a run for a support case: JSON Lines, appended. What stands in a line is decided by who writes it;
//! `http::redact` says what of a request may.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::json;

use crate::error::Result;
use crate::files::{check_file, check_links, describe, file_error};

/// A log ends at this size, so that a run that nobody watches cannot fill the disk: some 700,000 requests.
const LARGEST: u64 = 256 * 1024 * 1024;

tokio::task_local! {
    static ATTEMPT: u32;
}

/// Runs a try; what it logs carries its number, counted from 1.
pub async fn as_attempt<F: Future>(number: u32, work: F) -> F::Output {
    ATTEMPT.scope(number, work).await
}

/// The number of the try that is under way, where one is.
#[must_use]
pub fn attempt() -> Option<u32> {
    ATTEMPT.try_with(|number| *number).ok()
}

/// A file of JSON Lines that grows until it is as large as `LARGEST` says. Several runs may write to one file: each line is
/// appended by one write.
#[derive(Debug)]
pub struct RequestLog {
    path: PathBuf,
    most: u64,
    writing: Mutex<Writing>,
}

#[derive(Debug)]
struct Writing {
    file: File,
    size: u64,
    stopped: bool,
}

impl RequestLog {
    /// Opens the log to append to it, or makes it (on Unix for its owner alone).
    ///
    /// # Errors
    ///
    /// `File`.
    pub fn open(path: &Path) -> Result<Arc<Self>> {
        Self::open_with(path, LARGEST).map(Arc::new)
    }

    fn open_with(path: &Path, most: u64) -> Result<Self> {
        let failed = |error| file_error("opening the log file", path, &error);
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let check = || check_links(path).and_then(|()| check_file(path)).map_err(failed);
        check()?;
        let file = options.open(path).map_err(failed)?;
        // What was put there in between.
        check()?;
        let size = file.metadata().map_err(failed)?.len();
        let writing = Mutex::new(Writing { file, size, stopped: false });
        Ok(Self { path: path.to_owned(), most, writing })
    }

    /// Appends a line, given without its newline. Where the log ends with it, gives the reason, once.
    #[must_use]
    pub fn write(&self, line: &str, now: Timestamp) -> Option<String> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.stopped {
            return None;
        }
        let reason = if writing.size + line.len() as u64 >= self.most {
            let reason = format!("it holds {} MiB", self.most >> 20);
            let last = json!({"event": "logStopped", "time": now.to_string(), "message": reason});
            let _ = writing.file.write_all(format!("{last}\n").as_bytes());
            reason
        } else {
            match writing.file.write_all(format!("{line}\n").as_bytes()) {
                Ok(()) => {
                    writing.size += line.len() as u64 + 1;
                    return None;
                }
                Err(error) => describe(&error),
            }
        };
        writing.stopped = true;
        Some(format!("nothing more is written to the log file {}: {reason}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_until_the_bound_and_the_last_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        std::fs::write(&path, "before\n").unwrap();
        let (log, now) = (RequestLog::open_with(&path, 20).unwrap(), Timestamp::UNIX_EPOCH);
        assert_eq!(log.write("{\"a\":1}", now), None);
        let said = log.write("{\"b\":22}", now).unwrap();
        assert!(said.starts_with("nothing more is written to the log file"), "{said}");
        assert_eq!(log.write("{\"c\":3}", now), None);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["before", "{\"a\":1}"]);
        assert!(lines.len() == 3 && lines[2].contains("logStopped"), "{text}");
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        RequestLog::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let error = RequestLog::open(&folder.path().join("no/run.log")).unwrap_err().to_string();
        assert!(error.starts_with("opening the log file") && error.ends_with("no such file or folder"), "{error}");
    }
}
