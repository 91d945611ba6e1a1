//! The pages in place of a page: not found, not for this role, busy.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::reply::{Trouble, shown_as};
use super::{Pages, Viewer, Words, session, shell};
use crate::service::dashboard::Access;

/// A page without navigation: a heading, sentences, and ways on.
#[derive(Template)]
#[template(path = "alone.html", config = "src/pages/askama.toml")]
pub(super) struct Alone {
    pub words: Words,
    pub brand: String,
    pub theme: Option<String>,
    pub title: String,
    /// Empty where the heading says all.
    pub text: String,
    pub hint: Option<String>,
    /// Address and name; the first one is the main one.
    pub ways: Vec<(String, String)>,
}

impl Pages {
    /// The texts for somebody who is not signed in.
    pub(super) fn default_words(&self) -> Words {
        session::words(&self.ctx, self.ctx.config.default_locale)
    }

    /// The address of the bot.
    pub(super) fn bot(&self) -> String {
        format!("https://t.me/{}", self.ctx.bot_username)
    }
}

/// The page for a trouble, in the reader's language.
pub(super) fn page(pages: &Pages, viewer: Option<&Viewer>, trouble: &Trouble) -> Response {
    let words = viewer.map_or_else(|| pages.default_words(), |viewer| viewer.words.clone());
    let (title, text) = match trouble {
        Trouble::NoCustomer => ("page-no-customer", "page-no-customer-text"),
        Trouble::Forbidden => ("page-forbidden", "page-forbidden-text"),
        Trouble::Foreign => ("page-foreign", "page-foreign-text"),
        Trouble::TooMany => ("page-too-many", "page-too-many-text"),
        Trouble::TooManyLinks => ("page-too-many-links", "page-too-many-links-text"),
        Trouble::Busy => ("page-busy", "page-busy-text"),
        Trouble::NotShared => ("page-not-shared", "page-not-shared-text"),
        Trouble::NotFound | Trouble::Instead(_) | Trouble::To { .. } => {
            ("page-not-found", "page-not-found-text")
        }
    };
    let is_agent = viewer.is_some_and(|viewer| viewer.only_agent().is_some());
    let text = match (trouble, viewer) {
        (Trouble::Forbidden, Some(viewer)) if is_agent => words.of(text, "who", &shell::who(viewer)),
        // What leads may not see is for admins.
        (Trouble::Forbidden, Some(viewer)) => words.of("page-forbidden-lead", "who", &shell::who(viewer)),
        (Trouble::Forbidden, None) => words.t("page-login-how"),
        _ => words.t(text),
    };
    let way = |path: &str, name: &str| (path.to_owned(), words.t(name));
    let ways = match viewer.map(Viewer::access) {
        Some(Access::Agent(_)) => vec![way("/me", "page-nav-mine")],
        Some(_) => vec![way("/", "page-to-start"), way("/answers", "page-to-answers")],
        None => vec![way("/login", "page-to-login")],
    };
    let page = Alone {
        brand: pages.brand(),
        theme: viewer.and_then(|viewer| viewer.session.as_ref()?.theme.clone()),
        title: words.t(title),
        text,
        hint: matches!(trouble, Trouble::Forbidden).then(|| words.t("page-forbidden-hint")),
        ways,
        words,
    };
    let mut response = shown_as(trouble.status(), &page).unwrap_or_else(|_| trouble.status().into_response());
    if matches!(trouble, Trouble::Busy | Trouble::TooMany) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    response
}

/// The page at a host to which secrets would go unencrypted.
pub(super) fn unsafe_host(pages: &Pages) -> Response {
    let words = pages.default_words();
    let page = Alone {
        brand: pages.brand(),
        theme: None,
        title: words.t("page-unsafe"),
        text: words.t("page-unsafe-text"),
        hint: None,
        ways: Vec::new(),
        words,
    };
    shown_as(StatusCode::FORBIDDEN, &page).unwrap_or_else(|_| StatusCode::FORBIDDEN.into_response())
}
