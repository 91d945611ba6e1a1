//! `/report`: the scores of a period, as a text and a picture.

use afterword::domain::ids::PersonId;
use afterword::sandbox::Fault;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes, script};

const QUESTIONS: &str = r#"
[[questions]]
key = "agent"
metric = "csat"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }

[[questions]]
key = "recommend"
metric = "nps"
text = { ru = "Порекомендуете нас?", en = "Would you recommend us?" }
"#;

const AT_ONCE: &str = "delay_min = \"0s\"\ndelay = \"0s\"\nquiet_hours = \"off\"\nmin_gap = \"off\"";

/// Customers who rate the help of agents: twelve of one team and two of another.
async fn rated(story: &Story) {
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, QUESTIONS)).await;
    for number in 0..14 {
        let (agent, team) = if number < 12 { ("a-1", "north") } else { ("a-2", "south") };
        let id = number.to_string();
        let person = story.customer(&format!("К{id}"), &id).await;
        story.ticket(&id, &id, json!({ "agent": { "id": agent, "team": team } })).await;
        story.advance(minutes(1)).await;
        story.tap(person, if number % 6 == 5 { "2" } else { "5" }).await;
        story.tap(person, if number % 6 == 5 { "3" } else { "10" }).await;
    }
    // One who does not answer.
    story.customer("Молчун", "silent").await;
    story.ticket("silent", "silent", json!({ "agent": { "id": "a-1", "team": "north" } })).await;
    story.advance(minutes(1)).await;
}

/// The newest message of somebody's chat, with the buttons in rows.
async fn said(story: &Story, person: Person) -> String {
    story.settle().await;
    story.last(person)
}

async fn staff(story: &Story, name: &str, role: &str, agent: Option<&str>) -> Person {
    let person = story.person(name);
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(person.id), role, story.clock.now()).await.unwrap();
    tx.set_agent_id(PersonId::new(person.id), agent).await.unwrap();
    tx.commit().await.unwrap();
    story.start(person).await;
    person
}

#[tokio::test]
pub async fn a_lead_reads_the_scores_of_a_period_and_asks_for_others_by_buttons() {
    let story = Setting::new().await.start().await;
    story.start(story.lead).await;
    rated(&story).await;
    story.advance(hours(5)).await;
    story.say(story.lead, "/report").await;
    assert_snapshot!(said(&story, story.lead).await, @r"
    Bot: (photo) Как вам помощь?
      Ноябрь 2026 · предварительно, открыто 1
    
      Охват 93 %: ответили 14 из 15.
      Довольны: от 60 до 96 %, точнее не сказать; оценок: 14.
      К прошлому периоду (Октябрь 2026): мало оценок для сравнения: 0 из нужных 10.
    
      • Порекомендуете нас? — от +20 до +92, неточно
      [ ‹ Октябрь 2026 ]
      [ неделя | ✓ месяц | квартал ]
      [ другой вопрос | команда ]
    ");
    let picture = story.world.last_picture(story.lead.id).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    story.tap(story.lead, "неделя").await;
    assert!(said(&story, story.lead).await.contains("16 ноя"), "{}", story.last(story.lead));
    story.tap(story.lead, "другой вопрос").await;
    let listed = said(&story, story.lead).await;
    assert!(listed.contains("О чём отчёт?") && listed.contains("[ Как вам помощь? ]"), "{listed}");
    story.tap(story.lead, "Порекомендуете нас?").await;
    assert!(said(&story, story.lead).await.contains("NPS"), "{}", story.last(story.lead));
    story.tap(story.lead, "команда").await;
    let listed = said(&story, story.lead).await;
    assert!(listed.contains("[ все команды ]") && listed.contains("[ north | south ]"), "{listed}");
    story.tap(story.lead, "south").await;
    let few = said(&story, story.lead).await;
    assert!(few.contains("команда south") && few.contains("мало оценок: 2 из нужных 10"), "{few}");
    // The team is still there, although it has no events of the week before.
    story.tap(story.lead, "‹").await;
    let before = said(&story, story.lead).await;
    assert!(before.contains("команда south") && before.contains("0 из нужных 10"), "{before}");
    // The text says nothing that the figures do not say.
    let (_, figures) = story.get("/v1/figures?script=support&period=2026-11&question=agent").await;
    let row = &figures["questions"][0]["rows"][0];
    assert_eq!((&row["n"], &figures["ledger"]["eligible"]), (&json!(14), &json!(15)), "{figures}");
    story.end().await;
}

#[tokio::test]
pub async fn an_agent_reads_their_own_scores_and_strangers_none() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    story.start(story.lead).await;
    rated(&story).await;
    let olga = staff(&story, "Ольга", "agent", Some("a-1")).await;
    let ivan = staff(&story, "Иван", "agent", None).await;
    story.say(olga, "/report").await;
    let own = said(&story, olga).await;
    assert_snapshot!(own, @r"
    Bot: (photo) How was the help?
      November 2026 · your scores only · preliminary, 1 open
    
      Coverage 92%: 12 of 13 answered.
      Satisfied: 55 to 96%, no more precise than that; scores: 12.
      Against the period before (October 2026): too few to compare with: 0 of the 10 needed.
    
      • Would you recommend us? — +10 to +91, not precise
      [ ‹ October 2026 ]
      [ week | ✓ month | quarter ]
      [ another question ]
    ");
    assert!(!own.contains("team"), "{own}");
    assert!(story.world.last_picture(olga.id).is_some());
    story.say(ivan, "/report").await;
    assert!(said(&story, ivan).await.contains("set your agent ID"), "{}", story.last(ivan));
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "/report").await;
    assert!(said(&story, anna).await.contains("staff with a role"), "{}", story.last(anna));
    // A button of another chat brings nobody else's figures.
    story.forge(anna, anna.id, 1, "1y:s::").await;
    assert!(said(&story, anna).await.contains("staff with a role"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_while_a_report_is_made_gets_none() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    story.start(story.lead).await;
    rated(&story).await;
    let ivan = staff(&story, "Иван", "lead", None).await;
    let db = &story.running.db;
    let mut tx = db.write().await.unwrap();
    story.world.say(ivan.id, "/report");
    // Whoever wants to write gets it in turn, so this is the first once the report is asked for.
    while tx.find_next_report_job().await.unwrap().is_none() {
        drop(tx);
        tx = db.write().await.unwrap();
    }
    // The report is made meanwhile, and waits to be queued.
    let writes = db.writes();
    while writes.is_some() && db.writes() == writes {
        tokio::task::yield_now().await;
    }
    tx.delete_staff(PersonId::new(ivan.id)).await.unwrap();
    tx.commit().await.unwrap();
    let told = said(&story, ivan).await;
    assert!(told.contains("staff with a role") && !told.contains("photo"), "{told}");
    assert!(story.world.last_picture(ivan.id).is_none());
    story.end().await;
}

#[tokio::test]
pub async fn a_report_whose_picture_is_refused_comes_as_a_text() {
    let story = Story::new().await;
    story.start(story.lead).await;
    rated(&story).await;
    let refused = Fault::error(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
    story.world.fault(refused.on("sendPhoto"));
    story.say(story.lead, "/report").await;
    let text = said(&story, story.lead).await;
    assert!(text.contains("Охват") && !text.contains("photo"), "{text}");
    story.end().await;
}

#[tokio::test]
pub async fn a_question_about_solved_problems_has_no_coverage() {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.say(story.lead, "/report").await;
    said(&story, story.lead).await;
    story.tap(story.lead, "другой вопрос").await;
    said(&story, story.lead).await;
    story.tap(story.lead, "Насколько вы довольны тем").await;
    let text = said(&story, story.lead).await;
    assert!(text.contains("как мы решили проблему?") && text.contains("0 из нужных 10"), "{text}");
    assert!(!text.contains("Спрашивать было некого"), "cases have no coverage: {text}");
    assert!(text.contains("(photo)"), "their trend is drawn as well: {text}");
    story.end().await;
}

#[tokio::test]
pub async fn without_scores_a_report_says_so() {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.say(story.lead, "/report").await;
    let text = said(&story, story.lead).await;
    assert!(text.contains("Спрашивать было некого"), "{text}");
    story.end().await;
}

#[tokio::test]
pub async fn a_list_that_is_cut_says_so() {
    let story = Story::new().await;
    story.start(story.lead).await;
    for number in 0..26 {
        let agent = json!({ "id": "a-1", "team": format!("team-{number:02}") });
        story.ticket(&number.to_string(), "C-1", json!({ "agent": agent })).await;
    }
    story.say(story.lead, "/report").await;
    said(&story, story.lead).await;
    story.tap(story.lead, "команда").await;
    let listed = said(&story, story.lead).await;
    assert!(listed.contains("Здесь первые 24 из 26."), "{listed}");
    assert!(listed.contains("team-23") && !listed.contains("team-24"), "{listed}");
    story.end().await;
}

#[tokio::test]
pub async fn the_first_report_is_of_the_period_in_which_its_question_was_answered_most() {
    let october = chrono::DateTime::parse_from_rfc3339("2026-10-30T12:00:00+03:00").unwrap();
    let story = Setting::at(october.to_utc().into()).await.start().await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, QUESTIONS)).await;
    story.start(story.lead).await;
    for (customer, wait) in [("К1", hours(36)), ("К2", minutes(1))] {
        let person = story.customer(customer, customer).await;
        story.ticket(customer, customer, json!({})).await;
        // What is asked about an order of October can still be answered, so October is not settled.
        story.customer("Молчун", &format!("silent-{customer}")).await;
        story.purchase(customer, &format!("silent-{customer}"), json!({})).await;
        story.advance(minutes(1)).await;
        story.tap(person, "5").await;
        story.tap(person, "10").await;
        story.advance(wait).await;
    }
    story.say(story.lead, "/report").await;
    let text = said(&story, story.lead).await;
    assert!(text.contains("Как вам помощь?") && text.contains("Ноябрь 2026"), "{text}");
    story.end().await;
}

#[tokio::test]
async fn a_mean_says_between_which_numbers_it_lies() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let question = QUESTIONS.split("[[questions]]").nth(1).unwrap().replace("csat", "csi");
    let question = format!("[[questions]]{question}");
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, &question)).await;
    for number in 0..12 {
        let id = number.to_string();
        let person = story.customer(&format!("К{id}"), &id).await;
        story.ticket(&id, &id, json!({})).await;
        story.advance(minutes(1)).await;
        story.tap(person, "4").await;
    }
    story.say(story.lead, "/report").await;
    let text = said(&story, story.lead).await;
    assert!(text.contains("Средняя оценка, 1–5: "), "{text}");
    story.end().await;
}
