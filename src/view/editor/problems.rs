//! What the lint says, in sentences of the reader's language.

use super::{EditorView, Screen, cut, fitting};
use crate::domain::script::Problem;
use crate::domain::script::edit::Draft;
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

/// What is quoted in a sentence.
const VALUE_ROOM: usize = 160;

impl EditorView<'_> {
    /// What is wrong, without the place.
    #[must_use]
    pub fn problem(&self, problem: &Problem) -> String {
        let said = &problem.said;
        let values: Vec<(&str, crate::i18n::FluentValue<'_>)> = said
            .values
            .iter()
            .map(|(name, value)| {
                let what = || said.values.iter().find(|(name, _)| *name == "what").map(|(_, what)| what);
                let value = match *name {
                    "before" | "after" => {
                        escape_html(&cut(&self.value(what().map_or("", String::as_str), value), VALUE_ROOM))
                    }
                    "first" | "second" | "what" | "language" => self.name(value),
                    "found" | "wanted" | "where" => self.text(value),
                    // What somebody wrote may be as long as a message.
                    _ => escape_html(&cut(value, VALUE_ROOM)),
                };
                (*name, value.into())
            })
            .collect();
        self.with(said.id, &values)
    }

    fn placed(&self, problem: &Problem) -> String {
        let sentence = self.problem(problem);
        if problem.field.is_empty() {
            return sentence;
        }
        format!("<b>{}</b>: {sentence}", escape_html(&self.place(&problem.field)))
    }

    /// Every mistake and every warning of a draft.
    #[must_use]
    pub fn problems(&self, draft: &Draft, series: &[Problem]) -> View {
        let errors = draft.errors.iter().chain(series).map(|problem| format!("⛔ {}", self.placed(problem)));
        let warnings = draft.warnings.iter().map(|problem| format!("⚠️ {}", self.placed(problem)));
        let lines: Vec<String> = errors.chain(warnings).collect();
        let text = if lines.is_empty() {
            self.text("editor-no-problems")
        } else {
            fitting(&lines, |count| self.one("editor-and-more", "count", count.to_string()))
        };
        View::text(paragraphs([self.text("editor-problems").as_str(), &text]))
            .row([self.to("editor-button-home", Screen::Home)])
    }

    /// The mistakes of a file, by line.
    #[must_use]
    pub fn file_refused(&self, name: &str, problems: &[Problem]) -> View {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| {
                let line = self.one("editor-file-line", "line", problem.line.to_string());
                format!("{line} {}", self.placed(problem))
            })
            .collect();
        let lines = fitting(&lines, |count| self.one("editor-and-more", "count", count.to_string()));
        let head = self.one("editor-file-refused", "name", escape_html(&super::cut(name, 80)));
        View::text(paragraphs([head.as_str(), &lines, &self.text("editor-file-again")]))
            .row([self.to("editor-button-scripts", Screen::List)])
    }
}
