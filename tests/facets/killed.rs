//! A report that is killed, and goes on with its journal.

use std::path::PathBuf;
use std::process::Command;

use exrun::client::{ClientOptions, MailboxItems, RunRequest};
use exrun::rows::Next;
use serde_json::json;

use super::{Tenant, json_lines, report, support, with_own_domains};

const GIVEN: &str = "EXRUN_TEST_FACETS";
const MAILBOXES: u64 = 200;

fn wanted(journal: PathBuf) -> MailboxItems {
    let run = RunRequest { journal: Some(journal), ..json_lines() };
    MailboxItems { run, include_empty: true, options: with_own_domains(), ..report("inboxRules") }
}

#[test]
fn a_report_that_was_killed_goes_on_and_gives_every_row_once() {
    let tenant = Tenant::new(MAILBOXES);
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("rules.db");
    let given = json!({"addr": tenant.emulator.addr().to_string(), "ca": tenant.emulator.ca_file(),
        "pfx": tenant.certificate.pfx, "journal": journal,
        "mailboxes": tenant.upns(MAILBOXES)});
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::one_that_dies", "--nocapture", "--test-threads=1"])
        .env(GIVEN, given.to_string())
        .output()
        .unwrap();
    assert!(!child.status.success(), "it was to die: {}", String::from_utf8_lossy(&child.stdout));
    let read_before = tenant.emulator.state().by_mailbox.len() as u64;
    assert!(read_before > 0);
    tenant.emulator.reset();

    let rows = tenant.rows(&wanted(journal.clone()), MAILBOXES);
    let again = tenant.emulator.state().by_mailbox.len() as u64;
    assert!(again < MAILBOXES, "{again} of {MAILBOXES} were read again");
    let without = MailboxItems { run: json_lines(), ..wanted(journal.clone()) };
    assert_eq!(rows, tenant.rows(&without, MAILBOXES));
    // It is complete now: nothing is asked.
    tenant.emulator.reset();
    assert_eq!(tenant.rows(&wanted(journal), MAILBOXES), rows);
    assert!(tenant.emulator.state().by_mailbox.is_empty());
}

/// Run by the test above in a process of its own.
#[test]
fn one_that_dies() {
    let Some(given) = support::given(GIVEN) else { return };
    let path = |name: &str| PathBuf::from(given[name].as_str().unwrap());
    let client = support::client_of(&given, ClientOptions::default());
    let stream = client.mailbox_items_report(&wanted(path("journal"))).unwrap();
    for line in given["mailboxes"].as_array().unwrap() {
        assert!(stream.push(format!("{line}\n").as_bytes()).unwrap() > 0);
    }
    // No end of the input: it cannot be done before it dies.
    loop {
        let seen = client.signal().epoch();
        if let Next::Batch { .. } = stream.next_batch(1).unwrap() {
            std::process::abort();
        }
        client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
    }
}
