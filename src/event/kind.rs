//! What is told to whoever looks closer, one kind of event a line.
//!
//! `cargo xtask header` writes the list in `docs/abi.md` from here.

/// What a caller does with an event. Said with each, so that no caller keeps a list of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// For who looks closer.
    Info,
    /// Must not be missed by whoever runs it.
    Warning,
    /// For the person who has to sign in.
    Prompt,
}

impl Severity {
    /// As the C ABI names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Prompt => "prompt",
        }
    }
}

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $severity:ident, [$($member:literal),*];)+) => {
        /// A kind of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[doc = $doc])+ $name),+
        }

        impl Event {
            /// Every kind.
            pub const ALL: &'static [Event] = &[$(Event::$name),+];

            /// As the C ABI names it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Event::$name => $text),+
                }
            }

            /// What a caller does with it.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $(Event::$name => Severity::$severity),+
                }
            }

            /// The members that it may have besides those that every event has.
            #[must_use]
            pub fn members(self) -> &'static [&'static str] {
                match self {
                    $(Event::$name => &[$($member),*]),+
                }
            }
        }
    };
}

events! {
    /// A request will be sent again, after a failure that may pass. `row`: the mailbox's position in the input, in a run.
    Retry = "retry", Info, ["waitMs", "tries", "row"];
    /// As `retry`, because the service said that there were too many requests.
    Throttled = "throttled", Info, ["waitMs", "tries", "row"];
    /// The service said that the app sends too much: in a run no request starts for so long.
    Held = "held", Info, ["waitMs"];
    /// A line's mailbox came before in the input; it has a row of its own. After a hundred such lines only their number is told, at the end.
    Duplicate = "duplicate", Info, ["row", "mailbox", "duplicates"];
    /// A page link of the user list has expired, and the list is read again from its start.
    Listing = "listing", Info, ["restarts"];
    /// The run pauses: nobody has asked for rows for so long.
    Paused = "paused", Info, ["idlePauseMs"];
    /// A new token was issued.
    Token = "token", Info, ["resource", "expiresOn"];
    /// A token that was kept on disk is used.
    StoredToken = "storedToken", Info, ["resource", "expiresOn"];
    /// The token endpoint refused, where the request asked for its answer as a result.
    TokenRefused = "tokenRefused", Info, [];
    /// A service asks for a token with further claims, which is asked for.
    ClaimsChallenge = "claimsChallenge", Info, ["resource"];
    /// An assertion signed with PS256 was not accepted; RS256 is tried.
    AssertionFallback = "assertionFallback", Info, ["cause"];
    /// This machine's clock is wrong; the service's time is used for assertions.
    ClockOffset = "clockOffset", Info, ["offsetSeconds"];
    /// A newer version of the certificate was found in its vault and is used.
    CertificateRenewed = "certificateRenewed", Info, ["thumbprint"];
    /// The certificate ends within 30 days.
    CertificateExpires = "certificateExpires", Warning, ["thumbprint", "notAfter", "days"];
    /// The newest certificate of the vault is not registered with the app; the one before was used.
    CertificateNotRegistered = "certificateNotRegistered", Warning, ["thumbprint", "cause"];
    /// Anything else that whoever runs it should know.
    Warning = "warning", Warning, ["connectTo", "columns", "failuresDropped", "unreadable"];
    /// A person has to sign in with a code; the message says where.
    DeviceCode = "deviceCode", Prompt, ["userCode", "verificationUri", "expiresInSeconds"];
    /// A person has to sign in in a browser.
    SignIn = "signIn", Prompt, ["url", "browserOpened"];
}
