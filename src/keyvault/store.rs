//! An app's certificate in a vault: fetched with its key, or used where it is.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::api::VaultApi;
use super::list::Collection;
use super::location::ItemLocation;
use crate::auth::proof::certificate_store::CertificateStore;
use crate::auth::proof::remote_key::{RemoteKey, StoreFuture};
use crate::auth::proof::signer::Signer;
use crate::certificate::{self, Certificate, CertificateWithKey};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::event::Event;
use crate::http::Patience;
use crate::secret::Secret;
use crate::signature::Algorithm;

/// One version of a certificate: its id, and what is held of it.
type Version<T> = (String, T);

/// The newest version that was had.
#[derive(Debug)]
struct Held<T>(Mutex<Option<Version<T>>>);

/// A certificate whose key is fetched from the vault into memory, and nowhere else.
#[derive(Debug)]
pub struct VaultCertificateStore {
    api: VaultApi,
    item: ItemLocation,
    password: Option<Secret>,
    who: String,
    held: Held<Arc<CertificateWithKey>>,
}

/// A certificate whose key signs in the vault.
#[derive(Debug)]
pub struct VaultKeyStore {
    api: VaultApi,
    item: ItemLocation,
    who: String,
    held: Held<Certificate>,
}

#[derive(Debug)]
struct VaultKey {
    api: VaultApi,
    item: ItemLocation,
    patience: Patience,
    context: Context,
}

impl VaultCertificateStore {
    /// The certificate, or secret with a PFX or PEM, of that place. `password` is for a PFX that has one; `who` tells
    /// apart those who ask, without holding a secret: each must prove to the vault that it may.
    #[must_use]
    pub fn new(api: VaultApi, item: ItemLocation, password: Option<Secret>, who: String) -> Self {
        Self { api, item, password, who, held: Held(Mutex::new(None)) }
    }

    async fn fetch(
        &self,
        item: &ItemLocation,
        held: Option<&Version<Arc<CertificateWithKey>>>,
        patience: Patience,
        context: &Context,
    ) -> Result<Version<Arc<CertificateWithKey>>> {
        let secret = self.api.secret(item, false, patience, context).await?;
        let version = VaultApi::version(&secret.members, "id", item).unwrap_or_default();
        if let Some((known, key)) = held
            && *known == version
            && !version.is_empty()
        {
            return Ok((version, Arc::clone(key)));
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
        Ok((version, Arc::new(key)))
    }
}

impl VaultKeyStore {
    /// The certificate of that name, and the key of the same name that belongs to it; `who` as for
    /// [`VaultCertificateStore::new`].
    #[must_use]
    pub fn new(api: VaultApi, item: ItemLocation, who: String) -> Self {
        Self { api, item, who, held: Held(Mutex::new(None)) }
    }

    async fn fetch(&self, item: &ItemLocation, patience: Patience, context: &Context) -> Result<Version<Certificate>> {
        let found = self.api.certificate(item, false, patience, context).await.map_err(|error| {
            match error.status() {
                Status::NotFound => error.hint("the app's key needs a certificate of the same name in the vault, which names it to the token endpoint"),
                _ => error,
            }
        })?;
        Ok((VaultApi::version(&found.members, "kid", item).unwrap_or_default(), found.certificate))
    }

    /// The version of the certificate signs, so that thumbprint and signature belong together even while a renewal
    /// is under way.
    fn remote(
        &self,
        (version, certificate): Version<Certificate>,
        patience: Patience,
        context: &Context,
    ) -> Result<Signer> {
        let item = ItemLocation::new(self.item.vault.clone(), &self.item.name, Some(&version))?;
        let key = VaultKey { api: self.api.clone(), item, patience, context: context.clone() };
        Ok(Signer::Remote { certificate: Box::new(certificate), key: Arc::new(key) })
    }
}

impl CertificateStore for VaultCertificateStore {
    fn id(&self) -> String {
        format!("certificate {} by {}", self.item, self.who)
    }

    fn signer<'a>(&'a self, patience: Patience, context: &'a Context) -> StoreFuture<'a, Signer> {
        Box::pin(async move {
            let mut held = self.held.0.lock().await;
            let fetched = self.fetch(&self.item, held.as_ref(), patience_with(held.is_some(), patience), context).await;
            let (_, key) = keep(&mut held, fetched, |key| key.certificate(), &self.item, context)?;
            Ok(Signer::Key(key))
        })
    }

    fn signer_before<'a>(&'a self, context: &'a Context) -> StoreFuture<'a, Option<Signer>> {
        Box::pin(async move {
            let newest = self.held.0.lock().await.as_ref().map(|(version, _)| version.clone());
            let Some(newest) = newest else { return Ok(None) };
            let before = self.api.version_before(Collection::Secrets, &self.item, &newest, context).await?;
            let Some(item) = before else { return Ok(None) };
            let (_, key) = self.fetch(&item, None, Patience::Short, context).await?;
            Ok(Some(Signer::Key(key)))
        })
    }
}

impl CertificateStore for VaultKeyStore {
    fn id(&self) -> String {
        format!("key {} by {}", self.item, self.who)
    }

    fn signer<'a>(&'a self, patience: Patience, context: &'a Context) -> StoreFuture<'a, Signer> {
        Box::pin(async move {
            let mut held = self.held.0.lock().await;
            let fetched = self.fetch(&self.item, patience_with(held.is_some(), patience), context).await;
            let newest = keep(&mut held, fetched, |certificate| certificate, &self.item, context)?;
            self.remote(newest, patience, context)
        })
    }

    fn signer_before<'a>(&'a self, context: &'a Context) -> StoreFuture<'a, Option<Signer>> {
        Box::pin(async move {
            let newest = self.held.0.lock().await.as_ref().map(|(version, _)| version.clone());
            let Some(newest) = newest else { return Ok(None) };
            let before = self.api.version_before(Collection::Certificates, &self.item, &newest, context).await?;
            let Some(item) = before else { return Ok(None) };
            let found = self.fetch(&item, Patience::Short, context).await?;
            self.remote(found, Patience::Short, context).map(Some)
        })
    }
}

impl RemoteKey for VaultKey {
    fn sign(&self, algorithm: Algorithm, digest: [u8; 32]) -> StoreFuture<'_, Vec<u8>> {
        Box::pin(async move {
            let signed = self.api.sign(&self.item, algorithm, &digest, self.patience, &self.context).await;
            // Tried as often as it is worth it: who asks for a token need not go through all of that again.
            signed.map(|signed| signed.signature).map_err(|error| error.retryable(false))
        })
    }
}

/// Who holds a version already asks once whether there is a newer one.
fn patience_with(is_held: bool, patience: Patience) -> Patience {
    if is_held { Patience::OneTry } else { patience }
}

/// What serves from now on: what was fetched; else, where the vault only has no time or cannot be reached, what was
/// had before. A vault that says no is obeyed.
fn keep<T: Clone>(
    held: &mut Option<Version<T>>,
    fetched: Result<Version<T>>,
    certificate: impl Fn(&T) -> &Certificate,
    item: &ItemLocation,
    context: &Context,
) -> Result<Version<T>> {
    match (fetched, &held) {
        (Ok(newest), before) => {
            if before.as_ref().is_some_and(|(known, _)| *known != newest.0) {
                let thumbprint = certificate(&newest.1).thumbprint();
                context.events.emit(
                    Event::CertificateRenewed,
                    &format!("using the renewed certificate {item}, thumbprint {thumbprint}"),
                    [("thumbprint", thumbprint.into())],
                );
            }
            *held = Some(newest.clone());
            Ok(newest)
        }
        (Err(error), Some(before)) if error.is_retryable() => {
            context.events.emit(
                Event::Warning,
                &format!("the vault could not be asked for a newer version of the certificate: {error}"),
                [],
            );
            Ok(before.clone())
        }
        (Err(error), _) => Err(error),
    }
}
