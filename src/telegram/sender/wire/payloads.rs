//! The payloads of the Bot API's methods that the sender calls. They borrow stored texts and keyboards as JSON.

use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::requests::Payload;

use crate::domain::ids::{ChatId, MessageId, TopicId};

#[derive(Serialize)]
pub(super) struct LinkPreview {
    is_disabled: bool,
}

pub(super) const NO_PREVIEW: LinkPreview = LinkPreview { is_disabled: true };

#[derive(Serialize)]
pub(super) struct ReplyTo {
    pub(super) message_id: MessageId,
    pub(super) allow_sending_without_reply: bool,
}

/// teloxide's payloads own their texts and accept keyboards only as its own types. These borrow both as JSON.
macro_rules! payload {
    ($name:literal, $payload:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        #[derive(Serialize)]
        pub(super) struct $payload<'a> {
            $(#[serde(skip_serializing_if = "skip")] pub(super) $field: $type),+
        }

        impl Payload for $payload<'_> {
            type Output = ();
            const NAME: &'static str = $name;
        }
    };
}

/// Decides which fields of a payload are left out.
trait Skip {
    fn is_absent(&self) -> bool {
        false
    }
}

impl Skip for ChatId {}
impl Skip for MessageId {}
impl Skip for LinkPreview {}

impl Skip for bool {
    fn is_absent(&self) -> bool {
        !self
    }
}

impl<T> Skip for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

fn skip(field: &impl Skip) -> bool {
    field.is_absent()
}

payload!("sendMessage", SendMessage {
    chat_id: ChatId,
    message_thread_id: Option<TopicId>,
    text: Option<&'a RawValue>,
    parse_mode: Option<&'static str>,
    link_preview_options: LinkPreview,
    disable_notification: bool,
    reply_parameters: Option<ReplyTo>,
    reply_markup: Option<&'a RawValue>,
});

payload!("editMessageText", EditMessageText {
    chat_id: ChatId,
    message_id: MessageId,
    text: Option<&'a RawValue>,
    parse_mode: Option<&'static str>,
    link_preview_options: LinkPreview,
    reply_markup: Option<&'a RawValue>,
});

payload!("editMessageReplyMarkup", EditMessageReplyMarkup {
    chat_id: ChatId,
    message_id: MessageId,
    reply_markup: Option<&'a RawValue>,
});

#[derive(Serialize)]
pub(super) struct DeleteMessage {
    pub(super) chat_id: ChatId,
    pub(super) message_id: MessageId,
}

/// teloxide's own payload has a 32-bit ID.
impl Payload for DeleteMessage {
    type Output = ();
    const NAME: &'static str = "deleteMessage";
}

payload!("editMessageCaption", EditMessageCaption {
    chat_id: ChatId,
    message_id: MessageId,
    caption: Option<&'a RawValue>,
    parse_mode: Option<&'static str>,
});

payload!("copyMessage", CopyMessage {
    chat_id: ChatId,
    message_thread_id: Option<TopicId>,
    from_chat_id: Option<ChatId>,
    message_id: Option<MessageId>,
    caption: Option<&'a RawValue>,
    parse_mode: Option<&'static str>,
    disable_notification: bool,
    reply_parameters: Option<ReplyTo>,
    reply_markup: Option<&'a RawValue>,
});

#[derive(Serialize)]
pub(super) struct CopyMessages {
    pub(super) chat_id: ChatId,
    #[serde(skip_serializing_if = "skip")]
    pub(super) message_thread_id: Option<TopicId>,
    pub(super) from_chat_id: Option<ChatId>,
    pub(super) message_ids: Vec<MessageId>,
    #[serde(skip_serializing_if = "skip")]
    pub(super) disable_notification: bool,
}

/// teloxide's own payload has 32-bit IDs.
impl Payload for CopyMessages {
    type Output = ();
    const NAME: &'static str = "copyMessages";
}

#[derive(Serialize)]
pub(super) struct SetMessageReaction {
    pub(super) chat_id: ChatId,
    pub(super) message_id: MessageId,
    pub(super) reaction: [Emoji; 1],
}

impl Payload for SetMessageReaction {
    type Output = ();
    const NAME: &'static str = "setMessageReaction";
}

#[derive(Serialize)]
pub(super) struct Emoji {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) emoji: &'static str,
}
