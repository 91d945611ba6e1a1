//! The critical wait and the drivers of the overall score, held to the exports: the models once more, fitted by other means.

use std::collections::BTreeMap;

use serde_json::Value;

use super::plain::{
    Cut, Exports, Given, Measure, Z, check_measure, count, deff, near, near_within, p_of_z, point, whole, x,
};

/// −2·ln(1−√0.95).
const HANSEN: f64 = 7.352_277;
const T19: f64 = 2.093_024_054_408_263;
/// Fits agree to this many digits, whatever finds them.
const FITTED: f64 = 1e-6;

pub fn check_waiting(exports: &Exports, cut: &Cut, report: &Value) {
    for value in report["questions"].as_array().unwrap() {
        let text = |name: &str| value[name].as_str().unwrap();
        let (script, question) = (text("script"), text("question"));
        let answers = exports.answers(cut, script, question);
        let rho = exports.rho(cut.to, script, question);
        for wait in ["first_response", "resolution"] {
            let of = format!("waiting of {}: {script}.{question} {wait}", cut.query());
            check_wait(&of, &value[wait], &Waits::of(exports, &answers, wait, text("index"), rho));
        }
    }
}

/// The answers by how long their customers waited.
struct Waits {
    /// By bin: how many answers, and how many of them are low.
    bins: BTreeMap<i32, (usize, usize)>,
    n: usize,
    low: usize,
    missing: usize,
    deff: f64,
}

fn edge(bin: i32) -> f64 {
    (f64::from(bin) / 8.0).exp2() - 1.0
}

#[expect(clippy::cast_possible_truncation, reason = "eighths of an octave of seconds are small")]
fn bin(seconds: f64) -> i32 {
    (8.0 * (1.0 + seconds).log2() + 1e-9).floor() as i32
}

impl Waits {
    fn of(exports: &Exports, answers: &[Given<'_>], wait: &str, index: &str, rho: f64) -> Self {
        let column = format!("metrics.{wait}_s");
        let waited: BTreeMap<&str, f64> = exports
            .events
            .iter()
            .filter_map(|event| Some((event["event_id"].as_str(), event[&column].parse().ok()?)))
            .collect();
        let mut waits = Self { bins: BTreeMap::new(), n: 0, low: 0, missing: 0, deff: 1.0 };
        let mut with = Vec::new();
        for given in answers {
            let is_low = point(index, given.answer).unwrap() > 0.5;
            let Some(seconds) = waited.get(given.survey.row["event_id"].as_str()) else {
                waits.missing += 1;
                continue;
            };
            let bin = waits.bins.entry(bin(*seconds)).or_default();
            bin.0 += 1;
            bin.1 += usize::from(is_low);
            waits.n += 1;
            waits.low += usize::from(is_low);
            with.push(*given);
        }
        waits.deff = deff(&with, rho);
        waits
    }

    fn share(&self) -> f64 {
        count(self.low) / count(self.n)
    }

    fn edges(&self) -> Vec<i32> {
        let least = count(self.n / 10).max(count(self.n) / 10.0).max(20.0);
        let below = |edge: i32| -> usize { self.bins.range(..edge).map(|(_, (n, _))| n).sum() };
        let is_one = |edge: &i32| count(below(*edge)) >= least && count(self.n - below(*edge)) >= least;
        self.bins.keys().copied().filter(is_one).collect()
    }

    /// The bins as (middle, n', k').
    fn smoothed(&self) -> Vec<(i32, f64, f64, f64)> {
        let (n, share) = (count(self.n), self.share());
        let bins = self.bins.iter().map(|(bin, (of, low))| {
            let more = count(*of) / n;
            ((*bin), (f64::from(*bin) + 0.5) / 8.0, count(*of) + more, count(*low) + share * more)
        });
        bins.collect()
    }

    fn trend_z(&self) -> f64 {
        let (n, share) = (count(self.n), self.share());
        let (mut t, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (bin, (of, low)) in &self.bins {
            let x = (f64::from(*bin) + 0.5) / 8.0;
            t += x * (count(*low) - count(*of) * share);
            sum += count(*of) * x;
            squares += count(*of) * x * x;
        }
        t / (share * (1.0 - share) * (squares - sum * sum / n) * self.deff).sqrt()
    }
}

#[derive(Clone, Copy, Debug)]
struct Fit {
    is_step: bool,
    edge: i32,
    l: f64,
    /// The slope of a hinge.
    beta: f64,
}

fn log_likelihood(bins: &[(i32, f64, f64, f64)], logit: impl Fn(i32, f64) -> f64) -> f64 {
    let of = |(bin, x, n, k): &(i32, f64, f64, f64)| {
        let p = 1.0 / (1.0 + (-logit(*bin, *x)).exp());
        k * p.ln() + (n - k) * (1.0 - p).ln()
    };
    bins.iter().map(of).sum()
}

/// α for a given β by halving, and β by the golden section: slow and sure, since the likelihood has one top.
fn hinge(bins: &[(i32, f64, f64, f64)], edge: i32) -> Fit {
    let beyond = |x: f64| (x - f64::from(edge) / 8.0).max(0.0);
    let alpha = |beta: f64| {
        let (mut low, mut high) = (-60.0, 60.0);
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            let slope: f64 =
                bins.iter().map(|(_, x, n, k)| k - n / (1.0 + (-(middle + beta * beyond(*x))).exp())).sum();
            if slope > 0.0 { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    };
    let l = |beta: f64| {
        let alpha = alpha(beta);
        log_likelihood(bins, |_, x| alpha + beta * beyond(x))
    };
    // The sign of the slope along β, at the best α of each.
    let slope = |beta: f64| {
        let alpha = alpha(beta);
        let of = |(_, x, n, k): &(i32, f64, f64, f64)| {
            (k - n / (1.0 + (-(alpha + beta * beyond(*x))).exp())) * beyond(*x)
        };
        bins.iter().map(of).sum::<f64>()
    };
    let beta = if slope(0.0) <= 0.0 {
        0.0
    } else {
        let (mut low, mut high) = (0.0, 50.0);
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            if slope(middle) > 0.0 { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    };
    Fit { is_step: false, edge, l: l(beta), beta }
}

fn step(bins: &[(i32, f64, f64, f64)], edge: i32) -> Fit {
    let share = |is_after: bool| {
        let side = bins.iter().filter(|(bin, ..)| (*bin >= edge) == is_after);
        let (k, n) = side.fold((0.0, 0.0), |(k, n), (_, _, of, low)| (k + low, n + of));
        k / n
    };
    let all = bins.iter().map(|bin| bin.3).sum::<f64>() / bins.iter().map(|bin| bin.2).sum::<f64>();
    let (before, after) = (share(false), share(true));
    let (before, after) = if after > before { (before, after) } else { (all, all) };
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let l = log_likelihood(bins, |bin, _| logit(if bin < edge { before } else { after }));
    Fit { is_step: true, edge, l, beta: 0.0 }
}

fn check_wait(of: &str, found: &Value, waits: &Waits) {
    for (name, expected) in [("n", waits.n), ("low", waits.low), ("missing", waits.missing)] {
        assert_eq!(whole(&found[name]), expected, "{of}: {name}");
    }
    near(of, &found["deff"], waits.deff);
    let bins = found["bins"].as_array().unwrap();
    assert_eq!(bins.len(), waits.bins.len(), "{of}");
    for (row, (bin, (n, low))) in bins.iter().zip(&waits.bins) {
        near(of, &row["from"], edge(*bin));
        near(of, &row["until"], edge(bin + 1));
        assert_eq!((whole(&row["n"]), whole(&row["low"])), (*n, *low), "{of}: {row}");
    }
    let edges = waits.edges();
    assert_eq!(whole(&found["edges"]), edges.len(), "{of}: edges");
    if waits.n < 300 || waits.low < 30 || waits.n - waits.low < 30 || edges.len() < 3 {
        assert_eq!(found["verdict"], "too_few", "{of}");
        return;
    }
    let z = waits.trend_z();
    near(&format!("{of}: trend"), &found["trend_z"], z);
    near(&format!("{of}: p"), &found["trend_p"], p_of_z(z));
    if z.abs() <= Z || z < 0.0 {
        assert_eq!(found["verdict"], if z.abs() <= Z { "none" } else { "reverse" }, "{of}");
        return;
    }
    check_shape(of, found, waits, &edges);
}

fn check_shape(of: &str, found: &Value, waits: &Waits, edges: &[i32]) {
    let bins = waits.smoothed();
    let line = hinge(&bins, *waits.bins.keys().next().unwrap());
    let mut fits = vec![line];
    fits.extend(edges.iter().map(|edge| hinge(&bins, *edge)));
    fits.extend(edges.iter().map(|edge| step(&bins, *edge)));
    let top = fits.iter().map(|fit| fit.l).fold(f64::NEG_INFINITY, f64::max);
    let best =
        *fits.iter().filter(|fit| fit.l >= top - 1e-9).min_by_key(|fit| (fit.is_step, fit.edge)).unwrap();
    let cut = HANSEN * waits.deff;
    if 2.0 * (best.l - line.l) <= cut {
        assert_eq!(found["verdict"], "steady", "{of}");
        near_within(of, &found["odds_ratio"], line.beta.exp(), FITTED);
        return;
    }
    assert_eq!(found["verdict"], "break", "{of}");
    let critical = &found["critical"];
    near(&format!("{of}: critical"), &critical["seconds"], edge(best.edge));
    assert_eq!(critical["shape"], if best.is_step { "step" } else { "hinge" }, "{of}");
    if !best.is_step {
        near_within(of, &found["odds_ratio"], best.beta.exp(), FITTED);
    }
    let close = fits[1..].iter().filter(|fit| 2.0 * (best.l - fit.l) <= cut).map(|fit| fit.edge);
    near(&format!("{of}: lo"), &critical["lo"], edge(close.clone().min().unwrap()));
    near(&format!("{of}: hi"), &critical["hi"], edge(close.max().unwrap()));
    for (name, is_after) in [("before", false), ("after", true)] {
        let side = waits.bins.iter().filter(|(bin, _)| (**bin >= best.edge) == is_after);
        let (n, low) = side.fold((0, 0), |(n, low), (_, of)| (n + of.0, low + of.1));
        assert_eq!((whole(&critical[name]["n"]), whole(&critical[name]["count"])), (n, low), "{of}: {name}");
        let share = Measure::share(low, n, waits.deff);
        check_measure(&format!("{of}: {name}"), &critical[name], share.as_ref(), (0.0, 100.0));
    }
}

/// Returns how many scripts have drivers.
pub fn check_drivers(exports: &Exports, cut: &Cut, report: &Value) -> usize {
    let mut found_some = 0;
    for value in report["scripts"].as_array().unwrap() {
        let script = value["script"].as_str().unwrap();
        let of = format!("drivers of {}: {script}", cut.query());
        let Some(outcome) = value["outcome"].as_str() else { continue };
        // The shipped scripts, and those of the large shop.
        let factors: &[&str] = match (script, outcome) {
            ("support", "recommend") => &["agent", "speed"],
            ("support", "overall") => &["agent"],
            ("purchase", "overall") => &["quality", "service"],
            ("support", _) => panic!("{of}: the outcome is {outcome}"),
            _ => continue,
        };
        let rows: Vec<(u32, Vec<f64>)> = exports
            .selected(cut)
            .filter(|survey| survey.row["script"] == script)
            .filter_map(|survey| {
                let answer = |key: &str| x(survey.answers.iter().find(|answer| answer.question == key)?);
                let mut row: Vec<f64> = factors.iter().map(|key| answer(key)).collect::<Option<_>>()?;
                row.push(answer(outcome)?);
                Some((crc32(survey.customer().as_bytes()) % 20, row))
            })
            .collect();
        assert_eq!(whole(&value["n"]), rows.len(), "{of}");
        if rows.len() < 200 {
            assert_eq!(value["state"], "too_few", "{of}");
            continue;
        }
        found_some += 1;
        check_shares(&of, value, factors, &rows);
    }
    found_some
}

fn check_shares(of: &str, found: &Value, factors: &[&str], rows: &[(u32, Vec<f64>)]) {
    let all: Vec<&[f64]> = rows.iter().map(|(_, row)| row.as_slice()).collect();
    let lmg = relative_importance(&all, factors.len());
    let r2: f64 = lmg.iter().sum();
    assert_eq!(found["state"], "found", "{of}");
    near(&format!("{of}: R²"), &found["r2"], r2);
    assert_eq!(found["explains_little"], r2 < 0.05, "{of}");
    let deleted: Vec<Vec<f64>> = (0..20)
        .map(|group| {
            let left: Vec<&[f64]> =
                rows.iter().filter(|(of, _)| *of != group).map(|(_, row)| row.as_slice()).collect();
            let lmg = relative_importance(&left, factors.len());
            let r2: f64 = lmg.iter().sum();
            lmg.into_iter().map(|lmg| lmg / r2).collect()
        })
        .collect();
    for (place, key) in factors.iter().enumerate() {
        let rows = found["factors"].as_array().unwrap();
        let row = rows.iter().find(|row| row["question"] == *key).unwrap_or_else(|| panic!("{of}: no {key}"));
        let mean = deleted.iter().map(|shares| shares[place]).sum::<f64>() / 20.0;
        let squares: f64 = deleted.iter().map(|shares| (shares[place] - mean).powi(2)).sum();
        let (share, half) = (lmg[place] / r2, T19 * (19.0 / 20.0 * squares).sqrt());
        let of = format!("{of}: {key}");
        near(&of, &row["share"], share);
        near(&of, &row["lo"], (share - half).max(0.0));
        near(&of, &row["hi"], (share + half).min(1.0));
        let column = |place: usize| all.iter().map(|row| row[place]).collect::<Vec<f64>>();
        near(&of, &row["mean"], column(place).iter().sum::<f64>() / count(all.len()));
        near(&of, &row["correlation"], correlation(&column(place), &column(factors.len())));
    }
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / count(of.len());
    let (ma, mb) = (mean(a), mean(b));
    let sum = |of: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| of(a - ma, b - mb)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

/// The gain in R² of each of two predictors, averaged over both orders. Two are what the story's script has.
fn relative_importance(rows: &[&[f64]], predictors: usize) -> Vec<f64> {
    assert_eq!(predictors, 2);
    let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<f64>>();
    let (a, b, y) = (column(0), column(1), column(2));
    let (ay, by, ab) = (correlation(&a, &y), correlation(&b, &y), correlation(&a, &b));
    let both = (ay * ay + by * by - 2.0 * ay * by * ab) / (1.0 - ab * ab);
    [ay, by].iter().zip([by, ay]).map(|(own, other)| f64::midpoint(own * own, both - other * other)).collect()
}

/// CRC-32 bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
