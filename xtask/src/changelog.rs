//! `CHANGELOG.md`: what was released, and what is to be.

use semver::Version;

const UNRELEASED: &str = "## [Unreleased]";

/// The newest version that has a heading of its own.
pub(crate) fn newest(text: &str) -> Option<Version> {
    text.lines().find_map(released)
}

/// The version of `## [1.2.3] - 2026-03-01`.
fn released(line: &str) -> Option<Version> {
    let (version, _) = line.strip_prefix("## [")?.split_once(']')?;
    version.parse().ok()
}

/// How many changes stand under `Unreleased`.
pub(crate) fn unreleased(text: &str) -> usize {
    section(text, UNRELEASED).filter(|line| line.starts_with("- ")).count()
}

/// The version that `Unreleased` says that it is to be: `To be 0.1.0.`
pub(crate) fn planned(text: &str) -> Option<Version> {
    section(text, UNRELEASED).find_map(|line| line.strip_prefix("To be ")?.strip_suffix('.')?.parse().ok())
}

/// The text with that version as the one that `Unreleased` is to be; as it is where there is no such line.
pub(crate) fn with_planned(text: &str, version: &Version) -> String {
    let Some(old) = planned(text) else { return text.to_owned() };
    text.replacen(&format!("To be {old}."), &format!("To be {version}."), 1)
}

/// The text with what was under `Unreleased` under the heading of that version, and nothing under `Unreleased`.
pub(crate) fn with_released(text: &str, version: &Version, date: &str) -> String {
    let planned = planned(text).map(|planned| format!("To be {planned}.\n\n")).unwrap_or_default();
    text.replacen(&format!("{UNRELEASED}\n\n{planned}"), &format!("{UNRELEASED}\n\n## [{version}] - {date}\n\n"), 1)
}

/// What the release of a version changed: the lines below its heading. None where it has none.
pub(crate) fn notes(text: &str, version: &Version) -> Option<String> {
    let heading = text.lines().find(|line| released(line).as_ref() == Some(version))?;
    let lines: Vec<&str> = section(text, heading).collect();
    Some(lines.join("\n").trim().to_owned())
}

fn section<'a>(text: &'a str, heading: &'a str) -> impl Iterator<Item = &'a str> {
    let below = text.lines().skip_while(move |line| !line.starts_with(heading)).skip(1);
    below.take_while(|line| !line.starts_with("## "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\n## [Unreleased]\n\nTo be 0.3.0.\n\n### Added\n\n- One.\n- Two.\n\n## [0.2.0] - 2026-03-01\n\n- Old.\n\n## [0.1.0] - 2026-02-01\n\n- Older.\n";

    #[test]
    fn each_part_is_found() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(newest(TEXT), Some(version("0.2.0")));
        assert_eq!(newest("## [Unreleased]\n"), None);
        assert_eq!(unreleased(TEXT), 2);
        assert_eq!(planned(TEXT), Some(version("0.3.0")));
        assert_eq!(with_planned(TEXT, &version("1.0.0")), TEXT.replace("To be 0.3.0.", "To be 1.0.0."));
        let released = with_released(TEXT, &version("0.3.0"), "2026-04-01");
        assert_eq!(released, TEXT.replace("To be 0.3.0.", "## [0.3.0] - 2026-04-01"));
        assert_eq!((newest(&released), unreleased(&released)), (Some(version("0.3.0")), 0));
        assert_eq!(notes(&released, &version("0.3.0")).as_deref(), Some("### Added\n\n- One.\n- Two."));
        assert_eq!(notes(TEXT, &version("0.2.0")).as_deref(), Some("- Old."));
        assert_eq!(notes(TEXT, &version("0.3.0")), None);
    }
}
