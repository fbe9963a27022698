//! What proves who the app is, as the caller gives it.

mod description;
pub mod environment;
mod kind;
mod machine;
mod person;
mod variables;

pub use description::{Describe, Digest};
pub use kind::{Credential, VaultCredential, VaultUse};
pub use machine::{IdentityId, ManagedIdentityOptions};
pub use person::{BrowserOptions, SignIn};
pub use variables::Variables;
