//! A model of runs that go on: lists, faults, kills, shards and merges drawn at random, and after each run what must
//! hold of its rows and of what the service was sent.
//!
//! A request is known by its number. Nobody but the service says what was sent of it; no row but its own may come for
//! its lines. `EXRUN_MODEL_CASES` sets how many cases are drawn, and `EXRUN_MODEL_SEED` from where.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use exrun::rows::Next;
use exrun::runner::Shard;
use exrun::store::merge;
use exrun_emulator::Write;
use exrun_emulator::graph::item_kinds::Kind;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRunner};

use super::*;

const CASES: u32 = 48;
const SEED: u64 = 20_261_129;

const MAILBOXES: u64 = 3;
/// Kinds of requests to a mailbox: of each subject one to the drafts and one to a folder.
const WORKS: u64 = 4;
/// The number of the folder that a message is made in where no other is named.
const DRAFTS: u64 = 1;
/// A run that writes pauses where nobody looks at it for a quarter of a second.
const LOOK: Duration = Duration::from_millis(100);
/// How long a row may take: far longer than any of these runs.
const LONGEST: Duration = Duration::from_secs(60);

/// A request: to a mailbox, and which of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    mailbox: u64,
    work: u64,
}

/// A line that makes a request, in one of the ways in which it can be said.
#[derive(Clone, Copy, Debug)]
struct Line {
    asked: Asked,
    form: u64,
}

/// What the service does with a request during one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Fine,
    Refused,
    ThrottledOnce,
    /// 503, as Graph throttles with it.
    BusyOnce,
    BrokenBefore,
    BrokenAfter,
    /// Takes so long that a run can be killed meanwhile.
    Slow,
}

#[derive(Clone, Debug)]
struct Phase {
    lines: Vec<Line>,
    fates: BTreeMap<Asked, Fate>,
    retry_failed: bool,
    retry_unknown: bool,
    /// Killed once the service was sent so many writes.
    killed_after: Option<u64>,
}

#[derive(Clone, Debug)]
struct Case {
    phases: Vec<Phase>,
    /// Before this phase runs are shards, and then their journals are merged.
    merged_at: usize,
}

fn asked() -> impl Strategy<Value = Asked> {
    (0..MAILBOXES, 0..WORKS).prop_map(|(mailbox, work)| Asked { mailbox, work })
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Fine),
        4 => Just(Fate::Refused),
        1 => Just(Fate::ThrottledOnce),
        1 => Just(Fate::BusyOnce),
        2 => Just(Fate::BrokenBefore),
        2 => Just(Fate::BrokenAfter),
        2 => Just(Fate::Slow),
    ]
}

fn phase() -> impl Strategy<Value = Phase> {
    let line = (asked(), 0..4_u64).prop_map(|(asked, form)| Line { asked, form });
    let fates = prop::collection::btree_map(asked(), fate(), 0..8);
    let killed_after = prop::option::weighted(0.3, 0..5_u64);
    (prop::collection::vec(line, 1..9), fates, prop::bool::weighted(0.6), prop::bool::weighted(0.2), killed_after)
        .prop_map(|(lines, fates, retry_failed, retry_unknown, killed_after)| Phase {
            lines,
            fates,
            retry_failed,
            retry_unknown,
            killed_after,
        })
}

fn case() -> impl Strategy<Value = Case> {
    (prop::collection::vec(phase(), 2..5), prop_oneof![2 => Just(0_usize), 1 => 1..3_usize])
        .prop_map(|(phases, merged_at)| Case { phases, merged_at })
}

/// One case: its own subjects and journals in a tenant that all share.
struct Model<'t> {
    tenant: &'t Tenant,
    number: u64,
    phase: usize,
    /// The most lines that a request had in one list.
    most_equal: BTreeMap<Asked, usize>,
    /// How often a request was asked for again without knowing what had become of it.
    again: BTreeMap<Asked, usize>,
    /// Requests that a run may have left in doubt.
    doubtful: BTreeSet<Asked>,
    /// In which phases a request stood in the list.
    listed: BTreeMap<Asked, BTreeSet<usize>>,
}

impl Model<'_> {
    fn subject(&self, work: u64) -> String {
        format!("case {} subject {};", self.number, work / 2)
    }

    fn folder(work: u64) -> &'static str {
        if work.is_multiple_of(2) { "drafts" } else { "inbox" }
    }

    fn path(work: u64) -> String {
        format!("mailFolders/{}/messages", Self::folder(work))
    }

    fn line(&self, Line { asked, form }: Line) -> Value {
        let name = self.tenant.upn(asked.mailbox);
        let name = if form == 3 { name.to_uppercase() } else { name };
        let subject = self.subject(asked.work);
        let path = Self::path(asked.work);
        match form {
            0 => json!({"MailboxName": name, "Folder": Self::folder(asked.work), "Subject": subject}),
            1 => json!({"Subject": "of no use", "Mail": name, "@path": path, "@body": {"subject": subject}}),
            2 => {
                json!({"@body": {"subject": subject}, "Folder": Self::folder(asked.work), "Mail": name, "Note": self.phase})
            }
            _ => json!({"Mail": name, "@path": path, "subject": subject}),
        }
    }

    fn request(&self, phase: &Phase, journal: PathBuf, shard: Option<Shard>) -> MailboxRequests {
        let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
        MailboxRequests {
            run: RunRequest {
                journal: Some(journal),
                retry_failed: phase.retry_failed,
                retry_unknown: phase.retry_unknown,
                shard,
                ..report.into()
            },
            method: "POST".into(),
            path: Some("mailFolders/{Folder}/messages".into()),
            body: Some(json!({"subject": "{Subject}"})),
            ..Default::default()
        }
    }

    fn set_faults(&self, phase: &Phase) {
        let rules = phase.fates.iter().map(|(asked, fate)| {
            let action = match fate {
                Fate::Fine => json!({}),
                Fate::Refused => json!({"status": 400, "code": "ErrorInvalidRequest",
                    "message": self.refusal(*asked, self.phase)}),
                Fate::ThrottledOnce => json!({"status": 429, "code": "TooManyRequests", "retryAfter": "1"}),
                Fate::BusyOnce => json!({"status": 503, "code": "ServiceUnavailable", "retryAfter": "1"}),
                Fate::BrokenBefore => json!({"reset": "before"}),
                Fate::BrokenAfter => json!({"reset": "after"}),
                Fate::Slow => json!({"delayMs": 15}),
            };
            let times = u32::from(matches!(fate, Fate::ThrottledOnce | Fate::BusyOnce));
            let path = format!("{}/{}", self.tenant.upn(asked.mailbox), Self::path(asked.work));
            json!({"kind": "write", "pathContains": path.replace('@', "%40"), "bodyContains": self.subject(asked.work),
                "times": times, "action": action})
        });
        self.tenant.faults(&rules.collect());
    }

    fn refusal(&self, asked: Asked, phase: usize) -> String {
        format!("refused in phase {phase}: {} of {}", self.subject(asked.work), Self::path(asked.work))
    }

    /// Runs a phase over one journal, as one run or as two shards, and checks it.
    fn run(&mut self, phase: &Phase, journals: &[PathBuf]) {
        self.set_faults(phase);
        self.note_lists(phase);
        let count = journals.len();
        let mut complete = true;
        for (index, journal) in journals.iter().enumerate() {
            let shard: Option<Shard> = (count > 1).then(|| format!("{}/{count}", index + 1).parse().unwrap());
            let lines: Vec<Line> = phase.lines.iter().copied().filter(|line| self.is_of(*line, shard)).collect();
            let kill_at = phase.killed_after.map(|after| self.tenant.emulator.state().posts + after);
            let (rows, is_whole) = self.drive(&self.request(phase, journal.clone(), shard), &phase.lines, kill_at);
            self.check_rows(phase, &lines, &rows, is_whole);
            complete &= is_whole;
        }
        self.note_doubts(phase, complete);
        self.check_sent();
    }

    fn is_of(&self, line: Line, shard: Option<Shard>) -> bool {
        shard.is_none_or(|shard| shard.holds(&self.tenant.upn(line.asked.mailbox)))
    }

    /// Drives a run to its end, or cancels it once the service was sent enough; gives its rows, and whether it ended by
    /// itself.
    fn drive(&self, request: &MailboxRequests, lines: &[Line], kill_at: Option<u64>) -> (Vec<Value>, bool) {
        let stream = self.tenant.client.mailbox_requests(request).unwrap();
        let text: String = lines.iter().map(|line| format!("{}\n", self.line(*line))).collect();
        assert_eq!(stream.push(text.as_bytes()).unwrap(), text.len());
        stream.finish_input();
        let mut rows = Vec::new();
        let deadline = Instant::now() + LONGEST;
        loop {
            assert!(Instant::now() < deadline, "{}", stream.progress());
            if kill_at.is_some_and(|at| self.tenant.emulator.state().posts >= at) {
                stream.cancel();
                return (rows, false);
            }
            let seen = self.tenant.client.signal().epoch();
            match stream.next_batch(0).unwrap() {
                Next::End => return (rows, true),
                Next::Batch { data, .. } => rows.extend(
                    String::from_utf8(data).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()),
                ),
                Next::Pending => {
                    let soon = if kill_at.is_some() { Duration::from_millis(1) } else { LOOK };
                    self.tenant.client.signal().wait(seen, Instant::now() + soon);
                }
            }
        }
    }

    fn note_lists(&mut self, phase: &Phase) {
        let mut equal: BTreeMap<Asked, usize> = BTreeMap::new();
        for line in &phase.lines {
            *equal.entry(line.asked).or_default() += 1;
            self.listed.entry(line.asked).or_default().insert(self.phase);
        }
        for (asked, number) in equal {
            let most = self.most_equal.entry(asked).or_default();
            *most = number.max(*most);
            if phase.retry_unknown && self.doubtful.contains(&asked) {
                *self.again.entry(asked).or_default() += number;
            }
        }
    }

    /// Each line has its own row, in its place.
    fn check_rows(&self, phase: &Phase, lines: &[Line], rows: &[Value], is_whole: bool) {
        assert!(rows.len() <= lines.len() && (!is_whole || rows.len() == lines.len()), "{rows:?}");
        let mut ids = BTreeSet::new();
        for (line, row) in lines.iter().zip(rows) {
            let asked = line.asked;
            let name = row["MailboxName"].as_str().unwrap();
            assert!(name.eq_ignore_ascii_case(&self.tenant.upn(asked.mailbox)), "{line:?}: {row}");
            let Some(error) = row.get("error") else {
                assert_eq!(row["subject"], self.subject(asked.work), "{line:?}: {row}");
                let is_draft = row["parentFolderId"] == Kind::Folder.id(asked.mailbox, DRAFTS);
                assert_eq!(is_draft, asked.work.is_multiple_of(2), "{line:?}: {row}");
                assert!(ids.insert(row["id"].as_str().unwrap()), "one row for two lines: {row}");
                continue;
            };
            match error["name"].as_str().unwrap() {
                "OutcomeUnknown" => self.check_doubt(phase, asked, row),
                // An error of this very request, and where failures are tried again of this very run.
                "Service" => {
                    let of_phase = |phase: &usize| error["serviceMessage"] == self.refusal(asked, *phase);
                    let mut phases = self.listed[&asked].iter().filter(|at| !phase.retry_failed || **at == self.phase);
                    assert!(phases.any(of_phase), "{line:?}: {row}");
                }
                _ => panic!("{line:?}: {row}"),
            }
        }
    }

    /// A doubt is there for a reason: this run's own, or where doubts are left alone that of a run before it.
    fn check_doubt(&self, phase: &Phase, asked: Asked, row: &Value) {
        let now = matches!(phase.fates.get(&asked), Some(Fate::BrokenBefore | Fate::BrokenAfter | Fate::BusyOnce));
        let before = !phase.retry_unknown && self.doubtful.contains(&asked);
        assert!(now || before, "{asked:?}: {row}");
    }

    fn note_doubts(&mut self, phase: &Phase, is_whole: bool) {
        for line in &phase.lines {
            let broken =
                matches!(phase.fates.get(&line.asked), Some(Fate::BrokenBefore | Fate::BrokenAfter | Fate::BusyOnce));
            // Where a run was killed, whatever it had begun may have been carried out.
            if broken || !is_whole {
                self.doubtful.insert(line.asked);
            }
        }
    }

    /// No request was carried out, or may have been, more often than it was asked for.
    fn check_sent(&self) {
        let mut sent: BTreeMap<Asked, usize> = BTreeMap::new();
        for write in self.writes() {
            // The service's refusal proves that nothing happened.
            let is_refused = !write.done && write.status.is_some_and(|status| status >= 400);
            *sent.entry(self.asked_by(&write)).or_default() += usize::from(!is_refused);
        }
        for (asked, number) in sent {
            let of = |numbers: &BTreeMap<Asked, usize>| numbers.get(&asked).copied().unwrap_or(0);
            let allowed = of(&self.most_equal) + of(&self.again);
            assert!(number <= allowed, "{asked:?} was sent {number} times, {allowed} allowed");
        }
    }

    /// What the service was sent of this case; a killed run of the one before may have had a request on its way.
    fn writes(&self) -> Vec<Write> {
        let own = format!("case {} ", self.number);
        self.tenant.emulator.writes().into_iter().filter(|write| write.body.contains(&own)).collect()
    }

    fn asked_by(&self, write: &Write) -> Asked {
        let body: Value = serde_json::from_str(&write.body).unwrap();
        let work = (0..WORKS).find(|work| self.subject(*work) == body["subject"] && Self::path(*work) == write.path);
        Asked { mailbox: write.mailbox, work: work.unwrap() }
    }
}

fn check(tenant: &Tenant, number: u64, case: &Case) {
    let mut model = Model {
        tenant,
        number,
        phase: 0,
        most_equal: BTreeMap::new(),
        again: BTreeMap::new(),
        doubtful: BTreeSet::new(),
        listed: BTreeMap::new(),
    };
    tenant.emulator.reset();
    let whole = tenant.file(&format!("{number}.db"));
    let shards = [1, 2].map(|shard| tenant.file(&format!("{number}-{shard}.db")));
    let merged_at = case.merged_at.min(case.phases.len());
    for (at, phase) in case.phases.iter().enumerate() {
        model.phase = at;
        if at == merged_at && at > 0 {
            merge_those_there(&shards, &whole);
        }
        let journals = if at < merged_at { &shards[..] } else { std::slice::from_ref(&whole) };
        model.run(phase, journals);
    }
    if merged_at == case.phases.len() {
        merge_those_there(&shards, &whole);
    }
    finish(&mut model, case, &whole);
}

/// A run that was killed at once has made no journal.
fn merge_those_there(shards: &[PathBuf], whole: &Path) {
    let there: Vec<PathBuf> = shards.iter().filter(|path| path.exists()).cloned().collect();
    if !there.is_empty() {
        merge(&there, whole).unwrap();
    }
}

/// At last nothing breaks: every request that was ever asked for is done, or in doubt; and done it stays.
fn finish(model: &mut Model<'_>, case: &Case, journal: &Path) {
    model.phase = case.phases.len();
    let asked: BTreeSet<Asked> = case.phases.iter().flat_map(|phase| &phase.lines).map(|line| line.asked).collect();
    let lines: Vec<Line> = asked.iter().rev().map(|asked| Line { asked: *asked, form: 0 }).collect();
    let last = Phase { lines, fates: BTreeMap::new(), retry_failed: true, retry_unknown: false, killed_after: None };
    model.run(&last, &[journal.to_owned()]);
    let done: BTreeSet<Asked> =
        model.writes().iter().filter(|write| write.done).map(|write| model.asked_by(write)).collect();
    for asked in asked {
        assert!(done.contains(&asked) || model.doubtful.contains(&asked), "{asked:?} was never carried out");
    }
    let request = model.request(&last, journal.to_owned(), None);
    let stream = model.tenant.client.mailbox_requests(&request).unwrap();
    support::drive_lines(&model.tenant.client, &*stream, last.lines.iter().map(|line| model.line(*line))).unwrap();
    assert_eq!(stream.progress()["requests"], 0, "a run that is complete sent something");
}

#[test]
fn whatever_the_list_does_each_line_has_its_own_row_and_no_request_is_repeated() {
    let number =
        |name: &str, otherwise: u64| std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"));
    let config = ProptestConfig {
        cases: u32::try_from(number("EXRUN_MODEL_CASES", CASES.into())).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 200,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(number("EXRUN_MODEL_SEED", SEED)),
        ..ProptestConfig::default()
    };
    let tenant = Tenant::new();
    let next = AtomicU64::new(0);
    let outcome = TestRunner::new(config).run(&case(), |case| {
        check(&tenant, next.fetch_add(1, Ordering::Relaxed), &case);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
