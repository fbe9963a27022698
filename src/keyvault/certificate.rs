//! Certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::api::VaultApi;
use super::item::check_usable;
use super::location::ItemLocation;
use crate::certificate::{self, Certificate};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Patience;
use crate::secret::Secret;

/// A certificate of a vault, its public part.
#[derive(Clone, Debug)]
pub struct VaultCertificate {
    /// The certificate.
    pub certificate: Certificate,
    /// The vault's members in its order.
    pub members: Map<String, Value>,
}

impl VaultCertificate {
    /// Whether its private key may leave the vault, where its policy is known.
    #[must_use]
    pub fn is_exportable(&self) -> Option<bool> {
        self.members.get("policy")?.pointer("/key_props/exportable")?.as_bool()
    }
}

impl VaultApi {
    /// A certificate: the latest version, or the one that is named.
    ///
    /// # Errors
    ///
    /// As for [`VaultApi::secret`].
    pub async fn certificate(
        &self,
        item: &ItemLocation,
        ignore_validity: bool,
        patience: Patience,
        context: &Context,
    ) -> Result<VaultCertificate> {
        let in_context = |error: Error| error.action("reading the certificate").target(item.to_string());
        let members = self.item("certificates", item, patience, context).await.map_err(in_context)?;
        if !ignore_validity {
            check_usable(&members, "certificate", item, self.clock.now())?;
        }
        let der = members.get("cer").and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok());
        let der = der
            .ok_or_else(|| in_context(Error::new(Status::ResponseInvalid, "the vault's reply holds no certificate")))?;
        let certificate = Certificate::from_der(&der).map_err(|error| {
            in_context(Error::new(Status::ResponseInvalid, format!("the vault's reply holds no certificate: {error}")))
        })?;
        Ok(VaultCertificate { certificate, members })
    }

    /// The certificate with its private key, as a PFX without a password. `password` is for a PFX that has one.
    ///
    /// # Errors
    ///
    /// `VaultKeyNotExportable` where the key must stay in the vault; those of reading a certificate; as for
    /// [`VaultApi::secret`].
    pub async fn certificate_pfx(
        &self,
        item: &ItemLocation,
        found: &VaultCertificate,
        password: Option<Secret>,
        patience: Patience,
        context: &Context,
    ) -> Result<Secret> {
        let in_context =
            |error: Error| error.action("reading the private key of the certificate").target(item.to_string());
        // The same version, also where a renewal happens between the two requests.
        let version = VaultApi::version(&found.members, "sid", item);
        let item_of_secret = ItemLocation::new(item.vault.clone(), &item.name, version.as_deref())?;
        // Its validity was looked at with the certificate's.
        let secret = self.secret(&item_of_secret, true, patience, context).await?;
        let origin = item.to_string();
        let converted =
            tokio::task::spawn_blocking(move || certificate::to_pfx(secret.value.bytes(), password.as_ref(), &origin));
        match converted.await.map_err(|_| Error::internal("reading the certificate panicked"))? {
            Ok(pfx) => Ok(pfx),
            Err(error) if error.status() == Status::CertificateNoKey => Err(in_context(match found.is_exportable() {
                Some(true) => error,
                _ => Error::new(Status::VaultKeyNotExportable, "its private key must not leave the vault")
                    .hint("ask for the certificate alone, or let the key sign in the vault"),
            })),
            Err(error) => Err(error),
        }
    }
}
