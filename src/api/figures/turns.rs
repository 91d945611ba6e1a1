//! How many figures are counted at once.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;

use crate::aside::{cores_for_reading, giving_way_throughout};

/// Counting needs a connection and a core for as long as it takes. Taps and events come first, so one core is left to
/// them, and further requests wait for their turn.
#[derive(Clone, Debug)]
pub(in crate::api) struct Turns(Arc<Semaphore>);

impl Turns {
    pub fn of_this_machine() -> Self {
        Self(Arc::new(Semaphore::new(cores_for_reading())))
    }
}

/// Makes a request for figures wait for its turn.
pub(in crate::api) async fn wait_for_turn(
    State(turns): State<Turns>,
    request: Request,
    next: Next,
) -> Response {
    // The semaphore is never closed.
    let _turn = turns.0.acquire().await;
    giving_way_throughout(next.run(request)).await
}
