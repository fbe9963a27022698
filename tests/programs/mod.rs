//! Programs that the examples need, which may be missing on a machine.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::process::Command;

pub(crate) fn is_there(program: impl AsRef<OsStr>) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// PowerShell: where `EXRUN_PWSH` points, else `pwsh` on the PATH.
///
/// # Panics
///
/// When it is missing although `EXRUN_REQUIRE_PWSH` is 1.
pub(crate) fn powershell() -> Option<OsString> {
    let named = std::env::var_os("EXRUN_PWSH").filter(|path| !path.is_empty());
    let program = named.unwrap_or_else(|| "pwsh".into());
    if is_there(&program) {
        return Some(program);
    }
    assert!(
        std::env::var_os("EXRUN_REQUIRE_PWSH").is_none_or(|value| value != "1"),
        "PowerShell is required and does not start: {}",
        program.display()
    );
    None
}

/// Says, for the one who counts tests, that this one had nothing to run with.
pub(crate) fn left_out(what: &str, why: &str) -> Result<(), Box<dyn Error>> {
    #[expect(clippy::print_stderr, reason = "whoever reads the test's output must see what was not tried")]
    {
        eprintln!("LEFT OUT: {what}: {why}");
    }
    Ok(())
}

/// The same for what `.ci/run` installs: there it is a failure.
///
/// # Panics
///
/// When it is missing although `EXRUN_REQUIRE_LANGUAGES` is 1.
#[allow(dead_code, reason = "of the tests that share this, some need no more than PowerShell")]
pub(crate) fn required(what: &str, why: &str) -> Result<(), Box<dyn Error>> {
    assert!(std::env::var_os("EXRUN_REQUIRE_LANGUAGES").is_none_or(|value| value != "1"), "{what}: {why}");
    left_out(what, why)
}
