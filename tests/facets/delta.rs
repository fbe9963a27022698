//! What changed in mailboxes since they were last read, and by what the next run goes on.

use std::path::{Path, PathBuf};
use std::process::Command;

use exrun::client::{Client, ClientOptions, DeltaOptions, MailboxDelta, RunRequest};
use exrun::error::{Error, Status};
use exrun::rows::{Next, OutFile, RowStream};
use exrun::runner::Batching;
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::support::TENANT;
use super::{Tenant, json_lines, support};

const GIVEN: &str = "EXRUN_TEST_DELTA";

fn delta(of: &str, since: &Path) -> MailboxDelta {
    let options = DeltaOptions { of: of.into(), ..DeltaOptions::default() };
    MailboxDelta { run: json_lines(), options, since: since.to_owned(), ..MailboxDelta::default() }
}

fn inbox(since: &Path) -> MailboxDelta {
    let options = DeltaOptions { of: "messages".into(), folder: Some("inbox".into()), ..DeltaOptions::default() };
    MailboxDelta { options, ..delta("messages", since) }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let since = folder.path().join("state.db");
    (folder, since)
}

impl Tenant {
    fn delta(&self, request: &MailboxDelta, mailboxes: u64) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_delta(request)?;
        support::drive_lines(&self.client, &*stream, self.upns(mailboxes))
    }

    /// What changed, each as its change and its name.
    fn changes(&self, request: &MailboxDelta, mailboxes: u64) -> Vec<(String, String)> {
        let rows = self.delta(request, mailboxes).unwrap();
        rows.iter().map(|row| (text(row, "Change"), [text(row, "Subject"), text(row, "Name")].concat())).collect()
    }

    fn id_of(&self, index: u64, list: &str, name: &str) -> String {
        let all = self.graph("GET", &format!("users/{}/{list}?$top=999", self.upn(index)), None).unwrap();
        let named = |one: &&Value| ["subject", "displayName"].iter().any(|member| one[*member] == name);
        all["value"].as_array().unwrap().iter().find(named).unwrap()["id"].as_str().unwrap().to_owned()
    }

    fn requests(&self) -> u64 {
        self.emulator.state().by_mailbox.values().sum()
    }
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

fn pair(change: &str, name: &str) -> (String, String) {
    (change.to_owned(), name.to_owned())
}

#[test]
fn the_first_run_gives_all_and_the_next_what_changed_alone() {
    let tenant = Tenant::of(Config { mailboxes: 3, messages: Some(30), ..Config::default() });
    let (_folder, since) = folder();
    let first = tenant.delta(&inbox(&since), 3).unwrap();
    assert_eq!(first.len(), 90);
    for row in &first {
        let all = json!([row["Change"], row["ReadAnew"], row["Reason"], row["Folder"], row["ItemCount"]]);
        assert_eq!(all, json!(["Present", "First", null, "inbox", 30]));
    }
    assert_eq!(first[0]["Item"]["id"], first[0]["MessageId"]);
    tenant.emulator.reset();
    assert!(tenant.delta(&inbox(&since), 3).unwrap().is_empty());
    // One for each mailbox.
    assert_eq!(tenant.requests(), 3);

    tenant.plant(1, json!({"subject": "New"}));
    let one = format!("users/{}/messages/{}", tenant.upn(1), tenant.id_of(1, "messages", "Message 3"));
    tenant.graph("PATCH", &one, Some(json!({"isRead": true}))).unwrap();
    let gone = tenant.id_of(2, "messages", "Message 4");
    let stays = first.iter().find(|row| row["MailboxName"] == tenant.upn(2) && row["Subject"] == "Message 4").unwrap();
    tenant.graph("DELETE", &format!("users/{}/messages/{gone}", tenant.upn(2)), None).unwrap();
    let rows = tenant.delta(&MailboxDelta { include_empty: true, ..inbox(&since) }, 3).unwrap();
    let shown: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!([row["MailboxName"], row["Change"], row["ReadAnew"], row["Reason"], row["Subject"], row["ItemCount"]])
        })
        .collect();
    assert_eq!(
        json!(shown),
        json!([
            [tenant.upn(0), null, null, null, null, 0],
            [tenant.upn(1), "AddedOrChanged", null, null, "New", 2],
            [tenant.upn(1), "AddedOrChanged", null, null, "Message 3", 2],
            [tenant.upn(2), "Removed", null, "deleted", null, 1],
        ])
    );
    // By an id that stays, so that who keeps a copy finds it.
    assert_eq!(rows[3]["MessageId"], stays["MessageId"]);
    assert!(tenant.delta(&inbox(&since), 3).unwrap().is_empty());
}

#[test]
fn all_folders_are_tracked_with_those_that_come_and_go() {
    let tenant = Tenant::of(Config { mailboxes: 3, messages: Some(12), ..Config::default() });
    let (_folder, since) = folder();
    let all = delta("messages", &since);
    let first = tenant.delta(&all, 3).unwrap();
    assert_eq!(first.len(), 36);
    assert!(first.iter().all(|row| row["Folder"] == "Inbox" && row["FolderId"].is_string()));
    tenant.emulator.reset();
    assert!(tenant.delta(&all, 3).unwrap().is_empty());
    // The list of folders and each folder: four, of the third mailbox seven.
    assert_eq!(tenant.requests(), 5 + 5 + 8);

    let user = format!("users/{}", tenant.upn(0));
    let made = tenant.graph(
        "POST",
        &format!("{user}/mailFolders/inbox/childFolders"),
        Some(json!({"displayName": "Cases/1"})),
    );
    let made = made.unwrap()["id"].as_str().unwrap().to_owned();
    let moved = tenant.id_of(0, "messages", "Message 5");
    tenant.graph("POST", &format!("{user}/messages/{moved}/move"), Some(json!({"destinationId": made}))).unwrap();
    let rows = tenant.delta(&all, 3).unwrap();
    let shown = |rows: &[Value]| -> Vec<Value> {
        rows.iter().map(|row| json!([row["Change"], row["ReadAnew"], row["Folder"], row["Subject"]])).collect()
    };
    assert_eq!(
        json!(shown(&rows)),
        json!([["Removed", null, "Inbox", null], ["Present", "First", "Inbox/Cases\\/1", "Message 5"],])
    );
    assert_eq!(rows[0]["MessageId"], rows[1]["MessageId"]);
    tenant.graph("DELETE", &format!("{user}/mailFolders/{made}"), None).unwrap();
    let rows = tenant.delta(&all, 3).unwrap();
    assert_eq!(json!(shown(&rows)), json!([["FolderRemoved", null, "Inbox/Cases\\/1", null]]));
    assert_eq!((&rows[0]["FolderId"], &rows[0]["ItemCount"]), (&json!(made), &json!(0)));
    assert!(tenant.delta(&all, 3).unwrap().is_empty());
}

#[test]
fn a_folder_is_found_by_its_path_and_another_in_its_place_is_read_anew() {
    let tenant = Tenant::of(Config { mailboxes: 3, messages: Some(0), ..Config::default() });
    let (_folder, since) = folder();
    let mut request = inbox(&since);
    request.options.folder = Some("Inbox/Cases".into());
    assert!(tenant.delta(&request, 1).unwrap().is_empty());
    let folders = format!("users/{}/mailFolders/inbox/childFolders", tenant.upn(0));
    let make = || {
        let made = tenant.graph("POST", &folders, Some(json!({"displayName": "Cases"}))).unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    let one = make();
    tenant.plant(0, json!({"subject": "a", "parentFolderId": one}));
    assert_eq!(tenant.changes(&request, 1), [pair("Present", "a")]);
    tenant.plant(0, json!({"subject": "b", "parentFolderId": one}));
    tenant.graph("DELETE", &format!("users/{}/mailFolders/{one}", tenant.upn(0)), None).unwrap();
    let other = make();
    tenant.plant(0, json!({"subject": "c", "parentFolderId": other}));
    assert_eq!(tenant.changes(&request, 1), [pair("FolderRemoved", ""), pair("Present", "c")]);
    assert!(tenant.delta(&request, 1).unwrap().is_empty());
}

#[test]
fn events_and_contacts_are_tracked_too() {
    let tenant = Tenant::new(8);
    let (_folder, since) = folder();
    let mut events = delta("events", &since);
    (events.options.start, events.options.end) = (Some("2026-12-01".into()), Some("2026-12-31".into()));
    let user = format!("users/{}", tenant.upn(0));
    let event = |subject: &str, day: &str| {
        let time = |hour: &str| json!({"dateTime": format!("{day}T{hour}:00:00"), "timeZone": "UTC"});
        json!({"subject": subject, "start": time("09"), "end": time("10")})
    };
    let made = tenant.graph("POST", &format!("{user}/events"), Some(event("Standup", "2026-12-24"))).unwrap();
    let first = tenant.changes(&events, 1);
    assert!(first.contains(&pair("Present", "Standup")), "{first:?}");
    // Within the period, and moved out of it: that is told as removed.
    let path = format!("{user}/events/{}", made["id"].as_str().unwrap());
    tenant.graph("PATCH", &path, Some(json!({"subject": "Retro"}))).unwrap();
    let rows = tenant.delta(&events, 1).unwrap();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    let shown = json!([row["Change"], row["Subject"], row["Start"], row["TimeZone"]]);
    assert_eq!(shown, json!(["AddedOrChanged", "Retro", "2026-12-24T09:00:00.0000000", "UTC"]));
    tenant.graph("PATCH", &path, Some(event("Retro", "2027-01-24"))).unwrap();
    let gone = tenant.delta(&events, 1).unwrap();
    assert_eq!((text(&gone[0], "Change"), &gone[0]["EventId"]), ("Removed".into(), &row["EventId"]));

    let contacts = since.with_file_name("contacts.db");
    let mut contacts = delta("contacts", &contacts);
    contacts.options.all_folders = true;
    // 320 in the default folder, and two in another one: more than a page.
    let rows = tenant.delta(&contacts, 7).unwrap();
    let own = tenant.own(&rows, 6);
    assert_eq!(own.len(), 322);
    assert_eq!(own.iter().filter(|row| row["Folder"] == "Company").count(), 2);
    let path = format!("users/{}/contacts", tenant.upn(6));
    tenant.graph("POST", &path, Some(json!({"givenName": "Ada", "surname": "Byron"}))).unwrap();
    assert_eq!(tenant.changes(&contacts, 7), [pair("AddedOrChanged", "Ada Byron")]);
    // One folder, by its name.
    let mut company = delta("contacts", &since.with_file_name("company.db"));
    company.options.folder = Some("company".into());
    assert_eq!(tenant.delta(&company, 7).unwrap().len(), 2 * 3);
    assert!(tenant.delta(&company, 7).unwrap().is_empty());
}

#[test]
fn an_expired_link_reads_that_mailbox_alone_anew_and_its_rows_say_so() {
    let tenant = Tenant::of(Config { mailboxes: 4, messages: Some(3), ..Config::default() });
    let (_folder, since) = folder();
    tenant.delta(&inbox(&since), 4).unwrap();
    for (status, code) in
        [(410, "syncStateNotFound"), (410, "resyncRequired"), (400, "SyncStateInvalid"), (404, "SyncStateNotFound")]
    {
        tenant.emulator.expire_deltas(2, status, code);
        tenant.plant(1, json!({"subject": code}));
        tenant.emulator.reset();
        let rows = tenant.delta(&inbox(&since), 4).unwrap();
        // All that is there of the one, of the other what is new.
        assert_eq!(tenant.changes_of(&rows, 1), [("AddedOrChanged".into(), String::new(), code.into())]);
        let anew = tenant.changes_of(&rows, 2);
        assert_eq!(anew[0], ("Reset".into(), "Expired".into(), String::new()), "{code}");
        let present: Vec<_> = anew[1..].iter().map(|(change, anew, _)| (change.as_str(), anew.as_str())).collect();
        assert_eq!(present, [("Present", "Expired"); 3]);
        assert_eq!(rows.len(), 5);
        assert_eq!(tenant.own(&rows, 2)[0]["ItemCount"], 3);
        assert_eq!(tenant.emulator.state().by_mailbox.len(), 4);
        assert_eq!(tenant.requests(), 5);
        assert!(tenant.delta(&inbox(&since), 4).unwrap().is_empty());
    }
}

impl Tenant {
    fn changes_of(&self, rows: &[Value], index: u64) -> Vec<(String, String, String)> {
        let own = self.own(rows, index);
        own.iter().map(|row| (text(row, "Change"), text(row, "ReadAnew"), text(row, "Subject"))).collect()
    }
}

#[test]
fn an_expired_list_of_folders_finds_what_is_gone_by_comparing() {
    let tenant = Tenant::of(Config { mailboxes: 3, messages: Some(2), ..Config::default() });
    let (_folder, since) = folder();
    let all = delta("messages", &since);
    let user = format!("users/{}", tenant.upn(0));
    let made = tenant.graph("POST", &format!("{user}/mailFolders"), Some(json!({"displayName": "Old"}))).unwrap();
    tenant.delta(&all, 1).unwrap();
    tenant.graph("DELETE", &format!("{user}/mailFolders/{}", made["id"].as_str().unwrap()), None).unwrap();
    tenant.emulator.expire_deltas(0, 410, "resyncRequired");
    let rows = tenant.delta(&all, 1).unwrap();
    let folders: Vec<_> = rows.iter().map(|row| (text(row, "Change"), text(row, "Folder"))).collect();
    assert_eq!(folders[0], pair("FolderRemoved", "Old"));
    let resets = folders.iter().filter(|(change, _)| change == "Reset").count();
    assert_eq!((resets, rows.iter().filter(|row| row["Change"] == "Present").count()), (4, 2));
    assert!(tenant.delta(&all, 1).unwrap().is_empty());
}

#[test]
fn who_wants_to_start_now_gets_no_rows_at_first_but_all_that_comes() {
    let tenant = Tenant::of(Config { mailboxes: 3, messages: Some(30), ..Config::default() });
    let (_folder, since) = folder();
    let now = |include_empty| MailboxDelta { start_now: true, include_empty, ..delta("messages", &since) };
    let rows = tenant.delta(&now(true), 2).unwrap();
    assert_eq!(rows.iter().map(|row| &row["ItemCount"]).collect::<Vec<_>>(), [&json!(0); 2]);
    tenant.plant(0, json!({"subject": "New", "parentFolderId": "drafts"}));
    assert_eq!(tenant.changes(&now(false), 2), [pair("AddedOrChanged", "New")]);
    // What is expired is told, whoever started now.
    tenant.emulator.expire_deltas(1, 410, "resyncRequired");
    assert_eq!(tenant.changes(&now(false), 2).iter().filter(|(change, _)| change == "Present").count(), 30);
    // A mailbox that comes later starts then.
    assert!(tenant.delta(&now(false), 3).unwrap().is_empty());
}

/// Rows until so many were given; nothing is asked for then.
fn some(stream: &dyn RowStream, signal: &exrun::cancel::Signal, wanted: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while rows.len() < wanted {
        let seen = signal.epoch();
        match stream.next_batch(wanted - rows.len()).unwrap() {
            Next::Batch { data, .. } => {
                rows.extend(
                    String::from_utf8(data).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()),
                );
            }
            Next::Pending => assert!(std::time::Instant::now() < deadline, "no rows came"),
            Next::End => panic!("the run has ended"),
        }
        signal.wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(50));
    }
    rows
}

#[test]
fn rows_that_were_given_and_not_taken_come_again() {
    let tenant = Tenant::of(Config { mailboxes: 3, messages: Some(4), ..Config::default() });
    let (_folder, since) = folder();
    // With all rows at hand.
    let begin = || {
        let stream = tenant.client.mailbox_delta(&inbox(&since)).unwrap();
        let lines: Vec<u8> = tenant.upns(3).iter().flat_map(|line| format!("{line}\n").into_bytes()).collect();
        assert_eq!(stream.push(&lines).unwrap(), lines.len());
        stream.finish_input();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while stream.ready() != usize::MAX {
            let seen = tenant.client.signal().epoch();
            tenant.client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(50));
            assert!(std::time::Instant::now() < deadline, "the run does not end");
        }
        stream
    };
    let whose = |rows: &[Value]| rows.iter().map(|row| text(row, "MailboxName")).collect::<Vec<_>>();
    let upn = |index: u64| tenant.upn(index);
    // All rows of the first mailbox and one of the second; whoever has them never comes back.
    let stream = begin();
    let rows = some(&*stream, tenant.client.signal(), 5);
    assert_eq!(whose(&rows), [upn(0), upn(0), upn(0), upn(0), upn(1)]);
    drop(stream);
    // They come again. This time he comes back, for all rows of the second mailbox and one of the third.
    let stream = begin();
    assert_eq!(whose(&some(&*stream, tenant.client.signal(), 5)), whose(&rows));
    some(&*stream, tenant.client.signal(), 4);
    stream.cancel();
    drop(stream);
    // The first mailbox was taken.
    let rest = tenant.delta(&inbox(&since), 3).unwrap();
    assert_eq!(whose(&rest), [[upn(1), upn(1), upn(1), upn(1)], [upn(2), upn(2), upn(2), upn(2)]].concat());
    assert!(tenant.delta(&inbox(&since), 3).unwrap().is_empty());
}

#[test]
fn a_file_takes_all_links_with_it_or_none() {
    let tenant = Tenant::of(Config { mailboxes: 5, messages: Some(4), ..Config::default() });
    let (folder, since) = folder();
    let path = folder.path().join("changes.jsonl");
    let file = OutFile { path: path.clone(), format: None, defuse_formulas: false, byte_order_mark: false };
    let to_file = |path: &Path| {
        let file = OutFile { path: path.to_owned(), ..file.clone() };
        MailboxDelta { run: RunRequest { out_file: Some(file), ..json_lines() }, ..inbox(&since) }
    };
    // Where it cannot be put nothing was taken.
    let directory = folder.path().join("taken.jsonl");
    std::fs::create_dir(&directory).unwrap();
    assert!(tenant.delta(&to_file(&directory), 5).is_err());
    tenant.delta(&to_file(&path), 5).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 20);
    tenant.delta(&to_file(&path), 5).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    assert!(tenant.delta(&inbox(&since), 5).unwrap().is_empty());
}

fn killed_request(since: &Path) -> MailboxDelta {
    MailboxDelta { run: RunRequest { batching: Batching::Never, ..json_lines() }, ..inbox(since) }
}

#[test]
fn a_run_that_was_killed_loses_no_change() {
    const MAILBOXES: u64 = 60;
    let tenant = Tenant::of(Config { mailboxes: MAILBOXES, messages: Some(5), ..Config::default() });
    let (folder, since) = folder();
    let taken = folder.path().join("taken.jsonl");
    let given = json!({"addr": tenant.emulator.addr().to_string(), "ca": tenant.emulator.ca_file(),
        "pfx": tenant.certificate.pfx, "since": since, "taken": taken, "mailboxes": tenant.upns(MAILBOXES)});
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "delta::one_that_dies", "--nocapture", "--test-threads=1"])
        .env(GIVEN, given.to_string())
        .output()
        .unwrap();
    assert!(!child.status.success(), "it was to die: {}", String::from_utf8_lossy(&child.stdout));
    let before = std::fs::read_to_string(&taken).unwrap();
    let before: Vec<Value> = before.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(before.len() >= 50, "{}", before.len());
    let after = tenant.delta(&killed_request(&since), MAILBOXES).unwrap();
    let key = |row: &Value| (text(row, "MailboxName"), text(row, "MessageId"));
    let told: std::collections::HashSet<_> = before.iter().chain(&after).map(key).collect();
    assert_eq!(told.len() as u64, 5 * MAILBOXES);
    assert!(tenant.delta(&killed_request(&since), MAILBOXES).unwrap().is_empty());
}

/// Run by the test above in a process of its own: it writes down what it is given, and dies over it.
#[test]
fn one_that_dies() {
    use std::io::Write as _;
    let Some(given) = support::given(GIVEN) else { return };
    let path = |name: &str| PathBuf::from(given[name].as_str().unwrap());
    let client = support::client_of(&given, ClientOptions::default());
    let stream = client.mailbox_delta(&killed_request(&path("since"))).unwrap();
    let lines: String = given["mailboxes"].as_array().unwrap().iter().map(|line| format!("{line}\n")).collect();
    stream.push(lines.as_bytes()).unwrap();
    stream.finish_input();
    let mut taken = std::fs::File::create(path("taken")).unwrap();
    let mut count = 0;
    while count < 50 {
        for row in some(&*stream, client.signal(), 7) {
            writeln!(taken, "{row}").unwrap();
            count += 1;
        }
    }
    std::process::abort();
}

#[test]
fn a_file_of_links_is_of_one_tenant_and_one_choice_and_has_one_user() {
    let tenant = Tenant::of(Config { mailboxes: 2, messages: Some(2), ..Config::default() });
    let (folder, since) = folder();
    tenant.delta(&inbox(&since), 1).unwrap();
    let refused = |request: &MailboxDelta, status: Status, part: &str| {
        let error = tenant.delta(request, 1).unwrap_err();
        assert_eq!(error.status(), status, "{error}");
        assert!(error.to_string().contains(part) && !error.to_string().contains("deltatoken"), "{error}");
    };
    let mut sent = inbox(&since);
    sent.options.folder = Some("sentitems".into());
    refused(&sent, Status::JournalMismatch, "folder was \"inbox\" and is now \"sentitems\"");
    refused(&delta("contacts", &since), Status::JournalMismatch, "of was \"messages\" and is now \"contacts\"");
    // A journal is none.
    let journal = folder.path().join("run.db");
    let run = RunRequest { journal: Some(journal.clone()), ..json_lines() };
    tenant.run(&super::MailboxItems { run: run.clone(), ..super::report("categories") }, tenant.upns(1)).unwrap();
    refused(&inbox(&journal), Status::JournalMismatch, "mailboxDelta");
    let as_journal = RunRequest { journal: Some(since.clone()), ..json_lines() };
    let error = tenant.run(&super::MailboxItems { run: as_journal, ..super::report("categories") }, tenant.upns(1));
    assert_eq!(error.unwrap_err().status(), Status::JournalMismatch);
    refused(&MailboxDelta { run, ..inbox(&since) }, Status::InvalidArgument, "journal: does not go");

    // Another tenant's links are of no use here.
    let other = "9c8e1f0a-6f2b-4d57-9d7a-0f6f3f4f5a6b";
    let config =
        Config { tenant: other.into(), mailboxes: 2, messages: Some(2), broken_percent: 0.0, ..Config::default() };
    let (emulator, certificate, options) = support::start(config);
    let client = Client::new(ClientOptions { tenant_id: Some(other.into()), ..options }).unwrap();
    let there = Tenant { emulator, client, certificate };
    let error = there.delta(&inbox(&since), 1).unwrap_err();
    assert_eq!(error.status(), Status::JournalMismatch);
    assert!(error.to_string().contains(&format!("tenant was \"{TENANT}\" and is now \"{other}\"")), "{error}");

    // One run at a time; who has ended has let go of it.
    let stream = tenant.client.mailbox_delta(&inbox(&since)).unwrap();
    stream.push(format!("{}\n", json!(tenant.upn(1))).as_bytes()).unwrap();
    some(&*stream, tenant.client.signal(), 1);
    refused(&inbox(&since), Status::JournalInUse, "another run");
    drop(stream);
    tenant.delta(&inbox(&since), 1).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&since).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn throttling_pages_and_batches_lose_nothing_and_no_link_is_shown() {
    let tenant = Tenant::of(Config { mailboxes: 25, messages: Some(600), ..Config::default() });
    let (folder, since) = folder();
    tenant.faults(
        r#"{"rules":[{"kind":"read","pathContains":"delta","times":3,"action":{"status":429,"retryAfter":"0.01"}}]}"#,
    );
    let log = folder.path().join("run.log");
    let run = RunRequest { log_file: Some(log.clone()), ..json_lines() };
    let request = MailboxDelta { run, ..delta("messages", &since) };
    let rows = tenant.delta(&request, 4).unwrap();
    assert_eq!(rows.len(), 2400);
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| text(row, "MessageId")).collect();
    assert_eq!(ids.len(), 2400);
    for index in 0..4 {
        tenant.plant(index, json!({"subject": "New"}));
    }
    let changed = tenant.delta(&request, 4).unwrap();
    assert_eq!(changed.len(), 4);
    assert!(tenant.emulator.state().statuses[&429] > 0);
    let shown = serde_json::to_string(&(rows, changed)).unwrap() + &std::fs::read_to_string(&log).unwrap();
    for secret in ["deltatoken=ey", "skiptoken=ey", "deltaLink", "nextLink"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(shown.contains("deltatoken=..."), "the log was written");
}

#[test]
fn a_link_that_leads_away_is_neither_followed_nor_kept() {
    let tenant = Tenant::of(Config { mailboxes: 1, messages: Some(2), ..Config::default() });
    let (_folder, since) = folder();
    for member in ["nextLink", "deltaLink"] {
        tenant.faults(&format!(
            r#"{{"rules":[{{"kind":"read","pathContains":"delta","action":{{"status":200,"body":"{{\"value\":[],\"@odata.{member}\":\"https://evil.example/v1.0/users/x/messages/delta?$deltatoken=x\"}}"}}}}]}}"#
        ));
        let rows = tenant.delta(&inbox(&since), 1).unwrap();
        let error = rows[0]["error"]["message"].as_str().unwrap();
        assert!(error.contains("leads away from the service"), "{error}");
    }
    tenant.faults("{}");
    assert_eq!(tenant.delta(&inbox(&since), 1).unwrap().len(), 2);
}

#[test]
fn a_mailbox_that_fails_keeps_its_link() {
    let tenant = Tenant::of(Config { mailboxes: 2, messages: Some(2), ..Config::default() });
    let (_folder, since) = folder();
    tenant.delta(&inbox(&since), 2).unwrap();
    tenant.plant(0, json!({"subject": "New"}));
    tenant.plant(1, json!({"subject": "New"}));
    tenant.faults(r#"{"rules":[{"kind":"read","modulo":[2,0],"action":{"status":403,"code":"ErrorAccessDenied"}}]}"#);
    let rows = tenant.delta(&inbox(&since), 2).unwrap();
    assert_eq!((&rows[0]["error"]["httpStatus"], text(&rows[1], "Subject")), (&json!(403), "New".into()));
    tenant.faults("{}");
    assert_eq!(tenant.changes(&inbox(&since), 2), [pair("AddedOrChanged", "New")]);
}

#[test]
fn the_emulated_tenant_refuses_what_no_delta_query_takes() {
    let tenant = Tenant::new(1);
    let period = "startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-31T00:00:00Z";
    let refused = [
        (format!("calendarView/delta?{period}&$select=id"), "ErrorInvalidUrlQuery"),
        (format!("calendarView/delta?{period}&$filter=subject eq 'x'"), "ErrorInvalidUrlQuery"),
        ("calendarView/delta".into(), "ErrorInvalidParameter"),
        ("mailFolders/inbox/messages/delta?$search=x".into(), "ErrorInvalidUrlQuery"),
        ("mailFolders/inbox/messages/delta?$filter=subject eq 'x'".into(), "ErrorInvalidUrlQuery"),
        ("mailFolders/inbox/messages/delta?$orderby=subject".into(), "ErrorInvalidUrlQuery"),
        ("mailFolders/inbox/messages/delta?changeType=moved".into(), "ErrorInvalidUrlQuery"),
        ("mailFolders/inbox/messages/delta?$deltatoken=x".into(), "SyncStateInvalid"),
        ("mailFolders/nowhere/messages/delta".into(), "ErrorItemNotFound"),
        ("contacts/delta?$filter=displayName eq 'x'".into(), "ErrorInvalidUrlQuery"),
        ("messages/delta".into(), "BadRequest"),
    ];
    for (path, code) in refused {
        let error = tenant.graph("GET", &format!("users/{}/{path}", tenant.upn(0)), None).unwrap_err();
        assert_eq!(error.service_code(), Some(code), "{path}: {error}");
    }
    let after = "mailFolders/inbox/messages/delta?$select=subject&$filter=receivedDateTime ge 2026-11-24T00:00:00Z";
    let newer = tenant.graph("GET", &format!("users/{}/{after}", tenant.upn(0)), None).unwrap();
    assert!(newer["value"].as_array().unwrap().iter().all(|message| message["subject"].is_string()));
}
