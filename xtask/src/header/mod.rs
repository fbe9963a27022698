//! What follows from the sources of the C ABI and is written from them: `cargo xtask header`.
//!
//! A function is declared once, in `src/ffi`, a request once, in `src/ffi/requests`, a status once, in `src/status.rs`,
//! and a kind of event once, in `src/event/kind.rs`. From there come
//!
//! | what | in |
//! |---|---|
//! | the header | `include/exrun.h` |
//! | the lists of functions, statuses and events, and the members of requests | `docs/abi.md` |
//! | the table that the PowerShell module binds | `powershell/ExRun/Private/Native/Native.ps1` |
//! | the category of each error record | `powershell/ExRun/Private/Command/New-ErrorRecord.ps1` |
//! | the functions, the classes of errors and the types of requests of the Python package | `bindings/python/exrun` |

mod contract;
mod events;
mod functions;
mod members;
mod python;
mod statuses;

use anyhow::{Context, Result};

use crate::frozen::compare::Facts;
use crate::written::{self, Written, read};
use crate::{region, workspace};
pub(crate) use contract::VERSION;
use events::Event;
use functions::Function;
use statuses::Status;

/// After this line of the header come the numbers of failures.
const LAST_STATE: &str = "#define EXRUN_NEEDS_SIGNATURE 3\n";

/// Writes what has changed.
///
/// # Errors
///
/// When the sources do not parse or a file cannot be written.
pub(crate) fn write() -> Result<()> {
    written::write(texts()?)
}

/// Compares the files with what the sources give.
///
/// # Errors
///
/// When one differs; the message names the first line that does.
pub(crate) fn check() -> Result<()> {
    written::check(texts()?, "header")
}

/// What callers build on: see [`crate::frozen`].
///
/// # Errors
///
/// When the sources do not parse.
pub(crate) fn facts() -> Result<Facts> {
    let Declared { statuses, header, functions, events, requests } = Declared::read()?;
    contract::facts(&header, &functions, &statuses, &events, &requests)
}

/// What the sources declare.
struct Declared {
    statuses: Vec<Status>,
    header: String,
    functions: Vec<Function>,
    events: Vec<Event>,
    requests: members::Sources,
}

impl Declared {
    fn read() -> Result<Self> {
        let root = workspace::root();
        let statuses = statuses::read(&read(&root.join("src/status.rs"))?)?;
        let header = header(&statuses)?;
        let functions = functions::read(&header)?;
        let events = events::read(&read(&root.join("src").join("event").join("kind.rs"))?)?;
        let mut requests = members::Sources::default();
        requests.read(&root.join("src").join("ffi").join("requests"))?;
        requests.read_numbers(&root.join("src"))?;
        Ok(Self { statuses, header, functions, events, requests })
    }
}

/// Every file with the text that it is to have.
fn texts() -> Result<Vec<Written>> {
    let root = workspace::root();
    let Declared { statuses, header, functions, events, requests } = Declared::read()?;
    let mut guide = vec![
        ("functions".to_owned(), functions::guide(&functions)),
        ("statuses".to_owned(), statuses::guide(&statuses)),
        ("events".to_owned(), events::guide(&events)),
    ];
    guide.extend(requests.tables()?.into_iter().map(|(name, table)| (format!("members of {name}"), table)));

    let python = root.join("bindings").join("python").join("exrun");
    let private = root.join("powershell").join("ExRun").join("Private");
    let mut texts = vec![(root.join("include").join("exrun.h"), header)];
    for (path, regions) in [
        (root.join("docs").join("abi.md"), guide),
        (private.join("Native").join("Native.ps1"), vec![("functions".to_owned(), functions::powershell(&functions))]),
        (python.join("_abi.py"), vec![("abi".to_owned(), python::abi(&functions, &statuses))]),
        (python.join("errors.py"), vec![("errors".to_owned(), python::errors(&statuses)?)]),
        (python.join("requests.py"), vec![("requests".to_owned(), python::requests(&requests)?)]),
        (
            private.join("Command").join("New-ErrorRecord.ps1"),
            vec![("categories".to_owned(), statuses::powershell(&statuses))],
        ),
    ] {
        let mut text = read(&path)?;
        for (name, content) in regions {
            text = region::replace(&text, &name, &content).with_context(|| path.display().to_string())?;
        }
        texts.push((path, text));
    }
    Ok(texts)
}

fn header(statuses: &[Status]) -> Result<String> {
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
    let text = String::from_utf8(text).context("the generated header is not UTF-8")?;
    let (before, after) = text.split_once(LAST_STATE).context("src/ffi/status.rs has lost EXRUN_NEEDS_SIGNATURE")?;
    Ok(format!("{before}{LAST_STATE}{}{after}", statuses::header(statuses)))
}
