//! `afterword demo`: the same program against a simulated Telegram in the same process, with a page in the browser.

mod folder;
mod house;
mod story;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::signals::Signals;
use super::{DONE, Misuse, Output};
use crate::app::Parts;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::locale::LOCALES;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::i18n::{Catalogue, FluentValue};
use crate::sandbox::page::{Page, PlayerRole, Players, tick};
use crate::sandbox::{Options, Sandbox, TOKEN};
use crate::telemetry;
use folder::Folder;
use house::House;

/// A Saturday afternoon in Moscow: 2026-11-21, 15:04.
const START: Timestamp = Timestamp::from_millis(1_795_262_645_000);
const API_KEY: &str = "key-of-the-demo-only";
const PORT: u16 = 8080;

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// The language that the demo begins in
    #[arg(long, value_name = "ru|en", default_value = LOCALES[0], value_parser = clap::builder::PossibleValuesParser::new(LOCALES))]
    lang: String,
    /// Where the page is; loopback only [default: 127.0.0.1:8080]
    #[arg(long)]
    addr: Option<SocketAddr>,
    /// The port of the page on 127.0.0.1; 0 takes any free one
    #[arg(long, conflicts_with = "addr")]
    port: Option<u16>,
    /// Tells one purchase in the terminal, from the receipt to the report, in place of the page
    #[arg(long, conflicts_with_all = ["addr", "port"])]
    story: bool,
}

impl DemoArgs {
    fn locale(&self) -> &'static str {
        LOCALES.into_iter().find(|locale| *locale == self.lang).unwrap_or(LOCALES[0])
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
    let folder = Folder::make(&entropy)?;
    tokio::select! {
        ended = open(folder.path(), args.locale(), listener, to) => ended,
        () = signals.next() => Ok(DONE),
    }
}

/// The page is for whoever sits at this machine: it has no key and no password.
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

/// Sets the stage and plays until something fails.
async fn open(
    folder: &Path,
    locale: &'static str,
    listener: TcpListener,
    to: &mut Output<'_>,
) -> anyhow::Result<u8> {
    let clock = Clock::frozen(START);
    let catalogue = Catalogue::new();
    let sandbox = Sandbox::start(clock.clone(), Options::default()).await?;
    let players = Players::enter(sandbox.world(), &catalogue, locale);
    let config = config(folder, &sandbox, &players, locale, &catalogue)?;
    telemetry::init(&config);
    let parts = Parts { config: Arc::new(config), clock: clock.clone(), entropy: Entropy::seeded(1) };
    let mut house = House::raise(parts, sandbox.world().clone()).await?;
    house.hire(&players).await?;
    players.begin(sandbox.world());
    let (programs, program) = watch::channel(house.program());
    let (crashes, mut crash) = mpsc::channel(1);
    let addr = listener.local_addr()?;
    let page = Page::new(crate::sandbox::page::Parts {
        world: sandbox.world().clone(),
        clock,
        locale,
        api_key: API_KEY.to_owned(),
        players,
        program,
        crashes,
    });
    let values = [("url", FluentValue::from(format!("http://{addr}")))];
    writeln!(to.out, "{}", catalogue.with(locale, "demo-page", &values))?;
    to.out.flush()?;
    let ticking = tick(page.clone());
    let serving = page.serve(listener);
    tokio::pin!(ticking, serving);
    loop {
        tokio::select! {
            () = &mut ticking => {}
            served = &mut serving => {
                served?;
                anyhow::bail!("the demo's page has ended by itself");
            }
            failed = house.failed() => return Err(failed.into()),
            Some(answer) = crash.recv() => {
                // Whoever asked may have closed the window meanwhile.
                let _ = answer.send(house.crash(&programs).await);
            }
        }
    }
}

fn config(
    folder: &Path,
    sandbox: &Sandbox,
    players: &Players,
    locale: &str,
    catalogue: &Catalogue,
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
        ],
    )
}

/// Whatever the environment says, the demo has its own.
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
        ("API_KEY", API_KEY.to_owned()),
        ("DEFAULT_LOCALE", locale.to_owned()),
        ("BRAND", catalogue.text(locale, "demo-brand")),
        // What is made to fail would be told in the terminal, too.
        ("RUST_LOG", "error".to_owned()),
    ]);
    variables.extend(more.iter().cloned());
    Ok(Config::from_lookup(|name| variables.get(name).cloned())?)
}
