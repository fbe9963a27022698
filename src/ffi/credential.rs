//! What proves who the app is, as a client's options name it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json::Members;
use crate::client::{
    BrowserOptions, Credential, IdentityId, ManagedIdentityOptions, SignIn, Variables, VaultCredential, VaultUse,
};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The members that say what kind of credential it is.
const KINDS: [&str; 14] = [
    "certificateFile",
    "certificateSecret",
    "callerCertificate",
    "clientSecret",
    "assertionSecret",
    "federatedTokenFile",
    "managedIdentity",
    "environment",
    "deviceCode",
    "browser",
    "refreshTokenSecret",
    "vaultCertificate",
    "vaultKey",
    "tokenSecret",
];
const MEMBERS: &[&str] = &[
    "certificateFile",
    "certificateSecret",
    "callerCertificate",
    "clientSecret",
    "assertionSecret",
    "federatedTokenFile",
    "managedIdentity",
    "environment",
    "deviceCode",
    "browser",
    "refreshTokenSecret",
    "tokenSecret",
    "passwordSecret",
    "variablesSecret",
    "vaultCertificate",
    "vaultKey",
    "vaultCredential",
    "vaultTenantId",
    "vaultClientId",
    "vaultApiVersion",
];
/// What stands beside `vaultCertificate` and `vaultKey`.
const VAULT_MEMBERS: [&str; 4] = ["vaultCredential", "vaultTenantId", "vaultClientId", "vaultApiVersion"];

/// Reads the member `credential`.
pub(super) fn credential(members: &mut Members) -> Result<Option<Credential>> {
    credential_of(members, "credential")
}

/// Reads the credential that is the value of `name`.
fn credential_of(members: &mut Members, name: &str) -> Result<Option<Credential>> {
    let Some(mut members) = members.object(name, MEMBERS)? else { return Ok(None) };
    let given: Vec<&str> = KINDS.into_iter().filter(|kind| members.has(kind)).collect();
    let &[kind] = given.as_slice() else {
        return Err(Error::argument(format!("the member {name} must hold exactly one of {}", KINDS.join(", "))));
    };
    let password = members.secret("passwordSecret")?;
    if password.is_some() && !matches!(kind, "certificateFile" | "certificateSecret" | "vaultCertificate") {
        let fault = "is for certificateFile, certificateSecret and vaultCertificate";
        return Err(members.fault("passwordSecret", fault));
    }
    if let Some(beside) = VAULT_MEMBERS.iter().find(|name| members.has(name))
        && !matches!(kind, "vaultCertificate" | "vaultKey")
    {
        return Err(members.fault(beside, "is for vaultCertificate and vaultKey"));
    }
    let variables = members.secret("variablesSecret")?;
    if variables.is_some() && !matches!(kind, "managedIdentity" | "environment") {
        return Err(members.fault("variablesSecret", "is for managedIdentity and environment"));
    }
    let variables = variables.map_or(Ok(Variables::Process), |json| Variables::from_json(&json))?;
    Ok(Some(match kind {
        "certificateFile" => Credential::CertificateFile { path: members.required_path(kind)?, password },
        "certificateSecret" => Credential::CertificateBytes { bytes: members.required_secret(kind)?, password },
        "callerCertificate" => Credential::CallerCertificate(certificate(&mut members, kind)?),
        "clientSecret" => Credential::ClientSecret(members.required_secret(kind)?),
        "assertionSecret" => Credential::Assertion(members.required_secret(kind)?),
        "federatedTokenFile" => Credential::FederatedTokenFile(members.required_path(kind)?),
        "managedIdentity" => {
            Credential::ManagedIdentity(ManagedIdentityOptions { id: identity(&mut members, kind)?, variables })
        }
        "environment" => match members.flag(kind)? {
            Some(true) => Credential::Environment(variables),
            _ => return Err(members.fault(kind, "must be true")),
        },
        "vaultCertificate" => vault(&mut members, kind, VaultUse::Fetch, password)?,
        "vaultKey" => vault(&mut members, kind, VaultUse::Sign, None)?,
        "deviceCode" => device_code(&mut members, kind)?,
        "browser" => browser(&mut members, kind)?,
        "refreshTokenSecret" => {
            let sign_in = SignIn::RefreshToken(members.required_secret(kind)?);
            Credential::Person { sign_in, scopes: Vec::new() }
        }
        _ => Credential::Token(members.required_secret(kind)?),
    }))
}

/// A certificate in a vault, with what proves to the vault who asks for it: by default the machine.
fn vault(members: &mut Members, kind: &str, usage: VaultUse, password: Option<Secret>) -> Result<Credential> {
    let by_machine = || ManagedIdentityOptions { id: None, variables: Variables::Process };
    let credential = credential_of(members, "vaultCredential")?;
    Ok(Credential::Vault(Box::new(VaultCredential {
        url: members.required_text(kind)?,
        usage,
        credential: credential.unwrap_or_else(|| Credential::ManagedIdentity(by_machine())),
        tenant_id: members.filled_text("vaultTenantId")?,
        client_id: members.filled_text("vaultClientId")?,
        password,
        api_version: members.filled_text("vaultApiVersion")?,
    })))
}

fn certificate(members: &mut Members, kind: &str) -> Result<Vec<u8>> {
    let text = members.required_text(kind)?;
    STANDARD.decode(text.trim()).map_err(|_| members.fault(kind, "must be base64 of the certificate's DER"))
}

fn identity(members: &mut Members, kind: &str) -> Result<Option<IdentityId>> {
    const IDS: &[&str] = &["clientId", "objectId", "resourceId"];
    let Some(mut inner) = members.object(kind, IDS)? else { return Ok(None) };
    if IDS.iter().filter(|id| inner.has(id)).count() > 1 {
        return Err(members.fault(kind, &format!("must hold at most one of {}", IDS.join(", "))));
    }
    if let Some(id) = inner.filled_text("clientId")? {
        return Ok(Some(IdentityId::Client(id)));
    }
    if let Some(id) = inner.filled_text("objectId")? {
        return Ok(Some(IdentityId::Object(id)));
    }
    Ok(inner.filled_text("resourceId")?.map(IdentityId::Resource))
}

fn device_code(members: &mut Members, kind: &str) -> Result<Credential> {
    let scopes = match members.object(kind, &["scopes"])? {
        Some(mut inner) => inner.texts("scopes")?.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Credential::Person { sign_in: SignIn::DeviceCode, scopes })
}

fn browser(members: &mut Members, kind: &str) -> Result<Credential> {
    let mut options = BrowserOptions::default();
    let mut scopes = Vec::new();
    if let Some(mut inner) = members.object(kind, &["scopes", "port", "open", "loginHint"])? {
        scopes = inner.texts("scopes")?.unwrap_or_default();
        options.port = inner.integer("port", 1..=u16::MAX)?;
        options.open = inner.flag("open")?.unwrap_or(options.open);
        options.login_hint = inner.filled_text("loginHint")?;
    }
    Ok(Credential::Person { sign_in: SignIn::Browser(options), scopes })
}

#[cfg(test)]
mod tests {
    use super::super::secret::SECRETS;
    use super::*;
    use crate::error::Status;

    fn read(text: &str) -> Result<Option<Credential>> {
        credential(&mut Members::parse(&format!(r#"{{"credential":{text}}}"#), &["credential"])?)
    }

    #[test]
    fn every_kind_is_read() {
        let secret = SECRETS.insert(Secret::new(b"{}".to_vec())).unwrap();
        let read = |text: &str| read(&text.replace('#', &secret.to_string())).unwrap().unwrap();
        assert!(matches!(read(r#"{"certificateSecret":#}"#), Credential::CertificateBytes { password: None, .. }));
        assert!(
            matches!(read(r#"{"callerCertificate":"MAA="}"#), Credential::CallerCertificate(der) if der == [0x30, 0])
        );
        assert!(matches!(read(r#"{"clientSecret":#}"#), Credential::ClientSecret(_)));
        assert!(matches!(read(r#"{"assertionSecret":#}"#), Credential::Assertion(_)));
        let vault = read(
            r#"{"vaultKey":"https://v.vault.azure.net/keys/app","vaultCredential":{"clientSecret":#},"vaultClientId":"c"}"#,
        );
        let Credential::Vault(vault) = vault else { panic!("{vault:?}") };
        assert!(vault.usage == VaultUse::Sign && matches!(vault.credential, Credential::ClientSecret(_)));
        assert_eq!(vault.client_id.as_deref(), Some("c"));
        let vault = read(r#"{"vaultCertificate":"https://v.vault.azure.net/certificates/app","passwordSecret":#}"#);
        let Credential::Vault(vault) = vault else { panic!("{vault:?}") };
        assert!(vault.password.is_some() && matches!(vault.credential, Credential::ManagedIdentity(_)));
        let file = read(r#"{"federatedTokenFile":"token.jwt"}"#);
        assert!(matches!(file, Credential::FederatedTokenFile(path) if path.as_os_str() == "token.jwt"));
        let identity = read(r#"{"managedIdentity":{"objectId":"o"},"variablesSecret":#}"#);
        let Credential::ManagedIdentity(options) = identity else { panic!("{identity:?}") };
        assert_eq!(options.id, Some(IdentityId::Object("o".into())));
        assert!(matches!(options.variables, Variables::Given(_)));
        assert!(matches!(read(r#"{"environment":true}"#), Credential::Environment(Variables::Process)));
        let code = read(r#"{"deviceCode":{"scopes":["MailboxSettings.Read"]}}"#);
        assert!(matches!(code, Credential::Person { sign_in: SignIn::DeviceCode, scopes } if scopes.len() == 1));
        let browser = read(r#"{"browser":{"port":8400,"open":false,"loginHint":"kim@contoso.com"}}"#);
        let expected = BrowserOptions { port: Some(8400), open: false, login_hint: Some("kim@contoso.com".into()) };
        let Credential::Person { sign_in: SignIn::Browser(options), .. } = browser else { panic!("{browser:?}") };
        assert_eq!(options, expected);
        let refresh = read(r#"{"refreshTokenSecret":#}"#);
        assert!(matches!(refresh, Credential::Person { sign_in: SignIn::RefreshToken(_), .. }));
        assert!(matches!(read(r#"{"tokenSecret":#}"#), Credential::Token(_)));
        SECRETS.take(secret).unwrap();
    }

    #[test]
    fn faults_name_the_member() {
        let secret = SECRETS.insert(Secret::new(b"x".to_vec())).unwrap();
        for (text, part) in [
            ("{}", "credential must hold exactly one of"),
            (r#"{"certificateFile":"a","callerCertificate":"b"}"#, "exactly one of"),
            (r#"{"clientSecret":"x"}"#, "credential.clientSecret must be the handle of a secret"),
            (r#"{"secret":1}"#, "credential.secret is unknown"),
            (r#"{"callerCertificate":"?"}"#, "credential.callerCertificate must be base64"),
            (r#"{"clientSecret":#,"passwordSecret":#}"#, "passwordSecret is for certificateFile"),
            (r#"{"clientSecret":#,"variablesSecret":#}"#, "variablesSecret is for managedIdentity"),
            (r#"{"environment":true,"variablesSecret":#}"#, "JSON object of texts"),
            (r#"{"clientSecret":#,"vaultTenantId":"t"}"#, "vaultTenantId is for vaultCertificate and vaultKey"),
            (r#"{"vaultKey":"u","vaultCredential":{"x":1}}"#, "credential.vaultCredential.x is unknown"),
            (r#"{"environment":false}"#, "credential.environment must be true"),
            (r#"{"managedIdentity":{"clientId":"a","objectId":"b"}}"#, "at most one of"),
            (r#"{"managedIdentity":{"client":"a"}}"#, "credential.managedIdentity.client is unknown"),
            (r#"{"browser":{"port":0}}"#, "credential.browser.port is 0"),
        ] {
            let error = read(&text.replace('#', &secret.to_string())).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument, "{error}");
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
        SECRETS.take(secret).unwrap();
    }
}
