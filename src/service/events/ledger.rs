//! The ledger's entry for one event.

use crate::domain::ledger::State;
use crate::domain::time::Timestamp;
use crate::service::erasing::Hasher;
use crate::store::events::LedgerRow;
use crate::store::{self, Tx};

/// One event, its survey, and every transition with its time.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub event: LedgerRow,
    /// Starts with `received`.
    pub transitions: Vec<(State, Timestamp)>,
}

impl Ledger {
    /// The current state.
    #[must_use]
    pub fn state(&self) -> State {
        self.transitions.last().map_or(State::Received, |(state, _)| *state)
    }
}

/// What happened to an event, even if it is erased. Returns `None` if there never was such an event.
pub async fn find(tx: &mut Tx, event_id: &str) -> store::Result<Option<Ledger>> {
    let mut event = tx.find_event(event_id).await?;
    if event.is_none()
        && let Some(hasher) = Hasher::find(tx).await?
    {
        event = tx.find_event(&hasher.event(event_id)).await?;
    }
    let Some(event) = event else { return Ok(None) };
    let mut transitions = vec![(State::Received, event.received_at)];
    match event.survey {
        Some(survey) => transitions.extend(tx.list_transitions(survey).await?),
        None => transitions.push((State::Recorded, event.received_at)),
    }
    Ok(Some(Ledger { event, transitions }))
}
