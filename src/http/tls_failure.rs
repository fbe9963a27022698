//! Why a TLS handshake failed, by the numbers that the TLS libraries give: their words are in the system's language.

use std::borrow::Cow;
use std::error::Error as StdError;

use jiff::Timestamp;

use crate::certificate::Certificate;
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Error, Status};
use crate::printable::shortened;

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    UnknownIssuer,
    SelfSigned,
    /// Expired or not yet valid, itself or one of its issuers'.
    OutOfTime,
    OtherName,
    Revoked,
    /// Whether it was revoked could not be found out.
    RevocationUnknown,
    /// Another number of the TLS library.
    Other(i64),
}

/// A handshake that ended over a certificate.
#[derive(Clone, Copy, Debug)]
pub(super) struct CertificateFault {
    wrong: Wrong,
    of_proxy: bool,
}

/// How a handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handshake {
    /// The network broke: another try may succeed.
    Broken,
    /// The two sides do not come together.
    Refused,
    /// Over a certificate.
    Certificate,
}

impl CertificateFault {
    /// `None` where the failure is another one.
    pub(super) fn of(failure: &reqwest::Error) -> Option<Self> {
        let wrong = wrong_with_certificate(&format!("{:?}", native_failure(failure)?))?;
        Some(Self { wrong, of_proxy: is_of_tunnel(failure) })
    }

    /// Whether it is the certificate of a proxy that is spoken to over TLS.
    pub(super) fn is_of_proxy(self) -> bool {
        self.of_proxy
    }

    /// The error for people: what is wrong, with which certificate, and the way out.
    pub(super) fn error(self, host: &str, shown: Option<&Certificate>) -> Error {
        let which = shown.map_or_else(|| "its certificate".to_owned(), describe);
        // The library has judged by the system's time, whatever clock the client has.
        let why = self.why(host, shown, SystemClock.now());
        Error::new(Status::Tls, format!("no TLS connection to {host}: {which} {why}")).hint(self.way_out())
    }

    fn why(self, host: &str, shown: Option<&Certificate>, now: Timestamp) -> String {
        match self.wrong {
            Wrong::UnknownIssuer => "is of an issuer that this computer does not trust".to_owned(),
            Wrong::SelfSigned => "is signed by itself or under a root that this computer does not trust".to_owned(),
            Wrong::OutOfTime => match shown {
                Some(certificate) if now > certificate.not_after() => "has expired".to_owned(),
                Some(certificate) if now < certificate.not_before() => "is not yet valid".to_owned(),
                Some(_) => "is of an issuer whose own certificate has expired or is not yet valid".to_owned(),
                None => "has expired or is not yet valid".to_owned(),
            },
            Wrong::OtherName => match shown.map(Certificate::names).filter(|names| !names.is_empty()) {
                Some(names) => format!("is for another name: for {}, not for {host}", listed(&names)),
                None => format!("is for another name than {host}"),
            },
            Wrong::Revoked => "was revoked".to_owned(),
            Wrong::RevocationUnknown => "may have been revoked, and its issuer cannot be asked".to_owned(),
            Wrong::Other(code) => format!("was not accepted ({})", shown_code(code)),
        }
    }

    fn way_out(self) -> &'static str {
        match self.wrong {
            Wrong::UnknownIssuer | Wrong::SelfSigned => {
                "a proxy that opens TLS is the usual cause: name the file of its CA certificate in EXRUN_CA_FILE, or \
                 add it to the system's CA certificates"
            }
            Wrong::OutOfTime => {
                "check the clock of this computer; whoever runs the server, or the proxy that opens TLS, has to renew \
                 the certificate (EXRUN_CA_FILE does not help here)"
            }
            Wrong::OtherName => {
                "another server answers in its place: check DNS and the proxy (EXRUN_CA_FILE does not help here)"
            }
            Wrong::Revoked => "another server answers in its place, or its operator has to renew the certificate",
            Wrong::RevocationUnknown => {
                "let this computer reach the revocation lists of the certificate's issuer; a proxy that opens TLS \
                 needs a CA certificate that names one it can reach"
            }
            Wrong::Other(_) => {
                "check the certificate of the server, or of a proxy that opens TLS; EXRUN_CA_FILE names further CA \
                 certificates"
            }
        }
    }
}

/// How the handshake failed; `None` where the failure is none of TLS.
pub(super) fn handshake(failure: &reqwest::Error) -> Option<Handshake> {
    let native = native_failure(failure)?;
    let debug = format!("{native:?}");
    if wrong_with_certificate(&debug).is_some() {
        return Some(Handshake::Certificate);
    }
    Some(if is_broken(native, &debug) { Handshake::Broken } else { Handshake::Refused })
}

fn native_failure(failure: &reqwest::Error) -> Option<&native_tls::Error> {
    causes(failure).find_map(|cause| cause.downcast_ref())
}

fn is_of_tunnel(failure: &reqwest::Error) -> bool {
    causes(failure).any(|cause| cause.to_string().starts_with("tunnel error"))
}

pub(super) fn causes(failure: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = failure;
    std::iter::successors(Some(first), |&cause| cause.source())
}

/// The native libraries keep their numbers to themselves; `Debug` of what they wrap shows them.
fn wrong_with_certificate(debug: &str) -> Option<Wrong> {
    if cfg!(windows) { number_after(debug, "Os { code: ").and_then(of_windows) } else { of_openssl(debug) }
}

/// A verification's result: the numbers `X509_V_ERR_*` of OpenSSL's `x509_vfy.h`.
fn of_openssl(debug: &str) -> Option<Wrong> {
    Some(match number_after(debug, "X509VerifyResult { code: ")? {
        0 => return None,
        2 | 20 | 21 | 27 | 33 => Wrong::UnknownIssuer,
        18 | 19 => Wrong::SelfSigned,
        9 | 10 => Wrong::OutOfTime,
        62..=64 => Wrong::OtherName,
        23 => Wrong::Revoked,
        3 | 8 | 11 | 12 => Wrong::RevocationUnknown,
        other => Wrong::Other(other),
    })
}

/// The numbers `CERT_E_*`, `CRYPT_E_*`, `TRUST_E_*` and `SEC_E_*` of `winerror.h`.
fn of_windows(code: i64) -> Option<Wrong> {
    Some(match hresult(code)? {
        // CERT_E_CHAINING, CERT_E_UNTRUSTEDROOT, CERT_E_UNTRUSTEDCA, SEC_E_UNTRUSTED_ROOT
        0x800b_010a | 0x800b_0109 | 0x800b_0112 | 0x8009_0325 => Wrong::UnknownIssuer,
        // CERT_E_EXPIRED, CERT_E_VALIDITYPERIODNESTING, SEC_E_CERT_EXPIRED
        0x800b_0101 | 0x800b_0102 | 0x8009_0328 => Wrong::OutOfTime,
        // CERT_E_CN_NO_MATCH, CERT_E_INVALID_NAME, SEC_E_WRONG_PRINCIPAL
        0x800b_010f | 0x800b_0114 | 0x8009_0322 => Wrong::OtherName,
        // CERT_E_REVOKED, CRYPT_E_REVOKED
        0x800b_010c | 0x8009_2010 => Wrong::Revoked,
        // CERT_E_REVOCATION_FAILURE, CRYPT_E_NO_REVOCATION_CHECK, CRYPT_E_REVOCATION_OFFLINE
        0x800b_010e | 0x8009_2012 | 0x8009_2013 => Wrong::RevocationUnknown,
        // The rest of CERT_E_* and TRUST_E_*; SEC_E_CERT_UNKNOWN, SEC_E_CERT_WRONG_USAGE
        0x800b_0000..=0x800b_ffff | 0x8009_0327 | 0x8009_0349 => Wrong::Other(code),
        _ => return None,
    })
}

/// The number of an error of Windows' security interfaces (0x8009xxxx, 0x800Bxxxx); `None` for one of its network.
fn hresult(code: i64) -> Option<u32> {
    let code = i32::try_from(code).ok()?.cast_unsigned();
    matches!(code >> 16, 0x8009 | 0x800b).then_some(code)
}

/// Whether the network and not TLS ended the handshake.
fn is_broken(native: &native_tls::Error, debug: &str) -> bool {
    if cfg!(windows) {
        return number_after(debug, "Os { code: ").is_none_or(|code| hresult(code).is_none());
    }
    match native.source() {
        None => debug.contains("ErrorCode(5)"), // SSL_ERROR_SYSCALL: the peer closed the connection.
        Some(cause) => match cause.downcast_ref::<openssl::error::ErrorStack>() {
            // SSL_R_UNEXPECTED_EOF_WHILE_READING
            Some(stack) => stack.errors().iter().any(|error| error.reason_code() == 294),
            None => cause.is::<std::io::Error>(),
        },
    }
}

fn number_after(text: &str, mark: &str) -> Option<i64> {
    let (_, rest) = text.split_once(mark)?;
    let end = rest.find(|letter: char| letter != '-' && !letter.is_ascii_digit())?;
    rest[..end].parse().ok()
}

fn shown_code(code: i64) -> String {
    hresult(code).map_or_else(|| format!("verification result {code}"), |code| format!("0x{code:08X}"))
}

/// Which certificate it is. Its texts come from a stranger.
fn describe(certificate: &Certificate) -> String {
    format!(
        "its certificate ({}, issued by {}, valid from {} to {})",
        short(certificate.subject()),
        short(certificate.issuer()),
        certificate.not_before(),
        certificate.not_after()
    )
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    let mut text = names.iter().take(MOST).map(|name| short(name)).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text.push_str(", ...");
    }
    text
}

fn short(text: &str) -> Cow<'_, str> {
    if text.is_empty() { "without a name".into() } else { shortened(text, 120) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_code(code: u32) -> Option<Wrong> {
        of_windows(i64::from(code.cast_signed()))
    }

    #[test]
    fn numbers_of_windows_decide_and_not_its_words() {
        let german = "Os { code: -2146762487, kind: Uncategorized, message: \"Eine Zertifikatkette wurde ...\" }";
        assert_eq!(number_after(german, "Os { code: ").and_then(of_windows), Some(Wrong::UnknownIssuer));
        assert_eq!(of_code(0x8009_0325), Some(Wrong::UnknownIssuer));
        assert_eq!(of_code(0x800b_0101), Some(Wrong::OutOfTime));
        assert_eq!(of_code(0x800b_010f), Some(Wrong::OtherName));
        assert_eq!(of_code(0x8009_0322), Some(Wrong::OtherName));
        assert_eq!(of_code(0x8009_2012), Some(Wrong::RevocationUnknown));
        assert_eq!(of_code(0x800b_0110).map(|_| ()), Some(()));
        // SEC_E_ALGORITHM_MISMATCH is of TLS and of no certificate, WSAECONNRESET of neither.
        assert_eq!(of_code(0x8009_0331), None);
        assert!(hresult(i64::from(0x8009_0331_u32.cast_signed())).is_some());
        assert_eq!((of_windows(10054), hresult(10054)), (None, None));
        assert_eq!(shown_code(i64::from(0x800b_0110_u32.cast_signed())), "0x800B0110");
    }

    #[test]
    fn a_verification_that_succeeded_is_no_fault_of_the_certificate() {
        assert_eq!(of_openssl("Ssl(Error { .. }, X509VerifyResult { code: 0, error: \"ok\" })"), None);
        assert_eq!(
            of_openssl("Ssl(Error { .. }, X509VerifyResult { code: 79, error: \"x\" })"),
            Some(Wrong::Other(79))
        );
        assert_eq!(of_openssl("Normal(ErrorStack([]))"), None);
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(short(&"x".repeat(500)).len(), 123);
        assert_eq!(listed(&vec!["a".to_owned(); 9]), "a, a, a, a, a, ...");
    }
}
