//! The settings of one mailbox.

use serde_json::Value;

use super::names::pascal_names;
use super::part::{SettingsPart, settings_path};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::graph::json;
use crate::graph::mailbox::Mailbox;
use crate::http::RetryPolicy;

/// What an error says was being done.
pub const READING: &str = "reading the mailbox settings of";

/// How member names and enum values are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// As Graph gives them.
    #[default]
    Camel,
    /// As Outlook REST gave them.
    Pascal,
}

/// The settings of one mailbox, or one part of them: the JSON body.
///
/// # Errors
///
/// `InvalidArgument`; what the service, the certificate or the network said.
pub async fn read_settings(
    graph: &GraphClient,
    mailbox: &str,
    part: Option<SettingsPart>,
    names: NameStyle,
    policy: &RetryPolicy,
    context: &Context,
) -> Result<Value> {
    let in_context = |error: Error| error.action(READING).target(mailbox);
    let mut asked = Mailbox::typed(mailbox).map_err(in_context)?;
    let body = loop {
        let path = settings_path(asked.asked(), part).map_err(in_context)?;
        match graph.get_with_retries(&path, policy, context).await {
            Ok(body) => break body,
            Err(error) if asked.turn_to_unescaped(&error) => {}
            Err(error) => return Err(in_context(error)),
        }
    };
    let body: Value = json::from_slice(&body).map_err(|cause| {
        in_context(Error::new(Status::ResponseInvalid, format!("the service's reply is not JSON: {cause}")))
    })?;
    Ok(match names {
        NameStyle::Camel => body,
        NameStyle::Pascal => pascal_names(body, part),
    })
}
