//! Starting and stopping.

use crate::harness::Story;

#[tokio::test]
async fn it_starts_and_ends_with_nothing_left_over() {
    let story = Story::new().await;
    let (status, alive) = story.get("/healthz").await;
    assert_eq!((status, alive["status"].as_str()), (200, Some("alive")));
    story.end().await;
}
