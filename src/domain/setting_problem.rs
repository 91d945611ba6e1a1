//! Why the value of a setting of cases is refused. Who runs the program reads it in English; admins read it in their
//! language.

use std::fmt;

/// What is wrong. The texts are parts of the value as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Days of the week without hours.
    DaysWithoutHours(String),
    /// A worked date without hours.
    DateWithoutHours(String),
    NoDay,
    Day(String),
    Hours(String),
    OverMidnight(String),
    /// Hours that do not come after those before them.
    Order {
        later: String,
        earlier: String,
    },
    Date(String),
    Backwards(String),
    LongerThanYear(String),
    Twice(String),
    /// Nobody would work for so many days, of which so many are allowed.
    Rest {
        days: u32,
        most: u32,
    },
    Zone(String),
    NoBudget(String),
    Severity(String),
    Budget(String),
    /// A budget that is too short, or longer than so many days.
    BudgetSize {
        text: String,
        most_days: u16,
    },
    Duration(String),
    NeitherNor(&'static str, &'static str),
    NoSegment,
    /// It would do alone, but not with the other settings.
    Together(Box<Self>),
}

/// A phrase that follows the value.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DaysWithoutHours(text) => {
                write!(f, "'{text}' has no hours: write them like mon-fri 09:00-18:00")
            }
            Self::DateWithoutHours(text) => {
                write!(f, "'{text}' has no hours: write it like +2027-01-09 10:00-16:00")
            }
            Self::NoDay => f.write_str("names no day"),
            Self::Day(text) => write!(
                f,
                "'{text}' is not a day: write mon, tue, wed, thu, fri, sat or sun, or a range like mon-fri"
            ),
            Self::Hours(text) => {
                write!(f, "'{text}' is not a range of hours: write it like 09:00-18:00")
            }
            Self::OverMidnight(text) => {
                write!(f, "'{text}' does not end after it begins: write hours over midnight as two days")
            }
            Self::Order { later, earlier } => write!(f, "{later} does not come after {earlier}"),
            Self::Date(text) => write!(f, "'{text}' is not a date: write it like 2027-01-01"),
            Self::Backwards(text) => write!(f, "'{text}' ends before it begins"),
            Self::LongerThanYear(text) => write!(f, "'{text}' is longer than a year"),
            Self::Twice(text) => write!(f, "'{text}' is named twice"),
            Self::Rest { days, most } => {
                write!(f, "leaves {days} days in a row without work; at most {most} are allowed")
            }
            Self::Zone(_) => f.write_str("is not a known time zone"),
            Self::NoBudget(text) => write!(f, "'{text}' has no budget: write it like urgent 4h"),
            Self::Severity(text) => {
                write!(f, "'{text}' is not a severity: write urgent, normal or minor")
            }
            Self::Budget(text) => write!(
                f,
                "'{text}' is not a budget: write working time like 30m or 8h, or working days like 1d"
            ),
            Self::BudgetSize { text, most_days } => write!(f, "'{text}' is not between 1m and {most_days}d"),
            Self::Duration(text) => {
                write!(f, "'{text}' is not a duration: write a whole number and s, m, h or d, like 90s or 3h")
            }
            Self::NeitherNor(yes, no) => write!(f, "is neither {yes} nor {no}"),
            Self::NoSegment => f.write_str("names no segment"),
            Self::Together(problem) => write!(f, "together with the other settings it {problem}"),
        }
    }
}
