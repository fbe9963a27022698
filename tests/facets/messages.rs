//! Messages that are sought, planned for, moved, deleted and restored.

use std::path::Path;

use exrun::client::{ItemsOptions, MailboxItems, MessageAction, MessageCriteria, PlanApply, RunRequest};
use exrun::error::Error;
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::{Tenant, json_lines, report, support};

fn find(criteria: MessageCriteria) -> MailboxItems {
    let options = ItemsOptions { messages: criteria, ..ItemsOptions::default() };
    MailboxItems { options, ..report("messages") }
}

fn of_subject(subject: &str) -> MessageCriteria {
    MessageCriteria { subject: Some(subject.to_owned()), ..MessageCriteria::default() }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn plan(criteria: MessageCriteria, action: MessageAction, path: &Path) -> MailboxItems {
    let request = find(MessageCriteria { action: Some(action), ..criteria });
    MailboxItems { plan_file: Some(path.to_owned()), ..request }
}

impl Tenant {
    /// Puts a message that is sought into a mailbox.
    pub(super) fn plant(&self, index: u64, message: Value) -> String {
        self.plant_with(index, message, Value::Null)
    }

    fn plant_with(&self, index: u64, message: Value, attachments: Value) -> String {
        let mut whole = json!({"subject": "Urgent: invoice", "from": {"emailAddress": {"name": "Eve", "address": "eve@evil.example"}}});
        whole.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
        self.emulator.plant(index, &whole, &attachments).unwrap()
    }

    /// The subjects of what was found.
    fn found(&self, criteria: MessageCriteria, mailboxes: u64) -> Vec<String> {
        let rows = self.rows(&find(criteria), mailboxes);
        rows.iter().map(|row| row["Subject"].as_str().unwrap().to_owned()).collect()
    }

    fn apply(&self, plan: &Path) -> Vec<Value> {
        self.apply_with(&RunRequest { maximum: Some(10_000), ..json_lines() }, plan, None).unwrap()
    }

    fn apply_with(&self, run: &RunRequest, plan: &Path, undo: Option<&Path>) -> Result<Vec<Value>, Error> {
        let apply = PlanApply { plan: plan.to_owned(), undo_plan: undo.map(Path::to_owned), ..PlanApply::default() };
        let stream = self.client.plan_apply(run, &apply)?;
        support::drive_lines(&self.client, &*stream, [])
    }

    /// How many messages of the subject that is sought lie in a folder, or anywhere but among what was deleted.
    fn lie_in(&self, index: u64, folder: Option<&str>) -> usize {
        let all = self.emulator.messages(index, folder);
        all.iter().filter(|message| message["subject"] == "Urgent: invoice").count()
    }
}

fn outcomes(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["Outcome"].as_str().unwrap()).collect()
}

fn sha256(bytes: &[u8]) -> String {
    openssl::sha::sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn messages_are_found_by_what_their_headers_say() {
    let tenant = Tenant::new(4);
    tenant.plant(0, json!({"internetMessageId": "<it's@evil.example>", "receivedDateTime": "2026-11-20T10:00:00Z"}));
    tenant.plant(2, json!({"subject": "Another", "receivedDateTime": "2026-11-21T10:00:00Z"}));
    let both = [
        MessageCriteria { sender: some("Eve@evil.example"), ..MessageCriteria::default() },
        MessageCriteria { sender: some("@evil.example"), ..MessageCriteria::default() },
        MessageCriteria { search: some("from:eve@evil.example"), ..MessageCriteria::default() },
        MessageCriteria {
            sender: some("@EVIL.example"),
            received_after: some("2026-11-20"),
            received_before: some("2026-11-21T10:00:01Z"),
            ..MessageCriteria::default()
        },
    ];
    for criteria in both {
        assert_eq!(tenant.found(criteria.clone(), 4), ["Urgent: invoice", "Another"], "{criteria:?}");
    }
    let first = [
        of_subject("urgent"),
        MessageCriteria { internet_message_id: some("it's@evil.example"), ..MessageCriteria::default() },
        MessageCriteria {
            internet_message_id: some("<IT'S@evil.example>"),
            sender: some("eve@evil.example"),
            ..MessageCriteria::default()
        },
        MessageCriteria { search: some("subject:\"Urgent: invoice\""), ..MessageCriteria::default() },
        MessageCriteria { search: some("invoice"), sender: some("@evil.example"), ..MessageCriteria::default() },
        MessageCriteria {
            sender: some("eve@evil.example"),
            received_before: some("2026-11-21"),
            ..MessageCriteria::default()
        },
    ];
    for criteria in first {
        assert_eq!(tenant.found(criteria.clone(), 4), ["Urgent: invoice"], "{criteria:?}");
    }
    assert_eq!(tenant.found(of_subject("no such thing"), 4), <[&str; 0]>::default());
}

#[test]
fn rows_say_where_a_message_lies_and_a_mailbox_without_one_that_it_was_read() {
    let tenant = Tenant::new(4);
    let id = tenant.plant(2, json!({"parentFolderId": "inbox", "receivedDateTime": "2026-11-20T10:00:00Z"}));
    let folders =
        tenant.graph("GET", &format!("users/{}/mailFolders/inbox/childFolders", tenant.upn(2)), None).unwrap();
    let level = folders["value"][0]["id"].as_str().unwrap();
    tenant.plant(2, json!({"parentFolderId": level}));
    let request = MailboxItems { include_empty: true, ..find(of_subject("urgent")) };
    let rows = tenant.rows(&request, 4);
    let shown: Vec<Value> =
        rows.iter().map(|row| json!([row["MailboxName"], row["Folder"], row["Subject"], row["ItemCount"]])).collect();
    assert_eq!(
        json!(shown),
        json!([
            [tenant.upn(0), null, null, 0],
            [tenant.upn(1), null, null, 0],
            [tenant.upn(2), "Inbox/Level 1", "Urgent: invoice", 2],
            [tenant.upn(2), "Inbox", "Urgent: invoice", 2],
            [tenant.upn(3), null, null, 0],
        ])
    );
    let row = &rows[3];
    assert_eq!(
        (&row["From"], &row["FromName"], &row["Size"]),
        (&json!("eve@evil.example"), &json!("Eve"), &json!(75_000))
    );
    assert_eq!((&row["Received"], &row["HasAttachments"]), (&json!("2026-11-20T10:00:00Z"), &json!(false)));
    // An id that stays, which is not the one that changes.
    let stays = row["MessageId"].as_str().unwrap();
    assert!(stays != id && row["Item"].get("#list").is_none());
    tenant.graph("GET", &format!("users/{}/messages/{stays}", tenant.upn(2)), None).unwrap();
}

#[test]
fn one_folder_is_searched_by_its_name_its_path_or_its_id_and_what_was_deleted_where_that_is_asked_for() {
    let tenant = Tenant::new(3);
    tenant.plant(2, json!({"parentFolderId": "deleteditems"}));
    tenant.plant(2, json!({"parentFolderId": "recoverableitemsdeletions"}));
    let folders =
        tenant.graph("GET", &format!("users/{}/mailFolders/inbox/childFolders", tenant.upn(2)), None).unwrap();
    let level = folders["value"][0]["id"].as_str().unwrap();
    tenant.plant(2, json!({"parentFolderId": level}));
    let number = |folder: Option<&str>, recoverable_items: bool| {
        let mut request = find(MessageCriteria { recoverable_items, ..of_subject("urgent") });
        request.options.folder = folder.map(str::to_owned);
        tenant.rows(&request, 3).len()
    };
    assert_eq!((number(None, false), number(None, true)), (2, 3));
    for (folder, found) in [
        ("deletedItems", 1),
        ("Deleted Items", 1),
        ("inbox", 0),
        ("Inbox/level 1", 1),
        ("inbox/Level 1/Level 2", 0),
        ("No such folder", 0),
        ("recoverableitemsdeletions", 1),
        (level, 1),
    ] {
        // Of the other mailboxes none has that id.
        if folder == level {
            let mut request = find(of_subject("urgent"));
            request.options.folder = some(level);
            assert_eq!(tenant.run(&request, vec![tenant.upn(2).into()]).unwrap().len(), found);
            continue;
        }
        assert_eq!(number(Some(folder), false), found, "{folder}");
    }
    assert_eq!(number(Some("inbox/Level 1"), true), 2);
}

#[test]
fn attachments_are_found_by_name_and_by_content_however_long_it_is() {
    let tenant = Tenant::new(3);
    let long = 40 * 1024 * 1024;
    let bytes: Vec<u8> = (0..long).map(|at| b"0123456789abcdef"[at % 16]).collect();
    tenant.plant_with(0, json!({"subject": "long"}), json!([{"name": "Disk.ISO", "size": long}]));
    tenant.plant_with(
        1,
        json!({"subject": "short"}),
        json!([{"name": "a.txt", "contentBytes": "YQ=="}, {"name": "b.iso", "contentBytes": "Yg=="}]),
    );
    tenant.plant_with(
        2,
        json!({"subject": "inline"}),
        json!([{"name": "c.iso", "contentBytes": "YQ==", "isInline": true}]),
    );
    tenant.plant_with(
        2,
        json!({"subject": "elsewhere"}),
        json!([
            {"name": "d.iso", "@odata.type": "#microsoft.graph.referenceAttachment"},
            {"name": "e", "@odata.type": "#microsoft.graph.itemAttachment", "contentBytes": "YQ=="},
        ]),
    );
    let named = |name: &str| MessageCriteria { attachment_name: some(name), ..MessageCriteria::default() };
    assert_eq!(tenant.found(named("*.iso"), 3), ["long", "short", "elsewhere"]);
    assert_eq!(tenant.found(named("DISK.*"), 3), ["long"]);
    assert_eq!(tenant.found(MessageCriteria { inline_attachments: true, ..named("c.iso") }, 3), ["inline"]);
    let hashed = |hash: String| MessageCriteria { attachment_sha256: Some(hash), ..MessageCriteria::default() };
    assert_eq!(tenant.found(hashed(sha256(&bytes).to_uppercase()), 3), ["long"]);
    assert_eq!(tenant.found(hashed(sha256(b"a")), 3), ["short"]);
    assert_eq!(
        tenant.found(MessageCriteria { attachment_name: some("*.iso"), ..hashed(sha256(b"a")) }, 3),
        <[&str; 0]>::default()
    );
    assert_eq!(
        tenant.found(MessageCriteria { inline_attachments: true, ..hashed(sha256(b"a")) }, 3),
        ["short", "inline"]
    );
    let rows = tenant.rows(&find(named("a.txt")), 3);
    assert_eq!(rows[0]["Attachments"], "a.txt; b.iso");
    let listed = find(MessageCriteria { list_attachments: true, ..of_subject("short") });
    assert_eq!(tenant.rows(&listed, 3)[0]["Attachments"], "a.txt; b.iso");
}

#[test]
fn a_search_that_may_have_found_more_says_so_and_its_rows_are_there() {
    let tenant = Tenant::of(Config { mailboxes: 2, messages: Some(1100), ..Config::default() });
    let request = find(MessageCriteria { search: some("Message"), ..MessageCriteria::default() });
    let run = RunRequest {
        report: exrun::rows::ReportRequest { include_error: true, ..json_lines().report },
        ..json_lines()
    };
    let rows = tenant.run(&MailboxItems { run, ..request }, tenant.upns(1)).unwrap();
    assert_eq!(rows.len(), 1000);
    assert!(rows[0]["ErrorMessage"].as_str().unwrap().contains("there may be more"), "{}", rows[0]);
    let all = tenant.rows(&find(of_subject("Message")), 1);
    assert_eq!(all.len(), 1100);
}

#[test]
fn what_is_sought_has_to_be_said() {
    let tenant = Tenant::new(1);
    let refused = |request: &MailboxItems| tenant.run(request, Vec::new()).unwrap_err().to_string();
    assert!(refused(&find(MessageCriteria::default())).contains("nothing says which are sought"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.jsonl");
    let mut whole = plan(MessageCriteria::default(), MessageAction::HardDelete, &path);
    whole.options.folder = some("inbox");
    assert!(refused(&whole).contains("nothing says which are sought"));
    let no_plan = find(MessageCriteria { action: Some(MessageAction::SoftDelete), ..of_subject("x") });
    assert!(refused(&no_plan).contains("planFile: is needed"));
    let no_action = MailboxItems { plan_file: Some(path.clone()), ..find(of_subject("x")) };
    assert!(refused(&no_action).contains("action: is needed"));
    let other = MailboxItems { plan_file: Some(path), ..report("categories") };
    assert!(refused(&other).contains("action: is needed"));
    for (criteria, what) in [
        (MessageCriteria { received_after: some("yesterday"), ..MessageCriteria::default() }, "receivedAfter: "),
        (MessageCriteria { attachment_sha256: some("ab"), ..MessageCriteria::default() }, "attachmentSha256: "),
        (
            MessageCriteria {
                received_after: some("2026-11-02"),
                received_before: some("2026-11-01"),
                ..MessageCriteria::default()
            },
            "receivedBefore: ",
        ),
    ] {
        assert!(refused(&find(criteria)).contains(what), "{what}");
    }
}

#[test]
fn what_is_deleted_softly_comes_back_and_what_arrived_since_is_found_by_another_search() {
    let tenant = Tenant::new(6);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for index in [1, 4] {
        tenant.plant(index, json!({"parentFolderId": "inbox"}));
        tenant.plant(index, json!({"parentFolderId": "deleteditems"}));
    }
    let request = plan(of_subject("Urgent"), MessageAction::SoftDelete, &path("plan.jsonl"));
    assert_eq!(tenant.rows(&request, 6).len(), 4);
    assert_eq!(tenant.emulator.writes().len(), 0);
    // To delete is to say how much that may be.
    let unbounded = tenant.apply_with(&json_lines(), &path("plan.jsonl"), None).unwrap_err();
    assert!(unbounded.to_string().contains("maximum: is needed"), "{unbounded}");
    tenant.plant(1, json!({}));
    let bounded = RunRequest { maximum: Some(4), ..json_lines() };
    let rows = tenant.apply_with(&bounded, &path("plan.jsonl"), Some(&path("undo.jsonl"))).unwrap();
    assert_eq!(outcomes(&rows), ["Done"; 4]);
    // What has arrived since is there, and nothing else.
    let there = |index: u64| (tenant.lie_in(index, None), tenant.lie_in(index, Some("recoverableitemsdeletions")));
    assert_eq!((there(1), there(4)), ((1, 2), (0, 2)));
    assert_eq!(outcomes(&tenant.apply(&path("plan.jsonl"))), ["AlreadyGone"; 4]);
    let again = plan(of_subject("Urgent"), MessageAction::SoftDelete, &path("again.jsonl"));
    assert_eq!(tenant.rows(&again, 6).len(), 1);
    assert_eq!(outcomes(&tenant.apply(&path("again.jsonl"))), ["Done"]);
    assert_eq!(there(1), (0, 3));
    // Back to where each of them lay.
    assert_eq!(outcomes(&tenant.apply(&path("undo.jsonl"))), ["Done"; 4]);
    for index in [1, 4] {
        assert_eq!((tenant.lie_in(index, Some("inbox")), tenant.lie_in(index, Some("deleteditems"))), (1, 1));
    }
    assert_eq!(outcomes(&tenant.apply(&path("undo.jsonl"))), ["Unchanged"; 4]);
}

#[test]
fn what_was_moved_or_deleted_meanwhile_is_left_or_counts_as_gone() {
    let tenant = Tenant::new(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.jsonl");
    let ids: Vec<String> =
        (0..4).map(|_| tenant.plant(1, json!({"parentFolderId": "inbox", "isDraft": false}))).collect();
    let draft = tenant.plant(1, json!({"parentFolderId": "drafts", "isDraft": true}));
    assert_eq!(tenant.rows(&plan(of_subject("Urgent"), MessageAction::HardDelete, &path), 3).len(), 5);
    let own = |id: &str| format!("users/{}/messages/{id}", tenant.upn(1));
    tenant.graph("POST", &format!("{}/move", own(&ids[0])), Some(json!({"destinationId": "sentitems"}))).unwrap();
    tenant.graph("DELETE", &own(&ids[1]), None).unwrap();
    // To open a message is no change of it; to write on a draft is one.
    tenant.graph("PATCH", &own(&ids[2]), Some(json!({"isRead": true}))).unwrap();
    tenant.graph("PATCH", &own(&draft), Some(json!({"importance": "high"}))).unwrap();
    let rows = tenant.apply(&path);
    let mut all = outcomes(&rows);
    all.sort_unstable();
    assert_eq!(all, ["AlreadyGone", "Done", "Done", "Drifted", "Drifted"]);
    assert_eq!(
        (tenant.lie_in(1, Some("sentitems")), tenant.lie_in(1, Some("drafts")), tenant.lie_in(1, Some("inbox"))),
        (1, 1, 0)
    );
}

#[test]
fn messages_are_moved_to_a_folder_that_each_mailbox_has_and_back() {
    let tenant = Tenant::new(3);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    tenant.plant(0, json!({"parentFolderId": "inbox"}));
    tenant.plant(2, json!({"parentFolderId": "inbox"}));
    let make = |index: u64| {
        let body = json!({"displayName": "Quarantine"});
        tenant
            .graph("POST", &format!("users/{}/mailFolders/inbox/childFolders", tenant.upn(index)), Some(body))
            .unwrap()
    };
    let quarantine = make(0);
    let request = plan(of_subject("Urgent"), MessageAction::MoveTo("Inbox/quarantine".into()), &path("plan.jsonl"));
    let run = RunRequest {
        report: exrun::rows::ReportRequest { include_error: true, ..json_lines().report },
        ..json_lines()
    };
    let rows = tenant.run(&MailboxItems { run, ..request }, tenant.upns(3)).unwrap();
    let failed = tenant.own(&rows, 2);
    assert!(failed[0]["ErrorMessage"].as_str().unwrap().contains("has no folder \"Inbox/quarantine\""), "{failed:?}");
    let rows = tenant.apply_with(&json_lines(), &path("plan.jsonl"), Some(&path("undo.jsonl"))).unwrap();
    assert_eq!(outcomes(&rows), ["Done"]);
    let lies = |folder: &str| tenant.lie_in(0, Some(folder));
    let count = || {
        let id = quarantine["id"].as_str().unwrap();
        let list = tenant.graph("GET", &format!("users/{}/mailFolders/{id}/messages", tenant.upn(0)), None).unwrap();
        list["value"].as_array().unwrap().len()
    };
    assert_eq!((lies("inbox"), count()), (0, 1));
    assert_eq!(outcomes(&tenant.apply(&path("undo.jsonl"))), ["Done"]);
    assert_eq!((lies("inbox"), count()), (1, 0));
}

#[test]
fn an_outcome_that_is_not_known_is_read_back_and_a_refusal_waits() {
    let tenant = Tenant::new(30);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.jsonl");
    for index in 0..30 {
        tenant.plant(index, json!({"parentFolderId": "inbox"}));
    }
    let before: Vec<usize> = (0..30).map(|index| tenant.emulator.messages(index, None).len()).collect();
    assert_eq!(tenant.rows(&plan(of_subject("Urgent"), MessageAction::HardDelete, &path), 30).len(), 30);
    tenant.emulator.reset();
    tenant.faults(
        r#"{"rules": [
        {"kind": "write", "modulo": [3, 0], "times": 1, "action": {"reset": "after"}},
        {"kind": "write", "modulo": [3, 1], "times": 1, "action": {"reset": "before"}},
        {"kind": "graph", "modulo": [3, 2], "times": 1, "action": {"status": 429, "retryAfter": "1"}}]}"#,
    );
    let rows = tenant.apply(&path);
    assert_eq!(outcomes(&rows), ["Done"; 30]);
    let done = tenant.emulator.state().writes_done_by_mailbox;
    for (index, before) in (0..30).zip(before) {
        assert_eq!(done.get(&index), Some(&1), "{index}");
        assert_eq!(tenant.emulator.messages(index, None).len() + 1, before, "{index}");
    }
}
