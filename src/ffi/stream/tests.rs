use std::collections::VecDeque;
use std::sync::atomic::AtomicBool as Flag;
use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use super::*;
use crate::client::ClientOptions;
use crate::runtime::runtime;
use crate::signature::{Algorithm, Answer};
use crate::sync::{Mutex, model};

/// A run whose rows are its input lines.
#[derive(Default)]
struct Echo(Mutex<(VecDeque<u8>, bool)>);

impl RowStream for Echo {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        self.0.lock().0.extend(lines);
        Ok(lines.len())
    }
    fn finish_input(&self) {
        self.0.lock().1 = true;
    }
    fn next_batch(&self, _max_rows: usize) -> Result<Next> {
        let mut run = self.0.lock();
        match (run.0.pop_front(), run.1) {
            (Some(row), _) => Ok(Next::Batch { data: vec![row], rows: 1 }),
            (None, true) => Ok(Next::End),
            (None, false) => Ok(Next::Pending),
        }
    }
    fn progress(&self) -> Value {
        json!({})
    }
    fn events(&self) -> String {
        String::new()
    }
    fn cancel(&self) {}
}

fn stream() -> Arc<Stream> {
    Arc::new(Stream::without_client(Arc::new(Echo::default()), Arc::default()))
}

fn stream_of_client() -> Arc<Stream> {
    let client = Client::new(ClientOptions::default()).unwrap();
    Arc::new(Stream::new(Arc::new(Echo::default()), client))
}

/// A stream whose rows are its input bytes, as callers hold one.
pub(in crate::ffi) fn register_echo() -> i64 {
    STREAMS.insert(stream()).unwrap()
}

fn state(stream: &Stream, milliseconds: u64) -> State {
    stream.next(Duration::from_millis(milliseconds), 0).unwrap().err().unwrap()
}

#[test]
fn rows_then_pending_then_end_and_end_again() {
    let stream = stream();
    stream.rows.push(b"a").unwrap();
    assert_eq!(stream.next(Duration::ZERO, 0).unwrap().ok().unwrap().data, b"a");
    assert_eq!(state(&stream, 0), State::Pending);
    assert_eq!(state(&stream, 150), State::Pending);
    stream.rows.finish_input();
    assert_eq!(state(&stream, 0), State::End);
    assert_eq!(state(&stream, 0), State::End);
}

#[test]
fn a_free_ends_the_wait_of_another_thread() {
    let stream = stream();
    let waiting = Arc::clone(&stream);
    let (looked, has_looked) = mpsc::channel();
    let waiter = thread::spawn(move || {
        looked.send(waiting.next(Duration::ZERO, 0).map(Result::err)).unwrap();
        loop {
            match waiting.next(Duration::from_secs(60), 0) {
                Ok(Err(State::Pending)) => {}
                other => return other.err().unwrap().status(),
            }
        }
    });
    assert_eq!(has_looked.recv().unwrap().unwrap(), Some(State::Pending));
    stream.free();
    assert_eq!(waiter.join().unwrap(), Status::Cancelled);
}

#[test]
fn each_row_goes_to_one_of_two_readers() {
    const ROWS: usize = if cfg!(miri) { 20 } else { 1000 };
    let stream = stream();
    stream.rows.push(&[7; ROWS]).unwrap();
    stream.rows.finish_input();
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let stream = Arc::clone(&stream);
            thread::spawn(move || {
                let mut rows = 0;
                while stream.next(Duration::from_secs(1), 0).unwrap().is_ok() {
                    rows += 1;
                }
                rows
            })
        })
        .collect();
    assert_eq!(readers.into_iter().map(|reader| reader.join().unwrap()).sum::<i32>(), i32::try_from(ROWS).unwrap());
}

#[test]
#[cfg_attr(miri, ignore = "a client has a connector for TLS, which is C")]
fn rows_that_are_ready_come_before_a_signature_request() {
    let stream = stream_of_client();
    let client = stream.client.clone().unwrap();
    let asking = client.clone();
    let asked = runtime().unwrap().spawn(async move { asking.signatures().ask(Algorithm::Rs256, [0; 32], "AB").await });
    while client.signatures().pending().is_none() {
        thread::yield_now();
    }
    stream.rows.push(b"a").unwrap();
    assert!(stream.next(Duration::ZERO, 0).unwrap().is_ok());
    assert_eq!(state(&stream, 1000), State::NeedsSignature);
    let request = client.signatures().pending().unwrap();
    client.signatures().answer(request.id, Answer::Declined);
    assert_eq!(state(&stream, 0), State::Pending);
    assert_eq!(runtime().unwrap().block_on(asked).unwrap().unwrap(), Answer::Declined);
}

/// Rows that panic once.
struct Panicking(Flag, Echo);

impl RowStream for Panicking {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        self.1.push(lines)
    }
    fn finish_input(&self) {
        self.1.finish_input();
    }
    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        let batch = self.1.next_batch(max_rows);
        assert!(self.0.swap(true, Ordering::SeqCst), "on purpose");
        batch
    }
    fn progress(&self) -> Value {
        json!({})
    }
    fn events(&self) -> String {
        String::new()
    }
    fn cancel(&self) {}
}

/// The rows that the call had taken are gone: the others alone would pass for all of them.
#[test]
fn after_a_panic_no_row_comes() {
    let rows = Arc::new(Panicking(Flag::new(false), Echo::default()));
    let stream = Stream::without_client(rows, Arc::default());
    stream.rows.push(b"ab").unwrap();
    stream.rows.finish_input();
    for _ in 0..2 {
        assert_eq!(stream.next(Duration::ZERO, 0).err().unwrap().status(), Status::Internal);
    }
}

/// A run of which so many rows are ready each time that somebody looks.
struct Gathering(Mutex<VecDeque<usize>>);

impl RowStream for Gathering {
    fn push(&self, _lines: &[u8]) -> Result<usize> {
        Ok(0)
    }
    fn finish_input(&self) {}
    fn next_batch(&self, _max_rows: usize) -> Result<Next> {
        Ok(Next::Pending)
    }
    fn ready(&self) -> usize {
        self.0.lock().pop_front().unwrap()
    }
    fn gathers_for(&self) -> Duration {
        Duration::from_millis(50)
    }
    fn progress(&self) -> Value {
        json!({})
    }
    fn events(&self) -> String {
        String::new()
    }
    fn cancel(&self) {}
}

#[test]
fn rows_gather_only_while_more_come_and_fewer_are_there_than_were_asked_for() {
    let naps = |given: usize, seen: &[usize], timeout: u64| {
        let rows = Arc::new(Gathering(Mutex::new(seen.iter().copied().collect())));
        let stream = Stream::without_client(rows, Arc::default());
        stream.given.store(given, Ordering::Relaxed);
        let naps = std::cell::Cell::new(0);
        stream.gather(1024, Instant::now() + Duration::from_secs(timeout), |_| naps.set(naps.get() + 1));
        naps.get()
    };
    assert_eq!(naps(USUAL_BATCH, &[1024], 60), 0, "as many as were asked for");
    assert_eq!(naps(USUAL_BATCH, &[300, 300], 60), 1, "nothing more comes");
    assert_eq!(naps(USUAL_BATCH, &[0, 0, 20, 40, 1200], 60), 4);
    assert_eq!(naps(USUAL_BATCH, &[1, 2, 3, 4, 5, 6], 60), 5, "no longer than they may");
    assert_eq!(naps(USUAL_BATCH, &[1, usize::MAX], 60), 1, "the end");
    assert_eq!(naps(USUAL_BATCH - 1, &[], 60), 0, "the first rows come at once");
    assert_eq!(naps(USUAL_BATCH, &[1], 0), 0, "who does not wait");
}

#[test]
fn counts_of_rows_are_checked() {
    assert_eq!(rows_wanted(0).unwrap(), 0);
    assert_eq!(rows_wanted(i32::MAX).unwrap(), MOST_BATCH);
    assert_eq!(rows_wanted(-1).unwrap_err().status(), Status::InvalidArgument);
}

/// Longer than any model: a wait there ends by what happens, and by nothing else.
const LONG: Duration = Duration::from_secs(3600);

/// A stream of rows, and what says that there are more of them.
fn model_of_rows() -> (Arc<Stream>, Arc<Signal>) {
    let signal = Arc::new(Signal::default());
    (Arc::new(Stream::without_client(Arc::new(Echo::default()), Arc::clone(&signal))), signal)
}

#[test]
fn model_each_row_goes_to_one_reader_and_both_see_the_end() {
    model::check(|| {
        let (stream, signal) = model_of_rows();
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let stream = Arc::clone(&stream);
                shuttle::thread::spawn(move || {
                    let mut rows = Vec::new();
                    while let Ok(batch) = stream.next(LONG, 0).unwrap() {
                        rows.extend(batch.data);
                    }
                    rows
                })
            })
            .collect();
        for row in [b"a", b"b"] {
            stream.rows.push(row).unwrap();
            signal.notify();
        }
        stream.rows.finish_input();
        signal.notify();
        let mut rows: Vec<u8> = readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
        rows.sort_unstable();
        assert_eq!(rows, b"ab");
    });
}

#[test]
fn model_a_free_ends_every_wait() {
    model::check(|| {
        let (stream, _) = model_of_rows();
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let stream = Arc::clone(&stream);
                shuttle::thread::spawn(move || stream.next(LONG, 0).err().unwrap().status())
            })
            .collect();
        stream.free();
        for reader in readers {
            assert_eq!(reader.join().unwrap(), Status::Cancelled);
        }
    });
}

#[test]
fn model_a_panic_ends_the_stream_for_every_reader() {
    model::check(|| {
        let rows = Arc::new(Panicking(Flag::new(false), Echo::default()));
        let stream = Arc::new(Stream::without_client(rows, Arc::default()));
        stream.rows.push(b"ab").unwrap();
        stream.rows.finish_input();
        let other = Arc::clone(&stream);
        let other = shuttle::thread::spawn(move || other.next(LONG, 0).is_err());
        let here = stream.next(LONG, 0).is_err();
        let there = other.join().unwrap();
        assert!(here || there, "a row was lost without a word");
        assert!(stream.next(LONG, 0).is_err(), "a row came after one that was lost");
    });
}
