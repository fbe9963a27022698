//! What proves who the app is, as a client's options name it.

use serde::Deserialize;

use super::fault;
use super::run::yes;
use super::values::{Der, FilePath, SecretHandle, Text, Whole};
use crate::client::{
    self, BrowserOptions, IdentityId, ManagedIdentityOptions, SignIn, Variables, VaultCredential, VaultUse,
};
use crate::error::Result;
use crate::secret::Secret;

/// `credential`: exactly one of the first fourteen, and what goes with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Credential {
    /// PFX or PEM (certificate and key in one file) on disk.
    certificate_file: Option<FilePath>,
    /// The same bytes in memory.
    certificate_secret: Option<SecretHandle>,
    /// A certificate, as base64 of its DER, whose key stays with the caller: he answers signature requests.
    caller_certificate: Option<Text>,
    /// The app's secret.
    client_secret: Option<SecretHandle>,
    /// A client assertion that the caller signed (a JWT); it serves until its `exp`.
    assertion_secret: Option<SecretHandle>,
    /// A file with a token of another identity provider (workload identity federation), read again for each request.
    federated_token_file: Option<FilePath>,
    /// The managed identity of this machine, from IMDS or App Service. Needs no tenant and no client id.
    managed_identity: Option<ManagedIdentity>,
    /// `true`: what the variables of the environment name, see below.
    environment: Option<bool>,
    /// A person signs in on any device; the event `deviceCode` carries the message to show.
    device_code: Option<DeviceCode>,
    /// A person signs in with the browser of this machine; the event `signIn` carries the URL.
    browser: Option<Browser>,
    /// A person who signed in before: their refresh token.
    refresh_token_secret: Option<SecretHandle>,
    /// The URL of a certificate in Key Vault, fetched with its key into memory only. A URL of `/secrets/` does as well.
    vault_certificate: Option<Text>,
    /// The URL of a key that stays in Key Vault: `keys/sign` signs the assertion, also where it is not exportable.
    vault_key: Option<Text>,
    /// An access token that the caller has; it is not renewed.
    token_secret: Option<SecretHandle>,
    /// The password of a PFX. Beside `certificateFile`, `certificateSecret` and `vaultCertificate`.
    password_secret: Option<SecretHandle>,
    /// A JSON object of environment variables that are read in the place of the process's. Beside `managedIdentity` and
    /// `environment`.
    variables_secret: Option<SecretHandle>,
    /// Another credential of this table: proves to the vault who asks. Beside `vaultCertificate` and `vaultKey`.
    /// Default: the managed identity of this machine.
    vault_credential: Option<Box<Credential>>,
    /// The tenant of that credential. Default: the client's.
    vault_tenant_id: Option<Text>,
    /// The app of that credential. Default: the client's.
    vault_client_id: Option<Text>,
    /// Version of the vault's API. Default: the client's.
    vault_api_version: Option<Text>,
}

/// `managedIdentity`: at most one of them, for an identity that the user assigned.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ManagedIdentity {
    /// Its client id.
    client_id: Option<Text>,
    /// Its object id.
    object_id: Option<Text>,
    /// Its resource id.
    resource_id: Option<Text>,
}

/// `deviceCode`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct DeviceCode {
    /// Default: the permissions that the app is registered with.
    scopes: Option<Vec<String>>,
}

/// `browser`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Browser {
    /// Default: the permissions that the app is registered with.
    scopes: Option<Vec<String>>,
    /// The port of loopback that the browser comes back to. Default: any that is free.
    port: Option<Whole<u16, 1, { u16::MAX as i64 }>>,
    /// Whether the library opens the browser.
    #[serde(default = "yes")]
    open: bool,
    /// The address of who is to sign in.
    login_hint: Option<Text>,
}

impl Credential {
    /// What kinds there are, and which of them are there.
    fn kinds(&self) -> [(&'static str, bool); 14] {
        [
            ("certificateFile", self.certificate_file.is_some()),
            ("certificateSecret", self.certificate_secret.is_some()),
            ("callerCertificate", self.caller_certificate.is_some()),
            ("clientSecret", self.client_secret.is_some()),
            ("assertionSecret", self.assertion_secret.is_some()),
            ("federatedTokenFile", self.federated_token_file.is_some()),
            ("managedIdentity", self.managed_identity.is_some()),
            ("environment", self.environment.is_some()),
            ("deviceCode", self.device_code.is_some()),
            ("browser", self.browser.is_some()),
            ("refreshTokenSecret", self.refresh_token_secret.is_some()),
            ("vaultCertificate", self.vault_certificate.is_some()),
            ("vaultKey", self.vault_key.is_some()),
            ("tokenSecret", self.token_secret.is_some()),
        ]
    }

    /// What goes with some kinds alone, and is there.
    fn company(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str], &'static str)> {
        const VAULT: &[&str] = &["vaultCertificate", "vaultKey"];
        const OF_VAULT: &str = "is for vaultCertificate and vaultKey";
        let password: &[&str] = &["certificateFile", "certificateSecret", "vaultCertificate"];
        let of_password = "is for certificateFile, certificateSecret and vaultCertificate";
        let of_variables = "is for managedIdentity and environment";
        [
            ("passwordSecret", self.password_secret.is_some(), password, of_password),
            ("vaultCredential", self.vault_credential.is_some(), VAULT, OF_VAULT),
            ("vaultTenantId", self.vault_tenant_id.is_some(), VAULT, OF_VAULT),
            ("vaultClientId", self.vault_client_id.is_some(), VAULT, OF_VAULT),
            ("vaultApiVersion", self.vault_api_version.is_some(), VAULT, OF_VAULT),
            ("variablesSecret", self.variables_secret.is_some(), &["managedIdentity", "environment"], of_variables),
        ]
        .into_iter()
        .filter_map(|(name, is_there, kinds, what)| is_there.then_some((name, kinds, what)))
    }

    /// The credential that stands at `path`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where it is of no kind or of several, or has company of another kind.
    pub(super) fn credential(self, path: &str) -> Result<client::Credential> {
        let there: Vec<&str> = self.kinds().into_iter().filter(|kind| kind.1).map(|kind| kind.0).collect();
        let &[kind] = there.as_slice() else {
            let all = self.kinds().map(|kind| kind.0).join(", ");
            return Err(fault(path, &format!("must hold exactly one of {all}")));
        };
        if let Some((name, _, what)) = self.company().find(|(_, kinds, _)| !kinds.contains(&kind)) {
            return Err(fault(&format!("{path}.{name}"), what));
        }
        let password = self.password_secret.map(Secret::from);
        let variables = match self.variables_secret {
            Some(json) => Variables::from_json(&json.0)?,
            None => Variables::Process,
        };
        if let Some(SecretHandle(bytes)) = self.certificate_secret {
            return Ok(client::Credential::CertificateBytes { bytes, password });
        }
        if let Some(FilePath(path)) = self.certificate_file {
            return Ok(client::Credential::CertificateFile { path, password });
        }
        if let Some(certificate) = self.caller_certificate {
            let wrong = |what| fault(&format!("{path}.callerCertificate"), what);
            let Der(der) = certificate.try_into().map_err(wrong)?;
            return Ok(client::Credential::CallerCertificate(der));
        }
        if let Some(SecretHandle(secret)) = self.client_secret {
            return Ok(client::Credential::ClientSecret(secret));
        }
        if let Some(SecretHandle(assertion)) = self.assertion_secret {
            return Ok(client::Credential::Assertion(assertion));
        }
        if let Some(FilePath(path)) = self.federated_token_file {
            return Ok(client::Credential::FederatedTokenFile(path));
        }
        if let Some(identity) = self.managed_identity {
            let id = identity.id(path)?;
            return Ok(client::Credential::ManagedIdentity(ManagedIdentityOptions { id, variables }));
        }
        if let Some(environment) = self.environment {
            return match environment {
                true => Ok(client::Credential::Environment(variables)),
                false => Err(fault(&format!("{path}.environment"), "must be true")),
            };
        }
        if let Some(code) = self.device_code {
            return Ok(person(SignIn::DeviceCode, code.scopes));
        }
        if let Some(browser) = self.browser {
            let options = BrowserOptions {
                port: browser.port.map(|port| port.0),
                open: browser.open,
                login_hint: browser.login_hint.map(Into::into),
            };
            return Ok(person(SignIn::Browser(options), browser.scopes));
        }
        if let Some(SecretHandle(token)) = self.refresh_token_secret {
            return Ok(person(SignIn::RefreshToken(token), None));
        }
        if let Some(SecretHandle(token)) = self.token_secret {
            return Ok(client::Credential::Token(token));
        }
        let (usage, url) = match (self.vault_certificate, self.vault_key) {
            (Some(url), _) => (VaultUse::Fetch, url),
            (None, Some(url)) => (VaultUse::Sign, url),
            (None, None) => return Err(fault(path, "is of no kind")),
        };
        let machine =
            || client::Credential::ManagedIdentity(ManagedIdentityOptions { id: None, variables: Variables::Process });
        let credential =
            self.vault_credential.map(|it| it.credential(&format!("{path}.vaultCredential"))).transpose()?;
        Ok(client::Credential::Vault(Box::new(VaultCredential {
            url: url.into(),
            usage,
            credential: credential.unwrap_or_else(machine),
            tenant_id: self.vault_tenant_id.map(Into::into),
            client_id: self.vault_client_id.map(Into::into),
            password,
            api_version: self.vault_api_version.map(Into::into),
        })))
    }
}

fn person(sign_in: SignIn, scopes: Option<Vec<String>>) -> client::Credential {
    client::Credential::Person { sign_in, scopes: scopes.unwrap_or_default() }
}

impl ManagedIdentity {
    fn id(self, path: &str) -> Result<Option<IdentityId>> {
        let ids = [
            self.client_id.map(|id| IdentityId::Client(id.into())),
            self.object_id.map(|id| IdentityId::Object(id.into())),
            self.resource_id.map(|id| IdentityId::Resource(id.into())),
        ];
        let mut ids = ids.into_iter().flatten();
        match (ids.next(), ids.next()) {
            (id, None) => Ok(id),
            _ => Err(fault(
                &format!("{path}.managedIdentity"),
                "must hold at most one of clientId, objectId, resourceId",
            )),
        }
    }
}
