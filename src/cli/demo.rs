//! `afterword demo`: the same program against a simulated Telegram in the same process, telling a story.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;

use super::{DONE, Output};
use crate::app::{self, Parts, Running};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::locale::LOCALES;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::i18n::{Catalogue, FluentValue};
use crate::sandbox::{Cast, Options, Sandbox, Stage, TOKEN, Teller};

/// A Saturday afternoon in Moscow: 2026-11-21, 15:04.
const START: Timestamp = Timestamp::from_millis(1_795_262_645_000);
const API_KEY: &str = "key-of-the-demo-only";
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// The language of the story
    #[arg(long, value_name = "ru|en", default_value = LOCALES[0], value_parser = clap::builder::PossibleValuesParser::new(LOCALES))]
    lang: String,
}

pub async fn run(args: &DemoArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let began = Instant::now();
    let entropy = Entropy::system().context("the operating system gives no randomness")?;
    let folder = Folder::make(&entropy)?;
    let locale = LOCALES.into_iter().find(|locale| *locale == args.lang).unwrap_or(LOCALES[0]);
    play(folder.path(), locale, to).await?;
    let seconds = format!("{:.1}", began.elapsed().as_secs_f64());
    let seconds = [("seconds", FluentValue::from(seconds))];
    writeln!(to.out, "\n{}", Catalogue::new().with(locale, "demo-end", &seconds))?;
    Ok(DONE)
}

async fn play(folder: &Path, locale: &'static str, to: &mut Output<'_>) -> anyhow::Result<()> {
    let clock = Clock::frozen(START);
    let catalogue = Catalogue::new();
    let sandbox = Sandbox::start(clock.clone(), Options::default()).await?;
    let cast = Cast::enter(sandbox.world(), &catalogue, locale);
    let config = config(folder, &sandbox, &cast, locale, &catalogue)?;
    let parts = Parts { config: Arc::new(config), clock: clock.clone(), entropy: Entropy::seeded(1) };
    let running = app::start(parts).await?;
    let stage = stage(&sandbox, clock, &running)?;
    stage.settle().await;
    let teller = Teller {
        stage: &stage,
        db: &running.db,
        ctx: &running.ctx,
        locale,
        cast,
        api: format!("http://{}", running.addr),
        api_key: API_KEY,
        out: &mut *to.out,
    };
    let told = teller.tell().await;
    running.stop(PATIENCE).await;
    sandbox.stop().await;
    Ok(told?)
}

fn config(
    folder: &Path,
    sandbox: &Sandbox,
    cast: &Cast,
    locale: &str,
    catalogue: &Catalogue,
) -> anyhow::Result<Config> {
    let variables = HashMap::from([
        ("TELOXIDE_TOKEN", TOKEN.to_owned()),
        ("TELOXIDE_API_URL", sandbox.url()),
        ("DATABASE_URL", format!("sqlite://{}", folder.join("demo.db").display())),
        ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
        ("API_KEY", API_KEY.to_owned()),
        ("ALERT_CHATS", cast.leads.to_string()),
        ("ADMIN_IDS", "1".to_owned()),
        ("DEFAULT_LOCALE", locale.to_owned()),
        ("BRAND", catalogue.text(locale, "demo-brand")),
    ]);
    Ok(Config::from_lookup(|name| variables.get(name).cloned())?)
}

fn stage(sandbox: &Sandbox, clock: Clock, running: &Running) -> anyhow::Result<Stage> {
    let leading = running.leading().context("the demo's database is used by another program")?;
    Ok(Stage {
        world: sandbox.world().clone(),
        clock,
        health: running.health.clone(),
        sender: leading.sender,
        jobs_rest_until: leading.jobs_rest_until,
        profile_rests_until: leading.profile_rests_until,
        webhook_rests_until: leading.webhook_rests_until,
    })
}

/// A folder of its own that goes with the demo.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn make(entropy: &Entropy) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("afterword-demo-{}", entropy.id()));
        std::fs::create_dir(&path).with_context(|| {
            format!("the folder {} for the demo's database cannot be made", path.display())
        })?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own clean-up of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
