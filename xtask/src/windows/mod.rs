//! `cargo xtask windows`: the library for Windows, tried under Wine.
//!
//! What Wine needs beside itself lies in the folder that `EXRUN_WINE` names: PowerShell for Windows
//! (`pwsh-*-win-x64.tar.xz`, with Pester), `setup.sh` that makes a prefix with it, `env.sh` that says what programs see,
//! `winrun.py` that gives them a console, `emu-shim.c` for the emulator's lists, and a patch for schannel.

pub(crate) mod build;
pub(crate) mod image;
mod wine;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::{tools, workspace};

use wine::Wine;

/// Runs what can be run; `files` are test files of the module, all of them by default. The last line is
/// `N passed, N failed, N skipped`.
pub(crate) fn run(files: &[&str]) -> ExitCode {
    let mut report = Report::default();
    let required = tools::is_set("EXRUN_REQUIRE_WINE");
    if let Some(why) = build::is_missing() {
        report.absent("library for Windows", required, &format!("the library for Windows was NOT built: {why}"));
        return report.end();
    }
    let mut library = None;
    let built = report.check("library for Windows", || {
        let started = std::time::Instant::now();
        let path = build::library("dev", &wine::patched()?)?;
        image::check(&path, &functions()?, env!("CARGO_PKG_VERSION"))?;
        library = Some(path);
        Ok(Ended { success: true, text: String::new(), took: started.elapsed() })
    });
    let Some(library) = library.filter(|_| built) else { return report.end() };
    let wine = match Wine::find() {
        Ok(wine) => wine,
        Err(why) => {
            report.absent("under Wine", required, &format!("the library for Windows was built and NOT run: {why}"));
            return report.end();
        }
    };
    let mut prefix = Err(anyhow::anyhow!("there is none"));
    let made = report.check("Wine", || {
        prefix = wine.make();
        prefix.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
        Ok(Ended { success: true, text: String::new(), took: std::time::Duration::ZERO })
    });
    if !made {
        return report.end();
    }
    report.tests("C tests", || c_tests(&wine, &library));
    report.tests("PowerShell tests", || {
        let ended = stage::run(&mut wine.powershell_tests(&library, files)?)?;
        let tally = Tally::of_pester(&ended.text).unwrap_or(Tally::one(false)).with_status(ended.success);
        let left_out = tally::left_out(&ended.text);
        Ok((ended, tally, left_out))
    });
    report.end()
}

/// The tests of `tests/abi` in C: they run here, and their programs under Wine.
fn c_tests(wine: &Wine, library: &std::path::Path) -> Result<(Ended, Tally, Vec<String>)> {
    let arguments = ["test", "--workspace", "--test", "abi", "--no-fail-fast", "--", "--show-output", "c_", "mid_run"];
    let mut command = workspace::cargo(&arguments);
    command
        .env("EXRUN_LIBRARY", library)
        .env("EXRUN_C_COMPILER", build::LINKER)
        .env("EXRUN_C_RUNNER", wine.runner(library)?);
    let mut ended = stage::run(&mut command)?;
    let tally = Tally::of_cargo(&ended.text).with_status(ended.success);
    ended.text = tally::without_successes(&ended.text);
    let tally = if tally == Tally::default() { Tally::one(false) } else { tally };
    Ok((ended, tally, Vec::new()))
}

/// The names of the functions that the header declares.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn functions() -> Result<BTreeSet<String>> {
    let header = workspace::root().join("include").join("exrun.h");
    let text = std::fs::read_to_string(&header).with_context(|| format!("reading {}", header.display()))?;
    let names = text.lines().filter_map(|line| line.strip_prefix("int32_t ")?.split('(').next());
    Ok(names.map(str::to_owned).collect())
}

/// Where what is made for these tests lies.
fn folder() -> Result<PathBuf> {
    let folder = workspace::built("windows")?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}
