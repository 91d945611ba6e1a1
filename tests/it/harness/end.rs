//! The end of a story: nothing may be left over, and everything that happened must have been right.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use afterword::domain::ledger::State;
use afterword::domain::time::Timestamp;
use afterword::sandbox::{Action, Keyboard, Message, Sender};
use afterword::service::events;
use afterword::store::segments::keep::Step;
use afterword::view::callback::Data;

use super::{Story, Updates, hours};

/// How close together the same words count as the same message.
const WITHIN: Duration = hours(1);
/// The longest time after which an act is answered, even after a downtime.
const LATEST_ANSWER: Duration = hours(24);

const TWICE: &str = "twice in chat";
const UNKNOWN_BUTTONS: &str = "buttons that nobody knows of in chat";

impl Story {
    /// Ends the story. Every story must call this.
    pub async fn end(mut self) {
        self.settle().await;
        let problems = self.problems().await;
        assert!(problems.is_empty(), "left over:\n{}", problems.join("\n"));
        self.ended = true;
        self.stop().await;
    }

    /// Ends a story in which a message came twice, as can happen when the reply to its call was lost. The program does
    /// not know of one of the copies.
    pub async fn end_after_a_lost_reply(self) {
        self.end_with(|problem| problem.starts_with(TWICE) || problem.starts_with(UNKNOWN_BUTTONS)).await;
    }

    /// Ends a story in which something goes wrong on purpose. `expected` says which problems belong to it.
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
        drop(tx);
        problems.extend(self.wrong_segments().await);
        problems.extend(self.doubled_messages());
        problems.extend(self.unknown_buttons().await);
        problems
    }

    /// Finds surveys whose transitions are not in the ledger's table.
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

    /// Folds what waits, and finds the days whose segments say something else than the rows.
    async fn wrong_segments(&self) -> Vec<String> {
        let (db, zone) = (&self.running.db, self.running.ctx.zone());
        while db.build_segments(zone).await.unwrap() != Step::Nothing {}
        while db.fold_segments(zone).await.unwrap() != Step::Nothing {}
        let (mut wrong, mut after) = (Vec::new(), None);
        while let Some(day) = db.recount_day_after(after, zone, self.clock.now()).await.unwrap() {
            after = Some(day.date);
            if day.wrong > 0 {
                wrong.push(format!(
                    "{} surveys of {} are counted wrong: {:?}",
                    day.wrong, day.date, day.properties
                ));
            }
        }
        wrong
    }

    /// Finds messages with the same words in the same chat although nobody there has written or tapped anything since
    /// that they could answer. A message that is sent again after a failure comes some time later.
    fn doubled_messages(&self) -> Vec<String> {
        let mut doubled = Vec::new();
        let taps = self.world.callbacks();
        for chat in self.world.chats() {
            let written: Vec<&Message> =
                chat.messages.iter().filter(|message| message.from != Sender::Bot).collect();
            let tapped: Vec<Timestamp> =
                taps.iter().filter(|tap| tap.chat == chat.id).map(|tap| tap.created).collect();
            let acts_between = |before: &Message, message: &Message| {
                written.iter().any(|act| before.id < act.id && act.id < message.id)
                    || tapped.iter().any(|act| before.date < *act && *act <= message.date)
            };
            // Updates that are brought by webhook may be handled one by one, long afterwards.
            let acts_lately = |message: &Message| {
                let is_late = |act: Timestamp| act.plus(LATEST_ANSWER) >= message.date;
                written
                    .iter()
                    .map(|act| act.date)
                    .chain(tapped.iter().copied())
                    .filter(|act| is_late(*act))
                    .count()
            };
            let ours = |message: &&Message| message.from == Sender::Bot && message.media.is_none();
            let mut sent: HashMap<&str, Vec<&Message>> = HashMap::new();
            for message in chat.messages.iter().filter(ours) {
                let copies = sent.entry(message.first_text()).or_default();
                copies.retain(|before| before.date.plus(WITHIN) >= message.date);
                let is_answer = copies.last().is_none_or(|before| match self.updates {
                    Updates::Polled => acts_between(before, message),
                    Updates::Brought => acts_lately(message) > copies.len(),
                });
                copies.push(message);
                if !is_answer {
                    doubled.push(format!("{TWICE} {}: {}", chat.id, message.first_text()));
                }
            }
        }
        doubled
    }

    /// Finds messages with a survey's buttons that the program does not know. They would keep their buttons for ever.
    async fn unknown_buttons(&self) -> Vec<String> {
        let known = "SELECT chat_id, message_id FROM messages WHERE message_id IS NOT NULL";
        let known: HashSet<(i64, i64)> = self.database.rows(known).await.into_iter().collect();
        let mut unknown = Vec::new();
        for chat in self.world.chats() {
            let live =
                chat.messages.iter().filter(|message| !message.deleted && is_survey(&message.keyboard));
            for message in live.filter(|message| !known.contains(&(chat.id, message.id))) {
                unknown.push(format!("{UNKNOWN_BUTTONS} {}: {}", chat.id, message.first_text()));
            }
        }
        unknown
    }
}

fn is_survey(keyboard: &Keyboard) -> bool {
    keyboard.iter().flatten().any(|button| match &button.action {
        Action::Callback(data) => matches!(Data::decode(data), Some(Data::Survey { .. })),
        Action::Url(_) => false,
    })
}

impl Drop for Story {
    fn drop(&mut self) {
        // Names the database, so that one can look at what went wrong.
        if std::thread::panicking() {
            eprintln!("the database was {}", self.database.url);
        } else {
            assert!(self.ended, "a story has to be ended: story.end().await");
        }
    }
}
