//! What items of a list are known by.

use crate::error::{Error, Result};
use crate::facet::item::{Item, text};
use crate::facet::synced_contacts::WANTED_KEY;

/// Refuses two items with one key.
pub(super) fn check_keys(list: &str, items: &[Item]) -> Result<()> {
    let mut keys: Vec<String> = items.iter().map(|item| text(item, WANTED_KEY).to_lowercase()).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(Error::argument(format!("{list}: the key {:?} is there twice", twice[0]))
            .hint("a list has each once; name another column for the key: keyColumn (-KeyProperty)")),
        None => Ok(()),
    }
}
