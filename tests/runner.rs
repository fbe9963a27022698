//! The runner with work of the test's own: what only a clock that stands still, a lister that starts over or a
//! process that ends in mid-request can show.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use exrun::cancel::Signal;
use exrun::client::Context;
use exrun::error::{Error, Result, Status};
use exrun::http::{Clock, RetryPolicy, SystemClock};
use exrun::runner::{AttemptError, Done, Listed, Lister, Output, Page, Run, RunOptions, Taken, Work};
use exrun::store::JournalOptions;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};
use support::HeldClock;
use tokio::sync::watch;

/// Weight of a row: a few hundred of them fill the memory that a run gives to rows.
const WEIGHT: usize = 16 * 1024;

/// What an item gives at its nth try.
type Answer = dyn Fn(&str, u32) -> Reply + Send + Sync;

enum Reply {
    Fine,
    Fails(Error),
    /// Fine, and later than what others are told.
    Late,
    /// No answer, ever.
    Hangs,
    /// No token: nothing was sent.
    NotSent,
    /// No token, because of the network.
    NoToken(Error),
}

/// Answers as the test says, and counts.
struct Probe {
    answer: Box<Answer>,
    is_post: bool,
    /// Of each row.
    weight: usize,
    tries: Arc<Mutex<BTreeMap<String, u32>>>,
    live: Arc<Live>,
    /// Holds every answer back until it is true.
    open: watch::Receiver<bool>,
}

#[derive(Default)]
struct Live {
    /// Tries under way.
    trying: AtomicUsize,
    made: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// An output, counted while it is in memory.
struct Row {
    name: String,
    error: Option<Error>,
    live: Arc<Live>,
    weight: usize,
}

impl Row {
    fn new(name: &str, error: Option<Error>, live: &Arc<Live>, weight: usize) -> Self {
        live.made.fetch_add(1, Ordering::SeqCst);
        let now = live.now.fetch_add(1, Ordering::SeqCst) + 1;
        live.most.fetch_max(now, Ordering::SeqCst);
        Self { name: name.to_owned(), error, live: Arc::clone(live), weight }
    }
}

impl Output for Row {
    fn failure(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn mailbox(&self) -> Option<&str> {
        None
    }

    fn weight(&self) -> usize {
        self.weight
    }

    fn record(&self) -> Vec<u8> {
        json!([self.name, self.error.as_ref().map(Error::to_json)]).to_string().into_bytes()
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        self.live.now.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Probe {
    fn new(answer: impl Fn(&str, u32) -> Reply + Send + Sync + 'static) -> Self {
        // Its sender is gone: the last value, which is true, stays.
        let open = watch::channel(true).1;
        Self {
            answer: Box::new(answer),
            is_post: false,
            weight: WEIGHT,
            tries: Arc::default(),
            live: Arc::default(),
            open,
        }
    }
}

impl Work for Probe {
    type Item = String;
    type Output = Row;

    fn read(&self, line: &str) -> String {
        serde_json::from_str(line).unwrap()
    }

    fn identity<'a>(&self, item: &'a String) -> Cow<'a, str> {
        item.into()
    }

    async fn prepare(&self) -> Result<()> {
        Ok(())
    }

    async fn attempt(&self, item: &mut String) -> std::result::Result<Row, AttemptError> {
        let nth = {
            let mut tries = self.tries.lock();
            let nth = tries.entry(item.clone()).or_insert(0);
            *nth += 1;
            *nth
        };
        let mut open = self.open.clone();
        while !*open.borrow_and_update() {
            open.changed().await.unwrap();
        }
        self.live.trying.fetch_add(1, Ordering::SeqCst);
        let outcome = match (self.answer)(item, nth) {
            Reply::Fine => Ok(Row::new(item, None, &self.live, self.weight)),
            Reply::Fails(error) => Err(AttemptError::Item(error)),
            Reply::Late => {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                Ok(Row::new(item, None, &self.live, self.weight))
            }
            Reply::Hangs => std::future::pending().await,
            Reply::NoToken(error) => Err(AttemptError::Token(error)),
            Reply::NotSent => Err(AttemptError::Run(Error::new(Status::CredentialMissing, "the secret has expired"))),
        };
        self.live.trying.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    fn needs_intent(&self) -> bool {
        self.is_post
    }

    fn failed(&self, item: &String, error: Error) -> Row {
        Row::new(item, Some(error), &self.live, self.weight)
    }

    fn recall(&self, record: &[u8]) -> Result<Row> {
        let record: Value = serde_json::from_slice(record).unwrap();
        Ok(Row::new(record[0].as_str().unwrap(), Error::from_json(&record[1]), &self.live, self.weight))
    }
}

/// A clock whose waits pass at once, but only while no request of its run is in flight: however busy the machine is,
/// each answer is judged at the time at which it was given.
#[derive(Debug)]
struct IdleClock {
    time: Arc<HeldClock>,
    run: OnceLock<Weak<Run<Probe>>>,
}

impl IdleClock {
    fn new() -> Arc<Self> {
        Arc::new(Self { time: HeldClock::new(), run: OnceLock::new() })
    }
}

impl Clock for IdleClock {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    fn monotonic(&self) -> Instant {
        self.time.monotonic()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let wait = self.time.sleep(duration);
        let run = self.run.get().and_then(Weak::upgrade);
        if run.is_some_and(|run| run.progress()["inFlight"] == 0) {
            self.time.advance(duration);
        }
        wait
    }
}

struct Driven {
    run: Arc<Run<Probe>>,
    signal: Arc<Signal>,
}

impl Driven {
    fn start(probe: Probe, options: RunOptions) -> Self {
        Self::start_with(probe, options, Context::default())
    }

    fn start_with(probe: Probe, options: RunOptions, context: Context) -> Self {
        let signal = Arc::<Signal>::default();
        let run = Run::start(probe, options, context, Arc::clone(&signal)).unwrap();
        Self { run: Arc::new(run), signal }
    }

    /// With all its input, on a clock of its own.
    fn on(clock: &Arc<IdleClock>, probe: Probe, names: impl IntoIterator<Item = String>) -> Self {
        Self::on_with(clock, probe, options(Arc::clone(clock) as Arc<dyn Clock>), names)
    }

    /// As [`Driven::on`]; the options are of the same clock.
    fn on_with(clock: &IdleClock, probe: Probe, options: RunOptions, names: impl IntoIterator<Item = String>) -> Self {
        let driven = Self::start(probe, options);
        clock.run.set(Arc::downgrade(&driven.run)).unwrap();
        driven.with_input(names)
    }

    /// With all its input.
    fn of(probe: Probe, options: RunOptions, names: impl IntoIterator<Item = String>) -> Self {
        Self::start(probe, options).with_input(names)
    }

    fn with_input(self, names: impl IntoIterator<Item = String>) -> Self {
        // All at once: a run that ends early would refuse what comes after.
        let input: String = names.into_iter().map(|name| format!("{}\n", json!(name))).collect();
        assert_eq!(self.run.push(input.as_bytes()).unwrap(), input.len());
        self.run.finish_input();
        self
    }

    fn wait_until(&self, what: impl Fn(&Value) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let seen = self.signal.epoch();
            let progress = self.run.progress();
            if what(&progress) {
                return;
            }
            assert!(Instant::now() < deadline, "{progress}");
            self.signal.wait(seen, Instant::now() + Duration::from_millis(20));
        }
    }

    /// The rows that are left: each with the name of its status.
    fn rest(&self) -> Result<Vec<(String, &'static str)>> {
        let mut rows = Vec::new();
        loop {
            let seen = self.signal.epoch();
            match self.run.take(256)? {
                Taken::End => return Ok(rows),
                Taken::Pending => drop(self.signal.wait(seen, Instant::now() + Duration::from_millis(100))),
                Taken::Rows(done) => rows.extend(done.into_iter().map(|Done { output, .. }| {
                    let status = output.error.as_ref().map_or("Ok", |error| error.status().name());
                    (output.name.clone(), status)
                })),
            }
        }
    }
}

fn options(clock: Arc<dyn Clock>) -> RunOptions {
    RunOptions::new(64, RetryPolicy::new(8, Duration::from_secs(600)), clock)
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("user{number}@contoso.com")).collect()
}

fn throttled(seconds: u64) -> Error {
    Error::new(Status::Throttled, "the service answered 429")
        .http_status(429)
        .retryable(true)
        .retry_after(Some(Duration::from_secs(seconds)))
}

#[test]
fn a_head_that_waits_five_minutes_stops_nobody_and_memory_stays_bounded() {
    let clock = HeldClock::new();
    let probe = Probe::new(|name, nth| match (name, nth) {
        ("user0@contoso.com", 1) => Reply::Fails(throttled(300)),
        _ => Reply::Fine,
    });
    let live = Arc::clone(&probe.live);
    let driven = Driven::of(probe, options(clock.clone()), names(4000));
    driven.wait_until(|progress| progress["completed"] == 3999);
    assert!(matches!(driven.run.take(256).unwrap(), Taken::Pending));
    clock.advance(Duration::from_secs(301));
    let rows = driven.rest().unwrap();
    assert_eq!(rows, names(4000).into_iter().map(|name| (name, "Ok")).collect::<Vec<_>>());
    // 4 MiB of rows that are being set aside, as much that came meanwhile, and what the caller has in hand.
    let most = live.most.load(Ordering::SeqCst);
    assert!(most <= 512 + 2 * 256, "{most} rows were in memory at once");
    assert_eq!(live.now.load(Ordering::SeqCst), 0);
}

#[test]
fn rows_that_were_set_aside_come_in_whole_portions() {
    let clock = HeldClock::new();
    let probe = Probe::new(|name, nth| match (name, nth) {
        ("user0@contoso.com", 1) => Reply::Fails(throttled(300)),
        _ => Reply::Fine,
    });
    let driven = Driven::of(probe, options(clock.clone()), names(4000));
    driven.wait_until(|progress| progress["completed"] == 3999);
    clock.advance(Duration::from_secs(301));
    let mut portions = Vec::new();
    loop {
        let seen = driven.signal.epoch();
        match driven.run.take(100).unwrap() {
            Taken::Rows(rows) => portions.push(rows.len()),
            Taken::Pending => drop(driven.signal.wait(seen, Instant::now() + Duration::from_millis(100))),
            Taken::End => break,
        }
    }
    // The first may come before the others are known to follow it.
    let smaller = portions.iter().filter(|rows| **rows < 100).count();
    assert_eq!(portions.iter().sum::<usize>(), 4000);
    assert!(smaller <= 2, "{portions:?}");
}

#[test]
fn a_caller_who_does_not_read_holds_the_run_back_in_order_of_completion() {
    let probe = Probe::new(|_, _| Reply::Fine);
    let live = Arc::clone(&probe.live);
    let options = RunOptions { order: exrun::runner::Order::Completion, ..options(Arc::new(SystemClock)) };
    let driven = Driven::of(probe, options, names(2000));
    driven.wait_until(|progress| progress["inFlight"] == 0 && progress["completed"].as_u64() > Some(200));
    assert!(live.now.load(Ordering::SeqCst) <= 256 + 64);
    assert_eq!(driven.rest().unwrap().len(), 2000);
}

#[test]
fn a_pause_is_no_time_that_the_tries_took() {
    let clock = HeldClock::new();
    let probe = Probe::new(|_, nth| if nth < 3 { Reply::Fails(throttled(30)) } else { Reply::Fine });
    let options = RunOptions { idle_pause: Some(Duration::from_secs(60)), ..options(clock.clone()) };
    let driven = Driven::of(probe, options, names(1));
    driven.wait_until(|progress| progress["waiting"] == 1 && progress["throttled"] == 1);
    // Nobody looks for longer than all tries may take.
    clock.advance(Duration::from_secs(3600));
    driven.wait_until(|progress| progress["waiting"] == 1 && progress["throttled"] == 2);
    clock.advance(Duration::from_secs(30));
    assert_eq!(driven.rest().unwrap(), all_fine(&names(1)));
}

#[test]
fn whoever_waits_for_a_row_before_the_next_mailbox_gets_one_that_was_refused() {
    let denied = Error::new(Status::AccessDenied, "403").http_status(403);
    let clock = HeldClock::new();
    let driven = Driven::start(Probe::new(move |_, _| Reply::Fails(denied.clone())), options(clock.clone()));
    for count in 1..3 {
        driven.run.push(format!("\"user{count}\"\n").as_bytes()).unwrap();
        driven.wait_until(|progress| {
            // The clock goes on whatever the run has done so far.
            clock.advance(Duration::from_secs(30));
            progress["completed"] == count
        });
    }
}

/// Input objects may bring bodies of their own: those that wait are bounded by what they hold.
#[test]
fn long_lines_that_wait_hold_the_input_back() {
    const LINE: usize = 64 * 1024;
    let probe = Probe::new(|_, nth| if nth == 1 { Reply::Fails(throttled(60)) } else { Reply::Fine });
    let clock = HeldClock::new();
    let driven = Driven::start(probe, options(clock.clone()));
    let lines: Vec<String> = (0..400).map(|number| format!("\"{number}{}\"\n", "x".repeat(LINE))).collect();
    let mut pushed = 0;
    let mut unmoved = 0;
    let deadline = Instant::now() + Duration::from_secs(60);
    // However late it begins, a run takes the first hundred.
    while pushed < lines.len() && (unmoved < 20 || (pushed < 100 && Instant::now() < deadline)) {
        let seen = driven.signal.epoch();
        if driven.run.push(lines[pushed].as_bytes()).unwrap() > 0 {
            (pushed, unmoved) = (pushed + 1, 0);
        } else if !driven.signal.wait(seen, Instant::now() + Duration::from_millis(50)) {
            unmoved += 1;
        }
    }
    // 8 MiB of items that wait, 2 MiB of lines, and a chunk on its way between them.
    assert!((100..300).contains(&pushed), "{pushed}");
    driven.run.finish_input();
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(driven.rest().unwrap().len()));
    let rows = loop {
        clock.advance(Duration::from_secs(60));
        if let Ok(rows) = is_done.recv_timeout(Duration::from_millis(50)) {
            break rows;
        }
    };
    assert_eq!(rows, pushed);
}

#[test]
fn nothing_starts_that_the_announced_limit_would_refuse() {
    const LIMIT: u64 = 20;
    let clock = HeldClock::new();
    let context = Context::default();
    let used = Arc::new(Mutex::new((clock.monotonic(), 0)));
    let (limits, time, window) = (Arc::clone(&context.limits), Arc::clone(&clock), Arc::clone(&used));
    // A service with 20 requests a minute, which says so.
    let probe = Probe::new(move |_, _| {
        let now = time.monotonic();
        let mut window = window.lock();
        if now >= window.0 + Duration::from_secs(60) {
            *window = (now, 0);
        }
        window.1 += 1;
        assert!(window.1 <= LIMIT, "more requests than the service announced");
        let mut headers = http::HeaderMap::new();
        headers.insert("ratelimit-limit", LIMIT.into());
        headers.insert("ratelimit-remaining", (LIMIT - window.1).into());
        headers.insert("ratelimit-reset", 60.into());
        limits.note(&headers, now);
        Reply::Fine
    });
    let driven = Driven::start_with(probe, options(clock.clone()), context).with_input(names(50));
    for done in [20, 40] {
        driven.wait_until(|progress| progress["completed"] == done && progress["inFlight"] == 0);
        clock.advance(Duration::from_secs(60));
    }
    assert_eq!(driven.rest().unwrap().len(), 50);
}

/// Pages of a directory; each call gives the next.
struct Pages(Vec<Result<Page>>);

impl Lister for Pages {
    fn next_page<'a>(&'a mut self, _: &'a Context) -> futures_util::future::BoxFuture<'a, Result<Page>> {
        let page = self.0.remove(0);
        Box::pin(std::future::ready(page))
    }
}

fn page(numbers: std::ops::Range<usize>, last: bool) -> Result<Page> {
    let listed = numbers
        .map(|number| Listed { id: number.to_string(), line: json!(format!("user{number}@contoso.com")).to_string() });
    Ok(Page { listed: listed.collect(), skipped: 2, last })
}

#[test]
fn the_lister_runs_ahead_and_what_it_lists_again_is_known() {
    let (open, gate) = watch::channel(false);
    let probe = Probe { open: gate, ..Probe::new(|_, _| Reply::Fine) };
    let live = Arc::clone(&probe.live);
    // The page token expires after the second page: the lister starts over.
    let pages = vec![page(0..4000, false), page(4000..8000, false), page(0..4000, false), page(4000..12_000, true)];
    let options = RunOptions { source: Some(Box::new(Pages(pages))), ..options(Arc::new(SystemClock)) };
    let driven = Driven::start(probe, options);
    let refused = driven.run.push(b"\"kim\"\n").unwrap_err();
    assert_eq!(refused.status(), Status::InputFinished);
    driven.run.finish_input();
    // All is listed while no mailbox has answered.
    driven.wait_until(|progress| progress["listing"] == false && progress["inputFinished"] == true);
    assert_eq!(driven.run.progress()["completed"], 0);
    open.send(true).unwrap();
    let rows = driven.rest().unwrap();
    assert_eq!(rows, names(12_000).into_iter().map(|name| (name, "Ok")).collect::<Vec<_>>());
    let progress = driven.run.progress();
    assert_eq!(
        (&progress["listed"], &progress["skipped"], &progress["pushed"]),
        (&12_000.into(), &8.into(), &12_000.into())
    );
    assert!(live.most.load(Ordering::SeqCst) < 1200);
}

#[test]
fn a_lister_that_fails_stops_the_run_and_says_why() {
    let failed = Error::new(Status::AccessDenied, "the service answered 403").action("listing users");
    let pages = vec![page(0..10, false), Err(failed)];
    let options = RunOptions { source: Some(Box::new(Pages(pages))), ..options(Arc::new(SystemClock)) };
    let driven = Driven::start(Probe::new(|_, _| Reply::Fine), options);
    let error = driven.rest().unwrap_err();
    assert_eq!(error.to_string(), "listing users: the service answered 403");
    // What it had found is done.
    assert_eq!(driven.run.progress()["delivered"], 10);
}

#[test]
fn a_panic_ends_the_run_with_an_error() {
    let probe = Probe::new(|_, _| panic!("on purpose"));
    let error = Driven::of(probe, options(Arc::new(SystemClock)), names(3)).rest().unwrap_err();
    assert_eq!(error.status(), Status::Internal);
}

fn post(answer: impl Fn(&str, u32) -> Reply + Send + Sync + 'static) -> Probe {
    Probe { is_post: true, ..Probe::new(answer) }
}

fn of_names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Options of a run with a journal.
fn recorded(path: PathBuf, retry_unknown: bool) -> RunOptions {
    let fingerprint = serde_json::Map::from_iter([("kind".to_owned(), json!("test"))]);
    let journal = JournalOptions { path, fingerprint, retry_failed: true, retry_unknown };
    RunOptions { journal: Some(journal), ..options(support::quick()) }
}

#[test]
fn a_request_that_may_have_been_carried_out_is_never_sent_again_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let journal = |retry_unknown| recorded(folder.path().join("run.db"), retry_unknown);
    let lost = || Error::new(Status::Timeout, "no reply").retryable(true).maybe_done(true);
    let answer = move |name: &str, nth| match (name, nth) {
        ("b", _) => Reply::Fails(lost()),
        // Throttled is not carried out: it is sent again.
        ("c", 1) => Reply::Fails(throttled(0)),
        ("d", _) => Reply::Hangs,
        _ => Reply::Fine,
    };
    let input = || of_names(&["a", "b", "c", "d"]);

    let probe = post(answer);
    let tries = Arc::clone(&probe.tries);
    let driven = Driven::of(probe, journal(false), input());
    driven.wait_until(|progress| progress["completed"] == 3);
    assert_eq!(driven.run.progress()["unknown"], 1);
    drop(driven);
    assert_eq!(tries.lock().values().copied().collect::<Vec<_>>(), [1, 1, 2, 1]);

    // The process that sent b and d ended without their outcome; a and c are recorded.
    let probe = post(|_, _| Reply::Fine);
    let tries = Arc::clone(&probe.tries);
    let driven = Driven::of(probe, journal(false), input());
    let expected = |expected: [(&str, &'static str); 4]| expected.map(|(name, status)| (name.to_owned(), status));
    assert_eq!(
        driven.rest().unwrap(),
        expected([("a", "Ok"), ("b", "OutcomeUnknown"), ("c", "Ok"), ("d", "OutcomeUnknown")])
    );
    assert_eq!((&driven.run.progress()["unknown"], &driven.run.progress()["recalled"]), (&2.into(), &2.into()));
    assert!(tries.lock().is_empty());

    let probe = post(|_, _| Reply::Fine);
    let tries = Arc::clone(&probe.tries);
    let rows = Driven::of(probe, journal(true), input()).rest().unwrap();
    assert_eq!(rows, expected([("a", "Ok"), ("b", "Ok"), ("c", "Ok"), ("d", "Ok")]));
    assert_eq!(tries.lock().keys().collect::<Vec<_>>(), ["b", "d"]);
}

/// Breaks a run off with `first`, and gives the rows of the next run with its journal, in which all goes well; and
/// how often each was sent in both.
fn resumed(
    first: Probe,
    first_options: impl FnOnce(RunOptions) -> RunOptions,
    breaks: impl FnOnce(Driven),
    input: &[String],
) -> (Vec<(String, &'static str)>, Vec<u32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let tries = Arc::clone(&first.tries);
    breaks(Driven::of(first, first_options(recorded(path.clone(), false)), input.to_vec()));
    let next = Probe { tries: Arc::clone(&tries), ..post(|_, _| Reply::Fine) };
    let rows = Driven::of(next, recorded(path, false), input.to_vec()).rest().unwrap();
    let tries = tries.lock().values().copied().collect();
    (rows, tries)
}

fn all_fine(input: &[String]) -> Vec<(String, &'static str)> {
    input.iter().map(|name| (name.clone(), "Ok")).collect()
}

#[test]
fn what_the_service_refused_is_sent_by_the_next_run() {
    let denied = |_: &str, _| Reply::Fails(Error::new(Status::AccessDenied, "403").http_status(403));
    let fails = |run: Driven| assert_eq!(run.rest().unwrap_err().status(), Status::AccessDenied);
    let input = names(90);
    let (rows, tries) = resumed(post(denied), |options| options, fails, &input);
    assert_eq!(rows, all_fine(&input));
    assert!(tries.iter().all(|tries| *tries <= 2), "{tries:?}");
}

#[test]
fn what_was_throttled_when_the_run_was_broken_off_is_sent_by_the_next() {
    let busy = |name: &str, _| if name == "a" { Reply::Fine } else { Reply::Fails(throttled(60)) };
    let clock = HeldClock::new();
    let input = of_names(&["a", "b", "c"]);
    let dropped = |run: Driven| run.wait_until(|progress| progress["waiting"] == 2 && progress["completed"] == 1);
    let (rows, tries) = resumed(post(busy), |options| RunOptions { clock, ..options }, dropped, &input);
    assert_eq!((rows, tries), (all_fine(&input), vec![1, 2, 2]));
}

#[test]
fn what_was_never_sent_for_want_of_a_token_is_sent_by_the_next_run() {
    let fails = |run: Driven| assert_eq!(run.rest().unwrap_err().status(), Status::CredentialMissing);
    let input = names(5);
    let (rows, _) = resumed(post(|_, _| Reply::NotSent), |options| options, fails, &input);
    assert_eq!(rows, all_fine(&input));
}

#[test]
fn a_run_that_stops_by_itself_waits_for_the_outcome_of_what_it_sent() {
    let answer = |name: &str, _| match name {
        "bad" => Reply::Fails(Error::new(Status::NotFound, "404").http_status(404)),
        _ => Reply::Late,
    };
    let stops = |options| RunOptions { stop_after_errors: Some(1), ..options };
    let fails = |run: Driven| assert_eq!(run.rest().unwrap_err().status(), Status::TooManyErrors);
    let input = of_names(&["a", "b", "bad", "c", "d"]);
    let (rows, tries) = resumed(post(answer), stops, fails, &input);
    assert_eq!(rows, all_fine(&input));
    // What failed is asked again, as the journal was told to.
    assert_eq!(tries, [1, 1, 2, 1, 1]);
}

#[test]
fn a_run_that_is_cancelled_while_its_journal_is_opened_makes_way_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let journal = || recorded(folder.path().join("run.db"), false);
    for _ in 0..50 {
        drop(Driven::of(post(|_, _| Reply::Fine), journal(), names(1)));
        assert_eq!(Driven::of(post(|_, _| Reply::Fine), journal(), names(1)).rest().unwrap().len(), 1);
    }
}

#[test]
fn lines_beyond_the_memory_are_counted_once_however_fast_they_are_taken() {
    let pages = (0..12).map(|number| page(number * 5000..(number + 1) * 5000, number == 11)).collect();
    let options = RunOptions { source: Some(Box::new(Pages(pages))), ..options(Arc::new(SystemClock)) };
    let driven = Driven::start(Probe::new(|_, _| Reply::Fine), options);
    assert_eq!(driven.rest().unwrap().len(), 60_000);
    assert_eq!(driven.run.progress()["pushed"], 60_000);
}

fn refused(http: u16) -> Error {
    let status = if http == 401 { Status::Unauthorized } else { Status::AccessDenied };
    Error::new(status, format!("the service answered {http}")).http_status(http).retryable(http == 401)
}

#[test]
fn a_token_that_is_revoked_again_later_costs_a_mailbox_nothing() {
    // Each refusal of a token is followed by an answer that took the new one.
    let answer = |_: &str, nth| match nth {
        1 | 3 | 5 => Reply::Fails(refused(401)),
        2 | 4 => Reply::Fails(throttled(0)),
        _ => Reply::Fine,
    };
    let input = names(3);
    let rows = Driven::of(Probe::new(answer), options(Arc::new(SystemClock)), input.clone()).rest().unwrap();
    assert_eq!(rows, all_fine(&input));
    let always = Probe::new(|_, _| Reply::Fails(refused(401)));
    let tries = Arc::clone(&always.tries);
    let rows = Driven::of(always, options(Arc::new(SystemClock)), names(1)).rest().unwrap();
    assert_eq!((rows[0].1, tries.lock().values().sum::<u32>()), ("Unauthorized", 2));
}

#[test]
fn what_was_refused_has_its_rows_however_the_run_ends() {
    let failed = Error::new(Status::Timeout, "no reply").action("listing users");
    let pages = vec![page(0..10, false), Err(failed)];
    let options = RunOptions { source: Some(Box::new(Pages(pages))), ..options(Arc::new(SystemClock)) };
    let driven = Driven::start(Probe::new(|_, _| Reply::Fails(refused(403))), options);
    assert_eq!(driven.rest().unwrap_err().status(), Status::Timeout);
    assert_eq!(driven.run.progress()["delivered"], 10);

    let folder = tempfile::tempdir().unwrap();
    let journal = || recorded(folder.path().join("run.db"), false);
    let (open, gate) = watch::channel(false);
    let answer = |name: &str, _| if name == "last" { Reply::NotSent } else { Reply::Fails(refused(403)) };
    let driven = Driven::start(Probe { open: gate, ..Probe::new(answer) }, journal());
    open.send(true).unwrap();
    driven.run.push(b"\"a\"\n\"b\"\n").unwrap();
    driven.wait_until(|progress| progress["requests"] == 0 && progress["inFlight"] == 0 && progress["pushed"] == 2);
    let driven = driven.with_input(of_names(&["last"]));
    assert_eq!(driven.rest().unwrap_err().status(), Status::CredentialMissing);
    assert_eq!(driven.run.progress()["delivered"], 2);
}

#[test]
fn refusals_that_are_known_do_not_stop_the_run_that_asks_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = || recorded(folder.path().join("run.db"), false);
    let input = names(200);
    let scoped = |name: &str, _| match name.trim_start_matches("user").split('@').next().unwrap().parse::<u32>() {
        Ok(0..40) | Err(_) => Reply::Fine,
        Ok(_) => Reply::Fails(refused(403)),
    };
    let first = Driven::of(Probe::new(scoped), journal(), input.clone()).rest().unwrap();
    assert_eq!(first.iter().filter(|(_, status)| *status == "AccessDenied").count(), 160);
    // 160 mailboxes are out of the app's scope, and answer so again; the 40 others are not asked.
    let again = Probe::new(scoped);
    let tries = Arc::clone(&again.tries);
    assert_eq!(Driven::of(again, journal(), input).rest().unwrap(), first);
    assert_eq!(tries.lock().len(), 160);
}

/// A run over 4,000 mailboxes whose network goes away after the first hundred answers, and what then fails.
fn away(time: Duration, failing: fn(Error) -> Reply) -> (Driven, Vec<String>) {
    let clock = IdleClock::new();
    let (times, began) = (Arc::clone(&clock), Mutex::new(None));
    let answered = AtomicUsize::new(0);
    let probe = Probe::new(move |_, _| {
        if answered.fetch_add(1, Ordering::SeqCst) < 100 {
            return Reply::Fine;
        }
        let now = times.monotonic();
        let began = *began.lock().get_or_insert(now);
        if now.saturating_duration_since(began) < time {
            failing(Error::new(Status::Connection, "could not connect").retryable(true))
        } else {
            Reply::Fine
        }
    });
    let input = names(4000);
    (Driven::on(&clock, probe, input.clone()), input)
}

#[test]
fn a_network_that_is_away_for_minutes_costs_no_mailbox_its_row() {
    for failing in [Reply::Fails, Reply::NoToken] {
        let (driven, input) = away(Duration::from_secs(300), failing);
        let rows = driven.rest().unwrap();
        assert_eq!(rows.iter().map(|(name, _)| name).collect::<Vec<_>>(), input.iter().collect::<Vec<_>>());
        let failed = rows.iter().filter(|(_, status)| *status == "Connection").count();
        assert_eq!(failed, 0, "of {}", rows.len());
        let events = driven.run.events();
        assert!(events.contains("nothing answers"), "{events}");
    }
}

#[test]
fn without_a_token_for_too_long_a_run_ends() {
    let (driven, _) = away(Duration::from_secs(3600), Reply::NoToken);
    let error = driven.rest().unwrap_err();
    assert_eq!(error.status(), Status::Connection, "{error}");
}

#[test]
fn mailboxes_that_give_much_are_fewer_at_a_time() {
    const WARM: usize = 100;
    for (weight, most) in [(WEIGHT, 64), (8 * 1024 * 1024, 4), (512 * 1024 * 1024, 1)] {
        let (live, at_a_time) = (Arc::<Live>::default(), Arc::new(AtomicUsize::new(0)));
        let (counted, seen) = (Arc::clone(&live), Arc::clone(&at_a_time));
        let probe = Probe::new(move |_, _| {
            if counted.made.load(Ordering::SeqCst) >= WARM {
                seen.fetch_max(counted.trying.load(Ordering::SeqCst), Ordering::SeqCst);
            }
            Reply::Late
        });
        let input = names(1000);
        // Time stands still: what a busy machine delays is no slow answer, at which the run would hold back.
        let driven = Driven::of(Probe { weight, live, ..probe }, options(HeldClock::new()), input.clone());
        assert_eq!(driven.rest().unwrap(), all_fine(&input));
        let seen = at_a_time.load(Ordering::SeqCst);
        assert!((1..=most).contains(&seen) && (most < 64 || seen > 8), "{weight}: {seen}");
    }
}

#[test]
fn the_run_finds_how_much_the_service_takes() {
    const TAKEN: usize = 12;
    let live = Arc::<Live>::default();
    let (counted, refusals) = (Arc::clone(&live), Arc::new(AtomicUsize::new(0)));
    let refused = Arc::clone(&refusals);
    let probe = Probe::new(move |_, _| {
        if counted.trying.load(Ordering::SeqCst) <= TAKEN {
            return Reply::Late;
        }
        refused.fetch_add(1, Ordering::SeqCst);
        Reply::Fails(throttled(0))
    });
    let input = names(3000);
    let retry = RetryPolicy::new(100, Duration::from_secs(600));
    let clock = IdleClock::new();
    let options = RunOptions { retry, ..options(Arc::clone(&clock) as Arc<dyn Clock>) };
    let driven = Driven::on_with(&clock, Probe { live, ..probe }, options, input.clone());
    let failed: Vec<_> = driven.rest().unwrap().into_iter().filter(|(_, status)| *status != "Ok").collect();
    assert!(failed.is_empty(), "{failed:?}");
    let progress = driven.run.progress();
    let refused = refusals.load(Ordering::SeqCst);
    assert_eq!(progress["throttled"], refused);
    // A fixed 64 would have four of five requests refused.
    assert!(refused < 1500, "{progress}");
    assert!(progress["limit"].as_u64().unwrap() < 40, "{progress}");
}

#[test]
fn a_network_that_was_never_there_fails_the_first_mailboxes_soon() {
    let broken = |_: &str, _| Reply::Fails(Error::new(Status::Connection, "could not connect").retryable(true));
    let driven = Driven::on(&IdleClock::new(), Probe::new(broken), names(8));
    assert!(driven.rest().unwrap().iter().all(|(_, status)| *status == "Connection"));
    assert_eq!(driven.run.progress()["retries"], 8 * 7);
}

/// Options of a run that writes, with at most eight requests at a time.
fn writing(clock: Arc<dyn Clock>) -> RunOptions {
    RunOptions { writes: true, max_concurrency: 8, ..options(clock) }
}

/// Rows that are there now.
fn rows_at_hand(driven: &Driven) -> usize {
    match driven.run.take(256).unwrap() {
        Taken::Rows(rows) => rows.len(),
        Taken::Pending | Taken::End => 0,
    }
}

#[test]
fn a_run_that_writes_gets_no_further_ahead_of_the_rows_taken_than_what_is_in_flight() {
    for order in [exrun::runner::Order::Input, exrun::runner::Order::Completion] {
        let probe = Probe::new(|_, _| Reply::Fine);
        let tries = Arc::clone(&probe.tries);
        let tried = || tries.lock().len();
        let driven = Driven::of(probe, RunOptions { order, ..writing(Arc::new(SystemClock)) }, names(100));
        driven.wait_until(|progress| progress["completed"] == 8 && progress["inFlight"] == 0);
        assert_eq!(tried(), 8);
        // He has them in hand, and may stop at any of them.
        assert_eq!(rows_at_hand(&driven), 8);
        driven.wait_until(|progress| progress["inFlight"] == 0 && progress["delivered"] == 8);
        assert_eq!(tried(), 8);
        // He comes back.
        let mut taken = 8;
        while taken < 100 {
            // Those that he has in hand, and eight.
            let more = rows_at_hand(&driven);
            assert!(tried() <= taken + 8, "{} were sent when {taken} had been taken", tried());
            taken += more;
            std::thread::yield_now();
        }
        assert_eq!(driven.rest().unwrap(), []);
    }
}

#[test]
fn a_head_that_waits_stops_no_writes_either() {
    let clock = HeldClock::new();
    let probe = Probe::new(|name, nth| match (name, nth) {
        ("user0@contoso.com", 1) => Reply::Fails(throttled(300)),
        _ => Reply::Fine,
    });
    let driven = Driven::of(probe, writing(clock.clone()), names(500));
    driven.wait_until(|progress| progress["completed"] == 499 && progress["waiting"] == 1);
    assert_eq!(rows_at_hand(&driven), 0);
    clock.advance(Duration::from_secs(300));
    assert_eq!(driven.rest().unwrap(), all_fine(&names(500)));
}

#[test]
fn an_answer_that_is_long_in_coming_stops_the_writes_behind_it_for_a_moment_only() {
    let clock = HeldClock::new();
    let probe = Probe::new(|name, _| if name == "user0@contoso.com" { Reply::Hangs } else { Reply::Fine });
    let driven = Driven::of(probe, writing(clock.clone()), names(500));
    driven.wait_until(|progress| progress["completed"] == 7 && progress["inFlight"] == 1);
    clock.advance(Duration::from_secs(2));
    driven.wait_until(|progress| progress["completed"] == 499);
}

#[test]
fn a_run_that_nobody_follows_starts_nothing_until_somebody_does() {
    const PATIENCE: Duration = Duration::from_millis(250);
    let clock = HeldClock::new();
    let (open, is_open) = watch::channel(false);
    let probe = Probe { open: is_open, ..Probe::new(|_, _| Reply::Fine) };
    let tries = Arc::clone(&probe.tries);
    // Its rows go to a file: only signs of life let it go on.
    let options = RunOptions { idle_pause: Some(PATIENCE), to_file: true, ..writing(clock.clone()) };
    let context = Context::default();
    let events = context.events.clone();
    let driven = Driven::start_with(probe, options, context).with_input(names(100));
    driven.wait_until(|_| tries.lock().len() == 8);
    clock.advance(PATIENCE);
    open.send(true).unwrap();
    let mut landed = 0;
    while landed < 8 {
        if let Taken::Rows(rows) = driven.run.take_for_file(256).unwrap() {
            landed += rows.len();
        }
        std::thread::yield_now();
    }
    // Heard where the run says it: to ask the run would be a sign of life, and let it go on before it has said so.
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut told = String::new();
    while !told.contains("\"event\":\"paused\"") {
        assert!(Instant::now() < deadline, "{told}");
        told += &events.drain();
        std::thread::yield_now();
    }
    assert_eq!(tries.lock().len(), 8);
    assert_eq!(driven.run.progress()["paused"], true);
    assert_eq!(driven.rest().unwrap().len(), 92);
}

#[test]
fn what_a_cancelled_run_had_in_flight_lands_is_recorded_and_nothing_more_is_sent() {
    let (open, is_open) = watch::channel(false);
    let probe = Probe { open: is_open, ..Probe::new(|_, _| Reply::Fine) };
    let live = Arc::clone(&probe.live);
    let cancelled = move |driven: Driven| {
        driven.wait_until(|progress| progress["inFlight"] == 8);
        driven.run.cancel();
        assert_eq!(driven.run.take(256).err().unwrap().status(), Status::Cancelled);
        open.send(true).unwrap();
        driven.wait_until(|progress| progress["ended"] == true);
        assert_eq!(live.made.load(Ordering::SeqCst), 8);
    };
    let slow = |options| RunOptions { writes: true, max_concurrency: 8, clock: HeldClock::new(), ..options };
    let input = names(100);
    let (rows, tries) = resumed(probe, slow, cancelled, &input);
    assert_eq!(rows, all_fine(&input));
    assert_eq!(tries, vec![1; 100]);
}
