//! `key`: a member of the input that says which work a line is, whatever its request is today.

use exrun::client::SettingsWrite;
use exrun::error::Status;

use super::*;

fn by_order(run: RunRequest) -> MailboxRequests {
    MailboxRequests {
        run,
        method: "POST".into(),
        path: Some("messages".into()),
        key: Some("Order".into()),
        ..Default::default()
    }
}

fn order(mailbox: &str, order: &Value, subject: &str) -> Value {
    json!({"MailboxName": mailbox, "order": order, "@body": {"subject": subject}})
}

#[test]
fn work_is_known_by_its_key_whatever_the_body_is_today() {
    let tenant = Tenant::new();
    let (kim, lee) = (tenant.upn(0), tenant.upn(1));
    let request = by_order(tenant.run());
    let monday = [order(&kim, &json!(1), "Mo 1"), order(&kim, &json!("2"), "Mo 2"), order(&lee, &json!(1), "Mo lee")];
    let first = tenant.requests(&request, &monday).unwrap();
    assert_eq!(subjects(&first), ["Mo 1", "Mo 2", "Mo lee"]);
    let tuesday = [order(&kim, &json!("2"), "Tu 2"), order(&kim, &json!(3), "Tu 3"), order(&kim, &json!("1 "), "Tu 1")];
    let rows = tenant.requests(&request, &tuesday).unwrap();
    assert_eq!(subjects(&rows), ["Mo 2", "Tu 3", "Mo 1"]);
    assert_eq!(tenant.sent().len(), 4);
}

#[test]
fn a_key_that_is_missing_or_there_twice_is_its_lines_error() {
    let tenant = Tenant::new();
    let (kim, lee) = (tenant.upn(0), tenant.upn(1));
    let request = by_order(tenant.run());
    let lines = [
        json!(kim),
        line(&kim, "none"),
        order(&kim, &Value::Null, "null"),
        order(&kim, &json!(" "), "blank"),
        order(&kim, &json!(1), "A"),
        order(&kim, &json!(1), "B"),
        order(&lee, &json!(1), "lee"),
    ];
    let rows = tenant.requests(&request, &lines).unwrap();
    let said = |row: &Value| row["error"]["message"].as_str().unwrap().to_owned();
    for (row, part) in [(0, "no member Order"), (1, "no member Order"), (2, "Order is null"), (3, "Order is blank")] {
        assert!(said(&rows[row]).contains(part), "{}", rows[row]);
    }
    assert!(said(&rows[5]).contains("an earlier line of this mailbox has the same Order"), "{}", rows[5]);
    assert!(rows[5]["error"]["hint"].as_str().unwrap().contains("nothing was sent"), "{}", rows[5]);
    assert_eq!([&rows[4]["subject"], &rows[6]["subject"]], ["A", "lee"]);
    assert_eq!(tenant.sent().len(), 2);
    // It is an error each time, and the line with a key of its own is new work.
    let again = by_order(tenant.retry());
    let rows = tenant.requests(&again, &[lines[4].clone(), lines[5].clone(), order(&kim, &json!(2), "B")]).unwrap();
    assert_eq!(subjects(&rows), ["A", "InvalidArgument", "B"]);
    assert_eq!(tenant.sent(), ["A", "B", "lee"]);
}

#[test]
fn a_journal_with_another_key_is_that_of_another_run() {
    let tenant = Tenant::new();
    let lines = [order(&tenant.upn(0), &json!(1), "A")];
    tenant.requests(&by_order(tenant.run()), &lines).unwrap();
    for key in [None, Some("Ticket".to_owned())] {
        let error = tenant.requests(&MailboxRequests { key, ..by_order(tenant.run()) }, &lines).unwrap_err();
        assert_eq!(error.status(), Status::JournalMismatch);
        assert!(error.to_string().contains("key was \"order\""), "{error}");
    }
    // Names of members are compared without case.
    let same = MailboxRequests { key: Some("ORDER".into()), ..by_order(tenant.run()) };
    assert_eq!(subjects(&tenant.requests(&same, &lines).unwrap()), ["A"]);
    assert_eq!(tenant.sent(), ["A"]);
}

fn apply(tenant: &Tenant, run: &RunRequest, write: &SettingsWrite, lines: &[Value]) -> Vec<Value> {
    let stream = tenant.client.mailbox_settings_apply(run, write).unwrap();
    support::drive_lines(&tenant.client, &*stream, lines.iter().cloned()).unwrap()
}

fn zone(mailbox: &str, zone: &str) -> Value {
    json!({"MailboxName": mailbox, "Ticket": zone.len(), "@settings": {"timeZone": zone}})
}

fn changes(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter()
        .map(|row| {
            let change = &row["Changes"][0];
            (change["From"].as_str().unwrap(), change["To"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn settings_of_several_lines_of_a_mailbox_are_written_once_each_and_undone_to_what_was_first() {
    let tenant = Tenant::new();
    let kim = tenant.upn(0);
    let before = tenant.emulator.settings(0)["timeZone"].clone();
    let undo = tenant.file("undo.jsonl");
    let write = SettingsWrite { undo_file: Some(undo.clone()), ..SettingsWrite::default() };
    let rows = apply(&tenant, &tenant.run(), &write, &[zone(&kim, "Tokyo Standard Time")]);
    assert_eq!(rows[0]["Outcome"], "Changed");
    // The list is longer now, and what was done stands last in it.
    let lines = [zone(&kim, "Korea Standard Time"), zone(&kim, "Tokyo Standard Time")];
    let again = apply(&tenant, &tenant.run(), &write, &lines);
    assert_eq!(changes(&again), [("Tokyo Standard Time", "Korea Standard Time"), changes(&rows)[0]]);
    assert_eq!(again[1], rows[0]);
    assert_eq!(tenant.emulator.writes().len(), 2);
    // A corrected value is new work, and the way back leads to what was there before all of them.
    let corrected = apply(&tenant, &tenant.run(), &write, &[zone(&kim, "Singapore Standard Time")]);
    assert_eq!(changes(&corrected), [("Korea Standard Time", "Singapore Standard Time")]);
    let noted: Vec<Value> =
        std::fs::read_to_string(&undo).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(noted.len(), 1, "{noted:?}");
    apply(&tenant, &RunRequest { journal: None, ..tenant.run() }, &SettingsWrite::default(), &noted);
    assert_eq!(tenant.emulator.settings(0)["timeZone"], before);
}

#[test]
fn settings_are_known_by_a_key_too() {
    let tenant = Tenant::new();
    let kim = tenant.upn(0);
    let write = SettingsWrite { key: Some("Ticket".into()), ..SettingsWrite::default() };
    let line = |ticket: u32, zone: &str| json!({"MailboxName": kim, "Ticket": ticket, "@settings": {"timeZone": zone}});
    let first = apply(&tenant, &tenant.run(), &write, &[line(1, "Tokyo Standard Time")]);
    let lines = [line(1, "Korea Standard Time"), line(2, "UTC"), line(2, "Korea Standard Time")];
    let rows = apply(&tenant, &tenant.run(), &write, &lines);
    assert_eq!(rows[0], first[0]);
    assert_eq!((&rows[1]["Outcome"], &rows[2]["error"]["name"]), (&json!("Changed"), &json!("InvalidArgument")));
    assert_eq!(tenant.emulator.settings(0)["timeZone"], "UTC");
}
