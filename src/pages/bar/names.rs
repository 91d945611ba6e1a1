//! What is chosen, in words: the names of filters, of their values and of states.

use super::About;
use crate::domain::counting::Stage;
use crate::domain::ledger::State;
use crate::pages::filters::{self, NONE};
use crate::pages::titles::band_id;
use crate::pages::{Word, Words};
use crate::service::figures::agent_names::AgentNames;

/// What a value is called.
pub(super) fn value_name(
    words: &Words,
    about: &About<'_>,
    word: Word,
    value: &str,
    names: &AgentNames,
) -> String {
    let script = about.filters.get(Word::Script);
    match (word, value) {
        (_, NONE) => words.t("page-none"),
        (Word::Q, key) => about.titles.question(words, script, key),
        (Word::Script, slug) => about.titles.script(words, slug),
        (Word::Reason, key) if about.known.contains(&Word::Band) => about.titles.reason(words, script, key),
        (Word::Band, band) => band.parse().map_or_else(|_| band.to_owned(), |band| words.t(band_id(band))),
        (Word::Agent, id) => names.of(id).to_owned(),
        (Word::Tenure, tenure) => words.t(match tenure {
            "new" => "page-tenure-new",
            "established" => "page-tenure-established",
            _ => "page-tenure-unknown",
        }),
        (Word::Kind, kind) => {
            words.t(if kind == "purchase" { "page-kind-purchase" } else { "page-kind-ticket" })
        }
        (Word::State, state) => words.t(state_id(state)),
        (Word::Words | Word::Voice | Word::Reviewed | Word::Open, _) => words.t("page-yes"),
        (Word::Wait, range) => filters::wait(range).map_or_else(
            || range.to_owned(),
            |(from, to)| {
                let from_said = words.duration(from);
                if to == u64::MAX {
                    words.of("page-wait-from", "from", &from_said)
                } else if from == 0 {
                    words.of("page-wait-until", "to", &words.duration(to))
                } else {
                    words.with(
                        "page-wait-range",
                        &[("from", from_said.into()), ("to", words.duration(to).into())],
                    )
                }
            },
        ),
        (_, value) => value.to_owned(),
    }
}

/// The ID of the name of a word.
pub(in crate::pages) const fn word_id(word: Word) -> &'static str {
    match word {
        Word::Script => "page-word-script",
        Word::Version => "page-word-version",
        Word::Q => "page-word-question",
        Word::Agent => "page-word-agent",
        Word::Team => "page-word-team",
        Word::Store => "page-word-store",
        Word::Channel => "page-word-channel",
        Word::Tag => "page-word-tag",
        Word::Segment => "page-word-segment",
        Word::Automation => "page-word-automation",
        Word::Kind => "page-word-kind",
        Word::Hook => "page-word-hook",
        Word::Tenure => "page-word-tenure",
        Word::Band => "page-word-band",
        Word::Value => "page-word-value",
        Word::Reason => "page-word-reason",
        Word::Text => "page-word-text",
        Word::Words => "page-word-words",
        Word::Voice => "page-word-voice",
        Word::Wait => "page-word-wait",
        Word::State => "page-word-state",
        Word::Open => "page-word-open",
        Word::Reviewed => "page-word-reviewed",
        Word::Period | Word::Vs | Word::By | Word::Index | Word::Cut | Word::Status | Word::After => {
            "page-period"
        }
    }
}

/// The ID of the name of a state of a survey.
pub(in crate::pages) fn state_id(state: &str) -> &'static str {
    match State::all().find(|known| known.as_str() == state) {
        Some(State::Received) => "page-state-received",
        Some(State::WaitingForLink) => "page-state-waiting",
        Some(State::Scheduled) => "page-state-scheduled",
        Some(State::Recorded) => "page-state-recorded",
        Some(State::Sending) => "page-state-sending",
        Some(State::Sent) => "page-state-sent",
        Some(State::Started) => "page-state-started",
        Some(State::Completed) => "page-state-completed",
        Some(State::Refused) => "page-state-refused",
        Some(State::Partial(_)) => "page-state-partial",
        Some(State::Expired(_)) => "page-state-expired",
        Some(State::Suppressed(_)) => "page-state-suppressed",
        Some(State::Undeliverable(_)) => "page-state-undeliverable",
        None => match state.parse() {
            Ok(Stage::Eligible) => "page-state-eligible",
            Ok(Stage::Delivered) => "page-state-delivered",
            Ok(Stage::Answered) => "page-state-answered",
            Err(_) => "page-none",
        },
    }
}
