//! The report in languages that call C: each program reads the whole tenant, says what went wrong, and heeds Ctrl+C.
//!
//! What they need beside their toolchains (koffi, JNA, Gson) `.ci/run` puts where the tests look for it, for the tests ask nobody
//! on the network: `EXRUN_NODE_MODULES` and `EXRUN_JAVA_LIBRARIES`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::{is_there, powershell, required};
use crate::tenant::Tenant;
use crate::{Outcome, built, sdk};

#[test]
fn node_reports_the_whole_tenant() -> Outcome {
    let modules = named("EXRUN_NODE_MODULES").unwrap_or_else(|| example("node/node_modules"));
    if !is_there("node") || !modules.join("koffi").is_dir() {
        return required("the Node example", "there is no node, or no koffi: npm install --prefix examples/node");
    }
    // Node looks for packages beside the program.
    let folder = scratch("node")?;
    std::fs::copy(example("node/report.mjs"), folder.join("report.mjs"))?;
    link(&modules, &folder.join("node_modules"))?;
    whole(Path::new("node"), &[folder.join("report.mjs").into()])
}

#[test]
fn go_reports_the_whole_tenant() -> Outcome {
    // `go --version` is not a thing.
    if !Command::new("go").arg("version").output().is_ok_and(|output| output.status.success())
        || !is_there("pkg-config")
    {
        return required("the Go example", "go or pkg-config is not installed");
    }
    let Some(unpacked) = sdk::unpacked() else {
        return required("the Go example", "the archive for C that it is built with is made on Linux alone");
    };
    let program = scratch("go")?.join("report");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(".").current_dir(example("go"));
    build.env("PKG_CONFIG_PATH", unpacked.join("lib/pkgconfig")).env("GOFLAGS", "-mod=mod").env("GOTOOLCHAIN", "local");
    // What pkg-config says is no part of what Go's cache knows a build by: another archive's folder would be linked with.
    build.env("CGO_LDFLAGS", format!("-L{}", unpacked.join("lib").display()));
    built::succeeds("building the Go example", &mut build);
    built::succeeds("go vet", build_like(&build).args(["vet", "."]));
    // The loader, and not a variable of ours, finds the library.
    let environment: OsString = format!("LD_LIBRARY_PATH={}", unpacked.join("lib").display()).into();
    whole(Path::new("env"), &[environment, program.into()])
}

#[test]
fn java_reports_the_whole_tenant() -> Outcome {
    let libraries = named("EXRUN_JAVA_LIBRARIES").unwrap_or_else(|| example("java/lib"));
    if !is_there("javac") || !libraries.is_dir() {
        let why = "there is no JDK, or no JNA: mvn dependency:copy-dependencies -DoutputDirectory=lib in examples/java";
        return required("the Java example", why);
    }
    let classes = scratch("java")?;
    let path = |folders: &[PathBuf]| std::env::join_paths(folders).map_err(|fault| fault.to_string());
    let jars = libraries.join("*");
    let mut compile = Command::new("javac");
    compile
        .args(["-Xlint:all,-processing,-serial", "-Werror", "--release", "17", "-cp"])
        .arg(&jars)
        .arg("-d")
        .arg(&classes);
    built::succeeds("compiling the Java example", compile.arg(example("java/Report.java")));
    whole(Path::new("java"), &["-cp".into(), path(&[jars, classes])?, "Report".into()])
}

#[test]
fn csharp_reports_the_whole_tenant() -> Outcome {
    let source = example("csharp/Report.cs");
    if is_there("dotnet") {
        let made = scratch("csharp")?;
        let mut build = Command::new("dotnet");
        build.args(["build", "--nologo", "--output"]).arg(made.join("out")).arg(example("csharp"));
        build.arg(format!("-p:BaseIntermediateOutputPath={}/", made.join("obj").display()));
        built::succeeds("building the C# example", &mut build);
        return whole(&made.join("out/report"), &[]);
    }
    // PowerShell has the same compiler and the same runtime.
    let Some(program) = powershell() else {
        return required("the C# example", "neither dotnet nor PowerShell is installed");
    };
    let script = scratch("csharp")?.join("run.ps1");
    let text = format!("Add-Type -Path '{}'; exit [Report]::Main($args)", source.display());
    std::fs::write(&script, text)?;
    let first = ["-NoProfile", "-NonInteractive", "-File"].map(OsString::from);
    // Ctrl+C is PowerShell's there.
    Tenant::start()?.report_of_all(Path::new(&program), &[&first[..], &[script.into()]].concat())
}

fn whole(program: &Path, first: &[OsString]) -> Outcome {
    let tenant = Tenant::start()?;
    tenant.report_of_all(program, first)?;
    #[cfg(target_os = "linux")]
    tenant.interrupt(program, first)?;
    Ok(())
}

/// Another call of the same program in the same place.
fn build_like(other: &Command) -> Command {
    let mut command = Command::new(other.get_program());
    command.envs(other.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = other.get_current_dir() {
        command.current_dir(folder);
    }
    command
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn example(name: &str) -> PathBuf {
    built::repository().join("examples").join(name)
}

/// An empty folder for what is made of an example.
fn scratch(name: &str) -> Result<PathBuf, std::io::Error> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(windows)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, at)
}
