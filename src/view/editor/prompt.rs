//! Asking for text, and the screen to return to afterwards.

use super::{EditorAct, EditorView, Screen, cut};
use crate::domain::script::Script;
use crate::domain::script::edit::translation::text_of;
use crate::domain::script::edit::{Field, Form, List, Prompt, Tap};
use crate::domain::template::escape_html;
use crate::view::{Button, View, paragraphs};

/// What is asked for, and its current value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub prompt: Prompt,
    /// The current value, in the form in which it has to be typed.
    pub now: String,
    /// Why the last answer was rejected, or that somebody else was faster.
    pub trouble: Option<String>,
}

/// The screen that a field belongs to.
#[must_use]
pub const fn owner(field: Field) -> Screen {
    match field {
        Field::Slug
        | Field::Title
        | Field::Priority
        | Field::Greeting
        | Field::Thanks
        | Field::Translation => Screen::Home,
        Field::Send(rule) => Screen::Rule(rule),
        Field::When(_) | Field::MinMessages | Field::Sample => Screen::When,
        Field::Text(place)
        | Field::Key(place)
        | Field::Factor(place)
        | Field::NewItem(List::Options(place) | List::Reasons(place, _)) => Screen::Question(place),
        Field::Label(place, _) | Field::LowEnd(place) | Field::HighEnd(place) => Screen::Labels(place),
        Field::Comment(place, band) => Screen::Band(place, band),
        Field::ItemText(list, at) | Field::ItemKey(list, at) => Screen::Item(list, at),
        Field::Url(place, band, at) => Screen::Item(List::Links(place, band), at),
        Field::NewItem(list @ List::Links(..)) => Screen::Items(list),
    }
}

impl EditorView<'_> {
    #[must_use]
    pub fn prompt(&self, asked: &Asked) -> View {
        let field = asked.prompt.field;
        let mut head = self.asked_for(field);
        if let Some(language) = asked.prompt.language.filter(|_| !self.languages.is_one()) {
            head = format!("{head} · {}", self.language(language));
        }
        let head = format!("<b>{head}</b>");
        let trouble = asked.trouble.as_deref().map(|trouble| format!("⛔ {trouble}")).unwrap_or_default();
        let now = match asked.now.as_str() {
            "" => String::new(),
            now if field == Field::Translation => format!("<code>{}</code>", escape_html(now)),
            now => format!("{}\n<code>{}</code>", self.text("editor-now"), escape_html(&cut(now, 1500))),
        };
        let clear = field.is_optional() && !asked.now.is_empty();
        View::text(paragraphs([head.as_str(), &trouble, &self.hint(field), &now]))
            .row(
                clear.then(|| {
                    self.button(self.text("editor-button-clear"), EditorAct::Edit(Tap::Clear(field)))
                }),
            )
            .row([self.button(self.text("editor-button-cancel"), EditorAct::Show(owner(field)))])
    }

    /// What to write, and in which form.
    fn hint(&self, field: Field) -> String {
        let id = match (field.form(), field) {
            (Form::Long, _) => "hint-long",
            (Form::Line, Field::ItemText(..) | Field::Label(..)) => "hint-button-line",
            (Form::Line, _) => "hint-line",
            (Form::Items, _) => "hint-items",
            (Form::Link, _) => "hint-link",
            (Form::Translation, _) => "hint-translation",
            (_, Field::Slug) => "hint-slug",
            (_, Field::Key(_)) => "hint-key",
            (_, Field::ItemKey(..)) => "hint-item-key",
            (_, Field::Factor(_)) => "hint-factor",
            (_, Field::Priority) => "hint-priority",
            (_, Field::MinMessages) => "hint-min-messages",
            (_, Field::Sample) => "hint-sample",
            (_, Field::Url(..)) => "hint-url",
            (_, Field::When(_)) => "hint-list",
            (_, Field::Send(rule)) => match rule.name() {
                "quiet_hours" => "hint-quiet-hours",
                "days_off" => "hint-days-off",
                "min_gap" | "min_gap_same" | "remind_after" => "hint-duration-or-off",
                _ => "hint-duration",
            },
            _ => "hint-line",
        };
        let languages = self.named_languages(self.languages.iter());
        self.with(id, &[("count", self.languages.count().into()), ("languages", languages.into())])
    }

    /// Asks for the title of a new script.
    #[must_use]
    pub fn ask_title(&self, trouble: &str) -> View {
        let trouble = if trouble.is_empty() { String::new() } else { format!("⛔ {trouble}") };
        View::text(paragraphs([self.text("editor-ask-title").as_str(), &trouble, &self.hint(Field::Title)]))
            .row([self.to("editor-button-cancel", Screen::List)])
    }

    /// A button that asks for the same text in a language in which it is missing.
    #[must_use]
    pub fn in_another_language(&self, script: &Script, prompt: Prompt) -> Option<Button> {
        let written = prompt.language?;
        let next = |language: &'static str| match prompt.field {
            Field::NewItem(_) => self.translate(script, language),
            field => {
                let lacks = text_of(script, field).is_some_and(|text| text.exact(language).is_none());
                lacks.then(|| Prompt::new(field, language))
            }
        };
        let mut others = self.languages.iter().filter(|language| *language != written);
        let (language, prompt) = others.find_map(|language| Some((language, next(language)?)))?;
        let text = self.one("editor-button-other-language", "language", self.language(language));
        Some(self.button(text, EditorAct::Ask(prompt)))
    }
}
