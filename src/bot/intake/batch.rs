//! One batch of updates: together if that goes, one by one if it does not.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{HandleError, Handler, Intake, Reactions};
use crate::bot::update::Update;
use crate::store;
use crate::telegram::sender::CallbackAnswer;
use crate::telemetry::metrics::{UPDATE_SECONDS, UPDATES};

/// An update as it came and as it was understood.
pub(super) struct Item<'a> {
    id: i64,
    raw: &'a RawValue,
    update: Result<Update, String>,
}

/// What came of a batch. With an error, only what comes before `next_offset` was handled.
#[derive(Default)]
pub(super) struct Handled {
    pub(super) next_offset: Option<i64>,
    pub(super) answers: Vec<CallbackAnswer>,
    pub(super) error: Option<store::Error>,
}

/// Takes a getUpdates answer apart; `None` if it is none.
pub(super) fn read(answer: &[u8]) -> Option<Vec<Item<'_>>> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct OnlyId {
        update_id: i64,
    }
    let answer: Answer<'_> = serde_json::from_slice(answer).ok()?;
    let item = |raw: &'_ RawValue| match serde_json::from_str::<Update>(raw.get()) {
        Ok(update) => Some((update.update_id, Ok(update))),
        Err(error) => {
            let id = serde_json::from_str::<OnlyId>(raw.get()).ok()?.update_id;
            // serde's messages name types and fields; a wrong value may be quoted, so only the place is kept.
            Some((id, Err(format!("not an update that can be read, at column {}", error.column()))))
        }
    };
    answer.result.into_iter().map(|raw| item(raw).map(|(id, update)| Item { id, raw, update })).collect()
}

impl<H: Handler> Intake<H> {
    pub(super) async fn handle(&self, items: &[Item<'_>]) -> Handled {
        let Some(next_offset) = items.iter().map(|item| item.id + 1).max() else { return Handled::default() };
        match self.together(items, next_offset).await {
            Ok(answers) => Handled { next_offset: Some(next_offset), answers, error: None },
            Err(HandleError::Store(error)) if error.is_transient() => {
                Handled { error: Some(error), ..Handled::default() }
            }
            Err(error) => {
                tracing::warn!(%error, updates = items.len(), "a batch failed; its updates are handled one by one");
                self.one_by_one(items).await
            }
        }
    }

    /// One transaction. Nothing of it stays if any of its updates fails.
    async fn together(
        &self,
        items: &[Item<'_>],
        next_offset: i64,
    ) -> Result<Vec<CallbackAnswer>, HandleError> {
        let began = Instant::now();
        let mut tx = self.db.write().await?;
        let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
        let mut fresh = tx.mark_updates_seen(self.bot, &ids, self.clock.now()).await?;
        let updates: Vec<&Update> =
            items.iter().filter(|item| fresh.contains(&item.id)).flat_map(|item| &item.update).collect();
        self.handler.begin(&mut tx, &updates).await?;
        let mut answers = Vec::new();
        for item in items {
            // Of a doubled update in one batch only the first is fresh.
            if !fresh.remove(&item.id) {
                continue;
            }
            let update = item.update.as_ref().map_err(|why| HandleError::Update(why.clone()))?;
            let handling = AssertUnwindSafe(self.handler.handle(&mut tx, update)).catch_unwind().await;
            let Reactions { callback } =
                handling.unwrap_or_else(|panic| Err(HandleError::Panicked(words(panic.as_ref()))))?;
            answers.extend(callback);
        }
        tx.set_offset(self.bot, next_offset).await?;
        tx.count(&UPDATES, &[], items.len() as u64);
        tx.commit().await?;
        self.db.metrics().observe(&UPDATE_SECONDS, &[], began.elapsed());
        Ok(answers)
    }

    async fn one_by_one(&self, items: &[Item<'_>]) -> Handled {
        let mut handled = Handled::default();
        for item in items {
            let next_offset = handled.next_offset.map_or(item.id + 1, |next| next.max(item.id + 1));
            let result = match self.together(std::slice::from_ref(item), next_offset).await {
                Err(error) if !error.is_passing() => self.bury(item, &error, next_offset).await,
                result => result,
            };
            match result {
                Ok(answers) => {
                    handled.answers.extend(answers);
                    handled.next_offset = Some(next_offset);
                }
                Err(error) => {
                    handled.error = Some(match error {
                        HandleError::Store(error) => error,
                        HandleError::Update(why) | HandleError::Panicked(why) => {
                            store::Error::Unavailable(why)
                        }
                    });
                    break;
                }
            }
        }
        handled
    }

    /// Keeps an update that cannot be handled, and thereby confirms it; a button's spinner ends all the same.
    async fn bury(
        &self,
        item: &Item<'_>,
        why: &HandleError,
        next_offset: i64,
    ) -> Result<Vec<CallbackAnswer>, HandleError> {
        tracing::error!(update = item.id, error = %why, "an update cannot be handled and is put aside (dead_updates)");
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        tx.mark_updates_seen(self.bot, &[item.id], now).await?;
        tx.insert_dead_update(self.bot, item.id, item.raw.get(), &why.in_full(), now).await?;
        tx.set_offset(self.bot, next_offset).await?;
        tx.commit().await?;
        let tapped = item.update.as_ref().ok().and_then(|update| update.callback_query.as_ref());
        Ok(tapped.map(|tap| CallbackAnswer { query_id: tap.id.clone(), text: None }).into_iter().collect())
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without a word").to_owned()
}
