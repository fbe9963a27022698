//! Tokens in memory, shared process-wide: one asks, the others wait, and a token that still serves is
//! renewed before its end by one of its users.

use std::collections::HashMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::key::TokenKey;
use crate::auth::token::AccessToken;
use crate::auth::token_endpoint::{TokenFailure, TokenResult};
use crate::http::Clock;

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
    refused: Option<Arc<AccessToken>>,
    /// By whose time they end.
    clock: Option<Arc<dyn Clock>>,
}

/// The file behind it, where there is one, and what the token is for.
type EntryKey = (Option<PathBuf>, TokenKey);

static CACHE: OnceLock<Mutex<HashMap<EntryKey, Arc<TokenEntry>>>> = OnceLock::new();

/// The process's entry of that key. Clients that keep their tokens in a file share them with each other alone.
#[must_use]
pub fn entry(file: Option<PathBuf>, key: TokenKey) -> Arc<TokenEntry> {
    let mut cache = cache();
    drop_ended(&mut cache);
    Arc::clone(cache.entry((file, key)).or_default())
}

fn cache() -> MutexGuard<'static, HashMap<EntryKey, Arc<TokenEntry>>> {
    CACHE.get_or_init(Mutex::default).lock()
}

/// Leaves out the tokens that have ended, whosever they are, and the places of no token that nobody uses. Nothing waits
/// for the end of a token: this is done with each one that is asked for.
fn drop_ended(cache: &mut HashMap<EntryKey, Arc<TokenEntry>>) {
    cache.retain(|_, entry| !entry.drop_ended() || Arc::strong_count(entry) > 1);
}

/// Nobody finds the entries again that stand before that file. Who holds one goes on with it.
pub(in crate::auth) fn forget(file: &Path) {
    cache().retain(|(of, _), _| of.as_deref() != Some(file));
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
        clock: &Arc<dyn Clock>,
        ask: impl FnOnce() -> F,
    ) -> TokenResult<(Arc<AccessToken>, bool)>
    where
        F: Future<Output = TokenResult<(Arc<AccessToken>, bool)>>,
    {
        let at_hand = match freshness {
            Freshness::Cached => self.living(&**clock),
            Freshness::New => None,
        };
        if let Some(token) = at_hand.as_ref().filter(|token| !self.renewal_due(token, &**clock)) {
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
            && let Some(token) = self.living(&**clock).filter(|token| Some(token.serial()) != seen)
        {
            return Ok((token, true));
        }
        match ask().await {
            Ok((token, from_cache)) => {
                let mut state = self.lock();
                state.token = Some(Arc::clone(&token));
                state.renewal_failed = None;
                state.clock = Some(Arc::clone(clock));
                drop(state);
                drop_ended(&mut cache());
                Ok((token, from_cache))
            }
            Err(failure) => self.after_failure(at_hand, &**clock, failure),
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
            state.refused = state.token.take();
        }
    }

    /// Whether that token is the one that the service refused last.
    pub(in crate::auth) fn is_refused(&self, token: &AccessToken) -> bool {
        self.lock().refused.as_ref().is_some_and(|refused| refused.secret().bytes() == token.secret().bytes())
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

    /// Drops what has ended; whether nothing is left.
    fn drop_ended(&self) -> bool {
        let mut state = self.lock();
        if let Some(now) = state.clock.as_ref().map(|clock| clock.now()) {
            let lives = |token: &mut Arc<AccessToken>| token.expires_at > now;
            drop(state.token.take_if(|token| !lives(token)));
            drop(state.refused.take_if(|token| !lives(token)));
        }
        state.token.is_none() && state.refused.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, EntryState> {
        self.state.lock()
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::Weak;
    use std::sync::atomic::{AtomicI64, Ordering};

    use jiff::{SignedDuration, Timestamp};
    use serde_json::{Map, json};

    use super::*;

    /// A clock that is set by hand.
    #[derive(Debug, Default)]
    struct SetClock(AtomicI64);

    impl Clock for SetClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
        }

        fn monotonic(&self) -> Instant {
            Instant::now()
        }

        fn sleep(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(ready(()))
        }
    }

    fn place(resource: &str) -> Arc<TokenEntry> {
        let key = |text: &str| text.to_owned();
        let credential = key("of these tests");
        entry(
            None,
            TokenKey { token_url: key("u"), client_id: key("c"), resource: key(resource), credential, claims: None },
        )
    }

    /// Puts a token of a hundred seconds there.
    async fn put(place: &TokenEntry, clock: &Arc<dyn Clock>) -> Weak<AccessToken> {
        let members = Map::from_iter([("access_token".into(), json!("t")), ("expires_in".into(), json!(100))]);
        let token = Arc::new(AccessToken::from_reply(members, "r", clock.now()).unwrap());
        let weak = Arc::downgrade(&token);
        place.get(Freshness::New, clock, || ready(Ok((token, false)))).await.unwrap();
        weak
    }

    #[tokio::test]
    async fn a_token_that_has_ended_leaves_the_cache_by_its_own_clock() {
        let set = Arc::new(SetClock::default());
        let (ours, other): (Arc<dyn Clock>, Arc<dyn Clock>) = (set.clone(), Arc::new(SetClock::default()));
        let (first, second) = (place("first"), place("second"));
        let (ending, living) = (put(&first, &ours).await, put(&second, &other).await);
        set.0.store(99, Ordering::Relaxed);
        drop(place("third"));
        assert!(ending.upgrade().is_some());
        set.0.store(100, Ordering::Relaxed);
        drop(place("third"));
        assert!(ending.upgrade().is_none() && living.upgrade().is_some());
        // One that the service refused is remembered until its end, and no longer.
        let refused = put(&first, &ours).await;
        first.reject(refused.upgrade().unwrap().serial());
        assert!(refused.upgrade().is_some());
        set.0.store(200, Ordering::Relaxed);
        put(&second, &other).await;
        assert!(refused.upgrade().is_none());
    }

    #[tokio::test]
    async fn a_place_that_nobody_uses_goes_with_its_token() {
        let set = Arc::new(SetClock::default());
        let clock: Arc<dyn Clock> = set.clone();
        let place = place("unused");
        put(&place, &clock).await;
        let weak = Arc::downgrade(&place);
        drop(place);
        drop(self::place("another"));
        assert!(weak.upgrade().is_some(), "its token serves the next client");
        set.0.store(100, Ordering::Relaxed);
        drop(self::place("another"));
        assert!(weak.upgrade().is_none());
    }
}
