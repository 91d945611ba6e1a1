//! What the customer is promised: by when somebody replies. It is told once, and owned up to once if it is broken.

use std::time::Duration;

use chrono_tz::Tz;

use crate::domain::case::deadlines;
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, SurveyKey};
use crate::domain::schedule::first_allowed;
use crate::domain::sending::{SendOverrides, Sending};
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit, person};
use crate::store;
use crate::store::cases::{CaseRow, NewStep, Untold};
use crate::store::persons::Person;
use crate::view::View;
use crate::view::deadlines as view;
use crate::view::promise::{Place, when};

/// A customer who stops answering in the middle of a survey is told of the case in a separate message after this time.
const SILENCE: Duration = Duration::from_mins(15);
/// How far ahead the end of quiet hours is looked for.
const LONGEST_QUIET: Duration = Duration::from_hours(14 * 24);

/// When nothing is sent to customers unless they have just acted: the installation's quiet hours.
pub fn quiet(ctx: &Context) -> Sending {
    SendOverrides::default().resolve(&ctx.config.sending)
}

pub async fn zone_of(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<Tz> {
    let named = unit.tx.find_zone_of_case(number).await?.and_then(|zone| zone.parse().ok());
    Ok(named.unwrap_or(unit.ctx.zone()))
}

/// The next moment, from now on, at which the customer of a case may get a message of ours.
pub async fn next_allowed(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<Timestamp> {
    let (now, sending) = (unit.now, quiet(unit.ctx));
    let zone = zone_of(unit, number).await?;
    Ok(first_allowed(now, now.plus(LONGEST_QUIET), &sending, zone).unwrap_or(now))
}

/// The person of a case, if the bot may write to them.
pub async fn reader(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<Option<Person>> {
    let Some(id) = row.person else { return Ok(None) };
    Ok(unit.tx.find_person(id).await?.filter(|person| person.unreachable.is_none()))
}

/// Notes that the customer learns the number of a case now, and returns the time that they are promised, if any.
pub async fn promise(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<Option<Timestamp>> {
    let Unit { ctx, now, .. } = *unit;
    let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(None) };
    let zone = zone_of(unit, number).await?;
    let due = row.clocks.contact_due_at.filter(|_| row.case.contacted_at.is_none());
    let promised = due.filter(|_| ctx.case_settings().promises);
    let promised = promised.map(|due| deadlines::promised(due, zone, &quiet(ctx)));
    if row.told.told_at.is_none() || row.told.promised_at != promised {
        row.told.told_at = row.told.told_at.or(Some(now));
        row.told.promised_at = promised;
        row.told.late_told_at = None;
        unit.tx.append_case_step(number, NewStep::of(Happening::Told), now).await?;
        unit.tx.update_case(&row).await?;
        unit.noted.timed.insert(number);
    }
    Ok(promised)
}

/// The same, and says it: ` by 18:00 today`, with the blank before it. Empty if nothing is promised.
pub async fn tell(unit: &mut Unit<'_>, number: CaseNumber, locale: &str) -> store::Result<String> {
    let promised = promise(unit, number).await?;
    let zone = zone_of(unit, number).await?;
    Ok(when(&unit.ctx.catalogue, locale, promised, unit.now, zone, Place::NewMessage))
}

/// The same, unless somebody has contacted the customer: then nothing is promised any more.
pub async fn tell_if_open(unit: &mut Unit<'_>, number: CaseNumber, locale: &str) -> store::Result<String> {
    let row = unit.tx.find_case(number).await?;
    if row.is_none_or(|row| row.case.contacted_at.is_some()) {
        return Ok(String::new());
    }
    tell(unit, number, locale).await
}

/// Whether the customer still has to learn of the case by itself: they do not know of it, and no lead has written.
fn is_to_be_told(row: &CaseRow) -> bool {
    !row.case.status.is_resolved()
        && row.told.told_at.is_none()
        && row.case.contacted_at.is_none()
        && row.last_out_at.is_none()
        && !row.test
}

/// A customer has moved on in a survey with an answer at the alert level. `stands`: its last text stands, so the case can
/// be told under it; the case is returned then. Otherwise the customer is told once they have been silent for a while.
pub async fn follow_survey(
    unit: &mut Unit<'_>,
    survey: SurveyKey,
    stands: bool,
) -> store::Result<Option<CaseNumber>> {
    let Some(row) = unit.tx.find_case_of_survey(survey).await? else { return Ok(None) };
    if !is_to_be_told(&row) {
        return Ok(None);
    }
    let untold = unit.tx.find_untold(row.number).await?;
    let tell_at = if stands { None } else { Some(unit.now.plus(SILENCE)) };
    unit.tx.set_untold(row.number, Untold { tell_at, ..untold }).await?;
    unit.noted.timed.insert(row.number);
    Ok(stands.then_some(row.number))
}

/// Tells a customer who stopped answering in the middle of the survey.
pub async fn tell_separately(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let untold = unit.tx.find_untold(number).await?;
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(()) };
    if untold.tell_at.is_none_or(|at| now < at) {
        return Ok(());
    }
    let mut tell_at = None;
    if is_to_be_told(&row)
        && let Some(person) = reader(unit, &row).await?
    {
        let allowed = next_allowed(unit, number).await?;
        if allowed > now {
            tell_at = Some(allowed);
        } else {
            let locale = person::locale(ctx, &person);
            let promised = tell(unit, number, locale).await?;
            let text = view::told(&ctx.catalogue, locale, number, &promised);
            person::say(unit, person.id, &View::text(text)).await?;
        }
    }
    unit.tx.set_untold(number, Untold { tell_at, ..untold }).await
}

/// When a promise is broken, unless somebody contacts the customer before.
pub fn broken_at(row: &CaseRow) -> Option<Timestamp> {
    let is_open = row.case.contacted_at.is_none() && row.last_out_at.is_none_or(|at| at < row.round_at);
    // A promise of an earlier round is over.
    let promised = row.told.promised_at.filter(|at| *at > row.round_at);
    promised.filter(|_| is_open && row.told.late_told_at.is_none())
}

/// A promise was broken: the customer hears that we know. No new time is promised.
pub async fn own_up_if_broken(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(()) };
    let Some(promised) = broken_at(&row).filter(|at| *at <= now) else { return Ok(()) };
    let person = reader(unit, &row).await?;
    if person.is_some() && next_allowed(unit, number).await? > now {
        return Ok(());
    }
    row.told.late_told_at = Some(now);
    unit.tx.update_case(&row).await?;
    if let Some(person) = person {
        let zone = zone_of(unit, number).await?;
        let locale = person::locale(ctx, &person);
        let text = view::late(&ctx.catalogue, locale, number, promised, now, zone);
        person::say(unit, person.id, &View::text(text)).await?;
    }
    Ok(())
}
