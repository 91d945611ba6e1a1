//! Somebody edits what they wrote: the copy changes with it.

use super::{chat, limits, sending};
use crate::config::ChatTopic;
use crate::domain::case::{Side, WordState};
use crate::domain::ids::{MessageId, TopicId};
use crate::domain::staff::Role;
use crate::domain::template::escape_html;
use crate::service::alerts::EditedFile;
use crate::service::words::Words;
use crate::service::{Unit, alerts, roles};
use crate::store::cases::CaseMessage;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;

/// A lead edited a message. Returns false if it is none of a talk.
pub async fn lead_edited(unit: &mut Unit<'_>, place: ChatTopic, words: &Words) -> store::Result<bool> {
    let known = unit.tx.find_case_message_at(place.chat, words.message_id).await?;
    let Some(message) = known.filter(|known| known.side == Side::Staff) else { return Ok(false) };
    if roles::role(&mut unit.tx, unit.ctx, words.person).await?.is_none_or(|role| role < Role::Lead) {
        // They have lost the role since.
        say(unit, place, words.message_id, "edit-failed").await?;
        return Ok(true);
    }
    let is_same = message.text == words.text;
    unit.tx.set_case_message_text(message.id, words.text.as_deref()).await?;
    if !matches!(message.state, WordState::Waiting | WordState::Delivered) {
        return Ok(true);
    }
    if is_same && !message.is_text {
        // Only the file can have changed, and a copy keeps its own.
        say(unit, place, words.message_id, "edit-media").await?;
        return Ok(true);
    }
    change(unit, CaseMessage { text: words.text.clone(), ..message }).await?;
    Ok(true)
}

/// Brings the customer's copy up to date.
async fn change(unit: &mut Unit<'_>, message: CaseMessage) -> store::Result<()> {
    let Some(row) = unit.tx.find_case(message.case_number).await? else { return Ok(()) };
    let (Some(to), Some(copy)) = (row.person, message.copy) else { return Ok(()) };
    let words = escape_html(message.text.as_deref().unwrap_or_default());
    let payload = if message.is_text {
        let header = sending::header(unit, &row, to, &message).await?;
        Payload::text(sending::text(header.as_deref(), &message).unwrap_or(words))
    } else {
        Payload::caption(words)
    };
    let edit = Outgoing::edit(Lane::Answers, to.chat(), copy, None, payload);
    unit.tx.enqueue(&edit, unit.now).await
}

/// A lead's edit was refused at the customer.
pub(super) async fn refused(unit: &mut Unit<'_>, message: &CaseMessage) -> store::Result<()> {
    let place = ChatTopic { chat: message.chat_id, topic: TopicId::NONE };
    say(unit, place, message.message_id, "edit-failed").await
}

async fn say(unit: &mut Unit<'_>, place: ChatTopic, to: MessageId, id: &str) -> store::Result<()> {
    let locale = chat::locale(unit, place).await?;
    let view = View::text(unit.ctx.catalogue.text(locale, id));
    chat::answer(unit, place, to, &view).await
}

/// A customer edited a message. Returns false if it is none of a talk.
pub async fn customer_edited(unit: &mut Unit<'_>, words: &Words) -> store::Result<bool> {
    let (person, message_id) = (words.person, words.message_id);
    let known = unit.tx.find_case_message_at(person.chat(), message_id).await?;
    let Some(message) = known.filter(|known| known.side == Side::Customer) else { return Ok(false) };
    // The leads keep what they had, and the author hears so.
    if let Some(author) = unit.tx.find_person(person).await?
        && limits::is_muted(unit, &author).await?
    {
        return Ok(true);
    }
    let text = words.text.as_deref();
    unit.tx.set_case_message_text(message.id, text).await?;
    let is_other_file = match &words.attachment {
        Some(file) => {
            unit.tx.replace_case_file(message.id, (file.kind, &file.file_id), file.file_size).await?
        }
        None => false,
    };
    if message.state == WordState::Kept {
        return Ok(true);
    }
    let Some(row) = unit.tx.find_case(message.case_number).await? else { return Ok(true) };
    if row.is_held_back() && !unit.tx.is_shown_to_leads(person, message_id).await? {
        return Ok(true);
    }
    let source = (person, message_id);
    if words.is_text {
        alerts::show_words_again(unit, &row, person, alerts::Said { message_id, text }).await?;
    } else if is_other_file {
        alerts::show_file_again(unit, &row, source, EditedFile::File(text)).await?;
    } else if message.text.as_deref() != text {
        alerts::show_file_again(unit, &row, source, EditedFile::Caption(text)).await?;
    }
    Ok(true)
}
