//! The policies together, without a run, a service or a clock that goes by itself.

use std::time::Duration;

use super::*;
use crate::runner::order::Untaken;
use crate::store::Key;
use crate::store::WorkHash;

/// Admission with its queue, at a time that only the test moves.
struct Fixture {
    admission: Admission<()>,
    queue: Queue<()>,
    now: Instant,
    conditions: Conditions,
    positions: u64,
}

impl Fixture {
    fn new(bounds: Bounds) -> Self {
        Self {
            admission: Admission::new(bounds),
            queue: Queue::new(),
            now: Instant::now(),
            conditions: Conditions::default(),
            positions: 0,
        }
    }

    fn singles(max_concurrency: usize) -> Self {
        Self::new(Bounds { max_concurrency, batching: Batching::Never, most_per_batch: 20, is_ordered: false })
    }

    fn batches() -> Self {
        Self::new(Bounds { max_concurrency: 8, batching: Batching::Auto, most_per_batch: 20, is_ordered: false })
    }

    /// New items, each of a mailbox of its own.
    fn add(&mut self, number: usize) {
        for _ in 0..number {
            self.add_of(self.positions + 1000);
        }
    }

    fn add_of(&mut self, mailbox: u64) {
        let mut hash = [0; 16];
        hash[..8].copy_from_slice(&mailbox.to_le_bytes());
        let key = Key { mailbox: hash, work: WorkHash::OF_RUN, occurrence: 0 };
        self.queue.add(Started { track: Track::new(self.positions, key, true, 10), item: () });
        self.positions += 1;
    }

    fn admit(&mut self) -> Admit<()> {
        self.admission.admit(self.now, &mut self.queue, &self.conditions)
    }

    /// Every request that may start now, by the positions of its items, and when more may.
    fn start_all(&mut self) -> (Vec<Vec<Started<()>>>, Option<Instant>) {
        let mut requests = Vec::new();
        loop {
            match self.admit() {
                Admit::Start(items) => requests.push(items),
                Admit::Wait(more_at) => return (requests, more_at),
            }
        }
    }

    fn complete(&mut self, items: Vec<Started<()>>, result: &Result<(), AttemptError>) -> Vec<Started<()>> {
        let outcome = Outcome::Each(items.into_iter().map(|started| (started, result.clone())).collect());
        let (outcome, notices) = self.observe(outcome);
        assert!(notices.is_empty(), "{notices:?}");
        let Outcome::Each(items) = outcome else { unreachable!() };
        items.into_iter().map(|(started, _)| started).collect()
    }

    fn observe(&mut self, outcome: Outcome<(), ()>) -> (Outcome<(), ()>, Vec<Notice>) {
        let mut completed = Completed { outcome, took: Duration::from_millis(150) };
        let notices = self.admission.observe(self.now, &mut completed, &mut self.queue);
        (completed.outcome, notices)
    }

    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }
}

fn positions(requests: &[Vec<Started<()>>]) -> Vec<Vec<u64>> {
    requests.iter().map(|items| items.iter().map(|started| started.track.position).collect()).collect()
}

fn unanswered() -> Error {
    Error::new(Status::Connection, "could not connect").retryable(true)
}

#[test]
fn what_is_due_again_goes_before_what_is_new() {
    let mut fixture = Fixture::singles(1);
    fixture.add(3);
    let (first, more_at) = fixture.start_all();
    assert_eq!((positions(&first), more_at), (vec![vec![0]], None));
    let retried = fixture.complete(first.into_iter().flatten().collect(), &Err(AttemptError::Item(unanswered())));
    let due = fixture.now + Duration::from_secs(2);
    retried.into_iter().for_each(|started| fixture.queue.put_off(started, due));
    let (second, _) = fixture.start_all();
    assert_eq!(positions(&second), [[1]]);
    fixture.complete(second.into_iter().flatten().collect(), &Ok(()));
    fixture.pass(2);
    assert_eq!(positions(&fixture.start_all().0), [[0]]);
}

#[test]
fn nothing_starts_while_the_caller_is_away_or_rows_have_no_room() {
    let mut fixture = Fixture::singles(64);
    fixture.add(3);
    fixture.conditions.is_paused = true;
    assert!(matches!(fixture.admit(), Admit::Wait(None)));
    fixture.conditions = Conditions { is_full: true, ..Conditions::default() };
    assert!(matches!(fixture.admit(), Admit::Wait(None)));
    fixture.conditions.is_full = false;
    assert_eq!(fixture.start_all().0.len(), 3);
}

#[test]
fn rows_that_the_caller_is_not_done_with_take_slots() {
    let mut fixture = Fixture::singles(64);
    fixture.add(20);
    let untaken = Untaken { at_hand: 3, gap: 3, behind_gap: 0 };
    fixture.conditions.backlog = Some(Backlog { untaken, in_hand: 2, unrecorded: 0 });
    // The limiter begins with eight.
    assert_eq!(fixture.start_all().0.len(), 3);
    fixture.conditions.backlog = None;
    assert_eq!(fixture.start_all().0.len(), 5);
}

#[test]
fn the_limit_grows_with_answers_and_never_beyond_the_most() {
    let mut fixture = Fixture::singles(20);
    let mut started = Vec::new();
    for _ in 0..4 {
        fixture.add(40);
        let (requests, _) = fixture.start_all();
        started.push(requests.len());
        for items in requests {
            fixture.complete(items, &Ok(()));
        }
    }
    assert_eq!(started, [8, 16, 20, 20]);
}

#[test]
fn what_was_announced_as_left_bounds_what_starts_until_the_window_ends() {
    let mut fixture = Fixture::singles(64);
    fixture.add(20);
    let reset = fixture.now + Duration::from_secs(10);
    fixture.conditions.announced = Announced { remaining: Some(5), reset: Some(reset), ..Announced::default() };
    let (requests, more_at) = fixture.start_all();
    assert_eq!((requests.len(), more_at), (5, Some(reset)));
    fixture.pass(10);
    assert_eq!(fixture.start_all().0.len(), 3);
}

#[test]
fn while_nothing_answers_one_at_a_time_finds_out_and_an_answer_lets_all_go() {
    let mut fixture = Fixture::singles(64);
    fixture.add(100);
    let (first, _) = fixture.start_all();
    for items in first {
        fixture.complete(items, &Ok(()));
    }
    let (requests, _) = fixture.start_all();
    assert_eq!(requests.len(), 16);
    let outcome = |items: Vec<_>| {
        Outcome::Each(items.into_iter().map(|started| (started, Err(AttemptError::Item(unanswered())))).collect())
    };
    let notices: Vec<Notice> = requests.into_iter().flat_map(|items| fixture.observe(outcome(items)).1).collect();
    assert!(matches!(notices.as_slice(), [Notice::OutageBegan]), "{notices:?}");
    let (none, probe_at) = fixture.start_all();
    assert_eq!(none.len(), 0);
    fixture.now = probe_at.unwrap();
    let (probe, _) = fixture.start_all();
    assert_eq!(probe.len(), 1);
    fixture.complete(probe.into_iter().flatten().collect(), &Ok(()));
    assert!(fixture.start_all().0.len() > 8);
}

#[test]
fn a_token_that_is_missing_ends_the_run_unless_the_network_is_away_that_was_there() {
    let mut fixture = Fixture::singles(64);
    fixture.add(2);
    let (requests, _) = fixture.start_all();
    let mut requests = requests.into_iter();
    let missing = || AttemptError::Token(unanswered());
    let (outcome, _) = fixture.observe(Outcome::Whole(requests.next().unwrap(), missing()));
    assert!(matches!(outcome, Outcome::Whole(_, AttemptError::Token(_))));
    fixture.complete(requests.next().unwrap(), &Ok(()));
    fixture.add(1);
    let (requests, _) = fixture.start_all();
    let (outcome, _) = fixture.observe(Outcome::Whole(requests.into_iter().flatten().collect(), missing()));
    assert!(matches!(outcome, Outcome::Whole(_, AttemptError::Item(_))));
}

#[test]
fn items_share_requests_where_enough_are_ready_and_a_batch_that_fails_halves_the_next() {
    let mut fixture = Fixture::batches();
    fixture.add(45);
    let (requests, _) = fixture.start_all();
    // Each of the two takes four of the eight slots.
    assert_eq!(requests.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20]);
    let error = Error::new(Status::Service, "503").http_status(503).retryable(true);
    let mut requests = requests.into_iter();
    let (_, notices) = fixture.observe(Outcome::Whole(requests.next().unwrap(), AttemptError::Item(error)));
    assert!(notices.is_empty());
    fixture.add(30);
    assert_eq!(fixture.start_all().0.first().map(Vec::len), Some(10));
    let refused = Error::new(Status::InvalidArgument, "400").http_status(400);
    let (_, notices) = fixture.observe(Outcome::Whole(requests.next().unwrap(), AttemptError::Item(refused)));
    assert!(matches!(notices.as_slice(), [Notice::BatchesRefused(_)]));
    assert!(fixture.start_all().0.iter().all(|items| items.len() == 1));
}

#[test]
fn one_mailbox_has_four_at_a_time_and_others_go_past_those_that_wait() {
    let mut fixture = Fixture::singles(64);
    (0..6).for_each(|_| fixture.add_of(1));
    fixture.add_of(2);
    let (requests, _) = fixture.start_all();
    assert_eq!(positions(&requests), [[0], [1], [2], [3], [6]]);
    assert_eq!(fixture.admission.waiting(&fixture.queue), 2);
    fixture.complete(requests.into_iter().next().unwrap(), &Ok(()));
    assert_eq!(positions(&fixture.start_all().0), [[4]]);
}

#[test]
fn large_outputs_leave_few_items_under_way() {
    let mut fixture = Fixture::singles(64);
    fixture.add(20);
    (0..100).for_each(|_| fixture.admission.note_weight(16 * 1024 * 1024));
    assert_eq!(fixture.start_all().0.len(), 2);
}
