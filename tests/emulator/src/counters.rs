//! What has been asked, for tests that count.

use std::collections::BTreeMap;

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;

/// A snapshot of the counters.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Requests that came, by kind: `token`, `openid`, `deviceCode`, `authorize`, `keys`, `identity`, `vault`, `graph`
    /// (single ones and those within batches), `batch` (the envelopes); of `graph`, `users` and `groups` are those
    /// to the directory.
    pub requests: BTreeMap<String, u64>,
    /// Replies by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Replies 429 for the limit of the app, by its window.
    pub refused_by_window: BTreeMap<i64, u64>,
    /// Tokens issued.
    pub tokens_issued: u64,
    /// Requests to Graph that are being answered now.
    pub in_flight: u64,
    /// The most that ever were.
    pub max_in_flight: u64,
    /// TCP connections accepted.
    pub connections: u64,
    /// Requests to Graph by mailbox index.
    pub by_mailbox: BTreeMap<u64, u64>,
    /// Those of them that were no GET.
    pub writes_by_mailbox: BTreeMap<u64, u64>,
    /// Those of the writes that were carried out, whether their reply arrived or not.
    pub writes_done_by_mailbox: BTreeMap<u64, u64>,
    /// Requests to Graph by the tenant of their token.
    pub requests_by_tenant: BTreeMap<String, u64>,
    /// Those of them that were no GET.
    pub writes_by_tenant: BTreeMap<String, u64>,
    /// Requests to Graph's version `beta`; of a batch, those within it.
    pub beta: u64,
    /// Things created in a mailbox, or sent from it, by its index.
    pub created_by_mailbox: BTreeMap<u64, u64>,
    /// POSTs to Graph; of a batch, those within it.
    pub posts: u64,
    /// Requests without a `client-request-id`.
    pub without_client_request_id: u64,
    /// The newest User-Agent.
    pub user_agent: String,
}

impl State {
    /// Requests of a kind.
    #[must_use]
    pub fn requests_of(&self, kind: &str) -> u64 {
        self.requests.get(kind).copied().unwrap_or(0)
    }

    /// Counts a request of a kind.
    pub fn count_request(&mut self, kind: &str) {
        match self.requests.get_mut(kind) {
            Some(number) => *number += 1,
            None => drop(self.requests.insert(kind.to_owned(), 1)),
        }
    }

    /// Counts a reply.
    pub fn count_status(&mut self, status: u16) {
        *self.statuses.entry(status).or_default() += 1;
    }
}

/// The counters.
#[derive(Debug, Default)]
pub struct Counters(Mutex<State>);

impl Counters {
    /// A copy.
    #[must_use]
    pub fn snapshot(&self) -> State {
        self.lock().clone()
    }

    /// Back to zero, but for what is in flight.
    pub fn reset(&self) {
        let mut state = self.lock();
        *state = State { in_flight: state.in_flight, ..State::default() };
    }

    /// Changes them.
    pub fn count<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}
