//! What to do about the error numbers of Microsoft Entra.
//!
//! Source: "Microsoft Entra authentication and authorization error codes" (700025
//! InvalidClientPublicClientWithCredential, 530035 BlockedBySecurityDefaults, 50196 LoopDetected, 90033
//! MsodsServiceUnavailable); for 900439 (USGClientNotSupportedOnPublicEndpoint) "What's new for authentication", May 2020;
//! for 1002012 the message that comes with it: "Client credential flows must have a scope value with /.default". The
//! numbers are for people; no decision hangs on them but the assertion's fallback.

/// What to do about the first known number of `codes`.
#[must_use]
pub fn hint(codes: &[i64]) -> Option<&'static str> {
    codes.iter().find_map(|code| {
        Some(match code {
            7_000_215 => "the client secret is wrong: give its value (not its id), and check that it is of this app",
            7_000_222 => "the client secret has expired: create a new one for the app",
            7_000_216 | 7_000_218 => {
                "the app must prove itself: give a certificate or secret; for a person's sign-in allow public client flows on the application"
            }
            700_025 => {
                "the application is a public client and was given a secret or certificate: give none, or set the application's Allow public client flows to No"
            }
            700_016 => "no such application in this tenant: check client id and tenant, and that the app was consented to",
            700_027 | 50_012 | 50_013 => {
                "the certificate or secret is not registered on the application, or another one is: look at keyCredentials (Certificates & secrets)"
            }
            50_027 | 5_002_730 => {
                "the assertion was not accepted: check that the certificate is registered on the application and has an RSA key"
            }
            700_021 => "the assertion is of another application: its iss and sub must be the client id",
            700_023 => "the assertion is for another endpoint: its aud must be the token URL, of the right tenant and cloud",
            700_024 => "the assertion's time is off: check this machine's clock, and that a ready assertion has not expired",
            700_030 | 7_000_213 | 7_000_214 => {
                "the service refuses the certificate for its subject, chain or revocation: for subject name and issuer authentication send x5c"
            }
            70_021 | 700_211 | 700_212 | 700_213 | 700_223 => {
                "no federated credential of the application matches the token's issuer, subject and audience: compare them letter by letter"
            }
            70_011 | 1_002_012 => "the scope is not valid: it must be one resource followed by /.default",
            500_011 | 650_057 => "the resource is unknown in this tenant, or not among the app's permissions: check its name and the cloud",
            90_002 | 900_023 | 50_128 => "the tenant was not found: check the tenant id or domain, and the cloud",
            900_382 | 900_432 => "the app belongs to another cloud: choose the cloud of the tenant",
            900_439 => "the app belongs to the cloud of the US government and was asked for in the public one: choose the cloud usGov or usGovDod",
            65_001 | 90_094 => "no consent: grant admin consent for the application's permissions",
            65_004 => "the person declined to consent",
            7_000_229 => "the application has no service principal in this tenant: grant admin consent once",
            7_000_112 => "the application is disabled in this tenant",
            501_051 | 50_105 => "nobody assigned this account or app to the application: assign it, or do not require assignment",
            530_035 => "the tenant's security defaults block this sign-in, as they may one by device code: sign in with a browser, or ask who manages them",
            53_003 => "blocked by a Conditional Access policy: ask who manages them for this workload identity or account",
            53_000..=53_002 | 53_004 | 530_032 => "a Conditional Access policy wants another device or more proof: sign in from a managed device",
            50_076 | 50_079 | 50_158 => "multi-factor authentication is needed: sign in with a browser or device code",
            50_011 | 500_113 => {
                "register http://localhost as a redirect URI of the platform Mobile and desktop applications"
            }
            50_194 => "the application is of one tenant: name the tenant's id or domain",
            50_020 | 90_072 => "the account is not of this tenant: sign in with another one, or invite it",
            50_034 => "no such account in this tenant",
            50_053 | 50_057 => "the account is locked or disabled",
            50_126 => "wrong user name or password",
            50_173 | 700_082 | 700_084 | 70_008 | 70_043 => "the sign-in has expired or was revoked: sign in again",
            54_005 => "the authorization code was used before: sign in again",
            70_018..=70_020 => "the device code is wrong or has expired: start again, and enter the code in time",
            50_196 => "the same token was asked for too often in a short time (a loop): keep the token and use it again, and wait a few minutes",
            90_033 => "the directory behind Microsoft Entra is unavailable for a moment: try again in a few minutes",
            7_000_211 => "the assertion was used before: sign a new one for each request",
            _ => return None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_that_people_meet_say_what_to_do() {
        for code in [
            7_000_215, 7_000_222, 700_016, 700_027, 50_012, 90_002, 500_011, 65_001, 53_003, 7_000_229, 700_024,
            5_002_730, 7_000_218, 50_011, 700_082, 70_021, 900_439, 700_025, 530_035, 1_002_012, 50_196, 90_033,
        ] {
            assert!(hint(&[1, code]).is_some_and(|hint| hint.len() > 20 && !hint.ends_with('.')), "{code}");
        }
        assert_eq!(hint(&[1, 2]), None);
    }
}
