//! Managed identities: a token from the machine that this runs on, which knows who it is.
//!
//! Source: Azure "How to use managed identities on an Azure VM to acquire an access token" (IMDS), App Service
//! "How to use managed identities" (REST endpoint reference).

use std::future::ready;

use futures_util::future::BoxFuture;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value};
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::auth::cache::key::TokenKey;
use crate::auth::credential::{IdentityId, ManagedIdentityOptions, Variables};
use crate::auth::issuer::{CacheScope, Issuer};
use crate::auth::proof::assertion::Assertion;
use crate::auth::proof::signer::cannot_sign;
use crate::auth::request::AssertionRequest;
use crate::auth::request::IssuerRequest;
use crate::auth::token_endpoint::{self, TokenResult};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{HttpReply, HttpRequest, HttpSender, Patience, Retrier, secret_header};
use crate::pasted;
use crate::secret::Secret;

/// What an error says was being done.
const ACTION: &str = "getting a token of the managed identity from";

/// The instance metadata service of Azure's machines.
const IMDS: &str = "http://169.254.169.254";

/// Gets tokens of a managed identity.
#[derive(Debug)]
pub struct ManagedIdentity {
    id: Option<IdentityId>,
    endpoint: Endpoint,
    /// Never goes through a proxy.
    sender: HttpSender,
    retrier: Retrier,
}

#[derive(Debug)]
enum Endpoint {
    Imds(Url),
    AppService { url: Url, header: Secret },
}

impl ManagedIdentity {
    /// The managed identity of this machine. `test_endpoint` is what is connected to in the place of IMDS.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for variables that name what must not be asked; `CredentialMissing` for a host whose
    /// form of managed identity is not supported.
    pub fn new(
        options: &ManagedIdentityOptions,
        test_endpoint: Option<std::net::SocketAddr>,
        sender: HttpSender,
        retrier: Retrier,
    ) -> Result<Self> {
        let endpoint = Endpoint::of(&options.variables, test_endpoint)?;
        Ok(Self { id: options.id.clone(), endpoint, sender, retrier })
    }

    async fn request_members(&self, request: IssuerRequest<'_>, context: &Context) -> TokenResult<Map<String, Value>> {
        let attempt = || self.request_once(request.token.resource, context);
        match self.retrier.run(request.token.patience, context, attempt).await {
            // A machine that has just started has its identity within 70 seconds: who stands there waits for it, too.
            Err(failure)
                if request.token.patience == Patience::Short && is_early(failure.error().http_status_code()) =>
            {
                self.retrier.run(Patience::Full, context, attempt).await
            }
            answered => answered,
        }
    }

    fn key_of(&self, resource: &str) -> TokenKey {
        TokenKey {
            token_url: self.endpoint.url().to_string(),
            client_id: self.parameter().map(|(_, id)| id.to_owned()).unwrap_or_default(),
            resource: resource.to_owned(),
            credential: "managed identity".to_owned(),
            claims: None,
        }
    }

    async fn request_once(&self, resource: &str, context: &Context) -> TokenResult<Map<String, Value>> {
        let mut url = self.endpoint.url().clone();
        url.query_pairs_mut().append_pair("api-version", self.endpoint.api_version()).append_pair("resource", resource);
        if let Some((name, id)) = self.parameter() {
            url.query_pairs_mut().append_pair(name, id);
        }
        let mut request = HttpRequest::get(url);
        match &self.endpoint {
            Endpoint::Imds(_) => {
                request.headers.insert("metadata", HeaderValue::from_static("true"));
            }
            Endpoint::AppService { header, .. } => {
                let value = secret_header(Zeroizing::new(pasted::secret(header).bytes().to_vec()))
                    .map_err(|_| Error::argument("IDENTITY_HEADER holds characters that a header cannot carry"))?;
                request.headers.insert("x-identity-header", value);
            }
        }
        let target = self.endpoint.url().as_str();
        let in_context = |error: Error| error.action(ACTION).target(target);
        let reply =
            self.sender.send(request, context).await.map_err(|error| in_context(self.endpoint.not_there(error)))?;
        let understood = self.understand(&reply);
        reply.wipe();
        understood.map_err(|failure| failure.map_error(in_context))
    }

    fn understand(&self, reply: &HttpReply) -> TokenResult<Map<String, Value>> {
        let answered = token_endpoint::understand(reply, self.retrier.clock.now());
        answered.map_err(|failure| {
            failure.map_error(|error| {
                let retryable = error.is_retryable() || is_early(Some(reply.status.as_u16()));
                let error = error.retryable(retryable);
                if reply.status == StatusCode::BAD_REQUEST {
                    return error.hint("check that the machine has this managed identity, and the id that was given");
                }
                error
            })
        })
    }

    /// The parameter that names the identity, as this endpoint calls it.
    fn parameter(&self) -> Option<(&'static str, &str)> {
        let is_imds = matches!(self.endpoint, Endpoint::Imds(_));
        let (name, id) = match self.id.as_ref()? {
            IdentityId::Client(id) => ("client_id", id),
            IdentityId::Object(id) if is_imds => ("object_id", id),
            IdentityId::Object(id) => ("principal_id", id),
            IdentityId::Resource(id) if is_imds => ("msi_res_id", id),
            IdentityId::Resource(id) => ("mi_res_id", id),
        };
        Some((name, pasted::unwrapped(id)))
    }
}

impl Issuer for ManagedIdentity {
    fn request<'a>(
        &'a self,
        request: IssuerRequest<'a>,
        context: &'a Context,
    ) -> BoxFuture<'a, TokenResult<Map<String, Value>>> {
        Box::pin(self.request_members(request, context))
    }

    fn key<'a>(&'a self, resource: &'a str, _: &'a CacheScope) -> BoxFuture<'a, Result<TokenKey>> {
        Box::pin(ready(Ok(self.key_of(resource))))
    }

    fn assertion<'a>(&'a self, _: AssertionRequest, _: &'a Context) -> BoxFuture<'a, Result<Assertion>> {
        Box::pin(ready(Err(cannot_sign("a managed identity"))))
    }
}

/// The machine answers these while its identity is being set up.
fn is_early(status: Option<u16>) -> bool {
    matches!(status, Some(404 | 410))
}

impl Endpoint {
    fn of(variables: &Variables, test_endpoint: Option<std::net::SocketAddr>) -> Result<Self> {
        let endpoint = variables.text("IDENTITY_ENDPOINT");
        let unsupported = |what: &str| {
            Error::new(Status::CredentialMissing, format!("the managed identity of {what} is not supported"))
                .action("signing in with a managed identity")
                .hint("virtual machines, App Service, Functions, Container Apps and Automation are; or use workload identity federation")
        };
        if let Some(endpoint) = endpoint {
            if variables.text("IDENTITY_SERVER_THUMBPRINT").is_some() {
                return Err(unsupported("Service Fabric"));
            }
            return match variables.secret("IDENTITY_HEADER") {
                Some(header) => Ok(Endpoint::AppService { url: local_url("IDENTITY_ENDPOINT", &endpoint)?, header }),
                None => Err(unsupported("an Azure Arc machine")),
            };
        }
        if variables.text("MSI_ENDPOINT").is_some() {
            return Err(unsupported("Cloud Shell or of the older App Service (MSI_ENDPOINT)"));
        }
        let base = match (variables.text("AZURE_POD_IDENTITY_AUTHORITY_HOST"), test_endpoint) {
            (Some(base), _) => base,
            (None, Some(address)) => format!("http://{address}"),
            (None, None) => IMDS.to_owned(),
        };
        let url = format!("{}/metadata/identity/oauth2/token", base.trim_end_matches('/'));
        Ok(Endpoint::Imds(local_url("AZURE_POD_IDENTITY_AUTHORITY_HOST", &url)?))
    }

    fn url(&self) -> &Url {
        match self {
            Endpoint::Imds(url) | Endpoint::AppService { url, .. } => url,
        }
    }

    fn api_version(&self) -> &'static str {
        match self {
            Endpoint::Imds(_) => "2018-02-01",
            Endpoint::AppService { .. } => "2019-08-01",
        }
    }

    /// A machine outside Azure has no such endpoint.
    fn not_there(&self, error: Error) -> Error {
        match (self, error.status()) {
            (Endpoint::Imds(_), Status::Connection | Status::Timeout) => {
                error.hint("is this an Azure machine with a managed identity?")
            }
            _ => error,
        }
    }
}

/// Plain HTTP goes to this machine and to link-local addresses and nowhere else: the reply is a token.
fn local_url(name: &str, text: &str) -> Result<Url> {
    let wrong = |why: &str| Error::argument(format!("{name} {why}"));
    let url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
    let is_local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local => Ok(url),
        "http" => Err(wrong("names another machine: plain HTTP only goes to loopback and 169.254.0.0/16")),
        _ => Err(wrong("must be an http or https URL")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(json: &str) -> Result<Endpoint> {
        Endpoint::of(&Variables::from_json(&Secret::new(json.as_bytes().to_vec())).unwrap(), None)
    }

    #[test]
    fn the_variables_say_which_endpoint() {
        assert_eq!(endpoint("{}").unwrap().url().as_str(), "http://169.254.169.254/metadata/identity/oauth2/token");
        let app_service = endpoint(r#"{"IDENTITY_ENDPOINT":"http://127.0.0.1:41/msi/token/","IDENTITY_HEADER":"h"}"#);
        assert!(matches!(app_service.unwrap(), Endpoint::AppService { .. }));
        for json in [
            r#"{"IDENTITY_ENDPOINT":"http://localhost:40342/t","IMDS_ENDPOINT":"http://localhost:40342"}"#,
            r#"{"IDENTITY_ENDPOINT":"https://x","IDENTITY_HEADER":"h","IDENTITY_SERVER_THUMBPRINT":"t"}"#,
            r#"{"MSI_ENDPOINT":"http://localhost/token"}"#,
        ] {
            assert_eq!(endpoint(json).unwrap_err().status(), Status::CredentialMissing, "{json}");
        }
    }

    #[test]
    fn plain_http_goes_to_no_other_machine() {
        for url in
            ["http://127.0.0.1/x", "http://169.254.129.1/x", "http://[::1]:1/x", "http://localhost:1", "https://x"]
        {
            assert!(local_url("V", url).is_ok(), "{url}");
        }
        for url in ["http://10.0.0.1/x", "http://evil.example/", "http://169.253.0.1/", "file:///etc/passwd", "x"] {
            assert_eq!(local_url("V", url).unwrap_err().status(), Status::InvalidArgument, "{url}");
        }
    }
}
