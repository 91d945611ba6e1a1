//! The past: events from the database or from a file, and what the database knows about their customers.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use chrono::Timelike as _;

use super::replay::Fate;
use crate::domain::event::Event;
use crate::domain::ids::{EventKey, PersonId};
use crate::domain::ledger::State;
use crate::domain::script::Script;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::due::zone;
use crate::service::script_set::Live;
use crate::store::backtest::{PastEventRow, PastPersonRow};
use crate::store::events::{CustomerRow, LastSent};
use crate::store::{self, Tx};

/// Past events in the order in which they arrived, and everything needed to decide about them.
#[derive(Debug)]
pub struct Past {
    pub(super) events: Vec<PastEvent>,
    /// The customers that the database knows, in their current state.
    pub(super) customers: Vec<CustomerRow>,
    pub(super) persons: Vec<PastPersonRow>,
    pub(super) staff: HashSet<PersonId>,
    /// When people were last asked before this period.
    pub(super) last_sent: Vec<LastSent>,
    pub(super) from: Timestamp,
    /// When the period ends. `None` for events from a file, which are replayed to their end.
    pub(super) until: Option<Timestamp>,
    /// Whether it is known what really happened to the events.
    pub has_ledger: bool,
    /// Events that arrived too late to be asked about. They are treated as if they had arrived when they happened.
    pub late: usize,
    /// Events without content, which are left out. Their customers were erased.
    pub erased: usize,
}

#[derive(Debug)]
pub(super) struct PastEvent {
    pub event: Event,
    pub arrived_at: Timestamp,
    pub ledger: Option<Ledgered>,
}

/// What really happened to an event.
#[derive(Debug)]
pub(super) struct Ledgered {
    pub state: State,
    pub script: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl Past {
    /// What really happened to the events.
    pub(super) fn fates(&self, ctx: &Context) -> Vec<Option<Fate>> {
        let zones: std::collections::HashMap<&str, Option<&str>> = self
            .customers
            .iter()
            .map(|customer| (customer.customer_id.as_str(), customer.time_zone.as_deref()))
            .collect();
        let fate = |past: &PastEvent| {
            let ledger = past.ledger.as_ref()?;
            let named = zones.get(past.event.customer.id.as_str()).copied().flatten();
            let hour = ledger.sent_at.map(|at| local_hour(ctx, named, at));
            // Every survey that was sent counts as asked, however it ended.
            let state = if ledger.sent_at.is_some() { State::Sent } else { ledger.state };
            Some(Fate { state, script: ledger.script.clone(), hour })
        };
        self.events.iter().map(fate).collect()
    }
}

/// The hour in the customer's local time.
pub(super) fn local_hour(ctx: &Context, time_zone: Option<&str>, at: Timestamp) -> u32 {
    at.to_utc().with_timezone(&zone(ctx, time_zone)).hour()
}

/// The most events that are replayed while somebody waits in front of a screen.
const MOST_EVENTS: i64 = 20_000;

/// The events in the database that happened within this time span up to now, for trying out this script.
pub async fn recorded(tx: &mut Tx, ctx: &Context, span: Duration, script: &Script) -> store::Result<Past> {
    read(tx, ctx, span, Bounds::of(ctx, Some(script), Some(script)), EventKey::NONE).await
}

/// The newest of these events, at most `MOST_EVENTS`, for the live scripts and, if given, a draft.
pub async fn lately(
    tx: &mut Tx,
    ctx: &Context,
    span: Duration,
    draft: Option<&Script>,
) -> store::Result<Past> {
    let newest = tx.find_newest_event().await?;
    let after = EventKey::new((newest.get() - MOST_EVENTS).max(0));
    read(tx, ctx, span, Bounds::of(ctx, draft, None), after).await
}

/// How far back data matters.
#[derive(Clone, Copy)]
struct Bounds {
    /// An event that arrived later than this after it happened was added to the history afterwards.
    max_age: Duration,
    /// The longest gap required between two surveys.
    gap: Duration,
}

impl Bounds {
    /// The bounds for the live scripts and a draft. If `only` is given, the maximum age is that script's alone.
    fn of(ctx: &Context, draft: Option<&Script>, only: Option<&Script>) -> Self {
        let resolve = |script: &Script| script.send.resolve(&ctx.config.sending);
        let live = ctx.scripts.live();
        let all = || live.iter().map(Live::script).chain(draft);
        let gap = |script: &Script| {
            let sending = resolve(script);
            sending.min_gap.max(sending.min_gap_same).unwrap_or_default()
        };
        let age = |script: &Script| resolve(script).max_age;
        Self {
            max_age: only.map(age).or_else(|| all().map(age).max()).unwrap_or_default(),
            gap: all().map(gap).max().unwrap_or_default(),
        }
    }
}

async fn read(
    tx: &mut Tx,
    ctx: &Context,
    span: Duration,
    bounds: Bounds,
    mut after: EventKey,
) -> store::Result<Past> {
    let now = ctx.clock.now();
    let from = now.minus(span);
    let mut past = Past { until: Some(now), has_ledger: true, ..Past::of(from, Vec::new()) };
    let is_cut = after != EventKey::NONE;
    loop {
        let page = tx.list_past_events(from, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in page {
            past.add(row, bounds.max_age)?;
        }
    }
    if let Some(first) = past.events.first().filter(|_| is_cut) {
        past.from = from.max(first.arrived_at);
    }
    past.surround(tx, ctx, bounds.gap).await?;
    Ok(past)
}

/// Events from elsewhere, each treated as if it had arrived when it happened.
pub async fn told(tx: &mut Tx, ctx: &Context, events: Vec<Event>, script: &Script) -> store::Result<Past> {
    let mut seen = HashSet::new();
    let events: Vec<PastEvent> = events
        .into_iter()
        .filter(|event| !event.test && seen.insert(event.event_id.clone()))
        .map(|event| PastEvent { arrived_at: event.occurred_at, event, ledger: None })
        .collect();
    let first = events.iter().map(|past| past.arrived_at).min();
    let mut past = Past::of(first.unwrap_or(ctx.clock.now()), events);
    past.surround(tx, ctx, Bounds::of(ctx, Some(script), Some(script)).gap).await?;
    Ok(past)
}

impl Past {
    /// How many days the period covers, including partial ones.
    pub(super) fn days(&self) -> u64 {
        let span = self.until.map_or(Duration::ZERO, |until| until.since(self.from));
        span.as_secs().div_ceil(86_400).max(1)
    }

    fn of(from: Timestamp, events: Vec<PastEvent>) -> Self {
        Self {
            events,
            customers: Vec::new(),
            persons: Vec::new(),
            staff: HashSet::new(),
            last_sent: Vec::new(),
            from,
            until: None,
            has_ledger: false,
            late: 0,
            erased: 0,
        }
    }

    fn add(&mut self, row: PastEventRow, max_age: Duration) -> store::Result<()> {
        let Ok(event) = Event::from_stored(&row.body) else {
            self.erased += 1;
            return Ok(());
        };
        let late = row.received_at > event.occurred_at.plus(max_age);
        self.late += usize::from(late && event.kind.asks());
        let arrived_at = if late { event.occurred_at } else { row.received_at };
        let ledger = row.state()?.map(|state| Ledgered {
            state,
            script: row.script,
            sent_at: row.sent_at,
            ended_at: row.ended_at,
        });
        self.events.push(PastEvent { event, arrived_at, ledger });
        Ok(())
    }

    /// Reads what the database knows about the customers.
    async fn surround(&mut self, tx: &mut Tx, ctx: &Context, gap: Duration) -> store::Result<()> {
        let ids: BTreeSet<&str> = self.events.iter().map(|past| past.event.customer.id.as_str()).collect();
        self.customers = tx.list_customers(&ids.into_iter().collect::<Vec<_>>()).await?;
        let named = self.events.iter().filter_map(|past| past.event.customer.telegram_id);
        let persons: BTreeSet<PersonId> =
            self.customers.iter().filter_map(|customer| customer.person).chain(named).collect();
        self.persons = tx.list_past_persons(&persons.into_iter().collect::<Vec<_>>()).await?;
        self.staff = ctx.config.admin_ids.iter().copied().chain(tx.list_staff_ids().await?).collect();
        // A survey from longer ago than any gap blocks nothing.
        self.last_sent = tx.list_last_sent_between(self.from.minus(gap), self.from).await?;
        Ok(())
    }
}
