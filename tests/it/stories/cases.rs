//! A case from a bad score to its resolution: who has it, what the chats show, and what is refused.

use afterword::domain::ids::{CaseNumber, PersonId};
use afterword::sandbox::{GroupKind, Message, Role};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours, minutes, script, seconds};

/// A customer who has given a bad score, and is asked for the reasons.
async fn bad_score(story: &Story, number: u32, more: Value) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.purchase(&number.to_string(), &customer, more).await;
    story.advance(hours(3)).await;
    story.tap(person, "2").await;
    story.advance(minutes(1)).await;
    person
}

/// A lead who has started the bot and is in the leads' group.
async fn lead(story: &Story, name: &str) -> Person {
    let person = story.person(name);
    story.start(person).await;
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(person.id), "lead", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    story.world.add_member(story.leads, person.id, Role::Member);
    person
}

/// The newest message in a chat that has this button.
fn with_button(story: &Story, chat: i64, button: &str) -> Message {
    let has = |message: &Message| message.keyboard.iter().flatten().any(|known| known.text == button);
    let messages = story.world.messages(chat);
    let found = messages.into_iter().rev().find(has);
    found.unwrap_or_else(|| panic!("no button '{button}' in:\n{}", story.world.transcript(chat)))
}

/// Starts a tap under a post, and returns its ID.
fn touch(story: &Story, person: Person, chat: i64, button: &str) -> String {
    let message = with_button(story, chat, button);
    story.world.tap(person.id, chat, message.id, button).unwrap_or_else(|error| panic!("{error}"))
}

/// Taps under a post, and returns what popped up.
async fn press(story: &Story, person: Person, chat: i64, button: &str) -> String {
    let tap = touch(story, person, chat, button);
    story.settle().await;
    story.advance(seconds(5)).await;
    story.toast(&tap)
}

/// The post of a case in a chat.
fn post(story: &Story, chat: i64, number: i64) -> String {
    let messages = story.world.messages(chat);
    let is_post = |message: &&Message| message.first_text().contains(&format!("{number} ·"));
    let found = messages.iter().find(is_post).unwrap_or_else(|| panic!("{}", story.world.transcript(chat)));
    story.world.shown(chat, found.id)
}

/// The first and the last lines of a post: who has the case, and the buttons.
fn state(story: &Story, chat: i64, number: i64) -> String {
    let post = post(story, chat, number);
    let head = post.lines().take_while(|line| !line.is_empty());
    let buttons = post.lines().filter(|line| line.trim_start().starts_with('['));
    head.chain(buttons).map(str::trim).collect::<Vec<_>>().join("\n")
}

async fn steps(story: &Story, number: i64) -> String {
    let mut tx = story.running.db.read().await.unwrap();
    let steps = tx.list_case_steps(CaseNumber::new(number)).await.unwrap();
    let told = steps.iter().map(|step| match &step.detail {
        Some(detail) => format!("{} {detail}", step.kind),
        None => step.kind.clone(),
    });
    told.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
pub async fn a_bad_score_is_taken_and_resolved_with_a_cause_and_a_note() {
    let story = Story::new().await;
    bad_score(&story, 1, json!({ "subject": { "url": "https://shop.example/orders/1" } })).await;
    let leads = story.leads;
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot: №101 · свободно · ответить до 22.11 18:00
    [ Взять | Ответить ]
    [ Закрыть | Ещё ]
    ");
    assert_eq!(press(&story, story.lead, leads, "Взять").await, "Теперь это обращение ведёте вы");
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot (edited): №101 · ведёт Пётр · ответить до 22.11 18:00
    [ Ответить ]
    [ Закрыть | Ещё ]
    ");
    press(&story, story.lead, leads, "Закрыть").await;
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot (edited): №101 · ведёт Пётр · ответить до 22.11 18:00
    [ Ответить ]
    [ Связались иначе ]
    [ Закрыть без ответа ]
    [ ‹ Назад ]
    ");
    press(&story, story.lead, leads, "Связались иначе").await;
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot (edited): №101 · ведёт Пётр · решить до 23.11 18:00
    [ Знания сотрудника | Тон общения ]
    [ Порядок работы | Шаблон или автоответ ]
    [ Товар или услуга | Доставка ]
    [ Другое ]
    [ ‹ Назад ]
    ");
    press(&story, story.lead, leads, "Доставка").await;
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot (edited): №101 · ведёт Пётр · решить до 23.11 18:00
    [ Написать заметку ]
    [ ‹ Назад ]
    ");
    press(&story, story.lead, leads, "Написать заметку").await;
    let asked = story.world.last_message(leads).unwrap();
    assert_snapshot!(story.world.shown(leads, asked.id), @"Bot (to 2): Пётр <tg://user?id=5000000001>, что сделали для клиента? Ответьте на это сообщение парой слов. №101");
    story.world.reply_in(leads, story.lead.id, asked.id, "Привезли новую коробку");
    story.settle().await;
    story.advance(minutes(1)).await;
    assert_snapshot!(post(&story, leads, 101), @r"
    Bot (edited): ✅ №101 · закрыто 21.11 18:01 · Пётр · Доставка

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      Клиент: C-1
      №1 <https://shop.example/orders/1>
      Покупка: 21.11.2026 15:00
      Опрос: После покупки

      📝 Привезли новую коробку
      [ Открыть снова | Ещё ]
    ");
    assert_snapshot!(steps(&story, 101).await, @"case_opened normal, taken, contacted otherwise, resolved delivery");
    assert!(story.world.messages(leads).iter().all(|message| message.id != asked.id), "the question is gone");
    story.end().await;
}

#[tokio::test]
pub async fn of_two_leads_one_has_the_case_and_the_other_may_take_it_over() {
    let story = Story::new().await;
    let (olga, boris) = (lead(&story, "Ольга").await, lead(&story, "Борис").await);
    bad_score(&story, 1, json!({})).await;
    let leads = story.leads;
    let taps = [olga, boris].map(|lead| touch(&story, lead, leads, "Взять"));
    story.settle().await;
    let toasts = taps.map(|tap| story.toast(&tap));
    assert_snapshot!(toasts.join("\n"), @r"
    Теперь это обращение ведёте вы
    Ведёт Ольга. Нажмите ещё раз, чтобы забрать
    ");
    story.advance(seconds(5)).await;
    // The button of the second tap is where the first one was.
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot (edited): №101 · ведёт Ольга · ответить до 22.11 18:00
    [ Взять | Отпустить ]
    [ История ]
    [ Важность | Категория ]
    [ Связались иначе ]
    [ Не слушать ]
    [ ‹ Назад ]
    ");
    assert_eq!(press(&story, boris, leads, "Взять").await, "Теперь это обращение ведёте вы");
    let shown = with_button(&story, leads, "Закрыть").id;
    let take = "1c:2t:1:t";
    assert!(story.last(olga).contains("Обращение №101 теперь ведёт Борис."), "{}", story.last(olga));
    story.advance(minutes(1)).await;
    assert_eq!(story.forge(olga, leads, shown, take).await, "Ведёт Борис. Нажмите ещё раз, чтобы забрать");
    story.advance(seconds(31)).await;
    assert_eq!(story.forge(olga, leads, shown, take).await, "Ведёт Борис. Нажмите ещё раз, чтобы забрать");
    press(&story, olga, leads, "‹ Назад").await;
    assert_eq!(press(&story, olga, leads, "Закрыть").await, "Ведёт Борис. Нажмите ещё раз, чтобы закрыть");
    assert_eq!(press(&story, olga, leads, "Закрыть").await, "");
    assert!(state(&story, leads, 101).contains("Закрыть без ответа"), "{}", state(&story, leads, 101));
    press(&story, olga, leads, "‹ Назад").await;
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot (edited): №101 · ведёт Борис · ответить до 22.11 18:00
    [ Ответить ]
    [ Закрыть | Ещё ]
    ");
    story.advance(minutes(1)).await;
    story.end().await;
}

#[tokio::test]
pub async fn whoever_has_no_role_changes_nothing_and_no_button_works_elsewhere() {
    let story = Story::new().await;
    bad_score(&story, 1, json!({})).await;
    let stranger = story.person("Прохожий");
    let leads = story.leads;
    let refused = "Эти кнопки для руководителей. Роль выдаёт администратор";
    assert_eq!(press(&story, stranger, leads, "Взять").await, refused);
    let own = story.start(story.lead).await;
    let unknown = story.forge(story.lead, story.lead.id, own, "1c:2t:0:t").await;
    assert!(!unknown.is_empty(), "a message that is no post takes no taps");
    assert_snapshot!(state(&story, leads, 101), @r"
    Bot: №101 · свободно · ответить до 22.11 18:00
    [ Взять | Ответить ]
    [ Закрыть | Ещё ]
    ");
    assert_eq!(steps(&story, 101).await, "case_opened normal");
    story.end().await;
}

#[tokio::test]
pub async fn a_further_bad_score_about_the_same_order_joins_its_case() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    let leads = story.leads;
    let anna = story.ask_in_a_test("Анна", 1).await;
    story.tap(anna, "2").await;
    story.advance(minutes(1)).await;
    let ticket = json!({ "test": true, "subject": { "id": "1" } });
    story.purchase("1-again", "C-1", ticket).await;
    story.advance(seconds(5)).await;
    story.tap(anna, "3").await;
    story.advance(minutes(2)).await;
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 15:00

      🧪 Тест
      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки

      ➕ Ещё оценка: 3 из 10
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 2): ➕ Ещё оценка: 3 из 10
    ");
    assert_eq!(steps(&story, 101).await, "case_opened normal, joined");
    // Another order is another case.
    story.purchase("2", "C-1", json!({ "test": true })).await;
    story.advance(seconds(5)).await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    assert!(state(&story, leads, 102).contains("свободно"), "{}", state(&story, leads, 102));
    story.end().await;
}

#[tokio::test]
pub async fn a_score_that_is_corrected_in_time_closes_its_case_and_a_renewed_fall_reopens_it() {
    let story = Story::new().await;
    let leads = story.leads;
    let question = r#"
[[questions]]
key = "service"
metric = "csi"
scale = "1-10"
text = { ru = "Всё ли хорошо?", en = "Is all well?" }
alert = "low"
"#;
    story.publish(&script("own", "", "", question)).await;
    let anna = bad_score(&story, 1, json!({})).await;
    story.tap(anna, "Изменить ответ").await;
    story.tap(anna, "10").await;
    story.advance(minutes(20)).await;
    let corrected = state(&story, leads, 101);
    assert!(
        corrected.contains("Оценку исправили") && corrected.contains("[ Открыть снова | Ещё ]"),
        "{corrected}"
    );
    story.tap(anna, "Изменить ответ").await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    let again = state(&story, leads, 101);
    // The customer had corrected the score, so the case is not urgent now.
    assert!(again.contains("свободно") && again.contains("🔁 Открыто снова, 1-й раз"), "{again}");
    assert!(!again.contains("срочно"), "{again}");
    assert_eq!(steps(&story, 101).await, "case_opened normal, told, resolved corrected, reopened");
    story.end().await;
}

#[tokio::test]
pub async fn several_chats_show_the_state_and_where_the_owner_works() {
    let setting = Setting::new().await;
    let second = setting.world.add_group("Second", GroupKind::Supergroup, setting.lead.id);
    let chats = format!("{},{second}", setting.leads);
    let story = setting.set("ALERT_CHATS", &chats).start().await;
    story.world.say_in(second, None, story.lead.id, "/alerts");
    story.settle().await;
    story.world.say_in(story.leads, None, story.lead.id, "/alerts");
    story.settle().await;
    let english = with_button(&story, second, "English").id;
    story.world.tap(story.lead.id, second, english, "English").unwrap();
    story.settle().await;
    bad_score(&story, 1, json!({})).await;
    press(&story, story.lead, story.leads, "Взять").await;
    press(&story, story.lead, story.leads, "Ещё").await;
    assert_snapshot!(state(&story, story.leads, 101), @r"
    Bot (edited): №101 · ведёт Пётр · ответить до 22.11 18:00
    [ Взять | Отпустить ]
    [ История ]
    [ Важность | Категория ]
    [ Связались иначе ]
    [ Не слушать ]
    [ ‹ Назад ]
    ");
    assert_snapshot!(post(&story, second, 101), @r"
    Bot (edited): No. 101 · Пётр · reply by 22 Nov 18:00
      Customer's language: Russian

      🔴 Bad score: 2 of 10
      How satisfied are you with your purchase overall?

      Customer: C-1
      №1
      Purchase: 2026-11-21 15:00
      Survey: After a purchase

      Conversation in “Отзывы”
      [ Reply ]
      [ Resolve | More ]
    ");
    press(&story, story.lead, second, "More").await;
    press(&story, story.lead, second, "Severity").await;
    press(&story, story.lead, second, "urgent").await;
    assert_snapshot!(state(&story, story.leads, 101), @r"
    Bot (edited): №101 · ведёт Пётр · ответить до 21.11 22:00
    ❗ срочно
    [ Ответить ]
    [ Закрыть | Ещё ]
    ");
    press(&story, story.lead, second, "More").await;
    assert_eq!(press(&story, story.lead, second, "Release").await, "Обращение свободно");
    assert_snapshot!(state(&story, second, 101), @r"
    Bot (edited): No. 101 · free · reply by 21 Nov 22:00
    ❗ urgent
    Customer's language: Russian
    [ Take | Reply ]
    [ Resolve | More ]
    ");
    assert_snapshot!(steps(&story, 101).await, @"case_opened normal, taken, severity urgent, released");
    story.end().await;
}

#[tokio::test]
pub async fn a_lead_who_loses_the_role_leaves_the_case_free_and_the_chat_is_told() {
    let story = Story::new().await;
    let olga = lead(&story, "Ольга").await;
    bad_score(&story, 1, json!({})).await;
    bad_score(&story, 2, json!({})).await;
    press(&story, olga, story.leads, "Взять").await;
    press(&story, olga, story.leads, "Взять").await;
    let mut unit = story.unit().await;
    afterword::service::staff::take(&mut unit, None, PersonId::new(olga.id)).await.unwrap();
    unit.commit().await.unwrap();
    story.advance(minutes(1)).await;
    let told = story.world.last_message(story.leads).unwrap();
    assert_snapshot!(told.first_text(), @"Ольга больше не в команде. Свободны: №101, №102.");
    for number in [101, 102] {
        assert!(state(&story, story.leads, number).contains("свободно"));
    }
    story.end().await;
}

#[tokio::test]
pub async fn the_case_of_an_erased_customer_is_resolved_and_names_nobody() {
    let story = Story::new().await;
    let olga = lead(&story, "Ольга").await;
    bad_score(&story, 1, json!({})).await;
    press(&story, olga, story.leads, "Взять").await;
    let shown = with_button(&story, story.leads, "Закрыть").id;
    story.delete("/v1/customers/C-1").await;
    story.advance(minutes(1)).await;
    assert_snapshot!(story.world.shown(story.leads, shown), @"Bot (edited): Стёрто: данные клиента удалены. Оценка осталась в статистике, без имени и слов.");
    assert_snapshot!(story.last(olga), @"Bot: №101: клиент стёр свои данные, обращение закрыто.");
    let gone = story.forge(olga, story.leads, shown, "1c:2t:1:r").await;
    assert_eq!(gone, "Данные стёрты, обращения больше нет");
    let mut tx = story.running.db.read().await.unwrap();
    let case = tx.find_case(CaseNumber::new(101)).await.unwrap().unwrap();
    assert_eq!((case.person, case.key, case.subject.id), (None, None, None));
    drop(tx);
    story.end().await;
}
