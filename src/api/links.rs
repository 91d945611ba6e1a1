//! `POST /v1/customers/{id}/link`, and the link's QR code at `GET /q/{token}.png` and `.svg`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::{Api, Problem};
use crate::domain::event::{FieldError, known_customer_id};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::service::events::{NoLink, find_link, personal_link};
use crate::view::qr;

/// Where a customer finds the bot.
#[derive(Debug, Serialize)]
struct LinkReply {
    url: String,
    png: String,
    svg: String,
    expires_at: Timestamp,
}

pub(super) async fn post(
    State(api): State<Api>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<impl Serialize>, Problem> {
    let Path(id) = id.map_err(|_| Problem::bad_request("the customer's ID in the address is not UTF-8"))?;
    let wrong = |message: String| Problem::wrong_values(vec![FieldError::new("customer.id", message)]);
    let id = known_customer_id(&id).map_err(wrong)?;
    let mut unit = Unit::begin(&api.db, &api.ctx).await?;
    let link = personal_link(&mut unit, &id).await?;
    unit.commit().await?;
    let link = link.map_err(|why| match why {
        NoLink::NoBot => Problem::unavailable(why.to_string()),
        NoLink::WrongId(message) => wrong(message),
    })?;
    let base = api.ctx.config.public_url.as_deref().unwrap_or_default();
    let picture = |kind: &str| format!("{base}/q/{}.{kind}", link.token);
    let (png, svg) = (picture("png"), picture("svg"));
    Ok(Json(LinkReply { url: link.url, png, svg, expires_at: link.expires_at }))
}

/// Needs no key: the token is the link.
pub(super) async fn picture(
    State(api): State<Api>,
    file: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let nothing = || Problem::not_found("there is no link with this token, or it has expired");
    let Path(file) = file.map_err(|_| nothing())?;
    let (token, kind) = file.rsplit_once('.').ok_or_else(nothing)?;
    let media = match kind {
        "png" => "image/png",
        "svg" => "image/svg+xml",
        _ => return Err(nothing()),
    };
    let link = find_link(&mut api.db.read().await?, &api.ctx, token).await?.ok_or_else(nothing)?;
    let picture = if kind == "png" { qr::png(&link.url) } else { qr::svg(&link.url).map(String::into_bytes) };
    let picture = picture.ok_or_else(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "private, max-age=3600")];
    Ok((headers, picture).into_response())
}
