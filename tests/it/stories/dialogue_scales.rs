//! Each scale with each metric that is special on it: what a Russian and an English customer see, and what is stored.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, script};

/// Анна and John, asked the same.
struct Two {
    story: Story,
    anna: Person,
    john: Person,
}

async fn asked(questions: &str) -> Two {
    let story = Story::new().await;
    story.publish(&script("own", "", "", questions)).await;
    let anna = story.customer("Анна", "C-ru").await;
    let john = story.person_in("John", Some("en-GB"));
    story.link(john, "C-en").await;
    story.purchase("ru", "C-ru", json!({})).await;
    story.purchase("en", "C-en", json!({})).await;
    story.advance(hours(3)).await;
    Two { story, anna, john }
}

impl Two {
    fn shown(&self) -> String {
        self.story.last(self.anna) + &self.story.last(self.john)
    }

    async fn tap(&self, anna: &str, john: &str) {
        assert_eq!(self.story.tap(self.anna, anna).await, "");
        assert_eq!(self.story.tap(self.john, john).await, "");
    }

    async fn stored(&self) -> String {
        self.story.answered(&["event_id", "metric", "scale", "value", "options", "band", "text"]).await
    }
}

fn question(metric: &str, scale: &str, more: &str) -> String {
    format!(
        "[[questions]]\nkey = \"q\"\nmetric = \"{metric}\"\nscale = \"{scale}\"\n\
         text = {{ ru = \"Порекомендуете нас?\", en = \"Would you recommend us?\" }}\n{more}\n"
    )
}

#[tokio::test]
async fn three_smileys() {
    let two = asked(&question("csi", "smiley3", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    Bot: Would you recommend us?
      [ 🙁 Bad | 😐 Okay | 🙂 Great ]
      [ Stop ]
    ");
    two.tap("😐 Нормально", "🙂 Great").await;
    assert_snapshot!(two.shown(), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    Bot (edited): Thank you! We read every answer.
      [ Change an answer ]
    ");
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · csi · smiley3 · 2 · neutral
    purchase-en · csi · smiley3 · 3 · high
    ");
    two.story.end().await;
}

#[tokio::test]
async fn one_to_five() {
    let two = asked(&question("csat", "1-5", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    Bot: Would you recommend us?

      1 = very bad, 5 = excellent
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Stop ]
    ");
    two.tap("3", "4").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · csat · 1-5 · 3 · neutral
    purchase-en · csat · 1-5 · 4 · high
    ");
    two.story.end().await;
}

#[tokio::test]
async fn effort_where_a_high_number_is_easy() {
    let two = asked(&question("ces", "1-7", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      1 — очень трудно, 7 — очень легко
      [ 1 | 2 | 3 | 4 | 5 | 6 | 7 ]
      [ Остановить ]
    Bot: Would you recommend us?

      1 = very difficult, 7 = very easy
      [ 1 | 2 | 3 | 4 | 5 | 6 | 7 ]
      [ Stop ]
    ");
    two.tap("7", "3").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · ces · 1-7 · 7 · high
    purchase-en · ces · 1-7 · 3 · low
    ");
    two.story.end().await;
}

#[tokio::test]
async fn effort_where_a_high_number_is_hard() {
    let two = asked(&question("ces", "1-7", "orientation = \"high_is_hard\"")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      1 — очень легко, 7 — очень трудно
      [ 1 | 2 | 3 | 4 | 5 | 6 | 7 ]
      [ Остановить ]
    Bot: Would you recommend us?

      1 = very easy, 7 = very difficult
      [ 1 | 2 | 3 | 4 | 5 | 6 | 7 ]
      [ Stop ]
    ");
    two.tap("7", "3").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · ces · 1-7 · 7 · low
    purchase-en · ces · 1-7 · 3 · high
    ");
    two.story.end().await;
}

#[tokio::test]
async fn one_to_ten() {
    let two = asked(&question("csi", "1-10", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      1 — совсем плохо, 10 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    Bot: Would you recommend us?

      1 = very bad, 10 = excellent
      [ 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Stop ]
    ");
    two.tap("10", "6").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · csi · 1-10 · 10 · high
    purchase-en · csi · 1-10 · 6 · neutral
    ");
    two.story.end().await;
}

#[tokio::test]
async fn nought_to_ten() {
    let two = asked(&question("csat", "0-10", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      0 — совсем плохо, 10 — отлично
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    Bot: Would you recommend us?

      0 = very bad, 10 = excellent
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Stop ]
    ");
    two.tap("0", "8").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · csat · 0-10 · 0 · low
    purchase-en · csat · 0-10 · 8 · high
    ");
    two.story.end().await;
}

#[tokio::test]
async fn nps_has_bands_of_its_own() {
    let two = asked(&question("nps", "0-10", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      0 — точно не порекомендую, 10 — точно порекомендую
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    Bot: Would you recommend us?

      0 = not at all likely, 10 = extremely likely
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Stop ]
    ");
    two.tap("6", "8").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · nps · 0-10 · 6 · low
    purchase-en · nps · 0-10 · 8 · neutral
    ");
    two.story.end().await;
}

#[tokio::test]
async fn how_important_something_is_is_never_bad() {
    let two = asked(&question("importance", "1-5", "")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      1 — совсем не важно, 5 — очень важно
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    Bot: Would you recommend us?

      1 = not important at all, 5 = very important
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Stop ]
    ");
    two.tap("1", "5").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · importance · 1-5 · 1 · low
    purchase-en · importance · 1-5 · 5 · high
    ");
    assert_eq!(two.story.alerts(), "");
    two.story.end().await;
}

#[tokio::test]
async fn yes_or_no() {
    let low = "[questions.low]\ncomment = { ru = \"Почему?\", en = \"Why?\" }\n";
    let two = asked(&question("csat", "yes-no", low)).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?
      [ Нет | Да ]
      [ Остановить ]
    Bot: Would you recommend us?
      [ No | Yes ]
      [ Stop ]
    ");
    two.tap("Нет", "Yes").await;
    assert_snapshot!(two.shown(), @r"
    Bot (edited): Ваш ответ: Нет

      Почему?

      Можно написать здесь, записать голосовое или прислать фото.
      [ Пропустить ]
      [ ← Назад ]
    Bot (edited): Thank you! We read every answer.
      [ Change an answer ]
    ");
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · csat · yes-no · 0 · low
    purchase-en · csat · yes-no · 1 · high
    ");
    two.story.end().await;
}

const OPTIONS: &str = r#"
[[questions]]
key = "q"
metric = "choice"
text = { ru = "Как вы о нас узнали?", en = "How did you hear of us?" }
options = [
  { key = "web", text = { ru = "В сети", en = "On the web" } },
  { key = "friends", text = { ru = "От друзей", en = "From friends" } },
]
"#;

#[tokio::test]
async fn one_of_several_options() {
    let two = asked(OPTIONS).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Как вы о нас узнали?
      [ В сети ]
      [ От друзей ]
      [ Остановить ]
    Bot: How did you hear of us?
      [ On the web ]
      [ From friends ]
      [ Stop ]
    ");
    two.tap("В сети", "From friends").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · choice · web
    purchase-en · choice · friends
    ");
    two.story.end().await;
}

#[tokio::test]
async fn as_many_options_as_one_likes() {
    let two = asked(&format!("{OPTIONS}multiple = true\n")).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Как вы о нас узнали?

      Можно выбрать несколько вариантов.
      [ В сети ]
      [ От друзей ]
      [ Пропустить ]
      [ Остановить ]
    Bot: How did you hear of us?

      You can choose more than one.
      [ On the web ]
      [ From friends ]
      [ Skip ]
      [ Stop ]
    ");
    two.tap("В сети", "From friends").await;
    two.tap("От друзей", "✓ From friends").await;
    assert_snapshot!(two.shown(), @r"
    Bot (edited): Как вы о нас узнали?

      Можно выбрать несколько вариантов.
      [ ✓ В сети ]
      [ ✓ От друзей ]
      [ Готово ]
    Bot (edited): How did you hear of us?

      You can choose more than one.
      [ On the web ]
      [ From friends ]
      [ Skip ]
      [ Stop ]
    ");
    two.tap("Готово", "Skip").await;
    assert_snapshot!(two.shown(), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    Bot (edited): Thank you! We read every answer.
      [ Change an answer ]
    ");
    assert_snapshot!(two.stored().await, @"purchase-ru · choice · web|friends");
    two.story.end().await;
}

#[tokio::test]
async fn a_question_for_words() {
    let text = "[[questions]]\nkey = \"q\"\nmetric = \"text\"\ntext = { ru = \"Чего не хватает?\", en = \"What is missing?\" }\n";
    let two = asked(text).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Чего не хватает?

      Ответьте сообщением: текстом, голосовым или фото.
      [ Пропустить ]
      [ Остановить ]
    Bot: What is missing?

      Answer with a message: text, voice or a photo.
      [ Skip ]
      [ Stop ]
    ");
    two.story.say(two.anna, "Скидок").await;
    two.story.world.send_voice(two.john.id, 4);
    two.story.pause().await;
    assert_snapshot!(two.shown(), @r"
    Bot: Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    Bot: Thank you! We read every answer.
      [ Change an answer ]
    ");
    assert_snapshot!(
        two.story.answered(&["event_id", "metric", "text", "attachments"]).await,
        @r"
    purchase-ru · text · Скидок
    purchase-en · text · voice:4:16000:voice-file-1
    "
    );
    two.story.end().await;
}

#[tokio::test]
async fn labels_and_ends_of_the_scripts_own() {
    let own = r#"
ends = { low = { ru = "ни за что", en = "never" }, high = { ru = "уже советую", en = "I do already" } }
labels = { "1" = { ru = "Ни за что на свете", en = "Never" }, "5" = { ru = "Конечно", en = "Sure" } }
"#;
    let two = asked(&question("csat", "1-5", own)).await;
    assert_snapshot!(two.shown(), @r"
    Bot: Порекомендуете нас?

      1 — ни за что, 5 — уже советую
      [ Ни за что на свете ]
      [ 2 ]
      [ 3 ]
      [ 4 ]
      [ Конечно ]
      [ Остановить ]
    Bot: Would you recommend us?

      1 = never, 5 = I do already
      [ Never | 2 | 3 | 4 | Sure ]
      [ Stop ]
    ");
    two.tap("Конечно", "Never").await;
    assert_snapshot!(two.stored().await, @r"
    purchase-ru · csat · 1-5 · 5 · high
    purchase-en · csat · 1-5 · 1 · low
    ");
    two.story.end().await;
}
