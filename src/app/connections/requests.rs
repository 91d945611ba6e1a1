//! The per-connection service: passes requests on, and records when one is in progress. It is written by hand because a
//! layer of the router would clone and box once more for every request.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::response::Response;
use axum::serve::IncomingStream;
use futures_util::Stream;
use tower_service::Service;

use super::Bounded;
use super::seats::{Answering, Phase, Seat};
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
        if !request.body().is_end_stream() {
            let seat = Arc::clone(&self.seat);
            request = request.map(|body| Body::from_stream(Awaited { body: body.into_data_stream(), seat }));
        }
        let answer = self.router.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(answering);
            answer
        })
    }
}

/// A request's body. While its next part is waited for, the connection counts as idle.
struct Awaited {
    body: BodyDataStream,
    seat: Arc<Seat>,
}

impl Stream for Awaited {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let part = Pin::new(&mut self.body).poll_next(cx);
        let waits = self.seat.phase().0 == Phase::Body;
        match &part {
            Poll::Pending if !waits => self.seat.await_body(),
            Poll::Ready(_) if waits => self.seat.enter(Phase::Answer),
            _ => {}
        }
        part
    }
}
