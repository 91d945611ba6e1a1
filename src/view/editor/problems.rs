//! The lint's findings, as sentences in the reader's language, and the screens where they can be fixed.

use super::{EditorAct, EditorView, Screen, cut, fitting};
use crate::domain::locale::Languages;
use crate::domain::scale::Band;
use crate::domain::script::edit::translation::lacking;
use crate::domain::script::edit::{Draft, Field, List, Prompt, SEND_FIELDS};
use crate::domain::script::{Problem, Script};
use crate::domain::template::escape_html;
use crate::view::{Button, View, paragraphs};

/// The most characters quoted in a sentence.
const VALUE_ROOM: usize = 160;
/// The most findings that get a button.
const MOST_BUTTONS: usize = 12;

/// What blocks publishing a draft, and what is only advice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    pub errors: Vec<Problem>,
    pub warnings: Vec<Problem>,
    /// The installation's languages in which texts are missing, with the number of missing texts.
    pub lacking: Vec<(&'static str, usize)>,
}

impl Remarks {
    /// `series` are the questions whose key used to mean something else.
    #[must_use]
    pub fn new(draft: &Draft, series: Vec<Problem>, languages: &Languages) -> Self {
        let lacking: Vec<(&str, usize)> = languages
            .iter()
            .map(|language| (language, lacking(&draft.script, language).len()))
            .filter(|(_, count)| *count > 0)
            .collect();
        let is_lacking = |problem: &&Problem| {
            problem.said.id == "lint-no-language"
                && lacking.iter().any(|(language, _)| problem.said.values.iter().any(|(_, v)| v == language))
        };
        let errors = draft.errors.iter().filter(|problem| !is_lacking(problem)).cloned();
        Self { errors: errors.chain(series).collect(), warnings: draft.warnings.clone(), lacking }
    }

    /// The number of problems to fix before the draft can be published.
    #[must_use]
    pub fn blocking(&self) -> usize {
        self.errors.len() + self.lacking.len()
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.blocking() + self.warnings.len()
    }
}

impl EditorView<'_> {
    /// What is wrong, without the place.
    #[must_use]
    pub fn problem(&self, problem: &Problem) -> String {
        let said = &problem.said;
        let what = said.values.iter().find(|(name, _)| *name == "what").map_or("", |(_, what)| what);
        let values: Vec<(&str, crate::i18n::FluentValue<'_>)> = said
            .values
            .iter()
            .map(|(name, value)| {
                let value = match *name {
                    "first" | "second" | "what" | "language" => self.name(value),
                    "found" | "wanted" | "where" => self.text(value),
                    "first_value" | "second_value" => escape_html(&self.rule_value(value)),
                    "before" | "after" => escape_html(&cut(&self.value(what, value), VALUE_ROOM)),
                    // A value that somebody wrote may be as long as a message.
                    _ => escape_html(&cut(value, VALUE_ROOM)),
                };
                (*name, value.into())
            })
            .collect();
        self.with(said.id, &values)
    }

    #[must_use]
    pub fn placed(&self, problem: &Problem) -> String {
        let sentence = self.problem(problem);
        if problem.field.is_empty() {
            return sentence;
        }
        format!("<b>{}</b>: {sentence}", escape_html(&self.place(&problem.field)))
    }

    /// Whether the draft can be published, and if not, how many problems are left.
    pub(super) fn verdict(&self, remarks: &Remarks) -> String {
        match (remarks.blocking(), remarks.warnings.len()) {
            (0, 0) => self.text("editor-verdict-fine"),
            (0, count) => self.one("editor-verdict-warnings", "count", count),
            _ if remarks.errors.is_empty() => {
                let languages = remarks.lacking.iter().map(|(language, _)| *language);
                self.one("editor-verdict-lacking", "languages", self.named_languages(languages))
            }
            (count, _) => self.one("editor-verdict-errors", "count", count),
        }
    }

    /// Adds a button for each language in which texts are missing.
    pub(super) fn translations(&self, mut view: View, script: &Script, remarks: &Remarks) -> View {
        for (language, count) in &remarks.lacking {
            let values = [("language", self.language(language).into()), ("count", (*count).into())];
            let text = self.with("editor-button-translate", &values);
            view = view.row(
                self.translate(script, language).map(|prompt| self.button(text, EditorAct::Ask(prompt))),
            );
        }
        view
    }

    /// The next text to ask for in a language in which texts are missing.
    #[must_use]
    pub fn translate(&self, script: &Script, language: &'static str) -> Option<Prompt> {
        let is_together = !crate::domain::script::edit::translation::together(script, language).is_empty();
        let field = lacking(script, language).first().copied()?;
        Some(Prompt::new(if is_together { Field::Translation } else { field }, language))
    }

    /// All of a draft's errors and warnings, with buttons that lead to them.
    #[must_use]
    pub fn problems(&self, script: &Script, remarks: &Remarks) -> View {
        let lacking = remarks.lacking.iter().map(|(language, count)| {
            let values = [("language", self.language(language).into()), ("count", (*count).into())];
            format!("⛔ {}", self.with("editor-lacks-texts", &values))
        });
        let errors = remarks.errors.iter().map(|problem| format!("⛔ {}", self.placed(problem)));
        let warnings = remarks.warnings.iter().map(|problem| format!("⚠️ {}", self.placed(problem)));
        let lines: Vec<String> = lacking.chain(errors).chain(warnings).collect();
        let text = if lines.is_empty() {
            self.text("editor-no-problems")
        } else {
            fitting(&lines, |count| self.one("editor-and-more", "count", count.to_string()))
        };
        let view = View::text(paragraphs([self.text("editor-problems").as_str(), &text]));
        let mut view = self.translations(view, script, remarks);
        let mut buttons: Vec<Button> = Vec::new();
        for problem in remarks.errors.iter().chain(&remarks.warnings) {
            let place = self.place(&problem.field);
            let button = self.button(format!("→ {place}"), self.leads_to(problem));
            if !problem.field.is_empty() && !buttons.iter().any(|other| other.action == button.action) {
                buttons.push(button);
            }
        }
        for button in buttons.into_iter().take(MOST_BUTTONS) {
            view = view.row([button]);
        }
        view.row([self.to("editor-button-home", Screen::Home)])
    }

    /// The screen where a problem can be fixed.
    fn leads_to(&self, problem: &Problem) -> EditorAct {
        let parts: Vec<(&str, Option<usize>)> = problem.field.split('.').map(numbered).collect();
        let named = parts.last().and_then(|(name, _)| self.languages.known(name));
        let said = problem.said.values.iter().find(|(name, _)| *name == "language");
        let said = said.and_then(|(_, language)| self.languages.known(language));
        let language = said.or(named).unwrap_or(self.own_language());
        let ask = |field: Field| EditorAct::Ask(Prompt::new(field, language));
        match parts.as_slice() {
            [("title", _), ..] => ask(Field::Title),
            [("slug", _), ..] => ask(Field::Slug),
            [("priority", _), ..] => ask(Field::Priority),
            [("send", _), ("greeting", _), ..] => ask(Field::Greeting),
            [("send", _), ("thanks", _), ..] => ask(Field::Thanks),
            [("send", _), (name, _), ..] => EditorAct::Show(
                SEND_FIELDS
                    .iter()
                    .find(|rule| rule.name() == *name)
                    .map_or(Screen::Send, |rule| Screen::Rule(*rule)),
            ),
            [("on" | "when", _), ..] => EditorAct::Show(Screen::When),
            [("questions", Some(place)), rest @ ..] => of_question(*place, rest, ask),
            [("questions", None), ..]
                if problem.said.id == "lint-missing" || problem.said.id == "lint-no-questions" =>
            {
                EditorAct::Show(Screen::AddQuestion)
            }
            [("questions", None), ..] => EditorAct::Show(Screen::Questions),
            _ => EditorAct::Show(Screen::Home),
        }
    }

    /// The errors in a file, by line.
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

/// `reasons[1]` → `reasons`, 1.
fn numbered(part: &str) -> (&str, Option<usize>) {
    match part.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse().ok()),
        None => (part, None),
    }
}

fn of_question(place: usize, rest: &[(&str, Option<usize>)], ask: impl Fn(Field) -> EditorAct) -> EditorAct {
    let band = |name: &str| Band::ALL.iter().copied().find(|band| band.as_str() == name);
    match rest {
        [("key", _), ..] => ask(Field::Key(place)),
        [("text", _), ..] => ask(Field::Text(place)),
        [("factor", _), ..] => ask(Field::Factor(place)),
        [("metric", _), ..] => EditorAct::Show(Screen::Metric(place)),
        [("scale", _), ..] => EditorAct::Show(Screen::Scale(place)),
        [("bands", _), ..] => EditorAct::Show(Screen::Bands(place)),
        [("labels" | "ends", _), ..] => EditorAct::Show(Screen::Labels(place)),
        [("show_if", _), ..] => EditorAct::Show(Screen::Branch(place)),
        [("options", None)] => EditorAct::Show(Screen::Items(List::Options(place))),
        [("options", Some(at)), rest @ ..] => of_item(List::Options(place), *at, rest, ask),
        [(name, _), rest @ ..] => {
            let Some(band) = band(name) else { return EditorAct::Show(Screen::Question(place)) };
            match rest {
                [("comment", _), ..] => ask(Field::Comment(place, band)),
                [("reasons", Some(at)), rest @ ..] => of_item(List::Reasons(place, band), *at, rest, ask),
                [("links", Some(at)), rest @ ..] => of_item(List::Links(place, band), *at, rest, ask),
                [("reasons", None), ..] => EditorAct::Show(Screen::Items(List::Reasons(place, band))),
                [("links", None), ..] => EditorAct::Show(Screen::Items(List::Links(place, band))),
                _ => EditorAct::Show(Screen::Band(place, band)),
            }
        }
        [] => EditorAct::Show(Screen::Question(place)),
    }
}

fn of_item(
    list: List,
    at: usize,
    rest: &[(&str, Option<usize>)],
    ask: impl Fn(Field) -> EditorAct,
) -> EditorAct {
    match (list, rest) {
        (_, [("text", _), ..]) => ask(Field::ItemText(list, at)),
        (_, [("key", _), ..]) => ask(Field::ItemKey(list, at)),
        (List::Links(place, band), [("url", _), ..]) => ask(Field::Url(place, band, at)),
        _ => EditorAct::Show(Screen::Item(list, at)),
    }
}
