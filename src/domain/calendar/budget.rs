//! An amount of working time, or a number of working days: `8h`, `1d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::domain::setting_problem::Problem;
use crate::domain::time::{format_duration, parse_duration};

/// The longest budget, of working time or in working days.
const LONGEST: Duration = Duration::from_hours(366 * 24);
const LONGEST_DAYS: u16 = 366;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    Working(Duration),
    /// Working days.
    Days(u16),
}

impl FromStr for Budget {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let wrong = || Problem::Budget(text.to_owned());
        if text.ends_with('s') {
            return Err(wrong());
        }
        let duration = parse_duration(text).map_err(|_| wrong())?;
        if duration.is_zero() || duration > LONGEST {
            return Err(Problem::BudgetSize { text: text.to_owned(), most_days: LONGEST_DAYS });
        }
        match text.strip_suffix('d').and_then(|days| days.parse().ok()) {
            Some(days) => Ok(Self::Days(days)),
            None => Ok(Self::Working(duration)),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days}d"),
            // 24 hours of working time are not one working day.
            Self::Working(work) if work.as_secs() % 3600 == 0 => write!(f, "{}h", work.as_secs() / 3600),
            Self::Working(work) => f.write_str(&format_duration(*work)),
        }
    }
}
