//! Where counts come from. Nothing else in the figures reads the database for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::counting::{
    Counting, Counts, Days, Dimension, Filter, Group, GroupKey, Grouping, Selection, Series, SurveyFacts,
};
use crate::domain::stats::clusters::Rho;
use crate::store::{self, Tx};

/// Weeks or months that are counted one by one. Those that are over are kept, so a trend costs no more than its last one.
const ONE_BY_ONE: usize = 24;

pub async fn count(tx: &mut Tx, counting: &Counting) -> store::Result<Arc<Counts>> {
    match counting.grouping {
        Grouping::Week | Grouping::Month => {
            let periods = periods(counting);
            if (2..=ONE_BY_ONE).contains(&periods.len()) {
                return one_by_one(tx, counting, periods).await;
            }
        }
        Grouping::By(Dimension::Script) => {
            let all = Counting { grouping: Grouping::None, ..counting.clone() };
            return Ok(Arc::new(by_script(&*tx.count_surveys(&all).await?)));
        }
        Grouping::None | Grouping::Day | Grouping::By(_) => {}
    }
    tx.count_surveys(counting).await
}

/// The weeks or months of the selected days.
fn periods(counting: &Counting) -> Vec<Days> {
    let Days { from, until } = counting.selection.days;
    let mut periods: Vec<Days> = Vec::new();
    for day in from.iter_days().take_while(|day| *day < until) {
        match periods.last_mut().filter(|_| counting.grouping.start_of(day) != day) {
            Some(period) => period.until = day.succ_opt().unwrap_or(until),
            None => periods.push(Days { from: day, until: day.succ_opt().unwrap_or(until) }),
        }
    }
    periods
}

async fn one_by_one(tx: &mut Tx, counting: &Counting, periods: Vec<Days>) -> store::Result<Arc<Counts>> {
    let mut counts = Counts::default();
    for days in periods {
        let selection = Selection { days, ..counting.selection.clone() };
        let of_period = tx.count_surveys(&Counting { selection, ..counting.clone() }).await?;
        counts.groups.extend(of_period.groups.iter().map(|(key, group)| (key.clone(), group.clone())));
    }
    Ok(Arc::new(counts))
}

/// Divides up what was counted of all scripts: coverage and questions are of one script each.
fn by_script(all: &Counts) -> Counts {
    let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
    for group in all.groups.values() {
        for (script, coverage) in &group.coverage {
            let of_script = groups.entry(GroupKey::Value(script.clone())).or_default();
            of_script.coverage.insert(script.clone(), coverage.clone());
        }
        for (key, answers) in &group.questions {
            let of_script = groups.entry(GroupKey::Value(Some(key.script.clone()))).or_default();
            of_script.questions.insert(key.clone(), answers.clone());
        }
    }
    Counts { groups }
}

/// ρ of some questions, from all their answers of these days, without any cut.
pub async fn rhos(tx: &mut Tx, series: &[Series], days: Days, like: &Selection) -> store::Result<Vec<Rho>> {
    let clusters = tx.count_clusters(series, days, like.zone).await?;
    Ok(clusters.iter().map(|clusters| clusters.rho()).collect())
}

/// Shows every selected survey of these scripts that has answers to `see`.
pub async fn visit(
    tx: &mut Tx,
    selection: &Selection,
    scripts: &BTreeSet<Option<String>>,
    see: impl FnMut(&SurveyFacts) + Send,
) -> store::Result<()> {
    if scripts.is_empty() {
        return Ok(());
    }
    let mut of_scripts = selection.clone();
    of_scripts.filters.push(Filter {
        dimension: Dimension::Script,
        values: scripts.clone(),
        is_left_out: false,
    });
    tx.visit_answered(&of_scripts, see).await
}
