//! `.env.example` and the program's inventory of variables say the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use afterword::config::{Config, VARIABLES, Variable};

const EXAMPLE: &str = include_str!("../../.env.example");

/// `NAME=value` lines, commented out or not. A value with spaces is quoted.
fn assignments() -> Vec<(String, String)> {
    let lines = EXAMPLE.lines().map(|line| line.trim_start_matches("# "));
    lines
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}

#[test]
fn the_example_lists_every_variable_and_no_other() {
    let listed: BTreeSet<String> = assignments().into_iter().map(|(name, _)| name).collect();
    let known: BTreeSet<String> = VARIABLES.iter().map(|variable| variable.name.to_owned()).collect();
    assert_eq!(listed, known);
}

#[test]
fn the_example_tells_every_default() {
    for variable in VARIABLES.iter().filter(|variable| !variable.default.is_empty()) {
        let told = format!("Default: {}", variable.default);
        assert!(EXAMPLE.contains(&told), "{}: '{told}' is not in .env.example", variable.name);
    }
}

/// Everything that is printed for people to copy from.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".env.example"];
    let mut files = top.map(|name| root.join(name)).to_vec();
    for folder in ["deploy", "docs"] {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// What stands behind `NAME=` in a text, to the end of the word.
fn printed<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let end = |c: char| c.is_whitespace() || "`,;\"'".contains(c);
    let sought = format!("{name}=");
    let places = text.match_indices(&sought).map(|(at, found)| &text[at + found.len()..]);
    places.map(|rest| rest.split(end).next().unwrap_or_default()).collect()
}

/// The secret of a value, if there is any in it.
fn is_secret(variable: &Variable, value: &str) -> bool {
    let stands_for_one = value.is_empty() || value.starts_with(['…', '$']);
    let is_address = ["DATABASE_URL", "HTTPS_PROXY"].contains(&variable.name);
    !stands_for_one && (!is_address || value.contains('@'))
}

#[test]
fn no_secret_that_is_printed_anywhere_would_be_taken() {
    let variables = VARIABLES.iter().filter(|variable| variable.secret || variable.name == "DATABASE_URL");
    for variable in variables {
        for (path, text) in pages() {
            for value in printed(&text, variable.name).into_iter().filter(|value| is_secret(variable, value))
            {
                let taken = Config::from_lookup(|name| (name == variable.name).then(|| value.to_owned()));
                assert!(taken.is_err(), "{}: {}={value}", path.display(), variable.name);
            }
        }
    }
}

#[test]
fn every_example_is_a_value_the_program_takes() {
    let examples = assignments();
    let config = Config::from_lookup(|name| {
        let (_, value) = examples.iter().find(|(known, _)| known == name)?;
        // No secret is printed; everybody makes their own.
        Some(if value.is_empty() && name == "WEBHOOK_SECRET" {
            "5d1f0a7c93be4286".to_owned()
        } else {
            value.clone()
        })
    });
    assert!(config.is_ok(), "{}", config.unwrap_err());
}
