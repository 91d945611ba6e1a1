//! Faults that can be switched on, and last until they are switched off.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde_json::{Value, json};

use super::page::Page;
use super::page_state::Switches;
use super::refusal::Refusal;
use crate::sandbox::{Fault, World};

const SENDING: [&str; 4] = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "copyMessage"];
/// How long Telegram asks to wait, in seconds.
const RETRY_AFTER: i64 = 5;

fn arm(switches: Switches, world: &World) {
    world.clear_faults();
    if switches.network {
        // `getUpdates` is also named explicitly, so that a poll already waiting is cut off as well.
        world.fault(Fault::dropped_before().on("getUpdates").always());
        world.fault(Fault::dropped_before().always());
    }
    for method in SENDING {
        if switches.errors {
            world.fault(Fault::internal_server_error().on(method).always());
        }
        if switches.too_many {
            world.fault(Fault::too_many_requests(RETRY_AFTER).on(method).always());
        }
    }
}

/// Sets all switches at once, so that two windows agree on what is on.
pub(super) async fn switch(
    State(page): State<Page>,
    wanted: Result<Json<Switches>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(wanted) =
        wanted.map_err(|error| Refusal::new(400, "error.request").with("why", error.body_text()))?;
    arm(wanted, &page.0.world);
    page.change(|shown| shown.faults = wanted);
    Ok(Json(json!({})))
}
