//! A generated shop with a support desk, and its customers. What they do looks like chance and is the same in every run:
//! some come back often, change or take back answers, stop half way, answer after the reminder, or never.

use std::collections::HashMap;

use afterword::domain::time::Timestamp;
use afterword::sandbox::{Action, Message, MessageId, UserId};
use afterword::view::callback::Data;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::harness::Story;

const FIRST_USER: UserId = 7_000_000_000;
pub const AGENTS: usize = 12;
pub const TEAMS: [&str; 3] = ["north", "south", "night"];
pub const STORES: [&str; 3] = ["msk", "spb", "web"];
pub const CHANNELS: [&str; 3] = ["chat", "phone", "mail"];
pub const TAGS: [&str; 5] = ["delivery", "price", "damage", "refund", "praise"];
pub const SEGMENTS: [&str; 3] = ["vip", "new", "b2b"];
pub const RULES: [&str; 3] = ["auto-refund", "auto-status", "auto-hours"];
/// What customers do with one message at most.
const ACTS: u32 = 14;

pub const SUPPORT: &str = r#"
slug = "support"
on = "ticket_closed"
title = { ru = "После обращения", en = "After a ticket" }
[when]
tags_none = ["praise"]
[send]
quiet_hours = "off"
min_gap = "off"
delay = "0s"
delay_min = "0s"
remind_after = "20h"
expires_after = "48h"
greeting = { ru = "{subject|Обращение}!", en = "{subject|A request}!" }
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
alert = "off"
text = { ru = "Как помощь?", en = "How was the help?" }
BANDS
[questions.low]
reasons = [
  { key = "slow", text = { ru = "Долго", en = "Slow" } },
  { key = "rude", text = { ru = "Грубо", en = "Rude" } },
  { key = "useless", text = { ru = "Без толку", en = "Useless" } },
]
comment = { ru = "Что не так?", en = "What was wrong?" }
[[questions]]
key = "speed"
metric = "csi"
scale = "0-10"
alert = "low"
text = { ru = "Как скорость?", en = "How was the speed?" }
[[questions]]
key = "recommend"
metric = "nps"
alert = "off"
text = { ru = "Порекомендуете нас?", en = "Would you recommend us?" }
[[questions]]
key = "topics"
metric = "choice"
multiple = true
text = { ru = "Что было важно?", en = "What mattered?" }
options = [
  { key = "time", text = { ru = "Время", en = "Time" } },
  { key = "tone", text = { ru = "Тон", en = "Tone" } },
  OPTION
]
"#;

pub const PURCHASE: &str = r#"
slug = "purchase"
on = "purchase"
title = { ru = "После покупки", en = "After a purchase" }
[send]
quiet_hours = "off"
min_gap = "off"
delay = "0s"
delay_min = "0s"
remind_after = "20h"
expires_after = "48h"
greeting = { ru = "{subject|Покупка}!", en = "{subject|A purchase}!" }
[[questions]]
key = "goods_importance"
metric = "importance"
scale = "1-5"
factor = "goods"
text = { ru = "Насколько важен товар?", en = "How important are the goods?" }
[[questions]]
key = "price_importance"
metric = "importance"
scale = "1-5"
factor = "price"
text = { ru = "Насколько важна цена?", en = "How important is the price?" }
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
alert = "off"
text = { ru = "Как товар?", en = "How are the goods?" }
[[questions]]
key = "price"
metric = "csi"
scale = "1-5"
alert = "off"
text = { ru = "Как цена?", en = "How is the price?" }
[[questions]]
key = "content"
metric = "csat"
scale = "smiley3"
alert = "off"
text = { ru = "Довольны?", en = "Satisfied?" }
[[questions]]
key = "effort"
metric = "ces"
scale = "1-7"
alert = "off"
orientation = "high_is_hard"
text = { ru = "Насколько трудно было купить?", en = "How hard was it to buy?" }
"#;

/// The first version of the script about tickets, or the second, which moves the bands and adds an option.
pub fn support(is_second: bool) -> String {
    let (bands, option) = if is_second {
        (
            "bands = { low_max = 3, high_min = 5 }",
            r#"{ key = "skill", text = { ru = "Знания", en = "Skill" } },"#,
        )
    } else {
        ("", "")
    };
    SUPPORT.replace("BANDS", bands).replace("OPTION", option)
}

pub struct Shop {
    rng: StdRng,
    customers: usize,
    number: u32,
    /// How often somebody wrote instead of tapping.
    said: u32,
    open: Vec<(String, usize)>,
    closed: Vec<(String, usize)>,
    bought: Vec<(String, usize)>,
    /// What makes a customer content, from 0 to 1, by the title of what they are asked about.
    moods: HashMap<String, f64>,
    /// The newest title that each user was asked about.
    asked: HashMap<UserId, String>,
    /// How often each user has acted on a message; `None` if they leave it alone.
    acts: HashMap<(UserId, MessageId), Option<u32>>,
}

impl Shop {
    pub fn new(customers: usize) -> Self {
        Self {
            rng: StdRng::seed_from_u64(11),
            customers,
            number: 0,
            said: 0,
            open: Vec::new(),
            closed: Vec::new(),
            bought: Vec::new(),
            moods: HashMap::new(),
            asked: HashMap::new(),
            acts: HashMap::new(),
        }
    }

    pub fn users(&self) -> impl Iterator<Item = UserId> + use<> {
        (0..self.customers).filter(|number| is_known(*number)).map(user)
    }

    pub fn add_users(&self, story: &Story) {
        for user in self.users() {
            story.world.add_user_as(user, &format!("К{user}"), Some("ru"));
            story.world.start(user, None);
        }
    }

    /// So many events that happened within the hours before `now`, oldest first.
    pub fn events(&mut self, now: Timestamp, hours: i64, count: usize) -> Vec<Value> {
        let mut back: Vec<i64> = (0..count).map(|_| self.rng.random_range(1..hours * 3600)).collect();
        back.sort_unstable_by_key(|seconds| std::cmp::Reverse(*seconds));
        back.into_iter().map(|seconds| self.event(now.plus_millis(-seconds * 1000))).collect()
    }

    fn event(&mut self, at: Timestamp) -> Value {
        self.number += 1;
        let chance = self.rng.random_range(0..100);
        let (kind, subject, customer) = match chance {
            0..34 => {
                let bought = (format!("B-{}", self.number), self.somebody());
                self.bought.push(bought.clone());
                ("purchase", bought.0, bought.1)
            }
            34..36 if !self.bought.is_empty() => {
                let (subject, customer) = self.bought[self.bought.len() - 1].clone();
                ("purchase_cancelled", subject, customer)
            }
            36..52 => {
                let opened = (format!("T-{}", self.number), self.somebody());
                self.open.push(opened.clone());
                ("ticket_opened", opened.0, opened.1)
            }
            52..57 if !self.closed.is_empty() => {
                let place = self.rng.random_range(0..self.closed.len());
                let again = self.closed.swap_remove(place);
                self.open.push(again.clone());
                ("ticket_reopened", again.0, again.1)
            }
            _ => {
                let closed = if self.open.len() > 4 && chance < 75 {
                    let place = self.rng.random_range(0..self.open.len());
                    self.open.swap_remove(place)
                } else {
                    (format!("T-{}", self.number), self.somebody())
                };
                self.closed.push(closed.clone());
                ("ticket_closed", closed.0, closed.1)
            }
        };
        self.told(kind, &subject, customer, at)
    }

    /// Low numbers come back more often.
    fn somebody(&mut self) -> usize {
        let mut one = || self.rng.random_range(0..self.customers);
        one().min(one())
    }

    fn told(&mut self, kind: &str, subject: &str, customer: usize, at: Timestamp) -> Value {
        let title = format!("№{}", self.number);
        let wait = (self.rng.random_range(0.0..9.0_f64)).exp();
        let agent = self.rng.random_range(0..AGENTS);
        let skill = if agent < 3 {
            0.25
        } else if agent > 8 {
            -0.2
        } else {
            0.0
        };
        let patience = if wait > 900.0 { -0.35 } else { 0.15 };
        let own = f64::from(u32::try_from(customer % 5).unwrap()) / 12.0;
        self.moods.insert(title.clone(), (0.45 + skill + patience + own).clamp(0.05, 0.95));
        let mut event = json!({
            "event_id": format!("{kind}-{}", self.number),
            "kind": kind,
            "occurred_at": at.to_rfc3339(),
            "customer": {
                "id": format!("C-{customer}"), "name": format!("К{customer}"),
                "segments": self.some(&SEGMENTS, 3),
            },
            "subject": { "id": subject, "title": title },
            "tags": self.some(&TAGS, 4),
            "test": self.rng.random_ratio(1, 40) && matches!(kind, "purchase" | "ticket_closed"),
        });
        if is_known(customer) {
            event["customer"]["telegram_id"] = json!(user(customer));
        }
        self.maybe(&mut event, "store", &STORES);
        self.maybe(&mut event, "channel", &CHANNELS);
        if kind == "ticket_closed" {
            self.maybe(&mut event, "automation", &RULES);
            self.add_agent(&mut event, agent, at);
            self.add_metrics(&mut event, wait);
        }
        event
    }

    fn add_agent(&mut self, event: &mut Value, agent: usize, at: Timestamp) {
        if self.rng.random_ratio(1, 12) {
            return;
        }
        // One is renamed on the way, and two are new.
        let is_renamed = agent == 4 && at.to_rfc3339().as_str() > "2026-10-28";
        let name = if is_renamed { "Новое Имя".to_owned() } else { format!("Агент {agent}") };
        let since = match agent {
            0 | 11 => "2026-08-01",
            10 => "2027-01-01",
            _ => "2020-01-01",
        };
        event["agent"] = json!({ "id": format!("a-{agent}"), "name": name, "team": TEAMS[agent % 3] });
        if agent != 5 {
            event["agent"]["since"] = json!(since);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "waits are below a day")]
    fn add_metrics(&mut self, event: &mut Value, wait: f64) {
        let mut metrics = json!({});
        let mut add = |name: &str, of: Value| {
            if self.rng.random_ratio(7, 8) {
                metrics[name] = of;
            }
        };
        let number = self.number;
        add("first_response_s", json!(wait as i64));
        add("resolution_s", json!(3 * wait as i64 + 60));
        add("messages", json!(1 + number % 9));
        add("sla_breached", json!(wait > 3000.0));
        add("first_contact_resolution", json!(!number.is_multiple_of(3)));
        event["metrics"] = metrics;
    }

    fn some(&mut self, of: &[&str], of_all: u32) -> Vec<String> {
        of.iter().filter(|_| self.rng.random_ratio(1, of_all)).map(|one| (*one).to_owned()).collect()
    }

    fn maybe(&mut self, event: &mut Value, name: &str, of: &[&str]) {
        if self.rng.random_ratio(4, 5) {
            event[name] = json!(of.choose(&mut self.rng).unwrap());
        }
    }

    /// Everybody acts on what they see, until nobody wants to any more.
    pub async fn answer(&mut self, story: &Story) {
        let mut users: Vec<UserId> = self.users().collect();
        while !users.is_empty() {
            story.settle().await;
            users.retain(|user| self.act(story, *user));
        }
    }

    fn act(&mut self, story: &Story, user: UserId) -> bool {
        let Some(message) = newest_with_buttons(story, user) else { return false };
        let rng = &mut self.rng;
        let acts = self.acts.entry((user, message.id)).or_insert_with(|| rng.random_ratio(3, 5).then_some(0));
        let Some(acts) = acts else { return false };
        *acts += 1;
        if *acts > ACTS {
            return false;
        }
        self.remember_title(user, &message);
        if self.rng.random_ratio(1, 60) {
            let ends = self.rng.random_ratio(1, 3);
            self.said += 1;
            // Nobody says the same as another, so words that come twice are the same ones.
            let words = format!("Слова {}", self.said);
            story.world.say(user, if ends { "/stop" } else { &words });
            return true;
        }
        let buttons: Vec<String> = callbacks(&message);
        let scores: Vec<&String> = buttons.iter().filter(|text| is_score(text)).collect();
        let mood = self.asked.get(&user).and_then(|title| self.moods.get(title)).copied().unwrap_or(0.5);
        let button = if scores.len() > 2 {
            let spread = self.rng.random_range(-0.3..0.3);
            scores[place((mood + spread).clamp(0.0, 0.999), scores.len())].clone()
        } else {
            let is_kept = |text: &&String| !text.contains("Назад") && !text.contains("Остановить");
            let onward: Vec<&String> = buttons.iter().filter(is_kept).collect();
            if onward.len() == 1 && onward[0].contains("Изменить") && self.rng.random_ratio(9, 10) {
                self.acts.insert((user, message.id), None);
                return false;
            }
            let any: Vec<&String> = buttons.iter().collect();
            let from = if onward.is_empty() || self.rng.random_ratio(1, 15) { any } else { onward };
            (*from.choose(&mut self.rng).unwrap()).clone()
        };
        // The simulated Telegram refuses a button that was taken away meanwhile; somebody was late.
        let _ = story.world.tap(user, user, message.id, &button);
        true
    }

    fn remember_title(&mut self, user: UserId, message: &Message) {
        let text = message.first_text();
        let title = text.split('!').next().unwrap_or_default().trim();
        if self.moods.contains_key(title) {
            self.asked.insert(user, title.to_owned());
        }
    }
}

fn is_known(customer: usize) -> bool {
    customer % 11 != 7
}

fn user(customer: usize) -> UserId {
    FIRST_USER + i64::try_from(customer).unwrap()
}

fn newest_with_buttons(story: &Story, user: UserId) -> Option<Message> {
    let messages = story.world.messages(user);
    messages.into_iter().rev().find(|message| !message.deleted && !callbacks(message).is_empty())
}

/// The buttons of a survey. Nobody here asks for a person.
fn callbacks(message: &Message) -> Vec<String> {
    let is_of_survey = |action: &Action| match action {
        Action::Callback(data) => matches!(Data::decode(data), Some(Data::Survey { .. })),
        Action::Url(_) => false,
    };
    let buttons = message.keyboard.iter().flatten().filter(|button| is_of_survey(&button.action));
    buttons.map(|button| button.text.clone()).collect()
}

fn is_score(text: &str) -> bool {
    let text = text.trim_start_matches("✓ ");
    text.parse::<u8>().is_ok() || ["🙁", "😐", "🙂"].iter().any(|face| text.contains(face))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among eleven buttons")]
fn place(mood: f64, buttons: usize) -> usize {
    (mood * super::plain::count(buttons)) as usize
}

/// The customers who are erased, by their number: some who come often and some who come rarely.
pub fn erased(customers: usize) -> [String; 4] {
    [3, 8, customers / 2, customers - 20].map(|number| format!("C-{number}"))
}
