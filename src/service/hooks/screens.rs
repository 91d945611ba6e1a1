//! `/hooks`: an admin connects a system, sees what arrives, and lets it go. Each tap is judged by the role that the
//! person has at that moment.

use super::{
    Hook, Own, State, add, add_secret, preset, renew, set_state, settings, takes_secret, taking, trying,
    unfit, ways,
};
use crate::domain::hook::Preset;
use crate::domain::ids::{MessageId, PersonId, TopicId};
use crate::domain::staff::Role;
use crate::service::prompts::{self, Question};
use crate::service::roles::role;
use crate::service::{Context, Unit, person};
use crate::store::deliveries::DeliveryRow;
use crate::store::hooks::HookRow;
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;
use crate::view::callback::HookAct;
use crate::view::hooks::{Address, Hooks, secret_trouble};

/// How many deliveries a hook's screen lists.
const LISTED: i64 = 8;

fn hooks<'a>(ctx: &'a Context, person: &Person) -> Hooks<'a> {
    Hooks { catalogue: &ctx.catalogue, locale: person::locale(ctx, person), zone: ctx.zone() }
}

/// What a tap leads to.
struct Screen {
    view: View,
    toast: Option<String>,
    /// The delivery that the screen shows.
    delivery: Option<i64>,
}

impl From<View> for Screen {
    fn from(view: View) -> Self {
        Self { view, toast: None, delivery: None }
    }
}

/// Handles `/hooks` from an admin.
pub async fn open(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    prompts::stop_waiting(&mut unit.tx, person.id).await?;
    let screens = hooks(unit.ctx, person);
    let view = screens.list(&listed(unit).await?);
    person::say(unit, person.id, &view).await
}

/// Handles a tap under the message with this ID. Returns the text for a toast.
pub async fn tap(
    unit: &mut Unit<'_>,
    person: &Person,
    act: HookAct,
    message_id: MessageId,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let text = |id: &str| ctx.catalogue.text(person::locale(ctx, person), id);
    unit.tx.forget_deliveries_shown(person.id.chat(), message_id).await?;
    let screen = if role(&mut unit.tx, ctx, person.id).await? == Some(Role::Admin) {
        prompts::stop_waiting(&mut unit.tx, person.id).await?;
        screen(unit, person, act, message_id).await?
    } else {
        tracing::warn!(person = person.id.get(), "a button of the hooks' screens was refused: no admin");
        Screen { toast: Some(text("team-toast-not-admin")), ..Screen::from(View::text(text("team-closed"))) }
    };
    let payload = Payload::text(screen.view.html.as_str()).keyboard(screen.view.markup().as_ref());
    let edit = match screen.delivery {
        Some(delivery) => {
            let message = unit.tx.insert_message(person.id.chat(), TopicId::NONE).await?;
            unit.tx.set_message_id(message, message_id).await?;
            unit.tx.insert_delivery_message(delivery, message, person.id.chat()).await?;
            Outgoing::edit(Lane::Answers, person.id.chat(), message, Some(message_id), payload)
        }
        None => Outgoing::edit_shown(Lane::Answers, person.id.chat(), message_id, payload),
    };
    unit.tx.enqueue(&edit, unit.now).await?;
    Ok(screen.toast)
}

/// The hooks that are not revoked.
async fn listed(unit: &mut Unit<'_>) -> store::Result<Vec<HookRow>> {
    let rows = unit.tx.list_hooks().await?;
    Ok(rows.into_iter().filter(|row| row.state != State::Revoked.as_str()).collect())
}

async fn find(unit: &mut Unit<'_>, id: i64) -> store::Result<Option<HookRow>> {
    let row = unit.tx.find_hook_by_id(id).await?;
    Ok(row.filter(|row| row.state != State::Revoked.as_str()))
}

async fn screen(
    unit: &mut Unit<'_>,
    person: &Person,
    act: HookAct,
    message_id: MessageId,
) -> store::Result<Screen> {
    let ctx = unit.ctx;
    let screens = hooks(ctx, person);
    let id = match act {
        HookAct::List => return Ok(screens.list(&listed(unit).await?).into()),
        HookAct::Systems => return Ok(screens.systems().into()),
        HookAct::Make(slug) => return make(unit, person, slug).await,
        HookAct::Delivery(id) => return delivery(unit, screens, id).await,
        HookAct::Replay(id) => return replay(unit, screens, id).await,
        HookAct::Hook(id)
        | HookAct::Go(id)
        | HookAct::Watch(id)
        | HookAct::AskSecret(id)
        | HookAct::AskSetting(id)
        | HookAct::Address(id)
        | HookAct::AddressNow(id)
        | HookAct::Revoke(id)
        | HookAct::RevokeNow(id) => id,
    };
    let Some(row) = find(unit, id).await? else {
        let toast = Some(ctx.catalogue.text(screens.locale, "hooks-toast-gone"));
        return Ok(Screen { toast, ..screens.list(&listed(unit).await?).into() });
    };
    of_hook(unit, person, &row, act, message_id).await
}

async fn of_hook(
    unit: &mut Unit<'_>,
    person: &Person,
    row: &HookRow,
    act: HookAct,
    message_id: MessageId,
) -> store::Result<Screen> {
    let ctx = unit.ctx;
    let screens = hooks(ctx, person);
    let toast = |id: &str| Some(ctx.catalogue.text(screens.locale, id));
    Ok(match act {
        HookAct::Go(_) | HookAct::Watch(_) => {
            let (state, said) = match act {
                HookAct::Go(_) => (State::Live, "hooks-toast-live"),
                _ => (State::Watching, "hooks-toast-watching"),
            };
            set_state(unit, row, state).await?;
            Screen { toast: toast(said), ..hook(unit, screens, row.id).await?.into() }
        }
        HookAct::AskSecret(_) if takes_secret(row) => {
            prompts::wait_for(unit, person.id, Question::HookSecret(row.id), Some(message_id)).await?;
            screens.ask_secret(row, None).into()
        }
        HookAct::AskSetting(_) => match preset(&row.preset, row.source.as_deref()) {
            Ok(preset) => {
                prompts::wait_for(unit, person.id, Question::HookSetting(row.id), Some(message_id)).await?;
                screens.ask_setting(row, &preset, false).into()
            }
            Err(_) => hook(unit, screens, row.id).await?.into(),
        },
        HookAct::Address(id) => screens.sure(row, HookAct::AddressNow(id)).into(),
        HookAct::AddressNow(_) => {
            let path = renew(unit, row).await?;
            screens.address(&address(ctx, row, &url(ctx, &path), None, None)).into()
        }
        HookAct::Revoke(id) => screens.sure(row, HookAct::RevokeNow(id)).into(),
        HookAct::RevokeNow(_) => {
            set_state(unit, row, State::Revoked).await?;
            Screen { toast: toast("hooks-toast-revoked"), ..screens.list(&listed(unit).await?).into() }
        }
        _ => hook(unit, screens, row.id).await?.into(),
    })
}

fn url(ctx: &Context, path: &str) -> String {
    format!("{}{path}", ctx.config.public_url.as_deref().unwrap_or_default())
}

fn address<'a>(
    ctx: &Context,
    row: &'a HookRow,
    url: &'a str,
    preset: Option<&'a Preset>,
    unreachable: Option<&'a [&'static str]>,
) -> Address<'a> {
    let is_relative = ctx.config.public_url.is_none();
    Address { id: row.id, name: &row.name, url, preset, is_relative, unreachable }
}

/// Makes a hook. It is called like its preset, with a number if that name was used.
async fn make(unit: &mut Unit<'_>, person: &Person, slug: &str) -> store::Result<Screen> {
    let ctx = unit.ctx;
    let screens = hooks(ctx, person);
    let used: Vec<String> = unit.tx.list_hooks().await?.into_iter().map(|row| row.name).collect();
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let name = std::iter::once(slug.to_owned()).chain(numbered).find(|name| !used.contains(name));
    let name = name.unwrap_or_else(|| slug.to_owned());
    let Ok(made) = add(unit, &name, slug, None).await? else { return Ok(screens.systems().into()) };
    let Some(row) = unit.tx.find_hook(&name).await? else { return Ok(screens.systems().into()) };
    unit.tx.set_hook_maker(row.id, person.id).await?;
    let url = url(ctx, &made.path);
    let unreachable = ways::unreachable(&made.preset, &ctx.config).map(|unreachable| unreachable.set);
    Ok(screens.address(&address(ctx, &row, &url, Some(&made.preset), unreachable.as_deref())).into())
}

/// A hook's screen; the list if there is no such hook.
async fn hook(unit: &mut Unit<'_>, screens: Hooks<'_>, id: i64) -> store::Result<View> {
    let Some(row) = find(unit, id).await? else { return Ok(screens.list(&listed(unit).await?)) };
    let deliveries = unit.tx.list_deliveries(row.id, LISTED).await?;
    let preset = preset(&row.preset, row.source.as_deref()).ok();
    let unreachable = preset.and_then(|preset| ways::unreachable(&preset, &unit.ctx.config));
    let unreachable = unreachable.map(|unreachable| unreachable.set);
    Ok(screens.hook(
        &row,
        &Own::of(&row).to_string(),
        unreachable.as_deref(),
        takes_secret(&row),
        &deliveries,
    ))
}

async fn delivery(unit: &mut Unit<'_>, screens: Hooks<'_>, id: i64) -> store::Result<Screen> {
    let row = unit.tx.find_delivery(id).await?;
    let hook_row = match &row {
        Some(row) => find(unit, row.hook).await?,
        None => None,
    };
    let (Some(row), Some(hook_row)) = (row, hook_row) else {
        let toast = Some(screens.catalogue.text(screens.locale, "hooks-delivery-gone"));
        return Ok(Screen { toast, ..screens.list(&listed(unit).await?).into() });
    };
    let view = drawn(unit, screens, &hook_row, &row).await?;
    Ok(Screen { delivery: Some(id), ..view.into() })
}

async fn drawn(
    unit: &mut Unit<'_>,
    screens: Hooks<'_>,
    hook: &HookRow,
    row: &DeliveryRow,
) -> store::Result<View> {
    let trials = match Hook::of(hook).filter(|_| !row.headers.is_empty()) {
        Some(hook) => taking::try_out(&mut unit.tx, &hook, &taking::delivery(row)).await?,
        None => Vec::new(),
    };
    let parts = unit.tx.list_delivery_parts(row.id).await?;
    Ok(screens.delivery(hook, row, &parts, &trials))
}

async fn replay(unit: &mut Unit<'_>, screens: Hooks<'_>, id: i64) -> store::Result<Screen> {
    let again = unit.tx.requeue_delivery(id).await?;
    let said = if again { "hooks-toast-replayed" } else { "hooks-delivery-gone" };
    let toast = Some(screens.catalogue.text(screens.locale, said));
    let Some(row) = unit.tx.find_delivery(id).await? else {
        return Ok(Screen { toast, ..screens.list(&listed(unit).await?).into() });
    };
    Ok(Screen { toast, ..hook(unit, screens, row.hook).await?.into() })
}

/// Shows the admin who made a hook what arrived while it watches.
pub(super) async fn tell(
    unit: &mut Unit<'_>,
    maker: PersonId,
    hook: &HookRow,
    delivery: i64,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(person) = unit.tx.find_person(maker).await? else { return Ok(()) };
    if role(&mut unit.tx, ctx, maker).await? != Some(Role::Admin) {
        return Ok(());
    }
    let Some(row) = unit.tx.find_delivery(delivery).await? else { return Ok(()) };
    let view = drawn(unit, hooks(ctx, &person), hook, &row).await?;
    let message = unit.tx.insert_message(maker.chat(), TopicId::NONE).await?;
    unit.tx.insert_delivery_message(delivery, message, maker.chat()).await?;
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, maker.chat(), payload).message(message), unit.now).await
}

/// Accepts a secret that was asked for.
pub async fn told_secret(unit: &mut Unit<'_>, person: &Person, id: i64, text: &str) -> store::Result<View> {
    let screens = hooks(unit.ctx, person);
    let Some(row) = find(unit, id).await? else { return Ok(screens.list(&listed(unit).await?)) };
    if add_secret(unit, &row, text).await?.is_err() {
        prompts::wait_for(unit, person.id, Question::HookSecret(id), None).await?;
        return Ok(screens.ask_secret(&row, Some(secret_trouble(unfit(&row, text)))));
    }
    let view = hook(unit, screens, id).await?;
    let kept = screens.catalogue.text(screens.locale, "hooks-secret-kept");
    Ok(View { html: format!("{kept}\n\n{}", view.html), ..view })
}

/// Accepts settings that were asked for, one a line.
pub async fn told_setting(unit: &mut Unit<'_>, person: &Person, id: i64, text: &str) -> store::Result<View> {
    let screens = hooks(unit.ctx, person);
    let Some(row) = find(unit, id).await? else { return Ok(screens.list(&listed(unit).await?)) };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let changes: Option<Vec<(String, String)>> = lines
        .map(|line| {
            line.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect();
    let is_changed = match changes {
        Some(changes) => settings::change(unit, &row, &changes).await?.is_ok(),
        None => false,
    };
    match preset(&row.preset, row.source.as_deref()) {
        Ok(preset) if !is_changed => {
            prompts::wait_for(unit, person.id, Question::HookSetting(id), None).await?;
            Ok(screens.ask_setting(&row, &preset, true))
        }
        _ => {
            let view = hook(unit, screens, id).await?;
            let Some(after) = find(unit, id).await?.filter(|_| is_changed) else { return Ok(view) };
            let differences = trying::differences(&mut unit.tx, &row, &after).await?;
            let differences: Vec<_> = differences
                .into_iter()
                .map(|difference| (difference.delivery, difference.before, difference.after))
                .collect();
            let told = screens.changed(&differences);
            Ok(View { html: format!("{told}\n\n{}", view.html), ..view })
        }
    }
}
