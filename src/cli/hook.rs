//! `afterword hook …`: addresses for other systems, and what they delivered.

mod files;
mod shown;

use std::io::{BufRead as _, Read as _};
use std::path::Path;

use clap::Subcommand;

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::domain::hook::shipped;
use crate::service::hooks::{self, Hook, Refused, State, settings, trying};
use crate::service::{Context, Unit};
use crate::store::Db;
use crate::store::deliveries::DeliveryRow;
use crate::store::hooks::HookRow;

pub use files::Beside;
use files::named;

/// How many deliveries `log` lists.
const LISTED: i64 = 50;

#[derive(Clone, Debug, Subcommand)]
pub enum HookCommand {
    /// Lists the systems for which there is a preset
    Presets,
    /// Makes a hook, prints its address only this once, and says what to do in the other system
    Add {
        /// The hook's name; its events bear it, and it is never used again
        name: String,
        /// A shipped preset, or the file of your own
        #[arg(long, value_name = "PRESET|FILE")]
        preset: String,
    },
    /// Lists the hooks
    List,
    /// Changes a hook's variables, time zone (tz), region or preset, and shows what that changes for its newest deliveries
    Set {
        /// Which hook
        name: String,
        /// What to change, as name=value; an empty value takes the preset's
        #[arg(value_name = "SETTING")]
        values: Vec<String>,
        /// Another preset, or the file of your own
        #[arg(long, value_name = "PRESET|FILE")]
        preset: Option<String>,
    },
    /// Reads a secret from standard input; the one before it stays valid
    Secret {
        /// Which hook
        name: String,
    },
    /// Lets a hook's deliveries become events
    Go {
        /// Which hook
        name: String,
    },
    /// Lets a hook only watch: deliveries are stored and mapped, and no event is made
    Watch {
        /// Which hook
        name: String,
    },
    /// Gives a hook a new address; the old one ends at once
    Address {
        /// Which hook
        name: String,
    },
    /// Lists a hook's newest deliveries, with what became of each
    Log {
        /// Which hook
        name: String,
    },
    /// Shows a delivery: its content, every field with its expression and value, and what would become of it now
    Show {
        /// Its number, as in the log
        delivery: i64,
    },
    /// Tries a preset on a delivery, or on a file with a body; changes nothing
    Test {
        /// A shipped preset, or the file of your own
        #[arg(value_name = "PRESET|FILE")]
        preset: String,
        /// A delivery's number, or a file with a body
        #[arg(value_name = "DELIVERY|FILE")]
        delivery: String,
        #[command(flatten)]
        beside: Beside,
    },
    /// Maps deliveries once more
    Replay {
        /// Their numbers, as in the log
        #[arg(required = true, value_name = "DELIVERY")]
        deliveries: Vec<i64>,
    },
    /// Revokes a hook; its address ends at once
    Revoke {
        /// Which hook
        name: String,
    },
}

/// Runs the command and returns its exit code.
pub async fn run(setup: &Setup, command: HookCommand, to: &mut Output<'_>) -> anyhow::Result<u8> {
    if let HookCommand::Presets = command {
        return presets(to);
    }
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    let at = At { db: &db, ctx: &ctx };
    let code = match command {
        HookCommand::Presets => DONE,
        HookCommand::Add { name, preset } => at.add(&name, &preset, to).await?,
        HookCommand::List => at.list(to).await?,
        HookCommand::Set { name, values, preset } => at.set(&name, &values, preset.as_deref(), to).await?,
        HookCommand::Secret { name } => at.secret(&name, to).await?,
        HookCommand::Go { name } => at.switch(&name, State::Live, to).await?,
        HookCommand::Watch { name } => at.switch(&name, State::Watching, to).await?,
        HookCommand::Address { name } => at.address(&name, to).await?,
        HookCommand::Log { name } => at.log(&name, to).await?,
        HookCommand::Show { delivery } => at.show(delivery, to).await?,
        HookCommand::Test { preset, delivery, beside } => at.test(&preset, &delivery, &beside, to).await?,
        HookCommand::Replay { deliveries } => at.replay(&deliveries, to).await?,
        HookCommand::Revoke { name } => at.switch(&name, State::Revoked, to).await?,
    };
    db.close().await;
    Ok(code)
}

fn presets(to: &mut Output<'_>) -> anyhow::Result<u8> {
    for preset in shipped::SHIPPED.iter().filter_map(|(slug, _)| shipped::find(slug)) {
        let seen = preset.verified.as_ref().map_or_else(
            || "not yet seen on a real account".to_owned(),
            |verified| format!("seen to work {verified}"),
        );
        let source =
            preset.source.as_deref().map(|source| format!("; facts from {source}")).unwrap_or_default();
        writeln!(to.out, "{:<14}{}; {seen}{source}", preset.slug, preset.title.get("en"))?;
    }
    Ok(DONE)
}

impl From<Refused> for Misuse {
    fn from(refused: Refused) -> Self {
        Self(refused.0)
    }
}

struct At<'a> {
    db: &'a Db,
    ctx: &'a Context,
}

impl At<'_> {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ctx.config.public_url.as_deref().unwrap_or_default())
    }

    async fn find(&self, name: &str) -> anyhow::Result<HookRow> {
        let found = hooks::find(&mut self.db.read().await?, name).await?;
        Ok(found.map_err(Misuse::from)?)
    }

    async fn add(&self, name: &str, preset: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
        let (slug, source) = named(preset)?;
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let made = hooks::add(&mut unit, name, &slug, source.as_deref()).await?.map_err(Misuse::from)?;
        unit.commit().await?;
        let url = self.url(&made.path);
        writeln!(to.out, "{url}")?;
        writeln!(
            to.err,
            "Keep the address secret: anybody who has it can send events. It is not shown again."
        )?;
        if self.ctx.config.public_url.is_none() {
            writeln!(to.err, "PUBLIC_URL is not set: put the address of this program before the path.")?;
        }
        shown::what_to_do(&made, &url, to)?;
        shown::notes(&made.preset, &self.ctx.config, to)?;
        Ok(DONE)
    }

    async fn list(&self, to: &mut Output<'_>) -> anyhow::Result<u8> {
        for row in self.db.read().await?.list_hooks().await? {
            shown::hook(&row, to)?;
        }
        Ok(DONE)
    }

    async fn set(
        &self,
        name: &str,
        values: &[String],
        preset: Option<&str>,
        to: &mut Output<'_>,
    ) -> anyhow::Result<u8> {
        let before = self.find(name).await?;
        let changes = values.iter().map(|text| {
            let (name, value) =
                text.split_once('=').ok_or_else(|| Misuse(format!("'{text}': write it as name=value")))?;
            Ok((name.trim().to_owned(), value.to_owned()))
        });
        let changes: Vec<(String, String)> = changes.collect::<Result<_, Misuse>>()?;
        if changes.is_empty() && preset.is_none() {
            return Err(Misuse("write what to change, as name=value, or --preset".to_owned()).into());
        }
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let mut row = before.clone();
        if let Some(preset) = preset {
            let (slug, source) = named(preset)?;
            let slug = hooks::preset(&slug, source.as_deref()).map_err(Misuse::from)?.slug;
            unit.tx.set_hook_preset(row.id, &slug, source.as_deref()).await?;
            row = HookRow { preset: slug, source, ..row };
        }
        settings::change(&mut unit, &row, &changes).await?.map_err(Misuse::from)?;
        unit.commit().await?;
        let after = self.find(name).await?;
        let differences = trying::differences(&mut self.db.read().await?, &before, &after).await?;
        shown::differences(&differences, to)?;
        if preset.is_some()
            && let Some(hook) = Hook::of(&after)
        {
            shown::notes(&hook.preset, &self.ctx.config, to)?;
        }
        Ok(DONE)
    }

    async fn secret(&self, name: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
        let row = self.find(name).await?;
        let mut secret = String::new();
        std::io::stdin().lock().take(4096).read_line(&mut secret)?;
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        hooks::add_secret(&mut unit, &row, &secret).await?.map_err(Misuse::from)?;
        unit.commit().await?;
        writeln!(to.err, "deliveries to '{name}' are checked with the secret from now on")?;
        Ok(DONE)
    }

    async fn switch(&self, name: &str, state: State, to: &mut Output<'_>) -> anyhow::Result<u8> {
        let row = self.find(name).await?;
        let has_seen_one = trying::has_seen_one(self.db, &row).await?;
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let changed = hooks::set_state(&mut unit, &row, state).await?;
        unit.commit().await?;
        let done = match (state, changed) {
            (State::Live, true) => "deliveries become events from now on",
            (State::Live, false) => "deliveries become events already",
            (State::Watching, true) => "deliveries are only watched from now on",
            (State::Watching, false) => "deliveries are only watched already",
            (State::Revoked, _) => "the hook is revoked",
        };
        writeln!(to.err, "'{name}': {done}")?;
        if state == State::Live && !has_seen_one {
            writeln!(
                to.err,
                "no delivery has been mapped to an event yet: look at `afterword hook log {name}`"
            )?;
        }
        Ok(DONE)
    }

    async fn address(&self, name: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
        let row = self.find(name).await?;
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let path = hooks::renew(&mut unit, &row).await?;
        unit.commit().await?;
        writeln!(to.out, "{}", self.url(&path))?;
        writeln!(to.err, "The old address has ended. This one is not shown again.")?;
        Ok(DONE)
    }

    async fn log(&self, name: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
        let row = self.find(name).await?;
        if let Some(at) = row.refused_at {
            writeln!(to.err, "{} deliveries did not pass the check, the last one {at}", row.refused)?;
        }
        for delivery in self.db.read().await?.list_deliveries(row.id, LISTED).await? {
            shown::delivery(&delivery, to)?;
        }
        Ok(DONE)
    }

    async fn delivery(&self, id: i64) -> anyhow::Result<DeliveryRow> {
        let found = self.db.read().await?.find_delivery(id).await?;
        Ok(found.ok_or_else(|| Misuse(format!("there is no delivery {id}, or it was kept long enough")))?)
    }

    async fn show(&self, id: i64, to: &mut Output<'_>) -> anyhow::Result<u8> {
        let row = self.delivery(id).await?;
        shown::delivery(&row, to)?;
        if row.headers.is_empty() {
            writeln!(to.err, "what it held is not kept any more")?;
            return Ok(DONE);
        }
        shown::content(&row, to)?;
        let hook = self.db.read().await?.find_hook_by_id(row.hook).await?;
        let Some(hook) = hook.as_ref().and_then(Hook::of) else {
            writeln!(to.err, "its hook is revoked")?;
            return Ok(DONE);
        };
        shown::parts(&self.db.read().await?.list_delivery_parts(id).await?, to)?;
        let tried = trying::try_row(self.db, self.ctx, &hook, &row).await?;
        shown::tried(&tried, to)?;
        Ok(DONE)
    }

    async fn test(
        &self,
        preset: &str,
        delivery: &str,
        beside: &Beside,
        to: &mut Output<'_>,
    ) -> anyhow::Result<u8> {
        let (slug, source) = named(preset)?;
        let preset = hooks::preset(&slug, source.as_deref()).map_err(Misuse::from)?;
        let mut row = HookRow::unnamed(&preset.slug, source.as_deref());
        let stored = match delivery.parse::<i64>() {
            Ok(id) if !Path::new(delivery).exists() => Some(self.delivery(id).await?),
            _ => None,
        };
        if let Some(stored) = &stored
            && let Some(hook) = self.db.read().await?.find_hook_by_id(stored.hook).await?
        {
            row = HookRow { name: hook.name, settings: hook.settings, ..row };
        }
        let hook = Hook::of(&row).ok_or_else(|| Misuse("the preset cannot be read".to_owned()))?;
        let delivery = match &stored {
            Some(stored) => trying::delivery(stored),
            None => files::delivery(Path::new(delivery), beside, self.ctx.clock.now())?,
        };
        let tried = trying::try_delivery(self.db, self.ctx, &hook, &delivery).await?;
        shown::tried(&tried, to)?;
        shown::calls(&hook.preset, &tried, to)?;
        shown::missing(&trying::missing(&hook, &delivery), to)?;
        shown::notes(&hook.preset, &self.ctx.config, to)?;
        Ok(if tried.iter().any(trying::Tried::is_failed) { PROBLEMS } else { DONE })
    }

    async fn replay(&self, ids: &[i64], to: &mut Output<'_>) -> anyhow::Result<u8> {
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let mut gone = Vec::new();
        for id in ids {
            if !unit.tx.requeue_delivery(*id).await? {
                gone.push(id.to_string());
            }
        }
        unit.commit().await?;
        let again = ids.len() - gone.len();
        writeln!(to.err, "{again} will be mapped once more by `afterword serve`")?;
        if gone.is_empty() {
            return Ok(DONE);
        }
        writeln!(to.err, "not kept any more: {}", gone.join(", "))?;
        Ok(PROBLEMS)
    }
}
