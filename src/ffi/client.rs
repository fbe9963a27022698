//! Clients: one app in one tenant.

use std::time::Duration;

use serde_json::Value;

use super::boundary::{Kind, Out, Registry, guard, input};
use super::credential::credential;
use super::json::Members;
use super::status::State;
use crate::auth::proof::assertion::MOST_MINUTES;
use crate::client::{Client, ClientOptions, MOST_CONCURRENCY, MOST_TRIES, PersistentCache, TokenCache, TokenVersion};
use crate::cloud::Cloud;
use crate::error::Result;
use crate::signature::Algorithm;

/// The clients that callers hold.
pub(super) static CLIENTS: Registry<Client> = Registry::new(Kind::Client);

const MEMBERS: &[&str] = &[
    "tenantId",
    "clientId",
    "cloud",
    "credential",
    "assertionAlgorithm",
    "validForMinutes",
    "sendX5c",
    "continuousAccess",
    "tokenVersion",
    "tokenCache",
    "resource",
    "proxy",
    "proxyPasswordSecret",
    "caFile",
    "requestTimeoutMs",
    "maxTries",
    "maxRetryMs",
    "maxConcurrency",
    "userAgent",
    "vaultApiVersion",
];
const CLOUD_MEMBERS: &[&str] = &["loginHost", "graphHost", "vaultSuffix"];

/// A day: longer than any request or retry should take.
const DAY_MS: u64 = 86_400_000;

/// Makes a client: one app in one tenant. Only the options are read: files and network are touched by the
/// first piece of work.
///
/// docs/abi.md describes the options. Work that was started keeps its client alive: the handle may be freed
/// while it runs, except where the caller signs, because signature requests are answered through the handle.
///
/// @param options JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param client receives the handle; free it with exrun_client_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8,
///         EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT; EXRUN_ERROR_INVALID_HANDLE for a secret that
///         the options name; EXRUN_ERROR_CREDENTIAL_MISSING where the environment was to name the app and does not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_client_new(options: *const u8, len: i64, client: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (client, error) = unsafe { (Out::new(client, "client"), Out::new(error, "error")) };
    guard(error, || {
        let client = client.required()?;
        // SAFETY: premise 1 of the module.
        let text = unsafe { input::text(options, len, "options") }?;
        client.set(CLIENTS.insert(Client::new(read_options(text)?)?)?);
        Ok(State::Ok)
    })
}

/// Frees a client. Work that was started with it goes on.
///
/// @param client handle of a client
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub extern "C" fn exrun_client_free(client: i64) -> i32 {
    guard(Out::none(), || {
        CLIENTS.take(client)?;
        Ok(State::Ok)
    })
}

fn read_options(text: &str) -> Result<ClientOptions> {
    let mut members = Members::parse(text, MEMBERS)?;
    let defaults = ClientOptions::default();
    let token_version = match members.integer("tokenVersion", 1..=2)? {
        Some(1) => TokenVersion::V1,
        Some(_) => TokenVersion::V2,
        None => defaults.token_version,
    };
    Ok(ClientOptions {
        tenant_id: members.filled_text("tenantId")?,
        client_id: members.filled_text("clientId")?,
        cloud: cloud(&mut members)?.unwrap_or(defaults.cloud),
        credential: credential(&mut members)?,
        assertion_algorithm: algorithm(&mut members, "assertionAlgorithm")?,
        valid_for_minutes: valid_for_minutes(&mut members)?,
        send_x5c: members.flag("sendX5c")?.unwrap_or(defaults.send_x5c),
        continuous_access: members.flag("continuousAccess")?.unwrap_or(defaults.continuous_access),
        token_version,
        token_cache: token_cache(&mut members)?,
        // Empty is Graph, as a drop-in script may say.
        resource: members.text("resource")?,
        proxy: proxy(&mut members)?,
        proxy_password: members.secret("proxyPasswordSecret")?,
        ca_file: members.path("caFile")?,
        request_timeout: members.milliseconds("requestTimeoutMs", 1..=DAY_MS)?.unwrap_or(defaults.request_timeout),
        max_tries: tries(&mut members)?.unwrap_or(defaults.max_tries),
        max_retry: retry_time(&mut members)?.unwrap_or(defaults.max_retry),
        max_concurrency: concurrency(&mut members)?.unwrap_or(defaults.max_concurrency),
        user_agent: members.filled_text("userAgent")?,
        vault_api_version: members.filled_text("vaultApiVersion")?,
        ..defaults
    })
}

fn token_cache(members: &mut Members) -> Result<TokenCache> {
    Ok(match members.choice("tokenCache", &[("memory", false), ("persistent", true)])? {
        Some(true) => TokenCache::Persistent(PersistentCache::of_user()),
        Some(false) | None => TokenCache::Memory,
    })
}

pub(super) fn algorithm(members: &mut Members, name: &str) -> Result<Option<Algorithm>> {
    members.choice(name, &[("PS256", Algorithm::Ps256), ("RS256", Algorithm::Rs256)])
}

pub(super) fn valid_for_minutes(members: &mut Members) -> Result<Option<u32>> {
    members.integer("validForMinutes", 1..=MOST_MINUTES)
}

pub(super) fn tries(members: &mut Members) -> Result<Option<u32>> {
    members.integer("maxTries", 1..=MOST_TRIES)
}

pub(super) fn retry_time(members: &mut Members) -> Result<Option<Duration>> {
    members.milliseconds("maxRetryMs", 0..=DAY_MS)
}

pub(super) fn concurrency(members: &mut Members) -> Result<Option<usize>> {
    members.integer("maxConcurrency", 1..=MOST_CONCURRENCY)
}

fn cloud(members: &mut Members) -> Result<Option<Cloud>> {
    match members.value("cloud") {
        None => Ok(None),
        Some(Value::String(name)) => Cloud::named(&name).map(Some).ok_or_else(|| {
            members.fault("cloud", &format!("must be one of {}, or an object", Cloud::NAMES.join(", ")))
        }),
        Some(Value::Object(hosts)) => {
            let mut hosts = members.nested("cloud", hosts, CLOUD_MEMBERS)?;
            Ok(Some(Cloud {
                login_host: hosts.required_text("loginHost")?.into(),
                graph_host: hosts.required_text("graphHost")?.into(),
                vault_suffix: hosts.required_text("vaultSuffix")?.into(),
            }))
        }
        Some(_) => Err(members.fault("cloud", "must be a name or an object")),
    }
}

/// The proxy, which may name a user but no password: this text may be logged by whoever made it.
fn proxy(members: &mut Members) -> Result<Option<String>> {
    let Some(text) = members.filled_text("proxy")? else { return Ok(None) };
    let authority = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    // Where the password holds a # or a /, the part before the last @ is user and password all the same.
    let user = authority.rsplit_once('@');
    if user.is_some_and(|(user, _)| user.contains(':')) {
        let fault = members.fault("proxy", "holds a password");
        return Err(fault.hint("leave it out of the URL and name it as proxyPasswordSecret"));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::super::secret::SECRETS;
    use super::*;
    use crate::client::Credential;
    use crate::error::Status;
    use crate::secret::Secret;

    fn fault(text: &str) -> String {
        let error = read_options(text).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{error}");
        error.to_string()
    }

    #[test]
    fn nothing_is_a_client_without_identity() {
        for text in ["", "{}", r#"{"tenantId":null,"credential":null}"#] {
            let options = read_options(text).unwrap();
            assert!(options.tenant_id.is_none() && options.credential.is_none());
            assert_eq!(options.max_tries, ClientOptions::default().max_tries);
        }
    }

    #[test]
    fn every_member_is_read() {
        let password = SECRETS.insert(Secret::new(b"hunter2".to_vec())).unwrap();
        let text = format!(
            r#"{{"tenantId":"contoso.com","clientId":"c","cloud":"usGov",
            "credential":{{"certificateFile":"app.pfx","passwordSecret":{password}}},
            "assertionAlgorithm":"RS256","validForMinutes":1440,"sendX5c":true,"continuousAccess":true,"tokenVersion":1,"resource":"","tokenCache":"persistent",
            "proxy":"http://user@proxy:3128","proxyPasswordSecret":{password},"caFile":"ca.pem",
            "requestTimeoutMs":5,"maxTries":3,"maxRetryMs":0,"maxConcurrency":64,"userAgent":"x/1"}}"#
        );
        let options = read_options(&text).unwrap();
        SECRETS.take(password).unwrap();
        assert_eq!(options.tenant_id.as_deref(), Some("contoso.com"));
        assert_eq!(options.client_id.as_deref(), Some("c"));
        assert_eq!(options.cloud, Cloud::US_GOV);
        let Some(Credential::CertificateFile { path, password: Some(password) }) = &options.credential else {
            panic!("{:?}", options.credential)
        };
        assert_eq!((path.to_str(), password.bytes()), (Some("app.pfx"), &b"hunter2"[..]));
        assert_eq!(options.assertion_algorithm, Some(Algorithm::Rs256));
        assert_eq!(options.valid_for_minutes, Some(1440));
        assert!(options.send_x5c && options.continuous_access);
        assert_eq!(options.token_version, TokenVersion::V1);
        assert!(matches!(options.token_cache, TokenCache::Persistent(_)));
        assert_eq!(options.resource.as_deref(), Some(""));
        assert_eq!(options.proxy.as_deref(), Some("http://user@proxy:3128"));
        assert!(options.proxy_password.is_some() && options.ca_file.is_some());
        assert_eq!(options.request_timeout, Duration::from_millis(5));
        assert_eq!((options.max_tries, options.max_retry, options.max_concurrency), (3, Duration::ZERO, 64));
        assert_eq!(options.user_agent.as_deref(), Some("x/1"));
    }

    #[test]
    fn a_custom_cloud_names_all_its_hosts() {
        let cloud = r#"{"cloud":{"loginHost":"l","graphHost":"g","vaultSuffix":"v"}}"#;
        assert_eq!(read_options(cloud).unwrap().cloud.graph_host, "g");
        assert!(fault(r#"{"cloud":{"loginHost":"l"}}"#).contains("cloud.graphHost is missing"));
        for host in ["https://l", "l/x", "u@l", "l x", ".l", "l?x"] {
            let text = format!(r#"{{"cloud":{{"loginHost":"{host}","graphHost":"g","vaultSuffix":"v"}}}}"#);
            let error = Client::new(read_options(&text).unwrap()).err().unwrap();
            assert!(error.to_string().contains("cloud.loginHost:"), "{error}");
        }
        assert!(fault(r#"{"cloud":"mars"}"#).contains("must be one of public"));
    }

    #[test]
    fn faults_name_the_member() {
        for (text, part) in [
            (r#"{"validForMinutes":0}"#, "validForMinutes is 0; it must be 1 to 1440"),
            (r#"{"tokenCache":"disk"}"#, "tokenCache must be one of memory, persistent"),
            (r#"{"tokenVersion":3}"#, "tokenVersion is 3"),
            (r#"{"maxConcurrency":0}"#, "maxConcurrency is 0"),
            (r#"{"assertionAlgorithm":"HS256"}"#, "assertionAlgorithm must be one of PS256, RS256"),
            (r#"{"tenantId":" "}"#, "tenantId must not be blank"),
            (r#"{"tenantID":"x"}"#, "tenantID is unknown; the name is tenantId"),
        ] {
            let error = fault(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_password_in_the_proxy_is_refused_and_not_repeated() {
        for proxy in ["http://user:hunter2@proxy:3128", "user:hunter2@proxy", "http://:hunter2@proxy/x@y"] {
            let error = fault(&format!(r#"{{"proxy":"{proxy}"}}"#));
            assert!(error.contains("proxy holds a password") && !error.contains("hunter2"), "{error}");
        }
        for proxy in ["proxy:3128", "http://proxy:3128", "http://user@proxy:3128/", "http://[::1]:3128"] {
            assert!(read_options(&format!(r#"{{"proxy":"{proxy}"}}"#)).is_ok(), "{proxy}");
        }
    }
}
