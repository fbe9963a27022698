//! What the ABI tests stand on: the built library, its header, other programs, and a service that never answers.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::thread;

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn header() -> String {
    fs::read_to_string(repository().join("include/exrun.h")).unwrap()
}

/// The shared library: that of `EXRUN_LIBRARY`, else the one that was built for this test, which lies beside it:
/// cargo makes a package's library in all its forms before it makes the tests that use it.
pub(crate) fn library() -> PathBuf {
    let name = format!("{}exrun{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let path = match env::var_os("EXRUN_LIBRARY") {
        Some(path) => PathBuf::from(path),
        None => env::current_exe().unwrap().with_file_name(name),
    };
    assert!(path.is_file(), "there is no library at {}: build it, or name it in EXRUN_LIBRARY", path.display());
    path
}

/// Whether a program is there. Where it is not, its tests are left out, which is said; in CI that is a failure.
pub(crate) fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        let note = format!("LEFT OUT: the ABI tests that need {program}: it is not installed");
        assert!(env::var("CI").as_deref() != Ok("true"), "{note}");
        // Straight to the terminal: what a passing test prints is not shown.
        let _ = writeln!(std::io::stderr(), "\n{note}");
    }
    there
}

/// Runs a command that must succeed.
pub(crate) fn succeeds(what: &str, command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|fault| panic!("{what}: {command:?}: {fault}"));
    assert!(
        output.status.success(),
        "{what}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Compiles a C test program and links it with the library. `cargo xtask windows` and `cargo xtask natives --try` name a
/// compiler for another system in `EXRUN_C_COMPILER`, and what runs its programs in `EXRUN_C_RUNNER`.
pub(crate) fn compile(name: &str) -> PathBuf {
    let library = library();
    let is_for_windows = library.extension().is_some_and(|kind| kind == "dll");
    let suffix = if is_for_windows { ".exe" } else { "" };
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("abi-{name}{suffix}"));
    let other = env::var_os("EXRUN_C_COMPILER");
    let mut command = Command::new(other.as_deref().unwrap_or("cc".as_ref()));
    command.args(["-std=c99", "-g", "-Wall", "-Wextra", "-Werror", "-pedantic"]);
    command.arg("-I").arg(repository().join("include"));
    if let Some(name) = sanitizer() {
        command.args([&format!("-fsanitize={name}"), "-fno-omit-frame-pointer"]);
    }
    command.arg(repository().join(format!("tests/abi/{name}.c"))).arg("-o").arg(&program);
    command.arg(&library).arg("-lpthread");
    if is_for_windows && other.is_some() {
        // Who runs it sees to it that it finds the library, and has no other one of the compiler's.
        command.arg("-static");
    } else {
        // As the path that stands before LD_LIBRARY_PATH, in which cargo names a folder with a library of its own: the program
        // would run with that one, and not with the one that was named.
        let old_form = if cfg!(target_os = "linux") { "--disable-new-dtags," } else { "" };
        command.arg(format!("-Wl,{old_form}-rpath,{}", library.parent().unwrap().display()));
    }
    succeeds(&format!("compiling {name}.c"), &mut command);
    program
}

/// How `cargo xtask sanitize` instrumented the library: `address` or `thread`. The programs in C are compiled alike.
fn sanitizer() -> Option<String> {
    env::var("EXRUN_SANITIZER").ok()
}

/// A call of a program; under valgrind where `cargo xtask sanitize memcheck` asks for it.
pub(crate) fn started(program: &Path) -> Command {
    let kinds = "definite,indirect";
    let leaks =
        [&format!("--show-leak-kinds={kinds}"), &format!("--errors-for-leak-kinds={kinds}"), "--leak-check=full"];
    watched(program, &leaks)
}

/// A call of Python itself: what stands for it on the PATH may be a script, which is nobody's to look at. It leaves what it
/// has to the end of the process, so leaks are not looked for.
pub(crate) fn python() -> Command {
    let asked = succeeds("python3", Command::new("python3").args(["-c", "import sys; print(sys.executable)"]));
    let mut command = watched(Path::new(String::from_utf8(asked.stdout).unwrap().trim()), &["--leak-check=no"]);
    if let Ok(runtime) = env::var("EXRUN_SANITIZER_RUNTIME") {
        // It was not linked with what the library needs.
        command.env("LD_PRELOAD", runtime).env("ASAN_OPTIONS", "detect_leaks=0");
    }
    // Its own allocator would hide whose memory is whose.
    command.env("PYTHONMALLOC", "malloc");
    command
}

fn watched(program: &Path, options: &[&str]) -> Command {
    if let Some(runner) = env::var_os("EXRUN_C_RUNNER") {
        let mut command = Command::new(runner);
        command.arg(program);
        return command;
    }
    if env::var_os("EXRUN_MEMCHECK").is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=97"]).args(options);
    command.arg(format!("--suppressions={}", repository().join("tests/abi/valgrind.supp").display())).arg(program);
    command
}

/// A listener on loopback that takes connections and says nothing: work that goes there stays in flight.
pub(crate) fn black_hole() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                thread::spawn(|| swallow(connection));
            }
        });
        address
    })
}

/// Reads until the other side has gone, so that the connections of ended processes are let go.
fn swallow(mut connection: TcpStream) {
    let mut bytes = [0; 4096];
    while connection.read(&mut bytes).is_ok_and(|count| count > 0) {}
}
