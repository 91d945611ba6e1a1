//! Finds out which bot the token belongs to. The name is stored, so that later starts need not wait for Telegram.

use std::time::Duration;

use crate::clock::Clock;
use crate::store::{self, Db};
use crate::telegram::client::{Client, Me};
use crate::telegram::error::CallError;
use crate::telegram::health::Health;

const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Asks Telegram until it answers, and stores the answer. Returns `None` if Telegram refuses the token.
pub(super) async fn learn(
    client: &Client,
    db: &Db,
    clock: &Clock,
    health: Option<&Health>,
) -> store::Result<Option<Me>> {
    let mut pause = Duration::from_secs(1);
    loop {
        match client.me().await {
            Ok(me) => {
                let mut tx = db.write().await?;
                tx.upsert_bot(me.id, &me.username).await?;
                tx.commit().await?;
                return Ok(Some(me));
            }
            Err(CallError::Unauthorized) => return Ok(None),
            Err(error) => {
                tracing::warn!(%error, "Telegram does not say who this bot is; it will be asked again");
                if let CallError::TooManyRequests { retry_after } = error {
                    pause = pause.max(retry_after);
                }
                if let Some(health) = health {
                    health.intake_fails(error.to_string(), clock.instant().plus(pause));
                }
                clock.sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
