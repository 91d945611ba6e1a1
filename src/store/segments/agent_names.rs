//! What the agents that are counted are called.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::kept::Looked;
use crate::domain::counting::{Counting, Days, Dimension, GroupKey, Selection};
use crate::domain::schedule::start_of_day;
use crate::store::{Result, Tx, on_engine, query_as};

/// The names of one day, by agent.
pub(super) type NamesOfDay = BTreeMap<String, String>;

/// About how many bytes an agent with a name takes.
const NAMED: usize = 192;

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
        let bytes = names.len() * NAMED;
        Ok(missing.keep(names, bytes))
    }

    /// Looks for names from the last day on, and no further back than there are agents without one.
    async fn find_names(&mut self, days: Days, zone: Tz, names: &mut AgentNames) -> Result<()> {
        let last = self.find_last_day(days, zone).await?;
        let mut until = days.until.min(last);
        while until > days.from && names.values().any(Option::is_none) {
            let Some(day) = until.pred_opt() else { break };
            for (id, name) in &*self.list_names_on(Days { from: day, until }, zone).await? {
                if let Some(unnamed) = names.get_mut(id).filter(|known| known.is_none()) {
                    *unnamed = Some(name.clone());
                }
            }
            until = day;
        }
        Ok(())
    }

    /// The newest names that events of a day have, by agent. They are kept, because an installation whose events name nobody is
    /// looked through from end to end.
    async fn list_names_on(&mut self, day: Days, zone: Tz) -> Result<Arc<NamesOfDay>> {
        let kept = self.keeping(day, zone).await?;
        if let Some(names) = kept.find(|kept| &kept.names, &(day, zone)) {
            return Ok(names);
        }
        let query = query_as::<(String, String, i64)>(
            "SELECT agent_id, agent_name, MAX(id) AS newest FROM events WHERE occurred_at >= $1 \
             AND occurred_at < $2 AND agent_id IS NOT NULL AND agent_name IS NOT NULL \
             GROUP BY agent_id, agent_name ORDER BY newest",
        )
        .bind(start_of_day(day.from, zone))
        .bind(start_of_day(day.until, zone));
        let found = on_engine!(self, fetch_all, query)?;
        let names: NamesOfDay = found.into_iter().map(|(id, name, _)| (id, name)).collect();
        let bytes = names.len() * NAMED;
        Ok(kept.keep(|kept| &kept.names, (day, zone), names, bytes))
    }

    /// The day after the last one that has events.
    async fn find_last_day(&mut self, days: Days, zone: Tz) -> Result<NaiveDate> {
        let day = self.find_day_before(super::day_number(days.until), zone).await?;
        Ok(day.map_or(days.from, |day| super::date_of(day + 1)))
    }
}
