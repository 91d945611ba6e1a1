//! A crowd, the programs that serve it, and the moments at which one of them is killed.

use std::time::{Duration, Instant};

use afterword::sandbox::{Fault, World};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use super::program::{Program, Serve};
use super::way::Way;
use super::{Case, Standby, meet, purchases};
use crate::crowd::{Crowd, Lived};
use crate::harness::Updates;

const SEED: u64 = 2026;
/// Calls from one kill to the next, about. All customers together cause more than so many for every kill.
const CALLS_A_KILL: u64 = 250;
/// Calls after a start by which everything whose outcome a kill left unknown was sent once more. A kill before that may cost
/// a message its second chance, and there is no third.
const CALLS_TO_RECOVER: u64 = 100;
/// A stand-still that lasts longer is a bug, and no slow machine.
pub const PATIENCE: Duration = Duration::from_mins(3);

/// When the program is killed: once this many calls were made, and then so.
#[derive(Debug)]
struct Moment {
    calls: u64,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    /// At once, wherever the program is.
    AtOnce,
    /// When the next such call has arrived, and before Telegram has done it.
    BeforeTheAct(&'static str),
    /// When the next such call has been done, most likely before its reply is read.
    AfterTheAct(&'static str),
    /// When the next updates have been handed out and are not yet confirmed.
    HandedOut,
    /// When the next update that was brought has been committed, before Telegram hears of it.
    BeforeTheAnswer,
}

fn moments(kills: u32, updates: Updates) -> Vec<Moment> {
    let mut rng = StdRng::seed_from_u64(SEED);
    let hows = if updates == Updates::Brought { 5 } else { 4 };
    let moment = |number: u32| {
        let calls = u64::from(number) * CALLS_A_KILL + rng.random_range(0..CALLS_A_KILL);
        let method = ["sendMessage", "editMessageText", "answerCallbackQuery"][rng.random_range(0..3)];
        let how = match rng.random_range(0..hows) {
            0 => How::AtOnce,
            1 => How::BeforeTheAct(method),
            2 => How::AfterTheAct(method),
            3 => How::HandedOut,
            _ => How::BeforeTheAnswer,
        };
        Moment { calls, how }
    };
    (0..kills).map(moment).collect()
}

/// All that live through it.
pub struct Scene {
    pub world: World,
    pub crowd: Crowd,
    pub program: Program,
    /// Where updates are brought.
    way: Option<Way>,
    /// The one that talks to Telegram.
    serve: Serve,
    /// The one that waits for its turn.
    next: Option<Serve>,
    /// Calls before the first was asked.
    before: u64,
    /// So many were made when the program was started last.
    at_start: u64,
}

impl Scene {
    pub fn new(world: &World, crowd: Crowd, program: Program, way: Option<Way>) -> Self {
        let (world, serve) = (world.clone(), program.serve());
        Self { world, crowd, program, way, serve, next: None, before: 0, at_start: 0 }
    }

    /// Everybody is greeted and asked, and the program is killed again and again, until nobody has more to say.
    pub async fn live_through(&mut self, case: &Case) {
        self.begin(case).await;
        for (number, moment) in (1..).zip(moments(case.kills, case.updates)) {
            self.kill(number, &moment, case).await;
        }
        self.come_to_rest().await;
        println!("everybody is done after {} calls", calls(&self.world) - self.before);
    }

    /// Of the one that has started last; it answers, whoever talks to Telegram.
    pub async fn address(&mut self) -> String {
        self.next.as_mut().unwrap_or(&mut self.serve).address().await
    }

    async fn begin(&mut self, case: &Case) {
        self.lead_to_serve().await;
        meet(&self.world, &mut self.crowd, case.customers).await;
        // Only now, so that it is clear who is who.
        if case.standby == Standby::Runs {
            let mut next = self.program.serve();
            let ready = ready(&next.address().await).await;
            assert!(
                ready.starts_with("another program on this database talks to Telegram: process "),
                "{ready}"
            );
            self.next = Some(next);
        }
        let events = self.program.folder.join("events.jsonl");
        std::fs::write(&events, purchases(case.customers)).unwrap();
        self.program.run(&["import", events.to_str().unwrap()]);
        self.before = calls(&self.world);
    }

    /// Kills the one that talks to Telegram when the moment has come, and lets another go on.
    async fn kill(&mut self, number: u32, moment: &Moment, case: &Case) {
        // Every other time they are brought to the one that is not killed.
        if number.is_multiple_of(2)
            && let (Some(way), Some(next)) = (&self.way, &mut self.next)
        {
            way.lead_to(Some(&next.address().await));
        }
        if tokio::time::timeout(PATIENCE, self.until(moment)).await.is_err() {
            self.stuck();
        }
        assert!(!self.crowd.all_over(1), "everybody is done before kill {number}");
        self.serve.kill();
        if let Some(way) = &self.way {
            way.lead_to(None);
        }
        let calls = calls(&self.world) - self.before;
        println!("kill {number} of {} (seed {SEED}): {moment:?}, {calls} calls", case.kills);
        self.world.clear_faults();
        self.at_start = self.before + calls;
        if let Some(heir) = self.next.take() {
            self.serve = heir;
            self.lead_to_serve().await;
            goes_on(&self.world, case.updates).await;
            self.next = Some(self.program.serve());
        } else {
            self.serve = self.program.serve();
            self.lead_to_serve().await;
        }
    }

    async fn lead_to_serve(&mut self) {
        if let Some(way) = &self.way {
            way.lead_to(Some(&self.serve.address().await));
        }
    }

    /// Returns when the moment has come; the customers go on meanwhile.
    async fn until(&mut self, moment: &Moment) {
        let (world, crowd) = (&self.world, &mut self.crowd);
        let recovered = self.at_start + CALLS_TO_RECOVER;
        while calls(world) < recovered.max(self.before + moment.calls) {
            crowd.react().await;
        }
        let came = async {
            match (moment.how, &self.way) {
                (How::AtOnce, _) => {}
                (How::BeforeTheAct(method), _) => {
                    let (fault, gate) = Fault::held();
                    world.fault(fault.on(method));
                    gate.arrived(1).await;
                }
                (How::AfterTheAct(method), _) => {
                    let calls = world.calls(method);
                    world.wait_until(|world| world.calls(method) > calls).await;
                }
                (How::HandedOut, Some(way)) => way.update().await,
                (How::BeforeTheAnswer, Some(way)) => way.answer().await,
                (How::HandedOut | How::BeforeTheAnswer, None) => {
                    world.wait_until(|world| !world.is_polled() && !world.all_confirmed()).await;
                }
            }
        };
        tokio::pin!(came);
        loop {
            tokio::select! {
                biased;
                () = &mut came => return,
                () = crowd.react() => {}
            }
        }
    }

    /// Returns when everybody has nothing more to say.
    async fn come_to_rest(&mut self) {
        let rest = async {
            while !self.crowd.all_over(1) {
                self.crowd.react().await;
            }
            self.world.idle().await;
        };
        if tokio::time::timeout(PATIENCE, rest).await.is_err() {
            self.stuck();
        }
    }

    fn stuck(&mut self) -> ! {
        let is_waiting = |lived: &Vec<Lived>| lived.iter().all(|lived| !lived.over);
        let waiting: Vec<_> = self.crowd.customers.iter().filter(|(_, lived)| is_waiting(lived)).collect();
        let (runs, log) = (self.serve.is_running(), self.program.log());
        panic!("{} wait, such as {:?}; serve runs: {runs}; it said:\n{log}", waiting.len(), waiting.first());
    }
}

/// Returns when somebody talks to Telegram again. How long that may take on a machine that has time for it is held
/// where the lease's length is named; here it is told.
async fn goes_on(world: &World, updates: Updates) {
    let began = Instant::now();
    let first = match updates {
        Updates::Polled => "getUpdates",
        Updates::Brought => "setWebhook",
    };
    let calls = world.calls(first);
    let called = world.wait_until(|world| world.calls(first) > calls);
    tokio::time::timeout(PATIENCE, called).await.expect("another program goes on");
    println!("another goes on after {:?}", began.elapsed());
}

/// What `/readyz` says of Telegram.
async fn ready(address: &str) -> String {
    let reply = reqwest::get(format!("{address}/readyz")).await.unwrap();
    let ready: Value = reply.json().await.unwrap();
    ready["checks"]["telegram"]["detail"].as_str().unwrap_or_default().to_owned()
}

fn calls(world: &World) -> u64 {
    let methods = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery"];
    methods.iter().map(|method| world.calls(method)).sum()
}
