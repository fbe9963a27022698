//! Everything that a person types in this repository: `cargo xtask <command>`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose whole purpose is to tell a person")]

mod bench;
mod changelog;
mod demo;
mod emulator;
mod files;
mod frozen;
mod fuzz;
mod header;
mod module;
mod package;
mod region;
mod release;
mod report;
mod sanitize;
mod shared;
mod soak;
mod stage;
mod tally;
mod test;
mod tools;
mod version;
mod wheel;
mod windows;
mod workspace;
mod written;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  demo              a report over 1,000 mailboxes of an emulated tenant, from nothing
  test              every check and every test; the last line adds them up
  fuzz [MINUTES [TARGET ...]]
                    inputs that chance made wrong, for so long a target (default 10); what fails is kept as a file
  sanitize [address|memcheck|miri|thread ...]
                    the tests of the C ABI under tools that look at each access to memory; all of them without a name
  header [--check]  write the header, and what else follows from the C ABI, from the sources; or compare them
  module [--check]  write what several files of the PowerShell module share from where it is said; or compare them
  frozen [--check]  list what programs that use the library build on, where something is new; or compare it
  frozen --break    the same where something is gone or has changed, which breaks such programs
  version [VERSION [--release DATE]]
                    set the version everywhere it is said, with a date as the one released then; or say it
  version --check   compare all places that say it
  release --dry-run [--no-packages [--tag TAG]]
                    all of a release that can be done without the service that makes it; what is left out is said
  release --notes TAG
                    what the changelog says of the release of a tag
  package           dist/ExRun-<version>/: module, library, header and licences for this system
  package --target x86_64-pc-windows-gnu
                    the same for Windows, added to what lies there of this version; the library is checked
  windows [FILE ...]
                    the library for Windows under Wine: the tests of the C ABI, and those of the module or FILEs of them
  package --wheel   dist/exrun-<version>-py3-none-<system>.whl: the Python package with the library inside
  bench [TABLE ...] throughput, processor time and memory against the emulator and against peers, as ratios
  soak              100,000 mailboxes under every fault, runs killed 20 times and resumed: complete and right?
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["test"] => return test::run(),
        ["demo"] => demo::run(),
        ["package"] => package::run(),
        ["package", "--target", windows::build::TARGET] => package::run_for_windows(),
        ["windows", files @ ..] => return windows::run(files),
        ["package", "--wheel"] => wheel::run(),
        ["bench", tables @ ..] => bench::run(tables),
        ["fuzz"] => fuzz::run("10", &[]),
        ["fuzz", minutes, targets @ ..] => fuzz::run(minutes, targets),
        ["sanitize", tools @ ..] if tools.iter().all(|tool| sanitize::TOOLS.contains(tool)) => {
            return sanitize::run(tools);
        }
        ["soak"] => soak::run(soak::WHOLE),
        ["soak", "--short"] => soak::run(soak::SHORT),
        ["header"] => header::write(),
        ["header", "--check"] => header::check(),
        ["frozen"] => frozen::renew(false),
        ["frozen", "--break"] => frozen::renew(true),
        ["frozen", "--check"] => frozen::check(),
        ["version"] => version::show(),
        ["version", "--check"] => version::check(),
        ["version", version] => version::set(version, None),
        ["version", version, "--release", date] => version::set(version, Some(date)),
        ["release", "--dry-run"] => return release::run(release::Trial { packs: true, tag: None }),
        ["release", "--dry-run", "--no-packages"] => return release::run(release::Trial::default()),
        ["release", "--dry-run", "--no-packages", "--tag", tag] => {
            return release::run(release::Trial { packs: false, tag: Some(tag) });
        }
        ["release", "--notes", tag] => release::notes(tag),
        ["module"] => shared::write(),
        ["module", "--check"] => shared::check(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("unknown command: {}\n\n{USAGE}", arguments.join(" "));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
