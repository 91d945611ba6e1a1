//! The way back to an earlier version, while surveys are open.

use afterword::service::export::{Filter, What};
use afterword::service::scripts;
use serde_json::json;

use crate::harness::{Story, hours, script};

const ONE: &str = "[[questions]]\nkey = \"first\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";
const TWO: &str = "[[questions]]\nkey = \"second\"\nmetric = \"choice\"\ntext = { ru = \"Решили?\", en = \"Solved?\" }\n\
                   options = [ { key = \"yes\", text = { ru = \"Да\", en = \"Yes\" } }, \
                   { key = \"no\", text = { ru = \"Нет\", en = \"No\" } } ]\n";

async fn roll_back(story: &Story, slug: &str, version: i64) -> scripts::RolledBack {
    let mut unit = story.unit().await;
    let done = scripts::rollback(&mut unit, slug, Some(version)).await.unwrap();
    unit.commit().await.unwrap();
    done
}

#[tokio::test]
async fn an_open_survey_keeps_its_version_and_what_was_only_scheduled_gets_the_new_one() {
    let story = Story::new().await;
    let (anna, boris) = (story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await);
    story.publish(&script("own", "", "", ONE)).await;
    story.publish(&script("own", "", "", &format!("{ONE}{TWO}"))).await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(1)).await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(hours(2)).await;
    assert!(story.last(anna).contains("Вопрос 1 из 2"), "{}", story.last(anna));

    let done = roll_back(&story, "own", 1).await;
    assert_eq!((done.version, done.content_of, done.instead_of, done.open_surveys), (3, 1, 2, 1));
    story.tap(anna, "5").await;
    assert!(story.last(anna).contains("Решили?"), "{}", story.last(anna));
    story.tap(anna, "Да").await;
    assert_eq!(story.state("purchase-1").await, "completed");

    story.advance(hours(1)).await;
    assert!(!story.last(boris).contains("из 2"), "{}", story.last(boris));
    story.tap(boris, "5").await;
    assert_eq!(story.state("purchase-2").await, "completed");
    let rows = story.export(What::Surveys, &Filter::default()).await;
    let versions: Vec<&str> = rows.iter().map(|row| row["script_version"].as_str()).collect();
    assert_eq!(versions, ["2", "3"]);
    story.end().await;
}
