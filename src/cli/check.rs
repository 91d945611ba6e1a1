//! `afterword check`: tests everything that the configuration names, one line each.

use std::fmt;
use std::path::Path;

use clap::Args;
use teloxide::payloads::GetWebhookInfo;

use super::{DONE, DOTENV, Output, PROBLEMS, Setup};
use crate::bot::intake::WebhookInfo;
use crate::config::{Config, ConfigError, dotenv};
use crate::domain::counted::counted;
use crate::domain::staff::Role;
use crate::domain::visible::revealed;
use crate::i18n::Catalogue;
use crate::store::{self, Db};
use crate::telegram::client::Client;
use crate::telegram::error::CallError;

mod alerts;
mod followers;
mod forget;
mod reach;
mod reaching;
mod recount;
mod scripts;

#[derive(Clone, Copy, Debug, Default, Args)]
pub struct CheckArgs {
    /// Only ask the running `serve` whether it is alive
    #[arg(long)]
    pub health: bool,
    /// Also compare what figures are counted from with the answers, day by day, and put right what differs
    #[arg(long, conflicts_with = "health")]
    pub recount: bool,
}

/// The result of one check, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Ok,
    /// It works, but perhaps not as it was meant.
    Note,
    Wrong,
}

#[derive(Debug)]
struct Line {
    verdict: Verdict,
    what: String,
    detail: String,
}

impl Line {
    fn new(verdict: Verdict, what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { verdict, what: what.into(), detail: detail.into() }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Note => "note",
            Verdict::Wrong => "WRONG",
        };
        // Chat titles and server messages may contain control characters, which must not reach the terminal.
        write!(f, "{verdict:<5}  {}: {}", revealed(&self.what), revealed(&self.detail))
    }
}

pub async fn run(setup: &Setup, args: &CheckArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    if args.health {
        return health(setup, to).await;
    }
    let mut worst = Verdict::Ok;
    let mut say = |lines: Vec<Line>| -> std::io::Result<()> {
        for line in lines {
            worst = worst.max(line.verdict);
            writeln!(to.out, "{line}")?;
        }
        Ok(())
    };
    let misspelt = dotenv::misspelt(Path::new(DOTENV)).into_iter();
    say(misspelt.map(|misspelt| Line::new(Verdict::Note, DOTENV, misspelt.to_string())).collect())?;
    let client = match client(setup) {
        Ok(client) => Some(client),
        Err(line) => {
            say(vec![line])?;
            None
        }
    };
    say(reach::proxy(&setup.config).await.into_iter().collect())?;
    say(languages(&setup.config).into_iter().collect())?;
    if let Some(client) = &client {
        say(telegram(setup, client).await)?;
    }
    let (lines, db) = database(setup).await;
    say(lines)?;
    let mut helpdesks = None;
    if let Some(db) = db {
        say(scripts::lines(setup, &db).await.unwrap_or_else(|error| unreadable(&error)))?;
        say(alerts::lines(setup, Some(&db), client.as_ref())
            .await
            .unwrap_or_else(|error| unreadable(&error)))?;
        say(people(setup, &db).await.unwrap_or_else(|error| unreadable(&error)))?;
        let now = setup.clock.now();
        say(reaching::hooks(&setup.config, &db, now).await.unwrap_or_else(|error| unreadable(&error)))?;
        say(followers::failing(&db).await.unwrap_or_else(|error| unreadable(&error)))?;
        match forget::requests(&setup.config, &db).await {
            Ok(line) => say(line.into_iter().collect())?,
            Err(error) => say(unreadable(&error))?,
        }
        let known = reaching::helpdesks(&db).await.unwrap_or_default();
        if args.recount {
            say(recount::lines(setup, &db).await?)?;
        }
        db.close().await;
        helpdesks = Some(known);
    } else {
        say(alerts::lines(setup, None, client.as_ref()).await.unwrap_or_else(|error| unreadable(&error)))?;
    }
    say(reaching::mail(&setup.config).await.into_iter().collect())?;
    say(reaching::sms(&setup.config).into_iter().collect())?;
    say(reaching::helpdesk(&setup.config, helpdesks.as_deref()).into_iter().collect())?;
    say(reach::serve(&setup.config).await)?;
    Ok(if worst == Verdict::Wrong { PROBLEMS } else { DONE })
}

fn unreadable(error: &store::Error) -> Vec<Line> {
    vec![Line::new(Verdict::Wrong, "DATABASE_URL", error.to_string())]
}

fn client(setup: &Setup) -> Result<Client, Line> {
    let token = setup.config.token().map_err(|ConfigError(wrong)| {
        let detail = wrong.first().map(|wrong| format!("{}; it is {}", wrong.problem, wrong.allowed));
        Line::new(Verdict::Wrong, "TELOXIDE_TOKEN", detail.unwrap_or_default())
    })?;
    Client::through(setup.config.https_proxy.as_ref(), &setup.config.api_url, token)
        .map_err(|error| Line::new(Verdict::Wrong, "TELOXIDE_API_URL", error.to_string()))
}

async fn telegram(setup: &Setup, client: &Client) -> Vec<Line> {
    let mut lines = Vec::new();
    match client.me().await {
        Ok(me) => {
            lines.push(Line::new(Verdict::Ok, "TELOXIDE_TOKEN", format!("the bot is @{}", me.username)));
            lines.extend(me.taps_without_message().map(|mode| {
                let detail = format!(
                    "'{mode}': taps come without their message, so that only a survey's buttons work; set it back \
                     (setMySettings) to its default"
                );
                Line::new(Verdict::Wrong, "callback_query_mode", detail)
            }));
        }
        Err(CallError::Unauthorized) => {
            let detail = "Telegram refuses it; copy it again from @BotFather, or ask there for a new one";
            return vec![Line::new(Verdict::Wrong, "TELOXIDE_TOKEN", detail)];
        }
        Err(error) => return vec![Line::new(Verdict::Wrong, "TELOXIDE_API_URL", error.to_string())],
    }
    let (verdict, detail) = match client.call::<_, WebhookInfo>(&GetWebhookInfo {}).await {
        Ok(info) => webhook(setup, &info),
        Err(error) => (Verdict::Wrong, error.to_string()),
    };
    lines.push(Line::new(verdict, "webhook", detail));
    lines
}

fn webhook(setup: &Setup, info: &WebhookInfo) -> (Verdict, String) {
    // The address of a foreign webhook is not shown, because it often contains a secret.
    let foreign = "one is set by another program; serve";
    match &setup.config.webhook {
        None if info.url.is_empty() => (Verdict::Ok, "none is set".to_owned()),
        None => (Verdict::Note, format!("{foreign} deletes it")),
        Some(_) if info.url.is_empty() => (Verdict::Note, "none is set yet; serve sets it".to_owned()),
        Some(wanted) if info.url != wanted.url => (Verdict::Note, format!("{foreign} sets its own")),
        Some(_) => info.trouble(setup.clock.now()).map_or_else(
            || {
                let waiting = counted(info.pending_update_count, "update waits", "updates wait");
                (Verdict::Ok, format!("Telegram brings updates to {}; {waiting}", info.url))
            },
            |why| (Verdict::Wrong, why),
        ),
    }
}

async fn database(setup: &Setup) -> (Vec<Line>, Option<Db>) {
    let line = |verdict, detail: String| vec![Line::new(verdict, "DATABASE_URL", detail)];
    let db = match Db::open(&setup.config.database_url, false).await {
        Ok(db) => db,
        Err(error) => return (line(Verdict::Wrong, error.to_string()), None),
    };
    let name = db.name();
    match db.verify_schema().await {
        Ok(()) => {}
        Err(store::Error::NotMigrated) => {
            let detail =
                format!("{name} has no schema yet, or an older one; 'afterword serve' brings it up to date");
            return (line(Verdict::Note, detail), None);
        }
        Err(error) => return (line(Verdict::Wrong, error.to_string()), None),
    }
    if let Err(error) = db.check_rights().await {
        return (line(Verdict::Wrong, error.to_string()), None);
    }
    match db.write().await {
        Ok(_) => (line(Verdict::Ok, format!("{name} is up to date and can be written")), Some(db)),
        Err(error) => (line(Verdict::Wrong, error.to_string()), Some(db)),
    }
}

/// A note on the languages of the installation for which the program has no catalogue.
fn languages(config: &Config) -> Option<Line> {
    let catalogue = Catalogue::new(&config.languages);
    let foreign: Vec<&str> = config.languages.iter().filter(|language| !catalogue.has(language)).collect();
    let detail = format!(
        "{}: scripts are shown in it, the program's own words and buttons in {}",
        foreign.join(", "),
        catalogue.fallback()
    );
    (!foreign.is_empty()).then(|| Line::new(Verdict::Note, "LOCALES", detail))
}

/// Checks who may do what: by key over HTTP, by role in Telegram.
async fn people(setup: &Setup, db: &Db) -> store::Result<Vec<Line>> {
    let mut tx = db.read().await?;
    let keys = tx.list_keys().await?.iter().filter(|key| key.revoked_at.is_none()).count();
    let known = counted(keys, "key of the database", "keys of the database");
    let key = match (&setup.config.api_key, keys) {
        (None, 0) => {
            let detail =
                "there is no key, so the HTTP API takes no events: set API_KEY, or 'afterword key add'";
            Line::new(Verdict::Note, "keys", detail)
        }
        (Some(_), 0) => Line::new(Verdict::Ok, "keys", "API_KEY"),
        (Some(_), _) => Line::new(Verdict::Ok, "keys", format!("API_KEY, and {known}")),
        (None, _) => Line::new(Verdict::Ok, "keys", known),
    };
    let staff = tx.list_staff().await?;
    let with = |role: Role| staff.iter().filter(|row| row.role == role.as_str()).count();
    let detail = format!(
        "{}, {}, {}; {} by ADMIN_IDS",
        counted(with(Role::Admin), "admin", "admins"),
        counted(with(Role::Lead), "lead", "leads"),
        counted(with(Role::Agent), "agent", "agents"),
        counted(setup.config.admin_ids.len(), "admin", "admins")
    );
    Ok(vec![key, Line::new(Verdict::Ok, "staff", detail)])
}

async fn health(setup: &Setup, to: &mut Output<'_>) -> anyhow::Result<u8> {
    match reach::health(&setup.config).await {
        Ok(()) => {
            writeln!(to.out, "alive")?;
            Ok(DONE)
        }
        Err(why) => {
            writeln!(to.err, "afterword: {why}")?;
            Ok(PROBLEMS)
        }
    }
}
