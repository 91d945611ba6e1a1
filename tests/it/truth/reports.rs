//! The reports about agents, topics, rules, reasons, bounds, importance and the parts of a change, held to the exports.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::figures::{check_bounds_of, is_eligible};
use super::plain::{
    ABOUT_CASES, Cut, Exports, Given, MIN_N, Measure, NONE, USUAL_RHO, Z, adjusted, check_measure, compared,
    count, deff, near, near_or_null, point, shown, whole, x,
};

/// A report's question, found in the exports.
struct Question<'e> {
    of: String,
    script: &'e str,
    name: &'e str,
    rho: f64,
}

pub struct Asked<'e> {
    pub exports: &'e Exports,
    pub cut: &'e Cut,
}

impl<'e> Asked<'e> {
    fn question<'q>(&self, report: &str, value: &'q Value) -> Question<'q> {
        let text = |name: &str| value[name].as_str().unwrap();
        let (script, name) = (text("script"), text("question"));
        let of = format!("{report} of {}: {script}.{name}", self.cut.query());
        Question { of, script, name, rho: self.exports.rho(self.cut.to, script, name) }
    }

    fn answers(&self, question: &Question<'_>) -> Vec<Given<'e>> {
        self.exports.answers(self.cut, question.script, question.name)
    }

    pub fn check_agents(&self, report: &Value) {
        for value in questions(report) {
            let question = self.question("agents", value);
            let answers = self.answers(&question);
            let is_new = |given: &Given<'_>| given.survey.values("tenure") == ["new"];
            let (new, old): (Vec<_>, Vec<_>) = answers.into_iter().partition(is_new);
            let (new, old) = (by_value(&new, "agent"), Sides::of(&old, "agent"));
            let index = value["index"].as_str().unwrap();
            let table = Agents { question: &question, index, new: &new, old: &old };
            table.check(value);
        }
    }

    pub fn check_topics(&self, report: &Value, by: &'static str) {
        for value in questions(report) {
            let question = self.question(by, value);
            let answers = self.answers(&question);
            let index = value["index"].as_str().unwrap();
            let metric = answers.first().map(|given| given.answer.row["metric"].clone());
            assert_eq!(index, if metric.as_deref() == Some("nps") { "detractors" } else { index });
            let sides = Sides::of(&answers, by);
            check_beside(&question, index, &sides, value["rows"].as_array().unwrap());
        }
    }

    pub fn check_reasons(&self, report: &Value) {
        for value in questions(report) {
            let question = self.question("reasons", value);
            let mut low = self.answers(&question);
            low.retain(|given| given.answer.row["band"] == "low");
            assert_eq!(whole(&value["low"]), low.len(), "{}", question.of);
            low.retain(|given| given.answer.reasons.is_some());
            assert_eq!(whole(&value["given"]), low.len(), "{}", question.of);
            let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
            for reason in low.iter().filter_map(|given| given.answer.reasons.as_ref()).flatten() {
                *counts.entry(reason).or_default() += 1;
            }
            let mut order: Vec<(&String, usize)> = counts.into_iter().collect();
            order.sort_by_key(|(key, count)| (std::cmp::Reverse(*count), *key));
            let rows = value["reasons"].as_array().unwrap();
            let found: Vec<(&str, usize)> =
                rows.iter().map(|row| (row["key"].as_str().unwrap(), whole(&row["count"]))).collect();
            assert_eq!(found, order.iter().map(|(key, n)| (key.as_str(), *n)).collect::<Vec<_>>());
            let mut so_far: BTreeSet<String> = BTreeSet::new();
            for row in rows {
                let of = format!("{}: {}", question.of, row["key"]);
                let share = Measure::share(whole(&row["count"]), low.len(), deff(&low, USUAL_RHO));
                check_measure(&of, row, share.as_ref(), (0.0, 100.0));
                so_far.insert(row["key"].as_str().unwrap().to_owned());
                let any = low.iter().filter(|given| {
                    given.answer.reasons.as_ref().is_some_and(|reasons| !reasons.is_disjoint(&so_far))
                });
                let together = 100.0 * count(any.count()) / count(low.len());
                near_or_null(&of, &row["together"], (low.len() >= MIN_N).then_some(together));
            }
        }
    }

    pub fn check_bounds(&self, report: &Value) {
        for value in questions(report) {
            let question = self.question("bounds", value);
            assert_ne!(question.script, ABOUT_CASES, "cases have no coverage");
            let answers = self.answers(&question);
            let surveys = self.exports.selected(self.cut);
            let eligible = surveys
                .filter(|survey| survey.row["script"] == question.script && is_eligible(survey))
                .count();
            assert_eq!(whole(&value["n"]), answers.len(), "{}", question.of);
            assert_eq!(whole(&value["eligible"]), eligible, "{}", question.of);
            let index = value["index"].as_str().unwrap();
            let Some(scale) = answers.first().map(|given| given.answer.row["scale"].as_str()) else {
                continue;
            };
            let map = shown(index, scale);
            if answers.len() < MIN_N || self.cut.selects_answers() {
                assert!(value["bounds"].is_null(), "{}: {value}", question.of);
            } else {
                let points: Vec<f64> =
                    answers.iter().filter_map(|given| point(index, given.answer)).collect();
                check_bounds_of(&question.of, &value["bounds"], &points, eligible, map);
            }
            check_late(&question, index, map, &answers, &value["late"]);
        }
    }

    pub fn check_importance(&self, report: &Value) {
        for value in report["scripts"].as_array().unwrap() {
            let script = value["script"].as_str().unwrap();
            let of = format!("importance of {}: {script}", self.cut.query());
            let factors: Vec<Factor<'_>> = value["factors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| {
                    let factor = row["factor"].as_str().unwrap();
                    let part = |metric: &str| self.part(script, factor, metric);
                    Factor { row, importance: part("importance"), satisfaction: part("csi") }
                })
                .collect();
            if !factors.is_empty() {
                let surveys = self.exports.selected(self.cut);
                let eligible = surveys.filter(|of| of.row["script"] == script && is_eligible(of)).count();
                let is_bounded = script != ABOUT_CASES && !self.cut.selects_answers();
                check_factors(&of, value, &factors, is_bounded.then_some(eligible));
            }
        }
    }

    /// The answers about one side of the service.
    fn part(&self, script: &str, factor: &str, metric: &str) -> Vec<Given<'e>> {
        let surveys = self.exports.selected(self.cut).filter(|survey| survey.row["script"] == script);
        let given =
            surveys.flat_map(|survey| survey.answers.iter().map(move |answer| Given { survey, answer }));
        given
            .filter(|given| given.answer.row["factor"] == factor && given.answer.row["metric"] == metric)
            .collect()
    }

    /// The change from another period in parts. `by` makes the groups.
    pub fn check_decomposition(&self, report: &Value, other: &Cut, by: &str) {
        for value in questions(report) {
            let question = self.question("decomposition", value);
            let index = value["index"].as_str().unwrap();
            let now = self.answers(&question);
            let before = self.exports.answers(other, question.script, question.name);
            assert_eq!(
                (whole(&value["n"]), whole(&value["n_before"])),
                (now.len(), before.len()),
                "{}",
                question.of
            );
            let before_rho = self.exports.rho(other.to, question.script, question.name);
            let (now, before) =
                (Period::of(&now, question.rho, index, by), Period::of(&before, before_rho, index, by));
            check_parts(&question.of, value, index, &now, &before);
        }
    }
}

fn questions(report: &Value) -> &[Value] {
    report["questions"].as_array().unwrap()
}

/// The answers by each of their values; those without one are left out.
fn by_value<'e>(answers: &[Given<'e>], name: &str) -> BTreeMap<String, Vec<Given<'e>>> {
    let mut values: BTreeMap<String, Vec<Given<'e>>> = BTreeMap::new();
    for given in answers {
        for value in given.survey.values(name).into_iter().filter(|value| value != NONE) {
            values.entry(value).or_default().push(*given);
        }
    }
    values
}

/// Each value's answers, and all others.
struct Sides<'e>(BTreeMap<String, (Vec<Given<'e>>, Vec<Given<'e>>)>);

impl<'e> Sides<'e> {
    fn of(answers: &[Given<'e>], name: &str) -> Self {
        let rest = |value: &str| {
            let without =
                answers.iter().filter(|given| given.survey.values(name).iter().all(|of| of != value));
            without.copied().collect()
        };
        let sides = by_value(answers, name).into_iter().map(|(value, own)| {
            let rest = rest(&value);
            (value, (own, rest))
        });
        Self(sides.collect())
    }
}

struct Agents<'t> {
    question: &'t Question<'t>,
    index: &'t str,
    new: &'t BTreeMap<String, Vec<Given<'t>>>,
    old: &'t Sides<'t>,
}

impl Agents<'_> {
    fn check(&self, found: &Value) {
        let of = &self.question.of;
        let measure = |answers: &[Given<'_>]| Measure::index(self.index, answers, self.question.rho);
        let enough: BTreeMap<&str, Measure> = self
            .old
            .0
            .iter()
            .filter(|(_, (own, _))| own.len() >= MIN_N)
            .filter_map(|(key, (own, _))| Some((key.as_str(), measure(own)?)))
            .collect();
        let ranking = if enough.len() >= 8 { Ranking::of(&enough) } else { None };
        if let Some(ranking) = ranking {
            self.check_ranked(found, &enough, &ranking);
        } else {
            assert!(found["differ"].is_null() && found["ranked"] == json!([]), "{of}: {found}");
            let sides = self.old.0.iter().filter(|(key, _)| enough.contains_key(key.as_str()));
            let sides = Sides(sides.map(|(key, sides)| (key.clone(), sides.clone())).collect());
            check_compared_agents(self, &sides, found["compared"].as_array().unwrap());
        }
        let mut few: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (key, own) in self.new {
            few.entry(key).or_default().0 = own.len();
        }
        for (key, (own, _)) in &self.old.0 {
            few.entry(key).or_default().1 = own.len();
        }
        few.retain(|_, (_, n)| *n < MIN_N);
        let unranked = found["unranked"].as_array().unwrap();
        let unranked: BTreeMap<&str, (usize, usize)> = unranked
            .iter()
            .map(|row| (row["key"].as_str().unwrap(), (whole(&row["n_new"]), whole(&row["n"]))))
            .collect();
        assert_eq!(unranked, few, "{of}: unranked");
    }

    fn check_ranked(&self, found: &Value, enough: &BTreeMap<&str, Measure>, ranking: &Ranking) {
        let of = &self.question.of;
        let any = self.old.0.values().find_map(|(own, _)| own.first()).unwrap();
        let map = shown(self.index, &any.answer.row["scale"]);
        let scaled = |mean: f64| map.0 + (map.1 - map.0) * mean;
        assert_eq!(found["differ"], json!(ranking.tau2 > 0.0), "{of}");
        near(of, &found["mean"], scaled(ranking.mu));
        assert_eq!(found["compared"], json!([]), "{of}");
        let rows = found["ranked"].as_array().unwrap();
        let keys: Vec<&str> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ranking.order(enough), "{of}");
        for row in rows {
            let key = row["key"].as_str().unwrap();
            let (own, of) = (&enough[key], format!("{of}: {key}"));
            let (value, sd) = ranking.row(own);
            assert_eq!(whole(&row["n"]), own.n, "{of}");
            assert_eq!(whole(&row["n_new"]), self.new.get(key).map_or(0, Vec::len), "{of}");
            near(&of, &row["raw"], scaled(own.m));
            near(&of, &row["value"], scaled(value));
            near(&of, &row["sd"], (map.1 - map.0) * sd);
            let off = value - ranking.mu;
            let label = if ranking.tau2 <= 0.0 || off.abs() <= Z * sd {
                "no_difference"
            } else if off > 0.0 {
                "better"
            } else {
                "worse"
            };
            assert_eq!(row["label"], label, "{of}");
        }
    }
}

/// Bühlmann–Straub.
struct Ranking {
    tau2: f64,
    sigma2: f64,
    mu: f64,
    /// The variance of μ.
    of_mu: f64,
}

impl Ranking {
    fn of(agents: &BTreeMap<&str, Measure>) -> Option<Self> {
        let sum = |of: &dyn Fn(&Measure) -> f64| agents.values().map(of).sum::<f64>();
        let (k, total) = (count(agents.len()), sum(&Measure::size));
        if total <= k {
            return None;
        }
        let grand = sum(&|of| of.size() * of.m) / total;
        let sigma2 = sum(&|of| of.size() * of.s2) / (total - k);
        let n0 = (total - sum(&|of| of.size().powi(2)) / total) / (k - 1.0);
        let tau2 = (sum(&|of| of.size() * (of.m - grand).powi(2)) / (k - 1.0) - sigma2) / n0;
        if tau2 <= 1e-15 {
            return Some(Self { tau2: 0.0, sigma2, mu: grand, of_mu: sigma2 / total });
        }
        let w = |of: &Measure| of.size() / (of.size() + sigma2 / tau2);
        Some(Self { tau2, sigma2, mu: sum(&|of| w(of) * of.m) / sum(&w), of_mu: tau2 / sum(&w) })
    }

    fn row(&self, of: &Measure) -> (f64, f64) {
        if self.tau2 <= 0.0 {
            return (self.mu, self.of_mu.sqrt());
        }
        let w = of.size() / (of.size() + self.sigma2 / self.tau2);
        let sd = (self.tau2 * (1.0 - w) + (1.0 - w).powi(2) * self.of_mu).sqrt();
        (w * of.m + (1.0 - w) * self.mu, sd)
    }

    fn order<'k>(&self, agents: &BTreeMap<&'k str, Measure>) -> Vec<&'k str> {
        let mut keys: Vec<&str> = agents.keys().copied().collect();
        let value = |key: &str| self.row(&agents[key]).0;
        keys.sort_by(|a, b| value(b).total_cmp(&value(a)));
        keys
    }
}

fn check_compared_agents(table: &Agents<'_>, sides: &Sides<'_>, rows: &[Value]) {
    let found = label_each(table.index, table.question.rho, sides);
    assert_eq!(rows.len(), sides.0.len(), "{}", table.question.of);
    for row in rows {
        let key = row["key"].as_str().unwrap();
        let of = format!("{}: {key}", table.question.of);
        let (q, label) = &found[key];
        near_or_null(&of, &row["q"], *q);
        assert_eq!(row["label"], *label, "{of}");
        check_side(&of, table.question, table.index, row, &sides.0[key]);
    }
}

/// q and label of each value beside all other answers.
fn label_each(index: &str, rho: f64, sides: &Sides<'_>) -> BTreeMap<String, (Option<f64>, &'static str)> {
    let measure = |answers: &[Given<'_>]| Measure::index(index, answers, rho);
    let differences = sides
        .0
        .iter()
        .map(|(key, (own, rest))| (key.clone(), compared(measure(own).as_ref(), measure(rest).as_ref())));
    let differences: Vec<_> = differences.collect();
    let p: Vec<f64> = differences.iter().filter_map(|(_, found)| Some(found.as_ref()?.p)).collect();
    let mut q = adjusted(&p).into_iter();
    let judged = differences.into_iter().map(|(key, found)| match found {
        None => (key, (None, "too_few")),
        Some(found) => {
            let q = q.next().unwrap();
            let label = match (q <= 0.05, found.d > 0.0) {
                (true, true) => "higher",
                (true, false) => "lower",
                _ => "no_difference",
            };
            (key, (Some(q), label))
        }
    });
    judged.collect()
}

fn check_side(
    of: &str,
    question: &Question<'_>,
    index: &str,
    row: &Value,
    (own, rest): &(Vec<Given<'_>>, Vec<Given<'_>>),
) {
    assert_eq!((whole(&row["n"]), whole(&row["rest_n"])), (own.len(), rest.len()), "{of}");
    let scale = own[0].answer.row["scale"].as_str();
    let map = shown(index, scale);
    check_measure(of, row, Measure::index(index, own, question.rho).as_ref(), map);
    let other = Measure::index(index, rest, question.rho).filter(|of| of.n >= MIN_N);
    near_or_null(of, &row["rest"], other.map(|of| map.0 + (map.1 - map.0) * of.m));
}

/// Topics or rules, each beside the rest, in the order of their impact.
fn check_beside(question: &Question<'_>, index: &str, sides: &Sides<'_>, rows: &[Value]) {
    let labels = label_each(index, question.rho, sides);
    let measure = |answers: &[Given<'_>]| Measure::index(index, answers, question.rho);
    let mut order: Vec<(f64, &str)> = Vec::new();
    assert_eq!(rows.len(), sides.0.len(), "{}", question.of);
    for row in rows {
        let key = row["key"].as_str().unwrap();
        let of = format!("{}: {key}", question.of);
        let (own, rest) = &sides.0[key];
        check_side(&of, question, index, row, &sides.0[key]);
        let (q, label) = &labels[key];
        near_or_null(&of, &row["q"], *q);
        assert_eq!(row["label"], *label, "{of}");
        let part = 100.0 * count(own.len()) / count(own.len() + rest.len());
        let found = compared(measure(own).as_ref(), measure(rest).as_ref());
        near_or_null(&of, &row["impact"], found.map(|of| part * of.d));
        near_or_null(&of, &row["impact_lo"], found.map(|of| part * of.lo));
        near_or_null(&of, &row["impact_hi"], found.map(|of| part * of.hi));
        order.push((found.map_or(f64::NEG_INFINITY, |of| part * of.d), key));
    }
    let is_ordered = |pair: &[(f64, &str)]| {
        pair[0].0 > pair[1].0 - 1e-9 && (pair[0].0 > pair[1].0 + 1e-9 || pair[0].1 < pair[1].1)
            || (pair[0].0.is_infinite() && pair[0].1 < pair[1].1)
    };
    assert!(order.windows(2).all(is_ordered), "{}: {order:?}", question.of);
}

struct Factor<'e> {
    row: &'e Value,
    importance: Vec<Given<'e>>,
    satisfaction: Vec<Given<'e>>,
}

/// The numbers of the scale.
fn mean(answers: &[Given<'_>]) -> f64 {
    answers.iter().map(on_scale).sum::<f64>() / count(answers.len())
}

fn on_scale(given: &Given<'_>) -> f64 {
    let (low, high) = super::plain::ends(&given.answer.row["scale"]);
    low + (high - low) * x(given.answer).unwrap()
}

/// What all factors come to together.
struct Together {
    is_enough: bool,
    /// The sum over the factors of `I_f`.
    importance: f64,
    weighted: f64,
    /// The means over the factors.
    simple: f64,
    mean_importance: f64,
}

impl Together {
    fn of(factors: &[Factor<'_>]) -> Self {
        let fewest = factors.iter().map(|of| of.importance.len().min(of.satisfaction.len())).min().unwrap();
        let importance: f64 = factors.iter().map(|of| mean(&of.importance)).sum();
        let products = factors.iter().map(|of| mean(&of.importance) * mean(&of.satisfaction));
        let simple: f64 = factors.iter().map(|of| mean(&of.satisfaction)).sum();
        Self {
            is_enough: fewest >= MIN_N,
            importance,
            weighted: products.sum::<f64>() / importance,
            simple: simple / count(factors.len()),
            mean_importance: importance / count(factors.len()),
        }
    }
}

/// What each customer adds to a number.
type Parts = BTreeMap<String, f64>;

fn check_factors(of: &str, found: &Value, factors: &[Factor<'_>], eligible: Option<usize>) {
    let whole_of = Together::of(factors);
    let is_enough = whole_of.is_enough;
    near_or_null(&format!("{of}: simple"), &found["simple"], is_enough.then_some(whole_of.simple));
    let answers = factors.iter().flat_map(|of| of.importance.iter().chain(&of.satisfaction));
    let everybody: BTreeSet<String> = answers.map(Given::customer).collect();
    assert_eq!(whole(&found["customers"]), everybody.len(), "{of}");
    let mut u = Parts::new();
    for factor in factors {
        let of = format!("{of}: {}", factor.row["factor"]);
        check_gap(&of, factor, &whole_of, &mut u);
        check_levels(&of, factor, &whole_of);
    }
    let (low, high) = super::plain::ends(&factors[0].satisfaction[0].answer.row["scale"]);
    let s2 = count(everybody.len()) * u.values().map(|u| u * u).sum::<f64>() / (high - low).powi(2);
    let m = (whole_of.weighted - low) / (high - low);
    let measure = Measure { n: everybody.len(), m, s2, deff: 1.0 };
    check_measure(&format!("{of}: weighted"), &found["weighted"], is_enough.then_some(&measure), (low, high));
    match eligible.filter(|_| is_enough) {
        Some(eligible) => check_weighted_bounds(of, &found["weighted"]["bounds"], factors, eligible),
        None => assert!(found["weighted"]["bounds"].is_null(), "{of}: {found}"),
    }
}

/// `Σ I_f·bound(S_f)/Σ I_f`, with the worst and with the best answer of everybody who is silent.
fn check_weighted_bounds(of: &str, found: &Value, factors: &[Factor<'_>], eligible: usize) {
    let importance: f64 = factors.iter().map(|of| mean(&of.importance)).sum();
    for (place, is_best) in [false, true].into_iter().enumerate() {
        let bound = |factor: &Factor<'_>| {
            let (low, high) = super::plain::ends(&factor.satisfaction[0].answer.row["scale"]);
            let given = factor.satisfaction.len();
            let all = eligible.max(given);
            let said: f64 = factor.satisfaction.iter().map(on_scale).sum();
            let silent = count(all - given) * if is_best { high } else { low };
            mean(&factor.importance) * (said + silent) / count(all)
        };
        let expected = factors.iter().map(bound).sum::<f64>() / importance;
        near(&format!("{of}: bounds of the weighted CSI"), &found[place], expected);
    }
}

/// Weight and gap of a factor; adds to what each customer adds to the weighted mean.
fn check_gap(of: &str, factor: &Factor<'_>, whole_of: &Together, u: &mut Parts) {
    let (important, satisfied) = (mean(&factor.importance), mean(&factor.satisfaction));
    let weight = important / whole_of.importance;
    near_or_null(of, &factor.row["weight"], whole_of.is_enough.then_some(weight));
    let mut gap = Parts::new();
    for given in &factor.satisfaction {
        let off = (on_scale(given) - satisfied) / count(factor.satisfaction.len());
        *u.entry(given.customer()).or_default() += weight * off;
        *gap.entry(given.customer()).or_default() += off;
    }
    for given in &factor.importance {
        let off = (on_scale(given) - important) / count(factor.importance.len());
        *u.entry(given.customer()).or_default() +=
            (satisfied - whole_of.weighted) / whole_of.importance * off;
        *gap.entry(given.customer()).or_default() -= off;
    }
    let half = Z * gap.values().map(|u| u * u).sum::<f64>().sqrt();
    let value = satisfied - important;
    for (name, expected) in [("gap", value), ("gap_lo", value - half), ("gap_hi", value + half)] {
        let expected = whole_of.is_enough.then_some(expected);
        near_or_null(&format!("{of}: {name}"), &factor.row[name], expected);
    }
}

/// The two means of a factor, each beside the mean over the factors.
fn check_levels(of: &str, factor: &Factor<'_>, whole_of: &Together) {
    for (name, answers, level, middle) in [
        ("importance", &factor.importance, "important", whole_of.mean_importance),
        ("satisfaction", &factor.satisfaction, "satisfied", whole_of.simple),
    ] {
        let measure = Measure::index("mean", answers, USUAL_RHO);
        let map = answers.first().map_or((0.0, 1.0), |of| shown("mean", &of.answer.row["scale"]));
        check_measure(&format!("{of}: {name}"), &factor.row[name], measure.as_ref(), map);
        assert_eq!(whole(&factor.row[format!("{name}_n")]), answers.len(), "{of}");
        let (lo, hi) = measure.map_or((0.0, 1.0), |of| of.interval(Z));
        let [lo, hi] = [lo, hi].map(|limit| map.0 + (map.1 - map.0) * limit);
        let expected = if !whole_of.is_enough {
            "undecided"
        } else if lo > middle {
            "high"
        } else if hi < middle {
            "low"
        } else {
            "undecided"
        };
        assert_eq!(factor.row[level], expected, "{of}: {level}");
    }
}

/// The answers of a period in groups.
struct Period {
    n: usize,
    groups: BTreeMap<String, Measure>,
    size: f64,
    map: Option<(f64, f64)>,
}

impl Period {
    fn of(answers: &[Given<'_>], rho: f64, index: &str, by: &str) -> Self {
        let deff = deff(answers, rho);
        let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for given in answers {
            let [key] = &given.survey.values(by)[..] else { panic!("{by} divides nothing") };
            groups.entry(key.clone()).or_default().extend(point(index, given.answer));
        }
        let groups = groups.into_iter().filter_map(|(key, of)| Some((key, Measure::of(&of, deff)?)));
        let map = answers.first().map(|given| shown(index, &given.answer.row["scale"]));
        Self { n: answers.len(), groups: groups.collect(), size: count(answers.len()) / deff, map }
    }

    fn share(&self, key: &str) -> f64 {
        self.groups.get(key).map_or(0.0, |of| of.size() / self.size)
    }
}

/// Kitagawa's parts, and their errors by the formula.
fn check_parts(of: &str, found: &Value, index: &str, now: &Period, before: &Period) {
    let is_enough = now.n.min(before.n) >= MIN_N;
    if !is_enough {
        for name in ["change", "mix", "rate"] {
            assert!(found[name].is_null(), "{of}: {found}");
        }
        return;
    }
    let span = now.map.map_or(1.0, |map| map.1 - map.0);
    let keys: BTreeSet<&String> = now.groups.keys().chain(before.groups.keys()).collect();
    let (mut mix, mut rate) = (0.0, 0.0);
    // For each part and period: Σw·a²·s², Σw·h², Σw·h.
    let mut sums = [[[0.0; 3]; 2]; 2];
    for key in &keys {
        let either =
            |one: &Period, other: &Period| *one.groups.get(*key).or_else(|| other.groups.get(*key)).unwrap();
        let (old, new) = (either(before, now), either(now, before));
        let (old_share, new_share) = (before.share(key), now.share(key));
        let (mean, weight) = (f64::midpoint(old.m, new.m), f64::midpoint(old_share, new_share));
        let delta = new.m - old.m;
        let parts = ((new_share - old_share) * mean, weight * delta);
        mix += parts.0;
        rate += parts.1;
        for (period, share, group, sign) in [(0, new_share, new, 1.0), (1, old_share, old, -1.0)] {
            for (part, by_mean, by_share) in
                [(0, (new_share - old_share) / 2.0, sign * mean), (1, sign * weight, delta / 2.0)]
            {
                if share > 0.0 {
                    let sum: &mut [f64; 3] = &mut sums[part][period];
                    sum[0] += share * (by_mean / share).powi(2) * group.s2;
                    sum[1] += share * by_share * by_share;
                    sum[2] += share * by_share;
                }
            }
        }
        let rows = found["groups"].as_array().unwrap();
        let row =
            rows.iter().find(|row| row["key"] == key.as_str()).unwrap_or_else(|| panic!("{of}: no {key}"));
        let n = |period: &Period| period.groups.get(*key).map_or(0, |of| of.n);
        assert_eq!((whole(&row["n_before"]), whole(&row["n"])), (n(before), n(now)), "{of}: {key}");
        near(of, &row["share_before"], old_share);
        near(of, &row["share"], new_share);
        let has_enough = n(before).min(n(now)) >= MIN_N;
        near_or_null(of, &row["mix"], has_enough.then_some(span * parts.0));
        near_or_null(of, &row["rate"], has_enough.then_some(span * parts.1));
    }
    near(&format!("{of}: change {index}"), &found["change"], span * (mix + rate));
    for (part, name, value) in [(0, "mix", mix), (1, "rate", rate)] {
        let variance = |period: usize, size: f64| {
            let [means, squares, shares] = sums[part][period];
            (means + (squares - shares * shares).max(0.0)) / size
        };
        let half = Z * (variance(0, now.size) + variance(1, before.size)).sqrt();
        near(of, &found[name]["value"], span * value);
        near(of, &found[name]["lo"], span * (value - half));
        near(of, &found[name]["hi"], span * (value + half));
    }
}

/// Those who answered after the reminder beside the others. Whoever was erased is in neither.
fn check_late(question: &Question<'_>, index: &str, map: (f64, f64), answers: &[Given<'_>], found: &Value) {
    let known: Vec<Given<'_>> = answers.iter().copied().filter(|given| !given.survey.is_erased()).collect();
    let (late, prompt): (Vec<_>, Vec<_>) = known.into_iter().partition(|given| given.survey.is_late());
    assert_eq!(whole(&found["n"]), late.len(), "{}", question.of);
    assert_eq!(whole(&found["compare"]["n"]), prompt.len(), "{}", question.of);
    let measure = |answers: &[Given<'_>]| Measure::index(index, answers, question.rho);
    let difference = compared(measure(&late).as_ref(), measure(&prompt).as_ref());
    let span = map.1 - map.0;
    for (name, expected) in [
        ("diff", difference.map(|of| span * of.d)),
        ("lo", difference.map(|of| span * of.lo)),
        ("hi", difference.map(|of| span * of.hi)),
        ("p", difference.map(|of| of.p)),
    ] {
        near_or_null(&format!("{}: late {name}", question.of), &found["compare"][name], expected);
    }
}
