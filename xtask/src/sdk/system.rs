//! For which system a library is, by the library itself: it may be of another one than this.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// A system that programs in C are built for.
pub(super) struct System {
    /// As .NET, and so the module, calls it: `linux-x64`.
    pub(super) rid: &'static str,
    /// The name of the shared library.
    pub(super) shared: &'static str,
    /// The name by which a program asks for it.
    soname: &'static str,
    /// What comes before the name of a tool for it that is not this system's own: `aarch64-linux-gnu-`.
    pub(super) tools: &'static str,
    /// What the static library takes of the system.
    libraries: &'static [&'static str],
}

/// As `rustc --print native-static-libs` names them.
const GLIBC: &[&str] = &["gcc_s", "util", "rt", "pthread", "m", "dl", "c"];

impl System {
    /// The system of a shared library.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is of a system that there is no archive for.
    pub(super) fn of(library: &Path) -> Result<Self> {
        let mut start = [0; 20];
        std::fs::File::open(library)
            .and_then(|mut file| file.read_exact(&mut start))
            .with_context(|| format!("reading {}", library.display()))?;
        let elf = |rid, tools| Self { rid, shared: "libexrun.so", soname: "libexrun.so", tools, libraries: GLIBC };
        // e_machine of ELF: 62 is x86-64, 183 is AArch64.
        match (&start[..4], u16::from_le_bytes([start[18], start[19]])) {
            (b"\x7fELF", 62) => Ok(elf("linux-x64", "x86_64-linux-gnu-")),
            (b"\x7fELF", 183) => Ok(elf("linux-arm64", "aarch64-linux-gnu-")),
            _ => bail!(
                "the archive for C is made for Linux on x64 and arm64, which {} is not of; for other systems take the \
                 library and include/exrun.h of `cargo xtask package`",
                library.display()
            ),
        }
    }

    /// A text with what is this system's, and this version's, for `@NAME@`.
    pub(super) fn filled(&self, text: &str) -> String {
        let flags: Vec<String> = self.libraries.iter().map(|name| format!("-l{name}")).collect();
        let names: Vec<String> = self.libraries.iter().map(|name| format!("`{name}`")).collect();
        [
            ("@VERSION@", env!("CARGO_PKG_VERSION")),
            ("@RID@", self.rid),
            ("@SHARED@", self.shared),
            ("@SONAME@", self.soname),
            ("@SYSTEM@", &names.join(", ")),
            ("@SYSTEM_FLAGS@", &flags.join(" ")),
            ("@SYSTEM_LIBRARIES@", &self.libraries.join(";")),
        ]
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}
