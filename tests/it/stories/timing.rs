//! When a survey leaves, and when it does not.

use std::time::Duration;

use afterword::domain::time::Timestamp;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Setting, Story, hours, minutes};

#[tokio::test]
async fn nothing_leaves_in_quiet_hours() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.advance(hours(5)).await;
    // 20:00 in Moscow: three hours later is night, and so is all of the window.
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(13)).await;
    assert_eq!(story.world.sent_count(anna.id), 1);
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert_snapshot!(story.clock.now(), @"2026-11-22T07:00:00Z");
    story.end().await;
}

#[tokio::test]
async fn quiet_hours_are_those_of_the_customers_time_zone() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    // 15:00 in Moscow is 22:00 in Vladivostok; its night ends at 03:00 Moscow time.
    story.purchase("1", "C-1", json!({ "customer": { "timezone": "Asia/Vladivostok" } })).await;
    story.advance(hours(11)).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn of_several_purchases_the_newest_is_asked_and_an_open_survey_keeps_the_next_waiting() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.purchase("2", "C-1", json!({ "occurred_at": "2026-11-21T11:59:00Z" })).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert_eq!(story.state("purchase-2").await, "suppressed(throttled)");
    // It is open, so the next one waits; then it is judged by the gap.
    story.purchase("3", "C-1", json!({})).await;
    story.advance(hours(26)).await;
    assert_eq!(story.state("purchase-3").await, "scheduled");
    story.end().await;
}

#[tokio::test]
async fn a_gap_that_is_off_asks_about_each() {
    let story = Setting::new().await.set("MIN_GAP", "off").set("QUIET_HOURS", "off").start().await;
    let anna = story.customer("Анна", "C-1").await;
    for order in ["1", "2"] {
        story.purchase(order, "C-1", json!({})).await;
        story.advance(hours(3)).await;
        for _ in 0..3 {
            story.tap(anna, "10").await;
        }
        story.advance(minutes(30)).await;
        assert_eq!(story.state(&format!("purchase-{order}")).await, "completed");
    }
    story.end().await;
}

#[tokio::test]
pub async fn a_cancelled_purchase_is_not_asked_about_whichever_came_first() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    let cancelled = |order: &str| {
        json!({
            "event_id": format!("cancelled-{order}"),
            "kind": "purchase_cancelled",
            "occurred_at": "2026-11-21T12:00:00Z",
            "customer": { "id": "C-1" },
            "subject": { "id": order },
        })
    };
    story.purchase("1", "C-1", json!({})).await;
    story.event(cancelled("1")).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(cancelled)");
    story.event(cancelled("2")).await;
    story.purchase("2", "C-1", json!({})).await;
    assert_eq!(story.state("purchase-2").await, "suppressed(cancelled)");
    assert_eq!(story.state("cancelled-1").await, "recorded");
    story.end().await;
}

#[tokio::test]
async fn an_event_that_is_too_old_is_not_asked_about() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({ "occurred_at": "2026-11-19T11:00:00Z" })).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(stale)");
    story.purchase("2", "C-2", json!({ "occurred_at": "2026-11-19T13:00:00Z" })).await;
    assert_eq!(story.state("purchase-2").await, "waiting_for_link");
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-2").await, "undeliverable(never_linked)");
    story.end().await;
}

#[tokio::test]
async fn a_survey_nobody_touches_expires() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.advance(hours(71)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "expired(untouched)");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Опрос завершён, отвечать уже не нужно. Спасибо!
      [ Позвать человека ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_test_is_sent_at_once_to_staff_too_and_is_in_no_export() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let more = json!({ "test": true, "customer": { "telegram_id": story.lead.id } });
    story.purchase("1", "C-1", more).await;
    story.advance(minutes(1)).await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot: 🧪 Тестовый опрос: ответы не попадут в отчёты.

      Здравствуйте! Спасибо, что выбрали нас. №1 — как всё прошло? Три коротких вопроса, меньше минуты.

      Вопрос 1 из 3

      Насколько вы довольны покупкой в целом?

      0 — совсем нет, 10 — полностью
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    ");
    story.tap(story.lead, "1").await;
    assert_snapshot!(story.alerts(), @r"
    Bot: №101 · свободно · ответить до 22.11 15:01

      🧪 Тест
      🔴 Плохая оценка: 1 из 10
      Насколько вы довольны покупкой в целом?

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    assert_eq!(story.answers().await, "");
    story.end().await;
}

#[tokio::test]
async fn staff_are_not_asked() {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.purchase("1", "C-1", json!({ "customer": { "telegram_id": story.lead.id } })).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(is_staff)");
    story.end().await;
}

#[tokio::test]
async fn hundreds_of_tests_for_one_person_keep_nobody_elses_survey_waiting() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let boris = story.customer("Борис", "C-2").await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(minutes(179)).await;
    let test = |number: u32| {
        json!({
            "event_id": format!("test-{number}"), "kind": "purchase", "test": true,
            "occurred_at": story.clock.now().to_rfc3339(), "customer": { "id": "C-1" },
            "subject": { "id": number.to_string(), "title": format!("№{number}") },
        })
    };
    let tests: Vec<_> = (0..400).map(test).collect();
    let due = story.clock.now().plus(minutes(1));
    let (status, answer) = story.post(&json!(tests)).await;
    assert_eq!((status, &answer["accepted"]), (200, &json!(400)), "{answer}");
    story.clock.advance_to(due);
    story.settle().await;
    assert_eq!(story.state("purchase-2").await, "sent");
    assert!(story.last(boris).contains("Вопрос 1 из 3"), "{}", story.last(boris));
    let (_, ledger) = story.get("/v1/events/purchase-2").await;
    let sent = ledger["transitions"].as_array().unwrap().last().unwrap()["at"].as_str().unwrap().to_owned();
    let sent = chrono::DateTime::parse_from_rfc3339(&sent).unwrap().to_utc();
    let waited = Timestamp::from(sent).since(due);
    assert!(waited <= Duration::from_secs(5), "{waited:?}");
    // The greeting, ten of them, and as many as were sent at once meanwhile; what was too much has its reason.
    let sent = story.world.sent_count(anna.id);
    assert!((11..=14).contains(&sent), "{sent}");
    assert_eq!(story.state("test-399").await, "suppressed(throttled)");
    story.end().await;
}
