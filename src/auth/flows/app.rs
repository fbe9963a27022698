//! One app at one authority's token endpoint: a form with a grant and a proof, posted until it is answered.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Map, Value};
use url::Url;

use crate::auth::authority::{Authority, TokenVersion};
use crate::auth::form::Form;
use crate::auth::proof::assertion::{AssertionClaims, DEFAULT_MINUTES};
use crate::auth::proof::{CertificateProof, Proof};
use crate::auth::request::IssuerRequest;
use crate::auth::throttle;
use crate::auth::token_endpoint::{self, TokenFailure, TokenResult};
use crate::context::Context;
use crate::error::Status;
use crate::event::Event;
use crate::http::{HttpSender, Retrier};
use crate::signature::Algorithm;

/// Token URL, client and thumbprint.
type AlgorithmKey = (Url, String, String);

/// Which algorithm was accepted for which (token URL, client, thumbprint): found out once in a process.
static ACCEPTED_ALGORITHM: OnceLock<Mutex<HashMap<AlgorithmKey, Algorithm>>> = OnceLock::new();

/// One app at one authority.
#[derive(Debug)]
pub struct App {
    /// Who issues the tokens.
    pub authority: Authority,
    /// v1 or v2.
    pub version: TokenVersion,
    /// The app.
    pub client_id: String,
    /// Life of an assertion in minutes.
    pub valid_for_minutes: Option<u32>,
    /// Sends the requests.
    pub sender: HttpSender,
    /// How often.
    pub retrier: Retrier,
    /// How far the service's clock is ahead of ours, in seconds, once it complained.
    pub clock_offset: AtomicI64,
}

/// What a flow puts into the form: its `grant_type` and what belongs to it.
pub trait Grant: Send + Sync {
    /// Adds the grant's fields.
    fn fill(&self, form: &mut Form);
}

impl App {
    /// The token endpoint.
    #[must_use]
    pub fn token_url(&self) -> Url {
        self.authority.token_url(self.version)
    }

    /// Now, by the service's clock as far as it is known.
    #[must_use]
    pub fn service_now(&self) -> Timestamp {
        let now = self.retrier.clock.now();
        now.checked_add(SignedDuration::from_secs(self.clock_offset.load(Ordering::Relaxed))).unwrap_or(now)
    }

    /// Asks for a token. With a certificate: PS256 first, RS256 where the answer calls for it, and the one that
    /// was accepted from then on.
    ///
    /// # Errors
    ///
    /// What the endpoint, the proof or the network said.
    pub(super) async fn request(
        &self,
        grant: &dyn Grant,
        proof: &Proof,
        request: IssuerRequest<'_>,
        context: &Context,
    ) -> TokenResult<Map<String, Value>> {
        let Proof::Certificate(certificate) = proof else {
            return self.request_with(grant, proof, Algorithm::Ps256, request, context).await;
        };
        let key = self.algorithm_key(certificate);
        let known = certificate.algorithm.or_else(|| accepted_algorithms().get(&key).copied());
        match known {
            Some(algorithm) => self.request_with(grant, proof, algorithm, request, context).await,
            None => self.find_algorithm(grant, proof, request, context, key).await,
        }
    }

    async fn find_algorithm(
        &self,
        grant: &dyn Grant,
        proof: &Proof,
        request: IssuerRequest<'_>,
        context: &Context,
        key: AlgorithmKey,
    ) -> TokenResult<Map<String, Value>> {
        let first = match self.request_with(grant, proof, Algorithm::Ps256, request, context).await {
            Ok(members) => {
                accepted_algorithms().insert(key, Algorithm::Ps256);
                return Ok(members);
            }
            Err(failure) if calls_for_rs256(&failure) => failure,
            Err(failure) => return Err(failure),
        };
        context.events.emit(
            Event::AssertionFallback,
            "the assertion signed with PS256 was not accepted; trying RS256 with x5t",
            [("cause", first.error().to_string().into())],
        );
        match self.request_with(grant, proof, Algorithm::Rs256, request, context).await {
            Ok(members) => {
                accepted_algorithms().insert(key, Algorithm::Rs256);
                Ok(members)
            }
            Err(TokenFailure::Other(second)) if second.status() == Status::KeyUnusable => {
                Err(second.hint("use a key that can sign with RSA and SHA-256, PSS or PKCS#1 v1.5").into())
            }
            // The first answer is about the form that is documented now: the one that helps.
            Err(_) => Err(first),
        }
    }

    /// One algorithm, with retries; each try carries a new assertion. A clock that is off is corrected once.
    async fn request_with(
        &self,
        grant: &dyn Grant,
        proof: &Proof,
        algorithm: Algorithm,
        request: IssuerRequest<'_>,
        context: &Context,
    ) -> TokenResult<Map<String, Value>> {
        let attempt = || self.request_once(grant, proof, algorithm, request, context);
        match self.retrier.run(request.token.patience, context, attempt).await {
            Err(failure) if self.correct_clock(&failure, proof, context) => {
                self.retrier.run(request.token.patience, context, attempt).await
            }
            answered => answered,
        }
    }

    async fn request_once(
        &self,
        grant: &dyn Grant,
        proof: &Proof,
        algorithm: Algorithm,
        request: IssuerRequest<'_>,
        context: &Context,
    ) -> TokenResult<Map<String, Value>> {
        let mut form = Form::default();
        form.add("client_id", self.client_id.as_str());
        grant.fill(&mut form);
        if let Some(claims) = request.claims {
            form.add("claims", claims);
        }
        let (url, clock) = (self.token_url(), &self.retrier.clock);
        let key = (self.sender.transport_id(), url.clone(), self.client_id.clone());
        throttle::check(&key, clock.monotonic())?;
        proof.fill(&mut form, algorithm, self.assertion_claims(&url, request.token.valid_for_minutes)).await?;
        let posted = token_endpoint::post(&self.sender, &url, &form, || clock.now(), context).await;
        posted.inspect_err(|failure| throttle::note(key, failure, clock.monotonic()))
    }

    /// 700024 says that the assertion is out of its time: the reply's date shows how far our clock is off.
    fn correct_clock(&self, failure: &TokenFailure, proof: &Proof, context: &Context) -> bool {
        let (TokenFailure::Refused(refusal), Proof::Certificate(_)) = (failure, proof) else { return false };
        let (true, Some(date)) = (refusal.codes().contains(&700_024), refusal.date) else { return false };
        let offset = date.as_second() - self.retrier.clock.now().as_second();
        if offset == self.clock_offset.swap(offset, Ordering::Relaxed) {
            return false;
        }
        context.events.emit(
            Event::ClockOffset,
            &format!("this machine's clock differs from the service's by {offset} s; trying with the service's time"),
            [("offsetSeconds", offset.into())],
        );
        true
    }

    /// What an assertion for this app says now.
    fn assertion_claims<'a>(&'a self, url: &'a Url, minutes: Option<u32>) -> AssertionClaims<'a> {
        AssertionClaims {
            client_id: &self.client_id,
            audience: url.as_str(),
            now: self.service_now(),
            valid_for_minutes: minutes.or(self.valid_for_minutes).unwrap_or(DEFAULT_MINUTES),
        }
    }

    fn algorithm_key(&self, certificate: &CertificateProof) -> AlgorithmKey {
        (self.token_url(), self.client_id.clone(), certificate.signer.certificate().thumbprint())
    }
}

/// The answers after which the older form of assertion is worth a try: numbers that have come for PS256 or
/// x5t#S256, and a key that cannot do PSS.
fn calls_for_rs256(failure: &TokenFailure) -> bool {
    match failure {
        TokenFailure::Refused(refusal) => {
            refusal.codes().iter().any(|code| matches!(code, 50_027 | 5_002_730 | 700_027))
        }
        TokenFailure::Other(error) => error.status() == Status::KeyUnusable,
    }
}

fn accepted_algorithms() -> MutexGuard<'static, HashMap<AlgorithmKey, Algorithm>> {
    ACCEPTED_ALGORITHM.get_or_init(Mutex::default).lock()
}
