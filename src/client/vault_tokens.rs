//! Tokens for vaults, and vaults that hold the app's certificate.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::sign_in::{token_source, with_environment};
use super::{ClientOptions, TokenCache};
use crate::auth::credential::{Credential, Describe as _, VaultCredential, VaultUse};
use crate::auth::proof::digest::keyed_digest;
use crate::auth::token_source::TokenSource;
use crate::error::{Error, Result, Status};
use crate::http::HttpSender;
use crate::keyvault::{
    DEFAULT_API_VERSION, ItemLocation, TokenProvider, VaultApi, VaultCertificateStore, VaultKeyStore,
};
use crate::signature::SignatureBroker;

/// Tokens of the tenant that a vault trusts: the client's own, or the same app in another tenant.
#[derive(Debug)]
struct VaultTokens {
    options: ClientOptions,
    sender: HttpSender,
    signatures: Arc<SignatureBroker>,
    own: Option<Arc<TokenSource>>,
    others: Mutex<HashMap<String, Arc<TokenSource>>>,
}

impl TokenProvider for VaultTokens {
    fn source(&self, tenant: &str) -> Result<Arc<TokenSource>> {
        let own = self.own.as_ref().ok_or_else(|| {
            Error::new(Status::CredentialMissing, "the client was made without a credential")
                .action("signing in")
                .hint("give tenant, application id and a credential, or an access token for the vault")
        })?;
        let is_one = self.options.credential.as_ref().is_some_and(Credential::has_one_tenant);
        let is_own = self.options.tenant_id.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(tenant));
        if is_one || is_own {
            return Ok(Arc::clone(own));
        }
        let mut others = self.others.lock();
        if let Some(known) = others.get(tenant) {
            return Ok(Arc::clone(known));
        }
        // A tenant that was named by a domain is the same one by its id: the app is asked for there, and if it is
        // another tenant, its answer says whether the app is known in it.
        let options = ClientOptions { tenant_id: Some(tenant.to_owned()), ..self.options.clone() };
        let source = token_source(&options, &self.sender, &self.signatures)?.map(Arc::new);
        let source = source.unwrap_or_else(|| Arc::clone(own));
        others.insert(tenant.to_owned(), Arc::clone(&source));
        Ok(source)
    }
}

/// Key Vault for the app of these options, whose tokens come from `own`.
pub(super) fn api(
    options: &ClientOptions,
    own: Option<&Arc<TokenSource>>,
    sender: &HttpSender,
    signatures: &Arc<SignatureBroker>,
) -> VaultApi {
    // Where the environment cannot be read there is no source of tokens either, which says so.
    let options = &with_environment(options.clone()).unwrap_or_else(|_| options.clone());
    let tokens = VaultTokens {
        options: options.clone(),
        sender: sender.clone(),
        signatures: Arc::clone(signatures),
        own: own.cloned(),
        others: Mutex::default(),
    };
    VaultApi {
        cloud: options.cloud.clone(),
        sender: sender.clone(),
        tokens: Arc::new(tokens),
        clock: Arc::clone(&options.clock),
        api_version: options.vault_api_version.clone().unwrap_or_else(|| DEFAULT_API_VERSION.to_owned()),
        max_elapsed: options.max_retry,
        max_tries: options.max_tries,
    }
}

/// The credential with which the app signs in: a vault's becomes a store that is asked before each assertion.
pub(super) fn resolved(
    credential: &Credential,
    options: &ClientOptions,
    sender: &HttpSender,
    signatures: &Arc<SignatureBroker>,
) -> Result<Credential> {
    let Credential::Vault(vault) = credential else { return Ok(credential.clone()) };
    let VaultCredential { url, usage, credential, tenant_id, client_id, password, api_version } = &**vault;
    if matches!(credential, Credential::Vault(_)) {
        return Err(Error::argument("what proves to a vault who asks cannot be in a vault in its turn"));
    }
    let collections: &[&str] = match usage {
        VaultUse::Fetch => &["certificates", "secrets"],
        VaultUse::Sign => &["keys", "certificates"],
    };
    let (item, _) = ItemLocation::parse(url, collections)?;
    // The environment names an app with its proof: only what it leaves out is that of the client.
    let asks = with_environment(ClientOptions {
        credential: Some(credential.clone()),
        tenant_id: tenant_id.clone(),
        client_id: client_id.clone(),
        ..options.clone()
    })?
    .unwrapped();
    let inner = ClientOptions {
        tenant_id: asks.tenant_id.or_else(|| options.tenant_id.clone()),
        client_id: asks.client_id.or_else(|| options.client_id.clone()),
        resource: None,
        // A token that is given is not kept.
        token_cache: match credential {
            Credential::Token(_) => TokenCache::Memory,
            _ => options.token_cache.clone(),
        },
        vault_api_version: api_version.clone().or_else(|| options.vault_api_version.clone()),
        ..asks
    };
    let who = who_asks(&inner)?;
    let own = token_source(&inner, sender, signatures)?.map(Arc::new);
    let api = api(&inner, own.as_ref(), sender, signatures);
    Ok(Credential::Store(match usage {
        VaultUse::Fetch => Arc::new(VaultCertificateStore::new(api, item, password.clone(), who)),
        VaultUse::Sign => Arc::new(VaultKeyStore::new(api, item, who)),
    }))
}

/// Tells apart those who ask a vault, without holding a secret.
fn who_asks(options: &ClientOptions) -> Result<String> {
    let app = |text: &Option<String>| text.clone().unwrap_or_default();
    let proof = match &options.credential {
        Some(credential) => credential.identity(&|secret| Ok(keyed_digest(secret)))?,
        None => "nobody".to_owned(),
    };
    Ok(format!("{proof} of {} in {}", app(&options.client_id), app(&options.tenant_id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::credential::SignIn;
    use crate::secret::Secret;

    #[test]
    fn whoever_has_another_secret_is_someone_else() {
        let who = |credential: fn(Secret) -> Credential, text: &str| {
            let credential = Some(credential(Secret::new(text.as_bytes().to_vec())));
            who_asks(&ClientOptions { credential, ..ClientOptions::default() }).unwrap()
        };
        let kinds: [fn(Secret) -> Credential; 5] = [
            Credential::ClientSecret,
            Credential::Assertion,
            Credential::Token,
            |token| Credential::Person { sign_in: SignIn::RefreshToken(token), scopes: Vec::new() },
            |bytes| Credential::CertificateBytes { bytes, password: None },
        ];
        for kind in kinds {
            assert_eq!(who(kind, "one"), who(kind, "one"));
            assert_ne!(who(kind, "one"), who(kind, "another"), "{}", who(kind, "one"));
            assert!(!who(kind, "marked").contains("marked"));
        }
    }
}
