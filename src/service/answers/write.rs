//! Writes what a move changed: answers, history, the survey's step, and its ledger state.

use std::time::Duration;

use super::{Loaded, repeat};
use crate::domain::happening::Happening;
use crate::domain::ledger::State;
use crate::domain::script::Trigger;
use crate::domain::survey::{Dialogue, Given, Part};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::service::noted::{AnswersChanged, Medium};
use crate::store;
use crate::store::answers::NewAnswer;
use crate::store::journal::Subject;
use crate::store::surveys::Progress;

/// A completed survey ends this long after the customer's last words or tap.
pub(super) const CLOSES_AFTER: Duration = Duration::from_mins(15);

/// The times that belong to a move.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    /// When the customer wrote or tapped.
    pub acted_at: Timestamp,
    /// When the dialogue continues by itself, if it does.
    pub goes_on_at: Option<Timestamp>,
}

/// Stores the difference between the loaded dialogue and `after`, its state after the customer's move.
pub(super) async fn save(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    after: &Dialogue,
    when: When,
) -> store::Result<()> {
    let mut changed = false;
    for (at, given) in &after.given {
        let before = loaded.dialogue.given.get(at);
        if before != Some(given) {
            write_answer(unit, loaded, *at, before, given).await?;
            changed = true;
        }
    }
    save_progress(unit, loaded, after, when)?;
    repeat::overtake(&mut unit.tx, &loaded.row).await?;
    if loaded.reaches_alert_level(after) {
        unit.noted.moved.insert(loaded.row.id);
    }
    if changed {
        if loaded.reaches_alert_level(after) && !loaded.reaches_alert_level(&loaded.dialogue) {
            unit.tx.record(Happening::LowReached, Subject::Survey(loaded.row.id), unit.now);
        }
        note(unit, loaded, after, Vec::new());
    }
    Ok(())
}

/// Records that a survey's answers changed, for the listeners.
pub(super) fn note(unit: &mut Unit<'_>, loaded: &Loaded, after: &Dialogue, media: Vec<Medium>) {
    if loaded.published.script.on == Trigger::CaseResolved {
        unit.noted.recovery.push(loaded.row.id);
    }
    unit.noted.add(AnswersChanged {
        survey: loaded.row.id,
        is_low: loaded.reaches_alert_level(after),
        was_alerted: loaded.row.alerted,
        fell: loaded.reaches_alert_level(after) && !loaded.reaches_alert_level(&loaded.dialogue),
        media,
    });
}

async fn write_answer(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    (index, part): (usize, Part),
    before: Option<&Given>,
    given: &Given,
) -> store::Result<()> {
    let now = unit.now;
    let answer = NewAnswer {
        survey: loaded.row.id,
        question: loaded.published.script.questions[index].key.clone(),
        part: part.as_str(),
        value: given.value,
        options: given.options.join("|"),
        band: given.band.map(crate::domain::scale::Band::as_str),
        skipped: given.skipped,
        withdrawn: given.withdrawn,
    };
    let content = |given: &Given| Given { withdrawn: false, ..given.clone() };
    match before {
        None => {
            unit.tx.insert_answer(answer, now);
            Ok(())
        }
        Some(before) if content(before) == content(given) => unit.tx.withdraw_answer(&answer, now).await,
        Some(_) => unit.tx.change_answer(&answer, now).await,
    }
}

/// Saves the step and the ledger state: started with the first answer, completed when no applicable question is left.
fn save_progress(unit: &mut Unit<'_>, loaded: &Loaded, after: &Dialogue, when: When) -> store::Result<()> {
    let now = unit.now;
    let row = &loaded.row;
    let script = &loaded.published.script;
    let mut state = row.state()?;
    let answered = after.given.iter().any(|((_, part), given)| *part == Part::Answer && !given.skipped);
    let worded = after.given.values().any(|given| given.words);
    if matches!(state, State::Sending | State::Sent) && (answered || worded) {
        unit.tx.move_survey(row.id, state, State::Started, now)?;
        state = State::Started;
    }
    if state == State::Started && after.is_complete(script) {
        unit.tx.move_survey(row.id, state, State::Completed, now)?;
        state = State::Completed;
    }
    let started = matches!(state, State::Started | State::Completed).then_some(now);
    let completed = (state == State::Completed).then_some(now);
    unit.tx.set_progress(Progress {
        survey: row.id,
        step: after.step.to_text(script),
        turn: after.turn,
        started_at: row.started_at.or(started),
        completed_at: row.completed_at.or(completed),
        closing_at: completed.map(|_| when.acted_at.plus(CLOSES_AFTER)),
        go_on_at: when.goes_on_at,
    });
    Ok(())
}
