//! Journals of a run's shards, made one.

use std::fs;
use std::path::PathBuf;

use exrun::cancel::CancelToken;
use exrun::store::{Merged, merge, merge_until};

use super::*;

/// A journal with rows, failures and intents by name.
async fn journal(path: &Path, rows: &[&str], failures: &[&str], intents: &[&str]) -> PathBuf {
    let store = open(path).await;
    let done = keys(&store, rows).await.into_iter().zip(rows).map(|(key, name)| row(key, &format!("{name} done")));
    store.record(done.collect()).await.unwrap();
    let failed = keys(&store, failures)
        .await
        .into_iter()
        .zip(failures)
        .map(|(key, name)| failure(key, &format!("{name} failed")));
    store.record(failed.collect()).await.unwrap();
    for key in keys(&store, intents).await {
        store.intend(key).await.unwrap();
    }
    store.close().await;
    path.to_owned()
}

#[tokio::test]
async fn the_merged_journal_has_the_best_of_all_and_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let inputs = [
        journal(&at("1.db"), &["a", "both", "a"], &["f", "late"], &["i", "known"]).await,
        journal(&at("2.db"), &["b", "late"], &["both", "known"], &["i2"]).await,
        journal(&at("3.db"), &["c"], &[], &["both"]).await,
    ];
    let before: Vec<Vec<u8>> = inputs.iter().map(|path| fs::read(path).unwrap()).collect();
    let output = at("all.db");
    let merged = merge(&inputs, &output).unwrap();
    assert_eq!(merged, Merged { rows: 7, failed: 1, intents: 3, duplicates: 4 });
    let after: Vec<Vec<u8>> = inputs.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(before, after);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&output).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let store = open(&output).await;
    let expected = [
        ("a", is_row("a done")),
        ("a", is_row("a done")),
        ("b", is_row("b done")),
        ("c", is_row("c done")),
        ("both", is_row("both done")),
        ("f", is_row("f failed")),
        ("late", is_row("late done")),
        ("known", Found::Intent),
        ("i", Found::Intent),
        ("i2", Found::Intent),
        ("new", Found::Nothing),
    ];
    let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    let expected: Vec<Found> = expected.into_iter().map(|(_, found)| found).collect();
    assert_eq!(found(&store, &names).await, expected);
    store.close().await;

    // Merged once more it is the same.
    assert_eq!(merge(&[output], &at("again.db")).unwrap(), Merged { duplicates: 0, ..merged });
}

/// What each of two journals has of the same line, and what the merged one has: a success before a doubt, a doubt
/// before a failure, anything before nothing. Whichever comes first.
#[tokio::test]
async fn a_doubt_outranks_a_failure_and_a_success_both_in_either_order() {
    let table = [
        ("done", "done", "done"),
        ("done", "intent", "done"),
        ("done", "failed", "done"),
        ("done", "nothing", "done"),
        ("intent", "intent", "intent"),
        ("intent", "failed", "intent"),
        ("intent", "nothing", "intent"),
        ("failed", "failed", "failed"),
        ("failed", "nothing", "failed"),
        ("nothing", "nothing", "nothing"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (number, (one, other, wanted)) in table.into_iter().enumerate() {
        let mut inputs = Vec::new();
        for (side, state) in [one, other].into_iter().enumerate() {
            let path = at(&format!("{number}-{side}.db"));
            let store = open(&path).await;
            // The same mailbox with other work stands beside it, and is no part of it.
            let [line, beside] = &admit_work(&store, &[("kim", "A"), ("kim", "B")]).await[..] else { panic!() };
            match state {
                "done" => store.record(vec![row(line.key, &format!("done {side}"))]).await.unwrap(),
                "failed" => store.record(vec![failure(line.key, &format!("failed {side}"))]).await.unwrap(),
                "intent" => store.intend(line.key).await.unwrap(),
                _ => {}
            }
            store.record(vec![row(beside.key, "beside")]).await.unwrap();
            store.close().await;
            inputs.push(path);
        }
        for (order, first) in [[0, 1], [1, 0]].into_iter().zip([0, 1]) {
            let output = at(&format!("{number}-merged-{first}.db"));
            merge(&order.map(|side| inputs[side].clone()), &output).unwrap();
            let found = &admit_work(&open(&output).await, &[("kim", "A"), ("kim", "B")]).await;
            // Of two that are alike the first one stays; else there is only one.
            let has_it = |side: usize| [one, other][side] == wanted;
            let side = if has_it(first) { first } else { 1 - first };
            let expected = match wanted {
                "intent" => Found::Intent,
                "nothing" => Found::Nothing,
                outcome => is_row(&format!("{outcome} {side}")),
            };
            assert_eq!(found[0].found, expected, "{one} with {other}, {first} first");
            assert_eq!(found[1].found, is_row("beside"));
        }
    }
}

/// What a killed run left in its log counts too.
#[tokio::test]
async fn a_log_beside_a_journal_is_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live.db");
    let store = open(&live).await;
    let key = keys(&store, &["kim"]).await[0];
    store.record(vec![row(key, "row")]).await.unwrap();
    let killed = folder.path().join("killed.db");
    fs::copy(&live, &killed).unwrap();
    fs::copy(folder.path().join("live.db-wal"), folder.path().join("killed.db-wal")).unwrap();
    store.close().await;
    let merged = merge(&[killed], &folder.path().join("all.db")).unwrap();
    assert_eq!(merged.rows, 1);
}

#[tokio::test]
async fn what_cannot_be_merged_is_named_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let one = journal(&at("1.db"), &["a"], &[], &[]).await;
    let other = at("other.db");
    let fingerprint = fingerprint("POST");
    Store::open(Some(JournalOptions { fingerprint, ..options(&other) })).await.unwrap().close().await;
    fs::write(at("text"), "no journal").unwrap();
    fs::write(at("empty"), "").unwrap();
    let output = at("all.db");
    let with = |second: PathBuf| merge(&[one.clone(), second], &output).unwrap_err();

    let differing = [r#"method is "POST", and "GET" in"#, "1.db", "other.db"];
    says(&with(other), Status::JournalMismatch, &differing);
    says(&with(at("text")), Status::Journal, &["text", "no journal of ExRun"]);
    says(&with(at("empty")), Status::Journal, &["empty", "no journal of ExRun"]);
    says(&with(at("missing.db")), Status::Journal, &["missing.db", "no such file"]);
    says(&with(one.clone()), Status::InvalidArgument, &["1.db", "named twice"]);
    says(&merge(&[], &output).unwrap_err(), Status::InvalidArgument, &["no journal to merge"]);
    let in_use = journal(&at("2.db"), &[], &[], &[]).await;
    let store = open(&in_use).await;
    says(&with(in_use), Status::JournalInUse, &["2.db"]);
    store.close().await;
    let cancelled = CancelToken::new();
    cancelled.cancel();
    assert_eq!(merge_until(std::slice::from_ref(&one), &output, &cancelled).unwrap_err().status(), Status::Cancelled);

    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["1.db", "2.db", "empty", "other.db", "text"]);

    says(&merge(std::slice::from_ref(&one), &one).unwrap_err(), Status::FileExists, &["1.db"]);
}
