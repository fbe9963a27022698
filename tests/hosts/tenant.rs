//! A tenant, and what a report of it needs on whatever host.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use exrun::client::{AssertionRequest, Client, ClientOptions, Context};
use exrun_emulator::{Config, Emulator};

use crate::{built, support};

pub(crate) const MAILBOXES: u64 = 300;
/// The day of the nightly report.
pub(crate) const DAY: &str = "2026-11-26";

pub(crate) struct Tenant {
    pub(crate) emulator: Emulator,
    options: ClientOptions,
    folder: tempfile::TempDir,
}

impl Tenant {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let config = Config { mailboxes: MAILBOXES, broken_percent: 2.0, ..Config::default() };
        let (emulator, certificate, options) = support::start(config);
        let folder = tempfile::tempdir()?;
        std::fs::copy(&certificate.pfx, folder.path().join("app.pfx"))?;
        let population = emulator.population();
        let list: String = (0..MAILBOXES).map(|index| population.upn(index) + "\n").collect();
        std::fs::write(folder.path().join("mailboxes.txt"), list)?;
        std::fs::create_dir(folder.path().join("reports"))?;
        Ok(Self { emulator, options, folder })
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the token by which a cluster vouches for a run: an assertion of the app's, for which the emulator takes it too.
    pub(crate) fn write_federated_token(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        // That of a certificate here, which the run itself does not get.
        let certificate = exrun::client::Credential::CertificateFile { path: self.file("app.pfx"), password: None };
        let client = Client::new(ClientOptions { credential: Some(certificate), ..self.options.clone() })?;
        let made = support::block_on(async move {
            client.assertion_create(AssertionRequest::default(), &Context::default()).await
        })?;
        std::fs::write(path, made.assertion.text().ok_or("an assertion is text")?)?;
        Ok(())
    }

    /// What leads a program to this tenant.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        [
            ("EXRUN_CONNECT_TO", self.emulator.addr().to_string()),
            ("EXRUN_CA_FILE", self.emulator.ca_file().display().to_string()),
            ("EXRUN_LIBRARY", built::library().display().to_string()),
        ]
    }

    /// What follows the nightly report's script.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let certificate = self.file("app.pfx").display().to_string();
        let reports = self.file("reports").display().to_string();
        let named = ["-TenantId", "contoso.com", "-ClientId", exrun_emulator::application::DEFAULT_APP_ID];
        let files = ["-CertificatePath", &certificate, "-Folder", &reports, "-Day", DAY];
        named.iter().chain(&files).map(|&word| word.to_owned()).collect()
    }

    /// Runs a nightly report to its end, and sees that it holds the tenant: a row for each mailbox, and a list of those that
    /// could not be read, which is what status 2 says.
    pub(crate) fn night(&self, command: &mut Command) {
        let output = command.output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{command:?}\n{said}");
        assert_eq!(first_cells(&self.file(&format!("reports/report-{DAY}.csv"))).len() as u64, MAILBOXES);
        let population = self.emulator.population();
        let broken: BTreeSet<String> = (0..MAILBOXES)
            .filter(|index| population.broken(*index).is_some())
            .map(|index| population.upn(index))
            .collect();
        let listed: BTreeSet<String> =
            first_cells(&self.file(&format!("reports/failed-{DAY}.csv"))).into_iter().collect();
        assert!(!broken.is_empty());
        assert_eq!(listed, broken);
    }
}

/// The first cell of each row of a CSV file without its header.
pub(crate) fn first_cells(path: &Path) -> Vec<String> {
    let rows = csv::Reader::from_path(path).unwrap().into_records();
    rows.map(|row| row.unwrap()[0].to_owned()).collect()
}
