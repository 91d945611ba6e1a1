//! The script editor's screens: one message, navigated with buttons. Values go in; text and buttons come out.

mod card;
mod draft;
mod fields;
mod items;
mod overlap;
mod preview;
mod problems;
mod prompt;
mod publish;
mod question;
mod report;
mod rules;

use chrono_tz::Tz;

use super::callback::editor::Deed;
use super::callback::{Data, EditorAct, EditorTap, Screen};
use super::{Button, View, language_in};
use crate::domain::locale::{Languages, Localized};
use crate::domain::script::Trigger;
use crate::domain::script::edit::{Field, Prompt, Tap};
use crate::domain::sending::SendingDefaults;
use crate::domain::template::escape_html;
use crate::i18n::{Catalogue, FluentValue};

pub use card::{Card, Listed, State, Version};
pub use draft::Others;
pub use overlap::{Shares, Sharing, Taken};
pub use preview::Previewed;
pub use problems::Remarks;
pub use prompt::{Asked, owner};
pub use publish::{Publishing, RollingBack};
pub use report::{Row, fate};

/// The most a screen may take of Telegram's 4096 characters, leaving room for one more line.
pub const SCREEN_UNITS: usize = 3800;
/// Phones cut off longer button texts.
const BUTTON_CHARS: usize = 38;

/// What all these screens need.
#[derive(Clone, Copy, Debug)]
pub struct EditorView<'a> {
    pub catalogue: &'a Catalogue,
    pub locale: &'a str,
    pub zone: Tz,
    /// The installation's languages.
    pub languages: &'a Languages,
    /// The values that apply where a script sets none.
    pub sending: &'a SendingDefaults,
    pub slug: &'a str,
    /// The draft's revision, or the live version.
    pub mark: i64,
}

impl<'a> EditorView<'a> {
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    #[must_use]
    pub fn with(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.catalogue.with(self.locale, id, values)
    }

    #[must_use]
    pub fn one(&self, id: &str, name: &str, value: impl Into<FluentValue<'a>>) -> String {
        self.with(id, &[(name, value.into())])
    }

    #[must_use]
    pub fn button(&self, text: impl Into<String>, act: EditorAct) -> Button {
        let text: String = text.into();
        let data = Data::Editor(EditorTap { slug: self.slug.to_owned(), mark: self.mark, act });
        Button::new(cut(&text, BUTTON_CHARS), &data)
    }

    fn to(&self, id: &str, screen: Screen) -> Button {
        self.button(self.text(id), EditorAct::Show(screen))
    }

    fn tap(&self, id: &str, tap: Tap) -> Button {
        self.button(self.text(id), EditorAct::Edit(tap))
    }

    /// One of several choices, ticked if it is the current one.
    fn choice(&self, text: &str, holds: bool, tap: Tap) -> Button {
        let text = if holds { format!("✓ {text}") } else { text.to_owned() };
        self.button(text, EditorAct::Edit(tap))
    }

    fn ask(&self, id: &str, field: Field) -> Button {
        self.button(self.text(id), self.asks(field))
    }

    /// Asks for a field's text; a translatable one is asked for in the reader's language.
    fn asks(&self, field: Field) -> EditorAct {
        EditorAct::Ask(Prompt::new(field, self.own_language()))
    }

    /// The installation's language that the reader writes in.
    #[must_use]
    pub fn own_language(&self) -> &'static str {
        self.languages.known(self.locale).unwrap_or(self.languages.first())
    }

    /// A label for one language, with the language's code if there are several languages: *Text · EN*.
    fn of_language(&self, text: String, language: &str) -> String {
        if self.languages.is_one() { text } else { format!("{text} · {}", language.to_uppercase()) }
    }

    /// The language's name in the reader's language.
    fn language(&self, code: &str) -> String {
        language_in(self.catalogue, self.locale, code)
    }

    fn named_languages(&self, codes: impl IntoIterator<Item = &'static str>) -> String {
        codes.into_iter().map(|code| self.language(code)).collect::<Vec<_>>().join(", ")
    }

    fn deed(&self, id: &str, deed: Deed) -> Button {
        self.button(self.text(id), EditorAct::Do(deed))
    }

    /// The trigger in words.
    #[must_use]
    pub fn trigger(&self, on: Trigger) -> String {
        self.text(match on {
            Trigger::Purchase => "editor-on-purchase",
            Trigger::TicketClosed => "editor-on-ticket",
            Trigger::CaseResolved => "editor-on-case",
        })
    }

    /// A text from the script, in the reader's language.
    fn own(&self, text: &Localized, room: usize) -> String {
        escape_html(&cut(text.get(self.locale), room))
    }

    /// The script's title, or its slug while it has none.
    fn title(&self, title: &Localized) -> String {
        if title.is_empty() { escape_html(self.slug) } else { self.own(title, 80) }
    }

    /// For a screen that was opened by mistake or is over: a notice with nothing but the way back.
    #[must_use]
    pub fn notice(&self, html: String) -> View {
        View::text(html).row([self.to("editor-button-scripts", Screen::List)])
    }
}

/// Cuts the text to at most `room` characters; `…` replaces what is cut off.
#[must_use]
pub fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// As many lines as fit on a screen; the last line says how many are left out.
pub(in crate::view) fn fitting(lines: &[String], more: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut units = 0;
    for (place, line) in lines.iter().enumerate() {
        units += line.encode_utf16().count() + 1;
        if units > SCREEN_UNITS - 400 {
            text.push_str(&more(lines.len() - place));
            return text;
        }
        text.push_str(line);
        text.push('\n');
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::script::Script;

    fn with_editor(check: impl Fn(&EditorView<'_>)) {
        let most = "ru,en,kk,uz,ky,tg,be,uk,hy,az,ka,de,tr,zh,ar,he".parse().unwrap();
        let catalogue = Catalogue::default();
        for (languages, locale) in [(Languages::default(), "ru"), (Languages::default(), "en"), (most, "kk")]
        {
            let slug = "x".repeat(32);
            check(&EditorView {
                catalogue: &catalogue,
                locale,
                zone: chrono_tz::UTC,
                languages: &languages,
                sending: &SendingDefaults::default(),
                slug: &slug,
                mark: 60_000_000,
            });
        }
    }

    fn fits(view: &View) {
        let units = view.html.encode_utf16().count();
        assert!(units <= 4096, "{units} units: {}", view.html);
        let buttons = view.rows.iter().flatten().count();
        assert!(buttons <= 100, "{buttons} buttons");
    }

    /// The largest script: the maximum number of questions, the first with the maximum number of options, the last one
    /// asked depending on it.
    fn largest() -> Script {
        let mut source = "slug = \"own\"\non = \"purchase\"\ntitle = { ru = \"Т\", en = \"T\" }\n".to_owned();
        for place in 0..50 {
            let long = "ы&".repeat(100);
            let question = format!("key = \"q{place}\"\ntext = {{ ru = \"{long}\", en = \"{long}\" }}\n");
            source.extend(["[[questions]]\nmetric = \"choice\"\n", question.as_str()]);
            let option = |at| format!("{{ key = \"o{at}\", text = {{ ru = \"в\", en = \"o\" }} }}");
            let options: Vec<String> = (0..if place == 0 { 90 } else { 2 }).map(option).collect();
            source.extend(["options = [ ", options.join(", ").as_str(), " ]\n"]);
            if place == 49 {
                source += "show_if = { question = \"q0\", option = [\"o0\"] }\n";
            }
        }
        Script::parse("largest", source, &Languages::default())
            .unwrap_or_else(|problems| panic!("{problems:?}"))
            .script
    }

    #[test]
    fn the_largest_script_fits_every_screen() {
        let script = largest();
        with_editor(|editor| {
            fits(&editor.questions(&script));
            fits(&editor.branch(&script, 49, &script.questions[49]));
            fits(&editor.items(&script.questions[0], crate::domain::script::edit::List::Options(0)));
            fits(&editor.question(&script, 49, &script.questions[49]));
        });
    }

    #[test]
    fn a_list_of_many_scripts_with_long_titles_fits_and_tells_how_many_are_left_out() {
        let title = largest().questions[0].text.clone();
        let listed = |at: usize| Listed {
            slug: format!("script-{at}"),
            title: title.clone(),
            state: State::Live,
            on: Trigger::Purchase,
            version: 1,
            has_draft: true,
            sent: 1,
            answered: 1,
        };
        let all: Vec<Listed> = (0..80).map(listed).collect();
        with_editor(|editor| {
            let view = editor.list(&all, 30, &[]);
            fits(&view);
            let shown = view.html.matches("<b>").count() - 1;
            let left = editor.one("editor-and-more", "count", (80 - shown).to_string());
            assert!(view.html.ends_with(&left), "{shown} shown: {}", view.html);
        });
    }

    #[test]
    fn no_character_is_cut_apart_where_conditions_are_long() {
        let mut script = largest();
        script.when.tags_any = (0..100).map(|_| "&".to_owned()).collect();
        with_editor(|editor| {
            let view = editor.when(&script);
            let rest = view.html.replace("&amp;", "");
            assert!(!rest.contains('&'), "{}", view.html);
            fits(&view);
        });
    }

    #[test]
    fn what_was_written_is_not_quoted_whole() {
        let long = "<".repeat(4096);
        let problems = Script::parse("t", format!("slug = \"{long}\""), &Languages::default()).unwrap_err();
        with_editor(|editor| {
            assert!(problems.iter().all(|problem| editor.problem(problem).chars().count() < 1200));
            fits(&editor.file_refused(&"ы".repeat(300), &problems));
        });
    }
}
