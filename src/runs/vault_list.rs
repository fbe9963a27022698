//! What a vault holds, as a stream of rows.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures_util::FutureExt;
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::cancel::Signal;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Clock;
use crate::keyvault::{ListRequest, PageReader, VaultApi};
use crate::rows::stream::batch_size;
use crate::rows::{Format, Next, RowStream, encode_objects};
use crate::runtime::runtime;

/// No further page is asked for while so many rows wait to be taken.
const MOST_WAITING: usize = 250;

/// What is to be listed, and in which form rows come.
#[derive(Clone, Debug)]
pub struct VaultListRequest {
    /// What.
    pub list: ListRequest,
    /// `JsonLines`, `Clixml` or `Block`.
    pub format: Format,
    /// The version of the vault's API; by default the client's.
    pub api_version: Option<String>,
}

/// Starts to list what a vault holds. Pages are asked for as rows are taken. Needs no runtime of the caller.
///
/// # Errors
///
/// `InvalidArgument`.
pub fn start(
    request: &VaultListRequest,
    api: VaultApi,
    signal: Arc<Signal>,
    context: Context,
) -> Result<Arc<dyn RowStream>> {
    // Refused before anything is asked.
    encode_objects(&[], request.format)?;
    let clock = Arc::clone(&api.clock);
    let pages = PageReader::new(api, &request.list)?;
    let shared = Arc::new(Shared {
        state: Mutex::default(),
        room: Notify::new(),
        signal,
        context,
        delivered: AtomicU64::new(0),
        began: clock.monotonic(),
        clock,
    });
    runtime()?.spawn(read(pages, Arc::clone(&shared)));
    Ok(Arc::new(VaultList { shared, format: request.format }))
}

struct VaultList {
    shared: Arc<Shared>,
    format: Format,
}

struct Shared {
    state: Mutex<State>,
    /// Rows were taken.
    room: Notify,
    signal: Arc<Signal>,
    context: Context,
    delivered: AtomicU64,
    began: Instant,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Value>,
    listed: u64,
    ended: Option<Result<()>>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    async fn room(&self) {
        while self.state().waiting.len() >= MOST_WAITING {
            self.room.notified().await;
        }
    }
}

/// Reads page after page to the end, or until it is cancelled.
async fn read(mut pages: PageReader, shared: Arc<Shared>) {
    let work = async {
        loop {
            shared.room().await;
            let Some(page) = pages.next(&shared.context).await? else { return Ok(()) };
            let mut state = shared.state();
            state.listed += page.len() as u64;
            state.waiting.extend(page);
            drop(state);
            shared.signal.notify();
        }
    };
    let ended = tokio::select! {
        // Nobody looks at what was being read any more.
        ended = AssertUnwindSafe(work).catch_unwind() => {
            ended.unwrap_or_else(|_| Err(Error::internal("listing the vault panicked")))
        }
        () = shared.context.cancel.cancelled() => Err(Error::cancelled()),
    };
    shared.state().ended = Some(ended);
    shared.signal.notify();
}

impl RowStream for VaultList {
    fn push(&self, _lines: &[u8]) -> Result<usize> {
        Err(Error::new(Status::InputFinished, "a list of a vault takes no input"))
    }

    fn finish_input(&self) {}

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        if self.shared.context.cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        let most = batch_size(max_rows);
        let mut state = self.shared.state();
        let count = state.waiting.len().min(most);
        if count == 0 {
            return match &state.ended {
                Some(Ok(())) => Ok(Next::End),
                Some(Err(error)) => Err(error.clone()),
                None => Ok(Next::Pending),
            };
        }
        let rows: Vec<Value> = state.waiting.drain(..count).collect();
        drop(state);
        self.shared.room.notify_one();
        self.shared.delivered.fetch_add(count as u64, Ordering::Relaxed);
        Ok(Next::Batch { data: encode_objects(&rows, self.format)?, rows: count })
    }

    fn progress(&self) -> Value {
        let shared = &*self.shared;
        let (listed, waiting, ended) = {
            let state = shared.state();
            (state.listed, state.waiting.len(), state.ended.is_some())
        };
        let elapsed = shared.clock.monotonic().saturating_duration_since(shared.began);
        json!({
            "pushed": 0,
            "completed": listed,
            "delivered": shared.delivered.load(Ordering::Relaxed),
            "failed": 0,
            "inFlight": u8::from(!ended),
            "waiting": waiting,
            "requests": shared.context.cost.requests.load(Ordering::Relaxed),
            "retries": shared.context.cost.retries.load(Ordering::Relaxed),
            "throttled": shared.context.cost.throttled.load(Ordering::Relaxed),
            "tokenRenewals": shared.context.cost.tokens.load(Ordering::Relaxed),
            "paused": false,
            "inputFinished": true,
            "elapsedMs": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn events(&self) -> String {
        self.shared.context.events.drain()
    }

    fn cancel(&self) {
        self.shared.context.cancel.cancel();
        self.shared.signal.notify();
    }
}

impl Drop for VaultList {
    fn drop(&mut self) {
        self.cancel();
    }
}
