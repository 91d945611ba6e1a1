//! The Bot API methods that the sandbox implements, with their parameters and errors.
//!
//! It is stricter than the real server where a program can only be wrong: an unknown parameter, a value of the wrong
//! type or a name in the wrong place is refused here and recorded as a violation.

mod action;
mod callback;
mod chats;
mod copy;
mod delete;
mod document;
mod edit;
mod markup;
mod photo;
mod poll;
mod profile;
mod reaction;
mod send;
mod text;
mod webhook;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{Chat, ChatId, GroupKind, MessageId, Standing};
use super::state::State;
use super::world::World;

/// An error reply of the Bot API.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) parameters: Option<Value>,
    /// Whether only an incorrect program gets this error.
    pub(super) violation: bool,
}

impl ApiError {
    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), parameters: None, violation: false }
    }

    /// A 400 that a correct program may get.
    pub(super) fn bad_request(what: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", what.as_ref()))
    }

    pub(super) fn forbidden(what: &str) -> Self {
        Self::new(403, format!("Forbidden: {what}"))
    }

    /// A 400 that is also recorded as a violation.
    pub(super) fn misuse(what: impl AsRef<str>) -> Self {
        Self { violation: true, ..Self::bad_request(what) }
    }

    pub(super) fn too_many_requests(seconds: i64) -> Self {
        let parameters = Some(json!({ "retry_after": seconds }));
        Self { parameters, ..Self::new(429, format!("Too Many Requests: retry after {seconds}")) }
    }

    fn migrated(to: ChatId) -> Self {
        let parameters = Some(json!({ "migrate_to_chat_id": to }));
        Self { parameters, ..Self::bad_request("group chat was upgraded to a supergroup chat") }
    }
}

/// The JSON text of a method's result.
pub(super) type Outcome = Result<String, ApiError>;

const NAMES: [&str; 27] = [
    "sendPhoto",
    "sendDocument",
    "getFile",
    "getMe",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "sendMessage",
    "editMessageText",
    "editMessageReplyMarkup",
    "editMessageCaption",
    "deleteMessage",
    "sendChatAction",
    "answerCallbackQuery",
    "copyMessage",
    "copyMessages",
    "setMessageReaction",
    "getChat",
    "setMyCommands",
    "deleteMyCommands",
    "setMyDescription",
    "getMyDescription",
    "setMyShortDescription",
    "getMyShortDescription",
    "setMyName",
    "getMyName",
];

/// Returns the canonical spelling of a method that the sandbox implements.
pub(super) fn known(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// A call whose parameters have the right names and types.
#[derive(Debug)]
pub(super) enum Call<'a> {
    GetMe,
    GetUpdates(poll::GetUpdates),
    SetWebhook(webhook::SetWebhook),
    DeleteWebhook(webhook::DeleteWebhook),
    GetWebhookInfo,
    SendMessage(send::SendMessage<'a>),
    SendDocument(document::SendDocument<'a>),
    SendPhoto(photo::SendPhoto<'a>),
    GetFile(document::GetFile<'a>),
    EditMessageText(edit::EditMessageText<'a>),
    EditMessageReplyMarkup(edit::EditMessageReplyMarkup<'a>),
    EditMessageCaption(edit::EditMessageCaption<'a>),
    DeleteMessage(delete::DeleteMessage<'a>),
    SendChatAction(action::SendChatAction<'a>),
    AnswerCallbackQuery(callback::AnswerCallbackQuery<'a>),
    CopyMessage(copy::CopyMessage<'a>),
    CopyMessages(copy::CopyMessages<'a>),
    SetMessageReaction(reaction::SetMessageReaction<'a>),
    GetChat(chats::GetChat<'a>),
    SetMyCommands(profile::SetMyCommands<'a>),
    DeleteMyCommands(profile::DeleteMyCommands<'a>),
    SetMyDescription(profile::SetMyDescription<'a>),
    GetMyDescription(profile::InLanguage<'a>),
    SetMyShortDescription(profile::SetMyShortDescription<'a>),
    GetMyShortDescription(profile::InLanguage<'a>),
    SetMyName(profile::SetMyName<'a>),
    GetMyName(profile::InLanguage<'a>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl<'a> Call<'a> {
    pub(super) fn parse(method: &str, json: &'a [u8]) -> Result<Self, serde_json::Error> {
        let json = if json.is_empty() { b"{}" } else { json };
        Ok(match method {
            "getUpdates" => Self::GetUpdates(serde_json::from_slice(json)?),
            "setWebhook" => Self::SetWebhook(serde_json::from_slice(json)?),
            "deleteWebhook" => Self::DeleteWebhook(serde_json::from_slice(json)?),
            "sendDocument" => Self::SendDocument(serde_json::from_slice(json)?),
            "sendPhoto" => Self::SendPhoto(serde_json::from_slice(json)?),
            "getFile" => Self::GetFile(serde_json::from_slice(json)?),
            "sendMessage" => Self::SendMessage(serde_json::from_slice(json)?),
            "editMessageText" => Self::EditMessageText(serde_json::from_slice(json)?),
            "editMessageReplyMarkup" => Self::EditMessageReplyMarkup(serde_json::from_slice(json)?),
            "editMessageCaption" => Self::EditMessageCaption(serde_json::from_slice(json)?),
            "deleteMessage" => Self::DeleteMessage(serde_json::from_slice(json)?),
            "sendChatAction" => Self::SendChatAction(serde_json::from_slice(json)?),
            "answerCallbackQuery" => Self::AnswerCallbackQuery(serde_json::from_slice(json)?),
            "copyMessage" => Self::CopyMessage(serde_json::from_slice(json)?),
            "copyMessages" => Self::CopyMessages(serde_json::from_slice(json)?),
            "setMessageReaction" => Self::SetMessageReaction(serde_json::from_slice(json)?),
            "getChat" => Self::GetChat(serde_json::from_slice(json)?),
            "setMyCommands" => Self::SetMyCommands(serde_json::from_slice(json)?),
            "deleteMyCommands" => Self::DeleteMyCommands(serde_json::from_slice(json)?),
            "setMyDescription" => Self::SetMyDescription(serde_json::from_slice(json)?),
            "getMyDescription" => Self::GetMyDescription(serde_json::from_slice(json)?),
            "setMyShortDescription" => Self::SetMyShortDescription(serde_json::from_slice(json)?),
            "getMyShortDescription" => Self::GetMyShortDescription(serde_json::from_slice(json)?),
            "setMyName" => Self::SetMyName(serde_json::from_slice(json)?),
            "getMyName" => Self::GetMyName(serde_json::from_slice(json)?),
            other => {
                serde_json::from_slice::<Nothing>(json)?;
                if other == "getMe" { Self::GetMe } else { Self::GetWebhookInfo }
            }
        })
    }

    /// The chat that the call is about, if it names one by its ID.
    pub(super) fn chat(&self) -> Option<ChatId> {
        match self {
            Self::SendMessage(call) => call.chat_id.id(),
            Self::SendDocument(call) => call.chat_id.id(),
            Self::SendPhoto(call) => call.chat_id.id(),
            Self::EditMessageText(call) => call.chat_id.id(),
            Self::EditMessageReplyMarkup(call) => call.chat_id.id(),
            Self::EditMessageCaption(call) => call.chat_id.id(),
            Self::DeleteMessage(call) => call.chat_id.id(),
            Self::SendChatAction(call) => call.chat_id.id(),
            Self::CopyMessage(call) => call.chat_id.id(),
            Self::CopyMessages(call) => call.chat_id.id(),
            Self::SetMessageReaction(call) => call.chat_id.id(),
            Self::GetChat(call) => call.chat_id.id(),
            _ => None,
        }
    }

    /// Whether the call may wait long for its result.
    pub(super) fn waits(&self) -> bool {
        matches!(self, Self::GetUpdates(_))
    }

    pub(super) async fn run(&self, world: &World) -> Outcome {
        match self {
            Self::GetUpdates(call) => poll::get_updates(world, call).await,
            other => world.act(|state| other.act(state)),
        }
    }

    fn act(&self, state: &mut State) -> Outcome {
        match self {
            Self::GetUpdates(_) => unreachable!("polls wait, so they do not run under the lock"),
            Self::GetMe => Ok(super::json::me(state).to_string()),
            Self::SetWebhook(call) => webhook::set(state, call),
            Self::DeleteWebhook(call) => {
                webhook::delete(state, call);
                Ok("true".to_owned())
            }
            Self::GetWebhookInfo => Ok(webhook::info(state)),
            Self::SendMessage(call) => send::send_message(state, call),
            Self::SendDocument(call) => document::send_document(state, call),
            Self::SendPhoto(call) => photo::send_photo(state, call),
            Self::GetFile(call) => document::get_file(state, call),
            Self::EditMessageText(call) => edit::edit_text(state, call),
            Self::EditMessageReplyMarkup(call) => edit::edit_markup(state, call),
            Self::EditMessageCaption(call) => edit::edit_caption(state, call),
            Self::DeleteMessage(call) => delete::delete_message(state, call),
            Self::SendChatAction(call) => action::send_chat_action(state, call),
            Self::AnswerCallbackQuery(call) => callback::answer(state, call),
            Self::CopyMessage(call) => copy::copy_message(state, call),
            Self::CopyMessages(call) => copy::copy_messages(state, call),
            Self::SetMessageReaction(call) => reaction::set_message_reaction(state, call),
            Self::GetChat(call) => chats::get_chat(state, call),
            Self::SetMyCommands(call) => profile::set_my_commands(state, call),
            Self::DeleteMyCommands(call) => profile::delete_my_commands(state, call),
            Self::SetMyDescription(call) => profile::set_description(state, call),
            Self::GetMyDescription(call) => profile::get(state, "description", call),
            Self::SetMyShortDescription(call) => profile::set_short_description(state, call),
            Self::GetMyShortDescription(call) => profile::get(state, "short_description", call),
            Self::SetMyName(call) => profile::set_name(state, call),
            Self::GetMyName(call) => profile::get(state, "name", call),
        }
    }
}

/// A chat, given by its number or its public name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum ChatRef<'a> {
    Id(i64),
    Name(#[serde(borrow)] Cow<'a, str>),
}

impl ChatRef<'_> {
    fn id(&self) -> Option<ChatId> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Name(name) => name.parse().ok(),
        }
    }

    fn find<'s>(&self, state: &'s State) -> Result<&'s Chat, ApiError> {
        let id = match self {
            Self::Name(name) => self.id().or_else(|| state.chat_by_username(name)),
            Self::Id(id) => Some(*id),
        };
        let chat = id.and_then(|id| state.chats.get(&id));
        chat.ok_or_else(|| ApiError::bad_request("chat not found"))
    }
}

/// Returns the chat if the bot may write to it now.
fn writable<'s>(state: &'s State, chat: &ChatRef<'_>) -> Result<&'s Chat, ApiError> {
    let chat = chat.find(state)?;
    let Some(group) = &chat.group else {
        let user = state.users.get(&chat.id).ok_or_else(|| ApiError::bad_request("chat not found"))?;
        return match user {
            user if user.deactivated => Err(ApiError::forbidden("user is deactivated")),
            user if user.blocked => Err(ApiError::forbidden("bot was blocked by the user")),
            user if !user.started => Err(ApiError::forbidden("bot can't initiate conversation with a user")),
            _ => Ok(chat),
        };
    };
    if let Some(to) = group.migrated_to {
        return Err(ApiError::migrated(to));
    }
    if group.deleted {
        return Err(ApiError::bad_request("chat not found"));
    }
    let kind = if group.kind == GroupKind::Basic { "group" } else { "supergroup" };
    match group.bot {
        Standing::Member | Standing::Admin => Ok(chat),
        Standing::Kicked => Err(ApiError::forbidden(&format!("bot was kicked from the {kind} chat"))),
        Standing::Left => Err(ApiError::forbidden(&format!("bot is not a member of the {kind} chat"))),
    }
}

/// Refuses a new message in a group in which the bot may not write. It may still edit and delete there.
fn check_rights(chat: &Chat) -> Result<(), ApiError> {
    match &chat.group {
        Some(group) if group.bot_is_muted => {
            Err(ApiError::bad_request("not enough rights to send text messages to the chat"))
        }
        _ => Ok(()),
    }
}

/// The topic of a new message: the one that is named, or that of the message it replies to.
fn topic(
    chat: &Chat,
    named: Option<MessageId>,
    reply_to: Option<MessageId>,
) -> Result<Option<MessageId>, ApiError> {
    let not_found = || ApiError::bad_request("message thread not found");
    let Some(group) = chat.group.as_ref().filter(|group| group.kind == GroupKind::Forum) else {
        return if named.is_none() { Ok(None) } else { Err(not_found()) };
    };
    let inherited = || reply_to.and_then(|id| chat.message(id)?.thread);
    // Topic 1 is General, whose messages carry no topic number.
    let Some(thread) = named.or_else(inherited).filter(|thread| *thread != 1) else { return Ok(None) };
    match group.topics.get(&thread) {
        None => Err(not_found()),
        Some(topic) if topic.closed && group.bot != Standing::Admin => {
            Err(ApiError::bad_request("TOPIC_CLOSED"))
        }
        Some(_) => Ok(Some(thread)),
    }
}
