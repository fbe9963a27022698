//! Certificates: read from PFX, PEM and DER, used to sign, and created.
//!
//! Everything here is synchronous and may take long (key derivation, key generation, files): call it from a
//! thread that may block.

mod authorities;
mod ber;
mod container;
mod create;
mod fault;
mod files;
mod inspect;
mod kdf;
mod key;
mod key_credential;
mod name;
mod openssl_codes;
mod pair;
mod pem;
mod pkcs12;
mod read;
mod self_signed;
mod to_pfx;
mod x509;

pub use authorities::authorities;
pub use create::{CreateRequest, Created, create};
pub use inspect::{Inspection, inspect, inspect_file};
pub use key::{CertificateWithKey, verify};
pub use key_credential::KeyCredential;
pub use read::{read, read_file};
pub use self_signed::SelfSigned;
pub use to_pfx::{file_to_pfx, to_pfx};
pub use x509::Certificate;
