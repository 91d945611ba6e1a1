//! Work that would hold up the threads on which updates are handled.

use tokio::task::spawn_blocking;

/// Runs work on a thread where no update waits for it. A panic goes on in the caller.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
