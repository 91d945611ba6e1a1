//! What the customers who did not answer could change: the bounds of every primary index, and those who answered late
//! beside the others.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making};
use crate::domain::counting::{Counting, Group, GroupKey, Grouping};
use crate::domain::stats::difference::compare_cells;
use crate::service::Context;
use crate::service::figures::compute::{self, answers, cell, compared, denominators};
use crate::service::figures::reply::CompareFigure;
use crate::service::figures::request::Request;
use crate::service::figures::{FiguresError, source};
use crate::store::{self, Tx};

pub const PATH: &str = "/v1/figures/bounds";

/// What is certain, question by question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoundsReport {
    #[serde(flatten)]
    pub head: Head,
    pub questions: Vec<QuestionBounds>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionBounds {
    pub script: String,
    pub question: String,
    /// The primary index of the question.
    pub index: String,
    pub n: u64,
    /// How many events of the script could have been answered.
    pub eligible: u64,
    /// The value if everybody who did not answer had given the worst answer, and the best. `null` with too few answers,
    /// and where `band` or `reason` selects answers.
    #[schema(value_type = Option<[f64; 2]>, required)]
    pub bounds: Option<[f64; 2]>,
    /// Those who answered only after the reminder, compared with all others: they are the most like customers who do
    /// not answer. `n` and `value` are those of the others.
    pub late: LateFigure,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LateFigure {
    /// How many answers came only after the reminder.
    pub n: u64,
    pub compare: CompareFigure,
}

/// Tells what the customers who did not answer could change.
pub async fn bounds(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<BoundsReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let late = half(tx, &making, true).await?;
    let prompt = half(tx, &making, false).await?;
    let all = making.counted.group(&GroupKey::All);
    let min_n = making.min_n();
    let mut questions = Vec::new();
    for (about, rho) in making.scored().filter(|(about, _)| about.has_coverage()) {
        let Some(index) = about.indices().next() else { continue };
        let of = |group: Option<&Group>| cell(about, &answers(about, group), rho);
        let (Some(whole), Some(late), Some(prompt)) = (of(all), of(late.as_ref()), of(prompt.as_ref()))
        else {
            continue;
        };
        let eligible = denominators(about, all).eligible();
        if eligible == 0 && !about.is_live {
            continue;
        }
        let comparison = compare_cells(index, &late, &prompt, min_n);
        questions.push(QuestionBounds {
            script: about.key.script.clone(),
            question: about.key.question.clone(),
            index: index.to_string(),
            n: whole.histogram().n(),
            eligible,
            bounds: if request.selects_answers() {
                None
            } else {
                compute::bounds(&whole, index, eligible, min_n)
            },
            late: LateFigure {
                n: late.histogram().n(),
                compare: compared(comparison, prompt.measure(index), prompt.histogram().n(), min_n),
            },
        });
    }
    Ok(BoundsReport { head: making.head, questions })
}

/// Those who answered late, or the others.
async fn half(tx: &mut Tx, making: &Making, is_late: bool) -> store::Result<Option<Group>> {
    let mut selection = making.asked.selection(making.asked.period);
    selection.is_late = Some(is_late);
    let counting = Counting { selection, questions: [].into(), grouping: Grouping::None };
    Ok(source::count(tx, &counting).await?.groups.get(&GroupKey::All).cloned())
}
