//! Sets the shared library's name where the loader looks for it, and on Windows says in it what it is.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if os == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libexrun.so");
        // The library is never unloaded: worker threads outlive every caller.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    } else if os == "windows" && std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu") {
        if let Err(error) = version_resource() {
            println!("cargo::error=the version resource cannot be made: {error}");
        }
    } else if os == "macos" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libexrun.dylib");
    }
}

/// What Explorer shows of the library, and by what an installer or an inventory knows its version.
fn version_resource() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let (version, licence) = (variable("CARGO_PKG_VERSION")?, variable("CARGO_PKG_LICENSE")?);
    let numbers: Vec<&str> = version.split(['.', '-', '+']).take(3).collect();
    let texts = [
        ("CompanyName", "ExRun"),
        ("FileDescription", "ExRun: one thing over every mailbox of a Microsoft 365 tenant"),
        ("FileVersion", &version),
        ("InternalName", "exrun"),
        ("LegalCopyright", &licence),
        ("OriginalFilename", "exrun.dll"),
        ("ProductName", "ExRun"),
        ("ProductVersion", &version),
    ];
    let texts: String = texts.map(|(name, text)| format!("VALUE \"{name}\", \"{text}\\0\"\n")).concat();
    let numbers = numbers.join(",");
    // VS_VERSIONINFO of the Windows SDK: for Windows NT, a DLL, in English of the US and UTF-16.
    let source = format!(
        "1 VERSIONINFO FILEVERSION {numbers},0 PRODUCTVERSION {numbers},0 FILEOS 0x40004 FILETYPE 2\nBEGIN\n\
         BLOCK \"StringFileInfo\" BEGIN BLOCK \"040904b0\" BEGIN\n{texts}END END\n\
         BLOCK \"VarFileInfo\" BEGIN VALUE \"Translation\", 0x409, 1200 END\nEND\n"
    );
    let folder = PathBuf::from(variable("OUT_DIR")?);
    let (from, to) = (folder.join("version.rc"), folder.join("version.o"));
    std::fs::write(&from, source)?;
    // That of mingw has the name of its system before its own, where it runs on another one.
    let machine = variable("CARGO_CFG_TARGET_ARCH")?;
    let names = [format!("{machine}-w64-mingw32-windres"), "windres".to_owned()];
    let compiled = names.iter().find_map(|name| Command::new(name).arg(&from).arg(&to).output().ok());
    let compiled = compiled.ok_or_else(|| format!("neither {} nor {} was found", names[0], names[1]))?;
    if !compiled.status.success() {
        return Err(String::from_utf8_lossy(&compiled.stderr).into());
    }
    println!("cargo::rustc-cdylib-link-arg={}", to.display());
    Ok(())
}
