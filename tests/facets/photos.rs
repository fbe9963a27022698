//! Photos of contacts: those of a list, of a folder, of the people in a group; and plans that name files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use exrun::client::{ContactSource, ContactSync, PlanApply, RunRequest};
use exrun::error::Error;
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::synced::{contacts, counted};
use super::{Tenant, json_lines, support};

const MAILBOXES: u64 = 5;

/// A picture that is like no other.
fn jpeg(name: &str) -> Vec<u8> {
    [&[0xff, 0xd8, 0xff, 0xe0], name.as_bytes(), &[0xff, 0xd9]].concat()
}

/// A list with photos in a folder beside it, and the plan.
struct Staff {
    folder: tempfile::TempDir,
}

impl Staff {
    fn new(photos: &[(&str, Vec<u8>)]) -> Self {
        let staff = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(staff.path("pictures")).unwrap();
        for (name, bytes) in photos {
            fs::write(staff.path("pictures").join(name), bytes).unwrap();
        }
        staff
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn plan(&self) -> PathBuf {
        self.path("plan.jsonl")
    }

    /// A list in a file of keys with their photos.
    fn list(&self, rows: &[(&str, &str)]) -> ContactSync {
        let lines: Vec<String> = rows.iter().map(|(key, photo)| format!("{key},Kim {key},{photo}")).collect();
        fs::write(self.path("staff.csv"), format!("Key,Name,Photo\n{}\n", lines.join("\n"))).unwrap();
        ContactSync {
            contacts: ContactSource::File(self.path("staff.csv")),
            plan_file: Some(self.plan()),
            ..contacts(json!(null))
        }
    }

    /// The files beside the plan.
    fn beside(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.path("plan.photos")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn photo_lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.plan()).unwrap();
        let lines = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["request"].get("bodyFile").is_some()).collect()
    }
}

impl Tenant {
    /// What somebody else reads as the photo of a contact, who is known by its name.
    fn photo(&self, index: u64, key: &str) -> Option<Vec<u8>> {
        let name = format!("Kim {key}");
        let contact = self.folder(index).into_iter().find(|contact| contact["displayName"] == name.as_str()).unwrap();
        let user = self.emulator.population().id(index);
        let path = format!("users/{user}/contacts/{}/photo/$value", contact["id"].as_str().unwrap());
        match self.graph("GET", &path, None) {
            Ok(answer) => {
                let text = answer["Content"].as_str().unwrap();
                Some(base64::engine::general_purpose::STANDARD.decode(text).unwrap())
            }
            Err(error) => {
                assert_eq!((error.http_status_code(), error.service_code()), (Some(404), Some("ImageNotFound")));
                None
            }
        }
    }

    /// The rows of a plan's lines, whatever became of them.
    fn tried(&self, plan: &Path, dry_run: bool) -> Result<Vec<Value>, Error> {
        let apply = PlanApply { plan: plan.to_owned(), dry_run, ..PlanApply::default() };
        let mut run = RunRequest { maximum: Some(1_000), ..json_lines() };
        run.report.include_error = true;
        let stream = self.client.plan_apply(&run, &apply)?;
        support::drive_lines(&self.client, &*stream, [])
    }

    fn puts(&self) -> usize {
        self.emulator.writes().iter().filter(|write| write.method == "PUT" && write.done).count()
    }
}

fn outcomes(rows: &[Value], outcome: &str) -> usize {
    rows.iter().filter(|row| row["Outcome"] == outcome).count()
}

#[test]
fn photos_come_change_and_go_and_a_second_run_sends_as_many_reads_as_without_them() {
    let tenant = Tenant::new(MAILBOXES);
    let staff = Staff::new(&[("a.jpg", jpeg("a")), ("b.jpg", jpeg("b"))]);
    let first = [("E1", "pictures/a.jpg"), ("E2", "pictures/b.jpg"), ("E3", ""), ("E4", "pictures/a.jpg")];
    let list = staff.list(&first);
    let rows = tenant.contacts_compared(&list, MAILBOXES).unwrap();
    assert_eq!(counted(&rows, "Change"), 3 * 5);
    let shown = rows.iter().find(|row| row["Key"] == "E1" && row["Change"] == "Change").unwrap();
    assert_eq!((&shown["From"], shown["To"]["photo"].as_str().unwrap().len()), (&json!({"photo": null}), 64));
    // Each once beside the plan, and none in it.
    assert_eq!((staff.beside().len(), staff.photo_lines().len()), (2, 15));
    let line = &staff.photo_lines()[0];
    assert_eq!((&line["change"], &line["request"]["method"]), (&json!("change"), &json!("PUT")));
    assert!(line["request"]["bodyFile"]["path"].as_str().unwrap().starts_with("plan.photos/"), "{line}");
    assert!(tenant.tried(&staff.plan(), true).unwrap().iter().all(|row| row["Outcome"] == "WouldDo"));
    assert_eq!(tenant.written(), 0);
    tenant.emulator.reset();
    let undo = staff.path("undo.jsonl");
    tenant.carry_out(&staff.plan(), Some(undo.clone()));
    // A read, the photo, and the note of it; what was made just before is not looked for.
    let state = tenant.emulator.state();
    let contacts_alone = 4 * 2;
    assert_eq!(state.by_mailbox[&0], contacts_alone + 3 * 3, "{:?}", state.by_mailbox);
    assert_eq!(tenant.puts(), 15);
    assert_eq!((tenant.photo(1, "E1"), tenant.photo(1, "E2")), (Some(jpeg("a")), Some(jpeg("b"))));
    assert_eq!((tenant.photo(1, "E3"), tenant.photo(4, "E4")), (None, Some(jpeg("a"))));

    tenant.emulator.reset();
    assert_eq!(tenant.contacts_compared(&list, MAILBOXES).unwrap(), [] as [Value; 0]);
    let state = tenant.emulator.state();
    assert_eq!(state.writes_by_mailbox.values().sum::<u64>(), 0);
    assert!(state.by_mailbox.values().all(|requests| *requests == 2), "{:?}", state.by_mailbox);

    // Another picture, and one for whom there was none.
    fs::write(staff.path("pictures/a.jpg"), jpeg("new")).unwrap();
    let all = [("E1", "pictures/a.jpg"), ("E2", "pictures/b.jpg"), ("E3", "pictures/b.jpg"), ("E4", "pictures/b.jpg")];
    let list = staff.list(&all);
    let rows = tenant.contacts_compared(&list, MAILBOXES).unwrap();
    assert_eq!((counted(&rows, "Change"), rows.len()), (15, 15));
    tenant.carry_out(&staff.plan(), None);
    assert_eq!((tenant.photo(2, "E1"), tenant.photo(2, "E3")), (Some(jpeg("new")), Some(jpeg("b"))));
    assert_eq!(tenant.contacts_compared(&list, MAILBOXES).unwrap(), [] as [Value; 0]);

    // A list without the column says nothing of photos.
    let silent: Vec<Value> =
        (1..5).map(|number| json!({"Key": format!("E{number}"), "Name": format!("Kim E{number}")})).collect();
    assert_eq!(tenant.contacts_compared(&contacts(silent.into()), MAILBOXES).unwrap(), [] as [Value; 0]);

    // A blank says that there is none, and the service takes none away: the contact is made anew.
    let list = staff.list(&[("E1", "pictures/a.jpg"), ("E2", ""), ("E3", "pictures/b.jpg"), ("E4", "pictures/b.jpg")]);
    let rows = tenant.contacts_compared(&list, MAILBOXES).unwrap();
    assert_eq!([counted(&rows, "Remove"), counted(&rows, "Create"), rows.len()], [5, 5, 10]);
    assert!(rows.iter().all(|row| row["Key"] == "E2"));
    let back = staff.path("back.jsonl");
    tenant.carry_out(&staff.plan(), Some(back.clone()));
    assert_eq!((tenant.photo(3, "E2"), tenant.photo(3, "E1")), (None, Some(jpeg("new"))));
    assert_eq!(tenant.contacts_compared(&list, MAILBOXES).unwrap(), [] as [Value; 0]);

    // Taken back, the contact is there without its photo, and the list from before brings that again.
    tenant.carry_out(&back, None);
    let list = staff.list(&all);
    let rows = tenant.contacts_compared(&list, MAILBOXES).unwrap();
    assert_eq!((counted(&rows, "Change"), rows.len()), (5, 5));
    tenant.carry_out(&staff.plan(), None);
    assert_eq!(tenant.photo(0, "E2"), Some(jpeg("b")));
}

#[test]
fn a_photo_that_was_put_and_not_noted_is_put_again() {
    let tenant = Tenant::new(MAILBOXES);
    let staff = Staff::new(&[("a.jpg", jpeg("a"))]);
    let list = staff.list(&[("E1", "pictures/a.jpg")]);
    tenant.contacts_compared(&list, MAILBOXES).unwrap();
    tenant.faults(
        r#"{"rules": [{"kind": "write", "method": "PATCH", "action": {"status": 400, "code": "ErrorInvalidRequest"}}]}"#,
    );
    let rows = tenant.tried(&staff.plan(), false).unwrap();
    assert_eq!((outcomes(&rows, "Failed"), tenant.puts()), (5, 5), "{rows:?}");
    tenant.faults(r#"{"rules": []}"#);
    let rows = tenant.contacts_compared(&list, MAILBOXES).unwrap();
    assert_eq!((counted(&rows, "Change"), rows.len()), (5, 5));
    // Answers that are lost, of the photo and of the note.
    tenant.faults(
        r#"{"rules": [{"kind": "write", "method": "PUT", "times": 1, "action": {"reset": "after"}},
            {"kind": "write", "method": "PATCH", "times": 1, "action": {"reset": "after"}}]}"#,
    );
    tenant.carry_out(&staff.plan(), None);
    tenant.faults(r#"{"rules": []}"#);
    assert_eq!(tenant.photo(4, "E1"), Some(jpeg("a")));
    assert_eq!(tenant.contacts_compared(&list, MAILBOXES).unwrap(), [] as [Value; 0]);
}

#[test]
fn files_are_named_by_keys_and_errors_name_the_row() {
    let tenant = Tenant::new(2);
    let large = [jpeg("x"), vec![0; 4 * 1024 * 1024]].concat();
    let staff = Staff::new(&[
        ("e1.JPG", jpeg("a")),
        ("E2.jpeg", jpeg("b")),
        ("E3.png", b"\x89PNG".to_vec()),
        ("E4.jpg", b"root:x:0:0".to_vec()),
        ("E5.jpg", large),
        ("notes.txt", b"x".to_vec()),
    ]);
    let list =
        |keys: &[&str]| -> Value { keys.iter().map(|key| json!({"Key": key, "Name": format!("Kim {key}")})).collect() };
    let by_key = |keys: &[&str], folder: &str| ContactSync {
        photo_folder: Some(staff.path(folder)),
        plan_file: Some(staff.plan()),
        ..contacts(list(keys))
    };
    let rows = tenant.contacts_compared(&by_key(&["E1", "E2", "a/b", "notes"], "pictures"), 1).unwrap();
    assert_eq!(counted(&rows, "Change"), 2);
    tenant.carry_out(&staff.plan(), None);
    assert_eq!((tenant.photo(0, "E1"), tenant.photo(0, "E2")), (Some(jpeg("a")), Some(jpeg("b"))));
    let refused = |request: &ContactSync| tenant.contacts_compared(request, 1).unwrap_err().to_string();
    for (key, part) in [("E3", "E3.png is no JPEG"), ("E4", "no JPEG"), ("E5", "larger than")] {
        let error = refused(&by_key(&["E1", key], "pictures"));
        assert!(error.contains("row 2 of the list of contacts") && error.contains(part), "{error}");
    }
    // A wrong folder would take all photos away.
    let error = refused(&by_key(&["E1", "E2"], "."));
    assert!(error.contains("has the name of a key"), "{error}");
    assert!(refused(&by_key(&["E1"], "nowhere")).contains("listing the photos"));
    let error = refused(&staff.list(&[("E1", "pictures/e1.JPG"), ("E2", "pictures/none.jpg")]));
    assert!(error.contains("row 2") && error.contains("none.jpg"), "{error}");
    let error = refused(&contacts(json!([{"Key": "E1", "Name": "Kim", "Photo": "e1.JPG"}])));
    assert!(error.contains("row 1") && error.contains("-PhotoFolder"), "{error}");
    let based = ContactSync {
        photo_folder: Some(staff.path("pictures")),
        ..contacts(json!([{"Key": "E1", "Name": "Kim E1", "Photo": "E2.jpeg"}]))
    };
    let rows = tenant.contacts_compared(&based, 1).unwrap();
    assert!(rows.iter().any(|row| row["Key"] == "E1" && row["To"].get("photo").is_some()), "{rows:?}");
}

#[test]
fn a_plan_sends_no_other_file_than_was_planned() {
    let tenant = Tenant::new(2);
    let staff = Staff::new(&[("a.jpg", jpeg("a"))]);
    let list = staff.list(&[("E1", "pictures/a.jpg")]);
    tenant.contacts_compared(&list, 2).unwrap();
    let beside = staff.beside().remove(0);
    let failed = |said: &str| {
        let rows = tenant.tried(&staff.plan(), false).unwrap();
        assert_eq!((outcomes(&rows, "Failed"), tenant.puts()), (2, 0), "{rows:?}");
        let told: BTreeSet<&str> = rows.iter().filter_map(|row| row["ErrorMessage"].as_str()).collect();
        assert!(told.iter().all(|told| told.contains(said)) && !told.is_empty(), "{told:?}");
    };
    fs::write(&beside, jpeg("another")).unwrap();
    failed("its SHA-256 is another");
    fs::write(&beside, "root:x:0:0").unwrap();
    failed("no JPEG");
    fs::remove_file(&beside).unwrap();
    failed("reading the photo");
    #[cfg(unix)]
    {
        // Even where the hash is right.
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("a.jpg"), jpeg("a")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("a.jpg"), &beside).unwrap();
        failed("leads away from the folder of the plan");
        fs::remove_file(&beside).unwrap();
    }
    // Nothing of a plan is done that names what it may not.
    let text = fs::read_to_string(staff.plan()).unwrap();
    let sealed = |change: &dyn Fn(&mut Value)| {
        let lines: Vec<String> = text
            .lines()
            .map(|line| {
                let mut line: Value = serde_json::from_str(line).unwrap();
                if line["request"].get("bodyFile").is_some() {
                    line.as_object_mut().unwrap().remove("sum");
                    change(&mut line);
                }
                line.to_string()
            })
            .collect();
        fs::write(staff.path("hostile.jsonl"), lines.join("\n")).unwrap();
        tenant.tried(&staff.path("hostile.jsonl"), false).unwrap_err().to_string()
    };
    for path in ["/etc/passwd", "../staff.csv", "//server/share/a.jpg", "\\\\server\\share\\a.jpg", "C:\\a.jpg"] {
        let error = sealed(&|line| line["request"]["bodyFile"]["path"] = path.into());
        assert!(error.contains("beside the plan"), "{error}");
    }
    let error = sealed(&|line| line["request"]["bodyFile"]["link"] = "x".into());
    assert!(error.contains("link"), "{error}");
    let error = sealed(&|line| line["request"]["path"] = "messages/AAMk/$value".into());
    assert!(error.contains("PUT of photo"), "{error}");
    for then in [
        json!({"method": "DELETE", "path": "contacts/{within}"}),
        json!({"method": "PATCH", "path": "contacts/AAMk", "body": {"displayName": "x"}}),
    ] {
        let error = sealed(&|line| line["then"] = then.clone());
        assert!(error.contains("then: is a PATCH"), "{error}");
    }
    let error = sealed(&|line| drop(line["request"].as_object_mut().unwrap().remove("bodyFile")));
    assert!(error.contains("bodyFile") || error.contains("then: is a PATCH"), "{error}");
    // A new plan brings the photo.
    tenant.contacts_compared(&list, 2).unwrap();
    tenant.carry_out(&staff.plan(), None);
    assert_eq!(tenant.photo(1, "E1"), Some(jpeg("a")));
}

#[test]
fn the_people_in_a_group_bring_their_photos() {
    let tenant = Tenant::new(40);
    let staff = Staff::new(&[]);
    let population = tenant.emulator.population();
    let give = |index: u64, bytes: &[u8]| {
        let content = base64::engine::general_purpose::STANDARD.encode(bytes);
        let path = format!("users/{}/photo/$value", population.id(index));
        tenant.put_photo(&path, json!({"@base64": content}));
    };
    give(0, &jpeg("zero"));
    give(10, &jpeg("ten"));
    // Twice the same is one file.
    give(20, &jpeg("ten"));
    let of_group = ContactSync {
        contacts: ContactSource::Group("Sales".into()),
        photos: true,
        plan_file: Some(staff.plan()),
        ..contacts(json!(null))
    };
    tenant.emulator.reset();
    let rows = tenant.contacts_compared(&of_group, 3).unwrap();
    assert_eq!(counted(&rows, "Change"), 3 * 3);
    assert_eq!(staff.beside().len(), 2);
    let members =
        tenant.own(&rows, 1).iter().filter(|row| row["Change"] == "Create" && row["Key"] != "Company/").count();
    let read_once = tenant.emulator.state().by_mailbox.get(&30).copied().unwrap_or(0);
    assert!(members >= 4 && read_once == 1, "{members} {read_once}");
    tenant.carry_out(&staff.plan(), None);
    tenant.emulator.reset();
    assert_eq!(tenant.contacts_compared(&of_group, 3).unwrap(), [] as [Value; 0]);
    assert_eq!(tenant.written(), 0);
    // The plan of nothing holds no photos of its own.
    let other = ContactSync { plan_file: Some(staff.path("other.jsonl")), ..of_group.clone() };
    tenant.contacts_compared(&other, 3).unwrap();
    assert!(!staff.path("other.photos").exists());

    let config = Config { mailboxes: 40, ..Config::default() };
    let roles = ["Contacts.ReadWrite", "GroupMember.Read.All"].map(str::to_owned).to_vec();
    let without = Tenant::of(Config { roles: [roles, vec!["User.ReadBasic.All".to_owned()]].concat(), ..config });
    let error = without.contacts_compared(&of_group, 3).unwrap_err().to_string();
    assert!(error.contains("Read.All"), "{error}");
}
