//! Lists that people have, read into items that are wanted.

mod columns;
mod contacts;
mod events;
mod ics;
mod times;

pub use contacts::{ContactList, contacts};
pub use events::{EventList, EventOptions, events};
pub use ics::calendar;

use super::item::{Item, text};
use super::synced_contacts::WANTED_KEY;
use crate::error::{Error, Result};

/// Refuses two items with one key.
fn check_keys(list: &str, items: &[Item]) -> Result<()> {
    let mut keys: Vec<String> = items.iter().map(|item| text(item, WANTED_KEY).to_lowercase()).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(Error::argument(format!("{list}: the key {:?} is there twice", twice[0]))
            .hint("a list has each once; name another column for the key: keyColumn (-KeyProperty)")),
        None => Ok(()),
    }
}
