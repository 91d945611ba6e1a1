//! Surveys and answers as the exports tell them, the cut that a request selects, and the arithmetic of an index: all of it
//! the plain way, from the definitions. Nothing here uses the program's own statistics.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use afterword::service::export::{Filter, What};
use chrono::{DateTime, Datelike as _, Duration, NaiveDate};
use chrono_tz::Tz;
use serde_json::Value;

use crate::harness::Story;

pub type Row = HashMap<String, String>;

pub const Z: f64 = 1.959_963_984_540_054;
pub const MIN_N: usize = 10;
/// ρ where it cannot be told.
pub const USUAL_RHO: f64 = 0.3;
const NEW_AGENT_DAYS: i64 = 90;
/// The script about cases; what it asks has no coverage.
pub const ABOUT_CASES: &str = "recovery";

/// A survey with its current answers.
#[derive(Clone, Debug)]
pub struct Survey {
    pub row: Row,
    pub day: NaiveDate,
    pub answers: Vec<Answer>,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub question: String,
    pub row: Row,
    pub value: Option<i64>,
    pub reasons: Option<BTreeSet<String>>,
}

/// Everything that was exported.
pub struct Exports {
    pub zone: Tz,
    pub surveys: Vec<Survey>,
    /// In the order in which they came.
    pub events: Vec<Row>,
    pub cases: Vec<Row>,
    pub now: DateTime<chrono::Utc>,
}

impl Exports {
    pub async fn read(story: &Story) -> Self {
        let zone = story.running.ctx.zone();
        let table = async |what| story.export(what, &Filter::default()).await;
        let mut answers: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        let mut reasons: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for row in table(What::Answers).await {
            let (survey, question) = (row["survey_id"].clone(), row["question"].clone());
            match row["metric"].as_str() {
                "reason" => drop(reasons.insert((survey, question), list(&row["options"]))),
                "comment" => {}
                _ => {
                    let value = row["value"].parse().ok();
                    answers.entry(survey).or_default().push(Answer { question, value, row, reasons: None });
                }
            }
        }
        let mut surveys = Vec::new();
        for row in table(What::Surveys).await {
            let mut given = answers.remove(&row["survey_id"]).unwrap_or_default();
            for answer in &mut given {
                answer.reasons = reasons.remove(&(row["survey_id"].clone(), answer.question.clone()));
            }
            surveys.push(Survey { day: day(&row["occurred_at"], zone), row, answers: given });
        }
        assert!(answers.is_empty(), "answers without a survey: {answers:?}");
        let (events, cases) = (table(What::Events).await, table(What::Cases).await);
        Self { zone, surveys, events, cases, now: story.clock.now().to_utc() }
    }

    /// The surveys of a cut.
    pub fn selected<'e, 'c>(&'e self, cut: &'c Cut) -> impl Iterator<Item = &'e Survey> + use<'e, 'c> {
        self.surveys.iter().filter(|survey| cut.takes(survey))
    }

    /// The answers of a cut to one question.
    pub fn answers(&self, cut: &Cut, script: &str, question: &str) -> Vec<Given<'_>> {
        let surveys = self.selected(cut).filter(|survey| survey.row["script"] == script);
        let given = surveys.flat_map(|survey| {
            let own = survey.answers.iter().filter(|answer| answer.question == question);
            own.filter(|answer| cut.counts(answer)).map(|answer| Given { survey, answer }).collect::<Vec<_>>()
        });
        given.collect()
    }

    /// ρ of a question for periods that end with a day: that of all its answers of the year before.
    pub fn rho(&self, last: NaiveDate, script: &str, question: &str) -> f64 {
        let year = Cut::of(last - Duration::days(364), last);
        let answers = self.answers(&year, script, question);
        rho(&answers)
    }
}

/// An answer with its survey.
#[derive(Clone, Copy, Debug)]
pub struct Given<'e> {
    pub survey: &'e Survey,
    pub answer: &'e Answer,
}

impl Given<'_> {
    /// Who gave it; each erased survey is somebody else.
    pub fn customer(&self) -> String {
        self.survey.customer()
    }
}

impl Survey {
    pub fn customer(&self) -> String {
        match self.row["customer_id"].as_str() {
            "" => format!("s:{}", self.row["survey_id"]),
            id => format!("c:{id}"),
        }
    }

    pub fn is_erased(&self) -> bool {
        self.row["customer_id"].is_empty()
    }

    /// Its values of a filter; `(none)` stands for none.
    pub fn values(&self, name: &str) -> Vec<String> {
        let row = &self.row;
        let cell = match name {
            "agent" => &row["agent_id"],
            "tag" => &row["tags"],
            "segment" => &row["segments"],
            "kind" => &row["event_kind"],
            "version" => &row["script_version"],
            "tenure" => return vec![self.tenure().to_owned()],
            "hook" => {
                return vec![if row["event_id"].starts_with("desk-") { "desk" } else { NONE }.to_owned()];
            }
            "day" => return vec![self.day.to_string()],
            "week" => return vec![week(self.day)],
            "month" => return vec![self.day.format("%Y-%m").to_string()],
            name => &row[name],
        };
        if cell.is_empty() { vec![NONE.to_owned()] } else { cell.split('|').map(str::to_owned).collect() }
    }

    fn tenure(&self) -> &'static str {
        match self.row["agent_since"].parse::<NaiveDate>().map(|since| (self.day - since).num_days()) {
            Ok(NEW_AGENT_DAYS..) => "established",
            Ok(0..) => "new",
            _ => "unknown",
        }
    }

    pub fn is_late(&self) -> bool {
        let at = |name: &str| DateTime::parse_from_rfc3339(&self.row[name]);
        matches!((at("started_at"), at("reminded_at")), (Ok(started), Ok(reminded)) if started > reminded)
    }
}

pub const NONE: &str = "(none)";

pub fn list(cell: &str) -> BTreeSet<String> {
    cell.split('|').filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

pub fn day(at: &str, zone: Tz) -> NaiveDate {
    DateTime::parse_from_rfc3339(at).unwrap().with_timezone(&zone).date_naive()
}

pub fn week(day: NaiveDate) -> String {
    format!("{}-W{:02}", day.iso_week().year(), day.iso_week().week())
}

/// What a request selects.
#[derive(Clone, Debug)]
pub struct Cut {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Name, values, and whether they are left out.
    pub filters: Vec<(&'static str, BTreeSet<String>, bool)>,
    pub bands: BTreeSet<String>,
    pub reasons: BTreeSet<String>,
    pub late: Option<bool>,
}

impl Cut {
    pub fn of(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from, to, filters: Vec::new(), bands: BTreeSet::new(), reasons: BTreeSet::new(), late: None }
    }

    /// The period of the same length just before.
    pub fn before(&self) -> Self {
        let days = self.to - self.from + Duration::days(1);
        Self { from: self.from - days, to: self.to - days, ..self.clone() }
    }

    pub fn takes(&self, survey: &Survey) -> bool {
        let is_taken = |(name, wanted, is_left_out): &(&str, BTreeSet<String>, bool)| {
            survey.values(name).iter().any(|value| wanted.contains(value)) != *is_left_out
        };
        (self.from..=self.to).contains(&survey.day)
            && self.filters.iter().all(is_taken)
            && self.late.is_none_or(|late| !survey.is_erased() && survey.is_late() == late)
    }

    fn counts(&self, answer: &Answer) -> bool {
        (self.bands.is_empty() || self.bands.contains(&answer.row["band"]))
            && (self.reasons.is_empty()
                || answer.reasons.as_ref().is_some_and(|given| !given.is_disjoint(&self.reasons)))
    }

    pub fn selects_answers(&self) -> bool {
        !self.bands.is_empty() || !self.reasons.is_empty()
    }

    /// The cut as an address asks for it.
    pub fn query(&self) -> String {
        let mut pairs = vec![format!("period={}..{}", self.from, self.to)];
        for (name, values, is_left_out) in &self.filters {
            let mark = if *is_left_out { "!" } else { "" };
            pairs.extend(values.iter().map(|value| format!("{name}{mark}={value}")));
        }
        pairs.extend(self.bands.iter().map(|band| format!("band={band}")));
        pairs.extend(self.reasons.iter().map(|reason| format!("reason={reason}")));
        pairs.join("&")
    }
}

/// The lowest and the highest number of a scale.
pub fn ends(scale: &str) -> (f64, f64) {
    match scale {
        "smiley3" => (1.0, 3.0),
        "yes-no" => (0.0, 1.0),
        _ => {
            let (low, high) = scale.split_once('-').unwrap_or(("0", "10"));
            (low.parse().unwrap(), high.parse().unwrap())
        }
    }
}

/// An answer from 0, the worst, to 1, the best. The story's questions of effort count the effort.
pub fn x(answer: &Answer) -> Option<f64> {
    let (low, high) = ends(&answer.row["scale"]);
    let share = (float(answer.value?) - low) / (high - low);
    Some(if answer.row["metric"] == "ces" { 1.0 - share } else { share })
}

/// An answer as the point of an index, from 0 to 1; `None` if it is not in the index.
pub fn point(index: &str, answer: &Answer) -> Option<f64> {
    let band = answer.row["band"].as_str();
    let has = |wanted: &str| (!band.is_empty()).then(|| one(band == wanted));
    let (low, high) = ends(&answer.row["scale"]);
    let value = float(answer.value?);
    let oriented = low + (high - low) * x(answer)?;
    let thirds = |promoter: f64, neutral: f64, detractor: f64| {
        if value > 8.5 {
            promoter
        } else if value > 6.5 {
            neutral
        } else {
            detractor
        }
    };
    match index {
        "mean" | "percent_of_range" | "percent_of_top" => x(answer),
        "top_box" => Some(one(oriented > high - 0.5)),
        "top2_box" => Some(one(oriented > high - 1.5)),
        "low" | "neutral" | "high" => has(index),
        "csat" => has("high"),
        "net" => (!band.is_empty()).then(|| if band == "high" { 1.0 } else { 0.5 * one(band == "neutral") }),
        "nps" | "nps_formula" => Some(thirds(1.0, 0.5, 0.0)),
        "promoters" => Some(thirds(1.0, 0.0, 0.0)),
        "passives" => Some(thirds(0.0, 1.0, 0.0)),
        "detractors" => Some(thirds(0.0, 0.0, 1.0)),
        other => panic!("nothing here counts {other}"),
    }
}

/// What 0 and 1 of an index are shown as.
pub fn shown(index: &str, scale: &str) -> (f64, f64) {
    let (low, high) = ends(scale);
    match index {
        "mean" => (low, high),
        "percent_of_top" => (100.0 * low / high, 100.0),
        "net" | "nps" | "nps_formula" => (-100.0, 100.0),
        _ => (0.0, 100.0),
    }
}

/// The primary index of a metric.
pub fn primary(metric: &str) -> &'static str {
    match metric {
        "csat" => "csat",
        "nps" => "nps",
        _ => "mean",
    }
}

pub fn one(is: bool) -> f64 {
    if is { 1.0 } else { 0.0 }
}

pub fn float(number: i64) -> f64 {
    f64::from(i32::try_from(number).unwrap())
}

pub fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// How many answers each customer gave.
pub fn sizes(answers: &[Given<'_>]) -> BTreeMap<String, usize> {
    let mut sizes = BTreeMap::new();
    for given in answers {
        *sizes.entry(given.customer()).or_default() += 1;
    }
    sizes
}

pub fn deff(answers: &[Given<'_>], rho: f64) -> f64 {
    if answers.is_empty() {
        return 1.0;
    }
    let squares: usize = sizes(answers).values().map(|size| size * size).sum();
    1.0 + (count(squares) / count(answers.len()) - 1.0) * rho
}

/// The intraclass correlation of a question's answers.
fn rho(answers: &[Given<'_>]) -> f64 {
    let Some(first) = answers.first() else { return USUAL_RHO };
    let index = primary(&first.answer.row["metric"]);
    let index = if index == "csat" { "mean" } else { index };
    let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for given in answers {
        let Some(point) = point(index, given.answer) else { return USUAL_RHO };
        groups.entry(given.customer()).or_default().push(point);
    }
    let n: usize = groups.values().map(Vec::len).sum();
    let repeated: usize = groups.values().map(Vec::len).filter(|size| *size > 1).sum();
    if repeated < 100 || groups.len() < 2 || n == groups.len() {
        return USUAL_RHO;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count(values.len());
    let all: Vec<f64> = groups.values().flatten().copied().collect();
    let (grand, k, n) = (mean(&all), count(groups.len()), count(n));
    let between: f64 =
        groups.values().map(|of| count(of.len()) * (mean(of) - grand).powi(2)).sum::<f64>() / (k - 1.0);
    let within: f64 =
        groups.values().flat_map(|of| of.iter().map(|v| (v - mean(of)).powi(2))).sum::<f64>() / (n - k);
    let size = (n - groups.values().map(|of| count(of.len()).powi(2)).sum::<f64>() / n) / (k - 1.0);
    let whole = between + (size - 1.0) * within;
    if whole > 0.0 { ((between - within) / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// An index of one cell, from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    pub n: usize,
    pub m: f64,
    /// The variance with divisor n.
    pub s2: f64,
    pub deff: f64,
}

impl Measure {
    pub fn of(points: &[f64], deff: f64) -> Option<Self> {
        if points.is_empty() {
            return None;
        }
        let n = count(points.len());
        let m = points.iter().sum::<f64>() / n;
        let s2 = points.iter().map(|x| (x - m).powi(2)).sum::<f64>() / n;
        Some(Self { n: points.len(), m, s2, deff })
    }

    /// The index of some answers to one question.
    pub fn index(index: &str, answers: &[Given<'_>], rho: f64) -> Option<Self> {
        let points: Vec<f64> = answers.iter().filter_map(|given| point(index, given.answer)).collect();
        Self::of(&points, deff(answers, rho))
    }

    pub fn share(some: usize, all: usize, deff: f64) -> Option<Self> {
        let points: Vec<f64> = (0..all).map(|place| one(place < some)).collect();
        Self::of(&points, deff)
    }

    /// n/deff.
    pub fn size(&self) -> f64 {
        count(self.n) / self.deff
    }

    /// Wilson's interval on the effective count, for any z.
    pub fn interval(&self, z: f64) -> (f64, f64) {
        let (n, m) = (count(self.n), self.m);
        let is_end = !(1e-12..=1.0 - 1e-12).contains(&m);
        let phi = if is_end { 1.0 } else { self.s2 / (m * (1.0 - m)) };
        let size = n / ((n * phi + 2.0) / (n + 2.0) * self.deff);
        let centre = (m + z * z / (2.0 * size)) / (1.0 + z * z / size);
        let half =
            z / (1.0 + z * z / size) * ((m * (1.0 - m)).max(0.0) / size + z * z / (4.0 * size * size)).sqrt();
        let lo = if m < 1e-12 { 0.0 } else { (centre - half).max(0.0) };
        let hi = if m > 1.0 - 1e-12 { 1.0 } else { (centre + half).min(1.0) };
        (lo, hi)
    }

    pub fn state(&self) -> &'static str {
        let (lo, hi) = self.interval(Z);
        if self.n < MIN_N {
            "too_few"
        } else if hi - lo > 0.30 {
            "wide"
        } else {
            "ok"
        }
    }
}

/// Holds a figure with `value`, `lo`, `hi` and `state` to its measure.
pub fn check_measure(of: &str, figure: &Value, measure: Option<&Measure>, map: (f64, f64)) {
    let state = measure.map_or("too_few", Measure::state);
    assert_eq!(figure["state"], state, "{of}: {figure} for {measure:?}");
    let Some(measure) = measure.filter(|_| state != "too_few") else {
        for name in ["value", "lo", "hi"] {
            assert!(figure[name].is_null(), "{of}: {figure}");
        }
        return;
    };
    let (lo, hi) = measure.interval(Z);
    for (name, expected) in [("value", measure.m), ("lo", lo), ("hi", hi)] {
        near(&format!("{of}: {name}"), &figure[name], map.0 + (map.1 - map.0) * expected);
    }
}

/// The difference of two measures, from 0 to 1: the first less the second.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    pub d: f64,
    pub lo: f64,
    pub hi: f64,
    pub p: f64,
}

impl Difference {
    pub fn of(a: &Measure, b: &Measure) -> Self {
        let (lo, hi) = Self::limits(a, b, Z);
        let d = a.m - b.m;
        Self { d, lo, hi, p: Self::p(a, b) }
    }

    fn limits(a: &Measure, b: &Measure, z: f64) -> (f64, f64) {
        let ((a_lo, a_hi), (b_lo, b_hi), d) = (a.interval(z), b.interval(z), a.m - b.m);
        let below = ((a.m - a_lo).powi(2) + (b_hi - b.m).powi(2)).sqrt();
        let above = ((a_hi - a.m).powi(2) + (b.m - b_lo).powi(2)).sqrt();
        (d - below, d + above)
    }

    /// The z at which a limit touches 0, by halving.
    fn p(a: &Measure, b: &Measure) -> f64 {
        let is_apart = |z: f64| {
            let (lo, hi) = Self::limits(a, b, z);
            lo > 0.0 || hi < 0.0
        };
        if (a.m - b.m).abs() < 1e-15 {
            return 1.0;
        }
        if is_apart(40.0) {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 40.0);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if is_apart(middle) { low = middle } else { high = middle }
        }
        p_of_z(high)
    }
}

/// The p of two measures that may be compared.
pub fn compared(a: Option<&Measure>, b: Option<&Measure>) -> Option<Difference> {
    let (a, b) = (a?, b?);
    (a.n.min(b.n) >= MIN_N).then(|| Difference::of(a, b))
}

/// Benjamini and Hochberg, by the definition: the least p·n/rank of those that are no smaller.
pub fn adjusted(p: &[f64]) -> Vec<f64> {
    let mut sorted = p.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = count(p.len());
    let of = |own: &f64| {
        let later = sorted.iter().enumerate().filter(|(_, p)| *p >= own);
        later.map(|(rank, p)| p * n / count(rank + 1)).fold(1.0, f64::min)
    };
    p.iter().map(of).collect()
}

pub fn p_of_z(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The series for small arguments, the continued fraction for others.
fn erfc(x: f64) -> f64 {
    if x < 2.5 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return 1.0 - 2.0 / std::f64::consts::PI.sqrt() * sum;
    }
    let fraction = (1..200).rev().fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / std::f64::consts::PI.sqrt() / fraction
}

pub fn near(of: &str, found: &Value, expected: f64) {
    near_within(of, found, expected, 1e-9);
}

pub fn near_within(of: &str, found: &Value, expected: f64, tolerance: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{of}: {found} is not {expected}"));
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1.0),
        "{of}: {found} is not {expected}"
    );
}

/// Holds a number that may be missing to what is expected.
pub fn near_or_null(of: &str, found: &Value, expected: Option<f64>) {
    match expected {
        Some(expected) => near(of, found, expected),
        None => assert!(found.is_null(), "{of}: {found} is not null"),
    }
}

pub fn whole(number: &Value) -> usize {
    usize::try_from(number.as_u64().unwrap_or_else(|| panic!("{number} is no count"))).unwrap()
}
