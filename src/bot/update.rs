//! The parts of an update that the bot reads, and nothing else.
//!
//! We use our own types instead of teloxide's. Those turn a message with an entity from a newer server into an empty
//! one, so a customer's words would vanish, and they cost a quarter of a tap's CPU time. Here, unused fields are
//! skipped, and an unknown one causes no error.

use crate::domain::ids::{ChatId, MessageId, PersonId, TopicId};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Clone, Debug, Deserialize)]
pub struct Update {
    pub update_id: i64,
    pub message: Option<Message>,
    pub edited_message: Option<Message>,
    pub channel_post: Option<Message>,
    pub callback_query: Option<CallbackQuery>,
    pub my_chat_member: Option<MyChatMember>,
}

/// The kinds of update that are requested; they are the fields of [`Update`].
pub const KINDS: [&str; 5] =
    ["message", "edited_message", "channel_post", "callback_query", "my_chat_member"];

#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub message_id: MessageId,
    /// In seconds since 1970.
    #[serde(default)]
    pub date: i64,
    pub chat: Chat,
    pub from: Option<User>,
    pub text: Option<String>,
    pub caption: Option<String>,
    pub message_thread_id: Option<TopicId>,
    /// Set only in the topics of a forum; other groups have reply threads as well.
    #[serde(default)]
    pub is_topic_message: bool,
    pub media_group_id: Option<String>,
    pub reply_to_message: Option<Box<Self>>,
    pub quote: Option<Quote>,
    pub forward_origin: Option<IgnoredAny>,
    pub voice: Option<File>,
    pub video_note: Option<File>,
    pub video: Option<File>,
    pub animation: Option<File>,
    pub audio: Option<File>,
    pub document: Option<File>,
    pub sticker: Option<File>,
    /// The same picture in several sizes, the largest last.
    pub photo: Option<Vec<File>>,
    pub contact: Option<Contact>,
    // Things a customer can send but we cannot store; only their presence is read.
    pub location: Option<IgnoredAny>,
    pub venue: Option<IgnoredAny>,
    pub poll: Option<IgnoredAny>,
    pub dice: Option<IgnoredAny>,
    pub story: Option<IgnoredAny>,
    pub game: Option<IgnoredAny>,
    pub checklist: Option<IgnoredAny>,
    pub paid_media: Option<IgnoredAny>,
    pub live_photo: Option<IgnoredAny>,
    pub rich_message: Option<IgnoredAny>,
    pub migrate_to_chat_id: Option<ChatId>,
    pub migrate_from_chat_id: Option<ChatId>,
    /// Somebody left or was removed, possibly the bot itself.
    pub left_chat_member: Option<IgnoredAny>,
    /// The buttons of a message of ours that somebody replies to.
    pub reply_markup: Option<Markup>,
}

impl Message {
    /// The text of the message, or the caption of its file.
    pub fn text_or_caption(&self) -> Option<&str> {
        self.text.as_deref().or(self.caption.as_deref())
    }

    /// Whether the message is a reply to one of this bot's messages. In a topic, the reply field of every plain message
    /// holds the topic's creation.
    pub fn replies_to(&self, bot: &str) -> bool {
        let Some(replied_to) = &self.reply_to_message else { return false };
        let begins_topic =
            self.message_thread_id.is_some_and(|topic| topic.get() == replied_to.message_id.get());
        let is_ours = |author: &User| {
            author.is_bot && author.username.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(bot))
        };
        !begins_topic && replied_to.from.as_ref().is_some_and(is_ours)
    }

    /// The message that this one replies to.
    pub fn replied_to(&self) -> Option<MessageId> {
        self.reply_to_message.as_ref().map(|replied_to| replied_to.message_id)
    }

    /// Whether the message has content; everything else is one of Telegram's service messages.
    pub fn says_something(&self) -> bool {
        let files =
            [&self.voice, &self.video_note, &self.video, &self.animation, &self.audio, &self.document];
        self.text_or_caption().is_some()
            || self.photo.is_some()
            || files.iter().any(|file| file.is_some())
            || self.is_neither_words_nor_file()
    }

    /// Whether the message is a place on a map.
    pub fn names_place(&self) -> bool {
        self.location.is_some() || self.venue.is_some()
    }

    /// Whether the message has content that is neither words nor a file; everything else is one of Telegram's service
    /// messages.
    pub fn is_neither_words_nor_file(&self) -> bool {
        let kinds = [
            &self.location,
            &self.venue,
            &self.poll,
            &self.dice,
            &self.story,
            &self.game,
            &self.checklist,
            &self.paid_media,
            &self.live_photo,
            &self.rich_message,
        ];
        self.sticker.is_some() || self.contact.is_some() || kinds.iter().any(|kind| kind.is_some())
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Chat {
    pub id: ChatId,
    #[serde(rename = "type")]
    pub kind: ChatKind,
    pub title: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    Private,
    Group,
    Supergroup,
    Channel,
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize)]
pub struct User {
    pub id: PersonId,
    #[serde(default)]
    pub is_bot: bool,
    #[serde(default)]
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: Option<String>,
}

/// The buttons below a message.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Markup {
    #[serde(default)]
    pub inline_keyboard: Vec<Vec<Button>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Button {
    pub callback_data: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Quote {
    pub text: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct File {
    pub file_id: String,
    pub file_unique_id: Option<String>,
    /// In seconds.
    pub duration: Option<i64>,
    pub file_size: Option<i64>,
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Contact {
    pub phone_number: String,
    pub user_id: Option<PersonId>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct CallbackQuery {
    pub id: String,
    pub from: User,
    /// It may be a message that can no longer be read. It is absent if the button is below a message sent in somebody's
    /// name, or if the bot is set to get taps without it (`callback_query_mode`, Bot API 10.5).
    pub message: Option<TappedMessage>,
    pub data: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct TappedMessage {
    pub message_id: MessageId,
    pub chat: Chat,
    pub message_thread_id: Option<TopicId>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct MyChatMember {
    pub chat: Chat,
    pub from: User,
    pub new_chat_member: Membership,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Membership {
    pub status: MemberStatus,
    /// For a restricted member.
    pub is_member: Option<bool>,
    pub can_send_messages: Option<bool>,
    /// For an administrator of a channel.
    pub can_post_messages: Option<bool>,
}

impl Membership {
    /// Whether the bot is in a group or channel.
    pub fn is_inside(&self) -> bool {
        match self.status {
            MemberStatus::Creator | MemberStatus::Administrator | MemberStatus::Member => true,
            MemberStatus::Restricted => self.is_member != Some(false),
            MemberStatus::Left | MemberStatus::Kicked | MemberStatus::Other => false,
        }
    }

    /// Whether the bot may write there, as far as is known.
    pub fn may_write(&self) -> bool {
        self.is_inside()
            && self.can_post_messages != Some(false)
            && (self.status != MemberStatus::Restricted || self.can_send_messages != Some(false))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberStatus {
    Creator,
    Administrator,
    Member,
    Restricted,
    Left,
    Kicked,
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Update {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn words_survive_entities_and_fields_of_newer_servers() {
        let update = read(
            r#"{"update_id":5000000000,"message":{"message_id":7,"date":1,"from":{"id":9,"is_bot":false,
            "first_name":"Анна","new":{}},"chat":{"id":9,"type":"private"},"text":"Долго \"ждали\"",
            "entities":[{"type":"date_time","offset":0,"length":5,"unix_time":1}],"live_photo":{"x":[]}}}"#,
        );
        let message = update.message.unwrap();
        assert_eq!((update.update_id, message.text_or_caption()), (5_000_000_000, Some("Долго \"ждали\"")));
    }

    #[test]
    fn a_voice_without_a_type_and_a_chat_of_a_new_kind_are_read() {
        let update = read(
            r#"{"update_id":1,"message":{"message_id":7,"chat":{"id":9,"type":"cloud"},
            "voice":{"file_id":"f","duration":3},"caption":"вот"}}"#,
        );
        let message = update.message.unwrap();
        assert_eq!(message.chat.kind, ChatKind::Other);
        assert_eq!((message.voice.unwrap().duration, message.caption.as_deref()), (Some(3), Some("вот")));
    }

    #[test]
    fn a_reply_to_this_bot_is_told_from_others_and_from_plain_messages_of_a_topic() {
        let replies = |thread: i64, id: i64, from: &str| {
            let text = format!(
                r#"{{"update_id":1,"message":{{"message_id":9,"chat":{{"id":-1,"type":"supergroup"}},"text":"x",
                "message_thread_id":{thread},"reply_to_message":{{"message_id":{id},
                "chat":{{"id":-1,"type":"supergroup"}},"from":{from}}}}}}}"#
            );
            read(&text).message.unwrap().replies_to("my_bot")
        };
        let bot = r#"{"id":1,"is_bot":true,"first_name":"B","username":"My_bot"}"#;
        assert!(replies(3, 4, bot));
        assert!(!replies(4, 4, bot), "the creation of the topic");
        assert!(!replies(3, 4, r#"{"id":2,"is_bot":true,"first_name":"C","username":"your_bot"}"#));
        assert!(!replies(3, 4, r#"{"id":3,"is_bot":false,"first_name":"D","username":"my_bot"}"#));
    }

    #[test]
    fn an_unknown_kind_is_an_update_with_nothing_in_it() {
        let update = read(r#"{"update_id":1,"guest_message":{"x":1}}"#);
        assert!(update.message.is_none() && update.callback_query.is_none());
    }

    #[test]
    fn a_tap_that_comes_without_its_message_is_a_tap() {
        let update = read(
            r#"{"update_id":1,"callback_query":{"id":"77","from":{"id":9,"is_bot":false,"first_name":"A"},
            "inline_message_id":"AgAAA","chat_instance":"1","data":"a"}}"#,
        );
        assert!(update.callback_query.unwrap().message.is_none());
    }

    #[test]
    fn a_tap_on_a_message_that_cannot_be_read_any_more_is_a_tap() {
        let update = read(
            r#"{"update_id":1,"callback_query":{"id":"77","from":{"id":9,"is_bot":false,"first_name":"A"},
            "message":{"chat":{"id":9,"type":"private"},"message_id":4,"date":0},"chat_instance":"1","data":"a"}}"#,
        );
        assert_eq!(update.callback_query.unwrap().message.unwrap().message_id, MessageId::new(4));
    }
}
