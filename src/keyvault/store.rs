//! An app's certificate in a vault: fetched with its key, or used where it is.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::api::VaultApi;
use super::location::ItemLocation;
use crate::auth::certificate_store::{CertificateStore, RemoteKey, StoreFuture};
use crate::auth::signer::Signer;
use crate::certificate;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Patience;
use crate::secret::Secret;
use crate::signature::Algorithm;

/// The newest version that was had.
#[derive(Debug, Default)]
struct Held(Mutex<Option<(String, Signer)>>);

/// A certificate whose key is fetched from the vault into memory, and nowhere else.
#[derive(Debug)]
pub struct VaultCertificateStore {
    api: VaultApi,
    item: ItemLocation,
    password: Option<Secret>,
    held: Held,
}

/// A certificate whose key signs in the vault.
#[derive(Debug)]
pub struct VaultKeyStore {
    api: VaultApi,
    item: ItemLocation,
    held: Held,
}

#[derive(Debug)]
struct VaultKey {
    api: VaultApi,
    item: ItemLocation,
    patience: Patience,
    context: Context,
}

impl VaultCertificateStore {
    /// The certificate, or secret with a PFX or PEM, of that place. `password` is for a PFX that has one.
    #[must_use]
    pub fn new(api: VaultApi, item: ItemLocation, password: Option<Secret>) -> Self {
        Self { api, item, password, held: Held::default() }
    }

    async fn fetch(
        &self,
        held: Option<&(String, Signer)>,
        patience: Patience,
        context: &Context,
    ) -> Result<(String, Signer)> {
        let secret = self.api.secret(&self.item, false, patience, context).await?;
        let version = VaultApi::version(&secret.members, "id", &self.item).unwrap_or_default();
        if let Some((known, signer)) = held
            && *known == version
            && !version.is_empty()
        {
            return Ok((version, signer.clone()));
        }
        let (password, origin) = (self.password.clone(), self.item.to_string());
        // Off the runtime's threads, for a PFX may take 200 ms of key derivation.
        let read =
            tokio::task::spawn_blocking(move || certificate::read(secret.value.bytes(), password.as_ref(), &origin));
        let read = read.await.map_err(|_| Error::internal("reading the certificate panicked"))?;
        let key = read.map_err(|error| match error.status() {
            Status::CertificateNoKey => error
                .hint("where its policy says that the key is not exportable, let it sign in the vault: vaultKey in place of vaultCertificate"),
            _ => error,
        })?;
        Ok((version, Signer::Key(Arc::new(key))))
    }
}

impl VaultKeyStore {
    /// The certificate of that name, and the key of the same name that belongs to it.
    #[must_use]
    pub fn new(api: VaultApi, item: ItemLocation) -> Self {
        Self { api, item, held: Held::default() }
    }

    async fn fetch(&self, patience: Patience, context: &Context) -> Result<(String, Signer)> {
        let found = self.api.certificate(&self.item, false, patience, context).await.map_err(|error| {
            match error.status() {
                Status::NotFound => error.hint("the app's key needs a certificate of the same name in the vault, which names it to the token endpoint"),
                _ => error,
            }
        })?;
        // The same version as the certificate, so that the thumbprint and the signature belong together even while
        // a renewal is under way.
        let version = VaultApi::version(&found.members, "kid", &self.item).unwrap_or_default();
        let item = ItemLocation::new(self.item.vault.clone(), &self.item.name, Some(&version))?;
        let key = VaultKey { api: self.api.clone(), item, patience, context: context.clone() };
        Ok((version, Signer::Remote { certificate: Box::new(found.certificate), key: Arc::new(key) }))
    }
}

impl CertificateStore for VaultCertificateStore {
    fn id(&self) -> String {
        format!("certificate {}", self.item)
    }

    fn signer<'a>(&'a self, patience: Patience, context: &'a Context) -> StoreFuture<'a, Signer> {
        Box::pin(async move {
            let mut held = self.held.0.lock().await;
            let patience = patience_with(held.is_some(), patience);
            let fetched = self.fetch(held.as_ref(), patience, context).await;
            keep(&mut held, fetched, &self.item, context)
        })
    }
}

impl CertificateStore for VaultKeyStore {
    fn id(&self) -> String {
        format!("key {}", self.item)
    }

    fn signer<'a>(&'a self, patience: Patience, context: &'a Context) -> StoreFuture<'a, Signer> {
        Box::pin(async move {
            let mut held = self.held.0.lock().await;
            let fetched = self.fetch(patience_with(held.is_some(), patience), context).await;
            keep(&mut held, fetched, &self.item, context)
        })
    }
}

impl RemoteKey for VaultKey {
    fn sign(&self, algorithm: Algorithm, digest: [u8; 32]) -> StoreFuture<'_, Vec<u8>> {
        Box::pin(async move {
            let signed = self.api.sign(&self.item, algorithm, &digest, self.patience, &self.context).await;
            // Tried as often as it is worth it: who asks for a token need not go through all of that again.
            signed.map(|(signature, _)| signature).map_err(|error| error.retryable(false))
        })
    }
}

/// Who holds a version already asks once whether there is a newer one.
fn patience_with(is_held: bool, patience: Patience) -> Patience {
    if is_held { Patience::None } else { patience }
}

/// What serves from now on: what was fetched; else, where the vault only has no time or cannot be reached, what was
/// had before. A vault that says no is obeyed.
fn keep(
    held: &mut Option<(String, Signer)>,
    fetched: Result<(String, Signer)>,
    item: &ItemLocation,
    context: &Context,
) -> Result<Signer> {
    match (fetched, &held) {
        (Ok((version, signer)), before) => {
            if before.as_ref().is_some_and(|(known, _)| *known != version) {
                let thumbprint = signer.certificate().thumbprint();
                context.events.emit(
                    "certificateRenewed",
                    &format!("using the renewed certificate {item}, thumbprint {thumbprint}"),
                    [("thumbprint", thumbprint.into())],
                );
            }
            *held = Some((version, signer.clone()));
            Ok(signer)
        }
        (Err(error), Some((_, signer))) if error.is_retryable() => {
            context.events.emit(
                "warning",
                &format!("the vault could not be asked for a newer version of the certificate: {error}"),
                [],
            );
            Ok(signer.clone())
        }
        (Err(error), _) => Err(error),
    }
}
