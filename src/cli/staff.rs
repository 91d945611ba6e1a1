//! `afterword staff …`: manages roles from a shell.

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::config::ChatTopic;
use crate::domain::counted::counted;
use crate::domain::event::agent_id;
use crate::domain::ids::PersonId;
use crate::domain::staff::Role;
use crate::domain::visible::revealed;
use crate::service::Unit;
use crate::service::staff::{self, RoleError, team};
use crate::store::Db;
use crate::store::staff_log::LogEntry;

#[derive(Clone, Debug, Subcommand)]
pub enum StaffCommand {
    /// Gives somebody a role, or changes it
    Add {
        /// Their Telegram user ID
        #[arg(value_parser = clap::value_parser!(i64).range(1..).map(PersonId::new))]
        telegram_id: PersonId,
        /// What they may do
        #[arg(long, value_parser = PossibleValuesParser::new(["admin", "lead", "agent"]).try_map(|role| role.parse::<Role>()))]
        role: Role,
        /// Which agent of the events they are; stays as it was if it is not given
        #[arg(long)]
        agent_id: Option<String>,
    },
    /// Lists the people with a role
    List,
    /// Shows who on the team did what and when, newest first
    Log,
    /// Prints a link that makes the first person who taps it an admin, within 24 hours; earlier links end
    Claim,
    /// Lists who is signed in to the pages, newest first
    Sessions,
    /// Signs people out of the pages
    SignOut {
        /// Whom, by their Telegram user ID; without it everybody
        #[arg(value_parser = clap::value_parser!(i64).range(1..).map(PersonId::new))]
        telegram_id: Option<PersonId>,
    },
    /// Removes somebody's role
    Remove {
        /// Their Telegram user ID
        #[arg(value_parser = clap::value_parser!(i64).range(1..).map(PersonId::new))]
        telegram_id: PersonId,
    },
}

/// Runs the command and returns its exit code.
pub async fn run(setup: &Setup, command: StaffCommand, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let db = setup.open_db().await?;
    let code = match command {
        StaffCommand::Add { telegram_id, role, agent_id } => {
            add(setup, &db, telegram_id, role, agent_id.as_deref(), to).await?
        }
        StaffCommand::List => list(setup, &db, to).await?,
        StaffCommand::Log => log(&db, to).await?,
        StaffCommand::Claim => claim(setup, &db, to).await?,
        StaffCommand::Sessions => sessions(setup, &db, to).await?,
        StaffCommand::SignOut { telegram_id } => sign_out(&db, telegram_id, to).await?,
        StaffCommand::Remove { telegram_id } => remove(setup, &db, telegram_id, to).await?,
    };
    db.close().await;
    Ok(code)
}

/// Turns an error into one for the user. A broken rule is the caller's mistake; a failing database is not.
fn refused(error: RoleError) -> anyhow::Error {
    match error {
        RoleError::Store(error) => error.into(),
        rule => Misuse(rule.to_string()).into(),
    }
}

async fn add(
    setup: &Setup,
    db: &Db,
    person: PersonId,
    role: Role,
    agent: Option<&str>,
    to: &mut Output<'_>,
) -> anyhow::Result<u8> {
    let agent = agent.map(agent_id).transpose().map_err(|problem| Misuse(format!("--agent-id {problem}")))?;
    let ctx = setup.context(db).await?;
    let mut unit = Unit::begin(db, &ctx).await?;
    let given = staff::give(&mut unit, None, person, role, agent.as_deref()).await;
    let before = given.map_err(refused)?;
    unit.commit().await?;
    match before.filter(|before| *before != role) {
        Some(before) => writeln!(to.err, "{person} is {role} now and was {before}")?,
        None => writeln!(to.err, "{person} is {role}")?,
    }
    tell_withdrawn(db, person, to).await?;
    Ok(DONE)
}

/// Names the chats that get no more alerts because of this person's role.
async fn tell_withdrawn(db: &Db, person: PersonId, to: &mut Output<'_>) -> anyhow::Result<()> {
    let mut chats = db.read().await?.list_withdrawn_chats().await?;
    chats.retain(|chat| chat.subscribed_by == Some(person));
    for chat in chats {
        let place = ChatTopic { chat: chat.chat_id, topic: chat.thread_id };
        let title: String =
            chat.title.iter().flat_map(|title| title.chars()).filter(|c| !c.is_control()).collect();
        writeln!(
            to.err,
            "chat {place} ({title}), which {person} subscribed, gets no alerts until an admin keeps it: the admins are asked"
        )?;
    }
    Ok(())
}

async fn claim(setup: &Setup, db: &Db, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let ctx = setup.context(db).await?;
    if ctx.bot_username.is_empty() {
        return Err(Misuse("the bot's name is not known yet: start `afterword serve` once".to_owned()).into());
    }
    let mut unit = Unit::begin(db, &ctx).await?;
    let made = staff::claim(&mut unit).await?;
    unit.commit().await?;
    writeln!(to.out, "{}", made.link)?;
    writeln!(to.err, "the first person to open it becomes an admin; it works until {}", made.expires_at)?;
    Ok(DONE)
}

async fn list(setup: &Setup, db: &Db, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let rows = db.read().await?.list_staff().await?;
    for row in &rows {
        let agent = row.agent_id.as_deref().map(|id| format!("  agent {}", revealed(id))).unwrap_or_default();
        // Names that people chose may contain control characters, which must not reach the terminal.
        let name = row.first_name.as_deref().filter(|name| !name.is_empty());
        let name = name.map(|name| format!("  {}", revealed(name))).unwrap_or_default();
        writeln!(to.out, "{}  {}{agent}{name}  since {}", row.person, row.role, row.added_at)?;
    }
    for person in &setup.config.admin_ids {
        writeln!(to.out, "{person}  {}  by ADMIN_IDS", Role::Admin)?;
    }
    if rows.is_empty() && setup.config.admin_ids.is_empty() {
        writeln!(
            to.err,
            "nobody has a role yet; `afterword staff claim` prints a link whose first tap makes an admin"
        )?;
    }
    Ok(DONE)
}

async fn log(db: &Db, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let entries = team::whole_log(&mut db.read().await?).await?;
    for entry in &entries {
        writeln!(to.out, "{}  {}", entry.at, told(entry))?;
    }
    if entries.is_empty() {
        writeln!(to.err, "nothing has been done yet")?;
    }
    Ok(DONE)
}

/// Describes what was done, in one line.
fn told(entry: &LogEntry) -> String {
    let mut line = entry.actor.map_or_else(|| "shell".to_owned(), |actor| actor.to_string());
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            line.push_str(name);
            line.push_str(&revealed(&value));
        }
    };
    add("  ", Some(entry.act.clone()));
    add("  ", entry.person.map(|person| person.to_string()));
    add("  ", entry.role.clone());
    add("  was ", entry.former_role.clone());
    add("  ", entry.script.clone());
    add("  version ", entry.version.map(|version| version.to_string()));
    add("  ", entry.detail.clone());
    line
}

async fn sessions(setup: &Setup, db: &Db, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let sessions = db.read().await?.list_dashboard_sessions(None, setup.clock.now()).await?;
    for session in &sessions {
        let who = session.person.map_or_else(|| "shell".to_owned(), |person| person.to_string());
        let device = revealed(&session.device);
        writeln!(to.out, "{who}  {device}  since {}  last used {}", session.created_at, session.seen_at)?;
    }
    if sessions.is_empty() {
        writeln!(to.err, "nobody is signed in")?;
    }
    Ok(DONE)
}

async fn sign_out(db: &Db, person: Option<PersonId>, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut tx = db.write().await?;
    let ended = tx.delete_dashboard_sessions(person).await?;
    tx.commit().await?;
    writeln!(to.err, "{} ended", counted(ended, "session", "sessions"))?;
    Ok(DONE)
}

async fn remove(setup: &Setup, db: &Db, person: PersonId, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let ctx = setup.context(db).await?;
    let mut unit = Unit::begin(db, &ctx).await?;
    let Some(role) = staff::take(&mut unit, None, person).await.map_err(refused)? else {
        writeln!(to.err, "{person} has no role; see `afterword staff list`")?;
        return Ok(PROBLEMS);
    };
    unit.commit().await?;
    writeln!(to.err, "{person} was {role} and has no role now")?;
    tell_withdrawn(db, person, to).await?;
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;

    async fn setup(folder: &std::path::Path, admin_ids: &str) -> Setup {
        let url = format!("sqlite://{}", folder.join("t.db").display());
        Db::open(&url, true).await.unwrap().migrate().await.unwrap();
        let config = Config::from_lookup(|name| match name {
            "DATABASE_URL" => Some(url.clone()),
            "ADMIN_IDS" => Some(admin_ids.to_owned()),
            _ => None,
        });
        let clock = Clock::frozen(Timestamp::from_millis(0));
        Setup { config: Arc::new(config.unwrap()), clock, entropy: Entropy::seeded(1) }
    }

    /// Returns the exit code and the output, or the refusal.
    async fn ran(setup: &Setup, command: StaffCommand) -> (u8, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        match run(setup, command, &mut Output { out: &mut out, err: &mut err }).await {
            Ok(code) => (code, String::from_utf8([out, err].concat()).unwrap()),
            Err(error) => {
                (error.downcast_ref::<Misuse>().map_or(9, |_| super::super::USAGE), error.to_string())
            }
        }
    }

    fn add(telegram_id: PersonId, role: Role, agent_id: Option<&str>) -> StaffCommand {
        StaffCommand::Add { telegram_id, role, agent_id: agent_id.map(str::to_owned) }
    }

    fn remove(telegram_id: PersonId) -> StaffCommand {
        StaffCommand::Remove { telegram_id }
    }

    #[tokio::test]
    async fn roles_are_given_changed_listed_and_taken() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "").await;
        assert!(ran(&setup, StaffCommand::List).await.1.contains("nobody has a role yet"));
        assert_eq!(ran(&setup, StaffCommand::Sessions).await, (DONE, "nobody is signed in\n".to_owned()));
        let sign_out = StaffCommand::SignOut { telegram_id: None };
        assert_eq!(ran(&setup, sign_out).await, (DONE, "0 sessions ended\n".to_owned()));
        assert_eq!(
            ran(&setup, add(PersonId::new(7), Role::Agent, Some("a-17"))).await,
            (DONE, "7 is agent\n".to_owned())
        );
        assert_eq!(
            ran(&setup, add(PersonId::new(7), Role::Admin, None)).await,
            (DONE, "7 is admin now and was agent\n".to_owned())
        );
        assert_eq!(ran(&setup, add(PersonId::new(8), Role::Lead, None)).await.0, DONE);
        let (_, listed) = ran(&setup, StaffCommand::List).await;
        let since = "since 1970-01-01T00:00:00Z";
        assert_eq!(listed, format!("7  admin  agent a-17  {since}\n8  lead  {since}\n"));
        assert_eq!(
            ran(&setup, remove(PersonId::new(8))).await,
            (DONE, "8 was lead and has no role now\n".to_owned())
        );
        assert_eq!(ran(&setup, remove(PersonId::new(8))).await.0, PROBLEMS);
        assert_eq!(ran(&setup, StaffCommand::List).await.1.lines().count(), 1);
    }

    #[tokio::test]
    async fn a_link_for_an_admin_needs_the_bots_name_and_is_printed_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut setup = setup(folder.path(), "").await;
        let (code, said) = ran(&setup, StaffCommand::Claim).await;
        assert!(code == super::super::USAGE && said.contains("afterword serve"), "{said}");
        let url = setup.config.database_url.clone();
        let db = Db::open(&url, false).await.unwrap();
        let mut tx = db.write().await.unwrap();
        tx.upsert_bot(77, "my_bot").await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let config = Config::from_lookup(|name| match name {
            "DATABASE_URL" => Some(url.clone()),
            "TELOXIDE_TOKEN" => Some("77:abcdefghijklmnopqrstuvwxyz".to_owned()),
            _ => None,
        });
        setup.config = Arc::new(config.unwrap());
        let (code, said) = ran(&setup, StaffCommand::Claim).await;
        assert!(code == DONE && said.starts_with("https://t.me/my_bot?start="), "{said}");
        assert!(said.ends_with("it works until 1970-01-02T00:00:00Z\n"), "{said}");
    }

    #[tokio::test]
    async fn an_agent_id_with_a_character_that_nobody_sees_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "").await;
        let (code, said) = ran(&setup, add(PersonId::new(7), Role::Agent, Some("a-\u{3164}17"))).await;
        assert!(
            code == super::super::USAGE && said.contains("--agent-id contains U+3164 at position 3"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn what_people_call_themselves_does_not_steer_the_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "").await;
        ran(&setup, add(PersonId::new(7), Role::Lead, None)).await;
        let db = setup.open_db().await.unwrap();
        let mut tx = db.write().await.unwrap();
        tx.upsert_person(PersonId::new(7), Some("Боб\u{1b}[2J\u{202e}\n8"), None).await.unwrap();
        tx.commit().await.unwrap();
        let (_, listed) = ran(&setup, StaffCommand::List).await;
        assert_eq!(listed, "7  lead  Боб\\u{1b}[2J\\u{202e}\\u{a}8  since 1970-01-01T00:00:00Z\n");
    }

    #[tokio::test]
    async fn the_last_admin_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "").await;
        ran(&setup, add(PersonId::new(7), Role::Admin, None)).await;
        for command in [remove(PersonId::new(7)), add(PersonId::new(7), Role::Lead, None)] {
            let (code, said) = ran(&setup, command).await;
            assert!(code == super::super::USAGE && said.contains("the only admin"), "{said}");
        }
        ran(&setup, add(PersonId::new(8), Role::Admin, None)).await;
        assert_eq!(ran(&setup, remove(PersonId::new(7))).await.0, DONE);
        assert_eq!(ran(&setup, remove(PersonId::new(8))).await.0, super::super::USAGE);
    }

    #[tokio::test]
    async fn an_admin_of_the_environment_is_changed_there() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "5").await;
        assert_eq!(ran(&setup, StaffCommand::List).await.1, "5  admin  by ADMIN_IDS\n");
        for command in [remove(PersonId::new(5)), add(PersonId::new(5), Role::Agent, None)] {
            let (code, said) = ran(&setup, command).await;
            assert!(code == super::super::USAGE && said.contains("ADMIN_IDS"), "{said}");
        }
        // There is another admin, so this one may go.
        ran(&setup, add(PersonId::new(7), Role::Admin, None)).await;
        assert_eq!(ran(&setup, remove(PersonId::new(7))).await.0, DONE);
    }

    #[tokio::test]
    async fn an_agent_of_the_events_is_one_person() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "5").await;
        ran(&setup, add(PersonId::new(7), Role::Agent, Some("a-17"))).await;
        let (code, said) = ran(&setup, add(PersonId::new(8), Role::Agent, Some("a-17"))).await;
        assert!(code == super::super::USAGE && said.contains("'a-17' is 7 already"), "{said}");
        assert_eq!(ran(&setup, add(PersonId::new(7), Role::Lead, Some("a-17"))).await.0, DONE);
        for wrong in ["", "a\u{7}", &"x".repeat(129)] {
            let (code, said) = ran(&setup, add(PersonId::new(8), Role::Agent, Some(wrong))).await;
            assert!(code == super::super::USAGE && said.starts_with("--agent-id "), "{said}");
        }
        assert_eq!(ran(&setup, remove(PersonId::new(8))).await.0, PROBLEMS, "nothing was stored");
    }
}
