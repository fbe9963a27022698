//! Whether a piece of work may begin another request: a run that nobody follows any more sends nothing.

use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use crate::error::{Error, Result};

/// Stands before each request of a piece of work. It is open for good unless somebody watches over it: then it shuts
/// when no sign of life has come for a while, and opens with the next one. Once stopped it never opens again.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    watch: Option<Watch>,
    is_stopped: bool,
}

#[derive(Debug)]
struct Watch {
    /// The longest time without a sign of life.
    patience: Duration,
    last_sign: Instant,
    /// How long the gate was shut, up to the last sign of life.
    shut_for: Duration,
}

impl Watch {
    fn is_open(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last_sign) < self.patience
    }
}

impl Gate {
    /// From now on the gate shuts when no sign of life comes for so long.
    pub fn watch(&self, patience: Duration, now: Instant) {
        self.state().watch = Some(Watch { patience, last_sign: now, shut_for: Duration::ZERO });
    }

    /// Gives a sign of life; whether the gate was shut until now.
    pub fn touch(&self, now: Instant) -> bool {
        let mut state = self.state();
        let Some(watch) = &mut state.watch else { return false };
        let was_shut = !watch.is_open(now);
        watch.shut_for += now.saturating_duration_since(watch.last_sign).saturating_sub(watch.patience);
        watch.last_sign = now;
        drop(state);
        if was_shut {
            self.changed.notify_waiters();
        }
        was_shut
    }

    /// Whether a request may begin.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        let state = self.state();
        !state.is_stopped && state.watch.as_ref().is_none_or(|watch| watch.is_open(now))
    }

    /// How long the gate was shut in all.
    #[must_use]
    pub fn shut_for(&self) -> Duration {
        self.state().watch.as_ref().map_or(Duration::ZERO, |watch| watch.shut_for)
    }

    /// From now on no request begins. Those that have begun go on.
    pub fn stop(&self) {
        self.state().is_stopped = true;
        self.changed.notify_waiters();
    }

    /// Whether [`Gate::stop`] was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state().is_stopped
    }

    /// Waits until a request may begin, and counts it by `begin` before the gate can be stopped: what was counted when
    /// [`Gate::stop`] returns is all that ever begins.
    ///
    /// # Errors
    ///
    /// `Cancelled` once the gate is stopped.
    pub async fn pass(&self, now: impl Fn() -> Instant, begin: impl FnOnce()) -> Result<()> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Before the look: no change between it and the wait is lost.
            changed.as_mut().enable();
            {
                let state = self.state();
                if state.is_stopped {
                    return Err(Error::cancelled());
                }
                if state.watch.as_ref().is_none_or(|watch| watch.is_open(now())) {
                    begin();
                    return Ok(());
                }
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(250);

    fn passes(gate: &Gate, now: Instant) -> Option<Result<()>> {
        use futures_util::FutureExt as _;
        Box::pin(gate.pass(|| now, || {})).now_or_never()
    }

    #[test]
    fn it_shuts_without_a_sign_of_life_and_opens_with_the_next() {
        let gate = Gate::default();
        let began = Instant::now();
        assert!(passes(&gate, began + 100 * PATIENCE).unwrap().is_ok());
        gate.watch(PATIENCE, began);
        assert!(passes(&gate, began + PATIENCE / 2).unwrap().is_ok());
        assert!(!gate.is_open(began + PATIENCE) && passes(&gate, began + PATIENCE).is_none());
        assert!(gate.touch(began + 3 * PATIENCE));
        assert!(passes(&gate, began + 3 * PATIENCE).unwrap().is_ok());
        assert_eq!(gate.shut_for(), 2 * PATIENCE);
        assert!(!gate.touch(began + 3 * PATIENCE));
    }

    #[test]
    fn once_stopped_nothing_passes_not_even_what_waits() {
        use futures_util::FutureExt as _;
        let gate = Gate::default();
        let began = Instant::now();
        gate.watch(PATIENCE, began);
        let mut waiting = Box::pin(gate.pass(|| began + PATIENCE, || panic!("a request begins")));
        assert!(waiting.as_mut().now_or_never().is_none());
        gate.stop();
        assert!(waiting.now_or_never().unwrap().is_err());
        gate.touch(began + PATIENCE);
        assert!(gate.is_stopped() && !gate.is_open(began + PATIENCE) && passes(&gate, began).unwrap().is_err());
    }
}
