//! The set-up for a new admin. Each step takes effect when it is tapped; nothing waits for the last one.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::config::{ChatTopic, DEFAULT_TZ};
use crate::domain::event::Kind;
use crate::domain::ids::{MessageId, TopicId};
use crate::domain::script::Script;
use crate::domain::script::edit::{self, Edit, Field, Prompt, SendField};
use crate::domain::staff::Deed as Noted;
use crate::domain::staff::Role;
use crate::service::alerts;
use crate::service::keys::Scope;
use crate::service::prompts::{self, Question};
use crate::service::roles::role;
use crate::service::script_set::time_zone;
use crate::service::staff_log;
use crate::service::{Context, Unit, editor, person, scripts};
use crate::store::keys::KeyRow;
use crate::store::persons::Person;
use crate::store::settings::TIME_ZONE;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::callback::SetupAct;
use crate::view::offers::{QUIET_HOURS, SCRIPTS, Wanted, ZONES};
use crate::view::setup::{Events, Key, Live, Setup};
use crate::view::{Button, View};

/// The first screen, below the admin's greeting.
pub async fn begin(unit: &mut Unit<'_>, person: &Person, hello: &str) -> store::Result<View> {
    let view = first(unit, screens(unit.ctx, person::locale(unit.ctx, person))).await?;
    Ok(View { html: format!("{hello}\n\n{}", view.html), ..view })
}

/// A button that opens the set-up, below the greeting of other admins.
#[must_use]
pub fn entrance(ctx: &Context, person: &Person) -> Button {
    screens(ctx, person::locale(ctx, person)).entrance()
}

fn screens<'c>(ctx: &'c Context, locale: &'static str) -> Setup<'c> {
    Setup { catalogue: &ctx.catalogue, languages: &ctx.config.languages, locale }
}

/// The choice of a language, if there is more than one. Otherwise the step of the time zone.
async fn first(unit: &mut Unit<'_>, setup: Setup<'_>) -> store::Result<View> {
    if setup.languages.is_one() { zone(unit, setup).await } else { Ok(setup.language()) }
}

/// Handles a tap under the message with this ID. Returns the text for a toast.
pub async fn tap(
    unit: &mut Unit<'_>,
    person: &Person,
    act: SetupAct,
    message_id: MessageId,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let mut locale = person::locale(ctx, person);
    let is_admin = role(&mut unit.tx, ctx, person.id).await? == Some(Role::Admin);
    if let SetupAct::Take(place) = act
        && is_admin
    {
        return Ok(Some(editor::take(unit, person, SCRIPTS[place]).await?));
    }
    let (view, toast) = if is_admin {
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
        // A test starts without a new screen.
        SetupAct::Begin | SetupAct::Take(_) => first(unit, setup).await?,
        // The button is older than the current list of languages.
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

/// The step of the time zone, as this transaction sees it.
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

/// Accepts the name of a time zone that was asked for.
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

/// Finds a zone by its name in the IANA database, or by the city in that name. Case and underscores do not matter,
/// because people write neither.
fn zone_named(text: &str) -> Option<Tz> {
    let wanted = text.trim().replace(' ', "_");
    let is = |name: &str| name.eq_ignore_ascii_case(&wanted);
    let whole = TZ_VARIANTS.iter().find(|zone| is(zone.name()));
    let by_city =
        || TZ_VARIANTS.iter().find(|zone| zone.name().split_once('/').is_some_and(|(_, city)| is(city)));
    whole.or_else(by_city).copied()
}

/// Resumes the chosen scripts with these quiet hours, and pauses the others.
async fn choose(
    unit: &mut Unit<'_>,
    person: &Person,
    setup: Setup<'_>,
    quiet: usize,
    wanted: Wanted,
) -> store::Result<View> {
    let ctx = unit.ctx;
    let mut live = Vec::new();
    for (place, (slug, asks)) in wanted.scripts().into_iter().enumerate() {
        let Some(row) = unit.tx.find_live_script(slug).await? else { continue };
        if scripts::set_paused(unit, slug, !asks).await? == scripts::Switched::Done {
            let deed = if asks { Noted::ScriptResumed } else { Noted::ScriptPaused };
            staff_log::script(unit, Some(person.id), deed, slug, None).await?;
        }
        let script = Script::read_published(&row.source, setup.languages).ok();
        let Some(script) = script.filter(|_| asks) else { continue };
        if let Some((script, source)) = with_quiet_hours(ctx, &row.source, &script, quiet) {
            let done = scripts::publish(unit, &script, &source).await?;
            staff_log::script(unit, Some(person.id), Noted::ScriptPublished, slug, Some(done.version))
                .await?;
        }
        live.push(Live { place, title: script.title.get(setup.locale).to_owned() });
    }
    let kind = if wanted == Wanted::Support { Kind::TicketClosed } else { Kind::Purchase };
    let keys = unit.tx.list_keys().await?;
    let key = if ctx.config.api_key.is_some() {
        Key::Environment
    } else {
        keys.iter().find(|key| takes_events(key)).map_or(Key::None, |key| Key::Named(&key.name))
    };
    let address = ctx.config.api_address();
    Ok(setup.done(&live, &Events { address: &address, key, kind, now: unit.now }))
}

/// Whether this key allows sending events.
fn takes_events(key: &KeyRow) -> bool {
    let opens = key.scope.parse::<Scope>().is_ok_and(|scope| scope.includes(Scope::Events));
    key.revoked_at.is_none() && opens
}

/// The script with these quiet hours. `None` if it already has them or cannot get them. It keeps the languages it has;
/// only people who write texts are asked whether those are enough.
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
