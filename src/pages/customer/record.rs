//! Everything that is stored about a customer as one file, the same that the API returns.

use axum::body::Body;
use axum::extract::{Path, State};

use crate::pages::reply::{Answer, Trouble};
use crate::pages::{Pages, Viewer};
use crate::service::record::{Record, Tokens};
use crate::web::{Attached, attached};

pub(in crate::pages) async fn download(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Answer {
    viewer.must_see_all().map_err(|_| Trouble::NotFound)?;
    if !viewer.may_take_records() {
        return Err(Trouble::Forbidden);
    }
    let mut tx = pages.db.read().await?;
    // The first person to tap a link becomes the customer, so a file holds none.
    let found = Record::begin(&mut tx, &id, Tokens::Hidden).await?;
    drop(tx);
    let (record, head) = found.ok_or(Trouble::NoCustomer)?;
    let body = Body::from_stream(record.pieces(pages.db.clone(), head));
    Ok(attached(&format!("afterword-customer-{id}"), Attached::Json, body))
}
