//! What stands on the screen after a survey is true as long as it stands there.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

const TWO: &str = r#"
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
[questions.low]
comment = { ru = "Что не так?", en = "What is wrong?" }

[[questions]]
key = "solved"
metric = "choice"
text = { ru = "Всё получилось?", en = "Did it work out?" }
options = [ { key = "yes", text = { ru = "Да", en = "Yes" } }, { key = "no", text = { ru = "Нет", en = "No" } } ]

[[questions]]
key = "left"
metric = "text"
text = { ru = "Что осталось?", en = "What is left?" }
show_if = { question = "solved", option = ["no"] }
"#;

async fn asked(send: &str) -> (Story, Person) {
    let story = Story::new().await;
    story.publish(&script("own", "", send, TWO)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

#[tokio::test]
pub async fn just_write_stands_there_as_long_as_words_are_taken() {
    let (story, anna) = asked("").await;
    story.tap(anna, "1").await;
    story.say(anna, "Сломан").await;
    story.tap(anna, "Да").await;
    story.advance(minutes(14)).await;
    story.say(anna, "И коробка мятая").await;
    story.advance(minutes(14)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Комментарий записан. Если хотите добавить что-то ещё, просто напишите.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    story.advance(minutes(1)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Комментарий записан.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    // What comes later belongs to the case.
    story.say(anna, "Ау").await;
    assert!(story.last(anna).contains("Передали."), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn change_goes_by_itself_when_nothing_can_be_changed_any_more() {
    let (story, anna) = asked("").await;
    story.tap(anna, "5").await;
    story.tap(anna, "Да").await;
    story.advance(hours(71)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    story.tap(anna, "Изменить").await;
    story.advance(hours(1)).await;
    assert_snapshot!(story.last(anna), @"Bot (edited): Спасибо! Мы читаем каждый ответ.");
    assert_eq!(story.state("purchase-1").await, "completed");
    story.end().await;
}

#[tokio::test]
async fn the_total_is_the_longest_way_that_is_left_and_never_grows() {
    let (story, anna) = asked("").await;
    assert!(story.last(anna).contains("Вопрос 1 из 3"), "{}", story.last(anna));
    story.tap(anna, "5").await;
    assert!(story.last(anna).contains("Вопрос 2 из 3"), "{}", story.last(anna));
    story.tap(anna, "Нет").await;
    assert!(story.last(anna).contains("Вопрос 3 из 3"), "{}", story.last(anna));
    story.tap(anna, "Назад").await;
    assert!(story.last(anna).contains("Вопрос 2 из 3"), "{}", story.last(anna));
    story.tap(anna, "Да").await;
    assert!(story.last(anna).contains("Спасибо! Мы читаем"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn the_thanks_after_a_low_score_say_what_happens_next() {
    let thanked = async |send: &str, score: &str| {
        let (story, anna) = asked(send).await;
        story.tap(anna, score).await;
        if score == "1" {
            story.tap(anna, "Пропустить").await;
        }
        story.tap(anna, "Да").await;
        let last = story.last(anna);
        story.end().await;
        last
    };
    assert_snapshot!(thanked("", "1").await, @r"
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    let own = "thanks = { ru = \"Ждём вас снова!\", en = \"See you again!\" }";
    assert_snapshot!(thanked(own, "1").await, @r"
    Bot (edited): Ждём вас снова!

      Передали ваш ответ тем, кто может это исправить.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    assert_snapshot!(thanked(own, "5").await, @r"
    Bot (edited): Ждём вас снова!
      [ Изменить ответ ]
    ");
}
