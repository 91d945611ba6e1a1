//! The layers of the program: `use crate::…` points down only, and the modules of a folder form no cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the top. Modules on one line may not use each other, except on the last line.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["app"],
    &["demo"],
    &["sandbox"],
    &["bot", "api", "pages"],
    &["web"],
    &["jobs"],
    &["telegram", "outbound"],
    &["service"],
    &["view"],
    &["store"],
    &["i18n", "config", "telemetry", "domain", "files", "clock", "entropy", "aside"],
];

/// Folders whose modules form no cycle. A module is a file or a folder directly in it; what the folder's own `mod.rs`
/// defines belongs to none.
const FOLDERS: &[&str] = &[
    "api",
    "bot",
    "demo",
    "domain",
    "domain/script",
    "domain/stats",
    "jobs",
    "outbound",
    "pages",
    "sandbox",
    "service",
    "store",
    "telegram",
    "view",
    "web",
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
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

/// A name or a sign, and its line.
type Token<'s> = (usize, &'s str);

/// The names of a source and the signs that join them; comments do not count.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let mut code = line.split("//").next().unwrap_or_default();
        while let Some(first) = code.chars().next() {
            let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            let length = match first {
                c if is_name(c) => code.find(|c| !is_name(c)).unwrap_or(code.len()),
                ':' if code.starts_with("::") => 2,
                c => c.len_utf8(),
            };
            let (token, rest) = code.split_at(length);
            if !token.trim().is_empty() {
                found.push((number + 1, token));
            }
            code = rest;
        }
    }
    found
}

/// A path as it is written, `crate` or `super` first, and its line.
type Named<'s> = (usize, Vec<&'s str>);

/// Every path of a source that begins with `crate` or `super`; one for each name of a group.
fn paths(source: &str) -> Vec<Named<'_>> {
    let tokens = tokens(source);
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((_, token)) = tokens.get(at) {
        let is_inside = at > 0 && tokens[at - 1].1 == "::";
        if matches!(*token, "crate" | "super") && !is_inside {
            read(&tokens, &mut at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

fn read<'s>(tokens: &[Token<'s>], at: &mut usize, before: &[&'s str], found: &mut Vec<Named<'s>>) {
    let mut names = before.to_vec();
    while let Some((line, token)) = tokens.get(*at) {
        *at += 1;
        if *token == "{" {
            while tokens.get(*at).is_some_and(|(_, token)| *token != "}") {
                read(tokens, at, &names, found);
                while tokens.get(*at).is_some_and(|(_, token)| !matches!(*token, "," | "}")) {
                    *at += 1;
                }
                *at += usize::from(tokens.get(*at).is_some_and(|(_, token)| *token == ","));
            }
            *at += 1;
            return;
        }
        names.push(token);
        if tokens.get(*at).is_none_or(|(_, token)| *token != "::") {
            found.push((*line, names));
            return;
        }
        *at += 1;
    }
}

#[test]
fn no_module_uses_a_higher_layer() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut upward = Vec::new();
    for file in files {
        let relative = file.strip_prefix(root()).unwrap().to_owned();
        let module = relative.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let own = layer(&module).unwrap_or_else(|| panic!("{module} is in no layer: add it to LAYERS"));
        for (line, names) in paths(&fs::read_to_string(&file).unwrap()) {
            let ["crate", used, ..] = names[..] else { continue };
            let Some(other) = layer(used) else { continue };
            let same_line_may = own == LAYERS.len() - 1 || used == module;
            if other < own || (other == own && !same_line_may) {
                upward.push(format!("{}:{line}: {module} uses {used}", relative.display()));
            }
        }
    }
    assert!(upward.is_empty(), "a lower layer uses a higher one:\n{}", upward.join("\n"));
}

/// The module path of a file: `service/answers/mod.rs` is `service`, `answers`.
fn module_of(file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(root()).unwrap().with_extension("");
    let mut names: Vec<String> = relative.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    names.pop_if(|name| name == "mod");
    names
}

/// A path that is written in `module`, resolved from `src` on.
fn resolved<'n>(module: &'n [String], names: &[&'n str]) -> Vec<&'n str> {
    let ups = names.iter().take_while(|name| **name == "super").count();
    let base = if ups > 0 { &module[..module.len().saturating_sub(ups)] } else { &[] };
    let rest = names.iter().skip(ups.max(1)).copied();
    base.iter().map(String::as_str).chain(rest).collect()
}

/// Which module uses which, with a place where it does. Tests at the end of a file may use anything.
fn dependencies(folder: &str) -> BTreeMap<(String, String), String> {
    let path: Vec<&str> = folder.split('/').collect();
    let mut files = Vec::new();
    sources(&root().join(folder), &mut files);
    let paths_of_files: Vec<Vec<String>> = files.iter().map(|file| module_of(file)).collect();
    let modules: BTreeSet<&str> =
        paths_of_files.iter().filter_map(|names| names.get(path.len())).map(String::as_str).collect();
    let exported = exported(folder);
    let mut dependencies = BTreeMap::new();
    for (file, inside) in files.iter().zip(&paths_of_files) {
        let Some(own) = inside.get(path.len()) else { continue };
        if inside.iter().any(|name| name == "tests") {
            continue;
        }
        let source = fs::read_to_string(file).unwrap();
        let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
        for (line, names) in paths(source) {
            let resolved = resolved(inside, &names);
            let Some([name, ..]) = resolved.strip_prefix(&path[..]) else { continue };
            let exported = exported.get(*name).filter(|module| modules.contains(module.as_str()));
            let used =
                if modules.contains(name) { name } else { exported.map_or(own.as_str(), String::as_str) };
            if used != own {
                let place = format!("{}:{line}", file.strip_prefix(root()).unwrap().display());
                dependencies.entry((own.clone(), used.to_owned())).or_insert(place);
            }
        }
    }
    dependencies
}

/// The names that a folder's `mod.rs` re-exports, with the modules that they come from.
fn exported(folder: &str) -> BTreeMap<String, String> {
    let source =
        fs::read_to_string(root().join(folder).join("mod.rs")).unwrap().replace("pub use ", "crate::");
    let of = |(_, names): Named<'_>| match names[..] {
        ["crate", module, .., name] => Some((name.to_owned(), module.to_owned())),
        _ => None,
    };
    paths(&source).into_iter().filter_map(of).collect()
}

/// The dependencies that are left when modules that use no other, or that no other uses, are removed again and again.
fn cycles(mut dependencies: BTreeMap<(String, String), String>) -> Vec<String> {
    loop {
        let users: BTreeSet<String> = dependencies.keys().map(|(user, _)| user.clone()).collect();
        let used: BTreeSet<String> = dependencies.keys().map(|(_, used)| used.clone()).collect();
        let before = dependencies.len();
        dependencies.retain(|(from, to), _| users.contains(to) && used.contains(from));
        if dependencies.len() == before {
            return dependencies
                .iter()
                .map(|((from, to), place)| format!("{from} uses {to}: {place}"))
                .collect();
        }
    }
}

#[test]
fn no_modules_form_a_cycle() {
    for folder in FOLDERS {
        let cycles = cycles(dependencies(folder));
        assert!(cycles.is_empty(), "a cycle in {folder}:\n{}", cycles.join("\n"));
    }
}

#[test]
fn a_path_is_seen_in_every_form_of_use() {
    let source = "use crate::store::{self, Tx as T};\nlet x = crate::api::queue();\n// crate::cli\nuse crate::{\n    bot,\n    \
                  jobs::{tick, scripts::*},\n};\nfn of(x: &super::super::Unit) {}\n$crate::nothing!();\n";
    let seen: Vec<String> =
        paths(source).into_iter().map(|(line, names)| format!("{line} {}", names.join("::"))).collect();
    assert_eq!(
        seen,
        [
            "1 crate::store::self",
            "1 crate::store::Tx",
            "2 crate::api::queue",
            "5 crate::bot",
            "6 crate::jobs::tick",
            "6 crate::jobs::scripts::*",
            "8 super::super::Unit",
        ]
    );
}

#[test]
fn a_relative_path_is_resolved_from_its_module() {
    let module: Vec<String> = ["service", "answers", "repeat"].map(str::to_owned).into();
    assert_eq!(resolved(&module, &["super", "Loaded"]), ["service", "answers", "Loaded"]);
    assert_eq!(resolved(&module, &["super", "super", "people"]), ["service", "people"]);
    assert_eq!(resolved(&module, &["crate", "service", "staff"]), ["service", "staff"]);
}

#[test]
fn a_cycle_is_told_from_a_chain() {
    let dependencies = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(from, to)| (((*from).to_owned(), (*to).to_owned()), "here".to_owned())).collect()
    };
    assert!(cycles(dependencies(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let found = cycles(dependencies(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]));
    assert_eq!(found, ["b uses c: here", "c uses b: here"]);
}
