//! The archive that the PowerShell Gallery takes, and any other repository of `Install-PSResource`: the files of the module,
//! and beside them what NuGet wants to know. Equal contents are equal bytes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::manifest;
use crate::{files, module};

/// No longer list of tags is taken.
const MOST_TAGS: usize = 4000;

/// Writes the module in a folder, whose manifest is `text`, as one archive. `is_stored`: not packed, which is quicker.
///
/// # Errors
///
/// When a file cannot be read or written, or has a name that not every system has.
pub(super) fn write(folder: &Path, text: &str, archive: &Path, is_stored: bool) -> Result<()> {
    let mut contents: Vec<(String, Vec<u8>)> = Vec::new();
    for path in files::all(folder)? {
        let name = name(folder, &path)?;
        contents.push((name, std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?));
    }
    let nuspec = nuspec(text)?;
    let properties = properties(text)?;
    let core: String = Sha256::digest(&properties).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let core = format!("package/services/metadata/core-properties/{core}.psmdcp");
    let types = content_types(contents.iter().map(|(name, _)| name.as_str()))?;
    let mut parts = vec![
        ("_rels/.rels".to_owned(), relationships(&core).into_bytes()),
        (format!("{}.nuspec", module::NAME), nuspec.into_bytes()),
    ];
    parts.append(&mut contents);
    parts.push(("[Content_Types].xml".to_owned(), types.into_bytes()));
    parts.push((core, properties.into_bytes()));

    let writing = || format!("writing {}", archive.display());
    let mut zip = ZipWriter::new(BufWriter::new(File::create(archive).with_context(writing)?));
    let method = if is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, data) in parts {
        zip.start_file(name, options).with_context(writing)?;
        zip.write_all(&data).with_context(writing)?;
    }
    zip.finish().with_context(writing)?.flush().with_context(writing)
}

/// The path of a file in the archive.
fn name(folder: &Path, path: &Path) -> Result<String> {
    let inside = path.strip_prefix(folder).with_context(|| format!("{} lies elsewhere", path.display()))?;
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    let name = parts.join("/");
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"/._-".contains(&letter);
    if !name.bytes().all(is_plain) {
        bail!("{name}: a file of the package has a name of letters, digits, '.', '_' and '-' only");
    }
    Ok(name)
}

/// What a repository shows of the module, from its manifest: as `Compress-PSResource` writes it, and the tags by which
/// `Find-PSResource -CommandName` finds commands.
fn nuspec(text: &str) -> Result<String> {
    let mut lines = vec![
        ("id", module::NAME.to_owned()),
        ("version", version(text)?),
        ("authors", manifest::value(text, "Author")?),
        ("owners", manifest::value(text, "CompanyName")?),
        ("requireLicenseAcceptance", "false".to_owned()),
    ];
    let optional = [
        ("licenseUrl", "LicenseUri"),
        ("projectUrl", "ProjectUri"),
        ("iconUrl", "IconUri"),
        ("description", "Description"),
        ("releaseNotes", "ReleaseNotes"),
        ("copyright", "Copyright"),
    ];
    lines.extend(optional.into_iter().filter_map(|(name, member)| Some((name, manifest::found(text, member)?))));
    lines.push(("tags", tags(text)?));
    let mut written = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <package xmlns=\"http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd\">\n  <metadata>\n",
    );
    for (name, value) in lines {
        writeln!(written, "    <{name}>{}</{name}>", escaped(&value))?;
    }
    written.push_str("  </metadata>\n</package>\n");
    Ok(written)
}

/// As NuGet writes it, with the hyphen.
pub(super) fn version(text: &str) -> Result<String> {
    let number = manifest::value(text, "ModuleVersion")?;
    Ok(manifest::found(text, "Prerelease").map_or(number.clone(), |prerelease| format!("{number}-{prerelease}")))
}

fn tags(text: &str) -> Result<String> {
    let mut tags = vec!["PSModule".to_owned()];
    tags.extend(manifest::list(text, "Tags")?);
    tags.push("PSIncludes_Function".to_owned());
    for function in manifest::list(text, "FunctionsToExport")? {
        tags.push(format!("PSCommand_{function}"));
    }
    let tags = tags.join(" ");
    if tags.len() > MOST_TAGS {
        bail!("the tags of the package are {} letters long, and a repository takes {MOST_TAGS}", tags.len());
    }
    Ok(tags)
}

fn properties(text: &str) -> Result<String> {
    let mut written = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <coreProperties xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\">\n",
    );
    for (name, value) in [
        ("dc:creator", manifest::value(text, "Author")?),
        ("dc:description", manifest::value(text, "Description")?),
        ("dc:identifier", module::NAME.to_owned()),
        ("version", version(text)?),
        ("keywords", manifest::list(text, "Tags")?.join(" ")),
    ] {
        writeln!(written, "  <{name}>{}</{name}>", escaped(&value))?;
    }
    written.push_str("</coreProperties>\n");
    Ok(written)
}

fn relationships(core: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n  \
         <Relationship Type=\"http://schemas.microsoft.com/packaging/2010/07/manifest\" Target=\"/{}.nuspec\" Id=\"R1\" />\n  \
         <Relationship Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
         Target=\"/{core}\" Id=\"R2\" />\n</Relationships>\n",
        module::NAME
    )
}

/// The kinds of files by the end of their names; those without one by their whole name.
fn content_types<'a>(names: impl Iterator<Item = &'a str>) -> Result<String> {
    let (mut endings, mut wholes) = (BTreeSet::from(["nuspec"]), BTreeSet::new());
    for name in names {
        match Path::new(name).extension().and_then(|ending| ending.to_str()) {
            Some(ending) => endings.insert(ending),
            None => wholes.insert(name),
        };
    }
    let mut written = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n  \
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\" />\n  \
         <Default Extension=\"psmdcp\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\" />\n",
    );
    for ending in endings {
        writeln!(written, "  <Default Extension=\"{ending}\" ContentType=\"application/octet\" />")?;
    }
    for whole in wholes {
        writeln!(written, "  <Override PartName=\"/{whole}\" ContentType=\"application/octet\" />")?;
    }
    written.push_str("</Types>\n");
    Ok(written)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
