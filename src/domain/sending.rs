//! When a survey may be sent. A script's settings come before those of the environment, and these come before the
//! product's defaults.

use std::str::FromStr;
use std::time::Duration;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};

use crate::domain::time::parse_duration;

/// The hours of local wall time during which nobody is disturbed. The first bound is inclusive, the second exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuietHours {
    Off,
    Between { from: NaiveTime, to: NaiveTime },
}

impl QuietHours {
    #[must_use]
    pub fn contains(self, time: NaiveTime) -> bool {
        match self {
            Self::Off => false,
            Self::Between { from, to } if from < to => from <= time && time < to,
            Self::Between { from, to } => time >= from || time < to,
        }
    }
}

impl Default for QuietHours {
    fn default() -> Self {
        let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap_or_default();
        Self::Between { from: hour(21), to: hour(10) }
    }
}

impl FromStr for QuietHours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let wrong = || format!("'{text}' is not a range of hours: write it like 21:00-10:00, or off");
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let (from, to) = (wall_time(from).ok_or_else(wrong)?, wall_time(to).ok_or_else(wrong)?);
        if from == to {
            return Err(format!("'{text}' begins where it ends: write off for no quiet hours"));
        }
        Ok(Self::Between { from, to })
    }
}

impl std::fmt::Display for QuietHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Between { from, to } => {
                write!(f, "{:02}:{:02}-{:02}:{:02}", from.hour(), from.minute(), to.hour(), to.minute())
            }
        }
    }
}

fn wall_time(text: &str) -> Option<NaiveTime> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)
}

/// Weekdays and single dates in the customer's calendar on which nothing is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DaysOff {
    pub weekdays: Vec<Weekday>,
    pub dates: Vec<NaiveDate>,
}

impl DaysOff {
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.weekdays.contains(&date.weekday()) || self.dates.contains(&date)
    }

    /// Adds a weekday like `sat` or a date like `2027-01-01`.
    ///
    /// # Errors
    /// Returns a sentence that says what is allowed.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        const NAMES: [(&str, Weekday); 7] = [
            ("mon", Weekday::Mon),
            ("tue", Weekday::Tue),
            ("wed", Weekday::Wed),
            ("thu", Weekday::Thu),
            ("fri", Weekday::Fri),
            ("sat", Weekday::Sat),
            ("sun", Weekday::Sun),
        ];
        if let Some((_, weekday)) = NAMES.iter().find(|(name, _)| *name == text) {
            if !self.weekdays.contains(weekday) {
                self.weekdays.push(*weekday);
            }
        } else if text.len() == 10
            && let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        {
            self.dates.push(date);
        } else {
            return Err(format!(
                "'{text}' is not a day: write mon, tue, wed, thu, fri, sat, sun or a date like 2027-01-01"
            ));
        }
        Ok(())
    }
}

/// A time span that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Off,
    Of(Duration),
}

impl Span {
    #[must_use]
    pub const fn get(self) -> Option<Duration> {
        match self {
            Self::Off => None,
            Self::Of(duration) => Some(duration),
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        parse_duration(text).map(Self::Of).map_err(|problem| format!("{problem}, or off"))
    }
}

/// The settings of a script's `[send]` section. `None` means that the script does not set the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOverrides {
    pub delay: Option<Duration>,
    pub delay_min: Option<Duration>,
    pub delay_max: Option<Duration>,
    pub max_age: Option<Duration>,
    pub quiet_hours: Option<QuietHours>,
    pub days_off: Option<DaysOff>,
    pub min_gap: Option<Span>,
    pub min_gap_same: Option<Span>,
    pub remind_after: Option<Span>,
    pub expires_after: Option<Duration>,
}

/// The environment's settings, for every script that does not set its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingDefaults {
    pub quiet_hours: QuietHours,
    pub min_gap: Option<Duration>,
}

impl Default for SendingDefaults {
    fn default() -> Self {
        Self { quiet_hours: QuietHours::default(), min_gap: Some(Duration::from_hours(24)) }
    }
}

/// The rules that apply to one survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// The target time, counted from the event.
    pub delay: Duration,
    pub delay_min: Duration,
    pub delay_max: Duration,
    /// The age of the event after which nothing is sent any more.
    pub max_age: Duration,
    pub quiet_hours: QuietHours,
    pub days_off: DaysOff,
    /// The shortest time between two surveys of one person, whatever their scripts.
    pub min_gap: Option<Duration>,
    /// The shortest time between two surveys of one person by this script.
    pub min_gap_same: Option<Duration>,
    pub remind_after: Option<Duration>,
    pub expires_after: Duration,
}

/// The same rules, as a script would write them.
impl From<Sending> for SendOverrides {
    fn from(sending: Sending) -> Self {
        let span = |gap: Option<Duration>| Some(gap.map_or(Span::Off, Span::Of));
        Self {
            delay: Some(sending.delay),
            delay_min: Some(sending.delay_min),
            delay_max: Some(sending.delay_max),
            max_age: Some(sending.max_age),
            quiet_hours: Some(sending.quiet_hours),
            days_off: Some(sending.days_off),
            min_gap: span(sending.min_gap),
            min_gap_same: span(sending.min_gap_same),
            remind_after: span(sending.remind_after),
            expires_after: Some(sending.expires_after),
        }
    }
}

impl SendOverrides {
    #[must_use]
    pub fn resolve(&self, defaults: &SendingDefaults) -> Sending {
        let hours = |own: Option<Duration>, hours: u64| own.unwrap_or(Duration::from_hours(hours));
        Sending {
            delay: hours(self.delay, 3),
            delay_min: hours(self.delay_min, 2),
            delay_max: hours(self.delay_max, 6),
            max_age: hours(self.max_age, 48),
            quiet_hours: self.quiet_hours.unwrap_or(defaults.quiet_hours),
            days_off: self.days_off.clone().unwrap_or_default(),
            min_gap: self.min_gap.map_or(defaults.min_gap, Span::get),
            min_gap_same: self.min_gap_same.and_then(Span::get),
            remind_after: self.remind_after.unwrap_or(Span::Of(Duration::from_hours(20))).get(),
            expires_after: hours(self.expires_after, 72),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> NaiveTime {
        wall_time(text).unwrap()
    }

    #[test]
    fn quiet_hours_are_half_open_and_may_span_midnight() {
        let night: QuietHours = "21:00-10:00".parse().unwrap();
        assert_eq!(night, QuietHours::default());
        for (at, quiet) in
            [("20:59", false), ("21:00", true), ("00:00", true), ("09:59", true), ("10:00", false)]
        {
            assert_eq!(night.contains(time(at)), quiet, "{at}");
        }
        let noon: QuietHours = "12:00-13:00".parse().unwrap();
        assert_eq!(["11:59", "12:00", "13:00"].map(|at| noon.contains(time(at))), [false, true, false]);
        assert!(!"off".parse::<QuietHours>().unwrap().contains(time("03:00")));
    }

    #[test]
    fn other_spellings_of_quiet_hours_are_refused_with_what_is_allowed() {
        for text in
            ["", "21-10", "21:00", "24:00-10:00", "9:00-10:00", "21:00–10:00", "10:00-10:00", "+1:00-10:00"]
        {
            assert!(text.parse::<QuietHours>().unwrap_err().contains("off"), "{text}");
        }
    }

    #[test]
    fn days_off_are_weekdays_and_dates() {
        let mut days = DaysOff::default();
        days.add("sun").unwrap();
        days.add("2027-01-01").unwrap();
        let off = |y, m, d| days.contains(NaiveDate::from_ymd_opt(y, m, d).unwrap());
        assert!(off(2027, 1, 1) && off(2027, 1, 3) && !off(2027, 1, 4));
        assert!(days.add("Sunday").unwrap_err().contains("2027-01-01"));
        assert!(days.add("2027-02-30").is_err());
    }

    #[test]
    fn a_script_outranks_the_environment_and_the_environment_the_default() {
        let product = SendOverrides::default().resolve(&SendingDefaults::default());
        assert_eq!(product.min_gap, Some(Duration::from_hours(24)));
        assert_eq!(product.remind_after, Some(Duration::from_hours(20)));
        let environment = SendingDefaults { quiet_hours: QuietHours::Off, min_gap: None };
        let from_environment = SendOverrides::default().resolve(&environment);
        assert_eq!((from_environment.quiet_hours, from_environment.min_gap), (QuietHours::Off, None));
        let script = SendOverrides {
            quiet_hours: Some(QuietHours::default()),
            min_gap: Some(Span::Of(Duration::from_mins(1))),
            remind_after: Some(Span::Off),
            ..SendOverrides::default()
        };
        let from_script = script.resolve(&environment);
        assert_eq!(from_script.quiet_hours, QuietHours::default());
        assert_eq!((from_script.min_gap, from_script.remind_after), (Some(Duration::from_mins(1)), None));
    }

    proptest! {
        #[test]
        fn quiet_hours_read_as_they_are_written(from in 0u32..1440, to in 0u32..1440) {
            prop_assume!(from != to);
            let at = |m: u32| NaiveTime::from_hms_opt(m / 60, m % 60, 0).unwrap();
            let hours = QuietHours::Between { from: at(from), to: at(to) };
            prop_assert_eq!(hours.to_string().parse(), Ok(hours));
        }
    }
}
