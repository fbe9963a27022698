//! Clients that share an app, at a service with limits: admission as a run drives it, with a clock and a chance that
//! are only numbers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use super::*;
use crate::http::RetryPolicy;
use crate::runner::work::Batching;
use crate::store::{Key, WorkHash};

/// Numbers that follow from a seed (splitmix64).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }

    /// Half of it to one and a half.
    fn about(&mut self, duration: Duration) -> Duration {
        duration / 2 + duration * u32::try_from(self.below(1000)).unwrap_or(0) / 1000
    }
}

/// How a service answers a request: what it says of waiting, where it refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) retry_after: Option<Duration>,
}

/// What a service says of waiting, once the app is at its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// The rest of the window.
    Exactly,
    /// The rest of the window in whole seconds, by a clock of whole seconds.
    WholeSeconds,
    /// Always the same.
    Always(Duration),
    Nothing,
}

/// A service that lets so many requests of the app through in each window.
pub(super) struct Service {
    length: Duration,
    /// How many, by the window's number.
    pub(super) most: Box<dyn Fn(u64) -> u64>,
    says: Says,
    /// What single mailboxes refuse by themselves: the mailbox, how often it was asked, and when.
    own: Box<dyn Fn(u64, u32, Duration) -> Option<Refusal>>,
    number: u64,
    used: u64,
    /// By mailbox.
    asked: BTreeMap<u64, u32>,
    /// What was refused for the app's limit, by window.
    pub(super) refused: BTreeMap<u64, u64>,
}

impl Service {
    pub(super) fn new(length: Duration, most: u64, says: Says) -> Self {
        Self {
            length,
            most: Box::new(move |_| most),
            says,
            own: Box::new(|_, _, _| None),
            number: 0,
            used: 0,
            asked: BTreeMap::new(),
            refused: BTreeMap::new(),
        }
    }

    pub(super) fn with_own(self, own: impl Fn(u64, u32, Duration) -> Option<Refusal> + 'static) -> Self {
        Self { own: Box::new(own), ..self }
    }

    fn window_at(&self, at: Duration) -> u64 {
        u64::try_from(at.as_nanos() / self.length.as_nanos()).unwrap_or(u64::MAX)
    }

    fn end_of(&self, window: u64) -> Duration {
        self.length * u32::try_from(window + 1).unwrap_or(u32::MAX)
    }

    fn answer(&mut self, at: Duration, mailbox: u64) -> Option<Refusal> {
        let window = self.window_at(at);
        if self.number != window {
            (self.number, self.used) = (window, 0);
        }
        let asked = self.asked.entry(mailbox).or_default();
        *asked += 1;
        if let Some(refusal) = (self.own)(mailbox, *asked, at) {
            return Some(refusal);
        }
        self.used += 1;
        if self.used <= (self.most)(window) {
            return None;
        }
        *self.refused.entry(window).or_default() += 1;
        let end = self.end_of(window);
        let retry_after = match self.says {
            Says::Exactly => Some(end.saturating_sub(at)),
            Says::WholeSeconds => {
                let rest = end.saturating_sub(Duration::from_secs(at.as_secs()));
                Some(Duration::from_secs(rest.as_secs() + u64::from(rest.subsec_nanos() > 0)))
            }
            Says::Always(wait) => Some(wait),
            Says::Nothing => None,
        };
        Some(Refusal { code: "TooManyRequests", retry_after })
    }

    /// When so many requests can be through at the earliest, which begin at a time and are as many a second as the
    /// clients manage: the limit's own time.
    pub(super) fn own_time(&self, began: Duration, requests: u64, a_second: f64) -> Duration {
        let (mut left, mut at) = (count(requests), began);
        loop {
            let window = self.window_at(at);
            let rest = self.end_of(window) - at;
            let bears = count((self.most)(window)).min(rest.as_secs_f64() * a_second);
            if left <= bears {
                return at + Duration::from_secs_f64(left / a_second) - began;
            }
            left -= bears;
            at = self.end_of(window);
        }
    }
}

/// A client: what it has to do, and how far away the service is.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// By the line: whose mailbox it is.
    pub(super) mailboxes: Vec<u64>,
    pub(super) begins: Duration,
    pub(super) latency: Duration,
    pub(super) in_flight: usize,
    pub(super) batching: Batching,
}

impl Client {
    /// So many mailboxes, each asked once and singly, 64 at a time and each in about 8 ms.
    pub(super) fn of(mailboxes: u64) -> Self {
        Self {
            mailboxes: (0..mailboxes).collect(),
            begins: Duration::ZERO,
            latency: Duration::from_millis(8),
            in_flight: 64,
            batching: Batching::Never,
        }
    }

    /// About how many requests it manages a second, with what answers take that are late.
    pub(super) fn a_second(&self) -> f64 {
        0.95 * count(self.in_flight as u64) / self.latency.as_secs_f64()
    }
}

fn count(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// What became of a client's run.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// From its begin to its last answer.
    pub(super) took: Duration,
    pub(super) failed: usize,
    /// Most items in flight at a time.
    pub(super) busiest: u64,
    /// When the items' answers came, by their position, since the beginning of time.
    pub(super) done_at: BTreeMap<u64, Duration>,
}

struct Running {
    client: Client,
    admission: Admission<()>,
    queue: Queue<()>,
    taken: usize,
    /// When the next line may be taken in or item may start although nothing has happened.
    more_at: Option<Instant>,
    looks_at: Option<Instant>,
    under_way: usize,
    ran: Ran,
}

#[derive(Debug)]
enum Happens {
    /// A part of a request comes to the service.
    Comes(usize, usize),
    /// A request is answered.
    Answered(usize),
    /// A client looks again.
    Looks,
}

struct Request {
    sent: Instant,
    /// What the service said, as far as it came there.
    items: Vec<(Started<()>, Option<Option<Refusal>>)>,
}

/// Requests of a batch that are worked on at a time.
const AT_A_TIME: usize = 4;
/// No simulated run takes longer.
const LONGEST: Duration = Duration::from_secs(36_000);

/// Runs clients until all of them are done.
pub(super) fn run(service: &mut Service, clients: Vec<Client>, chance: &mut Chance) -> Vec<Ran> {
    let epoch = Instant::now();
    let retry = RetryPolicy { random: || 0.5, ..RetryPolicy::new(8, Duration::from_secs(3600)) };
    let mut events: BinaryHeap<Reverse<(Instant, u64)>> = BinaryHeap::new();
    let mut happens: BTreeMap<u64, (usize, Happens)> = BTreeMap::new();
    let mut requests: BTreeMap<usize, Request> = BTreeMap::new();
    let mut numbers = 0..;
    let mut running: Vec<Running> = clients.into_iter().map(Running::new).collect();
    for (client, all) in running.iter().enumerate() {
        let number = numbers.next().unwrap();
        events.push(Reverse((epoch + all.client.begins, number)));
        happens.insert(number, (client, Happens::Looks));
    }
    let mut sent = 0;
    while let Some(Reverse((now, number))) = events.pop() {
        assert!(now - epoch < LONGEST, "a run does not end");
        let (client, what) = happens.remove(&number).unwrap();
        let mut later = |at: Instant, client: usize, what: Happens| {
            let number = numbers.next().unwrap();
            events.push(Reverse((at, number)));
            happens.insert(number, (client, what));
        };
        match what {
            Happens::Comes(request, from) => {
                let items = &mut requests.get_mut(&request).unwrap().items;
                for (started, said) in items.iter_mut().skip(from).take(AT_A_TIME) {
                    let mailbox = u64::from_le_bytes(started.track.key.mailbox[..8].try_into().unwrap());
                    *said = Some(service.answer(now - epoch, mailbox));
                }
                continue;
            }
            Happens::Answered(request) => {
                running[client].answered(now, epoch, requests.remove(&request).unwrap(), &retry);
            }
            Happens::Looks => {}
        }
        for items in running[client].start(now) {
            sent += 1;
            let latency = running[client].client.latency;
            let groups = items.len().div_ceil(AT_A_TIME);
            let mut at = now;
            for group in 0..groups {
                let takes = chance.about(latency);
                later(at + takes / 2, client, Happens::Comes(sent, group * AT_A_TIME));
                at += takes;
            }
            later(at, client, Happens::Answered(sent));
            let items = items.into_iter().map(|started| (started, None)).collect();
            requests.insert(sent, Request { sent: now, items });
        }
        if let Some(at) = running[client].looks_next(now) {
            later(at, client, Happens::Looks);
        }
    }
    running.into_iter().map(Running::ended).collect()
}

impl Running {
    fn new(client: Client) -> Self {
        let bounds = Bounds {
            max_concurrency: client.in_flight,
            batching: client.batching,
            most_per_batch: 20,
            is_ordered: false,
        };
        Self {
            client,
            admission: Admission::new(bounds),
            queue: Queue::new(),
            taken: 0,
            more_at: None,
            looks_at: None,
            under_way: 0,
            ran: Ran::default(),
        }
    }

    fn start(&mut self, now: Instant) -> Vec<Vec<Started<()>>> {
        let mut requests = Vec::new();
        loop {
            while self.admission.has_room(&self.queue) && self.taken < self.client.mailboxes.len() {
                let mut hash = [0; 16];
                hash[..8].copy_from_slice(&self.client.mailboxes[self.taken].to_le_bytes());
                let key = Key { mailbox: hash, work: WorkHash::OF_RUN, occurrence: 0 };
                self.queue.add(Started { track: Track::new(self.taken as u64, key, true, 10), item: () });
                self.taken += 1;
            }
            match self.admission.admit(now, &mut self.queue, &Conditions::default()) {
                Admit::Start(items) => {
                    self.under_way += items.len();
                    self.ran.busiest = self.ran.busiest.max(self.under_way as u64);
                    requests.push(items);
                }
                Admit::Wait(more_at) => {
                    self.more_at = more_at;
                    return requests;
                }
            }
        }
    }

    fn answered(&mut self, now: Instant, epoch: Instant, request: Request, retry: &RetryPolicy) {
        self.under_way -= request.items.len();
        let items = request.items.into_iter().map(|(mut started, said)| {
            started.track.first_try.get_or_insert(request.sent);
            let result = said.unwrap().map_or(Ok(()), |refusal| Err(AttemptError::Item(error_of(refusal))));
            (started, result)
        });
        let mut completed =
            Completed { outcome: Outcome::Each(items.collect()), took: now.saturating_duration_since(request.sent) };
        self.admission.observe(now, &mut completed, &mut self.queue);
        let Outcome::Each(items) = completed.outcome else { unreachable!() };
        for (mut started, result) in items {
            started.track.tries += 1;
            let elapsed = now - started.track.first_try.unwrap();
            let is_refused = result.is_err();
            let again = match result {
                Err(AttemptError::Item(error)) => retry.wait(&error, started.track.tries, elapsed),
                _ => None,
            };
            if let Some(wait) = again {
                self.queue.put_off(started, now + wait);
                continue;
            }
            self.ran.failed += usize::from(is_refused);
            self.ran.done_at.insert(started.track.position, now - epoch);
            self.ran.took = now - epoch - self.client.begins;
            self.queue.forget(&started.track);
        }
    }

    /// When it is to look again, where that is not planned.
    fn looks_next(&mut self, now: Instant) -> Option<Instant> {
        let at = self.more_at?.max(now + Duration::from_micros(1));
        if self.looks_at.is_some_and(|planned| planned > now && planned <= at) {
            return None;
        }
        self.looks_at = Some(at);
        Some(at)
    }

    fn ended(self) -> Ran {
        assert_eq!(self.ran.done_at.len(), self.client.mailboxes.len(), "every line has its end");
        self.ran
    }
}

fn error_of(refusal: Refusal) -> Error {
    Error::new(Status::Throttled, "429")
        .http_status(429)
        .retryable(true)
        .retry_after(refusal.retry_after)
        .service(Some(refusal.code.to_owned()), None)
}
