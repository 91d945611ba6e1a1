//! Customers who rate badly, and the leads of their groups: each acts on what they see, and remembers what they wrote.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use afterword::sandbox::{BotAct, ChatId, Media, Message, MessageId, UserId, World};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

/// How many customers' cases come to one group.
pub const A_ROOM: usize = 2;
/// How often a lead writes and the customer answers.
const ROUNDS: usize = 2;
/// What a tap under a message is answered that the program does not know.
const UNKNOWN: &str = "Эта кнопка больше не действует";
const PATIENT_TAPS: usize = 8;
/// How often a lead tries to say the same.
const PATIENT: usize = 3;
const FIRST: UserId = 5_200_000_000;
/// How the bot begins what it says to somebody whose words did not arrive.
const REPORTS: [&str; 5] = [
    "Не дошло",
    "Не отправлено",
    "Связь оборвалась",
    "Клиенту не отправлено",
    "Это сообщение не про обращение",
];
const NOTE: &str = "Заметка — мой последний ответ";

/// A group of leads.
pub struct Room {
    pub chat: ChatId,
    pub leads: [UserId; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Lead,
    Customer,
}

/// One message of somebody who talks about a case.
#[derive(Clone, Debug)]
pub struct Word {
    customer: usize,
    side: Side,
    round: usize,
    from: ChatId,
    id: MessageId,
    to: ChatId,
    text: String,
    /// The file, as it is called in every chat and by its sender.
    file: Option<(String, String)>,
    /// How often its author was told that it may not have arrived.
    pub reports: usize,
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_some() { " with a file" } else { "" };
        write!(
            f,
            "{} ({:?}, round {}, message {} in {}{file})",
            self.text, self.side, self.round, self.id, self.from
        )
    }
}

impl Word {
    fn is_shown_by(&self, message: &Message) -> bool {
        match &self.file {
            Some((unique, _)) => message.media.as_ref().is_some_and(|media| media.file_unique_id == *unique),
            None => message.text.plain.contains(&self.text),
        }
    }

    /// In how many messages its other side sees it.
    pub fn copies(&self, world: &World) -> usize {
        let messages = world.messages(self.to);
        // A note, and the post that shows it, quotes a lead's words in their own group.
        messages.iter().filter(|message| message.is_from_bot() && self.is_shown_by(message)).count()
    }

    /// Whether its author has a question before them, with buttons, whether it is to go.
    pub fn is_asked_about(&self, world: &World) -> bool {
        let mut messages = world.messages(self.from).into_iter();
        messages.any(|message| message.reply_to == Some(self.id) && !message.keyboard.is_empty())
    }

    /// What the case says about it, if it was taken in.
    pub fn record<'c>(&self, case: &'c Value) -> Option<&'c str> {
        let messages = case["messages"].as_array().unwrap();
        let is_it = |record: &&Value| match &self.file {
            Some((_, id)) => record["file_id"] == **id,
            None => record["text"] == *self.text,
        };
        messages.iter().find(is_it).map(|record| record["state"].as_str().unwrap())
    }
}

/// How far a customer and the leads are.
#[derive(Clone, Debug, Default)]
struct Talk {
    owner: Option<UserId>,
    /// The last round that the leads have written, that the customer has seen, and whose answer the leads have seen.
    said: usize,
    heard: usize,
    answered: usize,
    /// Whether the customer has seen the end of the first survey.
    has_ended: bool,
    /// Whether they were asked how the case was resolved.
    is_asked_again: bool,
    is_over: bool,
}

pub struct Town {
    world: World,
    acts: UnboundedReceiver<BotAct>,
    rooms: Vec<Room>,
    talks: Vec<Talk>,
    words: Vec<Word>,
    /// Buttons that were tapped for good.
    tapped: BTreeSet<(UserId, ChatId, MessageId, String)>,
    tries: HashMap<(usize, usize, bool), usize>,
    /// How often somebody tapped under a message.
    taps: HashMap<(UserId, ChatId, MessageId), usize>,
}

pub fn customer_id(number: usize) -> String {
    format!("C-{number:03}")
}

fn user(number: usize) -> UserId {
    FIRST + i64::try_from(number).unwrap()
}

fn has(message: &Message, button: &str) -> bool {
    message.keyboard.iter().flatten().any(|known| known.text == button)
}

impl Town {
    pub fn new(world: &World, rooms: Vec<Room>, customers: usize) -> Self {
        for number in 0..customers {
            world.add_user_as(user(number), "Анна", Some("ru"));
        }
        let (world, acts) = (world.clone(), world.watch());
        let talks = vec![Talk::default(); customers];
        let (words, tapped) = (Vec::new(), BTreeSet::new());
        let (tries, taps) = (HashMap::new(), HashMap::new());
        Self { world, acts, rooms, talks, words, tapped, tries, taps }
    }

    pub fn everybody(&self) -> impl Iterator<Item = UserId> {
        let leads = self.rooms.iter().flat_map(|room| room.leads);
        leads.chain((0..self.talks.len()).map(user))
    }

    pub fn customer(&self, number: usize) -> UserId {
        assert!(number < self.talks.len());
        user(number)
    }

    pub fn unfinished(&self) -> impl Iterator<Item = usize> {
        self.talks.iter().enumerate().filter(|(_, talk)| !talk.is_over).map(|(number, _)| number)
    }

    pub fn words_of(&self, customer: usize) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(move |word| word.customer == customer)
    }

    /// How often the author of a word was told of it, or of the nearest one that they wrote right before and were told of.
    pub fn told_with(&self, word: &Word) -> usize {
        let same =
            |other: &&Word| (other.side, other.round, other.from) == (word.side, word.round, word.from);
        let before = self.words_of(word.customer).filter(same).filter(|other| other.id <= word.id);
        before.filter(|other| other.reports > 0).max_by_key(|other| other.id).map_or(0, |other| other.reports)
    }

    /// What is to be seen in the chats of a customer and of their leads.
    pub fn chats(&self, customer: usize) -> String {
        let room = &self.rooms[customer / A_ROOM];
        format!("{}\n---\n{}", self.world.transcript(user(customer)), self.world.transcript(room.chat))
    }

    /// Waits for the bot's next act and reacts to it.
    pub async fn react(&mut self) {
        if let Some(act) = self.acts.recv().await {
            match act {
                BotAct::Sent { chat, message_id } | BotAct::Edited { chat, message_id } => {
                    self.see(chat, message_id);
                }
                BotAct::Answered { callback_id } => self.is_answered(&callback_id),
            }
        }
    }

    /// Whoever was so fast that the program did not know the message yet taps again, a few times.
    fn is_answered(&mut self, callback: &str) {
        let Some(tap) = self.world.callback(callback) else { return };
        let is_unknown = tap.answer.is_some_and(|answer| answer.text == UNKNOWN);
        let taps = self.taps.entry((tap.user, tap.chat, tap.message_id)).or_default();
        *taps += 1;
        if is_unknown && *taps < PATIENT_TAPS {
            self.tapped.retain(|(who, chat, message, _)| {
                (*who, *chat, *message) != (tap.user, tap.chat, tap.message_id)
            });
            self.see(tap.chat, tap.message_id);
        }
    }

    /// Everybody who waits looks again at what they had before them, except in chats in which something is still to come.
    pub fn looks_again(&mut self, busy: &BTreeSet<ChatId>) {
        let waiting: Vec<usize> = self.unfinished().collect();
        for number in waiting {
            let chats = [user(number), self.rooms[number / A_ROOM].chat];
            for chat in chats.into_iter().filter(|chat| !busy.contains(chat)) {
                // What was heard of words that may not have arrived is not heard again.
                self.tapped.retain(|(who, of, _, _)| *who == 0 || *of != chat);
                for message in self.world.messages(chat) {
                    self.see(chat, message.id);
                }
            }
        }
    }

    fn see(&mut self, chat: ChatId, id: MessageId) {
        let Some(message) = self.world.message(chat, id).filter(Message::is_from_bot) else { return };
        if let Some(reported) = self.is_reported(chat, &message) {
            self.write_again(reported);
        } else if chat >= FIRST {
            self.customer_sees(usize::try_from(chat - FIRST).unwrap(), &message);
        } else if let Some(room) = self.rooms.iter().position(|room| room.chat == chat) {
            self.leads_see(room, &message);
        }
    }

    /// Taps a button once, if it is there.
    fn tap(&mut self, who: UserId, chat: ChatId, message: &Message, button: &str) {
        if has(message, button) && self.tapped.insert((who, chat, message.id, button.to_owned())) {
            self.world.tap(who, chat, message.id, button).unwrap();
        }
    }

    /// The word that a message says may not have arrived. A second copy of a report is the same report.
    fn is_reported(&mut self, chat: ChatId, message: &Message) -> Option<usize> {
        if !REPORTS.iter().any(|report| message.text.plain.starts_with(report)) {
            return None;
        }
        let index =
            self.words.iter().position(|word| word.from == chat && Some(word.id) == message.reply_to)?;
        let is_new = self.tapped.insert((0, chat, message.id, String::new()));
        self.words[index].reports += usize::from(is_new);
        is_new.then_some(index)
    }

    fn write_again(&mut self, reported: usize) {
        let Word { customer, side, round, .. } = self.words[reported].clone();
        match side {
            // Nobody goes on for ever replying to a message that the program does not know.
            Side::Lead if self.tries(customer, round, side) >= PATIENT => {}
            Side::Lead => self.lead_writes(customer, round),
            // What they write after the case is over belongs to the question about that.
            Side::Customer if self.talks[customer].is_asked_again => {}
            Side::Customer => self.customer_writes(customer, round),
        }
    }

    fn tries(&self, number: usize, round: usize, side: Side) -> usize {
        self.tries.get(&(number, round, side == Side::Lead)).copied().unwrap_or_default()
    }

    /// Whether the leads wrote in this round and were told each time that it may not have arrived.
    fn was_in_vain(&self, number: usize, round: usize) -> bool {
        let mut words = self.words_of(number).filter(|word| word.side == Side::Lead && word.round == round);
        self.talks[number].heard < round && words.all(|word| word.reports > 0)
    }

    fn customer_sees(&mut self, number: usize, message: &Message) {
        let (chat, text) = (user(number), &message.text.plain);
        if text.contains("Как вам помощь?") {
            self.tap(chat, chat, message, "1");
        }
        self.tap(chat, chat, message, "Пропустить");
        if text.contains("как мы решили проблему?") && has(message, "5") {
            self.tap(chat, chat, message, "5");
            self.talks[number].is_asked_again = true;
        }
        let talk = &mut self.talks[number];
        let is_thanked = text.starts_with("Спасибо, что рассказали.") && !text.contains("Передали тем");
        talk.is_over |= talk.is_asked_again && is_thanked;
        if text.contains("Передали тем") && !std::mem::replace(&mut self.talks[number].has_ended, true)
        {
            // What they did not answer while they were asked.
            for message in self.world.messages(chat) {
                self.customer_hears(number, &message);
            }
        }
        self.customer_hears(number, message);
    }

    /// A customer answers what a lead wrote, once the survey is over: what they write before belongs to that.
    fn customer_hears(&mut self, number: usize, message: &Message) {
        if self.talks[number].has_ended
            && let Some(round) = self.newest_round(number, Side::Lead, message)
            && round > self.talks[number].heard
        {
            self.talks[number].heard = round;
            self.customer_writes(number, round);
        }
    }

    fn newest_round(&self, customer: usize, side: Side, message: &Message) -> Option<usize> {
        if !message.is_from_bot() {
            return None;
        }
        let words = self.words_of(customer).filter(|word| word.side == side && word.is_shown_by(message));
        words.map(|word| word.round).max()
    }

    fn leads_see(&mut self, room: usize, message: &Message) {
        for number in room * A_ROOM..self.talks.len().min((room + 1) * A_ROOM) {
            if message.text.plain.contains(&customer_id(number)) && !message.keyboard.is_empty() {
                self.leads_see_post(number, message);
            } else if let Some(round) = self.newest_round(number, Side::Customer, message)
                && (round > self.talks[number].answered
                    || round == self.talks[number].answered && self.was_in_vain(number, round + 1))
            {
                self.talks[number].answered = round;
                if round < ROUNDS {
                    self.lead_writes(number, round + 1);
                } else if let Some(post) = self.newest(number, |_, m| Self::is_post(number, m)) {
                    self.lead_resolves(number, &post);
                }
            }
        }
    }

    fn is_post(number: usize, message: &Message) -> bool {
        message.text.plain.contains(&customer_id(number)) && !message.keyboard.is_empty()
    }

    fn newest(&self, number: usize, is_it: impl Fn(&Self, &Message) -> bool) -> Option<Message> {
        let messages = self.world.messages(self.rooms[number / A_ROOM].chat);
        messages.into_iter().rev().find(|message| message.is_from_bot() && is_it(self, message))
    }

    fn leads_see_post(&mut self, number: usize, post: &Message) {
        let Room { chat, leads } = self.rooms[number / A_ROOM];
        // Two leads are as fast as each other. One gets the case.
        for lead in leads.into_iter().take(1 + number % 2) {
            self.tap(lead, chat, post, "Взять");
        }
        let is_owner = |lead: &UserId| {
            let name = self.world.user(*lead).map(|lead| lead.first_name).unwrap_or_default();
            post.text.plain.contains(&format!("ведёт {name}"))
        };
        let Some(owner) = leads.into_iter().find(is_owner) else { return };
        assert_eq!(
            *self.talks[number].owner.get_or_insert(owner),
            owner,
            "the case was taken away from its owner"
        );
        if self.talks[number].said == 0 {
            self.lead_writes(number, 1);
        }
        if self.talks[number].answered == ROUNDS {
            self.lead_resolves(number, post);
        }
    }

    /// The next step to a resolved case, whichever buttons are there now.
    fn lead_resolves(&mut self, number: usize, post: &Message) {
        let Some(owner) = self.talks[number].owner else { return };
        let chat = self.rooms[number / A_ROOM].chat;
        for button in ["Закрыть", "Доставка", NOTE] {
            if has(post, button) {
                self.world.tap(owner, chat, post.id, button).unwrap();
            }
        }
    }

    fn lead_writes(&mut self, number: usize, round: usize) {
        let Some(owner) = self.talks[number].owner else { return };
        let chat = self.rooms[number / A_ROOM].chat;
        let target = if round == 1 {
            self.newest(number, |_, message| Self::is_post(number, message))
        } else {
            self.newest(number, |town, message| {
                town.newest_round(number, Side::Customer, message) == Some(round - 1)
            })
        };
        let Some(target) = target else { return };
        self.talks[number].said = self.talks[number].said.max(round);
        let text = self.next_text(number, round, Side::Lead);
        // The first words are the note, too.
        let kind = if round == 1 { 0 } else { number % 4 };
        let ids = match media(kind) {
            None => vec![self.world.reply_in(chat, owner, target.id, &text)],
            Some(files) => self.world.reply_with_media_in(chat, owner, target.id, &files, Some(&text)),
        };
        self.remember(number, Side::Lead, round, (chat, user(number)), &ids, &text);
    }

    fn customer_writes(&mut self, number: usize, round: usize) {
        let (from, to) = (user(number), self.rooms[number / A_ROOM].chat);
        let text = self.next_text(number, round, Side::Customer);
        match media((number + round) % 4) {
            None => {
                let id = self.world.say(from, &text);
                self.remember(number, Side::Customer, round, (from, to), &[id], &text);
                let more = self.next_text(number, round, Side::Customer);
                let id = self.world.say(from, &more);
                self.remember(number, Side::Customer, round, (from, to), &[id], &more);
            }
            Some(files) => {
                let ids = match files.as_slice() {
                    [file] => vec![self.world.send_media(from, file.clone(), Some(&text))],
                    files => self.world.send_album(from, files, Some(&text)),
                };
                self.remember(number, Side::Customer, round, (from, to), &ids, &text);
            }
        }
    }

    /// A text that nobody has written before.
    fn next_text(&mut self, number: usize, round: usize, side: Side) -> String {
        let tries = self.tries.entry((number, round, side == Side::Lead)).or_default();
        *tries += 1;
        let what = if side == Side::Lead { "ответ" } else { "слово" };
        format!("{what}-{number:03}-{round}-{tries}-конец")
    }

    fn remember(
        &mut self,
        customer: usize,
        side: Side,
        round: usize,
        (from, to): (ChatId, ChatId),
        ids: &[MessageId],
        text: &str,
    ) {
        for id in ids.iter().copied() {
            let media = self.world.message(from, id).and_then(|message| message.media);
            let file = media.map(|media| (media.file_unique_id, media.file_id));
            let text = text.to_owned();
            self.words.push(Word { customer, side, round, from, id, to, text, file, reports: 0 });
        }
    }

    /// What is wrong with a case that a talk was about.
    pub fn wrong_case(&self, number: usize, case: &Value) -> Vec<String> {
        let talk = &self.talks[number];
        let mut wrong = Vec::new();
        let steps = case["steps"].as_array().unwrap();
        let count = |kind: &str| steps.iter().filter(|step| step["kind"] == kind).count();
        let most_once = ["case_opened", "taken", "resolved", "told"];
        for kind in most_once.into_iter().filter(|kind| count(kind) > 1) {
            wrong.push(format!("{number}: {} times {kind}", count(kind)));
        }
        if !talk.is_over {
            return wrong;
        }
        let expected = [
            ("status", Value::from("resolved")),
            ("cause", Value::from("delivery")),
            ("recovery_value", Value::from(5)),
            ("source", Value::from("score")),
            ("reopened", Value::from(0)),
            ("joined_surveys", Value::from(0)),
            ("resolved_by", Value::from(talk.owner)),
        ];
        for (name, value) in expected {
            if case[name] != value {
                wrong.push(format!("{number}: {name} is {}, not {value}", case[name]));
            }
        }
        let note = case["note"].as_str().unwrap_or_default();
        if !note.starts_with(&format!("ответ-{number:03}-")) {
            wrong.push(format!("{number}: the note is {note}"));
        }
        wrong
    }
}

/// What is sent besides a text.
fn media(kind: usize) -> Option<Vec<Media>> {
    match kind {
        1 => Some(vec![Media::Photo]),
        2 => Some(vec![Media::Voice { seconds: 3 }]),
        3 => Some(vec![Media::Photo, Media::Photo]),
        _ => None,
    }
}
