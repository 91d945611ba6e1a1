//! *Change* under the thanks: what counts afterwards, and until when.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

const BRANCHED: &str = r#"
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
[questions.low]
reasons = [ { key = "late", text = { ru = "Поздно", en = "Late" } } ]
comment = { ru = "Что не так?", en = "What is wrong?" }
[questions.high]
links = [ { text = { ru = "Оставить отзыв", en = "Leave a review" }, url = "https://example.com/r" } ]

[[questions]]
key = "repair"
metric = "choice"
text = { ru = "Заменить?", en = "Replace it?" }
options = [ { key = "yes", text = { ru = "Да", en = "Yes" } }, { key = "no", text = { ru = "Нет", en = "No" } } ]
show_if = { question = "goods", band = ["low"] }

[[questions]]
key = "where"
metric = "text"
text = { ru = "Куда привезти?", en = "Where to?" }
show_if = { question = "repair", option = ["yes"] }
"#;

async fn asked(send: &str) -> (Story, Person) {
    let story = Story::new().await;
    story.publish(&script("own", "", send, BRANCHED)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

async fn figures(story: &Story) -> String {
    story.answered(&["question", "metric", "value", "options", "text", "band", "revision"]).await
}

#[tokio::test]
async fn a_better_score_closes_the_branch_and_a_worse_one_opens_it_again() {
    let (story, anna) = asked("").await;
    for tap in ["1", "Поздно", "Готово", "Да"] {
        story.tap(anna, tap).await;
    }
    story.say(anna, "Лесная, 5").await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_snapshot!(figures(&story).await, @r"
    goods · csi · 1 · low · 1
    goods · reason · late · low · 1
    repair · choice · yes · 1
    where · text · Лесная, 5 · 1
    ");

    story.tap(anna, "Изменить ответ").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Какой ответ изменить?

      1. Как товар? — 1/5
      2. Заменить? — Да
      3. Куда привезти? — ваше сообщение
      [ 1 · 1/5 ]
      [ 2 · Да ]
      [ 3 · ваше сообщение ]
      [ Оставить как есть ]
    ");
    story.tap(anna, "1 · 1/5").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 1 из 3

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ ✓ 1 | 2 | 3 | 4 | 5 ]
      [ Оставить как есть ]
    ");
    story.tap(anna, "5").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Оставить отзыв ↗ ]
      [ Изменить ответ ]
    ");
    assert_snapshot!(figures(&story).await, @"goods · csi · 5 · high · 2");

    // With one question left, *Change* asks it at once.
    story.tap(anna, "Изменить ответ").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 1 из 3

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | ✓ 5 ]
      [ Оставить как есть ]
    ");
    story.tap(anna, "2").await;
    story.tap(anna, "Готово").await;
    assert_snapshot!(figures(&story).await, @r"
    goods · csi · 2 · low · 3
    goods · reason · late · low · 3
    repair · choice · yes · 3
    where · text · Лесная, 5 · 3
    ");
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_eq!(story.alerts().matches("Bot").count(), 2, "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn a_branch_opened_by_a_change_long_after_is_asked_and_counted() {
    let (story, anna) = asked("").await;
    story.tap(anna, "5").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Оставить отзыв ↗ ]
      [ Изменить ответ ]
    ");
    story.advance(hours(40)).await;
    story.tap(anna, "Изменить ответ").await;
    story.tap(anna, "1").await;
    story.say(anna, "Сломался").await;
    story.tap(anna, "Да").await;
    story.say(anna, "Лесная, 5").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Комментарий записан.

      Обращение №101. Ответим здесь 24 ноября до 10:00.
      [ Изменить ответ ]
    ");
    assert_snapshot!(figures(&story).await, @r"
    goods · csi · 1 · low · 2
    goods · comment · Сломался · low · 1
    repair · choice · yes · 1
    where · text · Лесная, 5 · 1
    ");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent → started → completed");
    story.end().await;
}

#[tokio::test]
async fn an_answer_can_be_changed_until_the_survey_would_have_expired() {
    let (story, anna) = asked("expires_after = \"10h\"").await;
    story.tap(anna, "5").await;
    let message = story.world.last_message(anna.id).unwrap().id;
    story.advance(minutes(599)).await;
    assert_eq!(story.tap(anna, "Изменить ответ").await, "");
    assert_eq!(story.tap(anna, "Оставить как есть").await, "");
    story.advance(minutes(1)).await;
    assert_eq!(story.tap_stale(anna, message, "Изменить ответ").await, "Этот опрос уже завершён. Спасибо!");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Оставить отзыв ↗ ]
    ");
    assert_snapshot!(figures(&story).await, @"goods · csi · 5 · high · 1");
    assert_eq!(story.state("purchase-1").await, "completed");
    story.end().await;
}

#[tokio::test]
async fn kept_as_it_was_nothing_is_revised() {
    let (story, anna) = asked("").await;
    for tap in ["1", "Поздно", "Готово", "Нет", "Изменить ответ", "Оставить как есть"]
    {
        story.tap(anna, tap).await;
    }
    for tap in ["Изменить ответ", "1 · 1/5", "Оставить как есть", "Изменить ответ", "2 · Нет", "✓ Нет"]
    {
        story.tap(anna, tap).await;
    }
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    assert_snapshot!(figures(&story).await, @r"
    goods · csi · 1 · low · 1
    goods · reason · late · low · 1
    repair · choice · no · 1
    ");
    story.end().await;
}
