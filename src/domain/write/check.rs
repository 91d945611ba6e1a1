//! Whether a call can work: its templates name only what there is, its method and its headers are ones of HTTP, and it
//! brings what it is made for.

use std::collections::BTreeMap;

use minijinja::Value;
use reqwest::header::{HeaderName, HeaderValue};
use toml::Value as Toml;

use super::{BASE, On, Write, template};
use crate::domain::nearest::nearest;

/// Headers that the call itself sets.
const SET_BY_CALL: [&str; 4] = ["host", "content-length", "transfer-encoding", "connection"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// The names in a call to a helpdesk; the link alone is only in the first one.
const DESK: [&str; 6] = ["base", "user", "password", "ticket", "email", "text"];
const LINK: &str = "link";
/// The names in a call to an SMS service.
const SMS: [&str; 6] = ["base", "user", "password", "sender", "phone", "text"];
/// The names by which an answer is judged.
const ANSWER: [&str; 2] = ["status", "answer"];

/// Names with the scopes in which a template is tried: everything there, and nothing.
struct Known {
    names: Vec<&'static str>,
    scopes: [Value; 2],
}

impl Known {
    fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        let names: Vec<&'static str> = names.into_iter().collect();
        let all = Value::from_pairs(names.iter().map(|name| (*name, "1")));
        Self { names, scopes: [all, Value::from_pairs(std::iter::empty::<(&str, &str)>())] }
    }

    fn template(&self, place: &str, source: &str) -> Result<(), String> {
        self.check(place, template::names(source, &self.scopes))
    }

    fn expression(&self, place: &str, source: &str) -> Result<(), String> {
        self.check(place, template::names_of_expression(source, &self.scopes))
    }

    fn check(&self, place: &str, named: Result<Vec<String>, String>) -> Result<(), String> {
        let named = named.map_err(|why| format!("{place}: {why}"))?;
        let Some(unknown) = named.iter().find(|name| !self.names.contains(&name.as_str())) else {
            return Ok(());
        };
        Err(match nearest(unknown, self.names.iter().copied()) {
            Some(meant) => format!("{place}: there is no {unknown}; did you mean {meant}?"),
            None => format!("{place}: there is no {unknown}, only {}", self.names.join(", ")),
        })
    }

    fn json(&self, place: &str, source: &Toml) -> Result<(), String> {
        match source {
            Toml::String(source) => self.template(place, source),
            Toml::Array(items) => items.iter().try_for_each(|item| self.json(place, item)),
            Toml::Table(members) => {
                members.iter().try_for_each(|(name, member)| self.json(&format!("{place}.{name}"), member))
            }
            Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => Ok(()),
        }
    }
}

impl Write {
    /// # Errors
    /// Returns the first mistake, with its place.
    pub fn check(&self) -> Result<(), String> {
        if !self.url.starts_with(BASE) && !self.url.starts_with("https://") {
            return Err(format!("url: begin it with {BASE} or https://"));
        }
        if self.form.is_some() && self.json.is_some() {
            return Err("form and json: a call has one body".to_owned());
        }
        if !METHODS.contains(&self.method.as_str()) {
            return Err(format!("method: write one of {}", METHODS.join(", ")));
        }
        let known = match self.on {
            Some(On::WaitingForLink) => Known::new(DESK.into_iter().chain([LINK])),
            Some(On::Ended) => Known::new(DESK),
            None => Known::new(SMS),
        };
        for (name, value) in &self.headers {
            HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("headers: '{}' is no name of a header", name.escape_debug()))?;
            if SET_BY_CALL.iter().any(|own| name.eq_ignore_ascii_case(own)) {
                return Err(format!("headers.{name}: is set by the call itself"));
            }
            HeaderValue::from_str(value)
                .map_err(|_| format!("headers.{name}: a header has no line breaks and no controls"))?;
        }
        for (place, source) in self.texts() {
            known.template(&place, source)?;
        }
        self.json.as_ref().map_or(Ok(()), |json| known.json("json", json))?;
        if let Some(needs) = &self.needs {
            known.expression("needs", needs)?;
        }
        let answers = Known::new(ANSWER);
        for (place, source) in [("done", &self.done), ("again", &self.again), ("why", &self.why)] {
            source.as_ref().map_or(Ok(()), |source| answers.expression(place, source))?;
        }
        if self.brings_message() {
            return Ok(());
        }
        Err("json: {{ text }} is nowhere in the call, so it would say nothing".to_owned())
    }

    /// The templates outside of a JSON body, with their places.
    fn texts(&self) -> Vec<(String, &str)> {
        let mut texts = vec![("url".to_owned(), self.url.as_str())];
        texts.extend(self.headers.iter().map(|(name, source)| (format!("headers.{name}"), source.as_str())));
        let form = self.form.iter().flat_map(BTreeMap::iter);
        texts.extend(form.map(|(name, source)| (format!("form.{name}"), source.as_str())));
        let login = self.basic.iter().flat_map(|(user, password)| [user, password]);
        texts.extend(login.map(|source| ("basic".to_owned(), source.as_str())));
        texts.extend(self.bearer.iter().map(|source| ("bearer".to_owned(), source.as_str())));
        texts
    }

    fn brings_message(&self) -> bool {
        fn is_in(json: &Toml) -> bool {
            match json {
                Toml::String(source) => template::says(source),
                Toml::Array(items) => items.iter().any(is_in),
                Toml::Table(members) => members.values().any(is_in),
                Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => false,
            }
        }
        self.texts().iter().any(|(_, source)| template::says(source)) || self.json.as_ref().is_some_and(is_in)
    }
}
