//! A newcomer's set-up. Each step is done when it is tapped; nothing waits for the last one.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::config::{ChatTopic, DEFAULT_TZ};
use crate::domain::ids::{MessageId, TopicId};
use crate::domain::script::Script;
use crate::domain::script::edit::{self, Edit, Field, Prompt, SendField};
use crate::domain::staff::Deed as Noted;
use crate::domain::staff::Role;
use crate::service::alerts;
use crate::service::prompts::{self, Question};
use crate::service::roles::role;
use crate::service::script_set::time_zone;
use crate::service::staff_log;
use crate::service::{Context, Unit, person, scripts};
use crate::store::persons::Person;
use crate::store::settings::TIME_ZONE;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::callback::editor::Deed;
use crate::view::callback::{EditorAct, SetupAct};
use crate::view::editor::EditorView;
use crate::view::offers::{QUIET_HOURS, Wanted, ZONES};
use crate::view::setup::Setup;
use crate::view::{Button, View};

/// The first screen, below what the admin is greeted with.
pub async fn begin(unit: &mut Unit<'_>, person: &Person, hello: &str) -> store::Result<View> {
    let view = first(unit, screens(unit.ctx, person::locale(unit.ctx, person))).await?;
    Ok(View { html: format!("{hello}\n\n{}", view.html), ..view })
}

/// A button to it below what other admins are greeted with.
#[must_use]
pub fn entrance(ctx: &Context, person: &Person) -> Button {
    screens(ctx, person::locale(ctx, person)).entrance()
}

fn screens<'c>(ctx: &'c Context, locale: &'static str) -> Setup<'c> {
    Setup { catalogue: &ctx.catalogue, languages: &ctx.config.languages, locale }
}

/// The choice of a language, if there is one.
async fn first(unit: &mut Unit<'_>, setup: Setup<'_>) -> store::Result<View> {
    if setup.languages.is_one() { zone(unit, setup).await } else { Ok(setup.language()) }
}

/// A tap under the message with this ID. The result is what to say in a toast.
pub async fn tap(
    unit: &mut Unit<'_>,
    person: &Person,
    act: SetupAct,
    message_id: MessageId,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let mut locale = person::locale(ctx, person);
    let (view, toast) = if role(&mut unit.tx, ctx, person.id).await? == Some(Role::Admin) {
        if let SetupAct::Language(chosen) = act
            && ctx.config.languages.contains(chosen)
        {
            unit.tx.set_chosen_language(person.id, chosen).await?;
            locale = chosen;
        }
        prompts::stop_waiting(&mut unit.tx, person.id).await?;
        step(unit, person, locale, act, message_id).await?
    } else {
        let text = |id| ctx.catalogue.text(locale, id);
        (View::text(text("team-closed")), Some(text("team-toast-not-admin")))
    };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::edit_shown(Lane::Answers, person.id.chat(), message_id, payload), unit.now)
        .await?;
    Ok(toast)
}

async fn step(
    unit: &mut Unit<'_>,
    person: &Person,
    locale: &'static str,
    act: SetupAct,
    message_id: MessageId,
) -> store::Result<(View, Option<String>)> {
    let ctx = unit.ctx;
    let setup = screens(ctx, locale);
    let view = match act {
        SetupAct::Begin => first(unit, setup).await?,
        // The button is older than the installation's languages.
        SetupAct::Language(chosen) if !setup.languages.contains(chosen) => {
            let toast = ctx.catalogue.text(locale, "editor-toast-stale");
            return Ok((first(unit, setup).await?, Some(toast)));
        }
        SetupAct::Language(_) => zone(unit, setup).await?,
        SetupAct::Zone(_) | SetupAct::OtherZone if ctx.config.default_tz.is_some() => {
            zone(unit, setup).await?
        }
        SetupAct::Zone(place) => {
            let Some((chosen, _)) = ZONES.get(place) else { return Ok((setup.quiet(), None)) };
            set_zone(unit, person, *chosen).await?;
            return Ok((setup.quiet(), Some(setup.zone_set(*chosen, unit.now))));
        }
        SetupAct::OtherZone => {
            prompts::wait_for(unit, person.id, Question::Zone, Some(message_id)).await?;
            setup.ask_zone(None)
        }
        SetupAct::Quiet => setup.quiet(),
        SetupAct::Alerts(quiet) => setup.alerts(quiet),
        SetupAct::Script(quiet, here) => {
            if here {
                let place = ChatTopic { chat: person.id.chat(), topic: TopicId::NONE };
                alerts::subscribe(unit, person, place, person.first_name.as_deref(), locale).await?;
            }
            setup.script(quiet, alerts::has_chats(unit).await?)
        }
        SetupAct::Choose(quiet, wanted) => choose(unit, person, setup, quiet, wanted).await?,
    };
    Ok((view, None))
}

/// The step of the time zone, as this transaction knows it.
async fn zone(unit: &mut Unit<'_>, setup: Setup<'_>) -> store::Result<View> {
    let now = unit.now;
    if let Some(given) = unit.ctx.config.default_tz {
        return Ok(setup.given_zone(given, now));
    }
    let chosen = time_zone(&mut unit.tx).await?;
    Ok(setup.zone(chosen.unwrap_or(DEFAULT_TZ), now))
}

async fn set_zone(unit: &mut Unit<'_>, person: &Person, zone: Tz) -> store::Result<()> {
    if time_zone(&mut unit.tx).await? == Some(zone) {
        return Ok(());
    }
    unit.tx.set_setting(TIME_ZONE, zone.name()).await?;
    staff_log::detail(unit, Some(person.id), Noted::TimeZoneSet, None, zone.name()).await
}

/// Takes the name of a time zone that was asked for.
pub async fn named_zone(unit: &mut Unit<'_>, person: &Person, text: &str) -> store::Result<View> {
    let ctx = unit.ctx;
    let setup = screens(ctx, person::locale(ctx, person));
    if ctx.config.default_tz.is_some() {
        return zone(unit, setup).await;
    }
    let Some(named) = zone_named(text) else {
        prompts::wait_for(unit, person.id, Question::Zone, None).await?;
        return Ok(setup.ask_zone(Some(text.trim())));
    };
    set_zone(unit, person, named).await?;
    let view = setup.quiet();
    Ok(View { html: format!("{}\n\n{}", setup.zone_set(named, unit.now), view.html), ..view })
}

/// A zone by its name in the IANA database, or by the city in it; people write neither capitals nor underscores.
fn zone_named(text: &str) -> Option<Tz> {
    let wanted = text.trim().replace(' ', "_");
    let is = |name: &str| name.eq_ignore_ascii_case(&wanted);
    let whole = TZ_VARIANTS.iter().find(|zone| is(zone.name()));
    let by_city =
        || TZ_VARIANTS.iter().find(|zone| zone.name().split_once('/').is_some_and(|(_, city)| is(city)));
    whole.or_else(by_city).copied()
}

/// Lets the chosen scripts ask, with these quiet hours, and the others not.
async fn choose(
    unit: &mut Unit<'_>,
    person: &Person,
    setup: Setup<'_>,
    quiet: usize,
    wanted: Wanted,
) -> store::Result<View> {
    let ctx = unit.ctx;
    let (mut live, mut tests) = (Vec::new(), Vec::new());
    for (slug, asks) in wanted.scripts() {
        let Some(row) = unit.tx.find_live_script(slug).await? else { continue };
        if scripts::set_paused(unit, slug, !asks).await? == scripts::Switched::Done {
            let deed = if asks { Noted::ScriptResumed } else { Noted::ScriptPaused };
            staff_log::script(unit, Some(person.id), deed, slug, None).await?;
        }
        let script = Script::read_published(&row.source, setup.languages).ok();
        let Some(script) = script.filter(|_| asks) else { continue };
        let version = match with_quiet_hours(ctx, &row.source, &script, quiet) {
            Some((script, source)) => {
                let done = scripts::publish(unit, &script, &source).await?;
                staff_log::script(unit, Some(person.id), Noted::ScriptPublished, slug, Some(done.version))
                    .await?;
                done.version
            }
            None => row.version,
        };
        let title = script.title.get(setup.locale).to_owned();
        let editor = EditorView {
            catalogue: setup.catalogue,
            languages: setup.languages,
            sending: &ctx.config.sending,
            locale: setup.locale,
            zone: ctx.zone(),
            slug,
            mark: version,
        };
        let text = format!("{}: {title}", ctx.catalogue.text(setup.locale, "editor-button-take"));
        tests.push(editor.button(text, EditorAct::Do(Deed::Test)));
        live.push(crate::domain::template::escape_html(&title));
    }
    Ok(setup.done(&live, tests))
}

/// The script with other quiet hours than it has now; `None` if those are the ones. It goes on in the languages it has:
/// whether that is enough is asked of those who write texts.
fn with_quiet_hours(ctx: &Context, source: &str, script: &Script, quiet: usize) -> Option<(Script, String)> {
    let wanted = QUIET_HOURS.get(quiet)?;
    let now = script.send.resolve(&ctx.config.sending).quiet_hours.to_string();
    if now == *wanted {
        return None;
    }
    let languages = &ctx.config.languages;
    let prompt = Prompt { field: Field::Send(SendField::QuietHours), language: None };
    let source = edit::apply(source, &Edit::Words(prompt, (*wanted).to_owned()), languages).ok()?;
    let script = Script::read_published(&source, languages).ok()?;
    Some((script, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_known_by_its_name_or_its_city_however_it_is_written() {
        let named = |text| zone_named(text).map(|zone: Tz| zone.name());
        assert_eq!(named(" europe/berlin "), Some("Europe/Berlin"));
        assert_eq!(named("New York"), Some("America/New_York"));
        assert_eq!(named("UTC"), Some("UTC"));
        for unknown in ["", "/", "Europe", "Europe/", "Europe/Atlantis", "UTC+5", "Берлин"] {
            assert_eq!(named(unknown), None, "{unknown}");
        }
    }
}
