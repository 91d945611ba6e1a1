//! Sends the person who asks for it a test survey from the live version.

use crate::domain::ledger::{State, Suppression};
use crate::service::events::{Links, accept_by};
use crate::service::script_set::ScriptSet;
use crate::service::scripts::trial;
use crate::service::{Context, Unit, person};
use crate::store;
use crate::store::persons::Person;
use crate::view::editor::fate;

/// Starts the test. Returns the text for a toast.
pub async fn take(unit: &mut Unit<'_>, person: &Person, slug: &str) -> store::Result<String> {
    let own = unit.ctx;
    // The test uses a script set of its own, because this transaction may have published a script and might still be
    // rolled back.
    let ctx = Context { scripts: ScriptSet::new(&own.config.languages), ..own.clone() };
    ctx.scripts.refresh(&mut unit.tx).await?;
    let live = ctx.scripts.find(slug);
    let event = live.and_then(|live| trial(&ctx, live.script(), person.id, unit.now).ok());
    let accepted = match event {
        Some(event) => accept_by(unit, &ctx, &[event.into()], Links::Omit).await?,
        None => Vec::new(),
    };
    let locale = person::locale(own, person);
    Ok(match accepted.into_iter().find_map(Result::ok).map(|accepted| accepted.state) {
        Some(State::Scheduled | State::WaitingForLink) => own.catalogue.text(locale, "editor-toast-test"),
        state => {
            let state = state.unwrap_or(State::Suppressed(Suppression::NoScript));
            let why = own.catalogue.text(locale, fate(state));
            own.catalogue.with(locale, "editor-toast-test-no", &[("why", why.into())])
        }
    })
}
