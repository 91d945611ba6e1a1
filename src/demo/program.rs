//! The program as the page accesses it.

use std::net::SocketAddr;

use serde::de::DeserializeOwned;
use tokio::runtime::Handle;

use crate::sandbox::Stage;
use crate::service::Context;
use crate::service::export::{Filter, Format, What, export as write};
use crate::store::Db;

/// A running program.
#[derive(Clone, Debug)]
pub struct Program {
    pub stage: Stage,
    pub db: Db,
    pub ctx: Context,
    /// The address of its HTTP API.
    pub addr: SocketAddr,
}

impl Program {
    /// A complete table; `None` if the database cannot be read, for example while the program is being killed.
    pub(super) async fn table(&self, what: What, format: Format) -> Option<Vec<u8>> {
        let (db, ctx) = (self.db.clone(), self.ctx.clone());
        // The writer's future cannot move between threads, because it writes to anything, including what is bound to
        // one thread.
        let runtime = Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            runtime.block_on(async move {
                let mut table = Vec::new();
                let mut tx = db.read().await.ok()?;
                write(&mut tx, &ctx, what, &Filter::default(), format, &mut table).await.ok()?;
                Some(table)
            })
        });
        written.await.ok()?
    }

    /// The rows of a table; empty if the database cannot be read.
    pub(super) async fn rows<T: DeserializeOwned>(&self, what: What) -> Vec<T> {
        let table = self.table(what, Format::Jsonl).await.unwrap_or_default();
        let lines = table.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }

    /// The number of messages that have not been sent.
    pub(super) async fn outgoing(&self) -> Option<i64> {
        let mut tx = self.db.read().await.ok()?;
        Some(tx.backlog().await.ok()?.outgoing)
    }
}
