//! What was done and said in a case, step by step.

use chrono_tz::Tz;

use super::case::{cause_id, severity_id};
use super::editor::cut;
use super::{View, written};
use crate::domain::case::{Cause, Severity};
use crate::domain::happening::Happening;
use crate::domain::ids::CaseNumber;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;
use crate::store::cases::CaseStep;

/// The most characters of one message in a history, and of the whole history.
const WORDS: usize = 300;
const WHOLE: usize = 3_600;

/// What a step was, in words; `by` did it. `None` for what the messages say already, and for notes.
#[must_use]
pub fn step(catalogue: &Catalogue, locale: &str, done: &CaseStep, by: &str) -> Option<String> {
    let of = |id: &str| catalogue.with(locale, id, &[("name", by.into())]);
    Some(match Happening::parse(&done.kind, None)? {
        Happening::CaseOpened => of("page-step-opened"),
        Happening::Joined => of("page-step-joined"),
        Happening::Told => of("page-step-told"),
        Happening::Taken => of("page-step-taken"),
        Happening::Released => of("page-step-released"),
        Happening::HandedOver => of("page-step-handed-over"),
        Happening::Waiting => of("page-step-waiting"),
        Happening::Snoozed => of("page-step-snoozed"),
        Happening::SeverityChanged => {
            let to = done.detail.as_deref().and_then(|detail| detail.parse::<Severity>().ok());
            let to = to.map_or_else(String::new, |to| catalogue.text(locale, severity_id(to)));
            catalogue.with(locale, "page-step-severity", &[("name", by.into()), ("to", to.into())])
        }
        // By itself it follows the customer's answers.
        Happening::CategoryChanged if done.actor.is_some() => {
            let to = done.detail.clone().unwrap_or_default();
            catalogue.with(locale, "history-category", &[("name", by.into()), ("to", to.into())])
        }
        Happening::Contacted => of("page-step-contacted"),
        Happening::Undeliverable => of("page-step-undeliverable"),
        Happening::Warned => of("page-step-warned"),
        Happening::Overdue => of("page-step-overdue"),
        Happening::Resolved => {
            let cause = done.detail.as_deref().and_then(|detail| detail.parse::<Cause>().ok());
            let cause = cause.map_or_else(String::new, |cause| catalogue.text(locale, cause_id(cause)));
            catalogue.with(locale, "page-step-resolved", &[("name", by.into()), ("cause", cause.into())])
        }
        Happening::Afterword => of("page-step-afterword"),
        Happening::Reopened => of("page-step-reopened"),
        Happening::Recovery => of("page-step-recovery"),
        Happening::Muted => of("page-step-muted"),
        _ => return None,
    })
}

/// Something in the history of a case.
#[derive(Clone, Debug)]
pub enum Entry {
    /// In words already.
    Step(String),
    /// The name of the lead, or none for the customer, and what they wrote.
    Said { by: Option<String>, words: String },
    /// A note for colleagues.
    Note { by: String, words: String },
}

/// The history of a case. If it is too long for one message, its beginning is left out.
#[must_use]
pub fn history(
    catalogue: &Catalogue,
    locale: &str,
    number: CaseNumber,
    entries: &[(Timestamp, Entry)],
    zone: Tz,
) -> View {
    let line = |(at, entry): &(Timestamp, Entry)| {
        let at = ("at", written(&catalogue.text(locale, "case-at"), *at, zone).into());
        let cut = |words: &str| escape_html(&cut(words, WORDS));
        match entry {
            Entry::Step(what) => {
                catalogue.with(locale, "history-step", &[at, ("what", escape_html(what).into())])
            }
            Entry::Said { by: None, words } => {
                catalogue.with(locale, "history-in", &[at, ("words", cut(words).into())])
            }
            Entry::Said { by: Some(by), words } => {
                let values = [at, ("name", escape_html(by).into()), ("words", cut(words).into())];
                catalogue.with(locale, "history-out", &values)
            }
            Entry::Note { by, words } => {
                let values = [at, ("name", escape_html(by).into()), ("words", cut(words).into())];
                catalogue.with(locale, "history-note", &values)
            }
        }
    };
    let mut room = WHOLE;
    let mut lines: Vec<String> = Vec::new();
    for entry in entries.iter().rev() {
        let line = line(entry);
        let Some(left) = room.checked_sub(line.chars().count() + 1) else { break };
        room = left;
        lines.push(line);
    }
    let left_out = entries.len() - lines.len();
    if left_out > 0 {
        let count = [("count", left_out.to_string().into())];
        lines.push(catalogue.with(locale, "history-earlier", &count));
    }
    lines.push(catalogue.with(locale, "history-title", &[("n", number.to_string().into())]));
    lines.reverse();
    View::text(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_history_fits_a_message_and_says_how_much_is_left_out() {
        let catalogue = Catalogue::default();
        let at = Timestamp::from_millis(1_795_262_400_000);
        let said = |words: &str| Entry::Said { by: None, words: words.to_owned() };
        let entries: Vec<(Timestamp, Entry)> = (0..100).map(|_| (at, said(&"<&>".repeat(200)))).collect();
        for locale in ["ru", "en"] {
            let view = history(&catalogue, locale, CaseNumber::new(101), &entries, Tz::UTC);
            assert!(view.html.encode_utf16().count() <= 4_096);
            assert!(!view.html.contains("<&"), "it is escaped");
        }
        let short = history(&catalogue, "en", CaseNumber::new(101), &entries[..1], Tz::UTC);
        assert_eq!(short.html.lines().count(), 2, "{}", short.html);
    }
}
