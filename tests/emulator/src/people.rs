//! People who sign in: device codes, authorization codes and refresh tokens.
//!
//! Source: Microsoft Entra "OAuth 2.0 device authorization grant flow", "OAuth 2.0 authorization code flow",
//! "Refresh tokens"; RFC 7636, RFC 8628.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::{Mutex, MutexGuard};
use serde_json::json;

use crate::assertion::Refused;
use crate::login::{Form, known_tenant, refuse};
use crate::reply::Reply;
use crate::service::Service;

/// Who signs in, whatever the account that was asked for.
pub const PERSON: &str = "admin@contoso.com";

/// Which of the mailboxes is that person's own.
pub const PERSONS_MAILBOX: u64 = 0;

/// An authorization code serves so long.
const CODE_LIFE: i64 = 600;

/// How device codes behave.
#[derive(Clone, Copy, Debug)]
pub struct DeviceCodes {
    /// Polls before the person has signed in.
    pub pending_polls: u32,
    /// Seconds between polls; polling faster is answered `slow_down`.
    pub interval: i64,
    /// Life of a code in seconds.
    pub life: i64,
    /// Whether the person signs in, in the end; else they decline.
    pub approve: bool,
}

impl Default for DeviceCodes {
    fn default() -> Self {
        Self { pending_polls: 1, interval: 1, life: 900, approve: true }
    }
}

/// What a person agreed to.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The scope as it was asked for.
    pub scope: String,
    /// OpenID Connect's `nonce`.
    pub nonce: Option<String>,
}

/// Sign-ins under way, and those that may be renewed.
#[derive(Debug, Default)]
pub struct SignIns(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    devices: HashMap<String, Device>,
    codes: HashMap<String, Code>,
    refresh_tokens: HashMap<String, Consent>,
}

#[derive(Debug)]
struct Device {
    scope: String,
    ends: i64,
    polls: u32,
    last_poll: i64,
}

#[derive(Debug)]
struct Code {
    consent: Consent,
    redirect_uri: String,
    challenge: String,
    ends: i64,
    used: bool,
}

impl SignIns {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock()
    }

    /// A new refresh token; older ones go on serving, as at Entra.
    #[must_use]
    pub fn refresh_token(&self, consent: &Consent) -> String {
        let token = format!("1.emulator-refresh-{}", random());
        self.lock().refresh_tokens.insert(token.clone(), consent.clone());
        token
    }

    /// Makes every refresh token worthless, as an administrator does who revokes sessions.
    pub fn revoke(&self) {
        self.lock().refresh_tokens.clear();
    }
}

fn random() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

/// `POST devicecode`.
pub(crate) fn device_code(service: &Service, form: &Form<'_>) -> Result<Reply, Refused> {
    known_tenant(service, form.tenant)?;
    let members = form.members()?;
    form.known_client(service, &members)?;
    let scope = form.required(&members, "scope")?;
    let now = service.now();
    let codes = service.config.device_codes;
    let device_code = format!("emulator-device-{}", random());
    let user_code = random()[..9].to_ascii_uppercase();
    let device = Device { scope: scope.to_owned(), ends: now + codes.life, polls: 0, last_poll: 0 };
    service.sign_ins.lock().devices.insert(device_code.clone(), device);
    let uri = "https://microsoft.com/devicelogin";
    Ok(Reply::json(
        200,
        &json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": uri,
            "expires_in": codes.life,
            "interval": codes.interval,
            "message": format!("To sign in, use a web browser to open the page {uri} and enter the code {user_code} to authenticate."),
        }),
    ))
}

/// The grant of a device code (RFC 8628, 3.4).
pub(crate) fn device_grant(service: &Service, device_code: &str) -> Result<Consent, Refused> {
    let codes = service.config.device_codes;
    let now = service.now();
    let mut sign_ins = service.sign_ins.lock();
    let Some(device) = sign_ins.devices.get_mut(device_code) else {
        return refuse(400, "bad_verification_code", 70_018, "The verification code entered is not valid.");
    };
    if now >= device.ends {
        return refuse(
            400,
            "expired_token",
            70_020,
            "The provided value for the input parameter 'device_code' is not valid because the code has expired.",
        );
    }
    let too_soon = device.last_poll != 0 && now - device.last_poll < codes.interval;
    device.last_poll = now;
    if too_soon {
        return refuse(400, "slow_down", 70_016, "The app polls faster than the interval allows.");
    }
    device.polls += 1;
    if device.polls <= codes.pending_polls {
        return refuse(
            400,
            "authorization_pending",
            70_016,
            "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        );
    }
    let scope = device.scope.clone();
    sign_ins.devices.remove(device_code);
    if !codes.approve {
        return refuse(400, "authorization_declined", 70_017, "The end user denied the authorization request.");
    }
    Ok(Consent { scope, nonce: None })
}

/// `GET authorize`: the person agrees at once and is sent back.
pub(crate) fn authorize(service: &Service, tenant: &str, query: &str) -> Result<Reply, Refused> {
    known_tenant(service, tenant)?;
    let members: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let text = |name: &str| members.get(name).map(String::as_str).unwrap_or_default();
    if !text("client_id").eq_ignore_ascii_case(&service.application.read().0) {
        return refuse(400, "unauthorized_client", 700_016, "Application with this identifier was not found.");
    }
    // Entra ignores the port of http://localhost, and nothing else.
    let redirect = url::Url::parse(text("redirect_uri")).ok().filter(|uri| {
        uri.scheme() == "http" && uri.host_str() == Some("localhost") && uri.path() == "/" && uri.query().is_none()
    });
    let Some(mut redirect) = redirect else {
        return refuse(
            400,
            "invalid_request",
            50_011,
            "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
        );
    };
    let back = |redirect: &mut url::Url, pairs: &[(&str, &str)]| {
        redirect.query_pairs_mut().extend_pairs(pairs).append_pair("state", text("state"));
        Reply { status: 302, ..Reply::json(302, &json!({})) }.header("location", redirect.as_str())
    };
    let problem = if text("response_type") != "code" {
        Some(("unsupported_response_type", "AADSTS700054: response_type is not enabled for the application."))
    } else if text("scope").is_empty() {
        Some(("invalid_request", "AADSTS900144: The request body must contain the following parameter: 'scope'."))
    } else if text("code_challenge_method") != "S256" || text("code_challenge").len() != 43 {
        Some(("invalid_request", "AADSTS9002325: Proof Key for Code Exchange is required."))
    } else if service.config.decline_browser {
        Some(("access_denied", "AADSTS65004: User declined to consent to access the app."))
    } else {
        None
    };
    if let Some((error, description)) = problem {
        return Ok(back(&mut redirect, &[("error", error), ("error_description", description)]));
    }
    let code = format!("emulator-code-{}", random());
    let made = Code {
        consent: Consent { scope: text("scope").to_owned(), nonce: members.get("nonce").cloned() },
        redirect_uri: text("redirect_uri").to_owned(),
        challenge: text("code_challenge").to_owned(),
        ends: service.now() + CODE_LIFE,
        used: false,
    };
    service.sign_ins.lock().codes.insert(code.clone(), made);
    Ok(back(&mut redirect, &[("code", &code)]))
}

/// The grant of an authorization code.
pub(crate) fn code_grant(
    service: &Service,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Consent, Refused> {
    let mut sign_ins = service.sign_ins.lock();
    let Some(found) = sign_ins.codes.get_mut(code) else {
        return refuse(400, "invalid_grant", 9_002_313, "Invalid request. Request is malformed or invalid.");
    };
    if found.used {
        return refuse(400, "invalid_grant", 54_005, "OAuth2 Authorization code was already redeemed.");
    }
    found.used = true;
    if service.now() >= found.ends {
        return refuse(400, "invalid_grant", 70_008, "The provided authorization code has expired.");
    }
    if found.redirect_uri != redirect_uri {
        return refuse(
            400,
            "invalid_grant",
            500_112,
            "The reply address does not match the one of the authorization request.",
        );
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    if verifier.len() < 43 || URL_SAFE_NO_PAD.encode(digest) != found.challenge {
        return refuse(
            400,
            "invalid_grant",
            501_481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        );
    }
    Ok(found.consent.clone())
}

/// The grant of a refresh token.
pub(crate) fn refresh_grant(service: &Service, token: &str, scope: Option<&str>) -> Result<Consent, Refused> {
    let found = service.sign_ins.lock().refresh_tokens.get(token).cloned();
    match found {
        Some(consent) => Ok(Consent { scope: scope.map_or(consent.scope, str::to_owned), nonce: None }),
        None => refuse(
            400,
            "invalid_grant",
            50_173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
        ),
    }
}

/// The resource and the permissions of a delegated scope, OpenID Connect's own left out.
pub(crate) fn delegated(service: &Service, scope: &str) -> Result<(String, Vec<String>), Refused> {
    let mut resource: Option<String> = None;
    let mut permissions = Vec::new();
    for part in scope.split_ascii_whitespace() {
        if matches!(part, "openid" | "profile" | "email" | "offline_access") {
            continue;
        }
        let (of, name) = match part.strip_prefix("https://").and_then(|rest| rest.rsplit_once('/')) {
            Some((host, name)) => (format!("https://{}", host.trim_end_matches('/')), name),
            None => ("https://graph.microsoft.com".to_owned(), part),
        };
        if resource.as_ref().is_some_and(|other| *other != of) {
            return refuse(400, "invalid_request", 28_000, "The scope names more than one resource.");
        }
        resource = Some(of.clone());
        match name {
            // The one delegated permission that Key Vault has.
            ".default" | "user_impersonation" if of.contains("vault") => {
                permissions.push("user_impersonation".to_owned());
            }
            ".default" => permissions.extend(service.config.roles.iter().cloned()),
            name if service.config.roles.iter().any(|known| known == name) || name == "User.Read" => {
                permissions.push(name.to_owned());
            }
            _ => {
                return refuse(
                    400,
                    "invalid_grant",
                    65_001,
                    format!(
                        "The user or administrator has not consented to use the application with the permission '{name}'."
                    ),
                );
            }
        }
    }
    Ok((resource.unwrap_or_else(|| "https://graph.microsoft.com".to_owned()), permissions))
}
