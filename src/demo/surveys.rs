//! The table of surveys as the page reads it: the outcome of each, with a more detailed reason than the ledger's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::program::Program;
use crate::domain::time::Timestamp;
use crate::service::export::What;

/// A survey, as its row in the export describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    #[serde(skip_serializing)]
    pub(super) survey_id: String,
    pub(super) event_id: String,
    pub(super) customer_id: Option<String>,
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) due_at: Option<Timestamp>,
    #[serde(skip_serializing)]
    pub(super) occurred_at: Timestamp,
    #[serde(skip_serializing)]
    pub(super) sent_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) moved: bool,
}

/// All surveys by their ID.
pub(super) type Surveys = BTreeMap<String, Line>;

/// The ledger's word for a person who is not asked again so soon.
const THROTTLED: &str = "throttled";
/// The page's word if the person had not been asked before: of the events due at the same time, the newest was chosen.
const DISPLACED: &str = "displaced";

/// The current content of the program's table.
pub(super) async fn surveys(program: Option<Program>) -> Surveys {
    let lines: Vec<Line> = match program {
        Some(program) => program.rows(What::Surveys).await,
        None => Vec::new(),
    };
    with_reasons(lines)
}

fn with_reasons(mut lines: Vec<Line>) -> Surveys {
    let asked = Asked::new(&lines);
    for line in &mut lines {
        if line.reason.as_deref() == Some(THROTTLED) && asked.about_a_newer_event(line) {
            line.reason = Some(DISPLACED.to_owned());
        }
    }
    lines.into_iter().map(|line| (line.survey_id.clone(), line)).collect()
}

/// By customer: when each event that they were asked about occurred, and when they were asked.
struct Asked(BTreeMap<String, Vec<(Timestamp, Timestamp)>>);

impl Asked {
    fn new(lines: &[Line]) -> Self {
        let mut asked: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for line in lines {
            if let (Some(customer), Some(sent_at)) = (&line.customer_id, line.sent_at) {
                asked.entry(customer.clone()).or_default().push((line.occurred_at, sent_at));
            }
        }
        Self(asked)
    }

    /// Whether a newer event was chosen when this one was due. A survey sent earlier than that was a previous one.
    fn about_a_newer_event(&self, line: &Line) -> bool {
        let others = line.customer_id.as_ref().and_then(|customer| self.0.get(customer));
        let mut others = others.into_iter().flatten();
        line.due_at.is_some_and(|due_at| {
            others.any(|(occurred_at, sent_at)| *occurred_at >= line.occurred_at && *sent_at >= due_at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_displaced_by_a_newer_event_is_told_from_who_was_asked_before() {
        let row = |event: &str, customer: &str, hours: (i64, i64), sent: Option<i64>| Line {
            survey_id: event.to_owned(),
            event_id: event.to_owned(),
            customer_id: Some(customer.to_owned()),
            state: if sent.is_some() { "sent" } else { "suppressed" }.to_owned(),
            reason: sent.is_none().then(|| THROTTLED.to_owned()),
            occurred_at: Timestamp::from_millis(hours.0 * 3_600_000),
            due_at: Some(Timestamp::from_millis(hours.1 * 3_600_000)),
            sent_at: sent.map(|hour| Timestamp::from_millis(hour * 3_600_000)),
            moved: false,
        };
        let surveys = with_reasons(vec![
            row("older", "C-1", (1, 4), None),
            row("newest", "C-1", (2, 5), Some(5)),
            row("too soon", "C-1", (3, 8), None),
            row("of another", "C-2", (1, 4), None),
        ]);
        let reason = |event: &str| surveys[event].reason.as_deref();
        assert_eq!(reason("older"), Some(DISPLACED));
        assert_eq!(reason("newest"), None);
        assert_eq!(reason("too soon"), Some(THROTTLED));
        assert_eq!(reason("of another"), Some(THROTTLED));
    }
}
