//! What went wrong below HTTP, as one of our errors.

use std::error::Error as _;

use crate::error::{Error, Status};

/// Turns a transport failure into an error that names the host and the innermost cause. What was asked may have been
/// carried out, unless the failure proves that the service never took it.
pub(super) fn transport_failure(failure: reqwest::Error, host: &str) -> Error {
    let failure = failure.without_url();
    let untaken = failure.is_connect() || failure.is_builder() || is_refused(&failure);
    described(&failure, host).maybe_done(!untaken)
}

/// Whether the service says by HTTP/2 that it did nothing with the request (RFC 9113, 8.7): the stream was refused, or
/// it is above the last that a GOAWAY names. The streams below that one end with another error, if at all.
fn is_refused(failure: &reqwest::Error) -> bool {
    let mut next = failure.source();
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            let is_refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (is_refused || error.is_go_away());
        }
        next = cause.source();
    }
    false
}

fn described(failure: &reqwest::Error, host: &str) -> Error {
    let causes = causes(failure);
    let all = causes.join(": ");
    let cause = causes.last().map_or("", String::as_str);

    if all.contains("proxy auth") || all.contains("407") && all.contains("proxy") || all.contains("tunnel") {
        return Error::new(Status::Proxy, format!("the proxy refused the connection to {host}: {cause}"))
            .hint("give the proxy with user and password (Basic); Negotiate and PAC files are not supported");
    }
    if failure.is_timeout() {
        return Error::new(Status::Timeout, format!("{host} did not answer in time")).retryable(true);
    }
    if failure.is_connect() {
        if mentions_tls(&all) {
            return Error::new(Status::Tls, format!("no TLS connection to {host}: {cause}"))
                .hint("check the system's CA certificates, an inspecting proxy, and that TLS 1.2 is allowed");
        }
        return Error::new(Status::Connection, format!("could not connect to {host}: {cause}"))
            .retryable(true)
            .hint("check the network, DNS and the proxy settings");
    }
    if failure.is_builder() {
        return Error::internal(format!("a request to {host} could not be built: {cause}"));
    }
    Error::new(Status::Connection, format!("the connection to {host} broke: {cause}")).retryable(true)
}

/// The texts of the failure and of what caused it, outermost first.
fn causes(failure: &reqwest::Error) -> Vec<String> {
    let mut texts = vec![failure.to_string()];
    let mut next = failure.source();
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    texts
}

fn mentions_tls(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["certificate", "ssl", "tls", "handshake"].iter().any(|word| text.contains(word))
}
