//! Deadlines of cases: what customers are promised, what leads are told as time passes, and what follows when a case is
//! resolved.

use afterword::domain::case::deadlines::{Change, recounted};
use afterword::domain::case::{Act, Cause, Contact};
use afterword::domain::ids::{CaseNumber, PersonId};
use afterword::sandbox::GroupKind;
use afterword::service::cases;
use afterword::service::export::{Filter, What};
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes, script, seconds};

pub(super) const ONE: &str = r#"
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }
[questions.low]
reasons = [ { key = "slow", text = { ru = "Долго", en = "Slow" } } ]
comment = { ru = "Что пошло не так?", en = "What went wrong?" }
"#;

pub(super) const AT_ONCE: &str =
    "delay_min = \"0s\"\ndelay = \"0s\"\nquiet_hours = \"off\"\nmin_gap = \"off\"";

/// A customer who is asked about a ticket and has the question before them.
async fn asked(story: &Story) -> Person {
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({ "customer": { "name": "Анна" } })).await;
    story.advance(minutes(1)).await;
    anna
}

const FIRST: CaseNumber = CaseNumber::new(101);

async fn act(story: &Story, act: Act) {
    let mut unit = story.unit().await;
    cases::act(&mut unit, FIRST, act, None).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    story.settle().await;
}

fn lead(story: &Story) -> PersonId {
    PersonId::new(story.lead.id)
}

/// A lead has talked to the customer, and resolves the case.
async fn resolved(story: &Story) {
    act(story, Act::Take { by: lead(story), again: false }).await;
    let mut unit = story.unit().await;
    cases::contacted(&mut unit, FIRST, Contact::Otherwise).await.unwrap();
    unit.commit().await.unwrap();
    act(story, Act::Resolve { by: lead(story), cause: Cause::Delivery, again: false }).await;
}

/// The deadlines that are stored are those that the steps come to.
async fn deadlines_follow_from_the_steps(story: &Story) {
    let mut tx = story.running.db.read().await.unwrap();
    let row = tx.find_case(FIRST).await.unwrap().unwrap();
    let mut opened_with = row.case.severity;
    let history: Vec<_> = tx
        .list_case_steps(FIRST)
        .await
        .unwrap()
        .into_iter()
        .filter_map(|step| {
            let change = match (step.kind.as_str(), step.detail) {
                ("case_opened", Some(severity)) => {
                    opened_with = severity.parse().unwrap();
                    Change::Opened
                }
                ("reopened", _) => Change::Reopened,
                ("told", _) => Change::Told,
                ("severity", Some(severity)) => Change::Severity(severity.parse().unwrap()),
                ("category", Some(category)) => Change::Category(category),
                _ => return None,
            };
            Some((step.at, change))
        })
        .collect();
    let counted = recounted(&story.running.ctx.case_terms(), (&row.category, opened_with), &history).unwrap();
    assert_eq!(row.clocks.contact_due_at, Some(counted.contact));
    assert_eq!(row.clocks.resolve_due_at, Some(counted.resolution));
}

#[tokio::test]
pub async fn the_category_is_the_first_reason_and_a_lead_may_choose_another_and_the_deadline_follows() {
    let story =
        Setting::new().await.set("CASE_FIRST_CONTACT", "slow/normal 2h, agent/normal 1h").start().await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    assert!(story.alerts().contains("№101 · свободно · ответить до 21.11 16:01"), "{}", story.alerts());
    story.tap(anna, "Долго").await;
    story.advance(minutes(1)).await;
    assert!(story.alerts().contains("№101 · свободно · ответить до 21.11 17:01"), "{}", story.alerts());
    let (leads, lead) = (story.leads, story.lead.id);
    story.tap(anna, "Готово").await;
    for button in ["Ещё", "Категория", "Как вам помощь?"] {
        story.world.tap(lead, leads, 2, button).unwrap();
        story.settle().await;
        story.advance(seconds(10)).await;
    }
    assert!(story.alerts().contains("№101 · свободно · ответить до 21.11 16:01"), "{}", story.alerts());
    let mut tx = story.running.db.read().await.unwrap();
    let row = tx.find_case(FIRST).await.unwrap().unwrap();
    assert_eq!(row.category, "agent");
    drop(tx);
    story.end().await;
}

#[tokio::test]
pub async fn leads_read_in_private_what_was_done_and_said_and_it_goes_with_its_customer() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    story.start(story.lead).await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    story.say(anna, "/human").await;
    story.say(anna, "The courier never came").await;
    let (leads, lead) = (story.leads, story.lead.id);
    story.world.reply_in(leads, lead, 2, "He is on his way");
    story.settle().await;
    story.advance(minutes(1)).await;
    let press = async |button: &str| {
        let tap = story.world.tap(lead, leads, 2, button).unwrap();
        story.settle().await;
        story.advance(seconds(10)).await;
        story.toast(&tap)
    };
    press("More").await;
    assert_eq!(press("History").await, "Sent to your private chat");
    insta::assert_snapshot!(story.last(story.lead), @r"
    Bot: History of case no. 101
      21 Nov 15:01 · the case was opened
      21 Nov 15:01 · the customer was told number and deadline
      21 Nov 15:01 · another score joined
      21 Nov 15:01 · customer: “The courier never came”
      21 Nov 15:01 · Пётр: taken
      21 Nov 15:01 · first reply to the customer
      21 Nov 15:01 · Пётр: “He is on his way”
    ");
    story.say(anna, "/forget").await;
    story.tap(anna, "Erase everything").await;
    story.advance(minutes(5)).await;
    assert!(!story.chat(story.lead).contains("never came"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn the_card_of_an_overdue_case_keeps_its_heading_until_the_case_is_resolved() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    story.advance(hours(25)).await;
    let heading = "🔥 №101: клиенту не ответили в срок, 22.11 15:01.";
    assert!(story.chat(story.lead).contains(&format!("{heading} Обращение свободно.")));
    act(&story, Act::Take { by: lead(&story), again: false }).await;
    story.advance(minutes(1)).await;
    assert!(story.chat(story.lead).contains(&format!("{heading} Ведёт Пётр.")), "{}", story.chat(story.lead));
    act(&story, Act::Resolve { by: lead(&story), cause: Cause::Delivery, again: false }).await;
    story.advance(minutes(1)).await;
    assert!(!story.chat(story.lead).contains("🔥"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn the_number_and_the_time_stand_under_the_surveys_last_text_and_are_told_once() {
    let story = Story::new().await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    assert!(!story.chat(anna).contains("№101"), "{}", story.chat(anna));
    story.tap(anna, "Долго").await;
    story.tap(anna, "Готово").await;
    let said = "Обращение №101. Ответим здесь 22 ноября до 16:00.";
    assert!(story.last(anna).contains(said), "{}", story.last(anna));
    story.advance(hours(2)).await;
    assert_eq!(story.chat(anna).matches("№101").count(), 1, "{}", story.chat(anna));
    assert!(story.last(anna).contains(said), "{}", story.last(anna));
    deadlines_follow_from_the_steps(&story).await;
    story.end().await;
}

#[tokio::test]
pub async fn whoever_falls_silent_on_the_way_is_told_in_a_message_of_its_own() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.advance(minutes(14)).await;
    assert!(!story.chat(anna).contains("no. 101"), "{}", story.chat(anna));
    story.advance(minutes(2)).await;
    let said = "We want to find out what went wrong: case no. 101. We will reply here by 16:00 tomorrow.";
    assert!(story.last(anna).contains(said), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn without_a_promise_only_the_number_is_told() {
    let story = Setting::new().await.set("CASE_PROMISE", "off").start().await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    assert!(story.last(anna).contains("Обращение №101. Ответим здесь."), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn leads_are_warned_once_and_a_case_that_is_overdue_escalates_once() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    let warned = |story: &Story| story.alerts().matches("⏰ №101: ответить до 22.11 15:01").count();
    let overdue =
        |story: &Story| story.chat(story.lead).matches("🔥 №101: клиенту не ответили в срок").count();
    story.advance(hours(19)).await;
    assert_eq!((warned(&story), overdue(&story)), (0, 0));
    story.advance(hours(2)).await;
    assert_eq!((warned(&story), overdue(&story)), (1, 0), "{}", story.alerts());
    story.advance(hours(4)).await;
    assert_eq!((warned(&story), overdue(&story)), (1, 1), "{}", story.chat(story.lead));
    let late = "Простите: обещали ответить до 16:00 и не успели. Обращение №101 передали старшему.";
    assert!(story.last(anna).contains(late), "{}", story.last(anna));
    story.advance(hours(3)).await;
    assert_eq!((warned(&story), overdue(&story)), (1, 1));
    assert_eq!(story.chat(anna).matches("Простите").count(), 1);
    story.end().await;
}

#[tokio::test]
async fn the_card_in_a_chat_for_escalations_follows_the_case() {
    let setting = Setting::new().await;
    let heads = setting.world.add_group("Heads", GroupKind::Supergroup, setting.lead.id);
    let story = setting.set("ESCALATION_CHATS", &heads.to_string()).start().await;
    story.start(story.lead).await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    story.advance(hours(25)).await;
    let shown = story.world.transcript(heads);
    assert!(shown.contains("🔥 №101: клиенту не ответили в срок"), "{shown}");
    act(&story, Act::Take { by: lead(&story), again: false }).await;
    story.advance(minutes(1)).await;
    let shown = story.world.transcript(heads);
    assert!(shown.contains("№101 · ведёт Пётр"), "{shown}");
    story.end().await;
}

#[tokio::test]
pub async fn a_resolved_case_is_told_and_asked_about_and_its_answer_joins_it() {
    let story = Story::new().await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    resolved(&story).await;
    let closed = "Обращение №101 закрыто. Если что-то осталось нерешённым, напишите сюда.";
    assert!(story.chat(anna).contains(closed), "{}", story.chat(anna));
    story.advance(hours(2) + minutes(1)).await;
    assert!(
        story.last(anna).contains("Насколько вы довольны тем, как мы решили проблему?"),
        "{}",
        story.last(anna)
    );
    story.tap(anna, "5").await;
    let cases = story.export(What::Cases, &Filter::default()).await;
    assert_eq!(cases.len(), 1);
    let cells = ["case_number", "status", "cause", "recovery_value", "recovery_band", "first_contact_how"];
    let cells = cells.map(|column| cases[0][column].as_str());
    assert_eq!(cells, ["101", "resolved", "delivery", "5", "high", "otherwise"]);
    let answers = story.export(What::Answers, &Filter::default()).await;
    assert!(answers.iter().all(|row| row["case_number"] == "101"), "{answers:?}");
    let (status, case) = story.get("/v1/cases/101").await;
    assert_eq!((status, &case["recovery_value"]), (200, &json!(5)), "{case}");
    let (_, page) = story.get("/v1/cases?status=resolved").await;
    assert_eq!(page["cases"][0]["case_number"], json!(101), "{page}");
    story.end().await;
}

#[tokio::test]
pub async fn a_solution_that_did_not_help_reopens_the_case_as_urgent_and_is_asked_about_twice_at_most() {
    let story = Story::new().await;
    let anna = asked(&story).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    for round in 1..=2 {
        resolved(&story).await;
        story.advance(hours(2) + minutes(1)).await;
        let heard = story.world.sent_count(story.leads);
        story.tap(anna, "1").await;
        let rung = story.world.last_message(story.leads).unwrap().text.plain;
        assert_eq!(
            story.world.sent_count(story.leads),
            heard + 1,
            "the leads hear of it: {}",
            story.alerts()
        );
        assert_eq!(rung, format!("🔁 Открыто снова, {round}-й раз"));
        let (_, case) = story.get("/v1/cases/101").await;
        let found = (case["status"].as_str(), case["severity"].as_str(), case["reopened"].as_i64());
        assert_eq!(found, (Some("open"), Some("urgent"), Some(round)), "{case}");
        deadlines_follow_from_the_steps(&story).await;
        story.tap(anna, "Пропустить").await;
        story.advance(minutes(20)).await;
    }
    resolved(&story).await;
    let before = story.chat(anna).matches("как мы решили проблему").count();
    story.advance(hours(8)).await;
    assert_eq!(story.chat(anna).matches("как мы решили проблему").count(), before);
    story.end().await;
}
