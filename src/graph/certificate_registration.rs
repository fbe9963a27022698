//! The certificates with which an application may sign in: added, and retired.

use serde_json::{Map, Value, json};

use super::applications::{self, Application, ApplicationId, new_key, thumbprint};
use super::call::GraphClient;
use crate::attempt::AttemptError;
use crate::certificate::Certificate;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Patience, RetryPolicy};

/// What an error says was being done.
pub const ACTION: &str = "changing the certificates of the application";

/// What [`register`] is to do.
#[derive(Clone, Debug, Default)]
pub struct CertificateRegistration {
    /// Which application; by default the client's own.
    pub application: Option<ApplicationId>,
    /// The certificate to add; none: only what is to be retired.
    pub certificate: Option<Certificate>,
    /// The name of the new key; by default the certificate's subject.
    pub display_name: Option<String>,
    /// Certificates to remove, by their SHA-1 in hex.
    pub retire: Vec<String>,
}

/// Adds a certificate to an application, beside those that are there, and removes others. What is there already, or gone
/// already, is left as it is.
///
/// Gives `{"id","appId","displayName","added","retired":[thumbprint…],"keys":[{"keyId","thumbprint","displayName",
/// "startDateTime","endDateTime"}…]}`.
///
/// # Errors
///
/// `InvalidArgument`; what the service said.
pub async fn register(
    graph: &GraphClient,
    application: &ApplicationId,
    request: &CertificateRegistration,
    policy: &RetryPolicy,
    context: &Context,
) -> Result<Value> {
    let target = match application {
        ApplicationId::App(id) | ApplicationId::Object(id) => id,
    };
    let in_context = |error: Error| explained(error.action(ACTION).target(target));
    // A reading has had its own tries.
    let read = async || applications::read(graph, application, policy, context).await.map_err(AttemptError::Run);
    // Read before each try: the list of a try that failed may have been taken all the same, or someone else may have
    // changed the keys meanwhile.
    let replace = async |intended: &mut Option<Change>| {
        let before = read().await?;
        let change = Change::of(request, &before).map_err(AttemptError::Run)?;
        if change.is_nothing() {
            intended.get_or_insert(change);
            return Ok(before);
        }
        let replaced = applications::replace_keys(graph, &before, &change.keys, context).await;
        intended.get_or_insert(change);
        replaced?;
        read().await
    };
    let attempt = async |mut intended: Option<Change>| {
        let after = replace(&mut intended).await;
        (intended, after)
    };
    let (intended, after) = graph.retrier(*policy).run_with(None, Patience::Full, context, attempt).await;
    let after = after.map_err(|failure| in_context(failure.into_error()))?;
    // Who changes the keys at the same time replaces the whole list.
    if let Some(certificate) = &request.certificate
        && !has(&after.keys, &certificate.thumbprint())
    {
        let lost = "the certificate was added and is not among the keys now: someone else changed them meanwhile";
        return Err(in_context(Error::new(Status::Service, lost).retryable(true).hint("try again")));
    }
    Ok(described(&after, &intended.unwrap_or_default()))
}

/// The keys as they are to be.
#[derive(Default)]
struct Change {
    keys: Vec<Map<String, Value>>,
    added: bool,
    retired: Vec<String>,
}

impl Change {
    fn of(request: &CertificateRegistration, before: &Application) -> Result<Self> {
        let new = request.certificate.as_ref();
        let retire: Vec<String> = request.retire.iter().map(|text| hex(text)).collect::<Result<_>>()?;
        if let Some(new) = new.filter(|new| retire.contains(&new.thumbprint())) {
            return Err(Error::argument(format!(
                "the certificate {} is both to be added and retired",
                new.thumbprint()
            )));
        }
        let goes = |key: &Map<String, Value>| thumbprint(key).filter(|thumbprint| retire.contains(thumbprint));
        let retired = before.keys.iter().filter_map(goes).collect();
        let mut keys: Vec<_> = before.keys.iter().filter(|key| goes(key).is_none()).cloned().collect();
        let added = new.is_some_and(|new| !has(&before.keys, &new.thumbprint()));
        if let Some(new) = new.filter(|_| added) {
            keys.push(new_key(new, request.display_name.as_deref().unwrap_or(new.subject())));
        }
        Ok(Self { keys, added, retired })
    }

    fn is_nothing(&self) -> bool {
        !self.added && self.retired.is_empty()
    }
}

fn has(keys: &[Map<String, Value>], wanted: &str) -> bool {
    keys.iter().any(|key| thumbprint(key).as_deref() == Some(wanted))
}

fn hex(text: &str) -> Result<String> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, ' ' | ':' | '-')).collect();
    if plain.len() == 40 && plain.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(plain.to_ascii_uppercase());
    }
    Err(Error::argument(format!("a certificate to retire is named by its SHA-1 in hex (40 digits), not {text:?}")))
}

fn described(application: &Application, change: &Change) -> Value {
    let member = |key: &Map<String, Value>, name: &str| key.get(name).cloned().unwrap_or_default();
    let keys: Vec<Value> = application
        .keys
        .iter()
        .map(|key| {
            json!({
                "keyId": member(key, "keyId"),
                "thumbprint": thumbprint(key),
                "displayName": member(key, "displayName"),
                "startDateTime": member(key, "startDateTime"),
                "endDateTime": member(key, "endDateTime"),
            })
        })
        .collect();
    json!({
        "id": application.id,
        "appId": application.app_id,
        "displayName": application.display_name,
        "added": change.added,
        "retired": change.retired,
        "keys": keys,
    })
}

/// The permission that is needed, where it is missing.
fn explained(error: Error) -> Error {
    match error.status() {
        Status::AccessDenied => error.hint(
            "the app needs the permission Application.ReadWrite.OwnedBy and must be an owner of the application, or Application.ReadWrite.All",
        ),
        Status::NotFound => error.hint("check the application's id: this is the object id or the application (client) id, not that of its service principal"),
        _ => error,
    }
}
