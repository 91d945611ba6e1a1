//! The players: customers with several languages and time zones, an agent, a lead and an admin, and the leads' group.

use serde::{Deserialize, Serialize};

use crate::i18n::Catalogue;
use crate::sandbox::{ChatId, GroupKind, MessageId, Role, UserId, World};

/// The role of a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlayerRole {
    Customer,
    Agent,
    Lead,
    Admin,
}

/// Somebody whom the page can act as.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Player {
    pub id: UserId,
    pub role: PlayerRole,
    /// Their customer ID at the shop.
    pub customer: Option<String>,
    pub zone: String,
    pub phone: String,
    /// Whether they belong to the simulated crowd; its members are listed separately.
    pub crowd: bool,
}

/// All players, and the leads' group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Players {
    pub people: Vec<Player>,
    pub group: ChatId,
    /// The group's topic for alerts.
    pub alerts: MessageId,
}

/// The customers in the order that [`Players::first`] expects: the message with the name, the language in Telegram, the
/// zone, and the shop's customer ID.
const CUSTOMERS: [(&str, &str, &str, &str); 3] = [
    ("demo-anna", "ru", "Europe/Moscow", "C-42"),
    ("demo-emma", "en", "Europe/London", "C-108"),
    ("demo-timur", "ru", "Asia/Vladivostok", "C-77"),
];

#[cfg(test)]
pub(super) fn zones() -> Vec<&'static str> {
    CUSTOMERS.map(|(_, _, zone, _)| zone).to_vec()
}

/// The shop's ID of the agent in the sample events.
pub const AGENT: &str = "a-17";

impl Players {
    /// Creates everybody's accounts. Those who speak the demo's language come first.
    pub fn enter(world: &World, catalogue: &Catalogue, locale: &str) -> Self {
        let mut people = Vec::new();
        let mut customers = CUSTOMERS;
        customers.sort_by_key(|(_, language, ..)| *language != locale);
        for (name, language, zone, customer) in customers {
            let id = world.add_user(&catalogue.text(locale, name), Some(language));
            people.push(Player::new(id, PlayerRole::Customer, Some(customer), zone));
        }
        let mut staff = |name: &str, role| {
            let id = world.add_user(&catalogue.text(locale, name), Some(locale));
            people.push(Player::new(id, role, None, "Europe/Moscow"));
            id
        };
        staff("demo-colleague", PlayerRole::Agent);
        let lead = staff("demo-lead", PlayerRole::Lead);
        let admin = staff("demo-admin", PlayerRole::Admin);
        let group = world.add_group(&catalogue.text(locale, "demo-group"), GroupKind::Forum, lead);
        world.add_member(group, admin, Role::Admin);
        let alerts = world.add_topic(group, &catalogue.text(locale, "demo-leads"));
        world.add_topic(group, &catalogue.text(locale, "demo-ideas"));
        Self { people, group, alerts }
    }

    /// Makes the staff start the bot, which otherwise could not write to them.
    pub fn begin(&self, world: &World) {
        for player in self.people.iter().filter(|player| player.role != PlayerRole::Customer) {
            world.start(player.id, None);
        }
    }

    pub fn with_role(&self, role: PlayerRole) -> Option<&Player> {
        self.people.iter().find(|player| player.role == role)
    }

    pub(super) fn find(&self, id: UserId) -> Option<&Player> {
        self.people.iter().find(|player| player.id == id)
    }
}

impl Player {
    pub(super) fn new(id: UserId, role: PlayerRole, customer: Option<&str>, zone: &str) -> Self {
        let phone = format!("+7999{:07}", id % 10_000_000);
        Self { id, role, customer: customer.map(str::to_owned), zone: zone.to_owned(), phone, crowd: false }
    }
}
