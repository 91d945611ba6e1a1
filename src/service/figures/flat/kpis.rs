//! The KPIs: one row for each number.

use super::reports::Table;
use super::{Cell, Flat};
use crate::service::figures::reports::ShareFigure;
use crate::service::figures::reports::kpis::{DurationFigures, KpisReport, OpenFigures, RateFigure};

const COLUMNS: [&str; 10] = ["part", "kpi", "key", "unit", "count", "n", "value", "lo", "hi", "state"];

/// One number of the table.
#[derive(Default)]
struct Number {
    count: Option<u64>,
    n: Option<u64>,
    value: Option<f64>,
    lo: Option<f64>,
    hi: Option<f64>,
    state: Option<&'static str>,
}

impl Number {
    fn count(count: u64) -> Self {
        Self { count: Some(count), ..Self::default() }
    }

    fn share(share: &ShareFigure) -> Self {
        Self {
            count: Some(share.count),
            n: Some(share.n),
            value: share.value,
            lo: share.lo,
            hi: share.hi,
            state: Some(share.state.0.as_str()),
        }
    }

    fn rate(rate: &RateFigure, purchases: u64) -> Self {
        let (count, n) = (Some(rate.contacts), Some(purchases));
        let state = Some(rate.state.0.as_str());
        Self { count, n, value: rate.value, lo: rate.lo, hi: rate.hi, state }
    }
}

/// The rows of one part.
struct Part<'t, 'r> {
    table: &'t mut Table<'r>,
    name: &'static str,
}

impl<'r> Part<'_, 'r> {
    fn row(&mut self, kpi: &str, key: Option<&'r str>, unit: &'static str, number: &Number) {
        self.table.row([
            self.name.into(),
            Cell::Text(kpi.to_owned().into()),
            key.into(),
            unit.into(),
            number.count.into(),
            number.n.into(),
            number.value.into(),
            number.lo.into(),
            number.hi.into(),
            number.state.into(),
        ]);
    }

    fn count(&mut self, kpi: &str, count: u64) {
        self.row(kpi, None, "count", &Number::count(count));
    }

    fn share(&mut self, kpi: &str, share: &ShareFigure) {
        self.row(kpi, None, "percent", &Number::share(share));
    }

    fn durations(&mut self, kpi: &str, of: &DurationFigures) {
        let state = Some(of.state.0.as_str());
        let seconds = |seconds: Option<u64>| seconds.map(whole);
        self.row(&format!("{kpi}_missing"), None, "count", &Number::count(of.missing));
        for (name, value, lo, hi) in
            [("median", of.median, of.median_lo, of.median_hi), ("p90", of.p90, of.p90_lo, of.p90_hi)]
        {
            let number = Number {
                n: Some(of.n),
                value: seconds(value),
                lo: seconds(lo),
                hi: seconds(hi),
                state,
                ..Number::default()
            };
            self.row(&format!("{kpi}_{name}"), None, "seconds", &number);
        }
        let mean = Number { n: Some(of.n), value: of.mean, state, ..Number::default() };
        self.row(&format!("{kpi}_mean"), None, "seconds", &mean);
        if let Some(within) = &of.within {
            self.share(&format!("{kpi}_within"), within);
        }
    }

    fn open(&mut self, kpi: &str, of: &OpenFigures) {
        for (name, value) in [("median", of.median), ("p90", of.p90)] {
            let number = Number {
                count: Some(of.closed),
                n: Some(of.n),
                value: value.map(whole),
                state: Some(of.state.0.as_str()),
                ..Number::default()
            };
            self.row(&format!("{kpi}_{name}"), None, "seconds", &number);
        }
    }
}

/// Exact for all durations that there are.
#[expect(clippy::cast_precision_loss, reason = "a duration of 2^53 seconds does not exist")]
const fn whole(seconds: u64) -> f64 {
    seconds as f64
}

impl Flat for KpisReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        let mut table = Table::new(&self.head, &COLUMNS);
        let of = &self.tickets;
        let mut part = Part { table: &mut table, name: "tickets" };
        part.count("opened", of.opened);
        part.count("reopened", of.reopened);
        part.count("closed", of.closed);
        part.durations("first_response", &of.first_response);
        part.durations("resolution", &of.resolution);
        part.count("backlog", of.backlog.n);
        part.durations("backlog_age", &of.backlog);
        part.open("time_to_close", &of.time_to_close);
        let messages = |value: Option<f64>, state: Option<&'static str>| Number {
            count: Some(of.messages.sum),
            n: Some(of.messages.tickets),
            value,
            state,
            ..Number::default()
        };
        part.row("messages_per_day", None, "messages", &messages(of.messages.per_day, None));
        let state = Some(of.messages.state.0.as_str());
        part.row("messages_per_ticket", None, "messages", &messages(of.messages.per_ticket, state));
        part.share("overdue", &of.overdue);
        part.share("first_contact_resolution_of_said", &of.first_contact_resolution.of_said);
        part.share("first_contact_resolution_of_closed", &of.first_contact_resolution.of_closed);
        part.share("reopen_rate", &of.reopen_rate);
        let rate = &self.contact_rate;
        let mut part = Part { table: &mut table, name: "contact_rate" };
        part.row(rate.of, None, "per_100_purchases", &Number::rate(&rate.total, rate.purchases));
        for of in &rate.channels {
            let key = of.channel.as_deref().unwrap_or("(none)");
            part.row(rate.of, Some(key), "per_100_purchases", &Number::rate(&of.rate, rate.purchases));
        }
        let of = &self.cases;
        let mut part = Part { table: &mut table, name: "cases" };
        part.count("opened", of.opened);
        part.share("contacted_in_time", &of.contacted_in_time);
        part.share("resolved", &of.resolved_share);
        part.open("time_to_resolve", &of.time_to_resolve);
        part.share("recovered", &of.recovered);
        for of in &of.causes {
            part.row("cause", Some(&of.cause), "percent", &Number::share(&of.share));
        }
        table.finish()
    }
}
