//! Alerts, and customers who ask for a human, that no chat takes at the moment.

use super::chats::{Chats, Target};
use super::folds::{self, Touched};
use super::losses::forget_others;
use super::{human, settle, withdrawn};
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::{self, Tx};

/// At most so many go out in one transaction; [`retry`] sends the others.
const BATCH: i64 = 100;

/// Sends what waited for somebody to tell, if there is somebody now; tells how many alerts and requests that are.
pub async fn send_waiting(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<u64> {
    send(tx, ctx, false, now).await
}

/// At a start: every lost chat may be tried at once, and a text that Telegram refused may be another one now.
pub async fn send_waiting_at_start(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<u64> {
    forget_others(tx, ctx).await?;
    tx.hasten_lost_chats().await?;
    send(tx, ctx, true, now).await
}

async fn send(tx: &mut Tx, ctx: &Context, refused: bool, now: Timestamp) -> store::Result<u64> {
    withdrawn::tell(tx, ctx, now).await?;
    let Some(limit) = room(tx, ctx).await? else { return Ok(0) };
    let requests = human::tell_waiting(tx, ctx, limit, now).await?;
    let limit = limit - requests;
    let mut touched = Touched::new();
    let mut sent = 0;
    for row in tx.list_waiting_alerts(refused, limit).await? {
        settle(tx, ctx, row.survey, now, &mut touched).await?;
        sent += 1;
    }
    folds::show(tx, ctx, &touched, now).await?;
    Ok(u64::try_from(requests + sent).unwrap_or(0))
}

/// How many may be sent now; `None` where nobody can be told. Chats that refused the last time are tried with one.
async fn room(tx: &mut Tx, ctx: &Context) -> store::Result<Option<i64>> {
    let chats = Chats::load(tx, ctx, &[]).await?;
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

/// Whether something waits that may be sent now; reads only.
pub async fn is_retry_due(tx: &mut Tx, ctx: &Context) -> store::Result<bool> {
    Ok(tx.has_waiting_alerts().await? && room(tx, ctx).await?.is_some())
}
