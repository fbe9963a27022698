//! Models of threads: our own code, under many orders of its steps.
//!
//! What waits for a lock or a notification is put aside, and any other thread of the model may go on: no time passes, a
//! wait never ends by its time, and a wake-up that was lost is a deadlock that is found. Outside of a model the types here
//! are the usual ones.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;
use std::sync::{OnceLock, PoisonError};
use std::time::Duration;

use shuttle::scheduler::{PctScheduler, RandomScheduler};

/// Orders that each model is tried in, by each of two ways to draw them.
const CASES: usize = 500;

/// Preemptions that an order is made to have where they hurt: most faults need two.
const DEPTH: usize = 3;

/// The same orders each time.
const SEED: u64 = 20_260_101;

thread_local! {
    /// Whether this thread runs a model: all threads of a model are one of the system's.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Tries `model` in many orders of its steps. What it locks must be made within it.
///
/// `EXRUN_MODEL_CASES` and `EXRUN_MODEL_SEED` draw more orders, and others.
#[expect(clippy::print_stderr, reason = "a failing test says how its order of steps comes again")]
pub(crate) fn check(model: impl Fn() + Send + Sync + Copy + 'static) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let cases = number("EXRUN_MODEL_CASES").map_or(CASES, |cases| usize::try_from(cases).unwrap());
    let seed = number("EXRUN_MODEL_SEED").unwrap_or(SEED);
    let mut config = shuttle::Config::new();
    // Clients, errors and their texts are made inside; unoptimised code is generous with its stack.
    config.stack_size = 1 << 20;
    INSIDE.set(true);
    let tried = catch_unwind(AssertUnwindSafe(|| {
        shuttle::Runner::new(RandomScheduler::new_from_seed(seed, cases), config.clone()).run(model);
        shuttle::Runner::new(PctScheduler::new_from_seed(seed, DEPTH, cases), config).run(model);
    }));
    INSIDE.set(false);
    if let Err(failure) = tried {
        eprintln!("an order of the steps fails: EXRUN_MODEL_SEED={seed} EXRUN_MODEL_CASES={cases}");
        resume_unwind(failure);
    }
}

/// `make` is called in a model alone, and once.
fn in_model<T>(place: &OnceLock<T>, make: impl FnOnce() -> T) -> Option<&T> {
    INSIDE.get().then(|| place.get_or_init(make))
}

type Turn<'turn> = shuttle::sync::MutexGuard<'turn, ()>;

/// A mutex. In a model its users take turns by another one, so that nobody ever waits for the first.
#[derive(Default)]
pub(crate) struct Mutex<T> {
    value: parking_lot::Mutex<T>,
    turns: OnceLock<shuttle::sync::Mutex<()>>,
}

/// Let go of in this order: the value, then the turn. The value is not there while its holder waits for a condition.
pub(crate) struct MutexGuard<'mutex, T> {
    value: Option<parking_lot::MutexGuard<'mutex, T>>,
    turn: Option<Turn<'mutex>>,
    mutex: &'mutex Mutex<T>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: parking_lot::Mutex::new(value), turns: OnceLock::new() }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let turns = in_model(&self.turns, || shuttle::sync::Mutex::new(()));
        let turn = turns.map(|turns| turns.lock().unwrap_or_else(PoisonError::into_inner));
        MutexGuard { value: Some(self.value.lock()), turn, mutex: self }
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().unwrap()
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().unwrap()
    }
}

/// A condition. In a model a wait for it ends by a notification alone.
#[derive(Debug, Default)]
pub(crate) struct Condvar {
    condition: parking_lot::Condvar,
    turns: OnceLock<shuttle::sync::Condvar>,
}

impl Condvar {
    pub(crate) fn notify_all(&self) {
        match in_model(&self.turns, shuttle::sync::Condvar::new) {
            Some(turns) => turns.notify_all(),
            None => drop(self.condition.notify_all()),
        }
    }

    pub(crate) fn wait_while_for<T>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        mut holds: impl FnMut(&mut T) -> bool,
        time: Duration,
    ) {
        let Some(turns) = in_model(&self.turns, shuttle::sync::Condvar::new) else {
            self.condition.wait_while_for(guard.value.as_mut().unwrap(), holds, time);
            return;
        };
        while holds(guard) && time > Duration::ZERO {
            guard.value = None;
            let turn = guard.turn.take().unwrap();
            guard.turn = Some(turns.wait(turn).unwrap_or_else(PoisonError::into_inner));
            guard.value = Some(guard.mutex.value.lock());
        }
    }
}

/// A flag. In a model each use of it is a step.
#[derive(Debug, Default)]
pub(crate) struct AtomicBool {
    flag: std::sync::atomic::AtomicBool,
    step: OnceLock<shuttle::sync::atomic::AtomicBool>,
}

impl AtomicBool {
    pub(crate) const fn new(flag: bool) -> Self {
        Self { flag: std::sync::atomic::AtomicBool::new(flag), step: OnceLock::new() }
    }

    pub(crate) fn load(&self, ordering: Ordering) -> bool {
        self.step();
        self.flag.load(ordering)
    }

    pub(crate) fn store(&self, flag: bool, ordering: Ordering) {
        self.step();
        self.flag.store(flag, ordering);
    }

    /// Lets another thread of the model go on first.
    fn step(&self) {
        if let Some(step) = in_model(&self.step, || shuttle::sync::atomic::AtomicBool::new(false)) {
            step.load(Ordering::SeqCst);
        }
    }
}
