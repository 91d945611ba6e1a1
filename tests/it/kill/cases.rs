//! The real binary is killed again and again while customers give bad scores and talk with leads about their cases. Every
//! word that was taken in arrives, or its author is told once that it may not have; no case is lost or doubled.
//! `CASE_KILLS` kills more often, with two customers for each kill.

mod town;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::domain::ids::{ChatId, PersonId, TopicId};
use afterword::domain::routing::Filters;
use afterword::domain::script::shipped::RECOVERY;
use afterword::sandbox::{GroupKind, Options, Sandbox, UserId, World};
use afterword::store::Db;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Client;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use self::town::{A_ROOM, Room, Town, Word, customer_id};
use super::moment::How;
use super::program::{API_KEY, Program, Serve};
use super::scene::PATIENCE;
use super::way::Way;
use crate::cluster::{self, Engine, TestDatabase};
use crate::harness::{Updates, script};

const SEED: u64 = 2026;
/// How many calls there are at most between a start and the moment of the next kill.
const CALLS_A_KILL: u64 = 40;
/// After this time the program is killed even if its moment has not come: everybody may be waiting for a group's budget.
const LONGEST: Duration = Duration::from_secs(8);
/// How often to look at what is stored while nothing happens in the chats, and how long that has to last.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
const QUIET: Duration = Duration::from_secs(5);
const METHODS: [&str; 6] =
    ["sendMessage", "sendMessage", "copyMessage", "copyMessages", "editMessageText", "answerCallbackQuery"];

const QUESTION: &str = r#"
[[questions]]
key = "rating"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }
[questions.low]
reasons = [ { key = "slow", text = { ru = "Долго", en = "Slow" } } ]
comment = { ru = "Что пошло не так?", en = "What went wrong?" }
"#;
const AT_ONCE: &str = "delay_min = \"0s\"\ndelay = \"0s\"\nquiet_hours = \"off\"\nmin_gap = \"off\"";

/// How much there is in a run.
#[derive(Clone, Copy, Debug)]
struct Load {
    engine: Engine,
    updates: Updates,
    kills: usize,
}

impl Load {
    const CUSTOMERS_A_KILL: usize = 2;

    #[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
    fn new(engine: Engine, updates: Updates, kills: usize) -> Self {
        let kills = std::env::var("CASE_KILLS").map_or(kills, |number| number.parse().unwrap());
        Self { engine, updates, kills }
    }

    const fn customers(self) -> usize {
        self.kills * Self::CUSTOMERS_A_KILL
    }
}

#[tokio::test]
async fn killed_while_leads_and_customers_talk_it_loses_no_word_and_no_case() {
    lives_through(Load::new(Engine::Sqlite, Updates::Polled, 6)).await;
}

#[tokio::test]
async fn killed_while_words_are_brought_by_webhook_it_loses_none() {
    lives_through(Load::new(Engine::Sqlite, Updates::Brought, 4)).await;
}

#[tokio::test]
async fn killed_on_postgres_it_loses_no_word_and_no_case() {
    if cluster::is_missing() {
        return;
    }
    lives_through(Load::new(Engine::Postgres, Updates::Polled, 3)).await;
}

async fn lives_through(load: Load) {
    let database = TestDatabase::empty(load.engine).await;
    let folder = tempfile::tempdir().unwrap();
    let options = Options { limits: false, ..Options::default() };
    let sandbox = Sandbox::start(Clock::system(), options).await.unwrap();
    let world = sandbox.world().clone();
    let mut program = Program::new(folder.path(), sandbox.url(), 0, &database.url).with("ALERT_CHATS", "");
    let (mut way, tasks) = (None, TaskTracker::new());
    if load.updates == Updates::Brought {
        let opened = Way::open(&tasks).await;
        program = program.with_webhook(&opened.url);
        way = Some(opened);
    }
    let town = settled(&world, &program, &database.url, load).await;
    let serve = program.serve();
    let mut run = Run { load, database, world, program, way, serve, town, imported: 0 };
    run.meets().await;
    for number in 1..=load.kills {
        run.is_killed(number).await;
    }
    run.comes_to_rest().await;
    run.nothing_is_lost_or_doubled().await;
}

/// Founds groups whose leads get the cases of a few customers each, so that no group gets so many that they are folded.
async fn settled(world: &World, program: &Program, url: &str, load: Load) -> Town {
    program.run(&["migrate"]);
    for (file, source) in [
        ("support.toml", script("support", "on = \"ticket_closed\"", AT_ONCE, QUESTION)),
        (RECOVERY.0, RECOVERY.1.replace("delay = \"2h\"", "delay = \"0s\"\nquiet_hours = \"off\"")),
    ] {
        std::fs::write(program.folder.join(file), source).unwrap();
        program.run(&["script", "publish", file]);
    }
    let mut rooms = Vec::new();
    let db = Db::open(url, true).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let now = Clock::system().now();
    for number in 0..load.customers().div_ceil(A_ROOM) {
        let leads = ["Пётр", "Ольга"].map(|name| world.add_user(&format!("{name}{number:02}"), Some("ru")));
        let chat = world.add_group(&format!("Отдел {number:02}"), GroupKind::Supergroup, leads[0]);
        for lead in leads {
            tx.upsert_staff(PersonId::new(lead), "lead", now).await.unwrap();
        }
        let place = (ChatId::new(chat), TopicId::NONE);
        tx.upsert_alert_chat(place, (None, "ru"), PersonId::new(leads[0]), now).await.unwrap();
        let filters = Filters::from_json(&format!("{{\"store\": [\"S-{number}\"]}}")).unwrap();
        let on = afterword::store::routing::Switches { cases: true, overdue: false, night_silent: false };
        tx.set_alert_chat_routes(place, on, &filters).await.unwrap();
        rooms.push(Room { chat, leads });
    }
    tx.commit().await.unwrap();
    db.close().await;
    Town::new(world, rooms, load.customers())
}

/// Everything that takes part.
struct Run {
    load: Load,
    database: TestDatabase,
    world: World,
    program: Program,
    way: Option<Way>,
    serve: Serve,
    town: Town,
    /// For how many customers there is an event.
    imported: usize,
}

impl Run {
    /// Everybody starts the bot and is greeted.
    async fn meets(&mut self) {
        self.lead_to_serve().await;
        let everybody: Vec<UserId> = self.town.everybody().collect();
        for user in &everybody {
            self.world.start(*user, None);
        }
        let greeted = self.world.wait_until(|world| everybody.iter().all(|user| world.sent_count(*user) > 0));
        tokio::time::timeout(PATIENCE, greeted).await.expect("everybody is greeted");
        tokio::time::timeout(PATIENCE, self.world.idle()).await.expect("the bot comes to rest");
        self.reports_tickets();
    }

    /// Imports the events of the next customers.
    fn reports_tickets(&mut self) {
        let at = Clock::system().now().minus(Duration::from_secs(1)).to_rfc3339();
        let upto = self.load.customers().min(self.imported + Load::CUSTOMERS_A_KILL);
        let lines = (self.imported..upto).fold(String::new(), |mut lines, number| {
            let event = json!({
                "event_id": format!("ticket-{number}"), "kind": "ticket_closed", "occurred_at": at,
                "customer": { "id": customer_id(number), "telegram_id": self.town.customer(number), "name": "Анна" },
                "subject": { "id": number.to_string() }, "store": format!("S-{}", number / A_ROOM),
            });
            writeln!(lines, "{event}").unwrap();
            lines
        });
        self.imported = upto;
        let file = self.program.folder.join("events.jsonl");
        std::fs::write(&file, lines).unwrap();
        self.program.run(&["import", file.to_str().unwrap()]);
    }

    async fn lead_to_serve(&mut self) {
        let address = self.serve.address().await;
        if let Some(way) = &self.way {
            way.lead_to(Some(&address));
        }
    }

    async fn is_killed(&mut self, number: usize) {
        let mut random = StdRng::seed_from_u64(SEED + number as u64);
        let more = random.random_range(0..CALLS_A_KILL);
        let how = How::any(&mut random, self.load.updates, &METHODS);
        self.recovers().await;
        let calls = calls(&self.world);
        let moment = async {
            self.world.wait_until(|world| self::calls(world) >= calls + more).await;
            how.comes(&self.world, self.way.as_ref()).await;
        };
        let town = &mut self.town;
        let came = tokio::time::timeout(LONGEST, async {
            tokio::pin!(moment);
            loop {
                tokio::select! {
                    biased;
                    () = &mut moment => return,
                    () = town.react() => {}
                }
            }
        });
        let came = if came.await.is_ok() { "" } else { ", which did not come" };
        self.serve.kill();
        if let Some(way) = &self.way {
            way.lead_to(None);
        }
        self.world.clear_faults();
        let made = self::calls(&self.world) - calls;
        println!(
            "kill {number} of {} (seed {SEED}): {how:?} after {more} calls{came}; {made} calls",
            self.load.kills
        );
        self.reports_tickets();
        self.surveys_close().await;
        self.serve = self.program.serve();
        self.lead_to_serve().await;
    }

    /// Returns when everything whose outcome the last kill left unknown has been sent again. An earlier kill could cost a
    /// message its second attempt, and there is no third.
    async fn recovers(&mut self) {
        let unknown = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE attempts = 1";
        let recovered = async {
            while self.database.rows::<(i64,)>(unknown).await[0].0 > 0 {
                let _ = tokio::time::timeout(LOOK_AGAIN, self.town.react()).await;
            }
        };
        let is_over = tokio::time::timeout(PATIENCE, recovered).await.is_ok();
        assert!(is_over, "what the last kill left unknown is not sent again: {}", self.stuck());
    }

    /// The time passes in which customers may change their answers. What comes due meanwhile waits for that.
    async fn surveys_close(&self) {
        let closes = "UPDATE surveys SET closing_at = completed_at WHERE state = 'completed' AND script = 'support' \
             AND closing_at > completed_at";
        self.database.execute(closes, None).await;
    }

    /// Returns when everybody has said what they had to say and nothing waits. An hour passes for what nobody knows the
    /// fate of, so that its authors are told and people look again at what they had before them.
    async fn comes_to_rest(&mut self) {
        let (mut quiet, mut looked) = (Instant::now(), Instant::now());
        let mut given_up = 0;
        loop {
            if tokio::time::timeout(LOOK_AGAIN, self.town.react()).await.is_ok() {
                quiet = Instant::now();
                continue;
            }
            assert!(quiet.elapsed() < PATIENCE, "{}", self.stuck());
            self.surveys_close().await;
            if quiet.elapsed() > QUIET && looked.elapsed() > QUIET && self.world.all_confirmed() {
                // Whoever tapped before the program knew the message sees that nothing came of it, and taps again.
                let busy: Vec<(i64,)> = self.database.rows("SELECT DISTINCT chat_id FROM outbox").await;
                self.town.looks_again(&busy.into_iter().map(|(chat,)| chat).collect());
                looked = Instant::now();
            }
            let (waiting, unknown) = self.outbox().await;
            if waiting > 0 || !self.world.all_confirmed() {
                continue;
            }
            if unknown > 0 && quiet.elapsed() > QUIET {
                given_up += unknown;
                self.an_hour_passes().await;
                self.town.looks_again(&BTreeSet::new());
                quiet = Instant::now();
            } else if unknown == 0 {
                let mut left: Vec<usize> = self.town.unfinished().collect();
                if given_up > 0 && !left.is_empty() {
                    let excused = self.excused().await;
                    left.retain(|number| !excused.contains(number));
                }
                if left.is_empty() {
                    break;
                }
            }
        }
        let (all, cut) = (self.load.customers(), self.town.unfinished().count());
        println!(
            "{} of {all} talks came to their end, {cut} were cut short; of {given_up} messages nobody knew whether they arrived",
            all - cut
        );
    }

    /// How many messages wait to be sent, and of how many nobody knows whether they arrived although they were sent twice.
    async fn outbox(&self) -> (i64, i64) {
        let rows = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN unknown_at IS NOT NULL \
             AND attempts >= 2 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM outbox";
        let (all, unknown) = self.database.rows::<(i64, i64)>(rows).await[0];
        (all - unknown, unknown)
    }

    async fn an_hour_passes(&mut self) {
        self.serve.kill();
        if let Some(way) = &self.way {
            way.lead_to(None);
        }
        let ages = "UPDATE outbox SET unknown_at = unknown_at - 3600000 WHERE unknown_at IS NOT NULL";
        self.database.execute(ages, None).await;
        self.serve = self.program.serve();
        self.lead_to_serve().await;
        let known = async {
            while self.outbox().await.1 > 0 {
                let _ = tokio::time::timeout(LOOK_AGAIN, self.town.react()).await;
            }
        };
        tokio::time::timeout(PATIENCE, known).await.expect("what nobody knows is given up");
    }

    /// The customers whose survey, or the post about whose case, was sent twice and may never have arrived.
    async fn excused(&self) -> BTreeSet<usize> {
        let surveys: Vec<(String,)> = self
            .database
            .rows(
                "SELECT c.customer_id FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 WHERE s.state = 'undeliverable' UNION SELECT c.customer_id FROM case_posts p \
                 JOIN messages m ON m.id = p.message JOIN cases k ON k.number = p.case_number \
                 JOIN customers c ON c.id = k.customer WHERE p.kind = 'post' AND m.message_id IS NULL",
            )
            .await;
        let numbers = surveys.iter().map(|(id,)| id.trim_start_matches("C-").parse().unwrap());
        numbers.collect()
    }

    fn stuck(&self) -> String {
        let number = self.town.unfinished().next();
        let chats = number.map(|number| self.town.chats(number)).unwrap_or_default();
        format!("{number:?} is stuck; it said:\n{}\n{chats}", self.program.log())
    }

    async fn nothing_is_lost_or_doubled(&mut self) {
        assert_eq!(self.world.updates_expired(), 0);
        assert_eq!(self.world.violations(), Vec::<String>::new());
        let address = self.serve.address().await;
        assert!(self.serve.is_running());
        let http = Client::new();
        let cases = self.program.export("cases");
        let numbers: BTreeSet<i64> = cases.iter().map(|case| case["case_number"].as_i64().unwrap()).collect();
        assert_eq!(numbers.len(), cases.len(), "each case has a number of its own");
        let mut wrong = Vec::new();
        let mut counted = Counted::default();
        let mut seen = BTreeSet::new();
        for case in &cases {
            let number = case["case_number"].as_i64().unwrap();
            let customer: usize =
                case["customer_id"].as_str().unwrap().trim_start_matches("C-").parse().unwrap();
            assert!(seen.insert(customer), "{customer} has two cases");
            let whole: Value = http
                .get(format!("{address}/v1/cases/{number}"))
                .bearer_auth(API_KEY)
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            wrong.extend(self.town.wrong_case(customer, &whole));
            for word in self.town.words_of(customer) {
                wrong.extend(counted.look(&self.world, (word, self.town.told_with(word)), &whole));
            }
            let messages = whole["messages"].as_array().unwrap().len();
            let taken = self.town.words_of(customer).filter(|word| word.record(&whole).is_some()).count();
            if messages != taken {
                wrong.push(format!("{customer}: {messages} messages of the case, {taken} were written"));
            }
        }
        let excused = self.excused().await;
        for number in 0..self.load.customers() {
            if !seen.contains(&number) && !excused.contains(&number) {
                wrong.push(format!("{number} rated badly and has no case"));
            }
        }
        println!("{} cases; {counted:?}", cases.len());
        assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), self.program.log());
        let posts: Vec<(i64, i64)> = self
            .database
            .rows(
                "SELECT case_number, COUNT(*) FROM case_posts WHERE kind = 'post' GROUP BY case_number HAVING COUNT(*) <> 1",
            )
            .await;
        assert!(posts.is_empty(), "cases with several posts: {posts:?}");
        assert!(self.load.kills < 100 || counted.twice > 0, "something was sent again");
        assert!(counted.once > 0 && cases.len() > self.load.kills, "there were cases and words");
    }
}

/// What became of the words.
#[derive(Debug, Default)]
struct Counted {
    once: usize,
    twice: usize,
    /// Their authors were told that they may not have arrived.
    reported: usize,
}

impl Counted {
    /// What is wrong with a word.
    fn look(&mut self, chats: &World, (word, told): (&Word, usize), case: &Value) -> Option<String> {
        let copies = word.copies(chats);
        // The report of a reply to a copy that the program does not know may have come twice itself.
        let (state, is_right) = match word.record(case) {
            None => ("not taken in", copies == 0 && (1..=2).contains(&word.reports)),
            Some("delivered") => ("delivered", (1..=2).contains(&copies) && word.reports == 0),
            // Words that went in one message are told of once.
            Some("undeliverable") => ("undeliverable", copies <= 2 && word.reports <= 1 && told == 1),
            // A reply to a case that was resolved meanwhile: its author is asked whether it is to go.
            Some("held") => ("held", copies == 0 && word.is_asked_about(chats)),
            Some(_) => ("on its way", false),
        };
        match copies {
            _ if word.reports > 0 => self.reported += 1,
            1 => self.once += 1,
            2 => self.twice += 1,
            _ => {}
        }
        (!is_right).then(|| format!("{word}: {state}, but {copies} copies and {} reports", word.reports))
    }
}

fn calls(world: &World) -> u64 {
    let methods = [
        "sendMessage",
        "copyMessage",
        "copyMessages",
        "editMessageText",
        "editMessageReplyMarkup",
        "answerCallbackQuery",
    ];
    methods.iter().map(|method| world.calls(method)).sum()
}
