//! *Reply*: the bot asks a lead for what the customer is to get. In a group the lead replies to the question; in their
//! own chat the next message is enough.

use std::time::Duration;

use serde::Serialize;

use super::{chat, waits};
use crate::config::ChatTopic;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::service::Unit;
use crate::store::cases::{NewPrompt, Prompt};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::talk;

/// How long the question waits.
const WAITS: Duration = Duration::from_mins(10);

/// Telegram's markup that opens the input field for a reply of those who are mentioned.
#[derive(Debug, Serialize)]
struct ForceReply {
    force_reply: bool,
    selective: bool,
}

/// Asks a lead, in the chat in which they tapped, for a reply to the customer.
pub async fn ask_reply(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    by: &Person,
    place: ChatTopic,
) -> store::Result<()> {
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(()) };
    let Some(customer) = row.person else { return Ok(()) };
    let locale = chat::locale(unit, place).await?;
    let name = by.first_name.clone().unwrap_or_else(|| by.id.to_string());
    let who = name_of(unit, customer).await?;
    let view = talk::ask_reply(&unit.ctx.catalogue, locale, (by.id, &name), row.number, &who);
    let question = unit.tx.insert_message(place.chat, place.topic).await?;
    let at = (place.chat, place.topic);
    unit.tx.insert_case_message_post(row.number, "prompt", at, question, unit.now).await?;
    let markup = ForceReply { force_reply: true, selective: true };
    let payload = Payload::text(view.html).keyboard(Some(&markup));
    let send = Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic);
    unit.tx.enqueue(&send.message(question), unit.now).await?;
    if let Some(before) = unit.tx.take_case_prompt(place.chat, by.id, waits::REPLY).await? {
        delete_question(unit, &before).await?;
    }
    let prompt = NewPrompt {
        chat_id: place.chat,
        person: by.id,
        kind: waits::REPLY,
        case_number: row.number,
        argument: None,
        message: Some(question),
        expires_at: unit.now.plus(WAITS),
    };
    unit.tx.put_case_prompt(&prompt).await
}

/// A customer as the leads know them.
async fn name_of(unit: &mut Unit<'_>, customer: PersonId) -> store::Result<String> {
    if let Some((id, name)) = unit.tx.list_customer_names(customer).await?.into_iter().next() {
        return Ok(name.map_or_else(|| id.clone(), |name| format!("{name}, {id}")));
    }
    let known = unit.tx.find_person(customer).await?;
    Ok(known.and_then(|known| known.first_name).unwrap_or_else(|| "?".to_owned()))
}

/// The case that somebody was asked to reply to in this chat, if the question still waits.
pub async fn asked_to_reply(
    unit: &mut Unit<'_>,
    place: ChatTopic,
    by: PersonId,
) -> store::Result<Option<CaseNumber>> {
    let Some(prompt) = unit.tx.take_case_prompt(place.chat, by, waits::REPLY).await? else { return Ok(None) };
    delete_question(unit, &prompt).await?;
    Ok((prompt.expires_at > unit.now).then_some(prompt.case_number))
}

/// Somebody has replied to this case. The question for that is no longer needed.
pub async fn answered(
    unit: &mut Unit<'_>,
    place: ChatTopic,
    by: PersonId,
    number: CaseNumber,
) -> store::Result<()> {
    let asked = unit.tx.find_case_prompt(place.chat, by, waits::REPLY).await?;
    let Some(prompt) = asked.filter(|prompt| prompt.case_number == number) else { return Ok(()) };
    unit.tx.take_case_prompt(place.chat, by, waits::REPLY).await?;
    delete_question(unit, &prompt).await
}

/// Deletes a question that nobody needs any more.
pub(super) async fn delete_question(unit: &mut Unit<'_>, prompt: &Prompt) -> store::Result<()> {
    let Some(question) = prompt.message else { return Ok(()) };
    let delete = Outgoing::delete(Lane::Answers, prompt.chat_id, None, Payload::default());
    unit.tx.enqueue(&delete.message(question), unit.now).await
}
