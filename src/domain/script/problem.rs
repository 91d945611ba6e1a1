//! What is wrong with a script's file, and where: every mistake at once, each with file, line and field.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use crate::domain::locale::{Languages, Localized};

/// One mistake, or one warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// Like `questions[0].scale`; empty where the file as a whole is meant.
    pub field: String,
    pub message: String,
    /// The same for the catalogue, for readers in their own language.
    pub said: Said,
}

/// A message of the catalogue with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub id: &'static str,
    pub values: Vec<(&'static str, String)>,
}

/// What is wrong, in words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    message: String,
    said: Said,
}

impl Words {
    /// With these words before them; the catalogue's do without.
    pub(super) fn after(self, before: &str) -> Self {
        Self { message: format!("{before}{}", self.message), ..self }
    }
}

/// Words, with their message in the catalogue.
pub(super) fn said<const N: usize>(
    id: &'static str,
    values: [(&'static str, String); N],
    message: impl Into<String>,
) -> Words {
    Words { message: message.into(), said: Said { id, values: values.into() } }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// A list that names more mistakes than this helps nobody.
const MOST_PROBLEMS: usize = 100;

/// Collects problems while a file is read, and remembers on which line each field stands and which languages each text has.
#[derive(Debug)]
pub(super) struct Report<'s> {
    file: &'s str,
    /// Of the installation: every text has them, or something is wrong.
    pub languages: &'s Languages,
    /// Where each line but the first begins.
    lines: Vec<usize>,
    places: RefCell<HashMap<String, usize>>,
    /// Path and languages of each text.
    texts: RefCell<Vec<(String, Vec<&'static str>)>>,
    errors: RefCell<Problems>,
    warnings: RefCell<Problems>,
}

/// The first problems, and how many more there are.
#[derive(Debug, Default)]
struct Problems {
    named: Vec<Problem>,
    more: usize,
}

impl Problems {
    fn push(&mut self, problem: impl FnOnce() -> Problem) {
        if self.named.len() < MOST_PROBLEMS { self.named.push(problem()) } else { self.more += 1 }
    }

    /// In the file's order, and in the end how many are not named.
    fn into_list(self, file: &str) -> Vec<Problem> {
        let Self { mut named, more } = self;
        named.sort_by_key(|problem| problem.line);
        if more > 0 {
            let last = named.last().map_or(1, |problem| problem.line);
            let said = Said { id: "lint-more", values: vec![("count", more.to_string())] };
            let message = format!("and {more} more: put these right first");
            named.push(Problem { file: file.to_owned(), line: last, field: String::new(), message, said });
        }
        named
    }
}

impl<'s> Report<'s> {
    pub fn new(file: &'s str, source: &'s str, languages: &'s Languages) -> Self {
        let lines = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            file,
            languages,
            lines: lines.collect(),
            places: RefCell::default(),
            texts: RefCell::default(),
            errors: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// Remembers where a field stands.
    pub fn place(&self, field: &str, span: &Range<usize>) {
        let line = self.lines.partition_point(|begin| *begin <= span.start) + 1;
        self.places.borrow_mut().insert(field.to_owned(), line);
    }

    pub fn note_text(&self, field: &str, text: &Localized) {
        let languages = text.iter().map(|(language, _)| language).collect();
        self.texts.borrow_mut().push((field.to_owned(), languages));
    }

    /// Every language that a text has, each with the first text that lacks it, if one does.
    pub fn languages_of_texts(&self) -> Vec<(&'static str, Option<String>)> {
        let texts = self.texts.borrow();
        let mut found: Vec<&'static str> = Vec::new();
        for language in texts.iter().flat_map(|(_, languages)| languages) {
            if !found.contains(language) {
                found.push(language);
            }
        }
        let lacking = |language: &&'static str| texts.iter().find(|(_, has)| !has.contains(language));
        found
            .into_iter()
            .map(|language| (language, lacking(&language).map(|(field, _)| field.clone())))
            .collect()
    }

    pub fn error(&self, field: &str, words: Words) {
        self.errors.borrow_mut().push(|| self.problem(field, words));
    }

    pub fn warn(&self, field: &str, words: Words) {
        self.warnings.borrow_mut().push(|| self.problem(field, words));
    }

    /// Whether something is wrong with this field or with one inside it, as far as that is known.
    pub fn has_error_in(&self, field: &str) -> bool {
        let errors = self.errors.borrow();
        let is_inside = |problem: &Problem| {
            let rest = problem.field.strip_prefix(field);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        errors.more > 0 || errors.named.iter().any(is_inside)
    }

    /// Errors and warnings, each in the file's order.
    pub fn into_parts(self) -> (Vec<Problem>, Vec<Problem>) {
        (self.errors.into_inner().into_list(self.file), self.warnings.into_inner().into_list(self.file))
    }

    fn problem(&self, field: &str, words: Words) -> Problem {
        let Words { message, said } = words;
        Problem { file: self.file.to_owned(), line: self.line(field), field: field.to_owned(), message, said }
    }

    /// The line of a field; of an absent one, that of what it is missing from.
    fn line(&self, field: &str) -> usize {
        let places = self.places.borrow();
        let mut field = field;
        loop {
            if let Some(line) = places.get(field) {
                return *line;
            }
            match field.rfind(['.', '[']) {
                Some(end) => field = &field[..end],
                None => return 1,
            }
        }
    }
}

/// The line, from 1, on which a byte stands.
pub(super) fn line_of(source: &[u8], at: usize) -> usize {
    source[..at.min(source.len())].split(|byte| *byte == b'\n').count()
}
