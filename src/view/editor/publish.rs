//! Before something changes for customers: what differs, and what follows from it.

use super::{Deed, EditorView, Screen, cut, fitting};
use crate::domain::script::diff::{Diff, Difference, Series};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

const VALUE_ROOM: usize = 160;

/// What publishing would do.
#[derive(Clone, Debug)]
pub struct Publishing<'a> {
    /// 0: nothing is live yet.
    pub live: i64,
    pub diff: &'a Diff,
    pub scheduled: i64,
    pub open: i64,
    pub paused: bool,
    /// Mistakes and warnings.
    pub problems: (usize, usize),
}

impl EditorView<'_> {
    #[must_use]
    pub fn publishing(&self, publishing: &Publishing<'_>) -> View {
        let (errors, warnings) = publishing.problems;
        let version = (publishing.live + 1).to_string();
        let id = if errors > 0 { "editor-publish-not-yet" } else { "editor-publish" };
        let head = self.one(id, "version", version);
        let differences = self.differences(publishing.diff, publishing.live == 0);
        let verdict = match publishing.problems {
            (0, 0) => String::new(),
            (0, _) => self.one("editor-verdict-warnings", "count", warnings.to_string()),
            _ => self.one("editor-verdict-errors", "count", errors.to_string()),
        };
        let mut consequences = Vec::new();
        if errors == 0 && publishing.live > 0 && !publishing.diff.is_empty() {
            let values = [
                ("scheduled", publishing.scheduled.to_string().into()),
                ("open", publishing.open.to_string().into()),
            ];
            consequences.push(self.with("editor-publish-means", &values));
            if publishing.paused {
                consequences.push(self.text("editor-publish-paused"));
            }
        }
        let view = View::text(paragraphs([head.as_str(), &differences, &consequences.join("\n"), &verdict]));
        let view = if errors == 0 {
            view.row([self.deed("editor-button-publish-now", Deed::Publish(publishing.live))])
        } else {
            view.row([self.to("editor-button-problems", Screen::Problems)])
        };
        view.row([self.to("editor-button-home", Screen::Home)])
    }

    /// Before an earlier version's content becomes the live one again.
    #[must_use]
    pub fn ask_roll_back(&self, (version, live): (i64, i64), diff: &Diff, open: i64) -> View {
        let head = self.one("editor-ask-roll-back", "version", version.to_string());
        let means = self.one("editor-roll-back-means", "open", open.to_string());
        View::text(paragraphs([head.as_str(), &self.differences(diff, false), &means])).row([
            self.deed("editor-button-roll-back-now", Deed::RollBack(version, live)),
            self.to("editor-button-no", Screen::Versions),
        ])
    }

    /// What differs, the series of each question said.
    #[must_use]
    pub fn differences(&self, diff: &Diff, is_first: bool) -> String {
        if is_first {
            return self.text("editor-diff-first");
        }
        if diff.is_empty() {
            return self.text("editor-diff-none");
        }
        let mut lines: Vec<String> = diff.head.iter().map(|one| self.difference(one)).collect();
        if diff.reordered {
            lines.push(self.text("editor-diff-reordered"));
        }
        for (key, series, fields) in &diff.questions {
            let id = match series {
                Series::Begins => "editor-series-begins",
                Series::Kept => "editor-series-kept",
                Series::Ends => "editor-series-ends",
            };
            lines.push(format!("\n{}", self.one(id, "key", escape_html(key))));
            if *series == Series::Kept {
                lines.extend(fields.iter().map(|one| self.difference(one)));
            } else {
                let text =
                    |name: &str| fields.iter().find(|one| one.field.starts_with(&format!("text.{name}")));
                let text = text(self.locale).or_else(|| text(""));
                let shown = text.map(|one| escape_html(&cut(&one.after, VALUE_ROOM)));
                lines.extend(shown);
            }
        }
        fitting(&lines, |count| self.one("editor-and-more", "count", count.to_string()))
    }

    fn difference(&self, one: &Difference) -> String {
        let value = |text: &str| escape_html(&cut(&text.replace('\n', " "), VALUE_ROOM));
        let place = escape_html(&self.place(&one.field));
        let (before, after) = (value(&one.before), value(&one.after));
        match (one.before.is_empty(), one.after.is_empty()) {
            (true, _) => format!("+ {place}: {after}"),
            (_, true) => format!("− {place}: {before}"),
            _ => format!("{place}: {before} → {after}"),
        }
    }

    /// What came of a file.
    #[must_use]
    pub fn file_taken(&self, differences: &str, warnings: usize, replaced: bool) -> View {
        let head = self.one("editor-file-taken", "slug", escape_html(self.slug));
        let replaced = if replaced { self.text("editor-file-replaced") } else { String::new() };
        let warned = match warnings {
            0 => String::new(),
            count => self.one("editor-verdict-warnings", "count", count.to_string()),
        };
        View::text(paragraphs([head.as_str(), &replaced, differences, &warned])).row([
            self.to("editor-button-draft", Screen::Home),
            self.to("editor-button-publish", Screen::Publish),
        ])
    }
}
