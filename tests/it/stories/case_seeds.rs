//! Cases under anything that two customers, three leads and time can do, by chance. After each step the rules for cases
//! hold (`harness::cases`); at the end every word is where it belongs. `CASE_SEEDS` tries more runs than a usual test
//! run does, or those from one to another (`76..77`). `case_faults` lets more fail, and looks at each word.

use std::collections::{BTreeMap, BTreeSet};

use afterword::domain::case::WordState;
use afterword::domain::ids::{self, PersonId};
use afterword::sandbox::{Action, Fault, Message, MessageId, Role};
use afterword::view::callback::Data;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use super::case_times::{AT_ONCE, ONE};
use crate::harness::{Person, Story, hours, minutes, script, seconds};

/// How many runs there are, and how many steps each has.
const SEEDS: u64 = 2;
pub(super) const STEPS: usize = 30;

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
pub(super) fn seeds() -> std::ops::Range<u64> {
    let Ok(wanted) = std::env::var("CASE_SEEDS") else { return 0..SEEDS };
    let (first, end) = wanted.split_once("..").unwrap_or(("0", wanted.as_str()));
    first.parse().unwrap()..end.parse().unwrap()
}

/// Everybody in a run, and what each has written.
pub(super) struct Run {
    pub(super) story: Story,
    pub(super) random: StdRng,
    pub(super) customers: [Person; 2],
    pub(super) leads: Vec<Person>,
    stranger: Person,
    /// The words of leads, each with the customer whose case the message was about that they replied to.
    replies: BTreeMap<String, Option<PersonId>>,
    /// The words of customers, each with its author.
    words: BTreeMap<String, Person>,
    /// What each message says now that somebody has written, by chat and ID.
    pub(super) said: BTreeMap<(i64, MessageId), String>,
    orders: u32,
    /// The words of leads that were still on their way when the leads' group stopped taking messages.
    pub(super) unreported: BTreeSet<MessageId>,
    /// Words that keep no order, because they waited for somebody's choice or for a chat, or were changed.
    pub(super) unordered: BTreeSet<(i64, MessageId)>,
}

impl Run {
    pub(super) async fn new(seed: u64) -> Self {
        let story = Story::new().await;
        story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
        let mut leads = vec![story.lead];
        story.start(story.lead).await;
        for name in ["Ольга", "Иван"] {
            leads.push(lead(&story, name).await);
        }
        let stranger = story.person("Прохожий");
        story.world.add_member(story.leads, stranger.id, Role::Member);
        let customers = [story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await];
        let random = StdRng::seed_from_u64(seed);
        let (replies, words, said) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (unreported, unordered) = (BTreeSet::new(), BTreeSet::new());
        let orders = 0;
        Self {
            story,
            random,
            customers,
            leads,
            stranger,
            replies,
            words,
            said,
            orders,
            unreported,
            unordered,
        }
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.random.random_range(0..of.len())].clone())
    }

    pub(super) async fn step(&mut self) {
        let customer = self.customers[self.random.random_range(0..2)];
        let lead = self.leads[self.random.random_range(0..self.leads.len())];
        match self.random.random_range(0..100) {
            0..12 => self.rates(customer).await,
            12..20 => {
                self.story.say(customer, "/human").await;
            }
            20..40 => self.writes(customer).await,
            40..44 => self.edits(customer).await,
            44..48 => self.taps(customer, customer.id).await,
            48..72 => self.taps(lead, self.story.leads).await,
            72..84 => self.replies(lead).await,
            84..87 => self.replies(self.stranger).await,
            87..90 => self.loses_or_gets_the_role().await,
            90..93 => self.fault(customer),
            93..95 => self.story.restart().await,
            95..98 => self.story.advance(minutes(20)).await,
            _ => self.story.advance(hours(5)).await,
        }
        self.story.advance(seconds(10)).await;
    }

    /// A customer rates an order badly.
    async fn rates(&mut self, customer: Person) {
        self.orders += 1;
        let id = if customer.id == self.customers[0].id { "C-1" } else { "C-2" };
        let order = self.orders.to_string();
        self.story.ticket(&order, id, json!({})).await;
        self.story.advance(minutes(1)).await;
        let score = with_button(&self.story, customer.id, |text| text == "1");
        if let Some((message, button)) = score {
            self.story.world.tap(customer.id, customer.id, message, button.as_str()).unwrap();
            self.story.settle().await;
        }
    }

    pub(super) async fn writes(&mut self, customer: Person) {
        let words = format!("слово-{}-конец", self.words.len());
        self.words.insert(words.clone(), customer);
        let message = self.story.say(customer, &words).await;
        self.said.insert((customer.id, message), words);
        self.look_whether_it_waits(customer.id, message).await;
    }

    /// The same, so that more can be written before any time passes.
    pub(super) async fn writes_at_once(&mut self, customer: Person) {
        let words = format!("слово-{}-конец", self.words.len());
        self.words.insert(words.clone(), customer);
        let message = self.story.world.say(customer.id, &words);
        self.said.insert((customer.id, message), words);
        is_tried(&self.story).await;
        self.look_whether_it_waits(customer.id, message).await;
    }

    /// Notes words that wait for somebody's choice, or for a chat that takes them.
    async fn look_whether_it_waits(&mut self, chat: i64, message: MessageId) {
        let mut tx = self.story.running.db.read().await.unwrap();
        let at = (ids::ChatId::new(chat), ids::MessageId::new(message));
        let row = tx.find_case_message_at(at.0, at.1).await.unwrap();
        if row.is_some_and(|row| matches!(row.state, WordState::Held | WordState::Kept)) {
            self.unordered.insert((chat, message));
        }
    }

    async fn edits(&mut self, customer: Person) {
        let messages = self.story.world.messages(customer.id);
        let own: Vec<MessageId> = messages
            .iter()
            .filter(|message| !message.is_from_bot() && message.text.plain.starts_with("слово"))
            .map(|message| message.id)
            .collect();
        let Some(message) = self.one_of(&own) else { return };
        let words = format!("слово-{}-конец", self.words.len());
        self.words.insert(words.clone(), customer);
        self.story.world.edit_own_message(customer.id, customer.id, message, &words);
        if self.is_muted(customer).await {
            // The leads keep what they had.
            return self.story.settle().await;
        }
        self.said.insert((customer.id, message), words);
        self.unordered.insert((customer.id, message));
        self.story.settle().await;
    }

    async fn is_muted(&self, customer: Person) -> bool {
        let mut tx = self.story.running.db.read().await.unwrap();
        tx.is_muted(PersonId::new(customer.id), self.story.clock.now()).await.unwrap()
    }

    /// Somebody taps any button of a case, or about words, in a chat.
    async fn taps(&mut self, person: Person, chat: i64) {
        let messages = self.story.world.messages(chat);
        let buttons: Vec<(MessageId, String)> = messages
            .iter()
            .filter(|message| !message.deleted)
            .flat_map(|message| message.keyboard.iter().flatten().map(move |button| (message.id, button)))
            .filter(|(_, button)| match &button.action {
                Action::Callback(data) => {
                    matches!(Data::decode(data), Some(Data::Case(_) | Data::Words(_)))
                }
                Action::Url(_) => false,
            })
            .map(|(message, button)| (message, button.text.clone()))
            .collect();
        let Some((message, button)) = self.one_of(&buttons) else { return };
        if self.story.world.tap(person.id, chat, message, button.as_str()).is_ok() {
            self.story.settle().await;
        }
    }

    /// Somebody replies to any message of the bot in the leads' group.
    pub(super) async fn replies(&mut self, lead: Person) {
        let group = self.story.leads;
        let messages = self.story.world.messages(group);
        let ours: Vec<MessageId> = messages
            .iter()
            .filter(|message| message.is_from_bot() && !message.deleted)
            .map(|message| message.id)
            .collect();
        if let Some(message) = self.one_of(&ours) {
            self.replies_to(lead, message).await;
        }
    }

    async fn replies_to(&mut self, lead: Person, message: MessageId) {
        self.replies_at_once(lead, message).await;
        self.story.settle().await;
    }

    /// The same, so that more can be written before any time passes.
    pub(super) async fn replies_at_once(&mut self, lead: Person, message: MessageId) {
        let group = self.story.leads;
        let about = self.about(message).await;
        let words = format!("ответ-{}-конец", self.replies.len());
        self.replies.insert(words.clone(), about.filter(|_| lead.id != self.stranger.id));
        let reply = self.story.world.reply_in(group, lead.id, message, &words);
        self.said.insert((group, reply), words);
        is_tried(&self.story).await;
        self.look_whether_it_waits(group, reply).await;
    }

    /// The person of the case that a message in the group is about.
    async fn about(&self, message: MessageId) -> Option<PersonId> {
        let mut tx = self.story.running.db.read().await.unwrap();
        let (chat, message) = (ids::ChatId::new(self.story.leads), ids::MessageId::new(message));
        if let Some(number) = tx.find_case_of_message(chat, message).await.unwrap() {
            return tx.find_case(number).await.unwrap()?.person;
        }
        // A message that nobody knows shows itself what it is about.
        let shown = self.story.world.message(self.story.leads, message.get())?;
        for button in shown.keyboard.iter().flatten() {
            if let Action::Callback(data) = &button.action
                && let Some(Data::Case(tap)) = Data::decode(data)
            {
                return tx.find_case(tap.number).await.unwrap()?.person;
            }
        }
        let author = self.words.iter().find(|(words, _)| shown.text.plain.contains(*words));
        author.map(|(_, author)| PersonId::new(author.id))
    }

    async fn loses_or_gets_the_role(&mut self) {
        let lead = PersonId::new(self.leads[2].id);
        let mut unit = self.story.unit().await;
        let ctx = &self.story.running.ctx;
        let role = afterword::service::roles::role(&mut unit.tx, ctx, lead).await.unwrap();
        if role.is_some() {
            unit.tx.delete_staff(lead).await.unwrap();
            afterword::service::cases::lead_lost_role(&mut unit, lead).await.unwrap();
        } else {
            unit.tx.upsert_staff(lead, "lead", self.story.clock.now()).await.unwrap();
        }
        unit.commit().await.unwrap();
        self.story.settle().await;
    }

    /// Telegram refuses a call, or its reply is lost.
    fn fault(&mut self, customer: Person) {
        let chat = if self.random.random_bool(0.5) { customer.id } else { self.story.leads };
        let fault = match self.random.random_range(0..3) {
            0 => Fault::too_many_requests(3),
            1 => Fault::error(500, "Internal Server Error"),
            _ => Fault::dropped_before(),
        };
        self.story.world.fault(fault.chat(chat));
    }

    /// What stands in a chat now, as the bot has written it.
    pub(super) fn shown(&self, chat: i64) -> Vec<Message> {
        let messages = self.story.world.messages(chat);
        messages.into_iter().filter(|message| message.is_from_bot() && !message.deleted).collect()
    }

    /// A lead's words reach the customer whose case they are about, and no other chat.
    fn replies_went_to_their_customer_only(&self) {
        for customer in self.customers {
            for message in self.shown(customer.id) {
                for (words, about) in &self.replies {
                    if message.text.plain.contains(words) {
                        assert_eq!(*about, Some(PersonId::new(customer.id)), "{words}");
                    }
                }
            }
        }
        let seen = self.story.chat(self.stranger);
        assert!(!seen.contains("ответ-"), "{seen}");
    }

    /// A customer's words are shown to the leads and to no other customer.
    fn words_stay_between_their_customer_and_the_leads(&self) {
        for customer in self.customers {
            for message in self.shown(customer.id) {
                for (words, author) in &self.words {
                    assert!(!message.text.plain.contains(words) || author.id == customer.id, "{words}");
                }
            }
        }
    }

    /// Everything that was taken in was delivered, or there is a reason.
    pub(super) async fn nothing_is_left_on_its_way(&self) {
        let mut tx = self.story.running.db.read().await.unwrap();
        for customer in self.customers {
            for row in tx.list_cases_of(PersonId::new(customer.id)).await.unwrap() {
                for said in tx.list_case_message_records(row.number).await.unwrap() {
                    assert_ne!(said.state, WordState::Waiting.as_str(), "{said:?}");
                }
            }
        }
    }
}

/// Returns when everything that was said is stored, and the calls that can be made now have been made. No time passes.
pub(super) async fn is_tried(story: &Story) {
    story.world.idle().await;
    story.stage.sender.idle().await;
}

pub(super) async fn lead(story: &Story, name: &str) -> Person {
    let person = story.person(name);
    story.start(person).await;
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(person.id), "lead", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    story.world.add_member(story.leads, person.id, Role::Member);
    person
}

/// The newest message in a chat with such a button.
fn with_button(story: &Story, chat: i64, wanted: impl Fn(&str) -> bool) -> Option<(MessageId, String)> {
    let messages = story.world.messages(chat);
    messages.iter().rev().filter(|message| !message.deleted).find_map(|message| {
        let button = message.keyboard.iter().flatten().find(|button| wanted(&button.text))?;
        Some((message.id, button.text.clone()))
    })
}

#[tokio::test]
pub async fn whatever_people_do_the_rules_hold_and_every_word_goes_where_it_belongs() {
    for seed in seeds() {
        let mut run = Run::new(seed).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.story.world.clear_faults();
        run.story.advance(hours(1)).await;
        run.replies_went_to_their_customer_only();
        run.words_stay_between_their_customer_and_the_leads();
        run.nothing_is_left_on_its_way().await;
        run.story.end_with(|problem| problem.starts_with("twice in chat")).await;
    }
}

#[tokio::test]
pub async fn whoever_is_erased_after_anything_leaves_no_word_behind() {
    for seed in seeds() {
        let mut run = Run::new(1_000 + seed).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.story.world.clear_faults();
        run.story.advance(hours(1)).await;
        let [anna, _] = run.customers;
        run.story.say(anna, "/forget").await;
        run.story.tap(anna, "Стереть всё").await;
        run.story.advance(hours(2)).await;
        for chat in run.leads.iter().map(|lead| lead.id).chain([run.story.leads]) {
            for message in run.shown(chat) {
                for (words, author) in &run.words {
                    let is_hers = author.id == anna.id && message.text.plain.contains(words);
                    assert!(!is_hers, "{words}: {}", message.text.plain);
                }
            }
        }
        let mut tx = run.story.running.db.read().await.unwrap();
        assert!(tx.list_cases_of(PersonId::new(anna.id)).await.unwrap().is_empty());
        drop(tx);
        run.story.end_with(|problem| problem.starts_with("twice in chat")).await;
    }
}
