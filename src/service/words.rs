//! What somebody writes to the bot, as far as the use cases need it.

use crate::domain::ids::{MessageId, PersonId};

/// A file that came with a message.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// `voice`, `photo`, `video_note`, `video`, `audio` or `document`.
    pub kind: &'static str,
    pub file_id: String,
    pub file_size: Option<i64>,
    pub duration_s: Option<i64>,
}

/// One message of a customer that is not a command.
#[derive(Clone, Debug)]
pub struct Words {
    pub person: PersonId,
    pub message_id: MessageId,
    /// The text, or the caption of a file.
    pub text: Option<String>,
    /// Whether the message is a plain text.
    pub is_text: bool,
    pub attachment: Option<Attachment>,
    /// The album that the message belongs to.
    pub media_group: Option<String>,
    /// The message that this one replies to.
    pub reply_to: Option<MessageId>,
}

impl Words {
    /// What kind of message it is, unless it is a plain text.
    #[must_use]
    pub fn kind(&self) -> Option<&'static str> {
        match &self.attachment {
            _ if self.is_text => None,
            Some(attachment) => Some(attachment.kind),
            None => Some("other"),
        }
    }
}
