//! The deadlines of a case, and whether they were met.

use std::time::Duration;

use crate::domain::case::{Contact, Severity};
use crate::domain::time::Timestamp;
use crate::store::cases::{CaseRow, Clocks};

const fn hours(hours: u64) -> Duration {
    Duration::from_hours(hours)
}

/// By when the customer hears from somebody, and by when the case is to be resolved.
const fn budgets(severity: Severity) -> (Duration, Duration) {
    match severity {
        Severity::Urgent => (hours(4), hours(24)),
        Severity::Normal => (hours(24), hours(48)),
        Severity::Minor => (hours(48), hours(96)),
    }
}

/// A new round begins.
pub(super) fn start(row: &mut CaseRow, now: Timestamp) {
    let (contact, resolution) = budgets(row.case.severity);
    row.round_at = now;
    row.clocks = Clocks {
        contact_due_at: Some(now.plus(contact)),
        resolve_due_at: Some(now.plus(resolution)),
        resolve_first_due_at: Some(now.plus(resolution)),
        ..Clocks::default()
    };
}

/// The severity rose: each deadline becomes the earlier of the old one and the new.
pub(super) fn tighten(row: &mut CaseRow, now: Timestamp) {
    let (contact, resolution) = budgets(row.case.severity);
    let earlier = |old: Option<Timestamp>, new: Timestamp| Some(old.map_or(new, |old| old.min(new)));
    if row.case.contacted_at.is_none() {
        row.clocks.contact_due_at = earlier(row.clocks.contact_due_at, now.plus(contact));
    }
    row.clocks.resolve_due_at = earlier(row.clocks.resolve_due_at, now.plus(resolution));
    row.clocks.resolve_first_due_at = earlier(row.clocks.resolve_first_due_at, now.plus(resolution));
}

/// The first contact. The figures count that of the first round.
pub(super) fn note_contact(row: &mut CaseRow, how: Contact, now: Timestamp) {
    if row.figures.contacted_how.is_none() {
        row.figures.contacted_how = Some(how);
        row.figures.contact_in_time = row.clocks.contact_due_at.map(|due| now <= due);
    }
}

/// The figures count the resolution of the last round.
pub(super) fn note_resolved(row: &mut CaseRow, now: Timestamp) {
    row.figures.resolve_in_time = row.clocks.resolve_first_due_at.map(|due| now <= due);
    row.figures.resolve_s = i64::try_from(now.since(row.round_at).as_secs()).ok();
}
