//! What a library for Linux must be: read from the file itself.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::elf::{
    DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1, DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_TEXTREL, Machine, PF_X, PT_GNU_RELRO,
    PT_GNU_STACK,
};
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{Endianness, Object as _, ObjectSymbol as _};

/// A version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Glibc(pub(crate) u32, pub(crate) u32);

impl fmt::Display for Glibc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// What every Linux with glibc has.
const OF_LINUX: [&str; 8] = [
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
];

/// What a library is to be.
pub(crate) struct Wanted<'a> {
    /// The processor that it is for.
    pub(crate) machine: Machine,
    /// The oldest glibc that it must run on; none where that of the machine it was built on will do.
    pub(crate) glibc: Option<Glibc>,
    /// What it exports.
    pub(crate) functions: &'a BTreeSet<String>,
}

/// Checks the library at a path, and gives the oldest glibc that has all it asks for.
///
/// # Errors
///
/// With all that is wrong with it.
pub(crate) fn check(path: &Path, wanted: &Wanted<'_>) -> Result<Glibc> {
    let data = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let (faults, glibc) = faults(&data, wanted).with_context(|| format!("reading {}", path.display()))?;
    if !faults.is_empty() {
        bail!("{} is not fit to be given to users:\n  {}", path.display(), faults.join("\n  "));
    }
    Ok(glibc)
}

fn faults(data: &[u8], wanted: &Wanted<'_>) -> Result<(Vec<String>, Glibc)> {
    let file = ElfFile64::<Endianness>::parse(data)?;
    let endian = file.endian();
    let mut faults = Vec::new();

    let machine = file.elf_header().e_machine(endian);
    if machine != wanted.machine {
        faults.push(format!("it is for the machine {machine:?}, not for {:?}", wanted.machine));
    }
    let exported: BTreeSet<String> = file
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && symbol.is_global())
        .map(|symbol| Ok(symbol.name()?.to_owned()))
        .collect::<Result<_, object::Error>>()?;
    let foreign = exported.difference(wanted.functions);
    faults.extend(foreign.map(|name| format!("it exports {name}, which is no function of its own")));
    faults.extend(wanted.functions.difference(&exported).map(|name| format!("it does not export {name}")));

    let mut binds_now = false;
    let dynamic = file.elf_dynamic_table()?;
    for entry in &dynamic {
        match entry.tag {
            DT_NEEDED => {
                let name = String::from_utf8_lossy(dynamic.string(entry)?);
                if !OF_LINUX.contains(&&*name) {
                    faults.push(format!("it needs {name}, which not every Linux has"));
                }
            }
            DT_RPATH | DT_RUNPATH => {
                let path = String::from_utf8_lossy(dynamic.string(entry)?);
                faults.push(format!("it looks for libraries in {path}, a folder of the machine that built it"));
            }
            DT_TEXTREL => faults.push("it changes its own code when it is loaded".to_owned()),
            DT_BIND_NOW => binds_now = true,
            // DF_BIND_NOW of one, DF_1_NOW of the other.
            DT_FLAGS => binds_now |= entry.val & 0x8 != 0,
            DT_FLAGS_1 => binds_now |= entry.val & 0x1 != 0,
            _ => {}
        }
    }
    let segment = |kind| file.elf_program_headers().iter().find(|segment| segment.p_type(endian) == kind);
    if segment(PT_GNU_STACK).is_none_or(|stack| stack.p_flags(endian).0 & PF_X.0 != 0) {
        faults.push("it makes the stack executable".to_owned());
    }
    if segment(PT_GNU_RELRO).is_none() || !binds_now {
        faults.push("the addresses of what it calls stay writable (RELRO, BIND_NOW)".to_owned());
    }

    let mut glibc = Glibc(2, 0);
    for version in versions(&file)? {
        let Some(needed) = of_glibc(&version) else {
            // Those of libgcc_s end long before; GCC_7.0.0 is older than glibc 2.28.
            if !version.starts_with("GCC_") {
                faults.push(format!("it asks for {version}, which no release of glibc promises to keep"));
            }
            continue;
        };
        glibc = glibc.max(needed);
        if wanted.glibc.is_some_and(|oldest| needed > oldest) {
            faults.push(format!("it asks for {version}, which is newer than glibc {}", wanted.glibc.unwrap_or(needed)));
        }
    }
    Ok((faults, glibc))
}

/// The versions of symbols that it asks of other libraries.
fn versions(file: &ElfFile64<'_, Endianness>) -> Result<BTreeSet<String>> {
    let (endian, data) = (file.endian(), file.data());
    let sections = file.elf_section_table();
    let mut found = BTreeSet::new();
    if let Some((mut files, link)) = sections.gnu_verneed(endian, data)? {
        let strings = sections.strings(endian, data, link)?;
        while let Some((_, mut needed)) = files.next()? {
            while let Some(version) = needed.next()? {
                found.insert(String::from_utf8_lossy(version.name(endian, strings)?).into_owned());
            }
        }
    }
    Ok(found)
}

/// `GLIBC_2.2.5` as 2.2: the third number is that of the first release for some processors.
fn of_glibc(version: &str) -> Option<Glibc> {
    let mut numbers = version.strip_prefix("GLIBC_")?.split('.').map(|number| number.parse().ok());
    Some(Glibc(numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use object::elf::{EM_AARCH64, EM_X86_64};

    use super::*;
    use crate::tools;

    #[test]
    fn versions_are_read_as_numbers() {
        assert_eq!(of_glibc("GLIBC_2.2.5"), Some(Glibc(2, 2)));
        assert!(of_glibc("GLIBC_2.4") < of_glibc("GLIBC_2.28"));
        assert_eq!(of_glibc("GLIBC_PRIVATE"), None);
        assert_eq!(of_glibc("GLIBC_ABI_DT_RELR"), None);
    }

    /// A library in C with the symbol versions that `text` names, as the compiler of this machine makes it.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn checked(text: &str, arguments: &[&str], wanted: &Wanted<'_>) -> Result<Glibc> {
        let folder = tempfile::tempdir()?;
        let (source, library) = (folder.path().join("made.c"), folder.path().join("libmade.so"));
        std::fs::write(&source, text)?;
        let mut command = Command::new("cc");
        command.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).args(arguments);
        let made = command.output()?;
        anyhow::ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        check(&library, wanted)
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn what_is_not_fit_to_be_given_is_said() {
        if tools::on_path("cc").is_none() {
            println!("LEFT OUT: cc was not found, so that no library can be made and checked");
            return;
        }
        let functions = BTreeSet::from(["exrun_version".to_owned()]);
        let oldest = Glibc(2, 28);
        let wanted = |machine| Wanted { machine, glibc: Some(oldest), functions: &functions };
        // Symbols of two releases: one that every system has, and one that came with 2.29.
        let old = "#include <string.h>\n__asm__(\".symver memcpy,memcpy@GLIBC_2.14\");\n\
                   int exrun_version(char *to, char *from, unsigned long count) { memcpy(to, from, count); return 0; }\n";
        let new = "double exp(double); __asm__(\".symver exp,exp@GLIBC_2.29\");\n\
                   int foreign(double value) { return (int) exp(value); }\n";
        let strict = ["-fno-builtin", "-Wl,-z,relro,-z,now", "-lm"];

        let glibc = checked(old, &strict, &wanted(EM_X86_64)).unwrap();
        assert!(glibc >= Glibc(2, 14) && glibc <= oldest, "{glibc}");

        let loose = ["-fno-builtin", "-Wl,-z,execstack,-z,norelro,-z,lazy,-rpath,/made/here", "-lm"];
        let said = checked(new, &loose, &wanted(EM_AARCH64)).unwrap_err().to_string();
        for fault in [
            "is for the machine",
            "exports foreign,",
            "does not export exrun_version",
            "asks for GLIBC_2.29, which is newer than glibc 2.28",
            "/made/here",
            "stack executable",
            "BIND_NOW",
        ] {
            assert!(said.contains(fault), "{fault}: {said}");
        }
        assert!(!said.contains("it needs"), "{said}");
        // Where the system's own will do, the version is only told.
        let functions = BTreeSet::from(["foreign".to_owned()]);
        let any = Wanted { machine: EM_X86_64, glibc: None, functions: &functions };
        assert_eq!(checked(new, &strict, &any).unwrap(), Glibc(2, 29));
    }

    #[test]
    fn what_is_no_library_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let wanted = Wanted { machine: EM_X86_64, glibc: None, functions: &BTreeSet::new() };
        assert!(check(file.path(), &wanted).is_err());
    }
}
