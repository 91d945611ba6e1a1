//! Asking for words, and where one is afterwards.

use super::{EditorAct, EditorView, Screen, cut};
use crate::domain::script::edit::{Field, Form, List, Prompt, Tap};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

/// What is asked for, with what it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub prompt: Prompt,
    /// As it stands, in the form in which it is written.
    pub now: String,
    /// Why what was written was not taken, or that somebody was faster.
    pub trouble: Option<String>,
}

/// The screen that a field belongs to.
#[must_use]
pub const fn owner(field: Field) -> Screen {
    match field {
        Field::Slug | Field::Title | Field::Priority | Field::Greeting | Field::Thanks => Screen::Home,
        Field::Send(rule) => Screen::Rule(rule),
        Field::When(_) | Field::MinMessages | Field::Sample => Screen::When,
        Field::Text(place) | Field::Key(place) | Field::Factor(place) => Screen::Question(place),
        Field::Label(place, _) | Field::LowEnd(place) | Field::HighEnd(place) => Screen::Labels(place),
        Field::Comment(place, band) => Screen::Band(place, band),
        Field::ItemText(list, at) | Field::ItemKey(list, at) => Screen::Item(list, at),
        Field::Url(place, band, at) => Screen::Item(List::Links(place, band), at),
        Field::NewItem(list) => Screen::Items(list),
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

    /// What to write, and how.
    fn hint(&self, field: Field) -> String {
        let id = match (field.form(), field) {
            (Form::Long, _) => "hint-long",
            (Form::Lines, Field::NewItem(_) | Field::ItemText(..) | Field::Label(..)) => "hint-button-lines",
            (Form::Lines, _) => "hint-lines",
            (Form::LinesAndUrl, _) => "hint-link",
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
            _ => "hint-lines",
        };
        let languages = self.named_languages(self.languages.iter());
        self.with(id, &[("count", self.languages.count().into()), ("languages", languages.into())])
    }

    /// Asks for the name of a new script.
    #[must_use]
    pub fn ask_slug(&self, trouble: &str) -> View {
        let head = self.text("editor-ask-slug");
        View::text(paragraphs([head.as_str(), trouble, &self.text("hint-slug")]))
            .row([self.to("editor-button-cancel", Screen::List)])
    }

    /// It cannot be a name.
    #[must_use]
    pub fn slug_refused(&self, slug: &str) -> View {
        let why = self.one("lint-key", "text", escape_html(&cut(slug, 80)));
        self.ask_slug(&format!("⛔ {why}"))
    }

    /// There is a script of that name, shipped ones among them: it is a tap away.
    #[must_use]
    pub fn slug_taken(&self, slug: &str) -> View {
        let why = self.one("editor-slug-taken", "slug", slug.to_owned());
        let mut view = self.ask_slug(&format!("⛔ {why}"));
        let open = self.one("editor-button-open", "slug", slug.to_owned());
        let open = EditorView { slug, mark: 0, ..*self }.button(open, EditorAct::Show(Screen::Card));
        view.rows.insert(0, vec![open]);
        view
    }
}
