//! Persons: the first words, links, stopping and resuming, blocking, and what belongs to no survey.

use afterword::domain::time::Timestamp;
use afterword::sandbox::{GroupKind, Media};
use serde_json::{Value, json};

use crate::harness::{Setting, Story, hours, minutes};

const THREE_HOURS_LATER: std::time::Duration = hours(3);

#[tokio::test]
async fn whoever_starts_without_a_link_is_told_who_asks_how_often_and_how_to_stop() {
    let story = Setting::new().await.set("PRIVACY_URL", "https://shop.example/privacy").start().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    insta::assert_snapshot!(story.chat(anna), @r"
    Анна: /start
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Чтобы мы знали, о чём вас спрашивать, откройте личную ссылку или QR-код: они есть в чеке, на странице заказа или в письме от нас.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Как мы обращаемся с вашими данными <https://shop.example/privacy>
      Что мы о вас храним и зачем: /privacy
    ");
    let ann = story.person_in("Ann", Some("en-GB"));
    story.say(ann, "/help").await;
    insta::assert_snapshot!(story.last(ann), @r"
    Bot: What you can do:

      /start — who we are and what this bot is for
      /human — talk to a person
      /language — choose the language · язык
      /privacy — what we keep about you, and why
      /stop — get no more surveys
      /forget — erase everything we know about you
      /help — what the bot can do
    ");
    story.end().await;
}

#[tokio::test]
pub async fn the_newest_link_wins_and_an_old_one_does_not_take_the_customer_back() {
    let story = Story::new().await;
    let first = story.purchase("1", "C-1", json!({})).await.unwrap();
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    story.follow(anna, &first).await;
    story.advance(hours(24 * 31)).await;
    let mut unit = story.unit().await;
    let second = afterword::service::events::personal_link(&mut unit, "C-1").await.unwrap();
    unit.commit().await.unwrap();
    story.follow(boris, &second.unwrap().url).await;
    assert!(story.last(boris).contains("Готово"), "{}", story.last(boris));
    story.follow(anna, &first).await;
    assert!(story.last(anna).contains("больше не действует"), "{}", story.last(anna));
    story.purchase("2", "C-1", json!({})).await;
    story.advance(THREE_HOURS_LATER).await;
    assert!(story.last(boris).contains("Борис") || story.last(boris).contains("Вопрос 1 из 3"));
    story.end().await;
}

#[tokio::test]
async fn a_survey_that_was_due_when_its_customer_stopped_is_not_asked() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.say(anna, "/stop").await;
    story.advance(THREE_HOURS_LATER).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(opted_out)");
    story.start(anna).await;
    assert!(story.last(anna).contains("опросы для вас выключены"), "{}", story.last(anna));
    assert_eq!(story.tap(anna, "Снова получать опросы").await, "Опросы снова включены");
    story.end().await;
}

#[tokio::test]
pub async fn what_belongs_to_no_survey_gets_an_honest_answer_and_an_album_gets_one() {
    let story = Setting::new().await.set("FREE_MESSAGES", "off").start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "Где мой заказ?").await;
    assert!(story.last(anna).contains("здесь его никто не прочитает"), "{}", story.last(anna));
    let before = story.world.sent_count(anna.id);
    story.advance(minutes(1)).await;
    story.world.send_album(anna.id, &[Media::Photo, Media::Photo, Media::Photo], Some("вот"));
    story.settle().await;
    assert_eq!(story.world.sent_count(anna.id), before + 1);
    story.world.send_media(anna.id, Media::Sticker { emoji: "😡".to_owned() }, None);
    story.settle().await;
    assert!(story.last(anna).contains("сохранить не получится"), "{}", story.last(anna));
    story.say(anna, "/price").await;
    assert!(story.last(anna).contains("Такой команды нет"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn forged_buttons_and_other_peoples_surveys_store_nothing_and_end_the_spinner() {
    let story = Story::new().await;
    let (anna, boris) = (story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await);
    story.purchase("1", "C-1", json!({})).await;
    story.advance(THREE_HOURS_LATER).await;
    let survey = story.world.last_message(anna.id).unwrap();
    let data = survey.keyboard.iter().flatten().find_map(|button| match &button.action {
        afterword::sandbox::Action::Callback(data) => Some(data.clone()),
        afterword::sandbox::Action::Url(_) => None,
    });
    let data = data.unwrap();
    let his = story.world.last_message(boris.id).unwrap().id;
    assert_eq!(story.forge(boris, boris.id, his, &data).await, "Этот опрос адресован не вам");
    let group = story.world.add_group("Чужая", GroupKind::Supergroup, boris.id);
    let there = story.world.say_in(group, None, boris.id, "/help");
    story.settle().await;
    assert_eq!(story.forge(boris, group, there + 1, &data).await, "Этот опрос адресован не вам");
    for forged in ["", "1s:zzz:1:v3", "2s:1:1:v3", "DROP TABLE"] {
        assert_eq!(story.forge(anna, anna.id, survey.id, forged).await, "Эта кнопка больше не действует");
    }
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn a_telegram_id_that_never_wrote_waits_for_its_start() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    story.purchase("1", "C-1", json!({ "customer": { "telegram_id": anna.id } })).await;
    story.advance(THREE_HOURS_LATER).await;
    assert_eq!(story.state("purchase-1").await, "waiting_for_link");
    story.start(anna).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    story.settle().await;
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn an_event_that_comes_late_does_not_change_who_the_customer_is() {
    let story = Story::new().await;
    let known = async |order: &str, hours_ago: i64, customer: Value| {
        let at = Timestamp::from_millis(story.clock.now().millis() - hours_ago * 3_600_000);
        let more = json!({ "occurred_at": at.to_rfc3339(), "customer": customer });
        story.purchase(order, "C-1", more).await;
        let (_, record) = story.get("/v1/customers/C-1").await;
        (record["name"].as_str().unwrap().to_owned(), record["persons"][0]["telegram_id"].as_i64())
    };
    let anna = |person: i64| json!({ "name": "Анна", "telegram_id": person });
    assert_eq!(known("1", 9, anna(71)).await, ("Анна".to_owned(), Some(71)));
    assert_eq!(known("2", 3, anna(71)).await, ("Анна".to_owned(), Some(71)));
    // It happened between the two, which say the same.
    let late = json!({ "name": "Аня", "telegram_id": 72 });
    assert_eq!(known("3", 6, late.clone()).await, ("Анна".to_owned(), Some(71)));
    assert_eq!(known("4", 1, late).await, ("Аня".to_owned(), Some(72)));
    story.end().await;
}
