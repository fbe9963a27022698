//! Messages saved as files.

use std::fs;
use std::path::{Path, PathBuf};

use exrun::client::{ItemsOptions, MessageCriteria, MessageExport, RunRequest};
use exrun::error::{Error, Status};
use serde_json::{Value, json};

use super::{Tenant, json_lines, support};

impl Tenant {
    fn export(&self, request: &MessageExport, lines: Vec<Value>) -> Result<Vec<Value>, Error> {
        let stream = self.client.messages_export(request)?;
        support::drive_lines(&self.client, &*stream, lines)
    }

    fn receive(&self, index: u64, subject: &str, attachments: Value) -> String {
        let message = json!({"subject": subject, "receivedDateTime": "2026-11-20T10:00:00Z",
            "from": {"emailAddress": {"name": "Eve", "address": "eve@evil.example"}}});
        self.emulator.plant(index, &message, &attachments).unwrap()
    }

    /// The message as somebody else reads it.
    fn mime(&self, index: u64, id: &str) -> Vec<u8> {
        let read = self.graph("GET", &format!("users/{}/messages/{id}/$value", self.upn(index)), None).unwrap();
        read["Content"].as_str().unwrap().as_bytes().to_vec()
    }
}

fn of_eve(folder: &Path) -> MessageExport {
    let messages = MessageCriteria { sender: Some("eve@evil.example".to_owned()), ..MessageCriteria::default() };
    let options = Some(ItemsOptions { messages, ..ItemsOptions::default() });
    MessageExport { run: json_lines(), out_folder: folder.to_owned(), options, ..MessageExport::default() }
}

fn sha256(bytes: &[u8]) -> String {
    openssl::sha::sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn manifest(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every file of a folder and those within it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let nested = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.into_iter().flat_map(nested).collect()
}

#[test]
fn each_message_is_a_file_whose_hash_the_manifest_has() {
    let tenant = Tenant::new(4);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("evidence");
    let ids = [
        (1, tenant.receive(1, "Invoice", Value::Null)),
        // The same but for its case, and names that Windows does not take.
        (1, tenant.receive(1, "INVOICE", Value::Null)),
        (1, tenant.receive(1, "Invoice", Value::Null)),
        (2, tenant.receive(2, "RE: a/b\\c <con>|?*. ", Value::Null)),
    ];
    let request = MessageExport { include_empty: true, ..of_eve(&out) };
    let rows = tenant.export(&request, tenant.upns(4)).unwrap();
    assert_eq!(rows.len(), 6);
    let saved: Vec<&Value> = rows.iter().filter(|row| row["Outcome"] == "Saved").collect();
    let mut hashes: Vec<String> = ids.iter().map(|(index, id)| sha256(&tenant.mime(*index, id))).collect();
    let mut names = Vec::new();
    for row in &saved {
        let bytes = fs::read(out.join(row["File"].as_str().unwrap())).unwrap();
        assert_eq!((row["Bytes"].as_u64(), row["Sha256"].as_str()), (Some(bytes.len() as u64), Some(&*sha256(&bytes))));
        names.push(row["File"].as_str().unwrap().to_lowercase());
    }
    let mut of_rows: Vec<&str> = saved.iter().map(|row| row["Sha256"].as_str().unwrap()).collect();
    of_rows.sort_unstable();
    hashes.sort();
    assert_eq!(of_rows, hashes);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4);
    for name in &names {
        assert!(!name.contains(['<', '>', ':', '"', '\\', '|', '?', '*']) && name.matches('/').count() == 1, "{name}");
    }
    let lines = manifest(&out);
    assert_eq!((lines.len(), lines[0]["exrunExport"].as_u64()), (5, Some(1)));
    assert!(
        lines[1..].iter().all(|line| line["kind"] == "message" && saved.iter().any(|row| row["File"] == line["file"]))
    );
    assert_eq!(files(&out).len(), 5);
    // Another run does not write over what is there.
    let error = tenant.export(&request, tenant.upns(4)).unwrap_err();
    assert_eq!(error.status(), Status::FileExists, "{error}");
}

#[test]
fn rows_of_a_search_say_which_messages_are_saved() {
    let tenant = Tenant::new(3);
    let folder = tempfile::tempdir().unwrap();
    let id = tenant.receive(1, "one", Value::Null);
    let gone = tenant.receive(1, "gone", Value::Null);
    let row = |id: &str| json!({"MailboxName": tenant.upn(1), "MessageId": id, "Subject": "one", "Received": "2026-11-20T10:00:00Z"});
    tenant.graph("DELETE", &format!("users/{}/messages/{gone}", tenant.upn(1)), None).unwrap();
    let request = MessageExport { options: None, ..of_eve(folder.path()) };
    let rows = tenant.export(&request, vec![row(&id), row(&gone)]).unwrap();
    let outcomes: Vec<&str> = rows.iter().map(|row| row["Outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["Saved", "Gone"]);
    assert_eq!(fs::read(folder.path().join(rows[0]["File"].as_str().unwrap())).unwrap(), tenant.mime(1, &id));
    let other = MessageExport { out_folder: folder.path().join("other"), ..request };
    let failed = tenant.export(&other, vec![tenant.upn(1).into()]).unwrap();
    assert!(failed[0]["error"]["message"].as_str().unwrap().contains("has no MessageId"), "{failed:?}");
}

#[test]
fn attachments_are_files_too_and_what_lies_elsewhere_is_noted() {
    let tenant = Tenant::new(2);
    let folder = tempfile::tempdir().unwrap();
    tenant.receive(
        1,
        "with attachments",
        json!([
            {"name": "con", "contentBytes": "YQ=="},
            {"name": "FW: a", "@odata.type": "#microsoft.graph.itemAttachment", "contentBytes": "Yg=="},
            {"name": "link", "@odata.type": "#microsoft.graph.referenceAttachment"},
            {"name": "logo.png", "contentBytes": "Yw==", "isInline": true},
        ]),
    );
    let request = MessageExport { attachments: true, ..of_eve(folder.path()) };
    let rows = tenant.export(&request, tenant.upns(2)).unwrap();
    assert_eq!((rows.len(), &rows[0]["Attachments"]), (1, &json!(4)));
    let lines = manifest(folder.path());
    let kinds: Vec<Value> = lines[2..].iter().map(|line| json!([line["kind"], line["name"], line["bytes"]])).collect();
    assert_eq!(
        json!(kinds),
        json!([
            ["attachment", "con", 1],
            ["attachment", "FW: a", 1],
            ["reference", "link", null],
            ["attachment", "logo.png", 1]
        ])
    );
    let contents: Vec<String> = lines[2..]
        .iter()
        .filter_map(|line| Some(fs::read_to_string(folder.path().join(line["file"].as_str()?)).unwrap()))
        .collect();
    assert_eq!(contents, ["a", "b", "c"]);
    assert!(lines[3]["file"].as_str().unwrap().ends_with("/02 FW_ a.eml"), "{}", lines[3]);
    assert!(lines[4]["file"].is_null());
}

#[test]
fn a_message_of_any_size_is_saved_and_what_breaks_off_leaves_no_file() {
    let tenant = Tenant::new(2);
    let folder = tempfile::tempdir().unwrap();
    // More than any reply may have that is kept in memory.
    tenant.receive(1, "large", json!([{"name": "disk.iso", "size": 30 * 1024 * 1024}]));
    tenant
        .faults(r#"{"rules": [{"kind": "read", "pathContains": "$value", "times": 1, "action": {"truncate": true}}]}"#);
    let rows = tenant.export(&of_eve(folder.path()), tenant.upns(2)).unwrap();
    assert_eq!(rows[0]["Outcome"], "Saved");
    let bytes = rows[0]["Bytes"].as_u64().unwrap();
    assert!(bytes > 40 * 1024 * 1024, "{bytes}");
    assert_eq!(sha256(&fs::read(folder.path().join(rows[0]["File"].as_str().unwrap())).unwrap()), rows[0]["Sha256"]);
    assert_eq!(files(folder.path()).len(), 2);
    // And one that breaks off for good.
    let other = tempfile::tempdir().unwrap();
    let tenant = Tenant::new(2);
    tenant.receive(1, "small", Value::Null);
    tenant.faults(r#"{"rules": [{"kind": "read", "pathContains": "$value", "action": {"truncate": true}}]}"#);
    let rows = tenant.export(&of_eve(other.path()), tenant.upns(2)).unwrap();
    assert!(rows[0]["error"]["name"].is_string(), "{rows:?}");
    assert_eq!(files(other.path()), Vec::<PathBuf>::new());
}

#[test]
fn an_export_that_was_cut_off_goes_on_and_reads_nothing_twice() {
    let tenant = Tenant::new(3);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for number in 0..6 {
        tenant.receive(1, &format!("message {number}"), Value::Null);
    }
    let run = RunRequest { journal: Some(folder.path().join("run.db")), ..json_lines() };
    let request = MessageExport { run, ..of_eve(&out) };
    // From the fourth on nothing is given.
    tenant.faults(r#"{"rules": [{"kind": "read", "pathContains": "$value", "after": 3, "action": {"status": 403, "code": "ErrorAccessDenied"}}]}"#);
    let rows = tenant.export(&request, tenant.upns(3)).unwrap();
    assert!(rows.iter().any(|row| !row["error"].is_null()), "{rows:?}");
    assert_eq!(manifest(&out).len(), 4);
    // A file that was tampered with, or lost, is read again.
    let first = out.join(manifest(&out)[1]["file"].as_str().unwrap());
    fs::write(&first, "x").unwrap();
    tenant.faults(r#"{"rules": []}"#);
    tenant.emulator.reset();
    let request = MessageExport { run: RunRequest { retry_failed: true, ..request.run.clone() }, ..request };
    let rows = tenant.export(&request, tenant.upns(3)).unwrap();
    assert_eq!(rows.len(), 6);
    // One that says which there are, and one each for those that were not saved.
    assert_eq!(tenant.emulator.state().by_mailbox[&1], 1 + 3 + 1 + folders_asked());
    let text = fs::read(&first).unwrap();
    assert!(rows.iter().any(|row| row["Sha256"] == sha256(&text)));
    let other = MessageExport { out_folder: folder.path().join("other"), ..request };
    assert_eq!(tenant.export(&other, tenant.upns(3)).unwrap_err().status(), Status::JournalMismatch);
}

/// Where messages lie is asked of the root and of one folder.
fn folders_asked() -> u64 {
    2
}
