//! How often one person is asked.

use afterword::service::export::{Filter, What};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes, script};

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

/// Buys, waits for the survey, answers it, and lets it end.
async fn asked_and_answered(story: &Story, person: Person, order: &str, customer: &str) {
    story.purchase(order, customer, json!({})).await;
    story.advance(hours(3)).await;
    story.tap(person, "5").await;
    story.advance(minutes(15)).await;
    assert_eq!(story.state(&format!("purchase-{order}")).await, "completed");
}

#[tokio::test]
async fn of_what_is_due_at_once_the_newest_is_asked_about() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    // Nobody was there when the first three became due; the fourth is not due yet.
    for (order, at) in [("1", "12:00"), ("3", "12:02"), ("2", "12:01"), ("4", "13:30")] {
        let at = format!("2026-11-21T{at}:00Z");
        story.clock.advance_to(chrono::DateTime::parse_from_rfc3339(&at).unwrap().to_utc().into());
        story.purchase(order, "C-1", json!({ "occurred_at": at })).await;
    }
    story.jump_to("2026-11-21T16:00:00Z").await;
    assert_eq!(story.state("purchase-1").await, "suppressed(throttled)");
    assert_eq!(story.state("purchase-2").await, "suppressed(throttled)");
    assert_eq!(story.state("purchase-3").await, "sent");
    assert_eq!(story.state("purchase-4").await, "scheduled");
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;
}

#[tokio::test]
async fn a_purchase_that_is_not_yet_due_displaces_nothing() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(2)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert_eq!(story.state("purchase-2").await, "scheduled");
    story.end().await;
}

#[tokio::test]
async fn what_becomes_due_while_a_survey_is_open_is_judged_when_that_has_ended() {
    let story = Setting::new().await.set("MIN_GAP", "off").start().await;
    story.publish(&script("own", "", "", ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(1)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-2").await, "scheduled");
    story.tap(anna, "5").await;
    story.advance(minutes(14)).await;
    assert_eq!(story.state("purchase-2").await, "scheduled");
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn a_day_lies_between_two_surveys_unless_environment_or_script_say_otherwise() {
    for (gap, send, after, expected) in [
        (None, None, hours(17), "suppressed(throttled)"),
        (None, None, hours(21), "sent"),
        (Some("off"), None, hours(1), "sent"),
        (Some("48h"), None, hours(40), "suppressed(throttled)"),
        (Some("48h"), Some("min_gap = \"1h\""), hours(1), "sent"),
        (Some("off"), Some("min_gap = \"7d\""), hours(100), "suppressed(throttled)"),
    ] {
        let mut setting = Setting::new().await.set("QUIET_HOURS", "off");
        if let Some(gap) = gap {
            setting = setting.set("MIN_GAP", gap);
        }
        let story = setting.start().await;
        let anna = story.customer("Анна", "C-1").await;
        let own = match send {
            Some(send) => script("own", "", send, ONE),
            // Neither quiet hours nor a gap of its own.
            None => script("own", "", "", ONE).replace("min_gap = \"off\"\n", ""),
        };
        story.publish(&own).await;
        asked_and_answered(&story, anna, "1", "C-1").await;
        // The gap runs from the sending, a quarter of an hour ago.
        story.advance(after.saturating_sub(minutes(15))).await;
        story.purchase("2", "C-1", json!({})).await;
        story.advance(hours(3)).await;
        assert_eq!(story.state("purchase-2").await, expected, "{gap:?} {send:?} {after:?}");
        story.end().await;
    }
}

#[tokio::test]
async fn a_person_who_is_two_customers_is_one_person() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.advance(minutes(1)).await;
    story.link(anna, "C-2").await;
    story.purchase("1", "C-1", json!({})).await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(throttled)");
    assert_eq!(story.state("purchase-2").await, "sent");
    story.end().await;
}

#[tokio::test]
pub async fn a_script_that_asks_rarely_gives_way_to_the_next_by_priority() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").set("MIN_GAP", "off").start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.publish(&script("rare", "priority = 20", "min_gap_same = \"90d\"", ONE)).await;
    story.publish(&script("often", "priority = 15", "", ONE)).await;
    for (order, slug) in [("1", "rare"), ("2", "often"), ("3", "often")] {
        asked_and_answered(&story, anna, order, "C-1").await;
        let rows = story.export(What::Surveys, &Filter::default()).await;
        let row = rows.iter().find(|row| row["event_id"] == format!("purchase-{order}")).unwrap();
        assert_eq!(row["script"], slug, "{order}");
    }
    // Named by the event, it is not passed over, and its gap holds.
    story.purchase("4", "C-1", json!({ "script": "rare" })).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-4").await, "suppressed(throttled)");
    story.jump_to("2027-03-01T12:00:00Z").await;
    story.purchase("5", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    let rows = story.export(What::Surveys, &Filter::default()).await;
    assert_eq!(rows.iter().find(|row| row["event_id"] == "purchase-5").unwrap()["script"], "rare");
    story.end().await;
}

#[tokio::test]
async fn a_test_disturbs_no_throttle_and_is_disturbed_by_none() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("t", "C-1", json!({ "test": true })).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-t").await, "sent");
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.purchase("u", "C-1", json!({ "test": true })).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-u").await, "sent");
    assert_snapshot!(story.last(anna), @r"
    Bot: 🧪 Тестовый опрос: ответы не попадут в отчёты.

      Здравствуйте! Спасибо, что выбрали нас. №u — как всё прошло? Три коротких вопроса, меньше минуты.

      Вопрос 1 из 3

      Насколько вы довольны покупкой в целом?

      0 — совсем нет, 10 — полностью
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    ");
    story.end().await;
}
