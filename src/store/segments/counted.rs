//! How the segments learn that a column has changed. It lists every column of the tables that they are made from, so
//! that nobody adds a column that is counted, or changes one, without a way to tell. A test compares it with the schema.

/// How a change of a column's value reaches the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is not in the segments.
    NotCounted,
    /// It is counted and never changes once its survey is there.
    NeverChanges,
    /// Everything that changes it writes an entry of the survey to the journal, in the same transaction.
    Journal,
    /// What changes it is in the journal, or calls `Tx::mark_counted`.
    Mark,
}

use Told::{Journal, Mark, NeverChanges, NotCounted};

/// A table with its columns.
pub type Table = (&'static str, &'static [(&'static str, Told)]);

pub const TABLES: &[Table] = &[
    (
        "events",
        &[
            ("id", NeverChanges),
            ("event_id", NotCounted),
            ("kind", NeverChanges),
            // Erasing cuts it down to its day, which is the day it is counted under.
            ("occurred_at", NeverChanges),
            ("received_at", NotCounted),
            // Erasing records the survey that it takes the customer from.
            ("customer", Journal),
            ("test", NeverChanges),
            ("subject_id", NotCounted),
            ("agent_id", NeverChanges),
            ("agent_name", NotCounted),
            ("agent_since", NeverChanges),
            ("team", NeverChanges),
            ("automation", NeverChanges),
            ("store", NeverChanges),
            ("channel", NeverChanges),
            // Of them and of the segments, erasing takes those that few customers have.
            ("tags", Journal),
            ("segments", Journal),
            ("first_response_s", NeverChanges),
            ("resolution_s", NeverChanges),
            ("messages", NeverChanges),
            ("reopened", NotCounted),
            ("sla_breached", NeverChanges),
            ("first_contact_resolution", NeverChanges),
            ("body", NotCounted),
            ("hook", NeverChanges),
        ],
    ),
    (
        "surveys",
        &[
            ("id", NeverChanges),
            // Erasing draws it again, and puts the survey into another group of units with that.
            ("survey_id", Journal),
            ("test", NeverChanges),
            ("script", Journal),
            ("script_version", Journal),
            ("state", Journal),
            ("reason", Journal),
            ("due_at", NotCounted),
            ("stale_at", NotCounted),
            ("person", NotCounted),
            ("locale", NotCounted),
            ("turn", NotCounted),
            ("step", NotCounted),
            ("message", NotCounted),
            ("sent_at", Mark),
            ("started_at", Journal),
            ("completed_at", NotCounted),
            ("remind_at", NotCounted),
            ("reminded_at", Mark),
            ("show_again_at", NotCounted),
            ("repeat", NotCounted),
            ("repeat_kind", NotCounted),
            ("expires_at", NotCounted),
            ("alerted", NotCounted),
            ("closing_at", NotCounted),
            ("ended_at", NotCounted),
            ("words_full", NotCounted),
            ("waits_for", NotCounted),
            ("holds_up", NotCounted),
            ("stopped_at", NotCounted),
            ("go_on_at", NotCounted),
            ("changeable", NotCounted),
            ("continue_until", NotCounted),
            ("held_by", NotCounted),
        ],
    ),
    (
        "answers",
        &[
            ("id", NotCounted),
            ("survey", NeverChanges),
            ("question", NeverChanges),
            ("part", NeverChanges),
            ("value", Journal),
            ("options", Journal),
            ("words", NotCounted),
            ("band", Journal),
            ("skipped", Journal),
            ("revision", NotCounted),
            ("answered_at", NotCounted),
            ("stored_at", NotCounted),
            ("withdrawn_at", Journal),
        ],
    ),
];
