//! The other side of the taps: a process with the simulated Telegram and its people, who tap as the benchmark tells
//! them. It reads one command per line and answers each with one line.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead as _, Write as _};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Action, BotAct, MessageId, Options, Sandbox, UserId, World};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::process::own_usage;

pub const FIRST_USER: UserId = 5_000_000_001;
/// The admin of every installation that is measured.
const ADMIN: UserId = 1;

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// The orders of the benchmark.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// This many people start the bot.
    Start(usize),
    /// Waits until this many people have a survey.
    AwaitSurveys(usize),
    /// Everybody taps as soon as it is their turn, with at most `window` taps unanswered.
    Sustained { taps: usize, window: usize },
    /// This many taps per second, answered or not.
    Paced { taps: usize, rate: u32 },
    /// The admin asks for a report and gets its picture. The time is that between the two.
    Report,
}

/// The outcome of an order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub seconds: f64,
    /// The number of taps that were both answered and followed by an edit.
    pub done: usize,
    /// The number of taps for which one of the two never came.
    pub lost: usize,
    /// The median of taps per second, without the first and the last second.
    pub median_per_second: f64,
    /// The percentiles of the time from the tap to the later of answer and edit, in microseconds.
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub worst: u64,
    /// The CPU seconds of the sandbox itself, which shares the machine.
    pub cpu: f64,
    pub violations: Vec<String>,
}

/// Runs until standard input ends.
pub async fn run() -> anyhow::Result<()> {
    let options = Options { limits: false, history: false, ..Options::default() };
    let sandbox = Sandbox::start(Clock::system(), options).await?;
    say(&sandbox.url())?;
    let mut crowd = Crowd::new(sandbox.world().clone());
    let mut orders = orders();
    while let Some(order) = orders.recv().await {
        let outcome = crowd.obey(order).await;
        say(&serde_json::to_string(&outcome)?)?;
    }
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn orders() -> UnboundedReceiver<Order> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Some(order) = line.ok().and_then(|line| serde_json::from_str(&line).ok()) else { return };
            if sender.send(order).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A person and their survey.
#[derive(Default)]
struct Person {
    survey: Option<MessageId>,
    written_to: bool,
    tap: Option<Tap>,
    taps: usize,
}

struct Tap {
    at: Instant,
    answered: bool,
    edited: bool,
}

struct Crowd {
    world: World,
    acts: UnboundedReceiver<BotAct>,
    people: Vec<Person>,
    /// The person behind each callback.
    callbacks: HashMap<String, usize>,
    /// The people with a survey and no tap under way, the longest rested first.
    rested: VecDeque<usize>,
    latencies: Vec<u64>,
    /// The taps done in each second of the current run.
    seconds: Vec<usize>,
    began: Instant,
}

impl Crowd {
    fn new(world: World) -> Self {
        let acts = world.watch();
        Self {
            world,
            acts,
            people: Vec::new(),
            callbacks: HashMap::new(),
            rested: VecDeque::new(),
            latencies: Vec::new(),
            seconds: Vec::new(),
            began: Instant::now(),
        }
    }

    async fn obey(&mut self, order: Order) -> Outcome {
        self.latencies.clear();
        self.seconds.clear();
        self.began = Instant::now();
        let cpu = own_usage().cpu;
        match order {
            Order::Start(count) => self.start(count).await,
            Order::AwaitSurveys(count) => {
                self.watch_until(|crowd| crowd.rested.len() >= count).await;
            }
            Order::Sustained { taps, window } => self.sustained(taps, window).await,
            Order::Paced { taps, rate } => self.paced(taps, rate).await,
            Order::Report => self.report().await,
        }
        let seconds = self.began.elapsed().as_secs_f64();
        let lost = self.callbacks.len();
        self.callbacks.clear();
        self.latencies.sort_unstable();
        Outcome {
            seconds,
            done: self.latencies.len(),
            lost,
            median_per_second: median_inside(&self.seconds),
            p50: percentile(&self.latencies, 50),
            p90: percentile(&self.latencies, 90),
            p99: percentile(&self.latencies, 99),
            worst: self.latencies.last().copied().unwrap_or(0),
            cpu: own_usage().cpu.saturating_sub(cpu).as_secs_f64(),
            violations: self.world.take_violations(),
        }
    }

    /// People start in slices, so that no queue of updates grows without limit.
    async fn start(&mut self, count: usize) {
        for number in 0..count {
            let user = user(self.people.len());
            self.people.push(Person::default());
            self.world.add_user_as(user, "Анна", Some("ru"));
            self.world.start(user, None);
            if number % 500 == 499 || number + 1 == count {
                self.watch_until(|crowd| crowd.people.iter().all(|person| person.written_to)).await;
            }
        }
    }

    async fn sustained(&mut self, taps: usize, window: usize) {
        let mut begun = 0;
        while self.latencies.len() < taps {
            while begun < taps && begun - self.latencies.len() < window && self.tap_next() {
                begun += 1;
            }
            if !self.watch().await {
                return;
            }
        }
    }

    async fn paced(&mut self, taps: usize, rate: u32) {
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut begun = 0;
        while begun < taps {
            tokio::select! {
                _ = ticks.tick() => begun += usize::from(self.tap_next()),
                Some(act) = self.acts.recv() => self.see(&act),
            }
        }
        self.watch_until(|crowd| crowd.latencies.len() >= taps).await;
    }

    async fn report(&mut self) {
        self.world.add_user_as(ADMIN, "Ольга", Some("ru"));
        self.world.start(ADMIN, None);
        self.watch_until(|crowd| crowd.world.sent_count(ADMIN) > 0).await;
        self.began = Instant::now();
        self.world.say(ADMIN, "/report");
        self.watch_until(|crowd| crowd.world.last_picture(ADMIN).is_some()).await;
    }

    async fn watch_until(&mut self, enough: impl Fn(&Self) -> bool) {
        while !enough(self) && self.watch().await {}
    }

    /// Takes in one act of the bot and all others that are there already. Returns whether there was any.
    async fn watch(&mut self) -> bool {
        let Ok(Some(act)) = timeout(PATIENCE, self.acts.recv()).await else { return false };
        self.see(&act);
        while let Ok(act) = self.acts.try_recv() {
            self.see(&act);
        }
        true
    }

    fn see(&mut self, act: &BotAct) {
        match act {
            BotAct::Sent { chat, message_id } => {
                let Some(number) = number(*chat, self.people.len()) else { return };
                self.people[number].written_to = true;
                let message = self.world.message(*chat, *message_id);
                let asks = message.is_some_and(|message| {
                    message.keyboard.iter().flatten().any(|b| matches!(b.action, Action::Callback(_)))
                });
                if asks && self.people[number].survey.replace(*message_id).is_none() {
                    self.rested.push_back(number);
                }
            }
            BotAct::Edited { chat, .. } => {
                let Some(number) = number(*chat, self.people.len()) else { return };
                self.progress(number, |tap| tap.edited = true);
            }
            BotAct::Answered { callback_id } => {
                let Some(number) = self.callbacks.remove(callback_id) else { return };
                self.progress(number, |tap| tap.answered = true);
            }
        }
    }

    fn progress(&mut self, number: usize, change: impl FnOnce(&mut Tap)) {
        let person = &mut self.people[number];
        let Some(tap) = &mut person.tap else { return };
        change(tap);
        if tap.answered && tap.edited {
            self.latencies.push(u64::try_from(tap.at.elapsed().as_micros()).unwrap_or(u64::MAX));
            let second = usize::try_from(self.began.elapsed().as_secs()).unwrap_or(0);
            if self.seconds.len() <= second {
                self.seconds.resize(second + 1, 0);
            }
            self.seconds[second] += 1;
            person.tap = None;
            self.rested.push_back(number);
        }
    }

    /// Lets the longest rested person choose one of the upper two scores of the current question.
    fn tap_next(&mut self) -> bool {
        let Some(number) = self.rested.pop_front() else { return false };
        let person = &mut self.people[number];
        let Some(message) = person.survey else { return false };
        let chat = user(number);
        let at = Instant::now();
        let Ok(callback) = self.world.tap(chat, chat, message, (0, 3 + person.taps % 2)) else {
            return false;
        };
        person.taps += 1;
        person.tap = Some(Tap { at, answered: false, edited: false });
        self.callbacks.insert(callback, number);
        true
    }
}

fn user(number: usize) -> UserId {
    FIRST_USER + i64::try_from(number).unwrap_or(0)
}

fn number(chat: UserId, people: usize) -> Option<usize> {
    usize::try_from(chat - FIRST_USER).ok().filter(|number| *number < people)
}

pub fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(0)
}

/// Returns the median without the first and the last second, which are not complete.
#[expect(clippy::cast_precision_loss, reason = "taps of one second")]
fn median_inside(seconds: &[usize]) -> f64 {
    let inside = if seconds.len() > 2 { &seconds[1..seconds.len() - 1] } else { seconds };
    let mut inside = inside.to_vec();
    inside.sort_unstable();
    inside.get(inside.len() / 2).map_or(0.0, |taps| *taps as f64)
}
