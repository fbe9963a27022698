//! `cargo xtask natives --try`: the library for each Linux, quickly built, and the C tests of its ABI with it; with `--built`
//! the one that lies in `dist/natives`, as users get it. Where the processor is another than this machine's they run under
//! qemu, with the C library of Debian's `libc6-arm64-cross`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::{OLDEST_GLIBC, Profile, System};
use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::{tools, workspace};

/// What is tried when none is named.
const TRIED: [&str; 2] = ["linux-x64", "linux-arm64"];

/// Tries what can be tried. The last line is `N passed, N failed, N skipped`.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let mut report = Report::default();
    let (is_built, rids) = match arguments {
        ["--built", rids @ ..] => (true, rids),
        rids => (false, rids),
    };
    for rid in if rids.is_empty() { &TRIED } else { rids } {
        of_system(&mut report, rid, is_built);
    }
    report.end()
}

/// What `cargo xtask test` does of it: the library for the other processor, since all its tests take that of this one.
pub(crate) fn other_processor(report: &mut Report) {
    const RID: &str = "linux-arm64";
    let required = tools::is_set("EXRUN_REQUIRE_QEMU");
    // Before some minutes of building: what builds it, and what runs it.
    let found = System::named(RID).and_then(|system| match super::build::is_missing(system) {
        Some(why) => Err(anyhow::anyhow!(why)),
        None => Foreign::find(RID),
    });
    if let Err(why) = found {
        report.absent(RID, required, &format!("the library for {RID} was NOT built, and not run: {why:#}"));
        return;
    }
    of_system(report, RID, false);
}

fn of_system(report: &mut Report, rid: &str, is_built: bool) {
    let mut library = None;
    let built = report.check(&format!("library for {rid}"), || {
        let started = std::time::Instant::now();
        let system = System::named(rid)?;
        library = Some(if is_built {
            let library = super::folder().join(rid).join(system.library);
            super::check(system, &library, Some(OLDEST_GLIBC))?;
            library
        } else {
            super::build(system, Profile::Quick)?
        });
        Ok(Ended { success: true, text: String::new(), took: started.elapsed() })
    });
    let Some(library) = library.filter(|_| built) else { return };
    let stage = format!("C tests on {rid}");
    let foreign = match System::of_this_machine() {
        Ok(own) if own.rid == rid => None,
        _ => match Foreign::find(rid) {
            Ok(foreign) => Some(foreign),
            Err(why) => {
                let why = format!("the library for {rid} was built and NOT run: {why:#}");
                return report.absent(&stage, tools::is_set("EXRUN_REQUIRE_QEMU"), &why);
            }
        },
    };
    report.tests(&stage, || {
        let arguments = [
            "test",
            "--workspace",
            "--test",
            "abi",
            "--no-fail-fast",
            "--",
            "--show-output",
            "c_",
            "exports",
            "mid_run",
        ];
        let mut command = workspace::cargo(&arguments);
        command.env("EXRUN_LIBRARY", &library);
        if let Some(foreign) = &foreign {
            command.env("EXRUN_C_COMPILER", &foreign.compiler).env("EXRUN_C_RUNNER", &foreign.runner);
        }
        let mut ended = stage::run(&mut command)?;
        let tally = Tally::of_cargo(&ended.text).with_status(ended.success);
        let left_out = tally::left_out(&ended.text);
        ended.text = tally::without_successes(&ended.text);
        // No count at all: the tests did not run.
        let tally = if tally == Tally::default() { Tally::one(false) } else { tally };
        Ok((ended, tally.moved_to_skipped(left_out.len() as u64), left_out))
    });
}

/// What makes programs for another processor, and runs them: two scripts, since the tests call one program for each.
struct Foreign {
    compiler: PathBuf,
    runner: PathBuf,
}

impl Foreign {
    fn find(rid: &str) -> Result<Self> {
        anyhow::ensure!(rid == "linux-arm64", "there is nothing to run it with");
        let qemu = tools::on_path("qemu-aarch64").context("qemu-aarch64 was not found: apt-get install qemu-user")?;
        let root = Path::new("/usr/aarch64-linux-gnu");
        let loader = root.join("lib").join("ld-linux-aarch64.so.1");
        anyhow::ensure!(
            loader.is_file(),
            "{} was not found: apt-get install libc6-arm64-cross libgcc-s1-arm64-cross",
            loader.display()
        );
        let program = tools::cargo_zigbuild().context("cargo-zigbuild was not found")?;
        let beside = program.parent().unwrap_or(Path::new("/"));
        let python = tools::in_folder(beside, "python3")
            .or_else(|| tools::on_path("python3"))
            .context("python3 was not found")?;
        let folder = workspace::built("natives")?;
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        // zig passes the path of a library on as it is given; its own checks of undefined behaviour want a runtime.
        let compiler = format!(
            "'{}' -m ziglang cc -target aarch64-linux-gnu.{OLDEST_GLIBC} -fno-sanitize=undefined",
            python.display()
        );
        let runner = format!("'{}' -L '{}'", qemu.display(), root.display());
        Ok(Self { compiler: script(&folder.join("cc"), &compiler)?, runner: script(&folder.join("run"), &runner)? })
    }
}

/// A program that calls a command with what it is given itself.
fn script(path: &Path, command: &str) -> Result<PathBuf> {
    let writing = || format!("writing {}", path.display());
    std::fs::write(path, format!("#!/bin/sh\nexec {command} \"$@\"\n")).with_context(writing)?;
    let done = Command::new("chmod").arg("+x").arg(path).status().with_context(writing)?;
    anyhow::ensure!(done.success(), "{}", writing());
    Ok(path.to_owned())
}
