//! What the library is made of: the crates that are linked into it, and the C libraries that they bring.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::native::System;
use crate::workspace;

/// A crate, or what one brings of another language.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) version: String,
    /// By SPDX.
    pub(super) licence: String,
    pub(super) description: Option<String>,
    pub(super) repository: Option<String>,
    /// SHA-256 of the crate as its registry has it.
    pub(super) checksum: Option<String>,
    /// A name that no other has: a package URL.
    pub(super) url: String,
    /// The files with the texts that go along.
    pub(super) texts: Vec<PathBuf>,
    /// The parts that it uses, by their URLs.
    pub(super) uses: BTreeSet<String>,
}

/// All that is linked into the library, and what it uses itself.
pub(super) struct Linked {
    /// By their URLs.
    pub(super) parts: BTreeMap<String, Part>,
    /// What the library itself uses, by their URLs.
    pub(super) direct: BTreeSet<String>,
}

/// The part of `cargo metadata` that is read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    description: Option<String>,
    repository: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

/// What is linked into the library for any of these systems.
///
/// # Errors
///
/// When cargo cannot tell, or a part has no licence.
pub(super) fn linked(systems: &[&System]) -> Result<Linked> {
    let checksums = checksums()?;
    let mut linked = Linked { parts: BTreeMap::new(), direct: BTreeSet::new() };
    for system in systems {
        let there = names(system)?;
        let metadata = metadata(system)?;
        let packages: BTreeMap<&str, &Package> =
            metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
        let in_library = |package: &Package| there.contains(&(package.name.clone(), package.version.clone()));
        for node in &metadata.resolve.nodes {
            let Some(package) = packages.get(node.id.as_str()).filter(|package| in_library(package)) else { continue };
            // A crate that writes code at build time may be the same that another uses: what counts is what is in the library.
            let mut uses: BTreeSet<String> = node
                .deps
                .iter()
                .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()))
                .filter_map(|dependency| packages.get(dependency.pkg.as_str()))
                .filter(|used| in_library(used))
                .map(|used| url(&used.name, &used.version))
                .collect();
            if package.name == "exrun" {
                linked.direct.extend(uses);
                continue;
            }
            for foreign in brought(package, &packages)? {
                uses.insert(foreign.url.clone());
                linked.parts.insert(foreign.url.clone(), foreign);
            }
            let part = part(package, &checksums)?;
            linked.parts.entry(part.url.clone()).or_insert(part).uses.extend(uses);
        }
    }
    Ok(linked)
}

fn part(package: &Package, checksums: &BTreeMap<(String, String), String>) -> Result<Part> {
    let named = format!("{} {}", package.name, package.version);
    let licence = package.license.as_deref().with_context(|| format!("{named} says no licence"))?;
    Ok(Part {
        name: package.name.clone(),
        version: package.version.clone(),
        // The older form of the same.
        licence: licence.replace('/', " OR ").replace("  ", " "),
        description: package.description.as_deref().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
        repository: package.repository.clone(),
        checksum: checksums.get(&(package.name.clone(), package.version.clone())).cloned(),
        url: url(&package.name, &package.version),
        texts: texts(folder(package)?)?,
        uses: BTreeSet::new(),
    })
}

fn folder(package: &Package) -> Result<&Path> {
    package.manifest_path.parent().with_context(|| format!("{} lies nowhere", package.name))
}

fn url(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// What a crate brings that is no crate: C libraries, built from source.
fn brought(package: &Package, packages: &BTreeMap<&str, &Package>) -> Result<Vec<Part>> {
    let foreign = |name: &str, version: &str, licence: &str, repository: &str, url: String, text: PathBuf| Part {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: licence.to_owned(),
        description: None,
        repository: Some(repository.to_owned()),
        checksum: None,
        url,
        texts: vec![text],
        uses: BTreeSet::new(),
    };
    Ok(match package.name.as_str() {
        "openssl-sys" => {
            // Its sources are a crate of their own, which only the build needs: 300.6.1+3.6.3 holds OpenSSL 3.6.3.
            let sources =
                packages.values().find(|other| other.name == "openssl-src").context("openssl-src is not there")?;
            let (_, version) =
                sources.version.split_once('+').context("openssl-src does not say which OpenSSL it holds")?;
            let text = folder(sources)?.join("openssl").join("LICENSE.txt");
            let url = format!("pkg:generic/openssl@{version}");
            vec![foreign("OpenSSL", version, "Apache-2.0", "https://openssl-library.org", url, text)]
        }
        "libsqlite3-sys" => {
            let header = folder(package)?.join("sqlite3").join("sqlite3.h");
            let text = std::fs::read_to_string(&header).with_context(|| format!("reading {}", header.display()))?;
            let version =
                text.lines().find_map(|line| line.strip_prefix("#define SQLITE_VERSION ")?.trim().split('"').nth(1));
            let version = version.with_context(|| format!("{} does not say its version", header.display()))?;
            let url = format!("pkg:generic/sqlite@{version}");
            vec![foreign("SQLite", version, "blessing", "https://sqlite.org", url, header)]
        }
        _ => Vec::new(),
    })
}

/// The crates that are linked into the library for a system, with their versions.
fn names(system: &System) -> Result<BTreeSet<(String, String)>> {
    let mut command = workspace::cargo(&["tree", "--locked", "--package", "exrun", "--target", system.target]);
    command.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    let text = said(&mut command)?;
    let names = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" v")?;
        Some((name.to_owned(), rest.split(' ').next()?.to_owned()))
    });
    Ok(names.collect())
}

fn metadata(system: &System) -> Result<Metadata> {
    let arguments = ["metadata", "--locked", "--format-version", "1", "--filter-platform", system.target];
    serde_json::from_str(&said(&mut workspace::cargo(&arguments))?).context("reading what cargo metadata said")
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().context("starting cargo")?;
    if !output.status.success() {
        bail!("asking cargo what the library is made of: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("reading what cargo said")
}

/// The checksums of `Cargo.lock`, by name and version.
fn checksums() -> Result<BTreeMap<(String, String), String>> {
    let path = workspace::root().join("Cargo.lock");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut found = BTreeMap::new();
    for package in text.split("[[package]]") {
        let member = |name: &str| {
            package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
        };
        if let (Some(name), Some(version), Some(checksum)) = (member("name"), member("version"), member("checksum")) {
            found.insert((name.to_owned(), version.to_owned()), checksum.to_owned());
        }
    }
    Ok(found)
}

/// The files of a crate that say under what terms it may be given on.
fn texts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry.with_context(|| format!("listing {}", folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        let is_text = ["LICENSE", "LICENCE", "UNLICENSE", "COPYING", "COPYRIGHT", "NOTICE"];
        if is_text.iter().any(|word| name.starts_with(word)) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
