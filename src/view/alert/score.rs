//! How a score is written: with its scale, and in words where the number alone does not tell good from bad.

use crate::domain::scale::{Band, Scale};
use crate::domain::script::Question;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// A score with what its short form needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreOnScale {
    value: i64,
    scale: Scale,
    effort: Option<Band>,
}

impl ScoreOnScale {
    /// `None` if the question is not scored.
    #[must_use]
    pub fn of(question: &Question, value: i64) -> Option<Self> {
        let scale = question.scale.filter(|_| question.metric.is_scored())?;
        Some(Self { value, scale, effort: effort(question, value) })
    }
}

/// The band of an effort score; `None` for other metrics. On an effort scale the script's author chooses which end is
/// good.
pub(super) fn effort(question: &Question, value: i64) -> Option<Band> {
    question.band(value).filter(|_| question.metric.may_be_turned())
}

/// The score with its scale: `2 из 10`, `3 из 3 «Отлично»`, or for effort `трудно: 7 из 7`.
pub(super) fn score(catalogue: &Catalogue, locale: &str, question: &Question, value: i64) -> String {
    let score = on_scale(catalogue, locale, question, value);
    worded(catalogue, locale, effort(question, value), score)
}

/// The short form for a row of scores: `2/10`.
pub(super) fn brief(catalogue: &Catalogue, locale: &str, scored: ScoreOnScale) -> String {
    let score = format!("{}/{}", scored.value, scored.scale.max());
    worded(catalogue, locale, scored.effort, score)
}

fn worded(catalogue: &Catalogue, locale: &str, effort: Option<Band>, score: String) -> String {
    let id = match effort {
        None => return score,
        Some(Band::Low) => "alert-effort-low",
        Some(Band::Neutral) => "alert-effort-neutral",
        Some(Band::High) => "alert-effort-high",
    };
    catalogue.with(locale, id, &[("score", score.into())])
}

/// The score with its scale, and with its label where the scale has labels.
fn on_scale(catalogue: &Catalogue, locale: &str, question: &Question, value: i64) -> String {
    let Some(scale) = question.scale else { return value.to_string() };
    let own = question.labels.get(&value).map(|label| label.get(locale).to_owned());
    let label = own.or_else(|| {
        let id = match (scale, value) {
            (Scale::Smiley3, 1) => "scale-smiley-1",
            (Scale::Smiley3, 2) => "scale-smiley-2",
            (Scale::Smiley3, _) => "scale-smiley-3",
            (Scale::YesNo, 0) => "scale-no",
            (Scale::YesNo, _) => "scale-yes",
            _ => return None,
        };
        Some(catalogue.text(locale, id))
    });
    // The mark in front of a score is already an emoji.
    let label = label.map(|label| label.trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned());
    let mut values = vec![("value", value.into()), ("max", scale.max().into())];
    match label {
        Some(label) if scale == Scale::YesNo => escape_html(&label),
        Some(label) if !label.is_empty() && label != value.to_string() => {
            values.push(("label", escape_html(&label).into()));
            catalogue.with(locale, "alert-score-labelled", &values)
        }
        _ => catalogue.with(locale, "alert-score", &values),
    }
}
