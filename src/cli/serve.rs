//! `afterword serve`: runs the bot, the HTTP API and the background work until a signal ends them.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::signals::Signals;
use super::{DONE, DOTENV, Output, PROBLEMS, Setup};
use crate::app::{self, Running};
use crate::config::dotenv;
use crate::telemetry;

/// How long the work in progress may take to finish after the first signal.
const PATIENCE: Duration = Duration::from_secs(8);

pub async fn run(setup: &Setup, to: &mut Output<'_>) -> anyhow::Result<u8> {
    telemetry::init(&setup.config);
    for misspelt in dotenv::misspelt(Path::new(DOTENV)) {
        tracing::warn!("{DOTENV}, {misspelt}");
    }
    let mut signals = Signals::new().context("signals cannot be received")?;
    let parts = setup.parts();
    let running = tokio::select! {
        running = app::start(parts) => running?,
        () = signals.next() => return Ok(DONE),
    };
    greet(&running, to).await?;
    let failed = tokio::select! {
        () = signals.next() => None,
        failed = running.failed() => Some(failed),
    };
    tracing::info!("stopping");
    let ended = tokio::select! {
        ended = running.stop(PATIENCE) => ended,
        () = signals.next() => {
            tracing::warn!("stopped at once; what was not finished goes on at the next start");
            return Ok(PROBLEMS);
        }
    };
    if !ended {
        tracing::warn!("not all work ended in time; it goes on at the next start");
    }
    match failed {
        Some(failed) => Err(failed.into()),
        None => Ok(DONE),
    }
}

async fn greet(running: &Running, to: &mut Output<'_>) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let (claim, has_admin) = (running.claim_link().await?, running.has_admin().await?);
    let say = || {
        writeln!(to.out, "Afterword {version}: @{} on http://{}", running.ctx.bot_username, running.addr)?;
        if let Some(link) = claim {
            writeln!(
                to.out,
                "There is no admin yet. The first person to open this link, within 24 hours, becomes the admin: {link}"
            )?;
        } else if !has_admin {
            writeln!(
                to.out,
                "There is no admin any more: 'afterword staff claim' prints a link whose first tap makes one"
            )?;
        }
        to.out.flush()
    };
    if let Err(error) = say() {
        tracing::warn!(%error, "nobody reads what serve says, which is no reason not to work");
    }
    Ok(())
}
