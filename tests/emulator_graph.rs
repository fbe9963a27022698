//! The emulator's Graph is as strict as the service, asked without this library.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use exrun_emulator::{Config, Emulator, FaultScript};
use reqwest::Method;
use serde_json::{Value, json};

/// An emulator, and a plain HTTP client that has a token of its own.
struct Graph {
    emulator: Emulator,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    token: String,
}

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

impl Graph {
    fn start(config: Config, roles: &[&str]) -> Self {
        let emulator = Emulator::start(Config { broken_percent: 0.0, ..config }).unwrap();
        let ca = reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder().add_root_certificate(ca).no_proxy().build().unwrap();
        let token = emulator.graph_token(roles);
        Self { emulator, http, runtime: tokio::runtime::Runtime::new().unwrap(), token }
    }

    fn upn(&self, index: u64) -> String {
        let upn = self.emulator.population().upn(index);
        percent_encoding::utf8_percent_encode(&upn, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = match path.strip_prefix("https://") {
            Some(_) => path.to_owned(),
            None => format!("https://localhost:{}/v1.0/{path}", self.emulator.addr().port()),
        };
        self.http.request(method, url).bearer_auth(&self.token)
    }

    fn try_send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        self.runtime.block_on(async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
            Ok(Answer { status, headers, body })
        })
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.try_send(request).unwrap()
    }

    fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    fn with_body(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(with_json(self.request(method, path), body))
    }

    fn faults(&self, rules: &Value) {
        let script = json!({"rules": rules});
        self.emulator.set_faults(serde_json::from_value::<FaultScript>(script).unwrap());
    }
}

fn with_json(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

const READ: &[&str] = &["MailboxSettings.Read"];
const WRITE: &[&str] = &["MailboxSettings.ReadWrite"];

#[test]
fn settings_are_changed_in_part_and_read_back() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, WRITE);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let before = graph.get(&path);
    let change = json!({"timeZone": "Tokyo Standard Time", "automaticRepliesSetting": {"status": "disabled"}});
    let changed = graph.with_body(Method::PATCH, &path, &change);
    assert_eq!(changed.status, 200);
    assert!(changed.body["@odata.context"].as_str().unwrap().ends_with("/mailboxSettings"));
    assert_eq!(changed.body.as_object().unwrap().len(), 3, "{}", changed.body);
    let mut wanted = before.body.clone();
    wanted["timeZone"] = "Tokyo Standard Time".into();
    wanted["automaticRepliesSetting"]["status"] = "disabled".into();
    assert_eq!(graph.get(&path).body, wanted);
    assert_eq!(graph.get(&format!("{path}/timeZone")).body["value"], "Tokyo Standard Time");
    assert_eq!(graph.emulator.settings(3)["timeZone"], "Tokyo Standard Time");

    let state = graph.emulator.state();
    assert_eq!((state.by_mailbox[&3], state.writes_by_mailbox[&3], state.writes_done_by_mailbox[&3]), (4, 1, 1));
}

#[test]
fn a_change_that_is_wrong_changes_nothing() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, WRITE);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let before = graph.get(&path).body;
    for (change, code) in [
        (json!({"timeZone": "UTC", "nonsense": 1}), "RequestBodyRead"),
        (json!({"dateFormat": "d.M.y", "timeZone": "Here"}), "InvalidTimeZone"),
        (json!({"timeZone": "UTC", "userPurpose": "shared"}), "ErrorInvalidRequest"),
    ] {
        let refused = graph.with_body(Method::PATCH, &path, &change);
        assert_eq!((refused.status, refused.code()), (400, code), "{change}");
        assert!(refused.body["error"]["innerError"]["request-id"].is_string());
    }
    let untyped = graph.send(graph.request(Method::PATCH, &path).body("{\"timeZone\":\"UTC\"}"));
    assert_eq!((untyped.status, untyped.code()), (400, "RequestBodyRead"));
    let text = graph.request(Method::PATCH, &path).header("content-type", "text/plain").body("{}");
    assert_eq!(graph.send(text).status, 415);
    let broken = graph.request(Method::PATCH, &path).header("content-type", "application/json").body("{\"timeZone\":");
    assert_eq!(graph.send(broken).code(), "RequestBodyRead");
    assert_eq!(graph.with_body(Method::POST, &path, &json!({})).status, 405);
    assert_eq!(graph.get(&path).body, before);
    assert!(graph.emulator.state().writes_done_by_mailbox.is_empty());
}

#[test]
fn writing_needs_its_role() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, READ);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    assert_eq!(graph.get(&path).status, 200);
    let refused = graph.with_body(Method::PATCH, &path, &json!({"timeZone": "UTC"}));
    assert_eq!((refused.status, refused.code()), (403, "ErrorAccessDenied"));
}

#[test]
fn a_write_whose_reply_is_lost_is_carried_out() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, WRITE);
    graph.faults(&json!([{"kind": "graph", "times": 1, "action": {"reset": "after"}}]));
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let lost = graph.try_send(with_json(graph.request(Method::PATCH, &path), &json!({"timeZone": "UTC"})));
    assert!(lost.is_err());
    assert_eq!(graph.get(&path).body["timeZone"], "UTC");
    assert_eq!(graph.emulator.state().writes_done_by_mailbox[&3], 1);
}

fn batch_of(items: &[(&str, &str, String, Value)]) -> Value {
    let requests: Vec<Value> = items
        .iter()
        .map(|(id, method, url, more)| {
            let mut request = json!({"id": id, "method": method, "url": url});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            request
        })
        .collect();
    json!({ "requests": requests })
}

/// The responses of an envelope by id.
fn by_id(answer: &Answer) -> std::collections::BTreeMap<String, Value> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let all = answer.body["responses"].as_array().unwrap();
    all.iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect()
}

#[test]
fn requests_of_a_batch_are_answered_as_if_they_came_alone() {
    let graph = Graph::start(Config { mailboxes: 40, ..Config::default() }, WRITE);
    graph.faults(&json!([
        {"kind": "graph", "modulo": [40, 3], "times": 1, "action": {"status": 429, "retryAfter": "2.5"}},
        {"kind": "graph", "modulo": [40, 4], "times": 1, "action": {"reset": "after"}},
        {"kind": "graph", "modulo": [40, 5], "times": 1, "action": {"truncate": true}},
    ]));
    let item = |id, index| (id, "GET", format!("/users/{}/mailboxSettings", graph.upn(index)), json!({}));
    let mut items: Vec<_> =
        [("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", 4), ("f", 5)].map(|(id, n)| item(id, n)).into();
    items.push(("g", "GET", "users/nobody@contoso.com/mailboxSettings".into(), json!({})));
    let change = json!({"headers": {"Content-Type": "application/json"}, "body": {"timeZone": "UTC"}});
    items.push(("h", "PATCH", format!("/users/{}/mailboxSettings", graph.upn(7)), change));
    let answer = graph.with_body(Method::POST, "$batch", &batch_of(&items));
    let all = by_id(&answer);
    assert_eq!(all.len(), 8);
    let statuses: Vec<_> = all.values().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 504, 504, 404, 200]);
    assert_eq!(all["d"]["headers"]["Retry-After"], "2.5");
    assert_eq!(all["h"]["body"]["timeZone"], "UTC");
    assert!(all["g"]["body"]["error"]["innerError"]["request-id"].is_string());
    let ids: Vec<_> =
        answer.body["responses"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_ne!(ids, ["a", "b", "c", "d", "e", "f", "g", "h"], "in the order of the requests");

    let state = graph.emulator.state();
    assert_eq!((state.requests_of("graph"), state.requests_of("batch")), (8, 1));
    assert_eq!((state.by_mailbox[&4], state.writes_done_by_mailbox[&7]), (1, 1));
    assert!(state.max_in_flight <= 4, "{} at a time", state.max_in_flight);
}

#[test]
fn what_depends_on_a_failure_is_not_carried_out() {
    let graph = Graph::start(Config { mailboxes: 40, ..Config::default() }, WRITE);
    let change = |after: &str| json!({"headers": {"content-type": "application/json"}, "body": {"timeZone": "UTC"}, "dependsOn": [after]});
    let url = |index| format!("/users/{}/mailboxSettings", graph.upn(index));
    let all = by_id(&graph.with_body(
        Method::POST,
        "$batch",
        &batch_of(&[
            ("1", "GET", "users/nobody@contoso.com/mailboxSettings".into(), json!({})),
            ("2", "PATCH", url(2), change("1")),
            ("3", "PATCH", url(3), change("2")),
            ("4", "GET", url(4), json!({})),
            ("5", "PATCH", url(5), change("4")),
        ]),
    ));
    let statuses: Vec<_> = all.values().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [404, 424, 424, 200, 200]);
    assert_eq!(graph.emulator.state().writes_done_by_mailbox.keys().collect::<Vec<_>>(), [&5]);
}

#[test]
fn an_envelope_that_is_wrong_is_refused_whole() {
    let graph = Graph::start(Config { mailboxes: 40, ..Config::default() }, WRITE);
    let url = || format!("/users/{}/mailboxSettings", graph.upn(2));
    let get = |id| (id, "GET", url(), json!({}));
    let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    let body = json!({"body": {"timeZone": "UTC"}});
    for (wrong, what) in [
        (batch_of(&many.iter().map(|id| get(id.as_str())).collect::<Vec<_>>()), "more than 20"),
        (batch_of(&[get("a"), get("A")]), "the same id twice"),
        (batch_of(&[("a", "PATCH", url(), body)]), "a body without its type"),
        (batch_of(&[("a", "PATCH", url(), json!({"headers": {"content-type": "application/json"}}))]), "no body"),
        (batch_of(&[("a", "GET", format!("https://graph.microsoft.com/v1.0{}", url()), json!({}))]), "absolute"),
        (batch_of(&[("a", "GET", url(), json!({"dependsOn": ["b"]})), get("b")]), "depends on a later one"),
        (batch_of(&[("", "GET", url(), json!({}))]), "no id"),
        (batch_of(&[("a", "POST", "$batch".into(), json!({}))]), "a batch in a batch"),
        (json!({"requests": []}), "nothing"),
        (json!({}), "no requests"),
    ] {
        let refused = graph.with_body(Method::POST, "$batch", &wrong);
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{what}");
    }
    assert_eq!(graph.emulator.state().requests_of("graph"), 0);
    assert_eq!(graph.get("$batch").status, 405);
    graph.faults(&json!([{"kind": "batch", "times": 1, "action": {"status": 429, "retryAfter": "3"}}]));
    let throttled = graph.with_body(Method::POST, "$batch", &batch_of(&[get("a")]));
    assert_eq!((throttled.status, throttled.headers["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(graph.with_body(Method::POST, "$batch", &batch_of(&[get("a")])).status, 200);
    graph.emulator.revoke_tokens();
    assert_eq!(graph.with_body(Method::POST, "$batch", &batch_of(&[get("a")])).status, 401);
}

#[test]
fn limits_throttle_and_are_announced() {
    let config = Config {
        mailboxes: 10,
        requests_per_10s: 1_000,
        mailbox_requests_per_10min: 3,
        announce_limits: true,
        ..Config::default()
    };
    let graph = Graph::start(config, READ);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let answers: Vec<_> = (0..4).map(|_| graph.get(&path)).collect();
    assert_eq!(answers.iter().map(|one| one.status).collect::<Vec<_>>(), [200, 200, 200, 429]);
    assert_eq!(answers[3].code(), "ApplicationThrottled");
    let wait: u64 = answers[3].headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    assert_eq!(answers[0].headers["ratelimit-limit"], "1000");
    assert_eq!(graph.get(&format!("users/{}/mailboxSettings", graph.upn(4))).status, 200);
    graph.emulator.set_clock_offset(600);
    assert_eq!(graph.get(&path).status, 200);

    let graph = Graph::start(Config { mailboxes: 10, requests_per_10s: 0, ..Config::default() }, READ);
    let refused = graph.get(&format!("users/{}/mailboxSettings", graph.upn(3)));
    assert_eq!((refused.status, refused.code()), (429, "TooManyRequests"));
    assert!(!refused.headers.contains_key("ratelimit-limit"));
}

#[test]
fn beyond_its_capacity_the_service_throttles() {
    let config = Config { mailboxes: 40, service_concurrency: Some(2), latency_ms: 20, ..Config::default() };
    let graph = Graph::start(config, READ);
    let items: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .enumerate()
        .map(|(n, id)| (*id, "GET", format!("/users/{}/mailboxSettings", graph.upn(n as u64)), json!({})))
        .collect();
    let all = by_id(&graph.with_body(Method::POST, "$batch", &batch_of(&items)));
    let throttled: Vec<_> = all.values().filter(|one| one["status"] == 429).collect();
    assert_eq!(throttled.len(), 2);
    for one in throttled {
        let wait: f64 =
            one["headers"]["retry-after"].as_str().or(one["headers"]["Retry-After"].as_str()).unwrap().parse().unwrap();
        assert!(wait > 0.0 && wait < 1.0, "{wait}");
    }
}
