//! What `RETENTION` takes from cases. An unresolved one outlives the details of its event: leads go on working with it,
//! and what they wrote goes once it has been resolved for that long.

use afterword::domain::ids::CaseNumber;
use afterword::service::export::{Filter, What};
use serde_json::{Value, json};

use super::case_times::{AT_ONCE, ONE};
use super::erasing::contents;
use crate::harness::{Setting, Story, hours, minutes, script, seconds};

const DAY: u64 = 24;
/// What the event, the survey and the leads' notes say.
const DETAILS: [&str; 4] = ["Аграфена Давняя", "Давний тикет", "давние-слова", "давняя-заметка"];
/// What the customer and a lead wrote to each other.
const TALK: [&str; 2] = ["ответ-клиенту", "слова-клиента"];

/// Which of these texts are in the database.
async fn stored(story: &Story, texts: &[&'static str]) -> Vec<&'static str> {
    let contents = contents(story).await;
    let text: String =
        contents.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    texts.iter().filter(|words| text.contains(**words)).copied().collect()
}

/// Which of these texts the bot shows in the leads' chats.
fn shown(story: &Story, texts: &[&'static str]) -> Vec<&'static str> {
    let chats = [story.leads, story.lead.id];
    let messages: Vec<_> = chats.iter().flat_map(|chat| story.world.messages(*chat)).collect();
    let ours: Vec<_> = messages.iter().filter(|said| said.is_from_bot() && !said.deleted).collect();
    texts.iter().filter(|words| ours.iter().any(|said| said.text.plain.contains(**words))).copied().collect()
}

/// A lead taps under the post of the first case.
async fn press(story: &Story, button: &str) {
    story.world.tap(story.lead.id, story.leads, 2, button).unwrap();
    story.settle().await;
    story.advance(seconds(10)).await;
}

async fn case(story: &Story) -> Value {
    let (status, case) = story.get("/v1/cases/101").await;
    assert_eq!(status, 200, "{case}");
    case
}

/// A bad score with words, a lead who has taken its case, a note, and a word of either side.
async fn talked_about(story: &Story) {
    story.start(story.lead).await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    let more = json!({
        "customer": { "name": "Аграфена Давняя" },
        "subject": { "title": "Давний тикет", "url": "https://shop.example/7" },
    });
    story.ticket("7", "C-1", more).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "1").await;
    story.say(anna, "давние-слова").await;
    story.advance(minutes(1)).await;
    press(story, "Взять").await;
    for words in ["// давняя-заметка", "ответ-клиенту"] {
        story.world.reply_in(story.leads, story.lead.id, 2, words);
        story.settle().await;
    }
    story.say(anna, "слова-клиента").await;
    for button in ["Ещё", "История"] {
        press(story, button).await;
    }
}

#[tokio::test]
pub async fn an_unresolved_case_outlives_the_details_of_its_event_and_leads_go_on_with_it() {
    let story = Setting::new().await.set("RETENTION", "30d").start().await;
    talked_about(&story).await;
    assert_eq!(stored(&story, &DETAILS).await, DETAILS);
    assert_eq!(shown(&story, &DETAILS), DETAILS);
    let (before, cursor) = (case(&story).await, story.get("/v1/cases").await.1["next"].clone());
    story.advance(hours(31 * DAY)).await;
    // Nothing of the event is left, the talk is, and the case stands where it stood.
    assert_eq!(stored(&story, &DETAILS).await, Vec::<&str>::new());
    assert_eq!(shown(&story, &DETAILS), Vec::<&str>::new());
    assert_eq!(stored(&story, &TALK).await, TALK);
    let post = story.world.shown(story.leads, 2);
    for told in ["№101 · ведёт Пётр", "🗂 Обращение по оценке, подробности стёрты", "C-1", "[ Закрыть | Ещё ]"]
    {
        assert!(post.contains(told), "{told} is not in {post}");
    }
    let exported = &story.export(What::Cases, &Filter::default()).await[0];
    let cells =
        ["status", "customer_id", "note", "subject_id", "event_id"].map(|cell| exported[cell].as_str());
    assert_eq!(cells, ["taken", "C-1", "", "", "ticket_closed-7"]);
    let after = case(&story).await;
    assert_eq!((&after["note"], &after["subject_id"]), (&Value::Null, &Value::Null));
    assert!(after["steps"].as_array().unwrap().iter().all(|step| step["words"].is_null()), "{after}");
    assert!(after["revision"].as_i64() > before["revision"].as_i64(), "{after}");
    let cursor = cursor.as_str().unwrap();
    let (_, changed) = story.get(&format!("/v1/cases?since={cursor}")).await;
    assert_eq!(changed["cases"][0]["case_number"], json!(101), "whoever has a copy learns of it: {changed}");
    let mut tx = story.running.db.read().await.unwrap();
    let row = tx.find_case(CaseNumber::new(101)).await.unwrap().unwrap();
    assert_eq!((row.key, row.note, row.subject.title, row.subject.url), (None, None, None, None));
    drop(tx);
    let page = story.signed_in(story.lead).await.open("/cases/101").await.html;
    let left: Vec<&&str> = DETAILS.iter().filter(|words| page.contains(**words)).collect();
    assert!(left.is_empty(), "{left:?} in {page}");
    // It can be resolved as ever, and then the talk goes as well.
    for button in ["Закрыть", "Доставка", "Написать заметку"] {
        press(&story, button).await;
    }
    let question = story.world.last_message(story.leads).unwrap();
    story.world.reply_in(story.leads, story.lead.id, question.id, "поздняя-заметка");
    story.settle().await;
    assert_eq!(case(&story).await["note"], json!("поздняя-заметка"));
    story.advance(hours(29 * DAY)).await;
    assert_eq!(stored(&story, &TALK).await, TALK);
    story.advance(hours(3 * DAY)).await;
    assert_eq!(stored(&story, &TALK).await, Vec::<&str>::new());
    assert_eq!(stored(&story, &["поздняя-заметка"]).await, Vec::<&str>::new());
    assert_eq!(shown(&story, &TALK), Vec::<&str>::new());
    let last = case(&story).await;
    assert_eq!((&last["note"], &last["cause"]), (&Value::Null, &json!("delivery")));
    assert!(last["messages"].as_array().unwrap().iter().all(|said| said["text"].is_null()), "{last}");
    story.end().await;
}

#[tokio::test]
pub async fn a_case_that_waits_for_a_chat_is_posted_without_the_details_that_are_gone() {
    let story = Setting::new().await.set("RETENTION", "30d").set("ALERT_CHATS", "").start().await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    // The admin has never started the bot, so nobody can be told.
    story.ticket("7", "C-1", json!({ "subject": { "title": "Давний тикет" } })).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "1").await;
    story.say(anna, "давние-слова").await;
    story.advance(hours(31 * DAY)).await;
    assert_eq!(stored(&story, &["Давний тикет", "давние-слова"]).await, Vec::<&str>::new());
    story.start(story.lead).await;
    story.advance(minutes(2)).await;
    let chat = story.chat(story.lead);
    assert!(
        chat.contains("№101 · свободно") && chat.contains("Обращение по оценке, подробности стёрты"),
        "{chat}"
    );
    story.tap(story.lead, "Взять").await;
    assert!(story.chat(story.lead).contains("№101 · ведёт Пётр"), "{}", story.chat(story.lead));
    story.end().await;
}
