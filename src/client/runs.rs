//! Runs over many mailboxes, as a client starts them.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Client, Credential, test_endpoint};
use crate::auth::jwt_reader;
use crate::context::Context;
use crate::error::Result;
use crate::rows::RowStream;
use crate::runner::Shard;
use crate::runs::{self, MailboxCount, MailboxRequests, RunRequest, RunSetup, SettingsWrite, SourceRequest, WriteMode};

impl Client {
    /// Starts a report on many mailboxes. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member.
    pub fn mailbox_settings_report(&self, request: &RunRequest) -> Result<Arc<dyn RowStream>> {
        runs::settings_report(&self.run_setup(), request)
    }

    /// Starts to send a request for each of many mailboxes. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member.
    pub fn mailbox_requests(&self, request: &MailboxRequests) -> Result<Arc<dyn RowStream>> {
        runs::mailbox_requests(&self.run_setup(), request)
    }

    /// Starts to write settings to many mailboxes. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member; `FileExists` for the undo file.
    pub fn apply_mailbox_settings(&self, request: &RunRequest, write: &SettingsWrite) -> Result<Arc<dyn RowStream>> {
        runs::apply_settings(&self.run_setup(), request, write)
    }

    /// Writes settings of one mailbox: `{"MailboxName","Outcome":"Changed"|"Unchanged"|"WouldChange","Changes":
    /// [{"Setting","From","To"}]}`. `settings` has Graph's names.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`, `InvalidArgument`; what the service, the certificate or the network said.
    pub async fn update_mailbox_settings(
        &self,
        mailbox: &str,
        settings: &Value,
        mode: WriteMode,
        context: &Context,
    ) -> Result<Value> {
        runs::update_settings(&self.run_setup(), mailbox, settings, mode, context).await
    }

    /// Counts the mailboxes of a source by listing them, as a run does.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; what the service, the certificate or the network said.
    pub async fn count_mailboxes(
        &self,
        source: &SourceRequest,
        shard: Option<Shard>,
        context: &Context,
    ) -> Result<MailboxCount> {
        runs::count(&self.run_setup(), source, shard, context).await
    }

    fn run_setup(&self) -> RunSetup {
        let options = self.options();
        let (tenant, app) = tenant_and_app(self);
        RunSetup {
            graph: self.identity().map(|identity| Arc::clone(&identity.graph)),
            signal: Arc::clone(self.signal()),
            clock: Arc::clone(&options.clock),
            retry: self.retry_policy(),
            max_concurrency: options.max_concurrency,
            tenant,
            app,
            credential_file: options.credential_file().map(Path::to_owned),
            test_endpoint: self.test_endpoint(),
        }
    }

    /// Says what the caller is to know before anything is sent.
    pub(super) fn announce(&self, context: &Context) {
        crate::http::test_endpoint::warn_once(context, self.test_endpoint());
    }

    fn test_endpoint(&self) -> Option<std::net::SocketAddr> {
        test_endpoint::transport_options(self.options()).ok()?.connect_to
    }
}

/// Whose journal it is: what a given token says of itself, else what the client was made with.
fn tenant_and_app(client: &Client) -> (Option<String>, Option<String>) {
    let options = client.options();
    let claims = match &options.credential {
        Some(Credential::Token(token)) => jwt_reader::read(token.bytes()).map(|token| token.claims).unwrap_or_default(),
        _ => Map::new(),
    };
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_lowercase);
    let option = |value: &Option<String>| value.as_deref().map(str::to_lowercase);
    // The app is `appid` in tokens of version 1, which those of Graph are, and `azp` in version 2.
    let app = claim("appid").or_else(|| claim("azp")).or_else(|| option(&options.client_id));
    (claim("tid").or_else(|| option(&options.tenant_id)), app)
}
