//! A newcomer's set-up. Each step is done when it is tapped; nothing waits for the last one.

use crate::config::ChatTopic;
use crate::domain::script::Script;
use crate::domain::script::edit::{self, Edit, Field, Prompt, SendField};
use crate::domain::staff::Deed as Noted;
use crate::domain::time::Timestamp;
use crate::service::alerts;
use crate::service::staff::{Role, log, role};
use crate::service::{Context, people, scripts};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::callback::desk::Deed;
use crate::view::callback::{DeskAct, SetupAct};
use crate::view::desk::Desk;
use crate::view::setup::{QUIET_HOURS, Setup, Wanted};

/// The first screen, below what the admin is greeted with.
#[must_use]
pub fn begin(ctx: &Context, person: &Person, hello: &str) -> View {
    Setup { catalogue: &ctx.catalogue, locale: people::locale(ctx, person) }.language(hello)
}

/// A tap under the message with this ID. The result is what to say in a toast.
pub async fn tap(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    act: SetupAct,
    message_id: i64,
    now: Timestamp,
) -> store::Result<Option<String>> {
    let mut locale = people::locale(ctx, person);
    let (view, toast) = if role(tx, ctx, person.id).await? == Some(Role::Admin) {
        if let SetupAct::Language(chosen) = act {
            tx.set_chosen_language(person.id, chosen).await?;
            locale = chosen;
        }
        (step(tx, ctx, person, locale, act, now).await?, None)
    } else {
        let text = |id| ctx.catalogue.text(locale, id);
        (View::text(text("team-closed")), Some(text("team-toast-not-admin")))
    };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    tx.enqueue(&Outgoing::edit_shown(Lane::Answers, person.id, message_id, payload), now).await?;
    Ok(toast)
}

async fn step(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    locale: &'static str,
    act: SetupAct,
    now: Timestamp,
) -> store::Result<View> {
    let setup = Setup { catalogue: &ctx.catalogue, locale };
    let zone = ctx.config.default_tz;
    Ok(match act {
        SetupAct::Language(_) => {
            let time = now.to_utc().with_timezone(&zone).format("%H:%M").to_string();
            setup.zone(zone.name(), &time)
        }
        SetupAct::OtherZone => setup.other_zone(zone.name()),
        SetupAct::Quiet => setup.quiet(),
        SetupAct::Alerts(quiet) => setup.alerts(quiet),
        SetupAct::Script(quiet, here) => {
            if here {
                let place = ChatTopic { chat: person.id, topic: 0 };
                alerts::subscribe(tx, ctx, place, person.first_name.as_deref(), locale, now).await?;
            }
            setup.script(quiet, alerts::has_chats(tx, ctx).await?)
        }
        SetupAct::Choose(quiet, wanted) => choose(tx, ctx, person, setup, (quiet, wanted), now).await?,
    })
}

/// Lets the chosen scripts ask, with these quiet hours, and the others not.
async fn choose(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    setup: Setup<'_>,
    (quiet, wanted): (usize, Wanted),
    now: Timestamp,
) -> store::Result<View> {
    let (mut live, mut tests) = (Vec::new(), Vec::new());
    for (slug, asks) in wanted.scripts() {
        let Some(row) = tx.find_live_script(slug).await? else { continue };
        if scripts::set_paused(tx, slug, !asks, now).await? == scripts::Switched::Done {
            let deed = if asks { Noted::ScriptResumed } else { Noted::ScriptPaused };
            log::script(tx, Some(person.id), deed, (slug, None), now).await?;
        }
        let Some(script) = Script::read_published(&row.source).ok().filter(|_| asks) else { continue };
        let version = match with_quiet_hours(ctx, &row.source, &script, quiet) {
            Some((script, source)) => {
                let done = scripts::publish(tx, &script, &source, now).await?;
                log::script(tx, Some(person.id), Noted::ScriptPublished, (slug, Some(done.version)), now)
                    .await?;
                done.version
            }
            None => row.version,
        };
        let title = script.title.get(setup.locale).to_owned();
        let desk = Desk {
            catalogue: &ctx.catalogue,
            locale: setup.locale,
            zone: ctx.config.default_tz,
            slug,
            mark: version,
        };
        let text = format!("{}: {title}", ctx.catalogue.text(setup.locale, "desk-button-test"));
        tests.push(desk.button(text, DeskAct::Do(Deed::Test)));
        live.push(crate::domain::template::escape_html(&title));
    }
    Ok(setup.done(&live, tests))
}

/// The script with other quiet hours than it has now; `None` if those are the ones.
fn with_quiet_hours(ctx: &Context, source: &str, script: &Script, quiet: usize) -> Option<(Script, String)> {
    let wanted = QUIET_HOURS.get(quiet)?;
    let now = script.send.resolve(&ctx.config.sending).quiet_hours.to_string();
    if now == *wanted {
        return None;
    }
    let prompt = Prompt::first(Field::Send(SendField::QuietHours));
    let source = edit::apply(source, &Edit::Words(prompt, (*wanted).to_owned())).ok()?;
    let parsed = Script::parse(&script.slug, &source).ok()?;
    Some((parsed.script, source))
}
