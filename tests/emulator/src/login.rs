//! The login host: token endpoints v1 and v2, and the OpenID configuration.
//!
//! Source: Microsoft Entra "OAuth 2.0 client credentials flow", "OpenID Connect".

use std::collections::HashMap;
use std::sync::PoisonError;

use serde_json::{Map, Value, json};

use crate::assertion::{self, Expected, Refused};
use crate::reply::{Reply, http_date, iso_date};
use crate::service::Service;
use crate::tokens::Issued;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whether a path below `/{tenant}/` is one of the login host's.
#[must_use]
pub fn is_login_path(path: &str) -> bool {
    ["/oauth2/token", "/oauth2/v2.0/token", "/.well-known/openid-configuration"].iter().any(|end| path.ends_with(end))
}

/// Answers a request to the login host.
#[must_use]
pub fn answer(service: &Service, method: &str, host: &str, path: &str, content_type: &str, body: &[u8]) -> Reply {
    let mut segments = path.trim_start_matches('/').splitn(2, '/');
    let tenant = segments.next().unwrap_or_default();
    let rest = segments.next().unwrap_or_default();
    let answered = match (method, rest) {
        ("GET", "v2.0/.well-known/openid-configuration" | ".well-known/openid-configuration") => {
            openid_configuration(service, host, tenant)
        }
        ("POST", "oauth2/token" | "oauth2/v2.0/token") => {
            let form = Form { host, path, tenant, content_type, body, is_v2: rest.contains("v2.0") };
            token(service, &form)
        }
        _ => return Reply::json(404, &json!({"error": "not_found"})),
    };
    let now = service.now();
    answered.unwrap_or_else(|refused| oauth_error(&refused, now)).header("date", http_date(now))
}

struct Form<'a> {
    host: &'a str,
    path: &'a str,
    tenant: &'a str,
    content_type: &'a str,
    body: &'a [u8],
    is_v2: bool,
}

fn refuse<T>(status: u16, error: &'static str, code: i64, text: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { status, error, code, text: text.into() })
}

fn known_tenant(service: &Service, tenant: &str) -> Result<(), Refused> {
    if service.is_tenant(tenant) {
        return Ok(());
    }
    let text = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    );
    refuse(400, if uuid::Uuid::try_parse(tenant).is_ok() { "invalid_request" } else { "invalid_tenant" }, 90_002, text)
}

fn openid_configuration(service: &Service, host: &str, tenant: &str) -> Result<Reply, Refused> {
    known_tenant(service, tenant)?;
    let id = &service.config.tenant;
    Ok(Reply::json(
        200,
        &json!({
            "token_endpoint": format!("https://{host}/{id}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("https://{host}/{id}/discovery/v2.0/keys"),
            "issuer": format!("https://{host}/{id}/v2.0"),
            "authorization_endpoint": format!("https://{host}/{id}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("https://{host}/{id}/oauth2/v2.0/devicecode"),
            "tenant_region_scope": "EU",
            "msgraph_host": "graph.microsoft.com",
        }),
    ))
}

fn token(service: &Service, form: &Form<'_>) -> Result<Reply, Refused> {
    known_tenant(service, form.tenant)?;
    if !form.content_type.starts_with("application/x-www-form-urlencoded") {
        return refuse(
            400,
            "invalid_request",
            900_144,
            "The request body must be of type application/x-www-form-urlencoded.",
        );
    }
    let members: HashMap<String, String> = url::form_urlencoded::parse(form.body).into_owned().collect();
    let text = |name: &str| members.get(name).map(String::as_str);
    let required = |name: &str| {
        text(name).filter(|value| !value.is_empty()).map_or_else(
            || {
                refuse(
                    400,
                    "invalid_request",
                    900_144,
                    format!("The request body must contain the following parameter: '{name}'."),
                )
            },
            Ok,
        )
    };
    match required("grant_type")? {
        "client_credentials" => {}
        other => {
            return refuse(
                400,
                "unsupported_grant_type",
                70_003,
                format!("The app requested an unsupported grant type '{other}'."),
            );
        }
    }
    let client_id = required("client_id")?;
    let (app_id, mut certificates) = service.application.read();
    certificates.extend(service.vaults.registered());
    if !client_id.eq_ignore_ascii_case(&app_id) {
        return refuse(
            400,
            "unauthorized_client",
            700_016,
            format!(
                "Application with identifier '{client_id}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
            ),
        );
    }
    authenticate(service, form, &members, client_id, &certificates)?;
    let resource = if form.is_v2 { scope_resource(required("scope")?)? } else { required("resource")?.to_owned() };
    let resource = known_resource(&resource)?;
    Ok(issue(service, form, client_id, &resource))
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
            let mut used = service.used_jti.lock().unwrap_or_else(PoisonError::into_inner);
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

/// Graph and Key Vault, in all clouds.
fn known_resource(resource: &str) -> Result<String, Refused> {
    const KNOWN: [&str; 7] = [
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

fn issue(service: &Service, form: &Form<'_>, client_id: &str, resource: &str) -> Reply {
    let is_v2 = form.is_v2;
    let now = service.now();
    let lifetime = service.config.token_lifetime;
    let is_graph = resource.contains("graph");
    let issued = Issued {
        tenant: service.tenant_id(form.tenant),
        audience: resource.to_owned(),
        app_id: client_id.to_owned(),
        roles: if is_graph { service.config.roles.clone() } else { Vec::new() },
        expires: now + lifetime,
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
