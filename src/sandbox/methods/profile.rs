//! What Telegram shows of the bot outside its messages: command menus, and how the bot describes itself.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::json;

use super::super::state::State;
use super::{ApiError, ChatRef, Outcome, writable};

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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct DeleteMyCommands<'a> {
    #[serde(borrow)]
    scope: Option<Scope<'a>>,
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SetMyDescription<'a> {
    #[serde(borrow)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SetMyShortDescription<'a> {
    #[serde(borrow)]
    short_description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SetMyName<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

/// The parameters of `getMyName`, `getMyDescription` and `getMyShortDescription`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct InLanguage<'a> {
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

pub(super) fn set_my_commands(state: &mut State, call: &SetMyCommands<'_>) -> Outcome {
    if call.commands.len() > 100 {
        return Err(ApiError::misuse("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in &call.commands {
        check_command(command)?;
    }
    let language = language(call.language_code.as_deref())?;
    let scope = scope(state, call.scope.as_ref())?;
    let pair = |c: &BotCommand<'_>| (c.command.trim_start_matches('/').to_owned(), c.description.to_string());
    let commands = call.commands.iter().map(pair).collect();
    state.commands.insert((scope, language), commands);
    Ok("true".to_owned())
}

pub(super) fn delete_my_commands(state: &mut State, call: &DeleteMyCommands<'_>) -> Outcome {
    let language = language(call.language_code.as_deref())?;
    let scope = scope(state, call.scope.as_ref())?;
    state.commands.remove(&(scope, language));
    Ok("true".to_owned())
}

pub(super) fn set_description(state: &mut State, call: &SetMyDescription<'_>) -> Outcome {
    const SAID: Said = Said { what: "description", most: 512, refusal: "BOT_DESCRIPTION_INVALID" };
    SAID.put(state, call.description.as_deref(), call.language_code.as_deref())
}

pub(super) fn set_short_description(state: &mut State, call: &SetMyShortDescription<'_>) -> Outcome {
    const SAID: Said =
        Said { what: "short_description", most: 120, refusal: "BOT_SHORT_DESCRIPTION_INVALID" };
    SAID.put(state, call.short_description.as_deref(), call.language_code.as_deref())
}

pub(super) fn set_name(state: &mut State, call: &SetMyName<'_>) -> Outcome {
    const SAID: Said = Said { what: "name", most: 64, refusal: "BOT_TITLE_INVALID" };
    SAID.put(state, call.name.as_deref(), call.language_code.as_deref())
}

/// A text in which the bot describes itself.
struct Said {
    what: &'static str,
    /// The maximum length in characters.
    most: usize,
    /// The error for a longer text.
    refusal: &'static str,
}

impl Said {
    /// Sets the text for a language, or removes it if there is none.
    fn put(&self, state: &mut State, text: Option<&str>, code: Option<&str>) -> Outcome {
        let text = text.unwrap_or_default();
        if text.chars().count() > self.most {
            return Err(ApiError::misuse(self.refusal));
        }
        let key = (self.what, language(code)?);
        if text.is_empty() {
            state.descriptions.remove(&key);
        } else {
            state.descriptions.insert(key, text.to_owned());
        }
        Ok("true".to_owned())
    }
}

/// Returns the text in this language, or else the one without a language. There is always a name.
pub(super) fn get(state: &State, what: &'static str, call: &InLanguage<'_>) -> Outcome {
    let language = language(call.language_code.as_deref())?;
    let find = |language: String| state.descriptions.get(&(what, language));
    let nothing = if what == "name" { state.bot_name.as_str() } else { "" };
    let text = find(language).or_else(|| find(String::new())).map_or(nothing, String::as_str);
    Ok(json!({ what: text }).to_string())
}

fn language(code: Option<&str>) -> Result<String, ApiError> {
    let code = code.unwrap_or_default();
    if ![0, 2].contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(ApiError::misuse("invalid language code specified"));
    }
    Ok(code.to_owned())
}

/// Returns the scope as one word. A chat in it must be one that the bot may write to.
fn scope(state: &State, scope: Option<&Scope<'_>>) -> Result<String, ApiError> {
    let Some(scope) = scope else { return Ok("default".to_owned()) };
    let word = scope.check()?;
    if let Some(chat) = &scope.chat_id {
        writable(state, chat)?;
    }
    Ok(word)
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
    /// Returns the scope as one word, such as `all_private_chats` or `chat:-1001`.
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
