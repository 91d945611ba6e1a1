//! `getChat`, `setMyCommands`, and the little there is of webhooks.

use std::borrow::Cow;

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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SetMyCommands<'a> {
    #[serde(borrow)]
    commands: Vec<BotCommand<'a>>,
    #[serde(borrow)]
    scope: Option<Scope<'a>>,
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BotCommand<'a> {
    #[serde(borrow)]
    command: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    chat_id: Option<ChatRef<'a>>,
    user_id: Option<i64>,
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

pub(super) fn set_my_commands(state: &mut State, call: &SetMyCommands<'_>) -> Outcome {
    if call.commands.len() > 100 {
        return Err(ApiError::misuse("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in &call.commands {
        check_command(command)?;
    }
    let language = call.language_code.as_deref().unwrap_or_default();
    if ![0, 2].contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(ApiError::misuse("invalid language code specified"));
    }
    let scope = call.scope.as_ref().map_or_else(|| Ok("default".to_owned()), Scope::check)?;
    let pair = |c: &BotCommand<'_>| (c.command.trim_start_matches('/').to_owned(), c.description.to_string());
    let commands = call.commands.iter().map(pair).collect();
    state.commands.insert((scope, language.to_owned()), commands);
    Ok("true".to_owned())
}

fn check_command(command: &BotCommand<'_>) -> Result<(), ApiError> {
    let name = command.command.trim_start_matches('/');
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !(1..=32).contains(&name.len()) || !letters {
        return Err(ApiError::misuse("BOT_COMMAND_INVALID"));
    }
    if !(1..=256).contains(&command.description.trim().chars().count()) {
        return Err(ApiError::misuse("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(())
}

impl Scope<'_> {
    /// The scope in one word, such as `all_private_chats` or `chat:-1001`.
    fn check(&self) -> Result<String, ApiError> {
        let kind = self.r#type.as_ref();
        match (kind, self.chat_id.as_ref().and_then(ChatRef::id), self.user_id) {
            ("default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators", None, None) => {
                Ok(kind.to_owned())
            }
            ("chat" | "chat_administrators", Some(chat), None) => Ok(format!("{kind}:{chat}")),
            ("chat_member", Some(chat), Some(user)) => Ok(format!("{kind}:{chat}:{user}")),
            _ => Err(ApiError::misuse("can't parse BotCommandScope: Unsupported type specified")),
        }
    }
}
