//! Describes the domain's sets of words to other programs. Each list comes from the type that writes the words.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::ledger::State;
use super::metric::Metric;
use super::scale::{Band, Scale};
use super::survey::Part;

/// Defines schemas for texts that come from a fixed set of words. No value has such a type; replies name it as the
/// schema of a text field.
macro_rules! words {
    ($($name:ident = $shown:literal, $about:literal, $words:expr;)+) => {$(
        #[doc = $about]
        #[derive(Debug)]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).description(Some($about));
                text.enum_values(Some(each_once($words))).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $shown.into()
            }
        }
    )+};
}

words! {
    StateWord = "State", "Where a survey stands.", State::all().map(|state| state.as_str());
    ReasonWord = "Reason", "Why it stands there, for the states that have reasons.",
        State::all().filter_map(|state| state.reason());
    OutcomeWord = "Outcome", "State and reason, once nothing can follow.",
        State::all().filter(State::is_final).map(|state| state.to_string());
    BandWord = "Band", "What a score says.", Band::ALL.iter().map(|band| band.as_str());
    ScaleWord = "Scale", "The numbers that a question offers.", Scale::ALL.iter().map(|scale| scale.as_str());
    MetricWord = "Metric",
        "What the question measures; `reason` for reasons chosen after a score, `comment` for words.",
        Metric::ALL.iter().map(|metric| metric.as_str()).chain([Part::Reason, Part::Comment].map(Part::as_str));
    PartWord = "Part", "What was answered: the question itself, or what is asked after a score.",
        [Part::Answer, Part::Reason, Part::Comment].into_iter().map(Part::as_str);
    ZoneWord = "TimeZone", "A name from the IANA time zone database.",
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
}

fn each_once<T: PartialEq>(words: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    once
}
