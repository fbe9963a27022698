//! A run that writes its rows to a file by itself.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;

use super::failure::Failure;
use super::failures;
use super::format::Format;
use super::stream::{Next, RowStream, batch_size};
use crate::cancel::Signal;
use crate::error::{Error, Result};
use crate::event::{Event, EventSink};
use crate::files::WholeFile;

/// Failures that wait for the caller; older ones give way, so that a caller that does not look costs nothing.
const MOST_FAILURES: usize = 4096;

/// The run is looked at this often even if nothing says that it has changed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// U+FEFF in UTF-8, by which Excel knows the encoding.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// CSV with a header line.
    Csv,
    /// JSON Lines.
    JsonLines,
    /// One page that needs nothing else.
    Html,
}

impl FileFormat {
    /// What the ending of a path says: `.csv`, `.jsonl` or `.ndjson`, `.html` or `.htm`, in any case.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for another one.
    pub fn of_path(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str().unwrap_or_default() {
            "csv" => Ok(Self::Csv),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            "html" | "htm" => Ok(Self::Html),
            _ => Err(Error::argument(format!("outFile: {} ends in none of .csv, .jsonl, .html", path.display()))
                .hint("name the format with outFormat")),
        }
    }
}

/// Where a run writes its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutFile {
    /// The path; what is there is replaced when the run is complete.
    pub path: PathBuf,
    /// What it is written in; by default what the path's ending says.
    pub format: Option<FileFormat>,
    /// Puts an apostrophe before text that a spreadsheet program would run (CSV).
    pub defuse_formulas: bool,
    /// Begins the file with the mark by which Excel knows UTF-8 (CSV).
    pub byte_order_mark: bool,
}

impl OutFile {
    /// What the file is written in.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where nothing says it, and for formulas to be defused or a byte order mark in what is not CSV.
    pub fn file_format(&self) -> Result<FileFormat> {
        let format = self.format.map_or_else(|| FileFormat::of_path(&self.path), Ok)?;
        if self.defuse_formulas && format != FileFormat::Csv {
            return Err(Error::argument("defuseFormulas: is for CSV; no program runs what stands in the others"));
        }
        if self.byte_order_mark && format != FileFormat::Csv {
            return Err(Error::argument("outFileByteOrderMark: is for CSV; the others are known to be UTF-8"));
        }
        Ok(format)
    }

    /// The bytes before everything else, also before no row at all.
    fn beginning(&self) -> &'static [u8] {
        if self.byte_order_mark { BYTE_ORDER_MARK } else { &[] }
    }
}

/// A run whose rows can be taken for a file.
pub trait FileRows: RowStream {
    /// The next rows, encoded for the file.
    ///
    /// # Errors
    ///
    /// As [`RowStream::next_batch`].
    fn next_for_file(&self) -> Result<FileNext>;

    /// The file is in its place, with all rows: their caller has them. Blocks until what follows from that is done.
    ///
    /// # Errors
    ///
    /// What failed of it; the file stays.
    fn delivered(&self) -> Result<()> {
        Ok(())
    }

    /// Gives the run a sign of life: somebody is there, although the rows are not for him.
    fn stay(&self);

    /// What ends the file when all rows are in it: the header line too where no row came.
    fn end_of_file(&self, now: Timestamp) -> Vec<u8>;
}

/// What [`FileRows::next_for_file`] has.
#[derive(Debug)]
pub enum FileNext {
    /// Whole rows.
    Batch(FileBatch),
    /// None ready now.
    Pending,
    /// None will come any more.
    End,
}

/// Rows for a file, and what failed among them.
#[derive(Debug)]
pub struct FileBatch {
    /// The encoded rows.
    pub data: Vec<u8>,
    /// How many.
    pub rows: usize,
    /// The failures.
    pub failures: Vec<Failure>,
}

/// A run that writes its own rows. Its batches hold no rows but the failures; it ends when the file is in its
/// place. Dropping it cancels the run, and no file appears.
pub struct OutFileStream {
    source: Arc<dyn FileRows>,
    shared: Arc<Shared>,
}

struct Shared {
    file: OutFile,
    format: Format,
    signal: Arc<Signal>,
    events: EventSink,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: VecDeque<Failure>,
    dropped: u64,
    rows: u64,
    /// How the writing ended, once it has.
    ended: Option<Result<()>>,
}

impl OutFileStream {
    /// Begins to write the rows of `source` to `file`; `signal` is the one that `source` notifies, `format` that of
    /// the failures. `events` takes what is told of the file, and says by which clock its end is dated.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a format that failures do not come in; `Internal` where no thread can be had.
    pub fn start(
        source: Arc<dyn FileRows>,
        file: OutFile,
        format: Format,
        signal: Arc<Signal>,
        events: EventSink,
    ) -> Result<Self> {
        failures::check(format)?;
        let shared = Arc::new(Shared { file, format, signal, events, state: Mutex::default() });
        let stream = Self { source: Arc::clone(&source), shared: Arc::clone(&shared) };
        // A thread of its own: a slow disk must not hold up the requests.
        thread::Builder::new()
            .name("exrun-out-file".to_owned())
            .spawn(move || shared.drive(&*source))
            .map_err(|cause| Error::internal(format!("the system refused a thread: {cause}")))?;
        Ok(stream)
    }
}

impl Shared {
    fn drive(&self, source: &dyn FileRows) {
        // A file that is not finished removes itself.
        let ended = catch_unwind(AssertUnwindSafe(|| self.write(source)))
            .unwrap_or_else(|_| Err(Error::internal("writing the rows panicked")));
        if ended.is_err() {
            source.cancel();
        }
        let dropped = {
            let mut state = self.state();
            state.ended = Some(ended);
            state.dropped
        };
        if dropped > 0 {
            let message = format!("{dropped} failures were dropped: nobody had taken them; the file has their rows");
            self.events.emit(Event::Warning, &message, [("failuresDropped", dropped.into())]);
        }
        self.signal.notify();
    }

    fn write(&self, source: &dyn FileRows) -> Result<()> {
        let mut file = WholeFile::create(&self.file.path)?;
        file.write(self.file.beginning())?;
        loop {
            let seen = self.signal.epoch();
            match source.next_for_file()? {
                FileNext::Batch(batch) => {
                    file.write(&batch.data)?;
                    self.count(batch);
                }
                FileNext::Pending => {
                    self.signal.wait(seen, Instant::now() + SIGN_OF_LIFE);
                }
                FileNext::End => {
                    file.write(&source.end_of_file(self.events.clock().now()))?;
                    file.finish()?;
                    return source.delivered();
                }
            }
        }
    }

    fn count(&self, batch: FileBatch) {
        let failed = !batch.failures.is_empty();
        {
            let mut state = self.state();
            state.rows += batch.rows as u64;
            state.failures.extend(batch.failures);
            let surplus = state.failures.len().saturating_sub(MOST_FAILURES);
            state.failures.drain(..surplus);
            state.dropped += surplus as u64;
        }
        if failed {
            self.signal.notify();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl RowStream for OutFileStream {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        if let Some(Err(error)) = &self.shared.state().ended {
            return Err(error.clone());
        }
        self.source.push(lines)
    }

    fn finish_input(&self) {
        self.source.finish_input();
    }

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        self.source.stay();
        let most = batch_size(max_rows);
        let mut state = self.shared.state();
        let count = state.failures.len().min(most);
        if count > 0 {
            let failures: Vec<Failure> = state.failures.drain(..count).collect();
            return Ok(Next::Batch { data: failures::encode(self.shared.format, &failures), rows: 0 });
        }
        match &state.ended {
            Some(Ok(())) => Ok(Next::End),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(Next::Pending),
        }
    }

    fn progress(&self) -> Value {
        let mut progress = self.source.progress();
        let state = self.shared.state();
        if let Some(members) = progress.as_object_mut() {
            members.insert("written".to_owned(), state.rows.into());
            members.insert("outFile".to_owned(), self.shared.file.path.display().to_string().into());
            members.insert("failuresDropped".to_owned(), state.dropped.into());
        }
        progress
    }

    fn events(&self) -> String {
        self.source.events() + &self.shared.events.drain()
    }

    fn cancel(&self) {
        self.source.cancel();
    }
}

impl Drop for OutFileStream {
    fn drop(&mut self) {
        self.source.cancel();
    }
}
