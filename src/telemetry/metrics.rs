//! Counts and times what happened since the start, and writes it out for Prometheus.
//!
//! Label values come from the program, never from people.
//!
//! This is written by hand because `prometheus-client` 0.25 writes only another format (`# TYPE` without `_total`,
//! `le="1.0"`), and `prometheus` 0.14 identifies label values by a hash of their concatenation, so that (`ab`, `c`) and
//! (`a`, `bc`) share one count.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A metric: its name and its help text.
#[derive(Debug)]
pub struct Family {
    pub name: &'static str,
    pub help: &'static str,
}

const fn family(name: &'static str, help: &'static str) -> Family {
    Family { name, help }
}

pub static TAPS: Family = family("afterword_taps_total", "Taps on buttons of surveys, by what came of them.");
pub static UPDATES: Family = family("afterword_updates_total", "Updates of Telegram that were handled.");
pub static OUTCOMES: Family =
    family("afterword_survey_transitions_total", "Surveys that came into a state, with the state's reason.");
pub static CALLS: Family = family(
    "afterword_telegram_calls_total",
    "Messages sent, edited and copied, by Telegram's answer (ok, or the kind of error).",
);
pub static CALL_SECONDS: Family =
    family("afterword_telegram_call_seconds", "How long Telegram took to answer a call.");
pub static UPDATE_SECONDS: Family = family(
    "afterword_update_batch_seconds",
    "From the arrival of updates to the commit of what they caused.",
);
pub static HTTP_SECONDS: Family =
    family("afterword_http_request_seconds", "How long requests to the HTTP API took, by route and status.");

pub static WRONG_KEYS: Family = family(
    "afterword_wrong_keys_total",
    "Wrong API keys and webhook secrets, by where they came and whether they were refused or turned away as too many.",
);

pub static WRITE_BACKS: Family =
    family("afterword_write_backs_total", "Calls to other systems, by way and by what came of them.");

pub static DELIVERIES: Family = family(
    "afterword_hook_deliveries_total",
    "Deliveries to hooks, or their elements, by hook and by what became of them.",
);

/// The upper bounds of a histogram's buckets, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0];

/// Label names with their values.
pub type Labels<'a> = &'a [(&'static str, Cow<'static, str>)];

#[derive(Clone, Debug, Default)]
struct Histogram {
    /// The count in each bucket, not cumulative. The last bucket is for everything above the highest bound.
    counts: [u64; BUCKETS.len() + 1],
    sum: Duration,
}

/// Values by metric name and formatted labels.
type Series<T> = BTreeMap<(&'static str, String), T>;

#[derive(Debug, Default)]
struct Registry {
    helps: BTreeMap<&'static str, &'static str>,
    counters: Series<u64>,
    histograms: Series<Histogram>,
}

/// The program's metrics. Cheap to clone; all clones share their counts.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Mutex<Registry>>);

impl Metrics {
    pub fn add(&self, family: &Family, labels: Labels<'_>, count: u64) {
        let key = (family.name, spelt(labels));
        let mut registry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        registry.helps.insert(family.name, family.help);
        *registry.counters.entry(key).or_default() += count;
    }

    pub fn observe(&self, family: &Family, labels: Labels<'_>, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        let key = (family.name, spelt(labels));
        let mut registry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        registry.helps.insert(family.name, family.help);
        let histogram = registry.histograms.entry(key).or_default();
        histogram.counts[bucket] += 1;
        histogram.sum += took;
    }

    /// All counters and histograms in Prometheus' text format.
    #[must_use]
    pub fn to_text(&self) -> String {
        let registry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        let mut last = "";
        for ((name, labels), count) in &registry.counters {
            head(&mut text, &mut last, name, registry.helps.get(name).unwrap_or(&""), "counter");
            line(&mut text, name, labels, *count);
        }
        for ((name, labels), histogram) in &registry.histograms {
            head(&mut text, &mut last, name, registry.helps.get(name).unwrap_or(&""), "histogram");
            let mut total = 0;
            let ends = BUCKETS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
            for (count, end) in histogram.counts.iter().zip(ends) {
                total += count;
                let comma = if labels.is_empty() { "" } else { "," };
                line(&mut text, &format!("{name}_bucket"), &format!("{labels}{comma}le=\"{end}\""), total);
            }
            line(&mut text, &format!("{name}_sum"), labels, histogram.sum.as_secs_f64());
            line(&mut text, &format!("{name}_count"), labels, total);
        }
        text
    }
}

/// Writes a gauge that is read on demand, with a line for each of its values.
pub fn gauge(text: &mut String, name: &str, help: &str, values: &[(Labels<'_>, f64)]) {
    head(text, &mut "", name, help, "gauge");
    for (labels, value) in values {
        line(text, name, &spelt(labels), *value);
    }
}

// Writing into a `String` cannot fail.
fn head<'n>(text: &mut String, last: &mut &'n str, name: &'n str, help: &str, kind: &str) {
    if *last != name {
        *last = name;
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = if labels.is_empty() {
        writeln!(text, "{name} {value}")
    } else {
        writeln!(text, "{name}{{{labels}}} {value}")
    };
}

fn spelt(labels: Labels<'_>) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        let comma = if text.is_empty() { "" } else { "," };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(text, "{comma}{name}=\"{value}\"");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_spelt_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.add(&TAPS, &[("result", "stale".into())], 1);
        metrics.add(&TAPS, &[("result", "stored".into())], 2);
        metrics.add(&TAPS, &[("result", "stored".into())], 1);
        metrics.observe(&UPDATE_SECONDS, &[], Duration::from_millis(3));
        metrics.observe(&UPDATE_SECONDS, &[], Duration::from_mins(1));
        let mut text = metrics.to_text();
        gauge(&mut text, "depth", "How deep.", &[(&[("of", "a \"b\"".into())], 1.5)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "# HELP afterword_taps_total Taps on buttons of surveys, by what came of them.",
                "# TYPE afterword_taps_total counter",
                "afterword_taps_total{result=\"stale\"} 1",
                "afterword_taps_total{result=\"stored\"} 3",
            ]
        );
        for expected in [
            "# TYPE afterword_update_batch_seconds histogram",
            "afterword_update_batch_seconds_bucket{le=\"0.0025\"} 0",
            "afterword_update_batch_seconds_bucket{le=\"0.005\"} 1",
            "afterword_update_batch_seconds_bucket{le=\"30\"} 1",
            "afterword_update_batch_seconds_bucket{le=\"+Inf\"} 2",
            "afterword_update_batch_seconds_sum 60.003",
            "afterword_update_batch_seconds_count 2",
            "depth{of=\"a \\\"b\\\"\"} 1.5",
        ] {
            assert!(lines.contains(&expected), "{expected} is not in\n{text}");
        }
    }
}
