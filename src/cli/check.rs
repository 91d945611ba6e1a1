//! `afterword check`: tests everything that the configuration names, one line each.

use std::collections::BTreeSet;
use std::fmt;

use clap::Args;
use serde::Deserialize;
use teloxide::payloads::{GetChat, GetWebhookInfo};
use teloxide::types::Recipient;

use super::{DONE, Output, PROBLEMS, Setup};
use crate::bot::intake::WebhookInfo;
use crate::config::{ChatTopic, Config, ConfigError};
use crate::domain::counted::counted;
use crate::domain::ids::ChatId;
use crate::domain::staff::Role;
use crate::domain::visible::revealed;
use crate::i18n::Catalogue;
use crate::service::alerts::standing::{LostPlace, OrphanedPlace, Standing};
use crate::store::{self, Db, Tx};
use crate::telegram::client::Client;
use crate::telegram::error::CallError;

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
    if let Some(db) = db {
        say(scripts::lines(setup, &db).await.unwrap_or_else(|error| unreadable(&error)))?;
        say(alerts(setup, Some(&db), client.as_ref()).await.unwrap_or_else(|error| unreadable(&error)))?;
        say(people(setup, &db).await.unwrap_or_else(|error| unreadable(&error)))?;
        say(reaching::hooks(&db).await.unwrap_or_else(|error| unreadable(&error)))?;
        say(followers::failing(&db).await.unwrap_or_else(|error| unreadable(&error)))?;
        match forget::requests(&setup.config, &db).await {
            Ok(line) => say(line.into_iter().collect())?,
            Err(error) => say(unreadable(&error))?,
        }
        if args.recount {
            say(recount::lines(setup, &db).await?)?;
        }
        db.close().await;
    } else {
        say(alerts(setup, None, client.as_ref()).await.unwrap_or_else(|error| unreadable(&error)))?;
    }
    say(reaching::mail(&setup.config).await.into_iter().collect())?;
    say(reaching::sms(&setup.config).into_iter().collect())?;
    say(reaching::helpdesk(&setup.config).into_iter().collect())?;
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

/// Checks who is told of bad ratings.
async fn alerts(setup: &Setup, db: Option<&Db>, client: Option<&Client>) -> store::Result<Vec<Line>> {
    let config = &setup.config;
    let mut lines = Vec::new();
    let standing = match db {
        Some(db) => {
            let mut tx: Tx = db.read().await?;
            lines.extend(replaced(config, &tx.list_migrated_chats().await?));
            Standing::load(&mut tx, config).await?
        }
        None => Standing::of_config(config),
    };
    let chats: BTreeSet<ChatId> = standing.chats.iter().map(|place| place.chat).collect();
    let mut unseen = BTreeSet::new();
    for chat in &chats {
        let lost = standing.lost.iter().filter(|lost| lost.place.chat == *chat);
        let lost: Vec<Line> = lost.map(lost_line).collect();
        let by = standing.subscribers_of(*chat);
        let by = if by.is_empty() { by } else { format!("; {by}") };
        if !lost.is_empty() {
            lines.extend(lost.into_iter().map(|line| Line { detail: line.detail + &by, ..line }));
        } else if let Some(client) = client {
            let mut line = chat_line(client, *chat).await;
            line.detail.push_str(&by);
            if line.verdict == Verdict::Wrong {
                unseen.insert(*chat);
            }
            lines.push(line);
        }
    }
    lines.extend(standing.orphaned.iter().map(orphaned_line));
    let is_lost = |place: &ChatTopic| standing.lost.iter().any(|lost| lost.place == *place);
    let takes = |place: &&ChatTopic| !unseen.contains(&place.chat) && !is_lost(place);
    let taking = standing.chats.iter().filter(takes).count();
    lines.push(match (taking, standing.admins) {
        (0, 0) => {
            let link = if standing.had_admin {
                "an admin comes by the link that 'afterword staff claim' prints"
            } else {
                "the first admin comes by the link that serve prints"
            };
            let waiting = counted(standing.waiting, "alert waits", "alerts wait");
            let detail = format!("nobody can be told: {link}, a chat by /alerts; {waiting}");
            Line::new(Verdict::Wrong, "alerts", detail)
        }
        (0, admins) => {
            let detail = format!("no chat gets them; {}", counted(admins, "admin does", "admins do"));
            Line::new(Verdict::Note, "alerts", detail)
        }
        (chats, _) => Line::new(Verdict::Ok, "alerts", counted(chats, "chat gets them", "chats get them")),
    });
    if standing.waiting > 0 {
        let (one, many) = if standing.refused > 0 {
            ("alert waits: Telegram refuses its text", "alerts wait: Telegram refuses their text")
        } else {
            ("alert waits: nobody takes it", "alerts wait: nobody takes them")
        };
        lines.push(Line::new(Verdict::Wrong, "alerts", counted(standing.waiting, one, many)));
    }
    Ok(lines)
}

fn lost_line(lost: &LostPlace) -> Line {
    let title = lost.title.as_ref().map(|title| format!("{title}, ")).unwrap_or_default();
    let detail = format!(
        "{title}{}; it is tried again with the next alert after a pause, or after /alerts there",
        lost.detail()
    );
    Line::new(Verdict::Wrong, format!("chat {}", lost.place), detail)
}

fn orphaned_line(orphaned: &OrphanedPlace) -> Line {
    let title = orphaned.title.as_ref().map(|title| format!("{title}, ")).unwrap_or_default();
    let detail = format!(
        "{title}gets no alerts since {}: the role of {}, who subscribed it, has ended; an admin keeps it with /staff, \
         or send /alerts there",
        orphaned.since, orphaned.subscriber
    );
    Line::new(Verdict::Note, format!("chat {}", orphaned.place), detail)
}

/// Notes on chats in `ALERT_CHATS` that have a different ID now.
fn replaced(config: &Config, migrated: &[(ChatId, ChatId)]) -> Vec<Line> {
    let of = |place: &ChatTopic| migrated.iter().find(|(old, _)| *old == place.chat);
    let found = config.alert_chats.iter().filter_map(of);
    found
        .map(|(old, new)| {
            let detail = format!("{old} became the supergroup {new}, which gets its alerts: name that one");
            Line::new(Verdict::Note, "ALERT_CHATS", detail)
        })
        .collect()
}

#[derive(Deserialize)]
struct Chat {
    title: Option<String>,
    first_name: Option<String>,
}

async fn chat_line(client: &Client, chat: ChatId) -> Line {
    let what = format!("chat {chat}");
    match client
        .call::<_, Chat>(&GetChat { chat_id: Recipient::Id(teloxide::types::ChatId(chat.get())) })
        .await
    {
        Ok(found) => Line::new(Verdict::Ok, what, found.title.or(found.first_name).unwrap_or_default()),
        Err(CallError::Migrated(new)) => Line::new(
            Verdict::Note,
            what,
            format!("is the supergroup {new} now: name that one in ALERT_CHATS"),
        ),
        Err(CallError::ChatNotFound | CallError::Kicked | CallError::NotMember) => {
            Line::new(Verdict::Wrong, what, "the bot is not in it; add it there and write /alerts")
        }
        Err(error) => Line::new(Verdict::Wrong, what, error.to_string()),
    }
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
