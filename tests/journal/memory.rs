//! Memory does not grow with the number of mailboxes.

use super::child::Child;
use super::*;

const MAILBOXES: usize = 200_000;
const MOST_KIB: u64 = 16 * 1024;

/// All in one child: identities, rows recorded, rows set aside, lines and ids.
#[test]
fn memory_stays_bounded_over_many_mailboxes() {
    if !cfg!(target_os = "linux") {
        println!("LEFT OUT: the memory of a process is read from /proc");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = Child::start("memory::child_with_many_mailboxes", &folder.path().join("run.db"));
    let grown: u64 = child.line().unwrap().parse().unwrap();
    assert!(child.end());
    assert!(grown < MOST_KIB, "the memory grew by {grown} KiB");
    assert!(grown > 100, "{grown} KiB: the measurement is wrong");
}

#[test]
fn child_with_many_mailboxes() {
    let Some(path) = child::journal() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = open(&path).await;
        let before = peak_kib();
        for start in (0..MAILBOXES).step_by(2000) {
            let names: Vec<String> = (start..start + 2000).map(|number| format!("mailbox {number}")).collect();
            let admitted = store.admit(names.clone()).await.unwrap();
            assert!(admitted.iter().all(|admitted| admitted.key.occurrence == 0));
            assert!(store.new_ids(names.clone()).await.unwrap().into_iter().all(|new| new));
            let rows = names.iter().enumerate().map(|(at, name)| ((start + at) as u64, name.repeat(8).into_bytes()));
            store.set_aside(rows.collect()).await.unwrap();
            let recorded = admitted.iter().step_by(10).map(|admitted| row(admitted.key, &"x".repeat(300)));
            store.record(recorded.collect()).await.unwrap();
            store.queue_lines(names).await.unwrap();
        }
        assert!(keys(&store, &["mailbox 7", "mailbox 199999"]).await.iter().all(|key| key.occurrence == 1));
        child::say(&(peak_kib() - before).to_string());
    });
}

/// The most memory that the process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
