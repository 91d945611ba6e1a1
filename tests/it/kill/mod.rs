//! The real binary is killed while hundreds of customers answer, both alone and with another one waiting for its turn.
//! Nothing is lost or doubled.

mod cases;
mod erasing;
mod hooks;
mod moment;
mod program;
mod scene;
mod way;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::Duration;

use afterword::clock::Clock;
use afterword::domain::ledger::State;
use afterword::sandbox::{GroupKind, Options, Sandbox, UserId, World};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use self::program::{Program, ledger};
use self::scene::{PATIENCE, Scene};
use self::way::Way;
use crate::cluster::{self, Engine, TestDatabase};
use crate::crowd::{Crowd, Given, Kind, Lived, Move, Step, exported, reasons};
use crate::harness::Updates;

const FIRST: UserId = 5_100_000_000;

/// One scenario of repeated kills.
struct Case {
    engine: Engine,
    updates: Updates,
    customers: Customers,
    kills: u32,
    standby: Standby,
}

/// How many customers there are.
#[derive(Clone, Copy)]
struct Customers(usize);

/// Whether another program on the same database waits for its turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standby {
    None,
    Runs,
}

#[tokio::test]
async fn killed_at_twenty_moments_the_program_loses_nothing_and_counts_nothing_twice() {
    killed(Case {
        engine: Engine::Sqlite,
        updates: Updates::Polled,
        customers: Customers(500),
        kills: 20,
        standby: Standby::None,
    })
    .await;
}

#[tokio::test]
async fn when_the_program_that_holds_the_lease_is_killed_another_goes_on_and_nothing_is_lost_or_doubled() {
    // SQLite allows no second `serve`.
    if cluster::is_missing() {
        return;
    }
    killed(Case {
        engine: Engine::Postgres,
        updates: Updates::Polled,
        customers: Customers(150),
        kills: 3,
        standby: Standby::Runs,
    })
    .await;
}

#[tokio::test]
async fn killed_while_telegram_brings_updates_the_program_loses_nothing_and_counts_nothing_twice() {
    killed(Case {
        engine: Engine::Sqlite,
        updates: Updates::Brought,
        customers: Customers(250),
        kills: 10,
        standby: Standby::None,
    })
    .await;
}

#[tokio::test]
async fn updates_may_be_brought_to_either_of_two_programs_while_one_is_killed() {
    if cluster::is_missing() {
        return;
    }
    killed(Case {
        engine: Engine::Postgres,
        updates: Updates::Brought,
        customers: Customers(150),
        kills: 3,
        standby: Standby::Runs,
    })
    .await;
}

async fn killed(case: Case) {
    let database = TestDatabase::empty(case.engine).await;
    let folder = tempfile::tempdir().unwrap();
    let options = Options { limits: false, ..Options::default() };
    let sandbox = Sandbox::start(Clock::system(), options).await.unwrap();
    let world = sandbox.world().clone();
    let lead = world.add_user("Пётр", Some("ru"));
    let leads = world.add_group("Отзывы", GroupKind::Supergroup, lead);
    let mut program = Program::new(folder.path(), sandbox.url(), leads, &database.url);
    let (mut way, tasks) = (None, TaskTracker::new());
    if case.updates == Updates::Brought {
        let opened = Way::open(&tasks).await;
        program = program.with_webhook(&opened.url);
        way = Some(opened);
    }
    let crowd = Crowd::new(&world, Box::new(mind()));
    let mut scene = Scene::new(&world, crowd, program, way);
    scene.live_through(&case).await;

    all_was_handed_out(&world, &scene.crowd);
    the_export_is_what_they_did(&scene.program, &scene.crowd);
    every_ledger_is_a_path(&scene.address().await, case.customers).await;
    nobody_saw_a_third_copy(&world);
    assert_eq!(world.violations(), Vec::<String>::new());
}

/// Lets everybody start the bot, and waits until they are greeted.
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

/// Returns a purchase of each customer, three hours ago.
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

/// Returns how customers decide. It follows from who they are and what they are asked.
fn mind() -> impl Fn(UserId, &Lived, Step) -> Vec<Move> {
    let questions = ["overall", "quality", "service"];
    let reasons: HashMap<&str, Vec<String>> =
        questions.into_iter().map(|question| (question, reasons("purchase", question))).collect();
    move |user, _, step| {
        let place = questions.iter().position(|key| *key == step.question).unwrap();
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

fn all_was_handed_out(world: &World, crowd: &Crowd) {
    let expired = world.updates_expired();
    let never =
        crowd.taps.iter().filter(|tap| world.callback(tap).is_none_or(|tap| tap.delivered == 0)).count();
    assert_eq!((never, expired), (0, 0), "taps never handed out, and updates that expired");
}

/// Compares the export row by row. The rows are sorted, so that both extra and missing rows show.
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
