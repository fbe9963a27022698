//! The settings of one mailbox.

use serde_json::Value;

use super::document::settings_document;
use super::names::pascal_names;
use super::part::{SettingsPart, settings_path};
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::call::GraphClient;
use crate::graph::mailbox::Mailbox;
use crate::http::{Patience, RetryPolicy};

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
    let retrier = graph.retrier(*policy);
    let body = loop {
        let path = settings_path(asked.asked(), part).map_err(in_context)?;
        let read = || async {
            let body = graph.get(&path, context).await?;
            settings_document(&body, part).map_err(AttemptError::Item)
        };
        match retrier.run(Patience::Full, context, read).await.map_err(AttemptError::into_error) {
            Ok(body) => break body,
            Err(error) if asked.turn_to_unescaped(&error) => {}
            Err(error) => return Err(in_context(error)),
        }
    };
    Ok(match names {
        NameStyle::Camel => body,
        NameStyle::Pascal => pascal_names(body, part),
    })
}
