//! The button that simulates a month for the crowd, and its progress bar.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::crowd::{Place, Plan, live};
use super::outcome::outcome;
use super::page::Page;
use super::page_state::CrowdView;
use super::program::Program;
use super::refusal::Refusal;

const SEED: u64 = 2026;
const CUSTOMERS: usize = 200;
const DAYS: u32 = 30;

pub(super) async fn start(State(page): State<Page>) -> Result<Json<Value>, Refusal> {
    let time = Arc::clone(&page.0.time).try_lock_owned().map_err(|_| Refusal::stale("error.moving"))?;
    if page.shown().faults.any() {
        return Err(Refusal::stale("error.faults"));
    }
    let program = page.program().ok_or_else(Refusal::down)?;
    let stopped = page.stop_the_clock();
    let round = page.change(|shown| {
        shown.crowd = Some(CrowdView { running: true, ..CrowdView::default() });
        shown.crowds += 1;
        shown.crowds
    });
    let own = page.clone();
    page.0.tasks.spawn(async move {
        own.play(&program, round).await;
        drop((time, stopped));
    });
    Ok(Json(json!({})))
}

impl Page {
    async fn play(&self, program: &Program, round: u32) {
        let api = format!("http://{}", program.addr);
        let place = Place { stage: &program.stage, api, api_key: &self.0.api_key };
        let plan = Plan { seed: SEED, round, customers: CUSTOMERS, days: DAYS };
        let lived = live(&place, plan, |progress, players| {
            self.change(|shown| {
                let is_new = |id| !shown.players.people.iter().any(|known| known.id == id);
                if players.first().is_some_and(|player| is_new(player.id)) {
                    shown.players.people.extend_from_slice(players);
                }
                if let Some(crowd) = &mut shown.crowd {
                    crowd.progress = progress;
                }
            });
        });
        let failed = lived.await.err().map(|error| error.to_string());
        let outcome = Some(outcome(program, plan).await);
        self.change(|shown| {
            if let Some(crowd) = &mut shown.crowd {
                *crowd = CrowdView { running: false, failed, outcome, ..crowd.clone() };
            }
        });
    }
}
