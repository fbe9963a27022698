//! How memory grows with the number of mailboxes.

use std::path::Path;

use anyhow::Result;

use super::load::{Load, Point};
use super::measure;
use super::peers::c;
use crate::tools;

/// The run that is taken off.
const HOST: u64 = 10;
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// Prints the table: the most memory of the C example at each size, less the same at [`HOST`] mailboxes.
///
/// # Errors
///
/// When a run fails.
pub(super) fn report(folder: &Path) -> Result<()> {
    let Some(compiler) = tools::on_path("cc") else { return Ok(()) };
    println!("\n### Memory of the C example beyond a run over {HOST} mailboxes, 64 in flight\n");
    println!("| mailboxes | MB |");
    println!("|---|---|");
    let point = Point { latency_ms: 0, in_flight: 64, mailboxes: 1_000_000, flags: &[] };
    let load = Load::start(folder, &point)?;
    let host = measure::most_memory(&mut c(&compiler, &load, HOST)?)?;
    for size in SIZES {
        let most = measure::most_memory(&mut c(&compiler, &load, size)?)?;
        #[expect(clippy::cast_precision_loss, reason = "megabytes of memory")]
        let megabytes = most.saturating_sub(host) as f64 / 1_048_576.0;
        println!("| {size} | {megabytes:.1} |");
    }
    Ok(())
}
