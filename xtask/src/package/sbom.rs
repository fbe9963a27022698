//! A bill of materials in the form of CycloneDX: what the package is made of, for programs that look for known holes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::linked::{Linked, Part};
use crate::native::System;

/// The version of CycloneDX.
const SPECIFICATION: &str = "1.6";

/// The bill as JSON. The same package has the same bill: neither time nor chance is in it.
///
/// # Errors
///
/// When a library cannot be read.
pub(super) fn text(linked: &Linked, version: &str, libraries: &[(&System, PathBuf)]) -> Result<String> {
    let own = format!("pkg:nuget/ExRun@{version}");
    let mut components: Vec<Value> = Vec::new();
    let mut dependencies = Vec::new();
    let mut of_own: Vec<String> = Vec::new();
    for (system, path) in libraries {
        let name = format!("runtimes/{}/native/{}", system.rid, system.library);
        components.push(json!({
            "type": "file", "bom-ref": name, "name": name, "version": version,
            "hashes": [{"alg": "SHA-256", "content": hash(path)?}],
            "licenses": [{"expression": env!("CARGO_PKG_LICENSE")}],
        }));
        dependencies.push(json!({"ref": name, "dependsOn": linked.direct}));
        of_own.push(name);
    }
    for part in linked.parts.values() {
        components.push(component(part));
        dependencies.push(json!({"ref": part.url, "dependsOn": part.uses}));
    }
    dependencies.insert(0, json!({"ref": own, "dependsOn": of_own}));
    let mut bill = json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json"),
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "library", "bom-ref": own, "name": "ExRun", "version": version, "purl": own,
                "description": "Runs one thing over every mailbox of a Microsoft 365 tenant with an app-only token",
                "licenses": [{"expression": env!("CARGO_PKG_LICENSE")}],
            },
        },
        "components": components,
        "dependencies": dependencies,
    });
    // A name of this bill alone, and the same for the same content.
    let digest = Sha256::digest(bill.to_string());
    bill["serialNumber"] = format!("urn:uuid:{}", identifier(&digest)).into();
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn component(part: &Part) -> Value {
    let mut written = json!({
        "type": "library", "bom-ref": part.url, "name": part.name, "version": part.version, "purl": part.url,
        "licenses": [licence(&part.licence)],
    });
    if let Some(description) = &part.description {
        written["description"] = description.as_str().into();
    }
    if let Some(checksum) = &part.checksum {
        written["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    if let Some(address) = &part.repository {
        let kind = if part.checksum.is_some() { "vcs" } else { "website" };
        written["externalReferences"] = json!([{"type": kind, "url": address}]);
    }
    written
}

/// One licence by its name, several as an expression.
fn licence(text: &str) -> Value {
    if text.contains(' ') { json!({"expression": text}) } else { json!({"license": {"id": text}}) }
}

fn hash(path: &Path) -> Result<String> {
    let data = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A UUID of version 8, whose content is free, of the first bytes of a digest.
fn identifier(digest: &[u8]) -> String {
    let mut text: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    text.replace_range(12..13, "8");
    text.replace_range(16..17, "a");
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}
