//! How an app proves to a token endpoint that it is that app.

pub mod assertion;
pub mod certificate_proof;
pub mod certificate_store;
pub(crate) mod digest;
mod federated_token;
mod kind;
pub mod remote_key;
pub mod signer;

pub use certificate_proof::CertificateProof;
pub use kind::Proof;
