//! Words to another lead's case, or to a resolved one, wait until their author says what becomes of them.

use std::time::Duration;

use super::messages::{self, Wrote, keep_leads};
use super::{acts, albums, chat, showing, waits};
use crate::config::ChatTopic;
use crate::domain::case::{Act, WordState};
use crate::domain::ids::{CaseMessageKey, MessageId, MessageKey, PersonId, TopicId};
use crate::domain::staff::Role;
use crate::service::{Unit, cases, roles};
use crate::store::cases::{CaseMessage, CaseRow, NewPrompt};
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::callback::words::Choice;
use crate::view::talk;

/// How long the words wait for the choice.
const WAITS: Duration = Duration::from_mins(30);

pub(super) async fn hold(unit: &mut Unit<'_>, row: &CaseRow, wrote: &Wrote<'_>) -> store::Result<()> {
    let Some(message) = keep_leads(unit, row.number, wrote, WordState::Held).await? else { return Ok(()) };
    let Wrote { words, place } = *wrote;
    let locale = chat::locale(unit, place).await?;
    let owner = match row.case.status.owner() {
        Some(owner) => Some(cases::lead_name(&mut unit.tx, owner).await?),
        None => None,
    };
    let view = talk::held(&unit.ctx.catalogue, locale, row.number, owner.as_deref(), message);
    let question = unit.tx.insert_message(place.chat, place.topic).await?;
    let payload =
        Payload::text(view.html.as_str()).keyboard(view.markup().as_ref()).reply_to_theirs(words.message_id);
    let send = Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic).message(question);
    unit.tx.enqueue(&send, unit.now).await?;
    let prompt = NewPrompt {
        chat_id: place.chat,
        person: words.person,
        kind: &waits::held(words.message_id),
        case_number: row.number,
        argument: Some(&message.to_string()),
        message: Some(question),
        expires_at: unit.now.plus(WAITS),
    };
    unit.tx.put_case_prompt(&prompt).await
}

/// The author's choice. Returns the text for a toast, if there is something to say.
pub async fn choose(
    unit: &mut Unit<'_>,
    person: PersonId,
    locale: &str,
    message: CaseMessageKey,
    choice: Choice,
    tapped: Option<MessageId>,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let toast = |id: &str| Ok(Some(ctx.catalogue.text(locale, id)));
    let held = unit.tx.find_case_message(message).await?;
    let Some(held) = held.filter(|held| held.state == WordState::Held) else { return toast("toast-done") };
    if held.person != person {
        return toast("reply-held-foreign");
    }
    if roles::role(&mut unit.tx, ctx, person).await?.is_none_or(|role| role < Role::Lead) {
        return toast("toast-no-role");
    }
    let Some(mut row) = unit.tx.find_case(held.case_number).await?.filter(|row| row.person.is_some()) else {
        return toast("toast-gone");
    };
    let question = unit.tx.take_case_prompt(held.chat_id, person, &waits::held(held.message_id)).await?;
    let question = question.and_then(|prompt| prompt.message);
    if let Some((question, tapped)) = question.zip(tapped) {
        unit.tx.learn_message_id(question, tapped).await?;
    }
    if choice == Choice::Drop {
        give_up(unit, &held, question).await?;
        return Ok(None);
    }
    if choice == Choice::TakeAndSend {
        let act = if row.case.status.is_resolved() {
            Act::Reopen { by: person }
        } else {
            Act::Take { by: person, again: true }
        };
        let topic = match question {
            Some(question) => unit.tx.find_message_topic(question).await?,
            None => None,
        };
        let place = ChatTopic { chat: held.chat_id, topic: topic.unwrap_or(TopicId::NONE) };
        if acts::act(unit, &mut row, act, Some(place)).await?.is_err() {
            tracing::debug!(case = row.number.get(), "somebody was faster; the words go all the same");
        }
        showing::show_kept_if_taken(unit, row.number).await?;
    }
    messages::settle(unit, &held, WordState::Waiting, None).await?;
    albums::pass_on(unit, &row, held.id).await?;
    if let Some(question) = question {
        let delete =
            Outgoing::delete(Lane::Answers, held.chat_id, None, Payload::default()).message(question);
        unit.tx.enqueue(&delete, unit.now).await?;
    }
    Ok(None)
}

/// Nobody has chosen in time.
pub(super) async fn expire(
    unit: &mut Unit<'_>,
    message: CaseMessageKey,
    question: Option<MessageKey>,
) -> store::Result<()> {
    let held = unit.tx.find_case_message(message).await?;
    match held.filter(|held| held.state == WordState::Held) {
        Some(held) => give_up(unit, &held, question).await,
        None => Ok(()),
    }
}

/// The words are dropped, and the question becomes the answer that says so.
async fn give_up(unit: &mut Unit<'_>, held: &CaseMessage, question: Option<MessageKey>) -> store::Result<()> {
    messages::settle(unit, held, WordState::Dropped, None).await?;
    let Some(question) = question else { return Ok(()) };
    let place = ChatTopic { chat: held.chat_id, topic: TopicId::NONE };
    let locale = chat::locale(unit, place).await?;
    let payload = Payload::text(unit.ctx.catalogue.text(locale, "reply-dropped"));
    let edit = Outgoing::edit(Lane::Answers, held.chat_id, question, None, payload);
    unit.tx.enqueue(&edit, unit.now).await
}
