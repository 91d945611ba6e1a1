//! Leads from the page to the program's dashboard, as the lead.

use axum::extract::State;
use axum::response::Redirect;

use super::cast::PlayerRole;
use super::page::Page;
use super::program::Program;
use super::refusal::Refusal;
use crate::domain::ids::PersonId;
use crate::service::{Unit, dashboard};
use crate::store;

/// Opens the dashboard at the program's own address, by a one-time link for the lead.
pub(super) async fn open(State(page): State<Page>) -> Result<Redirect, Refusal> {
    let program = page.program().ok_or_else(Refusal::down)?;
    let lead = page.shown().players.with_role(PlayerRole::Lead).map(|lead| PersonId::new(lead.id));
    let path = link(&program, lead).await.map_err(|_| Refusal::down())?;
    Ok(Redirect::to(&format!("http://{}{path}", program.addr)))
}

async fn link(program: &Program, lead: Option<PersonId>) -> store::Result<String> {
    let mut unit = Unit::begin(&program.db, &program.ctx).await?;
    let path = dashboard::make_link(&mut unit, lead).await?;
    unit.commit().await?;
    Ok(path)
}
