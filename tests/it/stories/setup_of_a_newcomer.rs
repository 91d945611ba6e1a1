//! The first admin: five taps from nothing to a live survey, then a test on oneself.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

async fn newcomer(language: &str) -> (Story, Person) {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    let admin = story.person_in("Ann", Some(language));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(admin, &link).await;
    (story, admin)
}

#[tokio::test]
async fn five_taps_lead_from_nothing_to_a_live_survey() {
    let (story, ann) = newcomer("ru").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Готово, вы администратор.

      Шаг 1 из 5

      На каком языке вам удобнее? · Which language suits you?
      [ Русский | English ]
    ");
    story.tap(ann, "Русский").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 2 из 5

      Если о клиенте неизвестно, который у него час, считаем по зоне Europe/Moscow: там сейчас 15:00. Верно? Если нет, выберите свою.
      [ Верно ]
      [ Калининград · 14:00 | Самара · 16:00 ]
      [ Екатеринбург · 17:00 | Омск · 18:00 ]
      [ Новосибирск · 19:00 | Иркутск · 20:00 ]
      [ Якутск · 21:00 | Владивосток · 22:00 ]
      [ Магадан · 23:00 | Камчатка · 00:00 ]
      [ Другая ]
    ");
    story.tap(ann, "Верно").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 3 из 5

      В какие часы клиентов не беспокоить?
      [ 21:00–10:00 | 22:00–09:00 ]
      [ 20:00–11:00 | таких часов нет ]
    ");
    story.tap(ann, "22:00–09:00").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 4 из 5

      Куда присылать плохие оценки? Добавьте бота в группу руководителей и отправьте в ней /alerts. Группы нет — пусть приходят сюда.
      [ Дальше ]
      [ Присылать сюда ]
    ");
    story.world.say_in(story.leads, None, ann.id, "/alerts");
    story.settle().await;
    story.tap(ann, "Дальше").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 5 из 5

      Плохие оценки будет кому увидеть.

      О чём спрашивать клиентов?
      [ О покупках ]
      [ Об обращениях в поддержку ]
      [ И о том, и о другом ]
    ");
    story.tap(ann, "О покупках").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Готово, уже работает: После покупки. Вопросы пойдут, когда придут события из вашей системы.

      Пройдите его сами, чтобы увидеть глазами клиента. Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff.
      [ Пройти самому: После покупки ]
    ");
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

      Where a customer's time is not known, we go by Europe/Moscow: it is 15:00 there now. Is that right? If not, choose yours.
      [ Right ]
      [ Kaliningrad · 14:00 | Samara · 16:00 ]
      [ Yekaterinburg · 17:00 | Omsk · 18:00 ]
      [ Novosibirsk · 19:00 | Irkutsk · 20:00 ]
      [ Yakutsk · 21:00 | Vladivostok · 22:00 ]
      [ Magadan · 23:00 | Kamchatka · 00:00 ]
      [ Another ]
    ");
    story.tap(ann, "Right").await;
    story.tap(ann, "21:00–10:00").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 4 of 5

      Where should bad scores go? Add the bot to the leads' group and send /alerts there. No group? Let them come here.
      [ Go on ]
      [ Send them here ]
    ");
    story.tap(ann, "Send them here").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 5 of 5

      Somebody will see bad scores.

      What should customers be asked about?
      [ Purchases ]
      [ Support tickets ]
      [ Both ]
    ");
    story.tap(ann, "Both").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Done, it is live: After a purchase, After a support ticket. It asks as soon as events come from your system.

      Take them yourself to see what customers see. Questions, texts and rules: /scripts. Roles and invitations: /staff.
      [ Take it myself: After a purchase ]
      [ Take it myself: After a support ticket ]
    ");
    let live = story.running.db.read().await.unwrap().find_live_script("support").await.unwrap().unwrap();
    assert_eq!(live.version, 1, "the usual hours need no new version");
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
    assert_eq!(story.tap(ann, "Владивосток").await, "Зона Asia/Vladivostok: там сейчас 22:00");
    assert!(story.last(ann).contains("Шаг 3 из 5"), "{}", story.last(ann));
    story.say(ann, "/staff log").await;
    assert!(story.last(ann).contains("21.11.2026 22:00 · Ann: зона клиентов"), "{}", story.last(ann));
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
      2. Send /alerts there: bad scores will arrive in it. If the group has topics, send the command in the one you want.
      No group? Send /alerts right here.

      As long as no chat is subscribed, bad scores go to the admins in private messages.
      [ Set up step by step ]
    ");
    story.tap(ann, "Set up step by step").await;
    story.tap(ann, "English").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 2 of 5

      Where a customer's time is not known, we go by Europe/Berlin: it is 16:00 there now. The setting DEFAULT_TZ on the server says so, and it can be changed only there.
      [ Go on ]
    ");
    // A button from before the setting was there.
    let message = story.world.last_message(ann.id).unwrap().id;
    story.forge(ann, ann.id, message, "1u:z3").await;
    assert!(story.last(ann).contains("DEFAULT_TZ"), "{}", story.last(ann));
    story.tap(ann, "Go on").await;
    assert!(story.last(ann).contains("Step 3 of 5"), "{}", story.last(ann));
    story.end().await;
}

#[tokio::test]
pub async fn another_zone_is_named_in_words_and_asked_for_again_until_there_is_such_a_one() {
    let (story, ann) = newcomer("en").await;
    story.tap(ann, "English").await;
    story.tap(ann, "Another").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 2 of 5

      Write the name of yours as the IANA database has it, for example Europe/Berlin or Asia/Almaty.
      [ ‹ Back ]
    ");
    story.advance(minutes(1)).await;
    story.say(ann, "Mars <3").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Step 2 of 5

      There is no time zone “Mars <3”.

      Write the name of yours as the IANA database has it, for example Europe/Berlin or Asia/Almaty.
      [ ‹ Back ]
    ");
    story.world.send_voice(ann.id, 3);
    story.settle().await;
    assert_eq!(story.last(ann), "Bot: Please write it as text.\n");
    story.advance(minutes(1)).await;
    story.say(ann, "new york").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: America/New_York: it is 07:02 there now

      Step 3 of 5

      At what hours should customers not be disturbed?
      [ 21:00–10:00 | 22:00–09:00 ]
      [ 20:00–11:00 | no quiet hours ]
    ");
    story.say(ann, "Europe/Berlin").await;
    assert_eq!(story.running.ctx.zone().name(), "America/New_York", "nothing was asked any more");
    story.end().await;
}

#[tokio::test]
async fn a_zone_is_asked_for_in_russian_and_not_waited_for_after_another_tap() {
    let (story, ann) = newcomer("ru").await;
    story.tap(ann, "Русский").await;
    story.tap(ann, "Другая").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 2 из 5

      Напишите свою зону, как её называют в базе IANA, например Europe/Minsk или Asia/Almaty.
      [ ‹ Назад ]
    ");
    story.advance(minutes(1)).await;
    story.say(ann, "Марс").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Шаг 2 из 5

      «Марс» — такой зоны нет.

      Напишите свою зону, как её называют в базе IANA, например Europe/Minsk или Asia/Almaty.
      [ ‹ Назад ]
    ");
    story.tap(ann, "Назад").await;
    story.say(ann, "Asia/Almaty").await;
    assert!(story.last(ann).contains("никто не прочитает"), "{}", story.last(ann));
    assert_eq!(story.running.ctx.zone().name(), "Europe/Moscow");
    story.end().await;
}
