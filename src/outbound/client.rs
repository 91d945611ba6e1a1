//! One call to another system, with limits on its time and on the size of the answer.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, redirect};

use super::rules::{CheckedNames, Refused, Rules, SystemNames, Target};

/// The limits of one call.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connect: Duration,
    /// The whole call, from resolving the name to the last byte.
    pub call: Duration,
    /// How much of an answer is read, in bytes. The rest is not fetched.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), call: Duration::from_secs(15), answer: 16 * 1024 }
    }
}

/// What is to be sent. Headers and body may hold secrets and personal data, so `Debug` shows neither.
#[derive(Clone)]
pub struct Call {
    pub method: Method,
    pub target: Target,
    pub headers: HeaderMap,
    pub content_type: Option<HeaderValue>,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({} {:?})", self.method, self.target)
    }
}

/// An answer of any status. Its body is cut at [`Limits::answer`].
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

/// Why there is no answer. The texts hold no secrets: of the address they name the host at most.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The address may not be called. Nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No connection was made. Nothing was sent.
    #[error("no connection: {0}")]
    Unsent(String),
    /// The other system may have got the call.
    #[error("no answer: {0}")]
    Unknown(String),
}

/// Why no calls can be made at all.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for other systems cannot be set up")]
pub struct SetupError(#[source] reqwest::Error);

/// Makes calls to other systems. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbound {
    http: reqwest::Client,
    rules: Arc<Rules>,
    limits: Limits,
}

impl Outbound {
    /// # Errors
    /// The machine has no TLS.
    pub fn new(rules: Rules) -> Result<Self, SetupError> {
        Self::with_names(rules, Limits::default(), Arc::new(SystemNames))
    }

    /// The same with another source of addresses and other limits.
    ///
    /// # Errors
    /// Those of [`Outbound::new`].
    pub fn with_names(rules: Rules, limits: Limits, names: Arc<dyn Resolve>) -> Result<Self, SetupError> {
        let rules = Arc::new(rules);
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(CheckedNames { names, rules: Arc::clone(&rules) }))
            .redirect(redirect::Policy::none())
            // Through a proxy the name would be resolved elsewhere, and the check would be void.
            .no_proxy()
            .https_only(!rules.http)
            .connect_timeout(limits.connect)
            .timeout(limits.call)
            .user_agent(concat!("Afterword/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError)?;
        Ok(Self { http, rules, limits })
    }

    /// Which addresses may be called.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Makes one call. It is not repeated here.
    ///
    /// # Errors
    /// Says whether the other system may have got the call.
    pub async fn call(&self, call: Call) -> Result<Answer, CallError> {
        let Call { method, target, headers, content_type, body } = call;
        let mut request = self.http.request(method, target.url()).headers(headers).body(body);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        let mut body = Vec::new();
        // The status says how the call went, so an answer that breaks off is as good as a short one.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = self.limits.answer - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == self.limits.answer {
                break;
            }
        }
        Ok(Answer { status, retry_after, body })
    }
}

fn failed(error: reqwest::Error) -> CallError {
    // The address may hold a token.
    let error = error.without_url();
    let mut cause = error.source();
    let mut last = error.to_string();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return CallError::Refused(refused.clone());
        }
        last = inner.to_string();
        cause = inner.source();
    }
    if error.is_timeout() {
        "it took too long".clone_into(&mut last);
    }
    if error.is_connect() || error.is_builder() { CallError::Unsent(last) } else { CallError::Unknown(last) }
}
