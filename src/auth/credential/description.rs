//! What a credential says of itself.

use crate::error::Result;
use crate::secret::Secret;

/// Tells secrets apart without holding them.
pub type Digest<'a> = &'a (dyn Fn(&Secret) -> Result<String> + Sync);

/// What a credential, or a part of one, says of itself. Never by way of `Debug`, which shows two secrets alike.
pub trait Describe {
    /// What it is, for people.
    fn name(&self) -> &'static str;

    /// Tells it apart from every other one without a secret: whoever has another one must prove it to get a token.
    ///
    /// # Errors
    ///
    /// Those of `digest`.
    fn identity(&self, digest: Digest<'_>) -> Result<String>;
}
