//! The library with a sanitizer built in, by a compiler whose flag for it is not yet a stable one: nothing of what it makes
//! is given to anybody.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{stage, tools, workspace};

/// A sanitizer that the compilers of Rust and of C both know.
pub(super) struct Sanitizer {
    /// Its name in `-Zsanitizer` and in `-fsanitize`.
    pub(super) name: &'static str,
    /// Parts of the names of the tests that are tried.
    tests: &'static [&'static str],
    /// The variable of its options, and these.
    options: (&'static str, &'static str),
}

/// Accesses outside of what was allocated or after it was freed, and leaks.
///
/// Built into the library's own crate, where all unsafe code stands, and into the programs in C. What others allocate and
/// free is watched too: dependencies, OpenSSL, SQLite, Python.
pub(super) const ADDRESS: Sanitizer = Sanitizer {
    name: "address",
    tests: &["c_", "python_", "processes_that_end"],
    options: ("ASAN_OPTIONS", "detect_stack_use_after_return=1"),
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
        None
    }

    /// Builds the library once more, in a folder of its own: what ordinary builds made stays theirs.
    pub(super) fn library(&self) -> Result<PathBuf> {
        let folder = workspace::built("sanitize")?.join(self.name);
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let mut build = workspace::cargo(&["build", "--workspace", "--lib", "--quiet"]);
        build.env("CARGO_TARGET_DIR", &folder).env("RUSTC_WORKSPACE_WRAPPER", self.wrapper(&folder)?);
        succeeds(&mut build)?;
        let name = workspace::library("debug")?;
        Ok(folder.join("debug").join(name.file_name().context("a library without a name")?))
    }

    /// What its tests are told, and which they are.
    pub(super) fn prepare(&self, library: &Path) -> Result<Command> {
        let mut command = super::abi_tests(self.tests);
        command.env("EXRUN_LIBRARY", library).env(self.options.0, self.options.1);
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
