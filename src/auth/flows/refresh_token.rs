//! The refresh token grant: a new access token for a person who signed in before (RFC 6749, 6).

use super::app::Grant;
use crate::auth::form::Form;
use crate::pasted;
use crate::secret::Secret;

pub(super) struct RefreshTokenGrant<'a> {
    pub(super) refresh_token: &'a Secret,
    pub(super) scope: &'a str,
}

impl Grant for RefreshTokenGrant<'_> {
    fn fill(&self, form: &mut Form) {
        form.add("grant_type", "refresh_token");
        // What is no text can be no refresh token; the endpoint says so.
        form.add("refresh_token", pasted::token(self.refresh_token.text().unwrap_or_default()).as_str());
        form.add("scope", self.scope);
    }
}
