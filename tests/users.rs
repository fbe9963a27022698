//! Mailboxes that the library finds itself: those of the tenant, and those of a group.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::sync::Arc;

use exrun::client::{Client, ClientOptions, RunRequest, SourceRequest};
use exrun::error::{Error, Status};
use exrun::rows::{Format, ReportRequest};
use exrun_emulator::{Config, Emulator, FaultScript};
use serde_json::Value;
use support::{QuickClock, TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    client: Client,
    _certificate: TestCertificate,
}

/// A tenant of mailboxes that all answer, and of a fifth more users who have none.
fn config(mailboxes: u64) -> Config {
    Config { mailboxes, broken_percent: 0.0, directory_extra_percent: 20.0, ..Config::default() }
}

impl Tenant {
    fn new(config: Config) -> Self {
        let (emulator, certificate, options) = start(config);
        let options = ClientOptions { clock: Arc::new(QuickClock::default()), ..options };
        Self { emulator, client: Client::new(options).unwrap(), _certificate: certificate }
    }

    fn faults(&self, json: &str) {
        self.emulator.set_faults(serde_json::from_str::<FaultScript>(json).unwrap());
    }

    /// The rows of a report over a source, and its progress at the end.
    fn report(&self, source: SourceRequest) -> Result<(Vec<Value>, Value), Error> {
        let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
        let request = RunRequest { source: Some(source), ..report.into() };
        let stream = self.client.mailbox_settings_report(&request)?;
        let rows = support::drive(&self.client, &*stream, &[])?;
        Ok((rows, stream.progress()))
    }

    fn upns(&self, indexes: impl IntoIterator<Item = u64>) -> Vec<String> {
        indexes.into_iter().map(|index| self.emulator.population().upn(index)).collect()
    }
}

fn all() -> SourceRequest {
    SourceRequest::All { filter: None, top: None, include_without_mailbox: false }
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["MailboxName"].as_str().unwrap()).collect()
}

#[test]
fn every_mailbox_of_the_tenant_has_its_row_and_what_is_none_is_counted() {
    let tenant = Tenant::new(config(2500));
    let (rows, progress) = tenant.report(all()).unwrap();
    // Shared mailboxes too, which have no plan: each fiftieth.
    assert_eq!(names(&rows), tenant.upns(0..2500));
    assert!(rows.iter().all(|row| row.get("error").is_none()));
    assert_eq!((&progress["listed"], &progress["skipped"]), (&Value::from(2500), &Value::from(500)), "{progress}");
    // Pages of 999.
    assert_eq!(tenant.emulator.state().requests_of("users"), 4);
}

#[test]
fn top_and_filter_bound_the_mailboxes() {
    let tenant = Tenant::new(config(1500));
    let top = SourceRequest::All { filter: None, top: Some(7), include_without_mailbox: false };
    assert_eq!(names(&tenant.report(top).unwrap().0), tenant.upns(0..7));
    // Both halves need the advanced query.
    let filter = "department eq 'Sales' and not(endsWith(userPrincipalName,'@nowhere.example'))";
    let sales = SourceRequest::All { filter: Some(filter.into()), top: None, include_without_mailbox: false };
    assert_eq!(names(&tenant.report(sales).unwrap().0), tenant.upns((0..1500).step_by(10)));
    let everyone = SourceRequest::All { filter: None, top: None, include_without_mailbox: true };
    let (rows, progress) = tenant.report(everyone).unwrap();
    assert_eq!((rows.len(), &progress["skipped"]), (1800, &Value::from(0)));
    let wrong = SourceRequest::All { filter: Some("nonsense".into()), top: None, include_without_mailbox: false };
    let error = tenant.report(wrong).unwrap_err().to_string();
    assert!(error.starts_with("listing the users of the tenant: the service answered 400"), "{error}");
}

#[test]
fn a_listing_whose_page_token_expires_starts_over_and_loses_nothing() {
    let tenant = Tenant::new(config(2500));
    tenant.faults(
        r#"{"rules":[{"kind":"users","after":2,"times":1,"action":{"status":400,"code":"Directory_ExpiredPageToken",
        "message":"The specified page token value has expired and can no longer be included in your request."}}]}"#,
    );
    let (rows, progress) = tenant.report(all()).unwrap();
    assert_eq!(names(&rows), tenant.upns(0..2500));
    assert_eq!((&progress["listed"], &progress["skipped"]), (&Value::from(2500), &Value::from(500)), "{progress}");
    assert_eq!(tenant.emulator.state().requests_of("users"), 7);
}

#[test]
fn a_token_that_always_expires_ends_the_run_with_its_error() {
    let tenant = Tenant::new(Config { page_token_lifetime: Some(-1), ..config(1500) });
    let error = tenant.report(all()).unwrap_err();
    assert_eq!(error.service_code(), Some("Directory_ExpiredPageToken"));
    // The first listing and eight more, of two requests each.
    assert_eq!(tenant.emulator.state().requests_of("users"), 18);
}

#[test]
fn throttled_and_broken_pages_are_asked_for_again() {
    let tenant = Tenant::new(config(1500));
    tenant.faults(
        r#"{"rules":[{"kind":"users","times":1,"action":{"status":429,"retryAfter":"2.5"}},
        {"kind":"users","times":1,"action":{"reset":"after"}},{"kind":"users","times":1,"action":{"status":503}},
        {"kind":"users","times":1,"action":{"revokeTokens":true}}]}"#,
    );
    assert_eq!(names(&tenant.report(all()).unwrap().0), tenant.upns(0..1500));
}

#[test]
fn a_group_is_found_by_id_address_and_name() {
    let tenant = Tenant::new(config(1000));
    let of = |name: &str| tenant.report(SourceRequest::Group(name.to_owned()));
    let sales = tenant.upns((0..1000).step_by(10));
    assert_eq!(names(&of("Sales").unwrap().0), sales);
    assert_eq!(names(&of("sales@contoso.com").unwrap().0), sales);
    let id = exrun_emulator::directory::Group::Sales.id();
    assert_eq!(names(&of(id).unwrap().0), sales);
    // Of the groups within it too; guests are members and no mailboxes.
    let (staff, progress) = of("All Staff").unwrap();
    assert!(staff.len() > sales.len() && progress["skipped"].as_u64().unwrap() > 0, "{progress}");
    assert!(of("Vault Operators").unwrap().0.is_empty());
    let error = of("Nobody's").unwrap_err();
    assert_eq!(error.status(), Status::NotFound);
    assert!(error.to_string().starts_with("looking for the group Nobody's: no group"), "{error}");
    assert_eq!(of("00000000-0000-4000-8000-000000000000").unwrap_err().status(), Status::NotFound);
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let only = |roles: &[&str]| {
        Tenant::new(Config { roles: roles.iter().map(|role| (*role).to_owned()).collect(), ..config(100) })
    };
    let refused = |tenant: &Tenant, source| {
        let error = tenant.report(source).unwrap_err();
        assert_eq!(error.status(), Status::AccessDenied, "{error}");
        error.to_string()
    };
    let settings = only(&["MailboxSettings.Read"]);
    assert!(refused(&settings, all()).contains("permission User.Read.All"));
    assert!(refused(&settings, SourceRequest::Group("Sales".into())).contains("permission GroupMember.Read.All"));
    // The service gives such an app the members' ids and nothing else.
    let groups = only(&["MailboxSettings.Read", "GroupMember.Read.All"]);
    assert!(refused(&groups, SourceRequest::Group("Sales".into())).contains("permission User.Read.All"));
}

#[test]
fn a_member_that_cannot_be_read_costs_the_others_nothing() {
    let tenant = Tenant::new(config(4));
    let user = |index: u64| {
        serde_json::json!({"id": tenant.emulator.population().id(index),
            "userPrincipalName": tenant.upns([index])[0], "userType": "Member", "accountEnabled": true,
            "assignedPlans": [{"service": "exchange", "capabilityStatus": "Enabled"}]})
    };
    let other = |kind: &str| {
        let mut other = user(3);
        other["@odata.type"] = kind.into();
        other
    };
    let unread = [
        serde_json::json!({"id": tenant.emulator.population().id(2)}),
        serde_json::json!({"@odata.type": "#microsoft.graph.user", "id": "x", "userPrincipalName": null}),
        serde_json::json!({"userPrincipalName": tenant.upns([2])[0]}),
        Value::Null,
        serde_json::json!({"error": {"code": "Request_ResourceNotFound"}}),
        other("#microsoft.graph.orgContact"),
    ];
    let listed = |entries: &[Value]| {
        let page = serde_json::json!({"value": entries}).to_string();
        let rule = serde_json::json!({"pathContains": "/transitiveMembers", "action": {"status": 200, "body": page}});
        tenant.faults(&serde_json::json!({"rules": [rule]}).to_string());
        let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
        let source = Some(SourceRequest::Group("Sales".to_owned()));
        let stream = tenant.client.mailbox_settings_report(&RunRequest { source, ..report.into() })?;
        let rows = support::drive(&tenant.client, &*stream, &[])?;
        Ok::<_, Error>((rows, stream.events()))
    };
    for entry in &unread {
        let (rows, events) = listed(&[entry.clone(), user(0), user(1)]).unwrap();
        assert_eq!(names(&rows), tenant.upns([0, 1]), "{entry}");
        assert!(events.contains(r#""unreadable":1"#) && events.contains("1 members of the group Sales"), "{events}");
        assert!(events.contains(r#""severity":"warning""#), "{events}");
    }
    let entries: Vec<Value> = [user(0)].into_iter().chain(unread.clone()).chain([user(1)]).collect();
    let (rows, events) = listed(&entries).unwrap();
    assert_eq!(names(&rows), tenant.upns([0, 1]));
    assert!(events.contains(r#""unreadable":6"#), "{events}");
    assert!(!listed(&[user(0)]).unwrap().1.contains("unreadable"));
    // Nothing but ids is what an app gets that may not read users.
    assert_eq!(listed(&unread[..2]).unwrap_err().status(), Status::AccessDenied);
}

#[test]
fn a_listing_that_leads_round_in_a_circle_ends_the_run_after_what_it_found() {
    let tenant = Tenant::new(config(1500));
    let page = |number: usize| {
        let user = serde_json::json!({"id": number.to_string(), "userPrincipalName": tenant.upns([number as u64])[0],
            "assignedPlans": [{"service": "exchange", "capabilityStatus": "Enabled"}], "userType": "Member",
            "accountEnabled": true});
        let next = if number == 3 { 1 } else { number + 1 };
        let link = format!("https://graph.microsoft.com/v1.0/users/page{next}");
        serde_json::json!({"value": [user], "@odata.nextLink": link}).to_string()
    };
    let rule = |path: &str, number: usize| serde_json::json!({"pathContains": path, "action": {"status": 200, "body": page(number)}});
    // The mailboxes' own requests are not of the listing.
    let none = serde_json::json!({"pathContains": "/mailboxSettings", "action": {"status": 404}});
    let rules = [none, rule("users/page1", 1), rule("users/page2", 2), rule("users/page3", 3), rule("/v1.0/users", 0)];
    tenant.faults(&serde_json::json!({"rules": rules}).to_string());
    let error = tenant.report(all()).unwrap_err().to_string();
    assert!(error.contains("leads back to a page that was read before"), "{error}");
    let requests = tenant.emulator.state().requests_of("graph");
    assert!(requests < 15, "{requests}");
}
