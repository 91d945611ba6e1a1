//! Tests and files that the documents name are there.

use super::{Page, root};

/// The files that a module's path may mean: `stories::floods` is tests/it/stories/floods.rs, `a::b::tests` also stands in
/// src/a/b.rs.
fn files(module: &str) -> Vec<String> {
    let mut files = Vec::new();
    let inner = module.strip_suffix("::tests");
    for module in [Some(module), inner].into_iter().flatten() {
        let path = module.replace("::", "/");
        for root in ["src", "tests/it"] {
            files.extend([format!("{root}/{path}.rs"), format!("{root}/{path}/mod.rs")]);
        }
    }
    files
}

fn is_there(test: &str) -> bool {
    let Some((module, name)) = test.rsplit_once("::") else { return false };
    let has = |file: &String| {
        std::fs::read_to_string(root().join(file)).is_ok_and(|source| source.contains(&format!("fn {name}(")))
    };
    files(module).iter().any(has)
}

#[test]
fn every_threat_names_tests_that_are_there() {
    let page = Page::read("SECURITY.md");
    let (_, threats) = page.prose.split_once("## Threats").unwrap();
    for threat in threats.split("\n### ").skip(1) {
        let name = threat.lines().next().unwrap();
        let quoted = threat.split('`').skip(1).step_by(2);
        let tests: Vec<&str> =
            quoted.filter(|quoted| quoted.contains("::") && !quoted.contains(' ')).collect();
        assert!(!tests.is_empty(), "'{name}' names no test");
        let missing: Vec<&str> = tests.into_iter().filter(|test| !is_there(test)).collect();
        assert!(missing.is_empty(), "'{name}' names tests that are not there: {missing:?}");
    }
}

/// The name of a test is a sentence, that of a function is not.
fn is_test(span: &str) -> bool {
    span.rsplit_once("::").is_some_and(|(_, name)| name.matches('_').count() >= 3)
}

#[test]
fn every_recipe_names_tests_that_are_there() {
    let spans = Page::read("CONTRIBUTING.md").spans();
    let tests: Vec<&String> = spans.iter().filter(|span| is_test(span)).collect();
    assert!(tests.len() > 20, "{tests:?}");
    let missing: Vec<&&String> = tests.iter().filter(|test| !is_there(test)).collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md names tests that are not there: {missing:?}");
}

#[test]
fn every_file_that_is_named_is_there() {
    let mut missing = Vec::new();
    for page in super::pages() {
        let spans = page.spans().into_iter();
        let is_path = |span: &String| {
            let top =
                ["src/", "tests/", "docs/", "deploy/", "locales/", "migrations/", "benches/", "examples/"];
            top.iter().any(|top| span.starts_with(top)) && !span.contains(['{', '*', ' '])
        };
        let gone = spans.filter(is_path).filter(|span| !root().join(span).exists());
        // What a version before had is told there.
        let gone = gone.filter(|_| page.path != "CHANGELOG.md");
        missing.extend(gone.map(|span| format!("{}: {span}", page.path)));
    }
    assert!(missing.is_empty(), "files that are not there:\n{}", missing.join("\n"));
}
