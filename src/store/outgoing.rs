//! A message to Telegram as a use case writes it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lane::Lane;
use crate::domain::ids::{AlertKey, ChatId, MessageId, MessageKey, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Send,
    Edit,
    Copy,
    /// Deletes the whole message. Like an edit, it can safely be repeated.
    Delete,
}

impl Method {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Edit => "edit",
            Self::Copy => "copy",
            Self::Delete => "delete",
        }
    }
}

/// The content of a message. Texts are HTML. The keyboard is the `reply_markup` in Telegram's format, so it is passed
/// on as stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Payload {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyboard: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_chat_id: Option<ChatId>,
    /// The message that is copied. A text with it takes the place of its caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_message_id: Option<MessageId>,
    /// The messages that are copied in one call, so that an album stays one. They take the place of `copy_message_id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub album: Vec<AlbumPart>,
    /// Whether an edit changes the caption under a file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_caption: bool,
    /// A logical message of ours in the same chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageKey>,
    /// Somebody else's message in the same chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to_theirs: Option<MessageId>,
    /// A message of ours in the same chat that says what this copy is. It goes if the copy is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<MessageKey>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// A file that we made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    /// A drawing of ours as SVG, sent as a photo with the text as its caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The customer's messages that the text consists of, as long as more may be added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One of a customer's messages that wait to be sent together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub message_id: MessageId,
    pub html: String,
}

/// One message of an album.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumPart {
    pub message_id: MessageId,
    /// The logical message that its copy becomes.
    pub copy: MessageKey,
}

/// A small text file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub name: String,
    pub content: String,
}

impl Payload {
    #[must_use]
    pub fn text(html: impl Into<String>) -> Self {
        Self { text: Some(html.into()), ..Self::default() }
    }

    #[must_use]
    pub fn document(document: Document) -> Self {
        Self { document: Some(document), ..Self::default() }
    }

    /// A copy of a customer's message, shown in another chat without their account.
    #[must_use]
    pub fn copy(from_chat_id: ChatId, message_id: MessageId) -> Self {
        Self { from_chat_id: Some(from_chat_id), copy_message_id: Some(message_id), ..Self::default() }
    }

    /// Copies of several messages of one chat. Telegram accepts no reply to another message with them.
    #[must_use]
    pub fn album(from_chat_id: ChatId, album: Vec<AlbumPart>) -> Self {
        Self { from_chat_id: Some(from_chat_id), album, ..Self::default() }
    }

    /// The new caption under a file.
    #[must_use]
    pub fn caption(html: impl Into<String>) -> Self {
        Self { is_caption: true, ..Self::text(html) }
    }

    /// A customer's words, with a blank line between messages.
    #[must_use]
    pub fn of_parts(parts: Vec<Part>) -> Self {
        let html = parts.iter().map(|part| part.html.as_str()).collect::<Vec<_>>().join("\n\n");
        Self { parts, ..Self::text(html) }
    }

    /// Any `reply_markup`: an inline keyboard, a reply keyboard or its removal.
    #[must_use]
    pub fn keyboard(mut self, markup: Option<&impl Serialize>) -> Self {
        self.keyboard = markup.and_then(|markup| serde_json::value::to_raw_value(markup).ok());
        self
    }

    /// Sends the text below a picture. It must fit a caption, which has at most 1024 characters.
    #[must_use]
    pub fn picture(mut self, svg: String) -> Self {
        self.picture = Some(svg);
        self
    }

    #[must_use]
    pub const fn reply_to(mut self, message: MessageKey) -> Self {
        self.reply_to = Some(message);
        self
    }

    #[must_use]
    pub const fn reply_to_theirs(mut self, message_id: MessageId) -> Self {
        self.reply_to_theirs = Some(message_id);
        self
    }

    #[must_use]
    pub const fn silent(mut self) -> Self {
        self.silent = true;
        self
    }
}

/// A row to be written to the outbox.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub lane: Lane,
    pub chat_id: ChatId,
    /// The forum topic; 0 for none.
    pub thread_id: TopicId,
    pub method: Method,
    pub message: Option<MessageKey>,
    pub message_id: Option<MessageId>,
    pub survey: Option<SurveyKey>,
    pub first: bool,
    pub alert: Option<AlertKey>,
    pub payload: Payload,
    pub not_after: Option<Timestamp>,
}

impl Outgoing {
    #[must_use]
    pub const fn send(lane: Lane, chat_id: ChatId, payload: Payload) -> Self {
        Self {
            lane,
            chat_id,
            thread_id: TopicId::NONE,
            method: Method::Send,
            message: None,
            message_id: None,
            survey: None,
            first: false,
            alert: None,
            payload,
            not_after: None,
        }
    }

    /// Edits a message. Pass `message_id` if it is known, as after a tap; otherwise the sender looks it up.
    #[must_use]
    pub fn edit(
        lane: Lane,
        chat_id: ChatId,
        message: MessageKey,
        message_id: Option<MessageId>,
        payload: Payload,
    ) -> Self {
        let row = Self::send(lane, chat_id, payload);
        Self { method: Method::Edit, message: Some(message), message_id, ..row }
    }

    /// Edits a message of which only Telegram's ID is known.
    #[must_use]
    pub fn edit_shown(lane: Lane, chat_id: ChatId, message_id: MessageId, payload: Payload) -> Self {
        let row = Self::send(lane, chat_id, payload);
        Self { method: Method::Edit, message_id: Some(message_id), ..row }
    }

    /// Deletes a message of ours. If it is too old to be deleted, `caption` replaces its caption.
    #[must_use]
    pub fn delete(lane: Lane, chat_id: ChatId, message_id: Option<MessageId>, caption: Payload) -> Self {
        Self { method: Method::Delete, message_id, ..Self::send(lane, chat_id, caption) }
    }

    #[must_use]
    pub fn copy(lane: Lane, chat_id: ChatId, from_chat_id: ChatId, message_id: MessageId) -> Self {
        Self { method: Method::Copy, ..Self::send(lane, chat_id, Payload::copy(from_chat_id, message_id)) }
    }

    #[must_use]
    pub fn thread(self, thread_id: TopicId) -> Self {
        Self { thread_id, ..self }
    }

    /// Sets the logical message that this call creates.
    #[must_use]
    pub fn message(self, message: MessageKey) -> Self {
        Self { message: Some(message), ..self }
    }

    /// Marks this as part of a survey's dialogue.
    #[must_use]
    pub fn survey(self, survey: SurveyKey) -> Self {
        Self { survey: Some(survey), ..self }
    }

    /// Marks this as the survey's invitation. Its outcome moves the ledger; after `not_after` it is not sent but given
    /// back.
    #[must_use]
    pub fn invitation(self, survey: SurveyKey, not_after: Option<Timestamp>) -> Self {
        Self { survey: Some(survey), first: true, not_after, ..self }
    }

    #[must_use]
    pub fn alert(self, alert: AlertKey) -> Self {
        Self { alert: Some(alert), ..self }
    }
}
