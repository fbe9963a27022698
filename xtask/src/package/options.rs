//! What a person says behind `cargo xtask package`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub(super) const HELP: &str = "\
cargo xtask package [OPTION ...]

  Without --natives the library for this system is built first, with all optimisations, into dist/natives.

  --target x86_64-pc-windows-gnu
                    build the library for Windows instead of that for this system
  --natives FOLDER  build nothing: take the libraries that lie in FOLDER/<rid>, as `cargo xtask natives` lays them there
  --any-glibc       with --natives: for a trial, libraries that need a newer glibc than 2.28 too
  --sign COMMAND    sign each script and each DLL before packing: COMMAND FILE, or with {} where FILE is to stand
  --project URL     the address of the repository, which the manifest names; else that of `repository` in Cargo.toml
  --output FOLDER   instead of dist
  --stored          pack without compression, for a trial
";

/// What was said.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) target: Option<String>,
    pub(super) natives: Option<PathBuf>,
    pub(super) is_any_glibc: bool,
    pub(super) sign: Option<String>,
    pub(super) project: Option<String>,
    pub(super) output: Option<PathBuf>,
    pub(super) is_stored: bool,
}

impl Options {
    /// # Errors
    ///
    /// When something is not understood.
    pub(super) fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(option) = arguments.next() {
            let mut value =
                || arguments.next().map(|value| (*value).to_owned()).with_context(|| format!("{option} needs a value"));
            match *option {
                "--target" => options.target = Some(value()?),
                "--natives" => options.natives = Some(value()?.into()),
                "--any-glibc" => options.is_any_glibc = true,
                "--sign" => options.sign = Some(value()?),
                "--project" => options.project = Some(value()?.trim_end_matches('/').to_owned()),
                "--output" => options.output = Some(value()?.into()),
                "--stored" => options.is_stored = true,
                other => bail!("unknown option {other}\n\n{HELP}"),
            }
        }
        if options.target.is_some() && options.natives.is_some() {
            bail!("--target builds a library, and --natives takes those that were built");
        }
        Ok(options)
    }
}
