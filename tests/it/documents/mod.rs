//! What the documents say, held to the program: commands, endpoints, variables, scripts, links and names of tests.

mod api;
mod commands;
mod figures;
mod links;
mod scripts;
mod sources;
mod telegram;
mod variables;

use std::path::Path;

/// A document as its readers see it.
struct Page {
    /// From the top of the checkout.
    path: String,
    /// All but the fenced blocks.
    prose: String,
    blocks: Vec<Block>,
}

/// What stands between two fences.
struct Block {
    language: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Page {
    fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        let (mut prose, mut blocks, mut open) = (String::new(), Vec::new(), None);
        for line in text.lines() {
            if let Some(language) = line.trim_start().strip_prefix("```") {
                match open.take() {
                    Some(block) => blocks.push(block),
                    None => open = Some(Block { language: language.to_owned(), text: String::new() }),
                }
                continue;
            }
            let place = open.as_mut().map_or(&mut prose, |block| &mut block.text);
            place.extend([line, "\n"]);
        }
        assert!(open.is_none(), "{path}: a block that is not closed");
        Self { path: path.to_owned(), prose, blocks }
    }

    /// Everything that stands between backticks, on one line each.
    fn spans(&self) -> Vec<String> {
        let ticks = self.prose.matches('`').count();
        assert_eq!(ticks % 2, 0, "{}: a backtick that is not closed", self.path);
        let spans = self.prose.split('`').skip(1).step_by(2);
        // In a table a bar is written with a backslash.
        spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\|", "|")).collect()
    }

    fn blocks_in(&self, language: &str) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter(move |block| block.language == language).map(|block| block.text.as_str())
    }

    /// The prose without what stands between backticks.
    fn words(&self) -> String {
        self.prose.split('`').step_by(2).collect()
    }
}

/// Those at the top of the checkout, then the pages of `docs/`.
fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "ARCHITECTURE.md"]
            .map(Page::read)
            .into();
    pages.extend(subjects());
    pages
}

fn subjects() -> Vec<Page> {
    let entries = std::fs::read_dir(root().join("docs")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
        .into_iter()
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .map(|name| Page::read(&format!("docs/{name}")))
        .collect()
}

#[test]
fn readme_is_read_in_five_minutes() {
    let lines = std::fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= 150, "README.md has {lines} lines: move what is looked up to a page in docs/");
}

#[test]
fn every_page_begins_with_what_it_is_for() {
    for page in subjects() {
        let mut lines = page.prose.lines();
        let head = [lines.next(), lines.next(), lines.next()].map(Option::unwrap_or_default);
        assert!(head[0].starts_with("# ") && head[1].is_empty(), "{}: it begins with a title", page.path);
        let is_sentence = head[2].starts_with(|first: char| first.is_ascii_uppercase());
        assert!(is_sentence, "{}: a sentence below the title says what it is for", page.path);
    }
}

#[test]
fn readme_leads_to_every_page() {
    let readme = Page::read("README.md");
    for page in subjects() {
        assert!(readme.prose.contains(&format!("]({})", page.path)), "README.md does not name {}", page.path);
    }
}
