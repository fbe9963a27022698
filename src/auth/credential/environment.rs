//! The variables by which other tools name an app: what Azure SDKs read, read alike.
//!
//! Source: Azure Identity client library "EnvironmentCredential", "WorkloadIdentityCredential" (environment
//! variables).

use std::path::PathBuf;

use super::kind::Credential;
use super::variables::Variables;
use crate::cloud::{Cloud, is_host};
use crate::error::{Error, Result, Status};

/// An app as the variables describe it.
#[derive(Debug)]
pub struct EnvironmentApp {
    /// `AZURE_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// A secret, a certificate, or a federated token file.
    pub credential: Credential,
    /// `AZURE_CLIENT_SEND_CERTIFICATE_CHAIN`.
    pub send_x5c: bool,
    /// The host of `AZURE_AUTHORITY_HOST`.
    pub login_host: Option<String>,
}

/// Reads the app: a secret before a certificate before a federated token file, as the SDKs do.
///
/// # Errors
///
/// `CredentialMissing` that names what is not set; `InvalidArgument` for an authority host that is none.
pub fn read(variables: &Variables) -> Result<EnvironmentApp> {
    let credential = if let Some(secret) = variables.secret("AZURE_CLIENT_SECRET") {
        Credential::ClientSecret(secret)
    } else if let Some(path) = variables.text("AZURE_CLIENT_CERTIFICATE_PATH") {
        let password = variables.secret("AZURE_CLIENT_CERTIFICATE_PASSWORD");
        Credential::CertificateFile { path: PathBuf::from(path), password }
    } else if let Some(path) = variables.text("AZURE_FEDERATED_TOKEN_FILE") {
        Credential::FederatedTokenFile(PathBuf::from(path))
    } else {
        return Err(missing(variables));
    };
    let flag = variables.text("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN");
    Ok(EnvironmentApp {
        tenant_id: variables.text("AZURE_TENANT_ID"),
        client_id: variables.text("AZURE_CLIENT_ID"),
        credential,
        send_x5c: flag.is_some_and(|flag| flag == "1" || flag.eq_ignore_ascii_case("true")),
        login_host: variables.text("AZURE_AUTHORITY_HOST").map(|host| login_host(&host)).transpose()?,
    })
}

/// The cloud whose tokens come from `login_host`: `cloud` or one of the known ones, by any name of their host, else
/// `cloud`. Tokens are asked for where it was said.
#[must_use]
pub fn cloud_of(login_host: String, cloud: &Cloud) -> Cloud {
    let known = Cloud::NAMES.into_iter().filter_map(Cloud::named);
    let found = std::iter::once(cloud.clone()).chain(known).find(|cloud| cloud.issues_at(&login_host));
    Cloud { login_host: login_host.into(), ..found.unwrap_or_else(|| cloud.clone()) }
}

fn login_host(given: &str) -> Result<String> {
    let host = given.strip_prefix("https://").unwrap_or(given).trim_end_matches('/');
    if is_host(host) {
        return Ok(host.to_owned());
    }
    Err(Error::argument(format!("AZURE_AUTHORITY_HOST must be a host or its https URL, not {given:?}")))
}

fn missing(variables: &Variables) -> Error {
    let error = Error::new(
        Status::CredentialMissing,
        "none of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH and AZURE_FEDERATED_TOKEN_FILE is set",
    )
    .action("signing in as the environment says");
    if variables.secret("AZURE_PASSWORD").is_some() {
        return error.hint("a user's name and password (AZURE_USERNAME, AZURE_PASSWORD) cannot sign in unattended any more: give the app a certificate");
    }
    error.hint("set one of them beside AZURE_TENANT_ID and AZURE_CLIENT_ID")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn app(json: &str) -> Result<EnvironmentApp> {
        read(&Variables::from_json(&Secret::new(json.as_bytes().to_vec())).unwrap())
    }

    #[test]
    fn a_secret_comes_before_a_certificate_before_a_federated_token() {
        let all = app(r#"{"AZURE_TENANT_ID":"t","AZURE_CLIENT_ID":" c ","AZURE_CLIENT_SECRET":"s",
            "AZURE_CLIENT_CERTIFICATE_PATH":"p","AZURE_FEDERATED_TOKEN_FILE":"f","AZURE_AUTHORITY_HOST":"https://login.microsoftonline.us/"}"#)
        .unwrap();
        assert_eq!((all.tenant_id.as_deref(), all.client_id.as_deref()), (Some("t"), Some("c")));
        assert!(matches!(all.credential, Credential::ClientSecret(_)));
        assert_eq!(all.login_host.as_deref(), Some("login.microsoftonline.us"));
        let certificate = app(
            r#"{"AZURE_CLIENT_SECRET":" ","AZURE_CLIENT_CERTIFICATE_PATH":"p","AZURE_CLIENT_CERTIFICATE_PASSWORD":"w","AZURE_CLIENT_SEND_CERTIFICATE_CHAIN":"True"}"#,
        )
        .unwrap();
        assert!(matches!(certificate.credential, Credential::CertificateFile { password: Some(_), .. }));
        assert!(certificate.send_x5c);
        let federated = app(r#"{"AZURE_FEDERATED_TOKEN_FILE":"f","AZURE_CLIENT_SECRET":null}"#).unwrap();
        assert!(matches!(federated.credential, Credential::FederatedTokenFile(_)));
    }

    #[test]
    fn what_is_not_set_is_named() {
        assert!(app("{}").unwrap_err().to_string().contains("AZURE_CLIENT_SECRET"));
        assert!(app(r#"{"AZURE_PASSWORD":"hunter2"}"#).unwrap_err().to_string().contains("AZURE_USERNAME"));
        assert!(app(r#"{"AZURE_CLIENT_SECRET":"s","AZURE_AUTHORITY_HOST":"http://x/y"}"#).is_err());
    }

    #[test]
    fn the_authority_chooses_the_cloud() {
        assert_eq!(cloud_of("login.microsoftonline.us".into(), &Cloud::PUBLIC), Cloud::US_GOV);
        // Both clouds of the US government have one login host: who named one keeps it.
        assert_eq!(cloud_of("login.microsoftonline.us".into(), &Cloud::US_GOV_DOD), Cloud::US_GOV_DOD);
        assert_eq!(cloud_of("login.example".into(), &Cloud::PUBLIC).graph_host, "graph.microsoft.com");
    }
}
