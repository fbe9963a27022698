//! How a client's credential is read.

use super::super::super::secret::SECRETS;
use super::super::client::ClientOptions;
use crate::client::{BrowserOptions, Credential, IdentityId, SignIn, Variables, VaultUse};
use crate::error::{Result, Status};
use crate::secret::Secret;

fn read(text: &str) -> Result<Option<Credential>> {
    let options: ClientOptions = super::super::read(&format!(r#"{{"credential":{text}}}"#))?;
    Ok(options.options()?.credential)
}

#[test]
fn every_kind_is_read() {
    let secret = SECRETS.insert(Secret::new(b"{}".to_vec())).unwrap();
    let read = |text: &str| read(&text.replace('#', &secret.to_string())).unwrap().unwrap();
    assert!(matches!(read(r#"{"certificateSecret":#}"#), Credential::CertificateBytes { password: None, .. }));
    assert!(matches!(read(r#"{"callerCertificate":"MAA="}"#), Credential::CallerCertificate(der) if der == [0x30, 0]));
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
