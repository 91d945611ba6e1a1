//! KPIs of tickets: what their events say, and how their steps follow each other.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::reply::{
    ChannelRate, ContactRate, DurationFigures, MessageFigures, OpenFigures, RateFigure, SaidFigures,
    TicketKpis,
};
use super::{ShareFigure, Targets};
use crate::domain::counting::{Days, EventCounts, Selection};
use crate::domain::event::Kind;
use crate::domain::ids::EventKey;
use crate::domain::schedule::start_of_day;
use crate::domain::stats::durations::Durations;
use crate::domain::stats::kpis::Messages;
use crate::domain::stats::measure::MinN;
use crate::domain::stats::tickets::{REOPENED_WITHIN, Taken, TicketCounter, Tickets};
use crate::domain::time::Timestamp;
use crate::service::figures::Asked;
use crate::service::tickets::Unstored;
use crate::store::tickets::TicketStep;
use crate::store::{self, Tx};

/// Tickets whose steps are read together.
const TOGETHER: usize = 5000;

/// What the events of a period say.
struct EventTally {
    opened: u64,
    reopened: u64,
    opened_by_channel: BTreeMap<Option<String>, u64>,
    /// Purchases and closings.
    said: Arc<EventCounts>,
    /// The days of the period that have begun.
    days: u64,
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// Counts the tickets of the period, and the contacts per purchase.
pub(super) async fn tickets(
    tx: &mut Tx,
    asked: &Asked,
    targets: Targets,
    now: Timestamp,
) -> store::Result<(TicketKpis, ContactRate)> {
    let unstored = Unstored::find(tx, Unstored::TOGETHER).await?;
    let closed_only = !tx.has_opened_tickets().await? && !unstored.has_opened(tx).await?;
    let tally = events(tx, asked).await?;
    let found = steps(tx, asked, &unstored, now).await?;
    let rate = rate(&tally, closed_only, asked.min_n);
    Ok((figures(&tally, &found, closed_only, targets, asked), rate))
}

/// Counts the events of the period.
async fn events(tx: &mut Tx, asked: &Asked) -> store::Result<EventTally> {
    let days = passed(asked);
    let selection = Selection { days, ..asked.selection(asked.period) };
    let said = tx.count_events(&selection).await?;
    let passed = (days.until - days.from).num_days();
    let mut tally = EventTally {
        opened: 0,
        reopened: 0,
        opened_by_channel: BTreeMap::new(),
        said,
        days: u64::try_from(passed).unwrap_or_default(),
    };
    let moments = start_of_day(days.from, asked.zone)..start_of_day(days.until, asked.zone);
    for events in tx.count_kpi_events(&moments, &asked.dimensions()).await? {
        if !asked.takes(&events.cut, &events.kind) {
            continue;
        }
        let count = whole(events.count);
        if events.kind == Kind::TicketOpened.as_str() {
            tally.opened += count;
            *tally.opened_by_channel.entry(events.cut.channel).or_default() += count;
        } else {
            tally.reopened += count;
        }
    }
    Ok(tally)
}

/// The days of the period that have begun.
fn passed(asked: &Asked) -> Days {
    let Days { from, until } = asked.period.days();
    let tomorrow = asked.today.succ_opt().unwrap_or(asked.today);
    Days { from, until: until.min(tomorrow) }
}

/// Counts the tickets that were opened or closed in the period, and those that are open at its end.
async fn steps(tx: &mut Tx, asked: &Asked, unstored: &Unstored, now: Timestamp) -> store::Result<Tickets> {
    let days = asked.period.days();
    let period = start_of_day(days.from, asked.zone)..start_of_day(days.until, asked.zone);
    let none = TicketCounter::new(period.clone(), now);
    let mut counter = stored_steps(tx, asked, period, none.clone()).await?;
    for part in unstored.parts() {
        let newest = unstored.list(tx, part).await?;
        let mut tickets: Vec<i64> = newest.iter().map(|step| step.ticket).collect();
        tickets.dedup();
        for some in tickets.chunks(TOGETHER) {
            let mut steps = tx.list_steps_of(some).await?;
            let mut before = none.clone();
            add(tx, asked, steps.clone(), &mut before).await?;
            steps.extend_from_slice(of_tickets(&newest, some));
            let mut with_newest = none.clone();
            add(tx, asked, steps, &mut with_newest).await?;
            counter.replace(before, with_newest);
        }
    }
    Ok(counter.finish())
}

/// Counts the stored steps.
async fn stored_steps(
    tx: &mut Tx,
    asked: &Asked,
    period: Range<Timestamp>,
    mut counter: TicketCounter,
) -> store::Result<TicketCounter> {
    let dimensions = asked.dimensions();
    let mut closings = tx.count_kpi_closings(&counter.judged(), REOPENED_WITHIN, &dimensions).await?;
    closings.retain(|steps| asked.takes(&steps.cut, &steps.kind));
    for steps in closings {
        counter.add_closings(whole(steps.closings), whole(steps.reopened));
    }
    let mut openings = tx.count_kpi_openings(&period, &dimensions).await?;
    openings.retain(|steps| asked.takes(&steps.cut, &steps.kind));
    for steps in openings {
        steps.closed_after().for_each(|seconds| counter.add_closed_after(seconds));
        steps.open_since().for_each(|at| counter.add_unclosed(at));
    }
    let mut open = tx.count_kpi_open_tickets(counter.end(), &dimensions).await?;
    open.retain(|steps| asked.takes(&steps.cut, &steps.kind));
    for steps in open {
        steps.open_since().for_each(|at| counter.add_open(at));
    }
    Ok(counter)
}

/// The steps of these tickets, which follow each other in what is sorted by ticket.
fn of_tickets<'s>(steps: &'s [TicketStep], tickets: &[i64]) -> &'s [TicketStep] {
    let (Some(first), Some(last)) = (tickets.first(), tickets.last()) else { return &[] };
    let from = steps.partition_point(|step| step.ticket < *first);
    let until = steps.partition_point(|step| step.ticket <= *last);
    &steps[from..until]
}

/// Counts tickets, given all of their steps.
async fn add(
    tx: &mut Tx,
    asked: &Asked,
    mut steps: Vec<TicketStep>,
    counter: &mut TicketCounter,
) -> store::Result<()> {
    steps.sort_unstable_by_key(|step| (step.ticket, step.at, step.event));
    let in_cut = in_cut(tx, asked, &steps).await?;
    for steps in steps.chunk_by(|a, b| a.ticket == b.ticket) {
        let is_counted = |step: &TicketStep| in_cut.as_ref().is_none_or(|of| of.contains(&step.event));
        let taken = |step: &TicketStep| Taken { at: step.at, step: step.step, is_counted: is_counted(step) };
        counter.add(steps.iter().map(taken).collect());
    }
    Ok(())
}

/// The events of these steps that are in the cut; `None` if all are.
async fn in_cut(
    tx: &mut Tx,
    asked: &Asked,
    steps: &[TicketStep],
) -> store::Result<Option<HashSet<EventKey>>> {
    if asked.request.filters.is_empty() {
        return Ok(None);
    }
    let events: Vec<EventKey> = steps.iter().map(|step| step.event).collect();
    let events = tx.list_kpi_events_of(&events).await?;
    let taken = events.into_iter().filter(|event| asked.takes(&event.cut, &event.kind));
    Ok(Some(taken.map(|event| event.event).collect()))
}

fn rate(tally: &EventTally, closed_only: bool, min_n: MinN) -> ContactRate {
    let (of, total, channels) = if closed_only {
        ("closed", tally.said.closed(), &tally.said.channels)
    } else {
        ("opened", tally.opened, &tally.opened_by_channel)
    };
    let rate = |contacts: u64| RateFigure::of(contacts, tally.said.purchases, min_n);
    ContactRate {
        of,
        purchases: tally.said.purchases,
        total: rate(total),
        channels: channels
            .iter()
            .map(|(channel, contacts)| ChannelRate { channel: channel.clone(), rate: rate(*contacts) })
            .collect(),
    }
}

fn figures(
    tally: &EventTally,
    found: &Tickets,
    closed_only: bool,
    targets: Targets,
    asked: &Asked,
) -> TicketKpis {
    let (said, min_n) = (&tally.said, asked.min_n);
    let closed = said.closed();
    let durations = |seconds: &[u32], target: Option<Duration>| {
        let missing = closed - seconds.len() as u64;
        let seconds = seconds.iter().copied().map(u64::from).collect();
        DurationFigures::of(&Durations::new(seconds, missing), target.map(|target| target.as_secs()), min_n)
    };
    let messages = Messages { sum: said.messages, tickets: said.with_messages, days: tally.days };
    let reopened = found.reopen_rate.as_ref();
    TicketKpis {
        opened: tally.opened,
        reopened: tally.reopened,
        closed,
        closed_only,
        first_response: durations(&said.first_response, targets.first_response),
        resolution: durations(&said.resolution, targets.resolution),
        backlog: DurationFigures::of(&found.backlog, None, min_n),
        time_to_close: OpenFigures::of(&found.time_to_close, min_n),
        messages: MessageFigures::of(&messages, min_n),
        overdue: ShareFigure::of(said.overdue.is_true, said.overdue.of_said().as_ref(), min_n),
        first_contact_resolution: SaidFigures::of(said.solved_at_once, min_n),
        reopen_rate: ShareFigure::of(found.reopened, reopened, min_n),
    }
}
