//! Who is asked at all: eligibility, sampling, staff, opting out, pausing, cancelling.

use afterword::sandbox::{Fault, World};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Story, hours, minutes, script};

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

/// A story whose only script for purchases is this one.
async fn only(when: &str) -> Story {
    let story = Story::new().await;
    story.set_paused("purchase", true).await;
    story.publish(&script("own", &format!("[when]\n{when}"), "", ONE)).await;
    story.customer("Анна", "C-1").await;
    story
}

async fn outcome(story: &Story, order: &str, more: Value) -> String {
    story.purchase(order, "C-1", more).await;
    story.state(&format!("purchase-{order}")).await
}

#[tokio::test]
async fn every_line_of_when_decides() {
    for (when, fits, does_not) in [
        ("tags_any = [\"vip\"]", json!({ "tags": ["new", "vip"] }), json!({ "tags": ["new"] })),
        ("tags_none = [\"spam\"]", json!({ "tags": ["new"] }), json!({ "tags": ["spam"] })),
        ("channels = [\"web\"]", json!({ "channel": "web" }), json!({ "channel": "shop" })),
        ("teams = [\"first\"]", json!({ "agent": { "team": "first" } }), json!({ "agent": { "id": "a" } })),
        ("stores = [\"msk\"]", json!({ "store": "msk" }), json!({ "store": "spb" })),
        (
            "min_messages = 2",
            json!({ "metrics": { "messages": 2 } }),
            json!({ "metrics": { "messages": 1 } }),
        ),
    ] {
        let story = only(when).await;
        assert_eq!(outcome(&story, "1", fits).await, "scheduled", "{when}");
        // The other script is paused, and that came closer to asking.
        assert_eq!(outcome(&story, "2", does_not).await, "suppressed(paused)", "{when}");
        story.end().await;
    }
}

#[tokio::test]
async fn a_sample_is_the_same_each_time() {
    let story = only("sample = 50").await;
    let mut drawn = Vec::new();
    for order in 0..20 {
        drawn.push(outcome(&story, &order.to_string(), json!({})).await == "scheduled");
    }
    assert!(drawn.contains(&true) && drawn.contains(&false), "{drawn:?}");
    story.end().await;
    let again = only("sample = 50").await;
    for (order, drawn) in drawn.iter().enumerate() {
        assert_eq!(outcome(&again, &order.to_string(), json!({})).await == "scheduled", *drawn);
    }
    again.end().await;
}

#[tokio::test]
async fn nobody_of_the_team_is_asked_whenever_they_joined_it() {
    let story = Story::new().await;
    // The lead follows a customer's link after the purchase.
    let link = story.purchase("1", "C-1", json!({})).await.unwrap();
    story.follow(story.lead, &link).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(is_staff)");
    assert_eq!(story.way("purchase-1").await, "received → waiting_for_link → scheduled → suppressed");
    story.purchase("2", "C-1", json!({ "test": true })).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn the_event_may_name_its_script() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.publish(&script("own", "", "", ONE)).await;
    story.purchase("1", "C-1", json!({ "script": "support" })).await;
    story.advance(hours(3)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Здравствуйте! №1: всё ли получилось? Ответьте, пожалуйста, на несколько коротких вопросов — это займёт полминуты.

      Вопрос 1 из 4

      Как мы справились с вашим обращением в целом?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    ");
    assert_eq!(outcome(&story, "2", json!({ "script": "gone" })).await, "suppressed(no_script)");
    story.end().await;
}

#[tokio::test]
async fn a_paused_script_keeps_what_it_has_and_goes_on_when_resumed() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.customer("Борис", "C-2").await;
    story.purchase("1", "C-1", json!({})).await;
    story.set_paused("purchase", true).await;
    story.advance(hours(4)).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    story.purchase("2", "C-2", json!({})).await;
    assert_eq!(story.state("purchase-2").await, "suppressed(paused)");
    story.set_paused("purchase", false).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;

    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.set_paused("purchase", true).await;
    story.advance(hours(49)).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(stale)");
    story.end().await;
}

#[tokio::test]
async fn a_new_version_asks_whoever_is_not_asked_yet_and_leaves_the_others_theirs() {
    let story = Story::new().await;
    story.publish(&script("own", "", "", ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    let boris = story.customer("Борис", "C-2").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(1)).await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(hours(2)).await;
    story.publish(&script("own", "", "", &ONE.replace("Как всё прошло?", "Ну как?"))).await;
    story.advance(hours(1)).await;
    assert!(story.last(boris).contains("Ну как?"), "{}", story.last(boris));
    story.tap(anna, "1").await;
    story.tap(anna, "Назад").await;
    assert!(story.last(anna).contains("Как всё прошло?"), "{}", story.last(anna));
    assert_snapshot!(story.answered(&["event_id", "script", "script_version", "value"]).await, @"purchase-1 · own · 1 · 1");
    story.end().await;
}

fn cancelled(id: &str, kind: &str, subject: &str, at: &str) -> Value {
    json!({
        "event_id": id, "kind": kind, "occurred_at": at,
        "customer": { "id": "C-1" }, "subject": { "id": subject },
    })
}

#[tokio::test]
async fn cancelling_reaches_only_the_same_subject_and_family_and_nothing_newer() {
    const EARLIER: &str = "2026-11-21T11:59:00Z";
    const NOW: &str = "2026-11-21T12:00:00Z";
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    for order in ["1", "2", "3"] {
        story.purchase(order, "C-1", json!({})).await;
    }
    story.event(cancelled("c-other", "purchase_cancelled", "9", NOW)).await;
    story.event(cancelled("c-family", "ticket_reopened", "1", NOW)).await;
    story.event(cancelled("c-older", "purchase_cancelled", "2", EARLIER)).await;
    story.event(cancelled("c-this", "purchase_cancelled", "3", NOW)).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    assert_eq!(story.state("purchase-2").await, "scheduled");
    assert_eq!(story.state("purchase-3").await, "suppressed(cancelled)");
    // A ticket that is closed again is a new event and is asked about.
    story.event(cancelled("r-1", "ticket_reopened", "7", NOW)).await;
    story.ticket("7", "C-1", json!({ "event_id": "T-7", "occurred_at": EARLIER })).await;
    story.ticket("7", "C-1", json!({ "event_id": "T-7#2", "occurred_at": "2026-11-21T12:00:01Z" })).await;
    assert_eq!(story.state("T-7").await, "suppressed(cancelled)");
    assert_eq!(story.state("T-7#2").await, "scheduled");
    story.end().await;
}

#[tokio::test]
async fn what_is_sent_or_waits_for_a_link_is_cancelled_only_where_it_can_be() {
    let story = Story::new().await;
    let link = story.purchase("1", "C-1", json!({})).await.unwrap();
    story.event(cancelled("c-1", "purchase_cancelled", "1", "2026-11-21T12:00:00Z")).await;
    assert_eq!(story.way("purchase-1").await, "received → waiting_for_link → suppressed");
    let anna = story.person("Анна");
    story.follow(anna, &link).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.event(cancelled("c-2", "purchase_cancelled", "2", "2026-11-21T15:00:00Z")).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.tap(anna, "9").await;
    assert_eq!(story.state("purchase-2").await, "started");
    story.end().await;
}

#[tokio::test]
async fn whoever_stops_while_a_survey_is_about_to_be_sent_gets_none() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    let (held, gate) = Fault::held();
    story.world.fault(held.on("sendMessage").chat(anna.id));
    story.world.say(anna.id, "/help");
    gate.arrived(1).await;
    // The reply is on its way, so the survey waits behind it.
    story.clock.advance(hours(3));
    let mut resting = story.stage.jobs_rest_until.clone();
    resting.wait_for(|until| until.is_some_and(|until| until > story.clock.instant())).await.unwrap();
    assert_eq!(story.state("purchase-1").await, "sending");
    story.world.say(anna.id, "/stop");
    story.world.wait_until(World::all_confirmed).await;
    gate.open();
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "suppressed(opted_out)");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → suppressed");
    assert_snapshot!(story.chat(anna).rsplit_once("больше не будет.").unwrap().0.rsplit_once("Анна: /help").unwrap().1, @r"

    Анна: /stop
    Bot: Что можно сделать:

      /start — кто мы и зачем этот бот
      /human — позвать человека
      /language — выбрать язык · language
      /privacy — что мы о вас храним и зачем
      /stop — больше не получать опросы
      /forget — стереть всё, что мы о вас знаем
      /help — что умеет бот
    Bot: Хорошо, опросов
    ");
    story.end().await;
}

#[tokio::test]
async fn after_stop_nothing_is_asked_until_the_person_resumes() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.say(anna, "/stop").await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(opted_out)");
    story.purchase("2", "C-1", json!({})).await;
    assert_eq!(story.state("purchase-2").await, "suppressed(opted_out)");
    story.world.block(anna.id);
    story.settle().await;
    story.world.unblock(anna.id);
    story.settle().await;
    story.purchase("3", "C-1", json!({})).await;
    assert_eq!(story.state("purchase-3").await, "suppressed(opted_out)");
    story.tap(anna, "Снова получать опросы").await;
    story.purchase("4", "C-1", json!({})).await;
    story.jump_to("2026-11-22T07:00:00Z").await;
    assert_eq!(story.state("purchase-4").await, "sent");
    story.end().await;
}
