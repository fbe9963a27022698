//! Azure Key Vault: secrets, certificates, keys, and signatures inside the vault.
//!
//! Source: Azure Key Vault REST API reference, "Authentication, requests, and responses", "Azure Key Vault throttling
//! guidance", "REST API error codes"; the challenge's rules are those of the challenge policy of Azure's own clients.

mod api;
mod certificate;
pub mod challenge;
mod error;
mod item;
mod key;
mod list;
pub mod location;
mod secret;
mod store;
mod tenant_tokens;
mod who;

pub use api::{DEFAULT_API_VERSION, TokenProvider, VaultApi};
pub use certificate::VaultCertificate;
pub use key::VaultSignature;
pub use list::{Collection, ListRequest, Page, PageReader};
pub use location::{ItemLocation, VaultLocation};
pub use secret::VaultSecret;
pub use store::{VaultCertificateStore, VaultKeyStore};
pub use tenant_tokens::TenantTokens;
pub use who::who_asks;
