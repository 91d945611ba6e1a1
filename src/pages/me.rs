//! What somebody sets for their own session: colours, language, and its end.

use axum::extract::{Form, FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use subtle::ConstantTimeEq as _;

use super::reply::{Answer, Trouble, done};
use super::{Pages, Viewer, login, session};
use crate::service::Unit;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The fields of a form that a page of this session has sent.
#[derive(Debug)]
pub struct Posted {
    pairs: Vec<(String, String)>,
}

impl Posted {
    /// The first field with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where the form leads back to: an address of this server.
    #[must_use]
    pub fn back(&self) -> &str {
        let is_here = |path: &&str| {
            path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n'])
        };
        self.get("back").filter(is_here).unwrap_or("/")
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let viewer = request.extensions().get::<Viewer>().cloned().ok_or(Trouble::Forbidden)?;
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(pairs) = form.map_err(|_| Trouble::Foreign)?;
        let posted = Self { pairs };
        let token = posted.get("form").unwrap_or_default();
        if token.as_bytes().ct_eq(viewer.form_token.as_bytes()).into() {
            Ok(posted)
        } else {
            Err(Trouble::Foreign)
        }
    }
}

pub(super) async fn theme(State(pages): State<Pages>, viewer: Viewer, posted: Posted) -> Answer {
    let theme = posted.get("theme").filter(|theme| ["light", "dark"].contains(theme));
    let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
    unit.tx.set_dashboard_theme(viewer.session()?.id, theme).await?;
    unit.commit().await?;
    Ok(done(posted.back()))
}

pub(super) async fn language(State(pages): State<Pages>, viewer: Viewer, posted: Posted) -> Answer {
    let language = posted.get("language").and_then(|code| pages.ctx.config.languages.known(code));
    let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
    unit.tx.set_dashboard_language(viewer.session()?.id, language).await?;
    unit.commit().await?;
    Ok(done(posted.back()))
}

/// Ends the session. The browser forgets the pages that it keeps.
pub(super) async fn sign_out(
    State(pages): State<Pages>,
    viewer: Viewer,
    headers: HeaderMap,
    _: Posted,
) -> Answer {
    let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
    unit.tx.delete_dashboard_session(viewer.session()?.id).await?;
    unit.commit().await?;
    let mut response = done("/login");
    login::set_cookie(session::is_encrypted(&pages.ctx, &headers), &mut response, "", Some(0))?;
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    Ok(response)
}
