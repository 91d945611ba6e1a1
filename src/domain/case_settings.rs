//! How an installation handles cases: working hours, deadlines, what customers are told. Each setting is a text with a
//! grammar of its own, whether it comes from the environment or from an admin.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono_tz::Tz;

use super::calendar::{Calendar, SpecialDays, WorkingHours};
use super::case::Budgets;
use super::setting_problem::Problem;
use super::time::parse_duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseSetting {
    Hours,
    DaysOff,
    Zone,
    FirstContact,
    Resolution,
    Reopen,
    Promise,
    Names,
    UrgentSegments,
    FreeMessages,
}

impl CaseSetting {
    pub const ALL: [Self; 10] = [
        Self::Hours,
        Self::DaysOff,
        Self::Zone,
        Self::FirstContact,
        Self::Resolution,
        Self::Reopen,
        Self::Promise,
        Self::Names,
        Self::UrgentSegments,
        Self::FreeMessages,
    ];

    /// The environment's variable. A setting that an admin made is stored under the same name in lower case.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Hours => "CASE_HOURS",
            Self::DaysOff => "CASE_DAYS_OFF",
            Self::Zone => "CASE_TZ",
            Self::FirstContact => "CASE_FIRST_CONTACT",
            Self::Resolution => "CASE_RESOLUTION",
            Self::Reopen => "CASE_REOPEN",
            Self::Promise => "CASE_PROMISE",
            Self::Names => "CASE_NAMES",
            Self::UrgentSegments => "CASE_URGENT_SEGMENTS",
            Self::FreeMessages => "FREE_MESSAGES",
        }
    }

    /// The name in the table of settings.
    #[must_use]
    pub fn stored_name(self) -> String {
        self.variable().to_lowercase()
    }

    /// Empty if there is none.
    #[must_use]
    pub const fn default_text(self) -> &'static str {
        match self {
            Self::Hours => "mon-sun 00:00-24:00",
            Self::FirstContact => Budgets::FIRST_CONTACT,
            Self::Resolution => Budgets::RESOLUTION,
            Self::Reopen => "7d",
            Self::Promise => "on",
            Self::Names => "hide",
            Self::FreeMessages => "cases",
            Self::DaysOff | Self::Zone | Self::UrgentSegments => "",
        }
    }

    /// A value as somebody might want it.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Hours => "mon-fri 09:00-18:00; sat 10:00-14:00",
            Self::DaysOff => "2027-01-01..2027-01-08, +2027-01-09 10:00-16:00",
            Self::Zone => "Europe/Moscow",
            Self::FirstContact => "urgent 2h, normal 1d, delivery/urgent 30m",
            Self::Resolution => "urgent 1d, normal 2d, minor 4d",
            Self::Reopen => "7d",
            Self::Names => "show",
            Self::UrgentSegments => "gold, vip",
            Self::Promise | Self::FreeMessages => "off",
        }
    }

    /// The two values of a setting that has no others; the first says yes.
    #[must_use]
    pub const fn choice(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Promise => Some(("on", "off")),
            Self::Names => Some(("show", "hide")),
            Self::FreeMessages => Some(("cases", "off")),
            _ => None,
        }
    }

    /// Checks a value by itself.
    ///
    /// # Errors
    /// Returns what is wrong.
    pub fn check(self, text: &str) -> Result<(), Problem> {
        CaseSettings::default().set(self, text, chrono_tz::UTC)
    }
}

/// The settings that hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSettings {
    pub hours: WorkingHours,
    pub days_off: SpecialDays,
    pub zone: Option<Tz>,
    pub first_contact: Budgets,
    pub resolution: Budgets,
    /// How long after resolving a customer's word still belongs to the case.
    pub reopen_within: Duration,
    /// Whether customers are told by when they will hear.
    pub promises: bool,
    /// Whether customers see the first names of those who answer them.
    pub shows_names: bool,
    /// Cases of customers in these segments are urgent from the beginning.
    pub urgent_segments: BTreeSet<String>,
    /// Whether a message that belongs to nothing else opens a case.
    pub free_messages: bool,
}

impl Default for CaseSettings {
    fn default() -> Self {
        let budgets = |text| Budgets::parse("", text).unwrap_or_else(|problem| unreachable!("{problem}"));
        Self {
            hours: WorkingHours::default(),
            days_off: SpecialDays::default(),
            zone: None,
            first_contact: budgets(Budgets::FIRST_CONTACT),
            resolution: budgets(Budgets::RESOLUTION),
            reopen_within: Duration::from_hours(7 * 24),
            promises: true,
            shows_names: false,
            urgent_segments: BTreeSet::new(),
            free_messages: true,
        }
    }
}

impl CaseSettings {
    /// Sets one setting. `zone` is the time zone of installations that set none.
    ///
    /// # Errors
    /// Returns what is wrong; nothing is changed then.
    pub fn set(&mut self, setting: CaseSetting, text: &str, zone: Tz) -> Result<(), Problem> {
        let mut next = self.clone();
        let chosen = || setting.choice().map_or(Ok(false), |(yes, no)| one_of(text, yes, no));
        match setting {
            CaseSetting::Hours => next.hours = text.parse()?,
            CaseSetting::DaysOff => next.days_off = text.parse()?,
            CaseSetting::Zone => {
                next.zone = Some(text.parse().map_err(|_| Problem::Zone(text.to_owned()))?);
            }
            CaseSetting::FirstContact => next.first_contact = Budgets::parse(text, Budgets::FIRST_CONTACT)?,
            CaseSetting::Resolution => next.resolution = Budgets::parse(text, Budgets::RESOLUTION)?,
            CaseSetting::Reopen => {
                next.reopen_within = parse_duration(text).map_err(|_| Problem::Duration(text.to_owned()))?;
            }
            CaseSetting::Promise => next.promises = chosen()?,
            CaseSetting::Names => next.shows_names = chosen()?,
            CaseSetting::UrgentSegments => {
                let segments = text.split(',').map(str::trim).filter(|segment| !segment.is_empty());
                next.urgent_segments = segments.map(str::to_owned).collect();
                if next.urgent_segments.is_empty() {
                    return Err(Problem::NoSegment);
                }
            }
            CaseSetting::FreeMessages => next.free_messages = chosen()?,
        }
        next.calendar(zone).map_err(|problem| Problem::Together(Box::new(problem)))?;
        *self = next;
        Ok(())
    }

    /// The working hours. `zone` is the time zone of installations that set none.
    ///
    /// # Errors
    /// Returns why nobody could work by them.
    pub fn calendar(&self, zone: Tz) -> Result<Calendar, Problem> {
        Calendar::new(self.zone.unwrap_or(zone), self.hours.clone(), self.days_off.clone())
    }
}

fn one_of(text: &str, yes: &'static str, no: &'static str) -> Result<bool, Problem> {
    match text {
        _ if text == yes => Ok(true),
        _ if text == no => Ok(false),
        _ => Err(Problem::NeitherNor(yes, no)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_and_every_example_is_accepted() {
        for setting in CaseSetting::ALL {
            assert_eq!(setting.check(setting.example()), Ok(()), "{setting:?}");
            let mut settings = CaseSettings::default();
            if !setting.default_text().is_empty() {
                settings.set(setting, setting.default_text(), chrono_tz::UTC).unwrap();
            }
            assert_eq!(settings, CaseSettings::default(), "{setting:?}");
        }
    }

    #[test]
    fn a_wrong_value_changes_nothing_and_says_what_is_allowed() {
        let mut settings = CaseSettings::default();
        for (setting, text, said) in [
            (CaseSetting::Hours, "always", "has no hours"),
            (CaseSetting::Zone, "Moscow", "not a known time zone"),
            (CaseSetting::Promise, "yes", "neither on nor off"),
            (CaseSetting::UrgentSegments, ",", "names no segment"),
            (
                CaseSetting::DaysOff,
                "2027-01-01..2027-12-31, 2028-01-01..2028-01-02",
                "together with the other settings",
            ),
        ] {
            let refused = settings.set(setting, text, chrono_tz::UTC).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        assert_eq!(settings, CaseSettings::default());
    }
}
