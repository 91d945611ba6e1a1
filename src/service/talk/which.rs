//! A customer has several cases in which no lead has written yet: they are asked which one their words are about.

use std::time::Duration;

use super::{acts, sending, showing, waits};
use crate::domain::ids::{CaseNumber, MessageId, MessageKey, PersonId, TopicId};
use crate::service::{Unit, person};
use crate::store::cases::{CaseRow, NewPrompt};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::talk::{self, Named};

/// How long the words wait for the answer.
const WAITS: Duration = Duration::from_mins(10);

/// Asks, unless the question stands already. Returns the case at which the words are kept until the answer.
pub(super) async fn ask(
    unit: &mut Unit<'_>,
    person: &Person,
    cases: &[CaseRow],
    newest: CaseNumber,
) -> store::Result<CaseNumber> {
    let chat = person.id.chat();
    if let Some(asked) = unit.tx.find_case_prompt(chat, person.id, waits::WHICH).await? {
        return Ok(asked.case_number);
    }
    let ctx = unit.ctx;
    let open = cases.iter().filter(|case| !case.case.status.is_resolved());
    let named: Vec<Named> = open.map(sending::named).collect();
    let view = talk::which(&ctx.catalogue, person::locale(ctx, person), &named);
    let question = unit.tx.insert_message(chat, TopicId::NONE).await?;
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, chat, payload).message(question), unit.now).await?;
    let prompt = NewPrompt {
        chat_id: chat,
        person: person.id,
        kind: waits::WHICH,
        case_number: newest,
        argument: None,
        message: Some(question),
        expires_at: unit.now.plus(WAITS),
    };
    unit.tx.put_case_prompt(&prompt).await?;
    Ok(newest)
}

/// The customer has said which case their words are about.
pub async fn about(
    unit: &mut Unit<'_>,
    person: &Person,
    number: CaseNumber,
    tapped: Option<MessageId>,
) -> store::Result<()> {
    let asked = unit.tx.take_case_prompt(person.id.chat(), person.id, waits::WHICH).await?;
    let Some(asked) = asked else { return Ok(()) };
    if let Some((question, tapped)) = asked.message.zip(tapped) {
        unit.tx.learn_message_id(question, tapped).await?;
    }
    chosen(unit, person.id, (asked.case_number, number), asked.message).await
}

/// Passes on the words that were kept at the case `kept` to the case `number`.
pub(super) async fn chosen(
    unit: &mut Unit<'_>,
    person: PersonId,
    (kept, number): (CaseNumber, CaseNumber),
    question: Option<MessageKey>,
) -> store::Result<()> {
    let row = unit.tx.find_case(number).await?.filter(|row| row.person == Some(person));
    let Some(mut row) = row else { return Ok(()) };
    let kept = unit.tx.list_kept_case_messages(kept).await?;
    for message in &kept {
        unit.tx.set_case_of_message(message.id, number).await?;
        showing::hear(unit, &mut row, message.text.as_deref()).await?;
    }
    showing::show_all(unit, &row, &kept).await?;
    let Some(question) = question else { return Ok(()) };
    let locale = acts::locale(unit, person).await?;
    let view = talk::about(&unit.ctx.catalogue, locale, "case-which-chosen", number);
    let edit = Outgoing::edit(Lane::Answers, person.chat(), question, None, Payload::text(view.html));
    unit.tx.enqueue(&edit, unit.now).await
}
