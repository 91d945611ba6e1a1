//! The KPIs as they are given.

use serde::Serialize;
use utoipa::ToSchema;

use super::cases::CaseKpis;
use super::{Head, ShareFigure};
use crate::domain::stats::durations::{Durations, OrderStatistic, Quantile};
use crate::domain::stats::interval::Interval;
use crate::domain::stats::kpis::{Messages, Said, contact_rate};
use crate::domain::stats::measure::{MinN, State};
use crate::domain::stats::survival::Survival;
use crate::service::figures::reply::MeasureState;

/// KPIs of support and cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KpisReport {
    #[serde(flatten)]
    pub head: Head,
    pub tickets: TicketKpis,
    pub contact_rate: ContactRate,
    pub cases: CaseKpis,
}

/// The tickets of the period. Opened, reopened and closed are events of the period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketKpis {
    pub opened: u64,
    pub reopened: u64,
    pub closed: u64,
    /// Whether no `ticket_opened` has ever come. Then nothing is known of tickets that are open.
    pub closed_only: bool,
    /// The time to the first response of the tickets that were closed.
    pub first_response: DurationFigures,
    /// The handling time of the tickets that were closed.
    pub resolution: DurationFigures,
    /// The age of the tickets that are open at the end of the period, or now if that is earlier.
    pub backlog: DurationFigures,
    /// From the opening to the closing, of the tickets opened in the period. It counts those that are still open too
    /// (Kaplan–Meier).
    pub time_to_close: OpenFigures,
    pub messages: MessageFigures,
    /// The closed tickets that were overdue, of those that say whether they were.
    pub overdue: ShareFigure,
    pub first_contact_resolution: SaidFigures,
    /// The closings at least seven days old after which the ticket was reopened within seven days.
    pub reopen_rate: ShareFigure,
}

/// Durations in seconds, with the order statistics that bound their quantiles; a bound beyond either end is `null`. With
/// too few durations there are counts only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DurationFigures {
    pub n: u64,
    /// How many do not say it.
    pub missing: u64,
    pub state: MeasureState,
    #[schema(required)]
    pub median: Option<u64>,
    #[schema(required)]
    pub median_lo: Option<u64>,
    #[schema(required)]
    pub median_hi: Option<u64>,
    /// What nine of ten do not exceed.
    #[schema(required)]
    pub p90: Option<u64>,
    #[schema(required)]
    pub p90_lo: Option<u64>,
    #[schema(required)]
    pub p90_hi: Option<u64>,
    #[schema(required)]
    pub mean: Option<f64>,
    /// The share within the target. Absent without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ShareFigure, required = false)]
    pub within: Option<ShareFigure>,
}

/// How long something takes, in seconds; a quantile that is not reached yet is `null`, as are both if there are too few.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenFigures {
    pub n: u64,
    pub closed: u64,
    pub state: MeasureState,
    #[schema(required)]
    pub median: Option<u64>,
    #[schema(required)]
    pub p90: Option<u64>,
}

/// The messages of the tickets that were closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageFigures {
    pub sum: u64,
    /// How many tickets say how many messages they had.
    pub tickets: u64,
    /// By calendar day of the period, as far as it has passed. The sum is complete, so it is shown for any number.
    #[schema(required)]
    pub per_day: Option<f64>,
    /// `null` if too few tickets say it.
    #[schema(required)]
    pub per_ticket: Option<f64>,
    /// Whether there are enough tickets for a mean.
    pub state: MeasureState,
}

/// What tickets may say or leave open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SaidFigures {
    /// Of the closed tickets that say it.
    pub of_said: ShareFigure,
    /// Of all closed tickets; a lower bound while some do not say it.
    pub of_closed: ShareFigure,
}

/// Contacts per 100 purchases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactRate {
    /// What counts as a contact: `opened`, or `closed` where no `ticket_opened` has ever come.
    pub of: &'static str,
    pub purchases: u64,
    pub total: RateFigure,
    /// By channel of the contact; `null` for contacts without one.
    pub channels: Vec<ChannelRate>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelRate {
    #[schema(required)]
    pub channel: Option<String>,
    #[serde(flatten)]
    pub rate: RateFigure,
}

/// A number per 100 purchases with its 95 % interval; `null` with too few purchases, and the interval without contacts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RateFigure {
    pub contacts: u64,
    pub state: MeasureState,
    #[schema(required)]
    pub value: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
}

impl DurationFigures {
    pub(super) fn of(durations: &Durations, target: Option<u64>, min_n: MinN) -> Self {
        let state = state_of(durations.n(), min_n);
        let is_shown = state.0 != State::TooFew;
        let [median, p90] = [Quantile::Median, Quantile::P90]
            .map(|quantile| durations.quantile(quantile).filter(|_| is_shown));
        let low = |found: Option<OrderStatistic>| found.and_then(|found| found.low);
        let high = |found: Option<OrderStatistic>| found.and_then(|found| found.high);
        Self {
            n: durations.n(),
            missing: durations.missing(),
            state,
            median: median.map(|found| found.value),
            median_lo: low(median),
            median_hi: high(median),
            p90: p90.map(|found| found.value),
            p90_lo: low(p90),
            p90_hi: high(p90),
            mean: durations.mean().filter(|_| is_shown),
            within: target.map(|target| {
                ShareFigure::of(durations.count_within(target), durations.within(target).as_ref(), min_n)
            }),
        }
    }
}

impl OpenFigures {
    pub(super) fn of(survival: &Survival, min_n: MinN) -> Self {
        let state = state_of(survival.n, min_n);
        let quantile = |quantile| survival.quantile(quantile).filter(|_| state.0 != State::TooFew);
        Self {
            n: survival.n,
            closed: survival.closed,
            state,
            median: quantile(Quantile::Median),
            p90: quantile(Quantile::P90),
        }
    }
}

impl MessageFigures {
    pub(super) fn of(messages: &Messages, min_n: MinN) -> Self {
        let state = state_of(messages.tickets, min_n);
        Self {
            sum: messages.sum,
            tickets: messages.tickets,
            per_day: messages.per_day(),
            per_ticket: messages.per_ticket().filter(|_| state.0 != State::TooFew),
            state,
        }
    }
}

impl SaidFigures {
    pub(super) fn of(said: Said, min_n: MinN) -> Self {
        Self {
            of_said: ShareFigure::of(said.is_true, said.of_said().as_ref(), min_n),
            of_closed: ShareFigure::of(said.is_true, said.of_closed().as_ref(), min_n),
        }
    }
}

impl RateFigure {
    pub(super) fn of(contacts: u64, purchases: u64, min_n: MinN) -> Self {
        let state = state_of(purchases, min_n);
        let rate = contact_rate(contacts, purchases).filter(|_| state.0 != State::TooFew);
        let interval = rate.and_then(|rate| rate.interval);
        Self {
            contacts,
            state,
            value: rate.map(|rate| rate.value),
            lo: interval.map(Interval::low),
            hi: interval.map(Interval::high),
        }
    }
}

/// Whether so many are enough for a number that is not a share of them.
fn state_of(n: u64, min_n: MinN) -> MeasureState {
    MeasureState(if n < min_n.0 { State::TooFew } else { State::Ok })
}
