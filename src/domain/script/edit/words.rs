//! What an author writes becomes a value of the script; the lint says what is wrong with it.

use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

use super::document::{localized, put, put_text, rearrange};
use super::follow::{put_label, rename_option, rename_question};
use super::places::place_of;
use super::taps::unique;
use super::{Draft, Field, Form, List, Prompt, SendField};
use crate::domain::locale::Languages;
use crate::domain::script::{Problem, Script, Trigger};

/// Why a step was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("what it was about is not there any more")]
    Gone,
    #[error("{0} lines are wanted")]
    Lines(usize),
    #[error("a whole number is needed")]
    Number,
    #[error("the file would be too large")]
    TooLarge,
    #[error("it cannot work")]
    Wrong(Vec<Problem>),
}

/// What is still to be done elsewhere does not refuse what was written here.
const ELSEWHERE: &[&str] =
    &["lint-missing", "lint-no-language", "lint-window", "lint-reminder", "lint-branch-unknown"];

/// The errors that came up with what was written.
pub(super) fn judge(before: &Draft, after: &Draft) -> Result<(), Refusal> {
    let is_old = |problem: &Problem| {
        before.errors.iter().any(|old| old.field == problem.field && old.message == problem.message)
    };
    let is_elsewhere = |problem: &Problem| ELSEWHERE.contains(&problem.said.id);
    let wrong: Vec<Problem> =
        after.errors.iter().filter(|problem| !is_old(problem) && !is_elsewhere(problem)).cloned().collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::Wrong(wrong)) }
}

/// What a step goes by.
pub(super) struct Step<'s> {
    /// As it was before.
    pub script: &'s Script,
    pub languages: &'s Languages,
}

impl Step<'_> {
    pub fn apply(&self, document: &mut DocumentMut, prompt: Prompt, text: &str) -> Result<(), Refusal> {
        let text = text.trim();
        match prompt.field.form() {
            Form::Long => {
                let language = prompt.language.ok_or(Refusal::Gone)?;
                let (table, name) = place_of(document, prompt.field).ok_or(Refusal::Gone)?;
                put_text(table, name, language, text);
                Ok(())
            }
            Form::Lines => {
                let texts = lines(text, self.languages.count())?;
                self.put_lines(document, prompt.field, &texts)
            }
            Form::LinesAndUrl => {
                let texts = lines(text, self.languages.count() + 1)?;
                let Field::NewItem(list) = prompt.field else { return Err(Refusal::Gone) };
                let (texts, url) = texts.split_at(self.languages.count());
                let mut link = InlineTable::new();
                link.insert("text", localized(self.in_languages(texts)));
                link.insert("url", Value::from(url.first().copied().unwrap_or_default()));
                add(document, list, link)
            }
            Form::Plain => plain(document, self.script, prompt.field, text),
        }
    }

    /// A text for each language of the installation.
    fn in_languages<'t>(&self, texts: &[&'t str]) -> impl Iterator<Item = (&'static str, &'t str)> {
        self.languages.iter().zip(texts.iter().copied())
    }

    fn put_lines(&self, document: &mut DocumentMut, field: Field, texts: &[&str]) -> Result<(), Refusal> {
        match field {
            Field::Label(place, value) => {
                put_label(document, place, value, self.in_languages(texts)).ok_or(Refusal::Gone)
            }
            Field::NewItem(list) => {
                let taken = keys(self.script, list);
                let english = self.in_languages(texts).find(|(language, _)| *language == "en");
                let named = english.map(|(_, text)| text).or(texts.first().copied());
                let key = key_from(named.unwrap_or_default());
                let mut choice = InlineTable::new();
                choice.insert("key", Value::from(unique(&key, |key| taken.contains(&key))));
                choice.insert("text", localized(self.in_languages(texts)));
                add(document, list, choice)
            }
            _ => {
                let (table, name) = place_of(document, field).ok_or(Refusal::Gone)?;
                for (language, text) in self.in_languages(texts) {
                    put_text(table, name, language, text);
                }
                if let Field::LowEnd(place) | Field::HighEnd(place) = field {
                    self.both_ends(document, place);
                }
                Ok(())
            }
        }
    }

    /// An end that has no words yet is called by its number, until it gets its own.
    fn both_ends(&self, document: &mut DocumentMut, place: usize) {
        let Some(scale) = self.script.questions.get(place).and_then(|question| question.scale) else {
            return;
        };
        for (field, number) in [(Field::LowEnd(place), scale.min()), (Field::HighEnd(place), scale.max())] {
            if let Some((ends, name)) = place_of(document, field)
                && !ends.contains_key(name)
            {
                let number = number.to_string();
                let texts = self.languages.iter().map(|language| (language, number.as_str()));
                put(ends, name, localized(texts));
            }
        }
    }
}

fn lines(text: &str, wanted: usize) -> Result<Vec<&str>, Refusal> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() == wanted { Ok(lines) } else { Err(Refusal::Lines(wanted)) }
}

fn add(document: &mut DocumentMut, list: List, item: InlineTable) -> Result<(), Refusal> {
    let added = rearrange(document, list, |items| {
        items.push(Item::Value(Value::InlineTable(item)));
        Some(())
    });
    added.ok_or(Refusal::Gone)
}

fn keys(script: &Script, list: List) -> Vec<&str> {
    let question = |place: usize| script.questions.get(place);
    let choices = match list {
        List::Options(place) => question(place).map(|question| question.options.as_slice()),
        List::Reasons(place, band) => question(place).map(|q| q.follow_up(band).reasons.as_slice()),
        List::Links(..) => None,
    };
    choices.unwrap_or_default().iter().map(|choice| choice.key.as_str()).collect()
}

/// "Not solved" → `not_solved`.
fn key_from(text: &str) -> String {
    let mut key = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    key.truncate(28);
    let key = key.trim_end_matches('_');
    if key.is_empty() { "item".to_owned() } else { key.to_owned() }
}

fn plain(document: &mut DocumentMut, script: &Script, field: Field, text: &str) -> Result<(), Refusal> {
    if let Field::Key(place) = field {
        let from = script.questions.get(place).ok_or(Refusal::Gone)?.key.clone();
        if script.question(text).is_none() && !from.is_empty() {
            rename_question(document, script, &from, text);
        }
    }
    if let Field::ItemKey(list @ List::Options(place), at) = field {
        let from = keys(script, list).get(at).map(|key| (*key).to_owned()).ok_or(Refusal::Gone)?;
        if !keys(script, list).contains(&text) {
            rename_option(document, script, place, &from, text);
        }
    }
    let (table, name) = place_of(document, field).ok_or(Refusal::Gone)?;
    match field {
        Field::Priority | Field::MinMessages | Field::Sample => {
            let number: i64 = text.trim_end_matches(['%', ' ']).parse().map_err(|_| Refusal::Number)?;
            put(table, name, number);
        }
        Field::When(_) | Field::Send(SendField::DaysOff) => put_list(table, name, text),
        Field::Send(_) => put(table, name, spelt(text)),
        Field::Slug | Field::Key(_) | Field::ItemKey(..) => put(table, name, text.to_lowercase()),
        _ => put(table, name, text),
    }
    Ok(())
}

fn put_list(table: &mut dyn TableLike, name: &str, text: &str) {
    let items = text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
    put(table, name, Value::Array(items.collect()));
}

/// As phones write it: a dash for a hyphen, spaces, a capital.
fn spelt(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if "–—−".contains(c) { '-' } else { c })
        .collect()
}

/// The least a script can begin with.
#[must_use]
pub fn begin(slug: &str, on: Trigger) -> String {
    format!("slug = \"{slug}\"\non = \"{on}\"\n")
}
