//! Deliveries with what their mapping gave. A rule may take milliseconds and a delivery may have a hundred elements, so
//! deliveries are mapped on a thread where no tap waits for it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::{Hook, HookSet};
use crate::aside::aside;
use crate::domain::event::Event;
use crate::domain::hook::mapping::{Delivery, Opened};
use crate::domain::hook::{Mapped, Trial};
use crate::store::deliveries::DeliveryRow;
use crate::store::{self, Db, Tx};

/// The most elements of deliveries in one transaction, unless a single delivery has more.
const ELEMENTS: usize = 100;

/// Events that rules need, by their IDs.
type Earlier = HashMap<String, Event>;

/// A stored delivery and its hook, which is `None` if it was revoked meanwhile.
type Waiting = (DeliveryRow, Option<Arc<Hook>>);

/// A delivery with what its mapping gave.
pub(super) struct Prepared {
    pub row: DeliveryRow,
    /// `None` if the hook was revoked meanwhile.
    pub hook: Option<Arc<Hook>>,
    /// One, or one for each element; never empty.
    pub trials: Vec<Trial>,
}

impl Prepared {
    fn new((row, hook): Waiting, earlier: &Earlier) -> Self {
        let trials = match &hook {
            Some(hook) => map(hook, &delivery(&row), earlier),
            None => vec![Trial::gone()],
        };
        Self { row, hook, trials }
    }

    /// Maps it once more with the earlier events that its rules need, if they are known.
    async fn with_earlier(self, db: &Db) -> store::Result<Self> {
        let earlier = find_earlier(&mut db.read().await?, &self.trials).await?;
        if earlier.is_empty() {
            return Ok(self);
        }
        Ok(aside(move || Self::new((self.row, self.hook), &earlier)).await)
    }

    /// Whether it holds several elements, each of which becomes something of its own.
    pub fn is_split(&self) -> bool {
        self.hook.as_ref().is_some_and(|hook| hook.preset.each.is_some())
    }

    /// The events that it was mapped to.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.trials.iter().filter_map(|trial| match &trial.mapped {
            Mapped::Event(event) => Some(event.as_ref()),
            Mapped::Skipped(_) | Mapped::Failed(_) => None,
        })
    }

    fn lacks_earlier(&self) -> bool {
        self.trials.iter().any(|trial| trial.lacks.is_some())
    }

    /// What tells the delivery when the system sends it again.
    pub fn delivery_id(&self) -> Option<&str> {
        self.trials.iter().find_map(|trial| trial.delivery_id.as_deref())
    }
}

/// Maps deliveries in their order, as many as one transaction takes.
pub(super) async fn prepare(
    db: &Db,
    hooks: &HookSet,
    rows: Vec<DeliveryRow>,
) -> store::Result<Vec<Prepared>> {
    let waiting = rows.into_iter().map(|row| {
        let hook = hooks.get(row.hook);
        (row, hook)
    });
    let mut waiting: VecDeque<Waiting> = waiting.collect();
    let (mut page, mut elements) = (Vec::new(), 0);
    while !waiting.is_empty() {
        let (mapped, rest) = aside(move || map_some(waiting)).await;
        waiting = rest;
        for mut one in mapped {
            if one.lacks_earlier() {
                one = one.with_earlier(db).await?;
            }
            elements += one.trials.len();
            // What it needs may become of the deliveries before it, so those go first.
            if (one.lacks_earlier() || elements > ELEMENTS) && !page.is_empty() {
                return Ok(page);
            }
            page.push(one);
        }
    }
    Ok(page)
}

/// Maps deliveries up to one that needs an earlier event, which has to be read first. Returns the others as they were.
fn map_some(mut waiting: VecDeque<Waiting>) -> (Vec<Prepared>, VecDeque<Waiting>) {
    let (mut mapped, mut elements) = (Vec::with_capacity(waiting.len()), 0);
    while let Some(next) = waiting.pop_front() {
        let one = Prepared::new(next, &Earlier::new());
        elements += one.trials.len();
        let is_enough = one.lacks_earlier() || elements > ELEMENTS;
        mapped.push(one);
        if is_enough {
            break;
        }
    }
    (mapped, waiting)
}

/// Maps a delivery: gives one trial, or one for each element. An earlier event that its rules need is read from the
/// database.
pub(in super::super) async fn try_out(
    tx: &mut Tx,
    hook: &Hook,
    delivery: &Delivery,
) -> store::Result<Vec<Trial>> {
    let trials = map(hook, delivery, &Earlier::new());
    let earlier = find_earlier(tx, &trials).await?;
    Ok(if earlier.is_empty() { trials } else { map(hook, delivery, &earlier) })
}

fn map(hook: &Hook, delivery: &Delivery, earlier: &Earlier) -> Vec<Trial> {
    let mut all = match Opened::all(&hook.preset, &hook.settings, delivery) {
        Ok(all) if all.is_empty() => return vec![Trial::empty()],
        Ok(all) => all,
        Err(failure) => return vec![Trial::failed(failure)],
    };
    if !earlier.is_empty() {
        for opened in &mut all {
            if let Some(event) = opened.earlier().and_then(|id| earlier.get(&id)) {
                opened.with_earlier(event);
            }
        }
    }
    all.iter().map(Opened::map).collect()
}

/// Reads the earlier events that were not given. One that is not known, or was erased, is left out.
async fn find_earlier(tx: &mut Tx, trials: &[Trial]) -> store::Result<Earlier> {
    let mut earlier = Earlier::new();
    for id in trials.iter().filter_map(|trial| trial.lacks.as_ref()) {
        if !earlier.contains_key(id)
            && let Some(body) = tx.find_delivered_event_body(id).await?
            && let Ok(event) = Event::from_stored(&body)
        {
            earlier.insert(id.clone(), event);
        }
    }
    Ok(earlier)
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
