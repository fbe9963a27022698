//! Work that breaks its promises: each line has its row all the same, or the run ends with an error. Nobody waits for
//! ever.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exrun::cancel::Signal;
use exrun::client::Context;
use exrun::error::{Error, Result, Status};
use exrun::http::RetryPolicy;
use exrun::rows::{Format, Next, OutFile, OutFileStream, RowStream};
use exrun::runner::{AttemptError, Batched, Batching, Done, Lister, Output, Page, Run, RunOptions, Taken, Work};
use exrun::store::JournalOptions;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use crate::support;

/// Where the work goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// A batch gives so many outcomes too few or too many.
    Outcomes(isize),
    Read,
    Attempt,
    Batch,
    /// That of one line, while the others are under way.
    AttemptOf(&'static str),
    Failed,
    Weight,
    Record,
    Recall,
}

struct Faulty {
    fault: Fault,
    is_post: bool,
}

/// With the fault of its work.
#[derive(Debug)]
struct Row(String, Option<Error>, Fault);

impl Output for Row {
    fn failure(&self) -> Option<&Error> {
        self.1.as_ref()
    }

    fn mailbox(&self) -> Option<&str> {
        None
    }

    fn weight(&self) -> usize {
        self.2.at(Fault::Weight);
        // A few fill the memory that a run gives to rows, so that they go aside.
        if self.2 == Fault::Recall { 1 << 21 } else { 1 }
    }

    fn record(&self) -> Vec<u8> {
        self.2.at(Fault::Record);
        json!([self.0, self.1.as_ref().map(Error::to_json)]).to_string().into_bytes()
    }
}

impl Fault {
    fn at(self, fault: Fault) {
        assert_ne!(self, fault, "on purpose");
    }
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        Self { fault, is_post: false }
    }
}

impl Work for Faulty {
    type Item = String;
    type Output = Row;

    fn read(&self, line: &str) -> String {
        self.fault.at(Fault::Read);
        serde_json::from_str(line).unwrap()
    }

    fn identity<'a>(&self, item: &'a String) -> Cow<'a, str> {
        item.into()
    }

    async fn prepare(&self) -> Result<()> {
        Ok(())
    }

    async fn attempt(&self, item: &mut String) -> std::result::Result<Row, AttemptError> {
        self.fault.at(Fault::Attempt);
        if let Fault::AttemptOf(name) = self.fault {
            assert_ne!(name, item, "on purpose");
            // The others are still under way then.
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
        }
        if self.fault == Fault::Failed {
            return Err(AttemptError::Item(Error::argument("refused")));
        }
        Ok(Row(item.clone(), None, self.fault))
    }

    fn most_per_batch(&self) -> usize {
        if matches!(self.fault, Fault::Outcomes(_) | Fault::Batch) { 20 } else { 1 }
    }

    async fn attempt_batch(&self, items: &mut [String]) -> Batched<Row> {
        self.fault.at(Fault::Batch);
        let Fault::Outcomes(wrong) = self.fault else { unreachable!() };
        let mut outcomes: Vec<_> = items.iter().map(|item| Ok(Row(item.clone(), None, self.fault))).collect();
        outcomes.resize_with(items.len().checked_add_signed(wrong).unwrap(), || {
            Ok(Row("nobody".to_owned(), None, self.fault))
        });
        Batched::Each(outcomes)
    }

    fn needs_intent(&self) -> bool {
        self.is_post
    }

    fn failed(&self, item: &String, error: Error) -> Row {
        self.fault.at(Fault::Failed);
        Row(item.clone(), Some(error), self.fault)
    }

    fn recall(&self, record: &[u8]) -> Result<Row> {
        self.fault.at(Fault::Recall);
        let record: Value = serde_json::from_slice(record).unwrap();
        Ok(Row(record[0].as_str().unwrap().to_owned(), Error::from_json(&record[1]), self.fault))
    }
}

fn options() -> RunOptions {
    let options = RunOptions::new(64, RetryPolicy::new(2, Duration::from_secs(600)), support::quick());
    RunOptions { batching: Batching::Always, ..options }
}

fn with_journal(folder: &tempfile::TempDir) -> RunOptions {
    let journal = JournalOptions {
        path: folder.path().join("run.db"),
        fingerprint: Map::new(),
        retry_failed: false,
        retry_unknown: false,
    };
    RunOptions { journal: Some(journal), ..options() }
}

/// The rows of a run, and how it ended; a run that does neither is stuck.
fn rows(work: Faulty, options: RunOptions, lines: &[&str]) -> (Vec<Row>, Result<()>) {
    let has_source = options.source.is_some();
    let signal = Arc::<Signal>::default();
    let run = Run::start(work, options, Context::default(), Arc::clone(&signal)).unwrap();
    if !has_source {
        let input: String = lines.iter().map(|line| format!("{}\n", json!(line))).collect();
        let _ = run.push(input.as_bytes());
    }
    run.finish_input();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut rows = Vec::new();
    loop {
        let seen = signal.epoch();
        match run.take(256) {
            Ok(Taken::Rows(done)) => rows.extend(done.into_iter().map(|Done { output, .. }| output)),
            Ok(Taken::End) => return (rows, Ok(())),
            Err(error) => return (rows, Err(error)),
            Ok(Taken::Pending) => {
                assert!(Instant::now() < deadline, "nothing more comes, and no end: {}", run.progress());
                signal.wait(seen, deadline);
            }
        }
    }
}

const LINES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[test]
fn a_batch_with_too_few_outcomes_costs_no_line_its_row() {
    for wrong in [-1, -2] {
        let (rows, ended) = rows(Faulty::new(Fault::Outcomes(wrong)), options(), &LINES);
        ended.unwrap();
        let names: Vec<&str> = rows.iter().map(|Row(name, ..)| name.as_str()).collect();
        assert_eq!(names, LINES);
        let failed: Vec<Option<Status>> =
            rows.iter().map(|Row(_, error, _)| error.as_ref().map(Error::status)).collect();
        let missing = failed.iter().filter(|status| **status == Some(Status::Internal)).count();
        assert_eq!(missing, wrong.unsigned_abs(), "{rows:?}");
    }
}

/// Of too many nobody knows whose is whose.
#[test]
fn a_batch_with_too_many_outcomes_gives_none_of_them() {
    let (rows, ended) = rows(Faulty::new(Fault::Outcomes(1)), options(), &LINES);
    ended.unwrap();
    assert_eq!(rows.len(), LINES.len());
    assert!(rows.iter().all(|Row(_, error, _)| error.as_ref().unwrap().status() == Status::Internal), "{rows:?}");
}

#[test]
fn a_panic_anywhere_in_the_work_ends_the_run_with_an_error() {
    for fault in [Fault::Read, Fault::Attempt, Fault::Batch, Fault::Failed, Fault::Weight, Fault::Record] {
        for is_post in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let (rows, ended) = rows(Faulty { fault, is_post }, with_journal(&folder), &LINES);
            assert_eq!(ended.unwrap_err().status(), Status::Internal, "{fault:?} {rows:?}");
        }
    }
}

/// What had its answer is recorded and given; the one at fault is in doubt, as its row and its intent say.
#[test]
fn a_panic_loses_no_row_that_was_done_and_no_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let faulty = Faulty { fault: Fault::AttemptOf("c"), is_post: true };
    let (done, ended) = rows(faulty, with_journal(&folder), &LINES);
    assert_eq!(ended.unwrap_err().status(), Status::Internal);
    // In input order, as many as were under way.
    assert!(done.iter().map(|Row(name, ..)| name.as_str()).eq(LINES.into_iter().take(done.len().max(3))), "{done:?}");
    for Row(name, error, _) in done {
        let status = error.as_ref().map(Error::status);
        assert_eq!(status, (name == "c").then_some(Status::OutcomeUnknown), "{name}");
    }
    let sound = Faulty { fault: Fault::Outcomes(0), is_post: true };
    let (rows, ended) = rows(sound, with_journal(&folder), &LINES);
    ended.unwrap();
    for Row(name, error, _) in rows {
        let status = error.as_ref().map(Error::status);
        assert_eq!(status, (name == "c").then_some(Status::OutcomeUnknown), "{name}");
    }
}

struct Panicking;

impl Lister for Panicking {
    fn next_page<'a>(&'a mut self, _: &'a Context) -> BoxFuture<'a, Result<Page>> {
        Box::pin(async { panic!("on purpose") })
    }
}

#[test]
fn a_lister_that_panics_ends_the_run_with_an_error() {
    let options = RunOptions { source: Some(Box::new(Panicking)), ..options() };
    let (rows, ended) = rows(Faulty::new(Fault::Outcomes(0)), options, &[]);
    assert_eq!((rows.len(), ended.unwrap_err().status()), (0, Status::Internal));
}

/// A run whose rows cannot be encoded.
struct Unencodable {
    signal: Arc<Signal>,
    /// Whether its first rows are fine.
    begins_well: std::sync::atomic::AtomicBool,
}

impl RowStream for Unencodable {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        Ok(lines.len())
    }
    fn finish_input(&self) {}
    fn next_batch(&self, _: usize) -> Result<Next> {
        panic!("on purpose")
    }
    fn progress(&self) -> Value {
        json!({})
    }
    fn events(&self) -> String {
        String::new()
    }
    fn cancel(&self) {
        self.signal.notify();
    }
}

impl exrun::rows::out_file::FileRows for Unencodable {
    fn stay(&self) {}

    fn next_for_file(&self) -> Result<exrun::rows::out_file::FileNext> {
        use exrun::rows::out_file::{FileBatch, FileNext};
        assert!(self.begins_well.swap(false, std::sync::atomic::Ordering::SeqCst), "on purpose");
        Ok(FileNext::Batch(FileBatch { data: b"a\r\n".to_vec(), rows: 1, failures: Vec::new() }))
    }
    fn end_of_file(&self, _: jiff::Timestamp) -> Vec<u8> {
        Vec::new()
    }
}

#[test]
fn an_encoder_that_panics_ends_the_run_that_writes_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let signal = Arc::<Signal>::default();
    let source = Arc::new(Unencodable { signal: Arc::clone(&signal), begins_well: true.into() });
    let file = OutFile { path: path.clone(), format: None, defuse_formulas: false, byte_order_mark: false };
    let stream =
        OutFileStream::start(source, file, Format::JsonLines, Arc::clone(&signal), Default::default()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let error = loop {
        let seen = signal.epoch();
        match stream.next_batch(0) {
            Err(error) => break error,
            Ok(Next::Pending) => {
                assert!(Instant::now() < deadline, "nothing more comes, and no end");
                signal.wait(seen, Instant::now() + Duration::from_millis(100));
            }
            Ok(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(error.status(), Status::Internal);
    assert!(!path.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a part of the file was left behind");
}
