//! The steps of the tour in order, and its progress.

use serde::Serialize;
use serde_json::{Value, json};

use super::plot::{Hero, SCORES, SOLUTION};
use crate::domain::time::Timestamp;

/// The part of the page to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    Customer,
    Group,
    /// The parts of the strip.
    Till,
    Ledger,
    Out,
}

/// What happens in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Buy,
    Follow,
    /// The clock jumps to the time at which the survey is due.
    Wait,
    Tap(&'static str),
    /// The customer ticks a reason and adds a comment.
    Explain,
    /// A lead takes the case.
    Take,
    /// The lead replies in the group, and the customer answers.
    Talk,
    /// The lead resolves the case, with a cause and a note.
    Resolve,
    /// The clock jumps to the time at which the question after the case is due.
    WaitForRecovery,
    /// Nothing happens; there is something to see.
    Look,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// The name of its texts in the page's catalogue.
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) deed: Deed,
}

const fn step(name: &'static str, place: Place, deed: Deed) -> Step {
    Step { name, place, deed }
}

pub(super) const STEPS: [Step; 16] = [
    step("buy", Place::Till, Deed::Buy),
    step("link", Place::Customer, Deed::Follow),
    step("wait", Place::Customer, Deed::Wait),
    step("low", Place::Customer, Deed::Tap(SCORES[0])),
    step("alert", Place::Group, Deed::Look),
    step("words", Place::Customer, Deed::Explain),
    step("second", Place::Customer, Deed::Tap(SCORES[1])),
    step("last", Place::Customer, Deed::Tap(SCORES[2])),
    step("full", Place::Group, Deed::Look),
    step("take", Place::Group, Deed::Take),
    step("talk", Place::Customer, Deed::Talk),
    step("resolve", Place::Group, Deed::Resolve),
    step("ask", Place::Customer, Deed::WaitForRecovery),
    step("recovered", Place::Group, Deed::Tap(SOLUTION)),
    step("ledger", Place::Ledger, Deed::Look),
    step("export", Place::Out, Deed::Look),
];

/// The progress of the tour.
#[derive(Debug)]
pub(super) struct Tour {
    pub(super) hero: Hero,
    pub(super) locale: &'static str,
    /// The personal link that the shop received.
    pub(super) link: String,
    /// The result of each step played so far, in order.
    pub(super) played: Vec<Played>,
    /// The revision of the hero's chat after the last step. Any later change was made by somebody else.
    pub(super) revision: u64,
    /// Whether a step is being played.
    pub(super) busy: bool,
    /// Whether the tour cannot go on, because somebody else acted in the hero's chat.
    pub(super) lost: bool,
}

/// The result of a step.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) at: Timestamp,
    /// The chats and the ledger.
    pub(super) left: Value,
}

impl Tour {
    pub(super) fn view(&self) -> Value {
        let steps = STEPS.iter().enumerate();
        let steps: Vec<Value> = steps
            .map(|(index, step)| {
                json!({ "name": step.name, "place": step.place, "at": self.played.get(index).map(|played| played.at) })
            })
            .collect();
        json!({
            "customer": self.hero.user,
            "event": self.hero.event_id(),
            "played": self.played.len(),
            "busy": self.busy,
            "lost": self.lost,
            "steps": steps,
        })
    }
}

/// The keys of the steps' texts in the page's catalogue.
#[cfg(test)]
pub(super) fn words() -> Vec<String> {
    STEPS.iter().flat_map(|step| [format!("tour.{}", step.name), format!("tour.{}.why", step.name)]).collect()
}
