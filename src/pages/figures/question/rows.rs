//! The rows of a question's tables: periods, shares, values and parts.

use std::borrow::Cow;

use super::choices::index_label;
use super::{CUT_ROWS, Found};
use crate::domain::period::Period;
use crate::domain::scale::Band;
use crate::domain::stats::against_rest::Label;
use crate::domain::stats::difference::Verdict as Compared;
use crate::domain::stats::index::{Better, Index};
use crate::domain::stats::measure::State;
use crate::pages::Word;
use crate::pages::figures::Opened;
use crate::pages::figures::parts::{Verdict, answers_or_scores, note};
use crate::pages::figures::questions::ends;
use crate::pages::titles::score;
use crate::pages::words::sentence_case;
use crate::service::figures::drawn;
use crate::service::figures::reply::{IndexFigure, QuestionFigures, RestFigure, Row};
use crate::service::figures::request::NONE;
use crate::view::charts::{self, Axis, Kind, Tone};
use crate::view::verdicts::Glyph;

pub(super) struct PeriodRow {
    pub href: String,
    pub name: String,
    pub coverage: String,
    pub n: String,
    pub value: String,
    pub range: String,
    pub state: String,
}

pub(super) struct ShareRow {
    pub href: Option<String>,
    pub name: String,
    pub plot: String,
    pub value: String,
    pub count: Option<String>,
}

impl ShareRow {
    /// The row in a picture.
    pub fn picture(&self) -> (&str, &str, &str, Cow<'_, str>) {
        let note = self.count.as_deref().unwrap_or_default();
        (self.name.as_str(), self.plot.as_str(), self.value.as_str(), note.into())
    }
}

pub(super) struct PartRow {
    /// The page of the question about this part alone; `None`, as for the answers, where no address can say it.
    pub href: Option<String>,
    pub name: String,
    pub coverage: String,
    pub answers: Option<String>,
    pub n: String,
    /// `12 scores`
    pub scores: String,
    pub plot: String,
    pub value: String,
    pub range: String,
    /// How it differs from all other answers; `None` where the figures compare nothing.
    pub verdict: Option<Verdict>,
}

impl PartRow {
    /// What stands below its value in a picture.
    pub fn note(&self) -> String {
        let verdict = self.verdict.as_ref().map(Verdict::line);
        let parts = [Some(note(Some(&self.range), &self.scores).into_owned()), verdict];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn period_rows(opened: &Opened, periods: &QuestionFigures, name: &str) -> Vec<PeriodRow> {
    let row = |row: &Row| {
        let key = row.key.as_deref()?;
        let period = Period::parse(key).ok()?;
        let cell = cell(opened, row, name);
        let open = row.ledger.open;
        let is_settled = open == 0 && period.days().until <= opened.today;
        let mut state =
            if is_settled { opened.words.t("figures-settled") } else { opened.words.preliminary(open) };
        if !row.continues(name) {
            state = format!("{state}; {}", opened.words.t("verdict-not-comparable"));
        }
        Some(PeriodRow {
            href: opened.answers_of(periods, &[(Word::Period, key)]),
            name: opened.words.period(&period),
            coverage: cell.coverage,
            n: cell.n,
            value: cell.value,
            range: cell.range,
            state,
        })
    };
    periods.rows.iter().rev().filter_map(row).collect()
}

/// The texts of a row of a table.
struct Texts {
    coverage: String,
    n: String,
    value: String,
    range: String,
}

fn cell(opened: &Opened, row: &Row, name: &str) -> Texts {
    let numbers = opened.numbers();
    let shape = drawn::shape(name);
    let coverage = row.ledger.coverage;
    let figure = row.indices.get(name);
    let limits = figure.and_then(|figure| figure.lo.zip(figure.hi));
    let value = figure.and_then(|figure| figure.value);
    Texts {
        coverage: coverage.map_or_else(|| "–".to_owned(), |share| numbers.share(share)),
        n: opened.words.number(row.n),
        value: value.map_or_else(|| "—".to_owned(), |value| numbers.value(shape, value, row.n)),
        range: match limits {
            Some((low, high)) => numbers.range(shape, low, high, row.n),
            None => opened.words.t("figures-few"),
        },
    }
}

/// The shares of the bands, or of the options of a choice.
pub(super) fn share_rows(opened: &Opened, of: &Found<'_>) -> Vec<ShareRow> {
    let numbers = opened.numbers();
    let Some(row) = of.question.rows.first() else { return Vec::new() };
    let shares: Vec<(&str, &IndexFigure)> = row
        .indices
        .iter()
        .filter(|(name, _)| band_of(name).is_some() || of.question.about.on.is_none())
        .collect();
    let axis = Axis::over(shares.iter().filter_map(|(_, figure)| figure.hi).chain([0.0, 10.0]));
    let share = |(name, figure): (&str, &IndexFigure)| {
        let band = band_of(name);
        let kind = match band {
            // What is not precise is grey.
            _ if figure.state.0 == State::Wide => Kind::Middle,
            Some(Band::Low) => Kind::Bad,
            Some(Band::Neutral) => Kind::Middle,
            Some(Band::High) | None => Kind::Good,
        };
        let limits = figure.lo.zip(figure.hi).map(|(low, high)| [low, high]);
        ShareRow {
            href: band.map(|band| opened.answers_of(of.question, &[(Word::Band, band.as_str())])),
            name: sentence_case(&index_label(opened, of.question, name)),
            plot: figure.value.map_or_else(String::new, |value| charts::bar(&axis, value, limits, kind)),
            value: figure.value.map_or_else(
                || opened.words.t("figures-few"),
                |value| numbers.value(drawn::shape(name), value, row.n),
            ),
            count: limits.map(|[low, high]| numbers.range(drawn::shape(name), low, high, row.n)),
        }
    };
    // The best first.
    shares.into_iter().rev().map(share).collect()
}

/// The band whose share an index is.
fn band_of(name: &str) -> Option<Band> {
    match name.parse().ok()? {
        Index::Low | Index::Detractors => Some(Band::Low),
        Index::Neutral | Index::Passives => Some(Band::Neutral),
        Index::High | Index::Promoters => Some(Band::High),
        _ => None,
    }
}

/// How often each value was given, the highest first.
pub(super) fn value_rows(opened: &Opened, question: &QuestionFigures) -> Vec<ShareRow> {
    let (Some(row), Some(_)) = (question.rows.first(), question.about.on) else { return Vec::new() };
    let most = row.values.iter().map(|(_, count)| *count).max().filter(|most| *most > 0);
    let Some(most) = most else { return Vec::new() };
    let own = opened.titles.find(Some(&question.script), &question.question);
    let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let axis = Axis::over([0.0, number(most)]);
    let value = |(value, count): (&str, &u64)| {
        let name = value.parse().map_or_else(
            |_| value.to_owned(),
            |number: i64| {
                let score = score(&opened.words, own, number, None);
                format!("{} {}", score.big, score.small)
            },
        );
        ShareRow {
            href: Some(opened.answers_of(question, &[(Word::Value, value)])),
            name: name.trim().to_owned(),
            plot: charts::bar(&axis, number(*count), None, Kind::Middle),
            value: opened.words.number(*count),
            count: None,
        }
    };
    let mut values: Vec<(&str, &u64)> = row.values.iter().collect();
    values.reverse();
    values.into_iter().map(value).collect()
}

/// The axis that the parts share: that of their intervals, or of the scale where no part has one.
pub(super) fn parts_axis(parts: &QuestionFigures, name: &str) -> Axis {
    let figures = parts.rows.iter().filter_map(|row| row.indices.get(name));
    let limits: Vec<f64> = figures.flat_map(|figure| [figure.lo, figure.hi]).flatten().collect();
    if limits.is_empty() { Axis::over(ends(parts, name)) } else { Axis::over(limits).rounded() }
}

/// How many parts with answers are not shown.
pub(super) fn parts_left(parts: &QuestionFigures) -> usize {
    parts.rows.iter().filter(|row| row.n > 0).count().saturating_sub(CUT_ROWS)
}

pub(super) fn part_rows(opened: &Opened, parts: &QuestionFigures, of: &Found<'_>) -> Vec<PartRow> {
    let axis = parts_axis(parts, of.name);
    let whole = of.main.questions.first().and_then(|question| question.rows.first());
    let reference = whole.and_then(|row| row.indices.get(of.name)?.value);
    let mut rows: Vec<&Row> = parts.rows.iter().filter(|row| row.n > 0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.n));
    rows.truncate(CUT_ROWS);
    let of_question = [(Word::Script, parts.script.as_str()), (Word::Q, parts.question.as_str())];
    let row = |row: &Row| {
        let key = row.key.clone().unwrap_or_default();
        let value = if key == NONE { String::new() } else { key.clone() };
        let figure = row.indices.get(of.name);
        let estimate = figure.and_then(|figure| drawn::estimate(figure, of.script.period.settled));
        let texts = cell(opened, row, of.name);
        PartRow {
            href: opened.filters.can_narrow(of.cut, &value).then(|| {
                let path = format!("/questions/{}/{}", parts.script, parts.question);
                opened.figures(&path, &[(of.cut, value.as_str())])
            }),
            name: match &row.name {
                Some(name) if key != NONE => name.clone(),
                _ => part_name(opened, of.cut, &key),
            },
            coverage: texts.coverage,
            answers: opened.answers_in((of.cut, &value), &of_question),
            n: texts.n,
            scores: answers_or_scores(&opened.words, parts, row.n),
            plot: charts::interval(&charts::Interval {
                axis,
                estimate,
                tone: Tone::Usual,
                reference,
                raw: None,
            }),
            value: texts.value,
            range: texts.range,
            verdict: figure.and_then(|figure| verdict(opened, of.name, row.n, figure.rest.as_ref()?)),
        }
    };
    rows.into_iter().map(row).collect()
}

/// How a part differs from all other answers. Too few have no verdict: their row says how many they are.
fn verdict(opened: &Opened, name: &str, n: u64, rest: &RestFigure) -> Option<Verdict> {
    let [value, low, high] = [rest.diff?, rest.lo?, rest.hi?];
    let better = name.parse().ok().and_then(Index::better);
    let (glyph, id, verdict) = match rest.label.0 {
        Label::Higher => (Glyph::Up, "agents-label-higher", Compared::Up),
        Label::Lower => (Glyph::Down, "agents-label-lower", Compared::Down),
        _ => (Glyph::Chance, "figures-like-rest", Compared::NoChange),
    };
    let class = match (rest.label.0, better) {
        (Label::Higher, Some(Better::Higher)) | (Label::Lower, Some(Better::Lower)) => "better",
        (Label::Higher, Some(Better::Lower)) | (Label::Lower, Some(Better::Higher)) => "worse",
        _ => "same",
    };
    let change = opened.numbers().change(drawn::shape(name), [value, low, high], n.min(rest.n), verdict);
    let words = format!("{}: {}", opened.words.t(id), change.difference);
    Some(Verdict { interval: Some(change.interval), ..Verdict::word(glyph, class, words) })
}

/// What a value of a dimension is called.
pub(in crate::pages::figures) fn part_name(opened: &Opened, word: Word, key: &str) -> String {
    match (word, key) {
        (_, NONE) => opened.words.t("page-none"),
        (Word::Tenure, "new") => opened.words.t("page-tenure-new"),
        (Word::Tenure, "established") => opened.words.t("page-tenure-established"),
        (Word::Tenure, _) => opened.words.t("page-tenure-unknown"),
        (Word::Version, version) => opened.words.of("figures-version", "version", version),
        (_, key) => key.to_owned(),
    }
}
