//! A simulated shop: customers who buy and who ask, agents of different skill, and the waiting that comes of both.
//!
//! What belongs together is correlated: slow agents, hard topics and busy hours make customers wait, and long
//! waits break promises, take more messages and come back as reopened tickets.

mod names;

use std::time::Duration;

use afterword::domain::time::Timestamp;
use chrono::Timelike as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Map, Value, json};

use names::{AGENTS, CHANNELS, ENGLISH, RUSSIAN, STORES, TOPICS, ZONES_EN, ZONES_RU};

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub count: usize,
    pub seed: u64,
    pub until: Timestamp,
    pub days: u32,
    /// How many of a hundred customers are known by their `telegram_id`.
    pub known: u8,
}

/// How lively an hour of the day in Moscow is.
const HOURS: [u32; 24] = [2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 11, 12, 12, 11, 10, 10, 11, 12, 14, 15, 14, 11, 7, 4];
const MOSCOW_HOURS: i64 = 3;
const HOUR_MS: i64 = 3_600_000;
/// The first of the simulated Telegram users.
const FIRST_TELEGRAM_ID: i64 = 5_000_000_001;

/// Exactly `count` events, oldest first.
pub fn events(settings: &Settings) -> Vec<Value> {
    let mut shop = Shop::open(settings);
    // A visit makes one event and a half; orders and tickets are numbered in the order in which they come.
    let mut visits: Vec<Timestamp> = (0..settings.count * 13 / 20).map(|_| shop.moment()).collect();
    visits.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
    while shop.events.len() < settings.count {
        let at = visits.pop().unwrap_or_else(|| shop.moment());
        if shop.rng.random_ratio(55, 100) { shop.purchase(at) } else { shop.ticket(at) }
    }
    shop.events.sort_by_key(|(at, number, _)| (*at, *number));
    shop.events.truncate(settings.count);
    shop.events.into_iter().map(|(_, _, event)| event).collect()
}

struct Shop {
    rng: StdRng,
    settings: Settings,
    customers: Vec<Customer>,
    /// When it happened, the order of making, and the event.
    events: Vec<(Timestamp, usize, Value)>,
    orders: u32,
    tickets: u32,
}

struct Customer {
    json: Value,
    russian: bool,
}

impl Shop {
    fn open(settings: &Settings) -> Self {
        let mut rng = StdRng::seed_from_u64(settings.seed);
        let customers =
            (0..(settings.count / 2).max(1)).map(|n| customer(&mut rng, n, settings.known)).collect();
        Self { rng, settings: *settings, customers, events: Vec::new(), orders: 1000, tickets: 0 }
    }

    /// A purchase; one of thirty is cancelled within hours.
    fn purchase(&mut self, at: Timestamp) {
        self.orders += 1;
        let order = self.orders;
        let (customer, russian) = self.somebody();
        let store = weighted(&mut self.rng, &STORES);
        let title = if russian { format!("Заказ №{order}") } else { format!("Order {order}") };
        let subject = json!({
            "id": order.to_string(), "title": title, "url": format!("https://shop.example/orders/{order}"),
        });
        let common = json!({ "customer": customer, "subject": subject, "store": store });
        let tags = if store == "web" { json!(["delivery"]) } else { json!(["pickup"]) };
        let channel = if store == "web" { "web" } else { "shop" };
        let bought = json!({ "tags": tags, "channel": channel });
        self.push(at, "purchase", &format!("order-{order}"), [common.clone(), bought]);
        if self.rng.random_ratio(1, 30) {
            let later = at.plus(Duration::from_mins(self.rng.random_range(5..360)));
            self.push(later, "purchase_cancelled", &format!("order-{order}-cancelled"), [common]);
        }
    }

    /// A ticket that is opened and closed; one whose answer did not help comes back and is closed again.
    fn ticket(&mut self, opened: Timestamp) {
        self.tickets += 1;
        let id = format!("T-{}", self.tickets);
        let (customer, russian) = self.somebody();
        let &(topic, ru, en, hard) = TOPICS.choose(&mut self.rng).expect("there are topics");
        let title = format!("{id}: {}", if russian { ru } else { en });
        let url = format!("https://desk.example/tickets/{}", self.tickets);
        let channel = CHANNELS[index(&mut self.rng, CHANNELS.iter().map(|(_, share, ..)| *share))];
        let common = json!({
            "customer": customer,
            "subject": { "id": id, "title": title, "url": url },
            "channel": channel.0,
            "tags": if self.rng.random_ratio(1, 50) { json!([topic, "spam"]) } else { json!([topic]) },
        });
        self.push(opened, "ticket_opened", &format!("{id}-opened"), [common.clone()]);
        let agent = self.agent(topic);
        let busy = f64::from(HOURS[moscow_hour(opened)]) / 9.0;
        let first_response = (channel.2 * agent.3 * busy.max(0.5) * self.spread()).round();
        let messages = (2.0 + 3.0 * hard * self.spread()).round();
        let resolution = (first_response + 420.0 * messages * agent.3 * self.spread()).round();
        let breached = first_response > channel_limit(channel.3);
        let unsolved = 0.04 + 0.05 * hard + if breached { 0.10 } else { 0.0 };
        let reopened = self.rng.random_bool(unsolved);
        let closed = opened.plus(seconds(resolution));
        let metrics = |reopened: i64, resolution: f64, messages: f64| {
            json!({
                "metrics": {
                    "opened_at": opened.to_rfc3339(), "first_response_s": whole(first_response),
                    "resolution_s": whole(resolution), "messages": whole(messages), "reopened": reopened,
                    "sla_breached": breached, "first_contact_resolution": messages <= 4.0 && reopened == 0,
                },
                "agent": { "id": agent_id(&agent), "name": agent.0, "team": agent.1, "since": agent.2 },
            })
        };
        let automation = if hard < 0.9 && self.rng.random_ratio(1, 4) {
            json!({ "automation": format!("auto-reply-{topic}") })
        } else {
            json!({})
        };
        let first = metrics(0, resolution, messages);
        self.push(closed, "ticket_closed", &id, [common.clone(), first, automation]);
        if reopened {
            let back = closed.plus(Duration::from_mins(self.rng.random_range(10..900)));
            self.push(back, "ticket_reopened", &format!("{id}-reopened"), [common.clone()]);
            let (more, longer) = (messages + 3.0, resolution * 2.0);
            let again = back.plus(seconds(longer));
            self.push(again, "ticket_closed", &format!("{id}#2"), [common, metrics(1, longer, more)]);
        }
    }

    /// Queues an event, unless it has not happened yet.
    fn push<const N: usize>(&mut self, at: Timestamp, kind: &str, event_id: &str, parts: [Value; N]) {
        if at > self.settings.until {
            return;
        }
        let mut event = Map::new();
        event.insert("event_id".into(), event_id.into());
        event.insert("kind".into(), kind.into());
        event.insert("occurred_at".into(), at.to_rfc3339().into());
        for part in parts {
            if let Value::Object(fields) = part {
                event.extend(fields);
            }
        }
        self.events.push((at, self.events.len(), Value::Object(event)));
    }

    /// A whole second of the period, likelier in lively hours.
    fn moment(&mut self) -> Timestamp {
        loop {
            let back = self.rng.random_range(0..i64::from(self.settings.days.max(1)) * 86_400);
            let at = self.settings.until.plus_millis(-back * 1000);
            if self.rng.random_ratio(HOURS[moscow_hour(at)], 15) {
                return at;
            }
        }
    }

    /// Some customers come back more often than others.
    fn somebody(&mut self) -> (Value, bool) {
        let size = self.customers.len();
        let at = self.rng.random_range(0..size).min(self.rng.random_range(0..size));
        (self.customers[at].json.clone(), self.customers[at].russian)
    }

    fn agent(&mut self, topic: &str) -> (&'static str, &'static str, &'static str, f64) {
        let team = match topic {
            "refund" | "payment" => "refunds",
            "account" | "quality" => "technical",
            _ => "first-line",
        };
        let of_team: Vec<_> = AGENTS.iter().filter(|(_, of, ..)| *of == team).collect();
        **of_team.choose(&mut self.rng).expect("every team has agents")
    }

    /// Around 1, never negative, now and then much more: the shape of waiting times.
    fn spread(&mut self) -> f64 {
        let bell: f64 = (0..6).map(|_| self.rng.random_range(-1.0..1.0)).sum();
        (bell * 0.55).exp()
    }
}

fn customer(rng: &mut StdRng, number: usize, known: u8) -> Customer {
    let russian = rng.random_ratio(3, 4);
    let name = if russian { RUSSIAN.choose(rng) } else { ENGLISH.choose(rng) };
    let zone = if russian { weighted(rng, &ZONES_RU) } else { weighted(rng, &ZONES_EN) };
    let segments = match rng.random_range(0..10) {
        0 => json!(["gold"]),
        1 | 2 => json!(["new"]),
        _ => json!([]),
    };
    let mut json = json!({
        "id": format!("C-{}", number + 1),
        "name": name,
        "language": if russian { "ru" } else { "en" },
        "timezone": zone,
        "segments": segments,
    });
    if rng.random_ratio(u32::from(known.min(100)), 100) {
        json["telegram_id"] = json!(FIRST_TELEGRAM_ID + i64::try_from(number).unwrap_or(0));
    }
    Customer { json, russian }
}

fn index(rng: &mut StdRng, shares: impl Iterator<Item = u32> + Clone) -> usize {
    let mut left = rng.random_range(0..shares.clone().sum());
    for (at, share) in shares.enumerate() {
        if left < share {
            return at;
        }
        left -= share;
    }
    0
}

fn weighted(rng: &mut StdRng, choices: &[(&'static str, u32)]) -> &'static str {
    choices[index(rng, choices.iter().map(|(_, share)| *share))].0
}

fn agent_id(agent: &(&str, &str, &str, f64)) -> String {
    let at = AGENTS.iter().position(|(name, ..)| name == &agent.0).unwrap_or(0);
    format!("a-{}", at + 11)
}

fn moscow_hour(at: Timestamp) -> usize {
    at.plus_millis(MOSCOW_HOURS * HOUR_MS).to_utc().hour() as usize
}

#[expect(clippy::cast_precision_loss, reason = "hours in seconds are far below 2^52")]
fn channel_limit(promised: i64) -> f64 {
    promised as f64
}

#[expect(clippy::cast_possible_truncation, reason = "seconds and messages of one ticket are far below 2^53")]
fn whole(number: f64) -> i64 {
    number as i64
}

fn seconds(number: f64) -> Duration {
    Duration::from_secs(u64::try_from(whole(number)).unwrap_or(0))
}
