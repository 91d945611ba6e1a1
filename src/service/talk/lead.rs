//! A lead writes to a customer: they reply to a message of ours that is about a case.

use super::messages::{Wrote, keep_leads};
use super::unknown::{self, Addressed, Replied};
use super::{acts, albums, chat, held, sending, showing};
use crate::domain::case::{Act, Refusal, Side, Status, WordState};
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, ChatId};
use crate::service::Unit;
use crate::store;
use crate::store::cases::CaseMessage;
use crate::view::talk;

/// Words that begin so are a note for colleagues.
const NOTE: &str = "//";

/// What the message that somebody replies to is about.
pub async fn addressed(unit: &mut Unit<'_>, chat: ChatId, replied: &Replied<'_>) -> store::Result<Addressed> {
    if let Some(number) = unit.tx.find_case_of_message(chat, replied.message_id).await? {
        return Ok(Addressed::Case(number));
    }
    if unit.tx.find_fold_place(chat, replied.message_id).await?.is_some() {
        return Ok(Addressed::Fold);
    }
    if unit.tx.is_message_known(chat, replied.message_id).await? {
        return Ok(Addressed::Other);
    }
    unknown::recognise(unit, chat, replied).await
}

/// Takes what somebody with the role wrote about a case, and answers them if it does not go to the customer.
pub async fn lead_wrote(unit: &mut Unit<'_>, number: CaseNumber, wrote: &Wrote<'_>) -> store::Result<()> {
    let words = wrote.words;
    let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(()) };
    if let Some(note) = words.text.as_deref().and_then(|text| text.trim_start().strip_prefix(NOTE)) {
        if words.media_group.is_some() {
            // Only one part of an album has the caption, and the other parts are for colleagues too.
            keep_leads(unit, number, wrote, WordState::Dropped).await?;
        }
        let note = note.trim();
        if note.is_empty() {
            return Ok(());
        }
        return acts::step(unit, &row, Happening::Noted, Some(words.person), Some(note)).await;
    }
    if row.person.is_none() {
        return erased(unit, number, wrote).await;
    }
    if let Some(first) = first_part(unit, wrote.place.chat, words.media_group.as_deref()).await? {
        return further_part(unit, &first, wrote).await;
    }
    let was_free = row.case.status == Status::Open;
    match acts::act(unit, &mut row, Act::Reply { by: words.person }, Some(wrote.place)).await? {
        Ok(_) => {
            if was_free {
                showing::show_kept(unit, &row).await?;
            }
            match keep_leads(unit, number, wrote, WordState::Waiting).await? {
                Some(message) => albums::pass_on(unit, &row, message).await,
                None => Ok(()),
            }
        }
        Err(Refusal::Erased) => erased(unit, number, wrote).await,
        Err(_) => held::hold(unit, &row, wrote).await,
    }
}

async fn erased(unit: &mut Unit<'_>, number: CaseNumber, wrote: &Wrote<'_>) -> store::Result<()> {
    let locale = chat::locale(unit, wrote.place).await?;
    let view = talk::about(&unit.ctx.catalogue, locale, "reply-erased", number);
    chat::answer(unit, wrote.place, wrote.words.message_id, &view).await
}

/// The case that the first part of a lead's album went to.
pub async fn case_of_album(
    unit: &mut Unit<'_>,
    chat: ChatId,
    album: Option<&str>,
) -> store::Result<Option<CaseNumber>> {
    Ok(first_part(unit, chat, album).await?.map(|first| first.case_number))
}

async fn first_part(
    unit: &mut Unit<'_>,
    chat: ChatId,
    album: Option<&str>,
) -> store::Result<Option<CaseMessage>> {
    let Some(album) = album else { return Ok(None) };
    let parts = unit.tx.list_case_album(chat, album).await?;
    Ok(parts.into_iter().find(|part| part.side == Side::Staff))
}

/// A further part of an album shares what became of the first.
async fn further_part(unit: &mut Unit<'_>, first: &CaseMessage, wrote: &Wrote<'_>) -> store::Result<()> {
    let state = match first.state {
        WordState::Held | WordState::Dropped => first.state,
        _ => WordState::Waiting,
    };
    let Some(message) = keep_leads(unit, first.case_number, wrote, state).await? else { return Ok(()) };
    let is_late = first.copy.is_some() && state == WordState::Waiting;
    if is_late && let Some(row) = unit.tx.find_case(first.case_number).await? {
        let part = unit.tx.find_case_message(message).await?;
        return match part {
            Some(part) => sending::send(unit, &row, &part).await,
            None => Ok(()),
        };
    }
    Ok(())
}
