//! What a line has done for its mailbox, as a hash: by it a journal tells the lines of one mailbox apart.

use http::{HeaderMap, Method};
use openssl::sha::Sha256;
use serde_json::{Number, Value};

/// Up to here every whole number is one that floating point holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The hash of one line's work: the first 16 bytes of a SHA-256. The name of the mailbox is no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkHash([u8; 16]);

impl WorkHash {
    /// Every line has the same done, which the run's own request says.
    pub const OF_RUN: Self = Self([0; 16]);

    /// Of a request, its path relative to the mailbox.
    #[must_use]
    pub fn of_request(method: &Method, path: &str, headers: &HeaderMap, body: Option<&Value>) -> Self {
        let mut digest = Digest::new("request");
        digest.text(method.as_str());
        digest.text(path);
        digest.headers(headers);
        match body {
            Some(body) => digest.json(body),
            None => digest.tag(b'-'),
        }
        Self::of(digest)
    }

    /// Of settings to be written.
    #[must_use]
    pub fn of_settings(settings: &Value) -> Self {
        let mut digest = Digest::new("settings");
        digest.json(settings);
        Self::of(digest)
    }

    /// Of what a line brings to what the run's request says.
    #[must_use]
    pub fn of_values(values: &Value) -> Self {
        let mut digest = Digest::new("values");
        digest.json(values);
        Self::of(digest)
    }

    /// Of what the caller knows the work by.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        let mut digest = Digest::new("key");
        digest.text(key);
        Self::of(digest)
    }

    /// Of a line that makes no request, for there is something wrong with it.
    #[must_use]
    pub fn of_line(line: &str) -> Self {
        let mut digest = Digest::new("line");
        digest.text(line.trim());
        Self::of(digest)
    }

    fn of(digest: Digest) -> Self {
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest.finish()[..16]);
        Self(hash)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for WorkHash {
    /// As a journal has it.
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// The SHA-256 of a JSON value, whatever the order of members and the spelling of numbers.
#[must_use]
pub fn hash_of_json(value: &Value) -> [u8; 32] {
    let mut digest = Digest::new("json");
    digest.json(value);
    digest.finish()
}

/// The SHA-256 of the value of a header.
#[must_use]
pub fn hash_of_header(value: &[u8]) -> [u8; 32] {
    let mut digest = Digest::new("header");
    digest.bytes(value);
    digest.finish()
}

/// A hash of parts, each with its kind and length: no two lists of parts give the same bytes.
struct Digest(Sha256);

impl Digest {
    /// `domain` keeps hashes of different things apart.
    fn new(domain: &str) -> Self {
        let mut digest = Self(Sha256::new());
        digest.text("exrun");
        digest.text(domain);
        digest
    }

    fn tag(&mut self, kind: u8) {
        self.0.update(&[kind]);
    }

    fn length(&mut self, length: usize) {
        self.0.update(&(length as u64).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn headers(&mut self, headers: &HeaderMap) {
        let mut sorted: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        sorted.sort_unstable();
        self.length(sorted.len());
        for (name, value) in sorted {
            self.text(name);
            self.bytes(value);
        }
    }

    /// By value: members in any order, `1` and `1.0` as one number. Texts count as they are.
    fn json(&mut self, value: &Value) {
        match value {
            Value::Null => self.tag(b'n'),
            Value::Bool(yes) => self.tag(if *yes { b't' } else { b'f' }),
            Value::Number(number) => {
                self.tag(b'#');
                self.text(&number_text(number));
            }
            Value::String(text) => {
                self.tag(b's');
                self.text(text);
            }
            Value::Array(items) => {
                self.tag(b'a');
                self.length(items.len());
                items.iter().for_each(|item| self.json(item));
            }
            Value::Object(members) => {
                self.tag(b'o');
                self.length(members.len());
                let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
                sorted.sort_unstable_by_key(|(name, _)| *name);
                for (name, value) in sorted {
                    self.text(name);
                    self.json(value);
                }
            }
        }
    }

    fn finish(self) -> [u8; 32] {
        self.0.finish()
    }
}

fn number_text(number: &Number) -> String {
    match number.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number within what an i64 holds")]
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => (float as i64).to_string(),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(path: &str, body: Option<&Value>) -> WorkHash {
        WorkHash::of_request(&Method::POST, path, &HeaderMap::new(), body)
    }

    #[test]
    fn the_same_request_is_known_however_it_is_written() {
        let text = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(
            of("x", Some(&text(r#"{"a":[1,{"b":2.0,"c":null}],"d":"é"}"#))),
            of("x", Some(&text(r#"{"d":"\u00e9", "a":[1.0, {"c":null, "b":2}]}"#)))
        );
        assert_eq!(hash_of_json(&text("-0.0")), hash_of_json(&text("0")));
    }

    #[test]
    fn whatever_differs_makes_another_request() {
        let headers = crate::graph::request::headers([("Prefer", "x")]).unwrap();
        let mut all = vec![
            of("x", None),
            of("y", None),
            of("x", Some(&Value::Null)),
            of("x", Some(&json!({}))),
            of("x", Some(&json!([]))),
            of("x", Some(&json!({"a": null}))),
            of("x", Some(&json!({"a": 1}))),
            of("x", Some(&json!({"a": "1"}))),
            of("x", Some(&json!({"a": 1.5}))),
            of("x", Some(&json!({"a": 9_007_199_254_740_993_u64}))),
            of("x", Some(&json!({"a": 9_007_199_254_740_992.0}))),
            of("x", Some(&json!({"a": true}))),
            of("x", Some(&json!({"a": [1, 2]}))),
            of("x", Some(&json!({"a": [2, 1]}))),
            of("x", Some(&json!({"a": [[1], 2]}))),
            of("x", Some(&json!({"a": {"b": 1}}))),
            of("x", Some(&json!({"a": {}, "b": 1}))),
            of("x", Some(&json!("a"))),
            WorkHash::of_request(&Method::PUT, "x", &HeaderMap::new(), None),
            WorkHash::of_request(&Method::POST, "x", &headers, None),
            WorkHash::of_settings(&json!({})),
            WorkHash::of_values(&json!({})),
            WorkHash::of_key("x"),
            WorkHash::of_key("X"),
            WorkHash::of_line("x"),
            WorkHash::OF_RUN,
        ];
        let number = all.len();
        all.sort_unstable_by_key(|hash| *hash.bytes());
        all.dedup();
        assert_eq!(all.len(), number);
    }

    /// Files hold them: another version must find what this one wrote.
    #[test]
    fn hashes_never_change() {
        let hash = of("messages", Some(&json!({"subject": "x", "n": [1, 1.5, null, true]})));
        let hex = crate::hex::lower(hash.bytes());
        // By a program of another language.
        assert_eq!(hex, "1d54d2061e4e3d680d6ecc381108317b");
    }
}
