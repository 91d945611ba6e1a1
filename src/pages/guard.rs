//! What stands before and after every page: who asks, whether the request may be meant, the headers of the response,
//! and the page in place of a trouble.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::reply::Trouble;
use super::{Pages, errors, session};
use crate::aside::giving_way_throughout;
use crate::service::dashboard;

/// Everything comes from this server; no script or style that a text could bring is run, and no other site shows the
/// pages in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::VARY, "Cookie"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What programs are told about an error.
const PROBLEM: &str = "application/problem+json";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Makes what people read on threads that give way to updates, down to its last compressed byte. What changes something is
/// taken in at once, because a thread of lower priority should not hold the writer.
pub(super) async fn giving_way(request: Request, next: Next) -> Response {
    if !is_read(request.method()) {
        return next.run(request).await;
    }
    giving_way_throughout(async {
        let (parts, body) = next.run(request).await.into_parts();
        let is_page = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let body = if is_page {
            // Pages are made in memory, so reading one cannot fail.
            to_bytes(body, usize::MAX).await.map(Body::from).unwrap_or_default()
        } else {
            body
        };
        Response::from_parts(parts, body)
    })
    .await
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// Wraps every page.
pub(super) async fn guarded(State(pages): State<Pages>, mut request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let is_get = is_read(request.method());
    let mut response = if !is_at_safe_host(&pages, &headers) {
        errors::unsafe_host(&pages)
    } else if !is_get && !is_of_this_site(&pages, &headers) {
        Trouble::Foreign.into_response()
    } else {
        match session::viewer(&pages, &headers).await {
            Ok(viewer) => {
                if let Some(viewer) = viewer {
                    request.extensions_mut().insert(viewer.clone());
                    let mut response = next.run(request).await;
                    response.extensions_mut().insert(viewer);
                    response
                } else {
                    next.run(request).await
                }
            }
            Err(error) => Trouble::from(error).into_response(),
        }
    };
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>()
        && !matches!(trouble, Trouble::To { .. })
    {
        let viewer = response.extensions_mut().remove();
        response = errors::page(&pages, viewer.as_ref(), &trouble);
    }
    harden(&mut response);
    if response.headers()[header::CACHE_CONTROL] == "no-store" {
        response
    } else {
        tagged(response, &headers).await
    }
}

/// Adds the headers of every page. What says nothing else is kept by nobody.
fn harden(response: &mut Response) {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let kept = response.headers_mut().entry(header::CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static("no-store"));
}

/// Shows people a page where there is nothing; programs get what they got before.
pub(super) async fn page_where_nothing_is(
    State(pages): State<Pages>,
    request: Request,
    next: Next,
) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    let is_person = request.method() == Method::GET
        && accepts.is_some_and(|kinds| kinds.contains("text/html"))
        && !request.uri().path().starts_with("/v1/");
    if !is_person {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM);
    // An address that cannot be read leads nowhere either.
    let leads_nowhere = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST);
    if !is_problem || !leads_nowhere || !is_at_safe_host(&pages, &headers) {
        return response;
    }
    let viewer = session::viewer(&pages, &headers).await.ok().flatten();
    let mut response = errors::page(&pages, viewer.as_ref(), &Trouble::NotFound);
    harden(&mut response);
    response
}

/// Whether the host that the browser asked may show the pages.
fn is_at_safe_host(pages: &Pages, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| dashboard::may_show_at(&pages.ctx, host))
}

/// Whether a form comes from a page of ours. Browsers name the site that sends one; the token of the session says the
/// same once more for those that are signed in.
fn is_of_this_site(pages: &Pages, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let is_own_site = text(FETCH_SITE).is_none_or(|site| site == "same-origin");
    let is_own_origin =
        text(header::ORIGIN).is_none_or(|origin| dashboard::is_own_origin(&pages.ctx, origin, host));
    is_own_site && is_own_origin
}

/// Gives a page its tag, and answers 304 to a browser that has it already.
async fn tagged(response: Response, asked: &HeaderMap) -> Response {
    let (mut parts, body) = response.into_parts();
    // Pages are made in memory, so reading one cannot fail.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&bytes)[..12]));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| known.trim() == tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
