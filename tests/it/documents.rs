//! What the documents say about the sources.

use std::path::Path;

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let has = |file: &String| {
        std::fs::read_to_string(root.join(file)).is_ok_and(|source| source.contains(&format!("fn {name}(")))
    };
    files(module).iter().any(has)
}

#[test]
fn every_threat_names_tests_that_are_there() {
    let text = include_str!("../../SECURITY.md");
    let (_, threats) = text.split_once("## Threats").unwrap();
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
