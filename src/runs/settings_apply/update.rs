//! The settings of one mailbox, written.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::setup::RunSetup;
use super::write::{SettingsWriter, WriteMode, Writing, mailbox_of};
use crate::context::Context;
use crate::error::Result;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::http::Patience;
use crate::rows::mailbox_column::MAILBOX_NAME;

/// Writes settings of one mailbox: `{"MailboxName","Outcome":"Changed"|"Unchanged"|"WouldChange","Changes":
/// [{"Setting","From","To"}]}`. `settings` has Graph's names, as [`SettingsPatch::parse`] takes them.
///
/// # Errors
///
/// `CredentialMissing`, `InvalidArgument`; what the service, the certificate or the network said.
pub async fn update(
    setup: &RunSetup,
    mailbox: &str,
    settings: &Value,
    mode: WriteMode,
    context: &Context,
) -> Result<Value> {
    let wanted = Arc::new(SettingsPatch::parse(settings, Origin::REQUEST)?);
    let mut writing = Writing::new(mailbox.to_owned(), mailbox_of(mailbox)?, wanted);
    setup.announce(context);
    let graph = setup.graph()?;
    let mut tries = graph.retrier(setup.retry).tries(Patience::Full);
    let writer = SettingsWriter { graph, mode, undo: None, context: context.clone() };
    loop {
        let failure = match writer.try_once(&mut writing).await {
            Ok(written) => {
                let mut row = Map::from_iter([(MAILBOX_NAME.to_owned(), mailbox.into())]);
                row.extend(written.into_members());
                return Ok(Value::Object(row));
            }
            Err(failure) => failure,
        };
        tries.pause(failure, context).await.map_err(|failure| writing.last_error(failure.into_error()))?;
    }
}
