//! What the silent could change: the bounds of every primary index, and those who answered late beside the others.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making, cell};
use crate::domain::counting::{Answers, Counting, Group, GroupKey, Grouping};
use crate::domain::stats::difference::compare_cells;
use crate::domain::stats::silent::Eligible;
use crate::service::Context;
use crate::service::figures::compute::{compared, denominators};
use crate::service::figures::known::KnownQuestion;
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
    /// The lowest and the highest possible value, all of the silent at one end of the scale. `null` without anybody.
    #[schema(value_type = Option<[f64; 2]>, required)]
    pub bounds: Option<[f64; 2]>,
    /// Those who answered only after the reminder, compared with all others: the nearest to a silent customer that
    /// there is. `n` and `value` are those of the others.
    pub late: LateFigure,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LateFigure {
    /// How many answers came only after the reminder.
    pub n: u64,
    pub compare: CompareFigure,
}

/// Tells what the silent could change.
pub async fn bounds(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<BoundsReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let late = half(tx, &making, true).await?;
    let prompt = half(tx, &making, false).await?;
    let all = making.counted.groups.get(&GroupKey::All);
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
        let scale = index.shown(whole.histogram().on());
        let bounds = Eligible::new(whole.histogram().sums(index), eligible).map(|of| of.bounds());
        let comparison = compare_cells(index, &late, &prompt, min_n);
        questions.push(QuestionBounds {
            script: about.key.script.clone(),
            question: about.key.question.clone(),
            index: index.to_string(),
            n: whole.histogram().n(),
            eligible,
            bounds: bounds.map(|bounds| [bounds.low(), bounds.high()].map(|mean| scale.value(mean))),
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
    Ok(source::count(tx, &counting).await?.groups.remove(&GroupKey::All))
}

fn answers(about: &KnownQuestion, group: Option<&Group>) -> Answers {
    group.and_then(|group| group.questions.get(&about.key)).cloned().unwrap_or_default()
}
