//! The screen of `/alerts`: what comes to a chat, in words and as buttons.

use chrono_tz::Tz;

use super::callback::{AlertsAct, AlertsTap, Data, Mark};
use super::case::severity_id;
use super::editor::cut;
use super::{Button, View, language_name, paragraphs};
use crate::domain::ids::TopicId;
use crate::domain::routing::{FilterKind, Filters, NIGHT};
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// The values on a page, as two columns.
pub const VALUES: usize = 12;
/// The most pages: a button holds no higher number.
pub const MOST_PAGES: usize = 256;
/// The most values that are named one by one.
const NAMED: usize = 6;
/// The most characters of a value on a button and in a sentence.
const SHOWN: usize = 30;

/// What comes to a chat or topic.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a flag each for what a line or a button depends on")]
pub struct Routes<'a> {
    pub topic: TopicId,
    pub cases: bool,
    pub overdue: bool,
    pub night_silent: bool,
    pub filters: &'a Filters,
    /// The environment names the chat, so it has no filters.
    pub configured: bool,
    /// The environment names the chat for overdue cases.
    pub overdue_configured: bool,
    /// The titles of the scripts, by slug.
    pub scripts: &'a [(String, String)],
    /// The zone of the night's hours.
    pub zone: Tz,
}

/// A page of the values from which a filter is made.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    pub kind: FilterKind,
    pub values: &'a [String],
    pub page: usize,
    pub pages: usize,
}

/// A filter's name.
#[must_use]
pub const fn kind_id(kind: FilterKind) -> &'static str {
    match kind {
        FilterKind::Team => "alerts-team",
        FilterKind::Store => "alerts-store",
        FilterKind::Agent => "alerts-agent",
        FilterKind::Channel => "alerts-channel",
        FilterKind::Tag => "alerts-tag",
        FilterKind::Script => "alerts-script",
        FilterKind::Severity => "alerts-severity",
        FilterKind::Language => "alerts-language",
    }
}

impl Routes<'_> {
    fn button(&self, text: String, act: AlertsAct) -> Button {
        Button::new(text, &Data::Alerts(AlertsTap { topic: self.topic, act }))
    }

    /// A value as people know it.
    fn value(&self, catalogue: &Catalogue, locale: &str, kind: FilterKind, value: &str) -> String {
        match kind {
            FilterKind::Severity => match value.parse() {
                Ok(severity) => catalogue.text(locale, severity_id(severity)),
                Err(_) => value.to_owned(),
            },
            FilterKind::Language => language_name(value),
            FilterKind::Script => {
                let title =
                    self.scripts.iter().find(|(slug, _)| slug == value).map(|(_, title)| title.as_str());
                cut(title.unwrap_or(value), SHOWN)
            }
            _ => cut(value, SHOWN),
        }
    }

    /// A line for each filter.
    fn only(&self, catalogue: &Catalogue, locale: &str) -> String {
        let filters = self.filters.kinds().map(|kind| {
            let values: Vec<String> = self
                .filters
                .values(kind)
                .map(|value| escape_html(&self.value(catalogue, locale, kind, value)))
                .collect();
            let more = values.len().saturating_sub(NAMED);
            let mut named = values[..values.len() - more].join(", ");
            if more > 0 {
                let more = catalogue.with(locale, "alerts-more", &[("count", more.to_string().into())]);
                named = format!("{named} {more}");
            }
            let id = if kind == FilterKind::Severity { "alerts-only-severity" } else { "alerts-only" };
            let name = catalogue.text(locale, kind_id(kind));
            catalogue.with(locale, id, &[("kind", name.into()), ("values", named.into())])
        });
        let title = catalogue.text(locale, "alerts-only-title");
        std::iter::once(title).chain(filters).collect::<Vec<_>>().join("\n")
    }

    /// When cases come without sound.
    fn night(&self, catalogue: &Catalogue, locale: &str) -> String {
        if !self.night_silent {
            return String::new();
        }
        let (from, to) = NIGHT;
        let values = [
            ("from", from.to_string().into()),
            ("to", to.to_string().into()),
            ("zone", self.zone.name().into()),
        ];
        catalogue.with(locale, "alerts-night", &values)
    }

    /// What comes here, in words.
    #[must_use]
    pub fn words(&self, catalogue: &Catalogue, locale: &str) -> String {
        let text = |id| catalogue.text(locale, id);
        let night = self.night(catalogue, locale);
        if self.configured {
            let overdue = if self.overdue { text("alerts-what-both") } else { text("alerts-what-cases") };
            return paragraphs([overdue.as_str(), &night, &text("alerts-configured")]);
        }
        let what = text(match (self.cases, self.overdue) {
            (true, true) => "alerts-what-both",
            (true, false) => "alerts-what-cases",
            (false, true) => "alerts-what-overdue",
            (false, false) => return text("alerts-what-nothing"),
        });
        let (only, rest) = if self.filters.is_empty() {
            (String::new(), "alerts-unfiltered")
        } else {
            (self.only(catalogue, locale), "alerts-filtered")
        };
        let overdue = if self.overdue_configured && !self.filters.is_empty() {
            text("alerts-overdue-configured")
        } else {
            String::new()
        };
        paragraphs([what.as_str(), &night, &only, &overdue, &text(rest)])
    }

    /// The whole screen.
    #[must_use]
    pub fn screen(&self, catalogue: &Catalogue, locale: &str) -> View {
        let mut view = View::text(self.words(catalogue, locale));
        let ticked = |id: &str, on: bool| {
            let text = catalogue.text(locale, id);
            if on { format!("✓ {text}") } else { text }
        };
        let overdue =
            self.button(ticked("alerts-button-overdue", self.overdue), AlertsAct::Overdue(!self.overdue));
        let overdue = (!self.overdue_configured).then_some(overdue);
        let night = self
            .button(ticked("alerts-button-night", self.night_silent), AlertsAct::Night(!self.night_silent));
        if self.configured {
            return view.row(overdue).row([night]);
        }
        let cases = self.button(ticked("alerts-button-cases", self.cases), AlertsAct::Cases(!self.cases));
        view = view.row([cases].into_iter().chain(overdue)).row([night]);
        let filter = |kind: &FilterKind| {
            let name = catalogue.text(locale, kind_id(*kind));
            let count = self.filters.values(*kind).count();
            let name = if count == 0 { name } else { format!("{name} · {count}") };
            self.button(name, AlertsAct::Filter(*kind, 0))
        };
        FilterKind::ALL.chunks(2).fold(view, |view, pair| view.row(pair.iter().map(filter)))
    }

    /// The values of one filter, to tick.
    #[must_use]
    pub fn values(&self, catalogue: &Catalogue, locale: &str, shown: &Values<'_>) -> View {
        let kind = shown.kind;
        let name = catalogue.text(locale, kind_id(kind));
        let ask = match kind {
            FilterKind::Severity => catalogue.text(locale, "alerts-choose-severity"),
            _ => catalogue.with(locale, "alerts-choose", &[("kind", name.into())]),
        };
        let typed = if kind.has_fixed_values() {
            String::new()
        } else {
            catalogue.with(locale, "alerts-type", &[("word", kind.as_str().into())])
        };
        let none =
            if shown.values.is_empty() { catalogue.text(locale, "alerts-none") } else { String::new() };
        let mut view = View::text(paragraphs([ask.as_str(), &none, &typed]));
        let button = |value: &String| {
            let on = self.filters.has(kind, value);
            let name = self.value(catalogue, locale, kind, value);
            let text = if on { format!("✓ {name}") } else { name };
            let mark = Mark::of(value);
            self.button(text, AlertsAct::Value { kind, page: shown.page, mark, on: !on })
        };
        view = shown.values.chunks(2).fold(view, |view, pair| view.row(pair.iter().map(button)));
        let turn = |text: &str, page: usize| self.button(text.to_owned(), AlertsAct::Filter(kind, page));
        let back = (shown.page > 0).then(|| turn("‹", shown.page - 1));
        let on = (shown.page + 1 < shown.pages).then(|| turn("›", shown.page + 1));
        view = view.row(back.into_iter().chain(on));
        let any = (self.filters.values(kind).next().is_some())
            .then(|| self.button(catalogue.text(locale, "alerts-button-any"), AlertsAct::Any(kind)));
        view.row(any).row([self.button(catalogue.text(locale, "alerts-button-back"), AlertsAct::Screen)])
    }

    /// The button that opens the screen.
    #[must_use]
    pub fn entrance(catalogue: &Catalogue, locale: &str, topic: TopicId) -> Button {
        let data = Data::Alerts(AlertsTap { topic, act: AlertsAct::Screen });
        Button::new(catalogue.text(locale, "alerts-button-screen"), &data)
    }
}
