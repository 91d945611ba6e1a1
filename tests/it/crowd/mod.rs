//! Simulated customers: each sees what the bot shows in their chat, acts on it once, and remembers what they did.

mod steps;

use std::collections::{BTreeMap, HashMap, VecDeque};

use afterword::domain::locale::Languages;
use afterword::domain::scale::Band;
use afterword::domain::script::Script;
use afterword::domain::script::shipped::SHIPPED;
use afterword::sandbox::{BotAct, ChatId, Message, MessageId, TapError, UserId, World};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

pub use steps::{Kind, Step, speaks_russian};

/// One thing a customer does at a step, and what must be exported because of it.
#[derive(Clone, Debug)]
pub enum Move {
    /// The button that shows an answer, and the answer as it is exported.
    Answer { button: String, value: String },
    /// A reason: its row, and its key as it is exported.
    Reason { row: usize, key: String },
    /// Words, as the comment or the answer.
    Words(String),
    /// On without words: *Skip*, or *Done* after a reason.
    GoOn,
}

/// What stands in the export for a question: as its answer, reason or comment.
pub type Given = BTreeMap<(String, Part), String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Answer,
    Reason,
    Comment,
}

/// One survey as its customer lived through it.
#[derive(Clone, Debug, Default)]
pub struct Lived {
    /// The first message, greeting and all.
    pub first_text: String,
    pub given: Given,
    /// Nothing more is asked.
    pub over: bool,
    /// What is still to be done at a step that was seen.
    plans: HashMap<Step, VecDeque<Move>>,
}

/// Decides what a customer does at a step of a survey, when they see it first.
pub type Mind = Box<dyn Fn(UserId, &Lived, Step) -> Vec<Move> + Send>;

pub struct Crowd {
    world: World,
    acts: UnboundedReceiver<BotAct>,
    mind: Mind,
    pub customers: BTreeMap<UserId, Vec<Lived>>,
    /// Taps so far, by their callback's ID.
    pub taps: Vec<String>,
}

impl Crowd {
    /// Watches the world from now on.
    pub fn new(world: &World, mind: Mind) -> Self {
        let (world, acts) = (world.clone(), world.watch());
        Self { world, acts, mind, customers: BTreeMap::new(), taps: Vec::new() }
    }

    pub fn add(&mut self, user: UserId) {
        self.customers.insert(user, Vec::new());
    }

    /// Waits for the bot's next act and reacts to it.
    pub async fn react(&mut self) {
        if let Some(act) = self.acts.recv().await {
            self.see(&act);
        }
    }

    /// Reacts to all that the bot has done; says whether there was anything.
    pub fn react_to_all(&mut self) -> bool {
        let mut any = false;
        while let Ok(act) = self.acts.try_recv() {
            self.see(&act);
            any = true;
        }
        any
    }

    /// Whether everybody has lived through so many surveys to their end.
    pub fn all_over(&self, surveys: usize) -> bool {
        self.customers.values().all(|lived| lived.iter().filter(|lived| lived.over).count() >= surveys)
    }

    fn see(&mut self, act: &BotAct) {
        match *act {
            BotAct::Sent { chat, message_id } => self.look(chat, message_id, true),
            BotAct::Edited { chat, message_id } => self.look(chat, message_id, false),
            BotAct::Answered { .. } => {}
        }
    }

    fn look(&mut self, chat: ChatId, id: MessageId, new: bool) {
        let Some(customer) = self.customers.get_mut(&chat) else { return };
        let Some(message) = self.world.message(chat, id) else { return };
        let text = &message.text.plain;
        let step = steps::shown(text);
        if new && steps::greets(text) && !steps::reminds(text) {
            // A second copy of what is open is the same survey.
            let copy = customer.last().is_some_and(|open| !open.over && open.first_text == *text);
            if !copy {
                customer.push(Lived { first_text: text.clone(), ..Lived::default() });
            }
        }
        let Some(lived) = customer.last_mut() else { return };
        match step {
            // The thanks, or the last words of a survey that has expired.
            None => lived.over = true,
            Some(step) if !message.keyboard.is_empty() => {
                if !lived.plans.contains_key(&step) {
                    lived.plans.insert(step, (self.mind)(chat, lived, step).into());
                }
                if let Some(callback) = lived.act(&self.world, chat, &message, step) {
                    self.taps.push(callback);
                }
            }
            _ => {}
        }
    }
}

impl Lived {
    /// The next thing planned for this step. A button that is not there yet is waited for.
    fn act(&mut self, world: &World, user: UserId, message: &Message, step: Step) -> Option<String> {
        let next = self.plans.get_mut(&step)?.pop_front()?;
        let question = step.question.to_owned();
        let tapped = match &next {
            Move::Answer { button, value } => {
                self.given.insert((question, Part::Answer), value.clone());
                world.tap(user, user, message.id, button)
            }
            Move::Reason { row, key } => {
                self.given.insert((question, Part::Reason), key.clone());
                world.tap(user, user, message.id, (*row, 0))
            }
            Move::Words(words) => {
                let part = if step.kind == Kind::Text { Part::Answer } else { Part::Comment };
                self.given.insert((question, part), words.clone());
                world.say(user, words);
                return None;
            }
            Move::GoOn => {
                let names = ["Готово", "Done", "Пропустить", "Skip"];
                let there = message.button_texts().into_iter().flatten().find(|text| names.contains(text));
                world.tap(user, user, message.id, there.unwrap_or_default())
            }
        };
        match tapped {
            Ok(callback) => Some(callback),
            Err(TapError::NoButton { button, message }) => panic!("no button {button} under\n{message}"),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A row of the answers' export as a customer would put it: question, part and what they gave.
pub fn exported(row: &Value) -> ((String, Part), String) {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let options: Vec<&str> =
        row["options"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (part, given) = match row["metric"].as_str() {
        Some("reason") => (Part::Reason, options.join("|")),
        Some("comment") => (Part::Comment, text("text")),
        Some("choice") => (Part::Answer, options.join("|")),
        Some("text") => (Part::Answer, text("text")),
        _ => (Part::Answer, row["value"].to_string()),
    };
    ((text("question"), part), given)
}

/// The keys of the reasons of a script's question, in the order of their buttons.
pub fn reasons(slug: &str, question: &str) -> Vec<String> {
    let scripts = SHIPPED
        .iter()
        .map(|(file, source)| Script::parse(file, source, &Languages::default()).unwrap().script);
    let script = scripts.into_iter().find(|script| script.slug == slug).unwrap();
    let found = script.question(question).unwrap();
    found.follow_up(Band::Low).reasons.iter().map(|reason| reason.key.clone()).collect()
}
