//! The login host: token endpoints v1 and v2, keys, and the OpenID configuration.
//!
//! Source: Microsoft Entra "OAuth 2.0 client credentials flow", "OpenID Connect".

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::assertion::{self, Expected, Refused};
use crate::keys;
use crate::people::{self, Consent};
use crate::reply::{Reply, http_date, iso_date};
use crate::service::Service;
use crate::tokens::{Issued, PERSON_OBJECT_ID, Requested};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a path of the login host is counted and struck as.
#[must_use]
pub fn kind(path: &str) -> &'static str {
    match path.rsplit('/').next() {
        Some("openid-configuration") => "openid",
        Some("devicecode") => "deviceCode",
        Some("authorize") => "authorize",
        Some("keys") => "keys",
        _ => "token",
    }
}

/// A request as the login host sees it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The host.
    pub host: &'a str,
    /// The path with its tenant.
    pub path: &'a str,
    /// The query.
    pub query: &'a str,
    /// The `Content-Type` header.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Answers a request to the login host.
#[must_use]
pub fn answer(service: &Service, asked: &Asked<'_>) -> Reply {
    let Asked { method, host, path, query, content_type, body } = *asked;
    let mut segments = path.trim_start_matches('/').splitn(2, '/');
    let tenant = segments.next().unwrap_or_default();
    let rest = segments.next().unwrap_or_default();
    let form = Form { host, path, tenant, content_type, body, is_v2: rest.contains("v2.0") };
    let answered = match (method, rest) {
        ("GET", "v2.0/.well-known/openid-configuration" | ".well-known/openid-configuration") => {
            openid_configuration(service, host, tenant)
        }
        ("GET", "discovery/v2.0/keys" | "discovery/keys") => {
            let issuer = format!("https://login.microsoftonline.com/{}/v2.0", service.config.tenant);
            Ok(Reply::json(200, &keys::key_set(&service.tokens, &issuer)))
        }
        ("POST", "oauth2/token" | "oauth2/v2.0/token") => token(service, &form),
        ("POST", "oauth2/v2.0/devicecode") => people::device_code(service, &form),
        ("GET", "oauth2/v2.0/authorize") => people::authorize(service, tenant, query),
        _ => return Reply::json(404, &json!({"error": "not_found"})),
    };
    let now = service.now();
    answered.unwrap_or_else(|refused| oauth_error(&refused, now)).header("date", http_date(now))
}

pub(crate) struct Form<'a> {
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) tenant: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) is_v2: bool,
}

impl Form<'_> {
    /// The form's fields.
    pub(crate) fn members(&self) -> Result<HashMap<String, String>, Refused> {
        if !self.content_type.starts_with("application/x-www-form-urlencoded") {
            return refuse(
                400,
                "invalid_request",
                900_144,
                "The request body must be of type application/x-www-form-urlencoded.",
            );
        }
        Ok(url::form_urlencoded::parse(self.body).into_owned().collect())
    }

    pub(crate) fn required<'m>(&self, members: &'m HashMap<String, String>, name: &str) -> Result<&'m str, Refused> {
        match members.get(name).filter(|value| !value.is_empty()) {
            Some(value) => Ok(value),
            None => refuse(
                400,
                "invalid_request",
                900_144,
                format!("The request body must contain the following parameter: '{name}'."),
            ),
        }
    }

    /// The client, where it is the tenant's application, or one that a person's sign-in may name.
    pub(crate) fn known_client<'m>(
        &self,
        service: &Service,
        members: &'m HashMap<String, String>,
    ) -> Result<&'m str, Refused> {
        let client_id = self.required(members, "client_id")?;
        if client_id.eq_ignore_ascii_case(&service.application.read().0) {
            return Ok(client_id);
        }
        refuse(
            400,
            "unauthorized_client",
            700_016,
            format!(
                "Application with identifier '{client_id}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
            ),
        )
    }
}

pub(crate) fn refuse<T>(status: u16, error: &'static str, code: i64, text: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { status, error, code, text: text.into() })
}

pub(crate) fn known_tenant(service: &Service, tenant: &str) -> Result<(), Refused> {
    if service.is_tenant(tenant) || is_any_tenant(tenant) {
        return Ok(());
    }
    let text = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    );
    refuse(400, if uuid::Uuid::try_parse(tenant).is_ok() { "invalid_request" } else { "invalid_tenant" }, 90_002, text)
}

/// Names under which people of any tenant sign in.
fn is_any_tenant(tenant: &str) -> bool {
    matches!(tenant, "organizations" | "common")
}

fn openid_configuration(service: &Service, host: &str, tenant: &str) -> Result<Reply, Refused> {
    known_tenant(service, tenant)?;
    let id = service.tenant_id(tenant);
    Ok(Reply::json(
        200,
        &json!({
            "token_endpoint": format!("https://{host}/{id}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("https://{host}/{id}/discovery/v2.0/keys"),
            "issuer": format!("https://{host}/{id}/v2.0"),
            "authorization_endpoint": format!("https://{host}/{id}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("https://{host}/{id}/oauth2/v2.0/devicecode"),
            "end_session_endpoint": format!("https://{host}/{id}/oauth2/v2.0/logout"),
            "response_modes_supported": ["query"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": "EU",
            "msgraph_host": "graph.microsoft.com",
        }),
    ))
}

fn token(service: &Service, form: &Form<'_>) -> Result<Reply, Refused> {
    known_tenant(service, form.tenant)?;
    let members = form.members()?;
    let grant = form.required(&members, "grant_type")?;
    let is_app = grant == "client_credentials";
    // The short name is what MSAL for Node sends, and Entra takes.
    let is_device = matches!(grant, "urn:ietf:params:oauth:grant-type:device_code" | "device_code");
    let is_person = is_device || matches!(grant, "authorization_code" | "refresh_token");
    if !(is_app || is_person && form.is_v2) {
        let text = format!("The app requested an unsupported grant type '{grant}'.");
        return refuse(400, "unsupported_grant_type", 70_003, text);
    }
    let client_id = form.known_client(service, &members)?;
    let (_, mut certificates) = service.application.read();
    certificates.extend(service.vaults.registered());
    let requested = requested_claims(&members)?;
    if is_app {
        if is_any_tenant(form.tenant) {
            return refuse(
                400,
                "invalid_request",
                53_003,
                "Application-only tokens need a tenant: /common and /organizations are for people.",
            );
        }
        authenticate(service, form, &members, client_id, &certificates)?;
        let resource = match form.is_v2 {
            true => scope_resource(form.required(&members, "scope")?)?,
            false => form.required(&members, "resource")?.to_owned(),
        };
        let resource = known_resource(&resource)?;
        return Ok(issue(service, form, client_id, &resource, requested));
    }
    if members.contains_key("client_secret") || members.contains_key("client_assertion") {
        authenticate(service, form, &members, client_id, &certificates)?;
    } else if !service.config.public_client {
        return refuse(
            401,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        );
    }
    let consent = match grant {
        "authorization_code" => people::code_grant(
            service,
            form.required(&members, "code")?,
            form.required(&members, "redirect_uri")?,
            form.required(&members, "code_verifier")?,
        )?,
        "refresh_token" => people::refresh_grant(
            service,
            form.required(&members, "refresh_token")?,
            members.get("scope").map(String::as_str),
        )?,
        _ => people::device_grant(service, form.required(&members, "device_code")?)?,
    };
    let wants_client_info = members.get("client_info").is_some_and(|value| value == "1");
    issue_to_person(service, client_id, &consent, requested, wants_client_info)
}

/// What the `claims` parameter asks of the token: that the client understands challenges, and not to be older than.
fn requested_claims(members: &HashMap<String, String>) -> Result<Requested, Refused> {
    let Some(text) = members.get("claims") else { return Ok(Requested::default()) };
    let Ok(claims @ Value::Object(_)) = serde_json::from_str::<Value>(text) else {
        return refuse(400, "invalid_request", 50_146, "The claims parameter is not a JSON object.");
    };
    let token = &claims["access_token"];
    let capable = token["xms_cc"]["values"].as_array().is_some_and(|values| values.iter().any(|value| value == "cp1"));
    let not_before = token["nbf"]["value"].as_str().and_then(|value| value.parse().ok());
    Ok(Requested { capable, not_before })
}

fn authenticate(
    service: &Service,
    form: &Form<'_>,
    members: &HashMap<String, String>,
    client_id: &str,
    certificates: &[Vec<u8>],
) -> Result<(), Refused> {
    match (members.get("client_secret"), members.get("client_assertion")) {
        (Some(_), Some(_)) => {
            refuse(400, "invalid_request", 900_141, "both client_secret and client_assertion were sent.")
        }
        (Some(secret), None) if service.config.client_secret.as_ref() == Some(secret) => Ok(()),
        (Some(_), None) => refuse(
            401,
            "invalid_client",
            7_000_215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'."
            ),
        ),
        (None, None) => refuse(
            401,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ),
        (None, Some(presented)) => {
            if members.get("client_assertion_type").map(String::as_str) != Some(ASSERTION_TYPE) {
                return refuse(400, "invalid_request", 50_027, "client_assertion_type must be jwt-bearer.");
            }
            let audiences = [format!("https://{}{}", form.host, form.path)];
            let expected = Expected {
                audiences: &audiences,
                client_id,
                certificates,
                now: service.now(),
                refuse_ps256_with: service.config.refuse_ps256_with,
            };
            let mut used = service.used_jti.lock();
            assertion::check(presented, &expected, &mut used)
        }
    }
}

/// The one resource of a scope such as `https://graph.microsoft.com/.default`.
fn scope_resource(scope: &str) -> Result<String, Refused> {
    match scope.strip_suffix("/.default") {
        Some(resource) if !resource.contains(' ') => Ok(resource.to_owned()),
        _ => refuse(
            400,
            "invalid_scope",
            70_011,
            format!(
                "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
            ),
        ),
    }
}

/// Graph and Key Vault, in all clouds, and Exchange Online.
pub(crate) fn known_resource(resource: &str) -> Result<String, Refused> {
    const KNOWN: [&str; 8] = [
        "outlook.office365.com",
        "graph.microsoft.com",
        "graph.microsoft.us",
        "dod-graph.microsoft.us",
        "microsoftgraph.chinacloudapi.cn",
        "vault.azure.net",
        "vault.usgovcloudapi.net",
        "vault.azure.cn",
    ];
    let host = resource.trim_start_matches("https://").trim_end_matches('/');
    if KNOWN.contains(&host) && resource.starts_with("https://") {
        return Ok(resource.to_owned());
    }
    refuse(
        400,
        "invalid_resource",
        500_011,
        format!("The resource principal named {resource} was not found in the tenant named Contoso."),
    )
}

fn issue(service: &Service, form: &Form<'_>, client_id: &str, resource: &str, requested: Requested) -> Reply {
    let is_v2 = form.is_v2;
    let now = service.now();
    let lifetime = service.config.token_lifetime;
    let is_graph = resource.contains("graph");
    let issued = Issued {
        roles: if is_graph { service.config.roles.clone() } else { Vec::new() },
        requested,
        ..Issued::new(&service.tenant_id(form.tenant), resource, client_id, now + lifetime)
    };
    let token = service.tokens.issue(issued, now, if is_v2 { "2.0" } else { "1.0" });
    service.counters.count(|state| state.tokens_issued += 1);
    let mut members = Map::new();
    members.insert("token_type".into(), "Bearer".into());
    if is_v2 {
        members.insert("expires_in".into(), lifetime.into());
        members.insert("ext_expires_in".into(), lifetime.into());
        if let Some(seconds) = service.config.refresh_in {
            members.insert("refresh_in".into(), seconds.into());
        }
    } else {
        for (name, value) in [
            ("expires_in", lifetime.to_string()),
            ("ext_expires_in", lifetime.to_string()),
            ("expires_on", (now + lifetime).to_string()),
            ("not_before", (now - 300).to_string()),
            ("resource", resource.to_owned()),
        ] {
            members.insert(name.into(), value.into());
        }
    }
    members.insert("access_token".into(), token.into());
    Reply::json(200, &Value::Object(members)).header("cache-control", "no-store, no-cache")
}

fn issue_to_person(
    service: &Service,
    client_id: &str,
    consent: &Consent,
    requested: Requested,
    wants_client_info: bool,
) -> Result<Reply, Refused> {
    let (resource, permissions) = people::delegated(service, &consent.scope)?;
    let resource = known_resource(&resource)?;
    let asks = |name: &str| consent.scope.split_ascii_whitespace().any(|part| part == name);
    let now = service.now();
    let lifetime = service.config.token_lifetime;
    let tenant = &service.config.tenant;
    let scope = permissions.iter().map(|name| format!("{resource}/{name}")).collect::<Vec<_>>().join(" ");
    let issued = Issued {
        roles: permissions,
        person: Some(people::PERSON),
        requested,
        ..Issued::new(tenant, &resource, client_id, now + lifetime)
    };
    let token = service.tokens.issue(issued, now, "1.0");
    service.counters.count(|state| state.tokens_issued += 1);
    let mut members = Map::new();
    members.insert("token_type".into(), "Bearer".into());
    members.insert("scope".into(), scope.into());
    members.insert("expires_in".into(), lifetime.into());
    members.insert("ext_expires_in".into(), lifetime.into());
    members.insert("access_token".into(), token.into());
    if asks("offline_access") {
        members.insert("refresh_token".into(), service.sign_ins.refresh_token(consent).into());
    }
    if asks("openid") {
        let id_token = service.tokens.id_token(tenant, client_id, consent.nonce.as_deref(), now, now + lifetime);
        members.insert("id_token".into(), id_token.into());
    }
    if wants_client_info {
        let client_info = json!({"uid": PERSON_OBJECT_ID, "utid": tenant}).to_string();
        members.insert("client_info".into(), URL_SAFE_NO_PAD.encode(client_info).into());
    }
    Ok(Reply::json(200, &Value::Object(members)).header("cache-control", "no-store, no-cache"))
}

fn oauth_error(refused: &Refused, now: i64) -> Reply {
    let trace = uuid::Uuid::new_v4();
    let correlation = uuid::Uuid::new_v4();
    let timestamp = iso_date(now).replace('T', " ");
    let Refused { status, error, code, text } = refused;
    Reply::json(
        *status,
        &json!({
            "error": error,
            "error_description": format!("AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"),
            "error_codes": [code],
            "timestamp": timestamp,
            "trace_id": trace.to_string(),
            "correlation_id": correlation.to_string(),
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        }),
    )
}
