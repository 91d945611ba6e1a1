//! The floors of the house, and the rooms on them: `use crate::…` points down only, and no rooms use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
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

/// Folders of which no rooms use each other in a circle. A room is a file or a folder that stands directly in it; what the
/// folder's own `mod.rs` defines belongs to none.
const HOUSES: &[&str] = &[
    "api",
    "bot",
    "demo",
    "domain",
    "domain/script",
    "jobs",
    "sandbox",
    "service",
    "store",
    "telegram",
    "view",
    "web",
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
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
fn no_module_uses_one_of_a_higher_floor() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut arrows_up = Vec::new();
    for file in files {
        let relative = file.strip_prefix(root()).unwrap().to_owned();
        let module = relative.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let own = floor(&module).unwrap_or_else(|| panic!("{module} stands on no floor: add it to FLOORS"));
        for (line, names) in paths(&fs::read_to_string(&file).unwrap()) {
            let ["crate", used, ..] = names[..] else { continue };
            let Some(other) = floor(used) else { continue };
            let same_line_may = own == FLOORS.len() - 1 || used == module;
            if other < own || (other == own && !same_line_may) {
                arrows_up.push(format!("{}:{line}: {module} uses {used}", relative.display()));
            }
        }
    }
    assert!(arrows_up.is_empty(), "arrows up:\n{}", arrows_up.join("\n"));
}

/// Where a file stands below `src`: `service/answers/mod.rs` is `service`, `answers`.
fn module_of(file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(root()).unwrap().with_extension("");
    let mut names: Vec<String> = relative.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    names.pop_if(|name| name == "mod");
    names
}

/// What is meant by a path that is written in `module`, from `src` on.
fn meant<'n>(module: &'n [String], names: &[&'n str]) -> Vec<&'n str> {
    let ups = names.iter().take_while(|name| **name == "super").count();
    let base = if ups > 0 { &module[..module.len().saturating_sub(ups)] } else { &[] };
    let rest = names.iter().skip(ups.max(1)).copied();
    base.iter().map(String::as_str).chain(rest).collect()
}

/// Which room uses which, with a place at which it does. Tests at the end of a file may use what they like.
fn arrows(house: &str) -> BTreeMap<(String, String), String> {
    let folder: Vec<&str> = house.split('/').collect();
    let mut files = Vec::new();
    sources(&root().join(house), &mut files);
    let modules: Vec<Vec<String>> = files.iter().map(|file| module_of(file)).collect();
    let rooms: BTreeSet<&str> =
        modules.iter().filter_map(|module| module.get(folder.len())).map(String::as_str).collect();
    // A name that `mod.rs` gives out belongs to the room that it comes from.
    let given_out =
        fs::read_to_string(root().join(house).join("mod.rs")).unwrap().replace("pub use ", "crate::");
    let given_out: BTreeMap<&str, &str> = paths(&given_out)
        .into_iter()
        .filter_map(
            |(_, names)| if let ["crate", room, .., name] = names[..] { Some((name, room)) } else { None },
        )
        .filter(|(_, room)| rooms.contains(room))
        .collect();
    let mut arrows = BTreeMap::new();
    for (file, module) in files.iter().zip(&modules) {
        let Some(room) = module.get(folder.len()) else { continue };
        if module.iter().any(|name| name == "tests") {
            continue;
        }
        let source = fs::read_to_string(file).unwrap();
        let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
        for (line, names) in paths(source) {
            let meant = meant(module, &names);
            let Some([name, ..]) = meant.strip_prefix(&folder[..]) else { continue };
            let used = if rooms.contains(name) { name } else { given_out.get(name).copied().unwrap_or(room) };
            if used != room {
                let place = format!("{}:{line}", file.strip_prefix(root()).unwrap().display());
                arrows.entry((room.clone(), used.to_owned())).or_insert(place);
            }
        }
    }
    arrows
}

/// Those arrows that are left when rooms that use no other, or that no other uses, are taken away again and again.
fn circles(mut arrows: BTreeMap<(String, String), String>) -> Vec<String> {
    loop {
        let users: BTreeSet<String> = arrows.keys().map(|(user, _)| user.clone()).collect();
        let used: BTreeSet<String> = arrows.keys().map(|(_, used)| used.clone()).collect();
        let before = arrows.len();
        arrows.retain(|(from, to), _| users.contains(to) && used.contains(from));
        if arrows.len() == before {
            return arrows.iter().map(|((from, to), place)| format!("{from} uses {to}: {place}")).collect();
        }
    }
}

#[test]
fn no_rooms_use_each_other_in_a_circle() {
    for house in HOUSES {
        let circles = circles(arrows(house));
        assert!(circles.is_empty(), "a circle in {house}:\n{}", circles.join("\n"));
    }
}

#[test]
fn an_arrow_is_seen_in_every_form_of_use() {
    let source = "use crate::store::{self, Tx as T};\nlet x = crate::api::queue();\n// crate::cli\nuse crate::{\n    bot,\n    \
                  jobs::{tick, desk::*},\n};\nfn of(x: &super::super::Unit) {}\n$crate::nothing!();\n";
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
            "6 crate::jobs::desk::*",
            "8 super::super::Unit",
        ]
    );
}

#[test]
fn a_path_is_followed_from_where_it_stands() {
    let module: Vec<String> = ["service", "answers", "repeat"].map(str::to_owned).into();
    assert_eq!(meant(&module, &["super", "Loaded"]), ["service", "answers", "Loaded"]);
    assert_eq!(meant(&module, &["super", "super", "people"]), ["service", "people"]);
    assert_eq!(meant(&module, &["crate", "service", "staff"]), ["service", "staff"]);
}

#[test]
fn a_circle_is_told_from_a_row() {
    let arrows = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(from, to)| (((*from).to_owned(), (*to).to_owned()), "here".to_owned())).collect()
    };
    assert!(circles(arrows(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let found = circles(arrows(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]));
    assert_eq!(found, ["b uses c: here", "c uses b: here"]);
}
