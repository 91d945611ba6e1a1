//! Opening a shared link.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use tower_service::Service as _;

use super::canonical;
use crate::aside::giving_no_way;
use crate::clock::Instant;
use crate::domain::time::Timestamp;
use crate::pages::errors::Alone;
use crate::pages::reply::{Answer, Trouble, shown_as};
use crate::pages::session::{self, Shared};
use crate::pages::unlinked::unlinked;
use crate::pages::{Pages, Viewer, figure_pages, login};
use crate::service::Unit;
use crate::service::dashboard::{Access, Member};
use crate::service::guesses::{Door, Verdict};
use crate::service::sharing::{self, Link};
use crate::store;
use crate::store::shared_pages::SharedPage;

/// How often one link may be opened in one minute. Each time the figures are counted again.
const OPENINGS: u32 = 30;
const MINUTE: Duration = Duration::from_mins(1);

/// How often each link was opened in the present minute. All clones share the counts.
#[derive(Clone, Debug, Default)]
pub struct Openings(Arc<Mutex<HashMap<i64, (Instant, u32)>>>);

impl Openings {
    /// Counts an opening, and returns whether there were few enough.
    fn count(&self, link: i64, now: Instant) -> bool {
        let mut openings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        openings.retain(|_, (since, _)| now.since(*since) < MINUTE);
        let (_, count) = openings.entry(link).or_insert((now, 0));
        *count += 1;
        *count <= OPENINGS
    }
}

/// Shows what a link leads to. The address of the request says nothing but the token: neither words behind it nor
/// cookies change what is shown.
pub(in crate::pages) async fn open(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    request: Request,
) -> Answer {
    let (ctx, now) = (&pages.ctx, pages.ctx.clock.now());
    let link = match sharing::find(&mut pages.db.read().await?, ctx, &token, now).await? {
        Link::Open(link) => link,
        Link::Over(link) => return over(&pages, &link),
        Link::Unknown => {
            return match pages.guesses.wrong(Door::Pages, login::caller(&request)).await {
                Verdict::TurnAway => Err(Trouble::TooMany),
                Verdict::Refuse => Err(Trouble::NotFound),
            };
        }
    };
    if !pages.openings.count(link.id, ctx.clock.instant()) {
        return Err(Trouble::TooMany);
    }
    if sharing::is_to_be_noted(&link, now)
        && let Err(error) = note(pages.clone(), link.id, now).await
    {
        // The page can be read all the same.
        tracing::warn!(%error, "it was not noted that a shared page was opened");
    }
    plain(figures(&pages, &link, now).await?).await
}

/// The page in place of one that can be read no more.
fn over(pages: &Pages, link: &SharedPage) -> Answer {
    let words = session::words(&pages.ctx, language(pages, link));
    let page = Alone {
        brand: pages.brand(),
        theme: None,
        title: words.t("page-link-over"),
        text: String::new(),
        hint: None,
        ways: Vec::new(),
        words,
    };
    shown_as(StatusCode::GONE, &page)
}

/// The language of a link: that of its maker, as long as the installation has it.
fn language(pages: &Pages, link: &SharedPage) -> &'static str {
    let config = &pages.ctx.config;
    config.languages.known(&link.language).unwrap_or(config.default_locale)
}

/// Notes that a page was opened.
async fn note(pages: Pages, link: i64, now: Timestamp) -> store::Result<()> {
    giving_no_way(Box::pin(async move {
        let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
        unit.tx.see_shared_page(link, now).await?;
        unit.commit().await
    }))
    .await
}

/// The page behind a link, as its maker would see it who could see nothing else.
async fn figures(pages: &Pages, link: &SharedPage, now: Timestamp) -> Result<Response, Trouble> {
    let locale = language(pages, link);
    let viewer = Viewer {
        member: Member { person: None, name: None, access: Access::Reader, locale },
        session: None,
        shared: Some(Shared {
            has_words: link.has_words,
            has_agents: link.has_agents,
            expires_at: link.expires_at,
        }),
        words: session::words(&pages.ctx, locale),
        form_token: String::new(),
        now,
    };
    // A later version of the program may write the same view otherwise.
    let address = canonical(&link.address).ok_or(Trouble::NotFound)?;
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(address)
        .body(Body::empty())
        .map_err(|_| Trouble::NotFound)?;
    request.extensions_mut().insert(viewer);
    let mut router = figure_pages().with_state(pages.clone());
    let response = match router.as_service().call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match (response.status(), response.extensions().get()) {
        (StatusCode::OK, _) => Ok(response),
        (_, Some(Trouble::Busy)) => Err(Trouble::Busy),
        _ => Err(Trouble::NotFound),
    }
}

/// The page without ways out. Nobody keeps it, so that it ends when its link ends.
async fn plain(response: Response) -> Answer {
    // Pages are made in memory, so reading one cannot fail.
    let html = to_bytes(response.into_body(), usize::MAX).await.map_err(|_| Trouble::Busy)?;
    let html = unlinked(&String::from_utf8_lossy(&html));
    let mut response = Html(html).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
