//! What a facet would write, carried out at the emulator and undone.

use exrun::facet::{self, Change, ChangeKind, Facet, Item, Mode, Scope};
use serde_json::{Value, json};

use super::{Tenant, compare};

/// The items of a facet in a mailbox, as its reading gives them.
fn items(tenant: &Tenant, facet: &dyn Facet, index: u64) -> Vec<Item> {
    let mut open = facet.begin();
    let mut found = Vec::new();
    while !open.is_empty() {
        let step = open.remove(0);
        let path = of_mailbox(tenant, index, &step.path);
        let options = if path.ends_with("mailboxSettings") { "" } else { "?$top=500" };
        let reply = tenant.graph("GET", &format!("{path}{options}"), None);
        let reply = reply.unwrap();
        for element in reply["value"].as_array().unwrap_or(&vec![reply.clone()]) {
            let taken = facet.take(&step, element.as_object().unwrap().clone());
            found.extend(taken.item);
            open.extend(taken.further);
        }
    }
    found
}

fn of_mailbox(tenant: &Tenant, index: u64, path: &str) -> String {
    format!("users/{}/{}", tenant.emulator.population().id(index), path.replace("?$top=250", ""))
}

/// Sends what a change asks for; gives what the service answered.
fn carry_out(tenant: &Tenant, index: u64, change: &Change) -> Option<Item> {
    let request = &change.request;
    let reply = tenant.graph(&request.method, &of_mailbox(tenant, index, &request.path), request.body.clone());
    reply.unwrap_or_else(|error| panic!("{change:?}: {error}")).as_object().cloned()
}

fn object(value: Value) -> Item {
    serde_json::from_value(value).unwrap()
}

/// Brings a mailbox to what is wanted, looks that nothing is left to do, and back again.
fn there_and_back(facet_name: &str, index: u64, wanted: &[Item], mode: Mode, scope: Option<&Scope>) -> Vec<ChangeKind> {
    let tenant = Tenant::new(40);
    let facet = facet::named(facet_name).unwrap();
    let facet = &*facet;
    let before = items(&tenant, facet, index);
    let changes = compare(facet, wanted, &before, mode, scope).unwrap();
    let mut undo = Vec::new();
    for change in &changes {
        assert!(!facet.is_done(change, &items(&tenant, facet, index)), "{change:?}");
        let written = carry_out(&tenant, index, change);
        assert!(facet.is_done(change, &items(&tenant, facet, index)), "{change:?}");
        undo.push(facet.inverse(change, written.as_ref()).unwrap());
    }
    let after = items(&tenant, facet, index);
    assert_eq!(compare(facet, wanted, &after, mode, scope).unwrap(), [], "{facet_name} {index}");
    for change in undo.iter().rev() {
        carry_out(&tenant, index, change);
    }
    let normal = |items: &[Item]| {
        let mut all: Vec<String> = items.iter().map(|item| json!(facet.normal(item)).to_string()).collect();
        all.sort();
        all
    };
    assert_eq!(normal(&items(&tenant, facet, index)), normal(&before), "{facet_name} {index}");
    // A line of a plan holds all of it.
    for change in &changes {
        let line = serde_json::to_string(change).unwrap();
        assert_eq!(serde_json::from_str::<Change>(&line).unwrap(), *change);
    }
    changes.iter().map(|change| change.kind).collect()
}

#[test]
fn rules_come_change_and_go_and_come_back() {
    use ChangeKind::{Change, Create, Remove};
    let wanted = [
        object(json!({"displayName": "newsletter 1", "sequence": 2, "isEnabled": true,
            "conditions": {"senderContains": ["news1@"]}, "actions": {"delete": true}})),
        object(json!({"displayName": "Mark", "sequence": 30, "conditions": {"subjectContains": ["Kim", "adele"]},
            "actions": {"markImportance": "high", "assignCategories": ["Red category"]}})),
    ];
    assert_eq!(there_and_back("inboxRules", 7, &wanted, Mode::Ensure, None), [Change, Create]);
    let within = Scope::Prefix("newsletter".into());
    let exact = there_and_back("inboxRules", 9, &wanted[..1], Mode::Exact, Some(&within));
    assert_eq!(exact, [vec![Remove; 11], vec![Change]].concat());
    assert_eq!(
        there_and_back("inboxRules", 8, &[object(json!({"displayName": "NEWSLETTER 0"}))], Mode::Absent, None),
        [Remove]
    );
    assert_eq!(there_and_back("inboxRules", 0, &wanted, Mode::Ensure, None), [Create, Create]);
}

#[test]
fn a_wanted_state_that_makes_no_sense_is_refused() {
    let facet = facet::named("inboxRules").unwrap();
    let rule = || object(json!({"displayName": "a", "sequence": 1, "actions": {"delete": true}}));
    let refused = |wanted: &[Item], mode, scope: Option<&Scope>| {
        compare(&*facet, wanted, &[], mode, scope).unwrap_err().to_string()
    };
    assert!(refused(&[rule(), rule()], Mode::Ensure, None).contains("\"a\" is there twice"));
    assert!(refused(&[rule()], Mode::Exact, None).contains("exact needs a scope"));
    let other = Scope::Prefix("b".into());
    assert!(refused(&[rule()], Mode::Exact, Some(&other)).contains("lies beyond the scope"));
    let mut foreign = rule();
    foreign.insert("hasError".into(), true.into());
    assert!(refused(&[foreign], Mode::Ensure, None).contains("hasError: must be one of"));
    assert!(refused(&[object(json!({"displayName": " "}))], Mode::Absent, None).contains("has no name"));
    let read_only = object(json!({"id": "1", "displayName": "a", "isReadOnly": true}));
    let error = compare(&*facet, &[rule()], &[read_only], Mode::Absent, None).unwrap_err().to_string();
    assert!(error.contains("read-only"), "{error}");
}

#[test]
fn categories_permissions_folders_and_contacts_come_change_and_go_and_come_back() {
    use ChangeKind::{Change, Create, Remove};
    let wanted = |values: &[Value]| values.iter().cloned().map(object).collect::<Vec<_>>();
    let categories = wanted(&[
        json!({"displayName": "red CATEGORY", "color": "preset4"}),
        json!({"displayName": "New", "color": "Preset7"}),
    ]);
    assert_eq!(there_and_back("categories", 2, &categories, Mode::Ensure, None), [Change, Create]);
    let named = Scope::Keys(["Red category", "New", "Blue category"].map(str::to_owned).into());
    assert_eq!(there_and_back("categories", 2, &categories, Mode::Exact, Some(&named)), [Remove, Change, Create]);

    let somebody = json!({"emailAddress": {"address": "Kim@contoso.com", "name": "Kim"}, "role": "read"});
    let everybody = json!({"emailAddress": {"name": "My Organization"}, "role": "limitedRead"});
    let permissions = wanted(&[somebody, everybody]);
    assert_eq!(there_and_back("calendarPermissions", 3, &permissions, Mode::Ensure, None), [Create, Change]);
    let exact = there_and_back("calendarPermissions", 3, &permissions, Mode::Exact, Some(&Scope::All));
    assert_eq!(exact, [Remove, Remove, Create, Change]);

    let folders = wanted(&[json!({"path": "Inbox/Level 1/Projects"}), json!({"path": "Archive a\\/b"})]);
    assert_eq!(there_and_back("mailFolders", 2, &folders, Mode::Ensure, None), [Create, Create]);
    let deepest = [object(json!({"path": "inbox/level 1/level 2/LEVEL 3"}))];
    assert_eq!(there_and_back("mailFolders", 2, &deepest, Mode::Absent, None), [Remove]);

    let contacts = wanted(&[
        json!({"displayName": "Contact 0", "emailAddresses": [{"address": "Contact0@fabrikam.com"}], "jobTitle": "Chief"}),
        json!({"displayName": "New", "emailAddresses": [{"address": "new@fabrikam.com", "name": "N"}]}),
    ]);
    assert_eq!(there_and_back("contacts", 4, &contacts, Mode::Ensure, None), [Change, Create]);
    let exact = there_and_back("contacts", 4, &contacts, Mode::Exact, Some(&Scope::All));
    assert_eq!(exact, [vec![Remove; 3], vec![Change, Create]].concat());
}

#[test]
fn an_etag_guards_a_contact_that_somebody_else_has_changed() {
    let tenant = Tenant::new(5);
    let facet = facet::named("contacts").unwrap();
    let before = items(&tenant, &*facet, 4);
    let change = Change::removal(&*facet, &before[0]).unwrap();
    let etag = change.precondition.etag.clone().unwrap();
    let path = of_mailbox(&tenant, 4, &change.request.path);
    tenant.graph("PATCH", &path, Some(json!({"jobTitle": "x"}))).unwrap();
    let guarded = |etag: &str| {
        let headers = vec![("If-Match".to_owned(), etag.to_owned())];
        let client = tenant.client.clone();
        let request =
            exrun::client::GraphRequest { method: "DELETE".into(), path: path.clone(), headers, ..Default::default() };
        super::support::block_on(async move { client.graph_request(&request, &super::support::context()).await })
    };
    assert_eq!(guarded(&etag).unwrap_err().http_status_code(), Some(412));
    let now = items(&tenant, &*facet, 4);
    guarded(now[0]["@odata.etag"].as_str().unwrap()).unwrap();
}

#[test]
fn what_the_service_lets_nobody_do_is_refused_before_it_is_sent() {
    let tenant = Tenant::new(5);
    let facet = facet::named("calendarPermissions").unwrap();
    let have = items(&tenant, &*facet, 3);
    let everybody = object(json!({"emailAddress": {"name": "My Organization"}, "role": "read"}));
    let error = compare(&*facet, &[everybody], &have, Mode::Absent, None).unwrap_err().to_string();
    assert!(error.contains("cannot be removed"), "{error}");
    let guest = object(json!({"emailAddress": {"address": "guest3@collector.example"}, "role": "write"}));
    let error = compare(&*facet, &[guest], &have, Mode::Ensure, None).unwrap_err().to_string();
    assert!(error.contains("may not be given \"write\""), "{error}");
    let folders = facet::named("mailFolders").unwrap();
    let lost = [object(json!({"path": "Nowhere/a"}))];
    let error = compare(&*folders, &lost, &[], Mode::Ensure, None).unwrap_err().to_string();
    assert!(error.contains("lies in \"Nowhere\", which is not there"), "{error}");
}

#[test]
fn settings_come_to_what_is_wanted_and_back() {
    use ChangeKind::Change;
    let wanted = [object(json!({"timeZone": "Tokyo Standard Time", "workingHours": {"startTime": "09:30"},
        "automaticRepliesSetting": {"status": "alwaysEnabled", "internalReplyMessage": "away"}}))];
    for index in [0, 3, 7] {
        assert_eq!(there_and_back("settings", index, &wanted, Mode::Ensure, None), [Change], "{index}");
    }
    let facet = facet::named("settings").unwrap();
    let have = [object(json!({"timeZone": "UTC", "dateFormat": "yyyy"}))];
    let same = [object(json!({"timeZone": "utc"}))];
    assert_eq!(compare(&*facet, &same, &have, Mode::Ensure, None).unwrap(), []);
    let error = compare(&*facet, &same, &have, Mode::Absent, None).unwrap_err().to_string();
    assert!(error.contains("cannot be removed"), "{error}");
    let unknown = [object(json!({"userPurpose": "user"}))];
    assert!(compare(&*facet, &unknown, &have, Mode::Ensure, None).is_err());
}
