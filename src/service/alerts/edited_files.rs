//! A customer edits a message with a file. Another caption changes the copies in the leads' chats. Another file comes as a
//! further copy with a mark, because a copy keeps the file that it was made with.

use super::words::{MARK, Place, Said, posts, show};
use crate::domain::ids::{MessageId, MessageKey, PersonId};
use crate::domain::template::escape_html;
use crate::service::Unit;
use crate::store::cases::CaseRow;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::alert::visible_len;

/// The most characters of a caption that a bot may write.
const CAPTION: usize = 1024;

/// What a customer has edited, with the caption as it is now.
#[derive(Clone, Copy, Debug)]
pub enum EditedFile<'m> {
    Caption(Option<&'m str>),
    File(Option<&'m str>),
}

/// Brings the copies of a message about a case up to date.
pub async fn show_file_again(
    unit: &mut Unit<'_>,
    case: &CaseRow,
    source: (PersonId, MessageId),
    edited: EditedFile<'_>,
) -> store::Result<()> {
    for place in posts(unit, case).await? {
        if let Some(message) = show_in(unit, place, source, edited).await? {
            unit.tx.note_case_words(case.number, (place.chat, place.topic), message, unit.now).await?;
        }
    }
    Ok(())
}

/// Returns the message that shows the file, if it is a new one.
async fn show_in(
    unit: &mut Unit<'_>,
    place: Place,
    (person, message_id): (PersonId, MessageId),
    edited: EditedFile<'_>,
) -> store::Result<Option<MessageKey>> {
    let (EditedFile::Caption(caption) | EditedFile::File(caption)) = edited;
    let Some(shown) = unit.tx.find_shown((place.chat, place.topic), person, message_id).await? else {
        let said = Said { message_id, text: None };
        return show(unit, place, person, said, "").await.map(Some);
    };
    if let Some(row) = unit.tx.find_waiting_copy(place.chat, shown.message).await? {
        // It will show the message as it is at that time, but for a caption that was written for the copy.
        let payload = row.payload()?;
        if payload.text.is_some() {
            let payload = Payload { text: marked(caption), ..payload };
            unit.tx.set_waiting_payload(row.id, &payload).await?;
        }
        return Ok(None);
    }
    let html = escape_html(caption.unwrap_or_default());
    if matches!(edited, EditedFile::Caption(_)) && visible_len(&html) <= CAPTION {
        let edit = Outgoing::edit(Lane::Edits, place.chat, shown.message, None, Payload::caption(html));
        unit.tx.enqueue(&edit.thread(place.topic), unit.now).await?;
        return Ok(None);
    }
    copy(unit, place, (person, message_id), marked(caption)).await.map(Some)
}

/// The caption with the mark. `None` if there is no room for it: then the copy has the caption that the customer wrote.
fn marked(caption: Option<&str>) -> Option<String> {
    let html = format!("{MARK}{}", escape_html(caption.unwrap_or_default()));
    let html = html.trim_end();
    (visible_len(html) <= CAPTION).then(|| html.to_owned())
}

async fn copy(
    unit: &mut Unit<'_>,
    place: Place,
    (person, message_id): (PersonId, MessageId),
    caption: Option<String>,
) -> store::Result<MessageKey> {
    let made = unit.tx.insert_message(place.chat, place.topic).await?;
    unit.tx.insert_copy(made, (person, message_id), None).await?;
    unit.tx.insert_copy_part(made, person, message_id).await?;
    let mut copy = Outgoing::copy(Lane::Words, place.chat, person.chat(), message_id);
    copy.payload = Payload { text: caption, ..copy.payload.reply_to(place.under) };
    unit.tx.enqueue(&copy.thread(place.topic).message(made), unit.now).await?;
    Ok(made)
}
