//! Surveys that are due: judged once more, claimed, and queued for sending.

use std::collections::{HashMap, HashSet};

use chrono_tz::Tz;

use crate::domain::ids::{PersonId, SurveyKey, TopicId};
use crate::domain::ledger::{State, Suppression, Unreachable};
use crate::domain::schedule::{Moment, allowed_until, counts_from, moment};
use crate::domain::survey::Dialogue;
use crate::domain::time::Timestamp;
use crate::service::answers::Loaded;
use crate::service::script_set::Live;
use crate::service::{Context, Unit, held_surveys, person, roles};
use crate::store::due::{DueRow, OpenSurvey};
use crate::store::surveys::Claim;
use crate::store::{self, Error, Lane, Outgoing, Payload, Tx};
use crate::view::survey::step;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// How many were queued for sending.
    pub claimed: usize,
    /// How many were decided otherwise: suppressed, put off, or unreachable.
    pub decided: usize,
}

/// The most tests that may wait to be sent to one person. Further tests are not sent.
pub const MOST_TESTS: i64 = 10;
/// The most tests judged before the other surveys in one round, so that neither holds up the other.
const TESTS_FIRST: i64 = 20;

/// The surveys to judge next, about `limit`, in this order. Only reads, so that a long search blocks no writer.
pub async fn look(tx: &mut Tx, limit: i64, now: Timestamp) -> store::Result<Vec<SurveyKey>> {
    let mut found = tx.list_due_tests(now, TESTS_FIRST).await?;
    let mut persons = HashSet::new();
    let enough = found.len() + usize::try_from(limit).unwrap_or(usize::MAX);
    for due in tx.list_due_surveys(now, limit).await? {
        if found.len() >= enough {
            break;
        }
        let Some(person) = due.person.filter(|_| !due.is_behind) else {
            found.push(due.id);
            continue;
        };
        // Of one person's due surveys, the one with the newest event is sent. Surveys beyond the limit are found once
        // the newest have been judged.
        if persons.insert(person) {
            found.extend(tx.list_due_of_person(person, now, limit).await?);
        }
    }
    Ok(found)
}

/// Judges the surveys that [`look`] has found by their current state, and claims those that may be sent, at most
/// `room`.
///
/// The caller keeps `room` within what the sender can handle, so that a claim is still fresh when its call is made.
pub async fn claim_due(unit: &mut Unit<'_>, found: &[SurveyKey], room: usize) -> store::Result<Claimed> {
    let mut done = Claimed::default();
    let rows = unit.tx.list_due_rows(found, unit.now).await?;
    let mut rows: HashMap<SurveyKey, DueRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    for id in found {
        if done.claimed >= room {
            break;
        }
        if let Some(row) = rows.remove(id) {
            claim_or_end(unit, &row, &mut done).await?;
        }
    }
    Ok(done)
}

/// Ends surveys that have waited too long for a link. Returns how many there were.
pub async fn end_never_linked(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let now = unit.now;
    let never_linked = unit.tx.list_never_linked(now, limit).await?;
    for id in &never_linked {
        let end = State::Undeliverable(Unreachable::NeverLinked);
        unit.tx.move_survey(*id, State::WaitingForLink, end, now)?;
    }
    Ok(never_linked.len())
}

/// Of the given surveys, ends those that a pause or an open survey has held back for longer than `max_age`. Returns how
/// many there were.
pub async fn suppress_stale(unit: &mut Unit<'_>, found: &[SurveyKey]) -> store::Result<usize> {
    let now = unit.now;
    let stale = unit.tx.list_still_stale(found, now).await?;
    for id in &stale {
        unit.tx.move_survey(*id, State::Scheduled, State::Suppressed(Suppression::Stale), now)?;
    }
    Ok(stale.len())
}

/// What is known about a due survey's person besides the row itself. For a test, or without a person, both fields are
/// false.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Somebody may have joined the team, or followed a customer's link, since the event arrived.
    pub is_staff: bool,
    /// Includes earlier claims of this round: a person who was just sent a survey has an open one.
    pub has_open_survey: bool,
}

/// The decision about a due survey.
pub(super) enum Verdict {
    Send { live: Live, person: PersonId, not_after: Option<Timestamp> },
    PutOff(Timestamp),
    Suppress(Suppression),
    WaitForLink,
    Undeliverable(Unreachable),
}

async fn claim_or_end(unit: &mut Unit<'_>, row: &DueRow, done: &mut Claimed) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    if let Some(person) = row.person.filter(|_| row.test)
        && unit.tx.count_unsent_invitations(person.chat()).await? >= MOST_TESTS
    {
        unit.tx.move_survey(row.id, State::Scheduled, State::Suppressed(Suppression::Throttled), now)?;
        done.decided += 1;
        return Ok(());
    }
    let mut standing = Standing { is_staff: false, has_open_survey: false };
    if let Some(person) = row.person.filter(|_| !row.test) {
        if let Some(held) = held_surveys::holding(&mut unit.tx, person, now).await? {
            held_surveys::put_off(unit, row, held).await?;
            done.decided += 1;
            return Ok(());
        }
        standing.is_staff = roles::role(&mut unit.tx, ctx, person).await?.is_some();
        if let Some(open) = unit.tx.find_open_survey(person).await? {
            if !standing.is_staff && !is_displaced(row, &open) {
                unit.tx.hold_survey(row.id, open.id).await?;
                done.decided += 1;
                return Ok(());
            }
            standing.has_open_survey = true;
        }
    }
    match verdict(ctx, row, standing, now) {
        Verdict::Send { live, person, not_after } => {
            claim(unit, row, &live, person, not_after).await?;
            done.claimed += 1;
            return Ok(());
        }
        Verdict::PutOff(until) => unit.tx.reschedule_survey(row.id, until).await?,
        Verdict::Suppress(reason) => {
            unit.tx.move_survey(row.id, State::Scheduled, State::Suppressed(reason), now)?;
        }
        Verdict::WaitForLink => unit.tx.move_survey(row.id, State::Scheduled, State::WaitingForLink, now)?,
        Verdict::Undeliverable(reason) => {
            unit.tx.move_survey(row.id, State::Scheduled, State::Sending, now)?;
            unit.tx.move_survey(row.id, State::Sending, State::Undeliverable(reason), now)?;
        }
    }
    done.decided += 1;
    Ok(())
}

/// Whether a due survey was already due when the open one was chosen over it. A survey that became due later, or has a
/// newer event, waits instead.
fn is_displaced(row: &DueRow, open: &OpenSurvey) -> bool {
    open.claimed_at.is_some_and(|claimed_at| row.due_at <= claimed_at)
        && (row.occurred_at, row.id) < (open.occurred_at, open.id)
}

/// Judges a due survey. Nothing else decides whether it is sent.
pub(super) fn verdict(ctx: &Context, row: &DueRow, standing: Standing, now: Timestamp) -> Verdict {
    if standing.is_staff {
        return Verdict::Suppress(Suppression::IsStaff);
    }
    if standing.has_open_survey {
        return Verdict::Suppress(Suppression::Throttled);
    }
    judge(ctx, row, now)
}

fn judge(ctx: &Context, row: &DueRow, now: Timestamp) -> Verdict {
    let Some(person) = row.person else { return Verdict::WaitForLink };
    let Some(live) = row.script.as_deref().and_then(|slug| ctx.scripts.find(slug)) else {
        return Verdict::Suppress(Suppression::NoScript);
    };
    let sending = live.script().send.resolve(&ctx.config.sending);
    let zone = zone(ctx, row.time_zone.as_deref());
    match row.unreachable.as_deref() {
        Some("blocked") => return Verdict::Undeliverable(Unreachable::Blocked),
        Some("deactivated") => return Verdict::Undeliverable(Unreachable::Deactivated),
        Some(_) => return Verdict::WaitForLink,
        None => {}
    }
    if row.test {
        return Verdict::Send { live, person, not_after: None };
    }
    if row.opted_out {
        return Verdict::Suppress(Suppression::OptedOut);
    }
    let happened_at = counts_from(row.occurred_at, row.received_at);
    match moment(happened_at, now, &sending, zone) {
        Moment::Stale => return Verdict::Suppress(Suppression::Stale),
        Moment::At(at) if at > now => return Verdict::PutOff(at),
        Moment::At(_) => {}
    }
    let within = |last: Option<Timestamp>, gap: Option<std::time::Duration>| {
        last.zip(gap).is_some_and(|(last, gap)| now < last.plus(gap))
    };
    if within(row.last_sent_at, sending.min_gap) || within(row.last_same_at, sending.min_gap_same) {
        return Verdict::Suppress(Suppression::Throttled);
    }
    let not_after = allowed_until(happened_at, now, &sending, zone);
    Verdict::Send { live, person, not_after: Some(not_after) }
}

/// The customer's time zone, or the default. Zones were validated when the event came in.
pub(super) fn zone(ctx: &Context, name: Option<&str>) -> Tz {
    name.and_then(|name| name.parse().ok()).unwrap_or(ctx.zone())
}

async fn claim(
    unit: &mut Unit<'_>,
    row: &DueRow,
    live: &Live,
    person: PersonId,
    not_after: Option<Timestamp>,
) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let script = live.script();
    let dialogue = Dialogue::begin();
    let tags = [&row.chosen_language, &row.language, &row.language_code].map(Option::as_deref);
    let message = unit.tx.insert_message(person.chat(), TopicId::NONE).await?;
    unit.tx
        .claim_survey(&Claim {
            survey: row.id,
            script: &script.slug,
            version: live.published.version,
            person,
            locale: person::asked_in(ctx, script, tags),
            step: &dialogue.step.to_text(script),
            turn: dialogue.turn,
            message,
        })
        .await?;
    unit.tx.move_survey(row.id, State::Scheduled, State::Sending, now)?;
    let loaded = Loaded::find(&mut unit.tx, ctx, row.id).await?;
    let loaded =
        loaded.ok_or_else(|| Error::broken("surveys", format!("id {}: vanished while claimed", row.id)))?;
    let view = loaded.with_view(ctx, &dialogue, step);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let outgoing =
        Outgoing::send(Lane::Surveys, person.chat(), payload).message(message).invitation(row.id, not_after);
    unit.tx.enqueue(&outgoing, now).await?;
    Ok(())
}
