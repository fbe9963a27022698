//! Tells secrets apart without holding them.

use std::sync::OnceLock;

use crate::secret::Secret;

/// A digest under a key that only this process has: of no use to who reads its memory later.
pub(crate) fn keyed_digest(secret: &Secret) -> String {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        // Without randomness the digest still tells secrets apart.
        let _ = getrandom::fill(&mut key);
        key
    });
    let mut digest = openssl::sha::Sha256::new();
    digest.update(key);
    digest.update(secret.bytes());
    crate::hex::lower(&digest.finish())
}
