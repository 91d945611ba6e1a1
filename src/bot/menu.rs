//! The menus of commands that Telegram shows beside the input field, by role and language.

use std::collections::HashMap;
use std::time::Duration;

use teloxide::payloads::{SetMyCommands, SetMyCommandsSetters as _};
use teloxide::types::{BotCommand, BotCommandScope, ChatId, Recipient};
use tokio_util::sync::CancellationToken;

use super::commands::Command;
use crate::domain::locale::LOCALES;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::staff::{self, Role};
use crate::store::{self, Db};
use crate::telegram::client::{Client, Nothing};
use crate::telegram::error::CallError;

/// How soon somebody who got a role sees its commands.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Somebody of the staff may not have started the bot yet: there is no chat to give a menu to.
const TRY_AGAIN: Duration = Duration::from_hours(1);

/// Keeps the menus as they should be until `stop`. Nothing depends on them, so trouble is only waited out.
pub async fn run(client: Client, db: Db, ctx: Context, stop: CancellationToken) {
    let mut menus = Menus { client, db, ctx, is_public_told: false, told: HashMap::new() };
    let work = async {
        loop {
            if let Err(error) = menus.refresh().await {
                tracing::debug!(%error, "the menus of commands have to wait");
            }
            menus.ctx.clock.sleep(LOOK_EVERY).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] store::Error),
}

struct Menus {
    client: Client,
    db: Db,
    ctx: Context,
    is_public_told: bool,
    /// Staff who have their menu, and those who have none before a moment.
    told: HashMap<i64, Option<Timestamp>>,
}

impl Menus {
    async fn refresh(&mut self) -> Result<(), Trouble> {
        if !self.is_public_told {
            let everybody: Vec<Command> = Command::ALL.into_iter().filter(|c| c.is_for(None)).collect();
            self.set(&BotCommandScope::AllPrivateChats, &everybody).await?;
            self.set(&BotCommandScope::AllGroupChats, &[Command::Alerts, Command::Help]).await?;
            self.is_public_told = true;
        }
        let mut tx = self.db.read().await?;
        let mut staff: Vec<(i64, Role)> = staff::admins(&mut tx, &self.ctx)
            .await?
            .into_iter()
            .map(|person| (person, Role::Admin))
            .collect();
        let leads = tx.list_staff_with_role(Role::Lead.as_str()).await?;
        drop(tx);
        staff.extend(leads.into_iter().map(|person| (person, Role::Lead)));
        for (person, role) in staff {
            self.tell(person, role).await?;
        }
        Ok(())
    }

    async fn tell(&mut self, person: i64, role: Role) -> Result<(), CallError> {
        let now = self.ctx.clock.now();
        match self.told.get(&person) {
            Some(None) => return Ok(()),
            Some(Some(again)) if *again > now => return Ok(()),
            _ => {}
        }
        let commands: Vec<Command> = Command::ALL.into_iter().filter(|c| c.is_for(Some(role))).collect();
        let scope = BotCommandScope::Chat { chat_id: Recipient::Id(ChatId(person)) };
        let told = match self.set(&scope, &commands).await {
            Ok(()) => None,
            Err(error) if error.is_passing() => return Err(error),
            Err(_) => Some(now.plus(TRY_AGAIN)),
        };
        self.told.insert(person, told);
        Ok(())
    }

    /// In every language of ours, and for all others in the default one.
    async fn set(&self, scope: &BotCommandScope, commands: &[Command]) -> Result<(), CallError> {
        let languages = LOCALES.into_iter().map(|locale| (Some(locale), locale));
        for (language, locale) in languages.chain([(None, self.ctx.config.default_locale)]) {
            let described = |command: &Command| {
                BotCommand::new(command.name(), self.ctx.catalogue.text(locale, command.description()))
            };
            let mut payload = SetMyCommands::new(commands.iter().map(described)).scope(scope.clone());
            payload.language_code = language.map(str::to_owned);
            self.client.call::<_, Nothing>(&payload).await?;
        }
        Ok(())
    }
}
