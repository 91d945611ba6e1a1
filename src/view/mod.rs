//! What people see: a value and a locale become a text and a keyboard. The module is pure: it reads and writes nothing.
//!
//! It sits below the use cases, because a message is stored in the same transaction as its cause.

use std::fmt::Write as _;

use chrono_tz::Tz;
use serde::Serialize;

use crate::domain::direction::{contained, isolated};
use crate::domain::locale::{Languages, own_name};
use crate::domain::naming::stated_name;
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;

pub mod alert;
pub mod callback;
pub mod case;
pub mod case_settings;
pub mod cases;
pub mod charts;
pub mod chats;
pub mod customer;
pub mod dashboard;
pub mod deadlines;
pub mod editor;
pub mod forget;
pub mod history;
pub mod hooks;
pub mod numbers;
pub mod offers;
pub mod promise;
pub mod qr;
pub mod reach;
pub mod recovery;
pub mod report;
pub mod routing;
pub mod setup;
pub mod staff;
pub mod survey;
pub mod talk;
pub mod team;
pub mod verdicts;

/// A message: HTML as Telegram reads it, and inline buttons in rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub html: String,
    pub rows: Vec<Vec<Button>>,
}

impl View {
    #[must_use]
    pub fn text(html: impl Into<String>) -> Self {
        Self { html: html.into(), rows: Vec::new() }
    }

    #[must_use]
    pub fn row(mut self, buttons: impl IntoIterator<Item = Button>) -> Self {
        let row: Vec<_> = buttons.into_iter().collect();
        if !row.is_empty() {
            self.rows.push(row);
        }
        self
    }

    /// The view as a snapshot shows it: the text, then each row of buttons on a line.
    #[cfg(test)]
    fn shown(&self) -> String {
        let row =
            |row: &Vec<Button>| row.iter().map(|b| format!("[{}]", b.text)).collect::<Vec<_>>().join(" ");
        let rows: Vec<String> = self.rows.iter().map(row).collect();
        paragraphs([self.html.as_str(), &rows.join("\n")])
    }

    /// Telegram's `reply_markup`, if there are buttons.
    #[must_use]
    pub fn markup(&self) -> Option<Markup<'_>> {
        (!self.rows.is_empty()).then_some(Markup { inline_keyboard: &self.rows })
    }
}

/// An inline keyboard in Telegram's format.
#[derive(Debug, Serialize)]
pub struct Markup<'v> {
    inline_keyboard: &'v [Vec<Button>],
}

/// The keyboard below the input field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum BelowInput {
    /// A single button that shares the person's own phone number; it disappears once pressed.
    AskContact {
        keyboard: [[ContactButton; 1]; 1],
        resize_keyboard: bool,
        one_time_keyboard: bool,
    },
    Nothing {
        remove_keyboard: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactButton {
    text: String,
    request_contact: bool,
}

impl BelowInput {
    pub const NOTHING: Self = Self::Nothing { remove_keyboard: true };

    #[must_use]
    pub fn ask_contact(text: impl Into<String>) -> Self {
        let button = ContactButton { text: text.into(), request_contact: true };
        Self::AskContact { keyboard: [[button]], resize_keyboard: true, one_time_keyboard: true }
    }
}

/// One inline button in Telegram's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Button {
    pub text: String,
    #[serde(flatten)]
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    CallbackData(String),
    Url(String),
}

impl Button {
    #[must_use]
    pub fn new(text: impl Into<String>, data: &callback::Data) -> Self {
        Self { text: contained(&text.into()).into_owned(), action: Action::CallbackData(data.encode()) }
    }

    #[must_use]
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { text: contained(&text.into()).into_owned(), action: Action::Url(url.into()) }
    }
}

/// Joins blocks of text with an empty line between them, leaving out empty blocks.
fn paragraphs<'t>(blocks: impl IntoIterator<Item = &'t str>) -> String {
    let blocks: Vec<&str> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    blocks.join("\n\n")
}

/// A date and time as staff read it.
fn moment(catalogue: &Catalogue, locale: &str, at: Timestamp, zone: Tz) -> String {
    written(&catalogue.text(locale, "date-moment"), at, zone)
}

/// A date as staff read it.
fn day(catalogue: &Catalogue, locale: &str, at: Timestamp, zone: Tz) -> String {
    written(&catalogue.text(locale, "date-day"), at, zone)
}

/// Formats a moment with a pattern from the catalogue, in `strftime` notation. A test rejects patterns that cannot be
/// parsed.
fn written(pattern: &str, at: Timestamp, zone: Tz) -> String {
    let at = at.to_utc().with_timezone(&zone);
    let mut text = String::new();
    match write!(text, "{}", at.format(pattern)) {
        Ok(()) => text,
        Err(std::fmt::Error) => at.to_rfc3339(),
    }
}

/// A message in each of these languages, without duplicate wordings.
fn in_each<'l>(catalogue: &Catalogue, languages: impl IntoIterator<Item = &'l str>, id: &str) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for language in languages {
        let text = catalogue.text(language, id);
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

/// The text with its first letter capitalised.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A language's name in that language, as shown on a button.
fn language_name(code: &str) -> String {
    capitalised(own_name(code))
}

/// A language's name in the reader's language, as it is written inside a sentence.
fn language_in(catalogue: &Catalogue, locale: &str, code: &str) -> String {
    let values = [("code", code.to_owned().into()), ("own", own_name(code).to_owned().into())];
    catalogue.with(locale, "language-named", &values)
}

/// Adds a button for each of the installation's languages; the current one is ticked.
fn with_languages(
    view: View,
    languages: &Languages,
    current: &str,
    data: impl Fn(&'static str) -> callback::Data,
) -> View {
    let button = |language: &'static str| {
        let name = language_name(language);
        let text = if language == current { format!("✓ {name}") } else { name };
        [Button::new(text, &data(language))]
    };
    languages.iter().fold(view, |view, language| view.row(button(language)))
}

/// Joins parts into one line; each part is isolated, so that mixed writing directions do not affect its neighbours.
fn side_by_side<'t>(parts: impl IntoIterator<Item = &'t str>, between: &str) -> String {
    parts.into_iter().map(isolated).collect::<Vec<_>>().join(between)
}

/// `Анна, C-42`, or only the ID if there is no name. `cut` shortens each part.
fn customer(name: Option<&str>, id: &str, cut: impl Fn(&str) -> String) -> String {
    let parts: Vec<String> = name.and_then(stated_name).into_iter().chain([id]).map(cut).collect();
    side_by_side(parts.iter().map(String::as_str), ", ")
}

/// Escapes a value for use inside a quoted attribute.
fn escape_attribute(value: &str) -> String {
    crate::domain::template::escape_html(value).replace('"', "&quot;")
}

/// Stands in a text of ours where a name or another value would.
pub const GAP: &str = "\u{fffc}";

/// Whether a text is this one of ours, with anything in its gaps.
#[must_use]
pub fn has_form(text: &str, form: &str) -> bool {
    let Some((first, after_first)) = form.split_once(GAP) else { return text == form };
    let (middle, last) = after_first.rsplit_once(GAP).unwrap_or(("", after_first));
    let Some(mut rest) = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    for piece in middle.split(GAP) {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_each_catalogue_says() {
        let catalogue = Catalogue::default();
        let at = Timestamp::from_millis(1_795_262_645_000);
        let of = |write: fn(&Catalogue, &str, Timestamp, Tz) -> String| {
            ["ru", "en", "vo"].map(|locale| write(&catalogue, locale, at, Tz::Europe__Moscow))
        };
        assert_eq!(of(moment), ["21.11.2026 15:04", "2026-11-21 15:04", "21.11.2026 15:04"]);
        assert_eq!(of(day), ["21.11.2026", "21 Nov 2026", "21.11.2026"]);
        assert_eq!(written("%", at, Tz::UTC), "2026-11-21T12:04:05+00:00", "no pattern makes it fall over");
    }
}
