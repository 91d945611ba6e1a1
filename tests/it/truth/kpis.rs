//! The KPIs of support and cases, held to the exported events and cases.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::Value;

use super::plain::{
    Cut, Exports, MIN_N, Measure, NONE, Row, Z, check_measure, count, day, near_or_null, whole,
};

/// A step of a ticket; at equal times a closing comes last.
type Step<'e> = (DateTime<Utc>, u8, &'e Row);

const OPENED: u8 = 0;
const REOPENED: u8 = 1;
const CLOSED: u8 = 2;

pub struct Asked<'e> {
    pub exports: &'e Exports,
    pub cut: Cut,
    /// Seconds within which the first response should come.
    pub target: u64,
}

fn at(event: &Row) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&event["occurred_at"]).unwrap().to_utc()
}

fn values(event: &Row, name: &str) -> Vec<String> {
    let cell = match name {
        "agent" => &event["agent.id"],
        "team" => &event["agent.team"],
        "tag" => &event["tags"],
        "segment" => &event["customer.segments"],
        name => &event[name],
    };
    if cell.is_empty() { vec![NONE.to_owned()] } else { cell.split('|').map(str::to_owned).collect() }
}

impl<'e> Asked<'e> {
    fn is_selected(&self, event: &Row) -> bool {
        self.cut.filters.iter().all(|(name, wanted, is_left_out)| {
            values(event, name).iter().any(|value| wanted.contains(value)) != *is_left_out
        })
    }

    fn is_in_period(&self, event: &Row) -> bool {
        (self.cut.from..=self.cut.to).contains(&day(&event["occurred_at"], self.exports.zone))
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &'e Row> {
        let all = self.exports.events.iter().filter(move |event| event["kind"] == kind);
        all.filter(|event| self.is_in_period(event) && self.is_selected(event))
    }

    pub fn check(&self, report: &Value) {
        let of = format!("kpis of {}", self.cut.query());
        let found = &report["tickets"];
        let closed: Vec<&Row> = self.of_kind("ticket_closed").collect();
        assert_eq!(whole(&found["closed"]), closed.len(), "{of}");
        for (name, kind) in [("opened", "ticket_opened"), ("reopened", "ticket_reopened")] {
            assert_eq!(whole(&found[name]), self.of_kind(kind).count(), "{of}: {name}");
        }
        for name in ["first_response", "resolution"] {
            let column = format!("metrics.{name}_s");
            let seconds: Vec<u64> = closed.iter().filter_map(|event| event[&column].parse().ok()).collect();
            check_durations(&format!("{of}: {name}"), &found[name], &seconds, closed.len());
        }
        let response =
            closed.iter().filter_map(|event| event["metrics.first_response_s"].parse::<u64>().ok());
        let within = response.clone().filter(|seconds| *seconds <= self.target).count();
        check_share(&of, &found["first_response"]["within"], within, response.count());
        self.check_said(&of, found, &closed);
        self.check_tickets(&of, found);
        self.check_contacts(&of, &report["contact_rate"]);
    }

    fn check_said(&self, of: &str, found: &Value, closed: &[&Row]) {
        let said = |name: &str| {
            let said = closed.iter().filter(|event| !event[name].is_empty());
            (said.clone().filter(|event| event[name] == "true").count(), said.count())
        };
        let (overdue, all) = said("metrics.sla_breached");
        check_share(&format!("{of}: overdue"), &found["overdue"], overdue, all);
        let (solved, all) = said("metrics.first_contact_resolution");
        let fcr = &found["first_contact_resolution"];
        check_share(&format!("{of}: FCR of said"), &fcr["of_said"], solved, all);
        check_share(&format!("{of}: FCR of closed"), &fcr["of_closed"], solved, closed.len());
        let messages = closed.iter().filter_map(|event| event["metrics.messages"].parse::<usize>().ok());
        let (sum, tickets) = (messages.clone().sum::<usize>(), messages.count());
        let found = &found["messages"];
        assert_eq!((whole(&found["sum"]), whole(&found["tickets"])), (sum, tickets), "{of}: messages");
        let per_ticket = (tickets >= MIN_N).then(|| count(sum) / count(tickets));
        near_or_null(&format!("{of}: per ticket"), &found["per_ticket"], per_ticket);
        let last = self.cut.to.min(self.exports.now.with_timezone(&self.exports.zone).date_naive());
        let days = (last - self.cut.from).num_days() + 1;
        let per_day = count(sum) / count(usize::try_from(days).unwrap());
        near_or_null(&format!("{of}: per day"), &found["per_day"], Some(per_day));
    }

    /// The steps of every ticket, in their order.
    fn tickets(&self) -> Vec<Vec<Step<'e>>> {
        let mut tickets: BTreeMap<(&str, &str), Vec<Step<'e>>> = BTreeMap::new();
        for event in &self.exports.events {
            let step = match event["kind"].as_str() {
                "ticket_opened" => OPENED,
                "ticket_reopened" => REOPENED,
                "ticket_closed" => CLOSED,
                _ => continue,
            };
            let key = (event["customer.id"].as_str(), event["subject.id"].as_str());
            tickets.entry(key).or_default().push((at(event), step, event));
        }
        let mut tickets: Vec<Vec<Step<'e>>> = tickets.into_values().collect();
        for steps in &mut tickets {
            steps.sort_by_key(|(at, step, _)| (*at, *step));
        }
        tickets
    }

    fn end(&self) -> DateTime<Utc> {
        let midnight = |day: NaiveDate| {
            let start = day.and_hms_opt(0, 0, 0).unwrap().and_local_timezone(self.exports.zone);
            start.earliest().unwrap().to_utc()
        };
        midnight(self.cut.to + Duration::days(1))
    }

    fn check_tickets(&self, of: &str, found: &Value) {
        let (now, end) = (self.exports.now, self.end());
        let (mut ages, mut lasted, mut closings, mut reopened) = (Vec::new(), Vec::new(), 0, 0);
        for steps in self.tickets() {
            let is_before = |at: DateTime<Utc>| if end <= now { at < end } else { at <= now };
            let mut open: Option<&Step<'_>> = None;
            for step in steps.iter().filter(|step| is_before(step.0)) {
                open = if step.1 == CLOSED { None } else { open.or(Some(step)) };
            }
            if let Some(step) = open.filter(|step| self.is_selected(step.2)) {
                ages.push((end.min(now) - step.0).num_seconds().unsigned_abs());
            }
            let is_counted = |step: &&Step<'_>| self.is_in_period(step.2) && self.is_selected(step.2);
            let opened = steps.iter().find(|step| step.1 == OPENED && self.is_in_period(step.2));
            if let Some(opened) = opened.filter(|step| self.is_selected(step.2)) {
                let closed = steps.iter().find(|step| step.1 == CLOSED && step.0 >= opened.0);
                let until = closed.map_or(now, |step| step.0);
                lasted.push(((until - opened.0).num_seconds().unsigned_abs(), closed.is_some()));
            }
            let week = Duration::days(7);
            for closed in steps.iter().filter(|step| step.1 == CLOSED && is_counted(step)) {
                if now - closed.0 < week {
                    continue;
                }
                let is_reopening =
                    |step: &Step<'_>| step.1 == REOPENED && step.0 > closed.0 && step.0 - closed.0 <= week;
                closings += 1;
                reopened += usize::from(steps.iter().any(is_reopening));
            }
        }
        let all = ages.len();
        check_durations(&format!("{of}: backlog"), &found["backlog"], &ages, all);
        check_survival(&format!("{of}: time to close"), &found["time_to_close"], &lasted);
        check_share(&format!("{of}: reopen rate"), &found["reopen_rate"], reopened, closings);
    }

    fn check_contacts(&self, of: &str, found: &Value) {
        let purchases = self.of_kind("purchase").count();
        let mut channels: BTreeMap<String, usize> = BTreeMap::new();
        for event in self.of_kind("ticket_opened") {
            *channels.entry(event["channel"].clone()).or_default() += 1;
        }
        assert_eq!(whole(&found["purchases"]), purchases, "{of}");
        check_rate(&format!("{of}: contacts"), &found["total"], channels.values().sum(), purchases);
        let rows = found["channels"].as_array().unwrap();
        assert_eq!(rows.len(), channels.len(), "{of}: {found}");
        for row in rows {
            let channel = row["channel"].as_str().unwrap_or_default();
            check_rate(&format!("{of}: contacts by {channel}"), row, channels[channel], purchases);
        }
    }
}

fn check_rate(of: &str, found: &Value, contacts: usize, purchases: usize) {
    assert_eq!(whole(&found["contacts"]), contacts, "{of}");
    let rate = (purchases >= MIN_N).then(|| 100.0 * count(contacts) / count(purchases));
    let by = (Z * (1.0 / count(contacts) + 1.0 / count(purchases)).sqrt()).exp();
    let limited = rate.filter(|_| contacts > 0);
    near_or_null(of, &found["value"], rate);
    near_or_null(of, &found["lo"], limited.map(|rate| rate / by));
    near_or_null(of, &found["hi"], limited.map(|rate| rate * by));
}

pub fn check_share(of: &str, found: &Value, some: usize, all: usize) {
    assert_eq!((whole(&found["count"]), whole(&found["n"])), (some, all), "{of}");
    check_measure(of, found, Measure::share(some, all, 1.0).as_ref(), (0.0, 100.0));
}

/// Quantiles by counting off the sorted durations.
fn check_durations(of: &str, found: &Value, seconds: &[u64], all: usize) {
    let mut sorted = seconds.to_vec();
    sorted.sort_unstable();
    assert_eq!((whole(&found["n"]), whole(&found["missing"])), (sorted.len(), all - sorted.len()), "{of}");
    let is_enough = sorted.len() >= MIN_N;
    assert_eq!(found["state"], if is_enough { "ok" } else { "too_few" }, "{of}: {found}");
    let n = count(sorted.len());
    let place = |rank: f64| {
        let found = (1..=sorted.len()).find(|place| (count(*place) - rank).abs() < 0.5);
        found.map(|place| sorted[place - 1]).filter(|_| is_enough)
    };
    for (name, p) in [("median", 0.5), ("p90", 0.9)] {
        let around = Z * (n * p * (1.0 - p)).sqrt();
        let expected = [
            (name.to_owned(), place((n * p - 1e-9).ceil())),
            (format!("{name}_lo"), place((n * p - around).floor())),
            (format!("{name}_hi"), place((n * p + around).ceil() + 1.0)),
        ];
        for (name, expected) in expected {
            assert_eq!(found[&name].as_u64(), expected, "{of}: {name} in {found}");
        }
    }
    let sum: u64 = sorted.iter().sum();
    let mean = is_enough.then(|| count(usize::try_from(sum).unwrap()) / n);
    near_or_null(&format!("{of}: mean"), &found["mean"], mean);
}

/// Kaplan–Meier: at each time the share that is still open falls by those that end.
fn check_survival(of: &str, found: &Value, lasted: &[(u64, bool)]) {
    let closed = lasted.iter().filter(|(_, is_closed)| *is_closed).count();
    assert_eq!((whole(&found["n"]), whole(&found["closed"])), (lasted.len(), closed), "{of}");
    let mut times: Vec<u64> =
        lasted.iter().filter(|(_, is_closed)| *is_closed).map(|(seconds, _)| *seconds).collect();
    times.sort_unstable();
    times.dedup();
    let is_enough = lasted.len() >= MIN_N;
    assert_eq!(found["state"], if is_enough { "ok" } else { "too_few" }, "{of}: {found}");
    for (name, left) in [("median", 0.5), ("p90", 0.1)] {
        let mut open = 1.0;
        let reached = times.iter().find(|time| {
            let at_risk = lasted.iter().filter(|(seconds, _)| seconds >= *time).count();
            let ended = lasted.iter().filter(|(seconds, is_closed)| *is_closed && seconds == *time).count();
            open *= 1.0 - count(ended) / count(at_risk);
            open <= left + 1e-12
        });
        assert_eq!(found[name].as_u64(), reached.copied().filter(|_| is_enough), "{of}: {name} in {found}");
    }
}

/// The cases of a period, without a filter.
pub fn check_cases(exports: &Exports, cut: &Cut, found: &Value) {
    let of = format!("cases of {}", cut.query());
    let is_in = |case: &&Row| (cut.from..=cut.to).contains(&day(&case["opened_at"], exports.zone));
    let cases: Vec<&Row> = exports.cases.iter().filter(is_in).collect();
    let time = |case: &Row, name: &str| DateTime::parse_from_rfc3339(&case[name]).ok().map(|at| at.to_utc());
    let is_resolved = |case: &&&Row| case["status"] == "resolved";
    let resolved: Vec<&&Row> = cases.iter().filter(is_resolved).collect();
    assert_eq!(whole(&found["opened"]), cases.len(), "{of}");
    assert_eq!(whole(&found["resolved"]), resolved.len(), "{of}");
    check_share(&of, &found["resolved_share"], resolved.len(), cases.len());
    let in_time = cases.iter().filter_map(|case| {
        let due = time(case, "first_contact_due_at");
        match (time(case, "first_contact_at"), due) {
            (Some(at), Some(due)) => Some(at <= due),
            (None, Some(due)) => {
                let ended = time(case, "resolved_at").unwrap_or(exports.now);
                (ended > due).then_some(false)
            }
            _ => None,
        }
    });
    let in_time: Vec<bool> = in_time.collect();
    let kept = in_time.iter().filter(|kept| **kept).count();
    check_share(&format!("{of}: contacted"), &found["contacted_in_time"], kept, in_time.len());
    let lasted: Vec<(u64, bool)> = cases
        .iter()
        .map(|case| {
            let until = time(case, "resolved_at").filter(|_| case["status"] == "resolved");
            let seconds = (until.unwrap_or(exports.now) - time(case, "opened_at").unwrap()).num_seconds();
            (seconds.unsigned_abs(), until.is_some())
        })
        .collect();
    check_survival(&format!("{of}: time to resolve"), &found["time_to_resolve"], &lasted);
    let answered: Vec<&&&Row> = resolved.iter().filter(|case| !case["recovery_band"].is_empty()).collect();
    let helped = answered.iter().filter(|case| case["recovery_band"] == "high").count();
    check_share(&format!("{of}: recovered"), &found["recovered"], helped, answered.len());
    let mut by_cause: BTreeMap<&str, usize> = BTreeMap::new();
    for case in resolved.iter().filter(|case| !case["cause"].is_empty()) {
        *by_cause.entry(&case["cause"]).or_default() += 1;
    }
    let rows = found["causes"].as_array().unwrap();
    assert_eq!(rows.len(), by_cause.len(), "{of}: causes");
    for row in rows {
        let cause = row["cause"].as_str().unwrap();
        check_share(&format!("{of}: {cause}"), row, by_cause[cause], resolved.len());
    }
    let counts: Vec<usize> = rows.iter().map(|row| whole(&row["count"])).collect();
    assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]), "{of}: {counts:?}");
}
