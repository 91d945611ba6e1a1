//! `afterword dashboard`: prints a one-time link to the pages.

use clap::Args;
use clap::builder::TypedValueParser as _;

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::domain::ids::PersonId;
use crate::service::{Unit, dashboard, roles};

#[derive(Clone, Copy, Debug, Args)]
pub struct DashboardArgs {
    /// Sign in as this Telegram user, with the role they have; without it everything can be read and nothing changed
    #[arg(long = "as", value_name = "TELEGRAM_ID", value_parser = clap::value_parser!(i64).range(1..).map(PersonId::new))]
    person: Option<PersonId>,
}

/// Prints the link. It works for ten minutes, and once.
pub async fn run(setup: &Setup, args: DashboardArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    let address = dashboard::address(&ctx).map_err(|problem| Misuse(problem.to_string()))?;
    let mut unit = Unit::begin(&db, &ctx).await?;
    if let Some(person) = args.person
        && roles::role(&mut unit.tx, &ctx, person).await?.is_none()
    {
        writeln!(to.err, "{person} has no role; see `afterword staff list`")?;
        return Ok(PROBLEMS);
    }
    let path = dashboard::make_link(&mut unit, args.person).await?;
    unit.commit().await?;
    writeln!(to.out, "{address}{path}")?;
    writeln!(to.err, "works once, for {} minutes, while `serve` runs", dashboard::LINK_LIFE.as_secs() / 60)?;
    db.close().await;
    Ok(DONE)
}
