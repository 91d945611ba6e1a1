//! A call to another system, described as data: a `[[write]]` table of a preset. Its address, headers and body are
//! templates, so that what the other system asks for needs no code.
//!
//! A value can never change the shape of a call: a body is a form or JSON that is written after its texts are filled
//! in, and values in an address are percent-encoded.

mod check;
pub mod shipped;
mod template;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Deserialize;
use toml::Value as Toml;

use crate::domain::event::{Family, Kind};

/// What a call follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum On {
    /// The customer has no chat: the personal link is to reach them.
    #[serde(rename = "survey.waiting_for_link")]
    WaitingForLink,
    /// The survey has answers, and no more will come.
    #[serde(rename = "survey.ended")]
    Ended,
}

/// What an event is about, for the call that follows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    #[default]
    Ticket,
    Purchase,
}

impl About {
    /// What events of this kind are about; `None` if that is in no other system.
    #[must_use]
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind.family() {
            Family::Ticket => Some(Self::Ticket),
            Family::Purchase => Some(Self::Purchase),
            Family::Case => None,
        }
    }
}

/// A call as its file describes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// Absent if there is only one kind of call.
    pub on: Option<On>,
    /// What the events are about for which the call is made.
    #[serde(default)]
    pub about: About,
    #[serde(default = "post")]
    pub method: String,
    /// What must be there for the call to make sense: an expression over its values.
    needs: Option<String>,
    /// Begins with `{{ base }}` or with `https://` and a host.
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A name and a password.
    basic: Option<(String, String)>,
    bearer: Option<String>,
    form: Option<BTreeMap<String, String>>,
    json: Option<Toml>,
    /// Whether an answer 2xx means that it is done: an expression over `status` and `answer`, the answer's JSON.
    done: Option<String>,
    /// Whether trying again later may help, if it is not done.
    again: Option<String>,
    /// A word for the log that says why it is not done. It must name nothing of the customer.
    why: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

/// A call whose values are filled in.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub content_type: Option<&'static str>,
    pub body: Vec<u8>,
}

/// Shows nothing that may be secret or somebody's.
impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filled({})", self.method)
    }
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    Done,
    /// It was not done, and trying again later may help.
    Again(String),
    /// It will not be done.
    Refused(String),
    /// It may have been done.
    Unknown(String),
}

impl Write {
    /// Reads a file that consists of one call.
    ///
    /// # Errors
    /// Returns the first mistake.
    pub fn parse(source: &str) -> Result<Self, String> {
        let write: Self = toml::from_str(source).map_err(|error| error.message().to_owned())?;
        write.check()?;
        Ok(write)
    }

    /// Whether the call makes sense with these values.
    #[must_use]
    pub fn is_possible(&self, scope: &Value) -> bool {
        self.needs.as_deref().is_none_or(|needs| template::holds(needs, scope))
    }

    /// Fills in the values of `scope`. A message that would say nothing is not filled in.
    ///
    /// # Errors
    /// Returns a sentence that quotes no value.
    pub fn fill(&self, scope: &Value) -> Result<Filled, String> {
        let text = |source: &String| template::said(source, scope);
        let mut headers = Vec::new();
        for (name, source) in &self.headers {
            headers.push((name.clone(), text(source)?));
        }
        if let Some((user, password)) = &self.basic {
            let login = format!("{}:{}", text(user)?, text(password)?);
            headers.push(("authorization".to_owned(), format!("Basic {}", STANDARD.encode(login))));
        }
        if let Some(token) = &self.bearer {
            headers.push(("authorization".to_owned(), format!("Bearer {}", text(token)?)));
        }
        let (content_type, body) = match (&self.form, &self.json) {
            (Some(form), _) => {
                let pairs = form.iter().map(|(name, source)| Ok((name.as_str(), text(source)?)));
                let pairs = pairs.collect::<Result<Vec<_>, String>>()?;
                // A field without a value is left out.
                let given = pairs.iter().filter(|(_, value)| !value.is_empty());
                (Some(FORM), template::form(given.map(|(name, value)| (*name, value.as_str()))).into_bytes())
            }
            (None, Some(json)) => (Some(JSON), template::json(json, scope)?.to_string().into_bytes()),
            (None, None) => (None, Vec::new()),
        };
        Ok(Filled {
            method: self.method.clone(),
            url: template::url(&self.url, scope)?,
            headers,
            content_type,
            body,
        })
    }

    /// Judges an answer by its status and its beginning.
    #[must_use]
    pub fn meaning(&self, status: u16, body: &[u8]) -> Meaning {
        let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let scope = minijinja::context! { status => status, answer => Value::from(Serde(&answer)) };
        let holds = |source: &Option<String>| source.as_deref().map(|source| template::holds(source, &scope));
        let word = self.why.as_deref().and_then(|source| template::word(source, &scope));
        let why = word.map_or_else(|| format!("HTTP {status}"), |word| format!("HTTP {status}, {word}"));
        match status {
            200..=299 if holds(&self.done).unwrap_or(true) => Meaning::Done,
            _ if holds(&self.again) == Some(true) => Meaning::Again(why),
            // A login can be put right meanwhile.
            401 | 403 | 429 | 503 => Meaning::Again(why),
            500..=599 => Meaning::Unknown(why),
            _ => Meaning::Refused(why),
        }
    }
}

/// What an address begins with whose server the hook or the operator names.
const BASE: &str = "{{ base }}";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[cfg(test)]
mod tests;
