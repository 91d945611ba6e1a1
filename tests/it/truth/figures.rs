//! `GET /v1/figures` held to the exports: every row, index, bound, comparison and denominator.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use serde_json::Value;

use super::plain::{
    ABOUT_CASES, Cut, Difference, Exports, Given, MIN_N, Measure, Survey, USUAL_RHO, adjusted, check_measure,
    compared, deff, near, near_or_null, point, primary, shown, sizes, week, whole,
};
use super::rest;

/// States that are not meant to ask.
const INELIGIBLE: [&str; 4] = ["no_script", "not_eligible", "is_staff", "cancelled"];
/// States in which a first answer can still come.
const OPEN: [&str; 6] = ["received", "waiting_for_link", "scheduled", "sending", "sent", "started"];

/// What a reply of the figures was asked for.
pub struct Asked<'e> {
    pub exports: &'e Exports,
    pub cut: Cut,
    pub by: Option<&'static str>,
    /// The cut of the other period.
    pub other: Option<Cut>,
}

/// The part of a row that the figures compare.
struct Cell<'e> {
    answers: Vec<Given<'e>>,
    rho: f64,
}

impl<'e> Cell<'e> {
    fn measure(&self, index: &str) -> Option<Measure> {
        match index.strip_prefix("share_") {
            Some(option) => {
                let has =
                    |given: &&Given<'_>| given.answer.row["options"].split('|').any(|key| key == option);
                let some = self.answers.iter().filter(has).count();
                Measure::share(some, self.answers.len(), deff(&self.answers, self.rho))
            }
            None => Measure::index(index, &self.answers, self.rho),
        }
    }

    /// The bands of each value.
    fn bands(&self) -> Bands<'e> {
        let mut bands: Bands<'e> = BTreeMap::new();
        for given in &self.answers {
            let band = given.answer.row["band"].as_str();
            if let (Some(value), false) = (given.answer.value, band.is_empty()) {
                bands.entry(value).or_default().insert(band);
            }
        }
        bands
    }
}

/// The bands of each value; usually it has one.
type Bands<'e> = BTreeMap<i64, BTreeSet<&'e str>>;

/// Whether each value has one band in both.
fn has_same_bands(a: &Bands<'_>, b: &Bands<'_>) -> bool {
    let all = |value: &i64| a.get(value).into_iter().chain(b.get(value)).flatten().collect::<BTreeSet<_>>();
    a.keys().chain(b.keys()).all(|value| all(value).len() == 1)
}

/// A verdict, and the difference that it is about.
type Judged = (&'static str, Option<Difference>);

impl<'e> Asked<'e> {
    /// Returns how many answers were compared.
    pub fn check(&self, figures: &Value) -> usize {
        let of = format!("{} by {:?}", self.cut.query(), self.by);
        let all = |survey: &&Survey| survey.row["script"] != ABOUT_CASES;
        let ledger: Vec<&Survey> = self.exports.selected(&self.cut).filter(all).collect();
        check_ledger(&of, &figures["ledger"], &ledger);
        let (mut compared, mut primaries) = (0, Vec::new());
        for question in figures["questions"].as_array().unwrap() {
            compared += self.check_question(&of, question, &mut primaries);
        }
        self.every_answered_question_is_there(&of, figures);
        check_judged_together(&of, &primaries);
        compared
    }

    fn every_answered_question_is_there(&self, of: &str, figures: &Value) {
        let shown: BTreeSet<(&str, &str)> =
            figures["questions"].as_array().unwrap().iter().map(key).collect();
        for survey in self.exports.selected(&self.cut) {
            for answer in survey.answers.iter().filter(|answer| answer.row["metric"] != "text") {
                let key = (survey.row["script"].as_str(), answer.question.as_str());
                assert!(shown.contains(&key) || self.cut.selects_answers(), "{of}: {key:?} is missing");
            }
        }
    }

    fn check_question(
        &self,
        of: &str,
        question: &Value,
        primaries: &mut Vec<(String, Value, Judged)>,
    ) -> usize {
        let (script, name) = key(question);
        let of = format!("{of}: {script}.{name}");
        let whole = |cut: &Cut| {
            let is_choice = question["scale"].is_null();
            let rho = if is_choice { USUAL_RHO } else { self.exports.rho(cut.to, script, name) };
            Cell { answers: self.exports.answers(cut, script, name), rho }
        };
        let (whole_now, whole_before) = (whole(&self.cut), self.other.as_ref().map(whole));
        near(&format!("{of}: rho"), &question["rho"], whole_now.rho);
        let of_script: Vec<&Survey> =
            self.exports.selected(&self.cut).filter(|survey| survey.row["script"] == script).collect();
        let rows = question["rows"].as_array().unwrap();
        self.check_keys(&of, &of_script, rows);
        let is_in = |given: &Given<'e>, key: &str| self.is_in(given.survey, Some(key));
        rest::check(&of, (question, self.by), (whole_now.answers.as_slice(), whole_now.rho), is_in);
        let (mut compared, mut last) = (0, None);
        for row in rows {
            let row_key = row["key"].as_str();
            let of = format!("{of} {}", row_key.unwrap_or_default());
            let part = |whole: &Cell<'e>| {
                let answers = whole.answers.iter().copied();
                Cell {
                    answers: answers.filter(|given| self.is_in(given.survey, row_key)).collect(),
                    rho: whole.rho,
                }
            };
            let (now, before) = (part(&whole_now), whole_before.as_ref().map(part));
            let surveys: Vec<&Survey> =
                of_script.iter().copied().filter(|survey| self.is_in(survey, row_key)).collect();
            check_ledger(&of, &row["ledger"], &surveys);
            compared += now.answers.len();
            check_counts(&of, row, &now);
            self.check_bands(&of, row, &now, &mut last);
            let eligible = surveys.iter().filter(|survey| is_eligible(survey)).count();
            let has_bounds = script != ABOUT_CASES && !self.cut.selects_answers();
            let eligible = has_bounds.then_some(eligible);
            check_indices(&of, question, row, (&now, before.as_ref()), eligible, primaries);
        }
        compared
    }

    /// A row of a period says whether its bands are those of the last one with answers.
    fn check_bands(&self, of: &str, row: &Value, now: &Cell<'e>, last: &mut Option<Bands<'e>>) {
        let found = &row["same_bands"];
        if !matches!(self.by, Some("day" | "week" | "month")) {
            return assert!(found.is_null(), "{of}: {found}");
        }
        let bands = now.bands();
        let is_same = now.answers.is_empty() || last.as_ref().is_none_or(|last| has_same_bands(last, &bands));
        assert_eq!(found, is_same, "{of}: same bands");
        if !now.answers.is_empty() {
            *last = Some(bands);
        }
    }

    fn is_in(&self, survey: &Survey, key: Option<&str>) -> bool {
        match (self.by, key) {
            (Some(by), Some(key)) => survey.values(by).iter().any(|value| value == key),
            _ => true,
        }
    }

    /// A row for each value that the script's surveys have; without gaps where they are periods.
    fn check_keys(&self, of: &str, surveys: &[&Survey], rows: &[Value]) {
        let Some(by) = self.by else {
            assert_eq!(rows.len(), 1, "{of}");
            return;
        };
        let mut expected: BTreeSet<String> = BTreeSet::new();
        for survey in surveys {
            expected.extend(survey.values(by));
        }
        let days = surveys.iter().map(|survey| survey.day);
        if let (Some(first), Some(last)) = (days.clone().min(), days.max()) {
            let all = std::iter::successors(Some(first), |day| Some(*day + Duration::days(1)));
            let all = all.take_while(|day| *day <= last);
            let name = |day: NaiveDate| match by {
                "day" => Some(day.to_string()),
                "week" => Some(week(day)),
                "month" => Some(day.format("%Y-%m").to_string()),
                _ => None,
            };
            expected.extend(all.filter_map(name));
        }
        let found: Vec<&str> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
        assert_eq!(found.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>(), expected, "{of}");
        assert_eq!(found.len(), expected.len(), "{of}: a row comes twice");
        if by == "agent" {
            self.check_names(of, rows);
        }
    }

    /// An agent has the newest name of the period.
    fn check_names(&self, of: &str, rows: &[Value]) {
        for row in rows {
            let is_own = |event: &&super::plain::Row| {
                let day = super::plain::day(&event["occurred_at"], self.exports.zone);
                event["agent.id"] == row["key"].as_str().unwrap()
                    && !event["agent.name"].is_empty()
                    && (self.cut.from..=self.cut.to).contains(&day)
            };
            let newest = self.exports.events.iter().rfind(is_own);
            let name = newest.map(|event| event["agent.name"].as_str());
            assert_eq!(row["name"].as_str(), name, "{of}: {}", row["key"]);
        }
    }
}

fn key(question: &Value) -> (&str, &str) {
    (question["script"].as_str().unwrap(), question["question"].as_str().unwrap())
}

pub fn is_eligible(survey: &Survey) -> bool {
    survey.row["state"] != "suppressed" || !INELIGIBLE.contains(&survey.row["reason"].as_str())
}

fn check_counts(of: &str, row: &Value, now: &Cell<'_>) {
    assert_eq!(whole(&row["n"]), now.answers.len(), "{of}: n");
    assert_eq!(whole(&row["customers"]), sizes(&now.answers).len(), "{of}: customers");
    near(&format!("{of}: deff"), &row["deff"], deff(&now.answers, now.rho));
    let mut values: BTreeMap<String, usize> = BTreeMap::new();
    for given in &now.answers {
        match given.answer.value {
            Some(value) => *values.entry(value.to_string()).or_default() += 1,
            None => {
                for option in super::plain::list(&given.answer.row["options"]) {
                    *values.entry(option).or_default() += 1;
                }
            }
        }
    }
    let found = row["values"].as_object().unwrap();
    let found: BTreeMap<String, usize> =
        found.iter().map(|(value, count)| (value.clone(), whole(count))).collect();
    assert_eq!(found, values, "{of}: values");
}

/// The value if the silent had given the worst answer, and the best.
pub fn check_bounds_of(of: &str, found: &Value, points: &[f64], eligible: usize, map: (f64, f64)) {
    let n = super::plain::count(points.len());
    let all = super::plain::count(eligible.max(points.len()));
    let sum: f64 = points.iter().sum();
    for (place, mean) in [sum / all, (sum + all - n) / all].into_iter().enumerate() {
        near(&format!("{of}: bounds"), &found[place], map.0 + (map.1 - map.0) * mean);
    }
}

fn check_bounds(
    of: &str,
    found: &Value,
    index: &str,
    now: &Cell<'_>,
    eligible: Option<usize>,
    map: (f64, f64),
) {
    match eligible {
        None => assert!(found.is_null(), "{of}: bounds {found} of {} answers", now.answers.len()),
        Some(eligible) => {
            let points: Vec<f64> =
                now.answers.iter().filter_map(|given| point(index, given.answer)).collect();
            check_bounds_of(of, found, &points, eligible, map);
        }
    }
}

fn is_of_bands(index: &str) -> bool {
    matches!(index, "low" | "neutral" | "high" | "net" | "csat")
}

/// The verdict on a change, taken by itself.
fn judged(index: &str, now: &Cell<'_>, before: &Cell<'_>) -> Judged {
    if is_of_bands(index) && !has_same_bands(&now.bands(), &before.bands()) {
        return ("not_comparable", None);
    }
    let found = compared(now.measure(index).as_ref(), before.measure(index).as_ref());
    let verdict = match &found {
        None => "too_few",
        Some(found) if found.lo > 0.0 => "up",
        Some(found) if found.hi < 0.0 => "down",
        Some(_) => "no_change",
    };
    (verdict, found)
}

fn check_compared(
    of: &str,
    found: &Value,
    index: &str,
    before: &Cell<'_>,
    (_, difference): Judged,
    map: (f64, f64),
) {
    let of = format!("{of}: compare");
    assert_eq!(whole(&found["n"]), before.answers.len(), "{of}: n");
    let value = before.measure(index).filter(|before| before.n >= MIN_N);
    near_or_null(&format!("{of}: value"), &found["value"], value.map(|of| map.0 + (map.1 - map.0) * of.m));
    let span = map.1 - map.0;
    for (name, expected) in [
        ("diff", difference.map(|of| span * of.d)),
        ("lo", difference.map(|of| span * of.lo)),
        ("hi", difference.map(|of| span * of.hi)),
        ("p", difference.map(|of| of.p)),
    ] {
        near_or_null(&format!("{of}: {name}"), &found[name], expected);
    }
}

/// Several primary indices are judged by their adjusted p.
fn check_judged_together(of: &str, primaries: &[(String, Value, Judged)]) {
    if primaries.len() < 2 {
        for (of, compare, (verdict, _)) in primaries {
            assert_eq!(compare["verdict"], *verdict, "{of}");
        }
        return;
    }
    let p: Vec<f64> =
        primaries.iter().filter_map(|(_, _, (_, difference))| Some(difference.as_ref()?.p)).collect();
    let mut adjusted = adjusted(&p).into_iter();
    for (name, compare, (verdict, difference)) in primaries {
        let Some(difference) = difference else {
            assert_eq!(compare["verdict"], *verdict, "{of}: {name}");
            assert!(compare["q"].is_null(), "{of}: {name}");
            continue;
        };
        let q = adjusted.next().unwrap();
        near(&format!("{of}: {name}: q"), &compare["q"], q);
        let verdict = match (q <= 0.05, difference.d > 0.0) {
            (true, true) => "up",
            (true, false) => "down",
            _ => "no_change",
        };
        assert_eq!(compare["verdict"], verdict, "{of}: {name}");
    }
}

/// Holds the denominators to the surveys that they count.
pub fn check_ledger(of: &str, ledger: &Value, surveys: &[&Survey]) {
    let count = |is: &dyn Fn(&Survey) -> bool| surveys.iter().filter(|survey| is(survey)).count();
    for (name, expected) in [
        ("events", surveys.len()),
        ("eligible", count(&is_eligible)),
        ("delivered", count(&|survey| !survey.row["sent_at"].is_empty())),
        ("answered", count(&|survey| !survey.answers.is_empty())),
        ("completed", count(&|survey| survey.row["state"] == "completed")),
        ("open", count(&|survey| OPEN.contains(&survey.row["state"].as_str()))),
    ] {
        assert_eq!(whole(&ledger[name]), expected, "{of}: {name}");
    }
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for survey in surveys {
        let (state, reason) = (&survey.row["state"], &survey.row["reason"]);
        let name = if reason.is_empty() { state.clone() } else { format!("{state}({reason})") };
        *states.entry(name).or_default() += 1;
    }
    let found = ledger["states"].as_object().unwrap();
    let found: BTreeMap<String, usize> =
        found.iter().map(|(state, count)| (state.clone(), whole(count))).collect();
    assert_eq!(found, states, "{of}: states");
    for (name, below) in [("response_rate", "delivered"), ("coverage", "eligible")] {
        let (above, below) = (whole(&ledger["answered"]), whole(&ledger[below]));
        let expected = (below > 0).then(|| super::plain::count(above) / super::plain::count(below));
        near_or_null(&format!("{of}: {name}"), &ledger[name], expected);
    }
}

fn check_indices(
    of: &str,
    question: &Value,
    row: &Value,
    (now, before): (&Cell<'_>, Option<&Cell<'_>>),
    eligible: Option<usize>,
    primaries: &mut Vec<(String, Value, Judged)>,
) {
    let scale = question["scale"].as_str();
    let first = scale.map(|_| primary(question["metric"].as_str().unwrap()));
    for (name, figure) in row["indices"].as_object().unwrap() {
        let of = format!("{of}: {name}");
        let map = scale.map_or((0.0, 100.0), |scale| shown(name, scale));
        let measure = now.measure(name);
        check_measure(&of, figure, measure.as_ref(), map);
        let is_primary = first == Some(name.as_str());
        let bounds = eligible.filter(|_| is_primary && now.answers.len() >= MIN_N);
        check_bounds(&of, &figure["bounds"], name, now, bounds, map);
        let Some(before) = before else { continue };
        let judged = judged(name, now, before);
        check_compared(&of, &figure["compare"], name, before, judged, map);
        if is_primary {
            primaries.push((of, figure["compare"].clone(), judged));
        } else {
            assert_eq!(figure["compare"]["verdict"], judged.0, "{of}: {figure}");
            assert!(figure["compare"].get("q").is_none(), "{of}: {figure}");
        }
    }
}
