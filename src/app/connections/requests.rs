//! The per-connection service: passes requests on, and records when one is in progress. It is written by hand because a
//! layer of the router would clone and box once more for every request.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::IncomingStream;
use tower_service::Service;

use super::Bounded;
use super::seats::{Answering, Seat};
use crate::service::guesses::Caller;

/// Makes the service for each connection.
pub struct Requests(pub Router);

/// The service of one connection.
#[derive(Clone)]
pub struct RequestsOfOne {
    router: Router,
    seat: Arc<Seat>,
    caller: Caller,
}

impl Service<IncomingStream<'_, Bounded>> for Requests {
    type Response = RequestsOfOne;
    type Error = Infallible;
    type Future = Ready<Result<RequestsOfOne, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, Bounded>) -> Self::Future {
        let seat = Arc::clone(&stream.io().seat);
        let caller = Caller(stream.remote_addr().ip());
        ready(Ok(RequestsOfOne { router: self.0.clone(), seat, caller }))
    }
}

impl Service<Request> for RequestsOfOne {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        request.extensions_mut().insert(self.caller);
        let answering = Answering::begin(Arc::clone(&self.seat));
        let answer = self.router.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(answering);
            answer
        })
    }
}
