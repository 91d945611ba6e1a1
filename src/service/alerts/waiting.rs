//! Posts that no chat accepts at the moment.

use super::chats::{Chats, Target};
use super::folds::{self, Touched};
use super::losses::forget_others;
use super::opened::update_about;
use super::withdrawn;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit};
use crate::store::{self, Tx};

/// The most that are sent in one transaction. The next retry sends the rest.
const BATCH: i64 = 100;

/// Sends what waited for somebody to tell, if there is somebody now. Returns how many posts were sent.
pub async fn send_waiting(unit: &mut Unit<'_>) -> store::Result<u64> {
    send(unit, false).await
}

/// Runs at start-up: every lost chat may be tried at once, and a text that Telegram refused may have changed.
pub async fn send_waiting_at_start(unit: &mut Unit<'_>) -> store::Result<u64> {
    forget_others(unit).await?;
    unit.tx.hasten_lost_chats().await?;
    send(unit, true).await
}

async fn send(unit: &mut Unit<'_>, refused: bool) -> store::Result<u64> {
    withdrawn::tell(unit).await?;
    let Some(limit) = room(&mut unit.tx, unit.ctx, unit.now).await? else { return Ok(0) };
    let mut touched = Touched::new();
    let mut sent = 0;
    for about in unit.tx.list_waiting_alerts(refused, limit).await? {
        update_about(unit, about, &mut touched).await?;
        sent += 1;
    }
    folds::show(unit, &touched).await?;
    Ok(sent)
}

/// How many may be sent now. If all chats refused the last time, one is sent to try them. `None` if nobody can be told,
/// or if such a try is still queued.
async fn room(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<Option<i64>> {
    let chats = Chats::look(tx, ctx, &[], now).await?;
    let targets = chats.targets(ctx);
    if targets.iter().any(|target| !chats.is_tried(target)) {
        return Ok(Some(BATCH));
    }
    for Target { chat, .. } in &targets {
        if tx.has_queued_alerts(*chat).await? {
            return Ok(None);
        }
    }
    Ok((!targets.is_empty()).then_some(1))
}

/// Whether something is waiting that may be sent now. Only reads.
pub async fn is_retry_due(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<bool> {
    Ok(tx.has_waiting_alerts().await? && room(tx, ctx, now).await?.is_some())
}
