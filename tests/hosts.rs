//! Where runs are started by nobody: a scheduler's environment, a container's, a unit of systemd, a host that allows few system
//! calls. docs/hosts.md says of each host what was tried here and what was not.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

#[path = "abi/support.rs"]
#[allow(dead_code, reason = "made for the tests of the C ABI; these use the library and little else")]
mod built;
mod programs;
mod support;
#[path = "hosts/tenant.rs"]
mod tenant;

use built::repository;
use programs::{is_there, left_out, powershell};
use tenant::Tenant;

type Outcome = Result<(), Box<dyn Error>>;

const NIGHTLY: &str = "examples/powershell/nightly-report.ps1";

/// A program on the PATH; where it is missing the test is left out, which CI does not allow.
fn needs(program: &str) -> Result<bool, Box<dyn Error>> {
    if is_there(program) {
        return Ok(true);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{program} is not installed: .ci/run installs it");
    left_out("a host", &format!("{program} is not installed"))?;
    Ok(false)
}

/// PowerShell as a path that holds where PATH says nothing.
fn shell() -> Option<String> {
    let shell = powershell()?;
    let found = Command::new("sh").arg("-c").arg("command -v -- \"$0\"").arg(shell).output().ok()?;
    Some(String::from_utf8(found.stdout).ok()?.trim().to_owned()).filter(|path| !path.is_empty())
}

/// As cron starts it: two folders to look for programs in, no HOME, no terminal, nothing to read, in a folder of somebody else.
#[test]
fn a_scheduler_that_says_nothing_gets_its_report() -> Outcome {
    let Some(shell) = shell() else {
        return left_out("the nightly report as cron starts it", "PowerShell is not installed");
    };
    let tenant = Tenant::start()?;
    // setsid takes the terminal away.
    let mut command = Command::new("/usr/bin/setsid");
    command.args(["--wait", &shell, "-NoProfile", "-NonInteractive", "-File"]).arg(repository().join(NIGHTLY));
    command.args(tenant.arguments()).stdin(Stdio::null()).current_dir("/");
    command.env_clear().env("PATH", "/usr/bin:/bin").env("PSModulePath", repository().join("powershell"));
    command.envs(tenant.variables());
    tenant.night(&mut command);
    Ok(())
}

/// As the Containerfile has it.
#[test]
fn a_container_with_a_read_only_root_gets_its_report() -> Outcome {
    let tenant = Tenant::start()?;
    let Some(mut command) = contained(&tenant, &["app.pfx"], &[])? else {
        return left_out("the nightly report as a container has it", "PowerShell or bwrap is not installed");
    };
    tenant.night(command.arg("-File").arg(repository().join(NIGHTLY)).args(tenant.arguments()));
    Ok(())
}

/// Functions and Container Apps give a container an endpoint for tokens; clusters give a pod a file with one of theirs. Neither
/// has a certificate.
#[test]
fn a_container_that_somebody_vouches_for_needs_no_certificate() -> Outcome {
    let tenant = Tenant::start()?;
    let token = tenant.file("federated-token");
    tenant.write_federated_token(&token)?;
    let identity = tenant.emulator.app_service_variables();
    let cluster = [
        ("AZURE_TENANT_ID", exrun_emulator::config::DEFAULT_TENANT.to_owned()),
        ("AZURE_CLIENT_ID", exrun_emulator::application::DEFAULT_APP_ID.to_owned()),
        ("AZURE_FEDERATED_TOKEN_FILE", token.display().to_string()),
    ];
    for (way, variables) in [("-ManagedIdentity", &identity[..]), ("-Environment", &cluster[..])] {
        let Some(mut command) = contained(&tenant, &["federated-token"], variables)? else {
            return left_out("sign-in without a certificate", "PowerShell or bwrap is not installed");
        };
        let script = format!(
            "$ErrorActionPreference = 'Stop'; Import-Module ExRun; Connect-ExRun {way}; \
             Get-MailboxSettingsReport -All -OutFile ./report.csv -ErrorAction SilentlyContinue; exit 0"
        );
        let output = command.arg("-Command").arg(script).output()?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{way}: {said}");
        let report = tenant.file("reports/report.csv");
        assert_eq!(tenant::first_cells(&report).len() as u64, tenant::MAILBOXES, "{way}");
        std::fs::remove_file(report)?;
    }
    Ok(())
}

/// PowerShell with the variables and the user of the Containerfile, a root that cannot be written to, the folder of reports, and
/// what else it may read of the tenant's files.
fn contained(
    tenant: &Tenant,
    readable: &[&str],
    variables: &[(&str, String)],
) -> Result<Option<Command>, Box<dyn Error>> {
    let (Some(shell), true) = (shell(), needs("bwrap")?) else {
        return Ok(None);
    };
    let recipe = std::fs::read_to_string(repository().join("Containerfile"))?;
    // The user of the image is another one than that of this test.
    for name in readable.iter().chain(&["reports"]) {
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(tenant.file(name), open)?;
    }
    let (user, group) = user_of(&recipe);
    let mut command = Command::new("bwrap");
    command.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]);
    command.args(["--unshare-user", "--unshare-pid", "--unshare-ipc", "--new-session", "--die-with-parent"]);
    command.args(["--uid", &user, "--gid", &group]);
    // What lies below /tmp is covered, and comes back where it is needed.
    let (library, module, script) = (built::library(), repository().join("powershell"), repository().join(NIGHTLY));
    let mut needed = vec![library, tenant.emulator.ca_file().to_owned(), module, script];
    needed.extend(readable.iter().map(|name| tenant.file(name)));
    for path in &needed {
        command.arg("--ro-bind").arg(path).arg(path);
    }
    let reports = tenant.file("reports");
    command.arg("--bind").arg(&reports).arg(&reports).arg("--chdir").arg(&reports);
    command.args(["--clearenv", "--setenv", "PATH", "/usr/bin:/bin"]);
    for (name, value) in variables_of(&recipe) {
        let value = value.replace("/opt/exrun/modules", &repository().join("powershell").display().to_string());
        command.args(["--setenv", &name, &value]);
    }
    for (name, value) in tenant.variables().iter().chain(variables) {
        command.args(["--setenv", name, value]);
    }
    command.args([&shell, "-NoProfile", "-NonInteractive"]).stdin(Stdio::null());
    Ok(Some(command))
}

fn user_of(recipe: &str) -> (String, String) {
    let user = recipe.lines().rev().find_map(|line| line.strip_prefix("USER ")).unwrap();
    let (user, group) = user.split_once(':').unwrap();
    (user.to_owned(), group.to_owned())
}

/// What `ENV` says.
fn variables_of(recipe: &str) -> Vec<(String, String)> {
    let joined = recipe.replace("\\\n", " ");
    let said = joined.lines().filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    let pairs: Vec<_> = said.map(|pair| pair.split_once('=').unwrap()).collect();
    assert!(pairs.len() > 4, "{pairs:?}");
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn systemd_takes_the_unit() -> Outcome {
    if !needs("systemd-analyze")? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    for name in ["exrun-report.service", "exrun-report.timer"] {
        let unit = std::fs::read_to_string(repository().join("examples/systemd").join(name))?;
        // It looks whether the program is there, which PowerShell need not be.
        std::fs::write(folder.path().join(name), unit.replace("/usr/bin/pwsh", "/bin/true"))?;
    }
    let mut command = Command::new("systemd-analyze");
    let output = built::succeeds(
        "systemd-analyze",
        command
            .arg("verify")
            .args([folder.path().join("exrun-report.service"), folder.path().join("exrun-report.timer")]),
    );
    // It warns, and ends with 0, of what it does not know.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    Ok(())
}

/// The C example where any system call that `confined.c` does not list ends the process: no program is started, nothing listens,
/// nothing of the kernel's is touched.
#[test]
fn a_host_that_allows_few_system_calls_gets_its_report() -> Outcome {
    if !is_there("cc") {
        return left_out("a host that allows few system calls", "cc is not installed");
    }
    let tenant = Tenant::start()?;
    let (program, filter) = (built_example(), compiled("confined.so", &["-shared", "-fPIC"], "tests/hosts/confined.c"));
    let run = |filter: Option<&Path>, mode: &str| {
        let report = tenant.file("report.csv");
        let mut command = Command::new(&program);
        command.args(["--tenant", "contoso.com", "--client", exrun_emulator::application::DEFAULT_APP_ID]);
        command
            .arg("--certificate")
            .arg(tenant.file("app.pfx"))
            .args(["--password-env", "NO_PASSWORD"])
            .env("NO_PASSWORD", "");
        command.arg("--mailboxes").arg(tenant.file("mailboxes.txt")).arg("--out").arg(&report);
        command.arg("--journal").arg(tenant.file(&format!("{mode}.db"))).envs(tenant.variables());
        if let Some(filter) = filter {
            command.env("LD_PRELOAD", filter).env("EXRUN_CONFINED", mode);
        }
        command.output()
    };
    let output = run(Some(&filter), "listed")?;
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tenant::first_cells(&tenant.file("report.csv")).len() as u64, tenant::MAILBOXES);
    // The filter is there: without what reaches a host the same program is ended.
    let output = run(Some(&filter), "without-network")?;
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(libc::SIGSYS), "{output:?}");
    Ok(())
}

fn built_example() -> std::path::PathBuf {
    let library = built::library();
    let folder = library.parent().unwrap();
    let include = repository().join("include");
    let further = [
        "-I",
        include.to_str().unwrap(),
        "-L",
        folder.to_str().unwrap(),
        &format!("-Wl,--disable-new-dtags,-rpath,{}", folder.display()),
    ]
    .map(str::to_owned);
    let further: Vec<&str> = further.iter().map(String::as_str).collect();
    compiled("confined-report", &further, "examples/c/report.c")
}

fn compiled(name: &str, options: &[&str], source: &str) -> std::path::PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut command = Command::new("cc");
    command.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror"]).args(options).arg(repository().join(source));
    command.arg("-o").arg(&path);
    if !options.contains(&"-shared") {
        command.arg("-lexrun");
    }
    built::succeeds(name, &mut command);
    path
}
