//! Buttons of the set-up. Each carries the choices made so far.

use crate::domain::locale;
use crate::view::offers::{QUIET_HOURS, SCRIPTS, Wanted, ZONES};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupAct {
    /// Starts at the first step.
    Begin,
    /// Any language may be named; whether the installation has it is checked when the button is tapped.
    Language(&'static str),
    /// The zone at this index among those on offer.
    Zone(usize),
    /// The zone will be typed in.
    OtherZone,
    Quiet,
    /// Chooses these quiet hours and goes on to the alerts.
    Alerts(usize),
    /// Goes on to the scripts; `true` subscribes this chat to alerts.
    Script(usize, bool),
    Choose(usize, Wanted),
    /// Sends a test of the offered script at this index; the screen stays as it is.
    Take(usize),
}

impl SetupAct {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Language(language) => format!("l{language}"),
            Self::Begin => "b".to_owned(),
            Self::Zone(place) => format!("z{place}"),
            Self::OtherZone => "z".to_owned(),
            Self::Quiet => "q".to_owned(),
            Self::Alerts(quiet) => format!("a{quiet}"),
            Self::Script(quiet, here) => format!("{}{quiet}", if here { 'h' } else { 's' }),
            Self::Choose(quiet, wanted) => {
                let place = Wanted::ALL.iter().position(|other| *other == wanted).unwrap_or(0);
                format!("c{quiet}{place}")
            }
            Self::Take(script) => format!("t{script}"),
        }
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let (letter, rest) = text.split_at_checked(1)?;
        let digit = |text: &str| {
            let digit = text.parse::<usize>().ok().filter(|_| text.len() == 1)?;
            (digit < QUIET_HOURS.len()).then_some(digit)
        };
        Some(match (letter, rest) {
            ("l", language) => Self::Language(locale::code(language)?),
            ("b", "") => Self::Begin,
            ("z", "") => Self::OtherZone,
            ("z", place) => {
                let number: usize = place.parse().ok().filter(|number| *number < ZONES.len())?;
                (number.to_string() == place).then_some(Self::Zone(number))?
            }
            ("q", "") => Self::Quiet,
            ("a", quiet) => Self::Alerts(digit(quiet)?),
            ("s", quiet) => Self::Script(digit(quiet)?, false),
            ("h", quiet) => Self::Script(digit(quiet)?, true),
            ("t", script) => Self::Take(digit(script).filter(|script| *script < SCRIPTS.len())?),
            ("c", both) => {
                let (quiet, wanted) = both.split_at_checked(1)?;
                Self::Choose(digit(quiet)?, *Wanted::ALL.get(digit(wanted)?)?)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn every_button_of_the_set_up_is_read_back() {
        let acts = [
            SetupAct::Language("en"),
            SetupAct::Language("kk"),
            SetupAct::Begin,
            SetupAct::Zone(0),
            SetupAct::Zone(10),
            SetupAct::OtherZone,
            SetupAct::Quiet,
            SetupAct::Alerts(3),
            SetupAct::Script(0, true),
            SetupAct::Script(2, false),
            SetupAct::Choose(1, Wanted::Both),
            SetupAct::Take(0),
            SetupAct::Take(1),
        ];
        for act in acts {
            assert_eq!(Data::decode(&Data::Setup(act).encode()), Some(Data::Setup(act)));
        }
        for text in [
            "1u:", "1u:a9", "1u:c13x", "1u:c03", "1u:lxx", "1u:z11", "1u:z01", "1u:z+1", "1u:t", "1u:t2",
            "1u:t00",
        ] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
