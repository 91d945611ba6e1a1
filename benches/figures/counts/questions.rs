//! Random figures: up to three filters, any grouping.

use std::collections::BTreeSet;

use afterword::domain::counting::{Counting, Days, Dimension, Filter, Grouping, Selection};
use chrono::{DateTime, Days as CalendarDays};
use chrono_tz::Tz;

use super::data::{Chance, FIRST_DAY, QUESTIONS, SCRIPTS};

const GROUPINGS: [Grouping; 10] = [
    Grouping::None,
    Grouping::Day,
    Grouping::Week,
    Grouping::Month,
    Grouping::By(Dimension::Agent),
    Grouping::By(Dimension::Team),
    Grouping::By(Dimension::Store),
    Grouping::By(Dimension::Channel),
    Grouping::By(Dimension::Tag),
    Grouping::By(Dimension::Segment),
];

/// A figure over the first `days` days: of one question, or of all questions of a script.
pub fn any(chance: &mut Chance, days: usize, is_one: bool, zone: Tz) -> Counting {
    let from = DateTime::UNIX_EPOCH.date_naive() + CalendarDays::new(FIRST_DAY.unsigned_abs());
    let until = from + CalendarDays::new(days as u64);
    let script = if chance.is(35) { 0 } else { chance.below(SCRIPTS) };
    let filters = std::iter::once(filter(Dimension::Script, [format!("script-{script}")]));
    let cuts: Vec<Filter> = (0..chance.below(4)).map(|_| cut(chance)).collect();
    let question = format!("question-{}", chance.below(QUESTIONS));
    Counting {
        selection: Selection {
            filters: filters.chain(cuts).collect(),
            ..Selection::of(Days { from, until }, zone, 90)
        },
        questions: if is_one { BTreeSet::from([question]) } else { BTreeSet::new() },
        grouping: GROUPINGS[chance.below(GROUPINGS.len())],
    }
}

fn cut(chance: &mut Chance) -> Filter {
    let (dimension, name, of) = [
        (Dimension::Agent, "agent", 200),
        (Dimension::Team, "team", 20),
        (Dimension::Store, "store", 500),
        (Dimension::Channel, "channel", 8),
        (Dimension::Tag, "tag", 300),
        (Dimension::Segment, "segment", 40),
    ][chance.below(6)];
    let values = (0..=chance.below(5)).map(|_| format!("{name}-{}", chance.skewed(of)));
    filter(dimension, values.collect::<Vec<_>>())
}

fn filter(dimension: Dimension, values: impl IntoIterator<Item = String>) -> Filter {
    Filter { dimension, values: values.into_iter().map(Some).collect(), is_left_out: false }
}
