//! What became of words that were sent.

use super::{acts, chat, edits, messages, sending};
use crate::config::ChatTopic;
use crate::domain::case::{Contact, WordState};
use crate::domain::happening::Happening;
use crate::domain::ids::{MessageKey, PersonId, TopicId};
use crate::service::{Reaction, Unit, cases, person};
use crate::store::cases::CaseMessage;
use crate::store::{self, Lane, Method, OutboxRow};
use crate::view::View;
use crate::view::talk::{self, Unsent};

/// What a lead sees at their own message once it has reached the customer.
const ARRIVED: &str = "👌";

/// A message was sent. If it shows words, they have arrived.
pub async fn delivered(unit: &mut Unit<'_>, row: &OutboxRow) -> store::Result<()> {
    let Some(message) = row.message.filter(|_| row.survey.is_none()) else { return Ok(()) };
    match row.lane {
        Lane::Words => unit.tx.settle_case_words(message, WordState::Delivered, unit.now).await,
        Lane::Answers if row.chat_id.is_private() => arrived(unit, message).await,
        _ => Ok(()),
    }
}

async fn arrived(unit: &mut Unit<'_>, copy: MessageKey) -> store::Result<()> {
    let message = unit.tx.find_case_message_of_copy(copy).await?;
    let Some(message) = message.filter(|message| message.state == WordState::Waiting) else {
        return Ok(());
    };
    messages::settle(unit, &message, WordState::Delivered, None).await?;
    unit.react(Reaction { chat_id: message.chat_id, message_id: message.message_id, emoji: ARRIVED });
    let Some(row) = unit.tx.find_case(message.case_number).await? else { return Ok(()) };
    acts::step(unit, &row, Happening::WordOut, Some(message.person), message.text.as_deref()).await?;
    cases::contacted(unit, row.number, Contact::Reply).await
}

/// Telegram refuses a message for good. If it was a lead's, its author is told, and the case knows it.
pub async fn refused(unit: &mut Unit<'_>, row: &OutboxRow, why: Unsent) -> store::Result<bool> {
    let is_of_talk = row.lane == Lane::Answers && row.survey.is_none() && row.chat_id.is_private();
    let Some(copy) = row.message.filter(|_| is_of_talk) else { return Ok(false) };
    let Some(message) = unit.tx.find_case_message_of_copy(copy).await? else { return Ok(false) };
    match row.method {
        Method::Edit => edits::refused(unit, &message).await?,
        Method::Send | Method::Copy => {
            if matches!(why, Unsent::Cannot | Unsent::Voice | Unsent::Large) {
                sending::take_head_away(unit, row).await?;
            }
            unsent(unit, &message, why).await?;
        }
        Method::Delete => {}
    }
    Ok(true)
}

/// A chat of the leads refuses a message that shows customer's words. They are kept for the next chat, unless Telegram
/// does not copy them at all; then the customer is told.
pub async fn words_refused(unit: &mut Unit<'_>, row: &OutboxRow, is_content: bool) -> store::Result<()> {
    let Some(message) = row.message.filter(|_| row.lane == Lane::Words) else { return Ok(()) };
    if !is_content {
        return unit.tx.settle_case_words(message, WordState::Kept, unit.now).await;
    }
    let Some(words) = unit.tx.find_waiting_case_words(message).await? else { return Ok(()) };
    messages::settle(unit, &words, WordState::Undeliverable, Some(Unsent::Cannot.as_str())).await?;
    let locale = acts::locale(unit, words.person).await?;
    let view = View::text(unit.ctx.catalogue.text(locale, "case-cannot-pass"));
    person::answer(unit, words.person, words.message_id, &view).await
}

/// Nobody knows whether somebody's words arrived, and they are not sent again.
pub async fn given_up(unit: &mut Unit<'_>, row: &OutboxRow) -> store::Result<()> {
    let Some(copy) = row.message.filter(|_| row.survey.is_none()) else { return Ok(()) };
    if row.lane == Lane::Words {
        return words_given_up(unit, copy).await;
    }
    match unit.tx.find_case_message_of_copy(copy).await? {
        Some(message) if message.state == WordState::Waiting => unsent(unit, &message, Unsent::Unknown).await,
        _ => Ok(()),
    }
}

/// Nobody knows whether the leads see a customer's words. The customer is told, once for all that went in this message.
async fn words_given_up(unit: &mut Unit<'_>, message: MessageKey) -> store::Result<()> {
    let lost = unit.tx.list_case_words_lost_with(message).await?;
    for words in &lost {
        messages::settle(unit, words, WordState::Undeliverable, Some(Unsent::Unknown.as_str())).await?;
    }
    let Some(first) = lost.first() else { return Ok(()) };
    let view = View::text(unit.ctx.catalogue.text(acts::locale(unit, first.person).await?, "case-unknown"));
    person::answer(unit, first.person, first.message_id, &view).await
}

async fn unsent(unit: &mut Unit<'_>, message: &CaseMessage, why: Unsent) -> store::Result<()> {
    messages::settle(unit, message, WordState::Undeliverable, Some(why.as_str())).await?;
    if let Some(row) = unit.tx.find_case(message.case_number).await? {
        acts::step(unit, &row, Happening::Undeliverable, Some(message.person), None).await?;
    }
    let place = ChatTopic { chat: message.chat_id, topic: TopicId::NONE };
    let locale = chat::locale(unit, place).await?;
    let view = talk::unsent(&unit.ctx.catalogue, locale, why);
    chat::answer(unit, place, message.message_id, &view).await
}

/// A person who could be written to until now has blocked the bot. The owners of their cases are told, and the posts say
/// so.
pub async fn blocked(unit: &mut Unit<'_>, customer: PersonId) -> store::Result<()> {
    for row in unit.tx.list_cases_of(customer).await? {
        let Some(owner) = row.case.status.owner() else { continue };
        let Some(known) = unit.tx.find_person(owner).await? else { continue };
        if known.started_at.is_none() || known.unreachable.is_some() {
            continue;
        }
        let locale = person::locale(unit.ctx, &known);
        let view = talk::about(&unit.ctx.catalogue, locale, "customer-blocked", row.number);
        person::say(unit, owner, &view).await?;
    }
    reachable_changed(unit, customer).await
}

/// Whether a customer can be written to has changed, which the posts of their unresolved cases say.
pub async fn reachable_changed(unit: &mut Unit<'_>, customer: PersonId) -> store::Result<()> {
    for row in unit.tx.list_cases_of(customer).await? {
        if !row.case.status.is_resolved() {
            cases::show(unit, row.number);
        }
    }
    Ok(())
}
