//! Who asks: the session's cookie, and the role behind it at this moment.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::reply::Trouble;
use super::{Pages, Words};
use crate::aside::giving_no_way;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::service::dashboard::{self, Access, Member, SignedIn};
use crate::service::figures::agent_names::Naming;
use crate::service::{Context, Unit};
use crate::store;
use crate::store::dashboard::DashboardSession;

/// What the link to one page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub has_words: bool,
    pub has_agents: bool,
    pub expires_at: Timestamp,
}

/// Somebody who reads a page.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub member: Member,
    /// `None` for who has only the link to one page.
    pub session: Option<DashboardSession>,
    /// What that link shows.
    pub shared: Option<Shared>,
    pub words: Words,
    /// What every form carries.
    pub form_token: String,
    pub now: Timestamp,
}

impl Viewer {
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.member.access
    }

    /// The session. Nobody without one comes to a form.
    pub fn session(&self) -> Result<&DashboardSession, Trouble> {
        self.session.as_ref().ok_or(Trouble::Forbidden)
    }

    /// Who they are, if they may share pages.
    #[must_use]
    pub fn may_share(&self) -> Option<PersonId> {
        self.member.person.filter(|_| matches!(self.access(), Access::Admin | Access::Lead))
    }

    /// Whether they may take everything that is stored about a customer as a file.
    #[must_use]
    pub fn may_take_records(&self) -> bool {
        matches!(self.access(), Access::Admin | Access::Reader)
    }

    /// Whether customers' words may be shown to them on pages with figures.
    #[must_use]
    pub fn sees_words(&self) -> bool {
        self.shared.as_ref().is_none_or(|shared| shared.has_words)
    }

    /// What agents are called before them on pages with figures.
    #[must_use]
    pub fn naming(&self) -> Naming {
        match &self.shared {
            Some(shared) if !shared.has_agents => Naming::Numbered(self.words.locale),
            _ => Naming::Named,
        }
    }

    /// Refuses agents.
    pub fn must_see_all(&self) -> Result<(), Trouble> {
        if self.access().sees_all() { Ok(()) } else { Err(Trouble::Forbidden) }
    }

    /// The only agent whose events they see. `None` if they see all.
    #[must_use]
    pub fn only_agent(&self) -> Option<Option<&str>> {
        match self.access() {
            Access::Agent(id) => Some(id.as_deref()),
            _ => None,
        }
    }

    /// Whether they may know of what is about events of this agent: agents only of their own.
    #[must_use]
    pub fn may_see_events_of(&self, agent: Option<&str>) -> bool {
        self.only_agent().is_none_or(|own| own.is_some() && own == agent)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        // Every page that takes it stands behind `require`.
        parts.extensions.get().cloned().ok_or(Trouble::Forbidden)
    }
}

/// The cookie's name. The prefix makes browsers refuse one that another host or an unencrypted page has set.
pub(super) fn cookie_name(is_encrypted: bool) -> &'static str {
    if is_encrypted { "__Host-afterword" } else { "afterword" }
}

/// Whether the page that was asked for is reached over https.
pub(super) fn is_encrypted(ctx: &Context, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| dashboard::is_encrypted_at(ctx, host))
}

/// The value of the session's cookie.
pub(super) fn cookie<'h>(ctx: &Context, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie_named(cookie_name(is_encrypted(ctx, headers)), headers)
}

/// The value of a cookie.
pub(super) fn cookie_named<'h>(name: &str, headers: &'h HeaderMap) -> Option<&'h str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Finds who asks. `None` without a session.
pub(super) async fn viewer(pages: &Pages, headers: &HeaderMap) -> store::Result<Option<Viewer>> {
    let (ctx, now) = (&pages.ctx, pages.ctx.clock.now());
    let Some(cookie) = cookie(ctx, headers) else { return Ok(None) };
    let found = dashboard::find_signed_in(&mut pages.db.read().await?, ctx, cookie, now).await?;
    let Some(signed_in) = found else { return Ok(None) };
    if dashboard::is_to_be_noted(&signed_in.session, now)
        && let Err(error) = note(pages.clone(), signed_in.session.id, now).await
    {
        // The page can be read all the same.
        tracing::warn!(%error, "it was not noted that a session is in use");
    }
    let SignedIn { session, member } = signed_in;
    Ok(Some(Viewer {
        words: words(ctx, member.locale),
        form_token: dashboard::form_token(cookie),
        now,
        member,
        session: Some(session),
        shared: None,
    }))
}

/// Notes that a session is in use.
async fn note(pages: Pages, session: i64, now: Timestamp) -> store::Result<()> {
    giving_no_way(Box::pin(async move {
        let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
        unit.tx.see_dashboard_session(session, now).await?;
        unit.commit().await
    }))
    .await
}

/// The texts in a language.
pub(super) fn words(ctx: &Context, locale: &'static str) -> Words {
    Words { catalogue: ctx.catalogue.clone(), locale, zone: ctx.zone() }
}

/// Lets only those in who are signed in. The guard has looked who asks.
pub(super) async fn require(State(_): State<Pages>, request: Request, next: Next) -> Response {
    if request.extensions().get::<Viewer>().is_some() {
        return next.run(request).await;
    }
    let is_done = request.method() != Method::GET;
    Trouble::To { path: "/login".to_owned(), is_done }.into_response()
}
