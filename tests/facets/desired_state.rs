//! Mailboxes brought to a wanted state, and back: compared, planned, done, compared again, undone.

use std::path::{Path, PathBuf};

use exrun::client::{PlanApply, RunRequest, StatePlan};
use exrun::error::Error;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::{Tenant, json_lines, support};

/// The lists of a mailbox, as the service gives them, without what says when and under which id they were made.
const LISTS: [&str; 7] = [
    "mailFolders/inbox/messageRules",
    "calendar/calendarPermissions",
    "outlook/masterCategories",
    "mailFolders",
    "contacts",
    "contactFolders",
    "mailboxSettings",
];

impl Tenant {
    fn compared(&self, state: &Value, plan: Option<&Path>, lines: Vec<Value>) -> Result<Vec<Value>, Error> {
        let request = StatePlan {
            run: json_lines(),
            state: state.clone(),
            include_empty: false,
            plan_file: plan.map(Path::to_owned),
        };
        let stream = self.client.mailbox_state_plan(&request)?;
        support::drive_lines(&self.client, &*stream, lines)
    }

    fn done(&self, plan: &Path, undo: Option<PathBuf>) -> Vec<Value> {
        let apply = PlanApply { plan: plan.to_owned(), undo_plan: undo, ..PlanApply::default() };
        let run = RunRequest { maximum: Some(1_000_000), ..json_lines() };
        let stream = self.client.plan_apply(&run, &apply).unwrap();
        support::drive_lines(&self.client, &*stream, []).unwrap()
    }

    fn list(&self, index: u64, path: &str) -> Vec<Value> {
        let id = self.emulator.population().id(index);
        let options = if path == "mailboxSettings" { "" } else { "?$top=500" };
        let reply = self.graph("GET", &format!("users/{id}/{path}{options}"), None).unwrap();
        reply["value"].as_array().cloned().unwrap_or_else(|| vec![reply.clone()])
    }

    /// All that a mailbox has, as texts in an order of their own.
    fn held(&self, index: u64) -> Vec<String> {
        let mut held = Vec::new();
        for path in LISTS {
            self.hold(index, path, path, &mut held);
        }
        held.sort();
        held
    }

    fn hold(&self, index: u64, path: &str, place: &str, held: &mut Vec<String>) {
        for mut element in self.list(index, path) {
            let members = element.as_object_mut().unwrap();
            let name = members.get("displayName").and_then(Value::as_str).unwrap_or_default().to_owned();
            let id = members.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            for made in [
                "id",
                "@odata.etag",
                "@odata.context",
                "parentFolderId",
                "changeKey",
                "createdDateTime",
                "lastModifiedDateTime",
                "childFolderCount",
            ] {
                members.remove(made);
            }
            // Null is what a member has that nobody ever set.
            members.retain(|_, value| !value.is_null());
            // Whatever the order in which it was given them.
            element.sort_all_objects();
            held.push(format!("{place}: {element}"));
            for (list, within) in
                [("mailFolders", "childFolders"), ("contactFolders", "childFolders"), ("contactFolders", "contacts")]
            {
                if path.starts_with(list) && !path.ends_with("contacts") && !path.ends_with("messageRules") {
                    self.hold(index, &format!("{list}/{id}/{within}"), &format!("{place}/{name}/{within}"), held);
                }
            }
        }
    }

    fn writes(&self) -> u64 {
        self.emulator.state().writes_by_mailbox.values().sum()
    }
}

/// All six facets in their modes.
fn everything() -> Value {
    json!({
        "settings": {"items": {"timeZone": "Tokyo Standard Time", "workingHours": {"startTime": "09:30"}}},
        "inboxRules": [
            {"mode": "exact", "scope": {"prefix": "newsletter"}, "items": [
                {"displayName": "Newsletter 1", "sequence": 2, "isEnabled": true,
                    "conditions": {"senderContains": ["news1@"]}, "actions": {"delete": true}}]},
            {"items": [{"displayName": "Mark", "sequence": 30, "conditions": {"subjectContains": ["Kim", "adele"]},
                "actions": {"markImportance": "high"}}]}],
        "calendarPermissions": {"mode": "ensure", "items": [
            {"emailAddress": {"address": "Kim@contoso.com", "name": "Kim"}, "role": "read"},
            {"emailAddress": {"name": "My Organization"}, "role": "limitedRead"}]},
        "categories": [
            {"mode": "exact", "scope": {"names": ["Red category", "New", "Blue category"]}, "items": [
                {"displayName": "red CATEGORY", "color": "preset4"}, {"displayName": "New", "color": "Preset7"}]},
            {"mode": "absent", "items": ["Green category"]}],
        "mailFolders": {"items": [{"path": "Projects/2026/a\\/b"}, {"path": "Projects"}, {"path": "Projects/2026"}]},
        "contacts": [
            {"mode": "exact", "scope": {"folder": "Company/Berlin"}, "items": [
                {"displayName": "Lee", "emailAddresses": [{"address": "lee@contoso.com"}], "jobTitle": "Chief"},
                {"displayName": "No Address", "mobilePhone": "1"}]},
            {"items": {"displayName": "Contact 0", "emailAddresses": [{"address": "contact0@fabrikam.com"}],
                "jobTitle": "Chief"}}],
    })
}

#[test]
fn a_mailbox_comes_to_the_wanted_state_and_stays_there_and_comes_back() {
    let tenant = Tenant::new(12);
    let folder = tempfile::tempdir().unwrap();
    let (plan, undo) = (folder.path().join("plan.jsonl"), folder.path().join("undo.jsonl"));
    let before: Vec<_> = (0..12).map(|index| tenant.held(index)).collect();
    let rows = tenant.compared(&everything(), Some(&plan), tenant.upns(12)).unwrap();
    assert_eq!(tenant.writes(), 0, "to compare is to write nothing");
    assert!(rows.iter().all(|row| row["InDesiredState"] == false && row["Blocked"].is_null()), "{rows:?}");
    let of =
        |facet: &str, change: &str| rows.iter().filter(|row| row["Facet"] == facet && row["Change"] == change).count();
    assert_eq!((of("settings", "Change"), of("mailFolders", "Create")), (12, 36));
    assert!(of("inboxRules", "Remove") > 0 && of("categories", "Remove") > 0 && of("contacts", "Create") >= 24);
    let done = tenant.done(&plan, Some(undo.clone()));
    assert!(done.iter().all(|row| row["Outcome"] == "Done"), "{done:?}");
    assert_eq!(done.len(), rows.len());
    let writes = tenant.writes();
    assert_eq!(tenant.compared(&everything(), None, tenant.upns(12)).unwrap(), Vec::<Value>::new());
    assert_eq!(tenant.writes(), writes, "a second time writes nothing");
    let undone = tenant.done(&undo, None);
    assert!(undone.iter().all(|row| row["Outcome"] == "Done"), "{undone:?}");
    for index in 0..12 {
        assert_eq!(tenant.held(index), before[usize::try_from(index).unwrap()], "{index}");
    }
}

#[test]
fn a_mailbox_in_the_state_proves_that_it_was_read_and_facets_share_requests() {
    let tenant = Tenant::new(40);
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.jsonl");
    tenant.compared(&everything(), Some(&plan), tenant.upns(40)).unwrap();
    tenant.done(&plan, None);
    tenant.emulator.reset();
    let request =
        StatePlan { run: json_lines(), state: everything(), include_empty: true, plan_file: Some(plan.clone()) };
    let stream = tenant.client.mailbox_state_plan(&request).unwrap();
    let rows = support::drive_lines(&tenant.client, &*stream, tenant.upns(40)).unwrap();
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| row["InDesiredState"] == true && row["Facet"].is_null()), "{rows:?}");
    // A plan of nothing is one.
    assert_eq!(tenant.done(&plan, None), Vec::<Value>::new());
    let sent = stream.progress()["requests"].as_u64().unwrap();
    // Read one by one it is nine lists of each mailbox at least, and those of the folders within folders.
    let read = tenant.emulator.state().requests_of("graph");
    assert!(read >= 9 * 40, "{read}");
    assert!(sent <= 2 * 40, "{sent} requests for {read} reads");
}

#[test]
fn what_is_in_the_way_is_told_and_the_rest_is_done() {
    let tenant = Tenant::new(5);
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.jsonl");
    let state = json!({"calendarPermissions": {"items": [
        {"emailAddress": {"address": "guest3@collector.example"}, "role": "write"},
        {"emailAddress": {"address": "kim@contoso.com"}, "role": "read"}]}});
    let rows = tenant.compared(&state, Some(&plan), vec![tenant.upn(3).into()]).unwrap();
    assert_eq!(rows.len(), 2);
    let blocked = rows[0]["Blocked"].as_str().unwrap();
    assert!(blocked.contains("may not be given \"write\""), "{blocked}");
    assert_eq!(tenant.done(&plan, None).len(), 1);
    assert_eq!(tenant.compared(&state, None, vec![tenant.upn(3).into()]).unwrap().len(), 1);
}

#[test]
fn a_state_that_makes_no_sense_is_refused_before_anything_is_sent() {
    let tenant = Tenant::new(1);
    let rule = json!({"displayName": "a", "sequence": 1, "actions": {"delete": true}});
    for (state, part) in [
        (json!(null), "state: must be an object, not null"),
        (json!({}), "asks for nothing: give one of settings, inboxRules"),
        (json!({"rules": {}}), "rules: must be one of settings, inboxRules"),
        (json!({"inboxRules": []}), "inboxRules: is empty"),
        (json!({"inboxRules": 1}), "inboxRules: must be an object, not a number"),
        (json!({"inboxRules": {"mode": "ensure"}}), "items: is missing"),
        (json!({"inboxRules": {"items": []}}), "items: there are none"),
        (json!({"inboxRules": {"items": [1]}}), "items: an item must be an object, not a number"),
        (json!({"inboxRules": {"items": ["a"]}}), "an item must be an object, not a string"),
        (json!({"inboxRules": {"item": [rule]}}), "item: must be one of mode, scope, items"),
        (json!({"inboxRules": {"items": [rule], "Items": [rule]}}), "items: is there twice"),
        (
            json!({"inboxRules": {"mode": "must", "items": [rule]}}),
            "mode: must be ensure, exact or absent, not \"must\"",
        ),
        (json!({"inboxRules": {"mode": "exact", "items": [rule]}}), "exact needs a scope"),
        (json!({"inboxRules": {"mode": "exact", "scope": {}, "items": [rule]}}), "scope: is empty"),
        (
            json!({"inboxRules": {"mode": "exact", "scope": {"prefix": " "}, "items": [rule]}}),
            "scope: prefix: is blank",
        ),
        (json!({"inboxRules": {"mode": "exact", "scope": {"all": false}, "items": [rule]}}), "all: must be true"),
        (
            json!({"inboxRules": {"mode": "exact", "scope": {"all": true, "prefix": "a"}, "items": [rule]}}),
            "do not go together",
        ),
        (json!({"inboxRules": {"scope": {"prefix": "a"}, "items": [rule]}}), "scope: is of the mode exact"),
        (
            json!({"inboxRules": {"mode": "exact", "scope": {"folder": "a"}, "items": [rule]}}),
            "folder: is not of inboxRules",
        ),
        (json!({"inboxRules": {"mode": "exact", "scope": {"prefix": "b"}, "items": [rule]}}), "lies beyond the scope"),
        (json!({"inboxRules": {"items": [rule, rule]}}), "\"a\" is there twice"),
        (json!({"inboxRules": [{"items": [rule]}, {"mode": "absent", "items": ["A"]}]}), "\"a\" is there twice"),
        (
            json!({"inboxRules": [{"items": [rule]}, {"mode": "exact", "scope": {"all": true}, "items": []}]}),
            "lies in the scope of another part",
        ),
        (json!({"inboxRules": {"items": [{"displayName": "a", "hasError": true}]}}), "hasError: must be one of"),
        (
            json!({"settings": {"mode": "exact", "scope": {"all": true}, "items": {"timeZone": "UTC"}}}),
            "their mode is ensure",
        ),
        (json!({"settings": {"items": {"userPurpose": "user"}}}), "userPurpose"),
        (json!({"settings": {"items": [{"timeZone": "UTC"}, {"timeZone": "UTC"}]}}), "has its settings once"),
        (
            json!({"contacts": {"scope": {"folder": "a//b"}, "items": [{"displayName": "x"}]}}),
            "folder: a name is blank",
        ),
        (json!({"mailFolders": {"items": [{"path": "a", "displayName": "b"}]}}), "displayName: must be"),
    ] {
        let error = tenant.compared(&state, None, tenant.upns(1)).unwrap_err();
        assert!(error.to_string().contains(part), "{state}: {error}");
    }
    assert_eq!(tenant.emulator.state().requests_of("any"), 0);
    assert_eq!(tenant.emulator.state().requests_of("graph"), 0);
}

/// What a facet's mailboxes begin with, and what is wanted of them, drawn at random.
fn drawn<T>(runner: &mut TestRunner, strategy: impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

fn rule() -> BoxedStrategy<Value> {
    let name = prop_oneof!["Corp [a-c]", "[a-c]"];
    (name, 1..4i64, any::<bool>(), prop::option::of("[a-b]{1,2}"), any::<bool>())
        .prop_map(|(name, sequence, is_on, word, deletes)| {
            let mut rule = json!({"displayName": name, "sequence": sequence, "isEnabled": is_on});
            if let Some(word) = word {
                rule["conditions"] = json!({"subjectContains": [word]});
            }
            rule["actions"] = if deletes {
                json!({"delete": true, "markAsRead": true})
            } else {
                json!({"forwardTo": [{"emailAddress": {"address": "Kim@contoso.com", "name": "K"}}]})
            };
            rule
        })
        .boxed()
}

fn category() -> BoxedStrategy<Value> {
    let name = "(Corp )?[a-dA-D]";
    (name, 0..4u8).prop_map(|(name, color)| json!({"displayName": name, "color": format!("preset{color}")})).boxed()
}

fn permission() -> BoxedStrategy<Value> {
    let role = prop_oneof![Just("read"), Just("freeBusyRead"), Just("limitedRead")];
    ("(corp )?[a-d]@contoso\\.com", role)
        .prop_map(|(address, role)| json!({"emailAddress": {"address": address.replace(' ', "."), "name": "N"}, "role": role}))
        .boxed()
}

fn mail_folder() -> BoxedStrategy<Value> {
    "Corp [ab](/[cd]){0,2}".prop_map(|path| json!({"path": path})).boxed()
}

fn contact() -> BoxedStrategy<Value> {
    ("[a-d]", prop::option::of("[xy]{1,2}"), prop::option::of("[0-9]{3}"), any::<bool>())
        .prop_map(|(name, title, phone, has_address)| {
            let mut contact = json!({"displayName": format!("Corp {name}"), "jobTitle": title});
            if let Some(phone) = phone {
                contact["businessPhones"] = json!([phone]);
            }
            if has_address {
                contact["emailAddresses"] = json!([{"address": format!("corp.{name}@contoso.com"), "name": name}]);
            }
            contact
        })
        .boxed()
}

fn settings() -> BoxedStrategy<Value> {
    let zone = prop_oneof![Just("UTC"), Just("Tokyo Standard Time"), Just("utc")];
    let date = prop_oneof![Just("yyyy-MM-dd"), Just("dd.MM.yyyy")];
    (zone, prop::option::of(date))
        .prop_map(|(zone, date)| {
            let mut settings = json!({"timeZone": zone});
            if let Some(date) = date {
                settings["dateFormat"] = date.into();
            }
            settings
        })
        .boxed()
}

/// Those with a key that none before them has.
fn distinct(facet: &str, items: Vec<Value>) -> Vec<Value> {
    let facet = exrun::facet::named(facet).unwrap();
    let mut keys = Vec::new();
    let mut is_new = |item: &Value| {
        let key = facet.key(item.as_object().unwrap()).to_lowercase();
        let is_new = !keys.contains(&key);
        keys.push(key);
        is_new
    };
    items.into_iter().filter(|item| is_new(item)).collect()
}

/// The folders around those that are wanted are wanted too.
fn with_parents(items: Vec<Value>) -> Vec<Value> {
    let mut paths: Vec<String> = Vec::new();
    for item in &items {
        let parts: Vec<&str> = item["path"].as_str().unwrap().split('/').collect();
        paths.extend((1..=parts.len()).map(|depth| parts[..depth].join("/")));
    }
    paths.sort();
    paths.dedup();
    paths.into_iter().map(|path| json!({"path": path})).collect()
}

/// Some mailboxes brought from random states to random ones, and back.
fn brought_and_back(facet: &str, item: fn() -> BoxedStrategy<Value>, scope: &Value, cases: u64) {
    const MAILBOXES: u64 = 3;
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let state_of = |mode: &str, items: Vec<Value>| {
        let mut part = json!({"mode": mode, "items": items});
        if mode == "exact" || scope.get("folder").is_some() {
            part["scope"] = scope.clone();
        }
        json!({ facet: part })
    };
    let several = |runner: &mut TestRunner, least: usize| {
        let mut items = distinct(facet, drawn(runner, prop::collection::vec(item(), least..6)));
        if facet == "mailFolders" {
            items = with_parents(items);
        }
        if facet == "settings" {
            items.truncate(1);
        }
        items
    };
    for case in 0..cases {
        let tenant = Tenant::new(MAILBOXES);
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        // Each begins with what another random state makes of it.
        for index in 0..MAILBOXES {
            let begin = state_of("ensure", several(&mut runner, 1));
            tenant.compared(&begin, Some(&file("begin.jsonl")), vec![tenant.upn(index).into()]).unwrap();
            tenant.done(&file("begin.jsonl"), None);
        }
        let before: Vec<_> = (0..MAILBOXES).map(|index| tenant.held(index)).collect();
        let mode = match facet {
            "settings" => "ensure",
            _ => ["ensure", "exact", "absent"][usize::try_from(case).unwrap() % 3],
        };
        let mut items = several(&mut runner, usize::from(mode != "exact"));
        if let (Some(prefix), "exact") = (scope["prefix"].as_str(), mode) {
            let facet = exrun::facet::named(facet).unwrap();
            items
                .retain(|item| facet.key(item.as_object().unwrap()).to_lowercase().starts_with(&prefix.to_lowercase()));
        }
        let wanted = state_of(mode, items);
        let rows = tenant.compared(&wanted, Some(&file("plan.jsonl")), tenant.upns(MAILBOXES)).unwrap();
        assert!(rows.iter().all(|row| row["Blocked"].is_null()), "{rows:?}");
        let done = tenant.done(&file("plan.jsonl"), Some(file("undo.jsonl")));
        let is_done = |row: &Value| row["Outcome"] == "Done" || row["Outcome"] == "AlreadyGone";
        assert!(done.iter().all(is_done), "{wanted}: {done:?}");
        let left = tenant.compared(&wanted, None, tenant.upns(MAILBOXES)).unwrap();
        assert_eq!(left, Vec::<Value>::new(), "{wanted}");
        if file("undo.jsonl").exists() {
            let undone = tenant.done(&file("undo.jsonl"), None);
            let text = std::fs::read_to_string(file("undo.jsonl")).unwrap();
            let others: Vec<_> = undone.iter().filter(|row| row["Outcome"] != "Done").collect();
            assert!(others.is_empty(), "{wanted}: {others:?} of {text}");
        }
        for (index, before) in (0..MAILBOXES).zip(&before) {
            assert_eq!(tenant.held(index), *before, "{case} {index} {wanted}");
        }
    }
}

#[test]
fn random_rules_come_to_random_states_and_back() {
    brought_and_back("inboxRules", rule, &json!({"prefix": "Corp "}), 6);
}

#[test]
fn random_categories_come_to_random_states_and_back() {
    brought_and_back("categories", category, &json!({"prefix": "Corp "}), 6);
}

#[test]
fn random_permissions_come_to_random_states_and_back() {
    brought_and_back("calendarPermissions", permission, &json!({"prefix": "corp"}), 6);
}

#[test]
fn random_folders_come_to_random_states_and_back() {
    brought_and_back("mailFolders", mail_folder, &json!({"prefix": "Corp "}), 6);
}

#[test]
fn random_contacts_come_to_random_states_and_back() {
    brought_and_back("contacts", contact, &json!({"prefix": "corp"}), 6);
    brought_and_back("contacts", contact, &json!({"folder": "Company/Berlin"}), 6);
}

#[test]
fn random_settings_come_to_random_states_and_back() {
    brought_and_back("settings", settings, &Value::Object(Map::new()), 3);
}
