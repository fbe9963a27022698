//! `include/exrun.h`, made from the sources by cbindgen.

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Writes the header.
///
/// # Errors
///
/// When the sources do not parse or the file cannot be written.
pub(crate) fn write() -> Result<()> {
    let path = workspace::root().join("include").join("exrun.h");
    let text = generate()?;
    if std::fs::read(&path).is_ok_and(|present| present == text) {
        println!("{} is up to date", path.display());
        return Ok(());
    }
    std::fs::create_dir_all(workspace::root().join("include")).context("making the directory include")?;
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Compares the header with what the sources give.
///
/// # Errors
///
/// When they differ; the message names the first line that does.
pub(crate) fn check() -> Result<()> {
    let path = workspace::root().join("include").join("exrun.h");
    let generated = String::from_utf8(generate()?).context("the generated header is not UTF-8")?;
    let present = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    // A checkout on Windows may have turned the ends of lines.
    if generated.lines().eq(present.lines()) {
        println!("{} is up to date", path.display());
        return Ok(());
    }
    let same = generated.lines().zip(present.lines()).take_while(|(new, old)| new == old).count();
    bail!(
        "{} differs from the sources at line {}: run `cargo xtask header` and commit it\n  sources: {}\n  header:  {}",
        path.display(),
        same + 1,
        generated.lines().nth(same).unwrap_or("(ends here)"),
        present.lines().nth(same).unwrap_or("(ends here)"),
    )
}

fn generate() -> Result<Vec<u8>> {
    let root = workspace::root();
    let file = root.join("cbindgen.toml");
    let config = cbindgen::Config::from_file(&file)
        .map_err(|error| anyhow::anyhow!(error))
        .with_context(|| format!("reading {}", file.display()))?;
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        // The C ABI and what it names; constants of other modules are none of a C caller's business.
        .with_src(root.join("src").join("ffi").join("mod.rs"))
        .generate()
        .context("reading src/ffi")?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    Ok(text)
}
