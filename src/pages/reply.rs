//! What a handler returns: a page, or the trouble in whose place another page is shown.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::service::figures::FiguresError;
use crate::store;

/// What every handler returns.
pub type Answer = Result<Response, Trouble>;

/// Why a page is not shown. The response carries it to the guard, which shows the page for it in the reader's language.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// There is no such page, or nothing there that the reader may know of.
    NotFound,
    /// Nothing is stored about a customer with this ID, or no more.
    NoCustomer,
    /// The page is not for the reader's role.
    Forbidden,
    /// The form did not come from a page of this session.
    Foreign,
    /// Too many wrong links came from this address.
    TooMany,
    /// The reader has shared as many pages as one person may.
    TooManyLinks,
    /// The form asks to share what is no page with figures.
    NotShared,
    /// Another page is shown in its place, which is no error: it is here, drawn.
    Instead(Arc<str>),
    /// The database cannot be reached, or does not answer in time.
    Busy,
    /// The reader is led to another address of this server; the status is 303 after a form and 302 else.
    To { path: String, is_done: bool },
}

impl Trouble {
    /// Leads to another address, for the same view.
    #[must_use]
    pub fn moved(path: impl Into<String>) -> Self {
        Self::To { path: path.into(), is_done: false }
    }

    /// A page whose template fails.
    #[must_use]
    pub fn undrawn(error: &askama::Error) -> Self {
        tracing::error!(%error, "a page cannot be drawn");
        Self::Busy
    }

    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoCustomer => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Foreign => StatusCode::FORBIDDEN,
            Self::TooMany | Self::TooManyLinks => StatusCode::TOO_MANY_REQUESTS,
            Self::NotShared => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Instead(_) => StatusCode::OK,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::To { is_done: true, .. } => StatusCode::SEE_OTHER,
            Self::To { is_done: false, .. } => StatusCode::FOUND,
        }
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "a page cannot be shown");
        Self::Busy
    }
}

impl From<FiguresError> for Trouble {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Store(error) => error.into(),
            // Filters are checked before; what is left is about names that have gone since.
            FiguresError::Wrong(errors) => {
                tracing::debug!(?errors, "a page asks for figures that do not exist");
                Self::NotFound
            }
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        if let Self::Instead(page) = &self {
            return may_be_kept(Html(page.to_string()).into_response());
        }
        let mut response = self.status().into_response();
        if let Self::To { path, .. } = &self
            && let Ok(path) = HeaderValue::from_str(path)
        {
            response.headers_mut().insert(header::LOCATION, path);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Renders a page. It is kept by nobody, because it may hold customers' words.
pub fn shown(page: &impl Template) -> Answer {
    shown_as(StatusCode::OK, page)
}

/// The same with another status.
pub fn shown_as(status: StatusCode, page: &impl Template) -> Answer {
    let html = page.render().map_err(|error| Trouble::undrawn(&error))?;
    Ok((status, Html(html)).into_response())
}

/// Renders a page that holds figures only. The browser may keep it, and asks each time whether it has changed.
pub fn shown_figures(page: &impl Template) -> Answer {
    shown(page).map(may_be_kept)
}

fn may_be_kept(mut response: Response) -> Response {
    let kept = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response
}

/// Leads on after a form was taken.
#[must_use]
pub fn done(path: &str) -> Response {
    Trouble::To { path: path.to_owned(), is_done: true }.into_response()
}
