//! Who may call: the bearer key, compared as a hash in constant time.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Problem;
use crate::config::Config;

#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// Of the key in the environment, which has every scope.
    bootstrap: Option<[u8; 32]>,
}

impl Keys {
    pub fn new(config: &Config) -> Self {
        Self { bootstrap: config.api_key.as_ref().map(|key| hash(key.expose_secret().as_bytes())) }
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(expected) = &self.bootstrap else {
            return Err(Problem::unauthorized("no API key is set up yet: set API_KEY in the environment"));
        };
        let Some(given) = bearer(headers) else {
            return Err(Problem::unauthorized("the header Authorization: Bearer KEY is missing"));
        };
        if bool::from(hash(given).ct_eq(expected)) {
            Ok(())
        } else {
            Err(Problem::unauthorized("the key is wrong"))
        }
    }
}

fn hash(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| key.trim_ascii())
}

pub(super) async fn require_key(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    match keys.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
