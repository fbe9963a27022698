//! What is recorded, and what is found of it by the next run.

use std::sync::Arc;

use super::*;

#[tokio::test]
async fn what_was_recorded_is_found_again_by_identity_and_occurrence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let keys = keys(&store, &["kim", "lee", "kim", "ann"]).await;
    assert_eq!(keys.iter().map(|key| key.occurrence).collect::<Vec<_>>(), [0, 0, 1, 0]);
    store.record(vec![row(keys[0], "first kim"), row(keys[2], "second kim")]).await.unwrap();
    store.record(vec![failure(keys[1], "lee failed")]).await.unwrap();
    store.intend(keys[3]).await.unwrap();
    store.close().await;

    let store = open(&path).await;
    let again = found(&store, &["new", "ann", "kim", "lee", "kim", "kim"]).await;
    let expected = [
        Found::Nothing,
        Found::Intent,
        is_row("first kim"),
        is_row("lee failed"),
        is_row("second kim"),
        Found::Nothing,
    ];
    assert_eq!(again, expected);
}

#[tokio::test]
async fn lines_of_one_mailbox_are_told_apart_by_their_work_and_equal_ones_by_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let lines = [("kim", "A"), ("kim", "B"), ("lee", "A"), ("kim", "A"), ("kim", "C")];
    let admitted = admit_work(&store, &lines).await;
    let numbers: Vec<_> = admitted.iter().map(|line| (line.key.occurrence, line.repeats_mailbox)).collect();
    assert_eq!(numbers, [(0, false), (0, true), (0, false), (1, true), (0, true)]);
    let keys: Vec<Key> = admitted.iter().map(|line| line.key).collect();
    store.record(vec![row(keys[0], "A"), row(keys[3], "A again"), failure(keys[1], "B failed")]).await.unwrap();
    store.intend(keys[4]).await.unwrap();
    store.close().await;

    let lines = [("kim", "C"), ("kim", "D"), ("kim", "B"), ("kim", "A"), ("lee", "A"), ("kim", "A"), ("kim", "A")];
    let again = admit_work(&open(&path).await, &lines).await.into_iter().map(|line| line.found);
    let expected = [
        Found::Intent,
        Found::Nothing,
        is_row("B failed"),
        is_row("A"),
        Found::Nothing,
        is_row("A again"),
        Found::Nothing,
    ];
    assert_eq!(again.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_failure_is_tried_again_on_request_and_stays_until_there_is_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let names = ["kim", "lee", "ann"];
    let store = open(&path).await;
    let keys = keys(&store, &names).await;
    store.record(vec![failure(keys[0], "no"), failure(keys[1], "no"), row(keys[2], "yes")]).await.unwrap();
    store.close().await;

    let store = Store::open(Some(JournalOptions { retry_failed: true, ..options(&path) })).await.unwrap();
    assert_eq!(found(&store, &names).await, [Found::Failure, Found::Failure, is_row("yes")]);
    store.record(vec![row(keys[0], "now yes")]).await.unwrap();
    store.close().await;

    let store = open(&path).await;
    assert_eq!(found(&store, &names).await, [is_row("now yes"), is_row("no"), is_row("yes")]);
}

#[tokio::test]
async fn an_intent_lasts_until_its_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let names = ["open", "ended", "failed before", "done before"];
    let store = open(&path).await;
    let keys = keys(&store, &names).await;
    store.record(vec![failure(keys[2], "no"), row(keys[3], "yes")]).await.unwrap();
    for key in &keys {
        store.intend(*key).await.unwrap();
    }
    store.record(vec![row(keys[1], "yes")]).await.unwrap();
    store.close().await;

    // A failure that is tried again by a request that must not be repeated is a failure no more; a success stays.
    let store = open(&path).await;
    let expected = [Found::Intent, is_row("yes"), Found::Intent, is_row("yes")];
    assert_eq!(found(&store, &names).await, expected);
    store.close().await;

    let store = Store::open(Some(JournalOptions { retry_failed: true, ..options(&path) })).await.unwrap();
    assert_eq!(found(&store, &names).await, expected);
    store.close().await;

    let store = Store::open(Some(JournalOptions { retry_unknown: true, ..options(&path) })).await.unwrap();
    assert_eq!(found(&store, &names).await, [Found::Nothing, is_row("yes"), Found::Nothing, is_row("yes")]);
}

#[tokio::test]
async fn an_intent_that_is_taken_back_leaves_nothing_and_an_outcome_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let names = ["refused", "sent", "done", "failed"];
    let store = open(&path).await;
    let keys = keys(&store, &names).await;
    store.intend(keys[0]).await.unwrap();
    store.intend(keys[1]).await.unwrap();
    store.record(vec![row(keys[2], "yes"), failure(keys[3], "no")]).await.unwrap();
    for key in [keys[0], keys[2], keys[3]] {
        store.withdraw(key).unwrap();
    }
    store.close().await;
    let expected = [Found::Nothing, Found::Intent, is_row("yes"), is_row("no")];
    assert_eq!(found(&open(&path).await, &names).await, expected);
    // Without a journal there is nothing to take back.
    Store::open(None).await.unwrap().withdraw(keys[0]).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_record_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let names: Arc<Vec<String>> = Arc::new((0..800).map(|number| format!("mailbox {number}")).collect());
    let admitted = Arc::new(store.admit(names.to_vec()).await.unwrap());
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let (store, names, admitted) = (store.clone(), Arc::clone(&names), Arc::clone(&admitted));
            tokio::spawn(async move {
                for number in (task..names.len()).step_by(16) {
                    store.record(vec![row(admitted[number].key, &names[number])]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    store.close().await;
    let again = open(&path).await.admit(names.to_vec()).await.unwrap();
    assert!(again.iter().zip(names.iter()).all(|(admitted, name)| admitted.found == is_row(name)));
}

/// More rows at once than one commit takes.
#[tokio::test]
async fn a_large_group_is_recorded_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let names: Vec<String> = (0..1000).map(|number| format!("mailbox {number}")).collect();
    let store = open(&path).await;
    let admitted = store.admit(names.clone()).await.unwrap();
    store.record(admitted.iter().map(|admitted| row(admitted.key, "row")).collect()).await.unwrap();
    drop(store);
    let again = open(&path).await.admit(names).await.unwrap();
    assert!(again.iter().all(|admitted| admitted.found == is_row("row")));
}

/// The library's user may read what is in the file: no identity, no secret, only what was recorded.
#[tokio::test]
async fn the_journal_holds_hashes_rows_and_the_fingerprint_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let store = open(&path).await;
    let keys = keys(&store, &["kim@contoso.com"]).await;
    store.record(vec![row(keys[0], "the row")]).await.unwrap();
    store.close().await;
    let bytes = std::fs::read(&path).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("the row") && holds("contoso.com") && !holds("kim@contoso.com"));
}
