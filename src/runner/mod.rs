//! Many mailboxes: order, concurrency, retry, exactly one row for each.
//!
//! The way of a line, and who decides at each step:
//!
//! 1. **Identity** (`intake`): the line is read; whose mailbox it is, which shard it belongs to, whether it came before.
//! 2. **Input** (`intake`, `queue`): the journal gives its row, or it joins the items that are ready.
//! 3. **Admission** (`admission`): when it may start and with which others it shares a request.
//! 4. **Token**, 5. **log**, 6. **transport** (`in_flight`): its intent is in the journal before anything is sent; then
//!    the work gets its token, and its request is logged and sent.
//! 7. **Judgement** (`admission::observe`, `attempts`): what the answer says of the service, and of the item.
//! 8. **Retry or row** (`queue`, `results`): it waits for its next try, or its row is recorded and then the caller's.
//!
//! `engine` does these steps in this order and decides nothing itself; `drive` is a run from its start to its end, and
//! `run` is what the caller sees of it.

mod admission;
mod attempts;
mod counts;
mod drive;
mod engine;
mod failed_list;
mod gather;
mod in_flight;
mod input;
mod intake;
mod item;
mod lines;
mod listing;
mod not_before;
mod options;
mod order;
mod outlet;
mod pairs;
mod queue;
mod rates;
mod results;
mod run;
mod shard;
mod shared;
mod source;
mod stop;
mod work;

pub use crate::attempt::AttemptError;
pub use failed_list::{Failed, FailureList};
pub use input::LONGEST_LINE;
pub use item::Done;
pub use options::RunOptions;
pub use order::Order;
pub use run::{Run, Taken};
pub use shard::Shard;
pub use source::{Listed, Lister, Page};
pub use work::{Batched, Batching, Output, Work};
