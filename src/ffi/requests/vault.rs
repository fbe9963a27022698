//! Requests about Key Vault.

use serde::Deserialize;

use super::With;
use super::run::yes;
use super::values::{Digest, SecretHandle, SignatureAlgorithm, Text};
use crate::client::{VaultItemRequest, VaultListRequest};
use crate::error::{Error, Result};
use crate::keyvault::{Collection, ItemLocation, ListRequest, VaultLocation};
use crate::rows::Format;

/// A vault's object: `vault` and `name`, or `url`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct VaultItem {
    /// `https://contoso.vault.azure.net`.
    vault: Option<Text>,
    /// Of the object.
    name: Option<Text>,
    /// Default: the newest.
    version: Option<String>,
    /// `https://contoso.vault.azure.net/secrets/name`, with a version or without.
    url: Option<Text>,
    /// Version of the vault's API. Default: the client's.
    api_version: Option<Text>,
}

impl VaultItem {
    /// Which object: by its URL, or by vault and name. A certificate's key, secret and itself share name and version.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where it is named in no way or in two, or by a URL of other `collections`.
    pub(in crate::ffi) fn request(self, collections: &[&str], ignore_validity: bool) -> Result<VaultItemRequest> {
        let item = match (self.url, self.vault, self.name) {
            (Some(url), None, None) if self.version.is_none() => ItemLocation::parse(&url.0, collections)?.0,
            (None, Some(vault), Some(name)) => {
                ItemLocation::new(VaultLocation::parse(&vault.0)?, &name.0, self.version.as_deref())?
            }
            _ => return Err(Error::argument("either url, or vault and name (and version) must be given")),
        };
        Ok(VaultItemRequest { item, ignore_validity, api_version: self.api_version.map(Into::into) })
    }
}

/// Of `exrun_vault_secret_get`, beside those of a vault's object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct VaultSecretGet {
    /// The value itself as `value`, in the place of the handle `valueSecret`.
    #[serde(default)]
    pub(in crate::ffi) plain_value: bool,
    /// Gives also what has expired or is not valid yet.
    #[serde(default)]
    pub(in crate::ffi) ignore_validity: bool,
}

/// Of `exrun_vault_certificate_get`, beside those of a vault's object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct VaultCertificateGet {
    /// Whether the private key comes along; a key that must not leave the vault is an error then.
    #[serde(default = "yes")]
    pub(in crate::ffi) private_key: bool,
    /// The password of a PFX that has one.
    pub(in crate::ffi) password_secret: Option<SecretHandle>,
    /// Gives also what has expired or is not valid yet.
    #[serde(default)]
    pub(in crate::ffi) ignore_validity: bool,
}

/// Of `exrun_vault_key_get`, beside those of a vault's object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct VaultKeyGet {
    /// Gives also what has expired or is not valid yet.
    #[serde(default)]
    pub(in crate::ffi) ignore_validity: bool,
}

/// Of `exrun_vault_key_sign`, beside those of a vault's object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct VaultKeySign {
    /// How the key signs.
    #[serde(default)]
    pub(in crate::ffi) algorithm: SignatureAlgorithm,
    /// What is signed.
    pub(in crate::ffi) digest: Digest,
}

/// A request about a vault's object.
pub(in crate::ffi) type OfItem<T> = With<T, VaultItem>;

/// Of `exrun_vault_list`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct VaultList {
    /// `https://contoso.vault.azure.net`.
    vault: Text,
    /// What is listed.
    #[serde(default)]
    collection: Listed,
    /// Lists the versions of the object of this name.
    versions_of: Option<Text>,
    /// Lists what is deleted and can be recovered.
    #[serde(default)]
    deleted: bool,
    /// Version of the vault's API. Default: the client's.
    api_version: Option<Text>,
    /// How rows come.
    #[serde(default)]
    format: ListFormat,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Listed {
    #[default]
    Secrets,
    Certificates,
    Keys,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ListFormat {
    #[default]
    Jsonl,
    Clixml,
    Block,
}

impl VaultList {
    pub(in crate::ffi) fn request(self) -> Result<VaultListRequest> {
        Ok(VaultListRequest {
            list: ListRequest {
                vault: VaultLocation::parse(&self.vault.0)?,
                collection: match self.collection {
                    Listed::Secrets => Collection::Secrets,
                    Listed::Certificates => Collection::Certificates,
                    Listed::Keys => Collection::Keys,
                },
                versions_of: self.versions_of.map(Into::into),
                deleted: self.deleted,
            },
            format: match self.format {
                ListFormat::Jsonl => Format::JsonLines,
                ListFormat::Clixml => Format::Clixml,
                ListFormat::Block => Format::Block,
            },
            api_version: self.api_version.map(Into::into),
        })
    }
}
