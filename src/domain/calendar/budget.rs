//! How much time a case may take, by its severity and category: `urgent 4h, normal 24h, delivery/urgent 1d`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::domain::case::Severity;
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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("'{text}' is not a budget: write working time like 30m or 8h, or working days like 1d")
        };
        if text.ends_with('s') {
            return Err(wrong());
        }
        let duration = parse_duration(text).map_err(|_| wrong())?;
        if duration.is_zero() || duration > LONGEST {
            return Err(format!("'{text}' is not between 1m and {LONGEST_DAYS}d"));
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

/// In the order in which budgets are written, the shortest first.
const SEVERITIES: [Severity; 3] = [Severity::Urgent, Severity::Normal, Severity::Minor];

/// The budgets of an installation. Each severity has one; a category may have its own for some severities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budgets {
    by_severity: [Budget; 3],
    by_category: BTreeMap<(String, usize), Budget>,
}

impl Budgets {
    /// Until somebody first answers the customer.
    pub const FIRST_CONTACT: &str = "urgent 4h, normal 24h, minor 48h";
    /// Until the case is resolved.
    pub const RESOLUTION: &str = "urgent 24h, normal 48h, minor 96h";

    /// Reads budgets; a severity that is not named keeps the one of `defaults`.
    ///
    /// # Errors
    /// Returns a sentence that says what is allowed.
    pub fn parse(text: &str, defaults: &str) -> Result<Self, String> {
        let mut budgets = Self { by_severity: [Budget::Days(1); 3], by_category: BTreeMap::new() };
        for source in [defaults, text] {
            let mut named = BTreeSet::new();
            for item in source.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                let (key, budget) = entry(item)?;
                if !named.insert(key.clone()) {
                    return Err(format!("'{item}' is named twice"));
                }
                match key {
                    (None, severity) => budgets.by_severity[severity] = budget,
                    (Some(category), severity) => {
                        budgets.by_category.insert((category, severity), budget);
                    }
                }
            }
        }
        Ok(budgets)
    }

    /// The budget of a case of this category and severity.
    #[must_use]
    pub fn of(&self, category: &str, severity: Severity) -> Budget {
        let place = SEVERITIES.iter().position(|known| *known == severity).unwrap_or(0);
        let own = self.by_category.get(&(category.to_owned(), place));
        own.copied().unwrap_or(self.by_severity[place])
    }

    /// The budgets in working time that are longer than this.
    pub fn longer_than(&self, work: Duration) -> impl Iterator<Item = Duration> {
        let all = self.by_severity.iter().chain(self.by_category.values());
        all.filter_map(move |budget| match budget {
            Budget::Working(budget) if *budget > work => Some(*budget),
            _ => None,
        })
    }

    /// The same budgets, with those in working time that are longer than `work` written as one working day.
    #[must_use]
    pub fn with_days_for_longer_than(mut self, work: Duration) -> Self {
        for budget in self.by_severity.iter_mut().chain(self.by_category.values_mut()) {
            if matches!(budget, Budget::Working(own) if *own > work) {
                *budget = Budget::Days(1);
            }
        }
        self
    }
}

type Key = (Option<String>, usize);

/// `urgent 4h`, or `delivery/urgent 4h`.
fn entry(item: &str) -> Result<(Key, Budget), String> {
    let (key, budget) =
        item.split_once(' ').ok_or_else(|| format!("'{item}' has no budget: write it like urgent 4h"))?;
    let (category, severity) = match key.split_once('/') {
        Some((category, severity)) if !category.is_empty() => (Some(category.to_owned()), severity),
        _ => (None, key),
    };
    let severity = SEVERITIES
        .iter()
        .position(|known| known.as_str() == severity)
        .ok_or_else(|| format!("'{severity}' is not a severity: write urgent, normal or minor"))?;
    Ok(((category, severity), budget.trim().parse()?))
}

impl fmt::Display for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let general = SEVERITIES.iter().zip(&self.by_severity);
        let general = general.map(|(severity, budget)| format!("{} {budget}", severity.as_str()));
        let own = self.by_category.iter();
        let own = own.map(|((category, severity), budget)| {
            format!("{category}/{} {budget}", SEVERITIES[*severity].as_str())
        });
        f.write_str(&general.chain(own).collect::<Vec<_>>().join(", "))
    }
}
