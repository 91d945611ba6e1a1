//! The one reminder of a survey that nobody has touched.

use afterword::sandbox::Fault;
use afterword::service::export::{Filter, What};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

const ONE: &str = r#"
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
"#;

/// Anna, who has a survey of this script before her since now.
async fn asked(send: &str, questions: &str) -> (Story, Person) {
    let story = Story::new().await;
    story
        .publish(&script("own", "", &format!("delay_min = \"0s\"\ndelay = \"0s\"\n{send}"), questions))
        .await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    (story, anna)
}

async fn reminded_at(story: &Story) -> String {
    story.export(What::Surveys, &Filter::default()).await[0]["reminded_at"].clone()
}

fn since_asked(story: &Story, person: Person) -> String {
    let chat = story.chat(person);
    chat.split_once(": /privacy\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn an_untouched_survey_is_shown_once_more_and_the_old_message_loses_its_buttons() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": { "name": "Анна" } })).await;
    // 18:00; twenty hours later it is 14:00.
    story.advance(hours(22)).await;
    assert_eq!(reminded_at(&story).await, "");
    story.advance(hours(1)).await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Анна, здравствуйте! Спасибо, что выбрали нас. №1 — как всё прошло? Три коротких вопроса, меньше минуты.

      Вопрос 1 из 3

      Насколько вы довольны покупкой в целом?

      0 — совсем нет, 10 — полностью
    Bot: Анна, здравствуйте! Спасибо, что выбрали нас. №1 — как всё прошло? Три коротких вопроса, меньше минуты.

      Напоминаем: этот опрос ещё ждёт вашего ответа. Больше напоминать не будем.

      Вопрос 1 из 3

      Насколько вы довольны покупкой в целом?

      0 — совсем нет, 10 — полностью
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    ");
    assert_eq!(reminded_at(&story).await, "2026-11-22T11:00:00Z");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent");
    story.advance(hours(24)).await;
    assert_eq!(story.world.sent_count(anna.id), 3);
    for _ in 0..3 {
        story.tap(anna, "9").await;
    }
    assert_eq!(story.state("purchase-1").await, "completed");
    story.end().await;
}

#[tokio::test]
async fn an_english_reminder_reads_well_and_expires_like_the_survey() {
    let story = Story::new().await;
    story.publish(&script("own", "", "", ONE)).await;
    let john = story.person_in("John", Some("en"));
    story.link(john, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(23)).await;
    assert_snapshot!(story.last(john), @r"
    Bot: A reminder: this survey is still waiting for your answer. We will not remind you again.

      How are the goods?

      1 = very bad, 5 = excellent
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Stop ]
    ");
    story.advance(hours(52)).await;
    assert_eq!(story.state("purchase-1").await, "expired(untouched)");
    assert_snapshot!(since_asked(&story, john), @r"
    Bot (edited): How are the goods?

      1 = very bad, 5 = excellent
    Bot (edited): This survey has ended, so no answer is needed any more. Thank you!
      [ Talk to a person ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_script_says_when_to_remind_or_never() {
    let (story, anna) = asked("remind_after = \"2h\"", ONE).await;
    story.advance(minutes(110)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.advance(minutes(30)).await;
    assert_eq!(story.world.sent_count(anna.id), 3);
    story.end().await;

    let (story, anna) = asked("remind_after = \"off\"", ONE).await;
    story.advance(hours(70)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;

    // No reminder of what is over by then.
    let (story, anna) =
        asked("remind_after = \"7h\"\nexpires_after = \"8h\"\nquiet_hours = \"21:00-10:00\"", ONE).await;
    story.advance(hours(20)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;
}

#[tokio::test]
async fn nobody_is_reminded_in_quiet_hours_or_on_a_day_off() {
    // Saturday 15:00; eight hours later it is night, and Sunday is off.
    let send = "quiet_hours = \"21:00-10:00\"\ndays_off = [\"sun\"]\nremind_after = \"8h\"";
    let (story, anna) = asked(send, ONE).await;
    story.advance(hours(42)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.advance(hours(1)).await;
    assert_eq!(story.world.sent_count(anna.id), 3);
    assert_eq!(reminded_at(&story).await, "2026-11-23T07:01:00Z");
    story.end().await;
}

#[tokio::test]
async fn a_downtime_does_not_bring_a_reminder_in_the_night() {
    let send = "quiet_hours = \"21:00-10:00\"\nremind_after = \"3h\"";
    let (story, anna) = asked(send, ONE).await;
    story.jump_to("2026-11-21T23:30:00+03:00").await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.advance(hours(11)).await;
    assert_eq!(story.world.sent_count(anna.id), 3);
    story.end().await;
}

#[tokio::test]
async fn a_reminder_whose_window_closes_before_it_is_sent_waits_for_the_next_one_and_comes_once() {
    let send = "quiet_hours = \"21:00-10:00\"\nremind_after = \"5h\"";
    let (story, anna) = asked(send, ONE).await;
    // Telegram asks for patience until after nine in the evening.
    story.world.fault(Fault::too_many_requests(3 * 3600).on("sendMessage"));
    story.jump_to("2026-11-21T20:30:00+03:00").await;
    story.advance(hours(10)).await;
    assert_eq!((story.world.sent_count(anna.id), reminded_at(&story).await.as_str()), (2, ""));
    story.advance(hours(4)).await;
    assert_eq!(story.world.sent_count(anna.id), 3);
    assert_eq!(reminded_at(&story).await, "2026-11-22T07:00:00Z");
    story.advance(hours(24)).await;
    assert_eq!(story.world.sent_count(anna.id), 3);
    story.end().await;
}

#[tokio::test]
async fn whoever_has_touched_the_survey_is_not_reminded() {
    let wish = "[[questions]]\nkey = \"wish\"\nmetric = \"text\"\ntext = { ru = \"Чего не хватает?\", en = \"?\" }\n";
    let (story, anna) = asked("", &format!("{wish}{ONE}")).await;
    story.tap(anna, "Пропустить").await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.advance(hours(40)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;

    let (story, anna) = asked("", &format!("{ONE}{wish}")).await;
    story.tap(anna, "3").await;
    story.advance(hours(40)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;
}

#[tokio::test]
async fn nobody_is_reminded_by_a_paused_script_of_a_test_or_on_the_team() {
    let (story, anna) = asked("", ONE).await;
    story.set_paused("own", true).await;
    story.advance(hours(40)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;

    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({ "test": true })).await;
    story.advance(hours(40)).await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;
}

#[tokio::test]
pub async fn an_answer_to_the_old_message_overtakes_a_reminder_on_its_way() {
    let (story, anna) =
        asked("remind_after = \"1h\"", &format!("{ONE}{}", ONE.replace("goods", "shop"))).await;
    let (fault, gate) = Fault::held();
    story.world.fault(fault.on("sendMessage"));
    story.clock.advance(hours(1));
    gate.arrived(1).await;
    let tap = story.touch(anna, "4");
    story.world.answered(&tap).await;
    gate.open();
    story.settle().await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Вопрос 2 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
    Bot (edited): Вопрос 2 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_eq!(story.tap(anna, "5").await, "");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 4
    purchase-1 · shop · csi · 5
    ");
    story.end().await;
}

#[tokio::test]
async fn a_reminder_whose_reply_was_lost_is_the_survey_once_it_is_tapped() {
    let (story, anna) =
        asked("remind_after = \"1h\"", &format!("{ONE}{}", ONE.replace("goods", "shop"))).await;
    story.world.fault(Fault::dropped_after().on("sendMessage").times(2));
    story.advance(hours(2)).await;
    assert_eq!(story.world.sent_count(anna.id), 4);
    story.tap(anna, "4").await;
    story.tap(anna, "5").await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
    Bot: Напоминаем: этот опрос ещё ждёт вашего ответа. Больше напоминать не будем.

      Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    assert_eq!(story.state("purchase-1").await, "completed");
    // The jobs take note that it arrived.
    story.advance(minutes(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn blocking_before_the_reminder_is_learnt_from_it() {
    let (story, anna) = asked("remind_after = \"1h\"", ONE).await;
    story.world.fault(Fault::blocked().on("sendMessage"));
    story.advance(hours(2)).await;
    assert_eq!(story.state("purchase-1").await, "expired(blocked)");
    assert_eq!((story.world.sent_count(anna.id), reminded_at(&story).await.as_str()), (2, ""));
    story.end().await;
}
