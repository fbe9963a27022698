//! The calls of Microsoft Graph.

pub mod applications;
pub mod batch;
pub mod call;
pub mod error;
pub mod identity;
pub mod mailbox_settings;
pub mod surrogates;
pub mod tries;
