//! Locks and flags of the parts whose threads are tried against each other. They are the usual ones; in tests, each use of
//! one is also a point at which a model may go on with another thread.

#[cfg(test)]
pub(crate) mod model;

#[cfg(not(test))]
pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard};
#[cfg(not(test))]
pub(crate) use std::sync::atomic::AtomicBool;

#[cfg(test)]
pub(crate) use model::{AtomicBool, Condvar, Mutex, MutexGuard};
