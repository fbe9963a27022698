//! One app in one tenant: what the C ABI and Rust programs start from.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::cancel::{CancelToken, Signal};
use crate::cloud::Cloud;
use crate::error::{Error, Result};
use crate::event::EventSink;
use crate::report::ReportRequest;
use crate::runner::RowStream;
use crate::secret::Secret;
use crate::signature::{Algorithm, SignatureBroker};

/// What proves who the app is.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A PFX or PEM file with certificate and key.
    CertificateFile {
        /// Where it is.
        path: PathBuf,
        /// Its password, if it has one.
        password: Option<Secret>,
    },
    /// The bytes of a PFX or PEM.
    CertificateBytes {
        /// The bytes.
        bytes: Secret,
        /// Their password, if they have one.
        password: Option<Secret>,
    },
    /// A certificate (DER) whose key stays with the caller, who answers signature requests.
    CallerCertificate(Vec<u8>),
    /// An access token that the caller has; it is not renewed.
    Token(Secret),
}

/// Which token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenVersion {
    /// `/oauth2/token` with `resource`.
    V1,
    /// `/oauth2/v2.0/token` with `scope`.
    #[default]
    V2,
}

/// Options of a [`Client`]; docs/abi.md describes each. `Default` is a client without identity.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// GUID or domain.
    pub tenant_id: Option<String>,
    /// The application's id.
    pub client_id: Option<String>,
    /// Whose hosts to use.
    pub cloud: Cloud,
    /// What proves who the app is.
    pub credential: Option<Credential>,
    /// Forces one algorithm; by default PS256, then RS256.
    pub assertion_algorithm: Option<Algorithm>,
    /// Life of an assertion in minutes, 1 to 1440; by default 10.
    pub valid_for_minutes: Option<u32>,
    /// Sends the certificate in the assertion's header (subject name and issuer authentication).
    pub send_x5c: bool,
    /// Which token endpoint.
    pub token_version: TokenVersion,
    /// What the token is for; by default Graph.
    pub resource: Option<String>,
    /// An explicit proxy; by default that of the environment or the system.
    pub proxy: Option<String>,
    /// The proxy's password.
    pub proxy_password: Option<Secret>,
    /// A file of further CA certificates (PEM).
    pub ca_file: Option<PathBuf>,
    /// Longest time for one request.
    pub request_timeout: Duration,
    /// Most tries of one item, 1 to 100.
    pub max_tries: u32,
    /// Longest time from the first try of an item to its last.
    pub max_retry: Duration,
    /// Most requests in flight at once, 1 to 1024.
    pub max_concurrency: usize,
    /// Added to the User-Agent.
    pub user_agent: Option<String>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            tenant_id: None,
            client_id: None,
            cloud: Cloud::PUBLIC,
            credential: None,
            assertion_algorithm: None,
            valid_for_minutes: None,
            send_x5c: false,
            token_version: TokenVersion::V2,
            resource: None,
            proxy: None,
            proxy_password: None,
            ca_file: None,
            request_timeout: Duration::from_secs(100),
            max_tries: 8,
            max_retry: Duration::from_secs(600),
            max_concurrency: 16,
            user_agent: None,
        }
    }
}

/// What accompanies one piece of work: how to stop it, and where its diagnostics go.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Stops the work.
    pub cancel: CancelToken,
    /// Takes diagnostics.
    pub events: EventSink,
}

/// Request of [`Client::acquire_token`].
#[derive(Clone, Debug, Default)]
pub struct TokenRequest {
    /// What the token is for; by default the client's.
    pub resource: Option<String>,
    /// Asks the endpoint even where a token is cached.
    pub force_refresh: bool,
    /// Life of the assertion in minutes; by default the client's.
    pub valid_for_minutes: Option<u32>,
}

/// What the token endpoint answered.
#[derive(Clone, Debug)]
pub enum TokenReply {
    /// A token. `members` are the endpoint's in its order, `access_token` among them as null; `expires_on`
    /// (text) and `resource` are added at the end where the endpoint gave none.
    Token {
        /// All members but the token itself.
        members: serde_json::Map<String, Value>,
        /// The access token.
        access_token: Secret,
        /// Whether it came from the cache.
        from_cache: bool,
    },
    /// An OAuth error: the JSON as it came, and the same as an error.
    Refused(Value, Error),
}

/// Request of [`Client::create_assertion`].
#[derive(Clone, Debug, Default)]
pub struct AssertionRequest {
    /// The `aud` claim; by default the client's token URL.
    pub audience: Option<String>,
    /// The algorithm; by default the client's, else PS256.
    pub algorithm: Option<Algorithm>,
    /// Life in minutes; by default the client's.
    pub valid_for_minutes: Option<u32>,
}

/// A signed client assertion.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The compact JWS.
    pub assertion: Secret,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Its `exp`, in seconds since the epoch.
    pub expires_on: i64,
}

/// Whose tenant a domain is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantId {
    /// The GUID.
    pub tenant_id: String,
    /// The issuer that the OpenID configuration names.
    pub issuer: String,
}

/// How member names and enum values are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// As Graph gives them.
    #[default]
    Camel,
    /// As Outlook REST gave them.
    Pascal,
}

/// One app in one tenant. Cheap: connections and tokens are shared process-wide. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: ClientOptions,
    signal: Arc<Signal>,
    signatures: Arc<SignatureBroker>,
}

impl Client {
    /// Checks the options; no file is read and no connection made before the first piece of work.
    pub fn new(options: ClientOptions) -> Result<Client> {
        let signal = Arc::new(Signal::default());
        let signatures = Arc::new(SignatureBroker::new(Arc::clone(&signal)));
        Ok(Client(Arc::new(Inner { options, signal, signatures })))
    }

    /// Notified when anything that a waiter of this client may wait for has changed.
    #[must_use]
    pub fn signal(&self) -> &Arc<Signal> {
        &self.0.signal
    }

    /// The client's open signature requests.
    #[must_use]
    pub fn signatures(&self) -> &SignatureBroker {
        &self.0.signatures
    }

    /// An access token.
    pub async fn acquire_token(&self, _request: TokenRequest, _context: &Context) -> Result<TokenReply> {
        Err(Error::internal("not yet"))
    }

    /// A client assertion.
    pub async fn create_assertion(&self, _request: AssertionRequest, _context: &Context) -> Result<Assertion> {
        Err(Error::internal("not yet"))
    }

    /// The settings of one mailbox, or one part of them: the JSON body.
    pub async fn mailbox_settings(
        &self,
        _mailbox: &str,
        _part: Option<&str>,
        _names: NameStyle,
        _context: &Context,
    ) -> Result<Value> {
        Err(Error::internal("not yet"))
    }

    /// Whose tenant a domain is.
    pub async fn tenant_id(&self, _domain: &str, _context: &Context) -> Result<TenantId> {
        Err(Error::internal("not yet"))
    }

    /// Starts a report on many mailboxes.
    pub fn mailbox_settings_report(&self, _request: ReportRequest) -> Result<Arc<dyn RowStream>> {
        Err(Error::internal("not yet"))
    }

    /// The options that the client was made with.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.0.options
    }
}
