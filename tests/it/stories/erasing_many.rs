//! A customer with more events than one transaction may hold: forgotten at once, erased to the end, whatever happens in
//! between.

use afterword::domain::ids::PersonId;
use afterword::service::erasing::{self, Progress};
use afterword::service::export::{Filter, What};
use serde_json::{Value, json};

use super::erasing::{CUSTOMER, told_all, traces};
use crate::harness::{Person, Story, hours, minutes, seconds};

const MANY: usize = 300;

/// Events that name the customer in every field that is theirs.
async fn tell_many(story: &Story, customer: &str) {
    let event = |number: usize| {
        json!({
            "event_id": format!("visit-{number}"), "kind": if number.is_multiple_of(2) { "ticket_opened" } else { "purchase" },
            "occurred_at": story.clock.now().to_rfc3339(),
            "customer": {"id": customer, "name": "Аграфена Неповторимая", "segments": ["segment-vip-9"]},
            "subject": {"id": format!("order-77801-{number}"), "title": "Заказ Неповторимой"},
            "tags": ["tag-77801"], "extra": {"note": "extra-secret"},
        })
    };
    let events: Vec<Value> = (0..MANY).map(event).collect();
    let (_, answer) = story.post(&json!(events)).await;
    assert_eq!(answer["accepted"], MANY, "{answer}");
}

/// The first transaction of an erasing, as if the program was killed after it.
async fn begin(story: &Story, customer: &str) -> Progress {
    let mut unit = story.unit().await;
    let progress = erasing::customer(&mut unit, customer).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    assert!(matches!(progress, Progress::UnderWay { .. }), "{progress:?}");
    progress
}

async fn whole(story: &Story, what: What) -> String {
    let rows = story.export(what, &Filter { tests: true, ..Filter::default() }).await;
    format!("{rows:?}")
}

#[tokio::test]
async fn one_who_is_half_erased_is_told_of_nowhere_and_a_start_goes_on_with_it() {
    let mut story = Story::new().await;
    let (person, token) = told_all(&story).await;
    tell_many(&story, CUSTOMER).await;
    begin(&story, CUSTOMER).await;
    assert_eq!(story.get(&format!("/v1/customers/{CUSTOMER}")).await.0, 404);
    for what in [What::Events, What::Surveys, What::Answers] {
        let told = whole(&story, what).await;
        for name in
            [CUSTOMER, "visit-", "Неповторим", "order-77801", "segment-vip-9", "tag-77801", "extra-secret"]
        {
            assert!(!told.contains(name), "{name} in {what:?}");
        }
    }
    let (_, ledger) = story.get("/v1/events/visit-299").await;
    assert_eq!(ledger["customer_id"], "", "{ledger}");
    // A repeat is known, with other content too; something new makes a new customer.
    let mut event = json!({
        "event_id": "visit-7", "kind": "purchase", "occurred_at": story.clock.now().to_rfc3339(),
        "customer": {"id": CUSTOMER},
    });
    let (status, answer) = story.post(&event).await;
    assert_eq!((status, &answer["link"]), (200, &Value::Null), "{answer}");
    event["event_id"] = json!("visit-new");
    assert_eq!(story.post(&event).await.0, 202);
    let (_, record) = story.get(&format!("/v1/customers/{CUSTOMER}")).await;
    assert_eq!((record["events"].as_array().unwrap().len(), &record["name"]), (1, &Value::Null), "{record}");
    let (status, erased) = story.delete(&format!("/v1/customers/{CUSTOMER}")).await;
    assert_eq!((status, &erased["events"]), (200, &json!(1)), "the new one, all of it");

    story.restart().await;
    story.advance(minutes(3)).await;
    assert_eq!(traces(&story, &token).await, Vec::<String>::new());
    assert_eq!(story.state("visit-299").await, "suppressed(erased)");
    let events = whole(&story, What::Events).await;
    assert_eq!(events.matches("\"event_id\": \"erased:").count(), MANY + 4);
    assert!(
        story.running.db.read().await.unwrap().find_person(PersonId::new(person.id)).await.unwrap().is_none()
    );
    story.end().await;
}

#[tokio::test]
async fn the_api_answers_when_all_is_erased_and_says_how_much_it_was() {
    let story = Story::new().await;
    told_all(&story).await;
    tell_many(&story, CUSTOMER).await;
    begin(&story, CUSTOMER).await;
    // Whoever calls again, because the first answer was lost, waits for the same.
    let (status, answer) = story.delete(&format!("/v1/customers/{CUSTOMER}")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer, json!({"events": MANY + 3, "surveys": MANY / 2 + 3, "alerts": 1, "copies": 4}));
    assert_eq!(story.delete(&format!("/v1/customers/{CUSTOMER}")).await.0, 404);
    story.advance(minutes(3)).await;
    story.end().await;
}

/// Anna is asked about the last of very many purchases.
async fn asked_often(story: &Story) -> Person {
    let anna = story.customer("Анна", "C-1").await;
    tell_many(story, "C-1").await;
    story.purchase("last", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.say(anna, "Слова Анны").await;
    anna
}

#[tokio::test]
pub async fn the_customer_who_asks_for_it_reads_first_that_it_goes_on_and_then_that_it_is_done() {
    let story = Story::new().await;
    let anna = asked_often(&story).await;
    story.say(anna, "/forget").await;
    let tap = story.touch(anna, "Стереть всё");
    story
        .wait_until(|world| world.transcript(anna.id).contains("Когда всё будет готово, напишем здесь"))
        .await;
    story.settle().await;
    assert_eq!(story.toast(&tap), "Стираем");
    story.advance(seconds(2)).await;
    assert!(story.chat(anna).contains("Готово: всё о вас стёрто"), "{}", story.chat(anna));
    let events = whole(&story, What::Events).await;
    assert_eq!(events.matches("\"event_id\": \"erased:").count(), MANY + 2);
    story.end().await;
}

#[tokio::test]
async fn what_a_half_erased_customer_still_has_on_the_screen_is_over() {
    let story = Story::new().await;
    let anna = asked_often(&story).await;
    let survey = story.world.messages(anna.id).into_iter().rev().find(|m| !m.keyboard.is_empty()).unwrap();
    begin(&story, "C-1").await;
    story.settle().await;
    let toast = story.tap_stale(anna, survey.id, "9").await;
    assert_eq!(toast, "Этот опрос уже завершён. Спасибо!");
    story.say(anna, "Ещё слова").await;
    assert!(!whole(&story, What::Answers).await.contains("лова"));
    story.advance(seconds(1)).await;
    story.advance(seconds(3)).await;
    // What they say from now on comes from somebody whom nobody knows.
    let alerts = story.alerts();
    assert!(alerts.contains("незнакомый человек") && !alerts.contains("Слова Анны"), "{alerts}");
    story.advance(hours(1)).await;
    story.end().await;
}
