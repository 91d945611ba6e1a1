//! A bot that is set to get taps without the message they were made under (`callback_query_mode`, Bot API 10.5).

use afterword::cli::{Output, check};
use afterword::sandbox::Action;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Story, hours};

#[tokio::test]
pub async fn a_survey_is_answered_to_the_end_by_taps_that_come_without_their_message() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.world.leave_messages_out_of_taps();
    let asked = story.world.last_message(anna.id).unwrap();
    let Action::Callback(data) = asked.keyboard[0][0].action.clone() else { panic!("no callback") };
    story.tap(anna, "🙁").await;
    // Whose survey it is and at which step is judged all the same.
    let eve = story.person("Ева");
    story.start(eve).await;
    assert_eq!(story.forge(eve, eve.id, 1, &data).await, "Этот опрос адресован не вам");
    assert_eq!(story.forge(anna, anna.id, asked.id, &data).await, "На этот вопрос вы уже ответили");
    story.tap(anna, "Пропустить").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · agent · csi · 3
    ticket_closed-7 · solved · choice · yes
    ");
    assert_eq!(story.state("ticket_closed-7").await, "completed");
    assert_eq!(story.world.last_message(anna.id).unwrap().id, asked.id, "the survey stays in its message");
    story.end().await;
}

#[tokio::test]
pub async fn both_checks_name_the_mode() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    let ready = async || story.get("/readyz").await.1["checks"]["telegram"]["detail"].to_string();
    assert!(!ready().await.contains("callback_query_mode"));
    story.world.leave_messages_out_of_taps();
    story.tap(anna, "🙁").await;
    assert!(ready().await.contains("callback_query_mode"), "{}", ready().await);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    let code = check::run(&story.setup(), &check::CheckArgs::default(), &mut to).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    assert!(code == 1 && said.contains("callback_query_mode"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn the_mode_is_named_right_after_the_start_before_anybody_taps() {
    let mut story = Story::new().await;
    story.world.leave_messages_out_of_taps();
    story.restart().await;
    let ready = story.get("/readyz").await.1["checks"]["telegram"]["detail"].to_string();
    assert!(ready.contains("callback_query_mode"), "{ready}");
    story.end().await;
}
