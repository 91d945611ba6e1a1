//! One unit of work: everything that is done together, at one moment. It is committed by `react`, the one place that
//! knows who listens to what happened in it.

use std::ops::{Deref, DerefMut};

use crate::domain::ids::{ChatId, MessageId};
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
    reactions: Vec<Reaction>,
}

/// A bot's reaction to a message of somebody else. It is not stored, is made once after the commit, and does not count
/// towards a group's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub chat_id: ChatId,
    pub message_id: MessageId,
    pub emoji: &'static str,
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
        Ok(Self { tx, ctx, now: ctx.clock.now(), noted: Noted::default(), reactions: Vec::new() })
    }

    /// Asks for a reaction. Only the sender makes reactions, so this has no effect in other units.
    pub fn react(&mut self, reaction: Reaction) {
        self.reactions.push(reaction);
    }

    pub fn take_reactions(&mut self) -> Vec<Reaction> {
        std::mem::take(&mut self.reactions)
    }
}
