//! Secrets.

use serde_json::{Map, Value};

use super::api::VaultApi;
use super::item::{check_usable, version_of};
use super::location::ItemLocation;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Patience;
use crate::secret::Secret;

/// A secret of a vault.
#[derive(Clone, Debug)]
pub struct VaultSecret {
    /// Its value.
    pub value: Secret,
    /// The vault's members in its order, `value` as null.
    pub members: Map<String, Value>,
}

impl VaultSecret {
    /// `contentType`: for a certificate's secret `application/x-pkcs12` or `application/x-pem-file`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.members.get("contentType").and_then(Value::as_str)
    }
}

impl VaultApi {
    /// A secret with its value: the latest version, or the one that is named.
    ///
    /// # Errors
    ///
    /// `NotFound`, `VaultItemDeleted`, `VaultItemDisabled`, and unless `ignore_validity` says so
    /// `VaultItemExpired` and `VaultItemNotYetValid`; what vault, token endpoint and network said.
    pub async fn secret(
        &self,
        item: &ItemLocation,
        ignore_validity: bool,
        patience: Patience,
        context: &Context,
    ) -> Result<VaultSecret> {
        const ACTION: &str = "reading the secret";
        let in_context = |error: Error| error.action(ACTION).target(item.to_string());
        let mut members = self.item("secrets", item, patience, context).await.map_err(in_context)?;
        let value = match members.get_mut("value").map(Value::take) {
            Some(Value::String(value)) => Secret::new(value.into_bytes()),
            _ => {
                let missing = Error::new(Status::ResponseInvalid, "the vault's reply holds no value");
                return Err(in_context(missing));
            }
        };
        if !ignore_validity {
            check_usable(&members, "secret", item, self.clock.now())?;
        }
        Ok(VaultSecret { value, members })
    }

    /// An object of a collection. Of one that is not there it is found out whether it was deleted.
    pub(super) async fn item(
        &self,
        collection: &str,
        item: &ItemLocation,
        patience: Patience,
        context: &Context,
    ) -> Result<Map<String, Value>> {
        let error = match self.get(&item.vault, &item.segments(collection), patience, context).await {
            Ok(members) => return Ok(members),
            Err(error) => error,
        };
        if error.status() != Status::NotFound {
            return Err(error);
        }
        let deleted = format!("deleted{collection}");
        // What stands against looking there says nothing about what was asked.
        match self.get(&item.vault, &[&deleted, &item.name], Patience::OneTry, context).await {
            Ok(members) => Err(said_deleted(&error, &members)),
            Err(_) => Err(error),
        }
    }

    /// The version that an object's id names.
    pub(super) fn version(members: &Map<String, Value>, member: &str, item: &ItemLocation) -> Option<String> {
        version_of(members.get(member), &item.name)
    }
}

fn said_deleted(error: &Error, members: &Map<String, Value>) -> Error {
    let time = |name: &str| {
        let seconds = members.get(name)?.as_i64()?;
        jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
    };
    let mut detail = "it was deleted".to_owned();
    if let Some(time) = time("deletedDate") {
        detail.push_str(&format!(" at {time}"));
    }
    if let Some(time) = time("scheduledPurgeDate") {
        detail.push_str(&format!(", and can be recovered until {time}"));
    }
    Error::new(Status::VaultItemDeleted, detail)
        .http_status(404)
        .service(error.service_code().map(str::to_owned), None)
        .request_id(error.any_request_id().map(str::to_owned))
        .hint("recover it in the vault, or name another")
}
