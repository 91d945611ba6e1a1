//! Chats that refuse alerts: nobody's words are lost, the admins hear of it, and the chat is tried again by itself.

use afterword::cli::check::CheckArgs;
use afterword::cli::{Output, check};
use afterword::sandbox::{Fault, GroupKind, Standing};
use insta::assert_snapshot;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours, minutes, seconds};

const MUTED: &str = "Bad Request: not enough rights to send text messages to the chat";

async fn bad_score(story: &Story, number: u32) -> Person {
    let person = story.ask_in_a_test("Анна", number).await;
    story.tap(person, "2").await;
    person
}

fn refuses(story: &Story, chat: i64, description: &str) {
    let code = if description.starts_with("Forbidden") { 403 } else { 400 };
    story.world.fault(Fault::error(code, description).on("sendMessage").chat(chat).always());
}

/// A story whose admin has a chat with the bot, beside the group that gets alerts.
async fn with_admin() -> Story {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    story.start(story.lead).await;
    story
}

/// The status, and what is said of the chats.
async fn readiness(story: &Story) -> (u16, Value) {
    let (status, mut ready) = story.get("/readyz").await;
    (status, ready["checks"]["alert_chats"].take())
}

async fn checked(story: &Story) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &CheckArgs::default(), &mut to).await.unwrap();
    String::from_utf8(out).unwrap()
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[rstest]
#[case::closed("Bad Request: TOPIC_CLOSED")]
#[case::texts_are_forbidden("Bad Request: CHAT_SEND_PLAIN_FORBIDDEN")]
#[case::banned("Forbidden: USER_BANNED_IN_CHANNEL")]
#[case::of_tomorrow("Bad Request: A_REASON_OF_TOMORROW")]
#[tokio::test]
async fn an_alert_that_its_chat_refuses_for_any_reason_is_at_the_admins_within_seconds(#[case] reason: &str) {
    let story = with_admin().await;
    refuses(&story, story.leads, reason);
    bad_score(&story, 1).await;
    let chat = story.chat(story.lead);
    assert_eq!((count(&chat, "C-1"), count(&chat, "⚠️ В чате")), (1, 1), "{chat}");
    assert_eq!(story.alerts(), "");
    story.end().await;
}

#[tokio::test]
async fn what_a_topic_and_the_group_itself_refuse_goes_to_the_admins() {
    let setting = Setting::new().await;
    let forum = setting.world.add_group("Форум", GroupKind::Forum, setting.lead.id);
    let topic = setting.world.add_topic(forum, "Оценки");
    let story = setting.set("ALERT_CHATS", &format!("{forum}/{topic}")).start().await;
    story.start(story.lead).await;
    story.world.set_topic_closed(forum, topic, true);
    bad_score(&story, 1).await;
    assert!(story.world.transcript(forum).contains("C-1"), "in General, as long as that is open");
    refuses(&story, forum, "Bad Request: TOPIC_CLOSED");
    bad_score(&story, 2).await;
    let chat = story.chat(story.lead);
    assert_eq!((count(&chat, "C-1"), count(&chat, "C-2")), (1, 1), "the case that stands there, too: {chat}");
    assert!(
        story.chat(story.lead).contains(&format!("«{forum}, тема {topic}»")),
        "{}",
        story.chat(story.lead)
    );
    story.end().await;
}

#[tokio::test]
async fn a_muted_group_is_named_tried_again_by_itself_and_told_to_be_back() {
    let story = with_admin().await;
    story.world.say_in(story.leads, None, story.lead.id, "/alerts");
    story.settle().await;
    refuses(&story, story.leads, MUTED);
    bad_score(&story, 1).await;
    let before = story.world.faults_met();
    bad_score(&story, 2).await;
    assert_eq!(story.world.faults_met(), before, "left alone for a minute");
    let chat = story.chat(story.lead);
    assert_snapshot!(chat.split_once("⚠️").unwrap().1.split_once("Bot: ").unwrap().0, @r"
    В чате «Отзывы» боту нельзя писать. Telegram отвечает: not enough rights to send text messages to the chat. Пока это так, обращения приходят администраторам.

     Разрешите боту писать: проще всего сделать его администратором чата. Время от времени бот пробует и сам.
    ");
    assert_eq!((count(&chat, "⚠️"), count(&chat, "C-1"), count(&chat, "C-2")), (1, 1, 1), "{chat}");

    let (status, said) = readiness(&story).await;
    assert_eq!((status, &said["ok"]), (200, &json!(false)), "{said}");
    let detail = said["detail"].as_str().unwrap();
    let (chat_id, since) = (story.leads.to_string(), "since 2026-11-21T12:00:");
    assert!(
        detail.contains(&chat_id) && detail.contains(since) && detail.contains("not enough rights"),
        "{detail}"
    );
    let check = checked(&story).await;
    let line = check.lines().find(|line| line.contains(&format!("chat {chat_id}: "))).unwrap();
    assert!(
        line.starts_with("WRONG") && line.contains(since) && line.contains("not enough rights"),
        "{check}"
    );
    let metrics = story.text("/metrics").await;
    assert!(metrics.contains("afterword_alert_chats_lost 1"), "{metrics}");

    story.world.clear_faults();
    story.advance(minutes(1)).await;
    bad_score(&story, 3).await;
    assert!(story.alerts().contains("C-3"), "{}", story.alerts());
    let chat = story.chat(story.lead);
    assert_eq!((count(&chat, "C-3"), count(&chat, "«Отзывы» снова на связи")), (0, 1), "{chat}");
    let shown = story.alerts();
    let missed = "📥 Пока боту нельзя было писать в этот чат, пришли 2 обращения";
    assert_eq!([missed, "C-1", "C-2"].map(|text| count(&shown, text)), [1; 3], "{shown}");
    assert_eq!(readiness(&story).await, (200, json!({"ok": true, "detail": "there is a chat for alerts"})));
    assert!(checked(&story).await.contains(&format!("ok     chat {chat_id}: Отзывы")));
    story.end().await;
}

#[tokio::test]
async fn while_a_chat_goes_on_refusing_the_pauses_grow_and_the_admins_hear_it_once() {
    let story = with_admin().await;
    refuses(&story, story.leads, MUTED);
    let mut tries = Vec::new();
    for number in 0..20 {
        let before = story.world.faults_met();
        bad_score(&story, number + 1).await;
        if story.world.faults_met() > before {
            tries.push(number * 5);
        }
        story.advance(seconds(5 * 60 - 5)).await;
    }
    assert_eq!(tries, [0, 5, 10, 25, 85], "minutes");
    let chat = story.chat(story.lead);
    assert_eq!(count(&chat, "⚠️ В чате"), 1, "{chat}");
    story.end().await;
}

#[tokio::test]
async fn a_restart_tries_a_lost_chat_again() {
    let mut story = with_admin().await;
    refuses(&story, story.leads, MUTED);
    bad_score(&story, 1).await;
    story.world.clear_faults();
    story.restart().await;
    bad_score(&story, 2).await;
    assert!(story.alerts().contains("C-2"), "{}", story.alerts());
    story.end().await;
}

/// What shows that a chat may take alerts again.
#[derive(Clone, Copy, Debug)]
enum Life {
    Words,
    Command,
    Rights,
}

#[rstest]
#[case(Life::Words)]
#[case(Life::Command)]
#[case(Life::Rights)]
#[tokio::test]
async fn any_sign_of_life_lets_a_lost_chat_be_tried_at_once(#[case] life: Life) {
    let story = with_admin().await;
    story.world.set_bot_standing(story.leads, story.lead.id, Standing::Admin);
    story.settle().await;
    refuses(&story, story.leads, MUTED);
    bad_score(&story, 1).await;
    story.world.clear_faults();
    match life {
        Life::Words => drop(story.world.say_in(story.leads, None, story.lead.id, "Пишите")),
        Life::Command => drop(story.world.say_in(story.leads, None, story.lead.id, "/alerts")),
        Life::Rights => story.world.set_bot_standing(story.leads, story.lead.id, Standing::Member),
    }
    story.settle().await;
    bad_score(&story, 2).await;
    assert!(story.alerts().contains("C-2"), "{}", story.alerts());
    assert_eq!(count(&story.chat(story.lead), "снова на связи"), 1, "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn a_channel_that_takes_the_bots_rights_away_and_gives_them_back_is_lost_and_back() {
    let setting = Setting::new().await;
    // The simulated Telegram has no channels; to the bot one is a chat that says so.
    let channel = setting.world.add_group("Канал", GroupKind::Supergroup, setting.lead.id);
    let story = setting.set("ALERT_CHATS", &channel.to_string()).start().await;
    story.start(story.lead).await;
    let change = |member: Value| {
        let lead = json!({ "id": story.lead.id, "is_bot": false, "first_name": "Пётр" });
        let chat = json!({ "id": channel, "type": "channel", "title": "Канал" });
        let change = json!({ "chat": chat, "from": lead, "date": 0, "old_chat_member": {}, "new_chat_member": member });
        story.world.inject("my_chat_member", &change).unwrap();
    };
    for lost in
        [json!({ "status": "left" }), json!({ "status": "administrator", "can_post_messages": false })]
    {
        change(lost);
        story.settle().await;
        assert!(story.last(story.lead).contains("«Канал»"), "{}", story.chat(story.lead));
        assert_eq!(readiness(&story).await.1["ok"], json!(false));
        change(json!({ "status": "administrator", "can_post_messages": true }));
        story.settle().await;
        assert!(story.last(story.lead).contains("снова на связи"), "{}", story.chat(story.lead));
        assert_eq!(readiness(&story).await.1["ok"], json!(true));
    }
    // It was lost and came back twice, and both times the admins hear of it.
    story.end_with(|problem| problem.contains("снова на связи")).await;
}

#[tokio::test]
pub async fn an_alert_that_nobody_takes_waits_in_the_open_and_goes_out_by_itself() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    refuses(&story, story.leads, "Bad Request: A_REASON_OF_TOMORROW");
    let anna = bad_score(&story, 1).await;
    story.say(anna, "/human").await;
    let (status, said) = readiness(&story).await;
    assert_eq!((status, &said["ok"]), (503, &json!(false)));
    let detail = said["detail"].as_str().unwrap();
    assert!(detail.starts_with("2 alerts wait") && detail.contains("A_REASON_OF_TOMORROW"), "{detail}");
    let check = checked(&story).await;
    assert!(
        check.contains("WRONG  alerts: 2 alerts wait: nobody takes them")
            && check.contains("A_REASON_OF_TOMORROW"),
        "{check}"
    );
    assert!(story.text("/metrics").await.contains("afterword_alerts_waiting 2"));
    story.advance(minutes(2)).await;
    story.world.clear_faults();
    story.advance(minutes(5)).await;
    assert_eq!((count(&story.alerts(), "Плохая оценка"), count(&story.alerts(), "Нужен человек")), (1, 1));
    assert_eq!(readiness(&story).await.0, 200);
    story.end().await;
}

#[tokio::test]
async fn a_chat_that_refuses_is_tried_with_one_alert_and_the_others_follow() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    refuses(&story, story.leads, MUTED);
    for number in 1..=3 {
        bad_score(&story, number).await;
    }
    let before = story.world.faults_met();
    story.advance(minutes(1)).await;
    assert_eq!(story.world.faults_met(), before + 1);
    story.world.clear_faults();
    story.advance(minutes(5)).await;
    story.advance(minutes(1)).await;
    let shown = story.alerts();
    assert_eq!([1, 2, 3].map(|number| count(&shown, &format!("C-{number}\n"))), [1, 1, 1], "{shown}");
    assert_eq!(readiness(&story).await.0, 200);
    story.end().await;
}

#[tokio::test]
pub async fn where_the_admin_refuses_too_the_alert_waits_for_a_sign_of_life() {
    let story = with_admin().await;
    refuses(&story, story.leads, MUTED);
    refuses(&story, story.lead.id, "Bad Request: A_REASON_OF_TOMORROW");
    bad_score(&story, 1).await;
    assert_eq!(readiness(&story).await.0, 503);
    story.world.clear_faults();
    story.say(story.lead, "/help").await;
    story.advance(minutes(1)).await;
    let shown = format!("{}{}", story.alerts(), story.chat(story.lead));
    assert_eq!(count(&shown, "C-1"), 1, "{shown}");
    assert_eq!(readiness(&story).await.0, 200);
    story.end().await;
}

#[rstest]
#[case(true)]
#[case(false)]
#[tokio::test]
async fn what_a_customer_adds_goes_to_the_admins_when_the_group_has_begun_to_refuse(
    #[case] edit_first: bool,
) {
    let story = with_admin().await;
    let anna = bad_score(&story, 1).await;
    let boris = story.customer("Борис", "C-2").await;
    story.say(boris, "/human").await;
    story.advance(minutes(1)).await;
    for method in ["sendMessage", "editMessageText", "copyMessage"] {
        story.world.fault(
            Fault::error(403, "Forbidden: bot was kicked from the supergroup chat")
                .on(method)
                .chat(story.leads)
                .always(),
        );
    }
    let said = [(anna, "Чашка разбита"), (boris, "Перезвоните")];
    for (person, words) in if edit_first { said } else { [said[1], said[0]] } {
        story.say(person, words).await;
    }
    story.advance(minutes(1)).await;
    let chat = story.chat(story.lead);
    for words in ["Чашка разбита", "Перезвоните", "Нужен человек"] {
        assert_eq!(count(&chat, words), 1, "{words}: {chat}");
    }
    story.say(boris, "И ещё раз").await;
    assert!(story.chat(story.lead).contains("И ещё раз"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
async fn a_text_of_ours_that_telegram_refuses_waits_in_the_open_and_is_no_fault_of_the_chat() {
    let mut story = with_admin().await;
    refuses(&story, story.leads, "Bad Request: message is too long");
    bad_score(&story, 1).await;
    let (status, said) = readiness(&story).await;
    assert_eq!(status, 503);
    assert!(said["detail"].as_str().unwrap().contains("1 alert waits: Telegram refuses its text"), "{said}");
    assert!(!story.chat(story.lead).contains("⚠️"), "{}", story.chat(story.lead));
    story.world.clear_faults();
    story.advance(hours(2)).await;
    assert_eq!(story.alerts(), "", "the same text would be refused again");
    story.restart().await;
    assert!(story.alerts().contains("C-1"), "{}", story.alerts());
    assert_eq!(readiness(&story).await.0, 200);
    story.end().await;
}

#[rstest]
#[case("Bad Request: BUTTON_DATA_INVALID")]
#[case("Bad Request: A_REASON_OF_TOMORROW")]
#[tokio::test]
async fn an_invitation_that_telegram_refuses_is_booked_as_that(#[case] reason: &str) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    refuses(&story, anna.id, reason);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "undeliverable(message_refused)");
    story.end().await;
}

#[rstest]
#[case::told_by_an_update(true, false)]
#[case::told_by_a_refusal(false, false)]
#[case::subscribed_before(true, true)]
#[tokio::test]
async fn a_configured_group_that_became_a_supergroup_gets_each_alert_once(
    #[case] told: bool,
    #[case] subscribed_before: bool,
) {
    let setting = Setting::new().await;
    let old = setting.world.add_group("Поддержка", GroupKind::Basic, setting.lead.id);
    let mut story = setting.set("ALERT_CHATS", &old.to_string()).set("QUIET_HOURS", "off").start().await;
    if subscribed_before {
        story.world.say_in(old, None, story.lead.id, "/alerts");
        story.settle().await;
    }
    let mut new = 0;
    let migrate = |story: &Story, new: &mut i64| *new = story.world.migrate_group(old);
    if told {
        migrate(&story, &mut new);
        story.settle().await;
    } else {
        story.stop_for(hours(25), |story| migrate(story, &mut new)).await;
    }
    if !subscribed_before {
        story.world.say_in(new, None, story.lead.id, "/alerts");
        story.settle().await;
    }
    bad_score(&story, 1).await;
    story.restart().await;
    let before = story.world.calls("sendMessage");
    let boris = bad_score(&story, 2).await;
    assert_eq!(story.world.calls("sendMessage"), before + 3, "greeting, survey, alert");
    story.say(boris, "Чашка разбита").await;
    story.advance(minutes(1)).await;
    let shown = story.world.transcript(new);
    assert_eq!((count(&shown, "C-1"), count(&shown, "C-2")), (1, 1), "{shown}");
    let check = checked(&story).await;
    assert!(check.contains(&format!("note   ALERT_CHATS: {old} became the supergroup {new}")), "{check}");
    story.end().await;
}

#[rstest]
#[case::for_minutes(600, true)]
#[case::for_a_moment(60, false)]
#[tokio::test]
async fn an_alert_waits_for_a_chat_that_must_rest_a_moment_and_else_goes_to_the_admins(
    #[case] rests_s: i64,
    #[case] goes_to_admins: bool,
) {
    let story = with_admin().await;
    let person = story.ask_in_a_test("Анна", 1).await;
    let asked_at = story.clock.now();
    story.world.fault(Fault::too_many_requests(rests_s).on("sendMessage").chat(story.leads));
    story.tap(person, "2").await;
    let chat = story.chat(story.lead);
    assert_eq!(
        (chat.contains("C-1"), story.alerts().contains("C-1")),
        (goes_to_admins, !goes_to_admins),
        "{chat}"
    );
    assert_eq!(chat.contains("Too Many Requests: retry after 600"), goes_to_admins, "{chat}");
    let waited = story.clock.now().since(asked_at);
    assert_eq!(waited < seconds(30), goes_to_admins, "{waited:?}");
    // Once the chat has rested, it gets what comes next.
    story.advance(minutes(11)).await;
    bad_score(&story, 2).await;
    assert!(story.alerts().contains("C-2"), "{}", story.alerts());
    story.end().await;
}
