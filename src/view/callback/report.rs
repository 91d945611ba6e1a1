//! Buttons of `/report`.

use super::{base36, from_base36};
use crate::domain::checksum::crc32;
use crate::domain::period::Period;

/// Which report: of a question, a period and a team. What is absent is the program's choice; without a team it is about
/// all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    pub question: Option<Mark>,
    pub period: Option<Period>,
    pub team: Option<Mark>,
}

/// Stands for a name that is too long for a button: its CRC-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportAct {
    Show(Reported),
    /// Lists the questions that there are.
    Questions(Reported),
    /// Lists the teams.
    Teams(Reported),
}

impl Mark {
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(crc32(name.as_bytes()))
    }

    pub(super) fn encode(self) -> String {
        base36(self.0.into())
    }

    /// The mark as a number.
    pub(super) fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    pub(super) fn at(place: usize) -> Option<Self> {
        u32::try_from(place).ok().map(Self)
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        Some(Self(u32::try_from(from_base36(text)?).ok()?))
    }
}

impl Reported {
    fn encode(self) -> String {
        let mark = |mark: Option<Mark>| mark.map(Mark::encode).unwrap_or_default();
        let period = self.period.map(|period| period.to_string()).unwrap_or_default();
        format!("{}:{period}:{}", mark(self.question), mark(self.team))
    }

    fn decode(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (question, period, team) = (parts.next()?, parts.next()?, parts.next()?);
        let mark = |text: &str| -> Option<Option<Mark>> {
            if text.is_empty() {
                return Some(None);
            }
            Mark::decode(text).map(Some)
        };
        let period = if period.is_empty() {
            None
        } else {
            Some(Period::parse(period).ok().filter(|read| read.to_string() == period)?)
        };
        let read = Self { question: mark(question)?, period, team: mark(team)? };
        parts.next().is_none().then_some(read)
    }
}

impl ReportAct {
    /// The text by which a button names it.
    #[must_use]
    pub fn encode(self) -> String {
        match self {
            Self::Show(of) => format!("s{}", of.encode()),
            Self::Questions(of) => format!("q{}", of.encode()),
            Self::Teams(of) => format!("t{}", of.encode()),
        }
    }

    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let (letter, rest) = text.split_at_checked(1)?;
        let of = Reported::decode(rest)?;
        Some(match letter {
            "s" => Self::Show(of),
            "q" => Self::Questions(of),
            "t" => Self::Teams(of),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn every_button_of_the_report_is_read_back() {
        let period = Period::parse("2026-08..2026-10").ok();
        let all = Reported { question: Some(Mark(u32::MAX)), period, team: Some(Mark::of("north")) };
        let acts = [ReportAct::Show, ReportAct::Questions, ReportAct::Teams];
        for act in acts.iter().flat_map(|act| [act(all), act(Reported::default())]) {
            let data = Data::Report(act);
            assert!(data.encode().len() <= 64, "{}", data.encode());
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for text in ["1y:s:", "1y:s:::", "1y:s:2026-13:", "1y:s:2026-010:", "1y:x::", "1y:szzzzzzzzz::"] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
