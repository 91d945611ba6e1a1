//! The one place that knows who listens to what happened within a transaction. The listeners run once per unit, before
//! the commit, however much happened. Work that may happen after the commit follows the journal instead
//! (`jobs::followers`).

use crate::service::noted::Noted;
use crate::service::{Unit, alerts};
use crate::store;

impl Unit<'_> {
    /// Runs the listeners, then commits everything.
    pub async fn commit(mut self) -> store::Result<()> {
        run(&mut self).await?;
        self.tx.into_inner().commit().await
    }
}

async fn run(unit: &mut Unit<'_>) -> store::Result<()> {
    let answers = std::mem::take(&mut unit.noted.answers);
    alerts::follow_answers(unit, &answers).await?;
    let ended = std::mem::take(&mut unit.noted.ended);
    alerts::resolve_corrected(unit, &ended).await?;
    // What was done with cases, by anybody and by what changed above, is drawn once.
    let Noted { cases, .. } = std::mem::take(&mut unit.noted);
    alerts::show_cases(unit, &cases).await
}
