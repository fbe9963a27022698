//! The access tokens that this emulator has issued.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// A throw-away key; nothing outside of this emulator trusts it.
const TEST_KEY: &str = include_str!("../data/token-signing-test-key.pem");

/// What an issued token is good for.
#[derive(Debug)]
pub struct Issued {
    /// The tenant that issued it.
    pub tenant: String,
    /// Its `aud`.
    pub audience: String,
    /// The app.
    pub app_id: String,
    /// Its application roles.
    pub roles: Vec<String>,
    /// When it ends, in seconds since the epoch.
    pub expires: i64,
}

/// Issues and knows tokens.
#[derive(Debug)]
pub struct Tokens {
    key: RsaKeyPair,
    issued: RwLock<HashMap<String, Arc<Issued>>>,
    serial: Mutex<u64>,
}

impl Tokens {
    /// Without any token issued.
    ///
    /// # Errors
    ///
    /// Where the key that is part of this crate cannot be read.
    pub fn new() -> Result<Self, String> {
        let base64: String = TEST_KEY.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = base64::engine::general_purpose::STANDARD.decode(base64).map_err(|cause| cause.to_string())?;
        let key = RsaKeyPair::from_pkcs8(&der).map_err(|cause| cause.to_string())?;
        Ok(Self { key, issued: RwLock::default(), serial: Mutex::default() })
    }

    /// A new token: a JWT about as long as a real one.
    pub fn issue(&self, issued: Issued, now: i64, version: &str) -> String {
        let tenant = issued.tenant.clone();
        let serial = {
            let mut serial = self.serial.lock().unwrap_or_else(PoisonError::into_inner);
            *serial += 1;
            *serial
        };
        let issuer = match version {
            "1.0" => format!("https://sts.windows.net/{tenant}/"),
            _ => format!("https://login.microsoftonline.com/{tenant}/v2.0"),
        };
        let claims = json!({
            "aud": issued.audience, "iss": issuer, "iat": now, "nbf": now, "exp": issued.expires,
            "aio": "k2RgYFhjwMDAwPC+2mSy7oPbe9Z/5Df0Dv1xBQA=", "app_displayname": "ExRun emulator app",
            "appid": issued.app_id, "appidacr": "2", "idp": issuer, "idtyp": "app",
            "oid": "4f3b9c1e-1c1f-4b36-9b5e-8d0f1f6f2a10", "rh": "0.AAAAvxg6HDHabE-kBCwGyc9a5AMAAAAAAAAAwAAAAAAAAAAAAAA.",
            "roles": issued.roles, "sub": "4f3b9c1e-1c1f-4b36-9b5e-8d0f1f6f2a10", "tenant_region_scope": "EU",
            "tid": tenant, "uti": format!("emulator{serial:014}"), "ver": version,
            "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"], "xms_idrel": "7 30", "xms_tcdt": 1_600_000_000,
            "xms_pad": "0".repeat(300),
        });
        let header = json!({"typ": "JWT", "alg": "RS256", "x5t": "emulator", "kid": "emulator"});
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        // The key is 2,048 bits and the buffer as long as its modulus: signing cannot fail.
        let _ = self.key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature);
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        let mut all = self.issued.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, old| old.expires + 60 > now);
        all.insert(token.clone(), Arc::new(issued));
        token
    }

    /// What a token is good for; `None` for one that was not issued here, or was revoked.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<Arc<Issued>> {
        self.issued.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// Makes every token that was issued so far worthless.
    pub fn revoke_all(&self) {
        self.issued.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}
