//! What Telegram shows of the bot outside of messages: command menus by role and language, and the bot's name and
//! descriptions. They are set when they differ from what was last set, which is stored.
//!
//! Texts that somebody else has written with `@BotFather` are left alone. Our own name is set only alongside the
//! owner's, in the installation's languages, and only if `BRAND` is set.

mod wanted;

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use teloxide::payloads::{GetMyDescription, GetMyName, GetMyShortDescription};
use teloxide::requests::Payload;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Instant;
use crate::service::Context;
use crate::store::{self, Db};
use crate::telegram::client::{Client, Nothing};
use crate::telegram::error::CallError;

use wanted::{Call, Wanted, undone, wanted};

/// How often to check, and so how soon somebody with a new role sees its commands.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How long to wait before retrying what Telegram refused, such as the menu of a group that the bot has not joined yet.
const TRY_AGAIN: Duration = Duration::from_hours(1);
/// Replaces the hash for a text that somebody else has written.
const LEFT_ALONE: &str = "left alone";
/// The longest pause. Telegram rations these calls, and nothing depends on them.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Keeps the bot's profile up to date.
#[derive(Debug)]
pub struct Profile {
    client: Client,
    db: Db,
    ctx: Context,
    bot: i64,
    /// What Telegram has refused, and when to try it again.
    refused: HashMap<String, Instant>,
    /// When each method may be called again. Telegram rations each one separately; the name may change only a few times
    /// a day.
    resting: HashMap<Discriminant<Call>, Instant>,
    resting_until: watch::Sender<Option<Instant>>,
}

/// The current texts of the bot's profile.
#[derive(Debug, Deserialize)]
struct Found {
    #[serde(alias = "description", alias = "short_description")]
    name: String,
}

impl Profile {
    #[must_use]
    pub fn new(client: Client, db: Db, ctx: Context, bot: i64) -> Self {
        let (refused, resting) = (HashMap::new(), HashMap::new());
        Self { client, db, ctx, bot, refused, resting, resting_until: watch::Sender::new(None) }
    }

    /// The time of the next check; `None` while a check runs. Until then everything is up to date or has to wait.
    #[must_use]
    pub fn resting_until(&self) -> watch::Receiver<Option<Instant>> {
        self.resting_until.subscribe()
    }

    /// Runs until `stop`. Nothing depends on this task, so it only waits after a failure.
    pub async fn run(mut self, stop: CancellationToken) {
        let work = async {
            let mut pause = LOOK_EVERY;
            loop {
                self.resting_until.send_replace(None);
                pause = match self.refresh().await {
                    Ok(()) => LOOK_EVERY,
                    Err(trouble) => {
                        tracing::debug!(%trouble, "menus and descriptions have to wait");
                        (pause * 2).min(LONGEST_PAUSE)
                    }
                };
                let until = self.ctx.clock.instant().plus(pause);
                self.resting_until.send_replace(Some(until));
                self.ctx.clock.sleep_until(until).await;
            }
        };
        tokio::select! {
            () = work => {}
            () = stop.cancelled() => {}
        }
    }

    async fn refresh(&mut self) -> Result<(), Trouble> {
        let mut tx = self.db.read().await?;
        let mut known: HashMap<String, String> = tx.list_bot_profile(self.bot).await?.into_iter().collect();
        let wanted = wanted(&mut tx, &self.ctx).await?;
        drop(tx);
        let now = self.ctx.clock.instant();
        for one in wanted {
            let hash = one.hash();
            let before = known.remove(&one.name);
            let done = before.as_deref().is_some_and(|before| before == hash || before == LEFT_ALONE);
            if done || self.has_to_wait(&one, now) {
                continue;
            }
            match self.set(&one, before.is_none()).await {
                Ok(true) => self.remember(&one.name, Some(&hash)).await?,
                Ok(false) => self.remember(&one.name, Some(LEFT_ALONE)).await?,
                Err(CallError::TooManyRequests { retry_after }) => {
                    self.resting.insert(discriminant(&one.call), now.plus(retry_after));
                }
                Err(error) if error.is_passing() => return Err(error.into()),
                Err(error) => {
                    tracing::debug!(what = one.name, %error, "Telegram does not take what was to be set");
                    self.refused.insert(one.name, now.plus(TRY_AGAIN));
                }
            }
        }
        for (name, hash) in known {
            self.take_away(&name, &hash).await?;
        }
        Ok(())
    }

    fn has_to_wait(&self, one: &Wanted, now: Instant) -> bool {
        let refused = self.refused.get(&one.name);
        let resting = self.resting.get(&discriminant(&one.call));
        refused.into_iter().chain(resting).any(|until| *until > now)
    }

    /// Sets one item. Returns false if somebody else has set it, in which case it is left alone.
    async fn set(&self, one: &Wanted, is_first: bool) -> Result<bool, CallError> {
        if is_first && self.is_theirs(&one.call).await? {
            return Ok(false);
        }
        self.call(&one.call).await.map(|()| true)
    }

    async fn call(&self, call: &Call) -> Result<(), CallError> {
        let _: Nothing = match call {
            Call::Commands(payload) => self.client.call(payload).await?,
            Call::NoCommands(payload) => self.client.call(payload).await?,
            Call::Description(payload) => self.client.call(payload).await?,
            Call::ShortDescription(payload) => self.client.call(payload).await?,
            Call::Name(payload) => self.client.call(payload).await?,
        };
        Ok(())
    }

    /// Whether somebody else has written this text.
    async fn is_theirs(&self, call: &Call) -> Result<bool, CallError> {
        let (found, ours) = match call {
            Call::Commands(_) | Call::NoCommands(_) => return Ok(false),
            Call::Description(ours) => {
                let get = GetMyDescription { language_code: ours.language_code.clone() };
                (self.find(&get).await?, ours.description.as_ref())
            }
            Call::ShortDescription(ours) => {
                let get = GetMyShortDescription { language_code: ours.language_code.clone() };
                (self.find(&get).await?, ours.short_description.as_ref())
            }
            Call::Name(ours) => {
                let found = self.find(&GetMyName { language_code: ours.language_code.clone() }).await?;
                // Every bot has a name; only one that is specific to this language was set on purpose.
                let everywhere = self.find(&GetMyName { language_code: None }).await?;
                (if found == everywhere { String::new() } else { found }, ours.name.as_ref())
            }
        };
        Ok(!found.is_empty() && ours != Some(&found))
    }

    async fn find<P: Payload + Serialize>(&self, get: &P) -> Result<String, CallError> {
        Ok(self.client.call::<_, Found>(get).await?.name)
    }

    /// Removes an item that is no longer wanted, unless somebody else has written it.
    async fn take_away(&self, name: &str, hash: &str) -> Result<(), Trouble> {
        if let Some(call) = undone(name).filter(|_| hash != LEFT_ALONE) {
            match self.call(&call).await {
                Err(error) if error.is_passing() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(self.remember(name, None).await?)
    }

    async fn remember(&self, name: &str, hash: Option<&str>) -> store::Result<()> {
        let mut tx = self.db.write().await?;
        tx.set_bot_profile(self.bot, name, hash).await?;
        tx.commit().await
    }
}
