//! Links lead to files and headings that are there.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::{Page, pages, root};

/// Where the links of a page lead.
fn targets(page: &Page) -> Vec<String> {
    let words = page.words();
    let ends = words.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target.to_owned()).filter(|target| !target.contains("://")).collect()
}

/// A heading's name in links, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>();
    kept.replace(' ', "-")
}

fn anchors(page: &Page) -> BTreeSet<String> {
    let headings = page.prose.lines().filter(|line| line.starts_with('#'));
    headings.map(|heading| anchor(heading.trim_start_matches('#').trim())).collect()
}

/// A link's file, from the top of the checkout.
fn resolved(page: &Page, file: &str) -> PathBuf {
    if file.is_empty() {
        return PathBuf::from(&page.path);
    }
    let mut path = PathBuf::new();
    for part in Path::new(&page.path).parent().unwrap().join(file).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{}: {file} leads out of the checkout", page.path),
            part => path.push(part),
        }
    }
    path
}

#[test]
fn every_link_leads_to_something() {
    let pages = pages();
    let mut broken = Vec::new();
    for page in &pages {
        for target in targets(page) {
            let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
            let file = resolved(page, file);
            let led_to = pages.iter().find(|page| Path::new(&page.path) == file);
            let has_heading = || led_to.is_some_and(|page| anchors(page).contains(heading));
            if !root().join(&file).exists() || !(heading.is_empty() || has_heading()) {
                broken.push(format!("{}: {target}", page.path));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn a_heading_is_named_as_in_links() {
    assert_eq!(anchor("Updates: polling or webhook"), "updates-polling-or-webhook");
    assert_eq!(anchor("`[send]`: when and what around it"), "send-when-and-what-around-it");
}
