//! The floors of the house: `use crate::…` points down only.

use std::fs;
use std::path::{Path, PathBuf};

/// From the top; what stands on one line may not use each other, but for the last line, which may.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["app"],
    &["demo"],
    &["sandbox"],
    &["bot", "api", "web"],
    &["jobs"],
    &["telegram"],
    &["service"],
    &["view"],
    &["store"],
    &["i18n", "config", "telemetry", "domain", "files", "clock", "entropy"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules that a source names behind `crate::`, with their lines; comments and strings do not count.
fn uses(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices("crate::") {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &code[at + "crate::".len()..];
            let names = rest.strip_prefix('{').map_or(rest, |group| group.split('}').next().unwrap_or(group));
            let grouped = rest.starts_with('{');
            for name in names.split(',').take(if grouped { usize::MAX } else { 1 }) {
                let name: String =
                    name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((number + 1, name));
            }
        }
    }
    found
}

#[test]
fn no_module_uses_one_of_a_higher_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut arrows_up = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap().to_owned();
        let module = relative.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let own = floor(&module).unwrap_or_else(|| panic!("{module} stands on no floor: add it to FLOORS"));
        for (line, used) in uses(&fs::read_to_string(&file).unwrap()) {
            let Some(other) = floor(&used) else { continue };
            let same_line_may = own == FLOORS.len() - 1 || used == module;
            if other < own || (other == own && !same_line_may) {
                arrows_up.push(format!("{}:{line}: {module} uses {used}", relative.display()));
            }
        }
    }
    assert!(arrows_up.is_empty(), "arrows up:\n{}", arrows_up.join("\n"));
}

#[test]
fn an_arrow_is_seen_in_every_form_of_use() {
    let source = "use crate::store::{self, Tx};\nlet x = crate::api::queue();\n// crate::cli\nuse crate::{bot, jobs::tick};\n";
    let seen: Vec<String> = uses(source).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(seen, ["1 store", "2 api", "4 bot", "4 jobs"]);
}
