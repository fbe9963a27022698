//! One request to a vault: the token first, then the permission, then the object.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::set_secret::set_secret;
use super::store::{Object, Version, derived};
use super::{Asked, State, list, refuse, vault_of, wire};
use crate::reply::Reply;
use crate::service::Service;

const HELP: &str = "For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287";

/// The application id of Key Vault itself: another form of the audience.
const VAULT_APP_ID: &str = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093";

/// The versions of the API that are served.
const API_VERSIONS: [&str; 11] =
    ["2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-06-01-preview", "2025-07-01", "2026-04-01"];

/// Where a request goes.
pub(super) struct Place<'a> {
    /// `https://` and the host as the client wrote it.
    pub(super) base: String,
    pub(super) vault: &'a str,
    pub(super) now: i64,
    pub(super) api_version: String,
    /// Of the query.
    pub(super) parameters: Vec<(String, String)>,
}

impl Place<'_> {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.parameters.iter().find(named).map(|(_, value)| value.as_str())
    }
}

/// Answers a request that no fault has struck.
#[must_use]
pub fn answer(service: &Service, asked: &Asked<'_>) -> Reply {
    let Some((vault, suffix, login)) = vault_of(asked.host, asked.path) else {
        return refuse(404, "NotFound", "no vault", None);
    };
    let now = service.now();
    let mut state = service.vaults.lock();
    if let Some(reply) = throttled(&mut state, vault, now) {
        return reply;
    }
    let tenant = state.tenant.clone().unwrap_or_else(|| service.config.tenant.clone());
    if let Err(message) = authenticate(service, asked, suffix, &tenant) {
        let challenge = format!("Bearer authorization=\"https://{login}/{tenant}\", resource=\"https://{suffix}\"");
        return refuse(401, "Unauthorized", message, None).header("www-authenticate", challenge);
    }
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect();
    let mut place =
        Place { base: format!("https://{}", asked.host), vault, now, api_version: String::new(), parameters };
    match place.parameter("api-version") {
        None | Some("") => return refuse(400, "BadParameter", "api-version must be specified", None),
        Some(version) if API_VERSIONS.contains(&version) => place.api_version = version.to_owned(),
        Some(other) => {
            let message = format!(
                "The specified version ({other}) is not recognized. Consider using the latest supported version (2026-04-01)."
            );
            return refuse(400, "BadParameter", message, None);
        }
    }
    route(&mut state, &place, asked).unwrap_or_else(|refused| *refused)
}

type Answered = Result<Reply, Box<Reply>>;

fn route(state: &mut State, place: &Place<'_>, asked: &Asked<'_>) -> Answered {
    let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
    let (collection, rest) = parts.split_first().map_or(("", &parts[..]), |(first, rest)| (*first, rest));
    let plain = collection.strip_prefix("deleted").unwrap_or(collection);
    if !matches!(plain, "secrets" | "keys" | "certificates") {
        return Err(Box::new(refuse(404, "NotFound", "Resource not found.", None)));
    }
    let is_deleted = plain != collection;
    let method = |wanted: &str| {
        let refused =
            || Box::new(refuse(405, "MethodNotAllowed", "The method is not supported on this resource.", None));
        (asked.method == wanted).then_some(()).ok_or_else(refused)
    };
    let may = |state: &State, operation: &str| permitted(state, place, &format!("{plain}/{operation}"));
    match rest {
        [] => {
            method("GET")?;
            may(state, "list")?;
            let secrets = state.config.secrets;
            let objects = objects(state, place)?;
            Ok(list::objects(place, plain, is_deleted, objects, if plain == "secrets" { secrets } else { 0 }))
        }
        [name, "versions"] if !is_deleted => {
            method("GET")?;
            may(state, "list")?;
            let object = find(state, place, plain, name, false)?;
            Ok(list::versions(place, plain, &object))
        }
        [name, "policy"] if plain == "certificates" && !is_deleted => {
            method("GET")?;
            may(state, "get")?;
            let object = find(state, place, plain, name, false)?;
            Ok(Reply::json(200, &wire::policy(place, &object)))
        }
        [name, "sign"] | [name, _, "sign"] if plain == "keys" && !is_deleted => {
            method("POST")?;
            may(state, "sign")?;
            let version = if rest.len() == 3 { rest[1] } else { "" };
            sign(state, place, name, version, asked)
        }
        [name] if plain == "secrets" && !is_deleted && asked.method == "PUT" => {
            may(state, "set")?;
            plausible(name)?;
            let object = set_secret(state, (place.vault, name, place.now), asked)?;
            Ok(Reply::json(200, &wire::object(place, plain, &object, object.latest(), false, false)))
        }
        [name] | [name, _] if !(is_deleted && rest.len() == 2) => {
            method("GET")?;
            may(state, "get")?;
            let object = find(state, place, plain, name, is_deleted)?;
            let id = rest.get(1).copied().unwrap_or_default();
            let version = object.version(id).ok_or_else(|| not_found(plain, &format!("{name}/{id}")))?;
            // Metadata of what is disabled can be read, its value cannot.
            if plain == "secrets" && !is_deleted && !version.enabled {
                return Err(forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled"));
            }
            Ok(Reply::json(200, &wire::object(place, plain, &object, version, id.is_empty(), is_deleted)))
        }
        _ => Err(Box::new(refuse(404, "NotFound", "Resource not found.", None))),
    }
}

fn objects<'a>(state: &'a mut State, place: &Place<'_>) -> Result<&'a mut Vec<Object>, Box<Reply>> {
    state.objects(place.vault, place.now).map_err(|cause| Box::new(refuse(500, "InternalError", cause, None)))
}

fn find(state: &mut State, place: &Place<'_>, plain: &str, name: &str, is_deleted: bool) -> Result<Object, Box<Reply>> {
    plausible(name)?;
    let secrets = state.config.secrets;
    let named = objects(state, place)?
        .iter()
        .find(|object| object.is_in(plain) && object.deleted == is_deleted && object.name.eq_ignore_ascii_case(name))
        .cloned();
    let index = || name.strip_prefix("secret-")?.parse::<u64>().ok().filter(|index| *index < secrets);
    let made = || index().map(derived).filter(|object| object.name == name);
    named.or_else(|| (plain == "secrets" && !is_deleted).then(made).flatten()).ok_or_else(|| not_found(plain, name))
}

/// Whether an object may have the name.
fn plausible(name: &str) -> Result<(), Box<Reply>> {
    let is_plausible =
        !name.is_empty() && name.len() <= 127 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_plausible {
        return Ok(());
    }
    Err(Box::new(refuse(400, "BadParameter", format!("The request URI contains an invalid name: {name}"), None)))
}

fn not_found(plain: &str, name: &str) -> Box<Reply> {
    let (code, kind) = match plain {
        "secrets" => ("SecretNotFound", "secret"),
        "keys" => ("KeyNotFound", "key"),
        _ => ("CertificateNotFound", "certificate"),
    };
    let message = format!(
        "A {kind} with (name/id) {name} was not found in this key vault. If you recently deleted this {kind} you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
    );
    Box::new(refuse(404, code, message, None))
}

fn forbidden(message: &str, inner: &str) -> Box<Reply> {
    Box::new(refuse(403, "Forbidden", message, Some(inner)))
}

fn permitted(state: &State, place: &Place<'_>, permission: &str) -> Result<(), Box<Reply>> {
    if state.config.permissions.iter().any(|held| held == permission) {
        return Ok(());
    }
    let (collection, operation) = permission.split_once('/').unwrap_or((permission, ""));
    let message = format!(
        "The user, group or application 'appid={};oid=4f3b9c1e-1c1f-4b36-9b5e-8d0f1f6f2a10;iss=https://sts.windows.net/' does not have {collection} {operation} permission on key vault '{};location=westeurope'. {HELP}",
        crate::application::DEFAULT_APP_ID,
        place.vault
    );
    Err(forbidden(&message, "ForbiddenByPolicy"))
}

fn sign(state: &mut State, place: &Place<'_>, name: &str, version: &str, asked: &Asked<'_>) -> Answered {
    let refuse_pss = state.config.refuse_pss;
    let object = find(state, place, "keys", name, false)?;
    let version = object.version(version).ok_or_else(|| not_found("keys", &format!("{name}/{version}")))?;
    usable(version, place.now)?;
    let bad = |message: &str| Box::new(refuse(400, "BadParameter", message, None));
    if !asked.content_type.starts_with("application/json") {
        return Err(Box::new(refuse(415, "BadParameter", "The content type must be application/json.", None)));
    }
    let body: Value = serde_json::from_slice(asked.body).map_err(|_| bad("The request body is not valid JSON."))?;
    let algorithm = body["alg"].as_str().ok_or_else(|| bad("Property 'alg' is required."))?;
    let value = body["value"].as_str().ok_or_else(|| bad("Property 'value' is required."))?;
    let digest = URL_SAFE_NO_PAD
        .decode(value)
        .map_err(|_| bad("Property 'value' must be encoded with base64url, without padding."))?;
    if refuse_pss && algorithm.starts_with("PS") {
        let message = format!("Key and signing algorithm are incompatible. The key does not support '{algorithm}'.");
        return Err(bad(&message));
    }
    let key = version.key().ok_or_else(|| not_found("keys", name))?;
    let signature = key.sign(algorithm, &digest).map_err(|message| bad(&message))?;
    let kid = wire::id(place, "keys", &object, Some(version));
    Ok(Reply::json(200, &json!({"kid": kid, "value": URL_SAFE_NO_PAD.encode(signature)})))
}

/// "About keys": a key that is expired or not yet valid does not sign; one that is disabled does nothing.
fn usable(version: &Version, now: i64) -> Result<(), Box<Reply>> {
    if !version.enabled {
        return Err(forbidden("Operation sign is not allowed on a disabled key.", "KeyDisabled"));
    }
    if version.expires.is_some_and(|expires| expires <= now) {
        return Err(forbidden("Operation sign is not allowed on an expired key.", "KeyExpired"));
    }
    if version.not_before.is_some_and(|not_before| not_before > now) {
        return Err(forbidden("Operation sign is not allowed on a key that is not yet valid.", "KeyNotYetValid"));
    }
    Ok(())
}

/// The token: there, issued here, alive, for Key Vault, of the tenant that the vault trusts.
fn authenticate(service: &Service, asked: &Asked<'_>, suffix: &str, tenant: &str) -> Result<(), String> {
    let token = asked
        .authorization
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or("AKV10000: Request is missing a Bearer or PoP token.")?;
    let issued =
        service.tokens.find(token).ok_or("AKV10046: Unable to resolve the key used for signature validation.")?;
    if issued.expires <= service.now() {
        return Err("AKV10005: Lifetime validation failed. The token is expired.".to_owned());
    }
    let audience = issued.audience.trim_end_matches('/');
    if audience != format!("https://{suffix}") && audience != VAULT_APP_ID {
        return Err(format!("AKV10022: Invalid audience. Expected https://{suffix}, found: {}.", issued.audience));
    }
    if !issued.tenant.eq_ignore_ascii_case(tenant) {
        return Err(format!(
            "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{tenant}/, found https://sts.windows.net/{}/.",
            issued.tenant
        ));
    }
    Ok(())
}

fn throttled(state: &mut State, vault: &str, now: i64) -> Option<Reply> {
    let most = state.config.most_requests;
    let (began, count) = state.windows.entry(vault.to_ascii_lowercase()).or_default();
    if now - *began >= 10 {
        (*began, *count) = (now, 0);
    }
    *count += 1;
    let message =
        "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached";
    (*count > most).then(|| refuse(429, "Throttled", message, None))
}
