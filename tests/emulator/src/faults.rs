//! The fault script: which requests meet which fault.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

/// A fault script: the first rule that matches decides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultScript {
    /// The rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// Which requests, how often, and what happens to them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// `token`, `openid`, `graph`, `vault` or `any`.
    #[serde(default = "any")]
    pub kind: String,
    /// Only paths that contain this text.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// Only these mailboxes, by index: of each `modulo[0]` those with remainder `modulo[1]`.
    #[serde(default)]
    pub modulo: Option<[u64; 2]>,
    /// Only so many percent of the mailboxes (of all requests where there is no mailbox), by the seed.
    #[serde(default)]
    pub percent: Option<f64>,
    /// How often the rule strikes each mailbox it matches (each path where there is none); 0: always.
    #[serde(default)]
    pub times: u32,
    /// How many matching requests pass before the rule begins.
    #[serde(default)]
    pub after: u64,
    /// What happens.
    pub action: Action,
}

/// What happens to a request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Action {
    /// Answers with this status.
    pub status: Option<u16>,
    /// The error's code.
    pub code: Option<String>,
    /// The error's message.
    pub message: Option<String>,
    /// `Retry-After`: seconds, with a fraction or without, as they stand here.
    pub retry_after: Option<String>,
    /// `Retry-After` as an HTTP date so many seconds from now.
    pub retry_after_date: Option<i64>,
    /// `WWW-Authenticate`, as it stands here.
    pub www_authenticate: Option<String>,
    /// Answers with this body as it stands, whatever it is.
    pub body: Option<String>,
    /// Breaks the connection: `before` or `after` the request was carried out.
    pub reset: Option<String>,
    /// Breaks the body off in its middle.
    pub truncate: bool,
    /// Waits so long first.
    pub delay_ms: u64,
    /// Makes every token worthless first.
    pub revoke_tokens: bool,
}

fn any() -> String {
    "any".to_owned()
}

/// A fault script at work: counts how often each rule has struck.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    script: FaultScript,
    /// By rule, and mailbox or path.
    struck: HashMap<(usize, String), u32>,
    matched: HashMap<usize, u64>,
}

/// A request as rules see it.
#[derive(Debug)]
pub struct Seen<'a> {
    /// `token`, `openid`, `graph` or `vault`.
    pub kind: &'static str,
    /// The path.
    pub path: &'a str,
    /// The mailbox.
    pub mailbox: Option<u64>,
    /// A number that follows from seed and mailbox or request.
    pub draw: u64,
}

impl Faults {
    /// Replaces the script and forgets what has struck.
    pub fn replace(&self, script: FaultScript) {
        *self.lock() = State { script, ..State::default() };
    }

    /// The action of the first rule that matches.
    #[must_use]
    pub fn strike(&self, seen: &Seen<'_>) -> Option<Action> {
        let state = &mut *self.lock();
        for (number, rule) in state.script.rules.iter().enumerate() {
            if !matches(rule, seen) {
                continue;
            }
            let matched = state.matched.entry(number).or_default();
            *matched += 1;
            if *matched <= rule.after {
                continue;
            }
            if rule.times > 0 {
                let whom = seen.mailbox.map_or_else(|| seen.path.to_owned(), |index| index.to_string());
                let struck = state.struck.entry((number, whom)).or_default();
                if *struck >= rule.times {
                    continue;
                }
                *struck += 1;
            }
            return Some(rule.action.clone());
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn matches(rule: &Rule, seen: &Seen<'_>) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "below a million")]
    let drawn = (seen.draw % 1_000_000) as f64;
    (rule.kind == "any" || rule.kind == seen.kind)
        && rule.path_contains.as_ref().is_none_or(|text| seen.path.contains(text.as_str()))
        && rule.modulo.is_none_or(|[of, rest]| of > 0 && seen.mailbox.is_some_and(|index| index % of == rest))
        && rule.percent.is_none_or(|percent| drawn < percent * 10_000.0)
}
