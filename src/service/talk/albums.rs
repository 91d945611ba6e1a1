//! Albums. Telegram brings the parts of an album one by one, so they are gathered for a moment and then copied in one
//! call, which keeps them together.

use std::time::Duration;

use super::{sending, showing, waits};
use crate::domain::case::{Side, WordState};
use crate::domain::ids::{CaseMessageKey, CaseNumber, ChatId, TopicId};
use crate::service::Unit;
use crate::store::cases::{CaseMessage, CaseRow, NewPrompt};
use crate::store::{self, AlbumPart, Lane, Method, Outgoing, Payload};

/// How long the parts of an album are gathered.
const GATHERED: Duration = Duration::from_secs(1);

/// Passes on a message, to the other side of its author. The parts of an album are gathered first.
pub(super) async fn pass_on(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    message: CaseMessageKey,
) -> store::Result<()> {
    let Some(message) = unit.tx.find_case_message(message).await? else { return Ok(()) };
    pass_finished(unit, &message).await?;
    match message.side {
        _ if message.media_group.is_some() => gather(unit, &message).await,
        Side::Staff => sending::send(unit, row, &message).await,
        Side::Customer => showing::show(unit, row, &message).await,
    }
}

/// Passes on the albums after which their author went on with this message, so that it does not arrive before them.
async fn pass_finished(unit: &mut Unit<'_>, next: &CaseMessage) -> store::Result<()> {
    let own = next.media_group.as_deref().map(waits::album).unwrap_or_default();
    for finished in unit.tx.take_case_albums(next.chat_id, next.person, &own).await? {
        if let Some(album) = finished.kind.strip_prefix(waits::ALBUM) {
            pass(unit, finished.case_number, next.chat_id, album).await?;
        }
    }
    Ok(())
}

/// Waits for further parts of the album that this message belongs to.
async fn gather(unit: &mut Unit<'_>, message: &CaseMessage) -> store::Result<()> {
    let Some(album) = &message.media_group else { return Ok(()) };
    let prompt = NewPrompt {
        chat_id: message.chat_id,
        person: message.person,
        kind: &waits::album(album),
        case_number: message.case_number,
        argument: None,
        message: None,
        expires_at: unit.now.plus(GATHERED),
    };
    unit.tx.put_case_prompt(&prompt).await
}

/// Passes on an album whose parts have been gathered.
pub(super) async fn pass(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    chat: ChatId,
    album: &str,
) -> store::Result<()> {
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(()) };
    let mut parts = unit.tx.list_case_album(chat, album).await?;
    parts.retain(|part| part.state == WordState::Waiting && part.copy.is_none());
    if parts.first().is_some_and(|first| first.side == Side::Customer) {
        // A late part must not bring those again that went before it.
        let mut unshown = Vec::with_capacity(parts.len());
        for part in parts {
            if !unit.tx.is_shown_to_leads(part.person, part.message_id).await? {
                unshown.push(part);
            }
        }
        return showing::show_album(unit, &row, &unshown).await;
    }
    match parts.as_slice() {
        [] => Ok(()),
        [only] => sending::send(unit, &row, only).await,
        _ => send(unit, &row, &parts).await,
    }
}

async fn send(unit: &mut Unit<'_>, row: &CaseRow, parts: &[CaseMessage]) -> store::Result<()> {
    let (Some(to), Some(first)) = (row.person, parts.first()) else { return Ok(()) };
    let header = match sending::header(unit, row, to, first).await? {
        Some(header) => Some(sending::head(unit, to, &header).await?),
        None => None,
    };
    let mut album = Vec::with_capacity(parts.len());
    for part in parts {
        let copy = unit.tx.insert_message(to.chat(), TopicId::NONE).await?;
        unit.tx.set_case_message_copy(part.id, copy).await?;
        album.push(AlbumPart { message_id: part.message_id, copy });
    }
    let shown = album.first().map(|part| part.copy);
    let payload = Payload { header, ..Payload::album(first.chat_id, album) };
    let outgoing = Outgoing {
        method: Method::Copy,
        message: shown,
        ..Outgoing::send(Lane::Answers, to.chat(), payload)
    };
    unit.tx.enqueue(&outgoing, unit.now).await?;
    sending::watch(unit, first).await
}
