//! The calls of Microsoft Graph.

pub mod call;
pub mod error;
