//! Decides which of several programs on one database talks to Telegram.
//!
//! On PostgreSQL, a row names the holder and when the lease expires by the server's clock. The holder renews the lease
//! every second, and a process that finds it expired takes it. Each time it is taken, a new *epoch* begins. The epoch
//! is also written to the row that every writing transaction locks first ([`Db::write`]), so a transaction learns the
//! epoch at no cost. A transaction for a term that has ended is refused: a program that was frozen or cut off and comes
//! back too late changes nothing.
//!
//! An SQLite file has only one `serve`, which the lock beside the file ensures. Its term does not end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Db, Patience, Pools, Result, within};

const NOW: &str = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";

/// The result of asking for the lease.
#[derive(Debug)]
pub enum Lease {
    Taken(Term),
    Held { by: String },
}

/// The period for which one program holds the lease. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Term(Arc<State>);

#[derive(Debug)]
struct State {
    epoch: i64,
    /// `None` for a term that does not expire.
    holds_until: Mutex<Option<Instant>>,
}

impl Term {
    /// How long a lease lasts if it is not renewed.
    pub const LASTS: Duration = Duration::from_secs(6);
    /// How long the holder acts without renewing. It is shorter than the lease because clocks do not run at the same
    /// speed.
    const ACTS: Duration = Duration::from_secs(5);

    fn new(epoch: i64, holds_until: Option<Instant>) -> Self {
        Self(Arc::new(State { epoch, holds_until: Mutex::new(holds_until) }))
    }

    pub(super) fn epoch(&self) -> i64 {
        self.0.epoch
    }

    /// True as long as nobody else can have taken over.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.holds_until().is_none_or(|until| Instant::now() < until)
    }

    /// The time until which the term certainly holds if it is not renewed. `None` means forever.
    #[must_use]
    pub fn holds_until(&self) -> Option<Instant> {
        *self.0.holds_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, until: Instant) {
        *self.0.holds_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }
}

impl Db {
    /// Takes the lease if nobody holds it.
    pub async fn take_lease(&self, holder: &str) -> Result<Lease> {
        let Pools::Postgres { lease, .. } = &self.pools else { return Ok(Lease::Taken(Term::new(0, None))) };
        let asked = Instant::now();
        // Waits for the current writing transaction, which may be the last one of the former holder.
        let text = format!(
            "WITH taken AS (UPDATE lease SET epoch = epoch + 1, holder = $1, expires_at = {NOW} + $2 \
                            WHERE expires_at < {NOW} RETURNING epoch) \
             UPDATE write_turn SET epoch = taken.epoch FROM taken RETURNING write_turn.epoch"
        );
        let taking = sqlx::query_scalar(sqlx::AssertSqlSafe(text)).bind(holder).bind(millis(Term::LASTS));
        let taken: Option<i64> = within(Patience::Work.limit(), taking.fetch_optional(lease)).await?;
        if let Some(epoch) = taken {
            return Ok(Lease::Taken(Term::new(epoch, Some(asked + Term::ACTS))));
        }
        let by =
            within(Patience::Work.limit(), sqlx::query_scalar("SELECT holder FROM lease").fetch_one(lease))
                .await?;
        Ok(Lease::Held { by })
    }

    /// Extends the lease. Returns false if somebody else has taken it.
    pub async fn renew_lease(&self, term: &Term) -> Result<bool> {
        let Pools::Postgres { lease, .. } = &self.pools else { return Ok(true) };
        let asked = Instant::now();
        let text = format!("UPDATE lease SET expires_at = {NOW} + $2 WHERE epoch = $1");
        let renewing = sqlx::query(sqlx::AssertSqlSafe(text)).bind(term.epoch()).bind(millis(Term::LASTS));
        let renewed = within(Term::ACTS, renewing.execute(lease)).await?;
        let is_held = renewed.rows_affected() == 1;
        term.set(if is_held { asked + Term::ACTS } else { asked });
        Ok(is_held)
    }

    /// Gives up the lease, so that somebody else can take it at once.
    pub async fn release_lease(&self, term: &Term) -> Result<()> {
        if let Pools::Postgres { lease, .. } = &self.pools {
            let given = sqlx::query("UPDATE lease SET expires_at = 0 WHERE epoch = $1").bind(term.epoch());
            within(Term::ACTS, given.execute(lease)).await?;
            term.set(Instant::now());
        }
        Ok(())
    }

    /// Returns a handle for what may only be done during this term. Once the term is over, its writing transactions are
    /// refused.
    #[must_use]
    pub fn during(&self, term: &Term) -> Self {
        Self { term: Some(term.clone()), ..self.clone() }
    }

    /// Whether we may still act through this handle; see [`Db::during`].
    #[must_use]
    pub fn may_act(&self) -> bool {
        self.term.as_ref().is_none_or(Term::holds)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
