//! The customer's own words: text, voice, photo, video note, document, album; and later edits of them.

use super::Loaded;
use super::below::{self, Shown, shown};
use super::write::{self, When};
use crate::domain::case::SurveyTakes;
use crate::domain::ids::{MessageId, PersonId};
use crate::domain::survey::{Dialogue, Input, Part, Step};
use crate::service::Unit;
use crate::service::noted::Medium;
use crate::service::words::Words;
use crate::store::comments::{CommentMessage, CommentPlace};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;

/// The most messages and characters that a survey accepts: more than anybody needs, and few enough to be read.
const MOST_MESSAGES: i64 = 50;
const MOST_CHARACTERS: i64 = 20_000;

/// What a person's survey would do with words.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub takes: SurveyTakes,
    /// Whether the words reply to the survey's own message.
    pub is_replied_to: bool,
}

/// Looks what a person's survey would do with words, without giving it any.
pub async fn expects(unit: &mut Unit<'_>, words: &Words) -> store::Result<Expected> {
    let nothing = Expected { takes: SurveyTakes::Nothing, is_replied_to: false };
    let Some(row) = unit.tx.find_current_survey(words.person, unit.now).await? else { return Ok(nothing) };
    let Some(loaded) = Loaded::from_row(&mut unit.tx, unit.ctx, row).await? else { return Ok(nothing) };
    let script = &loaded.published.script;
    let asks = match loaded.dialogue.step {
        Step::Ask(index) => script.questions[index].metric.takes_words(),
        step => matches!(step, Step::Why(_)),
    };
    let since = unit.tx.find_survey_moved_at(loaded.row.id).await?.unwrap_or(unit.now);
    let takes = if asks {
        SurveyTakes::Answer { since }
    } else if unit.tx.find_latest_comment(loaded.row.id).await?.is_some()
        || matches!(loaded.dialogue.clone().apply(script, Input::Words), Ok(Some(_)))
    {
        SurveyTakes::Comment { since }
    } else {
        SurveyTakes::Nothing
    };
    let is_replied_to = words.reply_to.is_some() && words.reply_to == loaded.row.message_id;
    Ok(Expected { takes, is_replied_to })
}

/// Stores a message in the survey it belongs to. Returns false if it belongs to none.
pub async fn accept_words(unit: &mut Unit<'_>, words: &Words) -> store::Result<bool> {
    if unit.tx.find_comment_message(words.person, words.message_id).await?.is_some() {
        return Ok(true);
    }
    if join_album(unit, words).await? {
        return Ok(true);
    }
    let Some((loaded, mut after, at)) = target(unit, words).await? else { return Ok(false) };
    if !takes(unit, &loaded, words).await? {
        return Ok(true);
    }
    let before = loaded.dialogue.given.get(&at).filter(|given| given.words);
    let fresh = before.is_none_or(|given| given.withdrawn);
    let place = place(&loaded, at);
    let is_further = loaded.row.go_on_at.is_some();
    let asked_again = !is_further && loaded.dialogue.step == Step::Ask(at.0) && at.1 == Part::Answer;
    if before.is_some_and(|given| asked_again || given.withdrawn) {
        // A text question was asked again, or the score that the words belonged to is gone. The new words replace the
        // old ones.
        unit.tx.replace_comment_messages(&place).await?;
    }
    after.stay_at(&loaded.dialogue);
    unit.tx.insert_comment_message(&message(words, &place)).await?;
    let when = When { acted_at: unit.now, goes_on_at: below::goes_on_at(unit, &loaded, fresh) };
    write::save(unit, &loaded, &after, when).await?;
    unit.tx.mark_words(&place, unit.now).await?;
    note(unit, &loaded, &after, words);
    Ok(true)
}

/// Whether the survey has room for one more message. If not, the customer is told so, once.
async fn takes(unit: &mut Unit<'_>, loaded: &Loaded, words: &Words) -> store::Result<bool> {
    let Some(said) = unit.tx.find_said(loaded.row.id).await? else { return Ok(false) };
    let characters = said.characters + length(words.text.as_deref());
    if !said.is_full && said.messages < MOST_MESSAGES && characters <= MOST_CHARACTERS {
        return Ok(true);
    }
    say_full(unit, loaded, said.is_full).await?;
    Ok(false)
}

async fn say_full(unit: &mut Unit<'_>, loaded: &Loaded, is_told: bool) -> store::Result<()> {
    let Some(person) = loaded.row.person.filter(|_| !is_told) else { return Ok(()) };
    unit.tx.set_words_full(loaded.row.id).await?;
    let view = View::text(unit.ctx.catalogue.text(&loaded.locale, "survey-full"));
    let send = Outgoing::send(Lane::Answers, person.chat(), Payload::text(view.html.as_str()));
    unit.tx.enqueue(&send.survey(loaded.row.id), unit.now).await?;
    Ok(())
}

/// The length in characters.
fn length(text: Option<&str>) -> i64 {
    i64::try_from(text.unwrap_or_default().chars().count()).unwrap_or(i64::MAX)
}

/// The survey and place that words belong to, and the dialogue after them.
async fn target(
    unit: &mut Unit<'_>,
    words: &Words,
) -> store::Result<Option<(Loaded, Dialogue, (usize, Part))>> {
    let Some(row) = unit.tx.find_current_survey(words.person, unit.now).await? else { return Ok(None) };
    let Some(loaded) = Loaded::from_row(&mut unit.tx, unit.ctx, row).await? else { return Ok(None) };
    let mut after = loaded.dialogue.clone();
    if let Some(at) = joined(&mut unit.tx, &loaded, words).await? {
        after.add_words(at);
        return Ok(Some((loaded, after, at)));
    }
    match after.apply(&loaded.published.script, Input::Words) {
        Ok(Some(at)) => Ok(Some((loaded, after, at))),
        _ => Ok(None),
    }
}

/// The earlier comment that these words continue: the one they reply to or, failing that, the latest one. An open text
/// question takes precedence. A person who is asked why is answering that question, unless they reply to a comment.
async fn joined(tx: &mut Tx, loaded: &Loaded, words: &Words) -> store::Result<Option<(usize, Part)>> {
    let questions = &loaded.published.script.questions;
    let asks_why = match loaded.dialogue.step {
        Step::Ask(index) if questions[index].metric.takes_words() => {
            // Nobody answers a question that they have not seen.
            if shown(tx, &loaded.row, words.message_id).await? == Shown::Above {
                return Ok(None);
            }
            false
        }
        step => matches!(step, Step::Why(_)),
    };
    let replied_to = match words.reply_to {
        Some(message) => tx.find_comment_replied_to(words.person, message).await?,
        None => None,
    };
    let place = match replied_to.filter(|place| place.survey == loaded.row.id) {
        None if !asks_why => tx.find_latest_comment(loaded.row.id).await?,
        replied_to => replied_to,
    };
    let Some(place) = place else { return Ok(None) };
    let index = questions.iter().position(|question| question.key == place.question);
    let at = index.zip(Part::parse(&place.part));
    // Words that no longer count cannot be continued.
    Ok(at.filter(|(index, part)| loaded.dialogue.live(*index, *part).is_some_and(|given| given.words)))
}

/// Stores a later part of an album with its first part. It changes no answer.
async fn join_album(unit: &mut Unit<'_>, words: &Words) -> store::Result<bool> {
    let Some(group) = &words.media_group else { return Ok(false) };
    let Some(place) = unit.tx.find_album(words.person, group).await? else { return Ok(false) };
    let Some(loaded) = Loaded::find(&mut unit.tx, unit.ctx, place.survey).await? else { return Ok(false) };
    if !takes(unit, &loaded, words).await? {
        return Ok(true);
    }
    unit.tx.insert_comment_message(&message(words, &place)).await?;
    unit.tx.mark_words(&place, unit.now).await?;
    let go_on_at = below::goes_on_at(unit, &loaded, false);
    unit.tx.set_go_on_at(loaded.row.id, go_on_at).await?;
    note(unit, &loaded, &loaded.dialogue, words);
    Ok(true)
}

/// Passes the words, and any file that came with them, to those who are told about answers.
fn note(unit: &mut Unit<'_>, loaded: &Loaded, after: &Dialogue, words: &Words) {
    let medium = Medium { person: words.person, message_id: words.message_id };
    write::note(unit, loaded, after, words.attachment.iter().map(|_| medium).collect());
}

/// A customer edited a message. If it is part of a comment, the comment changes, however late. An edit must not exceed
/// the character limit of the survey.
pub async fn edited(
    unit: &mut Unit<'_>,
    person: PersonId,
    message_id: MessageId,
    text: Option<&str>,
) -> store::Result<()> {
    let Some(place) = unit.tx.find_comment_message(person, message_id).await? else { return Ok(()) };
    // Telegram also reports edits that leave the words unchanged.
    let before = unit.tx.find_comment_text(person, message_id).await?;
    let Some(before) = before.filter(|before| before.as_deref() != text) else { return Ok(()) };
    let Some(loaded) = Loaded::find(&mut unit.tx, unit.ctx, place.survey).await? else { return Ok(()) };
    let Some(said) = unit.tx.find_said(place.survey).await? else { return Ok(()) };
    let grown = length(text) - length(before.as_deref());
    if grown > 0 && said.characters + grown > MOST_CHARACTERS {
        return say_full(unit, &loaded, said.is_full).await;
    }
    unit.tx.change_comment_text(&place, (person, message_id), text).await?;
    unit.tx.mark_words(&place, unit.now).await?;
    write::note(unit, &loaded, &loaded.dialogue, Vec::new());
    Ok(())
}

fn place(loaded: &Loaded, (index, part): (usize, Part)) -> CommentPlace {
    CommentPlace {
        survey: loaded.row.id,
        question: loaded.published.script.questions[index].key.clone(),
        part: part.as_str().to_owned(),
    }
}

fn message<'w>(words: &'w Words, place: &'w CommentPlace) -> CommentMessage<'w> {
    let attachment = words.attachment.as_ref();
    CommentMessage {
        person: words.person,
        message_id: words.message_id,
        survey: place.survey,
        question: &place.question,
        part: &place.part,
        text: words.text.as_deref(),
        kind: attachment.map(|a| a.kind),
        file_id: attachment.map(|a| a.file_id.as_str()),
        file_size: attachment.and_then(|a| a.file_size),
        duration_s: attachment.and_then(|a| a.duration_s),
        media_group: words.media_group.as_deref(),
    }
}
