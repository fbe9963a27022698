use serde_json::{Value, json};

use super::*;
use crate::error::Status;
use crate::graph::mailbox_settings::Origin;
use crate::runtime::runtime;
use std::path::Path;

fn patch(settings: &Value) -> SettingsPatch {
    SettingsPatch::parse(settings, Origin::UNDO).unwrap()
}

fn zone(name: &str) -> SettingsPatch {
    patch(&json!({"timeZone": name}))
}

/// As in a run without a journal, or whose journal knows the file as it is.
fn opened(path: &Path, resumes: bool) -> Result<UndoFile> {
    let UndoFile { file, tenant } = UndoFile::open(path.to_owned(), resumes)?;
    let store = runtime().unwrap().block_on(Store::open(None)).unwrap();
    Ok(UndoFile { file: file.with_store(store), tenant })
}

fn note(undo: &UndoFile, name: &str, before: SettingsPatch) {
    runtime().unwrap().block_on(undo.note(name, name, before)).unwrap();
}

fn earlier(undo: &UndoFile, mailbox: &str) -> Option<Value> {
    runtime().unwrap().block_on(undo.earlier(mailbox)).unwrap().map(|patch| patch.to_json())
}

#[test]
fn a_line_a_mailbox_and_the_first_value_of_a_setting_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    let undo = opened(&path, false).unwrap();
    assert!(!path.exists());
    note(&undo, "Kim@contoso.com", zone("UTC"));
    note(&undo, "lee@contoso.com", zone("Tokyo Standard Time"));
    note(&undo, "kim@contoso.com", zone("Tokyo Standard Time"));
    note(&undo, "kim@contoso.com", patch(&json!({"timeZone": "x", "dateFormat": "d"})));
    assert_eq!(earlier(&undo, "kim@contoso.com"), None);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "{\"MailboxName\":\"Kim@contoso.com\",\"@settings\":{\"timeZone\":\"UTC\"}}\n\
         {\"MailboxName\":\"lee@contoso.com\",\"@settings\":{\"timeZone\":\"Tokyo Standard Time\"}}\n\
         {\"MailboxName\":\"kim@contoso.com\",\"@settings\":{\"dateFormat\":\"d\"}}\n"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_is_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    std::fs::write(&path, "x").unwrap();
    let error = opened(&path, false).unwrap_err();
    assert_eq!(error.status(), Status::FileExists);
    assert!(error.to_string().contains("undo.jsonl"), "{error}");
    // One that came while the run was going on, too.
    std::fs::remove_file(&path).unwrap();
    let undo = opened(&path, false).unwrap();
    std::fs::write(&path, "x").unwrap();
    let error = runtime().unwrap().block_on(undo.note("kim", "kim", zone("UTC"))).unwrap_err();
    assert_eq!(error.status(), Status::FileExists);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "x");
}

#[test]
fn a_resumed_run_finds_what_was_noted_and_goes_on_after_the_last_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    let first = opened(&path, true).unwrap();
    assert_eq!(earlier(&first, "kim"), None);
    note(&first, "Kim", zone("UTC"));
    drop(first);
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{{\"MailboxName\":\"le")).unwrap();

    let resumed = opened(&path, true).unwrap();
    assert_eq!(earlier(&resumed, "kim"), Some(json!({"timeZone": "UTC"})));
    note(&resumed, "kim", zone("Tokyo Standard Time"));
    note(&resumed, "lee", zone("Tokyo Standard Time"));
    assert_eq!(earlier(&resumed, "lee"), None);
    let lee = "{\"MailboxName\":\"lee\",\"@settings\":{\"timeZone\":\"Tokyo Standard Time\"}}\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{whole}{lee}"));
}

#[test]
fn a_line_that_lacks_only_its_line_feed_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    let kim = "{\"MailboxName\":\"kim\",\"@settings\":{\"timeZone\":\"UTC\"}}";
    std::fs::write(&path, kim).unwrap();
    let resumed = opened(&path, true).unwrap();
    assert_eq!(earlier(&resumed, "kim"), Some(json!({"timeZone": "UTC"})));
    note(&resumed, "lee", zone("UTC"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{kim}\n{}\n", kim.replace("kim", "lee")));
}

/// With the journal of a run that was killed before, while and after it wrote the first line.
#[test]
fn a_file_is_taken_for_the_runs_own_only_where_it_begins_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let (path, journal) = (folder.path().join("undo.jsonl"), folder.path().join("run.db"));
    let (retry_failed, retry_unknown) = (false, false);
    let open = || {
        let options = crate::store::JournalOptions {
            path: journal.clone(),
            fingerprint: serde_json::Map::new(),
            retry_failed,
            retry_unknown,
        };
        runtime().unwrap().block_on(Store::open(Some(options))).unwrap()
    };
    let attach = |store: &Store| {
        let undo = UndoFile::open(path.clone(), true).unwrap();
        runtime().unwrap().block_on(undo.attach(store)).map(|()| undo)
    };
    let own = line_of("kim", &zone("UTC"), None);
    let expect = |store: &Store, line: &str| {
        let undo = UndoFile::open(path.clone(), true).unwrap();
        runtime().unwrap().block_on(undo.file.expect(store, line));
    };
    let others = ["precious", "MailboxName,TimeZone\n", "", own.trim_end(), &line_of("lee", &zone("UTC"), None)];

    // The journal knows the path alone: whatever is there is another's.
    let store = open();
    drop(attach(&store).unwrap());
    for other in others.into_iter().chain([&*own]) {
        std::fs::write(&path, other).unwrap();
        assert_eq!(attach(&store).unwrap_err().status(), Status::FileExists, "{other:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
    }
    std::fs::remove_file(&path).unwrap();

    // It knows the line that was about to be written.
    expect(&store, &own);
    for other in [
        "precious",
        "MailboxName,TimeZone\n",
        &line_of("lee", &zone("UTC"), None),
        line_of("lee", &zone("UTC"), None).trim_end(),
    ] {
        std::fs::write(&path, other).unwrap();
        assert_eq!(attach(&store).unwrap_err().status(), Status::FileExists, "{other:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
    }
    for torn in ["", "{\"Mail", &own[..own.len() - 3], "\0\0\0"] {
        std::fs::write(&path, torn).unwrap();
        drop(attach(&store).unwrap());
        assert!(!path.exists(), "{torn:?}");
    }
    drop(attach(&store).unwrap());
    std::fs::write(&path, &own).unwrap();
    let undo = attach(&store).unwrap();
    assert_eq!(earlier(&undo, "kim"), Some(json!({"timeZone": "UTC"})));
    // From here on the journal insists on it.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(attach(&store).unwrap_err().status(), Status::JournalMismatch);
    runtime().unwrap().block_on(store.close());
}

#[test]
fn a_large_file_is_read_no_further_than_its_run_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    let text = line_of("kim", &zone("UTC"), None);
    std::fs::write(&path, &text).unwrap();
    let undo = opened(&path, true).unwrap();
    let runtime = runtime().unwrap();
    let ended = crate::cancel::CancelToken::new();
    ended.cancel();
    let held = runtime.block_on(undo.file.holds("another", Some(ended)));
    assert_eq!(held.unwrap_err().status(), Status::Cancelled);
    assert_eq!(runtime.block_on(undo.earlier("kim")).unwrap_err().status(), Status::Cancelled);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_file_that_is_no_undo_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    std::fs::write(&path, "MailboxName,TimeZone\n").unwrap();
    let undo = opened(&path, true).unwrap();
    let error = runtime().unwrap().block_on(undo.earlier("kim")).unwrap_err();
    assert_eq!(error.status(), Status::File);
    assert!(error.to_string().contains("the undo file has an invalid line at byte 0"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "MailboxName,TimeZone\n");
}

#[test]
fn what_an_editor_puts_around_lines_changes_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    let text = format!("\u{feff}{}", line_of("kim", &zone("UTC"), None).replace('\n', "\r\n"));
    std::fs::write(&path, text).unwrap();
    let undo = opened(&path, true).unwrap();
    assert_eq!(earlier(&undo, "kim"), Some(json!({"timeZone": "UTC"})));
    assert!(runtime().unwrap().block_on(undo.file.holds(&line_of("kim", &zone("UTC"), None), None)).unwrap());
}

/// Of a terabyte that is all holes on the disk: whoever read it to its end would not come back.
#[test]
#[cfg(target_os = "linux")]
fn a_line_without_end_is_refused_wherever_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undo.jsonl");
    std::fs::write(&path, "{\"MailboxName\":\"kim").unwrap();
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    let undo = opened(&path, true).unwrap();
    let too_long = |error: Error| {
        assert_eq!(error.status(), Status::File, "{error}");
        assert!(error.to_string().contains("a line of it is longer than 1048576 bytes"), "{error}");
    };
    too_long(runtime().unwrap().block_on(undo.earlier("kim")).unwrap_err());
    too_long(runtime().unwrap().block_on(undo.file.holds("another", None)).unwrap_err());
    too_long(runtime().unwrap().block_on(undo.file.begins_with([0; 32])).unwrap_err());
    assert_eq!(path.metadata().unwrap().len(), 1 << 40);
}
