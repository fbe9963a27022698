//! An emulator that serves while a value of this type lives.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

/// The tenant and the application of the emulator, those of the post that the module is a drop-in for.
pub(crate) const TENANT: &str = "1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4";
/// See [`TENANT`].
pub(crate) const APP: &str = "084adbb3-f70c-498f-97a3-464e1f444d9a";

/// A running emulator.
pub(crate) struct Serving {
    child: Child,
    /// What leads the library to it.
    pub(crate) environment: Vec<(String, String)>,
}

impl Serving {
    /// Starts one and waits until it serves.
    ///
    /// # Errors
    ///
    /// When it ends before it serves.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().context("starting the emulator")?;
        let lines = BufReader::new(child.stdout.take().context("the emulator has no output")?).lines();
        let mut environment = Vec::new();
        for line in lines {
            let line = line.context("reading what the emulator says")?;
            if let Some((name, value)) = line.trim().split_once('=').filter(|(name, _)| name.starts_with("EXRUN_")) {
                environment.push((name.to_owned(), value.to_owned()));
            }
            if environment.len() == 2 {
                return Ok(Self { child, environment });
            }
        }
        bail!("the emulator ended before it served")
    }

    /// Where it listens: `127.0.0.1:port`.
    pub(crate) fn address(&self) -> &str {
        self.variable("EXRUN_CONNECT_TO")
    }

    /// The certificate that its own is signed with.
    pub(crate) fn ca_file(&self) -> &str {
        self.variable("EXRUN_CA_FILE")
    }

    fn variable(&self, wanted: &str) -> &str {
        self.environment.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The addresses of mailboxes, one a line.
///
/// # Errors
///
/// When the emulator cannot be asked.
pub(crate) fn mailboxes(program: &Path, count: u64) -> Result<Vec<u8>> {
    let output = Command::new(program)
        .args(["mailboxes", "--count", &count.to_string()])
        .output()
        .context("asking the emulator for its mailboxes")?;
    if !output.status.success() {
        bail!("asking the emulator for its mailboxes: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// An application manifest as the portal gives it, with the content of a key file in place of the `[]`.
pub(crate) fn manifest(key_file: &str) -> String {
    manifest_without_key().replace("\"keyCredentials\": []", &format!("\"keyCredentials\": {}", key_file.trim()))
}

/// An application manifest as the portal gives it.
pub(crate) fn manifest_without_key() -> String {
    format!(
        "{{\n  \"appId\": \"{APP}\",\n  \"displayName\": \"Mailbox report\",\n  \"keyCredentials\": [],\n  \
         \"signInAudience\": \"AzureADMyOrg\"\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_key_replaces_the_brackets() {
        let manifest = super::manifest("[{\"type\":\"AsymmetricX509Cert\"}]\n");
        assert!(manifest.contains("\"keyCredentials\": [{\"type\":\"AsymmetricX509Cert\"}],\n"), "{manifest}");
    }
}
