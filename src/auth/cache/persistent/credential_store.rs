//! Where the key of the persistent cache lies: the credential store that the system has for its user.

use std::fmt;

use crate::secret::Secret;

/// A store of the user's credentials that keeps one key for ExRun. Its calls block.
pub trait CredentialStore: fmt::Debug + Send + Sync {
    /// What it is called, for messages.
    fn name(&self) -> &str;

    /// The key, where one is kept.
    ///
    /// # Errors
    ///
    /// Why the store does not answer, in its words.
    fn read(&self) -> Result<Option<Secret>, String>;

    /// Keeps the key, in the place of one that may be there.
    ///
    /// # Errors
    ///
    /// Why the store does not take it, in its words.
    fn write(&self, key: &Secret) -> Result<(), String>;

    /// Removes the key, if there is one.
    ///
    /// # Errors
    ///
    /// Why the store does not answer, in its words.
    fn remove(&self) -> Result<(), String>;
}

/// The system's store: Credential Manager of Windows (protected by DPAPI), the Keychain of macOS, elsewhere the
/// Secret Service of the D-Bus session (freedesktop.org "Secret Service API", which libsecret speaks).
#[derive(Clone, Copy, Debug)]
pub struct SystemStore;

/// Under which names the key is found in the system's store.
const SERVICE: &str = "ExRun";
const USER: &str = "token cache key";

impl CredentialStore for SystemStore {
    fn name(&self) -> &str {
        if cfg!(windows) {
            "the Credential Manager of Windows"
        } else if cfg!(target_os = "macos") {
            "the Keychain"
        } else {
            "the Secret Service of the D-Bus session"
        }
    }

    fn read(&self) -> Result<Option<Secret>, String> {
        match entry()?.get_secret() {
            Ok(key) => Ok(Some(Secret::new(key))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(described(&error)),
        }
    }

    fn write(&self, key: &Secret) -> Result<(), String> {
        entry()?.set_secret(key.bytes()).map_err(|error| described(&error))
    }

    fn remove(&self) -> Result<(), String> {
        match entry()?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(described(&error)),
        }
    }
}

fn entry() -> Result<keyring::Entry, String> {
    keyring::Entry::new(SERVICE, USER).map_err(|error| described(&error))
}

/// The store's words. What it holds is not among them.
fn described(error: &keyring::Error) -> String {
    match error {
        keyring::Error::PlatformFailure(cause) | keyring::Error::NoStorageAccess(cause) => cause.to_string(),
        keyring::Error::Ambiguous(_) => format!("it has several entries named {SERVICE}, {USER}"),
        keyring::Error::BadEncoding(_) => "its entry is not what was put there".to_owned(),
        other => other.to_string(),
    }
}
