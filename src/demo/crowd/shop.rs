//! The crowd's month in the shop: purchases and tickets, who served them, how long it took, and how it went.

use std::time::Duration;

use chrono::Timelike as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::people::Person;
use super::plan::Plan;
use crate::domain::time::Timestamp;

/// Something that happened to a customer, as the shop reports it.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) at: Timestamp,
    pub(super) customer: String,
    pub(super) event: Value,
    pub(super) went: Went,
}

/// How the two sides of a visit went, each from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Went {
    pub(super) service: f64,
    /// Of a ticket, in which nothing was bought, the same as the service.
    pub(super) goods: f64,
}

/// How often somebody comes in the month; together often enough that the figures can tell what drives satisfaction.
const VISITS: std::ops::Range<u32> = 3..5;
/// The share of purchases, in per cent, in which something is wrong with the goods.
const FAULTY: u32 = 15;

/// The agents: ID, name, team, slowness (1 is normal), and skill (from 0 to 1).
const AGENTS: [(&str, &str, &str, f64, f64); 8] = [
    ("a-17", "Игорь", "first-line", 0.8, 0.94),
    ("a-21", "Марина", "first-line", 0.9, 0.91),
    ("a-22", "Денис", "first-line", 2.1, 0.66),
    ("a-23", "Kate", "first-line", 0.7, 0.93),
    ("a-31", "Роман", "refunds", 1.2, 0.84),
    ("a-32", "Лариса", "refunds", 1.9, 0.72),
    ("a-41", "Нина", "technical", 1.1, 0.88),
    ("a-42", "Глеб", "technical", 1.4, 0.8),
];
const STORES: [&str; 4] = ["web", "msk-1", "msk-2", "spb-1"];
/// The tag of a ticket, and its title in Russian and in English.
const TOPICS: [(&str, &str, &str); 5] = [
    ("delivery", "Где мой заказ", "Where is my order"),
    ("refund", "Возврат денег", "A refund"),
    ("payment", "Не проходит оплата", "A payment that fails"),
    ("quality", "Товар с браком", "A faulty product"),
    ("question", "Вопрос о товаре", "A question on a product"),
];
/// Visits end this many days before the month does, so that surveys have time to end as well.
const TAIL: u32 = 4;
const MOSCOW_HOURS: i64 = 3;
const OPEN: std::ops::Range<u32> = 8..22;

pub(super) fn full_hour(now: Timestamp) -> Timestamp {
    let past = now.millis().rem_euclid(3_600_000);
    now.plus_millis(3_600_000 - past)
}

/// All visits of the month, oldest first.
pub(super) fn visits(people: &[&Person], plan: Plan, start: Timestamp) -> Vec<Visit> {
    let mut rng = StdRng::seed_from_u64(plan.seed.wrapping_add(u64::from(plan.round) << 32));
    let mut moments = Vec::new();
    for person in people {
        for _ in 0..rng.random_range(VISITS) {
            moments.push((moment(&mut rng, plan, start), *person));
        }
    }
    moments.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.customer.cmp(&b.1.customer)));
    let visits = moments.into_iter().enumerate();
    visits.map(|(number, (at, person))| visit(&mut rng, plan, number, at, person)).collect()
}

/// A random minute at which the shop is open.
fn moment(rng: &mut StdRng, plan: Plan, start: Timestamp) -> Timestamp {
    let minutes = u64::from(plan.days.saturating_sub(TAIL).max(1)) * 24 * 60;
    loop {
        let at = start.plus(Duration::from_mins(rng.random_range(0..minutes)));
        if OPEN.contains(&at.plus_millis(MOSCOW_HOURS * 3_600_000).to_utc().hour()) {
            return at;
        }
    }
}

fn visit(rng: &mut StdRng, plan: Plan, number: usize, at: Timestamp, person: &Person) -> Visit {
    let is_russian = person.language == "ru";
    let number = plan.round as usize * 10_000 + number;
    let &(id, name, team, slow, skill) = AGENTS.choose(rng).expect("there are agents");
    let bell: f64 = (0..4).map(|_| rng.random_range(-1.0..1.0)).sum();
    let wait = 240.0 * slow * (bell * 0.7).exp();
    // Each doubling of the wait beyond two minutes costs goodwill.
    let service = (skill + 0.06 - 0.075 * (wait / 120.0).max(1.0).log2()).clamp(0.0, 1.0);
    let mut went = Went { service, goods: service };
    let mut event = json!({
        "occurred_at": at.to_rfc3339(),
        "customer": {
            "id": person.customer, "name": person.name, "language": person.language, "timezone": person.zone,
        },
        "agent": { "id": id, "name": name, "team": team },
        "metrics": { "first_response_s": whole(wait) },
    });
    if rng.random_ratio(11, 20) {
        let title = if is_russian { format!("Заказ №{number}") } else { format!("Order {number}") };
        event["event_id"] = json!(format!("order-{number}"));
        event["kind"] = json!("purchase");
        event["subject"] = json!({ "id": number.to_string(), "title": title });
        event["store"] = json!(STORES.choose(rng));
        event["channel"] = json!("web");
        went.goods = if rng.random_ratio(FAULTY, 100) {
            rng.random_range(0.15..0.6)
        } else {
            rng.random_range(0.75..1.0)
        };
    } else {
        let &(tag, ru, en) = TOPICS.choose(rng).expect("there are topics");
        let id = format!("T-{number}");
        event["event_id"] = json!(id);
        event["kind"] = json!("ticket_closed");
        event["subject"] =
            json!({ "id": id, "title": format!("{id}: {}", if is_russian { ru } else { en }) });
        event["channel"] = json!("telegram");
        event["tags"] = json!([tag]);
        event["metrics"]["messages"] = json!(rng.random_range(2..9));
    }
    Visit { at, customer: person.customer.clone(), event, went }
}

#[expect(clippy::cast_possible_truncation, reason = "the seconds of a wait are far below 2^53")]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}
