//! Kinds of values that members hold.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Number;

use super::super::secret::SECRETS;
use crate::client;
use crate::pasted;
use crate::secret::Secret;
use crate::signature::Algorithm;

/// A day: longer than any request, retry or pause should take.
pub(in crate::ffi) const DAY_MS: i64 = 86_400_000;

/// A name, an id or a URL: text that is not blank, without blanks and marks around it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::ffi) struct Text(pub(in crate::ffi) String);

impl TryFrom<String> for Text {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match pasted::trimmed(&text) {
            "" => Err("must not be blank"),
            trimmed => Ok(Text(trimmed.to_owned())),
        }
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// A path. A file that no system can have is found out here: the place of a run's rows is needed at its end.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::ffi) struct FilePath(pub(in crate::ffi) PathBuf);

impl TryFrom<String> for FilePath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match pasted::path(&text) {
            blank if blank.trim().is_empty() => Err("must not be blank"),
            wrong if wrong.contains('\0') => Err("must not hold a NUL"),
            path => Ok(FilePath(path.into())),
        }
    }
}

impl From<FilePath> for PathBuf {
    fn from(path: FilePath) -> Self {
        path.0
    }
}

/// A version of Microsoft Graph's API.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(in crate::ffi) enum ApiVersion {
    #[default]
    #[serde(rename = "v1.0")]
    V1,
    #[serde(rename = "beta")]
    Beta,
}

impl From<ApiVersion> for client::ApiVersion {
    fn from(version: ApiVersion) -> Self {
        match version {
            ApiVersion::V1 => Self::V1,
            ApiVersion::Beta => Self::Beta,
        }
    }
}

/// What [`SecretHandle`] is called where its handle is looked up.
pub(super) const SECRET: &str = "SecretHandle";

/// The secret whose handle the member holds.
#[derive(Debug)]
pub(in crate::ffi) struct SecretHandle(pub(in crate::ffi) Secret);

impl<'de> Deserialize<'de> for SecretHandle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Handle;
        impl<'de> Visitor<'de> for Handle {
            type Value = SecretHandle;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the handle of a secret")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<SecretHandle, D::Error> {
                let handle = i64::deserialize(deserializer)?;
                SECRETS.get(handle).map(SecretHandle).map_err(|fault| D::Error::custom(format_args!(": {fault}")))
            }
        }
        deserializer.deserialize_newtype_struct(SECRET, Handle)
    }
}

impl From<SecretHandle> for Secret {
    fn from(handle: SecretHandle) -> Self {
        handle.0
    }
}

/// A whole number from `LOW` to `HIGH`.
#[derive(Clone, Copy, Debug)]
pub(in crate::ffi) struct Whole<T, const LOW: i64, const HIGH: i64>(pub(in crate::ffi) T);

impl<'de, T: TryFrom<i64>, const LOW: i64, const HIGH: i64> Deserialize<'de> for Whole<T, LOW, HIGH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Range<T, const LOW: i64, const HIGH: i64>(PhantomData<T>);
        impl<T, const LOW: i64, const HIGH: i64> Range<T, LOW, HIGH> {
            fn outside<E: Error>(number: impl fmt::Display) -> E {
                E::custom(format_args!("is {number}; it must be {LOW} to {HIGH}"))
            }
        }
        impl<T: TryFrom<i64>, const LOW: i64, const HIGH: i64> Visitor<'_> for Range<T, LOW, HIGH> {
            type Value = Whole<T, LOW, HIGH>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                match T::try_from(number) {
                    Ok(value) if (LOW..=HIGH).contains(&number) => Ok(Whole(value)),
                    _ => Err(Self::outside(number)),
                }
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Err(Self::outside(number))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                // As JSON writes it: 1e300, not a one with 300 zeros.
                Err(Number::from_f64(number).map_or_else(|| Self::outside(number), Self::outside))
            }
        }
        deserializer.deserialize_i64(Range(PhantomData))
    }
}

impl<const LOW: i64, const HIGH: i64> From<Whole<u64, LOW, HIGH>> for Duration {
    fn from(milliseconds: Whole<u64, LOW, HIGH>) -> Self {
        Duration::from_millis(milliseconds.0)
    }
}

/// An object whose members have names of the caller's and hold texts, in its order.
#[derive(Debug, Default)]
pub(in crate::ffi) struct Texts(pub(in crate::ffi) Vec<(String, String)>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(pair) = members.next_entry()? {
                    texts.push(pair);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// Bytes, as base64.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Text")]
pub(in crate::ffi) struct Der(pub(in crate::ffi) Vec<u8>);

impl TryFrom<Text> for Der {
    type Error = &'static str;

    fn try_from(text: Text) -> Result<Self, Self::Error> {
        STANDARD.decode(text.0).map(Der).map_err(|_| "must be base64 of the certificate's DER")
    }
}

/// A SHA-256 digest, as base64.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Text")]
pub(in crate::ffi) struct Digest(pub(in crate::ffi) [u8; 32]);

impl TryFrom<Text> for Digest {
    type Error = &'static str;

    fn try_from(text: Text) -> Result<Self, Self::Error> {
        let bytes = STANDARD.decode(text.0).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Digest).ok_or("must be base64 of the 32 bytes of a SHA-256 digest")
    }
}

/// What a text stands for that has a grammar of its own.
pub(super) fn parsed<T: FromStr>(text: Option<Text>) -> Result<Option<T>, T::Err> {
    text.map(|text| text.0.parse()).transpose()
}

/// How an assertion or a digest is signed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(in crate::ffi) enum SignatureAlgorithm {
    #[default]
    #[serde(rename = "PS256")]
    Ps256,
    #[serde(rename = "RS256")]
    Rs256,
}

impl From<SignatureAlgorithm> for Algorithm {
    fn from(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::Ps256 => Algorithm::Ps256,
            SignatureAlgorithm::Rs256 => Algorithm::Rs256,
        }
    }
}
