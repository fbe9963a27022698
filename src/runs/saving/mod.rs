//! What the service gives, saved to files: what they are called, and that each is there whole or not at all.

pub(super) mod content;
pub(super) mod kind;
pub(super) mod names;
