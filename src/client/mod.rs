//! One app in one tenant: what the C ABI and Rust programs start from.

mod graph;
mod handle;
mod identity;
mod options;
mod runs;
mod sign_in;
mod vault;

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
pub use crate::facet::delta::DeltaOptions;
pub use crate::facet::lists::EventOptions;
pub use crate::facet::{MessageAction, MessageCriteria, ReportOptions as ItemsOptions};
pub use crate::graph::api_version::ApiVersion;
pub use crate::graph::applications::ApplicationId;
pub use crate::graph::certificate_registration::CertificateRegistration;
pub use crate::graph::mailbox_settings::NameStyle;
pub use crate::graph::single_request::GraphRequest;
pub use crate::keyvault::VaultSignature;
pub use crate::runs::{
    ContactSource, ContactSync, DoneWhen, EventSource, EventSync, Limits, MOST_CONCURRENCY, MOST_TRIES, MailboxCount,
    MailboxDelta, MailboxItems, MailboxRequests, MessageExport, PathBase, PlanApply, RequestStep, RunRequest,
    SettingsWrite, SourceRequest, StatePlan, VaultListRequest, Verify, WriteMode,
};
pub use handle::Client;
pub use options::{ClientOptions, TokenCache};
pub use sign_in::TokenRequest;
pub use vault::VaultItemRequest;
