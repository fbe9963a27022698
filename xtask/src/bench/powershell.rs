//! The PowerShell layer: the report, the import, a row in the pipeline.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::load::Load;
use super::measure::Cost;
use super::peers::{AS_IT_COMES, EMPTY_FUNCTION, POWERSHELL, POWERSHELL_PIPED};
use crate::emulator::{APP, TENANT};
use crate::{module, tools};

/// Imports are measured in processes of their own, so often; the quickest counts.
const IMPORTS: usize = 7;

/// How the module is given its mailboxes, which differs in cost.
#[derive(Clone, Copy)]
enum Input {
    List,
    Pipeline,
    /// A function that takes as much from the pipeline and does nothing: what PowerShell itself takes for that.
    Nothing,
}

impl Input {
    /// What stands between reading the list and throwing the rows away.
    fn script(self, load: &Load) -> String {
        let report = format!(
            "Get-MailboxSettingsReport -CertFileName '{}' -MaxConcurrency {}",
            load.certificate.display(),
            load.in_flight
        );
        match self {
            Self::List => format!("{report} -Mailboxes $mailboxes"),
            Self::Pipeline => format!("$mailboxes | {report}"),
            Self::Nothing => "$mailboxes | Get-Nothing".to_owned(),
        }
    }
}

/// The report of so many mailboxes of a list, its rows through the pipeline into nothing.
pub(super) fn of_list(program: &Path, load: &Load, count: u64) -> Result<Command> {
    command(Input::List, program, load, count)
}

/// The same with the mailboxes from a pipeline.
pub(super) fn of_pipeline(program: &Path, load: &Load, count: u64) -> Result<Command> {
    command(Input::Pipeline, program, load, count)
}

/// As many names from a pipeline to a function with an empty `process` block.
pub(super) fn to_nothing(program: &Path, load: &Load, count: u64) -> Result<Command> {
    command(Input::Nothing, program, load, count)
}

fn command(input: Input, program: &Path, load: &Load, count: u64) -> Result<Command> {
    let script = load.folder.join("report.ps1");
    let text = format!(
        "param([string] $List)\n$ErrorActionPreference = 'Stop'\n$ProgressPreference = 'SilentlyContinue'\nImport-Module '{}'\n\
         function Get-AppSettings {{ [pscustomobject] @{{ TenantId = '{TENANT}'; ClientId = '{APP}' }} }}\n\
         function Get-Nothing {{ [CmdletBinding()] param([Parameter(ValueFromPipeline = $true)] [psobject] $Mailboxes) process {{ }} }}\n\
         $mailboxes = [System.IO.File]::ReadAllLines($List)\n{} | Out-Null\n",
        module(&load.folder)?.display(),
        input.script(load),
    );
    fs::write(&script, text).context("writing the PowerShell script")?;
    let mut command = load.client(program)?;
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(script).arg(load.list(count)?);
    Ok(command)
}

/// What rows and mailboxes cost in PowerShell, in microseconds of processor, with the goal of each.
pub(super) fn row_costs(rows: &[(&'static str, Cost)]) -> Vec<(&'static str, f64, &'static str)> {
    let of = |wanted| rows.iter().find(|(name, _)| *name == wanted).map(|(_, cost)| cost.cpu_micros());
    let beyond = |more, than| Some(of(more)? - of(than)?);
    let known = [
        ("a row of five columns in the pipeline, beyond the C example", beyond(POWERSHELL, AS_IT_COMES), "12 µs CPU"),
        ("a piped mailbox, beyond one of a list", beyond(POWERSHELL_PIPED, POWERSHELL), "6 µs CPU"),
        ("a name piped to an empty function", of(EMPTY_FUNCTION), ""),
    ];
    known.into_iter().filter_map(|(what, micros, goal)| Some((what, micros?, goal))).collect()
}

/// Prints what is PowerShell's alone.
pub(super) fn report(folder: &Path, row_costs: &[(&'static str, f64, &'static str)]) -> Result<()> {
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
    println!("| making a row of five texts | {:.1} µs CPU | 5 µs CPU |", making_micros(&program, &module(folder)?)?);
    for (what, micros, goal) in row_costs {
        println!("| {what} | {micros:.1} µs CPU | {goal} |");
    }
    Ok(())
}

/// Reads a block of 20,000 rows (docs/abi.md, "The block") again and again in one process; the least counts.
const MAKING: &str = r#"
    param([string] $Module)
    $ErrorActionPreference = 'Stop'
    & (Import-Module $Module -PassThru) {
        Import-PrivateFunction
        $bytes = [System.IO.MemoryStream]::new()
        $writer = [System.IO.BinaryWriter]::new($bytes)
        $names = 'MailboxName', 'Language', 'Locale', 'TimeZone', 'AutomaticReplyStatus'
        $writer.Write([int] 20000)
        foreach ($row in 1..20000) {
            $writer.Write([int] 0)
            if ($row -eq 1) {
                $writer.Write($names.Count)
                foreach ($name in $names) { $writer.Write($name) }
            }
            foreach ($text in "mailbox$row@contoso.com", 'English (United States)', 'en-US', 'W. Europe Standard Time', 'Disabled') {
                $writer.Write([byte] 6)
                $writer.Write($text)
            }
        }
        $process = [System.Diagnostics.Process]::GetCurrentProcess()
        $least = [double]::MaxValue
        foreach ($time in 1..12) {
            $bytes.Position = 0
            $process.Refresh()
            $before = $process.TotalProcessorTime.TotalMilliseconds
            $rows = (Get-RowReader).Invoke([System.IO.BinaryReader]::new($bytes), [System.Collections.ArrayList]::new())
            $process.Refresh()
            $least = [Math]::Min($least, $process.TotalProcessorTime.TotalMilliseconds - $before)
            if ($rows.Count -ne 20000 -or $rows[19999].MailboxName -ne 'mailbox20000@contoso.com') { throw 'the rows are wrong' }
        }
        ($least / 20).ToString([cultureinfo]::InvariantCulture)
    }
"#;

fn making_micros(program: &Path, module: &Path) -> Result<f64> {
    let script = module.with_file_name("making.ps1");
    fs::write(&script, MAKING).context("writing the PowerShell script")?;
    let output = Command::new(program)
        .args(["-NoProfile", "-NonInteractive", "-File"])
        .arg(&script)
        .arg(module)
        .output()
        .context("starting PowerShell")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let Ok(micros) = said.trim().parse::<f64>() else {
        bail!("making rows: {said}{}", String::from_utf8_lossy(&output.stderr));
    };
    Ok(micros)
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

/// Removes the module of an earlier run, which may be of other sources.
pub(super) fn forget_module(folder: &Path) -> Result<()> {
    let laid_out = folder.join(module::NAME);
    if !laid_out.exists() {
        return Ok(());
    }
    fs::remove_dir_all(&laid_out).with_context(|| format!("removing {}", laid_out.display()))
}

/// The module as it is given to users; the library is the one that `EXRUN_LIBRARY` names.
fn module(folder: &Path) -> Result<PathBuf> {
    let laid_out = folder.join(module::NAME);
    if !laid_out.exists() {
        module::lay_out(&laid_out)?;
    }
    Ok(laid_out.join("ExRun.psd1"))
}
