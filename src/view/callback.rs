//! The data that a button carries, in at most 64 bytes: a version, then a survey, turn and move, or another act.
//!
//! Anybody can send any callback data, so the data only names things. The code that reads it decides what is allowed.

mod alerts;
mod case;
mod cases;
pub mod editor;
mod forget;
mod hooks;
mod report;
mod setup;
mod team;
pub mod words;

use crate::domain::ids::{SurveyKey, TopicId};
use crate::domain::locale;
use crate::domain::survey::Input;

pub use alerts::{AlertsAct, AlertsTap};
pub use case::{CaseAct, CaseTap};
pub use cases::{CasesAct, Tab};
pub use editor::{EditorAct, EditorTap, Screen};
pub use forget::RequestAct;
pub use hooks::HookAct;
pub use report::{Mark, ReportAct, Reported};
pub use setup::SetupAct;
pub use team::TeamAct;
pub use words::WordsAct;

/// The version of the format below. Buttons live as long as their messages: a new format gets a new version, and the
/// old one must still be read.
const VERSION: &str = "1";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A move in a survey. A button from another turn is stale.
    Survey { survey: SurveyKey, turn: i64, act: Act },
    /// Ends an opt-out.
    Resume,
    /// The language the bot should speak. Any language may be named; it is checked when the button is tapped.
    Language(&'static str),
    /// The language of the alerts in the button's group, or in this topic of it.
    ChatLanguage { language: &'static str, topic: TopicId },
    /// What comes to the button's chat, or to this topic of it.
    Alerts(AlertsTap),
    /// Erases everything about the customers that the mark stands for.
    Forget { mark: i64 },
    /// Cancels the erasure.
    KeepData,
    /// The decision on a request to be forgotten.
    ForgetRequest(RequestAct),
    /// A case, under one of its posts.
    Case(CaseTap),
    /// Roles and invitations.
    Team(TeamAct),
    /// Hooks and their deliveries.
    Hooks(HookAct),
    /// The first admin's set-up.
    Setup(SetupAct),
    /// Scripts and their drafts.
    Editor(EditorTap),
    /// What customers and leads write to each other about cases.
    Words(WordsAct),
    /// The list of cases and their settings.
    Cases(CasesAct),
    /// Reports of figures.
    Report(ReportAct),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Input(Input),
    /// The *Stop* button.
    Stop,
    /// Continues a stopped survey.
    Continue,
}

impl Data {
    /// `1s:SURVEY:TURN:MOVE`, numbers in base 36.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Resume => format!("{VERSION}r"),
            Self::Language(language) => format!("{VERSION}l:{language}"),
            Self::ChatLanguage { language, topic } => {
                format!("{VERSION}c:{language}:{}", base36(topic.get()))
            }
            Self::Alerts(tap) => format!("{VERSION}a:{}", tap.encode()),
            Self::Forget { mark } => format!("{VERSION}f:{}", base36(*mark)),
            Self::KeepData => format!("{VERSION}k"),
            Self::ForgetRequest(act) => format!("{VERSION}g:{}", act.encode()),
            Self::Case(tap) => format!("{VERSION}c:{}", tap.encode()),
            Self::Team(act) => format!("{VERSION}t:{}", act.encode()),
            Self::Hooks(act) => format!("{VERSION}h:{}", act.encode()),
            Self::Setup(act) => format!("{VERSION}u:{}", act.encode()),
            Self::Editor(tap) => format!("{VERSION}d:{}", tap.encode()),
            Self::Words(act) => format!("{VERSION}w:{}", act.encode()),
            Self::Cases(act) => format!("{VERSION}i:{}", act.encode()),
            Self::Report(act) => format!("{VERSION}y:{}", act.encode()),
            Self::Survey { survey, turn, act } => {
                format!("{VERSION}s:{}:{}:{}", base36(survey.get()), base36(*turn), encode_act(*act))
            }
        }
    }

    /// Returns `None` for data that [`Data::encode`] cannot have produced.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(VERSION)?;
        if rest == "r" {
            return Some(Self::Resume);
        }
        if let Some(language) = rest.strip_prefix("l:") {
            return locale::code(language).map(Self::Language);
        }
        if let Some(place) = rest.strip_prefix("c:") {
            // A place has two parts, a case three or four.
            if place.matches(':').count() > 1 {
                return CaseTap::decode(place).map(Self::Case);
            }
            let (language, topic) = place.split_once(':')?;
            let (language, topic) = (locale::code(language)?, TopicId::new(from_base36(topic)?));
            return Some(Self::ChatLanguage { language, topic });
        }
        if let Some(tap) = rest.strip_prefix("a:") {
            return AlertsTap::decode(tap).map(Self::Alerts);
        }
        if rest == "k" {
            return Some(Self::KeepData);
        }
        if let Some(mark) = rest.strip_prefix("f:") {
            return Some(Self::Forget { mark: from_base36(mark)? });
        }
        if let Some(act) = rest.strip_prefix("g:") {
            return RequestAct::decode(act).map(Self::ForgetRequest);
        }
        if let Some(act) = rest.strip_prefix("t:") {
            return TeamAct::decode(act).map(Self::Team);
        }
        if let Some(act) = rest.strip_prefix("h:") {
            return HookAct::decode(act).map(Self::Hooks);
        }
        if let Some(act) = rest.strip_prefix("u:") {
            return SetupAct::decode(act).map(Self::Setup);
        }
        if let Some(act) = rest.strip_prefix("i:") {
            return CasesAct::decode(act).map(Self::Cases);
        }
        if let Some(act) = rest.strip_prefix("y:") {
            return ReportAct::decode(act).map(Self::Report);
        }
        if let Some(tap) = rest.strip_prefix("d:") {
            return EditorTap::decode(tap).map(Self::Editor);
        }
        if let Some(act) = rest.strip_prefix("w:") {
            return WordsAct::decode(act).map(Self::Words);
        }
        let mut parts = rest.strip_prefix("s:")?.split(':');
        let (survey, turn, act) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let survey = SurveyKey::new(from_base36(survey)?);
        Some(Self::Survey { survey, turn: from_base36(turn)?, act: decode_act(act)? })
    }
}

/// Encodes a move for a button.
#[must_use]
pub fn encode_act(act: Act) -> String {
    match act {
        Act::Stop => "z".to_owned(),
        Act::Continue => "r".to_owned(),
        Act::Input(input) => match input {
            Input::Score(value) => format!("v{value}"),
            Input::Option(index) => format!("o{index}"),
            Input::Toggle { index, on: true } => format!("t{index}"),
            Input::Toggle { index, on: false } => format!("u{index}"),
            Input::Done => "d".to_owned(),
            Input::Skip => "k".to_owned(),
            Input::Back => "b".to_owned(),
            Input::Change => "c".to_owned(),
            Input::ChangeQuestion(index) => format!("q{index}"),
            Input::Keep | Input::Words => "x".to_owned(),
        },
    }
}

/// Decodes the result of [`encode_act`].
#[must_use]
pub fn decode_act(text: &str) -> Option<Act> {
    let (letter, number) = text.split_at_checked(1)?;
    let input = match (letter, number) {
        ("z", "") => return Some(Act::Stop),
        ("r", "") => return Some(Act::Continue),
        ("d", "") => Input::Done,
        ("k", "") => Input::Skip,
        ("b", "") => Input::Back,
        ("c", "") => Input::Change,
        ("x", "") => Input::Keep,
        ("v", value) => Input::Score(plain_number(value)?.into()),
        ("o", index) => Input::Option(plain_number(index)?.into()),
        ("t", index) => Input::Toggle { index: plain_number(index)?.into(), on: true },
        ("u", index) => Input::Toggle { index: plain_number(index)?.into(), on: false },
        ("q", index) => Input::ChangeQuestion(plain_number(index)?.into()),
        _ => return None,
    };
    Some(Act::Input(input))
}

/// Parses a number exactly as we write it: digits only, without a sign or leading zeros.
fn plain_number(text: &str) -> Option<u8> {
    let number: u8 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn base36(number: i64) -> String {
    let mut number = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(
            b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::try_from(number % 36).unwrap_or(0)],
        ));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

/// Parses base 36 exactly as we write it: without a sign, capitals or leading zeros.
fn from_base36(text: &str) -> Option<i64> {
    let number = i64::from_str_radix(text, 36).ok()?;
    (number >= 0 && base36(number) == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written_only() {
        assert_eq!(from_base36("zz"), Some(35 * 36 + 35));
        for other in ["", "00", "01", "-1", "+1", "A", "zzzzzzzzzzzzzzzz"] {
            assert_eq!(from_base36(other), None, "{other}");
        }
    }

    fn inputs() -> impl Strategy<Value = Input> {
        prop_oneof![
            (0i64..=10).prop_map(Input::Score),
            (0usize..90).prop_map(Input::Option),
            (0usize..90, any::<bool>()).prop_map(|(index, on)| Input::Toggle { index, on }),
            (0usize..50).prop_map(Input::ChangeQuestion),
            Just(Input::Done),
            Just(Input::Skip),
            Just(Input::Back),
            Just(Input::Change),
            Just(Input::Keep),
        ]
    }

    proptest! {
        #[test]
        fn every_button_is_read_back_and_fits_telegrams_64_bytes(
            survey in 0..=i64::MAX,
            turn in 0..=i64::MAX,
            act in prop_oneof![Just(Act::Stop), Just(Act::Continue), inputs().prop_map(Act::Input)],
        ) {
            let data = Data::Survey { survey: SurveyKey::new(survey), turn, act };
            let text = data.encode();
            prop_assert!(text.len() <= 64, "{text}");
            prop_assert_eq!(Data::decode(&text), Some(data.clone()));
        }

        #[test]
        fn forged_data_is_refused_or_names_something_but_never_panics(text in ".{0,64}") {
            if let Some(data) = Data::decode(&text) {
                prop_assert_eq!(data.encode().to_lowercase(), text.to_lowercase());
            }
        }
    }

    #[test]
    fn a_language_is_read_back() {
        for language in ["ru", "en", "kk"] {
            let data = Data::Language(language);
            assert_eq!(Data::decode(&data.encode()), Some(data));
            for topic in [TopicId::NONE, TopicId::new(i64::MAX)] {
                let data = Data::ChatLanguage { language, topic };
                assert!(data.encode().len() <= 64);
                assert_eq!(Data::decode(&data.encode()), Some(data));
            }
        }
    }

    #[test]
    fn the_buttons_of_forgetting_are_read_back() {
        for data in [Data::KeepData, Data::Forget { mark: 0 }, Data::Forget { mark: (1 << 48) - 1 }] {
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
    }

    #[test]
    fn what_we_cannot_have_written_is_not_read() {
        for text in [
            "",
            "1",
            "2s:1:1:v3",
            "1s:1:1",
            "1s:1:1:v3:x",
            "1s:1:1:v+3",
            "1s:-1:1:v3",
            "1s:1:1:v03",
            "1s:Z:1:d",
            "1l:RU",
            "1l:tlh",
            "1c:ru",
            "1c:RU:0",
            "1c:ru:-7",
            "1c:ru:0:0",
            "1f:",
            "1f:-7",
            "1k:",
        ] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
