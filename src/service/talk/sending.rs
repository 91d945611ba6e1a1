//! Sends a lead's words to the customer.

use std::time::Duration;

use super::{acts, waits};
use crate::domain::ids::{MessageKey, PersonId, TopicId};
use crate::domain::template::escape_html;
use crate::service::Unit;
use crate::service::cases::lead_name;
use crate::store::cases::{CaseMessage, CaseRow, NewPrompt};
use crate::store::{self, Lane, Method, OutboxRow, Outgoing, Payload};
use crate::view::talk::{self, Named};

/// How long a reply may wait to be sent before its author is told.
const SLOW: Duration = Duration::from_mins(10);

/// The characters of a message, as Telegram counts them.
const LONGEST_TEXT: usize = 4096;

/// Sends one message by itself, even if it is a part of an album.
pub(super) async fn send(unit: &mut Unit<'_>, row: &CaseRow, message: &CaseMessage) -> store::Result<()> {
    let Some(to) = row.person else { return Ok(()) };
    let copy = unit.tx.insert_message(to.chat(), TopicId::NONE).await?;
    unit.tx.set_case_message_copy(message.id, copy).await?;
    let header = header(unit, row, to, message).await?;
    let mut outgoing = if let Some(html) = text(header.as_deref(), message) {
        Outgoing::send(Lane::Answers, to.chat(), Payload::text(html))
    } else {
        let mut payload = Payload::copy(message.chat_id, message.message_id);
        if let Some(header) = &header {
            payload.header = Some(head(unit, to, header).await?);
        }
        Outgoing { method: Method::Copy, ..Outgoing::send(Lane::Answers, to.chat(), payload) }
    };
    if let Some(answered) = message.reply_to
        && let Some(answered) = unit.tx.find_case_message(answered).await?
    {
        outgoing.payload = outgoing.payload.reply_to_theirs(answered.message_id);
    }
    unit.tx.enqueue(&outgoing.message(copy), unit.now).await?;
    watch(unit, message).await
}

/// Has the bot look after a while whether a message has left.
pub(super) async fn watch(unit: &mut Unit<'_>, message: &CaseMessage) -> store::Result<()> {
    let prompt = NewPrompt {
        chat_id: message.chat_id,
        person: message.person,
        kind: &waits::slow(message.message_id),
        case_number: message.case_number,
        argument: None,
        message: None,
        expires_at: unit.now.plus(SLOW),
    };
    unit.tx.put_case_prompt(&prompt).await
}

/// Sends a message that says what stands above the next one.
pub(super) async fn head(unit: &mut Unit<'_>, to: PersonId, header: &str) -> store::Result<MessageKey> {
    let head = unit.tx.insert_message(to.chat(), TopicId::NONE).await?;
    let payload = Payload::text(format!("<b>{}</b>", escape_html(header))).silent();
    let send = Outgoing::send(Lane::Answers, to.chat(), payload).message(head);
    unit.tx.enqueue(&send, unit.now).await?;
    Ok(head)
}

/// A copy is refused, so what was sent to stand above it goes.
pub(super) async fn take_head_away(unit: &mut Unit<'_>, copy: &OutboxRow) -> store::Result<()> {
    let payload = unit.tx.find_outbox_payload(copy.id).await?;
    let Some(head) = payload.and_then(|payload| payload.header) else { return Ok(()) };
    if unit.tx.delete_uncalled(head).await? {
        return Ok(());
    }
    let delete = Outgoing::delete(Lane::Answers, copy.chat_id, None, Payload::default()).message(head);
    unit.tx.enqueue(&delete, unit.now).await
}

/// The HTML of a text that something stands above. Every other message is copied, as is a text that leaves no room.
pub(super) fn text(header: Option<&str>, message: &CaseMessage) -> Option<String> {
    let header = header.filter(|_| message.is_text)?;
    let words = message.text.as_deref().unwrap_or_default();
    if header.encode_utf16().count() + words.encode_utf16().count() >= LONGEST_TEXT {
        return None;
    }
    Some(format!("<b>{}</b>\n{}", escape_html(header), escape_html(words)))
}

/// What stands above a lead's message: the case, for a customer who has several unresolved ones, and the lead's name,
/// where customers see names and another lead wrote the message before.
pub(super) async fn header(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    to: PersonId,
    message: &CaseMessage,
) -> store::Result<Option<String>> {
    let locale = acts::locale(unit, to).await?;
    let mut lines = Vec::new();
    let cases = unit.tx.list_cases_of(to).await?;
    if cases.iter().any(|case| !case.case.status.is_resolved() && case.number != row.number) {
        lines.push(talk::named(&unit.ctx.catalogue, locale, &named(row)));
    }
    if unit.ctx.case_settings().shows_names
        && unit.tx.find_case_author_before(row.number, message.id).await? != Some(message.person)
    {
        let name = lead_name(&mut unit.tx, message.person).await?;
        lines.push(talk::author(&unit.ctx.catalogue, locale, &name));
    }
    Ok((!lines.is_empty()).then(|| lines.join("\n")))
}

pub(super) fn named(row: &CaseRow) -> Named {
    let subject = row.subject.title.clone().or_else(|| row.subject.id.clone());
    Named { number: row.number, subject }
}
