//! The members of requests: tables written from the structs of `src/ffi/requests`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, Field, Fields, GenericArgument, Item, ItemEnum, ItemStruct, Lit, Meta, PathArguments, Type,
    Visibility,
};

use crate::written::read;

/// What a type of a member is called in the tables, by its name in the sources.
const KINDS: [(&str, &str); 10] = [
    ("bool", "boolean"),
    ("String", "string"),
    ("Text", "string"),
    ("FilePath", "path"),
    ("SecretHandle", "secret"),
    ("Texts", "object of strings"),
    ("Der", "base64"),
    ("Digest", "base64 of 32 bytes"),
    ("Value", "any JSON"),
    ("CloudChoice", "string or object"),
];

/// Stands for the default of a member that must be there.
pub(super) const NEEDED: &str = "*needed*";

/// What the tables say of a member.
pub(super) struct Member {
    pub(super) kind: String,
    pub(super) default: String,
    meaning: String,
}

/// What the sources of requests declare, and the numbers that they name.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) structs: BTreeMap<String, ItemStruct>,
    pub(super) enums: BTreeMap<String, ItemEnum>,
    numbers: BTreeMap<String, Expr>,
}

impl Sources {
    /// Reads the structs and enums of a folder, its own files alone.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or does not parse.
    pub(super) fn read(&mut self, folder: &Path) -> Result<()> {
        for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                self.add(&read(&path)?).with_context(|| format!("reading {}", path.display()))?;
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, source: &str) -> Result<()> {
        for item in syn::parse_file(source)?.items {
            match item {
                Item::Struct(item) if has_deserialize(&item.attrs) && matches!(item.fields, Fields::Named(_)) => {
                    self.structs.insert(item.ident.to_string(), item);
                }
                Item::Enum(item) if has_deserialize(&item.attrs) => {
                    self.enums.insert(item.ident.to_string(), item);
                }
                Item::Const(item) => {
                    self.numbers.insert(item.ident.to_string(), *item.expr);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads the public numbers that members are bounded by, wherever in `folder` they are.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or does not parse.
    pub(super) fn read_numbers(&mut self, folder: &Path) -> Result<()> {
        for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                self.read_numbers(&path)?;
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let file = syn::parse_file(&read(&path)?).with_context(|| format!("reading {}", path.display()))?;
                for item in file.items {
                    // Those of one file alone bound nothing elsewhere.
                    if let Item::Const(item) = item
                        && !matches!(item.vis, Visibility::Inherited)
                    {
                        self.numbers.entry(item.ident.to_string()).or_insert(*item.expr);
                    }
                }
            }
        }
        Ok(())
    }

    /// A table for each struct, by the struct's name.
    ///
    /// # Errors
    ///
    /// For a member without a comment, or of a type that the tables have no word for.
    pub(super) fn tables(&self) -> Result<Vec<(String, String)>> {
        self.structs.iter().map(|(name, item)| Ok((name.clone(), self.table(item).context(name.clone())?))).collect()
    }

    fn table(&self, item: &ItemStruct) -> Result<String> {
        let title = comment(&item.attrs);
        ensure!(!title.is_empty(), "has no comment");
        if item.fields.is_empty() {
            return Ok(format!("{}: none.\n", title.trim_end_matches('.')));
        }
        let mut text =
            format!("{}:\n\n| member | type | default | meaning |\n|---|---|---|---|\n", title.trim_end_matches('.'));
        for field in &item.fields {
            let name = camel(&field.ident.as_ref().context("a member without a name")?.to_string());
            let row = self.row(&name, field).with_context(|| name.clone())?;
            let _ = writeln!(text, "{row}");
        }
        Ok(text)
    }

    fn row(&self, name: &str, field: &Field) -> Result<String> {
        let Member { kind, default, meaning } = self.member(field)?;
        Ok(format!("| `{name}` | {kind} | {default} | {} |", meaning.replace('|', "\\|")))
    }

    /// What the tables say of each member of each struct: by the title of the struct's comment, and its own name.
    ///
    /// # Errors
    ///
    /// Those of [`Sources::tables`].
    pub(super) fn members(&self) -> Result<Vec<(String, String, Member)>> {
        let mut members = Vec::new();
        for (struct_name, item) in &self.structs {
            let title = comment(&item.attrs);
            // What callers know of it, a function or a member, and not what the sources call it.
            let place = title.split('`').nth(1).unwrap_or(struct_name);
            for field in &item.fields {
                let name = camel(&field.ident.as_ref().context("a member without a name")?.to_string());
                let member = self.member(field).with_context(|| format!("{struct_name}: {name}"))?;
                members.push((place.to_owned(), name, member));
            }
        }
        Ok(members)
    }

    fn member(&self, field: &Field) -> Result<Member> {
        let whole = comment(&field.attrs);
        ensure!(!whole.is_empty(), "has no comment");
        let (meaning, told) = match whole.find("Default: ") {
            Some(at) => (whole[..at].trim(), Some(whole[at + "Default: ".len()..].trim_end_matches('.').to_owned())),
            None => (whole.as_str(), None),
        };
        let optional = inner(&field.ty, "Option");
        let kind = optional.unwrap_or(&field.ty);
        let default = match (told, serde_default(field)?) {
            (Some(told), None) => told,
            (None, Some(default)) if default.is_empty() => self.default_of(kind)?,
            (None, Some(default)) if default == "yes" => "`true`".to_owned(),
            (None, None) if optional.is_some() => String::new(),
            (None, None) => NEEDED.to_owned(),
            (_, Some(other)) => bail!("says its default twice, or by {other:?}"),
        };
        Ok(Member { kind: self.kind(kind)?, default, meaning: meaning.to_owned() })
    }

    fn kind(&self, kind: &Type) -> Result<String> {
        if let Some(item) = inner(kind, "Vec") {
            return Ok(format!("list of {}s", self.kind(item)?));
        }
        if let Some(item) = inner(kind, "Box") {
            return self.kind(item);
        }
        let (name, arguments) = named(kind).context("a type without a name")?;
        if name == "Whole" {
            let [_, low, high] = arguments.as_slice() else { bail!("a whole number without bounds") };
            let high = self.number(high)?;
            let low = self.number(low)?;
            return Ok(match high {
                i128::MIN..=LARGEST_SHOWN => format!("integer, {} to {}", grouped(low), grouped(high)),
                _ => format!("integer, at least {}", grouped(low)),
            });
        }
        if let Some(item) = self.enums.get(&name) {
            let names: Result<Vec<String>> = item.variants.iter().map(variant_name).collect();
            return Ok(names?.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
        }
        if self.structs.contains_key(&name) {
            return Ok("object".to_owned());
        }
        let known = KINDS.iter().find(|(known, _)| *known == name);
        known.map(|(_, kind)| (*kind).to_owned()).with_context(|| format!("the tables have no word for {name}"))
    }

    /// The value of `Default::default()`.
    fn default_of(&self, kind: &Type) -> Result<String> {
        let (name, _) = named(kind).context("a type without a name")?;
        if let Some(item) = self.enums.get(&name) {
            let is_default = |attribute: &Attribute| attribute.path().is_ident("default");
            let variant = item.variants.iter().find(|variant| variant.attrs.iter().any(is_default));
            return Ok(format!("`{}`", variant_name(variant.context("an enum without a default")?)?));
        }
        match name.as_str() {
            "bool" => Ok("`false`".to_owned()),
            "String" => Ok("empty".to_owned()),
            "Vec" => Ok("*needed*".to_owned()),
            _ => bail!("the default of {name} is not known"),
        }
    }

    fn number(&self, expression: &Expr) -> Result<i128> {
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(number) => Ok(number.base10_parse()?),
                _ => bail!("a bound that is no number"),
            },
            Expr::Paren(within) => self.number(&within.expr),
            Expr::Cast(cast) => self.number(&cast.expr),
            Expr::Block(block) => match block.block.stmts.as_slice() {
                [syn::Stmt::Expr(within, None)] => self.number(within),
                _ => bail!("a bound of several steps"),
            },
            Expr::Binary(product) if matches!(product.op, syn::BinOp::Mul(_)) => {
                Ok(self.number(&product.left)? * self.number(&product.right)?)
            }
            Expr::Path(path) => {
                let segments: Vec<String> =
                    path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["i64", "MAX"] => Ok(i64::MAX.into()),
                    ["u16", "MAX"] => Ok(u16::MAX.into()),
                    [name] => self.number(self.numbers.get(*name).with_context(|| format!("{name} is not found"))?),
                    other => bail!("{} is not known", other.join("::")),
                }
            }
            _ => bail!("a bound that is no number"),
        }
    }
}

/// Bounds above are those of the type alone.
const LARGEST_SHOWN: i128 = 1 << 53;

fn has_deserialize(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => {
            let derived = attribute.parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
            derived.is_ok_and(|derived| derived.iter().any(|path| path.is_ident("Deserialize")))
        }
        _ => false,
    })
}

/// The doc comment, in one line.
pub(super) fn comment(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// The default that serde is told of: empty for that of the type, else the function that gives it.
pub(super) fn serde_default(field: &Field) -> Result<Option<String>> {
    let mut default = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("default") {
                default = Some(match meta.value() {
                    Ok(value) => value.parse::<syn::LitStr>()?.value(),
                    Err(_) => String::new(),
                });
                return Ok(());
            }
            Err(meta.error("the tables do not know this attribute"))
        })?;
    }
    Ok(default)
}

pub(super) fn variant_name(variant: &syn::Variant) -> Result<String> {
    let mut name = None;
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            Ok(())
        })?;
    }
    Ok(name.unwrap_or_else(|| {
        let text = variant.ident.to_string();
        text[..1].to_lowercase() + &text[1..]
    }))
}

/// `retry_failed` as `retryFailed`.
pub(super) fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + &part[..1].to_uppercase() + &part[1..])
}

/// A type's last name and the arguments that are numbers, or types in their place.
pub(super) fn named(kind: &Type) -> Option<(String, Vec<Expr>)> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().filter_map(argument).collect(),
        _ => Vec::new(),
    };
    Some((last.ident.to_string(), arguments))
}

fn argument(argument: &GenericArgument) -> Option<Expr> {
    match argument {
        GenericArgument::Const(expression) => Some(expression.clone()),
        // A constant without braces reads as a type.
        GenericArgument::Type(Type::Path(path)) => {
            Some(Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: path.path.clone() }))
        }
        _ => None,
    }
}

/// The `T` of `outer<T>`.
pub(super) fn inner<'a>(kind: &'a Type, outer: &str) -> Option<&'a Type> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == outer => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// A number as people read it: `86,400,000`; small ones as they are.
fn grouped(number: i128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        const MOST: u32 = 24 * 60;
        /// Of `exrun_x`.
        #[derive(Debug, Deserialize)]
        struct Request {
            /// What it is
            /// about.
            subject: Text,
            /// How long. Default: the client's.
            minutes: Option<Whole<u32, 1, { MOST as i64 }>>,
            /// How.
            #[serde(default)]
            how: How,
            /// Whether.
            #[serde(default = "yes")]
            keep_it: bool,
            /// Which.
            names: Option<Vec<String>>,
        }
        #[derive(Default, Deserialize)]
        enum How { AtOnce, #[default] #[serde(rename = "PS256")] Late }
        struct Other { x: Nothing }
    "#;

    fn tables(source: &str) -> Result<Vec<(String, String)>> {
        let mut sources = Sources::default();
        sources.add(source)?;
        sources.tables()
    }

    #[test]
    fn a_struct_becomes_a_table() {
        let expected = "Of `exrun_x`:\n\n| member | type | default | meaning |\n|---|---|---|---|\n\
            | `subject` | string | *needed* | What it is about. |\n\
            | `minutes` | integer, 1 to 1,440 | the client's | How long. |\n\
            | `how` | `atOnce`, `PS256` | `PS256` | How. |\n\
            | `keepIt` | boolean | `true` | Whether. |\n\
            | `names` | list of strings |  | Which. |\n";
        assert_eq!(tables(SOURCE).unwrap(), [("Request".to_owned(), expected.to_owned())]);
    }

    #[test]
    fn what_the_tables_could_not_say_is_an_error() {
        for (member, part) in [
            ("/// x\n name: Unheard,", "no word for Unheard"),
            ("name: Text,", "has no comment"),
            ("/// x\n name: Option<Whole<u32, 1, { ELSEWHERE as i64 }>>,", "ELSEWHERE is not found"),
            ("/// x. Default: 1.\n #[serde(default)] name: bool,", "default twice"),
        ] {
            let source = format!("/// X.\n#[derive(Deserialize)]\nstruct Request {{ {member} }}");
            let error = format!("{:#}", tables(&source).unwrap_err());
            assert!(error.contains(part), "{error}");
        }
    }
}
