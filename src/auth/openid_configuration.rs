//! The OpenID configuration of a tenant: whose a domain is (OpenID Connect Discovery 1.0).

use http::StatusCode;
use serde_json::Value;

use super::authority::Authority;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{HttpReply, HttpRequest, HttpSender, json};

/// Whose tenant a domain is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantId {
    /// The GUID.
    pub tenant_id: String,
    /// The issuer that the OpenID configuration names.
    pub issuer: String,
}

/// Asks once for the tenant of `authority`.
///
/// # Errors
///
/// `TenantNotFound` for a domain that no tenant has; those of the network.
pub async fn tenant_id(sender: &HttpSender, authority: &Authority, context: &Context) -> Result<TenantId> {
    let domain = authority.tenant();
    let said = |error: Error| error.action("looking up the tenant of").target(domain);
    let reply = sender.send(HttpRequest::get(authority.openid_configuration_url()), context).await.map_err(said)?;
    understand(&reply, domain).map_err(|error| {
        said(error.http_status(reply.status.as_u16()).client_request_id(Some(reply.client_request_id.clone())))
    })
}

fn understand(reply: &HttpReply, domain: &str) -> Result<TenantId> {
    let configuration: Value = json::from_slice(&reply.body).unwrap_or_default();
    if matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) {
        return Err(Error::new(Status::TenantNotFound, format!("no tenant has the domain {domain}"))
            .hint("check the spelling, and the cloud"));
    }
    if !reply.status.is_success() {
        return Err(Error::new(Status::Service, format!("the service answered {}", reply.status.as_u16()))
            .request_id(reply.request_id())
            .retryable(reply.status == StatusCode::TOO_MANY_REQUESTS || reply.status.is_server_error()));
    }
    let issuer = configuration.get("issuer").and_then(Value::as_str);
    // The tenant's GUID is the issuer's first path segment, whatever the issuer's host.
    let tenant_id = issuer
        .and_then(|issuer| url::Url::parse(issuer).ok())
        .and_then(|issuer| Some(issuer.path_segments()?.next()?.to_owned()))
        .filter(|id| uuid::Uuid::try_parse(id).is_ok());
    match (tenant_id, issuer) {
        (Some(tenant_id), Some(issuer)) => Ok(TenantId { tenant_id, issuer: issuer.to_owned() }),
        _ => Err(Error::new(Status::ResponseInvalid, "the OpenID configuration names no issuer with a tenant id")
            .retryable(true)),
    }
}
