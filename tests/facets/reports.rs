//! The reports on the other parts of mailboxes.

use exrun::client::{ItemsOptions, MailboxItems, RunRequest, SourceRequest};
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::{Tenant, json_lines, report};

fn with(facet: &str, options: ItemsOptions) -> MailboxItems {
    MailboxItems { options, ..report(facet) }
}

/// What each row shows of these columns.
fn shown(rows: &[&Value], columns: &[&str]) -> Vec<Value> {
    rows.iter().map(|row| columns.iter().map(|name| row[*name].clone()).collect()).collect()
}

/// All of a list, as somebody else reads it.
fn independently(tenant: &Tenant, index: u64, path: &str) -> Vec<Value> {
    let id = tenant.emulator.population().id(index);
    let read = tenant.graph("GET", &format!("users/{id}/{path}"), None).unwrap();
    read["value"].as_array().unwrap().clone()
}

#[test]
fn categories_are_rows_with_outlooks_names_of_their_colours() {
    let tenant = Tenant::new(20);
    let rows = tenant.rows(&report("categories"), 20);
    for (index, number) in [(0, 0), (2, 6), (9, 14)] {
        assert_eq!(tenant.own(&rows, index).len(), number, "{index}");
        let read = independently(&tenant, index, "outlook/masterCategories?$top=100");
        assert_eq!(tenant.own(&rows, index).iter().map(|row| row["Item"].clone()).collect::<Vec<_>>(), read);
    }
    let first = shown(&tenant.own(&rows, 9)[..2], &["Name", "Color", "ColorName", "ItemCount"]);
    assert_eq!(
        json!(first),
        json!([["Red category", "preset0", "Red", 14], ["Orange category", "preset1", "Orange", 14]])
    );
    assert_eq!(tenant.own(&rows, 9)[13]["ColorName"], "None");
}

#[test]
fn a_calendars_permissions_are_rows_of_the_default_one_or_of_all() {
    let tenant = Tenant::new(12);
    let rows = tenant.rows(&report("calendarPermissions"), 12);
    let columns = ["Calendar", "Name", "Address", "Role", "IsExternal", "IsRemovable"];
    assert_eq!(
        json!(shown(&tenant.own(&rows, 3), &columns)),
        json!([
            [null, "My Organization", null, "freeBusyRead", false, false],
            [null, tenant.upn(4), tenant.upn(4), "write", false, true],
            [null, "Guest", "guest3@collector.example", "freeBusyRead", true, true],
        ])
    );
    let all = with("calendarPermissions", ItemsOptions { all_calendars: true, ..ItemsOptions::default() });
    let rows_of_all = tenant.rows(&all, 12);
    assert_eq!(rows_of_all.len(), rows.len());
    assert!(rows_of_all.iter().all(|row| row["Calendar"] == "Calendar" && row["Item"].get("#calendar").is_none()));
}

#[test]
fn folders_are_read_to_the_last_and_a_hidden_one_where_that_is_asked_for() {
    let tenant = Tenant::new(14);
    let rows = tenant.rows(&report("mailFolders"), 14);
    let paths = |rows: &[Value], index: u64| -> Vec<String> {
        tenant.own(rows, index).iter().map(|row| row["Path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(&rows, 0), ["Deleted Items", "Drafts", "Inbox", "Sent Items"]);
    assert_eq!(
        paths(&rows, 2),
        [
            "Deleted Items",
            "Drafts",
            "Inbox",
            "Inbox/Level 1",
            "Inbox/Level 1/Level 2",
            "Inbox/Level 1/Level 2/Level 3",
            "Sent Items"
        ]
    );
    // More than a page of 250 within the inbox.
    assert_eq!(paths(&rows, 13).len(), 304);
    assert_eq!(tenant.own(&rows, 13)[0]["ItemCount"], 304);
    let inbox = tenant.own(&rows, 2)[2];
    let messages = independently(&tenant, 2, "mailFolders/inbox/messages?$top=100").len();
    assert_eq!((inbox["Items"].as_u64(), inbox["ChildFolders"].as_u64()), (Some(messages as u64), Some(1)));
    assert!(inbox["Item"].get("#path").is_none() && inbox["OldestItem"].is_null());

    let hidden = with("mailFolders", ItemsOptions { include_hidden: true, ..ItemsOptions::default() });
    let hidden = tenant.rows(&hidden, 3);
    assert!(paths(&hidden, 0).contains(&"Conversation Action Settings".to_owned()));
}

#[test]
fn what_a_mailbox_holds_is_summed_up_and_the_oldest_message_found() {
    let tenant = Tenant::new(14);
    let options = ItemsOptions { oldest_item: true, ..ItemsOptions::default() };
    let rows = tenant.rows(&with("mailFolders", options.clone()), 14);
    let sums = tenant.rows(&with("mailFolders", ItemsOptions { sum: true, ..options }), 14);
    assert_eq!(sums.len(), 14);
    for index in [0, 2, 13] {
        let own = tenant.own(&rows, index);
        let total = |name: &str| own.iter().map(|row| row[name].as_u64().unwrap()).sum::<u64>();
        let sum = tenant.own(&sums, index)[0];
        assert_eq!(
            json!([sum["Folders"], sum["Items"], sum["Unread"], sum["SizeInBytes"], sum["ItemCount"]]),
            json!([own.len(), total("Items"), total("Unread"), total("SizeInBytes"), own.len()]),
            "{index}"
        );
        let oldest = independently(&tenant, index, "messages?$top=1&$orderby=receivedDateTime%20asc");
        assert_eq!(sum["OldestItem"], oldest[0]["receivedDateTime"], "{index}");
        let inbox = own.iter().find(|row| row["Path"] == "Inbox").unwrap();
        assert_eq!(inbox["OldestItem"], oldest[0]["receivedDateTime"], "{index}");
        assert!(sum.get("Item").is_none());
    }
}

#[test]
fn contacts_are_those_of_the_default_folder_of_one_or_of_all() {
    let tenant = Tenant::new(27);
    let contacts = |options: ItemsOptions| tenant.rows(&with("contacts", options), 27);
    let default = contacts(ItemsOptions::default());
    // More than a page.
    assert_eq!(tenant.own(&default, 6).len(), 320);
    let columns = ["Folder", "Name", "Address", "CompanyName", "BusinessPhones"];
    assert_eq!(
        json!(shown(&tenant.own(&default, 1), &columns)),
        json!([[null, "Contact 0", "contact0@fabrikam.com", "Fabrikam", "+49 30 000000"]])
    );
    let company = contacts(ItemsOptions { folder: Some("company".into()), ..ItemsOptions::default() });
    assert_eq!(company.len(), 9 * 2);
    assert!(company.iter().all(|row| row["Folder"] == "Company" && row["ItemCount"] == 2));
    let all = contacts(ItemsOptions { all_folders: true, ..ItemsOptions::default() });
    assert_eq!(all.len(), default.len() + company.len());
    let both = ItemsOptions { folder: Some("a".into()), all_folders: true, ..ItemsOptions::default() };
    let error = tenant.run(&with("contacts", both), Vec::new()).unwrap_err().to_string();
    assert!(error.contains("do not go together"), "{error}");
}

#[test]
fn each_report_takes_the_least_permission_and_says_which() {
    for (facet, role) in [
        ("calendarPermissions", "Calendars.Read"),
        ("categories", "MailboxSettings.Read"),
        ("mailFolders", "Mail.ReadBasic.All"),
        ("contacts", "Contacts.Read"),
    ] {
        let with_role = Tenant::of(Config { mailboxes: 4, roles: vec![role.to_owned()], ..Config::default() });
        let wanted = MailboxItems { include_empty: true, ..report(facet) };
        assert!(with_role.rows(&wanted, 4).iter().all(|row| row["error"].is_null()), "{facet}");
        let without =
            Tenant::of(Config { mailboxes: 1, roles: vec!["Domain.Read.All".to_owned()], ..Config::default() });
        let rows = without.rows(&wanted, 1);
        assert_eq!(rows[0]["error"]["httpStatus"], 403, "{facet}: {rows:?}");
        let hint = rows[0]["error"]["hint"].as_str().unwrap();
        assert!(hint.contains(role), "{facet}: {hint}");
    }
}

#[test]
fn an_option_of_another_report_is_refused_by_its_name() {
    let tenant = Tenant::new(1);
    let error = tenant.run(&with("categories", ItemsOptions { sum: true, ..ItemsOptions::default() }), Vec::new());
    assert!(error.unwrap_err().to_string().contains("sum: is not for a report of categories"));
}

#[test]
fn faults_in_the_middle_of_a_mailbox_lose_and_repeat_nothing() {
    let tenant = Tenant::new(20);
    let wanted = with("mailFolders", ItemsOptions { oldest_item: true, ..ItemsOptions::default() });
    let expected = tenant.rows(&wanted, 20);
    tenant.emulator.reset();
    tenant.faults(
        r#"{"rules":[{"kind":"graph","pathContains":"childFolders","times":1,"action":{"status":503,"retryAfter":"0.5"}},
        {"kind":"graph","pathContains":"orderby","times":2,"action":{"status":504}},
        {"kind":"graph","pathContains":"messages","modulo":[5,2],"times":1,"action":{"truncate":true}},
        {"kind":"graph","pathContains":"mailFolders","modulo":[4,1],"times":1,"action":{"reset":"after"}}]}"#,
    );
    assert_eq!(tenant.rows(&wanted, 20), expected);
}

#[test]
fn a_folder_that_goes_while_it_is_read_holds_nothing() {
    let tenant = Tenant::new(3);
    tenant.faults(r#"{"rules":[{"kind":"graph","pathContains":"childFolders","action":{"status":404,"code":"ErrorItemNotFound"}}]}"#);
    let rows = tenant.rows(&report("mailFolders"), 3);
    assert!(rows.iter().all(|row| row["error"].is_null()));
    assert_eq!(tenant.own(&rows, 2).len(), 4);
}

#[test]
fn the_use_of_rooms_is_summed_up_for_each_of_the_tenants_rooms() {
    let tenant = Tenant::new(60);
    let given = |text: &str| Some(text.to_owned());
    let options =
        ItemsOptions { start: given("2026-11-02"), end: given("2026-11-30T00:00:00Z"), ..ItemsOptions::default() };
    let run = RunRequest { source: Some(SourceRequest::Rooms), ..json_lines() };
    let rows = tenant.run(&MailboxItems { run, ..with("roomUse", options) }, Vec::new()).unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["MailboxName"].as_str().unwrap()).collect();
    assert_eq!(names, [tenant.upn(12), tenant.upn(37)]);
    for (row, index) in rows.iter().zip([12, 37]) {
        // Twenty working days, of three booked hours each.
        assert_eq!(json!([row["Meetings"], row["HoursBooked"], row["LongestHours"]]), json!([40, 60.0, 2.0]));
        let path = "calendarView?startDateTime=2026-11-02T00:00:00Z&endDateTime=2026-11-30T00:00:00Z&$top=100";
        let read = independently(&tenant, index, path);
        let cancelled = read.iter().filter(|event| event["isCancelled"] == true).count();
        let declined = read.iter().filter(|event| event["attendees"][0]["status"]["response"] == "declined").count();
        assert!(cancelled > 0 && declined > 0);
        assert_eq!(json!([row["Cancelled"], row["DeclinedByAll"]]), json!([cancelled, declined]));
        assert_eq!(row["NoShowHours"], json!(cancelled as f64 + 2.0 * declined as f64));
    }
}
