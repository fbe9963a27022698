//! What went wrong below HTTP, as one of our errors.

use std::error::Error as _;
use std::io;

use super::tls_failure::{self, Handshake, handshake};
use crate::error::{Error, Status};

/// Turns a transport failure into an error that names the host, the proxy on the way to it, and the innermost cause. What
/// was asked may have been carried out, unless the failure proves that the service never took it.
pub(super) fn transport_failure(failure: reqwest::Error, host: &str, proxy: Option<&str>) -> Error {
    let failure = failure.without_url();
    let untaken = failure.is_connect() || failure.is_builder() || is_refused(&failure);
    described(&failure, host, proxy).maybe_done(!untaken)
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

fn described(failure: &reqwest::Error, host: &str, proxy: Option<&str>) -> Error {
    let causes = causes(failure);
    let all = causes.join(": ");
    let cause = causes.last().map_or("", String::as_str);

    let through = proxy.map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
    if is_of_proxy(&all) {
        return of_proxy(failure, host, proxy.unwrap_or("of the system"), cause);
    }
    if failure.is_timeout() {
        return Error::new(Status::Timeout, format!("{host} did not answer in time")).retryable(true);
    }
    if failure.is_connect() {
        return match handshake(failure) {
            Some(Handshake::Refused | Handshake::Certificate) => {
                Error::new(Status::Tls, format!("no TLS connection to {host}{through}: {cause}")).hint(
                    "check that TLS 1.2 is allowed, and for a proxy that opens TLS, whose CA certificate EXRUN_CA_FILE \
                     can name",
                )
            }
            Some(Handshake::Broken) => {
                let broke = format!("the connection to {host}{through} broke in the TLS handshake: {cause}");
                Error::new(Status::Connection, broke)
                    .retryable(true)
                    .hint("check the network and the proxy settings; a firewall may cut off what it does not allow")
            }
            None => Error::new(Status::Connection, format!("could not connect to {host}{through}: {cause}"))
                .retryable(true)
                .hint("check the network, DNS and the proxy settings"),
        };
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

/// Whether the failure is of the way to a proxy or of what it answered: the words are those of the HTTP library, and
/// are in no other language.
fn is_of_proxy(causes: &str) -> bool {
    ["proxy auth", "tunnel error", "socks proxy"].iter().any(|words| causes.contains(words))
}

fn of_proxy(failure: &reqwest::Error, host: &str, proxy: &str, cause: &str) -> Error {
    let is_unreached = tls_failure::causes(failure)
        .any(|cause| cause.is::<io::Error>() || cause.to_string().contains("failed to create underlying connection"));
    if is_unreached || handshake(failure).is_some() {
        return Error::new(Status::Connection, format!("could not connect to the proxy {proxy} for {host}: {cause}"))
            .retryable(true)
            .hint("check the proxy settings (HTTPS_PROXY, ALL_PROXY) and that the proxy runs");
    }
    Error::new(Status::Proxy, format!("the proxy {proxy} refused the connection to {host}: {cause}"))
        .hint("give the proxy with user and password (Basic); Negotiate and PAC files are not supported")
}
