//! The ways in which a call to Telegram can fail.
//!
//! Telegram describes its errors only in English sentences. Our own table matches them by case-insensitive fragments,
//! because the sentences change letter case and prefixes between server versions.

use crate::domain::ids::ChatId;
use std::time::Duration;

use serde::Deserialize;

/// A failed call, with one variant for each case that callers treat differently.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("the customer has blocked the bot")]
    Blocked,
    #[error("the customer's account is deactivated")]
    Deactivated,
    #[error("the bot cannot write first to this customer")]
    CantInitiate,
    #[error("Telegram knows no such chat")]
    ChatNotFound,
    #[error("the bot was removed from the chat")]
    Kicked,
    #[error("the bot is not a member of the chat")]
    NotMember,
    #[error("the group became the supergroup {0}")]
    Migrated(ChatId),
    #[error("the message already looks like this")]
    NotModified,
    #[error("the message can't be edited")]
    CantBeEdited,
    #[error("the message to edit is gone")]
    EditNotFound,
    #[error("the message can't be deleted")]
    CantBeDeleted,
    #[error("the message to delete is gone")]
    DeleteNotFound,
    #[error("the callback query is too old or already answered")]
    QueryTooOld,
    #[error("the forum topic is gone")]
    ThreadNotFound,
    #[error("the forum topic is closed")]
    TopicClosed,
    #[error("Telegram can't parse the text's entities")]
    CantParseEntities,
    #[error("too many requests, wait {} s", retry_after.as_secs())]
    TooManyRequests { retry_after: Duration },
    #[error("the token is used elsewhere: {0}")]
    Conflict(String),
    #[error("a webhook is set, so updates cannot be polled")]
    WebhookActive,
    #[error("Telegram refuses the token")]
    Unauthorized,
    #[error("the bot has not enough rights in the chat: {0}")]
    NotEnoughRights(String),
    #[error("the chat does not take such content: {0}")]
    ContentForbidden(String),
    /// The message would be refused in every chat: a fault of ours.
    #[error("Telegram cannot take this message: {0}")]
    Unacceptable(String),
    /// Refused for a reason that the table does not list; it may lie in the chat.
    #[error("Telegram refuses the request: {0}")]
    BadRequest(String),
    /// Telegram answered that it failed. It did not act on the request.
    #[error("Telegram has an error of its own (HTTP {0})")]
    ServerError(u16),
    /// No connection was made, so the request had no effect.
    #[error("Telegram cannot be reached: {0}")]
    NotSent(String),
    /// The request went out and no answer came back. Telegram may have acted on it.
    #[error("Telegram's answer was lost: {0}")]
    Lost(String),
    /// Something other than the Bot API answered, such as a proxy's error page. The request was not acted on.
    #[error("what answered is not Telegram's Bot API: {0}")]
    Malformed(String),
    /// Telegram acted, but the rest of its answer cannot be read.
    #[error("Telegram acted, but its answer cannot be read: {0}")]
    Unreadable(String),
}

impl CallError {
    /// Whether it is unknown if the request had its effect.
    #[must_use]
    pub const fn may_have_acted(&self) -> bool {
        matches!(self, Self::Lost(_))
    }

    /// Whether Telegram itself answered. If not, the connection to it is in doubt for every chat.
    #[must_use]
    pub const fn is_answer(&self) -> bool {
        !matches!(self, Self::Lost(_) | Self::NotSent(_) | Self::Malformed(_))
    }

    /// Whether the same call should be tried again later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        self.may_have_acted()
            || matches!(
                self,
                Self::ServerError(_)
                    | Self::NotSent(_)
                    | Self::Malformed(_)
                    | Self::TooManyRequests { .. }
                    | Self::Unauthorized
                    | Self::Conflict(_)
            )
    }

    /// The error's label in the metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
            Self::CantInitiate => "cant_initiate",
            Self::ChatNotFound => "chat_not_found",
            Self::Kicked => "kicked",
            Self::NotMember => "not_member",
            Self::Migrated(_) => "migrated",
            Self::NotModified => "not_modified",
            Self::CantBeEdited => "cant_be_edited",
            Self::EditNotFound => "edit_not_found",
            Self::CantBeDeleted => "cant_be_deleted",
            Self::DeleteNotFound => "delete_not_found",
            Self::QueryTooOld => "query_too_old",
            Self::ThreadNotFound => "thread_not_found",
            Self::TopicClosed => "topic_closed",
            Self::CantParseEntities => "cant_parse_entities",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::Conflict(_) => "conflict",
            Self::WebhookActive => "webhook_active",
            Self::Unauthorized => "unauthorized",
            Self::NotEnoughRights(_) => "not_enough_rights",
            Self::ContentForbidden(_) => "content_forbidden",
            Self::Unacceptable(_) => "unacceptable",
            Self::BadRequest(_) => "bad_request",
            Self::ServerError(_) => "server_error",
            Self::NotSent(_) => "not_sent",
            Self::Lost(_) => "lost",
            Self::Malformed(_) => "malformed",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// Reads a refusal: any answer that is not a 2xx with `"ok": true`.
    ///
    /// A 5xx says that Telegram failed, so the call is repeated without being counted as a possible copy. The
    /// exceptions are 502 and 504, where only a gateway answered and the server's own answer was lost.
    pub fn classify(status: u16, body: &[u8]) -> Self {
        let failure: Option<Failure> = serde_json::from_slice(body)
            .ok()
            .filter(|failure: &Failure| !failure.ok && failure.error_code.is_some());
        let code = failure.as_ref().and_then(|failure| failure.error_code).unwrap_or(status);
        match code {
            502 | 504 => return Self::Lost(format!("HTTP {code}")),
            500.. => return Self::ServerError(code),
            _ => {}
        }
        // A front-end server that is too busy to ask the Bot API answers 429 with a page instead of JSON.
        if failure.is_none() && status != 429 {
            return Self::Malformed(format!("HTTP {status}"));
        }
        let failure = failure.unwrap_or_default();
        let parameters = failure.parameters.unwrap_or_default();
        let text = failure.description.unwrap_or_default();
        let lower = text.to_lowercase();
        if let Some(new_id) = parameters.migrate_to_chat_id {
            return Self::Migrated(new_id);
        }
        if code == 429 || lower.contains("too many requests") {
            let seconds = parameters.retry_after.or_else(|| seconds_in(&lower)).unwrap_or(1);
            return Self::TooManyRequests { retry_after: Duration::from_secs(seconds) };
        }
        if let Some((_, make)) = TABLE.iter().find(|(fragment, _)| lower.contains(fragment)) {
            return make(text);
        }
        match code {
            401 => Self::Unauthorized,
            // Telegram's answer to a token that does not even look like one.
            404 if lower == "not found" => Self::Unauthorized,
            409 => Self::Conflict(text),
            413 if !text.is_empty() => Self::Unacceptable(text),
            400..500 if !text.is_empty() => Self::BadRequest(text),
            _ => Self::Malformed(format!("HTTP {status}")),
        }
    }
}

/// Reads the seconds from "Too Many Requests: retry after 5", for servers that leave the parameters out.
fn seconds_in(text: &str) -> Option<u64> {
    let digits = text.split("retry after ").nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[derive(Default, Deserialize)]
struct Failure {
    ok: bool,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    migrate_to_chat_id: Option<ChatId>,
    retry_after: Option<u64>,
}

type Make = fn(String) -> CallError;

/// Fragments of Telegram's descriptions, in lower case. The first one that occurs decides.
const TABLE: &[(&str, Make)] = &[
    ("bot was blocked by the user", |_| CallError::Blocked),
    ("user_is_blocked", |_| CallError::Blocked),
    ("user is deactivated", |_| CallError::Deactivated),
    ("input_user_deactivated", |_| CallError::Deactivated),
    ("can't initiate conversation", |_| CallError::CantInitiate),
    ("can't send messages to bots", |_| CallError::CantInitiate),
    ("can't send messages to the user", |_| CallError::CantInitiate),
    ("chat not found", |_| CallError::ChatNotFound),
    ("peer_id_invalid", |_| CallError::ChatNotFound),
    ("chat_id_invalid", |_| CallError::ChatNotFound),
    ("channel_invalid", |_| CallError::ChatNotFound),
    ("bot was kicked", |_| CallError::Kicked),
    ("group chat was deleted", |_| CallError::Kicked),
    ("bot is not a member", |_| CallError::NotMember),
    ("channel_private", |_| CallError::NotMember),
    ("message is not modified", |_| CallError::NotModified),
    ("message can't be edited", |_| CallError::CantBeEdited),
    ("message to edit not found", |_| CallError::EditNotFound),
    ("message can't be deleted", |_| CallError::CantBeDeleted),
    ("message to delete not found", |_| CallError::DeleteNotFound),
    ("message_id_invalid", |_| CallError::EditNotFound),
    ("query is too old", |_| CallError::QueryTooOld),
    ("query id is invalid", |_| CallError::QueryTooOld),
    ("query_id_invalid", |_| CallError::QueryTooOld),
    ("message thread not found", |_| CallError::ThreadNotFound),
    ("topic_deleted", |_| CallError::ThreadNotFound),
    ("topic_id_invalid", |_| CallError::ThreadNotFound),
    ("topic_closed", |_| CallError::TopicClosed),
    ("can't parse entities", |_| CallError::CantParseEntities),
    ("webhook is active", |_| CallError::WebhookActive),
    ("not enough rights to send text", CallError::NotEnoughRights),
    ("chat_send_plain_forbidden", CallError::NotEnoughRights),
    // Photos, voice messages and the like. The chat may still accept a text.
    ("not enough rights to send", CallError::ContentForbidden),
    ("chat_send_", CallError::ContentForbidden),
    ("voice_messages_forbidden", CallError::ContentForbidden),
    ("can't be copied", CallError::ContentForbidden),
    ("can't be forwarded", CallError::ContentForbidden),
    ("message to copy not found", CallError::ContentForbidden),
    ("not enough rights", CallError::NotEnoughRights),
    ("have no rights", CallError::NotEnoughRights),
    ("need administrator rights", CallError::NotEnoughRights),
    ("no write access", CallError::NotEnoughRights),
    ("chat_write_forbidden", CallError::NotEnoughRights),
    ("chat_restricted", CallError::NotEnoughRights),
    ("chat_guest_send_forbidden", CallError::NotEnoughRights),
    ("chat_admin_required", CallError::NotEnoughRights),
    ("user_banned_in_channel", CallError::NotEnoughRights),
    // From here on the fault is ours: no chat would accept the message.
    ("can't parse", CallError::Unacceptable),
    ("message text is empty", CallError::Unacceptable),
    ("must be non-empty", CallError::Unacceptable),
    ("message_empty", CallError::Unacceptable),
    ("is too long", CallError::Unacceptable),
    ("_too_long", CallError::Unacceptable),
    ("must be encoded in utf-8", CallError::Unacceptable),
    ("unsupported parse_mode", CallError::Unacceptable),
    ("entity_", CallError::Unacceptable),
    ("reply markup", CallError::Unacceptable),
    ("reply_markup_invalid", CallError::Unacceptable),
    ("inline keyboard", CallError::Unacceptable),
    ("button_data_invalid", CallError::Unacceptable),
    ("button_url_invalid", CallError::Unacceptable),
    ("button_type_invalid", CallError::Unacceptable),
    ("button_text_invalid", CallError::Unacceptable),
    ("wrong http url", CallError::Unacceptable),
    ("wrong parameter", CallError::Unacceptable),
    ("is not specified", CallError::Unacceptable),
    ("in the request", CallError::Unacceptable),
    ("method not found", CallError::Unacceptable),
    ("request entity too large", CallError::Unacceptable),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(status: u16, description: &str) -> CallError {
        let body = serde_json::json!({"ok": false, "error_code": status, "description": description});
        CallError::classify(status, body.to_string().as_bytes())
    }

    #[test]
    fn every_sentence_of_the_server_is_understood() {
        use CallError as E;
        let table = [
            (403, "Forbidden: bot was blocked by the user", E::Blocked),
            (403, "Forbidden: user is deactivated", E::Deactivated),
            (403, "Forbidden: bot can't initiate conversation with a user", E::CantInitiate),
            (403, "Bot can't initiate conversation with a user", E::CantInitiate),
            (403, "Forbidden: bot can't send messages to bots", E::CantInitiate),
            (403, "Forbidden: bot was kicked from the group chat", E::Kicked),
            (403, "Forbidden: bot was kicked from the supergroup chat", E::Kicked),
            (403, "Forbidden: bot was kicked from the channel chat", E::Kicked),
            (403, "Forbidden: the group chat was deleted", E::Kicked),
            (403, "Forbidden: bot is not a member of the supergroup chat", E::NotMember),
            (403, "Forbidden: bot is not a member of the channel chat", E::NotMember),
            (400, "Bad Request: chat not found", E::ChatNotFound),
            (400, "Bad Request: PEER_ID_INVALID", E::ChatNotFound),
            (
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly \
                 the same as a current content and reply markup of the message",
                E::NotModified,
            ),
            (400, "Bad Request: message can't be edited", E::CantBeEdited),
            (400, "Bad Request: message can't be deleted for everyone", E::CantBeDeleted),
            (400, "Bad Request: message to delete not found", E::DeleteNotFound),
            (400, "Bad Request: message to edit not found", E::EditNotFound),
            (400, "Bad Request: MESSAGE_ID_INVALID", E::EditNotFound),
            (
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
                E::QueryTooOld,
            ),
            (400, "Bad Request: QUERY_ID_INVALID", E::QueryTooOld),
            (400, "Bad Request: message thread not found", E::ThreadNotFound),
            (400, "Bad Request: TOPIC_CLOSED", E::TopicClosed),
            (400, "Bad Request: TOPIC_DELETED", E::ThreadNotFound),
            (400, "Bad Request: can't parse entities: Unsupported start tag \"x\"", E::CantParseEntities),
            (
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the \
                 webhook first",
                E::WebhookActive,
            ),
            (401, "Unauthorized", E::Unauthorized),
            (404, "Not Found", E::Unauthorized),
        ];
        for (status, text, expected) in table {
            assert_eq!(classify(status, text), expected, "{text}");
            assert_eq!(classify(status, &text.to_uppercase()), expected, "{text}");
        }
    }

    #[test]
    fn what_carries_its_text_keeps_it() {
        let text = "Conflict: terminated by other getUpdates request; make sure that only one bot is running";
        assert_eq!(classify(409, text), CallError::Conflict(text.to_owned()));
        let text = "Bad Request: not enough rights to send text messages to the chat";
        assert_eq!(classify(400, text), CallError::NotEnoughRights(text.to_owned()));
        let text = "Bad Request: A_REASON_OF_TOMORROW";
        assert_eq!(classify(400, text), CallError::BadRequest(text.to_owned()));
    }

    #[test]
    fn what_no_chat_would_take_is_told_apart_from_what_this_chat_does_not() {
        for ours in [
            "BUTTON_DATA_INVALID",
            "message is too long",
            "MESSAGE_TOO_LONG",
            "REPLY_MARKUP_TOO_LONG",
            "message text is empty",
            "text must be non-empty",
            "strings must be encoded in UTF-8",
            "can't parse reply keyboard markup JSON object",
            "object expected as reply markup",
            "inline keyboard button URL 'x' is invalid: Wrong HTTP URL",
            "ENTITY_BOUNDS_INVALID",
            "there is no document in the request",
        ] {
            let error = classify(400, &format!("Bad Request: {ours}"));
            assert!(matches!(error, CallError::Unacceptable(_)), "{ours}: {error:?}");
        }
        for theirs in [
            "CHAT_SEND_PLAIN_FORBIDDEN",
            "USER_BANNED_IN_CHANNEL",
            "CHAT_GUEST_SEND_FORBIDDEN",
            "have no write access to the chat",
            "not enough rights to send text messages to the chat",
        ] {
            let error = classify(403, &format!("Forbidden: {theirs}"));
            assert!(matches!(error, CallError::NotEnoughRights(_)), "{theirs}: {error:?}");
        }
        // For content that a chat refuses, and for unknown errors, the result claims neither missing rights nor a fault
        // of ours.
        for content in [
            "VOICE_MESSAGES_FORBIDDEN",
            "message can't be copied",
            "CHAT_SEND_PHOTOS_FORBIDDEN",
            "not enough rights to send photos to the chat",
        ] {
            let error = classify(400, &format!("Bad Request: {content}"));
            assert!(matches!(error, CallError::ContentForbidden(_)), "{content}: {error:?}");
        }
        for unknown in ["A_REASON_OF_TOMORROW", "PRIVACY_PREMIUM_REQUIRED"] {
            let error = classify(400, &format!("Bad Request: {unknown}"));
            assert!(matches!(error, CallError::BadRequest(_)), "{unknown}: {error:?}");
        }
    }

    #[test]
    fn a_wait_is_read_from_the_parameters_or_from_the_text() {
        let wait = |seconds| CallError::TooManyRequests { retry_after: Duration::from_secs(seconds) };
        let body = br#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 9",
            "parameters":{"retry_after":7,"something_new":[1]}}"#;
        assert_eq!(CallError::classify(429, body), wait(7));
        assert_eq!(classify(429, "Too Many Requests: retry after 9"), wait(9));
        assert_eq!(classify(429, "Too Many Requests"), wait(1));
        assert_eq!(CallError::classify(429, b"<html>429</html>"), wait(1));
    }

    #[test]
    fn a_migrated_group_names_its_successor() {
        let body = br#"{"ok":false,"error_code":400,
            "description":"Bad Request: group chat was upgraded to a supergroup chat",
            "parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        assert_eq!(CallError::classify(400, body), CallError::Migrated(ChatId::new(-1_001_234_567_890)));
    }

    #[test]
    fn a_failing_server_did_not_act_but_a_gateway_does_not_know() {
        let html = b"<html><h1>Bad Gateway</h1></html>";
        for code in [502, 504] {
            assert!(CallError::classify(code, html).may_have_acted(), "{code}");
            assert!(classify(code, "Bad Gateway").may_have_acted(), "{code}");
        }
        assert_eq!(classify(500, "Internal Server Error"), CallError::ServerError(500));
        assert_eq!(CallError::classify(503, html), CallError::ServerError(503));
        assert!(!CallError::classify(503, html).may_have_acted());
    }

    #[test]
    fn what_is_no_bot_api_answer_did_not_act_and_is_tried_again() {
        for (status, body) in [
            (200, "<html>Log in to the Wi-Fi</html>"),
            (302, ""),
            (400, "Bad Request"),
            (401, "<html>"),
            (403, "<html>blocked by the proxy: chat not found</html>"),
            (404, "Not Found"),
            (407, r#"{"error":"proxy authentication required"}"#),
            (400, r#"{"ok":false,"description":"upstream rejected"}"#),
        ] {
            let error = CallError::classify(status, body.as_bytes());
            assert_eq!(error, CallError::Malformed(format!("HTTP {status}")), "{body}");
            assert!(!error.may_have_acted() && !error.is_answer() && error.is_passing(), "{body}");
        }
    }
}
