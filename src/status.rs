//! What kind of failure it was: the one table of statuses.
//!
//! `cargo xtask header` writes from it the numbers of `include/exrun.h`, the table of `docs/abi.md` and the categories
//! of the PowerShell module, so that a status is added here and nowhere else.

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $category:ident;)+) => {
        /// What kind of failure it was. The numbers are those of the C ABI and never change once released.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum Status {
            $($(#[$doc])* $name = $code),+
        }

        impl Status {
            /// Every status, in the order of the header.
            pub const ALL: &'static [Status] = &[$(Status::$name),+];

            /// The status of a number of the C ABI.
            #[must_use]
            pub fn of_code(code: i64) -> Option<Status> {
                Self::ALL.iter().copied().find(|status| i64::from(status.code()) == code)
            }

            /// The name as `exrun_error_json` gives it, for example `InvalidHandle`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Status::$name => stringify!($name)),+
                }
            }
        }
    };
}

// Name, number, and the category of PowerShell's error records (System.Management.Automation.ErrorCategory).
statuses! {
    /// A required pointer is null.
    NullPointer = -1, InvalidArgument;
    /// A length is negative or too large.
    InvalidLength = -2, InvalidArgument;
    /// Text is not UTF-8.
    InvalidUtf8 = -3, InvalidArgument;
    /// Not JSON.
    InvalidJson = -4, InvalidArgument;
    /// A member is missing, unknown, of the wrong type or out of range; the message names it.
    InvalidArgument = -5, InvalidArgument;
    /// Stale, foreign, freed, or 0.
    InvalidHandle = -40, InvalidOperation;
    /// `take` before the operation ended.
    NotReady = -41, InvalidOperation;
    /// The result was taken before.
    AlreadyTaken = -42, InvalidOperation;
    /// `push` after `finish_input`.
    InputFinished = -43, InvalidOperation;
    /// The call came from a forked child.
    Forked = -44, InvalidOperation;
    /// `exrun_bytes_free` of a pointer that the library did not give, or gave and got back.
    ForeignBytes = -45, NotSpecified;
    /// The token endpoint answered an OAuth error.
    TokenRefused = -100, AuthenticationError;
    /// The client has no tenant, client id or credential, and the call needs it.
    CredentialMissing = -101, AuthenticationError;
    /// No such tenant or domain.
    TenantNotFound = -102, ObjectNotFound;
    /// What was given cannot be a token.
    TokenInvalid = -103, InvalidArgument;
    /// A signature request was not answered within 60 s.
    SignatureUnanswered = -104, AuthenticationError;
    /// A token given by the caller has expired and cannot be renewed.
    TokenExpired = -105, AuthenticationError;
    /// The persistent token cache cannot be had: no credential store answers; nothing was written.
    TokenCacheUnavailable = -106, ResourceUnavailable;
    /// A plan, or a line of an undo file, is of another tenant than the run; nothing was sent for it.
    TenantMismatch = -107, SecurityError;
    /// Not a PFX, PEM or DER that could be read.
    CertificateUnreadable = -150, InvalidData;
    /// The password is wrong, or one is needed and none was given.
    CertificatePassword = -151, AuthenticationError;
    /// A certificate without its private key (`.cer`).
    CertificateNoKey = -152, InvalidData;
    /// Not valid any more.
    CertificateExpired = -153, SecurityError;
    /// Not valid yet.
    CertificateNotYetValid = -154, SecurityError;
    /// Not RSA, or under 2,048 bits.
    KeyUnsupported = -155, SecurityError;
    /// The key can sign with neither PS256 nor RS256.
    KeyUnusable = -156, SecurityError;
    /// The PFX asks for more than 10,000,000 key derivation rounds.
    KdfTooExpensive = -157, LimitsExceeded;
    /// A vault's challenge is for a resource that the vault does not belong to, or names a foreign issuer of
    /// tokens; nothing was sent.
    VaultChallengeRefused = -200, SecurityError;
    /// The object was deleted, and can perhaps be recovered.
    VaultItemDeleted = -201, ObjectNotFound;
    /// The object is disabled.
    VaultItemDisabled = -202, PermissionDenied;
    /// The object has expired.
    VaultItemExpired = -203, SecurityError;
    /// The object is not valid yet.
    VaultItemNotYetValid = -204, SecurityError;
    /// The private key must not leave the vault.
    VaultKeyNotExportable = -205, PermissionDenied;
    /// The service refused; see `httpStatus`, `serviceCode`.
    Service = -300, InvalidResult;
    /// 404 of the service.
    NotFound = -301, ObjectNotFound;
    /// 403 of the service.
    AccessDenied = -302, PermissionDenied;
    /// 401 of the service after a new token was tried.
    Unauthorized = -303, AuthenticationError;
    /// Still 429 or 503 after the last try.
    Throttled = -304, LimitsExceeded;
    /// The reply is not what the service documents.
    ResponseInvalid = -305, ProtocolError;
    /// 404 MailboxNotEnabledForRESTAPI: inactive, soft-deleted or on-premises.
    MailboxNotEnabled = -306, ObjectNotFound;
    /// A write may have happened, and is not repeated.
    OutcomeUnknown = -307, InvalidResult;
    /// As many mailboxes failed as `stopAfterErrors` says.
    TooManyErrors = -308, LimitsExceeded;
    /// The host could not be reached, or the connection broke.
    Connection = -400, ConnectionError;
    /// No reply in time.
    Timeout = -401, OperationTimeout;
    /// TLS failed: certificate, name or version.
    Tls = -402, ConnectionError;
    /// The proxy refused (407 included).
    Proxy = -403, ConnectionError;
    /// A file could not be read or written.
    File = -500, ResourceUnavailable;
    /// The file exists and was not to be replaced.
    FileExists = -501, ResourceExists;
    /// The journal is that of another run; the message names what differs.
    JournalMismatch = -510, InvalidArgument;
    /// Another run has the journal open.
    JournalInUse = -511, ResourceBusy;
    /// The journal cannot be read or written, the disk being full included.
    Journal = -512, ResourceUnavailable;
    /// Cancelled, or freed while something waited.
    Cancelled = -600, OperationStopped;
    /// A fault of the library; please report it.
    Internal = -900, NotSpecified;
}

impl Status {
    /// The number of the C ABI.
    #[must_use]
    pub fn code(self) -> i32 {
        self as i32
    }
}
