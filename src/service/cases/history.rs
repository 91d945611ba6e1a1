//! The history of a case, for a lead in their own chat.

use super::lead_name;
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, TopicId};
use crate::domain::time::Timestamp;
use crate::service::{Unit, person};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::history::{Entry, history, step};

/// Shows a lead, in their own chat, what was done and said in a case. Returns the text for a toast.
pub async fn send_history(
    unit: &mut Unit<'_>,
    by: &Person,
    number: CaseNumber,
    locale: &str,
) -> store::Result<String> {
    let ctx = unit.ctx;
    if by.started_at.is_none() || by.unreachable.is_some() {
        return Ok(ctx.catalogue.text(locale, "toast-start"));
    }
    let own = person::locale(ctx, by);
    let entries = entries(unit, number, own).await?;
    let view = history(&ctx.catalogue, own, number, &entries, ctx.zone());
    // It holds the customer's words, so it goes with them.
    let place = (by.id.chat(), TopicId::NONE);
    let message = unit.tx.insert_message(place.0, place.1).await?;
    unit.tx.insert_case_message_post(number, "notice", place, message, unit.now).await?;
    let send = Outgoing::send(Lane::Answers, place.0, Payload::text(view.html));
    unit.tx.enqueue(&send.message(message), unit.now).await?;
    Ok(ctx.catalogue.text(locale, "toast-private"))
}

/// Everything that was done and said, in order.
async fn entries(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    locale: &str,
) -> store::Result<Vec<(Timestamp, Entry)>> {
    let ctx = unit.ctx;
    let program = ctx.catalogue.text(locale, "page-program");
    let mut entries = Vec::new();
    for done in unit.tx.list_case_steps(number).await? {
        let by = match done.actor {
            Some(actor) => lead_name(&mut unit.tx, actor).await?,
            None => program.clone(),
        };
        let is_note = Happening::parse(&done.kind, None) == Some(Happening::Noted);
        if is_note {
            entries.push((done.at, Entry::Note { by, words: done.words.unwrap_or_default() }));
        } else if let Some(what) = step(&ctx.catalogue, locale, &done, &by) {
            entries.push((done.at, Entry::Step(what)));
            // The note with which it was resolved.
            if let Some(words) = done.words {
                entries.push((done.at, Entry::Note { by, words }));
            }
        }
    }
    for said in unit.tx.list_case_message_records(number).await? {
        let by = match said.side.as_str() {
            "staff" => Some(lead_name(&mut unit.tx, said.telegram_id).await?),
            _ => None,
        };
        let file = said.kind.map(|_| "📎".to_owned());
        let words = [file, said.text].into_iter().flatten().collect::<Vec<_>>().join(" ");
        entries.push((said.written_at, Entry::Said { by, words }));
    }
    entries.sort_by_key(|(at, _)| *at);
    Ok(entries)
}
