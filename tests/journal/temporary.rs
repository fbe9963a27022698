//! What a run keeps for itself: counts, rows that await their turn, lines, ids.

use std::time::{Duration, Instant};

use exrun::cancel::CancelToken;
use exrun::store::{Sidecar, SidecarFile};

use super::*;

/// A file that is read for as long as nobody wants the store closed; for a minute, where nobody says so.
struct Endless(CancelToken);

impl SidecarFile for Endless {
    fn sync(&mut self) -> exrun::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_takes_long_beside_the_journal_learns_that_the_store_is_closed() {
    let store = without_journal().await;
    let file = Sidecar::new(Endless(store.closed()));
    let read = store.with_sidecar(&file, |file| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !file.0.is_cancelled() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        Ok(file.0.is_cancelled())
    });
    let (learnt, ()) = tokio::join!(read, store.close());
    assert!(learnt.unwrap());
    assert_eq!(store.append(&file, |_| Ok(())).await.unwrap_err().status(), Status::Cancelled);
}

async fn without_journal() -> Store {
    Store::open(None).await.unwrap()
}

#[tokio::test]
async fn a_run_without_a_journal_records_nothing_and_finds_nothing() {
    let store = without_journal().await;
    let first = admit(&store, &["kim", "kim"]).await;
    store.intend(first[0].key).await.unwrap();
    store.record(vec![row(first[0].key, "row")]).await.unwrap();
    assert_eq!(found(&store, &["kim"]).await, [Found::Nothing]);
    store.close().await;
}

/// More than are counted in memory.
#[tokio::test]
async fn occurrences_are_counted_on_where_they_are_moved_to_the_database() {
    let store = without_journal().await;
    let names: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
    for round in 0..3 {
        let shifted: Vec<String> = names.iter().map(|name| format!("{round}/{name}")).collect();
        for (batch, repeated) in [(shifted, 0), (names.clone(), round)] {
            let admitted = store.admit(batch).await.unwrap();
            assert!(admitted.iter().all(|admitted| admitted.key.occurrence == repeated), "round {round}");
        }
    }
}

#[tokio::test]
async fn rows_come_back_in_order_up_to_the_first_gap() {
    let store = without_journal().await;
    let rows = |positions: &[u64]| positions.iter().map(|at| (*at, at.to_string().into_bytes())).collect::<Vec<_>>();
    store.set_aside(rows(&[7, 3, 4])).await.unwrap();
    store.set_aside(rows(&[5])).await.unwrap();
    assert_eq!(store.take_back(2, 10).await.unwrap(), []);
    assert_eq!(store.take_back(3, 2).await.unwrap(), rows(&[3, 4]));
    assert_eq!(store.take_back(3, 2).await.unwrap(), []);
    assert_eq!(store.take_back(5, 10).await.unwrap(), rows(&[5]));
    assert_eq!(store.take_back(7, 10).await.unwrap(), rows(&[7]));
}

#[tokio::test]
async fn large_rows_come_back_a_few_at_a_time() {
    let store = without_journal().await;
    let large = vec![1; 700_000];
    store.set_aside((0..3).map(|position| (position, large.clone())).collect()).await.unwrap();
    for position in 0..3 {
        assert_eq!(store.take_back(position, 10).await.unwrap(), [(position, large.clone())]);
    }
}

#[tokio::test]
async fn lines_come_in_the_order_they_went() {
    let store = without_journal().await;
    let lines = |numbers: std::ops::Range<u32>| numbers.map(|number| format!("\"{number}\"")).collect::<Vec<_>>();
    store.queue_lines(lines(0..5)).await.unwrap();
    assert_eq!(store.next_lines(3).await.unwrap(), lines(0..3));
    store.queue_lines(lines(5..7)).await.unwrap();
    assert_eq!(store.next_lines(100).await.unwrap(), lines(3..7));
    assert_eq!(store.next_lines(100).await.unwrap(), lines(0..0));
    store.queue_lines(lines(7..8)).await.unwrap();
    assert_eq!(store.next_lines(1).await.unwrap(), lines(7..8));
}

#[tokio::test]
async fn an_id_is_new_once() {
    let store = without_journal().await;
    let ids: Vec<String> = (0..40_000).map(|number| number.to_string()).collect();
    for batch in ids.chunks(10_000) {
        assert!(store.new_ids(batch.to_vec()).await.unwrap().into_iter().all(|new| new));
    }
    assert!(store.new_ids(ids).await.unwrap().into_iter().all(|new| !new));
    assert_eq!(store.new_ids(vec!["x".into(), "x".into()]).await.unwrap(), [true, false]);
}

#[tokio::test]
async fn after_the_end_nothing_is_kept() {
    let store = without_journal().await;
    store.queue_lines(vec!["\"a\"".into()]).await.unwrap();
    store.close().await;
    assert_eq!(store.next_lines(1).await.unwrap_err().status(), Status::Cancelled);
    store.close().await;
}
