//! The module's manifest as the Gallery wants it: with the version, and where the project is.

use anyhow::{Context, Result, bail};

use crate::region;

/// Where the terms stand when the project has no address that could be told.
const LICENCE: &str = "https://opensource.org/license/mit";

/// The manifest of the sources with what only a package knows. `project` is the address of the repository.
///
/// # Errors
///
/// When it has no place for that, or the version is none that PowerShell can have.
pub(super) fn complete(text: &str, version: &str, project: Option<&str>) -> Result<String> {
    let (number, prerelease) = version.split_once('-').unwrap_or((version, ""));
    if !prerelease.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        bail!(
            "{version}: what follows the hyphen is letters and digits only, where the PowerShell Gallery is to take it"
        );
    }
    let mut lines =
        vec![("LicenseUri", project.map_or(LICENCE.to_owned(), |at| format!("{at}/blob/v{version}/LICENSE-MIT")))];
    if let Some(at) = project {
        if !at.starts_with("https://") || at.contains(['\'', ' ', '\n']) {
            bail!("--project is the address of the repository, https://..., and not {at}");
        }
        lines.push(("ProjectUri", at.to_owned()));
        lines.push(("IconUri", format!("{at}/raw/v{version}/docs/images/icon.png")));
    }
    let news = "what is new stands in CHANGELOG.md, which lies in the folder of the module";
    lines.push((
        "ReleaseNotes",
        project.map_or(news.to_owned(), |at| format!("{news}: {at}/blob/v{version}/CHANGELOG.md")),
    ));
    if !prerelease.is_empty() {
        lines.push(("Prerelease", prerelease.to_owned()));
    }
    let lines: String = lines.iter().map(|(name, value)| format!("            {name} = '{value}'\n")).collect();
    let text = region::replace(text, "gallery", &lines)?;
    let old = value(&text, "ModuleVersion")?;
    Ok(text.replacen(&format!("'{old}'"), &format!("'{number}'"), 1))
}

/// The text that a member of the manifest has.
///
/// # Errors
///
/// When there is no such member.
pub(super) fn value(text: &str, name: &str) -> Result<String> {
    found(text, name).with_context(|| format!("the manifest has no {name}"))
}

/// The same, of a member that need not be there.
pub(super) fn found(text: &str, name: &str) -> Option<String> {
    let written = text.lines().find_map(|line| line.trim_start().strip_prefix(name)?.trim_start().strip_prefix('='))?;
    Some(written.trim().strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
}

/// The texts of a member that is a list.
///
/// # Errors
///
/// When there is no such member.
pub(super) fn list(text: &str, name: &str) -> Result<Vec<String>> {
    let missing = || format!("the manifest has no list {name}");
    let (_, rest) = text
        .match_indices(name)
        .map(|(at, name)| text.split_at(at + name.len()))
        .find(|(_, rest)| rest.trim_start().starts_with("= @("))
        .with_context(missing)?;
    let (items, _) = rest.split_once(')').with_context(missing)?;
    Ok(items.split('\'').skip(1).step_by(2).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "@{\n    ModuleVersion     = '0.1.0'\n    Author = 'who''s who'\n    Tags = @('a', 'b')\n    \
                          # written: gallery\n    old = 'x'\n    # end: gallery\n}\n";

    #[test]
    fn a_release_says_where_the_project_is() {
        let text = complete(SOURCE, "1.2.3", Some("https://example.org/a/b")).unwrap();
        assert_eq!(value(&text, "ModuleVersion").unwrap(), "1.2.3");
        assert_eq!(value(&text, "LicenseUri").unwrap(), "https://example.org/a/b/blob/v1.2.3/LICENSE-MIT");
        assert_eq!(value(&text, "ProjectUri").unwrap(), "https://example.org/a/b");
        assert!(value(&text, "IconUri").unwrap().ends_with("/icon.png"));
        assert!(value(&text, "ReleaseNotes").unwrap().ends_with("/v1.2.3/CHANGELOG.md"));
        assert!(found(&text, "Prerelease").is_none() && found(&text, "old").is_none(), "{text}");
        assert!(complete(SOURCE, "1.2.3", Some("example.org'")).is_err());
    }

    #[test]
    fn a_prerelease_is_named_as_powershell_names_it() {
        let text = complete(SOURCE, "1.2.3-beta2", None).unwrap();
        assert_eq!(value(&text, "ModuleVersion").unwrap(), "1.2.3");
        assert_eq!(value(&text, "Prerelease").unwrap(), "beta2");
        assert_eq!(value(&text, "LicenseUri").unwrap(), LICENCE);
        assert!(complete(SOURCE, "1.2.3-beta.2", None).is_err());
    }

    #[test]
    fn members_are_read() {
        assert_eq!(value(SOURCE, "Author").unwrap(), "who's who");
        assert_eq!(list(SOURCE, "Tags").unwrap(), ["a", "b"]);
        assert!(value(SOURCE, "Nothing").is_err() && list(SOURCE, "Author").is_err());
    }
}
