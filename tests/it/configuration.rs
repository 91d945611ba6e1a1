//! `.env.example` and the program's inventory of variables say the same.

use std::collections::BTreeSet;

use afterword::config::{Config, VARIABLES};

const EXAMPLE: &str = include_str!("../../.env.example");

/// `NAME=value` lines, commented out or not.
fn assignments() -> Vec<(String, String)> {
    let lines = EXAMPLE.lines().map(|line| line.trim_start_matches("# "));
    lines
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
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

#[test]
fn every_example_is_a_value_the_program_takes() {
    let examples = assignments();
    let config = Config::from_lookup(|name| {
        examples.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    });
    assert!(config.is_ok(), "{}", config.unwrap_err());
}
