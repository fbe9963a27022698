//! A Wine prefix with PowerShell for Windows, and what runs in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Tried, build, folder};
use crate::{emulator, stage, tools, workspace};

/// What Wine needs beside itself.
fn kit() -> Option<PathBuf> {
    tools::named_by("EXRUN_WINE")
}

fn finish(command: &mut Command) -> Result<()> {
    let ended = stage::run(command)?;
    if !ended.success {
        bail!("{}: {}", command.get_program().display(), ended.text);
    }
    Ok(())
}

/// Where programs run.
pub(super) struct Wine {
    kit: PathBuf,
    folder: PathBuf,
}

impl Wine {
    /// # Errors
    ///
    /// With what is missing.
    pub(super) fn find() -> Result<Self> {
        if tools::on_path("wine").is_none() {
            bail!("wine was not found: apt-get install wine wine64");
        }
        let kit = kit().context("EXRUN_WINE names no folder with PowerShell for Windows and what Wine needs")?;
        for file in ["setup.sh", "env.sh", "winrun.py", "emu-shim.c"] {
            if !kit.join(file).is_file() {
                bail!("EXRUN_WINE names {}, which has no {file}", kit.display());
            }
        }
        Ok(Self { kit, folder: folder()?.join("wine") })
    }

    /// Makes the prefix, once, and puts into it what the library needs.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or PowerShell does not start in it.
    pub(super) fn make(&self) -> Result<()> {
        if !self.folder.join("made").is_file() {
            self.make_prefix()?;
        }
        for (name, further) in [("bcryptprimitives", &["-ladvapi32"][..]), ("wldp", &[])] {
            let source = workspace::root().join(format!("xtask/src/windows/{name}.c"));
            let library = self.folder.join(format!("prefix/drive_c/windows/system32/{name}.dll"));
            build::compile(&source, &library, &[&["-Wall", "-Wextra", "-Werror", "-shared"], further].concat())?;
        }
        Ok(())
    }

    fn make_prefix(&self) -> Result<()> {
        let _ = fs::remove_dir_all(&self.folder);
        let mut command = Command::new("bash");
        command.arg(self.kit.join("setup.sh")).env("WIN", &self.folder).env("WINEDEBUG", "-all");
        let ended = stage::run(&mut command)?;
        // What it says last is what PowerShell made of a division by zero.
        if !ended.success || !ended.text.contains("caught: ") {
            bail!("making a prefix for Wine: {}", ended.text);
        }
        // Modules below PowerShell's own folder are judged by a part of it that looks at signatures, which is not there.
        let (from, to) = (self.folder.join("pwsh/Modules"), self.folder.join("modules"));
        fs::rename(&from, &to).with_context(|| format!("moving {}", from.display()))?;
        let made = self.folder.join("made");
        fs::write(&made, "").with_context(|| format!("writing {}", made.display()))
    }

    /// A program that runs the program that it is given under Wine, where that finds the library; for two minutes at most.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(super) fn runner(&self, library: &Path) -> Result<PathBuf> {
        let folder = library.parent().context("a library without a folder")?;
        let text = format!("export WINEPATH='{}'\nexec timeout --signal=KILL 120 wine \"$@\"\n", of_windows(folder));
        self.script("run", &text)
    }

    /// The tests of one file of the module, in PowerShell for Windows, against an emulator that runs here.
    ///
    /// # Errors
    ///
    /// When what they need cannot be made.
    pub(super) fn powershell_tests(&self, tried: &Tried, file: &str) -> Result<Command> {
        let work = self.folder.join("tests").join(file);
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(&work).with_context(|| format!("making {}", work.display()))?;
        let program = workspace::program("debug", "exrun-emulator")?;
        let lists = ["mb.txt", "broken.txt"];
        for (list, further) in lists.into_iter().zip([&[][..], &["--broken-percent", "2", "--broken"][..]]) {
            let mut command = Command::new(&program);
            let listed = command.args(["mailboxes", "--count", "1000"]).args(further).output();
            let listed = listed.with_context(|| format!("starting {}", program.display()))?;
            fs::write(work.join(list), listed.stdout).with_context(|| format!("writing {list}"))?;
        }
        let shim = work.join("exrun-emulator.exe");
        build::compile(&self.kit.join("emu-shim.c"), &shim, &[])?;
        let manifest = work.join("manifest.json");
        fs::write(&manifest, format!("{{\"appId\": \"{}\", \"keyCredentials\": []}}", emulator::APP))?;

        let tests = workspace::root().join("tests").join("powershell");
        let script = self.script(
            &format!("tests-{file}"),
            &format!(
                "export PSExecutionPolicyPreference=Bypass PSModulePath='{}' EXRUN_CA_FILE=\"z:${{EXRUN_CA_FILE//\\//\\\\}}\" NO_COLOR=1\n\
                 export EXRUN_HAS_POLICY=1 {} EXRUN_EMULATOR='{}' EXRUN_TEST_FOLDER='{work}' EMU_LISTS='{work}'\n\
                 exec python3 '{}' -t {} '{}' -NoProfile -NonInteractive -File '{}' '{}' -LeftOut '{}'\n",
                of_windows(&self.folder.join("modules")),
                match &tried.module {
                    // It finds the library that lies in it.
                    Some(module) => format!("EXRUN_MODULE='{}'", of_windows(module)),
                    None => format!("EXRUN_LIBRARY='{}'", of_windows(&tried.library)),
                },
                of_windows(&shim),
                self.kit.join("winrun.py").display(),
                FILE_LIMIT.as_secs(),
                self.folder.join("pwsh/pwsh.exe").display(),
                of_windows(&tests.join("Invoke-Tests.ps1")),
                of_windows(&tests.join(file)),
                of_windows(&tests.join("wine.psd1")),
                work = of_windows(&work),
            ),
        )?;
        let mut command = Command::new(program);
        command.args(["run", "--mailboxes", "400", "--broken-percent", "2", "--manifest"]).arg(manifest);
        command.args(["--client-secret", "Marked-Client-Secret-51c7"]);
        for partner in PARTNERS {
            command.args(["--partner", partner]);
        }
        command.arg("--").arg(script).current_dir(workspace::root());
        Ok(command)
    }

    /// A script that runs with what programs under Wine are to see.
    fn script(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(format!("{name}.sh"));
        let text = format!(
            "#!/usr/bin/env bash\nexport WIN='{}'\n. '{}'\n{text}",
            self.folder.display(),
            self.kit.join("env.sh").display()
        );
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        finish(Command::new("chmod").arg("+x").arg(&path))?;
        Ok(path)
    }
}

impl Drop for Wine {
    /// Ends what still runs in the prefix, and the server of it: nothing that hung outlives the tests.
    fn drop(&mut self) {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "30", "wineserver", "-k"]).env("WINEPREFIX", self.folder.join("prefix"));
        let _ = stage::run(&mut command);
    }
}

/// As `tests/powershell/Invoke-Tests.ps1` starts the emulator.
const PARTNERS: [&str; 2] =
    ["fabrikam.com=7f5d2c3e-0a14-4b0f-9d5e-6c1b2a3f4e50", "adatum.com=2b9c4d10-5e6f-4a7b-8c8d-9e0fa1b2c3d4"];

/// How long PowerShell may run for one file of tests.
const FILE_LIMIT: Duration = Duration::from_secs(15 * 60);

/// A path here as Wine shows it.
fn of_windows(path: &Path) -> String {
    format!("z:{}", path.display().to_string().replace('/', "\\"))
}
