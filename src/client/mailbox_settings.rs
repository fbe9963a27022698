//! The settings of one mailbox.

use serde_json::Value;

use super::Client;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{self, SettingsPart, settings_document, settings_path};
use crate::http::Patience;
use crate::runs::READING;

/// How member names and enum values are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// As Graph gives them.
    #[default]
    Camel,
    /// As Outlook REST gave them.
    Pascal,
}

impl Client {
    /// The settings of one mailbox, or one part of them by its name in Graph: the JSON body.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`, `InvalidArgument`; what the service, the certificate or the network said.
    pub async fn mailbox_settings(
        &self,
        mailbox: &str,
        part: Option<&str>,
        names: NameStyle,
        context: &Context,
    ) -> Result<Value> {
        self.announce(context);
        let said = |error: Error| error.action(READING).target(mailbox);
        let part = part.map(SettingsPart::parse).transpose()?;
        let graph = &self.identity()?.graph;
        let mut asked = Mailbox::typed(mailbox).map_err(said)?;
        let retrier = graph.retrier(self.retry_policy());
        let body = loop {
            let path = settings_path(asked.asked(), part).map_err(said)?;
            let read = || async {
                let body = graph.get(&path, context).await?;
                settings_document(&body, part).map_err(AttemptError::Item)
            };
            match retrier.run(Patience::Full, context, read).await.map_err(AttemptError::into_error) {
                Ok(body) => break body,
                Err(error) if asked.turn_to_unescaped(&error) => {}
                Err(error) => return Err(said(error)),
            }
        };
        Ok(match names {
            NameStyle::Camel => body,
            NameStyle::Pascal => mailbox_settings::pascal_names(body, part),
        })
    }
}
