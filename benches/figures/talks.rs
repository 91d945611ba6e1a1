//! Bad scores and talks about them: how soon a post stands in its group, how soon words pass in either direction, how soon a
//! lead who takes a case sees it, and what a bad score costs compared with any other tap. Every group has the cases of its own
//! store, and gets no more calls than a group may.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::domain::ids::{ChatId, PersonId, TopicId};
use afterword::domain::routing::Filters;
use afterword::sandbox::{BotAct, GroupKind, MessageId, Options, Sandbox, UserId, World};
use afterword::store::Db;
use afterword::store::routing::Switches;
use anyhow::Context as _;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{MissedTickBehavior, interval, sleep_until, timeout};

use super::load::{FIRST_USER, percentile};
use super::report::Report;
use super::server::{Server, fresh_dir, run};
use super::taps::{as_f64, millis};

/// Bad scores a second, for so many seconds. Every third becomes a talk of six words.
const RATE: u32 = 10;
const SECONDS: usize = 60;
const TALKS: usize = 3;
const WORDS: usize = 6;
/// The leads who take cases, each in one of the three chats that show it.
const LEADS: usize = 50;
const CHATS_A_LEAD: usize = 3;
/// How many taps are compared.
const TAPS: usize = 300;
/// How long people take to reply. A chat gets no more than a message a second, so faster replies would wait for each other.
const REPLY: Duration = Duration::from_secs(3);
/// Leads have the numbers below.
const FIRST_CUSTOMER: UserId = FIRST_USER + 1_000_000;
const PATIENCE: Duration = Duration::from_secs(30);

const SCRIPT: &str = r#"
slug = "bench"
on = "purchase"
title = { ru = "Замер", en = "Measure" }
[send]
delay_min = "0s"
delay = "0s"
quiet_hours = "off"
min_gap = "off"
[[questions]]
key = "rating"
metric = "csi"
scale = "1-5"
text = { ru = "Всё ли хорошо?", en = "Is all well?" }
"#;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let scores = usize::try_from(RATE)? * (SECONDS / scale).max(20);
    println!("talks: {scores} bad scores, {RATE} a second");
    let mut town = Town::settled("talks", scores, 1).await?;
    let mut talks = town.rated_and_talked(scores).await?;
    report.at_most("bad score to its post, p99", p99(&mut talks.posted), 1000.0, "ms");
    report.at_most("customer's words to the lead, p99", p99(&mut talks.heard), 1000.0, "ms");
    report.at_most("lead's words to the customer, p99", p99(&mut talks.answered), 1000.0, "ms");
    report.fact("words that did not arrive", as_f64(talks.lost), "");
    drop(town);

    let mut town = Town::settled("takes", LEADS, CHATS_A_LEAD).await?;
    let (mut toasts, mut edits) = town.taken().await?;
    report.at_most("Take to its toast, 50 leads, p99", p99(&mut toasts), 100.0, "ms");
    report.at_most("Take until all three chats show it, p99", p99(&mut edits), 4000.0, "ms");
    drop(town);

    let taps = TAPS / scale;
    let mut town = Town::settled("low-taps", 2 * taps, 1).await?;
    let plain = town.cpu_a_tap(0..taps, "5").await?;
    let low = town.cpu_a_tap(taps..2 * taps, "1").await?;
    report.fact("CPU a tap with a good score", plain, "ms CPU");
    report.at_most("CPU a tap with a bad score, to a good one", low / plain, 2.0, "×");
    Ok(())
}

fn p99(micros: &mut [u64]) -> f64 {
    micros.sort_unstable();
    millis(percentile(micros, 99))
}

fn since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// A message of the bot: its chat and its ID.
type Shown = (i64, MessageId);

/// What was measured, in microseconds.
#[derive(Default)]
struct Talks {
    posted: Vec<u64>,
    heard: Vec<u64>,
    answered: Vec<u64>,
    lost: usize,
}

/// Customers with a question before them, and groups with a lead each, which get the cases of one store.
struct Town {
    world: World,
    acts: UnboundedReceiver<BotAct>,
    customers: Vec<(UserId, MessageId)>,
    rooms: Vec<(UserId, Vec<i64>)>,
    server: Server,
    _sandbox: Sandbox,
}

impl Town {
    /// As many customers as rooms, each customer of a store of their own.
    async fn settled(name: &str, rooms: usize, chats: usize) -> anyhow::Result<Self> {
        let dir = fresh_dir(name)?;
        std::fs::write(dir.join("bench.toml"), SCRIPT)?;
        run(&dir, &["migrate"])?;
        run(&dir, &["script", "publish", "bench.toml"])?;
        let options = Options { limits: false, history: false, ..Options::default() };
        let sandbox = Sandbox::start(Clock::system(), options).await?;
        let world = sandbox.world().clone();
        let rooms =
            founded(&world, &format!("sqlite://{}", dir.join("figures.db").display()), rooms, chats).await?;
        let server = Server::start(&dir, &sandbox.url())?;
        server.until_it_is_ready().await?;
        let acts = world.watch();
        let mut town = Self { world, acts, customers: Vec::new(), rooms, server, _sandbox: sandbox };
        town.ask().await?;
        Ok(town)
    }

    async fn ask(&mut self) -> anyhow::Result<()> {
        let count = self.rooms.len();
        let user = |number: usize| FIRST_CUSTOMER + i64::try_from(number).unwrap_or_default();
        for number in 0..count {
            self.world.add_user_as(user(number), "Анна", Some("ru"));
            self.world.start(user(number), None);
        }
        let greeted = |world: &World| (0..count).all(|number| world.sent_count(user(number)) > 0);
        timeout(PATIENCE, self.world.wait_until(greeted)).await.context("not everybody is greeted")?;
        let at = Clock::system().now().minus(Duration::from_hours(3)).to_rfc3339();
        let event = |number: usize| {
            json!({
                "event_id": format!("order-{number}"), "kind": "purchase", "occurred_at": at, "script": "bench",
                "customer": { "id": format!("C-{number}"), "telegram_id": user(number) },
                "subject": { "id": number.to_string() }, "store": format!("S-{number}"),
            })
        };
        let events: Vec<_> = (0..count).map(event).collect();
        for some in events.chunks(500) {
            self.server.post_events(&serde_json::to_string(some)?).await?;
        }
        let asked = |world: &World| (0..count).all(|number| world.sent_count(user(number)) > 1);
        timeout(PATIENCE, self.world.wait_until(asked)).await.context("not everybody is asked")?;
        for number in 0..count {
            let survey = self.world.last_message(user(number)).context("no survey")?;
            self.customers.push((user(number), survey.id));
        }
        Ok(())
    }

    /// Bad scores come at their rate, and every third customer talks with the lead.
    async fn rated_and_talked(&mut self, scores: usize) -> anyhow::Result<Talks> {
        let mut talks = Talks::default();
        let room_of: HashMap<i64, usize> =
            self.rooms.iter().enumerate().map(|(number, (_, chats))| (chats[0], number)).collect();
        let customer_of: HashMap<UserId, usize> =
            self.customers.iter().enumerate().map(|(number, (user, _))| (*user, number)).collect();
        // When the last act of each was done, and how many words they have said.
        let mut under_way: HashMap<usize, (Instant, usize)> = HashMap::new();
        let mut replies: VecDeque<(tokio::time::Instant, usize, Shown)> = VecDeque::new();
        let mut ticks = interval(Duration::from_secs(1) / RATE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut begun = 0;
        loop {
            let reply_at = replies.front().map_or_else(tokio::time::Instant::now, |(at, ..)| *at);
            tokio::select! {
                _ = ticks.tick(), if begun < scores => {
                    let (user, survey) = self.customers[begun];
                    under_way.insert(begun, (Instant::now(), 0));
                    self.world.tap(user, user, survey, "1").map_err(|error| anyhow::anyhow!("{error}"))?;
                    begun += 1;
                }
                () = sleep_until(reply_at), if !replies.is_empty() => {
                    if let Some((_, number, shown)) = replies.pop_front() {
                        self.reply(number, shown, &mut under_way);
                    }
                }
                act = timeout(PATIENCE, self.acts.recv()) => {
                    let Ok(Some(BotAct::Sent { chat, message_id })) = act else {
                        if act.is_err() { break }
                        continue;
                    };
                    let Some(number) = room_of.get(&chat).or_else(|| customer_of.get(&chat)).copied() else { continue };
                    if self.has_come(number, (chat, message_id), &mut under_way, &mut talks) {
                        replies.push_back((tokio::time::Instant::now() + REPLY, number, (chat, message_id)));
                    }
                }
            }
            if begun == scores && under_way.is_empty() {
                break;
            }
        }
        talks.lost = under_way.len();
        Ok(talks)
    }

    /// Records a message of the bot. Returns true if its recipient is to reply.
    fn has_come(
        &self,
        number: usize,
        (chat, message_id): Shown,
        under_way: &mut HashMap<usize, (Instant, usize)>,
        talks: &mut Talks,
    ) -> bool {
        let Some((began, said)) = under_way.get(&number).copied() else { return false };
        let Some(message) = self.world.message(chat, message_id) else { return false };
        let text = message.text.plain;
        let is_here =
            if said == 0 { !message.keyboard.is_empty() } else { text.contains(&word(number, said)) };
        let is_for_lead = said % 2 == 0;
        if !is_here || is_for_lead != (chat == self.rooms[number].1[0]) {
            return false;
        }
        match said {
            0 => talks.posted.push(since(began)),
            _ if is_for_lead => talks.heard.push(since(began)),
            _ => talks.answered.push(since(began)),
        }
        let goes_on = said < WORDS && number.is_multiple_of(TALKS);
        if !goes_on {
            under_way.remove(&number);
        }
        goes_on
    }

    /// Replies to a message of the bot.
    fn reply(
        &self,
        number: usize,
        (chat, message_id): Shown,
        under_way: &mut HashMap<usize, (Instant, usize)>,
    ) {
        let Some((began, said)) = under_way.get_mut(&number) else { return };
        *said += 1;
        *began = Instant::now();
        let text = word(number, *said);
        let (lead, chats) = &self.rooms[number];
        if chat == chats[0] {
            self.world.reply_in(chat, *lead, message_id, &text);
        } else {
            self.world.say(chat, &text);
        }
    }

    /// Every lead takes a case at the same moment. Returns the times until the toasts, and until the last chat shows it.
    async fn taken(&mut self) -> anyhow::Result<(Vec<u64>, Vec<u64>)> {
        for (user, survey) in &self.customers {
            self.world.tap(*user, *user, *survey, "1").map_err(|error| anyhow::anyhow!("{error}"))?;
        }
        let posted = |world: &World| {
            self.rooms.iter().flat_map(|(_, chats)| chats).all(|chat| world.sent_count(*chat) > 0)
        };
        timeout(PATIENCE, self.world.wait_until(posted)).await.context("not all posts come")?;
        while self.acts.try_recv().is_ok() {}
        let mut taps: HashMap<String, usize> = HashMap::new();
        let mut left: Vec<usize> = Vec::new();
        let mut began = Vec::new();
        for (number, (lead, chats)) in self.rooms.iter().enumerate() {
            let post = self.world.last_message(chats[0]).context("no post")?.id;
            began.push(Instant::now());
            let tap = self.world.tap(*lead, chats[0], post, "Взять");
            taps.insert(tap.map_err(|error| anyhow::anyhow!("{error}"))?, number);
            left.push(chats.len());
        }
        let room_of: HashMap<i64, usize> = self
            .rooms
            .iter()
            .enumerate()
            .flat_map(|(number, (_, chats))| chats.iter().map(move |chat| (*chat, number)))
            .collect();
        let (mut toasts, mut edits) = (Vec::new(), Vec::new());
        while toasts.len() < LEADS || edits.len() < LEADS {
            let act = timeout(PATIENCE, self.acts.recv()).await.context("not all is shown")?;
            match act.context("the simulated Telegram is gone")? {
                BotAct::Answered { callback_id } => {
                    toasts.extend(taps.get(&callback_id).map(|number| since(began[*number])));
                }
                BotAct::Edited { chat, .. } => {
                    let Some(number) = room_of.get(&chat).copied().filter(|number| left[*number] > 0) else {
                        continue;
                    };
                    left[number] -= 1;
                    if left[number] == 0 {
                        edits.push(since(began[number]));
                    }
                }
                BotAct::Sent { .. } => {}
            }
        }
        Ok((toasts, edits))
    }

    /// The CPU that the program takes for a tap of each of these customers and all that follows from it, in milliseconds.
    async fn cpu_a_tap(&mut self, customers: std::ops::Range<usize>, score: &str) -> anyhow::Result<f64> {
        const RESTS: Duration = Duration::from_secs(3);
        let before = self.server.process.usage().cpu;
        for (user, survey) in &self.customers[customers.clone()] {
            self.world.tap(*user, *user, *survey, score).map_err(|error| anyhow::anyhow!("{error}"))?;
        }
        while timeout(RESTS, self.acts.recv()).await.is_ok() {}
        let cpu = self.server.process.usage().cpu.saturating_sub(before);
        Ok(cpu.as_secs_f64() * 1000.0 / as_f64(customers.len()))
    }
}

/// Words that nobody else says.
fn word(number: usize, said: usize) -> String {
    format!("<{number}-{said}>")
}

/// Each room is the chats that get the cases of one store, with a lead who is in all of them.
async fn founded(
    world: &World,
    url: &str,
    rooms: usize,
    chats: usize,
) -> anyhow::Result<Vec<(UserId, Vec<i64>)>> {
    let db = Db::open(url, true).await?;
    let mut tx = db.write().await?;
    let now = Clock::system().now();
    let mut founded = Vec::with_capacity(rooms);
    for number in 0..rooms {
        let lead = world.add_user(&format!("Ольга {number}"), Some("ru"));
        tx.upsert_staff(PersonId::new(lead), "lead", now).await?;
        let mut places = Vec::with_capacity(chats);
        for place in 0..chats {
            let chat = world.add_group(&format!("Отдел {number}-{place}"), GroupKind::Supergroup, lead);
            let of = (ChatId::new(chat), TopicId::NONE);
            tx.upsert_alert_chat(of, (None, "ru"), PersonId::new(lead), now).await?;
            let filters = Filters::from_json(&format!("{{\"store\": [\"S-{number}\"]}}"))
                .map_err(anyhow::Error::msg)?;
            let on = Switches { cases: true, overdue: false, night_silent: false };
            tx.set_alert_chat_routes(of, on, &filters).await?;
            places.push(chat);
        }
        founded.push((lead, places));
    }
    tx.commit().await?;
    db.close().await;
    Ok(founded)
}
