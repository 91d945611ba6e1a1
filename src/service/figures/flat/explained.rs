//! The reports on what explains a score: importance, drivers, decomposition.

use super::reports::Table;
use super::{Cell, Flat};
use crate::service::figures::reply::IndexFigure;
use crate::service::figures::reports::decomposition::{DecompositionReport, PartFigure};
use crate::service::figures::reports::drivers::DriversReport;
use crate::service::figures::reports::importance::ImportanceReport;

impl Flat for ImportanceReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 25] = [
            "script",
            "customers",
            "weighted",
            "weighted_lo",
            "weighted_hi",
            "weighted_state",
            "weighted_bound_lo",
            "weighted_bound_hi",
            "simple",
            "factor",
            "importance_n",
            "importance",
            "importance_lo",
            "importance_hi",
            "satisfaction_n",
            "satisfaction",
            "satisfaction_lo",
            "satisfaction_hi",
            "satisfaction_state",
            "weight",
            "gap",
            "gap_lo",
            "gap_hi",
            "important",
            "satisfied",
        ];
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.scripts {
            for row in &of.factors {
                let [weighted, weighted_lo, weighted_hi] = index(&of.weighted);
                let [importance, importance_lo, importance_hi] = index(&row.importance);
                let [satisfaction, satisfaction_lo, satisfaction_hi] = index(&row.satisfaction);
                table.row([
                    (&of.script).into(),
                    of.customers.into(),
                    weighted,
                    weighted_lo,
                    weighted_hi,
                    of.weighted.state.0.as_str().into(),
                    of.weighted.bounds.map(|bounds| bounds[0]).into(),
                    of.weighted.bounds.map(|bounds| bounds[1]).into(),
                    of.simple.into(),
                    (&row.factor).into(),
                    row.importance_n.into(),
                    importance,
                    importance_lo,
                    importance_hi,
                    row.satisfaction_n.into(),
                    satisfaction,
                    satisfaction_lo,
                    satisfaction_hi,
                    row.satisfaction.state.0.as_str().into(),
                    row.weight.into(),
                    row.gap.into(),
                    row.gap_lo.into(),
                    row.gap_hi.into(),
                    row.important.0.as_str().into(),
                    row.satisfied.0.as_str().into(),
                ]);
            }
        }
        table.finish()
    }
}

fn index(figure: &IndexFigure) -> [Cell<'static>; 3] {
    [figure.value.into(), figure.lo.into(), figure.hi.into()]
}

impl Flat for DriversReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 13] = [
            "script",
            "outcome",
            "state",
            "n",
            "r2",
            "explains_little",
            "question",
            "factor",
            "share",
            "lo",
            "hi",
            "correlation",
            "mean",
        ];
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.scripts {
            let begin = || -> [Cell<'_>; 6] {
                [
                    (&of.script).into(),
                    of.outcome.as_deref().into(),
                    of.state.into(),
                    of.n.into(),
                    of.r2.into(),
                    of.explains_little.into(),
                ]
            };
            if of.factors.is_empty() {
                table.row(begin().into_iter().chain(std::iter::repeat_n(Cell::Number(None), 7)));
            }
            for row in &of.factors {
                table.row(begin().into_iter().chain([
                    (&row.question).into(),
                    (&row.factor).into(),
                    row.share.into(),
                    row.lo.into(),
                    row.hi.into(),
                    row.correlation.into(),
                    row.mean.into(),
                ]));
            }
        }
        table.finish()
    }
}

impl Flat for DecompositionReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 23] = [
            "compare_from",
            "compare_to",
            "by",
            "script",
            "question",
            "index",
            "comparable",
            "n_before",
            "n",
            "change",
            "mix",
            "mix_lo",
            "mix_hi",
            "rate",
            "rate_lo",
            "rate_hi",
            "key",
            "key_n_before",
            "key_n",
            "share_before",
            "share",
            "key_mix",
            "key_rate",
        ];
        let part = |part: Option<&PartFigure>| -> [Cell<'static>; 3] {
            [part.map(|part| part.value), part.map(|part| part.lo), part.map(|part| part.hi)].map(Cell::from)
        };
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.questions {
            // A question without numbers has no groups, and still says why.
            let groups = of.groups.iter().map(Some).chain(of.groups.is_empty().then_some(None));
            for group in groups {
                let begin: [Cell<'_>; 10] = [
                    self.compare.from.into(),
                    self.compare.to.into(),
                    self.by.into(),
                    (&of.script).into(),
                    (&of.question).into(),
                    (&of.index).into(),
                    of.comparable.into(),
                    of.n_before.into(),
                    of.n.into(),
                    of.change.into(),
                ];
                let end: [Cell<'_>; 7] = [
                    group.map(|group| group.key.as_str()).into(),
                    group.map(|group| group.n_before).into(),
                    group.map(|group| group.n).into(),
                    group.map(|group| group.share_before).into(),
                    group.map(|group| group.share).into(),
                    group.and_then(|group| group.mix).into(),
                    group.and_then(|group| group.rate).into(),
                ];
                let parts = part(of.mix.as_ref()).into_iter().chain(part(of.rate.as_ref()));
                table.row(begin.into_iter().chain(parts).chain(end));
            }
        }
        table.finish()
    }
}
