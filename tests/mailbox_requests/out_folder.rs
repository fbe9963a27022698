//! Answers that are files.

use std::fs;
use std::path::{Path, PathBuf};

use exrun::client::{MailboxRequests, RunRequest};
use exrun::error::Status;
use serde_json::{Value, json};

use super::{Tenant, json_lines, request};

fn to(folder: &Path, path: &str) -> MailboxRequests {
    MailboxRequests { out_folder: Some(folder.to_owned()), ..request("GET", path) }
}

fn sha256(bytes: &[u8]) -> String {
    openssl::sha::sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file of a folder and those within it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let nested = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.into_iter().flat_map(nested).collect()
}

impl Tenant {
    /// Photos of the mailboxes whose number is even.
    fn take_photos(&self, number: u64) {
        let photo = |index: u64| base64(&[&[255, 216, 255], index.to_string().as_bytes()].concat());
        let line =
            |index| json!({"Mail": self.upn(index), "@path": "photo/$value", "@body": {"@base64": photo(index)}});
        let put = MailboxRequests {
            path: None,
            headers: vec![("Content-Type".into(), "image/jpeg".into())],
            ..request("PUT", "photo/$value")
        };
        let rows = self.run(&put, (0..number).step_by(2).map(line).collect()).unwrap();
        assert!(rows.iter().all(|row| row["error"].is_null()), "{rows:?}");
        self.emulator.reset();
    }
}

fn base64(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes)
}

#[test]
fn photos_are_files_that_are_called_by_their_mailbox() {
    let tenant = Tenant::new(6);
    tenant.take_photos(6);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("photos");
    let rows = tenant.run(&to(&out, "photo/$value"), tenant.upns(6)).unwrap();
    for (index, row) in (0..6u64).zip(&rows) {
        if index % 2 == 1 {
            assert_eq!(row["error"]["serviceCode"], "ImageNotFound", "{row}");
            continue;
        }
        let expected = [&[255, 216, 255], index.to_string().as_bytes()].concat();
        let name = format!("{}.jpg", tenant.upn(index).to_lowercase());
        assert_eq!(
            (row["File"].as_str(), &row["Bytes"], &row["ContentType"]),
            (Some(&*name), &json!(expected.len()), &json!("image/jpeg"))
        );
        assert_eq!(row["Sha256"], sha256(&expected));
        assert_eq!(fs::read(out.join(name)).unwrap(), expected);
    }
    // Nothing else is left there.
    assert_eq!(files(&out).len(), 3);

    // That there is none is no failure to whoever says so; a mailbox that is not there is one.
    let wanted = MailboxRequests { include_empty: true, ..to(&out, "photo/$value") };
    let rows = tenant.run(&wanted, vec![tenant.upn(1).into(), "nobody@contoso.com".into()]).unwrap();
    assert_eq!((&rows[0]["File"], &rows[0]["error"]), (&Value::Null, &Value::Null), "{rows:?}");
    assert!(rows[1]["error"].is_object(), "{rows:?}");
}

#[test]
fn a_file_that_is_there_is_not_fetched_again_and_one_that_is_gone_is() {
    let tenant = Tenant::new(8);
    tenant.take_photos(8);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("photos");
    let run = RunRequest { journal: Some(folder.path().join("photos.db")), ..json_lines() };
    let wanted = MailboxRequests { run, ..to(&out, "photo/$value") };
    let lines = || (0..8).step_by(2).map(|index| tenant.upn(index).into()).collect::<Vec<Value>>();
    let first = tenant.run(&wanted, lines()).unwrap();
    tenant.emulator.reset();
    assert_eq!(tenant.run(&wanted, lines()).unwrap(), first);
    assert!(tenant.emulator.state().by_mailbox.is_empty());

    let place = |row: &Value| out.join(row["File"].as_str().unwrap());
    fs::remove_file(place(&first[1])).unwrap();
    fs::write(place(&first[3]), "short").unwrap();
    assert_eq!(tenant.run(&wanted, lines()).unwrap(), first);
    let mut asked: Vec<u64> = tenant.emulator.state().by_mailbox.keys().copied().collect();
    asked.sort_unstable();
    assert_eq!(asked, [2, 6]);
    assert_eq!(sha256(&fs::read(place(&first[3])).unwrap()), first[3]["Sha256"]);
}

#[test]
fn what_breaks_off_leaves_no_file_and_is_fetched_again() {
    let tenant = Tenant::new(1);
    let folder = tempfile::tempdir().unwrap();
    let message = tenant.emulator.plant(0, &json!({"subject": "CON"}), &Value::Null).unwrap();
    let line = || vec![json!({"Mail": tenant.upn(0), "Id": message})];
    tenant.faults(
        r#"{"rules":[{"kind":"graph","times":1,"action":{"truncate":true}},
        {"kind":"graph","times":1,"action":{"status":429,"retryAfter":"1"}}]}"#,
    );
    let wanted = to(folder.path(), "messages/{Id}/$value");
    let rows = tenant.run(&wanted, line()).unwrap();
    let file = rows[0]["File"].as_str().unwrap_or_else(|| panic!("{rows:?}"));
    assert!(
        file.starts_with(&format!("{}/messages ", tenant.upn(0).to_lowercase())) && file.ends_with(".eml"),
        "{file}"
    );
    assert_eq!(sha256(&fs::read(folder.path().join(file)).unwrap()), rows[0]["Sha256"]);
    assert_eq!(files(folder.path()).len(), 1);

    // One that never comes whole.
    tenant.emulator.reset();
    tenant.faults(r#"{"rules":[{"kind":"graph","action":{"truncate":true}}]}"#);
    let other = folder.path().join("other");
    let rows = tenant.run(&MailboxRequests { out_folder: Some(other.clone()), ..wanted }, line()).unwrap();
    assert!(rows[0]["error"].is_object(), "{rows:?}");
    assert!(files(&other).is_empty());
}

#[test]
fn json_is_a_file_where_it_is_all_and_no_file_where_it_goes_on() {
    let tenant = Tenant::new(12);
    let folder = tempfile::tempdir().unwrap();
    let rows = tenant.run(&to(folder.path(), "mailboxSettings"), tenant.upns(1)).unwrap();
    let file = rows[0]["File"].as_str().unwrap_or_else(|| panic!("{rows:?}"));
    assert!(file.ends_with(".json"), "{file}");
    let settings: Value = serde_json::from_slice(&fs::read(folder.path().join(file)).unwrap()).unwrap();
    assert!(settings["timeZone"].is_string(), "{settings}");

    let pages = folder.path().join("pages");
    let rows = tenant.run(&to(&pages, "messages?$top=1"), tenant.upns(12)).unwrap();
    let refused: Vec<&Value> = rows.iter().filter(|row| row["error"].is_object()).collect();
    assert!(!refused.is_empty());
    for row in &refused {
        let message = row["error"]["message"].as_str().unwrap();
        assert!(message.contains("one page of a collection that goes on"), "{message}");
    }
    assert_eq!(files(&pages).len(), rows.len() - refused.len());
}

#[test]
fn an_answer_that_is_no_row_names_the_folder() {
    let tenant = Tenant::new(2);
    tenant.take_photos(2);
    for batching in [exrun::runner::Batching::Never, exrun::runner::Batching::Always] {
        let run = RunRequest { batching, ..json_lines() };
        let rows =
            tenant.run(&MailboxRequests { run, ..request("GET", "photo/$value") }, vec![tenant.upn(0).into(); 2]);
        for row in rows.unwrap() {
            let error = &row["error"];
            assert_eq!(error["name"], "ResponseInvalid", "{error}");
            let message = error["message"].as_str().unwrap();
            assert!(
                message.contains("image/jpeg") && error["hint"].as_str().unwrap().contains("-OutFolder"),
                "{error}"
            );
        }
    }
}

#[test]
fn what_goes_with_no_folder_is_refused_at_once() {
    let tenant = Tenant::new(1);
    let folder = tempfile::tempdir().unwrap();
    let wanted = to(folder.path(), "photo/$value");
    for (request, part) in [
        (MailboxRequests { method: "DELETE".into(), ..wanted.clone() }, "outFolder: takes answers of a GET"),
        (MailboxRequests { select: vec!["id".into()], ..wanted.clone() }, "select: not with outFolder"),
    ] {
        let error = tenant.run(&request, tenant.upns(1)).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.to_string().contains(part), "{error}");
    }
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_eq!(tenant.run(&to(&file, "photo/$value"), tenant.upns(1)).unwrap_err().status(), Status::File);
}
