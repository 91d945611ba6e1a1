//! A variable that a document names is one that the program reads, or belongs to somebody else.

use afterword::config::VARIABLES;

use super::pages;

/// Of other programs, of the tests, and what stands for something of the reader's own.
const OTHERS: [&str; 12] = [
    "AFTERWORD_PICTURE",
    "CASE_KILLS",
    "CUSTOMER_ID",
    "FIGURES_EVENTS",
    "HOOK_KILLS",
    "POSTGRES_PASSWORD",
    "SHOP_EVENTS",
    "STORIES_ON",
    "TELEGRAM_ID",
    "TEST_DATABASE_URL",
    "TEST_EVERYTHING",
    "YOUR_TELEGRAM_ID",
];

/// Words like `HTTP_ADDR` or `BRAND=`.
fn variables(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        let word = &rest[start..];
        let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        let is_upper = word.len() > 1
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if is_upper && (word.contains('_') || after.starts_with('=')) {
            found.push(word);
        }
        rest = after;
    }
    found
}

#[test]
fn every_variable_that_is_named_is_one_that_is_read() {
    let mut unknown = Vec::new();
    for page in pages() {
        let spans = page.spans();
        let code =
            spans.iter().map(String::as_str).chain(page.blocks.iter().map(|block| block.text.as_str()));
        for name in code.flat_map(variables) {
            if !VARIABLES.iter().any(|variable| variable.name == name) && !OTHERS.contains(&name) {
                unknown.push(format!("{}: {name}", page.path));
            }
        }
    }
    assert!(unknown.is_empty(), "variables that nobody reads:\n{}", unknown.join("\n"));
}

#[test]
fn a_variable_is_told_from_other_words() {
    assert_eq!(variables("PUBLIC_URL/telegram, BRAND=Your shop, JSON, UMask=0077"), ["PUBLIC_URL", "BRAND"]);
}
