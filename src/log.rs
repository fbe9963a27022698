//! The log of a run for a support case: JSON Lines, appended. What stands in a line is decided by who writes it;
//! `http::redact` says what of a request may.

mod writer;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::files::{Making, check_file, check_links, file_error, look, open_private};

use writer::{Queue, Writer};

/// A log ends at this size, so that a run that nobody watches cannot fill the disk: some 700,000 requests.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The end of a run waits so long for what its log has not taken yet.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

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
/// appended by one write. A thread of its own writes, so that a disk that is slow or gone holds up no request; what
/// that thread does not keep up with is lost, and said.
#[derive(Debug)]
pub struct RequestLog {
    queue: Arc<Queue>,
}

impl RequestLog {
    /// Opens the log to append to it, or makes it for its owner alone.
    ///
    /// # Errors
    ///
    /// `File`: for what is no plain file, too; `Internal` where no thread can be had.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Arc<Self>> {
        let looked = path.to_owned();
        let opened = look(move || {
            let file = open(&looked)?;
            let size = file.metadata()?.len();
            Ok((file, size))
        });
        let (file, size) =
            opened.and_then(|opened| opened).map_err(|error| file_error("opening the log file", path, &error))?;
        Self::start(path, Writer::new(file, size, LARGEST, clock)).map(Arc::new)
    }

    fn start(path: &Path, writer: Writer<impl io::Write + Send + 'static>) -> Result<Self> {
        let queue = Arc::new(Queue::new(path.to_owned()));
        let served = Arc::clone(&queue);
        thread::Builder::new()
            .name("exrun-log".to_owned())
            .spawn(move || writer.serve(&served))
            .map_err(|cause| Error::internal(format!("the system refused a thread: {cause}")))?;
        Ok(Self { queue })
    }

    /// Appends a line, given without its newline. Never waits.
    pub fn write(&self, line: &str) {
        self.queue.push(format!("{line}\n"));
    }

    /// Waits until what was appended is written, for seconds at most.
    pub async fn written(&self) {
        self.written_within(LAST_PATIENCE).await;
    }

    async fn written_within(&self, patience: Duration) {
        if tokio::time::timeout(patience, self.queue.emptied()).await.is_err() {
            self.queue.give_up();
        }
    }

    /// What is to be said of the log: that it ended, that lines were lost. Each is given once.
    #[must_use]
    pub fn take_warnings(&self) -> Vec<String> {
        self.queue.take_warnings()
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn open(path: &Path) -> io::Result<File> {
    let check = || check_links(path).and_then(|()| check_file(path));
    check()?;
    let file = open_private(path, OpenOptions::new().append(true), Making::IfMissing)?;
    // What was put there in between.
    check()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::writer::MOST_WAITING;
    use super::*;
    use crate::clock::SystemClock;

    fn system() -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    #[tokio::test]
    async fn lines_are_appended_until_the_bound_and_the_last_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        std::fs::write(&path, "before\n").unwrap();
        let log = RequestLog::start(&path, Writer::new(open(&path).unwrap(), 7, 20, system())).unwrap();
        log.write("{\"a\":1}");
        log.written().await;
        assert_eq!(log.take_warnings(), <[&str; 0]>::default());
        log.write("{\"b\":22}");
        log.write("{\"c\":3}");
        log.written().await;
        let warnings = log.take_warnings();
        assert!(
            warnings.len() == 1 && warnings[0].starts_with("nothing more is written to the log file"),
            "{warnings:?}"
        );
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["before", "{\"a\":1}"]);
        assert!(lines.len() == 3 && lines[2].contains("logStopped"), "{text}");
    }

    /// A disk that takes a write each time it is told to.
    struct Slow {
        entered: Sender<()>,
        goes_on: Receiver<()>,
        took: Sender<Vec<u8>>,
    }

    impl io::Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.entered.send(());
            // Once nobody tells it any more, it is as quick as another.
            let _ = self.goes_on.recv();
            let _ = self.took.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_a_slow_disk_does_not_keep_up_with_is_lost_and_said() {
        let ((entered, has_entered), (go, goes_on), (took, taken)) = (channel(), channel(), channel());
        let writer = Writer::new(Slow { entered, goes_on, took }, 0, LARGEST, system());
        let log = RequestLog::start(Path::new("run.log"), writer).unwrap();
        let line = "x".repeat(1023);
        log.write(&line);
        has_entered.recv().unwrap();
        // The one is being written; behind it there is room for so many, and no more.
        let room = MOST_WAITING / 1024;
        for _ in 0..room + 5 {
            log.write(&line);
        }
        assert_eq!(log.take_warnings(), <[&str; 0]>::default());
        drop(go);
        log.written().await;
        let warnings = log.take_warnings();
        assert!(warnings.len() == 1 && warnings[0].starts_with("5 lines of the log were lost"), "{warnings:?}");
        let lines: Vec<Vec<u8>> = taken.try_iter().collect();
        assert_eq!(lines.len(), 1 + room + 1);
        let last = String::from_utf8(lines.last().unwrap().clone()).unwrap();
        assert!(last.contains("\"logLinesLost\"") && last.contains("\"lines\":5"), "{last}");
    }

    #[tokio::test]
    async fn the_end_of_a_run_does_not_wait_for_a_disk_that_is_gone() {
        let ((entered, has_entered), (_go, goes_on), (took, _taken)) = (channel(), channel(), channel());
        let writer = Writer::new(Slow { entered, goes_on, took }, 0, LARGEST, system());
        let log = RequestLog::start(Path::new("run.log"), writer).unwrap();
        log.write("one");
        has_entered.recv().unwrap();
        log.write("two");
        log.written_within(Duration::ZERO).await;
        let warnings = log.take_warnings();
        assert!(warnings.len() == 1 && warnings[0].starts_with("2 lines of the log may be missing"), "{warnings:?}");
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        RequestLog::open(&path, system()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let error = RequestLog::open(&folder.path().join("no/run.log"), system()).unwrap_err().to_string();
        assert!(error.starts_with("opening the log file") && error.ends_with("no such file or folder"), "{error}");
    }
}
