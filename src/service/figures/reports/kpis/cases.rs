//! KPIs of the cases that were opened in a period.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::ShareFigure;
use super::reply::OpenFigures;
use crate::domain::described::CauseWord;
use crate::domain::ids::CaseNumber;
use crate::domain::scale::Band;
use crate::domain::schedule::start_of_day;
use crate::domain::stats::cell::share;
use crate::domain::stats::clusters::Deff;
use crate::domain::stats::kpis::is_in_time;
use crate::domain::stats::measure::MinN;
use crate::domain::stats::survival::{Lasted, Survival};
use crate::domain::time::Timestamp;
use crate::service::figures::Asked;
use crate::store::kpis::KpiCase;
use crate::store::{self, Tx};

/// The cases opened in the period, as they stand now. A case is in the cut by its first event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseKpis {
    pub opened: u64,
    pub resolved: u64,
    /// The first contact by its deadline, of the cases that were contacted or are past it.
    pub contacted_in_time: ShareFigure,
    /// The resolved ones of the opened ones.
    pub resolved_share: ShareFigure,
    /// From the opening, or the last reopening, to the resolving, in seconds. It counts those that are still open too
    /// (Kaplan–Meier).
    pub time_to_resolve: OpenFigures,
    /// The resolved cases whose customer says that the solution helped (band `high`), of those whose customer answered.
    pub recovered: ShareFigure,
    /// Why cases were resolved, the most frequent first. The shares are of the resolved cases.
    pub causes: Vec<CauseRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CauseRow {
    #[schema(value_type = CauseWord)]
    pub cause: String,
    #[serde(flatten)]
    pub share: ShareFigure,
}

/// So many of so many.
#[derive(Clone, Copy, Default)]
struct Part {
    count: u64,
    of: u64,
}

impl Part {
    fn add(&mut self, is_one: bool) {
        self.of += 1;
        self.count += u64::from(is_one);
    }

    fn figure(self, min_n: MinN) -> ShareFigure {
        ShareFigure::of(self.count, share(self.count, self.of, Deff::NONE).as_ref(), min_n)
    }
}

#[derive(Default)]
struct Tally {
    resolved: Part,
    in_time: Part,
    lasted: Vec<Lasted>,
    recovered: Part,
    causes: BTreeMap<String, u64>,
}

impl Tally {
    fn add(&mut self, case: KpiCase, now: Timestamp) {
        self.resolved.add(case.is_resolved);
        if let Some(is_in_time) = contacted_in_time(&case, now) {
            self.in_time.add(is_in_time);
        }
        self.lasted.push(lasted(&case, now));
        if !case.is_resolved {
            return;
        }
        if let Some(band) = case.recovery_band {
            self.recovered.add(band == Band::High.as_str());
        }
        if let Some(cause) = case.cause {
            *self.causes.entry(cause).or_default() += 1;
        }
    }

    fn figures(self, min_n: MinN) -> CaseKpis {
        let resolved = self.resolved.count;
        let mut causes: Vec<(String, u64)> = self.causes.into_iter().collect();
        causes.sort_by_key(|(_, count)| Reverse(*count));
        let causes = causes
            .into_iter()
            .map(|(cause, count)| CauseRow { cause, share: Part { count, of: resolved }.figure(min_n) });
        CaseKpis {
            opened: self.resolved.of,
            resolved,
            contacted_in_time: self.in_time.figure(min_n),
            resolved_share: self.resolved.figure(min_n),
            time_to_resolve: OpenFigures::of(&Survival::of(self.lasted), min_n),
            recovered: self.recovered.figure(min_n),
            causes: causes.collect(),
        }
    }
}

/// Counts the cases of the period.
pub(super) async fn cases(tx: &mut Tx, asked: &Asked, now: Timestamp) -> store::Result<CaseKpis> {
    let days = asked.period.days();
    let period = (start_of_day(days.from, asked.zone), start_of_day(days.until, asked.zone));
    let (mut tally, mut after) = (Tally::default(), CaseNumber::new(0));
    loop {
        let page = tx.list_kpi_cases(period, after).await?;
        let Some(last) = page.last() else { return Ok(tally.figures(asked.min_n)) };
        after = last.number;
        for case in page {
            if asked.takes(&case.cut, case.kind.as_deref().unwrap_or_default()) {
                tally.add(case, now);
            }
        }
    }
}

/// Whether the customer was contacted in time. A deadline ends with the case, so a case that was resolved before it
/// without a contact does not count.
fn contacted_in_time(case: &KpiCase, now: Timestamp) -> Option<bool> {
    if case.is_contacted {
        return case.contact_in_time;
    }
    let ended = case.resolved_at.filter(|_| case.is_resolved && case.reopened == 0);
    is_in_time(case.contact_due_at?, None, ended.unwrap_or(now))
}

/// How long the last round took. What it came to is stored, because times are cut to days when a customer is erased.
fn lasted(case: &KpiCase, now: Timestamp) -> Lasted {
    let stored = case.resolve_s.and_then(|seconds| u64::try_from(seconds).ok());
    if case.is_resolved {
        let until = case.resolved_at.unwrap_or(now);
        let seconds = stored.unwrap_or_else(|| until.since(case.round_at).as_secs());
        return Lasted { seconds, is_closed: true };
    }
    Lasted { seconds: now.since(case.round_at).as_secs(), is_closed: false }
}
