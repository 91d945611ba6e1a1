//! Cases: what is done with them. Every act goes through [`act`], which asks the table of states, stores the outcome
//! with its steps, and redraws its posts when the unit commits.

use crate::config::ChatTopic;
use crate::domain::case::{Act, Case, Cause, Contact, Effect, Next, Refusal, Status};
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, PersonId, SurveyKey};
use crate::service::Unit;
use crate::store::cases::{CaseRow, NewStep};
use crate::store::{self, Tx};

mod asking;
mod category;
mod clocks;
mod history;
mod muting;
mod notes;
mod opening;
mod owners;
pub mod promise;
mod taps;

pub use asking::{Asked, ask, open, start_clocks_if_missing};
pub use category::{categories, follow_category};
pub use history::send_history;
pub use muting::unmute;
pub use notes::{Answered, LeadsWords, take_note};
pub use opening::{Opened, Opening, fell_again, open_or_join};
pub use owners::{lead_lost_role, release_of_lost_leads};
pub use taps::{Tapped, tap};

/// Does something with a case. `place` is where a lead did it: if they take the case there, it becomes the case's home.
///
/// The inner result says why the table refuses the act. The posts are redrawn in both cases.
pub async fn act(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    act: Act,
    place: Option<ChatTopic>,
) -> store::Result<Result<Next, Refusal>> {
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(Err(Refusal::Erased)) };
    act_on(unit, row, act, place).await
}

async fn act_on(
    unit: &mut Unit<'_>,
    mut row: CaseRow,
    act: Act,
    place: Option<ChatTopic>,
) -> store::Result<Result<Next, Refusal>> {
    let (number, now, before) = (row.number, unit.now, row.case);
    unit.noted.case(number);
    let next = match before.after(act, &unit.ctx.case_rules(), now) {
        Ok(next) => next,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if next.case == before && next.effects.is_empty() {
        return Ok(Ok(next));
    }
    row.case = next.case;
    row.turn += 1;
    if next.effects.contains(&Effect::StartClocks) {
        unit.tx.keep_first_round(number).await?;
    }
    if row.case.severity > before.severity {
        unit.noted.risen.insert(number);
    }
    if next.effects.contains(&Effect::Closed) {
        unit.noted.closed.push(number);
    }
    // A bad score rings by itself, and a lead who reopens a case knows.
    let rings = next.effects.contains(&Effect::Ring) && !matches!(act, Act::Trouble { .. });
    if rings && before.status.is_resolved() && !row.case.status.is_resolved() {
        unit.noted.reopened(number);
        // What was said after the end may have found no chat.
        unit.noted.announced.push(number);
    }
    for effect in &next.effects {
        apply(&mut row, *effect, unit);
    }
    if let (Some(place), Some(owner)) = (place, row.case.status.owner())
        && before.status.owner() != Some(owner)
    {
        row.home = Some((place.chat, place.topic));
    }
    match row.case.status {
        Status::Resolved(_) if !before.status.is_resolved() => {
            row.resolved_by = by(act);
            clocks::note_resolved(&mut row, now);
        }
        Status::Resolved(_) => {}
        _ => row.resolved_by = None,
    }
    if let Some(former) = next.effects.iter().find_map(|effect| match effect {
        Effect::TellFormerOwner(former) => Some(*former),
        _ => None,
    }) {
        owners::tell_former(unit, &row, former).await?;
    }
    for step in steps(act, &row, before) {
        unit.tx.append_case_step(number, step, now).await?;
    }
    unit.tx.update_case(&row).await?;
    Ok(Ok(next))
}

/// Notes that a lead's words were delivered to the customer, or that they were contacted in another way.
pub async fn contacted(unit: &mut Unit<'_>, number: CaseNumber, how: Contact) -> store::Result<()> {
    let now = unit.now;
    let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(()) };
    let next = row.case.contacted(how, now);
    unit.noted.case(number);
    row.case = next.case;
    if !next.effects.is_empty() {
        clocks::note_contact(&mut row, how, now);
        let step = NewStep { detail: Some(how.as_str()), ..NewStep::of(Happening::Contacted) };
        unit.tx.append_case_step(number, step, now).await?;
    }
    row.last_out_at = Some(now);
    unit.tx.update_case(&row).await
}

/// Redraws the posts of a case when the unit commits.
pub fn show(unit: &mut Unit<'_>, number: CaseNumber) {
    unit.noted.case(number);
}

/// Redraws the posts of the case whose solution this survey asks about.
pub async fn show_recovery(unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<()> {
    if let Some(row) = unit.tx.find_case_of_survey(survey).await? {
        show(unit, row.number);
    }
    Ok(())
}

/// Redraws the posts of a case because more of its customer's words wait.
pub fn show_kept(unit: &mut Unit<'_>, number: CaseNumber) {
    unit.noted.case_even_if_new(number);
}

fn apply(row: &mut CaseRow, effect: Effect, unit: &Unit<'_>) {
    match effect {
        Effect::LeaveHome => row.home = None,
        Effect::StartClocks => clocks::start(row, &unit.ctx.case_terms(), unit.now),
        Effect::TightenClocks => clocks::tighten(row, &unit.ctx.case_terms(), unit.now),
        Effect::FirstContact(how) => clocks::note_contact(row, how, unit.now),
        // The clock of waiting, and what goes to the customer, belong to the caller.
        Effect::StopClock
        | Effect::ContinueClock
        | Effect::PutOff(_)
        | Effect::Ring
        | Effect::Send
        | Effect::TellFormerOwner(_)
        | Effect::Closed => {}
    }
}

/// Who did it, if it was a lead.
const fn by(act: Act) -> Option<PersonId> {
    match act {
        Act::Take { by, .. }
        | Act::Reply { by }
        | Act::ContactedOtherwise { by }
        | Act::Wait { by }
        | Act::Release { by, .. }
        | Act::HandOver { by, .. }
        | Act::Snooze { by, .. }
        | Act::Resolve { by, .. }
        | Act::NoReplyNeeded { by }
        | Act::Reopen { by }
        | Act::SetSeverity { by, .. } => Some(by),
        _ => None,
    }
}

/// The steps that an act leaves behind, by what it changed.
fn steps(act: Act, row: &CaseRow, case_before: Case) -> Vec<NewStep<'_>> {
    let before = case_before.status;
    let actor = by(act);
    let step = |happening| NewStep { actor, ..NewStep::of(happening) };
    let (was_resolved, is_resolved) = (before.is_resolved(), row.case.status.is_resolved());
    let mut steps = Vec::new();
    if was_resolved && !is_resolved {
        if row.case.severity != case_before.severity {
            let detail = Some(row.case.severity.as_str());
            steps.push(NewStep { detail, ..step(Happening::SeverityChanged) });
        }
        steps.push(step(Happening::Reopened));
    }
    match (before.owner(), row.case.status.owner()) {
        (Some(_), None) if !is_resolved => steps.push(step(Happening::Released)),
        (before, Some(owner)) if before != Some(owner) => {
            let handed = matches!(act, Act::HandOver { .. });
            steps.push(step(if handed { Happening::HandedOver } else { Happening::Taken }));
        }
        _ => {}
    }
    match act {
        Act::Wait { .. } if before != row.case.status => steps.push(step(Happening::Waiting)),
        Act::Snooze { .. } => steps.push(step(Happening::Snoozed)),
        Act::ContactedOtherwise { .. } => {
            steps.push(NewStep { detail: Some(Contact::Otherwise.as_str()), ..step(Happening::Contacted) });
        }
        Act::SetSeverity { severity, .. } => {
            steps.push(NewStep { detail: Some(severity.as_str()), ..step(Happening::SeverityChanged) });
        }
        Act::Trouble { .. } if !was_resolved => steps.push(step(Happening::Joined)),
        Act::CustomerWords if is_resolved => steps.push(step(Happening::Afterword)),
        _ => {}
    }
    if let Status::Resolved(cause) = row.case.status
        && !was_resolved
    {
        let happening = if cause == Cause::Erased { Happening::Erased } else { Happening::Resolved };
        let words = row.note.as_deref().filter(|_| matches!(act, Act::Resolve { .. }));
        steps.push(NewStep { detail: Some(cause.as_str()), words, ..step(happening) });
    }
    steps
}

/// A lead's name, as colleagues know it.
pub async fn lead_name(tx: &mut Tx, lead: PersonId) -> store::Result<String> {
    let name = tx.find_person(lead).await?.and_then(|person| person.first_name);
    Ok(name.unwrap_or_else(|| lead.to_string()))
}
