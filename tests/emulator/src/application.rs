//! The application: its id, its registered keys, and the manifest file that they may come from.

use std::path::PathBuf;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;

/// The app of the post, where no manifest names another.
pub const DEFAULT_APP_ID: &str = "084adbb3-f70c-498f-97a3-464e1f444d9a";

/// The object of the application in the directory.
pub const OBJECT_ID: &str = "5b2f6a1e-77f0-4c11-9d4b-3f3d0a6a9c10";

/// A registered certificate.
#[derive(Clone, Debug)]
pub struct Key {
    /// The `keyId`.
    pub id: String,
    /// The `displayName`.
    pub name: Option<String>,
    /// The certificate.
    pub der: Vec<u8>,
}

impl Key {
    fn new(der: Vec<u8>) -> Self {
        Self { id: uuid::Uuid::new_v4().to_string(), name: None, der }
    }

    /// The thumbprint that is the `customKeyIdentifier`.
    #[must_use]
    pub fn sha1(&self) -> Vec<u8> {
        ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref().to_vec()
    }
}

/// The application of the tenant.
#[derive(Debug)]
pub struct Application {
    manifest: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    app_id: String,
    keys: Vec<Key>,
    /// Of the manifest as it was read last: changed, length.
    seen: Option<(SystemTime, u64)>,
}

impl Application {
    /// The application of a manifest file, else [`DEFAULT_APP_ID`] without keys.
    #[must_use]
    pub fn new(manifest: Option<PathBuf>) -> Self {
        let state = State { app_id: DEFAULT_APP_ID.to_owned(), ..State::default() };
        let application = Self { manifest, state: Mutex::new(state) };
        application.read_manifest();
        application
    }

    /// Registers a certificate beside those that are there.
    pub fn register(&self, der: &[u8]) {
        self.lock().keys.push(Key::new(der.to_vec()));
    }

    /// The application's id, and the DER of its certificates, as the manifest says now.
    #[must_use]
    pub fn read(&self) -> (String, Vec<Vec<u8>>) {
        self.read_manifest();
        let state = self.lock();
        (state.app_id.clone(), state.keys.iter().map(|key| key.der.clone()).collect())
    }

    /// The registered certificates, as the manifest says now.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        self.read_manifest();
        self.lock().keys.clone()
    }

    /// Registers these certificates in place of those that are there.
    pub fn replace(&self, keys: Vec<Key>) {
        self.lock().keys = keys;
    }

    /// Reads the manifest again where it has changed. A manifest that cannot be read leaves things as they
    /// were and says so.
    fn read_manifest(&self) {
        let Some(path) = &self.manifest else { return };
        let Ok(metadata) = std::fs::metadata(path) else { return };
        let now = metadata.modified().ok().map(|changed| (changed, metadata.len()));
        if now.is_none() || now == self.lock().seen {
            return;
        }
        let read = std::fs::read_to_string(path).map_err(|cause| cause.to_string()).and_then(|text| parse(&text));
        let mut state = self.lock();
        state.seen = now;
        match read {
            Ok((app_id, certificates)) => {
                state.app_id = app_id;
                state.keys = certificates.into_iter().map(Key::new).collect();
            }
            Err(cause) => {
                #[expect(clippy::print_stderr, reason = "the one who edits the manifest looks here")]
                {
                    eprintln!("exrun-emulator: {}: {cause}; the keys stay as they were", path.display());
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// The application manifest of the portal: `appId` and `keyCredentials`.
fn parse(text: &str) -> Result<(String, Vec<Vec<u8>>), String> {
    let manifest: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|cause| format!("the manifest is not JSON: {cause}"))?;
    let app_id = manifest["appId"].as_str().ok_or("the manifest has no appId")?.to_owned();
    let keys = match &manifest["keyCredentials"] {
        Value::Null => return Ok((app_id, Vec::new())),
        Value::Array(keys) => keys,
        _ => return Err("keyCredentials is no array".to_owned()),
    };
    let certificates = keys.iter().map(certificate).collect::<Result<_, _>>()?;
    Ok((app_id, certificates))
}

fn certificate(key: &Value) -> Result<Vec<u8>, String> {
    if key["type"] != "AsymmetricX509Cert" || key["usage"] != "Verify" {
        return Err("a key credential must have type AsymmetricX509Cert and usage Verify".to_owned());
    }
    let value = key["value"].as_str().ok_or("a key credential has no value")?;
    let der = STANDARD.decode(value).map_err(|cause| format!("a key credential's value is not base64: {cause}"))?;
    x509_parser::parse_x509_certificate(&der)
        .map_err(|cause| format!("a key credential is no certificate: {cause}"))?;
    let identifier = key["customKeyIdentifier"].as_str().ok_or("a key credential has no customKeyIdentifier")?;
    let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    if STANDARD.decode(identifier).ok().as_deref() != Some(sha1.as_ref()) {
        return Err("a key credential's customKeyIdentifier is not the SHA-1 of its certificate".to_owned());
    }
    Ok(der)
}
