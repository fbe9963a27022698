//! How many mailboxes a run would be about: for whoever is to agree to it.

use super::input::{InputItem, InputOrigin};
use super::mailbox_lister;
use super::setup::RunSetup;
use super::source::SourceRequest;
use crate::context::Context;
use crate::error::Result;
use crate::runner::Shard;
use crate::store::Store;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxCount {
    /// What a run with this source, and shard, would be about.
    pub mailboxes: u64,
    /// What it would leave out because it has no mailbox.
    pub skipped: u64,
}

/// Counts the mailboxes of a source by listing them, as a run does.
///
/// # Errors
///
/// `CredentialMissing`; what the service, the certificate or the network said.
pub async fn count(
    setup: &RunSetup,
    source: &SourceRequest,
    shard: Option<Shard>,
    context: &Context,
) -> Result<MailboxCount> {
    setup.announce(context);
    let mut lister = mailbox_lister::lister(source, setup.graph()?, setup.retry);
    // What was listed before a fresh start of the listing is counted once; the store bounds the memory for that.
    let seen = Store::open(None).await?;
    let mut count = MailboxCount::default();
    loop {
        let page = lister.next_page(context).await?;
        count.skipped += page.skipped;
        let (ids, lines): (Vec<String>, Vec<String>) =
            page.listed.into_iter().map(|listed| (listed.id, listed.line)).unzip();
        let new = seen.new_ids(ids).await?;
        let is_own = |line: &str| {
            shard.is_none_or(|shard| shard.holds(InputItem::parse(line.as_bytes(), InputOrigin::Directory).identity()))
        };
        count.mailboxes += lines.iter().zip(new).filter(|(line, new)| *new && is_own(line)).count() as u64;
        if page.last {
            return Ok(count);
        }
    }
}
