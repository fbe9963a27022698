//! Single calls of Graph and of what tells tenants apart.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::handle::Client;
use crate::auth::authority::Authority;
use crate::auth::openid_configuration::{self, TenantId};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::applications::ApplicationId;
use crate::graph::certificate_registration::{self, CertificateRegistration};
use crate::graph::mailbox_settings::{NameStyle, SettingsPart, read_settings};
use crate::graph::single_request::GraphRequest;
use crate::http::{Patience, Retrier, RetryPolicy};

impl Client {
    /// Whose tenant a domain is. Needs no credential.
    ///
    /// # Errors
    ///
    /// `TenantNotFound`; those of the network.
    pub async fn tenant_id(&self, domain: &str, context: &Context) -> Result<TenantId> {
        self.announce(context);
        let authority = Authority::new(&self.options().cloud, domain)?;
        // A person waits for this: a few tries within a minute, whatever the client's limits are.
        let policy = RetryPolicy::new(self.options().max_tries, Duration::from_secs(60));
        let retrier = Retrier::new(policy, Arc::clone(&self.options().clock), "looking up the tenant");
        let attempt = || openid_configuration::tenant_id(self.sender(), &authority, context);
        retrier.run(Patience::Short, context, attempt).await
    }

    /// Sends one request: [`GraphRequest::check`], then what it gives is sent.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`, `InvalidArgument`, `OutcomeUnknown`; what the service, the certificate or the network
    /// said.
    pub async fn graph_request(&self, request: &GraphRequest, context: &Context) -> Result<Value> {
        self.announce(context);
        request.check()?.send(&self.identity()?.graph, self.retry_policy(), context).await
    }

    /// The settings of one mailbox, or one part of them by its name in Graph: the JSON body.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`, `InvalidArgument`; what the service, the certificate or the network said.
    pub async fn mailbox_settings(
        &self,
        mailbox: &str,
        part: Option<&str>,
        names: NameStyle,
        context: &Context,
    ) -> Result<Value> {
        self.announce(context);
        let part = part.map(SettingsPart::parse).transpose()?;
        read_settings(&self.identity()?.graph, mailbox, part, names, &self.retry_policy(), context).await
    }

    /// Adds a certificate to an application, by default the client's own, and removes others:
    /// [`certificate_registration::register`].
    ///
    /// # Errors
    ///
    /// `InvalidArgument`; `CredentialMissing`; what the service said.
    pub async fn certificate_register(&self, request: CertificateRegistration, context: &Context) -> Result<Value> {
        self.announce(context);
        let own = || self.options().client_id.clone().map(ApplicationId::App);
        let application = request.application.clone().or_else(own).ok_or_else(|| {
            Error::new(Status::CredentialMissing, "neither the request nor the client names an application")
                .action(certificate_registration::ACTION)
        })?;
        let graph = &self.identity()?.graph;
        certificate_registration::register(graph, &application, &request, &self.retry_policy(), context).await
    }
}
