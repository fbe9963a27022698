//! The client credentials grant with a certificate (RFC 6749, 4.4; RFC 7523, 2.2).
//!
//! Source: Microsoft Entra "OAuth 2.0 client credentials flow".

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use url::Url;

use super::assertion::{self, AssertionClaims, DEFAULT_MINUTES};
use super::authority::{Authority, TokenVersion};
use super::signer::Signer;
use super::token_endpoint::{self, TokenFailure, TokenResult};
use crate::context::Context;
use crate::error::{Error, Status};
use crate::http::{Clock, HttpSender, RetryPolicy};
use crate::log;
use crate::signature::Algorithm;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A throttled endpoint that asks for longer than this is not waited for: the caller is told how long.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Where someone waits for the token, an unreachable host is said after a few seconds; a run in its middle
/// has its whole retry policy.
const TRIES_OF_THE_IMPATIENT: u32 = 4;

/// Token URL, client and thumbprint.
type WorkedKey = (Url, String, String);

/// Which algorithm worked for which (token URL, client, thumbprint): found out once in a process.
static WORKED: OnceLock<Mutex<HashMap<WorkedKey, Algorithm>>> = OnceLock::new();

/// Gets tokens for one app of one authority.
#[derive(Debug)]
pub struct ClientCredentials {
    /// Who issues the tokens.
    pub authority: Authority,
    /// v1 or v2.
    pub version: TokenVersion,
    /// The app.
    pub client_id: String,
    /// Forces one algorithm.
    pub algorithm: Option<Algorithm>,
    /// Life of an assertion in minutes.
    pub valid_for_minutes: Option<u32>,
    /// Whether an assertion carries the certificate.
    pub send_x5c: bool,
    /// Sends the requests.
    pub sender: HttpSender,
    /// Bounds the tries.
    pub retry: RetryPolicy,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// How far the service's clock is ahead of ours, in seconds, once it complained.
    pub clock_offset: AtomicI64,
}

/// What a token is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The resource, as [`super::resource::resource`] gives it.
    pub resource: &'a str,
    /// Life of the assertion in minutes, where this request has its own.
    pub valid_for_minutes: Option<u32>,
    /// Whether someone waits for just this token, and wants to hear soon that there is none.
    pub impatient: bool,
}

impl ClientCredentials {
    /// Asks for a token: PS256 first, RS256 where the answer calls for it, and the one that worked from then on.
    pub(super) async fn request(
        &self,
        signer: &Signer,
        wanted: Wanted<'_>,
        context: &Context,
    ) -> TokenResult<Map<String, Value>> {
        let key = self.worked_key(signer);
        let known = self.algorithm.or_else(|| worked().get(&key).copied());
        let Some(algorithm) = known else {
            return self.find_algorithm(signer, wanted, context, key).await;
        };
        self.request_with(signer, algorithm, wanted, context).await
    }

    async fn find_algorithm(
        &self,
        signer: &Signer,
        wanted: Wanted<'_>,
        context: &Context,
        key: WorkedKey,
    ) -> TokenResult<Map<String, Value>> {
        let first = match self.request_with(signer, Algorithm::Ps256, wanted, context).await {
            Ok(members) => {
                worked().insert(key, Algorithm::Ps256);
                return Ok(members);
            }
            Err(failure) if calls_for_rs256(&failure) => failure,
            Err(failure) => return Err(failure),
        };
        context.events.emit(
            "assertionFallback",
            "the assertion signed with PS256 was not accepted; trying RS256 with x5t",
            [("cause", first.error().to_string().into())],
        );
        match self.request_with(signer, Algorithm::Rs256, wanted, context).await {
            Ok(members) => {
                worked().insert(key, Algorithm::Rs256);
                Ok(members)
            }
            Err(TokenFailure::Other(second)) if second.status() == Status::KeyUnusable => {
                Err(second.hint("use a key that can sign with RSA and SHA-256, PSS or PKCS#1 v1.5").into())
            }
            // The first answer is about the form that is documented now: the one that helps.
            Err(_) => Err(first),
        }
    }

    /// One algorithm, with retries; each try carries a new assertion.
    async fn request_with(
        &self,
        signer: &Signer,
        algorithm: Algorithm,
        wanted: Wanted<'_>,
        context: &Context,
    ) -> TokenResult<Map<String, Value>> {
        let began = self.clock.monotonic();
        let mut tries = 0;
        let mut clock_corrected = false;
        loop {
            tries += 1;
            let failure = match log::as_attempt(tries, self.request_once(signer, algorithm, wanted, context)).await {
                Ok(members) => return Ok(members),
                Err(failure) => failure,
            };
            if !clock_corrected && self.correct_clock(&failure, context) {
                clock_corrected = true;
                continue;
            }
            let elapsed = self.clock.monotonic().saturating_duration_since(began);
            let may_wait = !wanted.impatient || tries < TRIES_OF_THE_IMPATIENT;
            let wait =
                self.retry.wait(failure.error(), tries, elapsed).filter(|wait| may_wait && *wait <= LONGEST_WAIT);
            let Some(wait) = wait else { return Err(failure) };
            context.events.emit(
                "retry",
                &format!("asking for a token again in {} ms: {}", wait.as_millis(), failure.error()),
                [("waitMs", u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).into()), ("tries", tries.into())],
            );
            self.clock.sleep(wait).await;
        }
    }

    async fn request_once(
        &self,
        signer: &Signer,
        algorithm: Algorithm,
        wanted: Wanted<'_>,
        context: &Context,
    ) -> TokenResult<Map<String, Value>> {
        let url = self.authority.token_url(self.version);
        let minutes = wanted.valid_for_minutes.or(self.valid_for_minutes).unwrap_or(DEFAULT_MINUTES);
        let claims = AssertionClaims {
            client_id: &self.client_id,
            audience: url.as_str(),
            now: self.service_now(),
            valid_for_minutes: minutes,
            send_x5c: self.send_x5c,
        };
        let assertion = assertion::sign(signer, algorithm, claims).await?;
        let text = assertion.assertion.text().ok_or_else(|| Error::internal("an assertion is not text"))?;
        let scope = format!("{}/.default", wanted.resource);
        let target = match self.version {
            TokenVersion::V1 => ("resource", wanted.resource),
            TokenVersion::V2 => ("scope", scope.as_str()),
        };
        let form = [
            ("client_id", self.client_id.as_str()),
            target,
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", text),
        ];
        token_endpoint::post(&self.sender, &url, &form, || self.clock.now(), context).await
    }

    /// Now, by the service's clock as far as it is known.
    pub(super) fn service_now(&self) -> Timestamp {
        let offset = SignedDuration::from_secs(self.clock_offset.load(Ordering::Relaxed));
        self.clock.now().checked_add(offset).unwrap_or_else(|_| self.clock.now())
    }

    /// 700024 says that the assertion is out of its time: the reply's date shows how far our clock is off.
    fn correct_clock(&self, failure: &TokenFailure, context: &Context) -> bool {
        let TokenFailure::Refused(refusal) = failure else { return false };
        let (true, Some(date)) = (refusal.codes().contains(&700_024), refusal.date) else { return false };
        let offset = date.as_second() - self.clock.now().as_second();
        if offset == self.clock_offset.swap(offset, Ordering::Relaxed) {
            return false;
        }
        context.events.emit(
            "clockOffset",
            &format!("this machine's clock differs from the service's by {offset} s; trying with the service's time"),
            [("offsetSeconds", offset.into())],
        );
        true
    }

    fn worked_key(&self, signer: &Signer) -> WorkedKey {
        (self.authority.token_url(self.version), self.client_id.clone(), signer.certificate().thumbprint())
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

fn worked() -> std::sync::MutexGuard<'static, HashMap<WorkedKey, Algorithm>> {
    WORKED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}
