//! A survey in codes, as a segment holds it.

use chrono::NaiveDate;

use super::dictionary::{Dictionary, Vocabulary};
use crate::domain::counting::{AnswerFacts, EventFacts, SurveyFacts, Tenure};
use crate::domain::ids::{CustomerKey, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::scale::Band;
use crate::domain::stats::drivers::Group as Unit;

/// The words of an event with one value each, in the order in which a row holds them.
pub(super) const SINGLE: [Vocabulary; 7] = [
    Vocabulary::Agent,
    Vocabulary::Team,
    Vocabulary::Store,
    Vocabulary::Channel,
    Vocabulary::Automation,
    Vocabulary::Hook,
    Vocabulary::Kind,
];

/// Rows of one day are sorted by this, and rows with the same one are a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunKey {
    pub script: u32,
    /// Not answered, so that the answered rows of a script come first.
    pub is_silent: bool,
    pub is_delivered: bool,
    pub state: u32,
}

/// One survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub key: RunKey,
    pub survey: i64,
    /// 0 for an erased customer.
    pub customer: u32,
    /// 0 for none.
    pub version: u32,
    /// The codes of [`SINGLE`].
    pub words: [u32; 7],
    pub is_late: bool,
    pub unit: u8,
    /// For how many days the agent had been in the job, plus one; 0 if that is unknown.
    pub since: u32,
    pub tags: Vec<u32>,
    pub segments: Vec<u32>,
    pub first_response: Option<u32>,
    pub resolution: Option<u32>,
    pub messages: Option<u32>,
    pub overdue: Option<bool>,
    pub solved_at_once: Option<bool>,
    /// By question: the code of the answer.
    pub answers: Vec<(u32, u32)>,
    /// By question: the code of the reasons that were chosen together.
    pub reasons: Vec<(u32, u32)>,
}

/// The state as a word of [`Vocabulary::State`].
pub(super) fn state_text(state: State) -> String {
    format!("{}:{}", state.as_str(), state.reason().unwrap_or_default())
}

pub(super) fn state_of(text: &str) -> Option<State> {
    let (state, reason) = text.split_once(':')?;
    State::parse(state, Some(reason).filter(|reason| !reason.is_empty()))
}

/// What an answer's code says. The codes are in stored segments and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Value {
        value: i64,
        band: Option<Band>,
        is_disputed: bool,
    },
    /// Words only.
    Words,
    /// The code of the options.
    Options(u32),
}

/// Stands for a value in an answer in words.
const NO_VALUE: u32 = 15;
/// The codes of chosen options follow those of values.
const OPTIONS: u32 = 129;

impl Answer {
    /// The codes from here on stand for chosen options.
    pub(super) const FIRST_OPTIONS: u32 = OPTIONS;

    /// Whether the code stands for words only.
    pub(super) const fn is_words(code: u32) -> bool {
        code > 0 && code < OPTIONS && (code - 1) & 0xf == NO_VALUE
    }

    /// 0 stands for no answer.
    pub(super) fn of_code(code: u32) -> Option<Self> {
        let scored = code.checked_sub(1)?;
        Some(match code.checked_sub(OPTIONS) {
            Some(options) => Self::Options(options),
            None if scored & 0xf == NO_VALUE => Self::Words,
            None => Self::Value {
                value: i64::from(scored & 0xf),
                band: [None, Some(Band::Low), Some(Band::Neutral), Some(Band::High)]
                    [(scored >> 4 & 3) as usize],
                is_disputed: scored >> 6 == 1,
            },
        })
    }

    fn code(self) -> u32 {
        match self {
            Self::Options(options) => OPTIONS + options,
            Self::Words => 1 + NO_VALUE,
            Self::Value { value, band, is_disputed } => {
                let value = u32::try_from(value).ok().filter(|value| *value < NO_VALUE).unwrap_or(NO_VALUE);
                let band = match band {
                    None => 0,
                    Some(Band::Low) => 1,
                    Some(Band::Neutral) => 2,
                    Some(Band::High) => 3,
                };
                1 + value + (band << 4) + (u32::from(is_disputed) << 6)
            }
        }
    }

    fn of(answer: &AnswerFacts, dictionary: &mut Dictionary) -> Self {
        match answer.value {
            Some(value) => Self::Value { value, band: answer.band, is_disputed: answer.is_disputed },
            None if answer.options.is_empty() => Self::Words,
            None => Self::Options(dictionary.code(Vocabulary::Options, &answer.options.join("|"))),
        }
    }
}

/// The question's word.
pub(super) fn question_text(script: &str, question: &str) -> String {
    format!("{script}/{question}")
}

fn codes(kind: Vocabulary, texts: &[String], dictionary: &mut Dictionary) -> Vec<u32> {
    let mut codes: Vec<u32> = texts.iter().map(|text| dictionary.code(kind, text)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A wait of more than a hundred years is not told from one of a hundred years.
fn seconds(wait: Option<u64>) -> Option<u32> {
    wait.map(|wait| u32::try_from(wait).unwrap_or(u32::MAX))
}

impl Row {
    /// `since` is the agent's first day.
    pub(super) fn of(facts: &SurveyFacts, since: Option<NaiveDate>, dictionary: &mut Dictionary) -> Self {
        let event = &facts.event;
        let single = [
            event.agent.as_deref(),
            event.team.as_deref(),
            event.store.as_deref(),
            event.channel.as_deref(),
            event.automation.as_deref(),
            event.hook.as_deref(),
            Some(event.kind.as_str()),
        ];
        let mut words = [0; 7];
        for (code, (kind, text)) in words.iter_mut().zip(SINGLE.into_iter().zip(single)) {
            *code = dictionary.code_of(kind, text);
        }
        let script = facts.script.as_deref();
        let mut answers = Vec::with_capacity(facts.answers.len());
        let mut reasons = Vec::new();
        for answer in &facts.answers {
            let slot = dictionary
                .code(Vocabulary::Question, &question_text(script.unwrap_or_default(), &answer.question));
            answers.push((slot, Answer::of(answer, dictionary).code()));
            if let Some(given) = &answer.reasons {
                reasons.push((slot, dictionary.code(Vocabulary::Options, &given.join("|"))));
            }
        }
        answers.sort_unstable();
        reasons.sort_unstable();
        let days =
            since.map(|since| (facts.day - since).num_days()).and_then(|days| u32::try_from(days).ok());
        Self {
            key: RunKey {
                script: dictionary.code_of(Vocabulary::Script, script),
                is_silent: facts.answers.is_empty(),
                is_delivered: facts.is_delivered,
                state: dictionary.code(Vocabulary::State, &state_text(facts.state)),
            },
            survey: facts.survey.get(),
            customer: facts.customer.and_then(|customer| u32::try_from(customer.get()).ok()).unwrap_or(0),
            version: facts.version.and_then(|version| u32::try_from(version).ok()).unwrap_or(0),
            words,
            is_late: facts.is_late,
            unit: facts.unit.bits(),
            since: days.map_or(0, |days| days + 1),
            tags: codes(Vocabulary::Tag, &event.tags, dictionary),
            segments: codes(Vocabulary::Segment, &event.segments, dictionary),
            first_response: seconds(facts.first_response),
            resolution: seconds(facts.resolution),
            messages: facts.messages.map(|messages| u32::try_from(messages).unwrap_or(u32::MAX)),
            overdue: facts.overdue,
            solved_at_once: facts.solved_at_once,
            answers,
            reasons,
        }
    }

    /// The survey in words again. `None` if a code has no word, or no word that fits.
    pub(super) fn facts(&self, day: NaiveDate, new_days: u32, words: &Dictionary) -> Option<SurveyFacts> {
        let text = |kind: Vocabulary, code: u32| match code {
            0 => Some(None),
            code => words.text(kind, code).map(|text| Some(text.to_owned())),
        };
        let each = |kind: Vocabulary, codes: &[u32]| {
            let mut texts: Vec<String> =
                codes.iter().map(|code| words.text(kind, *code).map(str::to_owned)).collect::<Option<_>>()?;
            texts.sort_unstable();
            Some(texts)
        };
        let [agent, team, store, channel, automation, hook, kind] = self.words;
        let script = text(Vocabulary::Script, self.key.script)?;
        let answer = |(slot, code): &(u32, u32)| {
            let reasons = self.reasons.iter().find(|(of, _)| of == slot);
            let options = |code: u32| words.text(Vocabulary::Options, code).map(split);
            let facts = AnswerFacts {
                question: words.text(Vocabulary::Question, *slot)?.split_once('/')?.1.to_owned(),
                value: None,
                band: None,
                options: Vec::new(),
                reasons: reasons
                    .map(|(_, code)| options(*code))
                    .map_or(Some(None), |given| given.map(Some))?,
                is_disputed: false,
            };
            Some(match Answer::of_code(*code)? {
                Answer::Value { value, band, is_disputed } => {
                    AnswerFacts { value: Some(value), band, is_disputed, ..facts }
                }
                Answer::Words => facts,
                Answer::Options(code) => AnswerFacts { options: options(code)?, ..facts },
            })
        };
        Some(SurveyFacts {
            survey: SurveyKey::new(self.survey),
            day,
            script,
            version: (self.version > 0).then(|| i64::from(self.version)),
            state: state_of(words.text(Vocabulary::State, self.key.state)?)?,
            is_delivered: self.key.is_delivered,
            is_late: self.is_late,
            customer: (self.customer > 0).then(|| CustomerKey::new(self.customer.into())),
            unit: Unit::from_bits(self.unit)?,
            event: EventFacts {
                kind: text(Vocabulary::Kind, kind)??,
                agent: text(Vocabulary::Agent, agent)?,
                team: text(Vocabulary::Team, team)?,
                store: text(Vocabulary::Store, store)?,
                channel: text(Vocabulary::Channel, channel)?,
                automation: text(Vocabulary::Automation, automation)?,
                hook: text(Vocabulary::Hook, hook)?,
                tags: each(Vocabulary::Tag, &self.tags)?,
                segments: each(Vocabulary::Segment, &self.segments)?,
                tenure: tenure(self.since, new_days),
            },
            first_response: self.first_response.map(u64::from),
            resolution: self.resolution.map(u64::from),
            messages: self.messages.map(u64::from),
            overdue: self.overdue,
            solved_at_once: self.solved_at_once,
            answers: self.answers.iter().map(answer).collect::<Option<_>>()?,
        })
    }
}

/// The tenure of an agent with [`Row::since`].
pub(super) fn tenure(since: u32, new_days: u32) -> Tenure {
    Tenure::after(since.checked_sub(1).map(i64::from), new_days)
}

pub(super) fn split(joined: &str) -> Vec<String> {
    joined.split('|').filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_read_back_from_its_code() {
        let bands = [None, Some(Band::Low), Some(Band::Neutral), Some(Band::High)];
        let mut answers = vec![Answer::Words, Answer::Options(1), Answer::Options(70_000)];
        for (value, band) in (0..=10).flat_map(|value| bands.map(|band| (value, band))) {
            answers.extend([false, true].map(|is_disputed| Answer::Value { value, band, is_disputed }));
        }
        for answer in answers {
            assert_eq!(Answer::of_code(answer.code()), Some(answer));
        }
        assert_eq!(Answer::of_code(0), None);
    }

    #[test]
    fn every_state_is_read_back_from_its_word() {
        for state in State::all() {
            assert_eq!(state_of(&state_text(state)), Some(state));
        }
    }
}
