//! The rows of a cut, each beside all other answers to its question: which parts differ by more than chance.

use std::collections::BTreeMap;

use super::compute::cell;
use super::known::KnownQuestion;
use super::reply::{QuestionFigures, RestFigure};
use super::{Asked, Counted};
use crate::domain::counting::{Answers, Beside, Besides, Dimension};
use crate::domain::stats::against_rest::{Compared, Row, compare_each};
use crate::domain::stats::clusters::Rho;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::MinN;
use crate::store::{self, Tx};

/// Compares each row with the rest. A choice has no indices to compare, and what has no value is no part.
pub(super) async fn add(
    tx: &mut Tx,
    (asked, now): (&Asked, &Counted),
    dimension: Dimension,
    questions: &mut [QuestionFigures],
) -> store::Result<()> {
    let selection = asked.selection(asked.period);
    let by_question = tx.count_besides(&selection, dimension, &asked.keys()).await?;
    for (about, rho) in asked.questions.iter().zip(&now.rhos) {
        let own = questions.iter_mut().find(|question| question.about.key == about.key);
        let besides = by_question.get(&about.key).map(Besides::list).unwrap_or_default();
        let Some(question) = own.filter(|_| !besides.is_empty()) else { continue };
        for index in about.indices() {
            add_index(question, (about, *rho), index, &besides, asked.min_n);
        }
    }
    Ok(())
}

/// The rows of one index are judged together.
fn add_index(
    question: &mut QuestionFigures,
    (about, rho): (&KnownQuestion, Rho),
    index: Index,
    besides: &[Beside],
    min_n: MinN,
) {
    let name = index.as_str();
    let figures = question.rows.iter_mut().filter_map(|row| {
        let (_, figure) = row.indices.0.iter_mut().find(|(known, _)| known == name)?;
        Some((row.key.as_deref()?, figure))
    });
    let mut figures: BTreeMap<&str, _> = figures.collect();
    if figures.is_empty() {
        return;
    }
    let measure = |answers: &Answers| cell(about, answers, rho)?.measure(index);
    let rows = besides.iter().map(|beside| Row {
        key: beside.value.as_str(),
        own: measure(&beside.own),
        rest: measure(&beside.rest),
    });
    let compared: Vec<Compared<&str>> = compare_each(rows.collect(), min_n);
    for compared in &compared {
        if let Some(figure) = figures.get_mut(compared.row.key) {
            figure.rest = Some(RestFigure::of(compared, min_n));
        }
    }
}
