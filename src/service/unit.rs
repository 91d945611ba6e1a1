//! One unit of work: what is done together, and at one moment. It is committed by `react`, the one place that knows who
//! listens to what happened in it.

use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::noted::Noted;
use crate::store::{self, Db, Tx};

/// A transaction, what the use cases need beside it, and the moment for which it is done. Nothing is kept until
/// [`Unit::commit`].
#[derive(Debug)]
pub struct Unit<'a> {
    pub tx: Tx,
    pub ctx: &'a Context,
    pub now: Timestamp,
    pub(super) noted: Noted,
}

impl<'a> Unit<'a> {
    /// Begins once nobody else writes, and reads the clock then: whoever waited acts later.
    pub async fn begin(db: &Db, ctx: &'a Context) -> store::Result<Self> {
        let tx = db.write().await?;
        Ok(Self { tx, ctx, now: ctx.clock.now(), noted: Noted::default() })
    }
}
