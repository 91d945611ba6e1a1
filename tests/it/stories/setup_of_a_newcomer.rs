//! The first admin: five taps from nothing to a live survey, then a test on oneself.

use afterword::service::keys::{self, Scope};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

async fn newcomer(language: &str) -> (Story, Person) {
    newcomer_in(Setting::new().await, language).await
}

async fn newcomer_in(setting: Setting, language: &str) -> (Story, Person) {
    let story = setting.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    let admin = story.person_in("Ann", Some(language));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(admin, &link).await;
    (story, admin)
}

/// The last screen, whatever the address of this run.
fn last_screen(story: &Story, admin: Person) -> String {
    story.last(admin).replace(&story.running.ctx.config.api_address(), "ADDRESS")
}

#[tokio::test]
async fn five_taps_lead_from_nothing_to_a_live_survey() {
    let (story, ann) = newcomer("ru").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Готово, вы администратор.

      Шаг 1 из 5

      На каком языке вам удобнее? · Which language do you prefer?
      [ Русский | English ]
    ");
    story.tap(ann, "Русский").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 2 из 5

      Если часовой пояс клиента неизвестен, считаем по Москве: сейчас 15:00. Верно?
      [ Верно ]
      [ Калининград · 14:00 | Самара · 16:00 ]
      [ Екатеринбург · 17:00 | Омск · 18:00 ]
      [ Новосибирск · 19:00 | Иркутск · 20:00 ]
      [ Якутск · 21:00 | Владивосток · 22:00 ]
      [ Магадан · 23:00 | Камчатка · 00:00 ]
      [ Другой город ]
    ");
    story.tap(ann, "Верно").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 3 из 5

      В какие часы клиентов не беспокоить?
      [ 21:00–10:00 | 22:00–09:00 ]
      [ 20:00–11:00 | Можно в любое время ]
    ");
    story.tap(ann, "22:00–09:00").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 4 из 5

      Куда присылать обращения — плохие оценки и просьбы позвать человека? Добавьте бота в группу руководителей и отправьте в ней /alerts. Группы нет — пусть приходят сюда.
      [ Дальше ]
      [ Присылать сюда ]
    ");
    story.world.say_in(story.leads, None, ann.id, "/alerts");
    story.settle().await;
    story.tap(ann, "Дальше").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 5 из 5

      Чат для обращений есть.

      О чём спрашивать клиентов?
      [ О покупках ]
      [ Об обращениях в поддержку ]
      [ И о том, и о другом ]
    ");
    story.tap(ann, "О покупках").await;
    assert_snapshot!(last_screen(&story, ann), @r#"
    Bot (edited): Готово, опрос работает: После покупки.

      Остались события. О каждой покупке и закрытом обращении бот узнаёт из вашей системы, одним запросом:
      curl ADDRESS/v1/events \
        -H "Authorization: Bearer $API_KEY" \
        -H 'Content-Type: application/json' \
        -d '{"event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00Z", "customer": {"id": "C-42"}}'

      Ключ — тот, что в настройке API_KEY на сервере.

      Есть выгрузка? Загрузите файлом: afterword import events.csv. Все поля: ADDRESS/openapi.json

      Пройдите опрос сами, чтобы увидеть его глазами клиента. Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff. Хелпдеск, CRM или магазин подключаются без кода: /hooks.
      [ Пройти самому: После покупки ]
    "#);
    assert_eq!(story.tap(ann, "Пройти самому").await, "Отправляю тестовый опрос");
    story.advance(minutes(1)).await;
    assert!(story.last(ann).contains("🧪"), "{}", story.last(ann));
    // The chosen one asks by its new hours, the other does not ask.
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.ticket("T-1", "C-1", json!({})).await;
    assert_eq!(story.state("ticket_closed-T-1").await, "suppressed(paused)");
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    let live = story.running.db.read().await.unwrap().find_live_script("purchase").await.unwrap().unwrap();
    assert!(live.version == 2 && live.source.contains("quiet_hours = \"22:00-09:00\""), "{}", live.source);
    story.end().await;
}

#[tokio::test]
async fn the_set_up_speaks_english_and_lets_alerts_come_to_the_admin() {
    let (story, ann) = newcomer("en").await;
    story.tap(ann, "English").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 2 of 5

      If a customer’s time zone is unknown, we go by Moscow time: it is 15:00 now. Is that right?
      [ Yes ]
      [ Kaliningrad · 14:00 | Samara · 16:00 ]
      [ Yekaterinburg · 17:00 | Omsk · 18:00 ]
      [ Novosibirsk · 19:00 | Irkutsk · 20:00 ]
      [ Yakutsk · 21:00 | Vladivostok · 22:00 ]
      [ Magadan · 23:00 | Kamchatka · 00:00 ]
      [ Another city ]
    ");
    story.tap(ann, "Yes").await;
    story.tap(ann, "21:00–10:00").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 4 of 5

      Where should cases go: bad scores, and customers who ask for a person? Add the bot to the leads’ group and send /alerts there. No group? Get them here.
      [ Continue ]
      [ Send them here ]
    ");
    story.tap(ann, "Send them here").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 5 of 5

      There is a chat for cases.

      What should customers be asked about?
      [ Purchases ]
      [ Support tickets ]
      [ Both ]
    ");
    story.tap(ann, "Both").await;
    assert_snapshot!(last_screen(&story, ann), @r#"
    Bot (edited): Done, the surveys are live: After a purchase, After a support ticket.

      Events are what is left. Your system tells the bot about each purchase and each closed ticket, in one request:
      curl ADDRESS/v1/events \
        -H "Authorization: Bearer $API_KEY" \
        -H 'Content-Type: application/json' \
        -d '{"event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00Z", "customer": {"id": "C-42"}}'

      The key is the one in the setting API_KEY on the server.

      Have an export? Load the file: afterword import events.csv. All fields: ADDRESS/openapi.json

      Take the surveys yourself to see what customers see. Questions, texts and rules: /scripts. Roles and invitations: /staff. A help desk, a CRM or a shop connects without code: /hooks.
      [ Take it myself: After a purchase ]
      [ Take it myself: After a support ticket ]
    "#);
    let live = story.running.db.read().await.unwrap().find_live_script("support").await.unwrap().unwrap();
    assert_eq!(live.version, 1, "the usual hours need no new version");
    // Both buttons stay, whichever is tapped first.
    let screen = story.world.last_message(ann.id).unwrap().id;
    let before = story.world.shown(ann.id, screen);
    for survey in ["After a purchase", "After a support ticket"] {
        let tap = story.world.tap(ann.id, ann.id, screen, format!("Take it myself: {survey}").as_str());
        story.settle().await;
        assert_eq!(story.toast(&tap.unwrap()), "A test survey is on its way");
        assert_eq!(story.world.shown(ann.id, screen), before);
        story.advance(minutes(1)).await;
        story.tap(ann, "Stop").await;
    }
    let tests = story.world.messages(ann.id).into_iter().filter(|message| message.text.plain.contains("🧪"));
    assert_eq!(tests.count(), 2, "{}", story.chat(ann));
    story.end().await;
}

#[tokio::test]
async fn the_last_step_names_the_key_and_never_says_it() {
    let (story, ann) = newcomer_in(Setting::new().await.set("API_KEY", ""), "ru").await;
    for button in ["Русский", "Верно", "Можно в любое время", "Присылать сюда", "Об обращениях"]
    {
        story.tap(ann, button).await;
    }
    assert_snapshot!(last_screen(&story, ann), @r#"
    Bot (edited): Готово, опрос работает: После обращения.

      Остались события. О каждой покупке и закрытом обращении бот узнаёт из вашей системы, одним запросом:
      curl ADDRESS/v1/events \
        -H "Authorization: Bearer $KEY" \
        -H 'Content-Type: application/json' \
        -d '{"event_id": "ticket-1001", "kind": "ticket_closed", "occurred_at": "2026-11-21T12:00:00Z", "customer": {"id": "C-42"}}'

      Вместо $KEY — ключ. Его пока нет, создайте на сервере: afterword key add shop --scope events

      Есть выгрузка? Загрузите файлом: afterword import events.csv. Все поля: ADDRESS/openapi.json

      Пройдите опрос сами, чтобы увидеть его глазами клиента. Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff. Хелпдеск, CRM или магазин подключаются без кода: /hooks.
      [ Пройти самому: После обращения ]
    "#);
    let mut unit = story.unit().await;
    let read = keys::add(&mut unit, "отчёты", Scope::Read).await.unwrap().unwrap();
    let events = keys::add(&mut unit, "касса", Scope::Events).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    let screen = story.world.last_message(ann.id).unwrap().id;
    story.forge(ann, ann.id, screen, "1u:c31").await;
    let shown = story.last(ann);
    assert!(shown.contains("Вместо $KEY — ключ «касса»"), "{shown}");
    assert!(!shown.contains(&read) && !shown.contains(&events), "{shown}");
    story.end().await;
}

/// A purchase of somebody whose time zone is not known, and what became of it three hours later.
async fn three_hours_after_a_purchase(story: &Story, number: &str) -> String {
    let customer = format!("C-{number}");
    story.customer("Анна", &customer).await;
    story.purchase(number, &customer, json!({})).await;
    story.advance(hours(3)).await;
    story.state(&format!("purchase-{number}")).await
}

#[tokio::test]
async fn a_zone_chosen_by_button_decides_when_customers_are_asked_and_outlives_a_restart() {
    let (mut story, ann) = newcomer("ru").await;
    story.tap(ann, "Русский").await;
    assert_eq!(story.tap(ann, "Владивосток").await, "Часовой пояс: Владивосток, сейчас 22:00");
    assert!(story.last(ann).contains("Шаг 3 из 5"), "{}", story.last(ann));
    story.say(ann, "/staff log").await;
    assert!(
        story.last(ann).contains("21.11.2026 22:00 · Ann: часовой пояс по умолчанию — Asia/Vladivostok"),
        "{}",
        story.last(ann)
    );
    // 15:00 in Moscow: there it is night until 10:00, which is 3:00 in Moscow.
    assert_eq!(three_hours_after_a_purchase(&story, "1").await, "scheduled");
    story.restart().await;
    story.advance(minutes(9 * 60 - 1)).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert_eq!(story.running.ctx.zone().name(), "Asia/Vladivostok");
    story.end().await;
}

#[tokio::test]
async fn the_environment_comes_before_the_zone_that_was_chosen() {
    let (mut story, ann) = newcomer("en").await;
    story.tap(ann, "English").await;
    story.tap(ann, "Vladivostok").await;
    story.reconfigure(|config| config.default_tz = Some(chrono_tz::Europe::Berlin)).await;
    assert_eq!(three_hours_after_a_purchase(&story, "1").await, "sent");
    story.say(ann, "/start").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Hello! You are an admin of this bot.

      What comes next:
      1. Add the bot to the group where the support leads work.
      2. Send /alerts there: cases (bad scores, and customers who ask for a person) will go to that group. If it has topics, send the command in the one you want.
      No group? Send /alerts right here.

      Until a chat takes cases, they go to the admins in private messages.
      [ Set up step by step ]
    ");
    story.tap(ann, "Set up step by step").await;
    story.tap(ann, "English").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 2 of 5

      If a customer’s time zone is unknown, we go by the time in Europe/Berlin: it is 16:00 now. The setting DEFAULT_TZ on the server says so, and it can only be changed there.
      [ Continue ]
    ");
    // A button from before the setting was there.
    let message = story.world.last_message(ann.id).unwrap().id;
    story.forge(ann, ann.id, message, "1u:z3").await;
    assert!(story.last(ann).contains("DEFAULT_TZ"), "{}", story.last(ann));
    story.tap(ann, "Continue").await;
    assert!(story.last(ann).contains("Step 3 of 5"), "{}", story.last(ann));
    story.end().await;
}

#[tokio::test]
pub async fn another_zone_is_named_in_words_and_asked_for_again_until_there_is_such_a_one() {
    let (story, ann) = newcomer("en").await;
    story.tap(ann, "English").await;
    story.tap(ann, "Another city").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 2 of 5

      Write your city or time zone, for example Berlin or Asia/Almaty.
      [ ‹ Back ]
    ");
    story.advance(minutes(1)).await;
    story.say(ann, "Mars <3").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Step 2 of 5

      There is no time zone “Mars <3”.

      Write your city or time zone, for example Berlin or Asia/Almaty.
      [ ‹ Back ]
    ");
    story.world.send_voice(ann.id, 3);
    story.settle().await;
    assert_eq!(story.last(ann), "Bot: Please write it as text.\n");
    story.advance(minutes(1)).await;
    story.say(ann, "new york").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Time zone: America/New_York, it is 07:02 now

      Step 3 of 5

      During which hours should customers not be disturbed?
      [ 21:00–10:00 | 22:00–09:00 ]
      [ 20:00–11:00 | Any time is fine ]
    ");
    story.say(ann, "Europe/Berlin").await;
    assert_eq!(story.running.ctx.zone().name(), "America/New_York", "nothing was asked any more");
    story.end().await;
}

#[tokio::test]
async fn a_zone_is_asked_for_in_russian_and_not_waited_for_after_another_tap() {
    let (story, ann) = newcomer("ru").await;
    story.tap(ann, "Русский").await;
    story.tap(ann, "Другой город").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 2 из 5

      Напишите латиницей свой город или часовой пояс, например Minsk или Asia/Almaty.
      [ ‹ Назад ]
    ");
    story.advance(minutes(1)).await;
    story.say(ann, "Марс").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Шаг 2 из 5

      «Марс» — такого часового пояса нет.

      Напишите латиницей свой город или часовой пояс, например Minsk или Asia/Almaty.
      [ ‹ Назад ]
    ");
    story.tap(ann, "Назад").await;
    story.say(ann, "Asia/Almaty").await;
    assert!(story.last(ann).contains("Чтобы ответить клиенту"), "{}", story.last(ann));
    assert_eq!(story.running.ctx.zone().name(), "Europe/Moscow");
    story.end().await;
}
