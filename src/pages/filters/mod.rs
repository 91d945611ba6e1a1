//! What is chosen on a page: words with values in its address. A view has one address: the words in one order, without
//! defaults. Another order leads there.

mod form;
mod read;
mod word;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::reply::Trouble;
use crate::domain::counting::{Dimension, Filter};
use crate::domain::period::Period;
use crate::domain::scale::Band;
use crate::service::figures::Known;
use crate::service::figures::request::{Compare, Request};

pub use form::{AS, FileForm};
pub(super) use read::wait;
pub use word::{ANSWERS, CASES, CUSTOMER, EVENTS, SURVEYS, Word, of_figures};

/// Stands for events without a value.
pub const NONE: &str = "";
/// What a form sends for a field in which nothing is chosen.
pub const ANY: &str = "*";

/// One value of one word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chosen {
    pub word: Word,
    /// Whether it is left out instead of chosen, `word!=value`.
    pub is_left_out: bool,
    pub value: String,
}

impl Chosen {
    /// The word as the address has it.
    fn name(&self) -> String {
        format!("{}{}", self.word, if self.is_left_out { "!" } else { "" })
    }
}

/// Everything that is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    chosen: BTreeSet<Chosen>,
    /// Words and values that the page does not know, as they came.
    pub unknown: Vec<(String, String)>,
}

/// The address that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    /// The words with their values, as they came.
    pub pairs: Vec<(String, String)>,
    /// The file that is asked for in place of the page.
    pub file: Option<FileForm>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let path = parts.uri.path().to_owned();
        let pairs = Query::try_from_uri(&parts.uri).map(|Query(pairs)| pairs);
        // What is no query at all is not there.
        let mut pairs: Vec<(String, String)> = pairs.unwrap_or_default();
        let asked = |(name, value): &(String, String)| FileForm::read(value).filter(|_| name == AS);
        let file = pairs.iter().find_map(asked);
        pairs.retain(|pair| asked(pair).is_none());
        Ok(Self { path, pairs, file })
    }
}

impl Asked {
    /// Reads the words that the page knows. Leads to the one address of the view if it was asked for by another one.
    pub fn filters(&self, known: &[Word]) -> Result<Filters, Trouble> {
        let filters = Filters::read(&self.pairs, known);
        if filters.pairs() == self.pairs {
            Ok(filters)
        } else {
            let address = filters.href(&self.path);
            Err(Trouble::moved(self.file.as_ref().map_or(address.clone(), |file| file.of(&address))))
        }
    }

    /// The address itself.
    #[must_use]
    pub fn address(&self) -> String {
        address(&self.path, &self.pairs)
    }
}

impl Filters {
    /// All words with their values in the order of the address.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        let known = self.chosen.iter().map(|chosen| (chosen.name(), chosen.value.clone()));
        known.chain(self.unknown.iter().cloned()).collect()
    }

    /// The address of a page with what is chosen.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        address(path, &self.pairs())
    }

    /// Each value that is chosen, in order.
    pub fn chosen(&self) -> impl Iterator<Item = &Chosen> {
        self.chosen.iter()
    }

    /// Whether nothing but a period is chosen.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.unknown.is_empty() && self.chosen.iter().all(|chosen| chosen.word.is_of_the_view())
    }

    /// The values that are chosen of a word.
    pub fn all(&self, word: Word) -> impl Iterator<Item = &str> {
        let of_word = move |chosen: &&Chosen| chosen.word == word && !chosen.is_left_out;
        self.chosen.iter().filter(of_word).map(|chosen| chosen.value.as_str())
    }

    /// The only value, or the first one, of a word.
    #[must_use]
    pub fn get(&self, word: Word) -> Option<&str> {
        self.all(word).next()
    }

    #[must_use]
    pub fn has(&self, word: Word, value: &str) -> bool {
        self.all(word).any(|chosen| chosen == value)
    }

    /// The same with one value more.
    #[must_use]
    pub fn with(&self, word: Word, value: &str) -> Self {
        let mut more = self.clone();
        more.chosen.insert(Chosen { word, is_left_out: false, value: value.to_owned() });
        more
    }

    /// The same with this value in place of all others of the word.
    #[must_use]
    pub fn set(&self, word: Word, value: &str) -> Self {
        self.without(word).with(word, value)
    }

    /// The same with one value of a word, as far as an address can say it. Of what an event has several, such as tags,
    /// values that are left out still hold, and the value takes the place of those that are chosen.
    #[must_use]
    pub fn narrow(&self, word: Word, value: &str) -> Self {
        if word.is_a_set() { self.without_chip(word, false).with(word, value) } else { self.set(word, value) }
    }

    /// Whether an address can say that a row with this value counts only what is chosen. `tag=a&tag=b` is either of the
    /// two, so beside another tag that is chosen it cannot.
    #[must_use]
    pub fn can_narrow(&self, word: Word, value: &str) -> bool {
        !word.is_a_set() || self.get(word).is_none() || self.has(word, value)
    }

    /// The same without the events of a script.
    #[must_use]
    pub fn leaving_out(&self, script: &str) -> Self {
        let mut more = self.clone();
        more.chosen.insert(Chosen { word: Word::Script, is_left_out: true, value: script.to_owned() });
        more
    }

    /// The same without a word.
    #[must_use]
    pub fn without(&self, word: Word) -> Self {
        let mut less = self.clone();
        less.chosen.retain(|chosen| chosen.word != word);
        less
    }

    /// The same without any value of a word, used or not, so that a new one can be set.
    #[must_use]
    pub fn without_any(&self, word: Word) -> Self {
        let dates: &[&str] = if word == Word::Period { &["from", "to"] } else { &[] };
        let mut less = self.without(word);
        less.unknown.retain(|(name, _)| name != word.as_str() && !dates.contains(&name.as_str()));
        less
    }

    /// The same without the chosen, or without the left out, values of a word.
    #[must_use]
    pub fn without_chip(&self, word: Word, is_left_out: bool) -> Self {
        let mut less = self.clone();
        less.chosen.retain(|chosen| chosen.word != word || chosen.is_left_out != is_left_out);
        less
    }

    /// The same without the chosen values of some words, which a form has fields for. What is left out has none, and
    /// stays.
    #[must_use]
    pub fn without_chosen(&self, words: &[Word]) -> Self {
        words.iter().fold(self.clone(), |kept, word| kept.without_chip(*word, false))
    }

    /// Only what is of the view itself: the period and what it is compared with.
    #[must_use]
    pub fn plain(&self) -> Self {
        let mut plain = Self::default();
        plain.chosen.extend(self.chosen.iter().filter(|chosen| chosen.word.is_of_the_view()).cloned());
        plain
    }

    /// What another page knows of it: for links in the navigation.
    #[must_use]
    pub fn known_to(&self, words: &[Word]) -> Self {
        let known = self.chosen.iter().filter(|chosen| words.contains(&chosen.word)).cloned();
        Self { chosen: known.collect(), unknown: Vec::new() }
    }

    /// Keeps those values of a word aside that the page does not know, to be shown as such.
    pub fn keep_known(&mut self, word: Word, is_known: impl Fn(&str) -> bool) {
        let (kept, others) = std::mem::take(&mut self.chosen)
            .into_iter()
            .partition(|chosen| chosen.word != word || is_known(&chosen.value));
        self.chosen = kept;
        let others: BTreeSet<Chosen> = others;
        for other in others {
            self.keep_aside(&other.name(), &other.value);
        }
    }

    /// Keeps a file aside that the page cannot be.
    pub fn keep_file_aside(&mut self, file: &FileForm) {
        self.keep_aside(AS, &file.value());
    }

    /// Keeps scripts and questions aside that have never been published.
    pub fn keep_published(&mut self, known: &Known) {
        self.keep_known(Word::Script, |slug| slug == NONE || known.scripts.contains_key(slug));
        let scripts: Vec<Filter> =
            self.of_events().into_iter().filter(|of| of.dimension == Dimension::Script).collect();
        let is_of = |script: &str| {
            let script = Some(script.to_owned());
            scripts.iter().all(|of| of.values.contains(&script) != of.is_left_out)
        };
        let keys: BTreeSet<&str> = known.keys().filter(|(of, _)| is_of(of)).map(|(_, key)| key).collect();
        self.keep_known(Word::Q, |key| keys.contains(key));
    }

    /// The period that is chosen. Pages have a default of their own.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.get(Word::Period).and_then(|text| Period::parse(text).ok())
    }

    /// Which events are chosen, as figures select them.
    #[must_use]
    pub fn of_events(&self) -> Vec<Filter> {
        let mut filters: Vec<Filter> = Vec::new();
        for Chosen { word, is_left_out, value } in &self.chosen {
            let Some(dimension) = word.dimension() else { continue };
            let value = (value != NONE).then(|| value.clone());
            let same =
                |filter: &&mut Filter| filter.dimension == dimension && filter.is_left_out == *is_left_out;
            match filters.iter_mut().find(same) {
                Some(filter) => drop(filter.values.insert(value)),
                None => filters.push(Filter {
                    dimension,
                    values: BTreeSet::from([value]),
                    is_left_out: *is_left_out,
                }),
            }
        }
        filters
    }

    /// The bands that are chosen.
    #[must_use]
    pub fn bands(&self) -> BTreeSet<Band> {
        self.all(Word::Band).filter_map(|band| band.parse().ok()).collect()
    }

    /// The same question to the figures, for this period. Without `vs=none` it is compared, and by default with the
    /// period before.
    #[must_use]
    pub fn request(&self, period: Period) -> Request {
        let year = || period.a_year_before();
        let compare = match self.get(Word::Vs) {
            None => Some(Compare::Previous),
            Some("none") => None,
            Some("year") => year().map(Compare::With),
            Some(text) => Period::parse(text).ok().map(Compare::With),
        };
        Request {
            questions: self.all(Word::Q).map(str::to_owned).collect(),
            filters: self.of_events(),
            bands: self.bands(),
            reasons: self.all(Word::Reason).map(str::to_owned).collect(),
            period: Some(period),
            compare,
            is_reviewed: self.get(Word::Reviewed).is_some(),
            ..Request::default()
        }
    }
}

/// A path with its query.
pub(super) fn address(path: &str, pairs: &[(String, String)]) -> String {
    let mut address = path.to_owned();
    for (place, (name, value)) in pairs.iter().enumerate() {
        let mark = if place == 0 { '?' } else { '&' };
        let _ = write!(address, "{mark}{}={}", escaped(name), escaped(value));
    }
    address
}

/// Escapes what has a meaning in an address.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!,:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
