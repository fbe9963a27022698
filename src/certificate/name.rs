//! Distinguished names as people write and read them.
//!
//! Text runs from the most specific part to the least (`CN=app, O=Contoso, C=CH`), the encoding the other way
//! round, as in Windows and .NET; so a name that was read can be given back and means the same.

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509Name, X509NameRef};

use super::fault::reasons;
use crate::error::{Error, Result};

/// The names of Windows and of RFC 4514 with those of OpenSSL; the first of each is the one that is printed.
const TYPES: &[(&[&str], &str)] = &[
    (&["CN"], "CN"),
    (&["O"], "O"),
    (&["OU"], "OU"),
    (&["C"], "C"),
    (&["L"], "L"),
    (&["S", "ST", "SP"], "ST"),
    (&["DC"], "DC"),
    (&["E", "EMAIL", "EMAILADDRESS"], "emailAddress"),
    (&["STREET"], "street"),
    (&["SERIALNUMBER"], "serialNumber"),
    (&["T", "TITLE"], "title"),
    (&["G", "GN", "GIVENNAME"], "GN"),
    (&["SN", "SURNAME"], "SN"),
    (&["UID"], "UID"),
];

/// What .NET puts a value in quotes for.
const SPECIAL: &[char] = &[',', '+', '=', '"', '\n', '\r', '<', '>', '#', ';'];

/// A name for people.
pub(super) fn display(name: &X509NameRef) -> String {
    let mut parts: Vec<String> = name
        .entries()
        .map(|entry| {
            let object = entry.object();
            let kind = match object.nid() {
                Nid::UNDEF => format!("OID.{object}"),
                nid => {
                    let short = nid.short_name().unwrap_or("?");
                    TYPES.iter().find(|(_, openssl)| *openssl == short).map_or(short, |(names, _)| names[0]).to_owned()
                }
            };
            let value = entry.data();
            let value = value.to_string().unwrap_or_else(|_| String::from_utf8_lossy(value.as_slice()).into_owned());
            format!("{kind}={}", quoted(&value))
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}

fn quoted(value: &str) -> String {
    // A name from a foreign file goes to terminals and logs.
    let value: String = value.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if value.is_empty() || value.contains(SPECIAL) || value.trim() != value {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

/// A name to be encoded, and what to call it.
pub(super) struct Subject {
    pub(super) name: X509Name,
    /// The common name, else the whole text.
    pub(super) friendly: String,
}

/// Reads a distinguished name, or takes the whole text as a common name where it is none.
pub(super) fn parse(text: &str) -> Result<Subject> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::argument("the subject is empty"));
    }
    if text.contains('\0') {
        return Err(Error::argument("the subject holds a NUL character"));
    }
    let parts = if is_distinguished(text) { split(text)? } else { vec![("CN".to_owned(), text.to_owned())] };
    let encode = |parts: &[(String, String)]| {
        let mut builder = X509Name::builder()?;
        for (kind, value) in parts.iter().rev() {
            builder.append_entry_by_text(kind, value)?;
        }
        Ok(builder.build())
    };
    let name = encode(&parts).map_err(|stack: ErrorStack| {
        Error::argument(format!("the subject cannot be encoded: {}", reasons(&stack)))
            .hint("a common name has at most 64 characters, a country (C) exactly 2")
    })?;
    let friendly = parts.iter().find(|(kind, _)| kind == "CN").map_or(text, |(_, value)| value).to_owned();
    Ok(Subject { name, friendly })
}

/// Whether it begins as `TYPE=`. `C++ app` does not; `CM=app` does, and is refused for its type.
fn is_distinguished(text: &str) -> bool {
    text.split_once('=').is_some_and(|(kind, _)| {
        let kind = kind.trim();
        !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    })
}

fn split(text: &str) -> Result<Vec<(String, String)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((kind, after)) = rest.split_once('=') else {
            return Err(Error::argument(format!("the subject has no type before {rest:?}"))
                .hint("put a value that holds a comma in quotes: O=\"Contoso, Ltd\""));
        };
        let (value, after) = value(after.trim_start())?;
        if value.is_empty() {
            return Err(Error::argument(format!("the subject has no value for {}", kind.trim())));
        }
        parts.push((openssl_type(kind.trim())?, value));
        rest = after.trim_start();
    }
    Ok(parts)
}

fn openssl_type(kind: &str) -> Result<String> {
    let upper = kind.to_ascii_uppercase();
    if let Some((_, openssl)) = TYPES.iter().find(|(names, _)| names.contains(&upper.as_str())) {
        return Ok((*openssl).to_owned());
    }
    let oid = upper.strip_prefix("OID.").unwrap_or(&upper);
    if oid.contains('.') && oid.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Ok(oid.to_owned());
    }
    let known: Vec<&str> = TYPES.iter().map(|(names, _)| names[0]).collect();
    Err(Error::argument(format!("the subject has the unknown type {kind:?}")).hint(format!(
        "known are {} and OID.1.2.3; a name with an equals sign is written CN=\"a=b\"",
        known.join(", ")
    )))
}

/// The value at the start of the text, and what follows its separator.
fn value(text: &str) -> Result<(String, &str)> {
    let is_separator = |c: char| c == ',' || c == ';';
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    if text.starts_with('"') {
        chars.next();
        while let Some((at, c)) = chars.next() {
            match c {
                // Two quotes are one (.NET), and so is one with a backslash (RFC 4514).
                '"' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    chars.next();
                    value.push('"');
                }
                '\\' if chars.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\')) => {
                    value.extend(chars.next().map(|(_, c)| c));
                }
                '"' => {
                    let after = text[at + 1..].trim_start();
                    return if after.is_empty() {
                        Ok((value, after))
                    } else if let Some(after) = after.strip_prefix(is_separator) {
                        Ok((value, after))
                    } else {
                        Err(Error::argument(format!("the subject has {after:?} after a closing quote")))
                    };
                }
                c => value.push(c),
            }
        }
        return Err(Error::argument("the subject has a quote that is not closed"));
    }
    while let Some((at, c)) = chars.next() {
        match c {
            // Only these can be escaped, so that `CN=DOMAIN\admin` is what it looks like.
            '\\' if chars.peek().is_some_and(|(_, next)| matches!(next, ',' | ';' | '"' | '\\' | '=' | '+')) => {
                value.extend(chars.next().map(|(_, c)| c));
            }
            c if is_separator(c) => return Ok((value.trim_end().to_owned(), &text[at + 1..])),
            c => value.push(c),
        }
    }
    Ok((value.trim_end().to_owned(), ""))
}
