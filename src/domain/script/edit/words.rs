//! Turns what an author types into a value of the script; the lint says what is wrong with it.

use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

use super::document::{localized, put, put_text, rearrange};
use super::follow::{put_label, rename_option, rename_question};
use super::latin::key_from;
use super::places::place_of;
use super::taps::unique;
use super::translation::together;
use super::{Draft, Field, Form, List, Prompt, SendField};
use crate::domain::locale::Languages;
use crate::domain::script::texts::BUTTON_CHARS;
use crate::domain::script::{Problem, Script, Trigger};

/// Why a step was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("what it was about is not there any more")]
    Gone,
    #[error("{wanted} lines are wanted and {got} came")]
    Lines { wanted: usize, got: usize },
    #[error("{0} characters are too many for a title")]
    Long(usize),
    #[error("a whole number is needed")]
    Number,
    #[error("the file would be too large")]
    TooLarge,
    #[error("it cannot work")]
    Wrong(Vec<Problem>),
}

/// Errors that can only be fixed in another field, so they are no reason to refuse this text.
const ELSEWHERE: &[&str] =
    &["lint-missing", "lint-no-language", "lint-window", "lint-reminder", "lint-branch-unknown"];

/// Refuses the new text if it causes errors that were not there before.
pub(super) fn judge(before: &Draft, after: &Draft) -> Result<(), Refusal> {
    let is_old = |problem: &Problem| {
        before.errors.iter().any(|old| old.field == problem.field && old.message == problem.message)
    };
    let is_elsewhere = |problem: &Problem| ELSEWHERE.contains(&problem.said.id);
    let wrong: Vec<Problem> =
        after.errors.iter().filter(|problem| !is_old(problem) && !is_elsewhere(problem)).cloned().collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::Wrong(wrong)) }
}

/// The context of a step.
pub(super) struct Step<'s> {
    /// The script before the step.
    pub script: &'s Script,
    pub languages: &'s Languages,
}

impl Step<'_> {
    pub fn apply(&self, document: &mut DocumentMut, prompt: Prompt, text: &str) -> Result<(), Refusal> {
        let text = text.trim();
        match prompt.field.form() {
            Form::Long => {
                let language = prompt.language.ok_or(Refusal::Gone)?;
                if let Field::Text(place) = prompt.field {
                    self.name_question(document, place, text);
                }
                self.put_in(document, prompt.field, [(language, text)])
            }
            Form::Line => {
                let language = prompt.language.ok_or(Refusal::Gone)?;
                let texts = filled_lines(text);
                let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
                if prompt.field == Field::Title && longest > BUTTON_CHARS {
                    return Err(Refusal::Long(longest));
                }
                if texts.len() > 1 && texts.len() == self.languages.count() {
                    return self.put_in(document, prompt.field, self.languages.iter().zip(texts));
                }
                self.put_in(document, prompt.field, [(language, lines(text, 1)?.join(""))])
            }
            Form::Items => {
                let Field::NewItem(list) = prompt.field else { return Err(Refusal::Gone) };
                self.add_items(document, list, prompt.language.ok_or(Refusal::Gone)?, text)
            }
            Form::Link => {
                let language = prompt.language.ok_or(Refusal::Gone)?;
                let Field::NewItem(list) = prompt.field else { return Err(Refusal::Gone) };
                let texts = lines(text, 2)?;
                let mut link = InlineTable::new();
                link.insert("text", localized([(language, texts[0])]));
                link.insert("url", Value::from(texts[1]));
                add(document, list, link)
            }
            Form::Translation => self.translate(document, prompt.language.ok_or(Refusal::Gone)?, text),
            Form::Plain => plain(document, self.script, prompt.field, text),
        }
    }

    /// Sets a text in several languages.
    fn put_in<T: AsRef<str>>(
        &self,
        document: &mut DocumentMut,
        field: Field,
        texts: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Result<(), Refusal> {
        for (language, text) in texts {
            if let Field::Label(place, value) = field {
                put_label(document, place, value, language, text.as_ref()).ok_or(Refusal::Gone)?;
                continue;
            }
            let (table, name) = place_of(document, field).ok_or(Refusal::Gone)?;
            put_text(table, name, language, text.as_ref());
        }
        if let Field::LowEnd(place) | Field::HighEnd(place) = field {
            self.both_ends(document, place);
        }
        Ok(())
    }

    /// Gives a question a key made from its first words, if it still has the key it was added with.
    fn name_question(&self, document: &mut DocumentMut, place: usize, text: &str) {
        let Some(question) = self.script.questions.get(place) else { return };
        let stem = question.key.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
        let is_new = question.text.is_empty() && stem == question.metric.as_str();
        let Some(key) = key_from(text).filter(|_| is_new) else { return };
        let key = unique(&key, |key| self.script.question(key).is_some());
        rename_question(document, self.script, &question.key, &key);
        if let Some((table, name)) = place_of(document, Field::Key(place)) {
            put(table, name, key);
        }
    }

    fn add_items(
        &self,
        document: &mut DocumentMut,
        list: List,
        language: &'static str,
        text: &str,
    ) -> Result<(), Refusal> {
        let mut taken: Vec<String> = keys(self.script, list).into_iter().map(str::to_owned).collect();
        let texts = filled_lines(text);
        if texts.is_empty() {
            return Err(Refusal::Lines { wanted: 1, got: 0 });
        }
        for text in texts {
            let key = key_from(text).unwrap_or_else(|| "item".to_owned());
            let key = unique(&key, |key| taken.iter().any(|taken| taken == key));
            let mut choice = InlineTable::new();
            choice.insert("key", Value::from(key.as_str()));
            choice.insert("text", localized([(language, text)]));
            add(document, list, choice)?;
            taken.push(key);
        }
        Ok(())
    }

    /// Expects one line for each text that was asked for, with or without its number in front.
    fn translate(
        &self,
        document: &mut DocumentMut,
        language: &'static str,
        text: &str,
    ) -> Result<(), Refusal> {
        let asked = together(self.script, language);
        let texts = lines(text, asked.len())?;
        let unnumbered = |(at, text): (usize, &&'_ str)| {
            let rest = text.strip_prefix(&(at + 1).to_string())?;
            rest.strip_prefix(['.', ')']).map(|rest| rest.trim_start().to_owned())
        };
        let plain: Option<Vec<String>> = texts.iter().enumerate().map(unnumbered).collect();
        let texts = plain.unwrap_or_else(|| texts.iter().map(|text| (*text).to_owned()).collect());
        for ((field, _), text) in asked.iter().zip(texts) {
            self.put_in(document, *field, [(language, text)])?;
        }
        Ok(())
    }

    /// Uses the number as the text of a scale's end that has none yet.
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

fn filled_lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn lines(text: &str, wanted: usize) -> Result<Vec<&str>, Refusal> {
    let lines = filled_lines(text);
    if lines.len() == wanted { Ok(lines) } else { Err(Refusal::Lines { wanted, got: lines.len() }) }
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

/// Undoes what phones do to typed text: dashes instead of hyphens, spaces, capital letters.
fn spelt(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if "–—−".contains(c) { '-' } else { c })
        .collect()
}

/// The shortest script to start from.
#[must_use]
pub fn begin(slug: &str, on: Trigger) -> String {
    format!("slug = \"{slug}\"\non = \"{on}\"\n")
}
