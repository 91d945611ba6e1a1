//! One unit of work: everything that is done together, at one moment. It is committed by `react`, the one place that
//! knows who listens to what happened in it.

use std::ops::{Deref, DerefMut};

use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::noted::Noted;
use crate::store::{self, Db, Tx};

/// A transaction, what the use cases need besides it, and the time at which it acts. Nothing is stored until
/// [`Unit::commit`].
#[derive(Debug)]
pub struct Unit<'a> {
    pub tx: UnitTx,
    pub ctx: &'a Context,
    pub now: Timestamp,
    pub(super) noted: Noted,
}

/// A unit's transaction: all of [`Tx`] except its commit, which would bypass the listeners.
#[derive(Debug)]
pub struct UnitTx(Tx);

impl UnitTx {
    pub(super) fn into_inner(self) -> Tx {
        self.0
    }
}

impl Deref for UnitTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl DerefMut for UnitTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

impl<'a> Unit<'a> {
    /// Begins once nobody else is writing, and reads the clock only then, so that a unit that has waited uses the later
    /// time.
    pub async fn begin(db: &Db, ctx: &'a Context) -> store::Result<Self> {
        let tx = UnitTx(db.write().await?);
        Ok(Self { tx, ctx, now: ctx.clock.now(), noted: Noted::default() })
    }
}
