//! What to do about the error numbers of Microsoft Entra.
//!
//! Source: "Microsoft Entra authentication and authorization error codes". The numbers are for people; no
//! decision hangs on them but the assertion's fallback.

/// What to do about the first known number of `codes`.
#[must_use]
pub fn hint(codes: &[i64]) -> Option<&'static str> {
    codes.iter().find_map(|code| {
        Some(match code {
            7_000_215 => "the client secret is wrong: give its value (not its id), and check that it is of this app",
            7_000_222 => "the client secret has expired: create a new one for the app",
            700_016 => "no such application in this tenant: check client id and tenant, and that the app was consented to",
            700_027 | 50_012 => {
                "the certificate is not registered on the application, or another one is: add it under keyCredentials (Certificates & secrets)"
            }
            50_027 | 5_002_730 => "the assertion was not accepted: check that the certificate is registered on the application",
            700_024 => "the assertion's time is off: check this machine's clock",
            70_011 => "the scope is not valid: it must be one resource followed by /.default",
            500_011 => "the resource is unknown in this tenant: check its name and the cloud",
            90_002 | 900_023 => "the tenant was not found: check the tenant id or domain, and the cloud",
            65_001 => "no consent: grant admin consent for the application's permissions",
            7_000_229 => "the application has no service principal in this tenant: grant admin consent once",
            53_003 => "blocked by a Conditional Access policy: ask who manages them for this workload identity",
            7_000_112 => "the application is disabled in this tenant",
            _ => return None,
        })
    })
}
