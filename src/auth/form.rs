//! The form that a token endpoint is sent (RFC 6749, 4).

use bytes::Bytes;
use zeroize::Zeroizing;

/// Names and values of a form. Values may be secrets: they are wiped with the form, and with what it was encoded to.
#[derive(Default)]
pub struct Form(Vec<(&'static str, Zeroizing<String>)>);

impl Form {
    /// Adds a field.
    pub fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((name, Zeroizing::new(value.into())));
    }

    /// As `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        // As long as it can get, so that it is not moved, which would leave a copy behind.
        let most = self.0.iter().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
        let mut text = url::form_urlencoded::Serializer::new(String::with_capacity(most));
        text.extend_pairs(self.0.iter().map(|(name, value)| (name, value.as_str())));
        Bytes::from_owner(Zeroizing::new(text.finish().into_bytes()))
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_not_shown() {
        let mut form = Form::default();
        form.add("client_secret", "a b&c=ü");
        form.add("scope", "x/.default");
        assert_eq!(&form.encode()[..], b"client_secret=a+b%26c%3D%C3%BC&scope=x%2F.default");
        assert_eq!(format!("{form:?}"), r#"["client_secret", "scope"]"#);
    }
}
