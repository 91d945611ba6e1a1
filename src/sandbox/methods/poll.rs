//! `getUpdates`: a long poll. An update ends it at once, and a newer poll ends it with a 409.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::super::state::State;
use super::super::world::World;
use super::{ApiError, Outcome};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct GetUpdates {
    offset: Option<i64>,
    limit: Option<i64>,
    timeout: Option<i64>,
    allowed_updates: Option<Vec<String>>,
}

/// The longest time in seconds that Telegram lets a poll wait.
const MAX_TIMEOUT: u64 = 50;
const TERMINATED: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot \
                          instance is running";
const WEBHOOK_SET: &str = "Conflict: terminated by setWebhook request";
const WEBHOOK: &str = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to \
                       delete the webhook first";

/// Every kind that the Bot API knows. Telegram ignores other names, so a typo would not show up anywhere else.
const KINDS: &str = "message edited_message channel_post edited_channel_post business_connection \
                     business_message edited_business_message deleted_business_messages guest_message \
                     message_reaction message_reaction_count inline_query chosen_inline_result callback_query \
                     shipping_query pre_checkout_query purchased_paid_media poll poll_answer my_chat_member \
                     chat_member chat_join_request chat_boost removed_chat_boost managed_bot subscription";

pub(super) async fn get_updates(world: &World, call: &GetUpdates) -> Outcome {
    let limit = call.limit.and_then(|limit| usize::try_from(limit).ok()).filter(|l| (1..=100).contains(l));
    let limit = limit.unwrap_or(100);
    let timeout = call.timeout.and_then(|timeout| u64::try_from(timeout).ok()).unwrap_or(0).min(MAX_TIMEOUT);
    let deadline = Instant::now() + Duration::from_secs(timeout);
    let ticket = world.act(|state| begin(state, call))?;
    let _place = Place { world, ticket };
    loop {
        let arrived = world.arrivals().notified();
        tokio::pin!(arrived);
        // Registered before the look, so that an update between the two is not missed.
        arrived.as_mut().enable();
        if let Some(outcome) = world.act(|state| look(state, ticket, limit, timeout > 0)) {
            return outcome;
        }
        tokio::select! {
            () = arrived => {}
            () = tokio::time::sleep_until(deadline) => return Ok("[]".to_owned()),
        }
    }
}

/// Confirms updates, takes over from an older poll, and returns this poll's ticket.
fn begin(state: &mut State, call: &GetUpdates) -> Result<u64, ApiError> {
    if state.webhook.is_some() {
        return Err(ApiError::new(409, WEBHOOK));
    }
    if let Some(kinds) = &call.allowed_updates {
        allow(state, kinds)?;
    }
    state.queue.confirm(call.offset.unwrap_or(0));
    state.queue.ticket += 1;
    // This wakes an older poll, which sees the newer ticket and ends.
    state.queue.fresh = true;
    Ok(state.queue.ticket)
}

/// Records which kinds of updates the bot wants.
pub(super) fn allow(state: &mut State, kinds: &[String]) -> Result<(), ApiError> {
    let unknown = kinds.iter().find(|kind| !KINDS.split_whitespace().any(|known| known == *kind));
    if let Some(kind) = unknown {
        return Err(ApiError::misuse(format!("allowed_updates names the unknown kind {kind}")));
    }
    state.queue.allow(kinds);
    Ok(())
}

fn look(state: &mut State, ticket: u64, limit: usize, wait: bool) -> Option<Outcome> {
    if state.webhook.is_some() {
        return Some(Err(ApiError::new(409, WEBHOOK_SET)));
    }
    if state.queue.ticket != ticket {
        return Some(Err(ApiError::new(409, TERMINATED)));
    }
    if state.closing {
        return Some(Ok("[]".to_owned()));
    }
    state.queue.expire(state.clock.now());
    if let Some((json, subjects)) = state.queue.hand_out(limit) {
        state.mark_delivered(&subjects);
        return Some(Ok(json));
    }
    if !wait {
        return Some(Ok("[]".to_owned()));
    }
    state.queue.waiting = Some(ticket);
    None
}

/// Marks the waiting poll. Cleared when the poll ends, even by a lost connection.
struct Place<'w> {
    world: &'w World,
    ticket: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.world.act(|state| {
            if state.queue.waiting == Some(self.ticket) {
                state.queue.waiting = None;
            }
        });
    }
}
