//! A PFX and its key file.

use std::fs;
use std::path::Path;

use exrun::certificate::{self, CreateRequest};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::moments::{FAILURES, KILLS, Moment, POWER_CUTS, at_each};
use super::names;

const OLD: &str = "what was there";

pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    let folder = Path::new(task["folder"].as_str().unwrap());
    let mut request = CreateRequest::new("ExRun test", folder.join("app.pfx"));
    request.key_file = Some(folder.join("key.json"));
    request.replace = task["replace"] == true;
    certificate::create(&request, Timestamp::now()).map(drop).map_err(|error| error.to_string())
}

fn text(moment: &Moment, name: &str) -> Option<Vec<u8>> {
    fs::read(moment.folder.join(name)).ok()
}

/// A whole file of this run, what was there before, or nothing where there was nothing.
fn is_whole(moment: &Moment, name: &str) -> bool {
    let Some(bytes) = text(moment, name) else { return false };
    match name {
        "app.pfx" => certificate::inspect_file(&moment.folder.join(name), None).is_ok(),
        _ => serde_json::from_slice::<Value>(&bytes).is_ok(),
    }
}

fn judge(moment: &Moment) {
    let what = &moment.what;
    let replaces = moment.task()["replace"] == true;
    let old = replaces.then(|| OLD.as_bytes().to_vec());
    for name in ["app.pfx", "key.json"] {
        assert!(text(moment, name) == old || is_whole(moment, name), "{what}: a part of {name}");
        match moment.said {
            Some(Err(_)) => assert_eq!(text(moment, name), old, "{what}: it failed, and left {name}"),
            Some(Ok(())) => assert!(is_whole(moment, name), "{what}: it succeeded, and {name} is not there"),
            None => {}
        }
    }
    for name in names(&moment.folder) {
        assert!(["app.pfx", "key.json"].contains(&&*name) || name.ends_with(".tmp"), "{what}: {name}");
    }
    // The next run has its way, and leaves nothing of this one.
    let mut task = moment.task();
    task["replace"] = true.into();
    carry_out(&task).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(is_whole(moment, "app.pfx") && is_whole(moment, "key.json"), "{what}");
    assert_eq!(names(&moment.folder), ["app.pfx", "key.json"], "{what}");
}

fn certificates_survive(kinds: &[&'static str]) {
    for replace in [false, true] {
        let prepare = |folder: &Path| {
            for name in ["app.pfx", "key.json"].into_iter().filter(|_| replace) {
                fs::write(folder.join(name), OLD).unwrap();
            }
        };
        at_each(&json!({"what": "certificate", "replace": replace}), kinds, prepare, judge);
    }
}

#[test]
fn a_certificate_is_whole_or_not_there_after_a_kill_at_any_moment() {
    certificates_survive(&KILLS);
}

#[test]
fn a_certificate_is_whole_or_not_there_after_a_power_cut_at_any_moment() {
    certificates_survive(&POWER_CUTS);
}

#[test]
fn a_certificate_is_whole_or_not_there_after_a_failure_of_the_disk_at_any_moment() {
    certificates_survive(&FAILURES);
}
