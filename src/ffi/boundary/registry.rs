//! Objects by number: a handle is looked up, never dereferenced.

use std::collections::VecDeque;

use crate::error::{Error, Result, Status};
use crate::sync::{Mutex, MutexGuard};

// A handle has 53 bits, so that it is exact as a double and in every JSON: from the top 26 of generation, 24 of
// index, 3 of kind. Generations start at 1, so that small numbers made up by a caller are never handles.
const KIND_BITS: u32 = 3;
const INDEX_BITS: u32 = 24;
const LAST_INDEX: u32 = (1 << INDEX_BITS) - 1;
const LAST_GENERATION: u32 = (1 << 26) - 1;

/// Kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ffi) enum Kind {
    Secret = 1,
    Error = 2,
    Client = 3,
    Operation = 4,
    Stream = 5,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::Secret, Kind::Error, Kind::Client, Kind::Operation, Kind::Stream];

    fn name(self) -> &'static str {
        match self {
            Kind::Secret => "a secret",
            Kind::Error => "an error",
            Kind::Client => "a client",
            Kind::Operation => "an operation",
            Kind::Stream => "a stream",
        }
    }
}

/// The living objects of one kind. `T` is a cheap reference: a lookup clones it, so that a free on another
/// thread takes nothing away from a call that runs.
pub(in crate::ffi) struct Registry<T> {
    kind: Kind,
    slots: Mutex<Slots<T>>,
}

struct Slots<T> {
    all: Vec<Slot<T>>,
    /// Indices without an object, the one that is free longest first: numbers repeat as late as possible.
    free: VecDeque<u32>,
    alive: usize,
}

struct Slot<T> {
    generation: u32,
    object: Option<T>,
}

/// The errors that callers hold: every boundary makes them.
pub(in crate::ffi) static ERRORS: Registry<Error> = Registry::new(Kind::Error);

impl<T: Clone> Registry<T> {
    pub(in crate::ffi) const fn new(kind: Kind) -> Self {
        Self { kind, slots: Mutex::new(Slots { all: Vec::new(), free: VecDeque::new(), alive: 0 }) }
    }

    /// Registers an object.
    ///
    /// # Errors
    ///
    /// `Internal` when all numbers are in use: more than 16 million objects are alive.
    pub(in crate::ffi) fn insert(&self, object: T) -> Result<i64> {
        let mut slots = self.lock();
        let index = match slots.free.pop_front() {
            Some(index) => index,
            None => slots.grow().ok_or_else(|| self.full())?,
        };
        let slot = slots.slot(index).ok_or_else(|| Error::internal("a free handle slot that does not exist"))?;
        slot.object = Some(object);
        let handle = self.number(index, slot.generation);
        slots.alive += 1;
        Ok(handle)
    }

    /// The object of a handle.
    ///
    /// # Errors
    ///
    /// `InvalidHandle` for 0, and for what is stale, of another kind, or no handle at all.
    pub(in crate::ffi) fn get(&self, handle: i64) -> Result<T> {
        let (index, generation) = self.parts(handle).ok_or_else(|| self.invalid(handle))?;
        let mut slots = self.lock();
        let object =
            slots.slot(index).filter(|slot| slot.generation == generation).and_then(|slot| slot.object.clone());
        object.ok_or_else(|| self.invalid(handle))
    }

    /// Takes the object out: its handle is stale from here on.
    ///
    /// # Errors
    ///
    /// As for [`Registry::get`].
    pub(in crate::ffi) fn take(&self, handle: i64) -> Result<T> {
        let (index, generation) = self.parts(handle).ok_or_else(|| self.invalid(handle))?;
        let mut slots = self.lock();
        let slot = slots.slot(index).filter(|slot| slot.generation == generation);
        let object = slot.and_then(|slot| slot.object.take()).ok_or_else(|| self.invalid(handle))?;
        slots.alive -= 1;
        // A slot whose generations are used up is retired: no number ever means two objects.
        if generation < LAST_GENERATION
            && let Some(slot) = slots.slot(index)
        {
            slot.generation = generation + 1;
            slots.free.push_back(index);
        }
        Ok(object)
    }

    /// How many are alive.
    pub(in crate::ffi) fn count(&self) -> usize {
        self.lock().alive
    }

    fn lock(&self) -> MutexGuard<'_, Slots<T>> {
        self.slots.lock()
    }

    fn number(&self, index: u32, generation: u32) -> i64 {
        (i64::from(generation) << (INDEX_BITS + KIND_BITS)) | (i64::from(index) << KIND_BITS) | self.kind as i64
    }

    /// Index and generation, where the number could be a handle of this kind.
    fn parts(&self, handle: i64) -> Option<(u32, u32)> {
        let generation = u32::try_from(handle >> (INDEX_BITS + KIND_BITS)).ok()?;
        let index = u32::try_from((handle >> KIND_BITS) & i64::from(LAST_INDEX)).ok()?;
        (self.number(index, generation) == handle && (1..=LAST_GENERATION).contains(&generation))
            .then_some((index, generation))
    }

    fn invalid(&self, handle: i64) -> Error {
        let wanted = self.kind.name();
        let bits = handle & ((1 << KIND_BITS) - 1);
        let other = Kind::ALL.into_iter().find(|kind| *kind as i64 == bits && *kind != self.kind);
        let detail = match other {
            _ if handle >> (INDEX_BITS + KIND_BITS) <= 0 => format!("{handle} is not a handle of {wanted}"),
            Some(other) => format!("{handle} is a handle of {}, not of {wanted}", other.name()),
            None => format!("{handle} is not a handle of {wanted} that is alive"),
        };
        Error::new(Status::InvalidHandle, detail)
    }

    fn full(&self) -> Error {
        Error::new(Status::Internal, format!("{} handles of {} are alive", u64::from(LAST_INDEX) + 1, self.kind.name()))
            .hint("free what is no longer needed")
    }
}

impl<T> Slots<T> {
    fn slot(&mut self, index: u32) -> Option<&mut Slot<T>> {
        self.all.get_mut(usize::try_from(index).ok()?)
    }

    fn grow(&mut self) -> Option<u32> {
        let index = u32::try_from(self.all.len()).ok().filter(|index| *index <= LAST_INDEX)?;
        self.all.push(Slot { generation: 1, object: None });
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shuttle::thread::spawn;

    use super::*;
    use crate::sync::model;

    #[test]
    fn a_handle_lives_until_it_is_taken() {
        let registry = Registry::new(Kind::Secret);
        let handle = registry.insert("one").unwrap();
        assert_eq!(registry.get(handle).unwrap(), "one");
        assert_eq!(registry.take(handle).unwrap(), "one");
        for stale in [registry.get(handle), registry.take(handle)] {
            assert_eq!(stale.unwrap_err().status(), Status::InvalidHandle);
        }
        assert_eq!(registry.count(), 0);
        let next = registry.insert("two").unwrap();
        assert_ne!(next, handle);
        assert!(registry.get(handle).is_err());
    }

    #[test]
    fn numbers_that_are_no_handles_are_refused() {
        let registry = Registry::new(Kind::Secret);
        let handle = registry.insert(()).unwrap();
        let made_up = [0, 1, 17, -1, i64::MIN, i64::MAX, 1 << 53, handle + 1, handle + 8, -handle, handle | 1 << 60];
        for number in made_up {
            assert_eq!(registry.get(number).unwrap_err().status(), Status::InvalidHandle, "{number}");
        }
    }

    #[test]
    fn a_handle_of_another_kind_is_named() {
        let error = Registry::new(Kind::Error).insert(()).unwrap();
        let text = Registry::<()>::new(Kind::Stream).get(error).unwrap_err().to_string();
        assert!(text.contains("of an error, not of a stream"), "{text}");
    }

    #[test]
    fn a_slot_without_generations_left_is_retired() {
        let registry = Registry::new(Kind::Stream);
        let first = registry.insert(()).unwrap();
        registry.take(first).unwrap();
        registry.lock().all[0].generation = LAST_GENERATION;
        let last = registry.insert(()).unwrap();
        assert!((1..1_i64 << 53).contains(&last), "{last}");
        registry.take(last).unwrap();
        assert_eq!(registry.parts(registry.insert(()).unwrap()).unwrap().0, 1);
        assert!(registry.get(last).is_err());
    }

    #[test]
    fn threads_share_a_registry() {
        let registry = Arc::new(Registry::new(Kind::Client));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let registry = Arc::clone(&registry);
                std::thread::spawn(move || {
                    for value in 0..if cfg!(miri) { 20 } else { 1000 } {
                        let handle = registry.insert(value).unwrap();
                        assert_eq!(registry.get(handle).unwrap(), value);
                        assert_eq!(registry.take(handle).unwrap(), value);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(registry.count(), 0);
    }

    /// Two threads take one handle while a third looks it up and a fourth makes another.
    #[test]
    fn model_a_handle_is_taken_once_and_never_means_another_object() {
        model::check(|| {
            let registry = Arc::new(Registry::new(Kind::Operation));
            let handle = registry.insert("one").unwrap();
            let takers: Vec<_> = (0..2)
                .map(|_| {
                    let registry = Arc::clone(&registry);
                    spawn(move || usize::from(registry.take(handle).is_ok_and(|object| object == "one")))
                })
                .collect();
            let looking = Arc::clone(&registry);
            let looking = spawn(move || {
                for object in [looking.get(handle), looking.get(handle)].into_iter().flatten() {
                    assert_eq!(object, "one");
                }
            });
            let next = registry.insert("two").unwrap();
            assert_ne!(next, handle);
            assert_eq!(takers.into_iter().map(|taker| taker.join().unwrap()).sum::<usize>(), 1);
            looking.join().unwrap();
            assert!(registry.get(handle).is_err());
            assert_eq!(registry.get(next).unwrap(), "two");
            assert_eq!(registry.count(), 1);
        });
    }
}
