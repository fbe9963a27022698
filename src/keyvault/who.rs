//! Who asks a vault.

use crate::auth::credential::{Credential, Describe as _};
use crate::auth::proof::digest::keyed_digest;
use crate::error::Result;

/// Tells apart those who ask a vault, without holding a secret: the app of `client_id` in `tenant_id`, by what it proves
/// itself with.
///
/// # Errors
///
/// What kept the credential from being told from others.
pub fn who_asks(credential: Option<&Credential>, client_id: Option<&str>, tenant_id: Option<&str>) -> Result<String> {
    let proof = match credential {
        Some(credential) => credential.identity(&|secret| Ok(keyed_digest(secret)))?,
        None => "nobody".to_owned(),
    };
    Ok(format!("{proof} of {} in {}", client_id.unwrap_or_default(), tenant_id.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::credential::SignIn;
    use crate::secret::Secret;

    #[test]
    fn whoever_has_another_secret_is_someone_else() {
        let who = |credential: fn(Secret) -> Credential, text: &str| {
            let credential = credential(Secret::new(text.as_bytes().to_vec()));
            who_asks(Some(&credential), None, None).unwrap()
        };
        let kinds: [fn(Secret) -> Credential; 5] = [
            Credential::ClientSecret,
            Credential::Assertion,
            Credential::Token,
            |token| Credential::Person { sign_in: SignIn::RefreshToken(token), scopes: Vec::new() },
            |bytes| Credential::CertificateBytes { bytes, password: None },
        ];
        for kind in kinds {
            assert_eq!(who(kind, "one"), who(kind, "one"));
            assert_ne!(who(kind, "one"), who(kind, "another"), "{}", who(kind, "one"));
            assert!(!who(kind, "marked").contains("marked"));
        }
    }
}
