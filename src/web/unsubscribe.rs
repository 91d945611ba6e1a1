//! `/u/{token}`: where the recipient of a mail or an SMS says that they want no more of them. Mail scanners open every
//! address, so opening it changes nothing; only a `POST` does, from the page's button or from a mail program (RFC 8058).

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;

use crate::service::write_back::{locale_of, unsubscribe};
use crate::service::{Context, Unit};
use crate::store::{self, Db};
use crate::view::reach::{Page, page};

/// Nothing is loaded, and the form goes to this server only.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

#[derive(Clone, Debug)]
struct Parts {
    db: Db,
    ctx: Context,
}

/// The page's route.
pub fn routes<S: Clone + Send + Sync + 'static>(db: Db, ctx: Context) -> Router<S> {
    Router::new().route("/u/{token}", get(ask).post(end)).with_state(Parts { db, ctx })
}

async fn ask(State(parts): State<Parts>, Path(token): Path<String>) -> Response {
    shown(&parts, found(&parts, &token).await, Page::Ask)
}

async fn end(State(parts): State<Parts>, Path(token): Path<String>) -> Response {
    shown(&parts, ended(&parts, &token).await, Page::Done)
}

async fn found(parts: &Parts, token: &str) -> store::Result<Option<&'static str>> {
    locale_of(&mut parts.db.read().await?, &parts.ctx, token).await
}

async fn ended(parts: &Parts, token: &str) -> store::Result<Option<&'static str>> {
    let mut unit = Unit::begin(&parts.db, &parts.ctx).await?;
    let locale = locale_of(&mut unit.tx, &parts.ctx, token).await?;
    unsubscribe(&mut unit, token).await?;
    unit.commit().await?;
    Ok(locale)
}

/// The page in the recipient's language, or what is shown in its place.
fn shown(parts: &Parts, locale: store::Result<Option<&'static str>>, wanted: Page) -> Response {
    let Context { catalogue, config, .. } = &parts.ctx;
    let (status, locale, wanted) = match locale {
        Ok(Some(locale)) => (StatusCode::OK, locale, wanted),
        Ok(None) => (StatusCode::NOT_FOUND, config.default_locale, Page::Unknown),
        Err(error) => {
            tracing::error!(%error, "somebody cannot unsubscribe");
            return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")]).into_response();
        }
    };
    (status, HEADERS, Html(page(catalogue, locale, config.brand.as_deref(), wanted))).into_response()
}
