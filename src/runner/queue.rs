//! Items that are not done: those that may start, and those that wait for the time of their next try.

use std::collections::VecDeque;
use std::time::Instant;

use super::item::{Started, Track};
use super::not_before::NotBeforeQueue;

/// Items that are ready beyond what may start now.
const MOST_READY: usize = 256;
/// Lines of all items that are not done: an input object may bring a body of its own.
const MOST_BYTES: usize = 8 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Queue<I> {
    ready: VecDeque<Started<I>>,
    waiting: NotBeforeQueue<Started<I>>,
    /// Of the lines of items that are not done, wherever those are.
    bytes: usize,
}

impl<I> Queue<I> {
    pub(super) fn new() -> Self {
        Self { ready: VecDeque::new(), waiting: NotBeforeQueue::new(), bytes: 0 }
    }

    /// Whether further lines may be taken in, as far as those count that are here.
    pub(super) fn has_room(&self) -> bool {
        self.ready.len() < MOST_READY && self.bytes < MOST_BYTES
    }

    /// Takes an item that is new.
    pub(super) fn add(&mut self, started: Started<I>) {
        self.bytes += started.track.bytes;
        self.ready.push_back(started);
    }

    /// An item that was added will not come again.
    pub(super) fn forget(&mut self, track: &Track) {
        self.bytes -= track.bytes;
    }

    /// Takes an item that goes before all that are ready.
    pub(super) fn put_first(&mut self, started: Started<I>) {
        self.ready.push_front(started);
    }

    /// Takes an item that must not be tried before a time.
    pub(super) fn put_off(&mut self, started: Started<I>, due: Instant) {
        self.waiting.push(due, started);
    }

    /// What is due is ready, before what is new.
    pub(super) fn wake_due(&mut self, now: Instant) {
        while let Some(due) = self.waiting.pop_due(now) {
            self.ready.push_front(due);
        }
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.waiting.next_due()
    }

    /// The next item that is ready.
    pub(super) fn pop(&mut self) -> Option<Started<I>> {
        self.ready.pop_front()
    }

    /// Of those that are ready, the one that was tried least.
    pub(super) fn pop_least_tried(&mut self) -> Option<Started<I>> {
        let (place, _) = self.ready.iter().enumerate().min_by_key(|(_, started)| started.track.tries)?;
        self.ready.remove(place)
    }

    /// Of those that are ready, the first that was tried before.
    pub(super) fn pop_tried(&mut self) -> Option<Started<I>> {
        let place = self.ready.iter().position(|started| started.track.tries > 0)?;
        self.ready.remove(place)
    }

    /// How many are ready.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// How many wait for a time.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// All that are ready or wait.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Started<I>> + use<I> {
        std::mem::take(&mut self.ready).into_iter().chain(self.waiting.take_all())
    }
}
