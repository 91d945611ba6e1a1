//! Runs the program in a runtime of its own, so that it can be killed like a process: all its tasks are dropped
//! wherever they are, in the middle of their work.

use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::app::{self, Failed, Parts, Running};
use crate::demo::{AGENT, PlayerRole, Players, Program};
use crate::domain::ids::PersonId;
use crate::domain::staff::Role;
use crate::sandbox::{Stage, World};
use crate::service::Unit;
use crate::service::people::{self, Visitor};
use crate::service::staff;

/// How long the killed tasks may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A program that can be killed and restarted.
pub(super) struct KillableProgram {
    parts: Parts,
    world: World,
    instance: Option<Instance>,
}

struct Instance {
    runtime: Runtime,
    running: Running,
    stage: Stage,
}

impl KillableProgram {
    pub async fn start(parts: Parts, world: World) -> anyhow::Result<Self> {
        let instance = Some(Instance::start(&parts, &world).await?);
        Ok(Self { parts, world, instance })
    }

    /// Gives the lead and the agent their roles; the configuration names the admin. The program knows them by name from
    /// here on, so that what greets them does not depend on whether it has read their first message yet.
    pub async fn give_roles(&self, players: &Players) -> anyhow::Result<()> {
        let Some(Instance { running, .. }) = &self.instance else { return Ok(()) };
        let mut unit = Unit::begin(&running.db, &running.ctx).await?;
        for player in &players.people {
            let (role, agent) = match player.role {
                PlayerRole::Lead => (Role::Lead, None),
                PlayerRole::Agent => (Role::Agent, Some(AGENT)),
                PlayerRole::Admin | PlayerRole::Customer => continue,
            };
            let user = self.world.user(player.id).context("a player is nobody in the simulated Telegram")?;
            let (id, name) = (PersonId::new(player.id), user.first_name.as_str());
            let language_code = user.language_code.as_deref();
            people::meet(&mut unit.tx, &Visitor { id, first_name: Some(name), language_code }).await?;
            staff::give(&mut unit, None, id, role, agent).await?;
        }
        unit.commit().await?;
        Ok(())
    }

    /// What the page needs of the program that runs now.
    pub fn program(&self) -> Option<Program> {
        let Instance { running, stage, .. } = self.instance.as_ref()?;
        Some(Program {
            stage: stage.clone(),
            db: running.db.clone(),
            ctx: running.ctx.clone(),
            addr: running.addr,
        })
    }

    /// Returns when the program has failed.
    pub async fn failed(&self) -> Failed {
        match &self.instance {
            Some(instance) => instance.running.failed().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the program gracefully. The next start resumes unfinished work.
    pub async fn stop(&mut self) {
        if let Some(instance) = self.instance.take() {
            instance.running.stop(PATIENCE).await;
            instance.kill().await;
        }
    }

    /// Kills the program and restarts it on the same database. Returns how long it was down.
    pub async fn crash(&mut self, programs: &watch::Sender<Option<Program>>) -> Result<Duration, String> {
        let began = Instant::now();
        programs.send_replace(None);
        if let Some(instance) = self.instance.take() {
            instance.kill().await;
        }
        let instance =
            Instance::start(&self.parts, &self.world).await.map_err(|error| format!("{error:#}"))?;
        self.instance = Some(instance);
        programs.send_replace(self.program());
        Ok(began.elapsed())
    }
}

/// Does not wait for running tasks, so that the demo ends at once.
impl Drop for KillableProgram {
    fn drop(&mut self) {
        if let Some(instance) = self.instance.take() {
            instance.runtime.shutdown_background();
        }
    }
}

impl Instance {
    async fn start(parts: &Parts, world: &World) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("the program cannot start its threads")?;
        match Self::start_in(&runtime, parts, world).await {
            Ok((running, stage)) => Ok(Self { runtime, running, stage }),
            Err(error) => {
                // Dropping a runtime waits for its threads, which a task of another runtime must not do.
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    async fn start_in(runtime: &Runtime, parts: &Parts, world: &World) -> anyhow::Result<(Running, Stage)> {
        let running = runtime.spawn(app::start(parts.clone())).await??;
        let stage = super::stage(world, &parts.clock, &running)?;
        Ok((running, stage))
    }

    async fn kill(self) {
        let Self { runtime, running, .. } = self;
        // Shutting down a runtime waits for its threads, which a task of another runtime must not do.
        let gone = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await;
        drop(gone);
        drop(running);
    }
}
