//! What a vault answers to who comes without a token: whose tokens it takes, and for which resource.
//!
//! Rules (Azure Key Vault "Authentication, requests, and responses", and the challenge policy of Azure's clients):
//! HTTPS only; the vault's host must belong to the challenge's resource, so that no other server can ask for a
//! token and get it; one challenge is remembered for each authority and cloud; a challenge that names another tenant
//! replaces the one that is remembered. Beyond those, the issuer must be the login host of the client's cloud.

use std::collections::HashMap;
use std::sync::OnceLock;

use parking_lot::{Mutex, MutexGuard};
use url::Url;

use crate::cloud::Cloud;
use crate::error::{Error, Result, Status};
use crate::http::{AuthChallenge, HttpReply, HttpSender};

/// Whose tokens a vault takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The tenant, in lower case.
    pub tenant: String,
    /// What the token is for, without a slash at the end.
    pub resource: String,
}

impl Challenge {
    /// Reads the challenge of a 401 reply of a vault.
    ///
    /// # Errors
    ///
    /// `VaultChallengeRefused` for one that breaks a rule; no token has been asked for then.
    pub fn of(reply: &HttpReply, vault_host: &str, cloud: &Cloud) -> Result<Self> {
        Self::read(&AuthChallenge::all(&reply.headers), vault_host, cloud)
    }

    fn read(challenges: &[AuthChallenge], vault_host: &str, cloud: &Cloud) -> Result<Self> {
        let bearer = challenges.iter().find(|challenge| challenge.is("bearer") && challenge.has_parameters());
        let bearer = bearer.ok_or_else(|| refused("the vault's 401 names no issuer of tokens"))?;
        let named = |names: [&str; 2]| names.into_iter().find_map(|name| bearer.get(name));
        let resource = named(["resource", "scope"]).ok_or_else(|| refused("the challenge names no resource"))?;
        let resource = resource.strip_suffix("/.default").unwrap_or(resource).trim_end_matches('/');
        let resource_url = https(resource).ok_or_else(|| refused("the challenge's resource is not an https URL"))?;
        let resource_host = resource_url.host_str().unwrap_or_default();
        let belongs = vault_host.strip_suffix(resource_host).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1);
        if !belongs {
            return Err(refused(format!(
                "the challenge is for the resource {resource_host}, to which the host {vault_host} does not belong"
            ))
            .hint("check the vault's URL: the server behind it asks for a token that is not its own"));
        }
        let issuer = named(["authorization", "authorization_uri"])
            .ok_or_else(|| refused("the challenge names no issuer of tokens"))?;
        let issuer = https(issuer).ok_or_else(|| refused("the challenge's issuer of tokens is not an https URL"))?;
        let login_host = issuer.host_str().unwrap_or_default();
        check_issuer(login_host, cloud)?;
        let tenant = issuer.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
        let plausible = !tenant.is_empty()
            && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
        if !plausible {
            return Err(refused("the challenge names no tenant"));
        }
        Ok(Self { tenant: tenant.to_ascii_lowercase(), resource: resource.to_owned() })
    }
}

/// Tokens are asked for at the login host of the client's cloud and nowhere else.
fn check_issuer(login_host: &str, cloud: &Cloud) -> Result<()> {
    if cloud.issues_at(login_host) {
        return Ok(());
    }
    let other = Cloud::NAMES.iter().find(|name| Cloud::named(name).is_some_and(|cloud| cloud.issues_at(login_host)));
    let error =
        refused(format!("the challenge names {login_host} as the issuer of tokens, and not {}", cloud.login_host));
    Err(match other {
        Some(name) => error.hint(format!("the vault is in another cloud: choose the cloud {name}")),
        None => error.hint("check the vault's URL; no token was asked for"),
    })
}

fn https(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| url.scheme() == "https" && url.has_host())
}

fn refused(detail: impl Into<String>) -> Error {
    Error::new(Status::VaultChallengeRefused, detail)
}

/// By the way of connecting, the cloud and the authority: what one cloud's rules allowed says nothing in another's.
type CacheKey = (usize, Cloud, String);

static CHALLENGES: OnceLock<Mutex<HashMap<CacheKey, Challenge>>> = OnceLock::new();

fn challenges() -> MutexGuard<'static, HashMap<CacheKey, Challenge>> {
    CHALLENGES.get_or_init(Mutex::default).lock()
}

/// The challenge that is remembered for an authority in this process.
pub(super) fn remembered(sender: &HttpSender, cloud: &Cloud, authority: &str) -> Option<Challenge> {
    challenges().get(&(sender.transport_id(), cloud.clone(), authority.to_owned())).cloned()
}

/// Remembers a challenge.
pub(super) fn remember(sender: &HttpSender, cloud: &Cloud, authority: &str, challenge: &Challenge) {
    challenges().insert((sender.transport_id(), cloud.clone(), authority.to_owned()), challenge.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4";

    fn read(header: &str, host: &str) -> Result<Challenge> {
        Challenge::read(&AuthChallenge::of_field(header), host, &Cloud::PUBLIC)
    }

    #[test]
    fn both_forms_are_read() {
        let host = "contoso.vault.azure.net";
        let expected = Challenge { tenant: TENANT.into(), resource: "https://vault.azure.net".into() };
        for header in [
            format!(
                r#"Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net""#
            ),
            format!(
                r#"Bearer authorization_uri="https://login.windows.net/{TENANT}/", scope="https://vault.azure.net/.default""#
            ),
            format!(
                r#"bearer resource=https://vault.azure.net,authorization="https://login.microsoftonline.com/{TENANT}/oauth2/authorize""#
            ),
            format!(
                r#"PoP nonce="x", Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net""#
            ),
        ] {
            assert_eq!(read(&header, host).unwrap(), expected, "{header}");
        }
    }

    #[test]
    fn a_challenge_that_breaks_a_rule_is_refused() {
        let host = "contoso.vault.azure.net";
        for header in [
            // The vault does not belong to the resource.
            r#"Bearer authorization="https://login.microsoftonline.com/t", resource="https://graph.microsoft.com""#,
            r#"Bearer authorization="https://login.microsoftonline.com/t", resource="https://azure.net.example.com""#,
            r#"Bearer authorization="https://login.microsoftonline.com/t", resource="https://contoso.vault.azure.net""#,
            r#"Bearer authorization="https://login.microsoftonline.com/t", resource="https://ault.azure.net""#,
            r#"Bearer authorization="https://login.microsoftonline.com/t", resource="http://vault.azure.net""#,
            // The issuer is none, not https, foreign, or without a tenant.
            r#"Bearer authorization="https://login.evil.example/t", resource="https://vault.azure.net""#,
            r#"Bearer authorization="https://login.microsoftonline.com.evil.example/t", resource="https://vault.azure.net""#,
            r#"Bearer authorization="https://login.microsoftonline.com@evil.example/t", resource="https://vault.azure.net""#,
            r#"Bearer authorization="http://login.microsoftonline.com/t", resource="https://vault.azure.net""#,
            r#"Bearer authorization="https://login.microsoftonline.com/", resource="https://vault.azure.net""#,
            r#"Bearer resource="https://vault.azure.net""#,
            r#"Bearer authorization="https://login.microsoftonline.com/t""#,
            "Bearer",
            "Negotiate",
        ] {
            let error = read(header, host).unwrap_err();
            assert_eq!(error.status(), Status::VaultChallengeRefused, "{header}");
        }
    }

    #[test]
    fn a_vault_of_another_cloud_says_which() {
        let header =
            r#"Bearer authorization="https://login.microsoftonline.us/t", resource="https://vault.usgovcloudapi.net""#;
        let error = read(header, "contoso.vault.usgovcloudapi.net").unwrap_err();
        assert!(error.to_string().contains("choose the cloud usGov"), "{error}");
    }
}
