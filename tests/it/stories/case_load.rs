//! The budget of a group under any load, by chance: it never gets more calls than it may, and nothing that waits stands
//! still. `telegram::lanes` tries far more, and the order of calls, without the program around it; here the program itself
//! makes the load. `CASE_SEEDS` tries more runs than a usual test run does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use afterword::domain::time::Timestamp;
use afterword::sandbox::{Action, MessageId};
use afterword::store::Lane;
use afterword::view::callback::Data;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use super::case_seeds::seeds;
use super::case_times::{AT_ONCE, ONE};
use crate::harness::{Person, Story, hours, minutes, script};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
/// What a group may get in any minute.
pub(super) const MOST_CALLS: usize = 18;
const CUSTOMERS: u32 = 10;
/// How long people act, and how long it may take until all of it is shown.
const LOAD: u32 = 90;
const AFTER: u32 = 600;

/// Lanes that share what they get, each named by one of them.
const fn class(lane: Lane) -> Lane {
    match lane {
        Lane::Rings => Lane::Alerts,
        Lane::Edits => Lane::Folds,
        _ => lane,
    }
}

/// What waited for the group, second by second.
#[derive(Default)]
struct Watched {
    waiting: BTreeMap<i64, Lane>,
    /// Since when each class has had work and got nothing.
    still: BTreeMap<Lane, Timestamp>,
}

impl Watched {
    /// Looks once more. Returns what is wrong.
    async fn look(&mut self, story: &Story) -> Vec<String> {
        let now = story.clock.now();
        let waiting: BTreeMap<i64, Lane> = story.waiting_for(story.leads).await;
        let gone: BTreeSet<Lane> =
            self.waiting.iter().filter(|(id, _)| !waiting.contains_key(id)).map(|(_, lane)| *lane).collect();
        let mut wrong = Vec::new();
        for lane in &gone {
            self.still.remove(&class(*lane));
        }
        for lane in waiting.values() {
            self.still.entry(class(*lane)).or_insert(now);
        }
        self.still.retain(|of, _| waiting.values().any(|lane| class(*lane) == *of));
        for (lane, since) in &self.still {
            // What nobody waits for comes last.
            let most = if *lane == Lane::CleanUp { 2 * MINUTE } else { MINUTE + SECOND };
            if now.since(*since) > most {
                wrong.push(format!("{now}: {lane:?} stands still since {since}"));
            }
        }
        self.waiting = waiting;
        wrong
    }
}

/// Returns when nothing more happens at this moment of the clock.
pub(super) async fn rest(story: &Story) {
    story.world.idle().await;
    story.stage.sender.idle().await;
}

/// Somebody does something, and the clock stands still.
fn act(story: &Story, random: &mut StdRng, customers: &[Person], number: u32) {
    let customer = customers[random.random_range(0..customers.len())];
    match random.random_range(0..10) {
        0..4 => tap(story, random, customer.id, customer.id, false),
        4..7 => {
            story.world.say(customer.id, &format!("слово-{number}-конец"));
        }
        7 => {
            story.world.say(customer.id, "/human");
        }
        8 => tap(story, random, story.lead.id, story.leads, true),
        _ => {
            let messages = story.world.messages(story.leads);
            let ours: Vec<MessageId> = messages
                .iter()
                .filter(|said| said.is_from_bot() && !said.deleted)
                .map(|said| said.id)
                .collect();
            if !ours.is_empty() {
                let to = ours[random.random_range(0..ours.len())];
                story.world.reply_in(story.leads, story.lead.id, to, &format!("ответ-{number}-конец"));
            }
        }
    }
}

/// Somebody taps any button of a survey, or of a case.
fn tap(story: &Story, random: &mut StdRng, who: i64, chat: i64, of_case: bool) {
    let messages = story.world.messages(chat);
    let buttons: Vec<(MessageId, &str)> = messages
        .iter()
        .filter(|message| !message.deleted)
        .flat_map(|message| message.keyboard.iter().flatten().map(move |button| (message.id, button)))
        .filter(|(_, button)| match &button.action {
            Action::Callback(data) => match Data::decode(data) {
                Some(Data::Case(_)) => of_case,
                Some(Data::Survey { .. }) => !of_case,
                _ => false,
            },
            Action::Url(_) => false,
        })
        .map(|(message, button)| (message, button.text.as_str()))
        .collect();
    if !buttons.is_empty() {
        let (message, button) = buttons[random.random_range(0..buttons.len())];
        // A button may be gone by now.
        let _ = story.world.tap(who, chat, message, button);
    }
}

/// When the bot sent or edited something in the group, in order.
pub(super) fn calls(story: &Story) -> Vec<Timestamp> {
    let messages = story.world.messages(story.leads);
    let ours = messages.iter().filter(|message| message.is_from_bot());
    let mut calls: Vec<Timestamp> = ours
        .flat_map(|message| std::iter::once(message.date).chain(message.versions.iter().map(|old| old.until)))
        .collect();
    calls.sort_unstable();
    calls
}

/// The most of these calls that were made within a minute.
pub(super) fn most_in_a_minute(calls: &[Timestamp]) -> usize {
    let within = |(first, from): (usize, &Timestamp)| {
        calls[first..].iter().take_while(|at| at.since(*from) < MINUTE).count()
    };
    calls.iter().enumerate().map(within).max().unwrap_or_default()
}

#[tokio::test]
pub async fn under_any_load_a_group_gets_what_it_may_and_nothing_stands_still() {
    for seed in seeds() {
        let story = Story::new().await;
        story.start(story.lead).await;
        story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
        let mut customers = Vec::new();
        for number in 1..=CUSTOMERS {
            let customer = format!("C-{number}");
            customers.push(story.customer(&format!("Имя{number}"), &customer).await);
            story.ticket(&number.to_string(), &customer, json!({})).await;
        }
        story.advance(minutes(2)).await;
        let mut random = StdRng::seed_from_u64(3_000 + seed);
        let (mut watched, mut number) = (Watched::default(), 0);
        let mut wrong = Vec::new();
        for second in 0..LOAD + AFTER {
            if second < LOAD {
                for _ in 0..random.random_range(0..4) {
                    number += 1;
                    act(&story, &mut random, &customers, number);
                }
            } else if watched.waiting.is_empty() {
                break;
            }
            rest(&story).await;
            wrong.extend(watched.look(&story).await);
            story.clock.advance(SECOND);
        }
        let calls = calls(&story);
        let most = most_in_a_minute(&calls);
        if most > MOST_CALLS {
            wrong.push(format!("{most} calls in a minute"));
        }
        assert!(watched.waiting.is_empty(), "seed {seed}: {:?} wait for ever", watched.waiting);
        assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
        assert!(calls.len() > MOST_CALLS, "seed {seed}: {} calls are no load", calls.len());
        story.advance(hours(1)).await;
        story.end_with(|problem| problem.starts_with("twice in chat")).await;
    }
}
