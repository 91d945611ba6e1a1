//! The screens before something changes say what will be: what becomes of a question's answers, and whether anybody is asked.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

const AGENT: &str = "[[questions]]\nkey = \"agent\"\nmetric = \"csi\"\nscale = \"smiley3\"\n\
                     text = { ru = \"Как вам помощь?\", en = \"How was the help?\" }\n\
                     low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

async fn taps(story: &Story, person: Person, buttons: &[&str]) {
    for button in buttons {
        story.tap(person, button).await;
    }
}

/// An admin who has the list before them, and these versions of a script of their own.
async fn published(versions: &[&str]) -> Story {
    let story = Story::new().await;
    for version in versions {
        story.publish(&script("own", "", "", version)).await;
        story.advance(minutes(1)).await;
    }
    story.start(story.lead).await;
    story.say(story.lead, "/scripts").await;
    story
}

#[tokio::test]
async fn going_back_to_a_question_that_has_answers_says_that_they_go_on() {
    let other = AGENT.replace("\"agent\"", "\"other\"");
    let story = published(&[AGENT]).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "Отлично").await;
    story.publish(&script("own", "", "", &other)).await;
    story.say(story.lead, "/scripts").await;
    taps(&story, story.lead, &["Свой", "Версии", "версию 1"]).await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot (edited): Вернуть версию 1?

      ↩️ agent: снова спрашивается, прежние и новые ответы читаются вместе
      Как вам помощь?

      ➖ other: больше не спрашивается, прежние ответы останутся

      Это будет новая версия. Неотправленные опросы уйдут с ней, открытые у клиентов (0) останутся со своей.
      [ Да, вернуть | Нет ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_change_that_is_forbidden_is_not_called_possible() {
    let story = published(&[AGENT]).await;
    taps(&story, story.lead, &["Свой", "Изменить", "Вопросы", "1.", "Шкала", "1–5"]).await;
    taps(&story, story.lead, &["‹ Вопросы", "‹ Черновик", "Опубликовать…"]).await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot (edited): Версию 2 пока нельзя опубликовать

      ⛔ agent: Шкала: было смайлики, стало 1–5. Ответы с ключом «agent» читаются вместе, поэтому так нельзя: дайте вопросу новый ключ или верните как было
      Шкала: смайлики → 1–5
      Границы: ≤1 / ≥3 → ≤2 / ≥4

      Чтобы опубликовать, исправьте 1 замечание.
      [ Замечания ]
      [ ‹ Черновик ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_script_that_will_never_ask_is_not_said_to_begin() {
    let story = Story::new().await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/language").await;
    story.tap(lead, "English").await;
    story.say(lead, "/scripts").await;
    taps(&story, lead, &["After a problem is solved", "Change", "When to ask", "Share of events"]).await;
    story.clock.advance_to(story.clock.now().plus_millis(1500));
    story.say(lead, "0").await;
    taps(&story, lead, &["after a purchase", "‹ Draft", "Publish…"]).await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Publish version 2?

      What it asks about: after a resolved case → after a purchase
      Share of events: 100% → 0%

      ⚠️ It asks nobody: the share of events is 0 %.
      Earlier answers do not change.

      ✅ Ready to publish. There is 1 suggestion.
      [ Publish ]
      [ ‹ Draft ]
    ");
    story.end().await;
}
