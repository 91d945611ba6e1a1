//! What time does to cases. [`plan`] works out when it next has something to do with a case; [`run_due`] does what has
//! come due. Everything is read from what is stored, so a restart loses nothing, and each thing is marked in the
//! transaction that does it, so a clock that is set back does nothing twice.

use std::collections::BTreeSet;

mod closing;
mod notices;

pub use closing::closed;

use crate::domain::case::deadlines::Terms;
use crate::domain::case::{Act, Status};
use crate::domain::ids::CaseNumber;
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::service::cases::{act, promise, start_clocks_if_missing};
use crate::store;
use crate::store::cases::{CaseRow, Untold};

/// A test case is over after this time.
const TESTS_LAST: std::time::Duration = std::time::Duration::from_hours(24);
/// What cannot be done now is tried again after this time.
const AGAIN: std::time::Duration = std::time::Duration::from_mins(10);

/// Sets when time next has something to do with these cases. For those in `ran`, what had come due has just been done:
/// what could not be done, such as a message in somebody's quiet hours, is tried again later.
pub async fn plan(
    unit: &mut Unit<'_>,
    numbers: &BTreeSet<CaseNumber>,
    ran: &BTreeSet<CaseNumber>,
) -> store::Result<()> {
    if numbers.is_empty() {
        return Ok(());
    }
    let (now, terms) = (unit.now, unit.ctx.case_terms());
    for number in numbers {
        let Some(row) = unit.tx.find_case(*number).await? else { continue };
        drop_warnings(unit, &row, &terms).await?;
        let untold = unit.tx.find_untold(*number).await?;
        let next = next_at(&row, untold, &terms);
        let next = next.map(|next| if next <= now && ran.contains(number) { now.plus(AGAIN) } else { next });
        unit.tx.set_case_times(*number, next, nearest_due_at(&row)).await?;
    }
    Ok(())
}

/// Takes back the warnings that still wait to be sent and whose deadline is met, moved or over: what they say is true no
/// more.
async fn drop_warnings(unit: &mut Unit<'_>, row: &CaseRow, terms: &Terms) -> store::Result<()> {
    if row.clocks.contact_warned_at.is_none() && row.clocks.resolve_warned_at.is_none() {
        return Ok(());
    }
    let mut standing = Vec::new();
    if !row.case.status.is_resolved() && !row.case.erased {
        let notices = notices_of(row, terms, None).into_iter();
        standing.extend(notices.filter(|(_, notice)| !notice.is_warning()).map(|(due, _)| due));
    }
    unit.tx.delete_waiting_warnings(row.number, &standing).await
}

/// The nearest deadline of an unresolved case.
fn nearest_due_at(row: &CaseRow) -> Option<Timestamp> {
    if row.case.status.is_resolved() || row.case.erased {
        return None;
    }
    let contact = row.clocks.contact_due_at.filter(|_| row.case.contacted_at.is_none());
    let resolution = row.clocks.resolve_due_at;
    contact.into_iter().chain(resolution).min()
}

/// A notice that is due at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    ContactWarning,
    ContactOverdue,
    ResolutionWarning,
    ResolutionOverdue,
}

impl Notice {
    pub(super) const fn is_warning(self) -> bool {
        matches!(self, Self::ContactWarning | Self::ResolutionWarning)
    }
}

/// The notices that are still to be given, each with its moment. A warning whose deadline has passed is left out.
fn notices_of(row: &CaseRow, terms: &Terms, now: Option<Timestamp>) -> Vec<(Timestamp, Notice)> {
    let clocks = &row.clocks;
    let mut notices = Vec::new();
    let mut add =
        |due: Option<Timestamp>, warned: Option<Timestamp>, told: Option<Timestamp>, of: [Notice; 2]| {
            let Some(due) = due.filter(|_| told.is_none()) else { return };
            notices.push((due, of[1]));
            if warned.is_none() && now.is_none_or(|now| now < due) {
                notices.push((terms.warning(row.round_at, due), of[0]));
            }
        };
    if row.case.contacted_at.is_none() {
        let of = [Notice::ContactWarning, Notice::ContactOverdue];
        add(clocks.contact_due_at, clocks.contact_warned_at, clocks.contact_escalated_at, of);
    }
    if !matches!(row.case.status, Status::Waiting(_)) && clocks.snoozed_until.is_none() {
        let of = [Notice::ResolutionWarning, Notice::ResolutionOverdue];
        add(clocks.resolve_due_at, clocks.resolve_warned_at, clocks.resolve_escalated_at, of);
    }
    notices
}

fn next_at(row: &CaseRow, untold: Untold, terms: &Terms) -> Option<Timestamp> {
    if row.case.erased {
        return None;
    }
    if row.case.status.is_resolved() {
        let afterword = row.case.afterword_at.map(|at| terms.afterword_until(at));
        return afterword.into_iter().chain(untold.closing_at).min();
    }
    if row.test {
        return Some(row.opened_at.plus(TESTS_LAST));
    }
    let notices = notices_of(row, terms, None).into_iter().map(|(at, _)| at);
    notices.chain(untold.tell_at).chain(promise::broken_at(row)).min()
}

/// Does what has come due, for at most `limit` cases in this transaction. Returns how many there were.
pub async fn run_due(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let due = unit.tx.list_due_cases(unit.now, limit).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let terms = unit.ctx.case_terms();
    let mut round = notices::Round::default();
    for number in &due {
        let Some(row) = unit.tx.find_case(*number).await? else { continue };
        run(unit, row, &terms, &mut round).await?;
    }
    round.send(unit).await?;
    unit.noted.ran.extend(due.iter().copied());
    Ok(due.len())
}

async fn run(
    unit: &mut Unit<'_>,
    row: CaseRow,
    terms: &Terms,
    round: &mut notices::Round,
) -> store::Result<()> {
    let (now, number) = (unit.now, row.number);
    if row.case.erased {
        return Ok(());
    }
    if row.case.status.is_resolved() {
        if row.case.afterword_at.is_some_and(|at| terms.afterword_until(at) <= now) {
            let _ = act(unit, number, Act::AfterwordIgnored, None).await?;
        }
        return closing::tell_if_due(unit, number).await;
    }
    if row.clocks.contact_due_at.is_none() {
        return start_clocks_if_missing(unit, &row).await;
    }
    if row.test {
        if row.opened_at.plus(TESTS_LAST) <= now {
            let _ = act(unit, number, Act::TestOver, None).await?;
        }
        return Ok(());
    }
    promise::tell_separately(unit, number).await?;
    promise::own_up_if_broken(unit, number).await?;
    for (at, notice) in notices_of(&row, terms, Some(now)) {
        if at <= now {
            round.add(unit, number, notice).await?;
        }
    }
    Ok(())
}
