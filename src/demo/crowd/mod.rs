//! Two hundred customers of a plausible shop, who live through a month in seconds.
//!
//! Their events go through the program's HTTP API and their taps through Telegram, like anybody else's. Who they are,
//! what they buy, how long they wait and what they think of it follows from a seed. Everything that results from it is
//! the program's doing.

mod people;
mod plan;
mod shop;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::cast::{Player, PlayerRole};
use super::http;
use crate::domain::time::Timestamp;
use crate::sandbox::{BotAct, ChatId, MessageId, Stage, UserId, World};
use people::{Next, Person};
pub use plan::Plan;
use shop::Visit;

/// What the crowd needs from the world it lives in.
#[derive(Debug)]
pub struct Place<'a> {
    pub stage: &'a Stage,
    /// The address of the HTTP API, without a trailing slash.
    pub api: String,
    pub api_key: &'a str,
}

/// The progress of the simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub hours: u32,
    pub of: u32,
    pub events: usize,
    pub taps: usize,
    pub comments: usize,
    pub blocked: usize,
}

/// Why the simulation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum CrowdError {
    #[error("the HTTP API does not answer")]
    Http(#[from] reqwest::Error),
    #[error("the HTTP API refused a batch with {0}: {1}")]
    Refused(u16, Value),
}

const HOUR: Duration = Duration::from_hours(1);
/// How a personal link starts; the rest is the payload of `/start`.
const LINK: &str = "?start=";
/// The most rounds of reactions to the results of their own taps before time moves on.
const SITTING: usize = 40;

#[cfg(test)]
pub(super) fn zones() -> Vec<&'static str> {
    people::zones()
}

/// Simulates the crowd and reports its progress now and then. Returns the final progress.
pub async fn live(
    place: &Place<'_>,
    plan: Plan,
    mut told: impl FnMut(Progress, &[Player]),
) -> Result<Progress, CrowdError> {
    let mut crowd = Crowd::move_in(place, plan);
    let start = shop::full_hour(place.stage.clock.now());
    let mut visits: VecDeque<Visit> = shop::visits(&crowd.rolls(), plan, start).into();
    let hours = plan.days * 24;
    for hour in 1..=hours {
        let now = start.plus(HOUR * hour);
        place.stage.clock.advance_to(now);
        let mut due = Vec::new();
        while visits.front().is_some_and(|visit| visit.at <= now) {
            due.extend(visits.pop_front());
        }
        crowd.happen(due, now).await?;
        crowd.react(now).await;
        crowd.progress.hours = hour;
        crowd.progress.of = hours;
        told(crowd.progress, &crowd.players);
    }
    Ok(crowd.progress)
}

struct Crowd<'a> {
    place: &'a Place<'a>,
    world: World,
    acts: UnboundedReceiver<BotAct>,
    http: reqwest::Client,
    people: BTreeMap<UserId, Person>,
    players: Vec<Player>,
    by_customer: HashMap<String, UserId>,
    /// The messages to be looked at, and when.
    later: BTreeMap<(Timestamp, UserId), MessageId>,
    /// The links that have not been followed yet.
    links: BTreeMap<(Timestamp, UserId), String>,
    progress: Progress,
}

impl<'a> Crowd<'a> {
    fn move_in(place: &'a Place<'a>, plan: Plan) -> Self {
        let world = place.stage.world.clone();
        let mut people = BTreeMap::new();
        let mut players = Vec::new();
        let mut by_customer = HashMap::new();
        for number in 0..plan.customers {
            let person = Person::new(plan, number);
            let user = world.add_user(person.name, Some(person.language));
            let mut player = Player::new(user, PlayerRole::Customer, Some(&person.customer), person.zone);
            player.crowd = true;
            players.push(player);
            by_customer.insert(person.customer.clone(), user);
            people.insert(user, person);
        }
        Self {
            place,
            acts: world.watch(),
            world,
            http: http::client(),
            people,
            players,
            by_customer,
            later: BTreeMap::new(),
            links: BTreeMap::new(),
            progress: Progress::default(),
        }
    }

    fn rolls(&self) -> Vec<&Person> {
        self.players.iter().filter_map(|player| self.people.get(&player.id)).collect()
    }

    /// Posts the events that have happened in the shop.
    async fn happen(&mut self, visits: Vec<Visit>, now: Timestamp) -> Result<(), CrowdError> {
        if visits.is_empty() {
            self.place.stage.settle().await;
            return Ok(());
        }
        let events: Vec<&Value> = visits.iter().map(|visit| &visit.event).collect();
        let url = format!("{}/v1/events", self.place.api);
        let call = self.http.post(url).bearer_auth(self.place.api_key).json(&events);
        let reply = call.send().await?;
        let status = reply.status().as_u16();
        let answer: Value = reply.json().await?;
        if status != 200 || answer["rejected"] != 0 {
            return Err(CrowdError::Refused(status, answer));
        }
        let results = answer["results"].as_array().cloned().unwrap_or_default();
        for (visit, result) in visits.into_iter().zip(results) {
            self.progress.events += 1;
            let Some(user) = self.by_customer.get(&visit.customer).copied() else { continue };
            let Some(person) = self.people.get_mut(&user) else { continue };
            person.remember(visit.went);
            let payload = result["link"].as_str().and_then(|link| link.split_once(LINK));
            if let Some((_, payload)) = payload
                && let Some(after) = person.taps_link_after()
            {
                self.links.insert((now.plus(after), user), payload.to_owned());
            }
        }
        self.place.stage.settle().await;
        Ok(())
    }

    /// Everybody does what they planned to do by now, and continues as long as the bot answers them.
    async fn react(&mut self, now: Timestamp) {
        for ((_, user), payload) in take_until(&mut self.links, &(now, UserId::MAX)) {
            self.world.start(user, Some(&payload));
        }
        let due = take_until(&mut self.later, &(now, UserId::MAX));
        for ((_, user), message) in due {
            self.act(user, message, now);
        }
        for _ in 0..SITTING {
            self.place.stage.settle().await;
            if !self.see(now) {
                return;
            }
        }
    }

    /// Processes what the bot did. People in the middle of answering continue at once; others react some time later.
    /// Returns false if nobody did anything.
    fn see(&mut self, now: Timestamp) -> bool {
        let mut acted = false;
        // Several edits of a message count as one thing to look at.
        let mut news: BTreeMap<(ChatId, MessageId), bool> = BTreeMap::new();
        while let Ok(act) = self.acts.try_recv() {
            match act {
                BotAct::Sent { chat, message_id } => drop(news.insert((chat, message_id), true)),
                BotAct::Edited { chat, message_id } => drop(news.entry((chat, message_id)).or_insert(false)),
                BotAct::Answered { .. } => {}
            }
        }
        for ((chat, message), is_new) in news {
            let Some(person) = self.people.get_mut(&chat) else { continue };
            if person.is_answering(now) {
                acted |= self.act(chat, message, now);
            } else if is_new && let Some(after) = person.looks_after() {
                self.later.insert((now.plus(after), chat), message);
            }
        }
        acted
    }

    /// Does what a person does with a message, if anything.
    fn act(&mut self, user: UserId, message: MessageId, now: Timestamp) -> bool {
        let Some(person) = self.people.get_mut(&user) else { return false };
        let blocked = self.world.user(user).is_none_or(|user| user.blocked);
        let Some(shown) = self.world.message(user, message).filter(|_| !blocked) else { return false };
        match person.next(&shown, now) {
            Next::Nothing => return false,
            Next::Tap { row, column } => {
                self.progress.taps += 1;
                // The button may have disappeared; then there is nothing to tap.
                return self.world.tap(user, user, message, (row, column)).is_ok();
            }
            Next::Say(words) => {
                self.progress.comments += 1;
                self.world.say(user, &words);
            }
            Next::Block => {
                self.progress.blocked += 1;
                self.world.block(user);
            }
        }
        true
    }
}

/// Removes and returns everything before `end`, in order.
fn take_until<K: Ord, V>(map: &mut BTreeMap<K, V>, end: &K) -> BTreeMap<K, V> {
    let rest = map.split_off(end);
    std::mem::replace(map, rest)
}
