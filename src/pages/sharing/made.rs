//! The link that was just made, on its way from the form to the list: in a cookie that lasts a minute, because the token is
//! stored nowhere. So loading a page again makes no second link.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::pages::reply::Trouble;
use crate::pages::session::{cookie_named, is_encrypted};
use crate::service::Context;

/// How long a browser keeps it, in seconds.
const KEPT: u64 = 60;

/// The token of the link that was just made in this browser.
pub(super) fn taken<'h>(ctx: &Context, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie_named(name(is_encrypted(ctx, headers)), headers).filter(|token| !token.is_empty())
}

pub(super) fn keep(
    ctx: &Context,
    asked: &HeaderMap,
    response: &mut Response,
    token: &str,
) -> Result<(), Trouble> {
    set(is_encrypted(ctx, asked), response, token, KEPT)
}

pub(super) fn forget(ctx: &Context, asked: &HeaderMap, response: &mut Response) -> Result<(), Trouble> {
    set(is_encrypted(ctx, asked), response, "", 0)
}

/// The cookie's name. The prefix makes browsers refuse one that another host or an unencrypted page has set.
fn name(is_encrypted: bool) -> &'static str {
    if is_encrypted { "__Host-afterword-link" } else { "afterword-link" }
}

fn set(is_encrypted: bool, response: &mut Response, value: &str, age: u64) -> Result<(), Trouble> {
    let secure = if is_encrypted { "; Secure" } else { "" };
    let name = name(is_encrypted);
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}; Max-Age={age}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Trouble::Foreign)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}
