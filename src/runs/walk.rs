//! How far the reading of a mailbox's items is.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;
use openssl::sha::Sha256;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::facet::messages::{DIGEST_OF, SHA256};
use crate::facet::{Item, Reading, Step};
use crate::graph::call::GraphClient;
use crate::graph::request::{Answer, Exchange, Request};
use crate::hex;
use crate::http::HttpReply;

/// The most lists of one mailbox, and the most items: more is no report on a mailbox any more.
const MOST_LISTS: usize = 10_000;
const MOST_ITEMS: usize = 200_000;

/// Pieces of a content that may wait to be hashed.
const PIECES: usize = 8;

/// The lists of one mailbox that are to be read, and what those before them held.
pub(super) struct Walk {
    open: VecDeque<Step>,
    /// Lists that were met so far.
    lists: usize,
    /// Of the list that is being read.
    exchange: Exchange,
    found: Vec<Item>,
    /// What was read because of what was found.
    asked: HashSet<String>,
    has_read: bool,
    has_advanced: bool,
}

impl Walk {
    pub(super) fn new(reading: &dyn Reading) -> Self {
        let open: VecDeque<Step> = reading.begin().into();
        let lists = open.len();
        Self {
            open,
            lists,
            exchange: Exchange::default(),
            found: Vec::new(),
            asked: HashSet::new(),
            has_read: false,
            has_advanced: false,
        }
    }

    /// The list that is read next.
    pub(super) fn step(&self) -> Option<&Step> {
        self.open.front()
    }

    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether something of the mailbox was read.
    pub(super) fn has_begun(&self) -> bool {
        self.has_read || self.exchange.has_begun()
    }

    pub(super) fn fits_batch(&self, request: &Request) -> bool {
        self.exchange.fits_batch(request) && !self.step().is_some_and(|step| step.digests)
    }

    /// Whether a further list or page was reached since this was last asked.
    pub(super) fn has_advanced(&mut self) -> bool {
        let has_paged = self.exchange.has_advanced();
        std::mem::take(&mut self.has_advanced) | has_paged
    }

    /// Gives all that was found.
    pub(super) fn take_found(&mut self) -> Vec<Item> {
        std::mem::take(&mut self.found)
    }

    /// Reads the next list to its end, once.
    pub(super) async fn attempt(
        &mut self,
        reading: &dyn Reading,
        request: &Request,
        graph: &GraphClient,
        context: &Context,
    ) -> Result<(), AttemptError> {
        if self.step().is_some_and(|step| step.digests) {
            return match digest(request, graph, context).await {
                Ok(hash) => self.keep_digest(reading, hash).map_err(AttemptError::Item),
                Err(AttemptError::Item(error)) => self.pass_over(reading, error).map_err(AttemptError::Item),
                Err(failure) => Err(failure),
            };
        }
        match self.exchange.attempt(request, graph, context).await {
            Ok(answer) => self.keep(reading, answer).map_err(AttemptError::Item),
            Err(AttemptError::Item(error)) => self.pass_over(reading, error).map_err(AttemptError::Item),
            Err(failure) => Err(failure),
        }
    }

    /// Takes the reply to a request of the next list; it may have further pages.
    pub(super) fn take(
        &mut self,
        reading: &dyn Reading,
        request: &Request,
        graph: &GraphClient,
        reply: Result<HttpReply>,
    ) -> Result<()> {
        match reply.and_then(|reply| self.exchange.take(request, graph, reply)) {
            Ok(Some(answer)) => self.keep(reading, answer),
            Ok(None) => Ok(()),
            Err(error) => self.pass_over(reading, error),
        }
    }

    fn keep(&mut self, reading: &dyn Reading, answer: Answer) -> Result<()> {
        let Some(step) = self.open.pop_front() else { return Ok(()) };
        self.exchange = Exchange::default();
        self.has_read = true;
        self.has_advanced = true;
        for element in elements(answer)? {
            let taken = reading.take(&step, element);
            self.found.extend(taken.item);
            self.lists += taken.further.len();
            self.open.extend(taken.further);
        }
        self.go_on(reading)
    }

    fn keep_digest(&mut self, reading: &dyn Reading, hash: String) -> Result<()> {
        let Some(step) = self.open.pop_front() else { return Ok(()) };
        self.has_advanced = true;
        let members = [(DIGEST_OF, step.within.as_str().into()), (SHA256, hash.into())];
        let element = members.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect();
        self.found.extend(reading.take(&step, element).item);
        self.go_on(reading)
    }

    /// Once nothing is left to be read, what was found may lead on.
    fn go_on(&mut self, reading: &dyn Reading) -> Result<()> {
        if self.open.is_empty() {
            let further = reading.then(&self.found).into_iter().filter(|step| self.asked.insert(step.path.clone()));
            self.open.extend(further);
            self.lists += self.open.len();
        }
        if self.lists > MOST_LISTS || self.found.len() > MOST_ITEMS {
            let detail = format!("the mailbox has more than {MOST_LISTS} folders or {MOST_ITEMS} items");
            return Err(Error::new(Status::ResponseInvalid, detail));
        }
        Ok(())
    }

    /// A list that another one led to may have gone since: it holds nothing then.
    fn pass_over(&mut self, reading: &dyn Reading, error: Error) -> Result<()> {
        let is_gone = error.http_status_code() == Some(404) && self.has_read;
        if !is_gone {
            return Err(error);
        }
        self.open.pop_front();
        self.exchange = Exchange::default();
        self.go_on(reading)
    }
}

/// The SHA-256 of what a request gives, however long it is.
async fn digest(request: &Request, graph: &GraphClient, context: &Context) -> Result<String, AttemptError> {
    let (pieces, mut taken) = mpsc::channel::<Bytes>(PIECES);
    let hashed = async {
        let mut hash = Sha256::new();
        while let Some(piece) = taken.recv().await {
            hash.update(&piece);
        }
        hash.finish()
    };
    let fetched = async {
        let pieces = pieces;
        graph.fetch(request.path(), request.headers(), &pieces, context).await
    };
    let (reply, hash) = futures_util::future::join(fetched, hashed).await;
    reply.map(|_| hex::lower(&hash))
}

/// The elements of a collection, or the one object.
fn elements(answer: Answer) -> Result<Vec<Item>> {
    let values = match answer {
        Answer::Collection(values) => values,
        Answer::Document(value) => vec![value],
        Answer::Nothing(_) | Answer::Content { .. } => Vec::new(),
    };
    let object = |value| match value {
        Value::Object(mut item) => {
            item.shift_remove("@odata.context");
            Ok(item)
        }
        _ => Err(Error::new(Status::ResponseInvalid, "the service gave an element that is no object").retryable(true)),
    };
    values.into_iter().map(object).collect()
}
