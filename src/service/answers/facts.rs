//! What a survey's texts can mention, read from the stored event without parsing all of it.

use std::borrow::Cow;

use chrono::Datelike as _;
use chrono_tz::Tz;
use serde::Deserialize;

use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;
use crate::store;

#[derive(Debug, Default, Deserialize)]
struct Subject<'b> {
    #[serde(borrow, default)]
    title: Option<Cow<'b, str>>,
}

#[derive(Debug, Default, Deserialize)]
struct Agent<'b> {
    #[serde(borrow, default)]
    name: Option<Cow<'b, str>>,
}

#[derive(Debug, Default, Deserialize)]
struct Body<'b> {
    #[serde(borrow, default)]
    subject: Subject<'b>,
    #[serde(borrow, default)]
    agent: Agent<'b>,
    #[serde(borrow, default)]
    store: Option<Cow<'b, str>>,
}

/// The values for the placeholders.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub subject: Option<String>,
    pub agent: Option<String>,
    pub store: Option<String>,
    pub date: String,
}

impl Facts {
    pub fn read(body: &str) -> store::Result<Self> {
        let body: Body<'_> = serde_json::from_str(body)
            .map_err(|error| store::Error::broken("events", format!("body: {error}")))?;
        Ok(Self {
            subject: body.subject.title.map(Cow::into_owned),
            agent: body.agent.name.map(Cow::into_owned),
            store: body.store.map(Cow::into_owned),
            date: String::new(),
        })
    }
}

/// A day as people write it: `21 ноября`.
pub fn day_in_words(catalogue: &Catalogue, locale: &str, at: Timestamp, zone: Tz) -> String {
    let day = at.to_utc().with_timezone(&zone);
    catalogue.with(locale, "date-day-month", &[("day", day.day().into()), ("month", day.month().into())])
}
