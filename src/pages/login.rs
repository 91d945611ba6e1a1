//! The way in: what a link shows, and the button that spends it.

use std::net::IpAddr;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::errors::Alone;
use super::reply::{Answer, Trouble, done, shown, shown_as};
use super::{Pages, Words, device, session, shell};
use crate::service::Unit;
use crate::service::dashboard::{self, OTHER_DEVICE, OWN_DEVICE};
use crate::service::guesses::{Caller, Door, Verdict};

#[derive(Template)]
#[template(path = "login.html", config = "src/pages/askama.toml")]
struct Page {
    words: Words,
    brand: String,
    /// What the button does: `Войти как Пётр`.
    title: String,
    text: String,
    path: String,
}

impl Page {
    fn t(&self, id: &str) -> String {
        self.words.t(id)
    }
}

/// Tells how to get a link.
pub(super) async fn how(State(pages): State<Pages>) -> Answer {
    let words = pages.default_words();
    let page = Alone {
        brand: pages.brand(),
        theme: None,
        title: words.t("page-login"),
        text: words.t("page-login-how"),
        hint: Some(words.t("page-login-shell")),
        ways: vec![(pages.bot(), words.t("page-open-bot"))],
        words,
    };
    shown(&page)
}

/// Shows who somebody will be with a link. It does not spend the link, because programs open addresses as well.
pub(super) async fn ask(State(pages): State<Pages>, Path(token): Path<String>, request: Request) -> Answer {
    let now = pages.ctx.clock.now();
    let offer = dashboard::find_offer(&mut pages.db.read().await?, &pages.ctx, &token, now).await?;
    let Some(offer) = offer else { return expired(&pages, caller(&request)).await };
    let words = session::words(&pages.ctx, offer.member.locale);
    let minutes = offer.expires_at.since(now).as_secs().div_ceil(60);
    let text = if offer.member.person.is_some() { "page-login-text" } else { "page-login-text-shell" };
    let values =
        [("role", words.t(shell::role_id(&offer.member.access)).into()), ("minutes", minutes.into())];
    let page = Page {
        title: match offer.member.name.as_deref() {
            Some(name) => words.of("page-login-as", "name", name),
            None => words.t("page-login-button"),
        },
        text: words.with(text, &values),
        brand: pages.brand(),
        path: format!("/login/{token}"),
        words,
    };
    shown(&page)
}

/// Spends a link, and leads to the first page.
pub(super) async fn enter(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let caller = caller(&request);
    let is_encrypted = session::is_encrypted(&pages.ctx, &headers);
    let body = axum::body::to_bytes(request.into_body(), 1024).await.map_err(|_| Trouble::Foreign)?;
    let is_own_device = body.split(|byte| *byte == b'&').any(|pair| pair == b"remember=1");
    let user_agent = headers.get(header::USER_AGENT).and_then(|text| text.to_str().ok()).unwrap_or_default();
    let life = if is_own_device { OWN_DEVICE } else { OTHER_DEVICE };
    let mut unit = Unit::begin(&pages.db, &pages.ctx).await?;
    let signed_in = dashboard::sign_in(&mut unit, &token, life, &device::named(user_agent)).await?;
    let Some((cookie, _)) = signed_in else {
        drop(unit);
        return expired(&pages, caller).await;
    };
    unit.commit().await?;
    let mut response = done("/");
    let age = is_own_device.then_some(life.as_secs());
    set_cookie(is_encrypted, &mut response, &cookie, age)?;
    Ok(response)
}

/// Sets our cookie. Without an age the browser forgets it when it is closed.
pub(super) fn set_cookie(
    is_encrypted: bool,
    response: &mut Response,
    value: &str,
    age: Option<u64>,
) -> Result<(), Trouble> {
    let secure = if is_encrypted { "; Secure" } else { "" };
    let age = age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let name = session::cookie_name(is_encrypted);
    // Lax and not Strict: a link from the chat to a page has to find its reader signed in.
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Trouble::Foreign)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}

pub(super) fn caller(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Caller>().map(|caller| caller.0)
}

/// A link that is unknown, used or expired. Guessing them gets slow.
async fn expired(pages: &Pages, caller: Option<IpAddr>) -> Answer {
    if pages.guesses.wrong(Door::Pages, caller).await == Verdict::TurnAway {
        return Err(Trouble::TooMany);
    }
    let words = pages.default_words();
    let page = Alone {
        brand: pages.brand(),
        theme: None,
        title: words.t("page-login-expired"),
        text: words.t("page-login-expired-text"),
        hint: None,
        ways: vec![(pages.bot(), words.t("page-open-bot"))],
        words,
    };
    shown_as(StatusCode::GONE, &page)
}
