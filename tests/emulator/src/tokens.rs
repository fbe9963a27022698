//! The access tokens that this emulator has issued.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::{Mutex, RwLock};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::people::PERSON;

/// A throw-away key; nothing outside of this emulator trusts it.
const TEST_KEY: &str = include_str!("../data/token-signing-test-key.pem");

/// The `kid` of that key.
pub const KEY_ID: &str = "emulator";
/// The object id of the person who signs in.
pub const PERSON_OBJECT_ID: &str = "0c9b7a4e-8f1f-4e7c-9f52-2f6a3b0b5f11";

/// What an issued token is good for.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The tenant that issued it.
    pub tenant: String,
    /// Its `aud`.
    pub audience: String,
    /// The app.
    pub app_id: String,
    /// Its application roles.
    pub roles: Vec<String>,
    /// The person it was issued to; none: to the app itself.
    pub person: Option<&'static str>,
    /// What was asked of it.
    pub requested: Requested,
    /// When it ends, in seconds since the epoch.
    pub expires: i64,
}

/// What a request asked of its token by the `claims` parameter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Requested {
    /// Whether the client says that it understands claims challenges (`cp1`).
    pub capable: bool,
    /// Not to be older than this, as a challenge asked.
    pub not_before: Option<i64>,
}

impl Issued {
    /// A token for an app, without roles.
    #[must_use]
    pub fn new(tenant: &str, audience: &str, app_id: &str, expires: i64) -> Self {
        Self {
            tenant: tenant.to_owned(),
            audience: audience.to_owned(),
            app_id: app_id.to_owned(),
            roles: Vec::new(),
            person: None,
            requested: Requested::default(),
            expires,
        }
    }
}

/// Issues and knows tokens.
#[derive(Debug)]
pub struct Tokens {
    key: RsaKeyPair,
    issued: RwLock<HashMap<String, Arc<Issued>>>,
    serial: Mutex<u64>,
    /// When tokens were revoked last: those of clients that understand challenges are challenged from then on.
    revoked_at: Mutex<Option<i64>>,
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
        Ok(Self { key, issued: RwLock::default(), serial: Mutex::default(), revoked_at: Mutex::default() })
    }

    /// A new token: a JWT about as long as a real one.
    pub fn issue(&self, issued: Issued, now: i64, version: &str) -> String {
        let tenant = issued.tenant.clone();
        let serial = {
            let mut serial = self.serial.lock();
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
        let mut claims = claims;
        // An app without roles for a resource, as for every vault, has no such claim.
        if let (true, Some(claims)) = (issued.roles.is_empty(), claims.as_object_mut()) {
            claims.remove("roles");
        }
        if let (Some(person), Some(claims)) = (issued.person, claims.as_object_mut()) {
            claims.remove("roles");
            claims.remove("wids");
            claims.extend([
                ("appidacr".to_owned(), json!("0")),
                ("idtyp".to_owned(), json!("user")),
                ("oid".to_owned(), json!(PERSON_OBJECT_ID)),
                ("scp".to_owned(), json!(issued.roles.join(" "))),
                ("upn".to_owned(), json!(person)),
                ("unique_name".to_owned(), json!(person)),
                ("name".to_owned(), json!("Contoso Admin")),
            ]);
        }
        if issued.requested.capable {
            claims["xms_cc"] = json!(["CP1"]);
        }
        let token = self.sign(&claims);
        let mut all = self.issued.write();
        all.retain(|_, old| old.expires + 60 > now);
        all.insert(token.clone(), Arc::new(issued));
        token
    }

    /// An ID token (OpenID Connect Core 1.0, 2).
    #[must_use]
    pub fn id_token(&self, tenant: &str, client_id: &str, nonce: Option<&str>, now: i64, expires: i64) -> String {
        let mut claims = json!({
            "aud": client_id, "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0"), "iat": now, "nbf": now,
            "exp": expires, "name": "Contoso Admin", "oid": PERSON_OBJECT_ID, "preferred_username": PERSON,
            "sub": PERSON_OBJECT_ID, "tid": tenant, "ver": "2.0",
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.sign(&claims)
    }

    /// The modulus and exponent of the key.
    #[must_use]
    pub fn public_key(&self) -> (Vec<u8>, Vec<u8>) {
        let key = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(self.key.public());
        (key.n, key.e)
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": "RS256", "x5t": KEY_ID, "kid": KEY_ID});
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        // The key is 2,048 bits and the buffer as long as its modulus: signing cannot fail.
        let _ = self.key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature);
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// When tokens were revoked that this one does not come after: the moment that a new one must not be before.
    #[must_use]
    pub fn challenged(&self, issued: &Issued) -> Option<i64> {
        let revoked_at = (*self.revoked_at.lock())?;
        let is_new = issued.requested.not_before.is_some_and(|asked| asked >= revoked_at);
        (issued.requested.capable && !is_new).then_some(revoked_at)
    }

    /// What a token is good for; `None` for one that was not issued here, or was revoked.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<Arc<Issued>> {
        self.issued.read().get(token).cloned()
    }

    /// Makes every token that was issued so far one that has expired.
    pub fn expire_all(&self, now: i64) {
        for issued in self.issued.write().values_mut() {
            let expires = issued.expires.min(now);
            *issued = Arc::new(Issued { expires, ..(**issued).clone() });
        }
    }

    /// Makes every token that was issued so far worthless; clients that understand challenges get one.
    pub fn revoke_all(&self, now: i64) {
        *self.revoked_at.lock() = Some(now);
        let mut all = self.issued.write();
        all.retain(|_, issued| issued.requested.capable);
    }
}

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}
