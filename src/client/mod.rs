//! One app in one tenant: what the C ABI and Rust programs start from.

mod certificate_registration;
mod graph_request;
mod mailbox_settings;
mod options;
mod runs;
mod sign_in;
mod test_endpoint;
mod vault;
mod vault_tokens;

use std::sync::Arc;
use std::time::Duration;

use crate::auth::authority::Authority;
use crate::auth::openid_configuration;
use crate::auth::token_source::TokenSource;
use crate::cancel::Signal;
use crate::context::Granted;
use crate::error::Result;
use crate::event::EventSink;
use crate::graph::call::GraphClient;
use crate::http::{HttpSender, Patience, Retrier, RetryPolicy, Transport};
use crate::keyvault::VaultApi;
use crate::signature::SignatureBroker;

pub use crate::auth::authority::TokenVersion;
pub use crate::auth::cache::persistent::{Cleared, CredentialStore, PersistentCache};
pub use crate::auth::credential::Variables;
pub use crate::auth::credential::{BrowserOptions, SignIn};
pub use crate::auth::credential::{Credential, Describe, VaultCredential, VaultUse};
pub use crate::auth::credential::{IdentityId, ManagedIdentityOptions};
pub use crate::auth::openid_configuration::TenantId;
pub use crate::auth::proof::assertion::Assertion;
pub use crate::auth::request::{AssertionRequest, TokenReply};
pub use crate::context::Context;
pub use crate::graph::applications::ApplicationId;
pub use crate::runs::{
    DoneWhen, Limits, MOST_CONCURRENCY, MOST_TRIES, MailboxCount, MailboxRequests, RunRequest, SettingsWrite,
    SourceRequest, VaultListRequest, Verify, WriteMode,
};
pub use certificate_registration::CertificateRegistration;
pub use graph_request::GraphRequest;
pub use mailbox_settings::NameStyle;
pub use options::{ClientOptions, TokenCache};
pub use sign_in::TokenRequest;
pub use vault::{VaultItemRequest, VaultSignature};

/// One app in one tenant. Cheap: connections and tokens are shared process-wide. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: ClientOptions,
    signal: Arc<Signal>,
    signatures: Arc<SignatureBroker>,
    sender: HttpSender,
    /// `None` where the options name no identity: what needs one says so.
    identity: Option<Identity>,
    vault: VaultApi,
    /// What the client's single requests have shown the app to be permitted; each run finds out for itself.
    granted: Arc<Granted>,
}

/// What only a client with tenant, app and credential has.
#[derive(Debug)]
struct Identity {
    tokens: Arc<TokenSource>,
    graph: Arc<GraphClient>,
}

impl Client {
    /// Checks the options; no file is read and no connection made before the first piece of work.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member; `CredentialMissing` where the environment was to name the app and
    /// does not.
    pub fn new(options: ClientOptions) -> Result<Client> {
        options.check()?;
        let options = sign_in::with_environment(options.unwrapped())?;
        let transport =
            Transport::shared(test_endpoint::transport_options(&options)?, options.proxy_password.as_ref())?;
        let sender = HttpSender::new(transport, options.user_agent.as_deref(), options.request_timeout)?;
        let signal = Arc::new(Signal::default());
        let signatures = Arc::new(SignatureBroker::new(Arc::clone(&signal)));
        let identity = sign_in::identity(&options, &sender, &signatures)?;
        let vault =
            vault_tokens::api(&options, identity.as_ref().map(|identity| &identity.tokens), &sender, &signatures);
        Ok(Client(Arc::new(Inner { options, signal, signatures, sender, identity, vault, granted: Arc::default() })))
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

    /// The options that the client was made with.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.0.options
    }

    /// What accompanies one piece of work of this client: its events are dated by the client's clock.
    #[must_use]
    pub fn new_context(&self) -> Context {
        let events = EventSink::new(Arc::clone(&self.0.options.clock), None);
        Context { events, granted: Arc::clone(&self.0.granted), ..Context::default() }
    }

    /// Whose tenant a domain is. Needs no credential.
    ///
    /// # Errors
    ///
    /// `TenantNotFound`; those of the network.
    pub async fn tenant_id(&self, domain: &str, context: &Context) -> Result<TenantId> {
        self.announce(context);
        let authority = Authority::new(&self.0.options.cloud, domain)?;
        // A person waits for this: a few tries within a minute, whatever the client's limits are.
        let policy = RetryPolicy::new(self.0.options.max_tries, Duration::from_secs(60));
        let retrier = Retrier::new(policy, Arc::clone(&self.0.options.clock), "looking up the tenant");
        let attempt = || openid_configuration::tenant_id(&self.0.sender, &authority, context);
        retrier.run(Patience::Short, context, attempt).await
    }

    fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy::new(self.0.options.max_tries, self.0.options.max_retry)
    }
}
