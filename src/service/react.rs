//! Who listens to what happened, within its transaction: the one place that knows. It runs once a unit, before the commit,
//! however much happened; what may come after the commit follows the journal instead (`jobs::followers`).

use crate::service::noted::Noted;
use crate::service::{Unit, alerts};
use crate::store;

impl Unit<'_> {
    /// Lets those act who listen to what happened, and keeps all of it.
    pub async fn commit(mut self) -> store::Result<()> {
        run(&mut self).await?;
        self.tx.into_inner().commit().await
    }
}

async fn run(unit: &mut Unit<'_>) -> store::Result<()> {
    let Noted { answers } = std::mem::take(&mut unit.noted);
    alerts::follow_answers(unit, &answers).await
}
