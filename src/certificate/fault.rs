//! What is wrong with a certificate, in words.

use crate::error::{Error, Status};

/// What cannot be read, and why.
pub(super) fn unreadable(detail: impl Into<String>) -> Error {
    Error::new(Status::CertificateUnreadable, detail)
}

/// What OpenSSL said, for people: the reasons without codes, places and repetitions.
pub(super) fn reasons(stack: &openssl::error::ErrorStack) -> String {
    let mut texts: Vec<String> = stack.errors().iter().filter_map(|error| error.reason().map(str::to_owned)).collect();
    texts.dedup();
    if texts.is_empty() { "no reason given".to_owned() } else { texts.join(", ") }
}
