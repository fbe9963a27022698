//! A process that is killed, or that the disk fails: what it was told is recorded is there.

use std::collections::HashSet;
use std::sync::Arc;

use super::child::Child;
use super::*;

const MAILBOXES: usize = 6000;
const KILLS: usize = 20;

fn names() -> Vec<String> {
    (0..MAILBOXES).map(|number| format!("mailbox {number}")).collect()
}

fn record_of(number: usize) -> String {
    format!("row of {number} {}", "x".repeat(number % 500))
}

/// SplitMix64: the same kills in every run of the test.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// What the killed processes were told.
#[derive(Default)]
struct Told {
    intents: HashSet<usize>,
    rows: HashSet<usize>,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let (what, number) = line.split_once(' ').unwrap();
        let number = number.parse().unwrap();
        match what {
            "intent" => self.intents.insert(number),
            "row" => self.rows.insert(number),
            _ => panic!("{line}"),
        };
    }

    /// Compares what is in the journal; gives how many rows that are.
    async fn check(&self, path: &Path) -> usize {
        let store = open(path).await;
        let admitted = store.admit(names()).await.unwrap();
        store.close().await;
        let mut rows = 0;
        for (number, admitted) in admitted.iter().enumerate() {
            match &admitted.found {
                Found::Row(record) => {
                    assert_eq!(*record, record_of(number).into_bytes());
                    rows += 1;
                }
                Found::Intent => assert!(!self.rows.contains(&number), "the row of {number} is lost"),
                Found::Nothing | Found::Failure => {
                    assert!(!self.rows.contains(&number), "the row of {number} is lost");
                    assert!(!self.intents.contains(&number), "the intent of {number} is lost");
                }
            }
        }
        rows
    }
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut random = Random(20);
    let mut told = Told::default();
    for kill in 0..KILLS {
        let mut child = Child::start("killing::child_that_records", &path);
        // The first kills come while the journal is made.
        let lines = if kill < 3 { kill as u64 } else { random.below(400) };
        for _ in 0..lines {
            told.hear(&child.line().unwrap());
        }
        child.kill();
        while let Some(line) = child.line() {
            told.hear(&line);
        }
        told.check(&path).await;
    }
    let before = told.check(&path).await;
    assert!((1..MAILBOXES).contains(&before), "{before} rows: the kills came too early or too late");
    let child = Child::start("killing::child_that_records", &path);
    assert!(child.end());
    assert_eq!(told.check(&path).await, MAILBOXES);
}

/// Records all that is missing, in eight tasks and in groups of various sizes; every third with an intent.
#[test]
fn child_that_records() {
    let Some(path) = child::journal() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let store = open(&path).await;
        let admitted = Arc::new(store.admit(names()).await.unwrap());
        let tasks: Vec<_> =
            (0..8).map(|task| tokio::spawn(record_share(store.clone(), Arc::clone(&admitted), task))).collect();
        for task in tasks {
            if let Err(error) = task.await.unwrap() {
                child::say(&format!("failed: {error}"));
                break;
            }
        }
        store.close().await;
    });
}

async fn record_share(store: Store, admitted: Arc<Vec<Admitted>>, task: usize) -> exrun::Result<()> {
    let missing = |number: &usize| !matches!(admitted[*number].found, Found::Row(_));
    let share: Vec<usize> = (task..admitted.len()).step_by(8).filter(missing).collect();
    for group in share.chunks(task * 3 + 1) {
        for number in group.iter().filter(|number| *number % 3 == 0) {
            store.intend(admitted[*number].key).await?;
            child::say(&format!("intent {number}"));
        }
        let rows = group.iter().map(|number| row(admitted[*number].key, &record_of(*number)));
        store.record(rows.collect()).await?;
        for number in group {
            child::say(&format!("row {number}"));
        }
    }
    Ok(())
}

/// A limit on the size of files stands for the disk that takes no more.
#[tokio::test]
#[cfg(unix)]
async fn a_disk_that_takes_no_more_is_one_clear_error_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut child = Child::start_after("trap '' XFSZ; ulimit -f 1000", "killing::child_that_records", &path);
    let mut told = Told::default();
    let mut failure = None;
    while let Some(line) = child.line() {
        match line.strip_prefix("failed: ") {
            Some(error) => failure = Some(error.to_owned()),
            None => told.hear(&line),
        }
    }
    assert!(child.end());
    let failure = failure.unwrap();
    for part in ["recording in the journal", "run.db", "the disk", "run again with the same journal"] {
        assert!(failure.contains(part), "{failure}");
    }
    let rows = told.check(&path).await;
    assert!((1..MAILBOXES).contains(&rows), "{rows}");
    // With room again the same journal goes on.
    assert!(Child::start("killing::child_that_records", &path).end());
    assert_eq!(told.check(&path).await, MAILBOXES);
}
