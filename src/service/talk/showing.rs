//! Shows the leads what a customer wrote.

use super::{acts, messages, waits};
use crate::domain::case::{Act, WordState};
use crate::domain::happening::Happening;
use crate::domain::ids::CaseNumber;
use crate::service::{Unit, alerts};
use crate::store;
use crate::store::cases::{CaseMessage, CaseRow};

/// Notes in the case that its customer has written. Returns false if it takes no words any more.
pub(super) async fn hear(unit: &mut Unit<'_>, row: &mut CaseRow, text: Option<&str>) -> store::Result<bool> {
    if acts::act(unit, row, Act::CustomerWords, None).await?.is_err() {
        return Ok(false);
    }
    row.last_in_at = Some(unit.now);
    unit.tx.update_case(row).await?;
    acts::step(unit, row, Happening::WordIn, None, text).await?;
    Ok(true)
}

/// Shows a customer's message to the leads. If no chat takes it now, it is kept.
pub(super) async fn show(unit: &mut Unit<'_>, row: &CaseRow, message: &CaseMessage) -> store::Result<()> {
    let text = message.text.as_deref().filter(|_| message.is_text);
    let said = alerts::Said { message_id: message.message_id, text };
    let is_shown = !row.is_held_back() && alerts::show_words(unit, row, message.person, said).await?;
    let state = if is_shown { WordState::Waiting } else { WordState::Kept };
    if state == message.state {
        return Ok(());
    }
    unit.tx.set_case_message_state(message.id, state, None, unit.now).await
}

/// Shows an album to the leads.
pub(super) async fn show_album(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    parts: &[CaseMessage],
) -> store::Result<()> {
    let first = match parts {
        [] => return Ok(()),
        [only] => return show(unit, row, only).await,
        [first, ..] => first,
    };
    let ids: Vec<_> = parts.iter().map(|part| part.message_id).collect();
    let is_shown = !row.is_held_back() && alerts::show_album(unit, row, first.person, &ids).await?;
    let state = if is_shown { WordState::Waiting } else { WordState::Kept };
    if state == first.state {
        return Ok(());
    }
    messages::settle(unit, first, state, None).await
}

/// Shows messages to the leads, in the order in which they came. Albums stay together.
pub(super) async fn show_all(unit: &mut Unit<'_>, row: &CaseRow, words: &[CaseMessage]) -> store::Result<()> {
    let is_one_album = |one: &CaseMessage, next: &CaseMessage| {
        one.media_group.is_some() && one.media_group == next.media_group
    };
    for parts in words.chunk_by(is_one_album) {
        show_album(unit, row, parts).await?;
    }
    Ok(())
}

/// Shows the leads what was kept until they could be shown it. What waits for the customer to say which case it is about
/// goes on waiting.
pub(super) async fn show_kept(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<()> {
    let Some(person) = row.person else { return Ok(()) };
    let asked = unit.tx.find_case_prompt(person.chat(), person, waits::WHICH).await?;
    if asked.is_some_and(|asked| asked.case_number == row.number) {
        return Ok(());
    }
    let kept = unit.tx.list_kept_case_messages(row.number).await?;
    show_all(unit, row, &kept).await
}

/// The same for a case that somebody may have taken just now.
pub async fn show_kept_if_taken(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    match unit.tx.find_case(number).await? {
        Some(row) if row.case.status.owner().is_some() => show_kept(unit, &row).await,
        _ => Ok(()),
    }
}

/// The same for a case that was posted in further chats just now. What waits for a lead who takes the case goes on
/// waiting.
pub async fn show_kept_if_announced(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    match unit.tx.find_case(number).await? {
        Some(row) if !row.is_held_back() => show_kept(unit, &row).await,
        _ => Ok(()),
    }
}
