//! `afterword demo --story`: tells one purchase in the terminal, from the receipt to the report.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{Folder, START};
use crate::app::{self, Parts, Running};
use crate::cli::{DONE, Output};
use crate::clock::Clock;
use crate::demo::{Cast, Teller};
use crate::entropy::Entropy;
use crate::i18n::{Catalogue, FluentValue};
use crate::sandbox::{Options, Sandbox, Stage, World};

const PATIENCE: Duration = Duration::from_secs(8);

pub(super) async fn run(locale: &'static str, entropy: &Entropy, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let began = Instant::now();
    let folder = Folder::make(entropy)?;
    play(folder.path(), locale, to).await?;
    let seconds = format!("{:.1}", began.elapsed().as_secs_f64());
    let seconds = [("seconds", FluentValue::from(seconds))];
    writeln!(to.out, "\n{}", Catalogue::default().with(locale, "demo-end", &seconds))?;
    Ok(DONE)
}

async fn play(folder: &Path, locale: &'static str, to: &mut Output<'_>) -> anyhow::Result<()> {
    let clock = Clock::frozen(START);
    let catalogue = Catalogue::default();
    let sandbox = Sandbox::start(clock.clone(), Options::default()).await?;
    let cast = Cast::enter(sandbox.world(), &catalogue, locale);
    let api_key = super::new_key()?;
    let config = super::variables(
        folder,
        &sandbox,
        locale,
        &catalogue,
        &[
            ("ALERT_CHATS", cast.leads.to_string()),
            ("ADMIN_IDS", cast.lead.to_string()),
            ("API_KEY", api_key.clone()),
        ],
    )?;
    let parts = Parts { config: Arc::new(config), clock: clock.clone(), entropy: Entropy::seeded(1) };
    let running = app::start(parts).await?;
    let stage = stage(sandbox.world(), &clock, &running)?;
    stage.settle().await;
    let teller = Teller {
        stage: &stage,
        db: &running.db,
        ctx: &running.ctx,
        locale,
        cast,
        api: format!("http://{}", running.addr),
        api_key: &api_key,
        out: &mut *to.out,
    };
    let told = teller.tell().await;
    running.stop(PATIENCE).await;
    sandbox.stop().await;
    Ok(told?)
}

/// The stage for a running program. Its clock stands still until it is moved.
///
/// # Errors
/// Another program talks to Telegram on this database.
pub fn stage(world: &World, clock: &Clock, running: &Running) -> anyhow::Result<Stage> {
    let leading = running.leading().context("the database is used by another program")?;
    Ok(Stage {
        world: world.clone(),
        clock: clock.clone(),
        health: running.health.clone(),
        sender: leading.sender,
        jobs_rest_until: leading.jobs_rest_until,
        profile_rests_until: leading.profile_rests_until,
        webhook_rests_until: leading.webhook_rests_until,
    })
}
