//! The outcome of the crowd's month in figures: how many were reached and answered, how every event ended, and the
//! scores with their confidence intervals.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::crowd::Plan;
use super::program::Program;
use super::surveys::{Line, surveys};
use crate::domain::scale::Scale;
use crate::service::export::What;

/// Counts only the crowd's own events, not what others did on the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Outcome {
    events: usize,
    delivered: usize,
    /// The number of surveys with at least one answer.
    answered: usize,
    /// The number of surveys with a low score; leads were alerted to each.
    low: usize,
    /// By state and reason, the most frequent first; together they account for all events.
    ends: Vec<End>,
    scores: Vec<Scores>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct End {
    state: String,
    reason: Option<String>,
    count: usize,
}

/// The answers to the first question of a script.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Scores {
    script: &'static str,
    answers: usize,
    /// All values of the scale, lowest first.
    values: Vec<Bar>,
    /// The share of high scores, and its confidence interval.
    high: Interval,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Bar {
    value: i64,
    /// The band that this value's answers are in, if there are any.
    band: Option<String>,
    count: usize,
}

/// A 95 % confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
struct Interval {
    share: f64,
    from: f64,
    to: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Answer {
    survey_id: String,
    customer_id: Option<String>,
    script: Option<String>,
    question: String,
    scale: Option<String>,
    value: Option<i64>,
    band: Option<String>,
    withdrawn: bool,
}

/// The scripts that the crowd gets, each with the scale of its first question.
const SCRIPTS: [(&str, Scale); 2] = [("purchase", Scale::ZeroToTen), ("support", Scale::Smiley3)];
/// The first question of both.
const FIRST: &str = "overall";

/// Computes this crowd's outcome from the program's tables.
pub(super) async fn outcome(program: &Program, plan: Plan) -> Outcome {
    let lines = surveys(Some(program.clone())).await;
    let lines: Vec<Line> =
        lines.into_values().filter(|line| plan.is_own(line.customer_id.as_deref())).collect();
    let mut answers: Vec<Answer> = program.rows(What::Answers).await;
    answers.retain(|answer| {
        !answer.withdrawn && answer.scale.is_some() && plan.is_own(answer.customer_id.as_deref())
    });
    sum_up(&lines, &answers)
}

fn sum_up(lines: &[Line], answers: &[Answer]) -> Outcome {
    let surveys_of = |wanted: &dyn Fn(&&Answer) -> bool| {
        answers.iter().filter(wanted).map(|answer| &answer.survey_id).collect::<BTreeSet<_>>().len()
    };
    Outcome {
        events: lines.len(),
        delivered: lines.iter().filter(|line| line.sent_at.is_some()).count(),
        answered: surveys_of(&|_| true),
        low: surveys_of(&|answer| answer.band.as_deref() == Some("low")),
        ends: ends(lines),
        scores: SCRIPTS.iter().filter_map(|(script, scale)| scores(script, *scale, answers)).collect(),
    }
}

fn ends(lines: &[Line]) -> Vec<End> {
    let mut counts: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for line in lines {
        *counts.entry((&line.state, line.reason.as_deref())).or_default() += 1;
    }
    let ends = counts.into_iter();
    let mut ends: Vec<End> = ends
        .map(|((state, reason), count)| End {
            state: state.to_owned(),
            reason: reason.map(str::to_owned),
            count,
        })
        .collect();
    ends.sort_by_key(|end| std::cmp::Reverse(end.count));
    ends
}

fn scores(script: &'static str, scale: Scale, answers: &[Answer]) -> Option<Scores> {
    let is_own = |answer: &&Answer| answer.script.as_deref() == Some(script) && answer.question == FIRST;
    let own: Vec<&Answer> = answers.iter().filter(is_own).collect();
    let values = scale.values().map(|value| {
        let given: Vec<_> = own.iter().filter(|answer| answer.value == Some(value)).collect();
        Bar { value, band: given.first().and_then(|answer| answer.band.clone()), count: given.len() }
    });
    let mut by_customer: BTreeMap<&str, usize> = BTreeMap::new();
    for answer in &own {
        *by_customer.entry(answer.customer_id.as_deref().unwrap_or(&answer.survey_id)).or_default() += 1;
    }
    let high = own.iter().filter(|answer| answer.band.as_deref() == Some("high")).count();
    let counts: Vec<usize> = by_customer.into_values().collect();
    (!own.is_empty()).then(|| Scores {
        script,
        answers: own.len(),
        values: values.collect(),
        high: interval(high, &counts),
    })
}

/// The quantile of the standard normal distribution for 95 %.
const Z: f64 = 1.959_963_984_540_054;
/// The correlation between answers of the same customer.
const ALIKE: f64 = 0.3;

/// The score interval (Wilson 1927) of the share that `high` has among all answers. It uses the effective number of
/// answers, because several answers of one customer say less than those of several customers (Kish 1987). `counts`
/// holds the number of answers of each customer.
#[expect(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn interval(high: usize, counts: &[usize]) -> Interval {
    let answers: usize = counts.iter().sum();
    if answers == 0 {
        return Interval::default();
    }
    let share = high as f64 / answers as f64;
    let per_customer = counts.iter().map(|count| count * count).sum::<usize>() as f64 / answers as f64;
    let worth = answers as f64 / (1.0 + (per_customer - 1.0) * ALIKE);
    let shrunk = Z * Z / worth;
    let centre = (share + shrunk / 2.0) / (1.0 + shrunk);
    let half = Z / (1.0 + shrunk) * (share * (1.0 - share) / worth + shrunk / (4.0 * worth)).sqrt();
    Interval { share, from: (centre - half).max(0.0), to: (centre + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons_and_wider_where_customers_answer_again() {
        // Wilson's interval for 8 out of 10.
        let once = interval(8, &[1; 10]);
        assert!((once.from - 0.490_161).abs() < 1e-5 && (once.to - 0.943_318).abs() < 1e-5, "{once:?}");
        let again = interval(8, &[5, 5]);
        assert!(again.from < once.from && again.to < once.to + 0.05, "{again:?}");
        assert!((once.share - again.share).abs() < f64::EPSILON);
        let all = interval(5, &[1; 5]);
        assert!((all.to - 1.0).abs() < 1e-9 && (all.from - 0.565_518).abs() < 1e-5, "{all:?}");
        assert_eq!(interval(0, &[]), Interval::default());
    }

    #[test]
    fn every_event_is_in_one_end_and_in_no_other() {
        let line = |event: &str, state: &str, reason: Option<&str>| -> Line {
            serde_json::from_value(serde_json::json!({
                "survey_id": event, "event_id": event, "customer_id": "K1-001", "state": state, "reason": reason,
                "due_at": null, "occurred_at": "2026-11-21T15:04:05Z",
                "sent_at": (state != "suppressed").then_some("2026-11-21T18:04:05Z"),
            }))
            .unwrap()
        };
        let answer = |survey: &str, value: i64, band: &str| Answer {
            survey_id: survey.to_owned(),
            customer_id: Some("K1-001".to_owned()),
            script: Some("purchase".to_owned()),
            question: FIRST.to_owned(),
            scale: Some("0-10".to_owned()),
            value: Some(value),
            band: Some(band.to_owned()),
            withdrawn: false,
        };
        let lines = [
            line("1", "completed", None),
            line("2", "suppressed", Some("throttled")),
            line("3", "completed", None),
            line("4", "expired", Some("untouched")),
        ];
        let found = sum_up(&lines, &[answer("1", 9, "high"), answer("3", 2, "low")]);
        assert_eq!((found.events, found.delivered, found.answered, found.low), (4, 3, 2, 1));
        assert_eq!(found.ends.iter().map(|end| end.count).sum::<usize>(), found.events);
        assert_eq!((found.ends[0].state.as_str(), found.ends[0].count), ("completed", 2));
        let [scores] = &found.scores[..] else { panic!("{found:?}") };
        assert_eq!((scores.answers, scores.values.len()), (2, 11));
        assert_eq!(scores.values[9], Bar { value: 9, band: Some("high".to_owned()), count: 1 });
    }
}
