//! Keys, and signatures by them inside the vault.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use serde_json::{Map, Value, json};

use super::api::{Call, VaultApi};
use super::item::check_usable;
use super::location::ItemLocation;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Patience;
use crate::signature::Algorithm;

/// A signature that a vault made.
#[derive(Clone, Debug)]
pub struct VaultSignature {
    /// The signature.
    pub signature: Vec<u8>,
    /// The version of the key that signed: its URL.
    pub kid: String,
}

impl VaultApi {
    /// A key's public half and attributes, as the vault gives them.
    ///
    /// # Errors
    ///
    /// As for [`VaultApi::secret`].
    pub async fn key(
        &self,
        item: &ItemLocation,
        ignore_validity: bool,
        patience: Patience,
        context: &Context,
    ) -> Result<Map<String, Value>> {
        let in_context = |error: Error| error.action("reading the key").target(item.to_string());
        let members = self.item("keys", item, patience, context).await.map_err(in_context)?;
        if !ignore_validity {
            check_usable(&members, "key", item, self.clock.now())?;
        }
        Ok(members)
    }

    /// Signs a SHA-256 digest with a key that stays in the vault.
    ///
    /// # Errors
    ///
    /// `KeyUnusable` where the key cannot do this algorithm; as for [`VaultApi::secret`].
    pub async fn sign(
        &self,
        item: &ItemLocation,
        algorithm: Algorithm,
        digest: &[u8; 32],
        patience: Patience,
        context: &Context,
    ) -> Result<VaultSignature> {
        let in_context = |error: Error| error.action("signing in the vault with the key").target(item.to_string());
        let mut segments = item.segments("keys");
        segments.push("sign");
        let body = json!({"alg": algorithm.name(), "value": URL_SAFE_NO_PAD.encode(digest)});
        let url = item.vault.url(&segments, &self.api_version);
        let call = Call { method: Method::POST, url, body: Some(body.to_string().into()) };
        let answer = self.call(&item.vault, call, patience, context).await;
        let members = answer.map_err(|error| in_context(understood(error, algorithm)))?;
        let invalid = |what: &str| in_context(Error::new(Status::ResponseInvalid, format!("the vault's reply {what}")));
        let signature = members.get("value").and_then(Value::as_str).ok_or_else(|| invalid("holds no signature"))?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature.trim_end_matches('='))
            .map_err(|_| invalid("holds a signature that is not base64url"))?;
        let kid = members.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(VaultSignature { signature, kid })
    }
}

/// A key that cannot do an algorithm is answered by 400 BadParameter, like every other request that is wrong; ours
/// differ in nothing but the algorithm.
fn understood(error: Error, algorithm: Algorithm) -> Error {
    if error.http_status_code() != Some(400) {
        return error;
    }
    let reason = error.service_message().unwrap_or("no reason given").trim_end_matches('.').to_owned();
    Error::new(Status::KeyUnusable, format!("the vault does not sign with {}: {reason}", algorithm.name()))
        .http_status(400)
        .request_id(error.any_request_id().map(str::to_owned))
        .service(error.service_code().map(str::to_owned), error.service_message().map(str::to_owned))
}
