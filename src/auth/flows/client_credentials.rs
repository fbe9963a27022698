//! The client credentials grant: a token for the app itself (RFC 6749, 4.4).
//!
//! Source: Microsoft Entra "OAuth 2.0 client credentials flow".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use super::app::{App, Grant};
use crate::auth::authority::TokenVersion;
use crate::auth::cache::key::TokenKey;
use crate::auth::credential::{Credential, Describe as _, Digest};
use crate::auth::form::Form;
use crate::auth::issuer::{CacheScope, Issuer};
use crate::auth::proof::assertion::{self, Assertion, AssertionClaims, DEFAULT_MINUTES};
use crate::auth::proof::certificate_store::CertificateStore;
use crate::auth::proof::signer::cannot_sign;
use crate::auth::proof::{CertificateProof, Proof};
use crate::auth::request::{AssertionRequest, IssuerRequest};
use crate::auth::token_endpoint::{TokenFailure, TokenResult};
use crate::context::Context;
use crate::error::{Result, Status};
use crate::event::Event;
use crate::http::Patience;
use crate::pasted;
use crate::signature::{Algorithm, SignatureBroker};

/// An app that signs in as itself. Its certificate is read on first use.
#[derive(Debug)]
pub struct ClientCredentials {
    /// The app.
    pub app: App,
    /// What it proves itself with.
    pub credential: Credential,
    /// Forces one algorithm.
    pub algorithm: Option<Algorithm>,
    /// Whether an assertion carries the certificate.
    pub send_x5c: bool,
    /// Asks the caller for signatures.
    pub broker: Arc<SignatureBroker>,
    /// The credential once read.
    pub proof: OnceCell<Proof>,
    /// Whether it was said that the certificate ends soon.
    pub warned: AtomicBool,
}

/// How long before its end a certificate is worth a warning.
const WARN_BEFORE_DAYS: i64 = 30;

struct ClientCredentialsGrant<'a> {
    version: TokenVersion,
    resource: &'a str,
}

impl Grant for ClientCredentialsGrant<'_> {
    fn fill(&self, form: &mut Form) {
        match self.version {
            TokenVersion::V1 => form.add("resource", self.resource),
            TokenVersion::V2 => form.add("scope", format!("{}/.default", self.resource)),
        }
        form.add("grant_type", "client_credentials");
    }
}

impl ClientCredentials {
    async fn request_members(&self, request: IssuerRequest<'_>, context: &Context) -> TokenResult<Map<String, Value>> {
        let grant = ClientCredentialsGrant { version: self.app.version, resource: request.token.resource };
        if let Credential::Store(store) = &self.credential {
            let proof = Proof::Certificate(self.stored(&**store, patience(request), context).await?);
            self.warn_before_end(&proof, context);
            let refused = match self.app.request(&grant, &proof, request, context).await {
                Err(failure) if is_unknown_certificate(&failure) => failure,
                answered => return answered,
            };
            return self.request_with_older(&**store, &grant, request, context, refused).await;
        }
        let proof = self.proof().await?;
        self.warn_before_end(proof, context);
        self.app.request(&grant, proof, request, context).await
    }

    /// The endpoint does not know the newest certificate: it may not be registered yet, and the one before still be.
    async fn request_with_older(
        &self,
        store: &dyn CertificateStore,
        grant: &dyn Grant,
        request: IssuerRequest<'_>,
        context: &Context,
        refused: TokenFailure,
    ) -> TokenResult<Map<String, Value>> {
        // What stands against the older one is beside the point.
        let Ok(Some(signer)) = store.signer_before(context).await else { return Err(refused) };
        let thumbprint = signer.certificate().thumbprint();
        let proof = CertificateProof { signer, algorithm: self.algorithm, send_x5c: self.send_x5c };
        match self.app.request(grant, &Proof::Certificate(proof), request, context).await {
            Ok(members) => {
                context.events.emit(
                    Event::CertificateNotRegistered,
                    &format!(
                        "the newest certificate is not registered with the app; signed in with the one before, {thumbprint}: register the newest in time"
                    ),
                    [("thumbprint", thumbprint.into()), ("cause", refused.error().to_string().into())],
                );
                Ok(members)
            }
            Err(_) => Err(refused),
        }
    }

    /// Says once that the certificate in use ends soon: on its last day every run ends with it.
    fn warn_before_end(&self, proof: &Proof, context: &Context) {
        let Proof::Certificate(proof) = proof else { return };
        let certificate = proof.signer.certificate();
        let left = certificate.not_after().as_second() - self.app.retrier.clock.now().as_second();
        let days = left.div_euclid(24 * 3600);
        if !(0..WARN_BEFORE_DAYS).contains(&days) || self.warned.swap(true, Ordering::Relaxed) {
            return;
        }
        let (thumbprint, subject, end) = (certificate.thumbprint(), certificate.subject(), certificate.not_after());
        context.events.emit(
            Event::CertificateExpires,
            &format!(
                "the certificate {thumbprint} ({subject}) ends in {days} days, at {end}: register its successor in time"
            ),
            [("thumbprint", thumbprint.as_str().into()), ("notAfter", end.to_string().into()), ("days", days.into())],
        );
    }

    /// A client assertion.
    ///
    /// # Errors
    ///
    /// `CredentialMissing` for what signs nothing; those of the certificate and the signer.
    async fn sign_assertion(&self, request: AssertionRequest, context: &Context) -> Result<Assertion> {
        let proof = match &self.credential {
            Credential::Store(store) => &Proof::Certificate(self.stored(&**store, Patience::Short, context).await?),
            _ => self.proof().await?,
        };
        let Proof::Certificate(proof) = proof else { return Err(cannot_sign(self.credential.name())) };
        let token_url = self.app.token_url();
        let claims = AssertionClaims {
            client_id: &self.app.client_id,
            audience: request.audience.as_deref().unwrap_or(token_url.as_str()),
            now: self.app.service_now(),
            valid_for_minutes: request.valid_for_minutes.or(self.app.valid_for_minutes).unwrap_or(DEFAULT_MINUTES),
        };
        match request.algorithm.or(proof.algorithm) {
            Some(algorithm) => assertion::sign(proof, algorithm, claims).await,
            None => match assertion::sign(proof, Algorithm::Ps256, claims).await {
                Err(error) if error.status() == Status::KeyUnusable => {
                    assertion::sign(proof, Algorithm::Rs256, claims).await
                }
                signed => signed,
            },
        }
    }

    /// Tells this app's credential apart from others without holding it, by a `digest` of what is secret.
    async fn fingerprint(&self, digest: Digest<'_>) -> Result<String> {
        match &self.credential {
            Credential::Store(store) => Ok(store.id()),
            _ => self.proof().await?.fingerprint(digest),
        }
    }

    /// The certificate as its store has it now.
    async fn stored(
        &self,
        store: &dyn CertificateStore,
        patience: Patience,
        context: &Context,
    ) -> Result<CertificateProof> {
        let signer = store.signer(patience, context).await?;
        Ok(CertificateProof { signer, algorithm: self.algorithm, send_x5c: self.send_x5c })
    }

    async fn proof(&self) -> Result<&Proof> {
        self.proof
            .get_or_try_init(|| async {
                // Certificate and TLS both take milliseconds to be ready: neither waits for the other.
                self.app.sender.prepare();
                Ok(match &self.credential {
                    Credential::ClientSecret(secret) => Proof::Secret(pasted::secret(secret)),
                    Credential::Assertion(assertion) => Proof::Assertion(assertion.clone()),
                    Credential::FederatedTokenFile(path) => Proof::FederatedTokenFile(path.clone()),
                    certificate => Proof::Certificate(CertificateProof {
                        signer: certificate.signer(&self.broker).await?,
                        algorithm: self.algorithm,
                        send_x5c: self.send_x5c,
                    }),
                })
            })
            .await
    }
}

impl Issuer for ClientCredentials {
    fn request<'a>(
        &'a self,
        request: IssuerRequest<'a>,
        context: &'a Context,
    ) -> BoxFuture<'a, TokenResult<Map<String, Value>>> {
        Box::pin(self.request_members(request, context))
    }

    fn key<'a>(&'a self, resource: &'a str, scope: &'a CacheScope) -> BoxFuture<'a, Result<TokenKey>> {
        Box::pin(async move {
            Ok(TokenKey {
                token_url: self.app.token_url().into(),
                client_id: self.app.client_id.clone(),
                resource: resource.to_owned(),
                credential: self.fingerprint(&|secret| scope.digest(secret)).await?,
                claims: None,
            })
        })
    }

    fn assertion<'a>(&'a self, request: AssertionRequest, context: &'a Context) -> BoxFuture<'a, Result<Assertion>> {
        Box::pin(self.sign_assertion(request, context))
    }
}

/// Whether the endpoint says that the certificate is not one of the app's.
fn is_unknown_certificate(failure: &TokenFailure) -> bool {
    matches!(failure, TokenFailure::Refused(refusal) if refusal.codes().contains(&700_027))
}

/// A token that still serves is no reason to wait for a store, and neither is someone who wants to hear soon.
fn patience(request: IssuerRequest<'_>) -> Patience {
    if request.token_lives { Patience::OneTry } else { request.token.patience }
}
