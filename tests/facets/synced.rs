//! Lists brought into mailboxes: contacts into a folder, events into the calendar; and out again.

use std::path::{Path, PathBuf};

use exrun::client::{
    ContactSource, ContactSync, EventOptions, EventSource, EventSync, ItemsOptions, MailboxItems, PlanApply, RunRequest,
};
use exrun::error::Error;
use serde_json::{Value, json};

use super::{Tenant, json_lines, report, support};

const KEY: &str = "String {3ad591df-00fa-4bdf-b7fd-5d68e0e5f311} Name ExRunKey";

pub(super) fn contacts(list: Value) -> ContactSync {
    ContactSync {
        run: json_lines(),
        contacts: ContactSource::List(list),
        folder: "Company".into(),
        key_column: None,
        photo_folder: None,
        photos: false,
        remove_others: false,
        allow_empty: false,
        include_empty: false,
        plan_file: None,
    }
}

fn events(list: Value) -> EventSync {
    EventSync {
        run: json_lines(),
        events: EventSource::List(list),
        name: "Holidays 2027".into(),
        options: EventOptions::default(),
        allow_empty: false,
        include_empty: false,
        plan_file: None,
    }
}

/// Ten of a company.
fn company() -> Vec<Value> {
    (0..10)
        .map(|number| {
            json!({"Key": format!("E{number}"), "First Name": "Kim", "Last Name": format!("Number {number}"),
                "E-mail Address": format!("kim{number}@contoso.com"), "Company": "Contoso", "Business Phone": format!("+49 {number}"),
                "Business City": "Berlin", "Job Title": null})
        })
        .collect()
}

impl Tenant {
    pub(super) fn contacts_compared(&self, request: &ContactSync, mailboxes: u64) -> Result<Vec<Value>, Error> {
        let stream = self.client.contact_sync_plan(request)?;
        support::drive_lines(&self.client, &*stream, self.upns(mailboxes))
    }

    fn events_compared(&self, request: &EventSync, mailboxes: u64) -> Result<Vec<Value>, Error> {
        let stream = self.client.event_sync_plan(request)?;
        support::drive_lines(&self.client, &*stream, self.upns(mailboxes))
    }

    pub(super) fn carry_out(&self, plan: &Path, undo: Option<PathBuf>) -> Vec<Value> {
        let apply = PlanApply { plan: plan.to_owned(), undo_plan: undo, ..PlanApply::default() };
        let run = RunRequest { maximum: Some(1_000_000), ..json_lines() };
        let stream = self.client.plan_apply(&run, &apply).unwrap();
        let rows = support::drive_lines(&self.client, &*stream, []).unwrap();
        assert!(rows.iter().all(|row| row["Outcome"] == "Done"), "{rows:?}");
        rows
    }

    pub(super) fn written(&self) -> u64 {
        self.emulator.state().writes_by_mailbox.values().sum()
    }

    /// What somebody else reads of a mailbox's folder.
    pub(super) fn folder(&self, index: u64) -> Vec<Value> {
        let options = ItemsOptions { folder: Some("Company".into()), ..ItemsOptions::default() };
        let rows = self.rows(&MailboxItems { options, ..report("contacts") }, 12);
        self.own(&rows, index).iter().map(|row| row["Item"].clone()).collect()
    }

    fn calendar(&self, index: u64) -> Vec<Value> {
        let id = self.emulator.population().id(index);
        let reply = self.graph("GET", &format!("users/{id}/events?$top=100"), None).unwrap();
        let mut all = reply["value"].as_array().unwrap().clone();
        all.sort_by_key(|event| event["subject"].as_str().unwrap().to_owned());
        all
    }
}

/// How often each of what rows say of changes is there.
pub(super) fn counted(rows: &[Value], change: &str) -> usize {
    rows.iter().filter(|row| row["Change"] == change).count()
}

#[test]
fn contacts_come_change_and_go_by_their_keys_and_a_second_run_sends_reads_alone() {
    let tenant = Tenant::new(12);
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.jsonl");
    let with_plan = |list: &[Value]| ContactSync { plan_file: Some(plan.clone()), ..contacts(list.into()) };
    let mut list = company();
    let rows = tenant.contacts_compared(&with_plan(&list), 12).unwrap();
    // Each third mailbox has the folder already, with two contacts that are nobody's business.
    assert_eq!((counted(&rows, "Create"), rows.len()), (12 * 10 + 8, 128));
    assert_eq!(tenant.written(), 0);
    tenant.carry_out(&plan, None);
    assert_eq!((tenant.folder(0).len(), tenant.folder(1).len()), (12, 10));
    assert_eq!(tenant.folder(1)[0]["businessAddress"]["city"], "Berlin");

    tenant.emulator.reset();
    assert_eq!(tenant.contacts_compared(&with_plan(&list), 12).unwrap(), [] as [Value; 0]);
    let state = tenant.emulator.state();
    assert_eq!(state.writes_by_mailbox.values().sum::<u64>(), 0);
    // The folders, and the contacts of one.
    assert!(state.by_mailbox.values().all(|requests| *requests == 2), "{:?}", state.by_mailbox);

    // Another name and another address are changes; who is not in the list any more goes, who is new comes.
    list[3]["Last Name"] = "Other".into();
    list[4]["E-mail Address"] = "other@contoso.com".into();
    list[5]["Job Title"] = "Chief".into();
    list[9] = json!({"Key": "E10", "Display Name": "New"});
    let ids: Vec<Value> = tenant.folder(1).iter().map(|contact| contact["id"].clone()).collect();
    let rows = tenant.contacts_compared(&with_plan(&list), 12).unwrap();
    assert_eq!([counted(&rows, "Create"), counted(&rows, "Change"), counted(&rows, "Remove")], [12, 36, 12]);
    let undo = folder.path().join("undo.jsonl");
    tenant.carry_out(&plan, Some(undo.clone()));
    let after = tenant.folder(1);
    assert_eq!(after.iter().filter(|contact| ids.contains(&contact["id"])).count(), 9);
    assert!(after.iter().any(|contact| contact["emailAddresses"][0]["address"] == "other@contoso.com"));
    assert_eq!(tenant.contacts_compared(&contacts(list.into()), 12).unwrap(), [] as [Value; 0]);
    assert_eq!(tenant.folder(0).len(), 12, "what has no key stays");
    tenant.carry_out(&undo, None);
    assert_eq!(tenant.contacts_compared(&contacts(company().into()), 12).unwrap(), [] as [Value; 0]);
}

#[test]
fn a_folder_may_lie_in_another_and_be_ours_alone_and_be_emptied() {
    let tenant = Tenant::new(6);
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.jsonl");
    let nested = ContactSync {
        folder: "company/Berlin".into(),
        plan_file: Some(plan.clone()),
        ..contacts(json!([{"key": "1", "name": "Kim"}]))
    };
    let rows = tenant.contacts_compared(&nested, 6).unwrap();
    let made = |key: &str| rows.iter().filter(|row| row["Key"] == key).count();
    assert_eq!((made("company/"), made("company/Berlin/"), made("1")), (4, 6, 6));
    tenant.carry_out(&plan, None);
    assert_eq!(tenant.contacts_compared(&nested, 6).unwrap(), [] as [Value; 0]);
    let alone = ContactSync { remove_others: true, plan_file: Some(plan.clone()), ..contacts(company().into()) };
    let rows = tenant.contacts_compared(&alone, 6).unwrap();
    assert_eq!((counted(&rows, "Remove"), counted(&rows, "Create")), (4, 60));
    // What people had put there comes back as theirs.
    let undo = folder.path().join("undo.jsonl");
    tenant.carry_out(&plan, Some(undo.clone()));
    tenant.carry_out(&undo, None);
    let rows = tenant.contacts_compared(&alone, 6).unwrap();
    assert_eq!((counted(&rows, "Remove"), counted(&rows, "Create")), (4, 60));
    tenant.carry_out(&plan, None);
    let error = tenant.contacts_compared(&contacts(json!([])), 6).unwrap_err().to_string();
    assert!(error.contains("the list is empty") && error.contains("-AllowEmpty"), "{error}");
    let nothing = ContactSync { allow_empty: true, plan_file: Some(plan.clone()), ..contacts(json!([])) };
    assert_eq!(counted(&tenant.contacts_compared(&nothing, 6).unwrap(), "Remove"), 60);
    tenant.carry_out(&plan, None);
    assert!((0..6).all(|index| tenant.folder(index).is_empty()));
}

#[test]
fn the_people_in_a_group_become_contacts_known_by_their_ids() {
    let tenant = Tenant::new(40);
    let of_group = ContactSync { contacts: ContactSource::Group("Sales".into()), ..contacts(json!(null)) };
    let rows = tenant.contacts_compared(&of_group, 3).unwrap();
    let keys: Vec<&str> = tenant.own(&rows, 1).iter().map(|row| row["Key"].as_str().unwrap()).collect();
    let population = tenant.emulator.population();
    let wanted: Vec<String> = (0..40).filter(|index| index % 10 == 0).map(|index| population.id(index)).collect();
    assert!(wanted.iter().all(|id| keys.contains(&id.as_str())), "{keys:?}");
    let first = tenant.own(&rows, 1).into_iter().find(|row| row["Key"] == wanted[1].as_str()).unwrap().clone();
    assert_eq!(first["To"]["emailAddresses"][0]["address"], tenant.upn(10).as_str());
    // Once for all mailboxes.
    let listed = tenant.emulator.state().requests;
    let members: u64 =
        listed.iter().filter(|(path, _)| path.contains("transitiveMembers")).map(|(_, number)| number).sum();
    assert!(members <= 1, "{listed:?}");
    let unknown = ContactSync { contacts: ContactSource::Group("Nobody".into()), ..contacts(json!(null)) };
    let error = tenant.contacts_compared(&unknown, 3).unwrap_err().to_string();
    assert!(error.contains("no group has this"), "{error}");
}

#[test]
fn a_list_is_read_from_a_file_however_it_was_written() {
    let tenant = Tenant::new(2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    std::fs::write(&path, b"First Name;E-mail Address;Pager\r\nJ\xfcrgen;j@contoso.com;\r\n").unwrap();
    let of_file = ContactSync { contacts: ContactSource::File(path.clone()), ..contacts(json!(null)) };
    let rows = tenant.contacts_compared(&of_file, 1).unwrap();
    assert!(rows.iter().any(|row| row["Key"] == "j@contoso.com" && row["To"]["givenName"] == "Jürgen"), "{rows:?}");
    std::fs::write(&path, "First Name,Telefon\nKim,1\n").unwrap();
    let error = tenant.contacts_compared(&of_file, 1).unwrap_err().to_string();
    assert!(error.contains("row 1 of the list of contacts") && error.contains("\"Telefon\" is not known"), "{error}");
    std::fs::remove_file(&path).unwrap();
    assert!(tenant.contacts_compared(&of_file, 1).unwrap_err().to_string().contains("reading the list"));
}

#[test]
fn holidays_come_once_and_change_and_go_and_leave_all_else_alone() {
    let tenant = Tenant::new(8);
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.jsonl");
    let mut list = vec![
        json!({"Subject": "New year", "Date": "2027-01-01", "Key": "ny", "Description": "Closed <all> day"}),
        json!({"Subject": "Duty", "Key": "duty", "Start": "2027-03-01T22:00", "End": "2027-03-02T06:00",
            "TimeZone": "Europe/Berlin", "Show as": null, "Location": "Desk"}),
    ];
    list[1].as_object_mut().unwrap().remove("Show as");
    let with_plan = |list: &[Value]| EventSync { plan_file: Some(plan.clone()), ..events(list.into()) };
    let before: Vec<Vec<Value>> = (0..8).map(|index| tenant.calendar(index)).collect();
    let rows = tenant.events_compared(&with_plan(&list), 8).unwrap();
    assert_eq!((counted(&rows, "Create"), rows.len()), (16, 16));
    tenant.carry_out(&plan, None);
    let own: Vec<Value> = tenant.calendar(3).into_iter().filter(|event| !before[3].contains(event)).collect();
    assert_eq!(own.len(), 2);
    assert_eq!(
        json!([
            own[0]["subject"],
            own[0]["start"]["dateTime"],
            own[0]["showAs"],
            own[1]["isAllDay"],
            own[1]["isReminderOn"]
        ]),
        json!(["Duty", "2027-03-01T21:00:00.0000000", "busy", true, false])
    );

    tenant.emulator.reset();
    assert_eq!(tenant.events_compared(&with_plan(&list), 8).unwrap(), [] as [Value; 0]);
    let state = tenant.emulator.state();
    assert_eq!(state.writes_by_mailbox.values().sum::<u64>(), 0);
    assert!(state.by_mailbox.values().all(|requests| *requests == 1), "{:?}", state.by_mailbox);

    // Another list, and what people have, is of no concern to it.
    let other =
        EventSync { name: "Holidays 2028".into(), plan_file: Some(plan.clone()), ..events((&list[..1]).into()) };
    assert_eq!(tenant.events_compared(&other, 8).unwrap().len(), 8);
    tenant.carry_out(&plan, None);
    list[0]["Description"] = "Open".into();
    list[1] = json!({"Subject": "Duty", "Key": "duty", "Start": "2027-03-02"});
    let rows = tenant.events_compared(&with_plan(&list), 8).unwrap();
    assert_eq!((counted(&rows, "Change"), rows.len()), (16, 16));
    let undo = folder.path().join("undo.jsonl");
    tenant.carry_out(&plan, Some(undo.clone()));
    assert_eq!(tenant.events_compared(&events(list.clone().into()), 8).unwrap(), [] as [Value; 0]);
    tenant.carry_out(&undo, None);
    list.truncate(1);
    let rows = tenant.events_compared(&with_plan(&list), 8).unwrap();
    assert_eq!((counted(&rows, "Change"), counted(&rows, "Remove")), (8, 8));
    let nothing = EventSync { allow_empty: true, plan_file: Some(plan.clone()), ..events(json!([])) };
    assert_eq!(counted(&tenant.events_compared(&nothing, 8).unwrap(), "Remove"), 16);
    tenant.carry_out(&plan, None);
    let other = EventSync { allow_empty: true, ..other.clone() };
    let other = EventSync { events: EventSource::List(json!([])), ..other };
    assert_eq!(counted(&tenant.events_compared(&other, 8).unwrap(), "Remove"), 8);
    tenant.carry_out(&plan, None);
    for index in 0..8 {
        assert_eq!(tenant.calendar(index), before[usize::try_from(index).unwrap()], "{index}");
    }
}

#[test]
fn a_calendar_file_becomes_events() {
    let tenant = Tenant::new(1);
    let folder = tempfile::tempdir().unwrap();
    let (path, plan) = (folder.path().join("holidays.ics"), folder.path().join("plan.jsonl"));
    let file = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:ny\nSUMMARY:New year\nDTSTART;VALUE=DATE:20270101\n\
                RRULE:FREQ=YEARLY;COUNT=3\nEND:VEVENT\nEND:VCALENDAR\n";
    std::fs::write(&path, file.replace('\n', "\r\n")).unwrap();
    let request = EventSync {
        events: EventSource::Calendar(path.clone()),
        plan_file: Some(plan.clone()),
        options: EventOptions {
            categories: vec!["Holiday".into()],
            is_private: true,
            reminder_minutes: Some(60),
            ..EventOptions::default()
        },
        ..events(json!(null))
    };
    let rows = tenant.events_compared(&request, 1).unwrap();
    let keys: Vec<&str> = rows.iter().map(|row| row["Key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["Holidays 2027/ny 20270101", "Holidays 2027/ny 20280101", "Holidays 2027/ny 20290101"]);
    tenant.carry_out(&plan, None);
    let event = tenant.calendar(0).into_iter().find(|event| event["subject"] == "New year").unwrap();
    assert_eq!(
        json!([event["sensitivity"], event["categories"], event["reminderMinutesBeforeStart"]]),
        json!(["private", ["Holiday"], 60])
    );
    assert_eq!(tenant.events_compared(&request, 1).unwrap(), [] as [Value; 0]);
}

#[test]
fn the_emulator_shows_extended_properties_where_they_are_asked_for_alone() {
    let tenant = Tenant::new(4);
    let id = tenant.emulator.population().id(1);
    let contact =
        |value: &str| json!({"displayName": "x", "singleValueExtendedProperties": [{"id": KEY, "value": value}]});
    let made = tenant.graph("POST", &format!("users/{id}/contacts"), Some(contact("a'b"))).unwrap();
    assert!(made.get("singleValueExtendedProperties").is_none());
    tenant.graph("POST", &format!("users/{id}/contacts"), Some(contact("c"))).unwrap();
    let one = format!("users/{id}/contacts/{}", made["id"].as_str().unwrap());
    let expanded = format!(
        "{one}?$expand=singleValueExtendedProperties($filter=id eq '{}')",
        KEY.to_uppercase().replace("STRING", "String").replace("NAME EXRUNKEY", "Name ExRunKey")
    );
    assert_eq!(
        tenant.graph("GET", &expanded, None).unwrap()["singleValueExtendedProperties"],
        json!([{"id": KEY, "value": "a'b"}])
    );
    assert!(tenant.graph("GET", &one, None).unwrap().get("singleValueExtendedProperties").is_none());
    let filtered = format!(
        "users/{id}/contacts?$filter=singleValueExtendedProperties/Any(ep: ep/id eq '{KEY}' and ep/value eq 'A''B')"
    );
    assert_eq!(tenant.graph("GET", &filtered, None).unwrap()["value"].as_array().unwrap().len(), 1);
    for path in [format!("{one}?$expand=singleValueExtendedProperties"), format!("{one}?$expand=extensions")] {
        assert_eq!(tenant.graph("GET", &path, None).unwrap_err().http_status_code(), Some(400), "{path}");
    }
    let wrong = json!({"displayName": "x", "singleValueExtendedProperties": [{"id": "ExRunKey", "value": "a"}]});
    assert!(tenant.graph("POST", &format!("users/{id}/contacts"), Some(wrong)).is_err());
    // The service makes the displayed name anew where an update of another one does not have it.
    tenant.graph("PATCH", &one, Some(json!({"givenName": "Kim", "surname": "Lee"}))).unwrap();
    assert_eq!(tenant.graph("GET", &one, None).unwrap()["displayName"], "Kim Lee");
    let times = |start: &str| {
        json!({"subject": "x", "isAllDay": true, "start": {"dateTime": start, "timeZone": "UTC"},
            "end": {"dateTime": "2027-01-02T00:00:00", "timeZone": "UTC"}, "transactionId": "t"})
    };
    let events = format!("users/{id}/events");
    assert!(tenant.graph("POST", &events, Some(times("2027-01-01T09:00:00"))).is_err());
    let first = tenant.graph("POST", &events, Some(times("2027-01-01T00:00:00"))).unwrap();
    assert_eq!(tenant.graph("POST", &events, Some(times("2027-01-01T00:00:00"))).unwrap()["id"], first["id"]);
    let again = tenant.graph(
        "PATCH",
        &format!("{events}/{}", first["id"].as_str().unwrap()),
        Some(json!({"transactionId": "u"})),
    );
    assert!(again.is_err());
}
