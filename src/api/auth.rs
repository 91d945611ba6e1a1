//! Access control: a bearer key has a scope, and the method decides which scope a call needs.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Problem;
use crate::clock::Clock;
use crate::service::guesses::{Caller, Door, Guesses, Verdict};
use crate::service::keys::{KeySet, Scope, Unknown};
use crate::store::Db;

#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub set: KeySet,
    pub db: Db,
    pub clock: Clock,
    pub guesses: Guesses,
}

impl Keys {
    /// Returns the scope of the key if it includes the needed one.
    async fn check(
        &self,
        headers: &HeaderMap,
        needed: Scope,
        caller: Option<Caller>,
    ) -> Result<Scope, Problem> {
        let Some(given) = bearer(headers) else {
            return Err(Problem::unauthorized("the header Authorization: Bearer KEY is missing"));
        };
        match self.set.recognise(&self.db, given, self.clock.instant()).await? {
            Ok(scope) if scope.includes(needed) => Ok(scope),
            Ok(scope) => Err(Problem::forbidden(format!(
                "the key has the scope '{}'; this takes '{}'",
                scope.as_str(),
                needed.as_str()
            ))),
            Err(Unknown::Wrong) => {
                match self.guesses.wrong(Door::Api, caller.map(|Caller(address)| address)).await {
                    Verdict::Refuse => Err(Problem::unauthorized("the key is wrong, or revoked")),
                    Verdict::TurnAway => Err(Problem::too_many("too many wrong keys come from this address")),
                }
            }
            Err(Unknown::NoKeys) => Err(Problem::unauthorized(
                "no API key is set up yet: run `afterword key add`, or set API_KEY in the environment",
            )),
        }
    }
}

/// Handing over events needs `events`, reading needs `read`, and everything else needs `admin`.
fn needed(method: &Method) -> Scope {
    match *method {
        Method::POST => Scope::Events,
        Method::GET | Method::HEAD => Scope::Read,
        _ => Scope::Admin,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| key.trim_ascii())
}

/// Checks the key, and puts its scope into the request's extensions for the handlers.
pub(super) async fn require_key(State(keys): State<Keys>, mut request: Request, next: Next) -> Response {
    let caller = request.extensions().get().copied();
    match keys.check(request.headers(), needed(request.method()), caller).await {
        Ok(scope) => {
            request.extensions_mut().insert(scope);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}
