//! Hooks: made, changed and revoked by admins; their deliveries shown, tried out and mapped once more.

pub mod aging;
pub mod screens;
pub mod set;
pub mod settings;
pub mod taking;
pub mod trying;
pub mod watch;
pub mod ways;

use sha2::{Digest as _, Sha256};

use crate::domain::hook::Preset;
use crate::domain::hook::engine::hexadecimal;
use crate::domain::hook::shipped;
use crate::domain::hook::verify::{Check, Unfit};
use crate::domain::scale::written;
use crate::domain::visible::unfit_for_id;
use crate::service::Unit;
use crate::store::hooks::{HookRow, NewHook};
use crate::store::{self, Tx};

pub use set::{Hook, HookSet};
pub use settings::Own;

/// The longest name of a hook. Events bear it.
const LONGEST_NAME: usize = 64;
/// The most secrets that are valid at once: the new one and the one before it.
const MOST_SECRETS: usize = 2;
const LONGEST_SECRET: usize = 512;

written! {
    /// Whether a hook's deliveries become events.
    State {
        /// Deliveries are stored and mapped, but no event is made until an admin has seen one right.
        Watching = "watching",
        Live = "live",
        Revoked = "revoked",
    }
}

/// Why an admin's wish cannot be carried out, as a sentence for the shell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// A hook that was just made.
#[derive(Clone, Debug)]
pub struct Made {
    pub name: String,
    /// The path of its address. It holds the token and is shown only now.
    pub path: String,
    pub preset: Preset,
}

/// The hash under which a token is stored.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

fn path(token: &str) -> String {
    format!("/hooks/{token}")
}

/// Reads a preset: a shipped one by its name, or an admin's own from the text of its file.
///
/// # Errors
/// There is no such preset, or the file cannot be read.
pub fn preset(slug: &str, source: Option<&str>) -> Result<Preset, Refused> {
    if let Some(source) = source {
        return Preset::stored(source).map_err(|error| Refused(error.to_string()));
    }
    shipped::find(slug).ok_or_else(|| {
        let known: Vec<&str> = shipped::SHIPPED.iter().map(|(slug, _)| *slug).collect();
        Refused(format!("there is no preset '{slug}': write one of {}, or a file's path", known.join(", ")))
    })
}

/// Makes a hook, which watches until an admin lets it go.
pub async fn add(
    unit: &mut Unit<'_>,
    name: &str,
    slug: &str,
    source: Option<&str>,
) -> store::Result<Result<Made, Refused>> {
    if let Err(refused) = check_name(name) {
        return Ok(Err(refused));
    }
    let preset = match preset(slug, source) {
        Ok(preset) => preset,
        Err(refused) => return Ok(Err(refused)),
    };
    let token = unit.ctx.entropy.token();
    let hash = token_hash(&token);
    let new = NewHook { name, preset: &preset.slug, source, token_hash: &hash };
    if !unit.tx.insert_hook(new, unit.now).await? {
        return Ok(Err(Refused(format!("a hook has, or had, the name '{name}': choose another one"))));
    }
    tracing::info!(hook = name, preset = preset.slug, "a hook was made");
    Ok(Ok(Made { name: name.to_owned(), path: path(&token), preset }))
}

fn check_name(name: &str) -> Result<(), Refused> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME {
        return Err(Refused(format!("a hook's name has 1 to {LONGEST_NAME} characters")));
    }
    match unfit_for_id(name) {
        Some(unfit) => Err(Refused(format!("a hook's name {unfit}"))),
        None if name.chars().any(|c| c.is_whitespace() || c == '|') => {
            Err(Refused("a hook's name has no spaces and no '|'".to_owned()))
        }
        None => Ok(()),
    }
}

/// A hook that is not revoked.
pub async fn find(tx: &mut Tx, name: &str) -> store::Result<Result<HookRow, Refused>> {
    let found = tx.find_hook(name).await?.filter(|row| row.state != State::Revoked.as_str());
    Ok(found.ok_or_else(|| Refused(format!("there is no hook '{name}'; see `afterword hook list`"))))
}

/// Lets a hook's deliveries become events, or makes it only watch. Returns whether that changed anything.
pub async fn set_state(unit: &mut Unit<'_>, row: &HookRow, state: State) -> store::Result<bool> {
    let changed = unit.tx.set_hook_state(row.id, state.as_str()).await?;
    if state == State::Revoked {
        unit.tx.forget_hook_secrets(row.id).await?;
    }
    if changed {
        tracing::info!(hook = row.name, state = state.as_str(), "a hook's state was changed");
    }
    Ok(changed)
}

/// Whether a hook's deliveries can be checked with a secret.
#[must_use]
pub fn takes_secret(row: &HookRow) -> bool {
    let preset = preset(&row.preset, row.source.as_deref());
    preset.is_ok_and(|preset| preset.check.as_ref().is_some_and(Check::needs_secret))
}

/// Why a secret can never be right for a hook's deliveries, if so.
#[must_use]
pub fn unfit(row: &HookRow, secret: &str) -> Option<Unfit> {
    let preset = preset(&row.preset, row.source.as_deref()).ok()?;
    preset.check?.unfit(secret.trim())
}

/// Adds a secret. The one before it stays valid, so that the other system can be changed meanwhile.
pub async fn add_secret(
    unit: &mut Unit<'_>,
    row: &HookRow,
    secret: &str,
) -> store::Result<Result<(), Refused>> {
    if !takes_secret(row) {
        let preset = &row.preset;
        return Ok(Err(Refused(format!(
            "the preset '{preset}' checks no secret; keep the hook's address secret"
        ))));
    }
    let secret = secret.trim();
    let is_right =
        !secret.is_empty() && secret.len() <= LONGEST_SECRET && !secret.chars().any(char::is_control);
    if !is_right {
        return Ok(Err(Refused(format!("a secret has 1 to {LONGEST_SECRET} printable characters"))));
    }
    if let Some(unfit) = unfit(row, secret) {
        return Ok(Err(Refused(unfit.to_string())));
    }
    let before = row.secrets.lines().filter(|known| *known != secret);
    let secrets: Vec<&str> = std::iter::once(secret).chain(before).take(MOST_SECRETS).collect();
    unit.tx.set_hook_secrets(row.id, &secrets.join("\n")).await?;
    Ok(Ok(()))
}

/// Gives a hook a new address; the old one ends at once. Returns the path.
pub async fn renew(unit: &mut Unit<'_>, row: &HookRow) -> store::Result<String> {
    let token = unit.ctx.entropy.token();
    unit.tx.set_hook_token(row.id, &token_hash(&token)).await?;
    Ok(path(&token))
}
