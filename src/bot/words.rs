//! What somebody wrote, as the use cases take it.

use super::update::{File, Message};
use crate::domain::ids::PersonId;
use crate::service::words::{Attachment, Words};

pub(super) fn words(person: PersonId, message: &Message) -> Words {
    Words {
        person,
        message_id: message.message_id,
        text: message.text_or_caption().map(str::to_owned),
        is_text: message.text.is_some(),
        attachment: attachment(message),
        media_group: message.media_group_id.clone(),
        reply_to: message.replied_to(),
    }
}

pub(super) fn attachment(message: &Message) -> Option<Attachment> {
    let largest = message.photo.as_ref().and_then(|sizes| sizes.last());
    let kinds: [(&'static str, Option<&File>); 7] = [
        ("voice", message.voice.as_ref()),
        ("video_note", message.video_note.as_ref()),
        ("photo", largest),
        ("video", message.video.as_ref()),
        ("audio", message.audio.as_ref()),
        ("document", message.document.as_ref()),
        // Current servers send a document with the same content as well.
        ("document", message.animation.as_ref()),
    ];
    let (kind, file) = kinds.into_iter().find_map(|(kind, file)| Some((kind, file?)))?;
    Some(Attachment {
        kind,
        file_id: file.file_id.clone(),
        file_size: file.file_size,
        duration_s: file.duration,
    })
}
