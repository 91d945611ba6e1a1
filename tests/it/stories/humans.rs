//! Customers who ask for a human, and what they may ask the bot itself.

use afterword::domain::ids::PersonId;
use afterword::sandbox::{Media, Role};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

async fn customer() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let more =
        json!({ "customer": { "name": "Анна" }, "subject": { "url": "https://shop.example/1?a=1&b=2" } });
    story.purchase("1", "C-1", more).await;
    (story, anna)
}

/// The chat from these words on.
fn since(story: &Story, person: Person, words: &str) -> String {
    let chat = story.chat(person);
    let (_, rest) = chat.split_once(words).unwrap();
    format!("{words}{rest}")
}

#[tokio::test]
async fn a_request_for_a_human_is_a_case_of_which_both_sides_learn_at_once() {
    let (story, anna) = customer().await;
    story.say(anna, "/human").await;
    story.say(anna, "Курьер не приехал").await;
    story.world.send_voice(anna.id, 7);
    story.world.send_media(anna.id, Media::Sticker { emoji: "😡".to_owned() }, None);
    story.settle().await;
    assert_snapshot!(since(&story, anna, "Анна: /human"), @r"
    Анна: /human
    Bot: Передали, что вам нужен человек: обращение №101. Ответим здесь завтра до 15:00. А пока напишите, что случилось.
    Анна: Курьер не приехал
    Bot: Передали.
    Анна: (voice 0:07)
    Анна: (sticker 😡)
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 15:00

      🙋 Нужен человек

      Клиент: Анна, C-1
      Последнее событие: №1 <https://shop.example/1?a=1&b=2>
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 2): Курьер не приехал
    Bot (to 2): (voice 0:07)
    Bot (to 2): (sticker 😡)
    ");
    story.say(anna, "/human ну где же вы").await;
    assert!(story.last(anna).contains("Обращение №101 уже у сотрудников"), "{}", story.last(anna));
    assert!(story.alerts().contains(": /human ну где же вы\n"), "{}", story.alerts());
    assert!(story.alerts().contains("(to 2): 🙋 Нужен человек"), "it rings: {}", story.alerts());
    story.world.tap(story.lead.id, story.leads, 2, "Взять").unwrap();
    story.settle().await;
    story.world.reply_in(story.leads, story.lead.id, 2, "Уже едет");
    story.settle().await;
    assert!(story.chat(anna).ends_with("Bot: Уже едет\n"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
pub async fn whoever_asks_again_after_the_deadline_makes_the_case_urgent() {
    let (story, anna) = customer().await;
    story.say(anna, "/human").await;
    story.advance(hours(12)).await;
    story.say(anna, "/human").await;
    assert_snapshot!(story.last(anna), @"Bot: Обращение №101 уже у сотрудников, ответим здесь сегодня до 15:00. Если есть что добавить, напишите.");
    assert!(!story.alerts().contains("❗"), "{}", story.alerts());
    story.advance(hours(13)).await;
    story.say(anna, "/human").await;
    assert_snapshot!(story.last(anna), @"Bot: Простите за ожидание: ещё раз напомнили сотрудникам об обращении №101.");
    assert!(story.alerts().contains("❗ срочно"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn a_request_joins_the_case_of_a_bad_score_and_one_of_the_team_is_a_test() {
    let (story, anna) = customer().await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.say(anna, "/human").await;
    assert_snapshot!(story.last(anna), @"Bot: Обращение №101 уже у сотрудников, ответим здесь завтра до 18:00. Если есть что добавить, напишите.");
    assert!(!story.alerts().contains("№102"), "{}", story.alerts());
    story.start(story.lead).await;
    story.say(story.lead, "/human").await;
    let alerts = story.alerts();
    let (_, test) = alerts.rsplit_once("№102").unwrap();
    assert!(test.contains("🧪 Тест"), "{alerts}");
    story.advance(hours(25)).await;
    assert!(story.alerts().contains("№102 · закрыто"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn words_with_the_command_go_along_and_edits_follow() {
    let (story, anna) = customer().await;
    let message = story.say(anna, "/human верните деньги").await;
    story.world.edit_own_message(anna.id, anna.id, message, "/human верните деньги за заказ 1");
    story.settle().await;
    assert!(
        story.alerts().contains("Bot (edited) (to 2): /human верните деньги за заказ 1"),
        "{}",
        story.alerts()
    );
    story.end().await;
}

#[tokio::test]
async fn a_survey_goes_on_beside_the_request() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.say(anna, "/human").await;
    story.say(anna, "Это про прошлый раз").await;
    assert_eq!(story.state("ticket_closed-7").await, "sent");
    // Whoever goes on with the survey speaks of that.
    story.tap(anna, "🙁").await;
    story.say(anna, "Не помогли").await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · Не помогли
    ");
    // Asked for again: the words are for the human.
    story.say(anna, "/human").await;
    story.say(anna, "Позвоните").await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · Не помогли
    ");
    assert!(story.alerts().contains("Позвоните"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn a_request_waits_for_somebody_to_tell() {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    let john = story.person_in("John", Some("en"));
    story.link(john, "C-1").await;
    story.say(john, "/human").await;
    story.say(john, "Nobody answers the phone").await;
    story.say(john, "/human").await;
    assert_snapshot!(since(&story, john, "John: /human"), @r"
    John: /human
    Bot: Nobody can reply right now, but case no. 101 is saved and will be passed on. If it is urgent, contact us the usual way.
    John: Nobody answers the phone
    Bot: Nobody can reply right now, but case no. 101 is saved and will be passed on. If it is urgent, contact us the usual way.
    John: /human
    Bot: Nobody can reply right now, but case no. 101 is saved and will be passed on. If it is urgent, contact us the usual way.
    ");
    let (status, ready) = story.get("/readyz").await;
    assert_eq!(status, 503, "{ready}");
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(story.lead, &link).await;
    let chat = story.chat(story.lead);
    let (_, told) = chat.split_once("Русский | English ]\n").unwrap();
    assert!(told.contains("№101 · свободно") && told.contains("🙋 Нужен человек"), "{told}");
    assert!(told.contains("): Nobody answers the phone\n"), "{told}");
    story.advance(minutes(1)).await;
    story.end().await;
}

#[tokio::test]
async fn a_case_that_waits_is_posted_though_a_lead_has_looked_at_its_card() {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    let olga = story.person("Ольга");
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_person(PersonId::new(olga.id), Some("Ольга"), None).await.unwrap();
    tx.upsert_staff(PersonId::new(olga.id), "lead", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    story.start(olga).await;
    let john = story.person_in("John", Some("en"));
    story.link(john, "C-1").await;
    story.say(john, "/human").await;
    story.say(olga, "/cases 101").await;
    assert!(story.chat(olga).contains("№101 · свободно"), "{}", story.chat(olga));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(story.lead, &link).await;
    story.advance(minutes(1)).await;
    assert!(story.chat(story.lead).contains("№101 · свободно"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
async fn a_request_that_a_lost_chat_never_got_goes_to_the_admins() {
    let setting = Setting::new().await;
    setting.world.kick_bot(setting.leads, setting.lead.id);
    let story = setting.start().await;
    story.start(story.lead).await;
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "/human помогите").await;
    assert!(story.chat(story.lead).contains("Нужен человек"), "{}", story.chat(story.lead));
    assert!(story.chat(story.lead).contains("помогите"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
async fn whoever_asked_is_erased_in_the_leads_chats_too() {
    let (story, anna) = customer().await;
    story.say(anna, "/human").await;
    story.say(anna, "Курьер не приехал").await;
    let lena = story.person("Лена");
    story.start(lena).await;
    story.say(lena, "/human верните деньги").await;
    let (status, answer) = story.delete("/v1/customers/C-1").await;
    assert_eq!((status, &answer["alerts"], &answer["copies"]), (200, &json!(1), &json!(1)), "{answer}");
    story.say(lena, "/forget").await;
    story.tap(lena, "Стереть всё").await;
    story.advance(minutes(2)).await;
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): Стёрто: данные клиента удалены.
    Bot (edited): Стёрто: данные клиента удалены.
    ");
    story.end().await;
}

#[tokio::test]
async fn a_question_that_names_the_customer_goes_when_they_are_erased() {
    let (story, anna) = customer().await;
    story.say(anna, "/human").await;
    story.world.tap(story.lead.id, story.leads, 2, "Ответить").unwrap();
    story.settle().await;
    assert!(story.alerts().contains("всё, что пришлёте, уйдёт клиенту"), "{}", story.alerts());
    let (status, answer) = story.delete("/v1/customers/C-1").await;
    assert_eq!(status, 200, "{answer}");
    story.advance(minutes(2)).await;
    assert!(!story.alerts().contains("Анна"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn what_was_said_in_a_request_is_kept_no_longer_than_anything() {
    let story = Setting::new().await.set("RETENTION", "30d").start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "/human").await;
    story.say(anna, "Курьер не приехал").await;
    story.world.tap(story.lead.id, story.leads, 2, "Взять").unwrap();
    story.settle().await;
    for button in ["Закрыть", "Закрыть без ответа", "Доставка", "Написать заметку"]
    {
        story.world.tap(story.lead.id, story.leads, 2, button).unwrap();
        story.settle().await;
    }
    let question = story.world.last_message(story.leads).unwrap();
    story.world.reply_in(story.leads, story.lead.id, question.id, "Привезли сами");
    story.settle().await;
    assert!(story.alerts().contains("№101 · закрыто"), "{}", story.alerts());
    story.advance(hours(24 * 32)).await;
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): Стёрто: срок хранения вышел.
    Bot (edited) (to 2): Стёрто: срок хранения вышел.
    Пётр (to 4): Привезли сами
    ");
    story.end().await;
}

#[tokio::test]
pub async fn whoever_comes_by_a_link_that_does_not_work_can_talk_to_a_person() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    story.world.start(anna.id, Some("no-such-link"));
    story.settle().await;
    assert_eq!(story.tap(anna, "Позвать человека").await, "");
    let said = "Передали, что вам нужен человек: обращение №101. Ответим здесь";
    assert!(story.last(anna).contains(said), "{}", story.last(anna));
    assert!(story.alerts().contains("№101 · свободно"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn whoever_comes_after_the_survey_is_over_can_talk_to_a_person() {
    let (story, anna) = customer().await;
    story.advance(hours(24 * 20)).await;
    assert!(story.last(anna).contains("Опрос завершён, отвечать уже не нужно."), "{}", story.last(anna));
    story.tap(anna, "Позвать человека").await;
    assert!(story.last(anna).contains("обращение №101. Ответим здесь"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn very_many_taps_for_a_human_are_answered_a_few_times_a_minute() {
    let story = Setting::new().await.set("FREE_MESSAGES", "off").start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "Здравствуйте").await;
    let button = story.world.last_message(anna.id).unwrap().id;
    let before = story.world.sent_count(anna.id);
    let mut last = String::new();
    for _ in 0..20 {
        last = story.world.tap(anna.id, anna.id, button, "Позвать человека").unwrap();
    }
    story.settle().await;
    let sent = story.world.sent_count(anna.id) - before;
    assert!((1..=6).contains(&sent), "{sent}: {}", story.chat(anna));
    assert_eq!(story.toast(&last), "Уже сделано");
    story.end_with(|problem| problem.starts_with("twice in chat")).await;
}

#[tokio::test]
async fn in_a_group_a_customers_commands_are_their_own_business() {
    let story = Story::new().await;
    let lena = story.person("Лена");
    story.world.add_member(story.leads, lena.id, Role::Member);
    let before = story.world.sent_count(story.leads);
    for command in ["/human", "/language", "/privacy", "/stop"] {
        story.world.say_in(story.leads, None, lena.id, command);
    }
    story.settle().await;
    assert_eq!(story.world.sent_count(story.leads), before);
    story.end().await;
}

#[tokio::test]
async fn privacy_says_what_is_kept_why_and_how_to_end_it() {
    let story = Setting::new().await.set("PRIVACY_URL", "https://shop.example/privacy").start().await;
    let anna = story.person("Анна");
    story.say(anna, "/privacy").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Что мы храним. Ваше имя и язык в Telegram; имя и номер клиента, заказы и обращения, о которых нам сообщила компания; ваши оценки и всё, что вы сюда написали или прислали.

      Зачем. Чтобы разобраться, если что-то пошло не так, и работать лучше. Оценки и сообщения видят сотрудники, которые за это отвечают.

      Как всё прекратить. /stop сразу выключает опросы. /forget стирает всё, что мы о вас знаем: останутся только оценки без имени.

      Как мы обращаемся с вашими данными <https://shop.example/privacy>
    ");
    let ann = story.person_in("Ann", Some("en"));
    story.say(ann, "/privacy").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: What we keep. Your name and language in Telegram; your customer name and number, and the orders and requests that the company told us about; your scores, and everything you wrote or sent here.

      Why. To sort things out when something went wrong, and to do better. The staff who deal with that see your scores and messages.

      How to end it. /stop turns surveys off at once. /forget erases everything we know about you; only scores without a name stay.

      How we handle your data <https://shop.example/privacy>
    ");
    story.end().await;
}
