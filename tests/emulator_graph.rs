//! The emulator's Graph is as strict as the service, asked without this library.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
        Self::of(Emulator::start(Config { broken_percent: 0.0, ..config }).unwrap(), roles)
    }

    fn of(emulator: Emulator, roles: &[&str]) -> Self {
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

const USERS: &[&str] = &["User.Read.All"];

/// Every entity of a collection, page by page.
fn all_pages(graph: &Graph, path: &str, is_eventual: bool) -> Vec<Value> {
    let mut entities = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let mut request = graph.request(Method::GET, &path);
        if is_eventual {
            request = request.header("ConsistencyLevel", "eventual");
        }
        let page = graph.send(request);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        entities.extend(page.body["value"].as_array().unwrap().iter().cloned());
        next = page.body["@odata.nextLink"].as_str().map(str::to_owned);
    }
    entities
}

#[test]
fn a_listing_has_every_user_once() {
    let graph = Graph::start(Config { mailboxes: 1000, directory_extra_percent: 30.0, ..Config::default() }, USERS);
    let users = all_pages(&graph, "users?$select=id,userPrincipalName,mail,assignedPlans&$top=999", false);
    assert_eq!(users.len(), 1300);
    assert_eq!(users[0].as_object().unwrap().len(), 4);
    let ids: std::collections::BTreeSet<_> = users.iter().map(|user| user["id"].to_string()).collect();
    assert_eq!(ids.len(), 1300);
    let first = graph.get("users");
    assert_eq!(first.body["value"].as_array().unwrap().len(), 100);
    assert_eq!(first.body["value"][0].as_object().unwrap().len(), 11);
    assert_eq!(first.headers["x-ms-resource-unit"], "2");
    assert_eq!(graph.get("users?$select=id").headers["x-ms-resource-unit"], "1");
    assert_eq!(graph.emulator.state().requests_of("users"), 4);
}

#[test]
fn filters_choose_users_and_advanced_ones_say_so() {
    let graph = Graph::start(Config { mailboxes: 200, directory_extra_percent: 30.0, ..Config::default() }, USERS);
    let number = |filter: &str, is_advanced: bool| {
        let count = if is_advanced { "&$count=true" } else { "" };
        all_pages(&graph, &format!("users?$filter={}{count}", filter.replace(' ', "%20")), is_advanced).len()
    };
    assert_eq!(number("userType eq 'Guest'", false), 20);
    assert_eq!(number("department eq 'sales' and accountEnabled eq true", false), 20);
    assert_eq!(number("accountEnabled eq false", false), 24);
    assert_eq!(number("startsWith(userPrincipalName,'unlicensed.')", false), 20);
    assert_eq!(number("endsWith(mail,'@fabrikam.com')", true), 22);
    assert_eq!(number("mail eq null", true), 40);
    let licensed = "assignedPlans/any(p:p/service eq 'exchange' and p/capabilityStatus eq 'Enabled')";
    assert_eq!(number(licensed, true), 196);
    let name = graph.emulator.population().upn(7);
    let quoted = name.replace('\'', "''");
    assert_eq!(number(&format!("userPrincipalName eq '{quoted}'"), false), 1);

    for (query, code) in [
        ("$filter=userType ne 'Guest'", "Request_UnsupportedQuery"),
        ("$filter=userType ne 'Guest'&$count=true", "Request_UnsupportedQuery"),
        ("$filter=assignedPlans/any(p:p/service eq 'exchange')", "Request_UnsupportedQuery"),
        ("$filter=contains(mail,'a')", "Request_UnsupportedQuery"),
        ("$filter=mailboxSettings/timeZone eq 'UTC'", "Request_UnsupportedQuery"),
        ("$filter=mail is 'x'", "BadRequest"),
        ("$filter=mail eq 'a'&$filter=mail eq 'b'", "BadRequest"),
        ("$orderby=displayName", "Request_UnsupportedQuery"),
        ("$top=1000", "Request_UnsupportedQuery"),
        ("$top=0", "Request_UnsupportedQuery"),
        ("$skip=10", "Request_BadRequest"),
        ("$select=nonsense", "BadRequest"),
        ("$nonsense=1", "BadRequest"),
        ("$select=mailboxSettings", "ExplicitTargetMailboxIdShouldNotBeNullOrWhiteSpace"),
    ] {
        let refused = graph.get(&format!("users?{}", query.replace(' ', "%20")));
        assert_eq!((refused.status, refused.code()), (400, code), "{query}");
    }
    let counted = graph.request(Method::GET, "users?$filter=userType%20ne%20'Guest'&$count=true&$top=5");
    assert_eq!(graph.send(counted.header("ConsistencyLevel", "eventual")).body["@odata.count"], 240);
    let number = graph.request(Method::GET, "users/$count").header("ConsistencyLevel", "eventual");
    assert_eq!(graph.send(number).body, 260);
    assert_eq!(graph.get("users/$count").status, 400);
}

#[test]
fn page_tokens_expire_and_belong_to_their_query() {
    let config = Config { mailboxes: 200, page_token_lifetime: Some(600), ..Config::default() };
    let graph = Graph::start(config, USERS);
    let next = |answer: &Answer| answer.body["@odata.nextLink"].as_str().unwrap().to_owned();
    let link = next(&graph.get("users?$select=id&$top=50"));
    assert!(link.contains("$select=id&$top=50&$skiptoken="), "{link}");
    assert_eq!(graph.get(&link).body["value"][0]["id"], graph.emulator.population().id(50));
    let other = graph.get(&link.replace("$top=50", "$top=60"));
    assert_eq!((other.status, other.code()), (400, "Request_BadRequest"));
    graph.faults(&json!([{"kind": "users", "times": 1, "action": {"expirePageTokens": true}}]));
    assert_eq!(graph.get(&link).code(), "Directory_ExpiredPageToken");
    let link = next(&graph.get("users?$select=id&$top=50"));
    assert_eq!(graph.get(&link).status, 200);
    graph.emulator.set_clock_offset(601);
    assert_eq!(graph.get(&link).code(), "Directory_ExpiredPageToken");
}

#[test]
fn one_user_is_read_and_without_a_mailbox_has_no_settings() {
    let graph = Graph::start(
        Config { mailboxes: 100, directory_extra_percent: 30.0, ..Config::default() },
        &["User.Read.All", "MailboxSettings.Read"],
    );
    let user = graph.get(&format!("users/{}?$select=id,mail,mailboxSettings", graph.upn(49)));
    assert_eq!(user.body["id"], graph.emulator.population().id(49));
    assert_eq!(user.body["mailboxSettings"]["userPurpose"], "shared");
    let guest = graph.emulator.directory().upn(exrun_emulator::User::Extra(0)).replace('#', "%23");
    assert_eq!(graph.get(&format!("users/{guest}")).status, 200);
    let refused = graph.get(&format!("users/{guest}/mailboxSettings"));
    assert_eq!((refused.status, refused.code()), (404, "MailboxNotEnabledForRESTAPI"));
    assert_eq!(graph.get("users/nobody@contoso.com").code(), "Request_ResourceNotFound");
    assert_eq!(graph.get("me").status, 400);
    let stranger = Graph::start(Config::default(), READ);
    assert_eq!(stranger.get("users").code(), "Authorization_RequestDenied");
    assert_eq!(stranger.get("groups").status, 403);
}

#[test]
fn groups_give_their_members_with_those_of_groups_within() {
    let roles = &["GroupMember.Read.All", "User.Read.All"];
    let graph = Graph::start(Config { mailboxes: 1000, directory_extra_percent: 3.0, ..Config::default() }, roles);
    let id_of = |name: &str| {
        let found = graph.get(&format!("groups?$filter=displayName%20eq%20'{}'&$select=id", name.replace(' ', "%20")));
        found.body["value"][0]["id"].as_str().unwrap().to_owned()
    };
    let members = |name: &str, rest: &str| all_pages(&graph, &format!("groups/{}/{rest}", id_of(name)), false);
    assert_eq!(members("sales", "members/microsoft.graph.user?$select=id&$top=30").len(), 100);
    assert_eq!(members("All Staff", "members").len(), 2 + 100 + 10);
    let everyone = members("All Staff", "transitiveMembers/microsoft.graph.user?$select=id");
    assert_eq!(everyone.len(), 100 + 100 + 10);
    let all = members("All Staff", "transitiveMembers");
    assert_eq!(all.len(), 2 + everyone.len());
    assert_eq!(all.iter().filter(|one| one["@odata.type"] == "#microsoft.graph.group").count(), 2);
    assert!(members("Vault Operators", "transitiveMembers").is_empty());
    assert_eq!(graph.get("groups/00000000-0000-0000-0000-000000000000").status, 404);
    assert_eq!(graph.get(&format!("groups/{}", id_of("Sales"))).body["mail"], "sales@contoso.com");
}

#[test]
fn what_a_mailbox_holds_is_listed_created_changed_and_deleted() {
    let roles = &["Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite", "ProfilePhoto.ReadWrite.All", "User.Read.All"];
    let graph = Graph::start(Config { mailboxes: 20, ..Config::default() }, roles);
    let of = |rest: &str| format!("users/{}/{rest}", graph.upn(3));
    let messages = all_pages(&graph, &of("messages?$top=2&$select=subject,isRead"), false);
    let ids: std::collections::BTreeSet<_> = messages.iter().map(|one| one["id"].to_string()).collect();
    assert!(messages.len() >= 3 && ids.len() == messages.len());
    assert_eq!(messages[0].as_object().unwrap().len(), 4, "{}", messages[0]);
    let unread = all_pages(&graph, &of("messages?$filter=isRead%20eq%20false&$count=true"), false);
    assert_eq!(unread.len(), messages.len().div_ceil(2));

    let draft = json!({"subject": "x", "toRecipients": [{"emailAddress": {"address": "a@contoso.com"}}]});
    let created = graph.with_body(Method::POST, &of("messages"), &draft);
    assert_eq!((created.status, &created.body["isDraft"]), (201, &json!(true)));
    assert!(created.headers.contains_key("location"));
    let one = of(&format!("messages/{}", created.body["id"].as_str().unwrap()));
    assert_eq!(graph.with_body(Method::PATCH, &one, &json!({"isRead": true})).status, 200);
    assert_eq!(graph.get(&one).body["isRead"], true);
    assert_eq!(graph.get(&of("mailFolders/drafts/messages")).body["value"].as_array().unwrap().len(), 1);
    assert_eq!(graph.with_body(Method::PATCH, &one, &json!({"nonsense": true})).code(), "RequestBodyRead");
    assert_eq!(graph.send(graph.request(Method::DELETE, &one)).status, 204);
    assert_eq!(graph.get(&one).code(), "ErrorItemNotFound");
    assert_eq!(graph.send(graph.request(Method::DELETE, &one)).status, 404);

    let mail = graph.with_body(Method::POST, &of("sendMail"), &json!({ "message": draft }));
    assert_eq!((mail.status, mail.body), (202, Value::Null));
    let capital = json!({"Message": draft, "SaveToSentItems": false});
    assert_eq!(graph.with_body(Method::POST, &of("sendMail"), &capital).status, 202);
    for wrong in [json!({"message": draft, "Message": draft}), json!({"message": draft, "Other": 1})] {
        assert_eq!(graph.with_body(Method::POST, &of("sendMail"), &wrong).status, 400, "{wrong}");
    }
    let nobody = graph.with_body(Method::POST, &of("sendMail"), &json!({"message": {"subject": "x"}}));
    assert_eq!(nobody.code(), "ErrorInvalidRecipients");
    assert_eq!(graph.with_body(Method::POST, &of("calendars"), &json!({"name": "Team"})).status, 201);
    assert_eq!(graph.with_body(Method::POST, &of("calendars"), &json!({})).status, 400);
    assert_eq!(graph.get(&of("calendars")).body["value"].as_array().unwrap().len(), 2);
    assert_eq!(graph.with_body(Method::POST, &of("mailFolders"), &json!({"displayName": "Inbox"})).status, 409);
    let photo = graph
        .request(Method::PUT, &of("photo/$value"))
        .header("content-type", "image/jpeg")
        .body(&b"\xff\xd8\xff\xe0"[..]);
    assert_eq!(graph.send(photo).status, 200);
    assert_eq!(graph.get(&of("photo/$value")).headers["content-type"], "image/jpeg");

    let state = graph.emulator.state();
    assert_eq!((state.created_by_mailbox[&3], state.posts), (4, 9));
}

#[test]
fn a_post_whose_reply_is_lost_has_created_something() {
    let graph = Graph::start(Config { mailboxes: 20, ..Config::default() }, &["Mail.ReadWrite"]);
    graph.faults(&json!([{"kind": "write", "method": "POST", "times": 1, "action": {"reset": "after"}},
        {"method": "POST", "times": 1, "modulo": [20, 4], "action": {"reset": "before"}}]));
    for index in [3, 4] {
        let path = format!("users/{}/messages", graph.upn(index));
        assert!(graph.try_send(with_json(graph.request(Method::POST, &path), &json!({"subject": "x"}))).is_err());
    }
    let created = graph.emulator.state().created_by_mailbox;
    assert_eq!((created.get(&3), created.get(&4)), (Some(&1), Some(&1)));
    let path = format!("users/{}/messages", graph.upn(4));
    assert!(graph.try_send(with_json(graph.request(Method::POST, &path), &json!({"subject": "x"}))).is_err());
    assert_eq!(graph.emulator.state().created_by_mailbox[&4], 1);
}

#[test]
fn content_needs_its_roles() {
    let graph = Graph::start(Config { mailboxes: 20, ..Config::default() }, &["Mail.Read"]);
    let of = |rest: &str| format!("users/{}/{rest}", graph.upn(3));
    assert_eq!(graph.get(&of("messages")).status, 200);
    assert_eq!(graph.get(&of("calendars")).status, 403);
    assert_eq!(graph.with_body(Method::POST, &of("messages"), &json!({})).status, 403);
    assert_eq!(graph.with_body(Method::POST, &of("sendMail"), &json!({})).status, 403);
    assert_eq!(graph.get(&of("nonsense")).status, 400);
}

#[test]
fn a_key_registered_through_graph_signs_in() {
    let (emulator, first, options) = support::start(Config::default());
    let graph = Graph::of(emulator, &["Application.ReadWrite.OwnedBy"]);
    let path = format!("applications(appId='{}')", support::APP);
    let read = graph.get(&format!("{path}?$select=id,keyCredentials"));
    let old = read.body["keyCredentials"][0].clone();
    assert_eq!(old["key"], STANDARD.encode(&first.der));
    assert_eq!(graph.get(&path).body["keyCredentials"][0]["key"], Value::Null);

    let second = support::TestCertificate::new();
    let new = json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&second.der)});
    let kept = json!({"keyId": old["keyId"]});
    let object = format!("applications/{}", read.body["id"].as_str().unwrap());
    let registered = graph.with_body(Method::PATCH, &object, &json!({"keyCredentials": [kept, new]}));
    assert_eq!(registered.status, 204, "{}", registered.body);
    let signs_in = |pfx: &std::path::Path| {
        let credential = exrun::client::Credential::CertificateFile { path: pfx.to_owned(), password: None };
        let options = exrun::ClientOptions { credential: Some(credential), ..options.clone() };
        let client = exrun::Client::new(options).unwrap();
        let name = graph.emulator.population().upn(0);
        support::report(&client, &exrun::rows::ReportRequest::default(), &[name]).is_ok()
    };
    assert!(signs_in(&second.pfx));
    let only_new = json!({"keyCredentials": [new]});
    assert_eq!(graph.with_body(Method::PATCH, &object, &only_new).status, 204);
    assert!(!signs_in(&first.pfx));

    for wrong in [
        json!({"keyCredentials": [{"keyId": "00000000-0000-4000-8000-000000000000"}]}),
        json!({"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": "bm9uZQ=="}]}),
        json!({"keyCredentials": [{"type": "Symmetric", "usage": "Sign", "key": STANDARD.encode(&second.der)}]}),
        json!({"nonsense": 1}),
    ] {
        assert_eq!(graph.with_body(Method::PATCH, &object, &wrong).status, 400, "{wrong}");
    }
    assert_eq!(graph.get("applications(appId='x')").status, 404);
    assert_eq!(Graph::start(Config::default(), READ).get(&path).status, 403);
}
