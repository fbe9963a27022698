//! The library with a sanitizer built in, by a compiler whose flags for it are not yet stable ones: nothing of what it makes
//! is given to anybody.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::toolchain::Toolchain;
use crate::{stage, tools, workspace};

/// A sanitizer that the compilers of Rust and of C both know.
pub(super) struct Sanitizer {
    /// Its name in `-Zsanitizer` and in `-fsanitize`.
    pub(super) name: &'static str,
    /// Parts of the names of the tests that are tried.
    tests: &'static [&'static str],
    /// The variable of its options, and these.
    options: (&'static str, &'static str),
    /// A file of what it takes for a fault and is none.
    exceptions: Option<&'static str>,
    /// What it is built into.
    extent: Extent,
}

/// What of the library a sanitizer is built into.
enum Extent {
    /// Its own crate, where all unsafe code stands.
    OwnCrate,
    /// All that it is made of, in Rust and in C, the standard library too.
    Everything,
}

/// Accesses outside of what was allocated or after it was freed, and leaks.
///
/// Built into the library's own crate, where all unsafe code stands, and into the programs in C. What others allocate and
/// free is watched too: dependencies, OpenSSL, SQLite, Python.
pub(super) const ADDRESS: Sanitizer = Sanitizer {
    name: "address",
    tests: &["c_", "python_", "processes_that_end"],
    options: ("ASAN_OPTIONS", "detect_stack_use_after_return=1"),
    exceptions: None,
    extent: Extent::OwnCrate,
};

/// Accesses of two threads to one place, one of which writes, and that nothing puts in an order.
///
/// Who waits for whom is known only of code that it is built into: each lock and each end of a thread elsewhere would be a
/// false alarm.
pub(super) const THREAD: Sanitizer = Sanitizer {
    name: "thread",
    tests: &["c_", "python_", "processes_that_end"],
    // A process that ends in mid-run leaves its threads as they are.
    options: ("TSAN_OPTIONS", "second_deadlock_stack=1:report_thread_leaks=0"),
    exceptions: Some("xtask/src/sanitize/thread.txt"),
    extent: Extent::Everything,
};

impl Sanitizer {
    /// Why it cannot be tried here, if it cannot.
    pub(super) fn is_missing(&self) -> Option<String> {
        if !cfg!(target_os = "linux") {
            return Some("it is tried on Linux only".to_owned());
        }
        let runtime = self.runtime().ok().filter(|path| path.is_absolute());
        if runtime.is_none() || tools::on_path("cc").is_none() {
            return Some(format!("no gcc with its {} was found as cc", self.runtime_name()));
        }
        if matches!(self.extent, Extent::Everything) && Toolchain::with_sources().is_none() {
            return Some(
                "it takes the sources of the standard library: `rustup component add rust-src`, or Debian's packages \
                 rustc-web, cargo-web and rust-web-src"
                    .to_owned(),
            );
        }
        None
    }

    /// Builds the library once more, in a folder of its own: what ordinary builds made stays theirs.
    pub(super) fn library(&self) -> Result<PathBuf> {
        let folder = workspace::built("sanitize")?.join(self.name);
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let name = workspace::library("debug")?;
        let name = name.file_name().context("a library without a name")?;
        Ok(match self.extent {
            Extent::OwnCrate => self.build_own_crate(&folder)?.join(name),
            Extent::Everything => self.build_everything(&folder)?.join(name),
        })
    }

    /// Gives the folder in which the library is.
    fn build_own_crate(&self, folder: &Path) -> Result<PathBuf> {
        let mut build = workspace::cargo(&["build", "--workspace", "--lib", "--quiet"]);
        build.env("CARGO_TARGET_DIR", folder).env("RUSTC_WORKSPACE_WRAPPER", self.wrapper(folder)?);
        succeeds(&mut build)?;
        Ok(folder.join("debug"))
    }

    /// As above. With a target that is named, the flags are not those of build scripts and macros, which run without it.
    fn build_everything(&self, folder: &Path) -> Result<PathBuf> {
        let Toolchain { cargo, rustc, host } = Toolchain::with_sources().context("looking for a compiler")?;
        let memory = folder.join("memory.o");
        let source = workspace::root().join("xtask/src/sanitize/memory.c");
        succeeds(Command::new("cc").args(["-c", "-O2", "-fPIC", "-o"]).arg(&memory).arg(source))?;
        let mut build = Command::new(cargo);
        workspace::clean(&mut build);
        build.args(["rustc", "--package", "exrun", "--lib", "--crate-type", "cdylib", "--quiet"]);
        build.args(["-Zbuild-std=std,panic_unwind", "--target", &host]).current_dir(workspace::root());
        build.arg("--").arg(format!("-Clink-arg={}", memory.display()));
        build.env("CARGO_TARGET_DIR", folder).env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
        build.env("RUSTFLAGS", format!("-Zsanitizer={}", self.name));
        build.env(format!("CFLAGS_{}", host.replace('-', "_")), format!("-fsanitize={} -g", self.name));
        succeeds(&mut build)?;
        Ok(folder.join(host).join("debug"))
    }

    /// What its tests are told, and which they are.
    pub(super) fn prepare(&self, library: &Path) -> Result<Command> {
        let mut command = super::abi_tests(self.tests);
        let (variable, mut options) = (self.options.0, self.options.1.to_owned());
        if let Some(file) = self.exceptions {
            options.push_str(&format!(":suppressions={}", workspace::root().join(file).display()));
        }
        command.env("EXRUN_LIBRARY", library).env(variable, options);
        command.env("EXRUN_SANITIZER", self.name).env("EXRUN_SANITIZER_RUNTIME", self.runtime()?);
        Ok(command)
    }

    fn runtime_name(&self) -> String {
        format!("lib{}san.so", &self.name[..1])
    }

    /// What a program must load first that was not linked with it.
    fn runtime(&self) -> Result<PathBuf> {
        let mut command = Command::new("cc");
        command.arg(format!("-print-file-name={}", self.runtime_name()));
        // One that is not there comes back as the bare name.
        Ok(PathBuf::from(succeeds(&mut command)?.trim()))
    }

    /// A program that stands before the compiler where it makes the library, and adds the flags. They are not said to cargo,
    /// which would have half of the dependencies built in another way.
    fn wrapper(&self, folder: &Path) -> Result<PathBuf> {
        let script = format!(
            "#!/bin/sh\n\
             case \" $* \" in\n\
             *\" --crate-name exrun \"*\" --crate-type cdylib \"*)\n    \
                 export RUSTC_BOOTSTRAP=1\n    \
                 exec \"$@\" -Zsanitizer={} -Cforce-frame-pointers=yes\n    \
                 ;;\n\
             esac\n\
             exec \"$@\"\n",
            self.name
        );
        let file = folder.join("instrumenting");
        std::fs::write(&file, script).with_context(|| format!("writing {}", file.display()))?;
        succeeds(Command::new("chmod").arg("+x").arg(&file))?;
        Ok(file)
    }
}

/// Runs a command that must succeed; gives what it printed.
fn succeeds(command: &mut Command) -> Result<String> {
    let ended = stage::run(command)?;
    if ended.success { Ok(ended.text) } else { bail!("{command:?}:\n{}", ended.text) }
}
