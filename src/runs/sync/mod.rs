//! Lists brought into mailboxes: contacts into a folder, events into the calendar. Each is a comparison with a wanted
//! state, whose plan then does it.

mod contacts;
mod events;
mod file;
mod photos;
mod remarks;

pub use contacts::{ContactSource, ContactSync, contact_sync};
pub use events::{EventSource, EventSync, event_sync};
