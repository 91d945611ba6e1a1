//! Reads TOML field by field: keeps each value's position, and reports wrong types and unknown names.

use std::cell::RefCell;
use std::str::FromStr;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Report, Words, said};
use crate::domain::nearest::nearest;
use crate::domain::time::parse_duration;

/// Where a field belongs that was found in the wrong table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Elsewhere {
    /// The ID of a message in the catalogue.
    pub id: &'static str,
    pub place: &'static str,
}

/// What a value is, or should be: as a message ID of the catalogue, and as words for an English sentence.
type Kind = (&'static str, &'static str);

const TEXT: Kind = ("lint-want-text", "a text in quotes");
const NUMBER: Kind = ("lint-want-number", "a whole number without quotes");
const BOOLEAN: Kind = ("lint-want-boolean", "true or false without quotes");
const TABLE: Kind = ("lint-want-table", "a table: { … }");
const LIST: Kind = ("lint-want-list", "a list: [ … ]");

/// A table being read. [`Fields::finish`] reports the names that no code has read.
#[derive(Debug)]
pub(super) struct Fields<'d> {
    pub path: String,
    pub report: &'d Report<'d>,
    table: &'d DeTable<'d>,
    asked: RefCell<Vec<&'static str>>,
}

/// A value with its path.
#[derive(Debug)]
pub(super) struct Value<'d> {
    pub path: String,
    pub report: &'d Report<'d>,
    content: &'d DeValue<'d>,
}

impl<'d> Fields<'d> {
    pub fn root(table: &'d DeTable<'d>, report: &'d Report<'d>) -> Self {
        Self { path: String::new(), report, table, asked: RefCell::default() }
    }

    pub fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub fn get(&self, name: &'static str) -> Option<Value<'d>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&name) {
            asked.push(name);
        }
        let (key, value) = self.table.get_key_value(name)?;
        Some(self.value(name, key.span(), value))
    }

    /// All entries, for a table whose names are not fixed.
    pub fn entries(&self) -> Vec<(&'d str, Value<'d>)> {
        self.table
            .iter()
            .map(|(key, value)| {
                let name: &'d str = key.get_ref();
                (name, self.value(name, key.span(), value))
            })
            .collect()
    }

    fn value(&self, name: &str, key: std::ops::Range<usize>, value: &'d Spanned<DeValue<'d>>) -> Value<'d> {
        let path = self.path_of(name);
        self.report.place(&path, &key);
        Value { path, report: self.report, content: value.get_ref() }
    }

    pub fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    pub fn require(&self, name: &'static str, what: &str) -> Option<Value<'d>> {
        let value = self.get(name);
        if value.is_none() {
            let message = said("lint-missing", [], format!("is missing: write {what}"));
            self.report.error(&self.path_of(name), message);
        }
        value
    }

    /// A field whose value must be one of these words.
    pub fn one_of<T: FromStr<Err = String> + AsRef<str>>(&self, name: &'static str, all: &[T]) -> Option<T> {
        self.get(name)?.one_of(all)
    }

    /// A field that is parsed; `id` is the catalogue's message for a value that cannot be parsed.
    pub fn parsed_as<T: FromStr<Err = String>>(&self, id: &'static str, name: &'static str) -> Option<T> {
        self.get(name)?.read_as(id, str::parse)
    }

    pub fn duration(&self, name: &'static str) -> Option<Duration> {
        self.get(name)?.read_as("lint-duration", parse_duration)
    }

    pub fn integer(&self, name: &'static str) -> Option<i64> {
        self.get(name)?.integer()
    }

    pub fn boolean(&self, name: &'static str) -> Option<bool> {
        self.get(name)?.boolean()
    }

    /// A list of texts, none of which may be blank; an absent list is empty.
    pub fn strings(&self, name: &'static str) -> Vec<String> {
        let items = self.get(name).map(|value| value.list()).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| {
                item.read_as("lint-blank", |text| match text.trim() {
                    "" => Err("is blank".to_owned()),
                    text => Ok(text.to_owned()),
                })
            })
            .collect()
    }

    pub fn table(&self, name: &'static str) -> Option<Fields<'d>> {
        self.get(name)?.table()
    }

    pub fn tables(&self, name: &'static str) -> Vec<Fields<'d>> {
        let items = self.get(name).map(|value| value.list()).unwrap_or_default();
        items.iter().filter_map(Value::table).collect()
    }

    /// Reports the fields that no code has read; `elsewhere` says where a name would belong.
    pub fn finish(&self, elsewhere: impl Fn(&str) -> Option<Elsewhere>) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if asked.contains(&name) {
                continue;
            }
            let path = self.path_of(name);
            self.report.place(&path, &key.span());
            let message = if let Some(Elsewhere { id, place }) = elsewhere(name) {
                let message = format!("does not belong here: write it {place}");
                said("lint-elsewhere", [("where", id.to_owned())], message)
            } else if let Some(near) = nearest(name, asked.iter().copied()) {
                let message = format!("there is no such field; did you mean {near}?");
                said("lint-no-field-but", [("near", near.to_owned())], message)
            } else {
                let known = asked.join(", ");
                let message = format!("there is no such field; there are {known}");
                said("lint-no-field", [("known", known)], message)
            };
            self.report.error(&path, message);
        }
    }
}

impl<'d> Value<'d> {
    pub fn error(&self, words: Words) {
        self.report.error(&self.path, words);
    }

    fn wrong_type<T>(&self, (wanted_id, wanted): Kind) -> Option<T> {
        let (id, found) = match self.content {
            DeValue::String(_) => ("lint-is-text", "a text"),
            DeValue::Integer(_) | DeValue::Float(_) => ("lint-is-number", "a number"),
            DeValue::Boolean(_) => ("lint-is-boolean", "true or false"),
            DeValue::Datetime(_) => ("lint-is-date", "a date without quotes"),
            DeValue::Array(_) => ("lint-is-list", "a list"),
            DeValue::Table(_) => ("lint-is-table", "a table"),
        };
        let values = [("found", id.to_owned()), ("wanted", wanted_id.to_owned())];
        self.error(said("lint-type", values, format!("is {found}: write {wanted}")));
        None
    }

    pub fn string(&self) -> Option<&'d str> {
        self.content.as_str().or_else(|| self.wrong_type(TEXT))
    }

    /// A text, or a TOML date.
    pub fn day(&self) -> Option<String> {
        match self.content {
            DeValue::Datetime(date) => Some(date.to_string()),
            _ => self.string().map(str::to_owned),
        }
    }

    /// The value, which must be one of these words.
    pub fn one_of<T: FromStr<Err = String> + AsRef<str>>(&self, all: &[T]) -> Option<T> {
        let text = self.string()?;
        let refuse = |message| {
            let values = [("text", text.to_owned()), ("known", known(all))];
            self.error(said("lint-one-of", values, message));
        };
        text.parse().map_err(refuse).ok()
    }

    /// Parses a text; `id` is the catalogue's message for a text that cannot be parsed.
    pub fn read_as<T>(&self, id: &'static str, meaning: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.string()?;
        meaning(text).map_err(|message| self.error(said(id, [("text", text.to_owned())], message))).ok()
    }

    pub fn integer(&self) -> Option<i64> {
        let Some(integer) = self.content.as_integer() else {
            return self.wrong_type(NUMBER);
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        if number.is_none() {
            self.error(said("lint-number-large", [], "is too large a number"));
        }
        number
    }

    pub fn boolean(&self) -> Option<bool> {
        self.content.as_bool().or_else(|| self.wrong_type(BOOLEAN))
    }

    pub fn table(&self) -> Option<Fields<'d>> {
        let Some(table) = self.content.as_table() else {
            return self.wrong_type(TABLE);
        };
        Some(Fields { path: self.path.clone(), report: self.report, table, asked: RefCell::default() })
    }

    pub fn list(&self) -> Vec<Value<'d>> {
        let Some(items) = self.content.as_array() else {
            return self.wrong_type(LIST).unwrap_or_default();
        };
        let item = |(index, item): (usize, &'d Spanned<DeValue<'d>>)| {
            let path = format!("{}[{index}]", self.path);
            self.report.place(&path, &item.span());
            Value { path, report: self.report, content: item.get_ref() }
        };
        items.iter().enumerate().map(item).collect()
    }

    pub fn is_string(&self) -> bool {
        self.content.is_str()
    }
}

pub(super) fn known<T: AsRef<str>>(all: &[T]) -> String {
    all.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}
