//! What goes wrong at the push of a button, and stays so until it is switched off.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{Fault, World};
use super::{Page, Refusal};

/// What is switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Switches {
    /// Telegram asks to come again later.
    pub(super) too_many: bool,
    /// Telegram's servers answer with errors.
    pub(super) errors: bool,
    /// No connection holds.
    pub(super) network: bool,
}

/// The names of the switches in the page's catalogue.
#[cfg(test)]
pub(super) fn words() -> String {
    let switches = json!(Switches::default());
    let names = switches.as_object().into_iter().flatten();
    let words = names.map(|(name, _)| format!("\"fault.{name}\" \"fault.{name}.why\""));
    words.collect::<Vec<_>>().join(" ")
}

const SENDING: [&str; 4] = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "copyMessage"];
/// As long as Telegram asks to wait.
const RETRY_AFTER: i64 = 5;

impl Switches {
    pub(super) fn any(self) -> bool {
        self != Self::default()
    }

    fn arm(self, world: &World) {
        world.clear_faults();
        if self.network {
            // Named as well, so that the poll that waits already is cut off, too.
            world.fault(Fault::dropped_before().on("getUpdates").always());
            world.fault(Fault::dropped_before().always());
        }
        for method in SENDING {
            if self.errors {
                world.fault(Fault::internal_server_error().on(method).always());
            }
            if self.too_many {
                world.fault(Fault::too_many_requests(RETRY_AFTER).on(method).always());
            }
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
    wanted.arm(&page.0.world);
    page.change(|desk| desk.faults = wanted);
    Ok(Json(json!({})))
}
