//! From counts to rows of indices with intervals and comparisons.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::agent_names::AgentNames;
use super::known::KnownQuestion;
use super::reply::{CompareFigure, IndexFigure, Ledger, Named, QuestionFigures, Row, Verdict};
use super::request::{NONE, Request, Wanted};
use super::{Asked, Counted};
use crate::domain::counting::{Answers, Group, GroupKey, Grouping};
use crate::domain::period::Period;
use crate::domain::stats::cell::{Cell, share};
use crate::domain::stats::clusters::{Deff, Rho};
use crate::domain::stats::coverage::Coverage;
use crate::domain::stats::difference::{Comparison, compare, compare_cells};
use crate::domain::stats::histogram::Histogram;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::{Measure, MinN};
use crate::domain::stats::normal::PValue;
use crate::domain::stats::silent::Eligible;
use crate::domain::stats::together::judge;

/// What the indices of one cut are computed from.
struct Cut<'a> {
    about: &'a KnownQuestion,
    answers: Answers,
    deff: Deff,
    /// `None` for a choice.
    cell: Option<Cell>,
}

impl<'a> Cut<'a> {
    fn new(about: &'a KnownQuestion, group: Option<&Group>, rho: Rho) -> Self {
        let answers = answers(about, group);
        let cell = cell(about, &answers, rho);
        Self { about, deff: answers.sizes.deff(rho), cell, answers }
    }

    fn n(&self) -> u64 {
        match &self.cell {
            Some(cell) => cell.histogram().n(),
            None => self.answers.options.values().sum(),
        }
    }

    fn measure(&self, wanted: &Wanted) -> Option<Measure> {
        match wanted {
            Wanted::Index(index) => self.cell.as_ref()?.measure(*index),
            Wanted::Share(option) => share(self.chosen(option), self.n(), self.deff),
        }
    }

    /// How many chose an option.
    fn chosen(&self, option: &str) -> u64 {
        let with = self.answers.options.iter().filter(|(set, _)| set.split('|').any(|key| key == option));
        with.map(|(_, count)| count).sum()
    }

    fn options(&self) -> BTreeSet<&str> {
        self.answers.options.keys().flat_map(|set| set.split('|')).collect()
    }

    fn compared(&self, wanted: &Wanted, before: &Self, min_n: MinN) -> Comparison {
        match (wanted, &self.cell, &before.cell) {
            (Wanted::Index(index), Some(now), Some(before)) => compare_cells(*index, now, before, min_n),
            _ => compare(self.measure(wanted).as_ref(), before.measure(wanted).as_ref(), min_n),
        }
    }

    /// How often each value or option was given.
    fn values(&self) -> Named<u64> {
        let named = match &self.cell {
            Some(cell) => {
                let values = cell.histogram().values();
                values.into_iter().map(|(value, count)| (value.to_string(), count)).collect()
            }
            None => {
                self.options().into_iter().map(|option| (option.to_owned(), self.chosen(option))).collect()
            }
        };
        Named(named)
    }
}

/// The answers to a question in a row.
pub(super) fn answers(about: &KnownQuestion, group: Option<&Group>) -> Answers {
    group.and_then(|group| group.questions.get(&about.key)).cloned().unwrap_or_default()
}

/// The cell of some answers to a question; `None` for a choice.
pub(super) fn cell(about: &KnownQuestion, answers: &Answers, rho: Rho) -> Option<Cell> {
    let mut histogram = Histogram::new(about.on?);
    for ((value, band), count) in &answers.values {
        histogram.add(*value, *band, *count);
    }
    Some(Cell::new(histogram, answers.sizes, rho))
}

/// The lowest and the highest possible value of the primary index, of so many who could have answered. `None` with too
/// few answers: where hardly anybody is silent, they are the value.
pub(super) fn bounds(cell: &Cell, primary: Index, eligible: u64, min_n: MinN) -> Option<[f64; 2]> {
    if cell.histogram().n() < min_n.0 {
        return None;
    }
    let bounds = Eligible::new(cell.histogram().sums(primary), eligible)?.bounds();
    let shown = primary.shown(cell.histogram().on());
    Some([bounds.low(), bounds.high()].map(|mean| shown.value(mean)))
}

/// Everything that a reply is computed from.
pub(super) struct Computing<'a> {
    pub asked: &'a Asked,
    pub request: &'a Request,
    pub now: &'a Counted,
    pub before: Option<&'a Counted>,
}

impl Computing<'_> {
    pub fn questions(&self, names: &AgentNames) -> Vec<QuestionFigures> {
        let mut questions: Vec<QuestionFigures> = Vec::new();
        for (place, about) in self.asked.questions.iter().enumerate() {
            let question = self.question(place, about, names);
            let is_asked_for = !self.request.questions.is_empty() || !self.request.factors.is_empty();
            if is_asked_for || about.is_live || question.rows.iter().any(|row| row.n > 0) {
                questions.push(question);
            }
        }
        judge_together(&mut questions);
        questions
    }

    fn question(&self, place: usize, about: &KnownQuestion, names: &AgentNames) -> QuestionFigures {
        let is_by_time = matches!(self.request.grouping, Grouping::Day | Grouping::Week | Grouping::Month);
        let mut last = None;
        let rows = self.keys(about).into_iter().map(|key| {
            let group = self.now.group(&key);
            let cut = Cut::new(about, group, self.now.rhos[place]);
            let before = self.before.map(|of| Cut::new(about, of.group(&key), of.rhos[place]));
            let key = self.written(&key);
            Row {
                name: key.as_ref().and_then(|key| names.find(key)).map(str::to_owned),
                ledger: Ledger::of(&denominators(about, group)),
                same_bands: is_by_time.then(|| has_same_bands(&cut, &mut last)),
                n: cut.n(),
                customers: cut.answers.customers,
                deff: cut.deff.value(),
                values: cut.values(),
                indices: Named(self.indices(&cut, before.as_ref(), group)),
                key,
            }
        });
        QuestionFigures {
            script: about.key.script.clone(),
            question: about.key.question.clone(),
            metric: about.metric.as_str(),
            scale: about.on.map(|on| on.scale.as_str()),
            factor: about.factor.clone(),
            rho: self.now.rhos[place].value(),
            rows: rows.collect(),
            about: Box::new(about.clone()),
        }
    }

    fn indices(
        &self,
        cut: &Cut<'_>,
        before: Option<&Cut<'_>>,
        group: Option<&Group>,
    ) -> Vec<(String, IndexFigure)> {
        let min_n = self.asked.min_n;
        let primary = cut.about.indices().next();
        let figure = |wanted: Wanted| {
            let mut figure = IndexFigure::of(cut.measure(&wanted), min_n);
            if let (Wanted::Index(index), false, true) =
                (&wanted, self.request.selects_answers(), cut.about.has_coverage())
                && primary == Some(*index)
            {
                let eligible = denominators(cut.about, group).eligible();
                figure.bounds = cut.cell.as_ref().and_then(|cell| bounds(cell, *index, eligible, min_n));
            }
            figure.compare = before.map(|before| {
                compared(cut.compared(&wanted, before, min_n), before.measure(&wanted), before.n(), min_n)
            });
            (wanted.to_string(), figure)
        };
        self.wanted(cut).into_iter().map(figure).collect()
    }

    /// The indices asked for, or else the primary one with its shares and their difference, or all options.
    fn wanted(&self, cut: &Cut<'_>) -> Vec<Wanted> {
        let about = cut.about;
        let has = |wanted: &Wanted| match wanted {
            Wanted::Index(index) => about.indices().any(|known| known == *index),
            Wanted::Share(option) => {
                about.on.is_none() && about.options.iter().any(|known| known.key == *option)
            }
        };
        if !self.request.indices.is_empty() {
            return self.request.indices.iter().filter(|wanted| has(wanted)).cloned().collect();
        }
        if about.on.is_none() {
            let mut options: Vec<&str> = about.options.iter().map(|option| option.key.as_str()).collect();
            options.extend(
                cut.options().into_iter().filter(|key| about.options.iter().all(|of| of.key != *key)),
            );
            return options.into_iter().map(|option| Wanted::Share(option.to_owned())).collect();
        }
        let primary = about.indices().next();
        let usual = about.indices().filter(|index| Some(*index) == primary || is_usual(*index));
        usual.map(Wanted::Index).collect()
    }

    /// The rows of a question, in order. Between the first and the last day, week or month none is missing.
    fn keys(&self, about: &KnownQuestion) -> Vec<GroupKey> {
        let grouping = self.request.grouping;
        if grouping == Grouping::None {
            return vec![GroupKey::All];
        }
        let script = Some(about.key.script.clone());
        let has = |group: &Group| group.coverage.contains_key(&script);
        let keys: Vec<GroupKey> =
            self.now.of.groups.iter().filter(|(_, group)| has(group)).map(|(key, _)| key.clone()).collect();
        match (keys.first(), keys.last()) {
            (Some(GroupKey::From(first)), Some(GroupKey::From(last))) => starts(grouping, *first, *last),
            _ => keys,
        }
    }

    fn written(&self, key: &GroupKey) -> Option<String> {
        match key {
            GroupKey::All => None,
            GroupKey::Value(value) => Some(value.clone().unwrap_or_else(|| NONE.to_owned())),
            GroupKey::From(start) => Some(period_at(self.request.grouping, *start).to_string()),
        }
    }
}

/// The denominators of a question in a row: those of its script.
pub(super) fn denominators(about: &KnownQuestion, group: Option<&Group>) -> Coverage {
    let of_script = group.and_then(|group| group.coverage.get(&Some(about.key.script.clone())));
    of_script.cloned().unwrap_or_default()
}

/// Whether the bands of a row are those of the last row that has answers, and are the same in all of its answers.
fn has_same_bands(cut: &Cut<'_>, last: &mut Option<Histogram>) -> bool {
    let Some(histogram) = cut.cell.as_ref().map(Cell::histogram).filter(|histogram| histogram.n() > 0) else {
        return true;
    };
    last.replace(histogram.clone()).is_none_or(|last| histogram.has_same_bands(&last))
}

/// The shares that stand beside a primary index.
const fn is_usual(index: Index) -> bool {
    matches!(
        index,
        Index::Low
            | Index::Neutral
            | Index::High
            | Index::Net
            | Index::Promoters
            | Index::Passives
            | Index::Detractors
    )
}

fn starts(grouping: Grouping, first: NaiveDate, last: NaiveDate) -> Vec<GroupKey> {
    let next = |start: &NaiveDate| Some(period_at(grouping, *start).days().until);
    let starts = std::iter::successors(Some(first), next).take_while(|start| *start <= last);
    starts.map(GroupKey::From).collect()
}

fn period_at(grouping: Grouping, start: NaiveDate) -> Period {
    match grouping {
        Grouping::Month => Period::month_of(start),
        Grouping::Week => Period::week_of(start),
        Grouping::Day | Grouping::None | Grouping::By(_) => Period::day(start),
    }
}

pub(super) fn compared(
    comparison: Comparison,
    before: Option<Measure>,
    n: u64,
    min_n: MinN,
) -> CompareFigure {
    use crate::domain::stats::difference::Verdict::{NotComparable, TooFew};
    let may_be_shown = !matches!(comparison.verdict, TooFew | NotComparable);
    let difference = comparison.difference.filter(|_| may_be_shown);
    CompareFigure {
        n,
        value: before.filter(|before| before.n() >= min_n.0).map(|before| before.value()),
        diff: difference.map(|found| found.value),
        lo: difference.map(|found| found.interval.low()),
        hi: difference.map(|found| found.interval.high()),
        p: difference.map(|found| found.p.value()),
        q: None,
        verdict: Verdict(comparison.verdict),
        comparison,
    }
}

/// Judges the comparisons of all primary indices together, if there are several.
fn judge_together(questions: &mut [QuestionFigures]) {
    let mut primary: Vec<&mut CompareFigure> = Vec::new();
    for question in questions {
        let Some(name) = question.about.indices().next().map(Index::as_str) else { continue };
        for row in &mut question.rows {
            let figures = row.indices.0.iter_mut().filter(|(known, _)| known == name);
            primary.extend(figures.filter_map(|(_, figure)| figure.compare.as_mut()));
        }
    }
    if primary.len() < 2 {
        return;
    }
    let comparisons: Vec<Comparison> = primary.iter().map(|compare| compare.comparison).collect();
    for (compare, judged) in primary.into_iter().zip(judge(&comparisons)) {
        compare.q = judged.q.map(PValue::value);
        compare.verdict = Verdict(judged.verdict);
    }
}
