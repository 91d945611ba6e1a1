//! What an open window is told: one snapshot when it connects, and from then on what changes.
//!
//! A window that lost its connection connects again and gets a snapshot; so does one that looks at something else. There
//! is nothing to be replayed and nothing to be missed.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use serde_json::{Map, Value};

/// What happens within this time is told together.
const TOGETHER: Duration = Duration::from_millis(25);
/// Where nothing happens, so often something is told all the same: a window can tell a quiet server from one that is gone.
const BEAT: Duration = Duration::from_secs(5);
/// A window that lost its connection tries again after this.
const RETRY: Duration = Duration::from_millis(500);

/// What a window looks at, and knows of it already.
pub trait View: Send + 'static {
    /// Ends with the next change after this call, even if it comes before anybody waits for it.
    fn changed(&self) -> impl Future<Output = ()> + Send + 'static;

    /// What the window does not know yet; from now on it does. At first that is everything.
    fn news(&mut self) -> Map<String, Value>;

    /// What is told each time beside the news.
    fn always(&self) -> Map<String, Value>;
}

/// The window's stream: an event `snapshot`, then events `change`.
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
        // Before the look, so that a change between the two is not missed.
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
