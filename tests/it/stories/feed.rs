//! Answers as another program takes them out, piece by piece.

use std::collections::HashMap;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Story, hours, minutes};

/// Whoever reads `GET /v1/answers` and keeps the cursor.
#[derive(Default)]
struct Reader {
    cursor: Option<String>,
    /// What it holds by now, by `answer_id`.
    held: HashMap<String, Value>,
}

impl Reader {
    /// Reads until nothing more is there, `limit` at a time; a line each.
    async fn read(&mut self, story: &Story, limit: usize) -> String {
        let mut told = String::new();
        loop {
            let since = self.cursor.as_ref().map(|cursor| format!("&since={cursor}")).unwrap_or_default();
            let (status, page) = story.get(&format!("/v1/answers?limit={limit}{since}")).await;
            assert_eq!(status, 200, "{page}");
            let answers = page["answers"].as_array().unwrap();
            assert!(answers.len() <= limit);
            for answer in answers {
                told += &line(answer);
                let id = answer["answer_id"].as_str().unwrap().to_owned();
                let before = self.held.insert(id, answer.clone());
                let revision = |answer: &Value| answer["revision"].as_i64().unwrap();
                assert!(before.is_none_or(|before| revision(&before) < revision(answer)));
            }
            self.cursor = Some(page["next"].as_str().unwrap().to_owned());
            if page["more"] == json!(false) {
                return told;
            }
        }
    }

    /// What counts, by what it holds.
    fn current(&self) -> usize {
        self.held.values().filter(|answer| answer["withdrawn"] == json!(false)).count()
    }
}

fn line(answer: &Value) -> String {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let withdrawn = if answer["withdrawn"] == json!(true) { " withdrawn" } else { "" };
    let given = format!("{}{}{}", answer["value"], answer["options"], text("text")).replace("null", "");
    format!("{} {} {given} r{}{withdrawn}\n", text("question"), text("metric"), answer["revision"])
}

#[tokio::test]
async fn a_reader_misses_nothing_and_sees_every_change_again() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let mut reader = Reader::default();
    assert_eq!(reader.read(&story, 10).await, "");
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    assert_snapshot!(reader.read(&story, 1).await, @"overall csat 1[] r1");
    story.tap(anna, "долго ждать").await;
    story.tap(anna, "долго ждать").await;
    assert_snapshot!(reader.read(&story, 1).await, @"overall reason [] r2 withdrawn");
    story.say(anna, "Очень долго").await;
    assert_snapshot!(reader.read(&story, 1).await, @"overall comment []Очень долго r1");
    story.advance(minutes(1)).await;
    story.say(anna, "Правда").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    assert_snapshot!(reader.read(&story, 1).await, @r#"
    overall comment []Очень долго
    Правда r2
    agent csi 3[] r1
    solved choice ["yes"] r1
    "#);
    assert_eq!(reader.read(&story, 1).await, "", "nothing twice");
    assert_eq!(reader.current(), story.answers().await.lines().count() - 1);
    story.end().await;
}

#[tokio::test]
async fn what_is_no_longer_on_the_path_comes_again_as_withdrawn() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let mut reader = Reader::default();
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    story.tap(anna, "долго ждать").await;
    reader.read(&story, 10).await;
    story.tap(anna, "Назад").await;
    story.tap(anna, "🙂").await;
    assert_snapshot!(reader.read(&story, 10).await, @r#"
    overall csat 3[] r2
    overall reason ["slow"] r2 withdrawn
    "#);
    let (_, whole) = story.get("/v1/answers").await;
    assert_eq!(whole["answers"].as_array().unwrap().len(), 2, "each answer stands once");
    let survey_id = whole["answers"][0]["survey_id"].as_str().unwrap();
    let (status, survey) = story.get(&format!("/v1/surveys/{survey_id}")).await;
    assert_eq!(
        (status, &survey["state"], &survey["event_id"]),
        (200, &json!("started"), &json!("ticket_closed-7"))
    );
    let answers = survey["answers"].as_array().unwrap();
    assert_eq!(
        answers.iter().map(line).collect::<String>(),
        "overall csat 3[] r2\noverall reason [\"slow\"] r2 withdrawn\n"
    );
    story.end().await;
}
