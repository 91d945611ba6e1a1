//! How a story ends: nothing may be left over, and everything that happened must have been right.

use std::collections::HashSet;
use std::time::Duration;

use afterword::domain::ledger::State;
use afterword::sandbox::{Message, Sender};
use afterword::service::events;

use super::Story;

impl Story {
    /// Ends the story. Every one has to.
    pub async fn end(mut self) {
        self.settle().await;
        let problems = self.problems().await;
        assert!(problems.is_empty(), "left over:\n{}", problems.join("\n"));
        self.ended = true;
        self.stop().await;
    }

    /// Ends a story of something that goes wrong in the open; `expected` takes out what it is about.
    pub async fn end_with(mut self, expected: impl Fn(&str) -> bool) {
        self.settle().await;
        let problems: Vec<String> =
            self.problems().await.into_iter().filter(|line| !expected(line)).collect();
        assert!(problems.is_empty(), "left over:\n{}", problems.join("\n"));
        self.ended = true;
        self.stop().await;
    }

    async fn stop(&mut self) {
        self.running.stop(Duration::from_secs(8)).await;
        if let Some(sandbox) = self.sandbox.take() {
            sandbox.stop().await;
        }
    }

    async fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> =
            self.world.violations().iter().map(|what| format!("a violation: {what}")).collect();
        for callback in self.world.unanswered_callbacks() {
            problems.push(format!("a tap whose spinner turns: {}", callback.data));
        }
        if self.world.refused_by_limits() > 0 {
            problems.push(format!("{} calls were refused by the limits", self.world.refused_by_limits()));
        }
        let mut tx = self.running.db.read().await.unwrap();
        let outgoing = tx.backlog().await.unwrap().outgoing;
        if outgoing > 0 {
            problems.push(format!("{outgoing} messages are not sent"));
        }
        let dead = tx.count_dead_updates().await.unwrap();
        if dead > 0 {
            problems.push(format!("{dead} dead updates"));
        }
        problems.extend(self.wrong_ledgers(&mut tx).await);
        problems.extend(self.doubled_messages());
        problems
    }

    /// Every survey's way must be one of the ledger's table.
    async fn wrong_ledgers(&self, tx: &mut afterword::store::Tx) -> Vec<String> {
        let events = self.events.lock().unwrap().clone();
        let mut wrong = Vec::new();
        for event in events {
            let ledger = events::find(tx, &event).await.unwrap().unwrap();
            let states: Vec<State> = ledger.transitions.iter().map(|(state, _)| *state).collect();
            if !State::is_path(&states) {
                wrong.push(format!("no way through the ledger: {event}: {states:?}"));
            }
        }
        wrong
    }

    /// The same words twice at the same moment in the same chat.
    fn doubled_messages(&self) -> Vec<String> {
        let mut doubled = Vec::new();
        for chat in self.world.chats() {
            let mut seen = HashSet::new();
            let ours = |message: &&Message| message.from == Sender::Bot && message.media.is_none();
            for message in chat.messages.iter().filter(ours) {
                if !seen.insert((message.first_text().to_owned(), message.date)) {
                    doubled.push(format!("twice in chat {}: {}", chat.id, message.first_text()));
                }
            }
        }
        doubled
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        // Where the database was, for a look at what went wrong.
        if std::thread::panicking() {
            eprintln!("the database was {}", self.database.url);
        } else {
            assert!(self.ended, "a story has to be ended: story.end().await");
        }
    }
}
