//! Tokens in memory, shared process-wide: one asks, the others wait, and a token that still serves is
//! renewed before its end by one of its users.

use std::collections::HashMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::key::TokenKey;
use crate::auth::token::AccessToken;
use crate::auth::token_endpoint::{TokenFailure, TokenResult};
use crate::http::Clock;
use crate::secret::Secret;

/// After a failed early renewal the token at hand is used for so long before the next try.
const RENEW_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How fresh a token must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// One from the cache will do.
    Cached,
    /// A new one.
    New,
}

/// The place of one token.
#[derive(Debug, Default)]
pub struct TokenEntry {
    /// Held by the one who asks the endpoint.
    asking: tokio::sync::Mutex<()>,
    state: Mutex<EntryState>,
}

#[derive(Debug, Default)]
struct EntryState {
    token: Option<Arc<AccessToken>>,
    renewal_failed: Option<Instant>,
    /// The token that the service refused last.
    refused: Option<Secret>,
}

/// The file behind it, where there is one, and what the token is for.
type EntryKey = (Option<PathBuf>, TokenKey);

static CACHE: OnceLock<Mutex<HashMap<EntryKey, Arc<TokenEntry>>>> = OnceLock::new();

/// The process's entry of that key. Clients that keep their tokens in a file share them with each other alone.
#[must_use]
pub fn entry(file: Option<PathBuf>, key: TokenKey) -> Arc<TokenEntry> {
    let mut cache = CACHE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(cache.entry((file, key)).or_default())
}

/// Nobody finds the entries again that stand before that file. Who holds one goes on with it.
pub(in crate::auth) fn forget(file: &Path) {
    let mut cache = CACHE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(of, _), _| of.as_deref() != Some(file));
}

impl TokenEntry {
    /// The token, and whether it came from a cache. `ask` gets a new one, and says whether it came from a cache
    /// behind this one.
    ///
    /// # Errors
    ///
    /// Those of `ask`, unless a token that still serves is at hand.
    pub async fn get<F>(
        &self,
        freshness: Freshness,
        clock: &dyn Clock,
        ask: impl FnOnce() -> F,
    ) -> TokenResult<(Arc<AccessToken>, bool)>
    where
        F: Future<Output = TokenResult<(Arc<AccessToken>, bool)>>,
    {
        let at_hand = match freshness {
            Freshness::Cached => self.living(clock),
            Freshness::New => None,
        };
        if let Some(token) = at_hand.as_ref().filter(|token| !self.renewal_due(token, clock)) {
            return Ok((Arc::clone(token), true));
        }
        let seen = at_hand.as_ref().map(|token| token.serial());
        let _asking = match &at_hand {
            // Someone renews already, and this token still serves.
            Some(token) => match self.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok((Arc::clone(token), true)),
            },
            None => self.asking.lock().await,
        };
        if freshness == Freshness::Cached
            && let Some(token) = self.living(clock).filter(|token| Some(token.serial()) != seen)
        {
            return Ok((token, true));
        }
        match ask().await {
            Ok((token, from_cache)) => {
                let mut state = self.lock();
                state.token = Some(Arc::clone(&token));
                state.renewal_failed = None;
                drop(state);
                Ok((token, from_cache))
            }
            Err(failure) => self.after_failure(at_hand, clock, failure),
        }
    }

    /// Whether a token that still serves is at hand.
    pub(in crate::auth) fn serves(&self, clock: &dyn Clock) -> bool {
        self.living(clock).is_some()
    }

    /// The service refused the token of that serial: nobody gets it again.
    pub fn reject(&self, serial: u64) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(|token| token.serial() == serial) {
            state.refused = state.token.take().map(|token| token.secret().clone());
        }
    }

    /// Whether that token is the one that the service refused last.
    pub(in crate::auth) fn is_refused(&self, token: &AccessToken) -> bool {
        self.lock().refused.as_ref().is_some_and(|refused| refused.bytes() == token.secret().bytes())
    }

    fn after_failure(
        &self,
        at_hand: Option<Arc<AccessToken>>,
        clock: &dyn Clock,
        failure: TokenFailure,
    ) -> TokenResult<(Arc<AccessToken>, bool)> {
        match at_hand.filter(|token| token.expires_at > clock.now()) {
            Some(token) => {
                self.lock().renewal_failed = Some(clock.monotonic());
                Ok((token, true))
            }
            None => Err(failure),
        }
    }

    /// The token, where it has not ended.
    pub(in crate::auth) fn living(&self, clock: &dyn Clock) -> Option<Arc<AccessToken>> {
        let now = clock.now();
        self.lock().token.as_ref().filter(|token| token.expires_at > now).cloned()
    }

    fn renewal_due(&self, token: &AccessToken, clock: &dyn Clock) -> bool {
        let failed_lately = self
            .lock()
            .renewal_failed
            .is_some_and(|failed| clock.monotonic().saturating_duration_since(failed) < RENEW_AGAIN_AFTER);
        token.refresh_at <= clock.now() && !failed_lately
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, EntryState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
