//! How many figures are counted at once.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;

/// Counting needs a connection and a core for as long as it takes. Taps and events come first, so one core is left to
/// them, and further requests wait for their turn.
#[derive(Clone, Debug)]
pub(in crate::api) struct Turns(Arc<Semaphore>);

impl Turns {
    pub fn of_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))))
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
    next.run(request).await
}
