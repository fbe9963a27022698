//! Which of the module's test files run under Wine in `cargo xtask test`: all of them take too long there.

/// Each with what it is there for; those that take longest first, for two run at a time.
const FILES: [(&str, &str); 6] = [
    ("Report.Tests.ps1", "the way that most go: mailboxes in, rows and errors out"),
    ("Run.Tests.ps1", "journals, files that a run writes, and what it says"),
    ("SetMailboxSettings.Tests.ps1", "what is written, its undo file, and what asks before it"),
    ("Windows.Tests.ps1", "what holds on Windows alone"),
    ("Native.Tests.ps1", "how the library is found, loaded and refused"),
    ("Token.Tests.ps1", "sign-in by a PFX file, over schannel"),
];

/// Those that a package is tried with: a token and a report, and what holds on Windows alone.
const OF_A_PACKAGE: [&str; 3] = ["Report.Tests.ps1", "Windows.Tests.ps1", "Token.Tests.ps1"];

pub(super) fn of_a_package() -> Vec<String> {
    OF_A_PACKAGE.map(str::to_owned).to_vec()
}

pub(super) fn files() -> Vec<String> {
    FILES.iter().map(|(file, _)| (*file).to_owned()).collect()
}
