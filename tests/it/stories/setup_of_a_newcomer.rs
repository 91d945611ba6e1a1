//! The first admin: five taps from nothing to a live survey, then a test on oneself.

use insta::assert_snapshot;
use serde_json::json;

use super::harness::{Person, Setting, Story, hours, minutes};

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

      Если о клиенте неизвестно, который у него час, считаем по зоне Europe/Moscow: там сейчас 15:00. Верно?
      [ Верно | Нет, другая ]
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
    Bot (edited): Готово, опрос работает: После покупки. Он спросит, когда придут события из вашей системы.

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
    story.tap(ann, "No, another").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 2 of 5

      The setting DEFAULT_TZ on the server says it (Europe/Moscow now). Put yours there, for example Europe/Berlin, and start the bot again. Customers whose time zone comes with the events have their own.
      [ Go on ]
    ");
    story.tap(ann, "Go on").await;
    story.tap(ann, "21:00–10:00").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 4 of 5

      Where shall bad scores go? Add the bot to the leads' group and send /alerts there. No group? Let them come here.
      [ Go on ]
      [ Send them here ]
    ");
    story.tap(ann, "Send them here").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Step 5 of 5

      Somebody will see bad scores.

      What shall customers be asked about?
      [ Purchases ]
      [ Support tickets ]
      [ Both ]
    ");
    story.tap(ann, "Both").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Done, it is live: After a purchase, After a support ticket. It asks as soon as events come from your system.

      Take it yourself to see what customers see. Questions, texts and rules: /scripts. Roles and invitations: /staff.
      [ Take it myself: After a purchase ]
      [ Take it myself: After a support ticket ]
    ");
    let live = story.running.db.read().await.unwrap().find_live_script("support").await.unwrap().unwrap();
    assert_eq!(live.version, 1, "the usual hours need no new version");
    story.end().await;
}
