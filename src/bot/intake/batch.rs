//! One batch of updates: handled together if possible, otherwise one by one.

use std::any::Any;
use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{HandleError, Handler, Reactions};
use crate::bot::update::Update;
use crate::service::{Context, Unit};
use crate::store::{self, Db};
use crate::telegram::sender::CallbackAnswer;
use crate::telemetry::metrics::{UPDATE_SECONDS, UPDATES};

/// An update as it arrived and as it was parsed.
pub(in crate::bot) struct Item<'a> {
    id: i64,
    raw: Cow<'a, RawValue>,
    update: Result<Update, String>,
}

/// The outcome of a batch.
#[derive(Default)]
pub(in crate::bot) struct Handled {
    /// How many of the batch's first items are committed: all of them unless there is an error.
    pub(in crate::bot) count: usize,
    pub(in crate::bot) answers: Vec<CallbackAnswer>,
    pub(in crate::bot) error: Option<store::Error>,
}

/// Handles batches, whether polled or delivered by the webhook.
pub(in crate::bot) struct Batches<'a, H> {
    pub(in crate::bot) db: &'a Db,
    pub(in crate::bot) ctx: &'a Context,
    pub(in crate::bot) bot: i64,
    pub(in crate::bot) handler: &'a H,
    /// Whether to store the offset for the next poll. Webhook deliveries may come out of order, and polling from behind
    /// the newest one would lose those that have not arrived yet.
    pub(in crate::bot) is_polled: bool,
}

/// The offset after the last of these items.
pub(super) fn next_offset(items: &[Item<'_>]) -> Option<i64> {
    items.iter().map(|item| item.id + 1).max()
}

/// Parses a `getUpdates` response; returns `None` if it is not one.
pub(super) fn read(answer: &[u8]) -> Option<Vec<Item<'_>>> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: Vec<&'a RawValue>,
    }
    let answer: Answer<'_> = serde_json::from_slice(answer).ok()?;
    answer.result.into_iter().map(item).collect()
}

/// Parses one delivered update; returns `None` if it is not one.
pub(in crate::bot) fn read_one(body: &[u8]) -> Option<Item<'_>> {
    item(serde_json::from_slice(body).ok()?)
}

/// The JSON escape for NUL.
const NUL: &str = "\\u0000";

/// Removes NUL, which PostgreSQL cannot store and Telegram does not accept. Telegram does not send it either, but a
/// stand-in for Telegram may.
fn without_nul(raw: &RawValue) -> Cow<'_, RawValue> {
    let text = raw.get();
    if !text.contains(NUL) {
        return Cow::Borrowed(raw);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        clean.push_str(before);
        rest = if let Some(rest) = escape.strip_prefix(NUL) {
            clean.push('\u{fffd}');
            rest
        } else {
            // A backslash that is itself escaped starts no escape. The character after a backslash is ASCII in any
            // valid JSON.
            let (escape, rest) = escape.split_at_checked(2).unwrap_or((escape, ""));
            clean.push_str(escape);
            rest
        };
    }
    clean.push_str(rest);
    RawValue::from_string(clean).map_or(Cow::Borrowed(raw), Cow::Owned)
}

fn item(raw: &RawValue) -> Option<Item<'_>> {
    #[derive(Deserialize)]
    struct OnlyId {
        update_id: i64,
    }
    let raw = without_nul(raw);
    let read = if depth(raw.get()) > DEEPEST {
        Err("an update that is nested too deeply".to_owned())
    } else {
        // serde's messages name types and fields but may also quote a wrong value, so only the position is kept.
        let told = |error: serde_json::Error| {
            format!("not an update that can be read, at column {}", error.column())
        };
        serde_json::from_str::<Update>(raw.get()).map_err(told)
    };
    let (id, update) = match read {
        Ok(update) => (update.update_id, Ok(update)),
        Err(why) => (serde_json::from_str::<OnlyId>(raw.get()).ok()?.update_id, Err(why)),
    };
    Some(Item { id, raw, update })
}

/// How deeply an update may be nested. Telegram's are much flatter. A message may hold the one that it replies to, so reading
/// takes more of the stack with each.
const DEEPEST: usize = 64;

/// How many objects and lists lie within each other at most.
fn depth(json: &str) -> usize {
    let (mut deepest, mut depth, mut in_text, mut is_escaped) = (0_usize, 0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

impl Item<'_> {
    pub(in crate::bot) fn id(&self) -> i64 {
        self.id
    }
}

impl<H: Handler> Batches<'_, H> {
    pub(in crate::bot) async fn handle(&self, items: &[Item<'_>]) -> Handled {
        if items.is_empty() {
            return Handled::default();
        }
        match self.together(items, self.place_after(items)).await {
            Ok(answers) => Handled { count: items.len(), answers, error: None },
            Err(HandleError::Store(error)) if error.is_transient() => {
                Handled { error: Some(error), ..Handled::default() }
            }
            Err(error) => {
                tracing::warn!(%error, updates = items.len(), "a batch failed; its updates are handled one by one");
                self.one_by_one(items).await
            }
        }
    }

    fn place_after(&self, items: &[Item<'_>]) -> Option<i64> {
        if self.is_polled { next_offset(items) } else { None }
    }

    /// Handles the batch in one transaction. If any update fails, nothing is committed.
    async fn together(
        &self,
        items: &[Item<'_>],
        next_offset: Option<i64>,
    ) -> Result<Vec<CallbackAnswer>, HandleError> {
        let began = Instant::now();
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
        let mut fresh = unit.tx.mark_updates_seen(self.bot, &ids, unit.now).await?;
        let updates: Vec<&Update> =
            items.iter().filter(|item| fresh.contains(&item.id)).flat_map(|item| &item.update).collect();
        self.handler.begin(&mut unit, &updates).await?;
        let mut answers = Vec::new();
        for item in items {
            // If an update occurs twice in a batch, only the first counts as fresh.
            if !fresh.remove(&item.id) {
                continue;
            }
            let update = item.update.as_ref().map_err(|why| HandleError::Update(why.clone()))?;
            let handling = AssertUnwindSafe(self.handler.handle(&mut unit, update)).catch_unwind().await;
            let Reactions { callback } =
                handling.unwrap_or_else(|panic| Err(HandleError::Panicked(panic_text(panic.as_ref()))))?;
            answers.extend(callback);
        }
        if let Some(next) = next_offset {
            unit.tx.set_offset(self.bot, next).await?;
        }
        unit.tx.count(&UPDATES, &[], items.len() as u64);
        unit.commit().await?;
        self.db.metrics().observe(&UPDATE_SECONDS, &[], began.elapsed());
        Ok(answers)
    }

    async fn one_by_one(&self, items: &[Item<'_>]) -> Handled {
        let mut handled = Handled::default();
        for (index, item) in items.iter().enumerate() {
            let next_offset = items.get(..=index).and_then(|done| self.place_after(done));
            let result = match self.together(std::slice::from_ref(item), next_offset).await {
                Err(error) if !error.is_passing() => self.put_aside(item, &error, next_offset).await,
                result => result,
            };
            match result {
                Ok(answers) => {
                    handled.answers.extend(answers);
                    handled.count = index + 1;
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

    /// Stores an update that cannot be handled, which confirms it. If it is a tap, the button's spinner still ends.
    async fn put_aside(
        &self,
        item: &Item<'_>,
        why: &HandleError,
        next_offset: Option<i64>,
    ) -> Result<Vec<CallbackAnswer>, HandleError> {
        tracing::error!(update = item.id, error = %why, "an update cannot be handled and is put aside (dead_updates)");
        let now = self.ctx.clock.now();
        let mut tx = self.db.write().await?;
        tx.mark_updates_seen(self.bot, &[item.id], now).await?;
        tx.insert_dead_update(self.bot, item.id, item.raw.get(), &why.in_full(), now).await?;
        if let Some(next) = next_offset {
            tx.set_offset(self.bot, next).await?;
        }
        tx.commit().await?;
        let tapped = item.update.as_ref().ok().and_then(|update| update.callback_query.as_ref());
        Ok(tapped.map(|tap| CallbackAnswer { query_id: tap.id.clone(), text: None }).into_iter().collect())
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without a word").to_owned()
}
