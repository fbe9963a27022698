//! The fault script: which requests meet which fault.

use std::collections::HashMap;

use parking_lot::{Mutex, MutexGuard};
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
    /// `token`, `openid`, `deviceCode`, `authorize`, `keys`, `identity`, `vault`, `graph` (single requests and those
    /// within batches), `batch` (the envelopes) or `any`; of those to Graph, `users` and `groups` are those to the
    /// directory, `read` the GETs, `write` all others.
    #[serde(default = "any")]
    pub kind: String,
    /// Only this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only paths that contain this text.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// Only bodies that contain this text.
    #[serde(default)]
    pub body_contains: Option<String>,
    /// Only these mailboxes, by index: of each `modulo[0]` those with remainder `modulo[1]`.
    #[serde(default)]
    pub modulo: Option<[u64; 2]>,
    /// Only so many percent of the mailboxes (of all requests where there is no mailbox), by the seed.
    #[serde(default)]
    pub percent: Option<f64>,
    /// Only so many percent of the requests, each drawn anew.
    #[serde(default)]
    pub percent_of_requests: Option<f64>,
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
    /// The type of that body, where it is not JSON.
    pub content_type: Option<String>,
    /// `Location`, as it stands here.
    pub location: Option<String>,
    /// Carries the request out first, whatever it then answers.
    pub carry_out: bool,
    /// Breaks the connection: `before` or `after` the request was carried out, or `refused`: over HTTP/2 the stream is
    /// refused by name (`REFUSED_STREAM`), which says that nothing was done.
    pub reset: Option<Break>,
    /// Breaks the body off in its middle.
    pub truncate: bool,
    /// Waits so long first.
    pub delay_ms: u64,
    /// Makes every token worthless first.
    pub revoke_tokens: bool,
    /// Makes every token one that has expired first.
    pub expire_tokens: bool,
    /// Makes every page token (of a nextLink) one that has expired first.
    pub expire_page_tokens: bool,
}

/// How a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Break {
    /// Before the request was carried out.
    Before,
    /// After it.
    After,
    /// Before it, and saying so.
    Refused,
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
    struck: HashMap<(usize, Whom), u32>,
    matched: HashMap<usize, u64>,
}

/// Whom a rule has struck.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Whom {
    Mailbox(u64),
    Path(String),
}

/// A request as rules see it.
#[derive(Debug)]
pub struct Seen<'a> {
    /// `token`, `openid`, `vault`, `graph` or `batch`.
    pub kind: &'static str,
    /// `users` or `groups` for a request to the directory, else empty.
    pub class: &'static str,
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// The mailbox.
    pub mailbox: Option<u64>,
    /// A number that follows from seed and mailbox, or request where there is none.
    pub draw: u64,
    /// A number that is new with each request.
    pub request_draw: u64,
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
                let whom = seen.mailbox.map_or_else(|| Whom::Path(seen.path.to_owned()), Whom::Mailbox);
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

fn matches(rule: &Rule, seen: &Seen<'_>) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "below a million")]
    let is_drawn = |draw: u64, percent: f64| ((draw % 1_000_000) as f64) < percent * 10_000.0;
    is_of_kind(&rule.kind, seen)
        && rule.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(seen.method))
        && rule.path_contains.as_ref().is_none_or(|text| seen.path.contains(text.as_str()))
        && rule.body_contains.as_ref().is_none_or(|text| holds(seen.body, text))
        && rule.modulo.is_none_or(|[of, rest]| of > 0 && seen.mailbox.is_some_and(|index| index % of == rest))
        && rule.percent.is_none_or(|percent| is_drawn(seen.draw, percent))
        && rule.percent_of_requests.is_none_or(|percent| is_drawn(seen.request_draw, percent))
}

fn holds(body: &[u8], text: &str) -> bool {
    text.is_empty() || body.windows(text.len()).any(|part| part == text.as_bytes())
}

fn is_of_kind(kind: &str, seen: &Seen<'_>) -> bool {
    match kind {
        "any" => true,
        "read" => seen.kind == "graph" && seen.method == "GET",
        "write" => seen.kind == "graph" && seen.method != "GET",
        _ => kind == seen.kind || kind == seen.class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strikes(rule: &str, seen: &Seen<'_>) -> bool {
        let faults = Faults::default();
        faults.replace(serde_json::from_str(&format!("{{\"rules\":[{rule}]}}")).unwrap());
        faults.strike(seen).is_some()
    }

    #[test]
    fn kinds_and_methods_select() {
        let write = Seen {
            kind: "graph",
            class: "",
            method: "PATCH",
            path: "/v1.0/users/x/mailboxSettings",
            body: br#"{"timeZone":"UTC"}"#,
            mailbox: Some(3),
            draw: 0,
            request_draw: 999_999,
        };
        for (rule, is_struck) in [
            (r#"{"action":{}}"#, true),
            (r#"{"kind":"graph","action":{}}"#, true),
            (r#"{"kind":"write","action":{}}"#, true),
            (r#"{"kind":"read","action":{}}"#, false),
            (r#"{"kind":"batch","action":{}}"#, false),
            (r#"{"kind":"users","action":{}}"#, false),
            (r#"{"method":"patch","action":{}}"#, true),
            (r#"{"method":"POST","action":{}}"#, false),
            (r#"{"percent":1,"action":{}}"#, true),
            (r#"{"bodyContains":"UTC","action":{}}"#, true),
            (r#"{"bodyContains":"Tokyo","action":{}}"#, false),
            (r#"{"percentOfRequests":99,"action":{}}"#, false),
        ] {
            assert_eq!(strikes(rule, &write), is_struck, "{rule}");
        }
        let list = Seen { class: "users", method: "GET", mailbox: None, ..write };
        assert!(strikes(r#"{"kind":"users","action":{}}"#, &list));
        assert!(strikes(r#"{"kind":"read","action":{}}"#, &list));
        let envelope = Seen { kind: "batch", method: "POST", mailbox: None, ..list };
        assert!(strikes(r#"{"kind":"batch","action":{}}"#, &envelope));
        assert!(!strikes(r#"{"kind":"write","action":{}}"#, &envelope));
    }
}
