//! The result of a backtest, laid out for a phone: few columns, short words.

use super::{EditorView, Screen};
use crate::domain::ledger::{State, Suppression, Unreachable};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

/// One line of a backtest's report: an outcome, and how many events had it with the draft, with the live scripts, and
/// in reality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub what: String,
    pub draft: usize,
    pub live: usize,
    pub ledger: usize,
}

/// The catalogue's message for an event's outcome.
#[must_use]
pub fn fate(state: State) -> &'static str {
    match state {
        State::Received | State::Scheduled | State::Recorded => "outcome-scheduled",
        State::WaitingForLink => "outcome-waiting-for-link",
        State::Suppressed(reason) => match reason {
            Suppression::Throttled => "outcome-throttled",
            Suppression::SampledOut => "outcome-sampled-out",
            Suppression::OptedOut => "outcome-opted-out",
            Suppression::Stale => "outcome-stale",
            Suppression::NoScript => "outcome-no-script",
            Suppression::NotEligible => "outcome-not-eligible",
            Suppression::IsStaff => "outcome-is-staff",
            Suppression::Cancelled => "outcome-cancelled",
            Suppression::Paused => "outcome-paused",
            Suppression::Conversation => "outcome-conversation",
            Suppression::Erased => "outcome-erased",
        },
        State::Undeliverable(reason) => match reason {
            Unreachable::NeverLinked => "outcome-never-linked",
            Unreachable::Blocked => "outcome-blocked",
            Unreachable::Deactivated => "outcome-deactivated",
            Unreachable::ChatNotFound => "outcome-chat-not-found",
            Unreachable::MessageRefused => "outcome-message-refused",
            Unreachable::Unconfirmed => "outcome-unconfirmed",
        },
        _ => "outcome-asked",
    }
}

impl EditorView<'_> {
    /// An event's outcome in a few words.
    #[must_use]
    pub fn fate(&self, state: State) -> String {
        self.text(fate(state))
    }

    #[must_use]
    pub fn backtest_begun(&self) -> String {
        self.text("editor-backtest-begun")
    }

    #[must_use]
    pub fn backtest(&self, events: usize, outcomes: &[Row], hours: &[Row], is_draft: bool) -> View {
        let head = format!("<b>{}</b>", self.text("editor-backtest"));
        let view = |blocks: &[&str]| {
            let view = View::text(paragraphs(blocks.iter().copied()));
            if is_draft {
                view.row([
                    self.to("editor-button-publish", Screen::Publish),
                    self.to("editor-button-home", Screen::Home),
                ])
            } else {
                view.row([self.to("editor-button-card", Screen::Card)])
            }
        };
        if events == 0 {
            return view(&[&head, &self.text("editor-backtest-nothing")]);
        }
        let count = self.one("editor-backtest-events", "count", events.to_string());
        let listed = |id: &str, rows: &[Row]| {
            let line = |row: &Row| {
                let numbers = format!("{} / {} / {}", row.draft, row.live, row.ledger);
                format!("{}: <b>{numbers}</b>", escape_html(&row.what))
            };
            let lines: Vec<String> = std::iter::once(self.text(id)).chain(rows.iter().map(line)).collect();
            if rows.is_empty() { String::new() } else { lines.join("\n") }
        };
        view(&[
            &head,
            &count,
            &listed("editor-backtest-columns", outcomes),
            &listed("editor-backtest-hours", hours),
            &self.text("editor-backtest-note"),
        ])
    }
}
