//! The deadlines of a case, and whether they were met.

use crate::domain::case::Contact;
use crate::domain::case::deadlines::{Deadlines, Terms};
use crate::domain::time::Timestamp;
use crate::store::cases::{CaseRow, Clocks};

/// A new round begins.
pub(super) fn start(row: &mut CaseRow, terms: &Terms, now: Timestamp) {
    row.round_at = now;
    row.clocks = Clocks::default();
    set(row, terms.deadlines(&row.category, row.case.severity, now));
}

/// The severity rose: each deadline becomes the earlier of the old one and the new. While the customer does not know of
/// the case, deadlines are computed again from the beginning instead.
pub(super) fn tighten(row: &mut CaseRow, terms: &Terms, now: Timestamp) {
    let (category, severity) = (&row.category, row.case.severity);
    let old = row.clocks.contact_due_at.zip(row.clocks.resolve_due_at);
    let new = match old {
        Some((contact, resolution)) if row.told.told_at.is_some() => {
            Deadlines { contact, resolution }.earlier(terms.deadlines(category, severity, now))
        }
        _ => terms.deadlines(category, severity, row.round_at),
    };
    set(row, new);
}

/// The category changed: a deadline may come earlier. While the customer does not know of the case, it may also come
/// later.
pub(super) fn recategorise(row: &mut CaseRow, terms: &Terms) {
    let new = terms.deadlines(&row.category, row.case.severity, row.round_at);
    let old = row.clocks.contact_due_at.zip(row.clocks.resolve_due_at);
    let new = match old {
        Some((contact, resolution)) if row.told.told_at.is_some() => {
            Deadlines { contact, resolution }.earlier(new)
        }
        _ => new,
    };
    set(row, new);
}

fn set(row: &mut CaseRow, Deadlines { contact, resolution }: Deadlines) {
    row.clocks.contact_due_at = Some(contact);
    row.clocks.resolve_due_at = Some(resolution);
    row.clocks.resolve_first_due_at = Some(resolution);
}

/// The first contact. The figures count that of the first round.
pub(super) fn note_contact(row: &mut CaseRow, how: Contact, now: Timestamp) {
    if row.case.reopened == 0 && row.figures.contacted_how.is_none() {
        row.figures.contacted_how = Some(how);
        row.figures.contact_in_time = row.clocks.contact_due_at.map(|due| now <= due);
    }
}

/// The figures count the resolution of the last round.
pub(super) fn note_resolved(row: &mut CaseRow, now: Timestamp) {
    row.figures.resolve_in_time = row.clocks.resolve_first_due_at.map(|due| now <= due);
    row.figures.resolve_s = i64::try_from(now.since(row.round_at).as_secs()).ok();
}
