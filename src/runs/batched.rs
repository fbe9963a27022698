//! Reads whose first requests share a batch, and of which each then goes on by itself.

use std::future::Future;

use futures_util::{StreamExt as _, stream};
use http::HeaderMap;

use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::call::GraphClient;
use crate::graph::request::Request;
use crate::http::HttpReply;
use crate::rows::MailboxRows;
use crate::runner::Batched;

/// How many items go on at a time whose first replies came in one batch: what a batch counts as.
pub(super) const AT_A_TIME: usize = 4;

/// Work that reads for each item, in one request or several.
pub(super) trait BatchedReads: Sync {
    /// A mailbox, and how far its reading is.
    type Item: Send;

    /// The calls of Graph.
    fn graph(&self) -> &GraphClient;

    /// What accompanies the run.
    fn context(&self) -> &Context;

    /// In how many requests one after another items are read together, before each goes on by itself.
    fn most_rounds(&self) -> usize {
        1
    }

    /// The headers of each request.
    fn headers(&self) -> &HeaderMap;

    /// The item's next request, where it may be sent within a batch.
    fn request_in_batch(&self, item: &Self::Item) -> Option<Request>;

    /// Takes the reply to it. `None`: the item goes on by itself.
    fn take_from_batch(
        &self,
        item: &mut Self::Item,
        request: &Request,
        reply: Result<HttpReply>,
    ) -> Option<Result<MailboxRows, AttemptError>>;

    /// Tries an item by itself, from where it is.
    fn attempt_one(&self, item: &mut Self::Item) -> impl Future<Output = Result<MailboxRows, AttemptError>> + Send;
}

/// Tries items once, in one request as far as they have one that goes into it, or in several one after another.
pub(super) async fn attempt_batch<W: BatchedReads>(work: &W, items: &mut [W::Item]) -> Batched<MailboxRows> {
    let mut outcomes: Vec<Option<Result<MailboxRows, AttemptError>>> = items.iter().map(|_| None).collect();
    for round in 0..work.most_rounds() {
        // What has no request, or goes on with a further page, has no part in the batch.
        let open = |number: usize, item: &W::Item| match outcomes[number] {
            None => work.request_in_batch(item),
            Some(_) => None,
        };
        let requests: Vec<Option<Request>> =
            items.iter().enumerate().map(|(number, item)| open(number, item)).collect();
        if round > 0 && requests.iter().flatten().count() < 2 {
            break;
        }
        let replies = match read_together(work.graph(), work.headers(), work.context(), requests).await {
            Ok(replies) => replies,
            Err(failure) if round == 0 => return Batched::Envelope(failure),
            Err(failure) => {
                // What has an outcome keeps it: that is of what was read before.
                let failed = || Err(failure.clone());
                return Batched::Each(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(failed)).collect());
            }
        };
        for (number, (item, reply)) in items.iter_mut().zip(replies).enumerate() {
            if let Some((request, reply)) = reply {
                outcomes[number] = work.take_from_batch(item, &request, reply);
            }
        }
    }
    finish_singly(work, items, outcomes).await
}

/// Sends the requests of items that have one as one batch; each comes back with its reply.
pub(super) async fn read_together(
    graph: &GraphClient,
    headers: &HeaderMap,
    context: &Context,
    requests: Vec<Option<Request>>,
) -> Result<Vec<Option<(Request, Result<HttpReply>)>>, AttemptError> {
    let sent: Vec<String> = requests.iter().flatten().map(|request| request.path().to_owned()).collect();
    let mut replies = Vec::new().into_iter();
    if !sent.is_empty() {
        replies = graph.batch_get_with(&sent, headers, context).await?.into_iter();
    }
    Ok(requests.into_iter().map(|request| Some((request?, replies.next()?))).collect())
}

/// Tries those without an outcome each by itself.
async fn finish_singly<W: BatchedReads>(
    work: &W,
    items: &mut [W::Item],
    mut outcomes: Vec<Option<Result<MailboxRows, AttemptError>>>,
) -> Batched<MailboxRows> {
    let open = items.iter_mut().enumerate().filter(|(number, _)| outcomes[*number].is_none());
    let tries: Vec<_> = open.map(|(number, item)| async move { (number, work.attempt_one(item).await) }).collect();
    let tried: Vec<_> = stream::iter(tries).buffer_unordered(AT_A_TIME).collect().await;
    for (number, outcome) in tried {
        outcomes[number] = Some(outcome);
    }
    let untried = || Err(AttemptError::Item(Error::internal("a mailbox of a batch was not tried")));
    Batched::Each(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(untried)).collect())
}
