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
mod native;
mod package;
mod pester;
mod region;
mod release;
mod report;
mod sanitize;
mod sdk;
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

use std::path::Path;
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
  natives [--quick] [RID ...]
                    dist/natives/<rid>/: the library for each system, checked; of all others this one. On Linux also for
                    linux-arm64, linux-x64 (glibc 2.28) and win-x64
  natives --try [--built] [RID ...]
                    the same, quickly built, and the tests of the C ABI with it, under qemu where the processor is another;
                    or with those of dist/natives
  package [OPTION ...]
                    dist/ExRun-<version>/ with the module, and dist/ExRun.<version>.nupkg for the PowerShell Gallery, with
                    every library of dist/natives; `cargo xtask package --help` lists the options
  frozen [--check]  list what programs that use the library build on, where something is new; or compare it
  frozen --break    the same where something is gone or has changed, which breaks such programs
  version [VERSION [--release DATE]]
                    set the version everywhere it is said, with a date as the one released then; or say it
  version --check   compare all places that say it
  release --dry-run [--no-packages [--tag TAG]]
                    all of a release that can be done without the service that makes it; what is left out is said
  release --notes TAG
                    what the changelog says of the release of a tag
  windows [--all | FILE ...]
                    the library for Windows under Wine: the tests of the C ABI, and the files of the module's that test runs
                    too, all of them, or FILEs
  windows --packaged [--all | FILE ...]
                    the same with the module and the library that `package` laid out, as users get them
  package --wheel [--from LIBRARY]
                    dist/exrun-<version>-py3-none-<system>.whl: the Python package with the library inside, or with one
                    that was built already, for whatever system
  package --sdk [--from LIBRARY [--into FOLDER]]
                    dist/exrun-<version>-<system>.tar.gz: header, shared and static library, pkg-config, CMake, examples;
                    or with LIBRARY and the static one beside it, built already; into a FOLDER quickly, for a trial
  bench [TABLE ...] throughput, processor time and memory against the emulator and against peers, as ratios
  soak              100,000 mailboxes under every fault, runs killed 20 times and resumed: complete and right?
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["test"] => return test::run(),
        ["demo"] => demo::run(),
        ["natives", "--try", rids @ ..] => return native::trial::run(rids),
        ["natives", arguments @ ..] => native::run(arguments),
        ["package", "--wheel"] => wheel::run(),
        ["package", "--wheel", "--from", library] => wheel::of(Path::new(library)),
        ["package", "--sdk"] => sdk::run(),
        ["package", "--sdk", "--from", library] => sdk::of(Path::new(library)),
        ["package", "--sdk", "--from", library, "--into", folder] => sdk::trial(Path::new(library), Path::new(folder)),
        ["package", options @ ..] => package::run(options),
        ["windows", files @ ..] => return windows::run(files),
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
