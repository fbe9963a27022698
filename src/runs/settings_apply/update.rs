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
    let writing = Writing::new(mailbox.to_owned(), mailbox_of(mailbox)?, wanted);
    setup.announce(context);
    let graph = setup.graph()?;
    let retrier = graph.retrier(setup.retry);
    let writer = SettingsWriter { graph, mode, undo: None, plan: None, context: context.clone() };
    let attempt = async |mut writing: Writing| {
        let written = writer.try_once(&mut writing).await;
        (writing, written)
    };
    let (writing, written) = retrier.run_with(writing, Patience::Full, context, attempt).await;
    let written = written.map_err(|failure| writing.last_error(failure.into_error()))?;
    let mut row = Map::from_iter([(MAILBOX_NAME.to_owned(), mailbox.into())]);
    row.extend(written.into_members());
    Ok(Value::Object(row))
}
