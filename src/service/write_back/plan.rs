//! Which write-backs a survey needs, and when they are due.

use std::time::Duration;

use super::call::Desk;
use crate::config::Config;
use crate::domain::event::{Event, Family};
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::domain::schedule::{Moment, counts_from, moment};
use crate::domain::time::Timestamp;
use crate::domain::way::Way;
use crate::service::due::zone;
use crate::service::{Context, Unit};
use crate::store;
use crate::store::write_backs::{LINK, NewWriteBack, SCORE, WriteBackSurvey};

/// How long a completed survey takes further words.
const WORDS: Duration = Duration::from_mins(15);

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
            let way = way(config, desk.as_ref(), &event);
            if let (Some((way, host)), Moment::At(next_at)) = (way, due(ctx, row, now)) {
                new.push(NewWriteBack { survey, kind: LINK, way, host, next_at });
            }
        } else if let (Some(next_at), Some(host)) = (note_at(state, now), notes(desk.as_ref(), row, &event)) {
            new.push(NewWriteBack { survey, kind: SCORE, way: Way::Helpdesk, host, next_at });
        }
    }
    unit.tx.insert_write_backs(&new).await
}

/// How the customer of an event can be reached, and by which server. The ticket comes first, because the customer knows
/// it; a mail costs nothing, so it comes before an SMS.
pub(super) fn way<'c>(config: &'c Config, desk: Option<&Desk<'c>>, event: &Event) -> Option<(Way, &'c str)> {
    let desk = desk.filter(|desk| is_ticket(event) && desk.can_reply(event));
    let mail = config.mail.as_ref().filter(|_| event.customer.email.is_some());
    let sms = config.sms.as_ref().filter(|_| event.customer.phone.is_some());
    desk.map(|desk| (Way::Helpdesk, desk.helpdesk.login.host.as_str()))
        .or(mail.map(|mail| (Way::Email, mail.host.as_str())))
        .or(sms.map(|sms| (Way::Sms, sms.login.host.as_str())))
}

fn is_ticket(event: &Event) -> bool {
    event.kind.family() == Family::Ticket && event.subject.id.is_some()
}

/// The server that gets a note with the answers, if one does.
fn notes<'c>(desk: Option<&Desk<'c>>, row: &WriteBackSurvey, event: &Event) -> Option<&'c str> {
    let desk = desk.filter(|desk| desk.takes_notes() && is_ticket(event) && !row.test)?;
    Some(desk.helpdesk.login.host.as_str())
}

/// When the answers are complete enough for a note: with the words that may still follow.
fn note_at(state: State, now: Timestamp) -> Option<Timestamp> {
    match state {
        State::Completed => Some(now.plus(WORDS)),
        State::Partial(_) => Some(now),
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
