//! Signatures by the caller, for a key that never leaves its store.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::cancel::Signal;
use crate::error::{Error, Result, Status};
use crate::sync::{Mutex, MutexGuard};

/// How long an answer may take.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// How a digest is to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes (RFC 7518, 3.5).
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, 3.3).
    Rs256,
}

impl Algorithm {
    /// The name in a JOSE header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Ps256 => "PS256",
            Algorithm::Rs256 => "RS256",
        }
    }
}

/// What the caller is asked to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureRequest {
    /// Names this request in the answer.
    pub id: i64,
    /// The algorithm to use.
    pub algorithm: Algorithm,
    /// SHA-256 of what is signed.
    pub digest: [u8; 32],
    /// SHA-1 of the certificate, upper-case hex: which key.
    pub thumbprint: String,
}

/// What the caller said.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The signature.
    Signature(Vec<u8>),
    /// The key cannot do this algorithm.
    Declined,
}

/// The open signature requests of one client.
#[derive(Debug)]
pub struct SignatureBroker {
    open: Mutex<Open>,
    signal: Arc<Signal>,
}

#[derive(Debug, Default)]
struct Open {
    last_id: i64,
    requests: VecDeque<(SignatureRequest, oneshot::Sender<Answer>)>,
}

impl SignatureBroker {
    /// A broker that wakes `signal` whenever a request opens.
    #[must_use]
    pub fn new(signal: Arc<Signal>) -> Self {
        Self { open: Mutex::default(), signal }
    }

    /// The oldest open request.
    pub fn pending(&self) -> Option<SignatureRequest> {
        let mut open = self.lock();
        open.requests.retain(|(_, answer)| !answer.is_closed());
        open.requests.front().map(|(request, _)| request.clone())
    }

    /// Answers a request. A late or second answer is ignored.
    pub fn answer(&self, id: i64, answer: Answer) {
        let sender = {
            let mut open = self.lock();
            let at = open.requests.iter().position(|(request, _)| request.id == id);
            at.and_then(|at| open.requests.remove(at)).map(|(_, sender)| sender)
        };
        if let Some(sender) = sender {
            // The asker may have gone in the meantime; then nobody needs the answer.
            let _ = sender.send(answer);
        }
    }

    /// Asks the caller and waits for the answer. Dropping the future withdraws the request.
    ///
    /// # Errors
    ///
    /// [`Status::SignatureUnanswered`] after [`ANSWER_WITHIN`].
    pub async fn ask(&self, algorithm: Algorithm, digest: [u8; 32], thumbprint: &str) -> Result<Answer> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut open = self.lock();
            open.last_id += 1;
            let request = SignatureRequest { id: open.last_id, algorithm, digest, thumbprint: thumbprint.to_owned() };
            open.requests.push_back((request, sender));
        }
        self.signal.notify();
        match tokio::time::timeout(ANSWER_WITHIN, receiver).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Error::new(
                Status::SignatureUnanswered,
                format!("the caller did not sign within {} s", ANSWER_WITHIN.as_secs()),
            )
            .action("signing the client assertion with certificate")
            .target(thumbprint)
            .retryable(true)
            .hint("answer EXRUN_NEEDS_SIGNATURE with exrun_signature_request and exrun_signature_provide")),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock()
    }
}
