//! Calls to this machine.

/// No proxy of the environment is asked for them.
pub(super) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap_or_default()
}
