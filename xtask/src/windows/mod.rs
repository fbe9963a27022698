//! `cargo xtask windows`: the library for Windows, tried under Wine.
//!
//! What Wine needs beside itself lies in the folder that `EXRUN_WINE` names: PowerShell for Windows
//! (`pwsh-*-win-x64.tar.xz`, with Pester), `setup.sh` that makes a prefix with it, `env.sh` that says what programs see,
//! `winrun.py` that gives them a console, and `emu-shim.c` for the emulator's lists.

pub(crate) mod build;
mod chosen;
pub(crate) mod image;
mod wine;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::{module, package, pester, tools, workspace};

use wine::Wine;

/// What is tried.
struct Tried {
    name: &'static str,
    library: PathBuf,
    /// The folder of the module, where the library lies in it; of none, the module of the sources takes the library.
    module: Option<PathBuf>,
}

/// Builds the library and tries it: with the files of [`chosen`], those that are named, or with `--all` every file of the
/// module's tests. After `--packaged` nothing is built: what `cargo xtask package` laid out is tried, as users get it. The last
/// line is `N passed, N failed, N skipped`.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let mut report = Report::default();
    let (is_packaged, files) = match arguments {
        ["--packaged", files @ ..] => (true, files),
        files => (false, files),
    };
    let files = match files {
        [] if is_packaged => Ok(chosen::of_a_package()),
        [] => Ok(chosen::files()),
        ["--all"] => pester::every_file(),
        files => files.iter().map(|file| pester::name(file)).collect(),
    };
    match files {
        Ok(files) => {
            // `cargo xtask test` has built it before; alone nothing has.
            let emulator = ["build", "--workspace", "--bins", "--test", "abi"];
            if report.check("emulator", || stage::run(&mut workspace::cargo(&emulator))) {
                tests(&mut report, is_packaged, &files);
            }
        }
        Err(error) => report.absent("Windows", true, &format!("{error:#}")),
    }
    report.end()
}

/// What `cargo xtask test` does of it.
pub(crate) fn chosen_tests(report: &mut Report) {
    tests(report, false, &chosen::files());
}

fn tests(report: &mut Report, is_packaged: bool, files: &[String]) {
    let required = tools::is_set("EXRUN_REQUIRE_WINE");
    if let Some(why) = build::is_missing() {
        let required = required || tools::is_set("EXRUN_REQUIRE_WINDOWS");
        report.absent("Windows", required, &format!("the library for Windows was NOT built: {why}"));
        return;
    }
    let Some(tried) = (if is_packaged { packaged(report) } else { built(report) }) else { return };
    let wine = match Wine::find() {
        Ok(wine) => wine,
        Err(why) => {
            report.absent(
                "Windows, under Wine",
                required,
                &format!("the library for Windows was built and NOT run: {why}"),
            );
            return;
        }
    };
    if !report.check("Windows, Wine's prefix", || made(|| wine.make())) {
        return;
    }
    report.tests(&format!("{}, C tests", tried.name), || c_tests(&wine, &tried.library));
    pester::report_each(report, tried.name, files, |file| wine.powershell_tests(&tried, file));
}

/// Builds the library as its tests take it, with all warnings as errors, and checks what it is.
fn built(report: &mut Report) -> Option<Tried> {
    let mut library = Err(anyhow!("it was not built"));
    report.check("Windows, library", || {
        made(|| {
            library = build::library("trial");
            let path = library.as_ref().map_err(|error| anyhow!("{error:#}"))?;
            image::check(path, &functions()?, env!("CARGO_PKG_VERSION"))
        })
    });
    Some(Tried { name: "Windows", library: library.ok()?, module: None })
}

/// What was packed, with the library in it.
fn packaged(report: &mut Report) -> Option<Tried> {
    let module = package::laid_out().join(module::NAME);
    let library = module.join("runtimes").join(build::RUNTIME).join("native").join("exrun.dll");
    let is_fit = report.check("Windows, packaged library", || {
        made(|| image::check(&library, &functions()?, env!("CARGO_PKG_VERSION")))
    });
    is_fit.then_some(Tried { name: "Windows, packaged", library, module: Some(module) })
}

/// How something ended that prints nothing.
fn made(work: impl FnOnce() -> Result<()>) -> Result<Ended> {
    let started = Instant::now();
    work()?;
    Ok(Ended { success: true, text: String::new(), took: started.elapsed() })
}

/// The tests of `tests/abi` in C: they run here, and their programs under Wine. Not that of processes that end in mid-run:
/// Wine kills some, and their status is another (docs/windows.md says why).
fn c_tests(wine: &Wine, library: &Path) -> Result<(Ended, Tally, Vec<String>)> {
    let arguments = ["test", "--workspace", "--test", "abi", "--no-fail-fast", "--", "--show-output", "c_"];
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
