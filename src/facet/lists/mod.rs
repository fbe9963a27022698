//! Lists that people have, read into items that are wanted.

mod columns;
mod contacts;
mod events;
mod ics;
mod keys;
mod times;

pub use contacts::{ContactList, contacts};
pub use events::{EventList, EventOptions, events};
pub use ics::calendar;
