//! What time does to a case, in both languages: nights and holidays, a clock that is changed, downtimes, and surveys that wait
//! for the end of a talk.

use afterword::domain::time::Timestamp;
use afterword::sandbox::GroupKind;
use chrono::DateTime;
use serde_json::json;

use super::case_scene::{Scene, Tongue};
use super::case_times::ONE;
use crate::harness::{Setting, hours, minutes, script, seconds};

impl Scene {
    /// A group in which the lead has sent `/alerts` and tapped these buttons.
    async fn group_with(&self, title: &str, taps: &[&str]) -> i64 {
        let (story, lead) = (&self.story, self.story.lead);
        let group = story.world.add_group(title, GroupKind::Supergroup, lead.id);
        story.world.say_in(group, None, lead.id, "/alerts");
        story.settle().await;
        story.advance(minutes(1)).await;
        let screen = self.t("Что приходит сюда", "What comes here");
        for button in [screen].iter().chain(taps) {
            let messages = story.world.messages(group);
            let has = |text: &str| text == *button;
            let mut shown = messages.iter().rev();
            let shown = shown.find(|message| message.keyboard.iter().flatten().any(|key| has(&key.text)));
            let message = shown.unwrap_or_else(|| panic!("{button}: {}", story.world.transcript(group))).id;
            self.press_in(lead, group, message, button).await;
        }
        group
    }

    /// For each message of the bot in a chat that contains these words: when it came, in Moscow, and whether it was silent.
    fn heard(&self, chat: i64, words: &str) -> Vec<(String, bool)> {
        let messages = self.story.world.messages(chat);
        let found =
            messages.iter().filter(|message| message.is_from_bot() && message.text.plain.contains(words));
        found.map(|message| (self.wall(message.date), message.silent)).collect()
    }

    fn wall(&self, at: Timestamp) -> String {
        let zone = self.story.running.ctx.zone();
        let at: DateTime<chrono::Utc> = DateTime::from_timestamp_millis(at.millis()).unwrap();
        at.with_timezone(&zone).format("%d %H:%M").to_string()
    }
}

async fn at_three_in_the_morning(tongue: Tongue) {
    let setting = tongue.setting().await.set("CASE_FIRST_CONTACT", "normal 11h").set("QUIET_HOURS", "off");
    let scene = Scene::of(tongue, setting).await;
    let story = &scene.story;
    story.start(story.lead).await;
    let overdue = scene.t("Просроченные", "Overdue");
    let only_overdue = scene.t("✓ Новые", "✓ New");
    let night = scene.t("Ночью без звука", "No sound at night");
    let heads = scene.group_with("Heads", &[overdue, only_overdue, night]).await;
    let duty = scene.group_with("Duty", &[overdue, only_overdue]).await;
    story.jump_to("2026-11-21T15:59:30+03:00").await;
    let anna = scene.rated("Анна", 1).await;
    for chat in [heads, duty] {
        assert_eq!(scene.count(chat, &scene.tongue.number(101)), 0, "{}", story.world.transcript(chat));
    }
    for minute in ["00:14", "00:15", "02:59", "03:00", "04:30"] {
        story.jump_to(&format!("2026-11-22T{minute}:00+03:00")).await;
    }
    let late = scene.t(
        "🔥 №101: клиенту не ответили в срок, 22.11 03:00.",
        "🔥 No. 101: the customer had no reply by 22 Nov 03:00.",
    );
    let at = |minute: &str, silent| vec![(minute.to_owned(), silent)];
    assert_eq!(scene.heard(heads, late), at("22 03:00", true), "{}", story.world.transcript(heads));
    assert_eq!(scene.heard(duty, late), at("22 03:00", false), "{}", story.world.transcript(duty));
    assert_eq!(scene.heard(story.leads, "🔥"), [], "{}", scene.group());
    assert_eq!(scene.heard(story.lead.id, "🔥"), [], "a chat that wants them has it, so no admin does");
    let warning = scene.t("⏰ №101: ответить до 22.11 03:00", "⏰ No. 101: reply by 22 Nov 03:00");
    assert_eq!(scene.heard(story.leads, warning), at("22 00:15", false), "{}", scene.group());
    // The customer asked for no quiet hours, so the broken promise is owned up to at the promised hour.
    let sorry = scene.t(
        "Простите: обещали ответить до 03:00 и не успели. Обращение №101 передали старшему.",
        "Sorry: we promised a reply by 03:00 and did not make it. Case no. 101 is now with a senior colleague.",
    );
    assert_eq!(scene.heard(anna.id, sorry), at("22 03:00", false), "{}", story.chat(anna));
    // The card is a post like any other: a case taken there is taken everywhere.
    let card = scene.post_in(heads, 101);
    let taken = scene.press_in(story.lead, heads, card, scene.take()).await;
    assert_eq!(taken, scene.t("Теперь это обращение ведёте вы", "The case is yours"));
    story.advance(minutes(1)).await;
    let has_it = scene.t("Ведёт Пётр.", "Пётр has it.");
    assert!(
        story.world.shown(duty, scene.post_in(duty, 101)).contains(has_it),
        "{}",
        story.world.transcript(duty)
    );
    scene.end().await;
}

#[tokio::test]
pub async fn at_three_in_the_morning_an_escalation_comes_to_other_chats_and_the_night_switch_is_honoured() {
    for tongue in Tongue::BOTH {
        Box::pin(at_three_in_the_morning(tongue)).await;
    }
}

/// Friday before Easter in Berlin: on Sunday the clocks go forward, and Monday is a holiday.
async fn over_easter(tongue: Tongue) {
    let start = DateTime::parse_from_rfc3339("2027-03-26T16:58:00+01:00").unwrap();
    let setting = Setting::at(Timestamp::from_millis(start.timestamp_millis()))
        .await
        .set("LOCALES", tongue.of("ru", "en"))
        .set("MIN_N", "1")
        .set("DEFAULT_TZ", "Europe/Berlin")
        .set("CASE_HOURS", "mon-fri 09:00-18:00")
        .set("CASE_DAYS_OFF", "2027-03-29")
        .set("CASE_FIRST_CONTACT", "normal 4h")
        .set("CASE_RESOLUTION", "normal 8h");
    let scene = Scene::of(tongue, setting).await;
    let story = &scene.story;
    story.start(story.lead).await;
    let anna = scene.customer("Анна", "C-1").await;
    scene.ask("1", "C-1", json!({ "customer": { "name": "Анна" } })).await;
    story.jump_to("2027-03-26T17:00:00+01:00").await;
    story.tap(anna, "1").await;
    story.tap(anna, scene.t("Пропустить", "Skip")).await;
    let promised = scene.t(
        "Обращение №101. Ответим здесь 30 марта до 12:00.",
        "Your case is no. 101. We will reply here by 12:00 on 30 March.",
    );
    assert!(story.last(anna).contains(promised), "{}", story.last(anna));
    let case = scene.case(101).await;
    // One hour on Friday, the rest on Tuesday from nine on, by summer time.
    assert_eq!(case["first_contact_due_at"], "2027-03-30T10:00:00Z", "{case}");
    assert_eq!(case["resolution_due_at"], "2027-03-30T14:00:00Z", "{case}");
    story.jump_to("2027-03-30T08:59:00+02:00").await;
    assert_eq!((scene.heard(story.leads, "⏰"), scene.heard(story.lead.id, "🔥")), (vec![], vec![]));
    for minute in 1..=(9 * 60) {
        if minute % 30 == 0 || minute % 30 == 1 || minute % 30 == 29 {
            let at = DateTime::parse_from_rfc3339("2027-03-30T09:00:00+02:00").unwrap();
            let at = at + chrono::TimeDelta::minutes(minute);
            story.jump_to(&at.to_rfc3339()).await;
        }
    }
    let at = |minute: &str| vec![(format!("30 {minute}"), false)];
    let [warn, escalate] = [
        scene.t("⏰ №101: ответить до 30.03 12:00, осталось 1 ч", "⏰ No. 101: reply by 30 Mar 12:00, 1 h"),
        scene.t(
            "🔥 №101: клиенту не ответили в срок, 30.03 12:00.",
            "🔥 No. 101: the customer had no reply by 30 Mar 12:00.",
        ),
    ];
    assert_eq!(scene.heard(story.leads, warn), at("11:00"), "{}", scene.group());
    assert_eq!(scene.heard(story.lead.id, escalate), at("12:00"), "{}", story.chat(story.lead));
    let [warn, escalate] = [
        scene.t("⏰ №101: решить до 30.03 16:00, осталось 2 ч", "⏰ No. 101: resolve by 30 Mar 16:00, 2 h"),
        scene.t("🔥 №101: не решено в срок, 30.03 16:00.", "🔥 No. 101: not resolved by 30 Mar 16:00."),
    ];
    assert_eq!(scene.heard(story.leads, warn), at("14:00"), "{}", scene.group());
    assert_eq!(scene.heard(story.lead.id, escalate), at("16:00"), "{}", story.chat(story.lead));
    let sorry =
        scene.t("обещали ответить до 12:00 и не успели", "we promised a reply by 12:00 and did not make it");
    assert_eq!(scene.heard(anna.id, sorry), at("12:00"), "{}", story.chat(anna));
    scene.end().await;
}

#[tokio::test]
pub async fn hours_of_work_count_over_a_weekend_a_holiday_and_the_change_of_the_clocks() {
    for tongue in Tongue::BOTH {
        Box::pin(over_easter(tongue)).await;
    }
}

async fn down_for_two_days(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    story.start(story.lead).await;
    let anna = scene.rated("Анна", 1).await;
    let Scene { mut story, tongue } = scene;
    story.stop_for(hours(50), |_| ()).await;
    let scene = Scene { story, tongue };
    scene.story.advance(minutes(30)).await;
    let count = |chat, ru, en| scene.count(chat, scene.t(ru, en));
    let told = |chat| {
        (
            count(chat, "🔥 №101: клиенту не ответили в срок", "🔥 No. 101: the customer had no reply"),
            count(chat, "🔥 №101: не решено в срок", "🔥 No. 101: not resolved by"),
            scene.count(chat, "⏰ №101:") + scene.count(chat, "⏰ No. 101:"),
        )
    };
    let story = &scene.story;
    assert_eq!(told(story.lead.id), (1, 1, 0), "{}", story.chat(story.lead));
    assert_eq!(told(story.leads), (0, 0, 0), "{}", scene.group());
    assert_eq!(count(anna.id, "Простите: обещали", "Sorry: we promised"), 1, "{}", story.chat(anna));
    // A clock that is put back does nothing twice.
    let sent = || [story.lead.id, story.leads, anna.id].map(|chat| story.world.sent_count(chat));
    let before = sent();
    story.clock.step(-24 * 3600 * 1000);
    story.advance(hours(26)).await;
    assert_eq!(sent(), before);
    scene.end().await;
}

#[tokio::test]
pub async fn after_two_days_down_each_deadline_escalates_once_and_a_clock_put_back_repeats_nothing() {
    for tongue in Tongue::BOTH {
        Box::pin(down_for_two_days(tongue)).await;
    }
}

const SECOND: &str =
    "quiet_hours = \"off\"\nmin_gap = \"off\"\ndelay_min = \"0s\"\ndelay = \"0s\"\nmax_age = \"200h\"";

async fn a_survey_waits_for_a_talk(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    story.publish(&script("second", "on = \"purchase\"", SECOND, ONE)).await;
    let brief = SECOND.replace("200h", "48h");
    story.publish(&script("brief", "on = \"purchase\"", &brief, ONE)).await;
    let anna = scene.complained("Анна", 1).await;
    scene.reply(story.lead, scene.post(101), scene.t("Разберёмся", "We look into it")).await;
    story.purchase("8", "C-1", json!({ "script": "second" })).await;
    story.purchase("9", "C-1", json!({ "script": "brief" })).await;
    // Each word of the talk lets it live for three days more.
    story.advance(hours(50)).await;
    scene.says(anna, scene.t("Ну как?", "Any news?")).await;
    assert_eq!(story.state("purchase-8").await, "scheduled");
    assert_eq!(story.state("purchase-9").await, "suppressed(conversation)", "it is too old to wait");
    story.advance(hours(71)).await;
    assert_eq!(story.state("purchase-8").await, "scheduled");
    story.advance(hours(2)).await;
    assert_eq!(story.state("purchase-8").await, "sent");
    assert_eq!(scene.case(101).await["status"], "taken");
    story.tap(anna, "5").await;
    story.advance(minutes(20)).await;

    // The next one waits until the case is resolved, and gives way to the question about the solution.
    scene.says(anna, scene.t("Всё ещё жду", "I am still waiting")).await;
    story.purchase("10", "C-1", json!({ "script": "second" })).await;
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-10").await, "scheduled");
    scene.resolves(story.lead, 101).await;
    story.advance(seconds(30)).await;
    assert_eq!(story.state("purchase-10").await, "suppressed(conversation)");
    story.advance(hours(3)).await;
    let asked = scene.t("как мы решили проблему", "how we solved the problem");
    assert_eq!(scene.count(anna.id, asked), 1, "{}", story.chat(anna));
    scene.end().await;
}

#[tokio::test]
pub async fn a_survey_that_is_due_in_a_talk_waits_and_gives_way_to_the_question_about_the_solution() {
    for tongue in Tongue::BOTH {
        Box::pin(a_survey_waits_for_a_talk(tongue)).await;
    }
}
