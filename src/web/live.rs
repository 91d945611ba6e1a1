//! The stream that keeps an open window up to date: one snapshot when it connects, and then the changes.
//!
//! A window that lost its connection connects again and gets a new snapshot, and so does a window that switches to
//! another view. Nothing has to be replayed, and nothing can be missed.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use serde_json::{Map, Value};

/// Changes within this time are sent together.
const TOGETHER: Duration = Duration::from_millis(25);
/// How often an event is sent when nothing changes, so that a window can tell a quiet server from one that is gone.
const BEAT: Duration = Duration::from_secs(5);
/// How long a window that lost its connection waits before it tries again.
const RETRY: Duration = Duration::from_millis(500);

/// What a window shows, and how much of it the window already knows.
pub trait View: Send + 'static {
    /// Resolves at the next change after this call, even if the change comes before the future is first polled.
    fn changed(&self) -> impl Future<Output = ()> + Send + 'static;

    /// Returns what the window does not know yet, and counts it as known from then on. At first that is everything.
    fn news(&mut self) -> Map<String, Value>;

    /// What is sent along with every event.
    fn always(&self) -> Map<String, Value>;
}

/// The window's event stream: one `snapshot` event, then `change` events.
pub fn stream<V: View>(view: V) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = futures_util::stream::unfold((view, "snapshot"), |(mut view, name)| async move {
        let told = next(&mut view).await;
        let event = Event::default().event(name).retry(RETRY).data(Value::Object(told).to_string());
        Some((Ok(event), (view, "change")))
    });
    Sse::new(events)
}

async fn next<V: View>(view: &mut V) -> Map<String, Value> {
    loop {
        // Called before the news is read, so that a change between the two is not missed.
        let changed = view.changed();
        let mut told = view.news();
        if !told.is_empty() {
            told.append(&mut view.always());
            return told;
        }
        if tokio::time::timeout(BEAT, changed).await.is_err() {
            return view.always();
        }
        tokio::time::sleep(TOGETHER).await;
    }
}
