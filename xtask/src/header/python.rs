//! What the Python package has from the sources: functions, statuses, and the members of requests as types.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use syn::{Field, ItemStruct, Type};

use super::functions::Function;
use super::members::{Sources, camel, comment, inner, named, serde_default, variant_name};
use super::statuses::{Status, wrapped};

/// The most letters of a line of the package.
const WIDTH: usize = 119;

/// Members that the package gives by itself: rows come as JSON Lines, and the client's own parameters say who signs in.
const OWN: [&str; 6] = ["format", "header", "block_after", "tenant_id", "client_id", "credential"];

/// Requests that take further members: those of the class that stands beside their own.
const BESIDES: [(&str, &str); 15] = [
    ("ContactSyncPlan", "RunMembers"),
    ("EventSyncPlan", "RunMembers"),
    ("MailboxItemsReport", "RunMembers"),
    ("MailboxRequests", "RunMembers"),
    ("MailboxSettingsApply", "RunMembers"),
    ("MailboxSettingsReport", "RunMembers"),
    ("MailboxStatePlan", "RunMembers"),
    ("MessagesExport", "RunMembers"),
    ("PlanApply", "RunMembers"),
    ("ReportCompare", "OutFileMembers"),
    ("RunMembers", "OutFileMembers"),
    ("VaultCertificateGet", "VaultItem"),
    ("VaultKeyGet", "VaultItem"),
    ("VaultKeySign", "VaultItem"),
    ("VaultSecretGet", "VaultItem"),
];

/// Operations have their format alone.
const NOT_SHOWN: [&str; 1] = ["ResultMembers"];

/// The table that the package binds, and the statuses by their numbers.
pub(super) fn abi(functions: &[Function], statuses: &[Status]) -> String {
    let mut text = "FUNCTIONS: dict[str, tuple[str, ...]] = {\n".to_owned();
    for function in functions {
        let kinds: String = function.parameters.iter().map(|(kind, _)| format!("\"{kind}\", ")).collect();
        let line = format!("    \"{}\": ({}),", function.name, kinds.trim_end());
        match function.parameters.len() {
            0 | 1 => text += &line,
            _ => text += &line.replace(",),", "),"),
        }
        text.push('\n');
    }
    text += "}\n\nSTATUSES: dict[int, str] = {\n";
    for Status { name, number, .. } in statuses {
        let _ = writeln!(text, "    {number}: \"{name}\",");
    }
    text + "}\n"
}

/// A class for each status, below that of its kind.
///
/// # Errors
///
/// For a number that no kind has.
pub(super) fn errors(statuses: &[Status]) -> Result<String> {
    let mut text = String::new();
    for Status { name, number, meaning, .. } in statuses {
        let kind = kind_of_error(number.parse().with_context(|| format!("the number of {name}"))?);
        let class = format!("{name}Error");
        if class != kind {
            let meaning = quoted(meaning, 4);
            let _ = write!(text, "\n\nclass {class}({kind}):\n{meaning}");
        }
    }
    Ok(format!("{text}\n\n"))
}

/// The class that stands above those of a range of numbers.
fn kind_of_error(number: i32) -> &'static str {
    match number {
        -39..=-1 => "RequestError",
        -99..=-40 => "StateError",
        -149..=-100 => "SignInError",
        -199..=-150 => "CertificateError",
        -299..=-200 => "VaultError",
        -399..=-300 => "ServiceError",
        -499..=-400 => "NetworkError",
        -509..=-500 => "FileError",
        -599..=-510 => "JournalError",
        _ => "ExRunError",
    }
}

/// A class for each request, in the order in which one needs the other.
///
/// # Errors
///
/// For a member without a comment, or of a type that Python has no word for.
pub(super) fn requests(sources: &Sources) -> Result<String> {
    let mut text = String::new();
    let mut done = BTreeSet::new();
    let (mut binary, mut nested, mut secrets) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for name in sources.structs.keys() {
        class(sources, name, &mut done, &mut text).with_context(|| name.clone())?;
    }
    for field in sources.structs.values().flat_map(|item| &item.fields) {
        let member = field.ident.as_ref().context("a member without a name")?.to_string();
        let value = value_of(&field.ty);
        match named(inner(value, "Vec").unwrap_or(value)).context("a type without a name")?.0.as_str() {
            "SecretHandle" => drop(secrets.insert(member)),
            "Der" | "Digest" => drop(binary.insert(member)),
            "CloudChoice" => drop(nested.insert(member)),
            kind if sources.structs.contains_key(kind) => drop(nested.insert(member)),
            _ => {}
        }
    }
    for (name, meaning, members) in [
        ("BINARY", "Members that are bytes, or their base64.", binary),
        ("NESTED", "Members that are objects of members, or lists of them.", nested),
        ("SECRETS", "Members that name a secret.", secrets),
    ] {
        let members: String = members.iter().map(|member| format!("        \"{member}\",\n")).collect();
        let _ = write!(text, "\n\n#: {meaning}\n{name}: frozenset[str] = frozenset(\n    {{\n{members}    }}\n)\n");
    }
    Ok(text)
}

fn class(sources: &Sources, name: &str, done: &mut BTreeSet<String>, text: &mut String) -> Result<()> {
    if NOT_SHOWN.contains(&name) || !done.insert(name.to_owned()) {
        return Ok(());
    }
    let beside = BESIDES.iter().find(|(request, _)| *request == name).map(|(_, beside)| *beside);
    if let Some(beside) = beside {
        class(sources, beside, done, text)?;
    }
    let item = sources.structs.get(name).with_context(|| format!("there is no request {name}"))?;
    let needed = members(sources, item, true)?;
    let mut bases: Vec<&str> = beside.into_iter().collect();
    let needs = format!("_Needed{name}");
    if !needed.is_empty() {
        let _ = write!(text, "\n\nclass {needs}(TypedDict):\n{needed}");
        bases.insert(0, &needs);
    }
    if bases.is_empty() {
        bases.push("TypedDict");
    }
    let title = quoted(&in_python(sources, &comment(&item.attrs)), 4);
    let others = members(sources, item, false)?;
    let gap = if others.is_empty() { "" } else { "\n" };
    let _ = write!(text, "\n\nclass {name}({}, total=False):\n{title}{gap}{others}", bases.join(", "));
    Ok(())
}

/// The members that must be there, or the others.
fn members(sources: &Sources, item: &ItemStruct, needed: bool) -> Result<String> {
    let mut text = String::new();
    for field in &item.fields {
        let name = field.ident.as_ref().context("a member without a name")?.to_string();
        if OWN.contains(&name.as_str()) || needed != is_needed(field)? {
            continue;
        }
        let kind = kind(sources, value_of(&field.ty)).with_context(|| name.clone())?;
        let default = if serde_default(field)?.as_deref() == Some("yes") { " Default: True." } else { "" };
        let meaning = quoted(&(in_python(sources, &comment(&field.attrs)) + default), 4);
        let _ = write!(text, "    {name}: {kind}\n{meaning}");
    }
    Ok(text)
}

fn is_needed(field: &Field) -> Result<bool> {
    let is_list = inner(&field.ty, "Vec").is_some();
    Ok(inner(&field.ty, "Option").is_none() && (is_list || serde_default(field)?.is_none()))
}

/// A type without what says that it may be missing, or where it lies.
fn value_of(kind: &Type) -> &Type {
    ["Option", "Box"].iter().fold(kind, |kind, outer| inner(kind, outer).unwrap_or(kind))
}

fn kind(sources: &Sources, of: &Type) -> Result<String> {
    if let Some(item) = inner(of, "Vec") {
        return Ok(format!("Sequence[{}]", kind(sources, item)?));
    }
    let (name, _) = named(of).context("a type without a name")?;
    if let Some(item) = sources.enums.get(&name) {
        let names: Result<Vec<String>> = item.variants.iter().map(variant_name).collect();
        let names: Vec<String> = names?.iter().map(|name| format!("\"{name}\"")).collect();
        let line = format!("Literal[{}]", names.join(", "));
        let broken =
            || format!("Literal[\n{}    ]", names.iter().map(|name| format!("        {name},\n")).collect::<String>());
        return Ok(if line.len() < 80 { line } else { broken() });
    }
    if sources.structs.contains_key(&name) {
        return Ok(name);
    }
    Ok(match name.as_str() {
        "bool" => "bool",
        "String" | "Text" => "str",
        "FilePath" => "FilePath",
        "SecretHandle" => "SecretValue",
        "Texts" => "Mapping[str, str]",
        "Der" | "Digest" => "Base64",
        "Value" => "Any",
        "CloudChoice" => "str | CloudHosts",
        "Whole" => "int",
        _ => anyhow::bail!("Python has no word for {name}"),
    }
    .to_owned())
}

/// A text of the sources as it stands in Python: members by their names there, links by their words.
fn in_python(sources: &Sources, text: &str) -> String {
    // What an event is called stays.
    let mut text = text.replace("event `", "event \u{1}");
    for field in sources.structs.values().flat_map(|item| &item.fields) {
        if let Some(name) = &field.ident {
            let name = name.to_string();
            text = text.replace(&format!("`{}`", camel(&name)), &format!("`{name}`"));
        }
    }
    while let Some(link) = text.find("](#") {
        let end = text[link..].find(')').map_or(text.len(), |end| link + end + 1);
        let begin = text[..link].rfind('[').unwrap_or(link);
        text = format!("{}\"{}\" in docs/abi.md{}", &text[..begin], &text[begin + 1..link], &text[end..]);
    }
    text.replace('\u{1}', "`")
}

/// A text as Python's own comment of what stands above.
fn quoted(text: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let text = text.replace('\\', "\\\\");
    // Where the last line ends in a quote, the three that follow would begin one letter early.
    let text = if text.ends_with('"') { text + "." } else { text };
    let lines = wrapped(&format!("\"\"\"{text}\"\"\""), WIDTH - indent);
    lines.iter().fold(String::new(), |text, line| text + &blank + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        /// Of `exrun_vault_key_sign`, beside those of a vault's object.
        #[derive(Deserialize)]
        struct VaultKeySign {
            /// What is signed; see `apiVersion` and [Keys](#keys).
            digest: Digest,
            /// How.
            #[serde(default)]
            how: How,
            /// Default: none.
            format: Option<Text>,
        }
        /// A vault's object.
        #[derive(Deserialize)]
        struct VaultItem {
            /// Which.
            api_version: Option<Text>,
            /// Whose.
            password_secret: Option<SecretHandle>,
        }
        #[derive(Default, Deserialize)]
        enum How { AtOnce, #[default] #[serde(rename = "PS256")] Late }
    "#;

    #[test]
    fn requests_become_classes_of_their_members() {
        let mut sources = Sources::default();
        sources.add(SOURCE).unwrap();
        let text = requests(&sources).unwrap();
        let expected = "\n\nclass VaultItem(TypedDict, total=False):\n    \"\"\"A vault's object.\"\"\"\n\n    \
            api_version: str\n    \"\"\"Which.\"\"\"\n    password_secret: SecretValue\n    \"\"\"Whose.\"\"\"\n\n\n\
            class _NeededVaultKeySign(TypedDict):\n    digest: Base64\n    \
            \"\"\"What is signed; see `api_version` and \"Keys\" in docs/abi.md.\"\"\"\n\n\n\
            class VaultKeySign(_NeededVaultKeySign, VaultItem, total=False):\n    \
            \"\"\"Of `exrun_vault_key_sign`, beside those of a vault's object.\"\"\"\n\n    \
            how: Literal[\"atOnce\", \"PS256\"]\n    \"\"\"How.\"\"\"\n";
        assert_eq!(&text[..expected.len()], expected);
        assert!(
            text.contains("SECRETS: frozenset[str] = frozenset(\n    {\n        \"password_secret\",\n    }\n)"),
            "{text}"
        );
    }

    #[test]
    fn statuses_become_classes_below_their_kind() {
        let source = "\nstatuses! {\n    /// Refused.\n    Service = -300, X;\n    /// It is away.\n    NotFound = -301, X;\n    /// Over.\n    Cancelled = -600, X;\n}\n";
        let statuses = super::super::statuses::read(source).unwrap();
        assert_eq!(
            errors(&statuses).unwrap(),
            "\n\nclass NotFoundError(ServiceError):\n    \"\"\"It is away.\"\"\"\n\n\nclass CancelledError(ExRunError):\n    \"\"\"Over.\"\"\"\n\n\n"
        );
    }
}
