//! The note of a resolved case: what was done for the customer, in a lead's words.

use std::time::Duration;

use serde::Serialize;

use super::{act_on, lead_name};
use crate::config::ChatTopic;
use crate::domain::case::{Act, Cause};
use crate::domain::ids::{ChatId, MessageId, MessageKey, PersonId};
use crate::domain::staff::Role;
use crate::domain::template::escape_html;
use crate::service::{Unit, roles};
use crate::store::cases::{CaseRow, NewPrompt, Prompt};
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::{GAP, case as view, has_form};

/// How long a question waits for its answer.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);
/// The most characters of a note.
const NOTE: usize = 1000;
pub(super) const PROMPT: &str = "note";

/// Opens a reply to the question for the person who is asked, and for nobody else.
#[derive(Debug, Serialize)]
struct ForceReply {
    force_reply: bool,
    selective: bool,
}

/// Words that a lead wrote in a chat.
#[derive(Clone, Copy, Debug)]
pub struct LeadsWords<'a> {
    pub chat: ChatId,
    pub author: PersonId,
    /// The message that they reply to, and what it says.
    pub reply_to: Option<(MessageId, Option<&'a str>)>,
    /// `None` for a file, a voice message and the like.
    pub text: Option<&'a str>,
}

/// What words were to the question for a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The answer.
    Taken,
    /// The answer, but not in text. The question goes on waiting.
    NotInText,
    /// The question waits for the colleague with this name.
    OfAnother(String),
    /// They have to do with no such question.
    Nothing,
}

/// Asks a lead for the note, under the post.
pub(super) async fn ask(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    (lead, name, locale): (PersonId, &str, &str),
    place: ChatTopic,
    post: MessageKey,
    cause: Cause,
) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let mention = format!("<a href=\"tg://user?id={lead}\">{}</a>", escape_html(name));
    let text = view::ask_note(&ctx.catalogue, locale, &mention, row.number);
    let message = unit.tx.insert_message(place.chat, place.topic).await?;
    let prompt = NewPrompt {
        chat_id: place.chat,
        person: lead,
        kind: PROMPT,
        case_number: row.number,
        argument: Some(cause.as_str()),
        message: Some(message),
        expires_at: now.plus(PATIENCE),
    };
    unit.tx.put_case_prompt(&prompt).await?;
    let force = ForceReply { force_reply: true, selective: true };
    let payload = Payload::text(text).keyboard(Some(&force)).reply_to(post);
    let send = Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic).message(message);
    unit.tx.enqueue(&send, now).await
}

/// Takes the answer to the question for a note, and resolves the case.
pub async fn take_note(unit: &mut Unit<'_>, words: &LeadsWords<'_>) -> store::Result<Answered> {
    let LeadsWords { chat, author, text, .. } = *words;
    let Some((prompt, asked)) = question(unit, words).await? else { return of_another(unit, words).await };
    let Some(text) = text else { return Ok(Answered::NotInText) };
    unit.tx.take_case_prompt(chat, author, PROMPT).await?;
    if let Some(message_id) = asked {
        let delete = Outgoing::delete(Lane::Answers, chat, Some(message_id), Payload::default());
        unit.tx.enqueue(&delete, unit.now).await?;
    }
    if roles::role(&mut unit.tx, unit.ctx, author).await? < Some(Role::Lead) {
        return Ok(Answered::Taken);
    }
    let chosen = prompt.argument.as_deref().and_then(|cause| cause.parse().ok());
    let (Some(cause), Some(row)) = (chosen, unit.tx.find_case(prompt.case_number).await?) else {
        return Ok(Answered::Taken);
    };
    resolve(unit, row, author, cause, text).await?;
    Ok(Answered::Taken)
}

/// The question that somebody's words answer, and the message that asks it, as far as that is known.
async fn question(
    unit: &mut Unit<'_>,
    words: &LeadsWords<'_>,
) -> store::Result<Option<(Prompt, Option<MessageId>)>> {
    let LeadsWords { chat, author, reply_to, .. } = *words;
    let Some(prompt) = unit.tx.find_case_prompt(chat, author, PROMPT).await? else { return Ok(None) };
    let mut asked = match prompt.message {
        Some(message) => unit.tx.find_message_id(message).await?,
        None => None,
    };
    if let Some((replied, Some(shown))) = reply_to
        && asked != Some(replied)
        && is_question(unit, &prompt, shown)
        && !unit.tx.is_message_known(chat, replied).await?
    {
        // Nobody knew whether the question arrived, or it came twice.
        asked = Some(replied);
    }
    let is_answer = match reply_to {
        Some((replied, _)) => asked == Some(replied),
        // In private the next words are the answer.
        None => chat.is_private(),
    };
    Ok((is_answer && prompt.expires_at > unit.now).then_some((prompt, asked)))
}

/// Somebody may have replied to a colleague's question.
async fn of_another(unit: &mut Unit<'_>, words: &LeadsWords<'_>) -> store::Result<Answered> {
    let Some((replied, _)) = words.reply_to else { return Ok(Answered::Nothing) };
    match unit.tx.find_asked((words.chat, replied), PROMPT, unit.now).await? {
        Some(asked) if asked != words.author => {
            Ok(Answered::OfAnother(lead_name(&mut unit.tx, asked).await?))
        }
        _ => Ok(Answered::Nothing),
    }
}

/// Whether this is what the question for a note says.
fn is_question(unit: &Unit<'_>, prompt: &Prompt, shown: &str) -> bool {
    let ctx = unit.ctx;
    ctx.config
        .languages
        .iter()
        .any(|locale| has_form(shown, &view::ask_note(&ctx.catalogue, locale, GAP, prompt.case_number)))
}

/// Resolves a case with a cause and a note. That it may be done although another has the case was asked before.
pub(super) async fn resolve(
    unit: &mut Unit<'_>,
    mut row: CaseRow,
    by: PersonId,
    cause: Cause,
    note: &str,
) -> store::Result<()> {
    if !row.case.status.is_resolved() {
        row.note = Some(note.chars().take(NOTE).collect());
    }
    let _ = act_on(unit, row, Act::Resolve { by, cause, again: true }, None).await?;
    Ok(())
}
