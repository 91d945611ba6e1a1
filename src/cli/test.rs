//! `afterword test`: sends oneself a survey at once.

use clap::Args;
use clap::builder::TypedValueParser as _;

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::domain::ids::PersonId;
use crate::domain::ledger::State;
use crate::service::due::MOST_TESTS;
use crate::service::events::{Links, accept};
use crate::service::script_set::Live;
use crate::service::scripts::trial;
use crate::service::{Context, Unit};

#[derive(Clone, Debug, Args)]
pub struct TestArgs {
    /// The person to ask; they must have started the bot
    #[arg(value_parser = clap::value_parser!(i64).range(1..).map(PersonId::new))]
    telegram_id: PersonId,
    /// The script to use; the first live one by default
    slug: Option<String>,
}

pub async fn run(setup: &Setup, args: &TestArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    let live = choose(&ctx, args.slug.as_deref())?;
    let slug = &live.script().slug;
    let event = trial(&ctx, live.script(), args.telegram_id, ctx.clock.now())?;
    let mut unit = Unit::begin(&db, &ctx).await?;
    if unit.tx.count_unsent_invitations(args.telegram_id.chat()).await? >= MOST_TESTS {
        let person = args.telegram_id;
        writeln!(
            to.err,
            "{slug}: {MOST_TESTS} surveys wait to be sent to {person} already: try again when they have arrived"
        )?;
        return Ok(PROBLEMS);
    }
    let accepted = accept(&mut unit, &[event.into()], Links::Omit).await?;
    unit.commit().await?;
    let states = accepted.into_iter().map(|accepted| accepted.map(|accepted| accepted.state));
    match states.collect::<Result<Vec<_>, _>>()?.first() {
        Some(State::Scheduled | State::WaitingForLink) => {
            let person = args.telegram_id;
            writeln!(
                to.out,
                "{slug}: a running 'afterword serve' sends it within seconds, or when {person} starts the bot"
            )?;
            Ok(DONE)
        }
        state => {
            let state = state.map_or_else(|| "not stored".to_owned(), ToString::to_string);
            writeln!(to.err, "{slug}: it is not sent: {state}")?;
            Ok(PROBLEMS)
        }
    }
}

fn choose(ctx: &Context, slug: Option<&str>) -> Result<Live, Misuse> {
    let live = ctx.scripts.live();
    let named = |live: &&Live| slug.is_none_or(|slug| live.script().slug == slug);
    let usable = |live: &&Live| !live.paused;
    if let Some(found) = live.iter().filter(named).find(usable) {
        return Ok(found.clone());
    }
    let Some(slug) = slug else {
        return Err(Misuse(
            "no script is live: publish one with 'afterword script publish FILE', or start 'afterword serve' once"
                .to_owned(),
        ));
    };
    if live.iter().any(|live| live.script().slug == slug) {
        return Err(Misuse(format!("{slug} is paused: 'afterword script resume {slug}' lets it ask")));
    }
    let known: Vec<&str> = live.iter().map(|live| live.script().slug.as_str()).collect();
    Err(Misuse(format!("there is no script '{slug}'; there are: {}", known.join(", "))))
}
