//! The report on inbox rules.

use exrun::client::{ItemsOptions, MailboxItems, RunRequest, SourceRequest};
use exrun::error::Status;
use exrun::rows::OutFile;
use exrun::runner::Batching;
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::{Tenant, json_lines, report, with_own_domains};

fn rules() -> MailboxItems {
    MailboxItems { options: with_own_domains(), ..report("inboxRules") }
}

#[test]
fn each_rule_is_a_row_in_words_and_whole() {
    let tenant = Tenant::new(40);
    let rows = tenant.rows(&rules(), 40);
    // What mailboxes have follows from their number: none, one, two, three, or more than a page of ten.
    for (index, number) in [(0, 0), (5, 1), (7, 2), (8, 3), (9, 12), (39, 12)] {
        let own = tenant.own(&rows, index);
        assert_eq!(own.len(), number, "{index}");
        assert!(own.iter().all(|row| row["ItemCount"] == number && row["Item"]["id"] == row["RuleId"]), "{own:?}");
    }
    let first = tenant.own(&rows, 9)[0];
    assert_eq!(first["Conditions"], "sender contains 'NEWS0@'");
    assert_eq!(first["Actions"], "move to a folder; stop processing more rules");
    assert_eq!(first["Item"]["actions"]["stopProcessingRules"], true);
    let columns: Vec<&String> = first.as_object().unwrap().keys().filter(|name| *name != "error").collect();
    assert_eq!(
        columns,
        [
            "MailboxName",
            "Name",
            "Sequence",
            "IsEnabled",
            "Conditions",
            "Exceptions",
            "Actions",
            "ForwardTo",
            "IsExternal",
            "ExternalTo",
            "HasError",
            "IsReadOnly",
            "RuleId",
            "ItemCount",
            "Item"
        ]
    );
}

#[test]
fn rows_are_those_that_an_independent_read_finds() {
    let tenant = Tenant::new(30);
    let rows = tenant.rows(&rules(), 30);
    for index in 0..30 {
        let path = format!("users/{}/mailFolders/inbox/messageRules?$top=100", tenant.emulator.population().id(index));
        let read = tenant.graph("GET", &path, None).unwrap();
        let read = read["value"].as_array().unwrap();
        let shown: Vec<&Value> = tenant.own(&rows, index).into_iter().map(|row| &row["Item"]).collect();
        assert_eq!(shown, read.iter().collect::<Vec<_>>(), "{index}");
    }
}

#[test]
fn forwarding_is_told_apart_by_the_tenants_domains_which_are_read_once() {
    let tenant = Tenant::new(40);
    let wanted = MailboxItems {
        options: ItemsOptions { forwarding_only: true, ..ItemsOptions::default() },
        ..report("inboxRules")
    };
    let rows = tenant.rows(&wanted, 40);
    let shown = |index: u64| {
        let own = tenant.own(&rows, index);
        assert_eq!(own.len(), 1, "{index}");
        json!([own[0]["ForwardTo"], own[0]["IsExternal"], own[0]["ExternalTo"]])
    };
    assert_eq!(shown(7), json!(["drop7@collector.example", true, "drop7@collector.example"]));
    assert_eq!(shown(17), json!([tenant.upn(18), false, null]));
    // Nobody knows where an object of the directory leads.
    assert_eq!(shown(8)[1], json!(null));
    assert_eq!(rows.len(), 6);
    // One to the token endpoint aside: the domains, and two batches of twenty.
    let state = tenant.emulator.state();
    assert_eq!(state.requests_of("graph") - 40 - pages_beyond(40), 1, "domains are read once");
    assert!(tenant.run(&wanted, Vec::new()).unwrap().is_empty());
}

/// How many pages follow the first ones of so many mailboxes: of one in ten.
fn pages_beyond(mailboxes: u64) -> u64 {
    mailboxes / 10
}

#[test]
fn settings_alone_suffice_where_domains_are_named_and_the_hint_says_so_otherwise() {
    let roles = vec!["MailboxSettings.Read".to_owned()];
    let tenant = Tenant::of(Config { mailboxes: 30, roles, ..Config::default() });
    assert!(tenant.rows(&rules(), 30).iter().any(|row| row["IsExternal"] == true));
    let error = tenant.run(&report("inboxRules"), tenant.upns(30)).unwrap_err();
    assert_eq!(error.status(), Status::AccessDenied, "{error}");
    let hint = error.hint_text().unwrap();
    assert!(hint.contains("Domain.Read.All") && hint.contains("-InternalDomain"), "{hint}");
}

#[test]
fn a_mailbox_without_rules_has_a_row_that_proves_it_was_read() {
    let tenant = Tenant::new(20);
    let options = ItemsOptions { forwarding_only: true, ..with_own_domains() };
    let wanted = MailboxItems { include_empty: true, options, ..report("inboxRules") };
    let rows = tenant.rows(&wanted, 20);
    assert_eq!(rows.len(), 20);
    for (index, number) in [(0, 0), (9, 12)] {
        let own = tenant.own(&rows, index);
        let empty =
            own[0]["Name"].is_null() && own[0]["Item"].is_null() && own[0].get("error").is_none_or(Value::is_null);
        assert!(own.len() == 1 && own[0]["ItemCount"] == number && empty, "{own:?}");
    }
}

#[test]
fn faults_lose_and_repeat_nothing() {
    let tenant = Tenant::new(60);
    let expected = tenant.rows(&rules(), 60);
    for batching in [Batching::Always, Batching::Never, Batching::Auto] {
        tenant.emulator.reset();
        tenant.faults(
            r#"{"rules":[{"kind":"graph","modulo":[9,2],"times":1,"action":{"status":429,"retryAfter":"1.5"}},
            {"kind":"graph","modulo":[9,4],"times":2,"action":{"status":504}},
            {"kind":"graph","pathContains":"messageRules","modulo":[7,3],"times":1,"action":{"truncate":true}},
            {"kind":"graph","modulo":[11,5],"times":1,"action":{"reset":"after"}},
            {"kind":"graph","modulo":[10,9],"after":1,"times":2,"action":{"status":503}},
            {"kind":"batch","times":1,"action":{"status":503}}]}"#,
        );
        let wanted = MailboxItems { run: RunRequest { batching, ..json_lines() }, ..rules() };
        assert_eq!(tenant.rows(&wanted, 60), expected, "{batching:?}");
        assert!(tenant.emulator.state().writes_by_mailbox.is_empty());
    }
}

#[test]
fn a_mailbox_that_cannot_be_read_is_one_error_and_the_others_are_read() {
    let tenant = Tenant::new(10);
    tenant.faults(
        r#"{"rules":[{"kind":"graph","modulo":[10,9],"after":1,"times":0,"action":{"status":403,"code":"ErrorAccessDenied"}},
        {"kind":"graph","modulo":[10,8],"action":{"status":404,"code":"MailboxNotEnabledForRESTAPI"}}]}"#,
    );
    let mut lines = tenant.upns(10);
    lines.insert(0, "nobody@contoso.com".into());
    let rows = tenant.run(&rules(), lines).unwrap();
    let failed: Vec<(&str, u64)> = rows
        .iter()
        .filter(|row| row["error"].is_object())
        .map(|row| (row["MailboxName"].as_str().unwrap(), row["error"]["httpStatus"].as_u64().unwrap()))
        .collect();
    // Of the ninth mailbox a page was there; what is not whole is no row.
    let (eighth, ninth) = (tenant.upn(8), tenant.upn(9));
    assert_eq!(failed, [("nobody@contoso.com", 404), (eighth.as_str(), 404), (ninth.as_str(), 403)]);
    assert_eq!(tenant.own(&rows, 9).len(), 1);
    let hint = tenant.own(&rows, 9)[0]["error"]["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("MailboxSettings.Read"), "{hint}");
    assert_eq!(tenant.own(&rows, 7).len(), 2);
}

#[test]
fn a_tenant_without_a_mailbox_gives_no_row_and_a_table_its_header() {
    let tenant = Tenant::new(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.csv");
    let source = SourceRequest::All { filter: None, top: None, include_without_mailbox: false };
    let run = RunRequest {
        source: Some(source),
        out_file: Some(OutFile { path: file.clone(), format: None, defuse_formulas: false, byte_order_mark: false }),
        ..json_lines()
    };
    assert!(tenant.run(&MailboxItems { run, ..rules() }, Vec::new()).unwrap().is_empty());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("MailboxName,Name,Sequence,") && !text.contains("Item,") && text.lines().count() == 1,
        "{text}"
    );
}

#[test]
fn a_table_has_what_a_person_reads_and_a_page_says_what_is_not_shown() {
    let tenant = Tenant::new(20);
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("rules.csv");
    let html = folder.path().join("rules.html");
    for file in [&csv, &html] {
        let run = RunRequest {
            out_file: Some(OutFile {
                path: file.clone(),
                format: None,
                defuse_formulas: false,
                byte_order_mark: false,
            }),
            ..json_lines()
        };
        tenant.rows(&MailboxItems { run, ..rules() }, 20);
    }
    let text = std::fs::read_to_string(&csv).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().ends_with(",RuleId,ItemCount"), "{text}");
    assert!(text.contains("forward to drop7@collector.example; mark as read"), "{text}");
    let page = std::fs::read_to_string(&html).unwrap();
    let footer = &page[page.rfind("<footer>").unwrap()..];
    assert!(footer.contains("ForwardingSmtpAddress") && page.contains("<h1>Inbox rules</h1>"), "{footer}");
}

#[test]
fn a_request_that_makes_no_sense_names_the_member() {
    let tenant = Tenant::new(1);
    let message = |request: &MailboxItems| tenant.run(request, Vec::new()).unwrap_err().to_string();
    assert!(message(&report("rules")).contains("facet: must be one of inboxRules"));
    let unknown = MailboxItems { columns: vec!["Subject".into()], ..rules() };
    assert!(message(&unknown).contains("columns: \"Subject\" is not one of Name"), "{}", message(&unknown));
    let two = MailboxItems { columns: vec!["externalTo".into(), "MAILBOXNAME".into(), "name".into()], ..rules() };
    let rows = tenant.run(&two, vec![tenant.upn(0).into()]).unwrap();
    assert!(rows.is_empty());
}
