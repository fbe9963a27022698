//! What OpenSSL's errors say about a password. Library numbers are those of `err.h`, reasons those of
//! `evperr.h` and `pkcs12err.h`; the `openssl` crate has no names for them.

use openssl::error::ErrorStack;

const EVP: i32 = 6;
const PEM: i32 = 9;
const PKCS12: i32 = 35;
const PROVIDER: i32 = 57;

/// ERR_R_UNSUPPORTED, of `err.h`: no provider has the algorithm.
const UNSUPPORTED: i32 = 524_556;

/// The padding of what was decrypted is wrong.
pub(super) fn is_bad_decrypt(stack: &ErrorStack) -> bool {
    // EVP_R_BAD_DECRYPT, PROV_R_BAD_DECRYPT, PEM_R_BAD_DECRYPT, PKCS12_R_PKCS12_CIPHERFINAL_ERROR
    has(stack, EVP, 100) || has(stack, PROVIDER, 100) || has(stack, PEM, 101) || has(stack, PKCS12, 116)
}

/// What was decrypted is not what it should be: padding that is right by chance.
pub(super) fn is_nonsense_decrypted(stack: &ErrorStack) -> bool {
    // PKCS12_R_DECODE_ERROR
    has(stack, PKCS12, 101)
}

/// The MAC over the PFX is that of another password.
pub(super) fn is_mac_failure(stack: &ErrorStack) -> bool {
    // PKCS12_R_MAC_VERIFY_FAILURE, which is also said of a MAC that was never computed.
    has(stack, PKCS12, 113) && !is_mac_unknown(stack)
}

/// The MAC over the PFX cannot be computed, with any password.
pub(super) fn is_mac_unknown(stack: &ErrorStack) -> bool {
    // PKCS12_R_MAC_GENERATION_ERROR
    has(stack, PKCS12, 109)
}

/// What it is encrypted with is not known here: no password helps.
pub(super) fn is_unsupported(stack: &ErrorStack) -> bool {
    // EVP_R_UNSUPPORTED_CIPHER, _UNKNOWN_PBE_ALGORITHM, _UNSUPPORTED_KEYLENGTH, _UNSUPPORTED_KEY_DERIVATION_FUNCTION,
    // _UNSUPPORTED_PRF, _UNSUPPORTED_SALT_TYPE, _UNSUPPORTED_ALGORITHM, PEM_R_UNSUPPORTED_ENCRYPTION
    let of_evp = [UNSUPPORTED, 107, 121, 123, 124, 125, 126, 156];
    of_evp.iter().any(|reason| has(stack, EVP, *reason)) || has(stack, PEM, 114)
}

fn has(stack: &ErrorStack, library: i32, reason: i32) -> bool {
    stack.errors().iter().any(|error| error.library_code() == library && error.reason_code() == reason)
}
