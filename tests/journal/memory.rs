//! Memory does not grow with the number of mailboxes.

use std::collections::BTreeSet;

use super::child::Child;
use super::*;

const MAILBOXES: usize = 200_000;
const MOST_KIB: u64 = 16 * 1024;

/// All in one child: identities, rows recorded, rows set aside, lines and ids.
#[test]
fn memory_stays_bounded_over_many_mailboxes() {
    if !cfg!(target_os = "linux") {
        #[expect(clippy::print_stderr, reason = "whoever reads the test's output must see what was not tried")]
        {
            eprintln!("LEFT OUT: the memory of a process is read from /proc");
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = Child::start("memory::child_with_many_mailboxes", &folder.path().join("run.db"));
    let grown: u64 = child.line().unwrap().parse().unwrap();
    // The temporary database lies beside the journal, and has no name any more.
    assert_eq!(child.line().as_deref(), Some("1 file of 1 is private"));
    let names: BTreeSet<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["run.db".into(), "run.db-wal".into()].into());
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
        let nameless = nameless_files(path.parent().unwrap());
        let private = nameless.iter().filter(|mode| *mode & 0o777 == 0o600).count();
        child::say(&format!("{private} file of {} is private", nameless.len()));
        child::wait_for_parent();
    });
}

/// The most memory that the process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The modes of the files in a folder that the process has open and that have no name any more.
fn nameless_files(folder: &Path) -> Vec<u32> {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| {
        let entry = entry.unwrap().path();
        let target = std::fs::read_link(&entry).ok()?.into_os_string().into_string().ok()?;
        (target.starts_with(folder.to_str()?) && target.ends_with(" (deleted)")).then_some(entry)
    });
    open.map(|entry| mode_of(&entry)).collect()
}

#[cfg(unix)]
fn mode_of(file: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions())
}

#[cfg(not(unix))]
fn mode_of(_file: &Path) -> u32 {
    0
}
