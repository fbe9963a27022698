//! The first OpenSSL call of the process.

use std::sync::OnceLock;

use openssl::provider::Provider;

/// The legacy provider must stay loaded for as long as RC2 and 3DES are to work.
static LEGACY: OnceLock<Option<Provider>> = OnceLock::new();

/// Initialises OpenSSL; every use of the `openssl` crate comes after a call of this.
///
/// No configuration file is read (a host's `openssl.cnf` is for the host's OpenSSL, not for ours), and no
/// exit handler is set: a clean-up at exit that races worker threads crashes hosts. The legacy provider is
/// loaded beside the default one, for the RC2 and 3DES of old PFX files.
pub(crate) fn openssl_init() {
    LEGACY.get_or_init(|| {
        const NO_LOAD_CONFIG: u64 = 0x0000_0080;
        const NO_ATEXIT: u64 = 0x0008_0000;
        #[expect(unsafe_code, reason = "the one call that the safe wrapper does not offer, at the bottom of the crate")]
        // SAFETY: OPENSSL_init_ssl may be called at any time from any thread, takes flags that OpenSSL 3
        // documents and a null settings pointer, which it documents as "defaults".
        unsafe {
            openssl_sys::OPENSSL_init_ssl(NO_LOAD_CONFIG | NO_ATEXIT, std::ptr::null());
        }
        Provider::try_load(None, "legacy", true).ok()
    });
}
