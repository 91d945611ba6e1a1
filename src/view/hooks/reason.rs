//! Why a delivery failed, in an admin's language. What is stored is a sentence of the mapping, with the field before it.

#[cfg(test)]
mod tests;

use super::{Hooks, VALUE, cut, escape_html};
use crate::domain::hook::mapping::{ABSENT_NAMED, AND};

/// A kind of failure: the beginning of its sentence, and the message that says it.
const KINDS: [(&str, &str); 27] = [
    ("absent: there is no earlier event", "hooks-reason-earlier"),
    ("is nobody's", "hooks-reason-nobodys"),
    ("multipart/form-data is not read", "hooks-reason-multipart"),
    ("absent", "hooks-reason-absent"),
    ("is required", "hooks-reason-absent"),
    ("is more than 10 minutes in the future", "hooks-reason-future"),
    ("stands for no ID", "hooks-reason-nobodys"),
    ("is outside the years", "hooks-reason-time"),
    ("is before the year", "hooks-reason-time"),
    ("is not written as RFC 3339", "hooks-reason-time"),
    ("has no offset from UTC", "hooks-reason-time"),
    ("has a time zone's name", "hooks-reason-time"),
    ("has an offset from UTC that", "hooks-reason-time"),
    ("must be an RFC 3339 time", "hooks-reason-time"),
    ("is no time", "hooks-reason-time"),
    ("must be one of", "hooks-reason-word"),
    ("must", "hooks-reason-type"),
    ("takes too long", "hooks-reason-slow"),
    ("cannot be computed", "hooks-reason-expression"),
    ("is no list", "hooks-reason-no-list"),
    ("holds", "hooks-reason-too-many"),
    ("has more than", "hooks-reason-too-many"),
    ("an event may have", "hooks-reason-too-many"),
    ("not valid JSON", "hooks-reason-json"),
    ("its text is not UTF-8", "hooks-reason-charset"),
    ("contains", "hooks-reason-character"),
    ("has '", "hooks-reason-twice"),
];
/// The same of sentences that begin with what was found: words within them.
const KINDS_WITHIN: [(&str, &str); 5] = [
    ("stands twice", "hooks-reason-twice"),
    ("characters long; ", "hooks-reason-long"),
    ("bytes; ", "hooks-reason-long"),
    ("entries; ", "hooks-reason-too-many"),
    ("is not a known time zone", "hooks-reason-word"),
];
/// What the sentence begins with when no field is to blame.
const MALFORMED: &str = "malformed: ";
const GONE: &str = "hook: ";
const INTERNAL: &str = "internal";

/// A sentence as it was understood. Kinds are IDs of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason<'s> {
    Internal,
    Gone,
    Malformed {
        kind: &'static str,
    },
    /// What the field's expression needs is not in the delivery.
    Absent {
        field: &'s str,
        names: &'s str,
    },
    Field {
        field: &'s str,
        kind: &'static str,
    },
}

impl Hooks<'_> {
    /// The reason as HTML. What is not understood, as from another version of the program, is only called a failure: its
    /// sentence is English.
    pub(super) fn reason(&self, sentence: &str) -> String {
        match Reason::read(sentence) {
            Some(Reason::Internal) => self.text("hooks-reason-internal"),
            Some(Reason::Gone) => self.text("hooks-reason-gone"),
            Some(Reason::Malformed { kind }) => {
                self.with("hooks-reason-malformed", &[("why", self.text(kind).into())])
            }
            Some(Reason::Absent { field, names }) => {
                let names: Vec<&str> = names.split(AND[0]).flat_map(|names| names.split(AND[1])).collect();
                let names = names.iter().map(|name| escape_html(&cut(name, VALUE)));
                let names = names.collect::<Vec<_>>().join(&self.text("hooks-and"));
                format!(
                    "{}: {}",
                    self.place(field),
                    self.with("hooks-reason-absent-of", &[("names", names.into())])
                )
            }
            Some(Reason::Field { field, kind }) => format!("{}: {}", self.place(field), self.text(kind)),
            None => self.text("hooks-reason-other"),
        }
    }

    /// The field, or the condition of a rule.
    fn place(&self, field: &str) -> String {
        let rule = field.strip_prefix("rule ").and_then(|rest| rest.strip_suffix(", when"));
        match rule {
            Some(number) => self.with("hooks-reason-rule", &[("number", number.to_owned().into())]),
            None => escape_html(&cut(field, VALUE)),
        }
    }
}

impl<'s> Reason<'s> {
    fn read(sentence: &'s str) -> Option<Self> {
        if sentence == INTERNAL {
            return Some(Self::Internal);
        }
        if sentence.starts_with(GONE) {
            return Some(Self::Gone);
        }
        if let Some(why) = sentence.strip_prefix(MALFORMED) {
            return kind_of(why).map(|kind| Self::Malformed { kind });
        }
        let (field, why) = sentence.split_once(": ")?;
        if let Some(names) = why.strip_prefix(ABSENT_NAMED) {
            return Some(Self::Absent { field, names });
        }
        kind_of(why).map(|kind| Self::Field { field, kind })
    }
}

fn kind_of(why: &str) -> Option<&'static str> {
    let by_start = KINDS.iter().find(|(start, _)| why.starts_with(start));
    by_start.or_else(|| KINDS_WITHIN.iter().find(|(words, _)| why.contains(words))).map(|(_, id)| *id)
}
