//! What somebody asks about: the same names in an address, on the command line and in Telegram.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::domain::counting::{Dimension, Filter, Grouping, Tenure};
use crate::domain::event::{FieldError, Kind};
use crate::domain::nearest::nearest;
use crate::domain::period::Period;
use crate::domain::scale::Band;
use crate::domain::stats::index::Index;
use crate::service::figures::agent_names::Naming;

/// Stands for events without a value, as a filter and as the key of their row.
pub const NONE: &str = "(none)";

/// A request for figures. What is empty is not restricted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub questions: BTreeSet<String>,
    pub factors: BTreeSet<String>,
    pub indices: Vec<Wanted>,
    pub filters: Vec<Filter>,
    pub bands: BTreeSet<Band>,
    pub reasons: BTreeSet<String>,
    /// Without it, the newest settled month.
    pub period: Option<Period>,
    pub grouping: Grouping,
    pub compare: Option<Compare>,
    pub is_reviewed: bool,
    /// Whether each row of a cut is compared with all other answers. Every address that has a cut asks for it.
    pub is_beside: bool,
    /// What agents are called in the answer. No address says it.
    pub naming: Naming,
}

/// An index by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Index(Index),
    /// The share of one option, `share_KEY`.
    Share(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The period of the same length just before.
    Previous,
    With(Period),
}

impl Compare {
    #[must_use]
    pub fn period(self, of: &Period) -> Period {
        match self {
            Self::Previous => of.previous(),
            Self::With(period) => period,
        }
    }
}

const GROUPINGS: [(&str, Grouping); 3] =
    [("day", Grouping::Day), ("week", Grouping::Week), ("month", Grouping::Month)];

impl Request {
    /// Reads names and values in any order; a name may come several times. The error names every mistake.
    pub fn parse<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<Self, Vec<FieldError>> {
        let mut reading = Reading::default();
        for (name, value) in pairs {
            reading.take(name, value);
        }
        reading.finish()
    }

    /// The scripts asked about; empty for all.
    pub fn scripts(&self) -> impl Iterator<Item = &str> {
        let chosen = self.filters.iter().filter(|filter| filter.dimension == Dimension::Script);
        chosen
            .filter(|filter| !filter.is_left_out)
            .flat_map(|filter| &filter.values)
            .flatten()
            .map(String::as_str)
    }

    /// The same about one question.
    #[must_use]
    pub fn about(&self, script: &str, question: &str) -> Self {
        let values = BTreeSet::from([Some(script.to_owned())]);
        let mut filters = self.filters.clone();
        filters.retain(|filter| filter.dimension != Dimension::Script);
        filters.push(Filter { dimension: Dimension::Script, values, is_left_out: false });
        Self { filters, questions: [question.to_owned()].into(), factors: BTreeSet::new(), ..self.clone() }
    }

    /// The parts that are compared with all other answers, if they are asked for. A question has only one script, and
    /// agents have a report of their own.
    #[must_use]
    pub const fn beside(&self) -> Option<Dimension> {
        match self.grouping {
            Grouping::By(Dimension::Script | Dimension::Agent) => None,
            Grouping::By(dimension) if self.is_beside => Some(dimension),
            _ => None,
        }
    }

    /// Whether it selects answers. Those that it leaves out are not missing, so nothing follows for who did not answer.
    #[must_use]
    pub fn selects_answers(&self) -> bool {
        !self.bands.is_empty() || !self.reasons.is_empty()
    }

    /// The values of all filters by their names, as in an address. What is left out has its name with a `!`.
    #[must_use]
    pub fn named_filters(&self) -> Vec<(String, String)> {
        let mut named = Vec::new();
        let mut filters: Vec<&Filter> = self.filters.iter().collect();
        filters.sort_by_key(|filter| (filter.dimension, filter.is_left_out));
        for filter in filters {
            let name = format!("{}{}", filter.dimension, if filter.is_left_out { "!" } else { "" });
            let values = filter.values.iter().map(|value| value.clone().unwrap_or_else(|| NONE.to_owned()));
            named.extend(values.map(|value| (name.clone(), value)));
        }
        named.extend(self.bands.iter().map(|band| ("band".to_owned(), band.to_string())));
        named.extend(self.reasons.iter().map(|reason| ("reason".to_owned(), reason.clone())));
        named
    }

    /// The request as an address asks it, in one order, for this period.
    #[must_use]
    pub fn url(&self, path: &str, period: &Period) -> String {
        let (scripts, others): (Vec<_>, Vec<_>) =
            self.named_filters().into_iter().partition(|(name, _)| name == "script");
        let named = |name: &str, values: &BTreeSet<String>| -> Vec<(String, String)> {
            values.iter().map(|value| (name.to_owned(), value.clone())).collect()
        };
        let mut pairs = scripts;
        pairs.extend(named("question", &self.questions));
        pairs.extend(named("factor", &self.factors));
        if !self.indices.is_empty() {
            let indices: Vec<String> = self.indices.iter().map(ToString::to_string).collect();
            pairs.push(("index".to_owned(), indices.join(",")));
        }
        pairs.extend(others);
        pairs.push(("period".to_owned(), period.to_string()));
        if let Some(by) = grouping_name(self.grouping) {
            pairs.push(("by".to_owned(), by.to_owned()));
        }
        match self.compare {
            Some(Compare::Previous) => pairs.push(("compare".to_owned(), "previous".to_owned())),
            Some(Compare::With(period)) => pairs.push(("compare".to_owned(), period.to_string())),
            None => {}
        }
        if self.is_reviewed {
            pairs.push(("reviewed".to_owned(), "true".to_owned()));
        }
        let mut url = path.to_owned();
        for (place, (name, value)) in pairs.iter().enumerate() {
            let mark = if place == 0 { '?' } else { '&' };
            let _ = write!(url, "{mark}{}={}", escaped(name), escaped(value));
        }
        url
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Share(option) => write!(f, "share_{option}"),
        }
    }
}

/// The name of a grouping, as `by` takes it.
#[must_use]
pub fn grouping_name(grouping: Grouping) -> Option<&'static str> {
    match grouping {
        Grouping::None => None,
        Grouping::By(dimension) => Some(dimension.as_str()),
        time => GROUPINGS.iter().find(|(_, known)| *known == time).map(|(name, _)| *name),
    }
}

/// Escapes everything that has a meaning in an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9'
            | b'A'..=b'Z'
            | b'a'..=b'z'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'('
            | b')'
            | b'!'
            | b',' => {
                escaped.push(char::from(byte));
            }
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

/// The names of a request that are no filters of events.
const NAMES: [&str; 11] =
    ["question", "factor", "index", "band", "reason", "period", "from", "to", "by", "compare", "reviewed"];

/// A request of which some pairs were read.
#[derive(Default)]
struct Reading {
    request: Request,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    is_reviewed: Option<bool>,
    errors: Vec<FieldError>,
}

impl Reading {
    fn take(&mut self, name: &str, value: &str) {
        let taken = match name {
            "question" => insert(&mut self.request.questions, value),
            "factor" => insert(&mut self.request.factors, value),
            "reason" => insert(&mut self.request.reasons, value),
            "index" => value.split(',').try_for_each(|index| self.index(index.trim())),
            "band" => value.parse().map(|band| {
                self.request.bands.insert(band);
            }),
            "period" => Period::parse(value).and_then(|period| once(&mut self.request.period, period)),
            "from" => day(value).and_then(|day| once(&mut self.from, day)),
            "to" => day(value).and_then(|day| once(&mut self.to, day)),
            "by" => grouping(value).and_then(|grouping| self.by(grouping)),
            "compare" => compare(value).and_then(|compare| once(&mut self.request.compare, compare)),
            "reviewed" => flag(value).and_then(|is_reviewed| once(&mut self.is_reviewed, is_reviewed)),
            _ => self.filter(name, value),
        };
        if let Err(message) = taken {
            self.errors.push(FieldError::new(name, message));
        }
    }

    fn index(&mut self, name: &str) -> Result<(), String> {
        let wanted = match name.strip_prefix("share_") {
            Some(option) if !option.is_empty() => Wanted::Share(option.to_owned()),
            _ => Wanted::Index(name.parse()?),
        };
        if !self.request.indices.contains(&wanted) {
            self.request.indices.push(wanted);
        }
        Ok(())
    }

    fn by(&mut self, grouping: Grouping) -> Result<(), String> {
        if self.request.grouping != Grouping::None {
            return Err(TWICE.to_owned());
        }
        self.request.grouping = grouping;
        self.request.is_beside = true;
        Ok(())
    }

    fn filter(&mut self, name: &str, value: &str) -> Result<(), String> {
        let (plain, is_left_out) = name.strip_suffix('!').map_or((name, false), |plain| (plain, true));
        let Ok(dimension) = plain.parse::<Dimension>() else { return Err(unknown(plain)) };
        let value = (!value.is_empty() && value != NONE).then(|| value.to_owned());
        if let Some(value) = &value {
            check(dimension, value)?;
        }
        let filters = &mut self.request.filters;
        let same = |filter: &&mut Filter| filter.dimension == dimension && filter.is_left_out == is_left_out;
        match filters.iter_mut().find(same) {
            Some(filter) => drop(filter.values.insert(value)),
            None => filters.push(Filter { dimension, values: BTreeSet::from([value]), is_left_out }),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Request, Vec<FieldError>> {
        self.request.is_reviewed = self.is_reviewed.unwrap_or_default();
        let mut refuse = |field: &str, message: &str| self.errors.push(FieldError::new(field, message));
        match (self.from, self.to) {
            (None, None) => {}
            _ if self.request.period.is_some() => {
                refuse("period", "cannot be given together with from and to");
            }
            (Some(from), Some(to)) => match Period::between(from, to) {
                Some(period) => self.request.period = Some(period),
                None => refuse("to", "is before from, or the years are not between 2000 and 2100"),
            },
            (Some(_), None) => refuse("to", "is missing: from and to go together"),
            (None, Some(_)) => refuse("from", "is missing: from and to go together"),
        }
        if !self.request.questions.is_empty() && !self.request.factors.is_empty() {
            refuse("factor", "cannot be given together with question");
        }
        let is_by_time = matches!(self.request.grouping, Grouping::Day | Grouping::Week | Grouping::Month);
        if is_by_time && self.request.compare.is_some() {
            refuse(
                "compare",
                "cannot be given together with by=day, week or month: the rows are periods themselves",
            );
        }
        if self.errors.is_empty() { Ok(self.request) } else { Err(self.errors) }
    }
}

fn unknown(name: &str) -> String {
    let known = || Dimension::ALL.iter().map(|dimension| dimension.as_str()).chain(NAMES);
    match nearest(name, known()) {
        Some(near) => format!("is not known here; did you mean {near}?"),
        None => format!("is not known here: there are {}", known().collect::<Vec<_>>().join(", ")),
    }
}

fn insert(set: &mut BTreeSet<String>, value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("must not be empty".to_owned());
    }
    set.insert(value.to_owned());
    Ok(())
}

/// The error for a name that may come only once.
const TWICE: &str = "is given twice";

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), String> {
    if place.replace(value).is_some() { Err(TWICE.to_owned()) } else { Ok(()) }
}

fn flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "must be true or false".to_owned())
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| format!("'{text}' is not a day like 2026-11-21"))
}

fn grouping(text: &str) -> Result<Grouping, String> {
    if let Some((_, grouping)) = GROUPINGS.iter().find(|(name, _)| *name == text) {
        return Ok(*grouping);
    }
    text.parse().map(Grouping::By).map_err(|_| {
        let names = Dimension::ALL.iter().map(|dimension| dimension.as_str());
        let names: Vec<&str> = names.chain(GROUPINGS.map(|(name, _)| name)).collect();
        format!("'{text}' is not known here: write {}", names.join(", "))
    })
}

fn compare(text: &str) -> Result<Compare, String> {
    if text == "previous" { Ok(Compare::Previous) } else { Period::parse(text).map(Compare::With) }
}

/// Refuses a value that a dimension with a fixed set of values does not have.
fn check(dimension: Dimension, value: &str) -> Result<(), String> {
    match dimension {
        Dimension::Tenure => value.parse::<Tenure>().map(drop),
        Dimension::Version => match value.parse::<u32>() {
            Ok(version) if version > 0 && version.to_string() == value => Ok(()),
            _ => Err(format!("'{value}' is not the number of a version")),
        },
        Dimension::Kind => {
            let kinds: Vec<&str> =
                Kind::REPORTED.into_iter().filter(|kind| kind.asks()).map(Kind::as_str).collect();
            if kinds.contains(&value) {
                Ok(())
            } else {
                Err(format!("'{value}' is not known here: write {}", kinds.join(", ")))
            }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_one_value_is_refused_when_it_is_given_twice() {
        for (name, one, other) in [
            ("period", "2026-10", "2026-11"),
            ("by", "team", "agent"),
            ("compare", "previous", "2026-09"),
            ("reviewed", "true", "false"),
            ("reviewed", "false", "true"),
        ] {
            let errors = Request::parse([(name, one), (name, other)]).unwrap_err();
            assert_eq!(errors, [FieldError::new(name, TWICE)], "{name}={one}&{name}={other}");
        }
        assert!(Request::parse([("reviewed", "true")]).unwrap().is_reviewed);
    }
}
