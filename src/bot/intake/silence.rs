//! Gaps in our contact with Telegram. Telegram keeps a tap for only 150 s. If updates were not fetched or stored for
//! longer than that, taps may be lost, and the people who made them have to be told.

use std::time::Duration;

use super::{Handler, Intake};
use crate::clock::Instant;
use crate::service::Unit;
use crate::store;
use crate::telegram::limits::TAP_LIFETIME;

/// How often to store the time. After a kill the silence is counted from the last stored time; being off by this much
/// does no harm.
const NOTED_EVERY: Duration = Duration::from_secs(30);

/// When updates last came in, and when that time was last stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    pub(super) at: Option<Instant>,
    pub(super) noted_at: Option<Instant>,
}

impl Heard {
    /// Whether a tap may have been lost before a call made at `asked_at`.
    pub(super) fn is_silent(self, asked_at: Instant) -> bool {
        self.at.is_some_and(|at| asked_at.since(at) > TAP_LIFETIME)
    }
}

impl<H: Handler> Intake<H> {
    /// Handles Telegram's answer to a call made at `asked_at`. If there was too long a silence before it, lets the
    /// handler react.
    pub(super) async fn end_silence(&self, heard: &mut Heard, asked_at: Instant) -> Result<(), store::Error> {
        let Some(since) = heard.at.filter(|_| heard.is_silent(asked_at)) else { return Ok(()) };
        let now = self.ctx.clock.instant();
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        self.handler.after_silence(&mut unit).await?;
        unit.tx.set_heard_at(self.bot, unit.now).await?;
        unit.commit().await?;
        *heard = Heard { at: Some(now), noted_at: Some(now) };
        tracing::warn!(
            silent_s = asked_at.since(since).as_secs(),
            "no updates came in for longer than Telegram keeps taps; open surveys are shown again"
        );
        Ok(())
    }

    /// Notes that everything Telegram had is now stored.
    pub(super) async fn note_heard(&self, heard: &mut Heard) -> Result<(), store::Error> {
        let now = self.ctx.clock.instant();
        heard.at = Some(now);
        if heard.noted_at.is_some_and(|at| now.since(at) < NOTED_EVERY) {
            return Ok(());
        }
        self.write_heard(heard).await
    }

    /// Stores the time at a graceful stop, so that it is exact to the second.
    pub(super) async fn note_stop(&self, heard: &mut Heard) {
        if heard.at.is_none() {
            return;
        }
        if let Err(error) = self.write_heard(heard).await {
            tracing::warn!(%error, "the moment of the stop cannot be written down");
        }
    }

    async fn write_heard(&self, heard: &mut Heard) -> Result<(), store::Error> {
        let mut tx = self.db.write().await?;
        tx.set_heard_at(self.bot, self.ctx.clock.now()).await?;
        tx.commit().await?;
        heard.noted_at = Some(self.ctx.clock.instant());
        Ok(())
    }
}
