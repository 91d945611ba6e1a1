//! The question after a resolved case.

use crate::harness::{Setting, Story, minutes};

#[tokio::test]
async fn admins_of_an_earlier_version_are_told_once_of_the_draft_and_publish_it_with_a_tap() {
    let mut story = Setting::of_the_first_schema().await.start().await;
    story.advance(minutes(11)).await;
    let offers = |story: &Story| story.chat(story.lead).matches("доволен ли он решением").count();
    assert_eq!(offers(&story), 1, "{}", story.chat(story.lead));
    let live = |story: &Story| story.running.ctx.scripts.find("recovery").is_some();
    assert!(!live(&story));
    story.tap(story.lead, "Опубликовать").await;
    story.advance(minutes(1)).await;
    assert!(live(&story), "{}", story.chat(story.lead));
    story.restart().await;
    story.advance(minutes(30)).await;
    assert!(offers(&story) <= 1, "{}", story.chat(story.lead));
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

#[tokio::test]
async fn a_new_installation_asks_after_resolved_cases_and_tells_nobody() {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.advance(minutes(30)).await;
    assert!(story.running.ctx.scripts.find("recovery").is_some());
    assert!(!story.chat(story.lead).contains("доволен ли"), "{}", story.chat(story.lead));
    story.end().await;
}
