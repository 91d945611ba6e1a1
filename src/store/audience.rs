//! Who may get alerts, kept in memory: every case is compared with hundreds of chats, and with everybody who has a role.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::alert_chats::AlertChats;
use super::lost_chats::LostChat;
use super::{Result, Tx, on_engine, query_scalar};
use crate::config::ChatTopic;
use crate::domain::ids::PersonId;
use crate::domain::staff::Role;

/// The chats for alerts, those that refuse them, and the people with a role. The environment may name more of them.
#[derive(Debug)]
pub struct Audience {
    pub chats: AlertChats,
    /// In the order of their IDs.
    pub admins: Vec<PersonId>,
    /// In the order of their IDs.
    pub leads: Vec<PersonId>,
    /// In the order of their places.
    pub lost: Vec<LostChat>,
}

impl Audience {
    pub fn find_lost(&self, place: ChatTopic) -> Option<&LostChat> {
        let place = (place.chat, place.topic);
        let found = self.lost.binary_search_by_key(&place, |lost| (lost.chat_id, lost.thread_id)).ok()?;
        self.lost.get(found)
    }
}

/// The audience as it was last read, with its revision.
#[derive(Debug, Default)]
pub(super) struct KeptAudience(Mutex<Option<(i64, Arc<Audience>)>>);

impl KeptAudience {
    /// What panics while it holds the lock leaves the audience as it is.
    fn lock(&self) -> MutexGuard<'_, Option<(i64, Arc<Audience>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tx {
    /// Who may get alerts. It is read again only if it has changed.
    pub async fn audience(&mut self) -> Result<Arc<Audience>> {
        // Triggers set a new random number with every change.
        let revision = query_scalar::<i64>("SELECT value FROM counters WHERE name = 'audience'");
        let revision = on_engine!(self, fetch_one, revision)?;
        let kept = Arc::clone(&self.audience);
        if let Some((_, audience)) = kept.lock().as_ref().filter(|(of, _)| *of == revision) {
            return Ok(Arc::clone(audience));
        }
        let audience = Arc::new(Audience {
            chats: self.list_alert_chats().await?,
            admins: self.list_staff_with_role(Role::Admin).await?,
            leads: self.list_staff_with_role(Role::Lead).await?,
            lost: self.list_lost_chats().await?,
        });
        *kept.lock() = Some((revision, Arc::clone(&audience)));
        Ok(audience)
    }

    async fn list_staff_with_role(&mut self, role: Role) -> Result<Vec<PersonId>> {
        let query =
            query_scalar("SELECT person FROM staff WHERE role = $1 ORDER BY person").bind(role.as_str());
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
