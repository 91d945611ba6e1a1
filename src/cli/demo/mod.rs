//! `afterword demo`: runs the real program against a simulated Telegram in the same process, with a page in the
//! browser.

mod browser;
mod folder;
mod killable;
mod story;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::signals::Signals;
use super::{DONE, Misuse, Output};
use crate::app::{LockError, Parts, StartError};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::{self, Bundle, Crash, Kept, LANGUAGES, Page, PlayerRole, Players, Program, tick};
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::i18n::{Catalogue, FluentValue};
use crate::sandbox::{Options, Sandbox, TOKEN, World};
use crate::telemetry;
use folder::Folder;
use killable::KillableProgram;

pub use story::stage;

/// The demo's time at the start, a Saturday afternoon in Moscow: 2026-11-21, 15:04.
const START: Timestamp = Timestamp::from_millis(1_795_262_645_000);
const PORT: u16 = 8080;

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// The language of the demo at the start
    #[arg(long, value_name = "ru|en", default_value = LANGUAGES[0], value_parser = clap::builder::PossibleValuesParser::new(LANGUAGES))]
    lang: String,
    /// The address of the page; loopback only [default: 127.0.0.1:8080]
    #[arg(long)]
    addr: Option<SocketAddr>,
    /// The port of the page on 127.0.0.1; 0 for any free one
    #[arg(long, conflicts_with = "addr")]
    port: Option<u16>,
    /// Keep everything in this folder, and continue from there next time
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Tell one purchase in the terminal, from the receipt to the report, instead of serving the page
    #[arg(long, conflicts_with_all = ["addr", "port", "keep", "open"])]
    story: bool,
}

impl DemoArgs {
    fn locale(&self) -> &'static str {
        LANGUAGES.into_iter().find(|language| *language == self.lang).unwrap_or(LANGUAGES[0])
    }

    fn addr(&self) -> SocketAddr {
        self.addr.unwrap_or((Ipv4Addr::LOCALHOST, self.port.unwrap_or(PORT)).into())
    }
}

pub async fn run(args: &DemoArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let entropy = Entropy::system().context("the operating system gives no randomness")?;
    if args.story {
        return story::run(args.locale(), &entropy, to).await;
    }
    let mut signals = Signals::new().context("signals cannot be received")?;
    let listener = listen(args.addr()).await?;
    let folder = match &args.keep {
        Some(folder) => Folder::keep(folder)?,
        None => Folder::make(&entropy)?,
    };
    let mut show = tokio::select! {
        show = Show::open(args, &folder, listener, to) => show?,
        () = signals.next() => return Ok(DONE),
    };
    let url = show.url.clone();
    tokio::select! {
        ended = show.run() => ended?,
        // The page is served meanwhile.
        () = open_browser(args, &url, to) => {}
        () = signals.next() => {}
    }
    tokio::select! {
        closed = show.close() => closed?,
        () = signals.next() => {}
    }
    Ok(DONE)
}

/// Opens the page in the browser if that was asked for, or reports that no program can open it. Never returns, because
/// the demo keeps running.
async fn open_browser(args: &DemoArgs, url: &str, to: &mut Output<'_>) {
    if args.open
        && let Err(program) = browser::open(url).await
    {
        let values = [("program", FluentValue::from(program)), ("url", FluentValue::from(url))];
        say(to, &Catalogue::default().with(args.locale(), "demo-no-browser", &values));
    }
    std::future::pending::<()>().await;
}

/// Prints a line. A closed standard output does not end the demo.
fn say(to: &mut Output<'_>, text: &str) {
    let said = writeln!(to.out, "{text}");
    if let Err(error) = said.and_then(|()| to.out.flush()) {
        tracing::warn!(%error, "nobody reads what the demo says, which is no reason not to play");
    }
}

/// Binds the page's address. Only loopback is accepted: the page has no key and no password, because it is for the user
/// of this machine.
async fn listen(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    if !addr.ip().is_loopback() {
        let what =
            format!("--addr={addr}: the demo is a simulation for this machine only; take 127.0.0.1:PORT");
        return Err(Misuse(what).into());
    }
    TcpListener::bind(addr).await.map_err(|error| {
        let what = if error.kind() == io::ErrorKind::AddrInUse {
            format!("the port {} is in use: end what uses it, or choose another with --port", addr.port())
        } else {
            format!("the address {addr} cannot be used ({error}): choose another port with --port")
        };
        Misuse(what).into()
    })
}

/// The demo while it runs.
struct Show {
    running: KillableProgram,
    page: Page,
    /// The page's address.
    url: String,
    /// `None` while the page is served.
    listener: Option<TcpListener>,
    programs: watch::Sender<Option<Program>>,
    crash: mpsc::Receiver<Crash>,
    _sandbox: Sandbox,
}

impl Show {
    /// Sets up the demo, or restores it as it was kept.
    async fn open(
        args: &DemoArgs,
        folder: &Folder,
        listener: TcpListener,
        to: &mut Output<'_>,
    ) -> anyhow::Result<Self> {
        let (locale, catalogue, options) = (args.locale(), Catalogue::default(), Options::default());
        let kept = if folder.is_kept() { Bundle::read(folder.path())? } else { None };
        let is_new = kept.is_none();
        let clock = Clock::frozen(kept.as_ref().map_or(START, |kept| kept.world.now()));
        let (world, players, shown) = if let Some(Bundle { world, players, shown }) = kept {
            (world.wake(clock.clone(), &options), players, shown)
        } else {
            let world = World::new(clock.clone(), &options);
            let players = Players::enter(&world, &catalogue, locale);
            (world, players, Kept::default())
        };
        let sandbox = Sandbox::serve(world.clone(), options.addr).await?;
        let api_key = new_key()?;
        let config = config(folder.path(), &sandbox, &players, locale, &catalogue, &api_key)?;
        telemetry::init(&config);
        let entropy = if is_new { Entropy::seeded(1) } else { Entropy::system()? };
        let parts = Parts { config: Arc::new(config), clock: clock.clone(), entropy };
        let running =
            KillableProgram::start(parts, world.clone()).await.map_err(|error| in_use(error, folder))?;
        running.give_roles(&players).await?;
        if is_new {
            players.begin(&world);
        }
        let (programs, program) = watch::channel(running.program());
        let (crashes, crash) = mpsc::channel(1);
        let addr = listener.local_addr()?;
        let keep = folder.is_kept().then(|| folder.path().to_owned());
        let page = Page::new(demo::Parts {
            world,
            clock,
            locale,
            api_key,
            players,
            program,
            crashes,
            keep,
            kept: shown,
        });
        page.save()?;
        let url = format!("http://{addr}");
        say(to, &catalogue.with(locale, "demo-page", &[("url", FluentValue::from(url.as_str()))]));
        Ok(Self { running, page, url, listener: Some(listener), programs, crash, _sandbox: sandbox })
    }

    /// Runs until something fails.
    async fn run(&mut self) -> anyhow::Result<()> {
        let listener = self.listener.take().context("the demo runs already")?;
        let ticking = tick(self.page.clone());
        let serving = demo::serve(self.page.clone(), listener);
        tokio::pin!(ticking, serving);
        loop {
            tokio::select! {
                () = &mut ticking => {}
                served = &mut serving => {
                    served?;
                    anyhow::bail!("the demo's page has ended by itself");
                }
                failed = self.running.failed() => return Err(failed.into()),
                Some(answer) = self.crash.recv() => {
                    // The window that asked may be closed by now.
                    let _ = answer.send(self.running.crash(&self.programs).await);
                }
            }
        }
    }

    /// Stops gracefully, so that the kept files match each other.
    async fn close(&mut self) -> anyhow::Result<()> {
        self.programs.send_replace(None);
        self.running.stop().await;
        Ok(self.page.save()?)
    }
}

/// Explains the error of a locked database. Two demos in one folder would overwrite each other's files.
fn in_use(error: anyhow::Error, folder: &Folder) -> anyhow::Error {
    let taken = |cause: &(dyn std::error::Error + 'static)| {
        matches!(cause.downcast_ref(), Some(StartError::Lock(LockError::Taken(_))))
    };
    if !error.chain().any(taken) {
        return error;
    }
    let folder = folder.path().display();
    Misuse(format!(
        "--keep={folder}: another demo keeps everything there; end it first, or choose another folder"
    ))
    .into()
}

/// A random API key. Other programs on this machine can reach the demo's API, too.
fn new_key() -> anyhow::Result<String> {
    Ok(Entropy::system().context("the operating system gives no randomness")?.token())
}

fn config(
    folder: &Path,
    sandbox: &Sandbox,
    players: &Players,
    locale: &str,
    catalogue: &Catalogue,
    api_key: &str,
) -> anyhow::Result<Config> {
    let admin = players.with_role(PlayerRole::Admin).map(|admin| admin.id.to_string());
    variables(
        folder,
        sandbox,
        locale,
        catalogue,
        &[
            ("ALERT_CHATS", format!("{}/{}", players.group, players.alerts)),
            ("ADMIN_IDS", admin.unwrap_or_default()),
            ("API_KEY", api_key.to_owned()),
        ],
    )
}

/// The demo's own settings. The environment is ignored.
fn variables(
    folder: &Path,
    sandbox: &Sandbox,
    locale: &str,
    catalogue: &Catalogue,
    more: &[(&'static str, String)],
) -> anyhow::Result<Config> {
    let mut variables = HashMap::from([
        ("TELOXIDE_TOKEN", TOKEN.to_owned()),
        ("TELOXIDE_API_URL", sandbox.url()),
        ("DATABASE_URL", format!("sqlite://{}", folder.join("demo.db").display())),
        ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
        ("LOCALES", LANGUAGES.join(",")),
        ("DEFAULT_LOCALE", locale.to_owned()),
        ("BRAND", catalogue.text(locale, "demo-brand")),
        // Otherwise the failures that the demo provokes would be logged to the terminal.
        ("RUST_LOG", "error".to_owned()),
    ]);
    variables.extend(more.iter().cloned());
    Ok(Config::from_lookup(|name| variables.get(name).cloned())?)
}
