//! `WWW-Authenticate`: what a service says of whom it takes (RFC 9110, 11.6.1).
//!
//! The crate `http-auth` was tried on the challenges that are known here. It takes a whole field for nothing where one
//! value in it is a URL without quotes, which a vault's challenge may have: what is no token by the grammar ends its
//! reading. So this reader takes what it can: a value goes to the next comma or blank, and what is no parameter is passed
//! over.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// One challenge: a scheme and its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthChallenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl AuthChallenge {
    /// The challenges of a reply, in their order.
    #[must_use]
    pub fn all(headers: &HeaderMap) -> Vec<Self> {
        let fields = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|field| field.to_str().ok());
        fields.flat_map(Self::of_field).collect()
    }

    /// The challenges of one field.
    #[must_use]
    pub fn of_field(field: &str) -> Vec<Self> {
        let mut challenges: Vec<Self> = Vec::new();
        let mut rest = field;
        let mut begins = true;
        loop {
            let trimmed = rest.trim_start_matches([' ', '\t', ',']);
            begins |= rest[..rest.len() - trimmed.len()].contains(',');
            if trimmed.is_empty() {
                return challenges;
            }
            let (word, after) = split_at_any(trimmed, &[' ', '\t', ',', '=']);
            match after.trim_start_matches([' ', '\t']).strip_prefix('=') {
                Some(value) => {
                    let Some((value, after)) = value_of(value.trim_start_matches([' ', '\t'])) else {
                        return challenges;
                    };
                    if let Some(challenge) = challenges.last_mut() {
                        challenge.parameters.push((word.to_ascii_lowercase(), value));
                    }
                    rest = after;
                }
                // A scheme stands at the start of a challenge; elsewhere a word is what is left of a value without quotes.
                None => {
                    if begins {
                        challenges.push(Self { scheme: word.to_ascii_lowercase(), parameters: Vec::new() });
                    }
                    rest = after;
                }
            }
            begins = false;
        }
    }

    /// Whether it is of that scheme, whose case does not matter.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// Whether it says anything besides its scheme.
    #[must_use]
    pub fn has_parameters(&self) -> bool {
        !self.parameters.is_empty()
    }

    /// The first parameter of that name, which is in lower case here.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn split_at_any<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// The value that a text begins with, and what follows; `None` where a quote does not end.
fn value_of(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = split_at_any(text, &[',', ' ', '\t']);
        return Some((value.to_owned(), after));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Vec<(String, Vec<(String, String)>)> {
        AuthChallenge::of_field(field).into_iter().map(|read| (read.scheme, read.parameters)).collect()
    }

    fn one(scheme: &str, parameters: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        (scheme.to_owned(), parameters.collect())
    }

    #[test]
    fn schemes_and_parameters_are_told_apart() {
        assert_eq!(
            read(r#"PoP nonce="x", Bearer Authorization = "https://a/t" ,resource=https://vault.azure.net, Negotiate"#),
            [
                one("pop", &[("nonce", "x")]),
                one("bearer", &[("authorization", "https://a/t"), ("resource", "https://vault.azure.net")]),
                one("negotiate", &[]),
            ]
        );
        assert_eq!(read(""), []);
        assert_eq!(read(" , ,"), []);
    }

    #[test]
    fn quotes_hold_commas_equals_signs_and_escapes() {
        assert_eq!(
            read(r#"Bearer realm="", error="say \"a, b=c\" \\", claims="e30=", x=1"#),
            [one("bearer", &[("realm", ""), ("error", r#"say "a, b=c" \"#), ("claims", "e30="), ("x", "1")])]
        );
    }

    #[test]
    fn what_has_no_grammar_loses_itself_only() {
        let described = read("Bearer error=invalid_token, error_description=The token expired, claims=e30");
        assert_eq!(
            described,
            [one("bearer", &[("error", "invalid_token"), ("error_description", "The"), ("claims", "e30")])]
        );
        assert_eq!(read(r#"Bearer a="1", b="never ends"#), [one("bearer", &[("a", "1")])]);
        assert_eq!(read(r#"Bearer a="ends in \"#), [one("bearer", &[])]);
        assert_eq!(read("realm=nobody"), []);
    }
}
