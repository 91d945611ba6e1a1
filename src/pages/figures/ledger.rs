//! The ledger as a table: what became of every event, step by step, from all events to the answered ones.

use super::Opened;
use crate::domain::counting::Stage;
use crate::domain::ledger::{PartialEnd, State, Suppression, Unanswered, Unreachable};
use crate::pages::Word;
use crate::service::figures::reply::{Figures, Ledger, QuestionFigures};
use crate::view::charts::{self, Step};

/// A row of the ledger.
#[derive(Debug)]
pub(super) struct LedgerRow {
    pub name: String,
    pub is_total: bool,
    pub plot: String,
    /// With a minus for what was lost.
    pub count: String,
    /// Where its surveys are listed; what the figures do not name by a state has none.
    pub href: Option<String>,
    /// Of the events that were meant to ask.
    pub share: Option<String>,
}

/// Where an event stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It was never meant to ask.
    Unmeant,
    /// The customer was not asked, or not yet.
    Unasked,
    /// The customer was asked and has not answered.
    Silent,
    /// The customer has answered.
    Answered,
}

const fn place(state: State) -> Place {
    match state {
        State::Suppressed(
            Suppression::NoScript | Suppression::NotEligible | Suppression::IsStaff | Suppression::Cancelled,
        )
        | State::Recorded => Place::Unmeant,
        State::Suppressed(_)
        | State::Undeliverable(_)
        | State::Received
        | State::WaitingForLink
        | State::Scheduled
        | State::Sending => Place::Unasked,
        State::Sent | State::Expired(_) | State::Refused => Place::Silent,
        State::Started | State::Completed | State::Partial(_) => Place::Answered,
    }
}

/// Every outcome with its count: totals, and between them what was lost. The totals are those of the figures; what a
/// state does not tell has a row of its own.
pub(super) fn ledger_rows(opened: &Opened, ledger: &Ledger) -> Vec<LedgerRow> {
    let reached = |stage: Stage| Some(opened.surveys(&[(Word::State, stage.as_str())]));
    let counted: Vec<(State, u64)> = State::all()
        .filter_map(|state| Some((state, *ledger.states.get(&state.to_string())?)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let mut table = Table { opened, ledger, rows: Vec::new(), left: ledger.events };
    table.total("ledger-events", ledger.events, Some(opened.surveys(&[])));
    table.losses(&counted, Place::Unmeant, ledger.eligible);
    table.total("ledger-eligible", ledger.eligible, reached(Stage::Eligible));
    table.losses(&counted, Place::Unasked, ledger.delivered);
    table.total("ledger-delivered", ledger.delivered, reached(Stage::Delivered));
    table.losses(&counted, Place::Silent, ledger.answered);
    table.total("ledger-answered", ledger.answered, reached(Stage::Answered));
    table.parts();
    table.rows
}

/// The scripts that ask about cases and have surveys.
pub(super) fn of_cases(by_script: &Figures) -> Vec<String> {
    let has_events = |of: &&QuestionFigures| {
        !of.about.has_coverage() && of.rows.first().is_some_and(|row| row.ledger.events > 0)
    };
    let mut scripts: Vec<String> =
        by_script.questions.iter().filter(has_events).map(|of| of.script.clone()).collect();
    scripts.dedup();
    scripts
}

struct Table<'t> {
    opened: &'t Opened,
    ledger: &'t Ledger,
    rows: Vec<LedgerRow>,
    /// How many are left after the rows so far.
    left: u64,
}

impl Table<'_> {
    fn total(&mut self, id: &str, count: u64, href: Option<String>) {
        let share = self.share(count);
        let is_meant = self.rows.len() > 1;
        self.rows.push(LedgerRow {
            name: self.opened.words.t(id),
            is_total: true,
            plot: charts::ledger(Step::Total(self.of_events(count))),
            count: self.opened.words.number(count),
            href,
            share: share.filter(|_| is_meant),
        });
        self.left = count;
    }

    fn losses(&mut self, counted: &[(State, u64)], of: Place, until: u64) {
        for (state, count) in counted.iter().filter(|(state, _)| place(*state) == of) {
            let name = self.opened.words.t(state_id(*state));
            self.loss(name, *count, Some(self.link(*state)), of != Place::Unmeant);
        }
        let rest = self.left.saturating_sub(until);
        if rest > 0 {
            let id = if of == Place::Silent { "ledger-no-answer-left" } else { "ledger-otherwise" };
            self.loss(self.opened.words.t(id), rest, None, of != Place::Unmeant);
        }
    }

    fn loss(&mut self, name: String, lost: u64, href: Option<String>, is_meant: bool) {
        let left = self.left.saturating_sub(lost);
        self.rows.push(LedgerRow {
            name,
            is_total: false,
            plot: charts::ledger(Step::Loss { left: self.of_events(left), lost: self.of_events(lost) }),
            count: format!("−{}", self.opened.words.number(lost)),
            href,
            share: self.share(lost).filter(|_| is_meant),
        });
        self.left = left;
    }

    /// How the answered surveys ended. Others in the same states have no answer left: only a list without any of them
    /// has as many.
    fn parts(&mut self) {
        let mut from = 0;
        for (state, count) in &self.ledger.answered_states {
            let is_all = self.ledger.states.get(&state.to_string()) == Some(count);
            self.rows.push(LedgerRow {
                name: self.opened.words.t(state_id(*state)),
                is_total: false,
                plot: charts::ledger(Step::Part {
                    from: self.of_events(from),
                    share: self.of_events(*count),
                }),
                count: self.opened.words.number(*count),
                href: is_all.then(|| self.link(*state)),
                share: self.share(*count),
            });
            from += count;
        }
    }

    fn link(&self, state: State) -> String {
        let mut words = vec![(Word::State, state.as_str())];
        words.extend(state.reason().map(|reason| (Word::Reason, reason)));
        self.opened.surveys(&words)
    }

    fn of_events(&self, count: u64) -> f64 {
        ratio(count, self.ledger.events).unwrap_or_default()
    }

    fn share(&self, count: u64) -> Option<String> {
        ratio(count, self.ledger.eligible).map(|share| self.opened.numbers().share(share))
    }
}

fn ratio(count: u64, of: u64) -> Option<f64> {
    let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    (of > 0).then(|| number(count) / number(of))
}

/// The ID of a state with its reason.
pub(super) const fn state_id(state: State) -> &'static str {
    match state {
        State::Received => "ledger-received",
        State::WaitingForLink => "ledger-waiting",
        State::Scheduled => "ledger-scheduled",
        State::Recorded => "ledger-recorded",
        State::Sending => "ledger-sending",
        State::Sent => "ledger-sent",
        State::Started => "ledger-started",
        State::Completed => "ledger-completed",
        State::Refused => "ledger-refused",
        State::Suppressed(reason) => match reason {
            Suppression::Throttled => "ledger-throttled",
            Suppression::SampledOut => "ledger-sampled-out",
            Suppression::OptedOut => "ledger-opted-out",
            Suppression::Stale => "ledger-stale",
            Suppression::NoScript => "ledger-no-script",
            Suppression::NotEligible => "ledger-not-eligible",
            Suppression::IsStaff => "ledger-is-staff",
            Suppression::Cancelled => "ledger-cancelled",
            Suppression::Paused => "ledger-paused",
            Suppression::Conversation => "ledger-conversation",
            Suppression::Erased => "ledger-erased",
        },
        State::Partial(end) => match end {
            PartialEnd::Expired => "ledger-partial-expired",
            PartialEnd::Stopped => "ledger-partial-stopped",
            PartialEnd::Blocked => "ledger-partial-blocked",
        },
        State::Expired(end) => match end {
            Unanswered::Untouched => "ledger-untouched",
            Unanswered::Blocked => "ledger-blocked-unanswered",
        },
        State::Undeliverable(reason) => match reason {
            Unreachable::NeverLinked => "ledger-never-linked",
            Unreachable::Blocked => "ledger-blocked",
            Unreachable::Deactivated => "ledger-deactivated",
            Unreachable::ChatNotFound => "ledger-chat-not-found",
            Unreachable::MessageRefused => "ledger-message-refused",
            Unreachable::Unconfirmed => "ledger-unconfirmed",
        },
    }
}
