//! Checks for followers of the journal that cannot go on.

use super::{Line, Verdict};
use crate::store::followers::FollowerRow;
use crate::store::{self, Db};

pub(super) async fn failing(db: &Db) -> store::Result<Vec<Line>> {
    let followers = db.read().await?.list_followers().await?;
    Ok(followers.into_iter().filter_map(line).collect())
}

fn line(follower: FollowerRow) -> Option<Line> {
    let FollowerRow { name, failing_since, failure, .. } = follower;
    let detail =
        format!("fails since {}: {}; what has happened since then waits for it", failing_since?, failure?);
    Some(Line::new(Verdict::Wrong, format!("follower '{name}'"), detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[tokio::test]
    async fn a_follower_that_fails_is_named_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        for name in ["figures", "webhooks"] {
            tx.set_followed(name, 0).await.unwrap();
        }
        tx.set_follower_failing(
            "webhooks",
            "https://shop.example/hook answers 500",
            Timestamp::from_millis(0),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let lines: Vec<String> = failing(&db).await.unwrap().iter().map(Line::to_string).collect();
        assert_eq!(
            lines,
            [
                "WRONG  follower 'webhooks': fails since 1970-01-01T00:00:00Z: https://shop.example/hook answers 500; \
              what has happened since then waits for it"
            ]
        );
    }
}
