//! `POST /v1/customers/{id}/link`, and the link's QR code at `GET /q/{token}.png` and `.svg`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::refused::{Anywhere, Keyed, Refused};
use super::{Api, Problem, examples};
use crate::domain::event::schema::KnownCustomerId;
use crate::domain::event::{FieldError, known_customer_id};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::service::events::{NoLink, find_link, personal_link};
use crate::view::qr;

/// A customer's personal link to the bot, and the addresses of its QR code.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Link)]
struct LinkReply {
    /// The personal link.
    url: String,
    /// The address of the link's QR code as PNG. Relative if `PUBLIC_URL` is not set.
    png: String,
    /// The address of the link's QR code as SVG. Relative if `PUBLIC_URL` is not set.
    svg: String,
    /// When the link and its QR code stop working.
    expires_at: Timestamp,
}

/// Get a customer's personal link and its QR code
///
/// Makes a link if there is none that can be used. Needs a key with the scope `events`.
#[utoipa::path(
    post,
    path = "/v1/customers/{id}/link",
    operation_id = "postLink",
    security(("key" = ["events"])),
    params((
        "id" = inline(KnownCustomerId), Path,
        description = "The customer's ID, `customer.id` in events.", example = "C-42"
    )),
    responses(
        (
            status = 200,
            description = "The link. It stays the same until it expires or somebody taps it; after that there is a new \
                           one, for moving to another chat.",
            body = LinkReply,
            example = json!(examples::link()),
        ),
        Keyed, Refused<422>,
    ),
)]
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

/// The image.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "its bytes are answered bare")]
struct Picture(Vec<u8>);

/// Get the QR code of a link as PNG
///
/// Needs no key: the token is part of the link itself.
#[utoipa::path(
    get,
    path = "/q/{token}.png",
    operation_id = "getQrPng",
    security(()),
    params(("token" = String, Path, description = "The token of a link that has not expired. Keep it secret.")),
    responses(
        (status = 200, description = "The QR code.", body = inline(Picture), content_type = "image/png"),
        Anywhere, Refused<404>, Refused<503>,
    ),
)]
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

/// Get the QR code of a link as SVG
///
/// Needs no key: the token is part of the link itself.
#[utoipa::path(
    get,
    path = "/q/{token}.svg",
    operation_id = "getQrSvg",
    security(()),
    params(("token" = String, Path, description = "The token of a link that has not expired. Keep it secret.")),
    responses(
        (status = 200, description = "The QR code.", body = inline(Picture), content_type = "image/svg+xml"),
        Anywhere, Refused<404>, Refused<503>,
    ),
)]
#[expect(dead_code, reason = "one function draws both pictures; this describes the other one")]
pub(super) const fn vector() {}
