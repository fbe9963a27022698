//! What a reply of a vault that is no success means.
//!
//! Source: Azure Key Vault "REST API error codes", "About keys, secrets and certificates".

use jiff::Timestamp;

use crate::error::{Error, Status};
use crate::http::{HttpReply, ServiceError};

/// The reply as an error, without action and target.
pub(super) fn reply_error(reply: &HttpReply, now: Timestamp) -> Error {
    let service_error = ServiceError::of(reply);
    let inner = service_error.inner("code").map(str::to_owned);
    let (status, retryable) = meaning(reply.status.as_u16(), inner.as_deref(), service_error.message());
    // The inner code is the one that says what is wrong: the outer one of every 403 is Forbidden.
    let code = inner.or_else(|| service_error.code().map(str::to_owned));
    let hint = hint(status, code.as_deref());
    let error = service_error.with_code(code).into_error(status, "the vault", reply, now).retryable(retryable);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn meaning(http: u16, inner: Option<&str>, message: Option<&str>) -> (Status, bool) {
    let says = |word: &str| message.is_some_and(|message| message.contains(word));
    match (http, inner.unwrap_or_default()) {
        (403, inner) if inner.ends_with("Disabled") || says("on a disabled") => (Status::VaultItemDisabled, false),
        (403, inner) if inner.ends_with("Expired") || says("on an expired") => (Status::VaultItemExpired, false),
        (403, inner) if inner.ends_with("NotYetValid") || says("not yet valid") => {
            (Status::VaultItemNotYetValid, false)
        }
        (403, _) => (Status::AccessDenied, false),
        (401, _) => (Status::Unauthorized, false),
        (404, _) => (Status::NotFound, false),
        (429 | 503, _) => (Status::Throttled, true),
        (408 | 500 | 502 | 504, _) => (Status::Service, true),
        _ => (Status::Service, false),
    }
}

fn hint(status: Status, code: Option<&str>) -> Option<&'static str> {
    match (status, code) {
        (Status::AccessDenied, Some("ForbiddenByFirewall" | "ForbiddenByConnection")) => {
            Some("the vault's network settings exclude this machine")
        }
        (Status::AccessDenied, _) => {
            Some("give the app the permission that is named, by an access policy or a role of the vault")
        }
        (Status::VaultItemDisabled, _) => Some("enable it in the vault, or use another version"),
        (Status::Unauthorized, _) => Some("check that the token is for Key Vault and of the vault's tenant"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn error(status: u16, body: &'static str) -> Error {
        let reply = HttpReply {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            client_request_id: "c1".into(),
        };
        reply_error(&reply, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_403_says_which_kind_it_is() {
        let status = |inner: &'static str| {
            error(
                403,
                Box::leak(
                    format!(r#"{{"error":{{"code":"Forbidden","message":"m","innererror":{{"code":"{inner}"}}}}}}"#)
                        .into_boxed_str(),
                ),
            )
            .status()
        };
        assert_eq!(status("SecretDisabled"), Status::VaultItemDisabled);
        assert_eq!(status("KeyExpired"), Status::VaultItemExpired);
        assert_eq!(status("KeyNotYetValid"), Status::VaultItemNotYetValid);
        assert_eq!(status("ForbiddenByPolicy"), Status::AccessDenied);
    }

    #[test]
    fn what_may_help_to_repeat_is_retryable() {
        assert!(error(429, "").is_retryable() && error(502, "<html>").is_retryable());
        assert!(!error(404, "{}").is_retryable() && !error(400, "{}").is_retryable());
        let error = error(404, r#"{"error":{"code":"SecretNotFound","message":"A secret was not found."}}"#);
        assert_eq!(error.to_string(), "the vault answered 404 SecretNotFound: A secret was not found (request id c1)");
    }
}
