//! Handles a customer's answers: taps, words, edited words, and the ways out of a survey.
//!
//! Each function loads a survey, lets [`crate::domain::survey`] decide, and writes the difference together with the
//! messages it causes.

use crate::domain::ids::{MessageId, PersonId, SurveyKey};
use crate::domain::ledger::{PartialEnd, State, Unreachable};
use crate::domain::survey::{Dialogue, Input};
use crate::service::Unit;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::telemetry::metrics::TAPS;
use crate::view::View;
use crate::view::callback::Act;
use crate::view::survey::{Ended, closed, ended, step, stopped};

mod arrival;
mod below;
mod comeback;
mod elsewhere;
mod facts;
mod leave;
mod loaded;
mod over;
mod repeat;
mod resume;
mod told;
mod words;
mod write;

pub use arrival::{invitation_arrived, never_arrived, unconfirmed};
pub use below::{PAUSE, go_on_after_words};
pub use comeback::{open_question, show_below};
pub use elsewhere::{show_elsewhere, speak};
pub use leave::{Leave, end_open, expire};
pub use loaded::Loaded;
pub use over::{close_quiet, take_buttons_away};
pub use repeat::{arrived, given_back, refused, repeat_due, show_again_after_silence, show_again_next};
pub use told::{last_text_stands, show_case};
pub use words::{Expected, accept_words, edited, expects};

use write::When;

/// One tap on a button of a survey's message, as given by the callback data and by Telegram. None of it is trusted.
#[derive(Clone, Copy, Debug)]
pub struct Tap {
    pub person: PersonId,
    /// The tapper's language, for the reply if the survey belongs to somebody else.
    pub locale: &'static str,
    /// `None` if Telegram does not name the tapped message. It is then taken to be the survey's message.
    pub message_id: Option<MessageId>,
    pub survey: SurveyKey,
    pub turn: i64,
    pub act: Act,
}

impl Tap {
    /// Whether the tapped message is the one that the survey lives in.
    fn is_shown(&self, loaded: &Loaded) -> bool {
        self.message_id.is_none_or(|tapped| loaded.is_shown_in(tapped))
    }
}

/// Applies a tap if its chat, survey and step match. Returns the text for a toast, if there is one.
pub async fn tap(unit: &mut Unit<'_>, tap: &Tap) -> store::Result<Option<String>> {
    let loaded = Loaded::find(&mut unit.tx, unit.ctx, tap.survey).await?;
    let (locale, toast) = match loaded {
        None => (tap.locale.to_owned(), Some("survey-toast-unknown")),
        // The survey was erased. It belonged to somebody, but nobody knows to whom.
        Some(loaded) if loaded.row.person.is_none() => (tap.locale.to_owned(), Some("survey-toast-over")),
        Some(loaded) if loaded.row.person != Some(tap.person) => {
            (tap.locale.to_owned(), Some("survey-toast-foreign"))
        }
        Some(loaded) => (loaded.locale.clone(), tap_on_own(unit, loaded, tap).await?),
    };
    let result = toast.map_or("stored", |id| id.trim_start_matches("survey-toast-"));
    unit.tx.count(&TAPS, &[("result", result.into())], 1);
    Ok(toast.map(|id| unit.ctx.catalogue.text(&locale, id)))
}

/// Handles a tap by the person who was asked. Returns the message ID of the toast.
async fn tap_on_own(
    unit: &mut Unit<'_>,
    mut loaded: Loaded,
    tap: &Tap,
) -> store::Result<Option<&'static str>> {
    if loaded.row.state()? == State::Undeliverable(Unreachable::Unconfirmed) {
        // The tap proves that the invitation arrived, which was not known.
        if let (Some(message), Some(tapped)) = (loaded.row.message, tap.message_id) {
            unit.tx.set_message_id(message, tapped).await?;
        }
        invitation_arrived(unit, &loaded.row).await?;
        let Some(reopened) = Loaded::find(&mut unit.tx, unit.ctx, tap.survey).await? else { return Ok(None) };
        loaded = reopened;
    }
    if loaded.row.stopped_at.is_some() && loaded.row.state()? == State::Sending {
        leave::refuse_sending(unit, &loaded, tap.message_id).await?;
        return Ok(Some("survey-toast-over"));
    }
    if !loaded.takes_answers(unit.now)? && tap.act != Act::Continue {
        show_that_it_is_over(unit, &loaded, tap).await?;
        return Ok(Some("survey-toast-over"));
    }
    repeat::recognise(unit, &mut loaded, tap).await?;
    match tap.act {
        // Once everything is answered, there is nothing to stop. The button belongs to an earlier step.
        Act::Stop if loaded.dialogue.is_complete(&loaded.published.script) => {
            show_step_again(unit, &loaded, tap).await?;
            Ok(Some("survey-toast-passed"))
        }
        Act::Stop => {
            leave::stop_by_tap(unit, &loaded, tap.message_id).await?;
            Ok(Some("survey-toast-stopped"))
        }
        Act::Continue => resume::by_tap(unit, &loaded, tap).await,
        Act::Input(input) => apply(unit, &loaded, tap, input).await,
    }
}

/// Applies a move to an open survey, if it fits the current step.
async fn apply(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    tap: &Tap,
    input: Input,
) -> store::Result<Option<&'static str>> {
    let mut after = loaded.dialogue.clone();
    let fits = tap.turn == after.turn
        && input != Input::Words
        && after.apply(&loaded.published.script, input).is_ok();
    if !fits {
        if !tap.is_shown(loaded) {
            return Ok(Some("survey-toast-elsewhere"));
        }
        show_step_again(unit, loaded, tap).await?;
        let is_answer = matches!(input, Input::Score(_) | Input::Option(_));
        return Ok(Some(if is_answer { "survey-toast-answered" } else { "survey-toast-passed" }));
    }
    let shown = shown_after(unit, loaded, tap).await?;
    let (acted_at, has_written) = (unit.now, loaded.row.go_on_at.is_some());
    let moves_on = after.turn != loaded.dialogue.turn;
    let goes_on_at = below::goes_on_at(unit, loaded, false).filter(|_| has_written && !moves_on);
    write::save(unit, loaded, &after, When { acted_at, goes_on_at }).await?;
    if has_written && moves_on {
        below::go_on(unit, loaded, &after, shown).await?;
    } else {
        show_step(unit, loaded, &after, shown).await?;
    }
    Ok(None)
}

/// The message that the survey lives in after a tap. This is the tapped one, even if the reply to our call was lost or
/// is late, or if there are two copies. The exception is a message above the customer's words when a newer one is below
/// them: that one is about to disappear.
async fn shown_after(unit: &mut Unit<'_>, loaded: &Loaded, tap: &Tap) -> store::Result<Option<MessageId>> {
    let (Some(message), Some(tapped)) = (loaded.row.message, tap.message_id) else { return Ok(None) };
    if loaded.row.message_id == Some(tapped) {
        return Ok(Some(tapped));
    }
    if below::is_above_words(&mut unit.tx, &loaded.row, tapped).await? {
        return Ok(loaded.row.message_id);
    }
    unit.tx.set_message_id(message, tapped).await?;
    Ok(Some(tapped))
}

/// A button of an earlier step was tapped. If the message is the survey's, it is edited to show the current step.
async fn show_step_again(unit: &mut Unit<'_>, loaded: &Loaded, tap: &Tap) -> store::Result<()> {
    if !tap.is_shown(loaded) {
        return Ok(());
    }
    show_step(unit, loaded, &loaded.dialogue, tap.message_id).await
}

/// Edits the tapped message to show the current step.
async fn show_step(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    dialogue: &Dialogue,
    message_id: Option<MessageId>,
) -> store::Result<()> {
    let view = loaded.with_view(unit.ctx, dialogue, step);
    enqueue_edit(unit, loaded, &view, message_id).await
}

async fn show_that_it_is_over(unit: &mut Unit<'_>, loaded: &Loaded, tap: &Tap) -> store::Result<()> {
    let view = last_words(unit, loaded);
    enqueue_edit(unit, loaded, &view, tap.message_id).await
}

/// What a survey's message shows once the survey is over.
fn last_words(unit: &Unit<'_>, loaded: &Loaded) -> View {
    let can_go_on = loaded.row.continue_until.is_some_and(|until| unit.now < until);
    loaded.with_view(unit.ctx, &loaded.dialogue, |catalogue, survey| match loaded.row.state() {
        Ok(State::Completed) => closed(catalogue, survey),
        Ok(State::Refused | State::Partial(PartialEnd::Stopped)) if can_go_on => stopped(catalogue, survey),
        Ok(State::Refused | State::Partial(PartialEnd::Stopped)) => ended(catalogue, survey, Ended::Stopped),
        _ => ended(catalogue, survey, Ended::Expired),
    })
}

async fn enqueue_edit(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    view: &View,
    message_id: Option<MessageId>,
) -> store::Result<()> {
    enqueue_edit_in(unit, Lane::Answers, loaded, view, message_id).await
}

async fn enqueue_edit_in(
    unit: &mut Unit<'_>,
    lane: Lane,
    loaded: &Loaded,
    view: &View,
    message_id: Option<MessageId>,
) -> store::Result<()> {
    let (Some(person), Some(message)) = (loaded.row.person, loaded.row.message) else { return Ok(()) };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let row = Outgoing::edit(lane, person.chat(), message, message_id.or(loaded.row.message_id), payload);
    unit.tx.enqueue(&row.survey(loaded.row.id), unit.now).await?;
    Ok(())
}
