//! From stored deliveries to events, through the same door as all others. Deliveries are taken in the order in which
//! they came, a page in one transaction.

mod settled;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Hook, HookSet, State, screens};
use crate::domain::event::{Event, Kind, Normalised};
use crate::domain::hook::mapping::{Delivery, Opened};
use crate::domain::hook::preset::Once;
use crate::domain::hook::{Mapped, Skip, Trial};
use crate::service::events::{self, Links};
use crate::service::{Context, Unit};
use crate::store::deliveries::DeliveryRow;
use crate::store::{self, Db, Tx};

use settled::{Settlement, note, of_event};

/// The most deliveries in one transaction, so that taps never wait long for them.
const PAGE: i64 = 100;
/// How much of bodies, in base64, is read at once. A delivery may have a megabyte; a page of such would fill the memory.
const BYTES: i64 = 4 << 20;
/// The most elements of deliveries in one transaction, unless a single delivery has more.
const ELEMENTS: usize = 100;
/// How many deliveries the admin who made a hook is shown without asking.
const SHOWN_TO_MAKER: i64 = 3;
/// How long a delivery that the system sends again is known.
const REPEATS_KNOWN: Duration = Duration::from_hours(48);

/// A delivery with what its mapping gave.
struct Prepared {
    row: DeliveryRow,
    /// `None` if the hook was revoked meanwhile.
    hook: Option<Arc<Hook>>,
    /// One, or one for each element; never empty.
    trials: Vec<Trial>,
}

impl Prepared {
    /// Whether it holds several elements, each of which becomes something of its own.
    fn is_split(&self) -> bool {
        self.hook.as_ref().is_some_and(|hook| hook.preset.each.is_some())
    }

    fn lacks_earlier(&self) -> bool {
        self.trials.iter().any(|trial| trial.lacks_earlier)
    }

    /// What tells the delivery when the system sends it again.
    fn delivery_id(&self) -> Option<&str> {
        self.trials.iter().find_map(|trial| trial.delivery_id.as_deref())
    }
}

/// What becomes of a delivery, or of one of its elements.
enum Fate {
    /// An event, by its place among those of the page.
    Event(usize),
    Watched(Box<Event>),
    Skipped(Skip),
    Failed(String),
}

/// Takes the next page of deliveries. Returns how many there were.
pub async fn take(db: &Db, ctx: &Context, hooks: &HookSet) -> store::Result<usize> {
    let mut tx = db.read().await?;
    let rows = tx.list_received(PAGE, BYTES).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    hooks.refresh(&mut tx).await?;
    let mut prepared = Vec::with_capacity(rows.len());
    let mut elements = 0;
    for row in rows {
        let one = prepare(&mut tx, row, hooks).await?;
        elements += one.trials.len();
        // What it needs may become of the deliveries before it, so those go first.
        if (one.lacks_earlier() || elements > ELEMENTS) && !prepared.is_empty() {
            break;
        }
        prepared.push(one);
    }
    drop(tx);
    match settle(db, ctx, &prepared).await {
        Err(error) if !error.is_transient() => settle_each(db, ctx, &prepared).await?,
        settled => settled?,
    }
    Ok(prepared.len())
}

async fn prepare(tx: &mut Tx, row: DeliveryRow, hooks: &HookSet) -> store::Result<Prepared> {
    let hook = hooks.get(row.hook);
    let trials = match &hook {
        Some(hook) => try_out(tx, hook, &delivery(&row)).await?,
        None => vec![Trial::gone()],
    };
    Ok(Prepared { row, hook, trials })
}

/// Maps a delivery: gives one trial, or one for each element. An earlier event that its rules need is read from the
/// database.
pub(super) async fn try_out(tx: &mut Tx, hook: &Hook, delivery: &Delivery) -> store::Result<Vec<Trial>> {
    let mut all = match Opened::all(&hook.preset, &hook.settings, delivery) {
        Ok(all) if all.is_empty() => return Ok(vec![Trial::empty()]),
        Ok(all) => all,
        Err(failure) => return Ok(vec![Trial::failed(failure)]),
    };
    let mut trials = Vec::with_capacity(all.len());
    for opened in &mut all {
        if let Some(id) = opened.earlier()
            && let Some(body) = tx.find_delivered_event_body(&id).await?
            && let Ok(event) = Event::from_stored(&body)
        {
            opened.with_earlier(&event);
        }
        trials.push(opened.map());
    }
    Ok(trials)
}

/// A stored delivery as it came.
#[must_use]
pub fn delivery(row: &DeliveryRow) -> Delivery {
    Delivery {
        received_at: row.received_at,
        headers: serde_json::from_str(&row.headers).unwrap_or_default(),
        query: serde_json::from_str(&row.query).unwrap_or_default(),
        body: BASE64.decode(&row.body).unwrap_or_default(),
    }
}

async fn settle(db: &Db, ctx: &Context, prepared: &[Prepared]) -> store::Result<()> {
    let (Some(first), Some(last)) = (prepared.first(), prepared.last()) else { return Ok(()) };
    let mut unit = Unit::begin(db, ctx).await?;
    // One may have been mapped by another program meanwhile, or emptied because its customer was erased.
    let waiting = unit.tx.list_still_received(first.row.id, last.row.id).await?;
    let prepared: Vec<&Prepared> = prepared.iter().filter(|one| waiting.contains(&one.row.id)).collect();
    let mut page = Page::default();
    let mut fates = Vec::with_capacity(prepared.len());
    for one in &prepared {
        fates.push(page.decide(&mut unit, one).await?);
    }
    let accepted = events::accept(&mut unit, &page.events, Links::Omit).await?;
    for (one, fates) in prepared.iter().zip(&fates) {
        let settled = fates.iter().zip(&one.trials).map(|(fate, trial)| match fate {
            Fate::Event(place) => of_event(&page.events[*place], &accepted[*place]),
            Fate::Watched(event) => Settlement::of(event, "watched"),
            Fate::Skipped(skip) => Settlement::without("skipped", Some(skip.as_str().to_owned()), trial),
            Fate::Failed(reason) => Settlement::without("failed", Some(reason.clone()), trial),
        });
        let settled: Vec<Settlement> = settled.collect();
        note(&mut unit, one, &settled).await?;
        show_to_maker(&mut unit, one).await?;
    }
    unit.commit().await
}

/// While a hook watches, the admin who made it is shown the first deliveries.
async fn show_to_maker(unit: &mut Unit<'_>, one: &Prepared) -> store::Result<()> {
    if one.hook.as_ref().is_none_or(|hook| hook.state != State::Watching) {
        return Ok(());
    }
    let Some(maker) = unit.tx.take_hook_watcher(one.row.hook, SHOWN_TO_MAKER).await? else { return Ok(()) };
    let Some(hook) = unit.tx.find_hook_by_id(one.row.hook).await? else { return Ok(()) };
    screens::tell(unit, maker, &hook, one.row.id).await
}

/// Settles the deliveries one by one, so that a broken one does not hold up the others.
async fn settle_each(db: &Db, ctx: &Context, prepared: &[Prepared]) -> store::Result<()> {
    for one in prepared {
        match settle(db, ctx, std::slice::from_ref(one)).await {
            Err(error) if !error.is_transient() => {
                tracing::error!(delivery = one.row.id, %error, "a delivery could not be taken");
                let mut unit = Unit::begin(db, ctx).await?;
                let failed = |trial| Settlement::without("failed", Some("internal".to_owned()), trial);
                let failed: Vec<Settlement> = one.trials.iter().map(failed).collect();
                note(&mut unit, one, &failed).await?;
                unit.commit().await?;
            }
            settled => settled?,
        }
    }
    Ok(())
}

/// Whether an event would close a ticket that is closed already.
pub(super) async fn is_closed_already(
    unit: &mut Unit<'_>,
    hook: &Hook,
    event: &Event,
) -> store::Result<bool> {
    Page::default().is_closed_already(unit, hook, event).await
}

/// What was decided so far about a page of deliveries.
#[derive(Default)]
struct Page {
    events: Vec<Normalised>,
    /// The kind of the newest event about a subject, by hook.
    last: HashMap<(i64, String), Kind>,
    /// The systems' own names of deliveries, by hook.
    seen: HashSet<(i64, String)>,
}

impl Page {
    /// What becomes of a delivery, or of each of its elements.
    async fn decide(&mut self, unit: &mut Unit<'_>, one: &Prepared) -> store::Result<Vec<Fate>> {
        let Some(hook) = &one.hook else {
            return Ok(vec![Fate::Failed("hook: it is revoked, or its preset cannot be read".to_owned())]);
        };
        let is_event = |trial: &Trial| matches!(trial.mapped, Mapped::Event(_));
        let is_repeat = one.trials.iter().any(is_event) && self.is_repeat(unit, hook, one).await?;
        let mut fates = Vec::with_capacity(one.trials.len());
        for trial in &one.trials {
            fates.push(match &trial.mapped {
                Mapped::Failed(failure) => Fate::Failed(failure.to_string()),
                Mapped::Skipped(skip) => Fate::Skipped(*skip),
                Mapped::Event(_) if is_repeat => Fate::Skipped(Skip::Repeat),
                Mapped::Event(event) if hook.state == State::Watching => Fate::Watched(event.clone()),
                Mapped::Event(event) => self.event(unit, hook, event).await?,
            });
        }
        Ok(fates)
    }

    async fn event(&mut self, unit: &mut Unit<'_>, hook: &Hook, event: &Event) -> store::Result<Fate> {
        if self.is_closed_already(unit, hook, event).await? {
            return Ok(Fate::Skipped(Skip::AlreadyClosed));
        }
        if let Some(subject) = &event.subject.id {
            self.last.insert((hook.id, subject.clone()), event.kind);
        }
        self.events.push(Normalised::from(event.clone()).through(&hook.settings.name));
        Ok(Fate::Event(self.events.len() - 1))
    }

    async fn is_repeat(&mut self, unit: &mut Unit<'_>, hook: &Hook, one: &Prepared) -> store::Result<bool> {
        let Some(id) = one.delivery_id() else { return Ok(false) };
        if !self.seen.insert((hook.id, id.to_owned())) {
            return Ok(true);
        }
        let since = unit.now.minus(REPEATS_KNOWN);
        unit.tx.is_repeat(hook.id, id, one.row.id, since).await
    }

    /// Whether the ticket was closed already and not reopened since: an edit of a closed ticket, or a second status that
    /// counts as closed. The event that closed it is no reason.
    async fn is_closed_already(
        &mut self,
        unit: &mut Unit<'_>,
        hook: &Hook,
        event: &Event,
    ) -> store::Result<bool> {
        let Some(subject) = &event.subject.id else { return Ok(false) };
        if hook.preset.once == Once::Off || event.kind != Kind::TicketClosed {
            return Ok(false);
        }
        let last = if let Some(kind) = self.last.get(&(hook.id, subject.clone())) {
            Some(*kind)
        } else {
            let kind = unit.tx.find_last_kind(&hook.settings.name, subject).await?;
            kind.as_deref().and_then(Kind::parse)
        };
        if last != Some(Kind::TicketClosed) {
            return Ok(false);
        }
        let is_of_page = self.events.iter().any(|known| known.event_id == event.event_id);
        Ok(!is_of_page && unit.tx.list_known_events(&[&event.event_id]).await?.is_empty())
    }
}
