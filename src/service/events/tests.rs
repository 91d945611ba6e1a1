use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::event::Event;
use crate::domain::ids::PersonId;
use crate::domain::locale::Languages;
use crate::domain::script::Script;
use crate::entropy::Entropy;
use crate::i18n::Catalogue;
use crate::service::Context;
use crate::service::script_set::ScriptSet;
use crate::service::scripts;
use crate::store::{Db, Tx};

/// 2026-11-21T12:00:00+03:00, a Saturday noon in Moscow.
const NOON: Timestamp = Timestamp::from_millis(1_795_251_600_000);

struct Fixture {
    db: Db,
    ctx: Context,
    _dir: tempfile::TempDir,
}

async fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::new_in(dir.path()).await;
    let ctx = Context {
        clock: Clock::frozen(NOON),
        entropy: Entropy::seeded(1),
        config: Arc::new(Config::from_lookup(|_| None).unwrap()),
        catalogue: Arc::new(Catalogue::default()),
        scripts: ScriptSet::default(),
        bot_username: "afterword_bot".into(),
    };
    let fixture = Fixture { db, ctx, _dir: dir };
    fixture.publish("purchase", "purchase", "").await;
    fixture.publish("support", "ticket_closed", "").await;
    fixture
}

impl Fixture {
    async fn publish(&self, slug: &str, on: &str, lines: &str) {
        let source = format!(
            "slug = \"{slug}\"\non = \"{on}\"\n{lines}\n[title]\nru = \"Т\"\nen = \"T\"\n[[questions]]\nkey = \"q\"\n\
             metric = \"text\"\ntext = {{ ru = \"Как?\", en = \"How?\" }}\n"
        );
        let script = Script::parse("t.toml", &source, &Languages::default()).unwrap().script;
        self.unit(async |unit| scripts::publish(unit, &script, &source).await.map(drop)).await;
    }

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

    async fn accept_all(&self, events: &[Value]) -> Vec<Result<Accepted, Conflict>> {
        let parse = |event: &Value| Event::parse(event.to_string().as_bytes(), self.ctx.clock.now()).unwrap();
        let events: Vec<Normalised> = events.iter().map(parse).map(Normalised::from).collect();
        self.unit(async |unit| accept(unit, &events, Links::Give).await).await
    }

    async fn accept(&self, event: &Value) -> Accepted {
        self.accept_all(std::slice::from_ref(event)).await.remove(0).unwrap()
    }

    /// The event's path through the transition table, such as `received, scheduled, suppressed(cancelled)`.
    async fn path(&self, event_id: &str) -> String {
        let ledger = self.write(async |tx| find(tx, event_id).await).await.unwrap();
        let states: Vec<State> = ledger.transitions.iter().map(|(state, _)| *state).collect();
        assert!(State::is_path(&states), "{states:?}");
        states.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    async fn sql(&self, statement: &'static str) {
        self.write(async |tx| Ok(store::on_engine!(tx, execute, store::query(statement)).map(drop)?)).await;
    }
}

/// A purchase by customer C at noon, with a Telegram ID, overridden by `change`.
fn purchase(event_id: &str, change: &Value) -> Value {
    let mut event = json!({
        "event_id": event_id, "kind": "purchase", "occurred_at": NOON.to_rfc3339(),
        "customer": {"id": "C", "telegram_id": 7}
    });
    for (name, value) in change.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
    event
}

#[tokio::test]
async fn an_event_of_somebody_with_a_chat_is_scheduled_and_one_without_waits_with_a_link() {
    let f = fixture().await;
    let scheduled = f.accept(&purchase("e1", &json!({}))).await;
    assert_eq!(scheduled.state, State::Scheduled);
    assert_eq!(scheduled.due_at.unwrap().to_rfc3339(), "2026-11-21T12:00:00Z");
    let waiting = f.accept(&purchase("e2", &json!({"customer": {"id": "D"}}))).await;
    assert_eq!((waiting.state, waiting.due_at), (State::WaitingForLink, None));
    let link = waiting.link.unwrap();
    assert!(link.starts_with("https://t.me/afterword_bot?start="), "{link}");
    let again = f.accept(&purchase("e3", &json!({"customer": {"id": "D"}}))).await;
    assert_eq!(again.link.unwrap(), link, "the same while it lives");
    f.ctx.clock.advance(std::time::Duration::from_hours(30 * 24));
    let later = f.accept(&purchase("e4", &json!({"customer": {"id": "D"}}))).await;
    assert_ne!(later.link.unwrap(), link);
    assert_eq!(f.path("e2").await, "received, waiting_for_link");
}

#[tokio::test]
async fn the_same_event_again_changes_nothing_and_other_content_is_a_conflict() {
    let f = fixture().await;
    let first = f.accept(&purchase("e", &json!({"tags": ["a", "b"]}))).await;
    let again = f.accept(&purchase("e", &json!({"tags": ["b", "a"], "store": null}))).await;
    assert_eq!(again, Accepted { known: true, ..first.clone() });
    let other = purchase("e", &json!({"tags": ["a"], "store": "s"}));
    let conflict = f.accept_all(&[other]).await.remove(0).unwrap_err();
    assert_eq!(conflict.fields, ["store", "tags"]);
    assert_eq!(f.path("e").await, "received, scheduled");
}

#[tokio::test]
async fn one_batch_knows_its_own_events() {
    let f = fixture().await;
    let event = purchase("e", &json!({}));
    let results = f.accept_all(&[event.clone(), event, purchase("e", &json!({"store": "s"}))]).await;
    assert!(!results[0].as_ref().unwrap().known);
    assert_eq!(results[1].as_ref().unwrap(), &Accepted { known: true, ..results[0].clone().unwrap() });
    assert_eq!(results[2].as_ref().unwrap_err().fields, ["store"]);
}

#[tokio::test]
async fn kinds_that_never_ask_are_recorded() {
    let f = fixture().await;
    let opened = f.accept(&purchase("e", &json!({"kind": "ticket_opened"}))).await;
    assert_eq!((opened.state, opened.survey_id), (State::Recorded, None));
    assert_eq!(f.path("e").await, "received, recorded");
}

#[tokio::test]
async fn a_cancelling_event_cancels_whichever_comes_first() {
    let f = fixture().await;
    let subject = json!({"id": "1001"});
    let of = |id: &str, kind: &str, hour: i64, subject: &Value| {
        let at = NOON.plus_millis((hour - 12) * 3_600_000).to_rfc3339();
        purchase(id, &json!({"kind": kind, "subject": subject, "occurred_at": at}))
    };
    f.accept(&of("bought", "purchase", 10, &subject)).await;
    f.accept(&of("other subject", "purchase", 10, &json!({"id": "1002"}))).await;
    f.accept(&of("other family", "ticket_closed", 10, &subject)).await;
    f.accept(&of("bought later", "purchase", 12, &subject)).await;
    f.accept(&of("cancelled", "purchase_cancelled", 11, &subject)).await;
    f.accept(&of("arrived late", "purchase", 11, &subject)).await;
    assert_eq!(f.path("bought").await, "received, scheduled, suppressed(cancelled)");
    assert_eq!(f.path("other subject").await, "received, scheduled");
    assert_eq!(f.path("other family").await, "received, scheduled");
    assert_eq!(f.path("bought later").await, "received, scheduled");
    assert_eq!(f.path("arrived late").await, "received, suppressed(cancelled)");
    let subject = json!({"id": "2"});
    f.accept_all(&[
        of("before", "purchase", 10, &subject),
        of("cancelling", "purchase_cancelled", 11, &subject),
        of("after", "purchase", 9, &subject),
    ])
    .await;
    assert_eq!(f.path("before").await, "received, scheduled, suppressed(cancelled)");
    assert_eq!(f.path("after").await, "received, suppressed(cancelled)");
}

#[tokio::test]
async fn staff_people_who_stopped_and_old_events_are_not_asked() {
    let f = fixture().await;
    f.sql("INSERT INTO staff (person, role, added_at) VALUES (7, 'agent', 0)").await;
    f.sql("INSERT INTO persons (id, opted_out_at) VALUES (8, 1)").await;
    let of = |id: i64| json!({"customer": {"id": format!("C{id}"), "telegram_id": id}});
    assert_eq!(f.accept(&purchase("staff", &of(7))).await.state.to_string(), "suppressed(is_staff)");
    assert_eq!(f.accept(&purchase("stopped", &of(8))).await.state.to_string(), "suppressed(opted_out)");
    let old = json!({"occurred_at": NOON.plus_millis(-49 * 3_600_000).to_rfc3339(), "customer": {"id": "x"}});
    assert_eq!(f.accept(&purchase("old", &old)).await.state.to_string(), "suppressed(stale)");
    let unknown = json!({"script": "no-such", "customer": {"id": "y"}});
    assert_eq!(f.accept(&purchase("unknown", &unknown)).await.state.to_string(), "suppressed(no_script)");
}

#[tokio::test]
async fn a_test_goes_out_at_once_to_staff_too_and_however_old_it_is() {
    let f = fixture().await;
    f.sql("INSERT INTO staff (person, role, added_at) VALUES (7, 'agent', 0)").await;
    let old = NOON.plus_millis(-100 * 3_600_000).to_rfc3339();
    let test = f.accept(&purchase("t", &json!({"test": true, "occurred_at": old}))).await;
    assert_eq!((test.state, test.due_at), (State::Scheduled, Some(NOON)));
}

#[tokio::test]
async fn a_script_that_asked_too_recently_is_passed_over_for_the_next() {
    let f = fixture().await;
    f.publish("nps", "purchase", "priority = 5\nsend = { min_gap_same = \"90d\" }").await;
    f.accept(&purchase("first", &json!({}))).await;
    f.sql("UPDATE surveys SET person = 7, state = 'completed', ended_at = 1, sent_at = 1795251600000").await;
    let chosen = async |id: &str| {
        f.accept(&purchase(id, &json!({}))).await;
        f.write(async |tx| tx.find_event(id).await).await.unwrap().script.unwrap()
    };
    assert_eq!(f.write(async |tx| tx.find_event("first").await).await.unwrap().script.unwrap(), "nps");
    assert_eq!(chosen("second").await, "purchase");
    f.sql("UPDATE surveys SET sent_at = 1780000000000 WHERE sent_at IS NOT NULL").await;
    assert_eq!(chosen("third").await, "nps");
}

#[tokio::test]
async fn the_newest_event_describes_the_customer_and_an_older_one_fills_gaps() {
    let f = fixture().await;
    let of = |id: &str, hours: i64, customer: Value| {
        purchase(
            id,
            &json!({"customer": customer, "occurred_at": NOON.plus_millis(hours * 3_600_000).to_rfc3339()}),
        )
    };
    f.accept(&of("e1", -1, json!({"id": "C", "name": "Anna", "timezone": "Asia/Tokyo"}))).await;
    f.accept(&of("e2", -3, json!({"id": "C", "name": "Old", "language": "en"}))).await;
    f.accept(&of("e3", 0, json!({"id": "C", "name": "Anna B."}))).await;
    let row = f.write(async |tx| tx.list_customers(&["C"]).await).await.remove(0);
    assert_eq!(row.name.as_deref(), Some("Anna B."));
    assert_eq!(row.language.as_deref(), Some("en"));
    assert_eq!(row.time_zone.as_deref(), Some("Asia/Tokyo"));
    assert_eq!(row.described_at, NOON);
}

#[tokio::test]
async fn an_event_that_says_again_what_is_known_makes_older_ones_older() {
    let f = fixture().await;
    let named = async |id: &str, hours: i64, name: &str| {
        let at = NOON.plus_millis(hours * 3_600_000).to_rfc3339();
        f.accept(&purchase(id, &json!({"customer": {"id": "C", "name": name}, "occurred_at": at}))).await;
        f.write(async |tx| tx.list_customers(&["C"]).await).await.remove(0).name.unwrap()
    };
    assert_eq!(named("e1", -5, "Anna").await, "Anna");
    assert_eq!(named("e2", -1, "Anna").await, "Anna");
    assert_eq!(named("older", -3, "Old").await, "Anna");
    assert_eq!(named("newer", 0, "Anna B.").await, "Anna B.");
}

#[tokio::test]
async fn a_telegram_id_links_frees_what_waited_and_never_replaces_a_tapped_link() {
    let f = fixture().await;
    f.accept(&purchase("waits", &json!({"customer": {"id": "C"}}))).await;
    f.accept(&purchase("brings", &json!({}))).await;
    assert_eq!(f.path("waits").await, "received, waiting_for_link, scheduled");
    f.sql("UPDATE customers SET linked_by = 'link'").await;
    f.accept(&purchase("other", &json!({"customer": {"id": "C", "telegram_id": 9}}))).await;
    let row = f.write(async |tx| tx.list_customers(&["C"]).await).await.remove(0);
    assert_eq!((row.person, row.linked_by.as_deref()), (Some(PersonId::new(7)), Some("link")));
    f.sql("INSERT INTO persons (id, unreachable) VALUES (11, 'cant_initiate')").await;
    let unreachable = json!({"customer": {"id": "E", "telegram_id": 11}});
    assert_eq!(f.accept(&purchase("cannot", &unreachable)).await.state, State::WaitingForLink);
}

#[tokio::test]
async fn a_big_batch_is_stored_whole_and_in_order() {
    let f = fixture().await;
    let event = |n: usize| purchase(&format!("e{n}"), &json!({"customer": {"id": format!("C{}", n % 300)}}));
    let results = f.accept_all(&(0..700).map(event).collect::<Vec<_>>()).await;
    for (n, result) in results.iter().enumerate() {
        let accepted = result.as_ref().unwrap();
        assert_eq!(accepted.event_id, format!("e{n}"));
        let ledger = f.write(async |tx| find(tx, &accepted.event_id).await).await.unwrap();
        assert_eq!(ledger.event.survey_id, accepted.survey_id);
        assert_eq!(ledger.event.customer_id, format!("C{}", n % 300));
        assert_eq!(ledger.state(), State::WaitingForLink);
    }
    assert_eq!(results[0].as_ref().unwrap().link, results[300].as_ref().unwrap().link);
}

#[tokio::test]
async fn a_personal_link_stays_the_same_and_makes_an_unknown_customer_known() {
    let f = fixture().await;
    let link = async || f.unit(async |unit| personal_link(unit, "new").await).await.unwrap();
    let first = link().await;
    assert_eq!(link().await, first);
    let nameless = Fixture { ctx: Context { bot_username: "".into(), ..f.ctx.clone() }, ..f };
    assert_eq!(nameless.unit(async |unit| personal_link(unit, "new").await).await, Err(NoLink::NoBot));
}

#[tokio::test]
async fn the_journal_has_what_arrived_and_whose_chat_a_customer_became_once() {
    let f = fixture().await;
    for order in ["e1", "e2"] {
        f.accept(&purchase(order, &json!({}))).await;
    }
    f.accept(&purchase("e3", &json!({"customer": {"id": "C", "telegram_id": 8}}))).await;
    let happened = f.write(async |tx| tx.list_happened(0, 100).await).await;
    let told: Vec<_> = happened
        .iter()
        .map(|entry| (entry.happening.as_str(), entry.survey.is_some(), entry.person.map(PersonId::get)))
        .collect();
    assert_eq!(
        told,
        [
            ("scheduled", true, None),
            ("linked", false, Some(7)),
            ("scheduled", true, None),
            ("scheduled", true, None),
            ("linked", false, Some(8)),
        ]
    );
}
