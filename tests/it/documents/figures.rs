//! The page of operations has the figures of `/metrics`, and no others.

use std::collections::BTreeSet;

use super::{Page, root};

/// The names in a text that begin like a figure's.
fn figures(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let places = text.match_indices("afterword_").map(|(at, _)| &text[at..]);
    places.map(|rest| rest[..rest.find(|c: char| !is_name(c)).unwrap_or(rest.len())].to_owned()).collect()
}

#[test]
fn every_figure_is_described() {
    let production = |file: &str| {
        let source = std::fs::read_to_string(root().join(file)).unwrap();
        source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
    };
    let there = figures(&production("src/telemetry/metrics.rs")).into_iter();
    let there: BTreeSet<String> = there.chain(figures(&production("src/api/measure.rs"))).collect();
    let page = Page::read("docs/operations.md");
    let described: BTreeSet<String> =
        page.spans().iter().filter(|span| !span.contains(' ')).flat_map(|span| figures(span)).collect();
    assert_eq!(there, described, "what /metrics has, and what docs/operations.md has");
}
