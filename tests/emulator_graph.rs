//! The emulator's Graph is as strict as the service, asked without this library.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use exrun_emulator::{Config, Emulator, FaultScript};
use reqwest::Method;
use serde_json::{Value, json};

/// An emulator, and a plain HTTP client that has a token of its own.
struct Graph {
    emulator: Emulator,
    http: reqwest::Client,
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
        Self { emulator, http, token }
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

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    async fn with_body(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(with_json(self.request(method, path), body)).await
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

#[tokio::test]
async fn settings_are_changed_in_part_and_read_back() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, WRITE);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let before = graph.get(&path).await;
    let change = json!({"timeZone": "Tokyo Standard Time", "automaticRepliesSetting": {"status": "disabled"}});
    let changed = graph.with_body(Method::PATCH, &path, &change).await;
    assert_eq!(changed.status, 200);
    assert!(changed.body["@odata.context"].as_str().unwrap().ends_with("/mailboxSettings"));
    assert_eq!(changed.body.as_object().unwrap().len(), 3, "{}", changed.body);
    let mut wanted = before.body.clone();
    wanted["timeZone"] = "Tokyo Standard Time".into();
    wanted["automaticRepliesSetting"]["status"] = "disabled".into();
    assert_eq!(graph.get(&path).await.body, wanted);
    assert_eq!(graph.get(&format!("{path}/timeZone")).await.body["value"], "Tokyo Standard Time");
    assert_eq!(graph.emulator.settings(3)["timeZone"], "Tokyo Standard Time");

    let state = graph.emulator.state();
    assert_eq!((state.by_mailbox[&3], state.writes_by_mailbox[&3], state.writes_done_by_mailbox[&3]), (4, 1, 1));
}

#[tokio::test]
async fn a_change_that_is_wrong_changes_nothing() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, WRITE);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let before = graph.get(&path).await.body;
    for (change, code) in [
        (json!({"timeZone": "UTC", "nonsense": 1}), "RequestBodyRead"),
        (json!({"dateFormat": "d.M.y", "timeZone": "Here"}), "InvalidTimeZone"),
        (json!({"timeZone": "UTC", "userPurpose": "shared"}), "ErrorInvalidRequest"),
    ] {
        let refused = graph.with_body(Method::PATCH, &path, &change).await;
        assert_eq!((refused.status, refused.code()), (400, code), "{change}");
        assert!(refused.body["error"]["innerError"]["request-id"].is_string());
    }
    let untyped = graph.send(graph.request(Method::PATCH, &path).body("{\"timeZone\":\"UTC\"}")).await;
    assert_eq!((untyped.status, untyped.code()), (400, "RequestBodyRead"));
    let text = graph.request(Method::PATCH, &path).header("content-type", "text/plain").body("{}");
    assert_eq!(graph.send(text).await.status, 415);
    let broken = graph.request(Method::PATCH, &path).header("content-type", "application/json").body("{\"timeZone\":");
    assert_eq!(graph.send(broken).await.code(), "RequestBodyRead");
    assert_eq!(graph.with_body(Method::POST, &path, &json!({})).await.status, 405);
    assert_eq!(graph.get(&path).await.body, before);
    assert!(graph.emulator.state().writes_done_by_mailbox.is_empty());
}

#[tokio::test]
async fn writing_needs_its_role() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, READ);
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    assert_eq!(graph.get(&path).await.status, 200);
    let refused = graph.with_body(Method::PATCH, &path, &json!({"timeZone": "UTC"})).await;
    assert_eq!((refused.status, refused.code()), (403, "ErrorAccessDenied"));
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_carried_out() {
    let graph = Graph::start(Config { mailboxes: 10, ..Config::default() }, WRITE);
    graph.faults(&json!([{"kind": "graph", "times": 1, "action": {"reset": "after"}}]));
    let path = format!("users/{}/mailboxSettings", graph.upn(3));
    let lost = with_json(graph.request(Method::PATCH, &path), &json!({"timeZone": "UTC"})).send().await;
    assert!(lost.is_err());
    assert_eq!(graph.get(&path).await.body["timeZone"], "UTC");
    assert_eq!(graph.emulator.state().writes_done_by_mailbox[&3], 1);
}
