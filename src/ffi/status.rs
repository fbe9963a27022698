//! What every function returns, as the header sees it. The numbers are those of [`crate::Status`]; a test
//! compares the two.

/// Done.
pub const EXRUN_OK: i32 = 0;
/// Not ready within the time given; call again.
pub const EXRUN_PENDING: i32 = 1;
/// No more rows.
pub const EXRUN_END: i32 = 2;
/// Answer `exrun_signature_request`, then call again.
pub const EXRUN_NEEDS_SIGNATURE: i32 = 3;

/// A required pointer is null.
pub const EXRUN_ERROR_NULL_POINTER: i32 = -1;
/// A length is negative or too large.
pub const EXRUN_ERROR_INVALID_LENGTH: i32 = -2;
/// Text is not UTF-8.
pub const EXRUN_ERROR_INVALID_UTF8: i32 = -3;
/// Text is not JSON.
pub const EXRUN_ERROR_INVALID_JSON: i32 = -4;
/// A member is missing, unknown, of the wrong type or out of range; the message names it.
pub const EXRUN_ERROR_INVALID_ARGUMENT: i32 = -5;
/// The handle is stale, foreign, freed, or 0.
pub const EXRUN_ERROR_INVALID_HANDLE: i32 = -40;
/// The result was asked for before the operation ended.
pub const EXRUN_ERROR_NOT_READY: i32 = -41;
/// The result was taken before.
pub const EXRUN_ERROR_ALREADY_TAKEN: i32 = -42;
/// Input was given after the input had been finished.
pub const EXRUN_ERROR_INPUT_FINISHED: i32 = -43;
/// The call came from a forked child.
pub const EXRUN_ERROR_FORKED: i32 = -44;
/// A pointer that the library did not give, or gave and got back.
pub const EXRUN_ERROR_FOREIGN_BYTES: i32 = -45;
/// The token endpoint answered an OAuth error.
pub const EXRUN_ERROR_TOKEN_REFUSED: i32 = -100;
/// The client has no tenant, client id or credential, and the call needs it.
pub const EXRUN_ERROR_CREDENTIAL_MISSING: i32 = -101;
/// No such tenant or domain.
pub const EXRUN_ERROR_TENANT_NOT_FOUND: i32 = -102;
/// What was given cannot be a token.
pub const EXRUN_ERROR_TOKEN_INVALID: i32 = -103;
/// A signature request was not answered in time.
pub const EXRUN_ERROR_SIGNATURE_UNANSWERED: i32 = -104;
/// A token given by the caller has expired and cannot be renewed.
pub const EXRUN_ERROR_TOKEN_EXPIRED: i32 = -105;
/// The persistent token cache cannot be had: no credential store answers. Nothing was written.
pub const EXRUN_ERROR_TOKEN_CACHE_UNAVAILABLE: i32 = -106;
/// Not a PFX, PEM or DER that could be read.
pub const EXRUN_ERROR_CERTIFICATE_UNREADABLE: i32 = -150;
/// The password is wrong, or one is needed and none was given.
pub const EXRUN_ERROR_CERTIFICATE_PASSWORD: i32 = -151;
/// A certificate without its private key.
pub const EXRUN_ERROR_CERTIFICATE_NO_KEY: i32 = -152;
/// The certificate is not valid any more.
pub const EXRUN_ERROR_CERTIFICATE_EXPIRED: i32 = -153;
/// The certificate is not valid yet.
pub const EXRUN_ERROR_CERTIFICATE_NOT_YET_VALID: i32 = -154;
/// The key is not RSA, or too short.
pub const EXRUN_ERROR_KEY_UNSUPPORTED: i32 = -155;
/// The key can sign with none of the algorithms that are accepted.
pub const EXRUN_ERROR_KEY_UNUSABLE: i32 = -156;
/// The PFX asks for more key derivation rounds than are allowed.
pub const EXRUN_ERROR_KDF_TOO_EXPENSIVE: i32 = -157;
/// A vault asks for a token that is not its own, or names a foreign issuer; nothing was sent.
pub const EXRUN_ERROR_VAULT_CHALLENGE_REFUSED: i32 = -200;
/// The object of the vault was deleted, and can perhaps be recovered.
pub const EXRUN_ERROR_VAULT_ITEM_DELETED: i32 = -201;
/// The object of the vault is disabled.
pub const EXRUN_ERROR_VAULT_ITEM_DISABLED: i32 = -202;
/// The object of the vault has expired.
pub const EXRUN_ERROR_VAULT_ITEM_EXPIRED: i32 = -203;
/// The object of the vault is not valid yet.
pub const EXRUN_ERROR_VAULT_ITEM_NOT_YET_VALID: i32 = -204;
/// The private key must not leave the vault.
pub const EXRUN_ERROR_VAULT_KEY_NOT_EXPORTABLE: i32 = -205;
/// The service refused.
pub const EXRUN_ERROR_SERVICE: i32 = -300;
/// 404 of the service.
pub const EXRUN_ERROR_NOT_FOUND: i32 = -301;
/// 403 of the service.
pub const EXRUN_ERROR_ACCESS_DENIED: i32 = -302;
/// 401 of the service after a new token was tried.
pub const EXRUN_ERROR_UNAUTHORIZED: i32 = -303;
/// Still throttled or unavailable after the last try.
pub const EXRUN_ERROR_THROTTLED: i32 = -304;
/// The reply is not what the service documents.
pub const EXRUN_ERROR_RESPONSE_INVALID: i32 = -305;
/// The mailbox is inactive, soft-deleted or on-premises.
pub const EXRUN_ERROR_MAILBOX_NOT_ENABLED: i32 = -306;
/// A write may have happened, and is not repeated.
pub const EXRUN_ERROR_OUTCOME_UNKNOWN: i32 = -307;
/// As many mailboxes failed as were to stop the run.
pub const EXRUN_ERROR_TOO_MANY_ERRORS: i32 = -308;
/// The host could not be reached, or the connection broke.
pub const EXRUN_ERROR_CONNECTION: i32 = -400;
/// No reply in time.
pub const EXRUN_ERROR_TIMEOUT: i32 = -401;
/// TLS failed.
pub const EXRUN_ERROR_TLS: i32 = -402;
/// The proxy refused.
pub const EXRUN_ERROR_PROXY: i32 = -403;
/// A file could not be read or written.
pub const EXRUN_ERROR_FILE: i32 = -500;
/// The file exists and was not to be replaced.
pub const EXRUN_ERROR_FILE_EXISTS: i32 = -501;
/// The journal is that of another run.
pub const EXRUN_ERROR_JOURNAL_MISMATCH: i32 = -510;
/// Another run has the journal open.
pub const EXRUN_ERROR_JOURNAL_IN_USE: i32 = -511;
/// The journal cannot be read or written.
pub const EXRUN_ERROR_JOURNAL: i32 = -512;
/// Cancelled, or freed while something waited.
pub const EXRUN_ERROR_CANCELLED: i32 = -600;
/// A fault of the library.
pub const EXRUN_ERROR_INTERNAL: i32 = -900;

/// What a call that did not fail has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    Pending,
    End,
    NeedsSignature,
}

impl State {
    pub(super) fn code(self) -> i32 {
        match self {
            State::Ok => EXRUN_OK,
            State::Pending => EXRUN_PENDING,
            State::End => EXRUN_END,
            State::NeedsSignature => EXRUN_NEEDS_SIGNATURE,
        }
    }
}
