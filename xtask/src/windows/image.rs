//! What a library for Windows must be: read from the file itself.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::LittleEndian as LE;
use object::pe::{
    IMAGE_DIRECTORY_ENTRY_BASERELOC, IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA,
    IMAGE_DLLCHARACTERISTICS_NX_COMPAT, RT_VERSION,
};
use object::read::pe::{ImageNtHeaders as _, ImageOptionalHeader as _, PeFile64, ResourceDirectoryEntryData};

/// What every Windows from 10 on has; `msvcrt.dll` too. Names that begin with `api-ms-win-` are those of its parts.
const OF_WINDOWS: [&str; 17] = [
    "advapi32.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "crypt32.dll",
    "gdi32.dll",
    "kernel32.dll",
    "ktmw32.dll",
    "msvcrt.dll",
    "ncrypt.dll",
    "ntdll.dll",
    "ole32.dll",
    "oleaut32.dll",
    "secur32.dll",
    "shell32.dll",
    "user32.dll",
    "userenv.dll",
    "ws2_32.dll",
];

/// Checks the library at a path, which is to export `functions` and to be of `version`.
///
/// # Errors
///
/// With all that is wrong with it.
pub(crate) fn check(path: &Path, functions: &BTreeSet<String>, version: &str) -> Result<()> {
    let data = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let faults = faults(&data, functions, version).with_context(|| format!("reading {}", path.display()))?;
    if !faults.is_empty() {
        bail!("{} is not fit to be given to users:\n  {}", path.display(), faults.join("\n  "));
    }
    Ok(())
}

fn faults(data: &[u8], functions: &BTreeSet<String>, version: &str) -> Result<Vec<String>> {
    let image = PeFile64::parse(data)?;
    let mut faults = Vec::new();

    let mut exported = BTreeSet::new();
    if let Some(table) = image.export_table()? {
        for (name, _) in table.name_iter() {
            exported.insert(String::from_utf8_lossy(table.name_from_pointer(name)?).into_owned());
        }
    }
    faults.extend(
        exported.difference(functions).map(|name| format!("it exports {name}, which is no function of its own")),
    );
    faults.extend(functions.difference(&exported).map(|name| format!("it does not export {name}")));

    if let Some(table) = image.import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            let name = String::from_utf8_lossy(table.name(descriptor.name.get(LE))?).to_ascii_lowercase();
            if !OF_WINDOWS.contains(&&*name) && !name.starts_with("api-ms-win-") {
                faults.push(format!("it needs {name}, which not every Windows has"));
            }
        }
    }

    let bits = image.nt_headers().optional_header().dll_characteristics();
    for (bit, what) in [
        (IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, "may not be loaded at a random address (ASLR)"),
        (IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, "may not be loaded at any 64-bit address (ASLR)"),
        (IMAGE_DLLCHARACTERISTICS_NX_COMPAT, "lets data be run (DEP)"),
    ] {
        if bits.0 & bit.0 == 0 {
            faults.push(format!("it {what}"));
        }
    }
    if image.data_directory(IMAGE_DIRECTORY_ENTRY_BASERELOC).is_none() {
        faults.push("it cannot be moved from its address (ASLR)".to_owned());
    }

    let resource = version_resource(&image, data)?;
    let texts: String = char::decode_utf16(resource.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)))
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    for (name, value) in
        [("ProductName", "ExRun"), ("FileVersion", version), ("ProductVersion", version), ("LegalCopyright", "MIT")]
    {
        let says = texts
            .split_once(&format!("{name}\0"))
            .is_some_and(|(_, rest)| rest.trim_start_matches('\0').starts_with(value));
        if !says {
            faults.push(format!("its version resource does not say {name}: {value}"));
        }
    }
    Ok(faults)
}

/// The content of the version resource; nothing where there is none.
fn version_resource<'data>(image: &PeFile64<'data>, data: &'data [u8]) -> Result<&'data [u8]> {
    let sections = image.section_table();
    let Some(resources) = image.data_directories().resource_directory(data, &sections)? else { return Ok(&[]) };
    let mut entries = resources.root()?.entries;
    let Some(mut entry) = entries.iter().find(|entry| entry.name_or_id().id() == Some(RT_VERSION)) else {
        return Ok(&[]);
    };
    // Its name, its language, and then the content.
    loop {
        match entry.data(resources)? {
            ResourceDirectoryEntryData::Data(found) => {
                let (address, length) = (found.offset_to_data.get(LE), found.size.get(LE) as usize);
                let content = sections.pe_data_at(data, address).and_then(|content| content.get(..length));
                return content.context("its version resource lies outside of it");
            }
            ResourceDirectoryEntryData::Table(table) => {
                entries = table.entries;
                entry = entries.first().context("its version resource is empty")?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::build::{LINKER, RESOURCES};
    use super::*;
    use crate::tools;

    #[test]
    fn what_is_not_fit_to_be_given_is_said() {
        if tools::on_path(LINKER).is_none() {
            println!("LEFT OUT: {LINKER} was not found, so that no library for Windows can be made and checked");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (source, library) = (folder.path().join("wrong.c"), folder.path().join("wrong.dll"));
        std::fs::write(&source, "__declspec(dllexport) int foreign(void) { return 0; }\n").unwrap();
        let wrong = ["-shared", "-Wl,--disable-dynamicbase", "-Wl,--disable-nxcompat", "-Wl,--disable-high-entropy-va"];
        super::super::build::compile(&source, &library, &wrong).unwrap();
        let wanted = BTreeSet::from(["exrun_version".to_owned()]);
        let said = check(&library, &wanted, "1.2.3").unwrap_err().to_string();
        for fault in
            ["exports foreign,", "does not export exrun_version", "ASLR", "DEP", "FileVersion: 1.2.3", "LegalCopyright"]
        {
            assert!(said.contains(fault), "{fault}: {said}");
        }
        assert!(!said.contains("it needs"), "{said}");

        // And what is as it must be.
        let resource = folder.path().join("version.rc");
        let texts = [
            "FileVersion\", \"1.2.3",
            "ProductVersion\", \"1.2.3",
            "ProductName\", \"ExRun",
            "LegalCopyright\", \"MIT",
        ];
        let texts: String = texts.map(|text| format!("VALUE \"{text}\"\n")).concat();
        let text = format!(
            "1 VERSIONINFO FILEVERSION 1,2,3,0\nBEGIN BLOCK \"StringFileInfo\" BEGIN BLOCK \"040904b0\" BEGIN\n{texts}END END END\n"
        );
        std::fs::write(&resource, text).unwrap();
        let object = folder.path().join("version.o");
        let made = std::process::Command::new(RESOURCES).arg(&resource).arg(&object).status();
        assert!(made.unwrap().success());
        std::fs::write(&source, "__declspec(dllexport) int exrun_version(void) { return 0; }\n").unwrap();
        super::super::build::compile(&source, &library, &["-shared", object.to_str().unwrap()]).unwrap();
        check(&library, &wanted, "1.2.3").unwrap();

        std::fs::write(&library, "no library").unwrap();
        assert!(check(&library, &wanted, "1.2.3").is_err());
    }
}
