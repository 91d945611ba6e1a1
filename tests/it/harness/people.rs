//! What people do in a story. Each step returns when the program has reacted.

use afterword::sandbox::{Action, Button, Message, MessageId, Which, World};
use afterword::view::callback::Data;

use serde_json::json;

use super::{Story, seconds};

/// Somebody with a Telegram account.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub id: i64,
}

impl Story {
    /// Adds a person whose Telegram is in Russian.
    pub fn person(&self, name: &str) -> Person {
        self.person_in(name, Some("ru"))
    }

    pub fn person_in(&self, name: &str, language: Option<&str>) -> Person {
        Person { id: self.world.add_user(name, language) }
    }

    /// Adds a person who already has a linked chat, with no question open in it.
    pub async fn customer(&self, name: &str, customer: &str) -> Person {
        let person = self.person(name);
        self.link(person, customer).await;
        person
    }

    /// Links a person to a customer through an event that does not ask anything.
    pub async fn link(&self, person: Person, customer: &str) {
        let event = serde_json::json!({
            "event_id": format!("opened-{customer}-{}", person.id),
            "kind": "ticket_opened",
            "occurred_at": self.clock.now().to_rfc3339(),
            "customer": { "id": customer },
        });
        let answer = self.event(event).await;
        let link = answer["link"].as_str().unwrap_or_else(|| panic!("no link in {answer}"));
        self.follow(person, link).await;
    }

    pub async fn follow(&self, person: Person, link: &str) -> MessageId {
        let id = self.world.follow(person.id, link);
        self.settle().await;
        id
    }

    /// Adds a customer and asks them in a test, which comes at once. Returns at the first question. `number` is part of
    /// the IDs of the customer and the purchase.
    pub async fn ask_in_a_test(&self, name: &str, number: u32) -> Person {
        let customer = format!("C-{number}");
        let person = self.customer(name, &customer).await;
        self.purchase(&number.to_string(), &customer, json!({ "test": true })).await;
        self.advance(seconds(5)).await;
        person
    }

    pub async fn start(&self, person: Person) -> MessageId {
        let id = self.world.start(person.id, None);
        self.settle().await;
        id
    }

    /// Writes something, and pauses after it unless it is a command.
    pub async fn say(&self, person: Person, text: &str) -> MessageId {
        let id = self.world.say(person.id, text);
        self.settle().await;
        if !text.starts_with('/') {
            self.pause().await;
        }
        id
    }

    /// Writes a message that others may follow. When it returns, the program has stored it and no time has passed.
    pub async fn say_at_once(&self, person: Person, text: &str) -> MessageId {
        let id = self.world.say(person.id, text);
        self.wait_until(World::all_confirmed).await;
        id
    }

    /// Lets enough time pass for the dialogue to continue below what was written.
    pub async fn pause(&self) {
        self.settle().await;
        self.advance(seconds(3)).await;
    }

    /// Taps a button of the newest message that has buttons. The button is given by its text or a part of it. Returns
    /// the text that popped up.
    pub async fn tap(&self, person: Person, button: &str) -> String {
        let tap = self.touch(person, button);
        self.settle().await;
        self.toast(&tap)
    }

    /// Taps without waiting for the outcome, and returns the tap's ID.
    pub fn touch(&self, person: Person, button: &str) -> String {
        let messages = self.world.messages(person.id);
        let named = |message: &Message| -> Vec<String> {
            let texts = message.keyboard.iter().flatten().map(|button| &button.text);
            let named = texts.filter(|text| *text == button || !is_number(button) && text.contains(button));
            named.cloned().collect()
        };
        // An admin's chat also shows the posts of cases, which have buttons of their own.
        let is_post = |message: &&Message| message.keyboard.iter().flatten().any(is_of_case);
        let with_buttons = || messages.iter().rev().filter(|message| !message.keyboard.is_empty());
        let newest = with_buttons().find(|message| !is_post(message) || !named(message).is_empty());
        let found = newest.map(named).unwrap_or_default();
        let ([text], Some(message)) = (&found[..], newest) else {
            panic!("{} buttons '{button}' in:\n{}", found.len(), self.chat(person))
        };
        self.world
            .tap(person.id, person.id, message.id, text.as_str())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Taps a button that a person may still see although it has been replaced.
    pub async fn tap_stale(&self, person: Person, message: MessageId, button: impl Into<Which>) -> String {
        let tap =
            self.world.tap_stale(person.id, person.id, message, button).unwrap_or_else(|e| panic!("{e}"));
        self.settle().await;
        self.toast(&tap)
    }

    /// Sends callback data that belongs to no button of ours, or not to one for this person.
    pub async fn forge(&self, person: Person, chat: i64, message: MessageId, data: &str) -> String {
        let tap = self.world.forge_callback(person.id, chat, message, data);
        self.settle().await;
        self.toast(&tap)
    }

    /// Returns the text that popped up after a tap. It is empty if only the spinner stopped.
    pub fn toast(&self, tap: &str) -> String {
        self.world.answer(tap).unwrap_or_else(|| panic!("the tap was not answered")).text
    }

    /// Returns a person's chat with the bot.
    pub fn chat(&self, person: Person) -> String {
        self.world.transcript(person.id)
    }

    /// Returns the bot's newest message in a person's chat.
    pub fn last(&self, person: Person) -> String {
        let message = self.world.last_message(person.id).unwrap_or_else(|| panic!("the bot wrote nothing"));
        self.world.shown(person.id, message.id)
    }
}

/// Whether this is a button under the post of a case.
fn is_of_case(button: &Button) -> bool {
    match &button.action {
        Action::Callback(data) => matches!(Data::decode(data), Some(Data::Case(_))),
        Action::Url(_) => false,
    }
}

/// Whether a button is given by a number. A number must match the whole text: `1` is not `10`.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
