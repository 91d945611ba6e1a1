//! Every scale and metric, branches, several choices, free text, in both languages.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours};

async fn asked(script: &str, language: &str) -> (Story, Person) {
    let story = Story::new().await;
    story.publish(script).await;
    let anna = story.person_in("Anna", Some(language));
    story.link(anna, "C-1").await;
    story.purchase("1", "C-1", json!({ "script": "all" })).await;
    story.advance(hours(3)).await;
    (story, anna)
}

const SCALES: &str = r#"
slug = "all"
on = "purchase"
title = { ru = "Всё", en = "All" }

[[questions]]
key = "recommend"
metric = "nps"
text = { ru = "Порекомендуете ли вы {brand}?", en = "Would you recommend {brand}?" }

[[questions]]
key = "effort"
metric = "ces"
scale = "1-7"
text = { ru = "Насколько легко было?", en = "How easy was it?" }

[[questions]]
key = "satisfied"
metric = "csat"
scale = "1-5"
text = { ru = "Довольны ли вы?", en = "Are you satisfied?" }
[questions.high]
links = [ { text = { ru = "Отзыв", en = "Review us" }, url = "https://example.com/review" } ]

[[questions]]
key = "weight"
metric = "importance"
scale = "1-10"
text = { ru = "Насколько важна цена?", en = "How important is the price?" }

[[questions]]
key = "again"
metric = "csi"
scale = "yes-no"
text = { ru = "Придёте снова?", en = "Will you come again?" }

[[questions]]
key = "why_not"
metric = "text"
text = { ru = "Почему нет?", en = "Why not?" }
show_if = { question = "again", band = ["low"] }

[[questions]]
key = "channels"
metric = "choice"
multiple = true
text = { ru = "Где вы нас видели?", en = "Where did you see us?" }
options = [
  { key = "street", text = { ru = "На улице", en = "In the street" } },
  { key = "web", text = { ru = "В сети", en = "On the web" } },
  { key = "friends", text = { ru = "От друзей", en = "From friends" } },
]
"#;

#[tokio::test]
async fn every_scale_is_asked_and_stored_as_what_it_is() {
    let (story, anna) = asked(SCALES, "en").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Question 1 of 7

      Would you recommend Лавка?

      0 = not at all likely, 10 = extremely likely
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Stop ]
    ");
    story.tap(anna, "10").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Question 2 of 7

      How easy was it?

      1 = very difficult, 7 = very easy
      [ 1 | 2 | 3 | 4 | 5 | 6 | 7 ]
      [ ← Back ]
      [ Stop ]
    ");
    story.tap(anna, "7").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Question 3 of 7

      Are you satisfied?

      1 = very bad, 5 = excellent
      [ 1 | 2 | 3 | 4 | 5 ]
      [ ← Back ]
      [ Stop ]
    ");
    story.tap(anna, "5").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Question 4 of 7

      How important is the price?

      1 = not important at all, 10 = very important
      [ 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Back ]
      [ Stop ]
    ");
    story.tap(anna, "8").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Question 5 of 7

      Will you come again?
      [ No | Yes ]
      [ ← Back ]
      [ Stop ]
    ");
    story.tap(anna, "No").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Question 6 of 7

      Why not?

      Answer with a message: text, voice or a photo.
      [ Skip ]
      [ ← Back ]
      [ Stop ]
    ");
    story.say(anna, "Too far away").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Thank you, noted.

      Question 7 of 7

      Where did you see us?

      You can choose more than one.
      [ In the street ]
      [ On the web ]
      [ From friends ]
      [ Skip ]
      [ ← Back ]
      [ Stop ]
    ");
    story.tap(anna, "web").await;
    story.tap(anna, "friends").await;
    story.tap(anna, "friends").await;
    story.tap(anna, "street").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Question 7 of 7

      Where did you see us?

      You can choose more than one.
      [ ✓ In the street ]
      [ ✓ On the web ]
      [ From friends ]
      [ Done ]
      [ ← Back ]
    ");
    story.tap(anna, "Done").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Thank you for telling us. We have passed it on to the people who can put it right.

      Your case is no. 101. We will reply here by 18:00 on 22 November.
      [ Change an answer ]
    ");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · recommend · nps · 10
    purchase-1 · effort · ces · 7
    purchase-1 · satisfied · csat · 5
    purchase-1 · weight · importance · 8
    purchase-1 · again · csi · 0
    purchase-1 · why_not · text · Too far away
    purchase-1 · channels · choice · street|web
    ");
    story.end().await;
}

#[tokio::test]
async fn an_answer_that_is_no_longer_on_the_path_leaves_the_figures() {
    let (story, anna) = asked(SCALES, "ru").await;
    for tap in ["10", "7", "5", "8", "Нет"] {
        story.tap(anna, tap).await;
    }
    story.say(anna, "Далеко").await;
    story.tap(anna, "Назад").await;
    story.tap(anna, "Назад").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 5 из 7

      Придёте снова?
      [ ✓ Нет | Да ]
      [ Оставить как есть ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "Да").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 6 из 6

      Где вы нас видели?

      Можно выбрать несколько вариантов.
      [ На улице ]
      [ В сети ]
      [ От друзей ]
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert!(!story.answers().await.contains("Далеко"));
    story.end().await;
}

#[tokio::test]
async fn a_neutral_score_is_asked_what_was_missing_and_may_be_skipped() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "7").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Ваша оценка: 7/10

      Что нам стоило сделать лучше?

      Можно написать здесь, записать голосовое или прислать фото.
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "Пропустить").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 2 из 3

      Насколько вы довольны качеством товара?

      0 — совсем не устраивает, 10 — всё отлично
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_eq!(story.alerts(), "");
    story.end().await;
}
