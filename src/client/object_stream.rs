//! A run whose rows are objects, as its caller sees it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::run_request::RunRequest;
use crate::error::Result;
use crate::report::object_row::{MailboxObjects, ObjectRow, ObjectRows, Selection};
use crate::report::{ObjectEncoder, Format};
use crate::runner::{Done, Next, RowStream, Run, Taken, Work};

/// Rows of a batch where the caller does not say, and the most.
const USUAL_BATCH: usize = 256;
const MOST_BATCH: usize = 4096;

/// A run of work that gives objects; how many a mailbox gives does not matter.
pub(super) struct ObjectStream<W: Work<Output = MailboxObjects>> {
    run: Run<W>,
    state: Mutex<State>,
}
