//! Checks who is told of bad scores, and which cases come to which chat.

use std::collections::BTreeSet;

use serde::Deserialize;
use teloxide::payloads::GetChat;
use teloxide::types::Recipient;

use super::{Line, Verdict};
use crate::cli::Setup;
use crate::config::{ChatTopic, Config};
use crate::domain::counted::counted;
use crate::domain::ids::ChatId;
use crate::service::alerts::standing::{LostPlace, OrphanedPlace, Standing};
use crate::service::alerts::{self, Routing};
use crate::store::{self, Db, Tx};
use crate::telegram::client::Client;
use crate::telegram::error::CallError;

/// Checks who is told of bad ratings.
pub(super) async fn lines(
    setup: &Setup,
    db: Option<&Db>,
    client: Option<&Client>,
) -> store::Result<Vec<Line>> {
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
    let takes = |place: &&ChatTopic| !unseen.contains(&place.chat) && standing.takes(place);
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
    if standing.cases > 0 {
        let (one, many) = (
            "case waits: no chat gets it; send /alerts in a chat",
            "cases wait: no chat gets them; send /alerts in a chat",
        );
        lines.push(Line::new(Verdict::Wrong, "cases", counted(standing.cases, one, many)));
    }
    if let Some(db) = db {
        let now = setup.clock.now();
        lines.extend(routes(&alerts::routing(&mut db.read().await?, config, now).await?));
    }
    Ok(lines)
}

/// The most cases that are named one by one.
const NAMED: usize = 20;

/// Says which chats have filters, which filters nothing can fit, and which cases no chat takes.
fn routes(routing: &Routing) -> Vec<Line> {
    let mut lines = Vec::new();
    for routed in &routing.chats {
        let what = format!("chat {}", routed.place);
        if let Some(filters) = routed.filters() {
            lines.push(Line::new(Verdict::Ok, what.clone(), format!("gets only cases of {filters}")));
        }
        if let Some(why) = routed.unreachable() {
            lines.push(Line::new(
                Verdict::Note,
                what,
                format!("gets nothing: {why}; /alerts there changes it"),
            ));
        }
    }
    if !routing.unrouted.is_empty() {
        let mut numbers: Vec<String> = routing.unrouted.iter().take(NAMED).map(ToString::to_string).collect();
        if routing.unrouted.len() > NAMED {
            numbers.push("…".to_owned());
        }
        let (one, many) = ("case fits", "cases fit");
        let detail = format!(
            "{} the filters of no chat ({}): such cases go to the admins; /alerts in a chat loosens its filters",
            counted(routing.unrouted.len(), one, many),
            numbers.join(", ")
        );
        lines.push(Line::new(Verdict::Note, "alerts", detail));
    }
    lines
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
