//! Describes the domain's sets of words to other programs. Each list comes from the type that writes the words.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::case::{Cause, Severity, Source, StatusName};
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
    StateWord = "State", "The state of an event and its survey.", State::all().map(|state| state.as_str());
    ReasonWord = "Reason", "The reason for a state, for the states that have reasons.",
        State::all().filter_map(|state| state.reason());
    OutcomeWord = "Outcome", "The final state with its reason, such as `expired(untouched)`.",
        State::all().filter(State::is_final).map(|state| state.to_string());
    BandWord = "Band", "What a score means. For NPS: detractor, passive, promoter.",
        Band::ALL.iter().map(|band| band.as_str());
    ScaleWord = "Scale", "The scale of a question: the numbers it offers. For `yes-no`, no is 0 and yes is 1.",
        Scale::ALL.iter().map(|scale| scale.as_str());
    MetricWord = "Metric",
        "What a question measures. `reason` marks the reasons chosen after a score, and `comment` a comment.",
        Metric::ALL.iter().map(|metric| metric.as_str()).chain([Part::Reason, Part::Comment].map(Part::as_str));
    PartWord = "Part",
        "What was answered: `answer` is the question itself; `reason` and `comment` are what is asked after a score.",
        [Part::Answer, Part::Reason, Part::Comment].into_iter().map(Part::as_str);
    SeverityWord = "Severity", "How much a case matters.", Severity::ALL.iter().map(|severity| severity.as_str());
    CaseStatusWord = "CaseStatus", "Where a case stands: nobody's, a lead's, waiting for the customer, or resolved.",
        StatusName::ALL.iter().map(|status| status.as_str());
    CauseWord = "Cause", "Why a case was resolved.", Cause::ALL.iter().map(|cause| cause.as_str());
    SourceWord = "CaseSource", "What opened a case: a low score, a request for a human, or a message.",
        Source::ALL.iter().map(|source| source.as_str());
    ZoneWord = "TimeZone", "A name from the IANA time zone database, such as `Europe/Moscow`.",
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
