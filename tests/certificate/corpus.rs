//! What other tools make of one certificate and its key, in the variety of `corpus.py`.

use serde_json::Value;

use super::*;

/// As many as a good reader opens of a public collection of such files.
const LEAST_OPENED: usize = 127;

/// The files, made anew; `None`, said loudly, where Python or its `cryptography` is missing.
fn corpus(folder: &Path) -> Option<Value> {
    let python = programs::python_with("cryptography")?;
    let made = Command::new(python).args(["-Wignore", "-B"]).arg(path("corpus.py")).arg(folder).output();
    let made = made.expect("it ran before");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let manifest = std::fs::read(folder.join("manifest.json")).expect("the script wrote it");
    Some(serde_json::from_slice(&manifest).expect("JSON"))
}

#[test]
fn files_of_every_tool_open_or_say_truly_why_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(manifest) = corpus(folder.path()) else { return };
    for left_out in manifest["leftOut"].as_array().expect("a list") {
        eprintln!("LEFT OUT: {left_out}");
        // A program, and not an option that its version lacks.
        let is_program = left_out.as_str().is_some_and(|text| !text.contains(' '));
        assert!(!(is_program && programs::are_required()), "{left_out} is not installed");
    }
    let (mut opened, mut wrong) = (0, Vec::new());
    for file in manifest["files"].as_array().expect("a list") {
        let name = file["file"].as_str().expect("a name");
        let password = file["password"].as_str().map(secret);
        let expected = file["expected"].as_str().expect("what is expected");
        let said = match read_file(&folder.path().join(name), password.as_ref()) {
            Ok(pair) if pair.certificate() == &leaf() => "opens".to_owned(),
            Ok(pair) => format!("opens as {}", pair.certificate().subject()),
            Err(error) => format!("{:?}: {error}", error.status()),
        };
        if said == "opens" {
            opened += 1;
        }
        if said.split(':').next() != Some(expected) {
            wrong.push(format!("{name}: {said}"));
        }
        // Another password is said to be wrong only where it was tried.
        let other = read_file(&folder.path().join(name), Some(&secret("marked another")));
        let says_wrong = other.as_ref().is_err_and(|error| error.status() == Status::CertificatePassword);
        if says_wrong && expected == "CertificateUnreadable" && file["tells"] == false {
            wrong.push(format!("{name}: {}", other.expect_err("it was refused")));
        }
    }
    assert!(wrong.is_empty(), "{} of the files:\n{}", wrong.len(), wrong.join("\n"));
    let has_openssl = !manifest["leftOut"].as_array().is_some_and(|list| list.contains(&"openssl".into()));
    assert!(!has_openssl || opened >= LEAST_OPENED, "{opened} opened");
}
