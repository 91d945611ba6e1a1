//! The background work without a sender: what it claims, what waits, and that nothing stands in front of what can go.

use std::sync::Arc;
use std::time::Duration;

use afterword::clock::Clock;
use afterword::config::Config;
use afterword::domain::event::{Event, Normalised};
use afterword::domain::ids::MessageId;
use afterword::entropy::Entropy;
use afterword::i18n::Catalogue;
use afterword::jobs::Jobs;
use afterword::service::events::{self, Links, accept};
use afterword::service::script_set::ScriptSet;
use afterword::service::scripts;
use afterword::service::{Context, Unit, answers, delivery};
use afterword::store::{self, Db, Tx};
use afterword::telegram::pulse::Pulse;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::cluster::{Engine, TestDatabase};
use crate::harness::{START, hours, minutes};
use crate::variant;

struct Rig {
    clock: Clock,
    db: Db,
    ctx: Context,
    jobs: Jobs,
    database: TestDatabase,
}

async fn rig() -> Rig {
    let clock = Clock::frozen(START);
    let database = TestDatabase::migrated(variant::current().engine).await;
    let db = database.open().await;
    let off = |name: &str| ["QUIET_HOURS", "MIN_GAP"].contains(&name).then(|| "off".to_owned());
    let ctx = Context {
        clock: clock.clone(),
        entropy: Entropy::seeded(1),
        config: Arc::new(Config::from_lookup(off).unwrap()),
        catalogue: Arc::new(Catalogue::default()),
        scripts: ScriptSet::default(),
        bot_username: "afterword_sandbox_bot".into(),
    };
    let jobs = Jobs::new(db.clone(), ctx.clone(), Pulse::default());
    let rig = Rig { clock, db, ctx, jobs, database };
    rig.unit(async |unit| scripts::install_shipped(unit).await).await;
    rig
}

impl Rig {
    async fn write<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> store::Result<T>) -> T {
        let mut tx = self.db.write().await.unwrap();
        let done = work(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    async fn unit<T>(&self, work: impl AsyncFnOnce(&mut Unit<'_>) -> store::Result<T>) -> T {
        let mut unit = Unit::begin(&self.db, &self.ctx).await.unwrap();
        let done = work(&mut unit).await.unwrap();
        unit.commit().await.unwrap();
        done
    }

    /// Takes events of a kind in: name, person, and whether it is a test; each a second newer than the one before.
    async fn happen(&self, kind: &str, events: impl IntoIterator<Item = (String, i64, bool)>) {
        let now = self.clock.now();
        let event = |(index, (name, person, test)): (i64, (String, i64, bool))| -> Normalised {
            let event: Value = json!({
                "event_id": name, "kind": kind, "test": test,
                "occurred_at": now.minus(minutes(30)).plus_millis(index * 1000).to_rfc3339(),
                "customer": { "id": format!("C-{person}"), "telegram_id": person },
            });
            Event::parse(event.to_string().as_bytes(), now).unwrap().into()
        };
        let events: Vec<Normalised> = (0..).zip(events).map(event).collect();
        self.unit(async |unit| accept(unit, &events, Links::Omit).await.map(drop)).await;
    }

    /// Makes of an event what no program can read.
    async fn break_event(&self, event_id: &str) {
        self.execute(format!("UPDATE events SET body = '{{\"' WHERE event_id = '{event_id}'")).await;
    }

    /// Changes the database beside the program.
    async fn execute(&self, statement: String) {
        let statement = AssertSqlSafe(statement);
        let url = &self.database.url;
        match variant::current().engine {
            Engine::Sqlite => {
                let mut beside = SqliteConnection::connect(url).await.unwrap();
                beside.execute(statement).await.unwrap();
            }
            Engine::Postgres => {
                let mut beside = PgConnection::connect(url).await.unwrap();
                beside.execute(statement).await.unwrap();
            }
        }
    }

    async fn buys(&self, person: i64, orders: impl IntoIterator<Item = usize>) {
        let orders = orders.into_iter().map(|order| (format!("order-{person}-{order}"), person, false));
        self.happen("purchase", orders).await;
    }

    async fn pass(&mut self, time: Duration) {
        self.clock.advance(time);
        self.tick().await;
    }

    async fn tick(&mut self) {
        self.jobs.tick().await.unwrap();
    }

    /// An event's state, with its reason.
    async fn state(&self, event_id: &str) -> String {
        let mut tx = self.db.read().await.unwrap();
        let ledger = events::find(&mut tx, event_id).await.unwrap().unwrap();
        ledger.transitions.last().unwrap().0.to_string()
    }

    async fn states(&self, ids: impl IntoIterator<Item = String>, state: &str) -> usize {
        let mut found = 0;
        for id in ids {
            found += usize::from(self.state(&id).await == state);
        }
        found
    }

    /// The chats that something waits for, with how much.
    async fn queued(&self) -> Vec<(i64, usize)> {
        let rows = self.write(async |tx| tx.list_outbox_after(0, 10_000).await).await;
        let mut chats = std::collections::BTreeMap::new();
        for row in rows {
            *chats.entry(row.chat_id.get()).or_default() += 1;
        }
        chats.into_iter().collect()
    }

    /// Everything that waits arrives.
    async fn arrive(&self) {
        self.unit(async |unit| {
            for row in unit.tx.list_outbox_after(0, 10_000).await? {
                if let Some(message) = row.message {
                    unit.tx.set_message_id(message, MessageId::new(row.id)).await?;
                }
                delivery::delivered(unit, &row).await?;
                unit.tx.delete_outbox(&[row.id]).await?;
            }
            Ok(())
        })
        .await;
    }

    /// Ends the survey of an event, as if nobody had anything to say.
    async fn end(&self, event_id: &str) {
        let now = self.clock.now();
        let mut tx = self.db.read().await.unwrap();
        let known = tx.find_event(event_id).await.unwrap().unwrap();
        drop(tx);
        self.write(async |tx| tx.end_survey(known.survey.unwrap(), now).await).await;
    }
}

#[tokio::test]
pub async fn of_very_many_buttons_that_have_had_their_time_a_hundred_go_at_a_time() {
    let mut rig = rig().await;
    let orders = (0..250).map(|person| (format!("order-{person}"), 1000 + person, false));
    rig.happen("purchase", orders).await;
    rig.clock.advance(hours(3));
    for _ in 0..3 {
        rig.tick().await;
        rig.arrive().await;
    }
    let over = rig.clock.now().plus(hours(1)).millis();
    let completed = "state = 'completed', step = 'end', changeable = TRUE";
    rig.execute(format!(
        "UPDATE surveys SET {completed}, expires_at = {over}, ended_at = {over}, remind_at = NULL"
    ))
    .await;
    rig.pass(hours(1)).await;
    assert_eq!(rig.queued().await.len(), 100);
    rig.tick().await;
    assert_eq!(rig.queued().await.len(), 200);
    rig.tick().await;
    rig.tick().await;
    let rows = rig.write(async |tx| tx.list_outbox_after(0, 10_000).await).await;
    assert_eq!(rows.len(), 250, "each is edited once");
    assert!(rows.iter().all(|row| row.lane == store::Lane::CleanUp), "they go after everything else");
}

#[tokio::test]
pub async fn tests_of_one_person_hold_up_nobody_and_have_a_bound() {
    let mut rig = rig().await;
    rig.buys(7, [0]).await;
    rig.clock.advance(hours(3));
    rig.happen("purchase", (0..400).map(|n| (format!("test-{n}"), 5, true))).await;
    rig.tick().await;
    assert_eq!(rig.queued().await, [(5, 10), (7, 1)]);
    let tests = || (0..400).map(|n| format!("test-{n}"));
    assert_eq!(rig.states(tests(), "sending").await, 10);
    assert_eq!(rig.states(tests(), "suppressed(throttled)").await, 390);
    // When those have arrived, the next ones go.
    rig.arrive().await;
    rig.happen("purchase", [("again".to_owned(), 5, true)]).await;
    rig.tick().await;
    assert_eq!(rig.state("again").await, "sending");
}

#[tokio::test]
pub async fn what_waits_for_a_parked_chat_leaves_its_room_to_others() {
    let mut rig = rig().await;
    rig.happen("purchase", (1..=250).map(|person| (format!("order-{person}"), person, false))).await;
    rig.pass(hours(3)).await;
    assert_eq!(rig.queued().await.len(), 100, "no claim shall be old when its call is made");
    rig.pass(Duration::from_secs(30)).await;
    assert_eq!(rig.queued().await.len(), 100);
    // Nothing has gone out for a minute.
    rig.pass(Duration::from_secs(31)).await;
    assert_eq!(rig.queued().await.len(), 200);
    rig.arrive().await;
    rig.tick().await;
    assert_eq!(rig.queued().await.len(), 50);
}

#[tokio::test]
pub async fn of_very_many_due_surveys_of_one_person_the_newest_is_asked_and_the_others_give_way() {
    let mut rig = rig().await;
    rig.buys(5, 0..450).await;
    rig.buys(7, [0]).await;
    rig.pass(hours(3)).await;
    assert_eq!(rig.queued().await, [(5, 1), (7, 1)]);
    assert_eq!(rig.state("order-5-449").await, "sending");
    let others = (0..449).map(|order| format!("order-5-{order}"));
    assert_eq!(rig.states(others, "suppressed(throttled)").await, 449);
}

#[tokio::test]
pub async fn what_comes_due_while_a_survey_is_open_waits_unseen_and_is_judged_when_that_is_over() {
    let mut rig = rig().await;
    rig.buys(5, [0]).await;
    rig.pass(hours(3)).await;
    rig.arrive().await;
    rig.buys(5, 1..=3).await;
    rig.pass(hours(3)).await;
    for order in 1..=3 {
        assert_eq!(rig.state(&format!("order-5-{order}")).await, "scheduled");
    }
    let due = rig.write(async |tx| tx.list_due_surveys(rig.clock.now(), 10).await).await;
    assert!(due.is_empty(), "what has to wait is not looked at: {due:?}");
    rig.end("order-5-0").await;
    rig.tick().await;
    assert_eq!(rig.state("order-5-3").await, "sending");
    assert_eq!(rig.state("order-5-1").await, "suppressed(throttled)");
    assert_eq!(rig.state("order-5-2").await, "suppressed(throttled)");
}

#[tokio::test]
pub async fn what_waited_for_an_open_survey_goes_at_once_when_its_customer_has_another_chat() {
    let mut rig = rig().await;
    rig.buys(5, [0]).await;
    rig.pass(hours(3)).await;
    rig.arrive().await;
    rig.buys(5, [1]).await;
    rig.pass(hours(3)).await;
    assert_eq!(rig.state("order-5-1").await, "scheduled");
    // The same customer, whom a later event knows by another account.
    let now = rig.clock.now();
    let moved = json!({
        "event_id": "moved", "kind": "ticket_opened", "occurred_at": now.to_rfc3339(),
        "customer": { "id": "C-5", "telegram_id": 6 },
    });
    let moved: Normalised = Event::parse(moved.to_string().as_bytes(), now).unwrap().into();
    rig.unit(async |unit| accept(unit, &[moved], Links::Omit).await.map(drop)).await;
    rig.tick().await;
    assert_eq!(rig.queued().await, [(6, 1)]);
    assert_eq!(rig.state("order-5-1").await, "sending");
}

#[tokio::test]
pub async fn a_paused_script_keeps_nobody_waiting_and_goes_on_where_it_was() {
    let mut rig = rig().await;
    rig.happen("purchase", (1..=120).map(|person| (format!("order-{person}"), person, false))).await;
    rig.happen("ticket_closed", [("ticket".to_owned(), 500, false)]).await;
    rig.unit(async |unit| scripts::set_paused(unit, "purchase", true).await.map(drop)).await;
    rig.pass(hours(3)).await;
    assert_eq!(rig.queued().await, [(500, 1)]);
    let due = rig.write(async |tx| tx.list_due_surveys(rig.clock.now(), 500).await).await;
    assert!(due.is_empty(), "{due:?}");
    rig.arrive().await;
    rig.unit(async |unit| scripts::set_paused(unit, "purchase", false).await.map(drop)).await;
    rig.tick().await;
    assert_eq!(rig.queued().await.len(), 100);
    rig.arrive().await;
    rig.tick().await;
    assert_eq!(rig.queued().await.len(), 20);
}

#[tokio::test]
pub async fn what_is_paused_for_too_long_goes_stale() {
    let mut rig = rig().await;
    rig.buys(5, [0]).await;
    rig.unit(async |unit| scripts::set_paused(unit, "purchase", true).await.map(drop)).await;
    rig.pass(hours(47)).await;
    assert_eq!(rig.state("order-5-0").await, "scheduled");
    rig.pass(hours(1)).await;
    assert_eq!(rig.state("order-5-0").await, "suppressed(stale)");
}

#[tokio::test]
pub async fn what_waits_behind_an_open_survey_for_too_long_goes_stale() {
    let mut rig = rig().await;
    rig.buys(5, [0]).await;
    rig.pass(hours(3)).await;
    rig.arrive().await;
    rig.buys(5, [1]).await;
    rig.pass(hours(47)).await;
    assert_eq!(rig.states(["order-5-0".to_owned()], "sent").await, 1);
    assert_eq!(rig.state("order-5-1").await, "scheduled");
    rig.pass(hours(1)).await;
    assert_eq!(rig.state("order-5-1").await, "suppressed(stale)");
}

#[tokio::test]
pub async fn a_due_survey_that_cannot_be_read_keeps_nobody_waiting() {
    let mut rig = rig().await;
    rig.happen("purchase", (1..=30).map(|person| (format!("order-{person}"), person, false))).await;
    rig.break_event("order-7").await;
    rig.pass(hours(3)).await;
    let asked: Vec<i64> = rig.queued().await.into_iter().map(|(chat, _)| chat).collect();
    assert_eq!(asked, (1..=30).filter(|person| *person != 7).collect::<Vec<i64>>());
    assert_eq!(rig.state("order-7").await, "scheduled");
    rig.buys(40, [0]).await;
    rig.pass(hours(3)).await;
    assert_eq!(rig.state("order-40-0").await, "sending");
}

#[tokio::test]
pub async fn an_open_survey_that_cannot_be_read_any_more_ends_in_time_and_keeps_nobody_waiting() {
    let mut rig = rig().await;
    rig.happen("purchase", (1..=3).map(|person| (format!("order-{person}"), person, false))).await;
    rig.pass(hours(3)).await;
    rig.arrive().await;
    rig.break_event("order-2").await;
    for _ in 0..8 {
        rig.pass(hours(24)).await;
    }
    assert_eq!(rig.states((1..=3).map(|n| format!("order-{n}")), "expired(untouched)").await, 3);
}

#[tokio::test]
pub async fn after_a_silence_all_that_was_open_is_marked_but_never_all_of_it_together() {
    let mut rig = rig().await;
    rig.happen("purchase", (1..=1200).map(|person| (format!("order-{person}"), person, false))).await;
    rig.pass(hours(3)).await;
    for _ in 0..12 {
        rig.arrive().await;
        rig.pass(Duration::from_millis(1)).await;
    }
    assert_eq!(rig.states((1..=1200).map(|n| format!("order-{n}")), "sent").await, 1200);
    rig.unit(async |unit| answers::show_again_after_silence(unit).await).await;
    let mut marked = Vec::new();
    loop {
        let shown = rig.unit(async |unit| answers::show_again_next(unit, 500).await).await;
        let Some(shown) = shown else { break };
        marked.push(shown);
    }
    assert_eq!(marked.iter().sum::<u64>(), 1200, "{marked:?}");
    assert!(marked.len() > 1, "not all together: {marked:?}");
    rig.clock.advance(Duration::from_secs(10));
    let due = rig.write(async |tx| tx.list_due_repeats(rig.clock.now(), 2000).await).await;
    assert_eq!(due.len(), 1200);
}
