//! Members that operations share, and requests of operations that belong to no larger kind.

use serde::Deserialize;
use serde_json::Value;

use super::With;
use super::run::Source;
use super::values::{ApiVersion, Text, Texts, parsed};
use crate::client;
use crate::error::Result;
use crate::rows::Format;
use crate::runner::Shard;

/// An operation's own members beside those of every operation.
pub(in crate::ffi) type Operation<T> = With<T, ResultMembers>;

/// Every operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct ResultMembers {
    /// How the result comes.
    #[serde(default)]
    format: ResultFormat,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ResultFormat {
    #[default]
    Json,
    Clixml,
}

impl ResultMembers {
    pub(in crate::ffi) fn format(&self) -> Format {
        match self.format {
            ResultFormat::Json => Format::Json,
            ResultFormat::Clixml => Format::Clixml,
        }
    }
}

/// Of `exrun_graph_request`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct GraphRequest {
    /// `GET`, `POST`, `PATCH`, `PUT` or `DELETE`.
    method: Text,
    /// Relative to the API's version: `applications?$top=5`.
    path: Text,
    /// `v1.0` or `beta`, in which anything may change. Default: `v1.0`.
    #[serde(default)]
    api_version: ApiVersion,
    /// Sent as JSON.
    body: Option<Value>,
    /// Headers of the request; those that the library sets itself are refused.
    headers: Option<Texts>,
    /// Reads a collection to its end, or to the `$top` of the path.
    #[serde(default)]
    all_pages: bool,
    /// Says that a write may be about more than one thing: see
    /// [Requests for many mailboxes](#requests-for-many-mailboxes). It holds for each request of a `$batch` too.
    #[serde(default)]
    allow_whole_mailbox: bool,
}

impl From<GraphRequest> for client::GraphRequest {
    fn from(request: GraphRequest) -> Self {
        client::GraphRequest {
            method: request.method.into(),
            version: request.api_version.into(),
            path: request.path.into(),
            body: request.body,
            headers: request.headers.unwrap_or_default().0,
            all_pages: request.all_pages,
            allow_whole_mailbox: request.allow_whole_mailbox,
        }
    }
}

/// Of `exrun_tenant_id_get`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct TenantIdGet {
    /// A domain of the tenant: `contoso.com`.
    pub(in crate::ffi) domain: Text,
}

/// Of `exrun_mailboxes_count`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxesCount {
    /// As a run has it: see [Streams](#streams).
    source: Source,
    /// As a run has it.
    shard: Option<Text>,
}

impl MailboxesCount {
    pub(in crate::ffi) fn request(self) -> Result<(client::SourceRequest, Option<Shard>)> {
        Ok((self.source.request()?, parsed(self.shard)?))
    }
}

/// Of `exrun_json_read`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct JsonRead {
    /// A text of JSON (RFC 8259).
    #[serde(default)]
    pub(in crate::ffi) text: String,
}
