//! From stored deliveries to events, through the same door as all others. Deliveries are taken in the order in which
//! they came, a page in one transaction.

mod mapped;
mod settled;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{Hook, HookSet, State, screens};
use crate::domain::event::{Event, Kind, Normalised};
use crate::domain::hook::preset::Once;
use crate::domain::hook::{Mapped, Skip};
use crate::service::events::{self, Links};
use crate::service::{Context, Unit};
use crate::store::deliveries::Named;
use crate::store::{self, Db};

pub use mapped::delivery;
pub(super) use mapped::try_out;

use mapped::Prepared;
use settled::{Settlement, note, of_event};

/// The most deliveries in one transaction, so that taps never wait long for them.
const PAGE: i64 = 32;
/// How much of bodies, in base64, is read at once. A delivery may have a megabyte; a page of such would fill the memory.
const BYTES: i64 = 4 << 20;
/// How many deliveries the admin who made a hook is shown without asking.
const SHOWN_TO_MAKER: i64 = 3;
/// How long a delivery that the system sends again is known.
const REPEATS_KNOWN: Duration = Duration::from_hours(48);

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
    drop(tx);
    let prepared = mapped::prepare(db, hooks, rows).await?;
    match settle(db, ctx, &prepared).await {
        Err(error) if !error.is_transient() => settle_each(db, ctx, &prepared).await?,
        settled => settled?,
    }
    Ok(prepared.len())
}

async fn settle(db: &Db, ctx: &Context, prepared: &[Prepared]) -> store::Result<()> {
    let (Some(first), Some(last)) = (prepared.first(), prepared.last()) else { return Ok(()) };
    let mut unit = Unit::begin(db, ctx).await?;
    // One may have been mapped by another program meanwhile, or emptied because its customer was erased.
    let waiting = unit.tx.list_still_received(first.row.id, last.row.id).await?;
    let prepared: Vec<&Prepared> = prepared.iter().filter(|one| waiting.contains(&one.row.id)).collect();
    let mut page = Page::of(&mut unit, &prepared).await?;
    let mut fates = Vec::with_capacity(prepared.len());
    for one in &prepared {
        fates.push(page.decide(&mut unit, one).await?);
    }
    let accepted = events::accept(&mut unit, &page.events, Links::Omit).await?;
    let mut noted = Vec::with_capacity(prepared.len());
    for (one, fates) in prepared.iter().zip(&fates) {
        let settled = fates.iter().zip(&one.trials).map(|(fate, trial)| match fate {
            Fate::Event(place) => of_event(&page.events[*place], &accepted[*place]),
            Fate::Watched(event) => Settlement::of(event, "watched"),
            Fate::Skipped(skip) => Settlement::without("skipped", Some(skip.as_str().to_owned()), trial),
            Fate::Failed(reason) => Settlement::without("failed", Some(reason.clone()), trial),
        });
        noted.push(note(&mut unit, one, settled.collect()).await?);
    }
    unit.tx.settle_deliveries(&noted).await?;
    for one in &prepared {
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
                let noted = note(&mut unit, one, one.trials.iter().map(failed).collect()).await?;
                unit.tx.settle_deliveries(&[noted]).await?;
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
    let mut page = Page::default();
    page.read_last(unit, &[(hook, event)]).await?;
    page.is_closed_already(unit, hook, event).await
}

/// What was decided so far about a page of deliveries.
#[derive(Default)]
struct Page {
    events: Vec<Normalised>,
    /// The kind of the newest event about a subject, by the hook's name. Of what earlier pages made, only what closings
    /// are judged by.
    last: HashMap<(String, String), Kind>,
    /// Deliveries that the system sent before they came, by their keys.
    repeats: HashSet<i64>,
    /// The systems' own names of deliveries, by hook.
    seen: HashSet<(i64, String)>,
}

impl Page {
    /// Reads what these deliveries are judged by, in a statement each: the writer is held meanwhile.
    async fn of(unit: &mut Unit<'_>, prepared: &[&Prepared]) -> store::Result<Self> {
        let since = unit.now.minus(REPEATS_KNOWN);
        let named = prepared.iter().filter(|one| one.events().next().is_some()).filter_map(|one| {
            let delivery_id = one.delivery_id()?;
            Some(Named { id: one.row.id, hook: one.row.hook, delivery_id, since })
        });
        let named: Vec<Named<'_>> = named.collect();
        let repeats = unit.tx.list_repeats(&named).await?.into_iter().collect();
        let mut page = Self { repeats, ..Self::default() };
        let events = prepared.iter().filter_map(|one| Some((one.hook.as_deref()?, one)));
        let events = events.flat_map(|(hook, one)| one.events().map(move |event| (hook, event)));
        page.read_last(unit, &events.collect::<Vec<_>>()).await?;
        Ok(page)
    }

    async fn read_last(&mut self, unit: &mut Unit<'_>, events: &[(&Hook, &Event)]) -> store::Result<()> {
        let closed = events.iter().filter_map(|(hook, event)| {
            closed_subject(hook, event).map(|subject| (hook.settings.name.as_str(), subject))
        });
        for (hook, subject, kind) in unit.tx.list_last_kinds(&closed.collect::<Vec<_>>()).await? {
            if let Some(kind) = Kind::parse(&kind) {
                self.last.insert((hook, subject), kind);
            }
        }
        Ok(())
    }

    /// What becomes of a delivery, or of each of its elements.
    async fn decide(&mut self, unit: &mut Unit<'_>, one: &Prepared) -> store::Result<Vec<Fate>> {
        let Some(hook) = &one.hook else {
            return Ok(vec![Fate::Failed("hook: it is revoked, or its preset cannot be read".to_owned())]);
        };
        let is_repeat = one.events().next().is_some() && self.is_repeat(hook, one);
        let mut fates = Vec::with_capacity(one.trials.len());
        for trial in &one.trials {
            fates.push(match &trial.mapped {
                Mapped::Failed(failure) => Fate::Failed(failure.to_string()),
                Mapped::Skipped(skip) => Fate::Skipped(*skip),
                Mapped::Event(_) if is_repeat => Fate::Skipped(Skip::Repeat),
                Mapped::Event(event) if hook.state == State::Watching => {
                    let is_closed = self.is_closed_already(unit, hook, event).await?;
                    if is_closed { Fate::Skipped(Skip::AlreadyClosed) } else { Fate::Watched(event.clone()) }
                }
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
            self.last.insert((hook.settings.name.clone(), subject.clone()), event.kind);
        }
        self.events.push(Normalised::from(event.clone()).through(&hook.settings.name));
        Ok(Fate::Event(self.events.len() - 1))
    }

    fn is_repeat(&mut self, hook: &Hook, one: &Prepared) -> bool {
        let Some(id) = one.delivery_id() else { return false };
        !self.seen.insert((hook.id, id.to_owned())) || self.repeats.contains(&one.row.id)
    }

    /// Whether the ticket was closed already and not reopened since: an edit of a closed ticket, or a second status that
    /// counts as closed. The event that closed it is no reason.
    async fn is_closed_already(
        &self,
        unit: &mut Unit<'_>,
        hook: &Hook,
        event: &Event,
    ) -> store::Result<bool> {
        let Some(subject) = closed_subject(hook, event) else { return Ok(false) };
        let last = self.last.get(&(hook.settings.name.clone(), subject.to_owned()));
        if last != Some(&Kind::TicketClosed) {
            return Ok(false);
        }
        let is_of_page = self.events.iter().any(|known| known.event_id == event.event_id);
        Ok(!is_of_page && unit.tx.list_known_events(&[&event.event_id]).await?.is_empty())
    }
}

/// What an event closes, if closings of the same are told apart.
fn closed_subject<'e>(hook: &Hook, event: &'e Event) -> Option<&'e str> {
    let is_told_apart = hook.preset.once != Once::Off && event.kind == Kind::TicketClosed;
    event.subject.id.as_deref().filter(|_| is_told_apart)
}
