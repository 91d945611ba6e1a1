//! The handler that Afterword's taps are compared with: the one that anybody would write first. Typed updates of
//! teloxide, one INSERT per update and one commit per batch, then the answer and the edit through teloxide's `Bot`. It
//! has no rules, no survey and no outbox: a kill loses what was not edited yet.

use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use teloxide::payloads::{EditMessageTextSetters as _, GetUpdatesSetters as _, SendMessageSetters as _};
use teloxide::prelude::*;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, ParseMode, UpdateKind};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

const CALLS_IN_FLIGHT: usize = 32;

/// Polls forever.
pub async fn run(api_url: &str, token: &str, database: &str) -> anyhow::Result<()> {
    let http = teloxide::net::default_reqwest_settings().timeout(Duration::from_mins(1)).build()?;
    let bot = Bot::with_client(token, http).set_api_url(api_url.parse()?);
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::query("CREATE TABLE taps (id INTEGER PRIMARY KEY, user INTEGER, data TEXT, at INTEGER) STRICT")
        .execute(&pool)
        .await?;
    let calls = Arc::new(Semaphore::new(CALLS_IN_FLIGHT));
    let tasks = TaskTracker::new();
    let mut offset = 0;
    loop {
        let updates = bot.get_updates().offset(offset).limit(100).timeout(50).await?;
        store(&pool, &updates).await?;
        for update in updates {
            offset = i32::try_from(update.id.0 + 1)?;
            let (bot, calls) = (bot.clone(), Arc::clone(&calls));
            tasks.spawn(async move {
                let _permit = calls.acquire().await;
                react(&bot, update).await
            });
        }
    }
}

async fn store(pool: &SqlitePool, updates: &[Update]) -> anyhow::Result<()> {
    let mut tx = pool.begin().await?;
    for update in updates {
        let UpdateKind::CallbackQuery(query) = &update.kind else { continue };
        sqlx::query("INSERT INTO taps (id, user, data, at) VALUES ($1, $2, $3, $4)")
            .bind(i64::from(update.id.0))
            .bind(i64::try_from(query.from.id.0)?)
            .bind(query.data.as_deref())
            .bind(0)
            .execute(&mut *tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

async fn react(bot: &Bot, update: Update) -> anyhow::Result<()> {
    match update.kind {
        UpdateKind::Message(message) => {
            let (text, keyboard) = question(1);
            bot.send_message(message.chat.id, text)
                .parse_mode(ParseMode::Html)
                .reply_markup(keyboard)
                .await?;
        }
        UpdateKind::CallbackQuery(query) => {
            let data = query.data.as_deref().unwrap_or_default();
            let asked: u32 = data.split(':').next().unwrap_or_default().parse().unwrap_or(0);
            let (text, keyboard) = question(asked + 1);
            bot.answer_callback_query(query.id.clone()).await?;
            if let Some(message) = query.message {
                bot.edit_message_text(message.chat().id, message.id(), text)
                    .parse_mode(ParseMode::Html)
                    .reply_markup(keyboard)
                    .await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A question as long as one of a survey, with as many buttons.
fn question(number: u32) -> (String, InlineKeyboardMarkup) {
    let text = format!(
        "<i>Вопрос {number} из 30</i>\n\n<b>Насколько вы довольны обслуживанием, сторона {number}?</b>\n\n1 — совсем плохо, 5 — \
         отлично"
    );
    let button = |text: &str, data: String| {
        InlineKeyboardButton::callback(text.to_owned(), format!("{number}:{data}"))
    };
    let scores = (1..=5).map(|score| button(&score.to_string(), score.to_string())).collect();
    let ways = vec![button("← Назад", "back".to_owned()), button("Остановить опрос", "stop".to_owned())];
    (text, InlineKeyboardMarkup::new([scores, ways]))
}
