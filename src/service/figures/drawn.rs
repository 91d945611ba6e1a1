//! Figures as charts and sentences take them.

use chrono::NaiveDate;

use super::reply::{Figures, IndexFigure, PeriodFacts, QuestionFigures, Row};
use super::reports::waiting::WaitFigures;
use crate::domain::period::Period;
use crate::domain::stats::cell;
use crate::domain::stats::clusters::Deff;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::{MinN, State};
use crate::domain::stats::rounding::Shape;
use crate::view::charts::{Certainty, Estimate, Point, Score, Waited};
use crate::view::numbers::Numbers;
use crate::view::verdicts::{self, Compared, Said};

/// What kind of number an index is. The share of an option has no index of its own.
#[must_use]
pub fn shape(name: &str) -> Shape {
    name.parse::<Index>().map_or(Shape::Share, Shape::of)
}

/// The primary index of a question by its name; `None` for a choice.
#[must_use]
pub fn primary(question: &QuestionFigures) -> Option<Index> {
    question.about.indices().next()
}

/// A value with its interval; `None` with too few answers.
#[must_use]
pub fn estimate(figure: &IndexFigure, is_settled: bool) -> Option<Estimate> {
    let certainty = match (figure.state.0, is_settled) {
        (State::Wide, true) => Certainty::Wide,
        (_, true) => Certainty::Settled,
        (_, false) => Certainty::Preliminary,
    };
    Estimate::of(figure.value, figure.lo, figure.hi, certainty)
}

/// The value of a row, or how many answers it has.
#[must_use]
pub fn score(row: &Row, figure: &IndexFigure, is_settled: bool, min_n: MinN) -> Score {
    Score { n: row.n, min_n, estimate: estimate(figure, is_settled) }
}

/// The verdict on the comparison of an index, if there is one.
#[must_use]
pub fn verdict(figures: &Figures, row: &Row, name: &str, min_n: MinN, numbers: &Numbers<'_>) -> Option<Said> {
    let compare = row.indices.get(name)?.compare.as_ref()?;
    let difference = compare.diff.zip(compare.lo).zip(compare.hi);
    let of = Compared {
        index: name.parse().ok(),
        verdict: compare.verdict.0,
        difference: difference.map(|((value, low), high)| [value, low, high]),
        n: row.n,
        n_before: compare.n,
        is_change: figures.compare.as_ref().is_some_and(|before| is_change(&figures.period, before)),
    };
    Some(verdicts::compared(&of, min_n, numbers))
}

/// Whether a settled period stands beside the settled one just before it.
fn is_change(period: &PeriodFacts, before: &PeriodFacts) -> bool {
    period.settled && before.settled && before.to.succ_opt() == Some(period.from)
}

/// The points of an index in figures by month or week, without links. A period that goes on today or has open surveys
/// is preliminary.
#[must_use]
pub fn points(
    by_period: &QuestionFigures,
    name: &str,
    today: NaiveDate,
    numbers: &Numbers<'_>,
) -> Vec<Point> {
    let point = |row: &Row| {
        let period = Period::parse(row.key.as_deref()?).ok()?;
        let days = period.days();
        let is_settled = days.until <= today && row.ledger.open == 0;
        let is_month = period == Period::month_of(days.from);
        Some(Point {
            label: if is_month { numbers.short_month(days.from) } else { numbers.day(days.from) },
            n: row.n,
            estimate: row.indices.get(name).and_then(|figure| estimate(figure, is_settled)),
            established: None,
            is_comparable: row.continues(name),
            note: row.ledger.coverage.map(|coverage| numbers.bare(Shape::Share, 100.0 * coverage, 0)),
            link: None,
        })
    };
    by_period.rows.iter().filter_map(point).collect()
}

/// The versions of a script that were published within figures by month or week: each with the place of the first point
/// that has it, the newest of each.
#[must_use]
pub fn versions(
    by_period: &QuestionFigures,
    published: &[(i64, NaiveDate)],
    numbers: &Numbers<'_>,
) -> Vec<(usize, String)> {
    let days = |row: &Row| Some(Period::parse(row.key.as_deref()?).ok()?.days());
    let newest = |row: &Row| {
        let days = days(row)?;
        let within = published.iter().filter(|(_, day)| days.contains(*day));
        within.map(|(version, _)| *version).max().filter(|version| *version > 1)
    };
    let named = |(place, row): (usize, &Row)| {
        let values = [("version", newest(row)?.into())];
        Some((place, numbers.catalogue.with(numbers.locale, "figures-version", &values)))
    };
    by_period.rows.iter().enumerate().filter_map(named).collect()
}

/// The narrowest bins that are drawn are halves of an octave of 1 + seconds: so many of the bins in which waits are
/// counted.
const OF_HALF: usize = 4;
/// The first and the last bin have at least this many answers, or are joined with the next.
const LEAST_AT_ENDS: u64 = 30;

/// Answers by wait in bins that are wide enough to be drawn. A bin with too few answers has no share of low ones.
#[must_use]
pub fn waited(of: &WaitFigures, min_n: MinN) -> Vec<Waited> {
    let deff = Deff::new(of.deff).unwrap_or(Deff::NONE);
    let mut drawn: Vec<Counted> = Vec::new();
    for bin in &of.bins {
        let half = Counted::half(bin.from);
        match drawn.last_mut().filter(|last| (last.from - half.from).abs() < 0.5) {
            Some(last) => last.join(bin.until.max(last.until), bin.n, bin.low),
            None => drawn.push(Counted { n: bin.n, low: bin.low, ..half }),
        }
    }
    while drawn.len() > 1 && drawn[0].n < LEAST_AT_ENDS {
        let first = drawn.remove(0);
        drawn[0] =
            Counted { from: first.from, n: first.n + drawn[0].n, low: first.low + drawn[0].low, ..drawn[0] };
    }
    while drawn.len() > 1 && drawn[drawn.len() - 1].n < LEAST_AT_ENDS {
        if let (Some(end), Some(last)) = (drawn.pop(), drawn.last_mut()) {
            last.join(end.until, end.n, end.low);
        }
    }
    drawn.iter().map(|bin| bin.shown(deff, min_n)).collect()
}

/// The answers of one bin that is drawn.
#[derive(Clone, Copy)]
struct Counted {
    from: f64,
    until: f64,
    n: u64,
    low: u64,
}

impl Counted {
    /// The half of an octave that begins at or before a wait, without answers.
    fn half(from: f64) -> Self {
        let halves = 8.0 / f64::from(u8::try_from(OF_HALF).unwrap_or(1));
        // An edge is computed from whole eighths, so it is at most a rounding error below its half.
        let place = (halves * (1.0 + from).log2() + 1e-6).floor();
        let edge = |place: f64| (place / halves).exp2() - 1.0;
        Self { from: edge(place), until: edge(place + 1.0), n: 0, low: 0 }
    }

    fn join(&mut self, until: f64, n: u64, low: u64) {
        *self = Self { until, n: self.n + n, low: self.low + low, ..*self };
    }

    fn shown(&self, deff: Deff, min_n: MinN) -> Waited {
        let share = cell::share(self.low, self.n, deff).filter(|share| share.state(min_n) != State::TooFew);
        let low = share.map(|share| Estimate {
            value: share.value(),
            low: share.interval().low(),
            high: share.interval().high(),
            certainty: Certainty::Settled,
        });
        Waited { from: self.from, until: self.until, n: self.n, low }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_with_too_few_answers_has_a_count_and_no_share() {
        let counted = |n| Counted { n, low: 3, ..Counted::half(15.0) };
        let few = counted(9).shown(Deff::NONE, MinN(10));
        assert_eq!((few.n, few.low), (9, None));
        assert!(counted(10).shown(Deff::NONE, MinN(10)).low.is_some());
    }

    #[test]
    fn a_half_of_an_octave_holds_four_bins_of_waits() {
        let edge = |place: f64| (place / 8.0).exp2() - 1.0;
        for first in [0.0, 4.0, 40.0, 76.0] {
            let half = Counted::half(edge(first));
            assert!((half.from - edge(first)).abs() < 1e-9 && (half.until - edge(first + 4.0)).abs() < 1e-6);
            let inside = Counted::half(edge(first + 3.0));
            assert!((inside.from - half.from).abs() < 1e-9, "{first}");
        }
    }
}
