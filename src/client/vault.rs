//! Secrets, certificates and keys of vaults.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::handle::Client;
use crate::context::Context;
use crate::error::Result;
use crate::http::Patience;
use crate::keyvault::{ItemLocation, VaultApi, VaultCertificate, VaultSecret, VaultSignature};
use crate::rows::RowStream;
use crate::runs::vault_list::{self, VaultListRequest};
use crate::secret::Secret;
use crate::signature::Algorithm;

/// Which object of a vault, and how it is read.
#[derive(Clone, Debug)]
pub struct VaultItemRequest {
    /// Which.
    pub item: ItemLocation,
    /// Gives it also where it has expired or is not valid yet.
    pub ignore_validity: bool,
    /// The version of the vault's API; by default the client's.
    pub api_version: Option<String>,
}

impl Client {
    /// A secret of a vault with its value.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `NotFound`, `VaultItem*`; what vault, token endpoint and network said.
    pub async fn vault_secret(&self, request: &VaultItemRequest, context: &Context) -> Result<VaultSecret> {
        let api = self.vault_api(request.api_version.as_deref(), context);
        api.secret(&request.item, request.ignore_validity, Patience::Full, context).await
    }

    /// A certificate of a vault, its public part.
    ///
    /// # Errors
    ///
    /// As for [`Client::vault_secret`].
    pub async fn vault_certificate(&self, request: &VaultItemRequest, context: &Context) -> Result<VaultCertificate> {
        let api = self.vault_api(request.api_version.as_deref(), context);
        api.certificate(&request.item, request.ignore_validity, Patience::Full, context).await
    }

    /// The private key of a certificate that was found, with the certificate, as a PFX without a password.
    /// `password` is for a PFX that has one.
    ///
    /// # Errors
    ///
    /// `VaultKeyNotExportable`; those of reading a certificate; as for [`Client::vault_secret`].
    pub async fn vault_certificate_pfx(
        &self,
        request: &VaultItemRequest,
        found: &VaultCertificate,
        password: Option<Secret>,
        context: &Context,
    ) -> Result<Secret> {
        let api = self.vault_api(request.api_version.as_deref(), context);
        api.certificate_pfx(&request.item, found, password, Patience::Full, context).await
    }

    /// A key of a vault, its public half, as the vault gives it.
    ///
    /// # Errors
    ///
    /// As for [`Client::vault_secret`].
    pub async fn vault_key(&self, request: &VaultItemRequest, context: &Context) -> Result<Map<String, Value>> {
        let api = self.vault_api(request.api_version.as_deref(), context);
        api.key(&request.item, request.ignore_validity, Patience::Full, context).await
    }

    /// Signs a SHA-256 digest with a key that stays in its vault.
    ///
    /// # Errors
    ///
    /// `KeyUnusable` where the key cannot do this algorithm; as for [`Client::vault_secret`].
    pub async fn vault_key_sign(
        &self,
        request: &VaultItemRequest,
        algorithm: Algorithm,
        digest: &[u8; 32],
        context: &Context,
    ) -> Result<VaultSignature> {
        let api = self.vault_api(request.api_version.as_deref(), context);
        api.sign(&request.item, algorithm, digest, Patience::Full, context).await
    }

    /// Starts to list what a vault holds. Pages are asked for as rows are taken. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`.
    pub fn vault_list(&self, request: &VaultListRequest) -> Result<Arc<dyn RowStream>> {
        let context = self.new_context();
        let api = self.vault_api(request.api_version.as_deref(), &context);
        vault_list::start(request, api, Arc::clone(self.signal()), context)
    }

    fn vault_api(&self, api_version: Option<&str>, context: &Context) -> VaultApi {
        self.announce(context);
        let mut api = self.vault().clone();
        if let Some(version) = api_version {
            version.clone_into(&mut api.api_version);
        }
        api
    }
}
