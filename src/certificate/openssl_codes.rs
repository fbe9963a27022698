//! What OpenSSL's errors say about a password. Library numbers are those of `err.h`, reasons those of
//! `evperr.h` and `pkcs12err.h`; the `openssl` crate has no names for them.

use openssl::error::ErrorStack;

const EVP: i32 = 6;
const PKCS12: i32 = 35;

/// The padding of what was decrypted is wrong.
pub(super) fn is_bad_decrypt(stack: &ErrorStack) -> bool {
    // EVP_R_BAD_DECRYPT, PKCS12_R_PKCS12_CIPHERFINAL_ERROR
    has(stack, EVP, 100) || has(stack, PKCS12, 116)
}

/// What was decrypted is not what it should be: padding that is right by chance.
pub(super) fn is_nonsense_decrypted(stack: &ErrorStack) -> bool {
    // PKCS12_R_DECODE_ERROR
    has(stack, PKCS12, 101)
}

/// The MAC over the PFX is that of another password.
pub(super) fn is_mac_failure(stack: &ErrorStack) -> bool {
    // PKCS12_R_MAC_VERIFY_FAILURE
    has(stack, PKCS12, 113)
}

fn has(stack: &ErrorStack, library: i32, reason: i32) -> bool {
    stack.errors().iter().any(|error| error.library_code() == library && error.reason_code() == reason)
}
