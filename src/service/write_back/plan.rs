//! Which write-backs a survey needs, and when they are due.

use std::time::Duration;

use crate::domain::event::Event;
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::domain::schedule::{Moment, counts_from, moment};
use crate::domain::time::Timestamp;
use crate::domain::way::Way;
use crate::service::due::zone;
use crate::service::hooks::ways::{Desk, ways};
use crate::service::{Context, Unit};
use crate::store;
use crate::store::write_backs::{LINK, NewWriteBack, SCORE, WriteBackSurvey};

/// How soon a survey that goes on after all is looked at again.
const GOES_ON: Duration = Duration::from_mins(10);
/// How soon a survey is looked at again whose end is being written.
const ENDS: Duration = Duration::from_secs(5);

/// Plans the links for those of these surveys that wait for one, and the notes for those that have answers. Planning a
/// survey twice changes nothing.
pub async fn plan(unit: &mut Unit<'_>, surveys: &[SurveyKey]) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let config = &ctx.config;
    if config.mail.is_none() && config.sms.is_none() && config.helpdesk.is_none() {
        return Ok(());
    }
    let rows = unit.tx.list_write_back_surveys(surveys).await?;
    let mut new = Vec::new();
    for row in &rows {
        let Ok(event) = Event::from_stored(&row.body) else { continue };
        let (survey, state) = (row.survey, row.state()?);
        let desk = Desk::find(&mut unit.tx, config.helpdesk.as_ref(), row.hook.as_deref()).await?;
        if state == State::WaitingForLink {
            let way = ways(config, desk.as_ref(), &(&event).into()).into_iter().next();
            if let (Some((way, host)), Moment::At(next_at)) = (way, due(ctx, row, now)) {
                new.push(NewWriteBack { survey, kind: LINK, way, host, next_at });
            }
        } else if let (Some(next_at), Some(host)) =
            (note_at(row, state, now), notes(desk.as_ref(), row, &event))
        {
            new.push(NewWriteBack { survey, kind: SCORE, way: Way::Helpdesk, host, next_at });
        }
    }
    unit.tx.insert_write_backs(&new).await
}

/// How many surveys are looked at together.
const TOGETHER: i64 = 200;

/// Plans links that no way was known for when their surveys began to wait: one may have been set since. `after` is where
/// to go on; returns where that is next, or `None` at the end.
pub async fn plan_left(
    unit: &mut Unit<'_>,
    after: (Timestamp, SurveyKey),
) -> store::Result<Option<(Timestamp, SurveyKey)>> {
    let left = unit.tx.list_unplanned_links(after, TOGETHER).await?;
    let surveys: Vec<SurveyKey> = left.iter().map(|(_, survey)| *survey).collect();
    plan(unit, &surveys).await?;
    Ok(left.last().copied())
}

/// The server that gets a note with the answers, if one does.
fn notes<'c>(desk: Option<&Desk<'c>>, row: &WriteBackSurvey, event: &Event) -> Option<&'c str> {
    let desk = desk.filter(|desk| desk.takes_note(&event.into()) && !row.test)?;
    Some(desk.helpdesk.login.host.as_str())
}

/// When the note is due: at the survey's end, with the words that may still follow. `None` if it needs no note yet.
fn note_at(row: &WriteBackSurvey, state: State, now: Timestamp) -> Option<Timestamp> {
    match state {
        State::Completed | State::Partial(_) => Some(ends_at(row, state, now).unwrap_or(now)),
        _ => None,
    }
}

/// When to look again whether a survey has ended; `None` if it has.
pub(super) fn ends_at(row: &WriteBackSurvey, state: State, now: Timestamp) -> Option<Timestamp> {
    let ahead = |at: Option<Timestamp>| at.filter(|at| *at > now);
    match state {
        State::Completed if row.ended_at.is_some() => None,
        State::Completed => Some(ahead(row.closing_at).unwrap_or_else(|| now.plus(ENDS))),
        State::Partial(_) => ahead(row.continue_until),
        State::Started => Some(now.plus(GOES_ON)),
        _ => None,
    }
}

/// When a survey's link may be sent: when the survey itself would be.
pub(super) fn due(ctx: &Context, row: &WriteBackSurvey, now: Timestamp) -> Moment {
    let Some(live) = row.script.as_deref().and_then(|slug| ctx.scripts.find(slug)) else {
        return Moment::Stale;
    };
    if row.test {
        return Moment::At(now);
    }
    let sending = live.script().send.resolve(&ctx.config.sending);
    let zone = zone(ctx, row.time_zone.as_deref());
    moment(counts_from(row.occurred_at, row.received_at), now, &sending, zone)
}
