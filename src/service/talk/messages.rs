//! Messages of customers and leads as the talk stores them.

use super::waits;
use crate::config::ChatTopic;
use crate::domain::case::{Side, WordState};
use crate::domain::ids::{CaseMessageKey, CaseNumber};
use crate::service::Unit;
use crate::service::words::Words;
use crate::store;
use crate::store::cases::{CaseMessage, NewCaseMessage};

/// What a lead wrote, and where.
#[derive(Clone, Copy, Debug)]
pub struct Wrote<'w> {
    pub words: &'w Words,
    pub place: ChatTopic,
}

/// Stores what a lead wrote. Returns `None` if it is known already.
pub(super) async fn keep_leads(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    wrote: &Wrote<'_>,
    state: WordState,
) -> store::Result<Option<CaseMessageKey>> {
    let Wrote { words, place } = *wrote;
    let answered = match words.reply_to {
        Some(replied_to) => unit.tx.find_case_message_passed_on(place.chat, replied_to).await?,
        None => None,
    };
    let new = NewCaseMessage {
        side: Side::Staff,
        chat_id: place.chat,
        reply_to: answered.map(|answered| answered.id),
        ..new(number, words, state)
    };
    unit.tx.insert_case_message(&new, unit.now).await
}

/// Stores what a customer wrote. Returns `None` if it is known already.
pub(super) async fn keep_customers(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    words: &Words,
    state: WordState,
) -> store::Result<Option<CaseMessageKey>> {
    unit.tx.insert_case_message(&new(number, words, state), unit.now).await
}

fn new(number: CaseNumber, words: &Words, state: WordState) -> NewCaseMessage<'_> {
    let attachment = words.attachment.as_ref();
    NewCaseMessage {
        case_number: number,
        side: Side::Customer,
        person: words.person,
        chat_id: words.person.chat(),
        message_id: words.message_id,
        media_group: words.media_group.as_deref(),
        kind: words.kind(),
        text: words.text.as_deref(),
        file_id: attachment.map(|attachment| attachment.file_id.as_str()),
        file_size: attachment.and_then(|attachment| attachment.file_size),
        reply_to: None,
        state,
    }
}

/// All parts of the album that a message belongs to, or the message alone.
pub(super) async fn parts(unit: &mut Unit<'_>, message: &CaseMessage) -> store::Result<Vec<CaseMessage>> {
    match &message.media_group {
        Some(album) => unit.tx.list_case_album(message.chat_id, album).await,
        None => Ok(vec![message.clone()]),
    }
}

/// Sets what has become of a message and of all parts of its album.
pub(super) async fn settle(
    unit: &mut Unit<'_>,
    message: &CaseMessage,
    state: WordState,
    reason: Option<&str>,
) -> store::Result<()> {
    for part in parts(unit, message).await? {
        unit.tx.set_case_message_state(part.id, state, reason, unit.now).await?;
    }
    if state != WordState::Waiting {
        let watched = waits::slow(message.message_id);
        unit.tx.take_case_prompt(message.chat_id, message.person, &watched).await?;
    }
    Ok(())
}
