//! The hours of a week: `mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00`.

use std::fmt;
use std::str::FromStr;

use chrono::Weekday;

use super::{Interval, MINUTES_A_DAY, WEEKDAYS};
use crate::domain::setting_problem::Problem;

/// What is worked on each day of the week. At least one day has an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours([Vec<Interval>; 7]);

impl WorkingHours {
    #[must_use]
    pub fn on(&self, weekday: Weekday) -> &[Interval] {
        &self.0[weekday.num_days_from_monday() as usize]
    }

    /// The minutes of the shortest working day of the week.
    #[must_use]
    pub fn shortest_day_minutes(&self) -> u32 {
        let minutes = |day: &Vec<Interval>| day.iter().map(|part| u32::from(part.to - part.from)).sum();
        self.0.iter().filter(|day| !day.is_empty()).map(minutes).min().unwrap_or_default()
    }
}

/// Round the clock.
impl Default for WorkingHours {
    fn default() -> Self {
        Self(std::array::from_fn(|_| vec![Interval::WHOLE_DAY]))
    }
}

impl FromStr for WorkingHours {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut week: [Vec<Interval>; 7] = std::array::from_fn(|_| Vec::new());
        for group in text.split(';').map(str::trim).filter(|group| !group.is_empty()) {
            let (days, hours) =
                group.split_once(' ').ok_or_else(|| Problem::DaysWithoutHours(group.to_owned()))?;
            let intervals = intervals(hours)?;
            for day in weekdays(days)? {
                if !week[day].is_empty() {
                    return Err(Problem::Twice(WEEKDAYS[day].0.to_owned()));
                }
                week[day].clone_from(&intervals);
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(Problem::NoDay);
        }
        Ok(Self(week))
    }
}

/// Days with the same hours that follow each other are written as one range.
impl fmt::Display for WorkingHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut day = 0;
        let mut is_first = true;
        while day < 7 {
            let length = self.0[day..].iter().take_while(|other| **other == self.0[day]).count();
            if !self.0[day].is_empty() {
                let (from, to) = (WEEKDAYS[day].0, WEEKDAYS[day + length - 1].0);
                let days = if length == 1 { from.to_owned() } else { format!("{from}-{to}") };
                let separator = if is_first { "" } else { "; " };
                write!(f, "{separator}{days} {}", written(&self.0[day]))?;
                is_first = false;
            }
            day += length;
        }
        Ok(())
    }
}

/// `mon`, or `mon-fri`; a range may go over the end of the week.
fn weekdays(text: &str) -> Result<Vec<usize>, Problem> {
    let day = |name: &str| WEEKDAYS.iter().position(|(known, _)| *known == name);
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (day(from), day(to)) {
        (Some(from), Some(to)) => {
            let length = (to + 7 - from) % 7;
            Ok((from..=from + length).map(|day| day % 7).collect())
        }
        _ => Err(Problem::Day(text.to_owned())),
    }
}

/// `09:00-13:00, 14:00-18:00`: in order and apart.
pub(super) fn intervals(text: &str) -> Result<Vec<Interval>, Problem> {
    let intervals = text.split(',').map(interval).collect::<Result<Vec<_>, _>>()?;
    match intervals.windows(2).find(|pair| pair[1].from < pair[0].to) {
        Some(pair) => Err(Problem::Order { later: pair[1].to_string(), earlier: pair[0].to_string() }),
        None => Ok(joined(intervals)),
    }
}

/// Intervals that touch become one, so that equal hours are equal.
fn joined(intervals: Vec<Interval>) -> Vec<Interval> {
    let mut joined: Vec<Interval> = Vec::with_capacity(intervals.len());
    for next in intervals {
        match joined.last_mut() {
            Some(last) if last.to == next.from => last.to = next.to,
            _ => joined.push(next),
        }
    }
    joined
}

fn interval(text: &str) -> Result<Interval, Problem> {
    let text = text.trim();
    let wrong = || Problem::Hours(text.to_owned());
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    let (from, to) = (minutes(from).ok_or_else(wrong)?, minutes(to).ok_or_else(wrong)?);
    if from < to { Ok(Interval { from, to }) } else { Err(Problem::OverMidnight(text.to_owned())) }
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= MINUTES_A_DAY).then_some(minutes)
}

pub(super) fn written(intervals: &[Interval]) -> String {
    intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
