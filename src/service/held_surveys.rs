//! While somebody talks with the leads about a case, no survey and no reminder is sent to them. After three days of
//! silence they are asked again, so that a forgotten case silences nobody for ever.

use std::time::Duration;

use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::ledger::{State, Suppression};
use crate::domain::schedule::{counts_from, stale_after};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::store::due::DueRow;
use crate::store::{self, Tx};

/// After this silence a talk holds nothing up.
const SILENCE: Duration = Duration::from_hours(72);

/// What a talk holds up, it holds up until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub by: CaseNumber,
    pub until: Timestamp,
}

/// The talk that a person is in, if there is one.
pub async fn holding(tx: &mut Tx, person: PersonId, now: Timestamp) -> store::Result<Option<Held>> {
    let talks = tx.list_talks(person).await?;
    let last = talks.iter().max_by_key(|talk| (talk.last_word_at(), talk.number));
    let held = last.map(|talk| Held { by: talk.number, until: talk.last_word_at().plus(SILENCE) });
    Ok(held.filter(|held| held.until > now))
}

/// Puts a due survey off until the talk has fallen silent. If its event is too old by then, it is not sent at all.
pub(super) async fn put_off(unit: &mut Unit<'_>, row: &DueRow, held: Held) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let live = row.script.as_deref().and_then(|slug| ctx.scripts.find(slug));
    let is_too_late = live.is_some_and(|live| {
        let sending = live.script().send.resolve(&ctx.config.sending);
        held.until > stale_after(counts_from(row.occurred_at, row.received_at), &sending)
    });
    if is_too_late {
        let end = State::Suppressed(Suppression::Conversation);
        return unit.tx.move_survey(row.id, State::Scheduled, end, now);
    }
    unit.tx.hold_for_talk(row.id, held.by, held.until).await
}

/// A case was resolved. What it held up is judged again, unless its customer is asked about the solution: somebody
/// who complained is asked one thing only.
pub async fn let_go(unit: &mut Unit<'_>, case: CaseNumber, asks_about_solution: bool) -> store::Result<()> {
    let now = unit.now;
    for survey in unit.tx.list_held_by(case).await? {
        if asks_about_solution {
            let end = State::Suppressed(Suppression::Conversation);
            unit.tx.move_survey(survey, State::Scheduled, end, now)?;
        } else {
            unit.tx.reschedule_survey(survey, now).await?;
        }
    }
    Ok(())
}
