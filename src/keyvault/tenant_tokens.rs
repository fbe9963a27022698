//! Tokens for vaults of several tenants.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use super::api::TokenProvider;
use crate::auth::token_source::TokenSource;
use crate::error::{Error, Result, Status};

/// Signs the same app in to another tenant; none where too little is known of the app.
pub(super) type SignIn = Box<dyn Fn(&str) -> Result<Option<TokenSource>> + Send + Sync>;

/// Tokens of the tenant that a vault trusts: the app's own, or those of the same app in another tenant.
pub struct TenantTokens {
    /// Where the app's own come from.
    own: Option<Arc<TokenSource>>,
    /// The tenant of these; none where they are those of whatever tenant is asked for.
    own_tenant: Option<String>,
    sign_in: SignIn,
    others: Mutex<HashMap<String, Arc<TokenSource>>>,
}

impl TenantTokens {
    /// Tokens from `own` for vaults of `own_tenant`, or of all where there is none; from `sign_in` for others.
    #[must_use]
    pub fn new(own: Option<Arc<TokenSource>>, own_tenant: Option<String>, sign_in: SignIn) -> Self {
        Self { own, own_tenant, sign_in, others: Mutex::default() }
    }
}

impl fmt::Debug for TenantTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantTokens")
            .field("own", &self.own)
            .field("own_tenant", &self.own_tenant)
            .finish_non_exhaustive()
    }
}

impl TokenProvider for TenantTokens {
    fn source(&self, tenant: &str) -> Result<Arc<TokenSource>> {
        let own = self.own.as_ref().ok_or_else(|| {
            Error::new(Status::CredentialMissing, "the client was made without a credential")
                .action("signing in")
                .hint("give tenant, application id and a credential, or an access token for the vault")
        })?;
        if self.own_tenant.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(tenant)) {
            return Ok(Arc::clone(own));
        }
        let mut others = self.others.lock();
        if let Some(known) = others.get(tenant) {
            return Ok(Arc::clone(known));
        }
        // A tenant that was named by a domain is the same one by its id: the app is asked for there, and if it is
        // another tenant, its answer says whether the app is known in it.
        let source = (self.sign_in)(tenant)?.map_or_else(|| Arc::clone(own), Arc::new);
        others.insert(tenant.to_owned(), Arc::clone(&source));
        Ok(source)
    }
}
