//! Which version of Graph's API a request goes to.

/// A version of Graph's API. What is in `beta` may change at any time ("Versioning, support, and breaking change
/// policies for Microsoft Graph").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiVersion {
    /// `v1.0`.
    #[default]
    V1,
    /// `beta`.
    Beta,
}

impl ApiVersion {
    /// As it stands in URLs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}
