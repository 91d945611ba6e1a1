//! `getChat`, and the little there is of webhooks.

use serde::Deserialize;
use serde_json::json;

use super::super::json as shown;
use super::super::state::State;
use super::{ApiError, ChatRef, Outcome, writable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct GetChat<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct DeleteWebhook {
    #[serde(default)]
    drop_pending_updates: bool,
}

pub(super) fn get_chat(state: &State, call: &GetChat<'_>) -> Outcome {
    let chat = call.chat_id.find(state)?;
    // Somebody the bot has never met is not a chat; somebody who blocked it still is.
    let met = match &chat.group {
        None => state.users.get(&chat.id).is_some_and(|user| user.started),
        Some(_) => writable(state, &call.chat_id).map(|_| true)?,
    };
    if met {
        Ok(shown::full_chat(state, chat).to_string())
    } else {
        Err(ApiError::bad_request("chat not found"))
    }
}

pub(super) fn delete_webhook(state: &mut State, call: &DeleteWebhook) {
    state.webhook = None;
    if call.drop_pending_updates {
        state.queue.drop_all();
    }
}

pub(super) fn webhook_info(state: &State) -> String {
    let mut info = json!({
        "url": state.webhook.as_deref().unwrap_or_default(),
        "has_custom_certificate": false,
        "pending_update_count": state.queue.unconfirmed(),
    });
    if let Some(allowed) = state.queue.allowed() {
        info["allowed_updates"] = json!(allowed);
    }
    info.to_string()
}
