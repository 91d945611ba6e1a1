//! The switch "no sound at night" of a chat: what comes to it between 22:00 and 8:00 makes no sound, and nothing else
//! changes.

use insta::assert_snapshot;
use serde_json::json;

use super::routing::{bad_score, filtered, press, screen, subscribed, without_chats};
use crate::harness::{Setting, Story, hours, minutes};

/// For each message of the bot in a chat that contains these words: whether it came without sound.
fn silent(story: &Story, chat: i64, words: &str) -> Vec<bool> {
    let messages = story.world.messages(chat);
    let ours = messages.iter().filter(|message| message.is_from_bot() && message.text.plain.contains(words));
    ours.map(|message| message.silent).collect()
}

#[tokio::test]
pub async fn at_night_a_chat_that_wants_it_so_gets_cases_without_sound_and_by_day_with_it() {
    let story = without_chats().await;
    let quiet = filtered(&story, "Тихий", &["Просроченные", "Ночью без звука"]).await;
    assert_snapshot!(screen(&story, quiet), @r"
    Bot (edited): Сюда приходят новые обращения и просроченные.

      С 22:00 до 8:00 (Europe/Moscow) обращения приходят без звука.

      Фильтров нет: сюда попадает всё, что не отобрали фильтры других чатов.
      [ ✓ Новые | ✓ Просроченные ]
      [ ✓ Ночью без звука ]
      [ Команда | Магазин ]
      [ Сотрудник | Канал ]
      [ Метка | Опрос ]
      [ Важность | Язык клиента ]
    ");
    let loud = filtered(&story, "Громкий", &["Просроченные"]).await;
    let sounds = |words: &str| [quiet, loud].map(|chat| silent(&story, chat, words));
    // A new case in the afternoon, and one at half past eleven.
    bad_score(&story, 1, json!({})).await;
    assert_eq!(sounds("№101 ·"), [[false], [false]]);
    story.jump_to("2026-11-21T20:30:00+03:00").await;
    let boris = bad_score(&story, 2, json!({})).await;
    assert_eq!(sounds("№102 ·"), [[true], [false]]);
    // A ring and the customer's words.
    story.say(boris, "/human").await;
    story.say(boris, "Где мой заказ?").await;
    story.advance(minutes(2)).await;
    assert_eq!(sounds("Нужен человек"), [[true], [false]]);
    assert_eq!(sounds("Где мой заказ?"), [[true], [false]]);
    // What answers a lead who taps makes no difference, and neither does the edit of a post.
    press(&story, story.lead, quiet, "Ещё").await;
    // The next day, the first case is overdue in the evening and the other one at night.
    story.advance(hours(24)).await;
    assert_eq!(sounds("🔥 №101"), [[false], [false]]);
    assert_eq!(sounds("🔥 №102"), [[true], [false]]);
    // The night is over at eight.
    story.jump_to("2026-11-23T05:02:00+03:00").await;
    bad_score(&story, 3, json!({})).await;
    assert_eq!(sounds("№103 ·"), [[false], [false]]);
    story.jump_to("2026-11-23T20:30:00+03:00").await;
    press(&story, story.lead, quiet, "✓ Ночью без звука").await;
    let shown = story.world.transcript(quiet);
    assert!(!shown.contains("обращения приходят без звука"), "{shown}");
    bad_score(&story, 4, json!({})).await;
    assert_eq!(sounds("№104 ·"), [[false], [false]]);
    story.end().await;
}

#[tokio::test]
async fn a_topic_and_a_chat_of_the_environment_have_the_switch_too_and_it_is_no_other_topics() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").set("LOCALES", "en").start().await;
    story.start(story.lead).await;
    story.world.say_in(story.leads, None, story.lead.id, "/alerts");
    story.settle().await;
    let other = subscribed(&story, "Other").await;
    for button in ["What comes here", "No sound at night"] {
        press(&story, story.lead, story.leads, button).await;
    }
    assert_snapshot!(screen(&story, story.leads), @r"
    Bot (edited): New cases come here.

      From 22:00 to 8:00 (Europe/Moscow) cases come without sound.

      The setting ALERT_CHATS names this chat, so it has no filters: it gets every case that no other chat’s filters match.
      [ Overdue ]
      [ ✓ No sound at night ]
    ");
    story.jump_to("2026-11-21T23:00:00+03:00").await;
    bad_score(&story, 1, json!({})).await;
    assert_eq!([story.leads, other].map(|chat| silent(&story, chat, "No. 101 ·")), [[true], [false]]);
    story.end().await;
}
