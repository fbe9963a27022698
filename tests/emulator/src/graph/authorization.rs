//! Who may ask: the token, and the application roles in it.
//!
//! Source: Microsoft Graph "Permissions reference"; the least and the higher permission of each operation's page.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Asked;
use crate::people::PERSONS_MAILBOX;
use crate::reply::Reply;
use crate::service::Service;
use crate::tokens::Issued;

/// Checks the token: issued here, for Graph, alive.
///
/// # Errors
///
/// The 401 to answer with.
pub fn token(service: &Service, asked: &Asked<'_>) -> Result<Arc<Issued>, Reply> {
    let Some(token) = asked.authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(unauthorized("Access token is empty."));
    };
    let Some(issued) = service.tokens.find(token) else {
        return Err(unauthorized("Access token validation failure. Invalid signature or revoked."));
    };
    if issued.expires <= service.now() {
        return Err(unauthorized("Lifetime validation failed, the token is expired."));
    }
    if let Some(not_before) = service.tokens.challenged(&issued) {
        return Err(claims_challenge(not_before));
    }
    let is_local = asked.host.starts_with("localhost") || asked.host.starts_with("127.0.0.1");
    let is_for_host = issued.audience.trim_end_matches('/').strip_prefix("https://") == Some(asked.host);
    if !is_local && !is_for_host {
        return Err(unauthorized("Access token validation failure. Invalid audience."));
    }
    Ok(issued)
}

fn unauthorized(message: &str) -> Reply {
    Reply::graph_error(401, "InvalidAuthenticationToken", message).header(
        "www-authenticate",
        format!("Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\", error=\"invalid_token\", error_description=\"{message}\""),
    )
}

/// Continuous access evaluation: the token was revoked, and its client understands how to get another one.
fn claims_challenge(not_before: i64) -> Reply {
    let claims = json!({"access_token": {"nbf": {"essential": true, "value": not_before.to_string()}}});
    let claims = STANDARD.encode(claims.to_string());
    Reply::graph_error(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp").header(
        "www-authenticate",
        format!("Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\", errorDescription=\"Continuous access evaluation resulted in challenge\", error=\"insufficient_claims\", claims=\"{claims}\""),
    )
}

/// Checks that a person asks for the settings of the own mailbox: the delegated permissions reach no other one, whatever
/// the person's roles.
///
/// Source: microsoftgraph/msgraph-sdk-powershell, "Get-MgUserMailboxSetting Access Denied with Delegated Scopes".
///
/// # Errors
///
/// Outlook's 403.
pub fn own_mailbox(issued: &Issued, index: u64) -> Result<(), Reply> {
    if issued.person.is_none() || index == PERSONS_MAILBOX { Ok(()) } else { Err(access_denied()) }
}

/// Checks that the token has one of these roles.
///
/// # Errors
///
/// Outlook's 403.
pub fn outlook_role(roles: &[String], wanted: &[&str]) -> Result<(), Reply> {
    if has_one(roles, wanted) {
        return Ok(());
    }
    Err(access_denied())
}

fn access_denied() -> Reply {
    Reply::graph_error(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}

/// Checks that the token has one of these roles.
///
/// # Errors
///
/// The directory's 403.
pub fn directory_role(roles: &[String], wanted: &[&str]) -> Result<(), Reply> {
    if has_one(roles, wanted) {
        return Ok(());
    }
    Err(Reply::graph_error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."))
}

fn has_one(roles: &[String], wanted: &[&str]) -> bool {
    wanted.iter().any(|role| roles.iter().any(|has| has == role))
}
