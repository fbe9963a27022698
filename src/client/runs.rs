//! Runs over many mailboxes, as a client starts them.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::handle::Client;
use crate::auth::credential::Credential;
use crate::context::Context;
use crate::error::Result;
use crate::rows::RowStream;
use crate::runner::Shard;
use crate::runs::{
    self, ContactSync, EventSync, MailboxCount, MailboxDelta, MailboxItems, MailboxRequests, MessageExport, PlanApply,
    RunRequest, RunSetup, SettingsWrite, SourceRequest, StatePlan, WriteMode,
};

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

    /// Starts a report on the items of a facet of many mailboxes: their rules, for example. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member.
    pub fn mailbox_items_report(&self, request: &MailboxItems) -> Result<Arc<dyn RowStream>> {
        runs::mailbox_items(&self.run_setup(), request)
    }

    /// Starts to read what changed in many mailboxes since they were last read. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member.
    pub fn mailbox_delta(&self, request: &MailboxDelta) -> Result<Arc<dyn RowStream>> {
        runs::mailbox_delta(&self.run_setup(), request)
    }

    /// Starts to save messages of many mailboxes as files. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member; `File`, `FileExists` for the folder and its manifest.
    pub fn messages_export(&self, request: &MessageExport) -> Result<Arc<dyn RowStream>> {
        runs::export_messages(&self.run_setup(), request)
    }

    /// Starts to write settings to many mailboxes. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member; `FileExists` for the undo file.
    pub fn mailbox_settings_apply(&self, request: &RunRequest, write: &SettingsWrite) -> Result<Arc<dyn RowStream>> {
        runs::apply_settings(&self.run_setup(), request, write)
    }

    /// Starts to compare mailboxes with a wanted state. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member; `File` for the plan.
    pub fn mailbox_state_plan(&self, request: &StatePlan) -> Result<Arc<dyn RowStream>> {
        runs::state_plan(&self.run_setup(), request)
    }

    /// Starts to compare a folder of many mailboxes with a list of contacts. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member or the row; `File` for the list and the plan.
    pub fn contact_sync_plan(&self, request: &ContactSync) -> Result<Arc<dyn RowStream>> {
        runs::contact_sync(&self.run_setup(), request)
    }

    /// Starts to compare the calendars of many mailboxes with a list of events. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member or the row; `File` for the list and the plan.
    pub fn event_sync_plan(&self, request: &EventSync) -> Result<Arc<dyn RowStream>> {
        runs::event_sync(&self.run_setup(), request)
    }

    /// Starts to do a plan. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member; `FileExists` for the undo plan and the audit file.
    pub fn plan_apply(&self, request: &RunRequest, apply: &PlanApply) -> Result<Arc<dyn RowStream>> {
        runs::plan_apply(&self.run_setup(), request, apply)
    }

    /// Writes settings of one mailbox: `{"MailboxName","Outcome":"Changed"|"Unchanged"|"WouldChange","Changes":
    /// [{"Setting","From","To"}]}`. `settings` has Graph's names.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`, `InvalidArgument`; what the service, the certificate or the network said.
    pub async fn mailbox_settings_update(
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
    pub async fn mailboxes_count(
        &self,
        source: &SourceRequest,
        shard: Option<Shard>,
        context: &Context,
    ) -> Result<MailboxCount> {
        runs::count(&self.run_setup(), source, shard, context).await
    }

    fn run_setup(&self) -> RunSetup {
        let options = self.options();
        let lower = |value: &Option<String>| value.as_deref().map(str::to_lowercase);
        // Whose journal it is: what a given token says of itself, else what the client was made with.
        let (tenant, app) = options.credential.as_ref().map(Credential::tenant_and_app).unwrap_or_default();
        RunSetup {
            graph: self.identity().map(|identity| Arc::clone(&identity.graph)),
            signal: Arc::clone(self.signal()),
            clock: Arc::clone(&options.clock),
            retry: self.retry_policy(),
            max_concurrency: options.max_concurrency,
            tenant: tenant.or_else(|| lower(&options.tenant_id)),
            app: app.or_else(|| lower(&options.client_id)),
            credential_file: options.credential_file().map(Path::to_owned),
            test_endpoint: self.test_endpoint(),
        }
    }
}
