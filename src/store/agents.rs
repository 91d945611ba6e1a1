//! Agents as the events name them.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::{Result, Tx, on_engine, query_as, query_scalar};
use crate::domain::counting::Days;
use crate::domain::schedule::start_of_day;

impl Tx {
    /// The newest name of every agent in the events of these days, by ID.
    pub async fn list_agent_names(&mut self, days: Days, zone: Tz) -> Result<BTreeMap<String, String>> {
        let query = query_as::<(String, String, i64)>(
            "SELECT agent_id, agent_name, MAX(id) AS newest FROM events WHERE occurred_at >= $1 \
             AND occurred_at < $2 AND agent_id IS NOT NULL AND agent_name IS NOT NULL \
             GROUP BY agent_id, agent_name ORDER BY newest",
        )
        .bind(start_of_day(days.from, zone))
        .bind(start_of_day(days.until, zone));
        let names = on_engine!(self, fetch_all, query)?;
        Ok(names.into_iter().map(|(id, name, _)| (id, name)).collect())
    }

    /// The IDs of all agents in the events of these days, in one order.
    pub async fn list_agent_ids(&mut self, days: Days, zone: Tz) -> Result<BTreeSet<String>> {
        let query = query_scalar(
            "SELECT DISTINCT agent_id FROM events WHERE occurred_at >= $1 AND occurred_at < $2 \
             AND agent_id IS NOT NULL",
        )
        .bind(start_of_day(days.from, zone))
        .bind(start_of_day(days.until, zone));
        let ids: Vec<String> = on_engine!(self, fetch_all, query)?;
        Ok(ids.into_iter().collect())
    }
}
