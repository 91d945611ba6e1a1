//! Calls to this machine.

/// A client that ignores any proxy set in the environment.
pub(super) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap_or_default()
}
