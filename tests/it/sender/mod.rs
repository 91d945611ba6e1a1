//! The sender with the simulated Telegram: messages are queued in the database, and the chats are checked.

pub mod edits;
mod failures;
mod order;
pub mod surveys;

use std::sync::Arc;
use std::time::Duration;

use afterword::clock::Clock;
use afterword::config::Config;
use afterword::domain::ids::{ChatId, MessageId, MessageKey, TopicId};
use afterword::entropy::Entropy;
use afterword::i18n::Catalogue;
use afterword::sandbox::{Options, Sandbox, TOKEN, UserId, World};
use afterword::service::script_set::ScriptSet;
use afterword::service::{Context, Unit};
use afterword::store::{self, Db, Lane, Outgoing, Payload, Tx};
use afterword::telegram::client::Client;
use afterword::telegram::health::Health;
use afterword::telegram::picture::Pictures;
use afterword::telegram::sender::{Idle, Parts, Sender};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cluster::TestDatabase;
use crate::sandbox::NOON;
use crate::variant;

/// A sandbox, a database, and the sender between them.
pub struct Rig {
    pub world: World,
    pub clock: Clock,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    pub client: Client,
    pub sender: Sender,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
    sandbox: Sandbox,
    database: TestDatabase,
}

pub async fn rig() -> Rig {
    let clock = Clock::frozen(NOON);
    let sandbox = Sandbox::start(clock.clone(), Options::default()).await.unwrap();
    let world = sandbox.world().clone();
    let database = TestDatabase::migrated(variant::current().engine).await;
    let db = database.open().await;
    let ctx = Context {
        clock: clock.clone(),
        entropy: Entropy::seeded(1),
        config: Arc::new(Config::from_lookup(|_| None).unwrap()),
        catalogue: Arc::new(Catalogue::default()),
        scripts: ScriptSet::default(),
        bot_username: "afterword_sandbox_bot".into(),
    };
    let client = Client::new(&sandbox.url(), &SecretString::from(TOKEN)).unwrap();
    let (stop, tasks, health) = (CancellationToken::new(), TaskTracker::new(), Health::default());
    let parts = Parts {
        client: client.clone(),
        db: db.clone(),
        ctx: ctx.clone(),
        health: health.clone(),
        pictures: Pictures::default(),
    };
    let sender = Sender::start(parts, &tasks, &stop);
    tasks.close();
    Rig { world, clock, db, ctx, health, client, sender, stop, tasks, sandbox, database }
}

impl Rig {
    pub fn api_url(&self) -> String {
        self.sandbox.url()
    }

    /// Adds a person whom the bot may write to.
    pub fn person(&self, name: &str) -> UserId {
        let person = self.world.add_user(name, Some("en"));
        self.world.start(person, None);
        person
    }

    pub async fn write<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> store::Result<T>) -> T {
        let mut tx = self.db.write().await.unwrap();
        let done = work(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    pub async fn unit<T>(&self, work: impl AsyncFnOnce(&mut Unit<'_>) -> store::Result<T>) -> T {
        let mut unit = Unit::begin(&self.db, &self.ctx).await.unwrap();
        let done = work(&mut unit).await.unwrap();
        unit.commit().await.unwrap();
        done
    }

    pub async fn queue(&self, rows: &[Outgoing]) {
        let now = self.clock.now();
        self.write(async |tx| {
            for row in rows {
                tx.enqueue(row, now).await?;
            }
            Ok(())
        })
        .await;
    }

    pub async fn message(&self, chat: i64) -> MessageKey {
        self.write(async |tx| tx.insert_message(ChatId::new(chat), TopicId::NONE).await).await
    }

    pub async fn message_id(&self, message: MessageKey) -> Option<i64> {
        self.write(async |tx| tx.find_message_id(message).await).await.map(MessageId::get)
    }

    /// Lets time pass as long as the sender waits for it, until nothing is left to send. Messages whose outcome is
    /// unknown stay.
    pub async fn drain(&self) {
        while let Idle { next_at: Some(next_at) } = self.sender.idle().await {
            self.clock.advance_until(next_at);
        }
        assert_eq!(i64::try_from(self.queued_rows().await), Ok(self.unknown().await));
        assert_eq!(self.world.violations(), Vec::<String>::new());
    }

    /// Returns the seconds until the sender continues by itself.
    pub async fn waits(&self) -> Option<u64> {
        let next_at = self.sender.idle().await.next_at?;
        Some(next_at.since(self.clock.instant()).as_secs())
    }

    pub async fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.sender.idle().await;
    }

    pub async fn queued_rows(&self) -> usize {
        self.write(async |tx| Ok(tx.list_outbox_after(0, 1_000_000).await?.len())).await
    }

    /// Returns how many messages there are whose arrival is unknown.
    pub async fn unknown(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM outbox WHERE unknown_at IS NOT NULL").await
    }

    /// Returns the texts that the bot has written to a chat, as they look now.
    pub fn texts(&self, chat: i64) -> Vec<String> {
        let messages = self.world.messages(chat);
        messages.iter().filter(|m| m.is_from_bot()).map(|m| m.text.plain.clone()).collect()
    }

    /// Runs a test's own SQL outside the program.
    pub async fn sql(&self, statement: &'static str) {
        self.database.execute(statement, None).await;
    }

    pub async fn sql_with(&self, statement: &'static str, value: i64) {
        self.database.execute(statement, Some(value)).await;
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        let rows: Vec<(i64,)> = self.database.rows(query).await;
        rows[0].0
    }

    pub async fn text(&self, query: &'static str) -> String {
        let rows: Vec<(String,)> = self.database.rows(query).await;
        rows.into_iter().next().unwrap().0
    }
}

pub fn answer(chat: i64, text: &str) -> Outgoing {
    Outgoing::send(Lane::Answers, ChatId::new(chat), Payload::text(text))
}

pub fn edit(chat: i64, message: MessageKey, text: &str) -> Outgoing {
    Outgoing::edit(Lane::Answers, ChatId::new(chat), message, None, Payload::text(text))
}
