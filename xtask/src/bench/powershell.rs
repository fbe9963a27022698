//! The PowerShell layer: the report, the import, a row in the pipeline.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::load::Load;
use super::measure::Cost;
use super::peers::{AS_IT_COMES, POWERSHELL};
use crate::emulator::{APP, TENANT};
use crate::{module, tools};

/// Imports are measured in processes of their own, so often; the quickest counts.
const IMPORTS: usize = 7;

/// The report of so many mailboxes, its rows through the pipeline into nothing.
pub(super) fn command(program: &Path, load: &Load, count: u64) -> Result<Command> {
    let script = load.folder.join("report.ps1");
    let text = format!(
        "param([string] $List)\n$ErrorActionPreference = 'Stop'\nImport-Module '{}'\n\
         function Get-AppSettings {{ [pscustomobject] @{{ TenantId = '{TENANT}'; ClientId = '{APP}' }} }}\n\
         [System.IO.File]::ReadLines($List) | \
         Get-MailboxSettingsReport -CertFileName '{}' -MaxConcurrency {} | Out-Null\n",
        module(&load.folder)?.display(),
        load.certificate.display(),
        load.in_flight,
    );
    fs::write(&script, text).context("writing the PowerShell script")?;
    let mut command = load.client(program)?;
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(script).arg(load.list(count)?);
    Ok(command)
}

/// What a row costs the PowerShell process beyond what the library itself costs, in microseconds of processor.
pub(super) fn row_cost(rows: &[(&'static str, Cost)]) -> Option<f64> {
    let of = |wanted| rows.iter().find(|(name, _)| *name == wanted).map(|(_, cost)| cost.cpu_micros());
    Some(of(POWERSHELL)? - of(AS_IT_COMES)?)
}

/// Prints what is PowerShell's alone.
pub(super) fn report(folder: &Path, row_cost: Option<f64>) -> Result<()> {
    let Some(program) = tools::powershell() else { return Ok(()) };
    let empty = folder.join("Empty.psm1");
    fs::write(&empty, "function Get-Nothing { }\n").context("writing an empty module")?;
    let ours = import_ms(&program, &module(folder)?)?;
    let nothing = import_ms(&program, &empty)?;
    println!("\n### PowerShell\n\n| what | measured | goal |\n|---|---|---|");
    println!(
        "| import, over that of an empty script module | {:.0} ms ({ours:.0} - {nothing:.0}) | 80 ms |",
        ours - nothing
    );
    if let Some(micros) = row_cost {
        println!("| a row of five columns in the pipeline, beyond the C example | {micros:.1} µs CPU | 12 µs |");
    }
    Ok(())
}

fn import_ms(program: &Path, module: &Path) -> Result<f64> {
    let script = format!(
        "$watch = [System.Diagnostics.Stopwatch]::StartNew(); Import-Module '{}'; \
         $watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)",
        module.display()
    );
    let mut best = f64::INFINITY;
    for _ in 0..IMPORTS {
        let output = Command::new(program)
            .args(["-NoProfile", "-NonInteractive", "-Command", &script])
            .output()
            .context("starting PowerShell")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let Ok(milliseconds) = said.trim().parse::<f64>() else {
            bail!("importing {}: {said}{}", module.display(), String::from_utf8_lossy(&output.stderr));
        };
        best = best.min(milliseconds);
    }
    Ok(best)
}

/// The module as it is given to users; the library is the one that `EXRUN_LIBRARY` names.
fn module(folder: &Path) -> Result<PathBuf> {
    let laid_out = folder.join(module::NAME);
    if !laid_out.exists() {
        module::lay_out(&laid_out)?;
    }
    Ok(laid_out.join("ExRun.psd1"))
}
