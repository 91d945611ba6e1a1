//! A newcomer's set-up: five taps from nothing to a live survey.

use chrono_tz::Tz;

use super::callback::{Data, SetupAct};
use super::offers::{QUIET_HOURS, Wanted, ZONES};
use super::{Button, View, in_each, language_name, paragraphs};
use crate::domain::event::Kind;
use crate::domain::locale::Languages;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::i18n::{Catalogue, FluentValue};

/// The current time in this zone, as a clock shows it.
fn clock(zone: Tz, now: Timestamp) -> String {
    now.to_utc().with_timezone(&zone).format("%H:%M").to_string()
}

/// What all the screens need.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    pub catalogue: &'a Catalogue,
    pub languages: &'a Languages,
    pub locale: &'static str,
}

/// The number of steps, including the first, the choice of a language.
const STEPS: usize = 5;

impl Setup<'_> {
    fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    fn with(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.catalogue.with(self.locale, id, values)
    }

    fn button(text: impl Into<String>, act: SetupAct) -> Button {
        Button::new(text, &Data::Setup(act))
    }

    /// With only one language, the steps begin with the second.
    fn step(&self, number: usize, text: &str) -> View {
        let left_out = usize::from(self.languages.is_one());
        let (number, total) = (number - left_out, STEPS - left_out);
        let values = [("number", number.to_string().into()), ("total", total.to_string().into())];
        let step = self.with("setup-step", &values);
        View::text(paragraphs([format!("<i>{step}</i>").as_str(), text]))
    }

    /// Asks for the language, in all languages, starting with the reader's.
    #[must_use]
    pub fn language(&self) -> View {
        let languages = std::iter::once(self.locale).chain(self.languages.iter());
        let question = in_each(self.catalogue, languages, "setup-language").join(" · ");
        let button = |language| Self::button(language_name(language), SetupAct::Language(language));
        let names: Vec<Button> = self.languages.iter().map(button).collect();
        names.chunks(2).fold(self.step(1, &question), |view, pair| view.row(pair.iter().cloned()))
    }

    /// Includes the name of the zone's city if the zone is one of those on offer.
    fn at(&self, id: &str, zone: Tz, now: Timestamp) -> String {
        let offered = ZONES.iter().find(|(offered, _)| *offered == zone).map(|(_, name)| *name);
        let city = offered.and_then(|name| name.strip_prefix("setup-zone-")).unwrap_or("other");
        let by = self.with("setup-by-zone", &[("city", city.into()), ("zone", zone.name().into())]);
        self.with(id, &[("by", by.into()), ("time", clock(zone, now).into())])
    }

    /// Asks which time zone to assume for customers whose zone is unknown: this one, or another.
    #[must_use]
    pub fn zone(&self, zone: Tz, now: Timestamp) -> View {
        let others: Vec<Button> = ZONES
            .into_iter()
            .enumerate()
            .filter(|(_, (other, _))| *other != zone)
            .map(|(place, (other, name))| {
                let text = format!("{} · {}", self.text(name), clock(other, now));
                Self::button(text, SetupAct::Zone(place))
            })
            .collect();
        let view = self
            .step(2, &self.at("setup-zone", zone, now))
            .row([Self::button(self.text("setup-button-right"), SetupAct::Quiet)]);
        others
            .chunks(2)
            .fold(view, |view, pair| view.row(pair.iter().cloned()))
            .row([Self::button(self.text("setup-button-other-zone"), SetupAct::OtherZone)])
    }

    /// Shows the zone that the environment sets, so there is nothing to choose.
    #[must_use]
    pub fn given_zone(&self, zone: Tz, now: Timestamp) -> View {
        self.step(2, &self.at("setup-zone-given", zone, now))
            .row([Self::button(self.text("setup-button-on"), SetupAct::Quiet)])
    }

    /// Asks for the zone's name; `unknown` is the previous answer, which was not recognised.
    #[must_use]
    pub fn ask_zone(&self, unknown: Option<&str>) -> View {
        let trouble = unknown.map(|text| {
            let text = escape_html(&text.chars().take(80).collect::<String>());
            self.with("setup-zone-unknown", &[("text", text.into())])
        });
        let ask = self.text("setup-ask-zone");
        self.step(2, &paragraphs([trouble.as_deref().unwrap_or_default(), &ask]))
            .row([Self::button(self.text("setup-button-back"), SetupAct::Language(self.locale))])
    }

    /// Confirms the zone that was just chosen.
    #[must_use]
    pub fn zone_set(&self, zone: Tz, now: Timestamp) -> String {
        let offered = ZONES.iter().find(|(offered, _)| *offered == zone);
        let zone_name = offered.map_or_else(|| zone.name().to_owned(), |(_, name)| self.text(name));
        self.with("setup-zone-set", &[("zone", zone_name.into()), ("time", clock(zone, now).into())])
    }

    /// The button that opens the set-up, for those who come later.
    #[must_use]
    pub fn entrance(&self) -> Button {
        Self::button(self.text("setup-button-begin"), SetupAct::Begin)
    }

    #[must_use]
    pub fn quiet(&self) -> View {
        let buttons: Vec<Button> = QUIET_HOURS
            .iter()
            .enumerate()
            .map(|(at, hours)| {
                let text =
                    if *hours == "off" { self.text("setup-no-quiet") } else { hours.replace('-', "–") };
                Self::button(text, SetupAct::Alerts(at))
            })
            .collect();
        let view = self.step(3, &self.text("setup-quiet"));
        buttons.chunks(2).fold(view, |view, row| view.row(row.iter().cloned()))
    }

    #[must_use]
    pub fn alerts(&self, quiet: usize) -> View {
        self.step(4, &self.text("setup-alerts"))
            .row([Self::button(self.text("setup-button-sent"), SetupAct::Script(quiet, false))])
            .row([Self::button(self.text("setup-button-here"), SetupAct::Script(quiet, true))])
    }

    /// Asks which survey to use; `has_chats` tells whether anybody besides the admins gets alerts.
    #[must_use]
    pub fn script(&self, quiet: usize, has_chats: bool) -> View {
        let told = self.text(if has_chats { "setup-chats" } else { "setup-no-chats" });
        let view = self.step(5, &paragraphs([told.as_str(), &self.text("setup-script")]));
        Wanted::ALL.into_iter().fold(view, |view, wanted| {
            view.row([Self::button(self.text(wanted.id()), SetupAct::Choose(quiet, wanted))])
        })
    }

    /// The surveys are live: explains how to send events, and offers a test of each live script.
    #[must_use]
    pub fn done(&self, live: &[Live], events: &Events<'_>) -> View {
        let titles: Vec<String> = live.iter().map(|live| escape_html(&live.title)).collect();
        let count = ("count", live.len().into());
        let done = self.with("setup-done", &[("scripts", titles.join(", ").into()), count.clone()]);
        let next = self.with("setup-next", &[count]);
        let ask = format!("{}\n<pre>{}</pre>", self.text("setup-events"), escape_html(&events.call()));
        let key = match events.key {
            Key::Environment => self.text("setup-key-environment"),
            Key::Named(name) => self.with("setup-key-named", &[("name", escape_html(name).into())]),
            Key::None => self.text("setup-key-none"),
        };
        let description = format!("{}/openapi.json", escape_html(events.address));
        let import = self.with("setup-import", &[("address", description.into())]);
        let view = View::text(paragraphs([done.as_str(), &ask, &key, &import, &next]));
        live.iter().fold(view, |view, live| {
            let text = format!("{}: {}", self.text("editor-button-take"), live.title);
            view.row([Self::button(text, SetupAct::Take(live.place))])
        })
    }
}

/// A script that is live.
#[derive(Clone, Debug)]
pub struct Live {
    /// Its index among the scripts on offer.
    pub place: usize,
    pub title: String,
}

/// How to send events.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    /// The address of the API.
    pub address: &'a str,
    pub key: Key<'a>,
    /// The kind of event in the example.
    pub kind: Kind,
    pub now: Timestamp,
}

/// Which API key to use; never the key itself.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The key from `API_KEY`.
    Environment,
    /// A key stored in the database, by its name.
    Named(&'a str),
    None,
}

impl Events<'_> {
    /// A complete shell command that sends an event.
    fn call(&self) -> String {
        let variable = if matches!(self.key, Key::Environment) { "API_KEY" } else { "KEY" };
        let id = if self.kind == Kind::Purchase { "order-1001" } else { "ticket-1001" };
        let (address, kind, at) = (self.address, self.kind.as_str(), self.now.to_rfc3339());
        format!(
            "curl {address}/v1/events \\\n  -H \"Authorization: Bearer ${variable}\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{{\"event_id\": \"{id}\", \"kind\": \"{kind}\", \
             \"occurred_at\": \"{at}\", \"customer\": {{\"id\": \"C-42\"}}}}'"
        )
    }
}
