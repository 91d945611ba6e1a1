//! What the agents that are counted are called.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days as CalendarDays, NaiveDate};
use chrono_tz::Tz;

use super::kept::Looked;
use crate::domain::counting::{Counting, Days, Dimension, GroupKey, Selection};
use crate::domain::schedule::start_of_day;
use crate::store::{Result, Tx, on_engine, query_as};

/// Every agent by ID, with the newest name.
pub(super) type AgentNames = BTreeMap<String, Option<String>>;

impl Tx {
    /// Every agent of the selected surveys' days by ID, with the newest name that an event of these days has.
    pub async fn list_agent_names(&mut self, days: &Selection) -> Result<Arc<AgentNames>> {
        let counting = Counting::of_surveys(days.clone(), Dimension::Agent);
        let counts = self.count_surveys(&counting).await?;
        let (days, zone) = (days.days, days.zone);
        let missing = match self.look_for((days, zone), |kept| &kept.agents, (days, zone)).await? {
            Looked::Kept(names) => return Ok(names),
            Looked::Missing(missing) => missing,
        };
        let id = |key: &GroupKey| match key {
            GroupKey::Value(Some(id)) => Some((id.clone(), None)),
            GroupKey::Value(None) | GroupKey::All | GroupKey::From(_) => None,
        };
        let mut names: AgentNames = counts.groups.keys().filter_map(id).collect();
        self.find_names(days, zone, &mut names).await?;
        let weight = names.len();
        Ok(missing.keep(names, weight))
    }

    /// Looks for names from the last day on, and no further back than there are agents without one.
    async fn find_names(&mut self, days: Days, zone: Tz, names: &mut AgentNames) -> Result<()> {
        let last = self.find_last_day(days, zone).await?;
        let mut until = days.until.min(last);
        while until > days.from && names.values().any(Option::is_none) {
            let looked_at = (last - until).num_days().unsigned_abs();
            let from = until.checked_sub_days(CalendarDays::new(looked_at.max(1))).unwrap_or(days.from);
            let from = from.max(days.from);
            let query = query_as::<(String, String, i64)>(
                "SELECT agent_id, agent_name, MAX(id) AS newest FROM events WHERE occurred_at >= $1 \
                 AND occurred_at < $2 AND agent_id IS NOT NULL AND agent_name IS NOT NULL \
                 GROUP BY agent_id, agent_name ORDER BY newest DESC",
            )
            .bind(start_of_day(from, zone))
            .bind(start_of_day(until, zone));
            for (id, name, _) in on_engine!(self, fetch_all, query)? {
                if let Some(unnamed) = names.get_mut(&id).filter(|known| known.is_none()) {
                    *unnamed = Some(name);
                }
            }
            until = from;
        }
        Ok(())
    }

    /// The day after the last one that has events.
    async fn find_last_day(&mut self, days: Days, zone: Tz) -> Result<NaiveDate> {
        let day = self.find_day_before(super::day_number(days.until), zone).await?;
        Ok(day.map_or(days.from, |day| super::date_of(day + 1)))
    }
}
