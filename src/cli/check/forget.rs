//! Checks for requests to be forgotten that an admin has to decide.

use super::{Line, Verdict};
use crate::config::Config;
use crate::domain::counted::counted;
use crate::store::{self, Db};

/// Returns a line if there are any.
pub(super) async fn requests(config: &Config, db: &Db) -> store::Result<Option<Line>> {
    let mut tx = db.read().await?;
    let requests = tx.list_forget_requests().await?;
    let Some(oldest) = requests.first() else { return Ok(None) };
    let admins = tx.audience().await?.admins.len() + config.admin_ids.len();
    let todo = if admins == 0 {
        "there is no admin to be asked: the first one comes by the link that serve prints"
    } else {
        "the admins are asked in Telegram, every day"
    };
    let detail = format!(
        "{}, the oldest since {}; {todo}. What nobody has decided by {} is erased by itself, but for another person's \
         answers",
        counted(
            requests.len(),
            "request to erase data waits for an admin",
            "requests to erase data wait for an admin"
        ),
        oldest.asked_at,
        oldest.ends_at()
    );
    Ok(Some(Line::new(Verdict::Wrong, "forget", detail)))
}
