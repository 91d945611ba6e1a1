//! What is wrong with a script's file, and where. All problems are reported at once, each with its file, line and
//! field.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use crate::domain::locale::{Languages, Localized};

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// A path such as `questions[0].scale`; empty if the whole file is meant.
    pub field: String,
    pub message: String,
    /// The same as a catalogue message, for readers in their own language.
    pub said: Said,
}

/// A catalogue message with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub id: &'static str,
    pub values: Vec<(&'static str, String)>,
}

/// A problem in words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    message: String,
    said: Said,
}

impl Words {
    /// Puts these words in front of the English message; the catalogue's message stays as it is.
    pub(super) fn after(self, before: &str) -> Self {
        Self { message: format!("{before}{}", self.message), ..self }
    }
}

/// Pairs an English message with its catalogue message.
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

/// A longer list of problems helps nobody.
const MOST_PROBLEMS: usize = 100;

/// Collects problems while a file is read. Also remembers each field's line and each text's languages.
#[derive(Debug)]
pub(super) struct Report<'s> {
    file: &'s str,
    /// The installation's languages; it is an error if a text lacks one of them.
    pub languages: &'s Languages,
    /// Where each line after the first begins.
    lines: Vec<usize>,
    places: RefCell<HashMap<String, usize>>,
    /// The path and languages of each text.
    texts: RefCell<Vec<(String, Vec<&'static str>)>>,
    errors: RefCell<Problems>,
    warnings: RefCell<Problems>,
}

/// The first problems, and the number of further ones.
#[derive(Debug, Default)]
struct Problems {
    named: Vec<Problem>,
    more: usize,
}

impl Problems {
    fn push(&mut self, problem: impl FnOnce() -> Problem) {
        if self.named.len() < MOST_PROBLEMS { self.named.push(problem()) } else { self.more += 1 }
    }

    /// The problems in the file's order, followed by the number of those that are not listed.
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

    /// Records a field's line.
    pub fn place(&self, field: &str, span: &Range<usize>) {
        let line = self.lines.partition_point(|begin| *begin <= span.start) + 1;
        self.places.borrow_mut().insert(field.to_owned(), line);
    }

    pub fn note_text(&self, field: &str, text: &Localized) {
        let languages = text.iter().map(|(language, _)| language).collect();
        self.texts.borrow_mut().push((field.to_owned(), languages));
    }

    /// All languages found in any text, each with the first text that lacks it, if there is one.
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

    /// Whether this field or one inside it has an error. Also true if there were too many errors to tell.
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

    /// A field's line; for an absent field, the line of its parent.
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

/// The line, counted from 1, that contains this byte.
pub(super) fn line_of(source: &[u8], at: usize) -> usize {
    source[..at.min(source.len())].split(|byte| *byte == b'\n').count()
}
