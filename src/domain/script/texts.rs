//! Reads a script's texts: checks their languages (the installation's and others), placeholders where they are
//! supported, and Telegram's length limits.

use super::fields::{Fields, Value};
use super::problem::{Words, said};
use crate::domain::locale::{self, Languages, Localized};
use crate::domain::template::{self, Escape, Placeholder, Values};

/// Telegram's limit for a message, in UTF-16 code units after the entities are parsed.
pub const MESSAGE_UNITS: usize = 4096;
/// The longest button text. Phones cut off much shorter ones.
pub const BUTTON_CHARS: usize = 64;
/// The most that a message contains besides the script's texts: progress, hints, the mark of a test.
const FRAME_UNITS: usize = 256;
/// The most that a placeholder may expand to.
const VALUE_UNITS: usize = 256;

/// Where a text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// In a message, with its placeholders filled in.
    Message,
    /// On a button.
    Button,
    /// In a message or a list, unchanged.
    Plain,
}

impl Fields<'_> {
    pub fn text(&self, name: &'static str, shown: Shown) -> Option<Localized> {
        localized(&self.get(name)?, shown)
    }

    pub fn require_text(&self, name: &'static str, shown: Shown) -> Localized {
        let value = self.require(name, &format!("it in every language: {}", self.report.languages.example()));
        value.and_then(|value| localized(&value, shown)).unwrap_or_default()
    }
}

pub(super) fn localized(value: &Value<'_>, shown: Shown) -> Option<Localized> {
    let languages = value.report.languages;
    if value.is_string() {
        let example = languages.example();
        let message = format!("does not say its language: write {example}");
        value.error(said("lint-one-language", [("example", example)], message));
        return None;
    }
    let entries = value.table()?.entries();
    let mut texts = Vec::with_capacity(entries.len());
    for (tag, text) in &entries {
        let Some(language) = locale::code(tag) else {
            let message = format!("'{tag}' is not a language: write its ISO 639-1 code, like kk");
            text.error(said("lint-no-such-language", [("text", (*tag).to_owned())], message));
            continue;
        };
        if let Some(words) = text.string() {
            check_words(text, words.trim(), shown);
            texts.push((language, words.trim()));
        }
    }
    for language in languages.iter() {
        if !entries.iter().any(|(known, _)| *known == language) {
            let message = format!("has no text in the language '{language}'");
            value.error(said("lint-no-language", [("language", language.to_owned())], message));
        }
    }
    let texts = in_order(texts, languages);
    value.report.note_text(&value.path, &texts);
    Some(texts)
}

/// Puts the installation's languages first, in its order, so that the first text is the one that replaces a missing
/// one.
fn in_order(mut texts: Vec<(&'static str, &str)>, languages: &Languages) -> Localized {
    let place = |language: &str| languages.iter().position(|known| known == language);
    texts.sort_by_key(|(language, _)| place(language).unwrap_or(usize::MAX));
    let mut ordered = Localized::default();
    for (language, words) in texts {
        ordered.insert(language, words);
    }
    ordered
}

fn check_words(value: &Value<'_>, words: &str, shown: Shown) {
    if words.is_empty() {
        value.error(said("lint-blank", [], "is blank"));
    }
    if words.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        value.error(said("lint-control", [], "contains a control character"));
    }
    match shown {
        Shown::Message => check_placeholders(value, words),
        Shown::Button | Shown::Plain => {
            let filled = |p: &&Placeholder| words.contains(&format!("{{{p}"));
            if let Some(placeholder) = Placeholder::ALL.iter().find(filled) {
                let message = format!("{{{placeholder}}} is not filled in here, only in messages");
                value.error(said("lint-placeholder-here", [("name", placeholder.to_string())], message));
            }
        }
    }
    if shown == Shown::Button {
        if words.contains('\n') {
            value.error(said("lint-one-line", [], "is shown on a button: write it in one line"));
        }
        let chars = words.chars().count();
        if chars > BUTTON_CHARS {
            let values = [("count", chars.to_string()), ("most", BUTTON_CHARS.to_string())];
            let message = format!("is {chars} characters long; a button holds {BUTTON_CHARS}");
            value.error(said("lint-button-long", values, message));
        }
    }
}

fn check_placeholders(value: &Value<'_>, words: &str) {
    let mistakes = template::mistakes(words);
    for mistake in &mistakes {
        let values = [("place", mistake.position.to_string())];
        value.error(said("lint-placeholder", values, mistake.to_string()));
    }
    let nothing_known = Values::default();
    if mistakes.is_empty()
        && !words.is_empty()
        && template::render(words, &nothing_known, Escape::Plain).trim().is_empty()
    {
        let message = "is empty for an event that says nothing: add words of your own";
        value.error(said("lint-empty-when-unknown", [], message));
    }
}

/// The most UTF-16 code units that a text can take once its placeholders are filled in.
fn units(words: &str) -> usize {
    words.encode_utf16().count() + template::placeholders(words).count() * VALUE_UNITS
}

/// `None` if these texts fit into one message in each of their languages; otherwise the problem, with the language and
/// the length.
pub(super) fn over_message_limit(texts: &[&Localized]) -> Option<Words> {
    let languages = texts.iter().flat_map(|text| text.iter().map(|(language, _)| language));
    let mut seen = Vec::new();
    languages.into_iter().find_map(|locale| {
        if seen.contains(&locale) {
            return None;
        }
        seen.push(locale);
        let taken: usize = texts.iter().filter_map(|text| text.exact(locale)).map(units).sum();
        (taken + FRAME_UNITS > MESSAGE_UNITS).then(|| {
            let message = format!(
                "takes up to {taken} characters in '{locale}'; a message of Telegram holds {MESSAGE_UNITS}, \
                 of which {FRAME_UNITS} are kept for what stands around it"
            );
            let most = (MESSAGE_UNITS - FRAME_UNITS).to_string();
            let values = [("language", locale.to_owned()), ("count", taken.to_string()), ("most", most)];
            said("lint-message-long", values, message)
        })
    })
}

/// Whether a text begins with an emoji.
pub(super) fn leads_with_emoji(text: &str) -> bool {
    text.chars().next().is_some_and(
        |c| matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x2190..=0x21FF),
    )
}
