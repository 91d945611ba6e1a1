//! Where a field belongs. In TOML everything after `[table]` belongs to that table, so a field can easily end up in the
//! wrong one.

use super::fields::Elsewhere;

/// The parts of a script that have their own fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Top,
    When,
    Send,
}

const TOP: &[&str] = &["slug", "on", "priority", "title", "when", "send", "questions"];
const WHEN: &[&str] = &["channels", "teams", "stores", "tags_any", "tags_none", "min_messages", "sample"];
const SEND: &[&str] = &[
    "delay",
    "delay_min",
    "delay_max",
    "max_age",
    "quiet_hours",
    "days_off",
    "min_gap",
    "min_gap_same",
    "remind_after",
    "expires_after",
    "greeting",
    "thanks",
];

const FOLLOW_UP: &[&str] = &["reasons", "comment", "links"];

const UNDER_SEND: Elsewhere = Elsewhere { id: "lint-place-send", place: "under [send]" };

impl Section {
    const ALL: [Self; 3] = [Self::Top, Self::When, Self::Send];

    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Top => TOP,
            Self::When => WHEN,
            Self::Send => SEND,
        }
    }

    const fn place(self) -> Elsewhere {
        match self {
            Self::Top => {
                Elsewhere { id: "lint-place-top", place: "at the top of the file, above the first [table]" }
            }
            Self::When => Elsewhere { id: "lint-place-when", place: "under [when]" },
            Self::Send => UNDER_SEND,
        }
    }
}

/// Where a field belongs that was found in section `here` but is not one of its fields.
pub(super) fn belongs(name: &str, here: Section) -> Option<Elsewhere> {
    if here.fields().contains(&name) {
        return None;
    }
    Section::ALL.into_iter().find(|section| section.fields().contains(&name)).map(Section::place)
}

/// Where a field belongs that was found in a question but is not one of its fields.
pub(super) fn belongs_in_no_question(name: &str) -> Option<Elsewhere> {
    if FOLLOW_UP.contains(&name) {
        let place = "under [questions.low], [questions.neutral] or [questions.high]";
        return Some(Elsewhere { id: "lint-place-follow-up", place });
    }
    matches!(name, "greeting" | "thanks").then_some(UNDER_SEND)
}
