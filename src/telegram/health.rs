//! Whether the bot can work, and if not, why. Intake and sender write it; `/readyz` reads it.

use std::sync::Arc;

use tokio::sync::watch;

use super::pulse::Pulse;
use crate::clock::Instant;
use crate::domain::time::Timestamp;

/// The shared state of the connection to Telegram. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Health {
    state: Arc<watch::Sender<State>>,
    pub pulse: Pulse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Why updates do not come in, and when intake tries again.
    pub intake: Option<Trouble>,
    /// Why messages do not go out.
    pub sender: Option<String>,
    /// Since when Telegram is not known to answer, and why.
    pub silent: Option<(Timestamp, String)>,
    /// Why this program does not talk to Telegram, if it is not its turn.
    pub standby: Option<Standby>,
    /// Whether the last tap came without the message it was made under, because the bot is configured so
    /// (`callback_query_mode`).
    pub taps_without_message: bool,
    /// How many polls Telegram has answered since the start.
    pub polls: u64,
}

/// Who talks to Telegram in place of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standby {
    /// The name of another program on this database.
    Other(String),
    /// This program's turn has ended, and it cannot see whether another one's has begun.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub why: String,
    pub retry_at: Instant,
}

impl Default for Health {
    fn default() -> Self {
        Self { state: Arc::new(watch::Sender::new(State::default())), pulse: Pulse::default() }
    }
}

impl Health {
    /// What is wrong now. Empty if all is well, and while another program talks to Telegram: what a part of ours that
    /// has not ended yet reports is then not true of the bot.
    pub fn problems(&self) -> Vec<String> {
        let state = self.state.borrow();
        match state.standby {
            Some(Standby::Other(_)) => return Vec::new(),
            Some(Standby::Unknown) => {
                let why = "the turn to talk to Telegram was lost, because the database could not be reached in time; \
                           whether another program has it cannot be seen yet";
                return vec![why.to_owned()];
            }
            None => {}
        }
        let silent = state.silent.iter().map(|(since, why)| {
            format!(
                "Telegram has not answered what was sent since {since}: {why}; it is asked again and again"
            )
        });
        state
            .intake
            .iter()
            .map(|trouble| trouble.why.clone())
            .chain(state.sender.clone())
            .chain(silent)
            .collect()
    }

    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Notes that Telegram answered a poll. Storing the updates may still fail, so this alone does not clear any
    /// trouble.
    pub fn polled(&self) {
        self.state.send_modify(|state| state.polls += 1);
    }

    /// Notes whether Telegram sends the message along with a tap: it was asked, or somebody tapped.
    pub fn taps_come(&self, with_message: bool) {
        self.state.send_if_modified(|state| {
            std::mem::replace(&mut state.taps_without_message, !with_message) == with_message
        });
    }

    pub fn intake_is_well(&self) {
        self.state.send_if_modified(|state| state.intake.take().is_some());
    }

    pub fn intake_fails(&self, why: String, retry_at: Instant) {
        self.state.send_modify(|state| state.intake = Some(Trouble { why, retry_at }));
    }

    /// Notes who talks to Telegram in place of this program, or that this one does. Clears what was known of the
    /// connection, because it no longer applies.
    pub fn set_standby(&self, standby: Option<Standby>) {
        self.state.send_if_modified(|state| {
            let is_news = state.standby != standby;
            if is_news {
                state.standby = standby;
                (state.intake, state.sender, state.silent) = (None, None, None);
            }
            is_news
        });
    }

    /// Notes that a call got no answer. The first such call in a row sets the time.
    pub fn telegram_is_silent(&self, why: String, now: Timestamp) {
        self.state.send_if_modified(|state| {
            let is_news = state.silent.is_none();
            state.silent.get_or_insert((now, why));
            is_news
        });
    }

    pub fn telegram_answers(&self) {
        self.state.send_if_modified(|state| state.silent.take().is_some());
    }

    pub fn set_sender(&self, trouble: Option<String>) {
        self.state.send_if_modified(|state| {
            let changed = state.sender != trouble;
            state.sender = trouble;
            changed
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_ends_late_is_not_heard_once_another_program_talks_to_telegram() {
        let health = Health::default();
        health.set_standby(Some(Standby::Other("another program".to_owned())));
        health.set_sender(Some("the lease was lost".to_owned()));
        health.intake_fails("no answer".to_owned(), Instant::LONG_AGO);
        assert_eq!(health.problems(), Vec::<String>::new());
        health.set_standby(None);
        assert_eq!(health.problems(), Vec::<String>::new(), "what was reported meanwhile is forgotten");
        health.set_standby(Some(Standby::Unknown));
        assert!(health.problems()[0].contains("cannot be seen yet"));
    }
}
