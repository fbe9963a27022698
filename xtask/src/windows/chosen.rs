//! Which of the module's test files run under Wine in `cargo xtask test`: all of them take too long there.

/// Each with what it is there for.
const FILES: [(&str, &str); 1] = [("Windows.Tests.ps1", "what holds on Windows alone")];

pub(super) fn files() -> Vec<String> {
    FILES.iter().map(|(file, _)| (*file).to_owned()).collect()
}
