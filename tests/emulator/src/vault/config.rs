//! What the vaults hold and allow.

/// What the vaults hold and allow. Every vault of the tenant, whatever its name, holds the same.
#[derive(Clone, Debug)]
pub struct VaultConfig {
    /// How many secrets there are beside the named ones; made from their index.
    pub secrets: u64,
    /// What the application may do, as an access policy says it: `secrets/get`, `keys/sign` and so on.
    pub permissions: Vec<String>,
    /// Whether the application trusts the vault's certificates, new versions included.
    pub registered: bool,
    /// Refuses signatures of PSS, as a key does whose hardware knows only PKCS#1 v1.5.
    pub refuse_pss: bool,
    /// Most requests of a vault in ten seconds; Key Vault allows 4,000.
    pub most_requests: u64,
}

impl VaultConfig {
    /// Everything that this emulator serves.
    pub const ALL_PERMISSIONS: [&str; 9] = [
        "secrets/get",
        "secrets/set",
        "secrets/list",
        "certificates/get",
        "certificates/list",
        "keys/get",
        "keys/list",
        "keys/sign",
        "keys/verify",
    ];
}

impl Default for VaultConfig {
    fn default() -> Self {
        Self {
            secrets: 60,
            permissions: Self::ALL_PERMISSIONS.map(str::to_owned).into(),
            registered: true,
            refuse_pss: false,
            most_requests: 4000,
        }
    }
}
