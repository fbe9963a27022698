//! To come.

pub mod identity;
pub mod mailbox_settings;
pub mod surrogates;
