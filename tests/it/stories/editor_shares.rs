//! Several scripts on the same events: the screens and `check` say who asks about them, and lead to what changes it.

use afterword::cli::check::{self, CheckArgs};
use afterword::cli::{Output, Setup};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, script};

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

async fn taps(story: &Story, person: Person, buttons: &[&str]) {
    for button in buttons {
        story.tap(person, button).await;
    }
}

/// Says it some seconds later: a chat takes a message a second.
async fn write(story: &Story, text: &str) {
    story.clock.advance_to(story.clock.now().plus_millis(5000));
    story.say(story.lead, text).await;
}

/// Three purchases of two customers, of which one was in the shop `msk`, and a script of our own beside the shipped one.
async fn sharing(head: &str, send: &str) -> Story {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.customer("Анна", "C-1").await;
    story.customer("Борис", "C-2").await;
    story.purchase("1", "C-1", json!({ "store": "msk" })).await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(hours(30)).await;
    story.purchase("3", "C-1", json!({})).await;
    story.advance(hours(30)).await;
    story.publish(&script("own", head, send, ONE)).await;
    story
}

async fn checked(story: &Story) -> String {
    let mut out = Vec::new();
    let mut to = Output { out: &mut out, err: &mut Vec::new() };
    let setup: Setup = story.setup();
    check::run(&setup, &CheckArgs::default(), &mut to).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    said.lines().filter(|line| line.contains("script ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_list_and_check_say_which_script_takes_all_events_of_another_and_lead_to_its_priority() {
    let story = sharing("", "").await;
    let lead = story.lead;
    write(&story, "/scripts").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Опросы

      Свой — 🟢 работает, версия 1
      После покупки. За 7 дней: отправлено 0, ответов 0

      После покупки — 🟢 работает, версия 1
      После покупки. За 7 дней: отправлено 2, ответов 0

      После решения проблемы — 🟢 работает, версия 1
      После решения проблемы. За 7 дней: отправлено 0, ответов 0

      После обращения — 🟢 работает, версия 1
      После закрытого обращения. За 7 дней: отправлено 0, ответов 0

      Что для вас важно — ✏️ черновик
      После покупки

      Готовность рекомендовать — ✏️ черновик
      После покупки

      ⚠️ «Свой» забирает у «После покупки» 100 % событий: 3 из 3 за последние 30 дней. Приоритет 10 против 0.
      [ Свой ]
      [ После покупки ]
      [ После решения проблемы ]
      [ После обращения ]
      [ Что для вас важно ]
      [ Готовность рекомендовать ]
      [ Приоритет · После покупки | Условия · После покупки ]
      [ + Новый опрос ]
    ");
    assert_snapshot!(checked(&story).await, @r"
    ok     script own: version 1 asks on purchase
    ok     script purchase: version 1 asks on purchase
    ok     script recovery: version 1 asks on case_resolved
    ok     script support: version 1 asks on ticket_closed
    note   script purchase: own asks about 3 of the 3 events that fit it in the last 30 days; another priority or condition changes that
    ");
    story.tap(lead, "Приоритет · После").await;
    write(&story, "20").await;
    taps(&story, lead, &["Опубликовать…"]).await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Опубликовать версию 2?

      Приоритет: 0 → 20

      Подходящих ему событий за последние 30 дней: 3.
      ⚠️ «После покупки» забирает у «Свой» 100 % событий: 3 из 3 за последние 30 дней. Приоритет 20 против 10.
      Ждут отправки: 1. Они уйдут уже с новой версией.
      Открыты у клиентов: 2. Они останутся со своей версией.
      Прежние ответы не изменятся.
      [ Опубликовать ]
      [ Приоритет | Когда спрашивать ]
      [ ‹ Черновик ]
    ");
    taps(&story, lead, &["Опубликовать", "‹ Опросы"]).await;
    assert!(
        story.last(lead).contains("«После покупки» забирает у «Свой» 100 %"),
        "the other way round: {}",
        story.last(lead)
    );
    story.end().await;
}

#[tokio::test]
async fn of_a_script_with_a_condition_only_its_share_is_told() {
    let story = sharing("[when]\nstores = [\"msk\"]", "").await;
    write(&story, "/scripts").await;
    let said = story.last(story.lead);
    assert!(said.contains("«Свой» забирает у «После покупки» 33 % событий: 1 из 3"), "{said}");
    story.tap(story.lead, "Условия · После").await;
    assert!(story.last(story.lead).contains("О каких событиях спрашивать"), "{}", story.last(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn what_a_script_leaves_to_another_because_of_its_gap_is_not_called_taken() {
    let story = sharing("", "min_gap_same = \"90d\"").await;
    write(&story, "/scripts").await;
    let said = story.last(story.lead);
    assert!(said.contains("«Свой» забирает у «После покупки» 67 % событий: 2 из 3"), "{said}");
    assert!(said.contains("«После покупки» забирает у «Свой» 33 % событий: 1 из 3"), "{said}");
    assert!(said.contains("спрашивал этих людей недавно"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn a_first_publication_says_what_is_left_for_it_before_it_is_published() {
    let story = sharing("", "").await;
    let lead = story.lead;
    story.say(lead, "/language").await;
    story.tap(lead, "English").await;
    write(&story, "/scripts").await;
    taps(&story, lead, &["Recommendation", "Open the draft", "Publish…"]).await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Publish version 1?

      This is the first version.

      The survey starts asking after a purchase.
      Events of the last 30 days that fit it: 3.
      ⚠️ “Recommendation” takes 67 % of the events of “Own”: 2 of 3 in the last 30 days. Both have priority 10, so the one whose short name comes first asks.
      ⚠️ “Recommendation” takes 67 % of the events of “After a purchase”: 2 of 3 in the last 30 days. Its priority is 10, the other’s 0.
      ⚠️ “Own” takes 33 % of the events of “Recommendation”: 1 of 3 in the last 30 days. It asks about these because the other one asked these people recently.
      [ Publish ]
      [ Priority | When to ask ]
      [ ‹ Draft ]
    ");
    story.end().await;
}

#[tokio::test]
async fn what_is_counted_for_a_screen_does_not_come_over_the_next_one() {
    let story = sharing("", "").await;
    let lead = story.lead;
    write(&story, "/scripts").await;
    taps(&story, lead, &["Свой", "Изменить"]).await;
    let (publish, home) = (story.touch(lead, "Опубликовать…"), story.touch(lead, "Название"));
    story.settle().await;
    assert_eq!((story.toast(&publish), story.toast(&home)), (String::new(), String::new()));
    assert!(story.last(lead).contains("Название · русский"), "{}", story.last(lead));
    // A pause takes nothing from anybody.
    taps(&story, lead, &["Отмена", "‹ Опрос", "Пауза", "Да, пауза", "‹ Опросы"]).await;
    assert!(!story.last(lead).contains("забирает"), "{}", story.last(lead));
    story.end().await;
}
