//! Sharing a page: the form that makes a link, and the list of links.

mod made;
pub(super) mod open;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};

use super::me::Posted;
use super::reply::{Answer, Trouble, done, shown};
use super::shell::Shell;
use super::{Asked, Filters, Pages, Viewer, Words, filters};
use crate::domain::time::Timestamp;
use crate::service::cases::lead_name;
use crate::service::sharing::{self, Link, SharingError, Wanted};
use crate::service::{Unit, dashboard};
use crate::store::shared_pages::SharedPage;

pub use open::Openings;

const PATH: &str = "/links";

#[derive(Template)]
#[template(path = "links.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    heading: String,
    /// The link that was just made: it cannot be shown again.
    made: Option<Made>,
    rows: Vec<Row>,
}

struct Made {
    link: String,
    until: String,
}

/// A link of the list.
struct Row {
    id: i64,
    title: String,
    href: String,
    maker: String,
    until: String,
    opened: String,
    /// Whom it is for.
    note: String,
    has_words: bool,
    has_agents: bool,
}

/// The links that have not ended. One that was just made is shown, and not again when the page is loaded once more.
pub(super) async fn list(
    State(pages): State<Pages>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Answer {
    let reader = viewer.may_share().ok_or(Trouble::Forbidden)?;
    let mut tx = pages.db.read().await?;
    let token = made::taken(&pages.ctx, &headers);
    let made = match token {
        Some(token) => {
            let found = sharing::find(&mut tx, &pages.ctx, token, viewer.now).await?;
            made_by(&pages, &viewer, token, found)
        }
        None => None,
    };
    let mut rows = Vec::new();
    for link in sharing::list(&mut tx, &pages.ctx, reader, viewer.now).await? {
        let maker = lead_name(&mut tx, link.person).await?;
        rows.push(row(&viewer.words, link, maker));
    }
    drop(tx);
    let heading = viewer.words.t("page-links");
    let shell = pages.shell(&viewer, None, heading.clone(), (asked.address(), &Filters::default())).await?;
    let mut response = shown(&Page { shell, heading, made, rows })?;
    if token.is_some() {
        made::forget(&pages.ctx, &headers, &mut response)?;
    }
    Ok(response)
}

/// The link with this token, if it is the reader's own and works.
fn made_by(pages: &Pages, viewer: &Viewer, token: &str, found: Link) -> Option<Made> {
    let Link::Open(link) = found else { return None };
    (viewer.may_share() == Some(link.person)).then(|| Made {
        link: format!("{}{}", dashboard::address(&pages.ctx).unwrap_or_default(), sharing::path(token)),
        until: until(&viewer.words, link.expires_at),
    })
}

/// Makes a link to a page. The list shows it once.
pub(super) async fn make(
    State(pages): State<Pages>,
    viewer: Viewer,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    let maker = viewer.may_share().ok_or(Trouble::Forbidden)?;
    let address = posted.get("address").and_then(canonical).ok_or(Trouble::NotShared)?;
    let is_ticked = |name: &str| posted.get(name) == Some("1");
    if is_about_agent(&address) && !is_ticked("agents") {
        return Err(Trouble::NotFound);
    }
    let wanted = Wanted {
        address: &address,
        title: posted.get("title").unwrap_or_default(),
        language: viewer.words.locale,
        note: posted.get("note").unwrap_or_default(),
        has_words: is_ticked("words"),
        has_agents: is_ticked("agents"),
        days: posted.get("days").and_then(|days| days.parse().ok()).unwrap_or(0),
    };
    let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
    let token = sharing::make(&mut unit, maker, &wanted).await?;
    unit.commit().await?;
    let mut response = done(PATH);
    made::keep(&pages.ctx, &headers, &mut response, &token)?;
    Ok(response)
}

/// Ends a link.
pub(super) async fn revoke(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(id): Path<i64>,
    _: Posted,
) -> Answer {
    let by = viewer.may_share().ok_or(Trouble::Forbidden)?;
    let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
    if !sharing::revoke(&mut unit, by, id).await? {
        return Err(Trouble::NotFound);
    }
    unit.commit().await?;
    Ok(done(PATH))
}

fn row(words: &Words, link: SharedPage, maker: String) -> Row {
    Row {
        id: link.id,
        until: until(words, link.expires_at),
        opened: link.opened_at.map_or_else(|| words.t("page-link-never"), |at| words.moment(at)),
        title: link.title,
        href: link.address,
        note: link.note,
        has_words: link.has_words,
        has_agents: link.has_agents,
        maker,
    }
}

fn until(words: &Words, at: Timestamp) -> String {
    let local = words.local(at);
    format!("{}, {}", words.full_date(local.date_naive()), local.format("%H:%M"))
}

/// Whether an address is that of the page about one agent.
pub(super) fn is_about_agent(address: &str) -> bool {
    address.starts_with("/agents/")
}

/// The one address of a view of the figures: what is not known to these pages is left out.
fn canonical(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let is_here = uri.authority().is_none() && uri.path().starts_with('/') && !uri.path().starts_with("//");
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?.0;
    let known = filters::of_figures(uri.path());
    let filters = Filters::read(&pairs, known).known_to(known);
    (is_here && is_shareable(uri.path())).then(|| filters.href(uri.path()))
}

/// Whether a path is that of a page with figures: other pages are about single customers.
fn is_shareable(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let is_one = |part: &str| !part.is_empty();
    match parts[..] {
        ["" | "questions" | "agents" | "topics" | "support" | "coverage"] => true,
        ["agents" | "importance", of] => is_one(of),
        ["questions" | "waiting", script, key] => is_one(script) && is_one(key),
        _ => false,
    }
}

impl From<SharingError> for Trouble {
    fn from(error: SharingError) -> Self {
        match error {
            SharingError::NotAllowed => Self::Forbidden,
            SharingError::Wrong => Self::NotFound,
            SharingError::TooMany => Self::TooManyLinks,
            SharingError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_address_is_of_this_server_and_has_known_words_only() {
        let kept = |address: &str| canonical(address);
        assert_eq!(
            kept("/questions/help/agent?period=2026-10&team=first&as=xlsx&colour=red").as_deref(),
            Some("/questions/help/agent?period=2026-10&team=first")
        );
        for wrong in [
            "//evil.example/x",
            "https://evil.example/",
            "evil",
            "",
            "/a b",
            "/answers",
            "/cases/1",
            "/links",
        ] {
            assert_eq!(kept(wrong), None, "{wrong}");
        }
    }
}
