//! Erasing while something is going on: an open survey, a message on its way, alerts of every kind, a customer who comes
//! again.

use afterword::domain::ids::PersonId;
use afterword::sandbox::{Fault, Media};
use insta::assert_snapshot;
use serde_json::json;

use super::erasing::contents;
use crate::harness::{Person, Setting, Story, hours, minutes};

async fn asked(story: &Story, customer: &str) -> Person {
    let person = story.customer("Анна", customer).await;
    story.purchase(customer, customer, json!({"customer": {"name": "Анна"}})).await;
    story.advance(hours(3)).await;
    person
}

async fn erase(story: &Story, customer: &str) {
    let (status, answer) = story.delete(&format!("/v1/customers/{customer}")).await;
    assert_eq!(status, 200, "{answer}");
    story.advance(minutes(1)).await;
}

#[tokio::test]
async fn an_open_survey_ends_where_it_is_and_a_late_tap_is_told_so() {
    let story = Story::new().await;
    let anna = asked(&story, "C-1").await;
    story.tap(anna, "3").await;
    let survey = story.world.last_message(anna.id).unwrap();
    erase(&story, "C-1").await;
    assert_snapshot!(story.last(anna), @"Bot (edited): Этот опрос закрыт: ваши данные стёрты.");
    assert_eq!(story.state("purchase-C-1").await, "partial(stopped)");
    assert_eq!(story.way("purchase-C-1").await, "received → scheduled → sending → sent → started → partial");
    let stale = story.tap_stale(anna, survey.id, "9").await;
    assert_eq!(stale, "Этот опрос уже завершён. Спасибо!");
    story.say(anna, "Ещё вот что").await;
    assert!(story.last(anna).contains("Спасибо, передали: обращение №"), "{}", story.last(anna));
    assert_snapshot!(story.answered(&["question", "value", "customer_id", "text"]).await, @"overall · 3");
    story.end().await;
}

#[tokio::test]
async fn an_untouched_survey_counts_as_refused_and_in_english_it_says_so_too() {
    let story = Story::new().await;
    let anna = story.person_in("Anna", Some("en"));
    story.link(anna, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    erase(&story, "C-1").await;
    assert_snapshot!(story.last(anna), @"Bot (edited): This survey is over: your data was erased.");
    assert_eq!(story.state("purchase-1").await, "refused");
    story.end().await;
}

#[tokio::test]
async fn what_is_on_its_way_is_taken_away_when_it_arrives_and_what_waits_is_never_sent() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({"customer": {"name": "Анна"}})).await;
    let (held, gate) = Fault::held();
    story.world.fault(held.on("sendMessage").chat(anna.id));
    let sent = story.world.sent_count(anna.id);
    for _ in 0..6 {
        story.clock.advance(minutes(30));
        tokio::time::timeout(std::time::Duration::from_millis(300), story.stage.settle()).await.ok();
    }
    gate.arrived(1).await;
    let url = format!("http://{}/v1/customers/C-1", story.running.addr);
    let client = reqwest::Client::new();
    let erased = client.delete(url).bearer_auth(crate::harness::API_KEY).send().await.unwrap();
    assert_eq!(erased.status(), 200);
    gate.open();
    story.settle().await;
    story.advance(minutes(1)).await;
    assert_eq!(story.world.calls("deleteMessage"), 1);
    assert!(!story.chat(anna).contains("Анна, здравствуйте"), "{}", story.chat(anna));
    assert!(story.world.sent_count(anna.id) <= sent + 1);
    assert_eq!(story.state("purchase-1").await, "refused");
    story.end().await;
}

#[tokio::test]
async fn forgetting_names_no_customer_and_asks_again_when_those_concerned_have_changed() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("T-0", "C-1", json!({"kind": "ticket_opened", "customer": {"name": "Анна <3"}})).await;
    story.say(anna, "/forget").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Стереть всё, что мы о вас знаем?

      Это касается всех заказов и обращений, с которыми связан этот чат.

      Сотрём имена, сообщения, файлы, заказы и связь с этим чатом. Оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.
      [ Стереть всё ]
      [ Оставить как есть ]
    ");
    assert_eq!(story.tap(anna, "Оставить").await, "Ничего не стёрто");
    assert_eq!(story.get("/v1/customers/C-1").await.0, 200);
    story.advance(minutes(1)).await;
    story.say(anna, "/forget").await;
    story.link(anna, "C-2").await;
    assert_eq!(story.tap(anna, "Стереть всё").await, "Данные изменились, посмотрите ещё раз");
    assert_eq!(story.get("/v1/customers/C-1").await.0, 200);
    let question = story.world.messages(anna.id).into_iter().rev().find(|m| !m.keyboard.is_empty()).unwrap();
    assert!(question.text.plain.contains("клиентов, которых у нас 2"), "{}", question.text.plain);
    story.touch(anna, "Стереть всё");
    assert_eq!(story.tap(anna, "Стереть всё").await, "Стёрто");
    for customer in ["C-1", "C-2"] {
        assert_eq!(story.get(&format!("/v1/customers/{customer}")).await.0, 404);
    }
    assert_snapshot!(story.world.shown(anna.id, question.id), @r"
    Bot (edited): Готово: всё о вас стёрто.

      Если снова что-то купите или обратитесь к нам, мы можем спросить ещё раз. Чтобы опросов не было совсем, отправьте /stop.
    ");
    story.end().await;
}

#[tokio::test]
async fn somebody_elses_button_and_a_stranger_erase_nothing_of_others() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let eve = story.person("Ева");
    story.start(eve).await;
    story.say(anna, "/forget").await;
    let question = story.world.last_message(anna.id).unwrap();
    let afterword::sandbox::Action::Callback(data) = question.keyboard[0][0].action.clone() else {
        panic!("no callback")
    };
    let toast = story.forge(eve, eve.id, 2, &data).await;
    assert_eq!(toast, "Данные изменились, посмотрите ещё раз");
    let in_group = story.forge(eve, story.leads, 1, &data).await;
    assert_eq!(in_group, "Этот опрос адресован не вам");
    assert_eq!(story.get("/v1/customers/C-1").await.0, 200);
    // Whoever is no customer has a name and a language with us.
    story.say(eve, "/forget").await;
    assert!(story.last(eve).contains("чем вы поделились здесь"), "{}", story.last(eve));
    story.tap(eve, "Стереть всё").await;
    assert!(
        story.running.db.read().await.unwrap().find_person(PersonId::new(eve.id)).await.unwrap().is_none()
    );
    story.end().await;
}

#[tokio::test]
async fn a_lead_keeps_the_role_and_the_alerts() {
    let story = Story::new().await;
    story.say(story.lead, "/forget").await;
    assert!(story.last(story.lead).contains("ваша роль останется"), "{}", story.last(story.lead));
    story.tap(story.lead, "Стереть всё").await;
    story.say(story.lead, "/alerts").await;
    let anna = asked(&story, "C-1").await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    assert!(story.last(story.lead).contains("Плохая оценка"), "{}", story.last(story.lead));
    story.end().await;
}

#[tokio::test]
async fn an_erased_customer_who_buys_again_is_a_new_one() {
    let story = Story::new().await;
    let anna = asked(&story, "C-1").await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    erase(&story, "C-1").await;
    story.advance(hours(24)).await;
    let link = story.purchase("again", "C-1", json!({})).await.expect("nobody knows the chat any more");
    story.follow(anna, &link).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.advance(minutes(1)).await;
    assert!(!story.alerts().contains("Раньше"), "{}", story.alerts());
    let (_, record) = story.get("/v1/customers/C-1").await;
    assert_eq!(record["events"].as_array().unwrap().len(), 1);
    story.end().await;
}

#[tokio::test]
pub async fn whoever_wanted_no_surveys_still_wants_none_when_they_are_known_again() {
    let story = Story::new().await;
    let (anna, boris) = (story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await);
    for person in [anna, boris] {
        story.say(person, "/stop").await;
        story.say(person, "/forget").await;
        story.tap(person, "Стереть всё").await;
        assert!(story.last(person).contains("Опросов по-прежнему не будет"), "{}", story.last(person));
    }
    // One comes back by an event, the other by themselves.
    story.purchase("1", "C-1", json!({"customer": {"telegram_id": anna.id}})).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(opted_out)");
    story.start(boris).await;
    assert!(story.last(boris).contains("опросы для вас выключены"), "{}", story.last(boris));
    story.tap(boris, "Снова получать опросы").await;
    let link = story.purchase("2", "C-2", json!({})).await.unwrap();
    story.follow(boris, &link).await;
    assert_eq!(story.state("purchase-2").await, "scheduled");
    story.end().await;
}

#[tokio::test]
async fn of_two_customers_of_one_person_the_other_stays() {
    let story = Story::new().await;
    let anna = asked(&story, "C-1").await;
    story.link(anna, "C-2").await;
    erase(&story, "C-1").await;
    let (_, record) = story.get("/v1/customers/C-2").await;
    assert_eq!(record["persons"][0]["telegram_id"], json!(anna.id));
    story.advance(hours(24)).await;
    assert_eq!(story.purchase("2", "C-2", json!({})).await, None);
    story.advance(hours(3)).await;
    assert!(story.last(anna).contains("Вопрос 1 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn what_was_copied_long_ago_loses_its_words_where_it_cannot_be_deleted() {
    let story = Story::new().await;
    let anna = asked(&story, "C-1").await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    story.world.send_photo(anna.id, Some("Подпись"));
    story.settle().await;
    story.advance(minutes(1)).await;
    story.world.send_video_note(anna.id, 5);
    story.settle().await;
    story.advance(hours(60)).await;
    erase(&story, "C-1").await;
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): Стёрто: данные клиента удалены. Оценка осталась в статистике, без имени и слов.
    Bot (edited) (to 2): (photo) Стёрто: данные клиента удалены.
    Bot (to 2): (video note 0:05)
    Bot (to 2): ⏰ №101: ответить до 22.11 18:00, осталось 3 ч 58 мин. Обращение свободно.
    Bot (to 2): ⏰ №101: решить до 23.11 18:00, осталось 3 ч 58 мин. Обращение свободно.
    ");
    story.end().await;
}

#[tokio::test]
async fn an_alert_that_nobody_could_be_told_is_forgotten() {
    let story = Setting::new().await.set("ALERT_CHATS", "").set("ADMIN_IDS", "").start().await;
    let anna = asked(&story, "C-1").await;
    story.tap(anna, "1").await;
    assert_eq!(story.running.db.read().await.unwrap().backlog().await.unwrap().alerts_waiting, 1);
    erase(&story, "C-1").await;
    assert_eq!(story.running.db.read().await.unwrap().backlog().await.unwrap().alerts_waiting, 0);
    story.end().await;
}

#[tokio::test]
async fn a_message_that_lists_many_alerts_is_shown_without_the_erased_one() {
    let story = Story::new().await;
    let mut people = Vec::new();
    for number in 1..=13 {
        let customer = format!("C-{number}");
        let person = story.customer("Анна", &customer).await;
        let more = json!({"customer": {"name": format!("Имя-{number}")}});
        story.purchase(&number.to_string(), &customer, more).await;
        people.push(person);
    }
    story.advance(hours(3)).await;
    for person in &people {
        story.tap(*person, "1").await;
    }
    story.advance(minutes(5)).await;
    let fold = |story: &Story| {
        story.world.messages(story.leads).into_iter().find(|m| m.text.plain.contains("Имя-13")).map(|m| m.id)
    };
    let message = fold(&story).expect("a fold");
    for customer in ["C-13", "C-12", "C-1"] {
        erase(&story, customer).await;
    }
    story.advance(minutes(2)).await;
    assert_eq!(fold(&story), None);
    assert_snapshot!(story.world.shown(story.leads, message), @r"
    Bot (edited): 🔴 Ещё 8 плохих оценок за несколько минут
      Их слишком много, чтобы слать по одной. Последние сверху:

      №111 · 🔴 1 из 10 · Имя-11, C-11 · №11
      Насколько вы довольны покупкой в целом?

      №110 · 🔴 1 из 10 · Имя-10, C-10 · №10
      Насколько вы довольны покупкой в целом?

      №109 · 🔴 1 из 10 · Имя-9, C-9 · №9
      Насколько вы довольны покупкой в целом?

      №108 · 🔴 1 из 10 · Имя-8, C-8 · №8
      Насколько вы довольны покупкой в целом?

      №107 · 🔴 1 из 10 · Имя-7, C-7 · №7
      Насколько вы довольны покупкой в целом?

      №106 · 🔴 1 из 10 · Имя-6, C-6 · №6
      Насколько вы довольны покупкой в целом?

      …и ещё 2 — раньше
      [ №111 | №110 | №109 | №108 | №107 | №106 ]
    ");
    assert!(!story.alerts().contains("Имя-1,"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn comments_and_details_are_kept_as_long_as_they_may_be() {
    let story = Setting::new().await.set("RETENTION", "30d").start().await;
    let anna = story.customer("Анна", "C-1").await;
    let more = json!({
        "customer": {"name": "Аграфена Давняя", "phone": "+79995550123"},
        "subject": {"title": "Давний заказ"}, "tags": ["delivery"], "extra": {"note": "давняя заметка"},
    });
    story.purchase("1", "C-1", more).await;
    story.advance(hours(3)).await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    story.say(anna, "Давние слова").await;
    story.advance(minutes(1)).await;
    story.world.send_media(anna.id, Media::Photo, Some("Давняя подпись"));
    story.settle().await;
    story.advance(hours(24 * 29)).await;
    story.purchase("2", "C-1", json!({"subject": {"title": "Новый заказ"}})).await;
    story.advance(hours(20)).await;
    let words = [
        "Давние слова",
        "Давняя подпись",
        "Аграфена Давняя",
        "Давний заказ",
        "давняя заметка",
        "+79995550123",
    ];
    let text = async || {
        let contents = contents(&story).await;
        contents.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect::<String>()
    };
    let before = text().await;
    assert!(words.iter().all(|words| before.contains(words)), "nothing is to go yet");
    story.advance(hours(8)).await;
    let after = text().await;
    let left: Vec<&&str> = words.iter().filter(|words| after.contains(**words)).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(after.contains("Новый заказ"));
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00
      ⏰ Срок прошёл: 22.11 18:00

      🗂 Обращение по оценке, подробности стёрты

      Клиент: C-1
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (edited) (to 2): (photo) Стёрто: срок хранения вышел.
    Bot (to 2): ⏰ №101: ответить до 22.11 18:00, осталось 46 мин 0 с. Обращение свободно.
    Bot (to 2): ⏰ №101: решить до 23.11 18:00, осталось 1 ч 34 мин. Обращение свободно.
    ");
    // Whose it was stays known, and what was answered.
    assert_snapshot!(
        story.answered(&["event_id", "customer_id", "question", "metric", "value", "text", "tags"]).await,
        @"purchase-1 · C-1 · overall · csi · 1 · delivery"
    );
    let (_, record) = story.get("/v1/customers/C-1").await;
    assert_eq!(record["persons"][0]["telegram_id"], json!(anna.id));
    let again = json!({
        "event_id": "purchase-1", "kind": "purchase", "occurred_at": story.clock.now().to_rfc3339(),
        "customer": {"id": "C-1"},
    });
    assert_eq!(story.post(&again).await.0, 200);
    story.end().await;
}

#[tokio::test]
pub async fn what_arrived_while_the_clock_was_ahead_is_kept_by_that_clock_and_nothing_else_is() {
    const YEAR: i64 = 365 * 24 * 3_600_000;
    let story = Setting::new().await.set("RETENTION", "30d").start().await;
    let details =
        |title: &str| json!({"subject": {"title": title}, "occurred_at": story.clock.now().to_rfc3339()});
    story.purchase("1", "C-1", details("Заказ до")).await;
    story.clock.step(YEAR);
    story.purchase("2", "C-2", details("Заказ вперёд")).await;
    story.clock.step(-YEAR);
    story.purchase("3", "C-3", details("Заказ после")).await;
    let kept = async || {
        let contents = contents(&story).await;
        let text: String =
            contents.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
        ["Заказ до", "Заказ вперёд", "Заказ после"].map(|title| text.contains(title))
    };
    assert_eq!(kept().await, [true, true, true]);
    story.advance(hours(24 * 31)).await;
    assert_eq!(kept().await, [false, true, false]);
    story.advance(hours(24 * 366)).await;
    assert_eq!(kept().await, [false, false, false]);
    story.end().await;
}
