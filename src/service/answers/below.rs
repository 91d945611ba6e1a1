//! Continues the dialogue after the customer's words: the next step goes below them, once the customer has paused.
//!
//! Until then the dialogue stays at its step, whose buttons still work, and further words join the first ones. So a tap
//! right after the words counts as an answer, and several messages in a row get one reply.

use std::time::Duration;

use super::write::{self, When};
use super::{Loaded, enqueue_edit, repeat};
use crate::domain::ids::{MessageId, PersonId, TopicId};
use crate::domain::survey::{Dialogue, Input, Part, Step};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::store::repeats::Kind;
use crate::store::surveys::SurveyRow;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::survey::{left_behind, step_after_words};

/// A customer who has written nothing more for this long has finished. The jobs check every second.
pub const PAUSE: Duration = Duration::from_secs(2);

/// When the dialogue continues after words, or after a tap that leaves it at its step. `None` for further words to a
/// comment that the customer was already thanked for: they get no reply.
pub(super) fn goes_on_at(unit: &Unit<'_>, loaded: &Loaded, fresh: bool) -> Option<Timestamp> {
    let is_asking = loaded.dialogue.step.question().is_some();
    let is_answered = is_asking || fresh || loaded.row.go_on_at.is_some();
    is_answered.then(|| unit.now.plus(PAUSE))
}

/// Continues the dialogues whose customers have paused after their words, at most `limit` in this transaction. Returns
/// how many surveys it handled.
pub async fn go_on_after_words(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let due = unit.tx.list_due_to_go_on(unit.now, PAUSE, limit).await?;
    for survey in &due {
        match Loaded::find_readable(unit, *survey).await? {
            Some(loaded) => go_on_or_wait(unit, &loaded).await?,
            None => unit.tx.set_go_on_at(*survey, None).await?,
        }
    }
    Ok(due.len())
}

/// Continues the dialogue, or waits longer. Called when the customer has paused or does something else.
pub(super) async fn go_on_or_wait(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<()> {
    let survey = loaded.row.id;
    let (Some(person), Some(words)) = (reader(unit, loaded).await?, unit.tx.find_latest_words(survey).await?)
    else {
        return unit.tx.set_go_on_at(survey, None).await;
    };
    if let Some(after) = answered_by_words(unit, loaded).await? {
        let acted_at = loaded.row.go_on_at.map_or(unit.now, |at| at.minus(PAUSE).min(unit.now));
        write::save(unit, loaded, &after, When { acted_at, goes_on_at: None }).await?;
        return go_on(unit, loaded, &after, None).await;
    }
    match shown(&mut unit.tx, &loaded.row, words).await? {
        Shown::Below | Shown::Unsent => unit.tx.set_go_on_at(survey, None).await,
        Shown::Above if repeat::is_free(&mut unit.tx, survey, loaded.row.repeat).await? => {
            show_below(unit, loaded, person).await
        }
        Shown::Above | Shown::Sending => {
            let later = unit.now.plus(PAUSE);
            unit.tx.set_go_on_at(survey, Some(later)).await
        }
    }
}

/// The customer, if the survey still takes answers and the bot can write to them.
async fn reader(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<Option<PersonId>> {
    let Some(person) = loaded.row.person.filter(|_| loaded.row.message.is_some()) else { return Ok(None) };
    if !loaded.takes_answers(unit.now)? {
        return Ok(None);
    }
    let known = unit.tx.find_person(person).await?;
    Ok(known.filter(|known| known.unreachable.is_none()).map(|_| person))
}

/// The dialogue after its step, if the latest words are what the step asked for.
async fn answered_by_words(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<Option<Dialogue>> {
    let (index, part, input) = match loaded.dialogue.step {
        Step::Why(index) => (index, Part::Comment, Input::Done),
        Step::Ask(index) => (index, Part::Answer, Input::Keep),
        Step::End | Step::Review => return Ok(None),
    };
    let question = &loaded.published.script.questions[index];
    let latest = unit.tx.find_latest_comment(loaded.row.id).await?;
    if latest.is_none_or(|place| place.question != question.key || place.part != part.as_str()) {
        return Ok(None);
    }
    let mut after = loaded.dialogue.clone();
    Ok(after.apply(&loaded.published.script, input).is_ok().then_some(after))
}

/// Shows the same step again, below the words. The survey stays in its message until the new one is known to have
/// arrived.
async fn show_below(unit: &mut Unit<'_>, loaded: &Loaded, person: PersonId) -> store::Result<()> {
    let now = unit.now;
    let message = unit.tx.insert_message(person.chat(), TopicId::NONE).await?;
    unit.tx.set_go_on_at(loaded.row.id, None).await?;
    unit.tx.claim_repeat(loaded.row.id, Kind::Shown, message, now).await?;
    let view = loaded.with_view(unit.ctx, &loaded.dialogue, step_after_words);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let send = Outgoing::send(Lane::Answers, person.chat(), payload).message(message).survey(loaded.row.id);
    unit.tx.enqueue(&send, now).await
}

/// Shows the next step in a new message, so that it does not stand above the customer's words. If a tap moved the
/// dialogue on, `tapped` is the tapped message.
pub(super) async fn go_on(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    after: &Dialogue,
    tapped: Option<MessageId>,
) -> store::Result<()> {
    let now = unit.now;
    let Some(person) = loaded.row.person else { return Ok(()) };
    leave_behind(unit, loaded, after, tapped).await?;
    let message = unit.tx.insert_message(person.chat(), TopicId::NONE).await?;
    unit.tx.set_survey_message(loaded.row.id, message).await?;
    let view = loaded.with_view(unit.ctx, after, step_after_words);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let send = Outgoing::send(Lane::Answers, person.chat(), payload).message(message).survey(loaded.row.id);
    unit.tx.enqueue(&send, now).await
}

/// Cleans up the message above the words. If it contains an answer, the answer stays readable; otherwise the message is
/// deleted.
async fn leave_behind(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    after: &Dialogue,
    tapped: Option<MessageId>,
) -> store::Result<()> {
    let row = &loaded.row;
    let Some(message) = row.message else { return Ok(()) };
    let shown = tapped.or(row.message_id);
    if shown.is_none() && unit.tx.take_back_message(message).await? {
        return Ok(());
    }
    let step = loaded.dialogue.step;
    let is_answered = step.question().is_some_and(|index| after.live(index, Part::Answer).is_some());
    match shown {
        Some(shown) if !is_answered => repeat::take_away(unit, loaded, (message, shown)).await,
        _ => {
            let answered = Dialogue { step, ..after.clone() };
            let view = loaded.with_view(unit.ctx, &answered, left_behind);
            enqueue_edit(unit, loaded, &view, shown).await
        }
    }
}

/// Whether the tapped message is above the customer's words while the survey's message is below them. Such a message is
/// an old copy that is about to disappear.
pub(super) async fn is_above_words(
    tx: &mut Tx,
    survey: &SurveyRow,
    tapped: MessageId,
) -> store::Result<bool> {
    let Some(shown) = survey.message_id.filter(|shown| tapped < *shown) else { return Ok(false) };
    let words = tx.find_latest_words(survey.id).await?;
    Ok(words.is_some_and(|words| tapped < words && words < shown))
}

/// Where the survey's current message is, relative to the customer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Above,
    /// The words were written before the message appeared.
    Below,
    /// No call has been made for it yet.
    Unsent,
    /// A call for it is in progress, and nobody knows yet which comes first. After a second call the message counts as
    /// `Above` instead: the first call's reply was lost, so the customer may have read its message long ago.
    Sending,
}

pub(super) async fn shown(tx: &mut Tx, survey: &SurveyRow, words: MessageId) -> store::Result<Shown> {
    if let (Some(message), None) = (survey.message, survey.message_id) {
        return Ok(match tx.find_attempts(message).await? {
            Some(0) => Shown::Unsent,
            Some(1) => Shown::Sending,
            _ => Shown::Above,
        });
    }
    // Telegram numbers the messages of a chat in order.
    let is_below = survey.message_id.is_some_and(|shown| words < shown);
    Ok(if is_below { Shown::Below } else { Shown::Above })
}
