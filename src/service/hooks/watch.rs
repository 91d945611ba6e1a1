//! Whether hooks are well. The leads are told once when one that delivered all the time has been silent, or when many of
//! its newest deliveries fail; and again after it was well.

use std::time::Duration;

use crate::domain::ids::{ChatId, TopicId};
use crate::domain::time::Timestamp;
use crate::service::hooks::State;
use crate::service::{Unit, alerts};
use crate::store::hooks::HookRow;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::hooks::Hooks;

/// A hook that has delivered nothing for so long is silent, if it was steady before.
pub const SILENT_AFTER: Duration = Duration::from_hours(48);
/// A hook is steady if in so long a time before its newest delivery it was never silent. A shop that rests at weekends is
/// not steady.
const STEADY_FOR: Duration = Duration::from_hours(7 * 24);
/// How many of a hook's newest deliveries are judged.
const JUDGED: i64 = 50;
/// With fewer deliveries than this, nothing is said.
const FEWEST: i64 = 10;
/// A hook fails if more than one of so many deliveries fails, and is well again when at most one of `WELL` does.
const FAILING: i64 = 5;
const WELL: i64 = 10;

/// What is wrong with a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Silent { since: Timestamp },
    Failing { failed: i64, newest: i64 },
}

/// What is wrong with each live hook.
pub async fn troubles(tx: &mut Tx) -> store::Result<Vec<(HookRow, Vec<Trouble>)>> {
    let mut found = Vec::new();
    for row in tx.list_hooks().await? {
        if row.state == State::Live.as_str() {
            let failed = failed(tx, &row).await?;
            let troubles = silent(&row).into_iter().chain(failed.filter(is_failing)).collect();
            found.push((row, troubles));
        }
    }
    Ok(found)
}

fn silent(row: &HookRow) -> Option<Trouble> {
    let since = row.last_at?;
    let was_steady = row.steady_since.is_some_and(|steady| since.since(steady) >= STEADY_FOR);
    let is_silent = u128::try_from(row.silent_ms).is_ok_and(|silent| silent >= SILENT_AFTER.as_millis());
    (was_steady && is_silent).then_some(Trouble::Silent { since })
}

/// How many of the newest deliveries fail; `None` if there are too few to say.
async fn failed(tx: &mut Tx, row: &HookRow) -> store::Result<Option<Trouble>> {
    let (newest, failed) = tx.count_failed(row.id, JUDGED).await?;
    Ok((newest >= FEWEST).then_some(Trouble::Failing { failed, newest }))
}

const fn is_failing(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Failing { failed, newest } if *failed * FAILING > *newest)
}

const fn is_well(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Failing { failed, newest } if *failed * WELL <= *newest)
}

/// Adds the time for which the program has run to the silences, and tells the leads what they do not know yet. What
/// nobody can be told now is told later.
pub async fn watch(unit: &mut Unit<'_>, ran_for: Duration) -> store::Result<()> {
    let now = unit.now;
    if !ran_for.is_zero() {
        unit.tx.lengthen_silences(ran_for).await?;
    }
    for row in unit.tx.list_hooks().await? {
        if row.state != State::Live.as_str() {
            continue;
        }
        if let Some(silent) = silent(&row).filter(|_| row.silent_told.is_none())
            && tell(unit, &row, silent).await?
        {
            unit.tx.set_hook_silent_told(row.id, Some(now)).await?;
        }
        let Some(judged) = failed(&mut unit.tx, &row).await? else { continue };
        if row.failing_told.is_none() {
            if is_failing(&judged) && tell(unit, &row, judged).await? {
                unit.tx.set_hook_failing_told(row.id, Some(now)).await?;
            }
        } else if is_well(&judged) {
            unit.tx.set_hook_failing_told(row.id, None).await?;
        }
    }
    Ok(())
}

/// Tells those who get alerts. Returns false if that is nobody.
async fn tell(unit: &mut Unit<'_>, row: &HookRow, trouble: Trouble) -> store::Result<bool> {
    let ctx = unit.ctx;
    let leads = alerts::open_leads(unit).await?;
    for (chat, topic, locale) in &leads {
        let screens = Hooks { catalogue: &ctx.catalogue, locale, zone: ctx.zone() };
        let view = match trouble {
            Trouble::Silent { .. } => screens.silent(row, row.silent_ms / 3_600_000),
            Trouble::Failing { failed, newest } => screens.failing(row, failed, newest),
        };
        say(unit, *chat, *topic, &view).await?;
    }
    if !leads.is_empty() {
        tracing::warn!(hook = row.name, ?trouble, "the leads were told that a hook is not well");
    }
    Ok(!leads.is_empty())
}

async fn say(unit: &mut Unit<'_>, chat: ChatId, topic: TopicId, view: &View) -> store::Result<()> {
    let send = Outgoing::send(Lane::Alerts, chat, Payload::text(view.html.as_str())).thread(topic);
    unit.tx.enqueue(&send, unit.now).await?;
    Ok(())
}
