//! A crowd, the programs that serve it, and the moments at which one of them is killed.

use std::time::{Duration, Instant};

use afterword::sandbox::World;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use super::moment::How;
use super::program::{Program, Serve};
use super::way::Way;
use super::{Case, Standby, meet, purchases};
use crate::crowd::{Crowd, Lived};
use crate::harness::Updates;

const SEED: u64 = 2026;
/// The approximate number of calls from one kill to the next. All customers together cause more calls than this for
/// every kill.
const CALLS_A_KILL: u64 = 250;
/// The number of calls after a start by which everything whose outcome a kill left unknown has been sent again. An
/// earlier kill could cost a message its second attempt, and there is no third.
const CALLS_TO_RECOVER: u64 = 100;
/// A standstill longer than this is a bug, not a slow machine.
pub const PATIENCE: Duration = Duration::from_mins(3);

/// When the program is killed: after this many calls, in this way.
#[derive(Debug)]
struct Moment {
    calls: u64,
    how: How,
}

fn moments(kills: u32, updates: Updates) -> Vec<Moment> {
    let mut rng = StdRng::seed_from_u64(SEED);
    let moment = |number: u32| {
        let calls = u64::from(number) * CALLS_A_KILL + rng.random_range(0..CALLS_A_KILL);
        let methods = ["sendMessage", "editMessageText", "answerCallbackQuery"];
        let how = How::any(&mut rng, updates, &methods);
        Moment { calls, how }
    };
    (0..kills).map(moment).collect()
}

/// Everything that takes part.
pub struct Scene {
    pub world: World,
    pub crowd: Crowd,
    pub program: Program,
    /// The way that updates are delivered on. Polled updates have none.
    way: Option<Way>,
    /// The program that talks to Telegram.
    serve: Serve,
    /// The program that waits for its turn.
    next: Option<Serve>,
    /// How many calls had been made before the first customer was asked.
    before: u64,
    /// How many calls had been made when the program was last started.
    at_start: u64,
}

impl Scene {
    pub fn new(world: &World, crowd: Crowd, program: Program, way: Option<Way>) -> Self {
        let (world, serve) = (world.clone(), program.serve());
        Self { world, crowd, program, way, serve, next: None, before: 0, at_start: 0 }
    }

    /// Greets and asks everybody, and kills the program again and again until nobody has more to say.
    pub async fn live_through(&mut self, case: &Case) {
        self.begin(case).await;
        for (number, moment) in (1..).zip(moments(case.kills, case.updates)) {
            self.kill(number, &moment, case).await;
        }
        self.come_to_rest().await;
        println!("everybody is done after {} calls", calls(&self.world) - self.before);
    }

    /// Returns the address of the program that was started last. It answers whichever program talks to Telegram.
    pub async fn address(&mut self) -> String {
        self.next.as_mut().unwrap_or(&mut self.serve).address().await
    }

    async fn begin(&mut self, case: &Case) {
        self.lead_to_serve().await;
        meet(&self.world, &mut self.crowd, case.customers).await;
        // It starts only now, so that it is clear which program has which role.
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

    /// Kills the program that talks to Telegram when the moment has come, and lets another one continue.
    async fn kill(&mut self, number: u32, moment: &Moment, case: &Case) {
        // Every other time the updates are delivered to the program that is not killed.
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

    /// Returns when the moment has come. The customers continue meanwhile.
    async fn until(&mut self, moment: &Moment) {
        let (world, crowd) = (&self.world, &mut self.crowd);
        let recovered = self.at_start + CALLS_TO_RECOVER;
        while calls(world) < recovered.max(self.before + moment.calls) {
            crowd.react().await;
        }
        let came = moment.how.comes(world, self.way.as_ref());
        tokio::pin!(came);
        loop {
            tokio::select! {
                biased;
                () = &mut came => return,
                () = crowd.react() => {}
            }
        }
    }

    /// Returns when nobody has anything more to say.
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

/// Returns when a program talks to Telegram again. How long this may take on an idle machine is tested where the
/// lease's length is defined; here the time is only printed.
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

/// Returns what `/readyz` says about Telegram.
async fn ready(address: &str) -> String {
    let reply = reqwest::get(format!("{address}/readyz")).await.unwrap();
    let ready: Value = reply.json().await.unwrap();
    ready["checks"]["telegram"]["detail"].as_str().unwrap_or_default().to_owned()
}

fn calls(world: &World) -> u64 {
    let methods = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery"];
    methods.iter().map(|method| world.calls(method)).sum()
}
