//! KPIs of tickets: what their events say, and how their steps follow each other.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use chrono::NaiveDate;

use super::reply::{
    ChannelRate, ContactRate, DurationFigures, MessageFigures, OpenFigures, RateFigure, SaidFigures,
    TicketKpis,
};
use super::{ShareFigure, Targets};
use crate::domain::event::Kind;
use crate::domain::ids::EventKey;
use crate::domain::schedule::start_of_day;
use crate::domain::stats::durations::Durations;
use crate::domain::stats::kpis::{Messages, Said};
use crate::domain::stats::measure::MinN;
use crate::domain::stats::tickets::{Taken, TicketCounter, Tickets};
use crate::domain::time::Timestamp;
use crate::service::figures::Asked;
use crate::service::tickets::Unstored;
use crate::store::kpis::KpiEvents;
use crate::store::tickets::TicketStep;
use crate::store::{self, Tx};

/// Tickets whose steps are read together.
const TOGETHER: usize = 5000;

/// What the events of a period say.
#[derive(Default)]
struct EventTally {
    opened: u64,
    reopened: u64,
    purchases: u64,
    /// Opened and closed by channel.
    channels: BTreeMap<Option<String>, (u64, u64)>,
    first_response: Vec<u64>,
    resolution: Vec<u64>,
    messages: Messages,
    overdue: Said,
    solved_at_once: Said,
}

impl EventTally {
    fn add(&mut self, events: &KpiEvents) {
        match Kind::parse_stored(&events.kind) {
            Some(Kind::Purchase) => self.purchases += whole(events.count),
            Some(Kind::TicketOpened) => {
                self.opened += whole(events.count);
                self.channel(events).0 += whole(events.count);
            }
            Some(Kind::TicketReopened) => self.reopened += whole(events.count),
            Some(Kind::TicketClosed) => self.add_closed(events),
            Some(Kind::PurchaseCancelled | Kind::CaseResolved) | None => {}
        }
    }

    fn add_closed(&mut self, events: &KpiEvents) {
        self.first_response.extend(events.first_responses());
        self.resolution.extend(events.resolutions());
        self.messages.sum += whole(events.messages);
        self.messages.tickets += whole(events.with_messages);
        let closed = whole(events.count);
        say(&mut self.overdue, closed, events.with_overdue, events.overdue);
        say(&mut self.solved_at_once, closed, events.with_solved_at_once, events.solved_at_once);
        self.channel(events).1 += closed;
    }

    fn channel(&mut self, events: &KpiEvents) -> &mut (u64, u64) {
        self.channels.entry(events.cut.channel.clone()).or_default()
    }

    const fn closed(&self) -> u64 {
        self.overdue.closed
    }
}

fn say(of: &mut Said, closed: u64, said: i64, is_true: i64) {
    of.closed += closed;
    of.said += whole(said);
    of.is_true += whole(is_true);
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
    Ok((figures(tally, &found, closed_only, targets, asked), rate))
}

/// Counts the events of the period day by day.
async fn events(tx: &mut Tx, asked: &Asked) -> store::Result<EventTally> {
    let mut tally = EventTally::default();
    let dimensions = asked.request.filters.iter().map(|filter| filter.dimension).collect();
    let (mut day, until) = passed(asked);
    while let Some(next) = day.succ_opt().filter(|_| day < until) {
        let (from, end) = (start_of_day(day, asked.zone), start_of_day(next, asked.zone));
        for events in tx.count_kpi_events((from, end), &dimensions).await? {
            if asked.takes(&events.cut, &events.kind) {
                tally.add(&events);
            }
        }
        day = next;
    }
    let (_, until) = passed(asked);
    let days = (until - asked.period.days().from).num_days();
    tally.messages.days = u64::try_from(days).unwrap_or_default();
    Ok(tally)
}

/// The days of the period that have begun.
fn passed(asked: &Asked) -> (NaiveDate, NaiveDate) {
    let days = asked.period.days();
    let tomorrow = asked.today.succ_opt().unwrap_or(asked.today);
    (days.from, days.until.min(tomorrow))
}

/// Follows the tickets that were opened or closed in the period, and those that are open at its end. Both are listed once:
/// a list in parts would look through all tickets again for each part.
async fn steps(tx: &mut Tx, asked: &Asked, unstored: &Unstored, now: Timestamp) -> store::Result<Tickets> {
    let days = asked.period.days();
    let period = start_of_day(days.from, asked.zone)..start_of_day(days.until, asked.zone);
    let mut stored: BTreeSet<i64> =
        tx.list_tickets_between(period.start, period.end).await?.into_iter().collect();
    stored.extend(tx.list_open_tickets(period.end.min(now.plus_millis(1))).await?);
    let mut counter = TicketCounter::new(period, now);
    for part in unstored.parts() {
        let newest = unstored.list(tx, part).await?;
        let mut tickets: BTreeSet<i64> = newest.iter().map(|step| step.ticket).collect();
        tickets.extend(stored.iter().filter(|ticket| unstored.is_in(part, **ticket)));
        let tickets: Vec<i64> = tickets.into_iter().collect();
        for some in tickets.chunks(TOGETHER) {
            let mut steps = tx.list_steps_of(some).await?;
            steps.extend_from_slice(of_tickets(&newest, some));
            add(tx, asked, steps, &mut counter).await?;
        }
    }
    Ok(counter.finish())
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
    let contacts = |(opened, closed): (u64, u64)| if closed_only { closed } else { opened };
    let rate = |contacts: u64| RateFigure::of(contacts, tally.purchases, min_n);
    let channels = tally.channels.iter().map(|(channel, counts)| (channel, contacts(*counts)));
    let channels = channels.filter(|(_, contacts)| *contacts > 0);
    ContactRate {
        of: if closed_only { "closed" } else { "opened" },
        purchases: tally.purchases,
        total: rate(contacts((tally.opened, tally.closed()))),
        channels: channels
            .map(|(channel, contacts)| ChannelRate { channel: channel.clone(), rate: rate(contacts) })
            .collect(),
    }
}

fn figures(
    tally: EventTally,
    found: &Tickets,
    closed_only: bool,
    targets: Targets,
    asked: &Asked,
) -> TicketKpis {
    let (closed, min_n) = (tally.closed(), asked.min_n);
    let durations = |seconds: Vec<u64>, target: Option<Duration>| {
        let missing = closed - seconds.len() as u64;
        DurationFigures::of(&Durations::new(seconds, missing), target.map(|target| target.as_secs()), min_n)
    };
    let reopened = found.reopen_rate.as_ref();
    TicketKpis {
        opened: tally.opened,
        reopened: tally.reopened,
        closed,
        closed_only,
        first_response: durations(tally.first_response, targets.first_response),
        resolution: durations(tally.resolution, targets.resolution),
        backlog: DurationFigures::of(&found.backlog, None, min_n),
        time_to_close: OpenFigures::of(&found.time_to_close, min_n),
        messages: MessageFigures::of(&tally.messages, min_n),
        overdue: ShareFigure::of(tally.overdue.is_true, tally.overdue.of_said().as_ref(), min_n),
        first_contact_resolution: SaidFigures::of(tally.solved_at_once, min_n),
        reopen_rate: ShareFigure::of(found.reopened, reopened, min_n),
    }
}
