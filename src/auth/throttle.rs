//! Token endpoints that asked to be left alone: until then nobody of this process asks them for the same app.
//!
//! Source: RFC 9110, 10.2.3 (Retry-After). MSAL does the same and says so as `h429` in `x-ms-lib-capability`.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use url::Url;

use super::token_endpoint::{TokenFailure, TokenResult};

/// No endpoint is left alone for longer, whatever it says.
const LONGEST: Duration = Duration::from_secs(3600);

/// By the way of connecting, the endpoint and the app.
pub(super) type ThrottleKey = (usize, Url, String);

/// What the endpoint answered, and until when that holds.
struct Pause {
    until: Instant,
    answer: TokenFailure,
}

static PAUSES: OnceLock<Mutex<HashMap<ThrottleKey, Pause>>> = OnceLock::new();

fn pauses() -> MutexGuard<'static, HashMap<ThrottleKey, Pause>> {
    PAUSES.get_or_init(Mutex::default).lock()
}

/// Whether the endpoint may be asked; else what it answered, with the wait that is left.
pub(super) fn check(key: &ThrottleKey, now: Instant) -> TokenResult<()> {
    let mut pauses = pauses();
    let Some(pause) = pauses.get(key) else { return Ok(()) };
    let left = pause.until.saturating_duration_since(now);
    if left.is_zero() {
        pauses.remove(key);
        return Ok(());
    }
    Err(pause.answer.clone().map_error(|error| error.retry_after(Some(left))))
}

/// Notes an answer that says for how long nobody should ask again.
pub(super) fn note(key: ThrottleKey, answer: &TokenFailure, now: Instant) {
    if let Some(wait) = answer.error().retry_after_hint().filter(|wait| !wait.is_zero()) {
        pauses().insert(key, Pause { until: now + wait.min(LONGEST), answer: answer.clone() });
    }
}
