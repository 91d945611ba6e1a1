//! What agents are called. Everything that names an agent beside figures asks here, so that who may not be told the names
//! is told them nowhere.

use std::collections::BTreeMap;

use crate::domain::counting::{Days, Selection};
use crate::service::Context;
use crate::store::{self, Tx};

/// How agents are called before a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// By their names.
    #[default]
    Named,
    /// By numbers, in this language.
    Numbered(&'static str),
}

/// What the agents of some days are called, by ID.
#[derive(Clone, Debug, Default)]
pub struct AgentNames {
    known: BTreeMap<String, String>,
    /// What all others are called. Without it, those without a name are called by their ID.
    other: Option<String>,
}

impl AgentNames {
    pub async fn load(tx: &mut Tx, ctx: &Context, days: Days, naming: Naming) -> store::Result<Self> {
        let selection = Selection::of(days, ctx.zone(), ctx.config.new_agent_days);
        let named = tx.list_agent_names(&selection).await?;
        let Naming::Numbered(language) = naming else {
            let known = named.iter().filter_map(|(id, name)| Some((id.clone(), name.clone()?)));
            return Ok(Self { known: known.collect(), other: None });
        };
        let numbered = |(number, id): (u32, &String)| {
            let name = [("number", number.to_string().into())];
            (id.clone(), ctx.catalogue.with(language, "agents-numbered", &name))
        };
        Ok(Self {
            known: (1..).zip(named.keys()).map(numbered).collect(),
            other: Some(ctx.catalogue.text(language, "agents-other")),
        })
    }

    /// What an agent is called; `None` for who has only an ID.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&str> {
        self.known.get(id).or(self.other.as_ref()).map(String::as_str)
    }

    /// What an agent is called; their ID if they have no name.
    #[must_use]
    pub fn of<'n>(&'n self, id: &'n str) -> &'n str {
        self.find(id).unwrap_or(id)
    }
}
