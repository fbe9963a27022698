//! Tokens that are kept: in the memory of the process, and behind that, where it was asked for, in a file.

pub mod key;
pub mod memory;
pub mod persistent;
