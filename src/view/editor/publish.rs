//! The confirmations before something changes for customers: the differences and the consequences.

use super::{Deed, EditorView, Remarks, Screen, Shares, cut, fitting};
use crate::domain::script::diff::{Diff, Difference, Series};
use crate::domain::script::when::Never;
use crate::domain::script::{Script, Trigger};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

const VALUE_ROOM: usize = 160;

/// What publishing would change.
#[derive(Clone, Debug)]
pub struct Publishing<'a> {
    /// The live version; 0 if there is none.
    pub live: i64,
    pub diff: &'a Diff,
    pub scheduled: i64,
    pub open: i64,
    pub paused: bool,
    pub remarks: &'a Remarks,
    pub script: &'a Script,
    pub shares: &'a Shares,
    /// Why it would ask nobody.
    pub never: Option<Never>,
}

/// What rolling back would change.
#[derive(Clone, Debug)]
pub struct RollingBack<'a> {
    /// The version whose content would go live again.
    pub version: i64,
    pub live: i64,
    pub diff: &'a Diff,
    pub open: i64,
    pub paused: bool,
    pub on: Trigger,
    /// Why it would ask nobody.
    pub never: Option<Never>,
}

impl EditorView<'_> {
    #[must_use]
    pub fn publishing(&self, publishing: &Publishing<'_>) -> View {
        let is_ready = publishing.remarks.blocking() == 0;
        let version = (publishing.live + 1).to_string();
        let id = if is_ready { "editor-publish" } else { "editor-publish-not-yet" };
        let head = self.one(id, "version", version);
        let differences = self.differences(publishing.diff, publishing.live == 0);
        let verdict =
            if publishing.remarks.count() > 0 { self.verdict(publishing.remarks) } else { String::new() };
        let consequences = if is_ready { self.consequences(publishing) } else { Vec::new() };
        let view = View::text(paragraphs([head.as_str(), &differences, &consequences.join("\n"), &verdict]));
        let view = if is_ready {
            let view = view.row([self.deed("editor-button-publish-now", Deed::Publish(publishing.live))]);
            self.ways_out(view, publishing.shares)
        } else {
            let others = !publishing.remarks.errors.is_empty();
            self.translations(view, publishing.script, publishing.remarks)
                .row(others.then(|| self.to("editor-button-problems", Screen::Problems)))
        };
        view.row([self.to("editor-button-home", Screen::Home)])
    }

    /// The consequences of publishing.
    fn consequences(&self, publishing: &Publishing<'_>) -> Vec<String> {
        let mut said = Vec::new();
        match publishing.never {
            Some(never) => said.push(self.never(never)),
            None if self.loses_all(publishing.shares) => said.push(self.text("editor-never-taken")),
            None if publishing.live == 0 && *publishing.shares != Shares::Counting => {
                said.push(self.one("editor-publish-begins", "when", self.trigger(publishing.script.on)));
            }
            None => {}
        }
        said.extend(self.shares(publishing.shares));
        if publishing.live > 0 && !publishing.diff.is_empty() {
            said.extend(self.counted("editor-publish-scheduled", publishing.scheduled));
            said.extend(self.counted("editor-publish-open", publishing.open));
            said.push(self.text("editor-publish-answers"));
        }
        if publishing.paused {
            said.push(self.text("editor-publish-paused"));
        }
        said
    }

    /// A message with a count; `None` if the count is 0.
    pub(super) fn counted(&self, id: &str, count: i64) -> Option<String> {
        (count > 0).then(|| self.one(id, "count", count.to_string()))
    }

    /// Why a script asks nobody.
    pub(super) fn never(&self, never: Never) -> String {
        match never {
            Never::NoSample => self.text("editor-never-sample"),
        }
    }

    /// The confirmation before an earlier version's content goes live again.
    #[must_use]
    pub fn ask_roll_back(&self, back: &RollingBack<'_>) -> View {
        let head = self.one("editor-ask-roll-back", "version", back.version.to_string());
        let mut means = vec![self.one("editor-roll-back-means", "open", back.open.to_string())];
        means.extend(back.never.map(|never| self.never(never)));
        if back.paused {
            means.push(self.text("editor-publish-paused"));
        }
        let differences = self.differences(back.diff, false);
        View::text(paragraphs([head.as_str(), &differences, &means.join("\n")])).row([
            self.deed("editor-button-roll-back-now", Deed::RollBack(back.version, back.live)),
            self.to("editor-button-no", Screen::Versions),
        ])
    }

    /// The differences, including what happens to each question's series.
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
            lines.push(format!("\n{}", self.series(key, series)));
            let is_new = fields.iter().all(|one| one.before.is_empty());
            if is_new && !matches!(series, Series::Kept) {
                let text =
                    |name: &str| fields.iter().find(|one| one.field.starts_with(&format!("text.{name}")));
                let text = text(self.locale).or_else(|| text(""));
                let shown = text.map(|one| escape_html(&cut(&one.after, VALUE_ROOM)));
                lines.extend(shown);
            } else {
                lines.extend(fields.iter().map(|one| self.difference(one)));
            }
        }
        let told = fitting(&lines, |count| self.one("editor-and-more", "count", count.to_string()));
        told.trim_start().to_owned()
    }

    /// What happens to a question's answers.
    fn series(&self, key: &str, series: &Series) -> String {
        let id = match series {
            Series::Begins => "editor-series-begins",
            Series::Kept => "editor-series-kept",
            Series::Resumes => "editor-series-resumes",
            Series::Ends => "editor-series-ends",
            Series::Broken(problem) => {
                return format!("⛔ <b>{}</b>: {}", escape_html(key), self.problem(problem));
            }
        };
        self.one(id, "key", escape_html(key))
    }

    fn difference(&self, one: &Difference) -> String {
        let value =
            |text: &str| escape_html(&cut(&self.value(&one.field, text).replace('\n', " "), VALUE_ROOM));
        let place = escape_html(&self.place(&one.field));
        let (before, after) = (value(&one.before), value(&one.after));
        match (one.before.is_empty(), one.after.is_empty()) {
            (true, _) => format!("+ {place}: {after}"),
            (_, true) => format!("− {place}: {before}"),
            _ => format!("{place}: {before} → {after}"),
        }
    }

    /// The result of an upload.
    #[must_use]
    pub fn file_taken(&self, differences: &str, warnings: usize, replaced: bool) -> View {
        let head = self.one("editor-file-taken", "slug", escape_html(self.slug));
        let replaced = if replaced { self.text("editor-file-replaced") } else { String::new() };
        let warned = match warnings {
            0 => String::new(),
            count => self.one("editor-verdict-warnings", "count", count),
        };
        View::text(paragraphs([head.as_str(), &replaced, differences, &warned])).row([
            self.to("editor-button-draft", Screen::Home),
            self.to("editor-button-publish", Screen::Publish),
        ])
    }
}
