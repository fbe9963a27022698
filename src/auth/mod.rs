//! To come.

pub mod jwt_reader;
