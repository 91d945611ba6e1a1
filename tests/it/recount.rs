//! Figures counted once more from the exports, in the plainest way and apart from the program's own statistics.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use afterword::service::export::{Filter, What};
use chrono::{DateTime, Datelike as _, NaiveDate};
use chrono_tz::Europe::Moscow;
use serde_json::Value;

use crate::harness::Story;

type Row = HashMap<String, String>;

const Z: f64 = 1.959_963_984_540_054;

/// What is compared: the parameter, and the column of the exports that it stands for.
const CUTS: [(&str, &str); 9] = [
    ("team", "team"),
    ("agent", "agent_id"),
    ("store", "store"),
    ("channel", "channel"),
    ("automation", "automation"),
    ("tag", "tags"),
    ("segment", "segments"),
    ("kind", "event_kind"),
    ("version", "script_version"),
];

struct Exports {
    surveys: Vec<Row>,
    /// Answers to questions, without reasons and comments.
    answers: Vec<Row>,
}

/// Compares the figures of the whole story with the exports: as a whole, by every cut, and by time.
pub async fn the_figures_agree(story: &Story) {
    let exports = Exports::read(story).await;
    let period = "2026-11-01..2026-12-31";
    let whole = figures(story, &format!("period={period}")).await;
    let answered = exports.check(&whole, |_| vec![String::new()]);
    assert!(answered > 100, "only {answered} answers were compared");
    for (name, column) in CUTS {
        let found = figures(story, &format!("period={period}&by={name}")).await;
        exports.check(&found, |row| values(&row[column]));
    }
    for (name, start) in [("day", 0), ("week", 1), ("month", 2)] {
        let found = figures(story, &format!("period={period}&by={name}")).await;
        exports.check(&found, |row| vec![written(day(row), start)]);
    }
    let found = figures(story, &format!("period={period}&channel!=(none)&tag=delivery&tag=refund")).await;
    let some = exports.only(|row| {
        !row["channel"].is_empty() && row["tags"].split('|').any(|tag| tag == "delivery" || tag == "refund")
    });
    some.check_with(&found, |_| vec![String::new()], &exports);
}

async fn figures(story: &Story, query: &str) -> Value {
    let (status, figures) = story.get(&format!("/v1/figures?{query}")).await;
    assert_eq!(status, 200, "{figures}");
    figures
}

fn values(cell: &str) -> Vec<String> {
    if cell.is_empty() { vec!["(none)".to_owned()] } else { cell.split('|').map(str::to_owned).collect() }
}

fn day(row: &Row) -> NaiveDate {
    DateTime::parse_from_rfc3339(&row["occurred_at"]).unwrap().with_timezone(&Moscow).date_naive()
}

fn written(day: NaiveDate, start: u8) -> String {
    match start {
        0 => day.to_string(),
        1 => format!("{}-W{:02}", day.iso_week().year(), day.iso_week().week()),
        _ => day.format("%Y-%m").to_string(),
    }
}

impl Exports {
    async fn read(story: &Story) -> Self {
        let surveys = story.export(What::Surveys, &Filter::default()).await;
        let mut answers = story.export(What::Answers, &Filter::default()).await;
        answers.retain(|row| row["metric"] != "reason" && row["metric"] != "comment");
        Self { surveys, answers }
    }

    fn only(&self, is_meant: impl Fn(&Row) -> bool) -> Self {
        let some = |rows: &[Row]| rows.iter().filter(|row| is_meant(row)).cloned().collect();
        Self { surveys: some(&self.surveys), answers: some(&self.answers) }
    }

    fn check(&self, figures: &Value, keys: impl Fn(&Row) -> Vec<String>) -> usize {
        self.check_with(figures, keys, self)
    }

    /// Returns how many answers were compared. `all` is what ρ is estimated from.
    fn check_with(&self, figures: &Value, keys: impl Fn(&Row) -> Vec<String>, all: &Self) -> usize {
        self.check_ledger(&figures["ledger"], &|_| true, "the whole");
        let mut compared = 0;
        for question in figures["questions"].as_array().unwrap() {
            let is_of =
                |row: &Row| row["script"] == question["script"] && row["question"] == question["question"];
            let answers: Vec<&Row> = self.answers.iter().filter(|row| is_of(row)).collect();
            let of_all: Vec<&Row> = all.answers.iter().filter(|row| is_of(row)).collect();
            let rho = if question["scale"].is_null() { 0.3 } else { rho(&of_all) };
            near("rho", &question["rho"], rho);
            let mut expected: BTreeSet<String> = answers.iter().flat_map(|row| keys(row)).collect();
            for row in question["rows"].as_array().unwrap() {
                let key = row["key"].as_str().unwrap_or_default();
                expected.remove(key);
                let own: Vec<&Row> =
                    answers.iter().copied().filter(|row| keys(row).iter().any(|of| of == key)).collect();
                let of = format!("{}.{} {key}", question["script"], question["question"]);
                compared += own.len();
                check_row(&of, row, &own, rho);
                if row["ledger"].is_object() {
                    let script = question["script"].as_str().unwrap();
                    let is_here = |row: &Row| row["script"] == script && keys(row).iter().any(|of| of == key);
                    self.check_ledger(&row["ledger"], &is_here, &of);
                }
            }
            assert!(expected.is_empty(), "{} has no rows for {expected:?}", question["question"]);
        }
        compared
    }

    fn check_ledger(&self, ledger: &Value, is_here: &dyn Fn(&Row) -> bool, of: &str) {
        let surveys: Vec<&Row> = self.surveys.iter().filter(|row| is_here(row)).collect();
        let ineligible = ["no_script", "not_eligible", "is_staff", "cancelled"];
        let answered: BTreeSet<&str> = self.answers.iter().map(|row| row["event_id"].as_str()).collect();
        let count = |is: &dyn Fn(&Row) -> bool| surveys.iter().filter(|row| is(row)).count();
        let eligible =
            |row: &Row| row["state"] != "suppressed" || !ineligible.contains(&row["reason"].as_str());
        for (name, expected) in [
            ("events", surveys.len()),
            ("eligible", count(&eligible)),
            ("delivered", count(&|row| !row["sent_at"].is_empty())),
            ("answered", count(&|row| answered.contains(row["event_id"].as_str()))),
            ("completed", count(&|row| row["state"] == "completed")),
        ] {
            assert_eq!(whole(&ledger[name]), expected, "{of}: {name}");
        }
    }
}

/// How many answers each customer gave; an erased one gives each by somebody else.
fn customers(answers: &[&Row]) -> Vec<Vec<f64>> {
    let mut known: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut all = Vec::new();
    for row in answers {
        let value = row["value"].parse().unwrap_or_default();
        match row["customer_id"].as_str() {
            "" => all.push(vec![value]),
            customer => known.entry(customer).or_default().push(value),
        }
    }
    all.extend(known.into_values());
    all
}

fn whole(number: &Value) -> usize {
    usize::try_from(number.as_u64().unwrap()).unwrap()
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// The intraclass correlation of a question, or 0.3 while it cannot be told. For NPS the answers count in thirds.
fn rho(answers: &[&Row]) -> f64 {
    let is_nps = answers.first().is_some_and(|row| row["metric"] == "nps");
    let point = |value: f64| {
        if !is_nps {
            value
        } else if value < 6.5 {
            0.0
        } else if value < 8.5 {
            0.5
        } else {
            1.0
        }
    };
    let groups: Vec<Vec<f64>> =
        customers(answers).into_iter().map(|values| values.into_iter().map(point).collect()).collect();
    let n: usize = groups.iter().map(Vec::len).sum();
    let repeated: usize = groups.iter().map(Vec::len).filter(|size| *size > 1).sum();
    if repeated < 100 || groups.len() < 2 || n == groups.len() {
        return 0.3;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / float(values.len());
    let whole = groups.concat();
    let (grand, k, n) = (mean(&whole), float(groups.len()), float(n));
    let between: f64 =
        groups.iter().map(|of| float(of.len()) * (mean(of) - grand).powi(2)).sum::<f64>() / (k - 1.0);
    let within: f64 =
        groups.iter().flat_map(|of| of.iter().map(|v| (v - mean(of)).powi(2))).sum::<f64>() / (n - k);
    let size = (n - groups.iter().map(|of| float(of.len()).powi(2)).sum::<f64>() / n) / (k - 1.0);
    let whole = between + (size - 1.0) * within;
    if whole > 0.0 { ((between - within) / whole).clamp(0.0, 1.0) } else { 0.0 }
}

fn check_row(of: &str, row: &Value, answers: &[&Row], rho: f64) {
    let groups = customers(answers);
    let n = answers.len();
    assert_eq!(whole(&row["n"]), n, "{of}: n");
    assert_eq!(whole(&row["customers"]), groups.len(), "{of}: customers");
    let squares: usize = groups.iter().map(|of| of.len() * of.len()).sum();
    let deff = if n == 0 { 1.0 } else { 1.0 + (float(squares) / float(n) - 1.0) * rho };
    near(&format!("{of}: deff"), &row["deff"], deff);
    for (name, figure) in row["indices"].as_object().unwrap() {
        let of = format!("{of}: {name}");
        let points: Option<(Vec<f64>, f64, f64)> = match name.as_str() {
            "mean" => {
                let (low, high) = ends(&answers.first().map_or_else(String::new, |row| row["scale"].clone()));
                let points =
                    answers.iter().map(|row| (row["value"].parse::<f64>().unwrap() - low) / (high - low));
                Some((points.collect(), low, high))
            }
            "low" | "neutral" | "high" => {
                Some((answers.iter().map(|row| one(row["band"] == *name)).collect(), 0.0, 100.0))
            }
            "promoters" => Some((answers.iter().map(|row| one(row["band"] == "high")).collect(), 0.0, 100.0)),
            "nps" => {
                let point = |row: &&Row| match row["band"].as_str() {
                    "high" => 1.0,
                    "neutral" => 0.5,
                    _ => 0.0,
                };
                Some((answers.iter().map(point).collect(), -100.0, 100.0))
            }
            share if share.starts_with("share_") => {
                let has = |row: &&Row| row["options"].split('|').any(|key| share == format!("share_{key}"));
                Some((answers.iter().map(|row| one(has(row))).collect(), 0.0, 100.0))
            }
            _ => None,
        };
        if let Some((points, low, high)) = points {
            check_figure(&of, figure, &points, deff, (low, high));
        }
    }
}

fn one(is: bool) -> f64 {
    if is { 1.0 } else { 0.0 }
}

fn ends(scale: &str) -> (f64, f64) {
    match scale {
        "smiley3" => (1.0, 3.0),
        "yes-no" => (0.0, 1.0),
        _ => {
            let (low, high) = scale.split_once('-').unwrap_or(("0", "1"));
            (low.parse().unwrap(), high.parse().unwrap())
        }
    }
}

/// Value and interval by the formulas, written down once more.
fn check_figure(of: &str, figure: &Value, points: &[f64], deff: f64, (low, high): (f64, f64)) {
    if points.len() < 10 {
        assert_eq!(figure["state"], "too_few", "{of}");
        assert!(
            figure["value"].is_null() && figure["lo"].is_null() && figure["hi"].is_null(),
            "{of}: {figure}"
        );
        return;
    }
    let n = float(points.len());
    let m = points.iter().sum::<f64>() / n;
    let s2 = points.iter().map(|x| x * x).sum::<f64>() / n - m * m;
    let is_end = !(1e-12..=1.0 - 1e-12).contains(&m);
    let phi = if is_end { 1.0 } else { s2 / (m * (1.0 - m)) };
    let size = n / ((n * phi + 2.0) / (n + 2.0) * deff);
    let centre = (m + Z * Z / (2.0 * size)) / (1.0 + Z * Z / size);
    let half = Z / (1.0 + Z * Z / size) * (m * (1.0 - m) / size + Z * Z / (4.0 * size * size)).sqrt();
    let lo = if m < 1e-12 { 0.0 } else { (centre - half).max(0.0) };
    let hi = if m > 1.0 - 1e-12 { 1.0 } else { (centre + half).min(1.0) };
    for (name, expected) in [("value", m), ("lo", lo), ("hi", hi)] {
        near(&format!("{of}: {name}"), &figure[name], low + (high - low) * expected);
    }
    assert_eq!(figure["state"], if hi - lo > 0.30 { "wide" } else { "ok" }, "{of}");
}

fn near(of: &str, found: &Value, expected: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{of}: {found} is not {expected}"));
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{of}: {found} is not {expected}");
}
