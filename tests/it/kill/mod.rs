//! The real binary is killed while hundreds of customers answer, alone and with another waiting for its turn, and
//! nothing is lost or doubled.

mod program;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::domain::ledger::State;
use afterword::sandbox::{Fault, GroupKind, Options, Sandbox, UserId, World};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use self::program::{Program, Serve, ledger};
use crate::cluster::{self, Engine, TestDatabase};
use crate::crowd::{Crowd, Given, Kind, Lived, Move, Step, exported, reasons};

const SEED: u64 = 2026;
/// Calls from one kill to the next, about. All customers together cause more than so many for every kill.
const CALLS_A_KILL: u64 = 250;
const FIRST: UserId = 5_100_000_000;
/// A stand-still that lasts longer is a bug, and no slow machine.
const PATIENCE: Duration = Duration::from_mins(3);

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
}

fn moments(seed: u64, kills: u32) -> Vec<Moment> {
    let mut rng = StdRng::seed_from_u64(seed);
    let moment = |number: u32| {
        let calls = u64::from(number) * CALLS_A_KILL + rng.random_range(0..CALLS_A_KILL);
        let method = ["sendMessage", "editMessageText", "answerCallbackQuery"][rng.random_range(0..3)];
        let how = match rng.random_range(0..4) {
            0 => How::AtOnce,
            1 => How::BeforeTheAct(method),
            2 => How::AfterTheAct(method),
            _ => How::HandedOut,
        };
        Moment { calls, how }
    };
    (0..kills).map(moment).collect()
}

#[tokio::test]
async fn killed_at_twenty_moments_the_program_loses_nothing_and_counts_nothing_twice() {
    let database = TestDatabase::empty(Engine::Sqlite).await;
    killed(&database.url, Customers(500), 20, Standby::None).await;
}

#[tokio::test]
async fn when_the_program_that_holds_the_lease_is_killed_another_goes_on_and_nothing_is_lost_or_doubled() {
    // A file has no second `serve`.
    if cluster::is_missing() {
        return;
    }
    let database = TestDatabase::empty(Engine::Postgres).await;
    killed(&database.url, Customers(150), 3, Standby::Runs).await;
}

/// How many there are.
#[derive(Clone, Copy)]
struct Customers(usize);

/// Whether another program on the same database waits for its turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standby {
    None,
    Runs,
}

async fn killed(database: &str, customers: Customers, kills: u32, standby: Standby) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { limits: false, ..Options::default() };
    let sandbox = Sandbox::start(Clock::system(), options).await.unwrap();
    let world = sandbox.world().clone();
    let lead = world.add_user("Пётр", Some("ru"));
    let leads = world.add_group("Отзывы", GroupKind::Supergroup, lead);
    let program = Program::new(folder.path(), sandbox.url(), leads, database);
    let mut crowd = Crowd::new(&world, Box::new(mind()));

    let mut serve = program.serve();
    meet(&world, &mut crowd, customers).await;
    // Only now, so that it is clear who is who.
    let mut next = (standby == Standby::Runs).then(|| program.serve());
    if let Some(next) = &mut next {
        let ready = ready(&next.address()).await;
        assert!(ready.starts_with("another program on this database talks to Telegram: process "), "{ready}");
    }
    let events = folder.path().join("events.jsonl");
    std::fs::write(&events, purchases(customers)).unwrap();
    program.run(&["import", events.to_str().unwrap()]);

    let before = calls(&world);
    for (number, moment) in moments(SEED, kills).iter().enumerate() {
        let whole = until(&world, &mut crowd, before, moment);
        tokio::time::timeout(PATIENCE, whole).await.unwrap_or_else(|_| stuck(&program, &crowd, &mut serve));
        assert!(!crowd.all_over(1), "everybody is done before kill {}", number + 1);
        serve.kill();
        println!(
            "kill {} of {kills} (seed {SEED}): {moment:?}, {} calls",
            number + 1,
            calls(&world) - before
        );
        world.clear_faults();
        serve = match next.take() {
            Some(heir) => {
                goes_on(&world).await;
                next = Some(program.serve());
                heir
            }
            None => program.serve(),
        };
    }
    let rest = async {
        while !crowd.all_over(1) {
            crowd.react().await;
        }
        world.idle().await;
    };
    tokio::time::timeout(PATIENCE, rest).await.unwrap_or_else(|_| stuck(&program, &crowd, &mut serve));

    println!("everybody is done after {} calls", calls(&world) - before);

    all_was_handed_out(&world, &crowd);
    the_export_is_what_they_did(&program, &crowd);
    // The one that has started last answers too, whoever talks to Telegram.
    let address = next.as_mut().unwrap_or(&mut serve).address();
    every_ledger_is_a_path(&address, customers).await;
    nobody_saw_a_third_copy(&world);
    assert_eq!(world.violations(), Vec::<String>::new());
}

/// Returns when somebody talks to Telegram again. How long that may take on a machine that has time for it is held
/// where the lease's length is named; here it is told.
async fn goes_on(world: &World) {
    let began = Instant::now();
    let polls = world.calls("getUpdates");
    let polled = world.wait_until(|world| world.calls("getUpdates") > polls);
    tokio::time::timeout(PATIENCE, polled).await.expect("another program goes on");
    println!("another goes on after {:?}", began.elapsed());
}

/// What `/readyz` says of Telegram.
async fn ready(address: &str) -> String {
    let reply = reqwest::get(format!("{address}/readyz")).await.unwrap();
    let ready: Value = reply.json().await.unwrap();
    ready["checks"]["telegram"]["detail"].as_str().unwrap_or_default().to_owned()
}

/// Everybody starts the bot and is greeted.
async fn meet(world: &World, crowd: &mut Crowd, Customers(count): Customers) {
    for number in 0..count {
        let user = user(number);
        world.add_user_as(user, "Анна", Some("ru"));
        crowd.add(user);
        world.start(user, None);
    }
    let greeted = world.wait_until(|world| (0..count).all(|number| world.sent_count(user(number)) > 0));
    tokio::time::timeout(PATIENCE, greeted).await.expect("everybody is greeted");
    tokio::time::timeout(PATIENCE, world.idle()).await.expect("the bot comes to rest");
    crowd.react_to_all();
}

fn user(number: usize) -> UserId {
    FIRST + i64::try_from(number).unwrap()
}

/// A purchase of each, three hours ago.
fn purchases(Customers(count): Customers) -> String {
    let at = Clock::system().now().minus(Duration::from_hours(3)).to_rfc3339();
    (0..count).fold(String::new(), |mut lines, number| {
        let event = json!({
            "event_id": format!("order-{number}"), "kind": "purchase", "occurred_at": at,
            "customer": { "id": format!("C-{number}"), "telegram_id": user(number), "name": "Анна" },
            "subject": { "id": number.to_string(), "title": format!("Заказ №{number}") },
        });
        writeln!(lines, "{event}").unwrap();
        lines
    })
}

/// What a customer thinks follows from who they are and what they are asked.
fn mind() -> impl Fn(UserId, &Lived, Step) -> Vec<Move> {
    let reasons: HashMap<&str, Vec<String>> =
        ["quality", "service", "price"].into_iter().map(|question| (question, reasons(question))).collect();
    move |user, _, step| {
        let place = ["quality", "service", "price"].iter().position(|key| *key == step.question).unwrap();
        let mut rng = StdRng::seed_from_u64(u64::try_from(user).unwrap() * 10 + place as u64);
        let score: i64 = rng.random_range(0..=10);
        let reason = rng.random_range(0..reasons[step.question].len());
        let words = Move::Words(format!("{user} про {}: всего {score}", step.question));
        match (step.kind, rng.random_range(0..4)) {
            (Kind::Score, _) => vec![Move::Answer { button: score.to_string(), value: score.to_string() }],
            (Kind::Why, 0 | 1) => {
                vec![Move::Reason { row: reason, key: reasons[step.question][reason].clone() }, words]
            }
            (Kind::Why | Kind::Missing, 2) => vec![words],
            _ => vec![Move::GoOn],
        }
    }
}

fn calls(world: &World) -> u64 {
    let methods = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery"];
    methods.iter().map(|method| world.calls(method)).sum()
}

/// Returns when the moment has come; the customers go on meanwhile.
async fn until(world: &World, crowd: &mut Crowd, before: u64, moment: &Moment) {
    while calls(world) - before < moment.calls {
        crowd.react().await;
    }
    let came = async {
        match moment.how {
            How::AtOnce => {}
            How::BeforeTheAct(method) => {
                let (fault, gate) = Fault::held();
                world.fault(fault.on(method));
                gate.arrived(1).await;
            }
            How::AfterTheAct(method) => {
                let calls = world.calls(method);
                world.wait_until(|world| world.calls(method) > calls).await;
            }
            How::HandedOut => world.wait_until(|world| !world.is_polled() && !world.all_confirmed()).await,
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

fn stuck(program: &Program, crowd: &Crowd, serve: &mut Serve) -> ! {
    let waiting: Vec<_> = crowd.customers.iter().filter(|(_, lived)| lived.iter().all(|l| !l.over)).collect();
    let (runs, log) = (serve.is_running(), program.log());
    panic!("{} wait, such as {:?}; serve runs: {runs}; it said:\n{log}", waiting.len(), waiting.first());
}

fn all_was_handed_out(world: &World, crowd: &Crowd) {
    let expired = world.updates_expired();
    let never =
        crowd.taps.iter().filter(|tap| world.callback(tap).is_none_or(|tap| tap.delivered == 0)).count();
    assert_eq!((never, expired), (0, 0), "taps never handed out, and updates that expired");
}

/// Row by row: sorted, so that a row too many is seen as well as one too few.
fn the_export_is_what_they_did(program: &Program, crowd: &Crowd) {
    let mut told = Vec::new();
    for (user, lived) in &crowd.customers {
        assert_eq!(lived.len(), 1, "surveys of {user}");
        let given: &Given = &lived[0].given;
        let customer = format!("C-{}", user - FIRST);
        told.extend(given.iter().map(|(key, given)| (customer.clone(), key.clone(), given.clone())));
    }
    let mut found: Vec<_> = program
        .export("answers")
        .iter()
        .map(|row| {
            let (key, given) = exported(row);
            (row["customer_id"].as_str().unwrap_or_default().to_owned(), key, given)
        })
        .collect();
    told.sort();
    found.sort();
    let missing: Vec<_> = told.iter().filter(|row| found.binary_search(row).is_err()).take(5).collect();
    let invented: Vec<_> = found.iter().filter(|row| told.binary_search(row).is_err()).take(5).collect();
    assert!(
        told == found,
        "{} told, {} exported; missing {missing:?}, invented {invented:?}",
        told.len(),
        found.len()
    );
    println!("{} answers, reasons and comments are in the export, each once", found.len());
}

async fn every_ledger_is_a_path(address: &str, Customers(count): Customers) {
    let http = reqwest::Client::new();
    for number in 0..count {
        let ledger = ledger(&http, address, &format!("order-{number}")).await;
        let states = ledger["transitions"].as_array().unwrap_or_else(|| panic!("{ledger}")).iter();
        let states: Vec<State> = states.map(|at| state(at).unwrap_or_else(|| panic!("{at}"))).collect();
        assert!(State::is_path(&states), "order-{number}: {states:?}");
        assert_eq!(states.last(), Some(&State::Completed), "order-{number}: {states:?}");
    }
}

fn state(transition: &Value) -> Option<State> {
    State::parse(transition["state"].as_str()?, transition["reason"].as_str())
}

fn nobody_saw_a_third_copy(world: &World) {
    let mut twice = 0;
    for chat in world.chats() {
        let mut copies: BTreeMap<&str, usize> = BTreeMap::new();
        for message in
            chat.messages.iter().filter(|message| message.is_from_bot() && message.service.is_none())
        {
            *copies.entry(message.first_text()).or_default() += 1;
        }
        let most = copies.iter().max_by_key(|(_, count)| **count);
        assert!(most.is_none_or(|(_, count)| *count <= 2), "in chat {}: {most:?}", chat.id);
        twice += copies.values().filter(|count| **count == 2).count();
    }
    println!("{twice} messages were seen twice, none three times");
}
