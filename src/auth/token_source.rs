//! Where a client's tokens come from.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use super::assertion::{self, Assertion, AssertionClaims, DEFAULT_MINUTES};
use super::cache::{self, Freshness, TokenKey};
use super::client_credentials::{ClientCredentials, Wanted};
use super::credential::Credential;
use super::signer::Signer;
use super::token::AccessToken;
use super::token_endpoint::{TokenFailure, TokenResult};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Clock;
use crate::secret::Secret;
use crate::signature::{Algorithm, SignatureBroker};

/// Where a client's tokens come from: a credential and the authority, or a token that the caller has.
#[derive(Debug)]
pub enum TokenSource {
    /// The client credentials grant.
    Credentials(Box<CertificateSource>),
    /// A token that the caller has.
    Given {
        /// The token.
        token: Secret,
        /// Where time comes from.
        clock: Arc<dyn Clock>,
        /// The token read, once.
        read: once_cell::sync::OnceCell<Arc<AccessToken>>,
    },
}

/// The client credentials grant with a certificate, read on first use.
#[derive(Debug)]
pub struct CertificateSource {
    /// The flow.
    pub flow: ClientCredentials,
    /// The certificate.
    pub credential: Credential,
    /// Asks the caller for signatures.
    pub broker: Arc<SignatureBroker>,
    /// The certificate once read.
    pub signer: OnceCell<Signer>,
}

/// Request of a client assertion.
#[derive(Clone, Debug, Default)]
pub struct AssertionRequest {
    /// The `aud` claim; by default the client's token URL.
    pub audience: Option<String>,
    /// The algorithm; by default the client's, else PS256.
    pub algorithm: Option<Algorithm>,
    /// Life in minutes; by default the client's.
    pub valid_for_minutes: Option<u32>,
}

/// What the token endpoint answered.
#[derive(Clone, Debug)]
pub enum TokenReply {
    /// A token. `members` are the endpoint's in its order, `access_token` among them as null; `expires_on`
    /// (text) and `resource` are added at the end where the endpoint gave none.
    Token {
        /// All members but the token itself.
        members: Map<String, Value>,
        /// The access token.
        access_token: Secret,
        /// Whether it came from the cache.
        from_cache: bool,
    },
    /// An OAuth error: the JSON as it came, and the same as an error.
    Refused(Value, Error),
}

impl TokenSource {
    /// A token for `wanted`, and whether it came from the cache.
    ///
    /// # Errors
    ///
    /// What the endpoint, the certificate or the network said.
    pub async fn token(
        &self,
        wanted: Wanted<'_>,
        freshness: Freshness,
        context: &Context,
    ) -> TokenResult<(Arc<AccessToken>, bool)> {
        match self {
            TokenSource::Credentials(source) => source.token(wanted, freshness, context).await,
            TokenSource::Given { token, clock, read } => {
                let read = read
                    .get_or_try_init(|| AccessToken::from_caller(token, wanted.resource, clock.now()).map(Arc::new))?;
                if read.expires_at <= clock.now() {
                    return Err(Error::new(
                        Status::TokenExpired,
                        format!("the access token that was given expired at {}", read.expires_at),
                    )
                    .hint("get a new one, or give a certificate so that it can be renewed")
                    .into());
                }
                Ok((Arc::clone(read), true))
            }
        }
    }

    /// The service refused the token of that serial: the next one is asked for anew. `false` where there is
    /// no way to a new one.
    pub async fn reject(&self, resource: &str, serial: u64) -> bool {
        match self {
            TokenSource::Credentials(source) => {
                if let Ok(signer) = source.signer().await {
                    cache::entry(source.key(signer, resource)).reject(serial);
                }
                true
            }
            TokenSource::Given { .. } => false,
        }
    }

    /// A client assertion.
    ///
    /// # Errors
    ///
    /// `CredentialMissing` where there is only a token; those of the certificate and the signer.
    pub async fn assertion(&self, request: AssertionRequest) -> Result<Assertion> {
        match self {
            TokenSource::Credentials(source) => source.assertion(request).await,
            TokenSource::Given { .. } => {
                Err(Error::new(Status::CredentialMissing, "an access token alone cannot sign a client assertion")
                    .hint("give a certificate"))
            }
        }
    }
}

impl CertificateSource {
    async fn token(
        &self,
        wanted: Wanted<'_>,
        freshness: Freshness,
        context: &Context,
    ) -> TokenResult<(Arc<AccessToken>, bool)> {
        let signer = self.signer().await?;
        let flow = &self.flow;
        let ask = || async {
            let members = flow.request(signer, wanted, context).await?;
            let token = AccessToken::from_reply(members, wanted.resource, flow.clock.now())?;
            context.cost.tokens.fetch_add(1, Ordering::Relaxed);
            context.events.emit(
                "token",
                &format!("got a token for {}, valid until {}", wanted.resource, token.expires_at),
                [("resource", wanted.resource.into()), ("expiresOn", token.expires_at.to_string().into())],
            );
            Ok::<_, TokenFailure>(token)
        };
        cache::entry(self.key(signer, wanted.resource)).get(freshness, &*flow.clock, ask).await
    }

    async fn assertion(&self, request: AssertionRequest) -> Result<Assertion> {
        let signer = self.signer().await?;
        let flow = &self.flow;
        let token_url = flow.authority.token_url(flow.version);
        let claims = AssertionClaims {
            client_id: &flow.client_id,
            audience: request.audience.as_deref().unwrap_or(token_url.as_str()),
            now: flow.service_now(),
            valid_for_minutes: request.valid_for_minutes.or(flow.valid_for_minutes).unwrap_or(DEFAULT_MINUTES),
            send_x5c: flow.send_x5c,
        };
        match request.algorithm.or(flow.algorithm) {
            Some(algorithm) => assertion::sign(signer, algorithm, claims).await,
            None => match assertion::sign(signer, Algorithm::Ps256, claims).await {
                Err(error) if error.status() == Status::KeyUnusable => {
                    assertion::sign(signer, Algorithm::Rs256, claims).await
                }
                signed => signed,
            },
        }
    }

    async fn signer(&self) -> Result<&Signer> {
        self.signer.get_or_try_init(|| self.credential.signer(&self.broker)).await
    }

    fn key(&self, signer: &Signer, resource: &str) -> TokenKey {
        TokenKey {
            token_url: self.flow.authority.token_url(self.flow.version).into(),
            client_id: self.flow.client_id.clone(),
            resource: resource.to_owned(),
            credential: signer.certificate().thumbprint(),
        }
    }
}
