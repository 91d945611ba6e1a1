//! How much time a case may take, by its severity and category: `urgent 4h, normal 24h, delivery/urgent 1d`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use super::Severity;
use crate::domain::calendar::Budget;
use crate::domain::setting_problem::Problem;

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
    /// Returns what is wrong.
    pub fn parse(text: &str, defaults: &str) -> Result<Self, Problem> {
        let mut budgets = Self { by_severity: [Budget::Days(1); 3], by_category: BTreeMap::new() };
        for source in [defaults, text] {
            let mut named = BTreeSet::new();
            for item in source.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                let (key, budget) = entry(item)?;
                if !named.insert(key.clone()) {
                    return Err(Problem::Twice(item.to_owned()));
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

    /// All budgets, in the order in which they are written; those of a category come with it.
    pub fn all(&self) -> impl Iterator<Item = (Option<&str>, Severity, Budget)> {
        let general = SEVERITIES.iter().zip(&self.by_severity);
        let general = general.map(|(severity, budget)| (None, *severity, *budget));
        let own = self.by_category.iter();
        general.chain(
            own.map(|((category, severity), budget)| {
                (Some(category.as_str()), SEVERITIES[*severity], *budget)
            }),
        )
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
fn entry(item: &str) -> Result<(Key, Budget), Problem> {
    let (key, budget) = item.split_once(' ').ok_or_else(|| Problem::NoBudget(item.to_owned()))?;
    let (category, severity) = match key.split_once('/') {
        Some((category, severity)) if !category.is_empty() => (Some(category.to_owned()), severity),
        _ => (None, key),
    };
    let severity = SEVERITIES
        .iter()
        .position(|known| known.as_str() == severity)
        .ok_or_else(|| Problem::Severity(severity.to_owned()))?;
    Ok(((category, severity), budget.trim().parse()?))
}

impl fmt::Display for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.all().map(|(category, severity, budget)| {
            let category = category.map(|category| format!("{category}/")).unwrap_or_default();
            format!("{category}{} {budget}", severity.as_str())
        });
        f.write_str(&all.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_read_as_they_are_written() {
        let budgets =
            Budgets::parse("normal 8h, delivery/urgent 1d, urgent 90m", Budgets::FIRST_CONTACT).unwrap();
        assert_eq!(budgets.to_string(), "urgent 90m, normal 8h, minor 48h, delivery/urgent 1d");
        assert_eq!(Budgets::parse(&budgets.to_string(), Budgets::RESOLUTION), Ok(budgets.clone()));
        assert_eq!(budgets.of("delivery", Severity::Urgent), Budget::Days(1));
        assert_eq!(budgets.of("delivery", Severity::Normal), Budget::Working(Duration::from_hours(8)));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_is_allowed() {
        for (text, said) in [
            ("urgent", "has no budget"),
            ("soon 4h", "is not a severity"),
            ("urgent 0h", "between 1m"),
            ("urgent 90s", "is not a budget"),
            ("urgent 4", "is not a budget"),
            ("urgent 400d", "between 1m"),
            ("urgent 4h, urgent 5h", "named twice"),
        ] {
            let refused = Budgets::parse(text, Budgets::RESOLUTION).unwrap_err().to_string();
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
