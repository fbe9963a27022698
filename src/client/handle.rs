//! The client itself: what it is made of, and what all of its work begins with.

use std::net::SocketAddr;
use std::sync::Arc;

use super::identity::{Identity, Parts};
use super::options::ClientOptions;
use crate::cancel::Signal;
use crate::context::{Context, Granted};
use crate::error::{Error, Result, Status};
use crate::event::EventSink;
use crate::http::{HttpSender, RetryPolicy, Transport, test_endpoint};
use crate::keyvault::VaultApi;
use crate::signature::SignatureBroker;

/// One app in one tenant. Cheap: connections and tokens are shared process-wide. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parts: Parts,
    signal: Arc<Signal>,
    /// `None` where the options name no identity: what needs one says so.
    identity: Option<Identity>,
    vault: VaultApi,
    /// What the client's single requests have shown the app to be permitted; each run finds out for itself.
    granted: Arc<Granted>,
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
        let options = options.unwrapped().with_environment()?;
        let transport = Transport::shared(options.transport()?, options.proxy_password.as_ref())?;
        let sender = HttpSender::new(transport, options.user_agent.as_deref(), options.request_timeout)?;
        let signal = Arc::new(Signal::default());
        let signatures = Arc::new(SignatureBroker::new(Arc::clone(&signal)));
        let parts = Parts { options, sender, signatures };
        let identity = parts.identity()?;
        let vault = parts.vault(identity.as_ref().map(|identity| &identity.tokens));
        Ok(Client(Arc::new(Inner { parts, signal, identity, vault, granted: Arc::default() })))
    }

    /// Notified when anything that a waiter of this client may wait for has changed.
    #[must_use]
    pub fn signal(&self) -> &Arc<Signal> {
        &self.0.signal
    }

    /// The client's open signature requests.
    #[must_use]
    pub fn signatures(&self) -> &SignatureBroker {
        &self.0.parts.signatures
    }

    /// The options that the client was made with.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.0.parts.options
    }

    /// What accompanies one piece of work of this client: its events are dated by the client's clock.
    #[must_use]
    pub fn new_context(&self) -> Context {
        let events = EventSink::new(Arc::clone(&self.options().clock), None);
        Context { events, granted: Arc::clone(&self.0.granted), ..Context::default() }
    }

    pub(super) fn identity(&self) -> Result<&Identity> {
        self.0.identity.as_ref().ok_or_else(|| {
            let options = self.options();
            let missing: Vec<&str> = [
                ("tenantId", options.tenant_id.is_none()),
                ("clientId", options.client_id.is_none()),
                ("credential", options.credential.is_none()),
            ]
            .into_iter()
            .filter_map(|(name, missing)| missing.then_some(name))
            .collect();
            Error::new(Status::CredentialMissing, format!("the client was made without {}", missing.join(", ")))
                .action("signing in")
                .hint("give tenant, application id and a credential (a certificate for example), or an access token")
        })
    }

    pub(super) fn vault(&self) -> &VaultApi {
        &self.0.vault
    }

    pub(super) fn sender(&self) -> &HttpSender {
        &self.0.parts.sender
    }

    pub(super) fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy::new(self.options().max_tries, self.options().max_retry)
    }

    /// Says what the caller is to know before anything is sent.
    pub(super) fn announce(&self, context: &Context) {
        test_endpoint::warn_once(context, self.test_endpoint());
    }

    pub(super) fn test_endpoint(&self) -> Option<SocketAddr> {
        self.options().transport().ok()?.connect_to
    }
}
