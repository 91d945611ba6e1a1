//! The screen of `/alerts`: leads choose what comes to a chat.

use super::chats::Chats;
use super::routes;
use super::subscribe::named;
use super::waiting::send_waiting;
use crate::config::ChatTopic;
use crate::domain::ids::PersonId;
use crate::domain::routing::{FilterError, FilterKind, Filters, MOST_VALUES};
use crate::domain::script::Script;
use crate::domain::staff::Deed;
use crate::service::{Unit, staff_log};
use crate::store;
use crate::store::routing::Switches;
use crate::view::View;
use crate::view::callback::{AlertsAct, Mark};
use crate::view::routing::{MOST_PAGES, Routes, VALUES, Values};

/// What comes to a subscribed chat or topic, as it is stored.
#[derive(Clone, Debug)]
struct Chosen {
    title: Option<String>,
    locale: &'static str,
    on: Switches,
    filters: Filters,
    configured: bool,
    overdue_configured: bool,
}

impl Chosen {
    async fn find(unit: &mut Unit<'_>, place: ChatTopic) -> store::Result<Option<Self>> {
        let chats = Chats::load(unit, &[]).await?;
        let Some(row) = chats.find(place.chat, place.topic) else { return Ok(None) };
        Ok(Some(Self {
            title: row.title.clone(),
            locale: chats.locale_of(unit.ctx, place.chat, place.topic),
            on: Switches { cases: row.cases, overdue: row.escalations, night_silent: row.night_silent },
            filters: row.filters.clone(),
            configured: chats.is_configured(place),
            overdue_configured: chats.is_for_escalations(place),
        }))
    }

    const fn gets_overdue(&self) -> bool {
        self.on.overdue || self.overdue_configured
    }

    async fn view(
        &self,
        unit: &mut Unit<'_>,
        place: ChatTopic,
        shown: Option<(FilterKind, usize)>,
    ) -> store::Result<View> {
        let ctx = unit.ctx;
        let scripts = titles(unit, self.locale).await?;
        let routes = Routes {
            topic: place.topic,
            cases: self.on.cases,
            overdue: self.gets_overdue(),
            night_silent: self.on.night_silent,
            filters: &self.filters,
            configured: self.configured,
            overdue_configured: self.overdue_configured,
            scripts: &scripts,
            zone: ctx.zone(),
        };
        let Some((kind, page)) = shown.filter(|_| !self.configured) else {
            return Ok(routes.screen(&ctx.catalogue, self.locale));
        };
        let all = routes::values(&mut unit.tx, &ctx.config, kind, &self.filters, unit.now).await?;
        let pages = all.len().div_ceil(VALUES).clamp(1, MOST_PAGES);
        let page = page.min(pages - 1);
        let values: Vec<String> = all.into_iter().skip(page * VALUES).take(VALUES).collect();
        let shown = Values { kind, values: &values, page, pages };
        Ok(routes.values(&ctx.catalogue, self.locale, &shown))
    }

    async fn keep(&self, unit: &mut Unit<'_>, place: ChatTopic, by: PersonId) -> store::Result<()> {
        let to = (place.chat, place.topic);
        unit.tx.set_alert_chat_routes(to, self.on, &self.filters).await?;
        let detail = named(place, self.title.as_deref());
        staff_log::detail(unit, Some(by), Deed::AlertsRouted, None, &detail).await?;
        tracing::info!(
            chat = place.chat.get(),
            topic = place.topic.get(),
            "what comes to a chat was changed"
        );
        // What waited for a chat may have one now.
        send_waiting(unit).await?;
        Ok(())
    }
}

/// The titles of the live scripts, by slug.
async fn titles(unit: &mut Unit<'_>, locale: &str) -> store::Result<Vec<(String, String)>> {
    let languages = &unit.ctx.config.languages;
    let live = unit.tx.list_live_scripts().await?.into_iter();
    let titled = live.filter_map(|row| {
        let script = Script::read_published(&row.source, languages).ok()?;
        Some((row.slug, script.title.get(locale).to_owned()))
    });
    Ok(titled.collect())
}

/// What comes to a chat, in words, if it is more or less than what comes to every chat. `None` if it gets nothing.
pub async fn screen(unit: &mut Unit<'_>, place: ChatTopic) -> store::Result<Option<View>> {
    let Some(chosen) = Chosen::find(unit, place).await? else { return Ok(None) };
    chosen.view(unit, place, None).await.map(Some)
}

/// Whether a chat gets something else than all new cases.
pub async fn is_special(unit: &mut Unit<'_>, place: ChatTopic) -> store::Result<bool> {
    let chosen = Chosen::find(unit, place).await?;
    Ok(chosen.is_some_and(|chosen| {
        !chosen.on.cases || chosen.gets_overdue() || chosen.on.night_silent || !chosen.filters.is_empty()
    }))
}

/// Does what the button says. Returns the screen as it is now, and a toast. `None` if the chat gets no alerts.
pub async fn choose(
    unit: &mut Unit<'_>,
    by: PersonId,
    place: ChatTopic,
    act: AlertsAct,
) -> store::Result<Option<(View, Option<String>)>> {
    let ctx = unit.ctx;
    let Some(mut chosen) = Chosen::find(unit, place).await? else { return Ok(None) };
    let before = (chosen.on, chosen.filters.clone());
    let (mut shown, mut toast) = (None, None);
    // The environment may have named the chat after the button was shown.
    let is_fixed = chosen.configured && !matches!(act, AlertsAct::Overdue(_) | AlertsAct::Night(_));
    let act = if is_fixed { AlertsAct::Screen } else { act };
    match act {
        AlertsAct::Screen => {}
        AlertsAct::Cases(on) => chosen.on.cases = on,
        AlertsAct::Overdue(on) => chosen.on.overdue = on,
        AlertsAct::Night(on) => chosen.on.night_silent = on,
        AlertsAct::Filter(kind, page) => shown = Some((kind, page)),
        AlertsAct::Any(kind) => {
            chosen.filters.clear(kind);
            shown = Some((kind, 0));
        }
        AlertsAct::Value { kind, page, mark, on } => {
            shown = Some((kind, page));
            let values = routes::values(&mut unit.tx, &ctx.config, kind, &chosen.filters, unit.now).await?;
            match values.iter().find(|value| Mark::of(value) == mark) {
                Some(value) if on => {
                    if chosen.filters.add(kind, value).is_err() {
                        toast = Some(many(unit, chosen.locale));
                    }
                }
                Some(value) => chosen.filters.remove(kind, value),
                None => toast = Some(ctx.catalogue.text(chosen.locale, "alerts-stale")),
            }
        }
    }
    if before != (chosen.on, chosen.filters.clone()) {
        chosen.keep(unit, place, by).await?;
    }
    let view = chosen.view(unit, place, shown).await?;
    Ok(Some((view, toast)))
}

fn many(unit: &Unit<'_>, locale: &str) -> String {
    unit.ctx.catalogue.with(locale, "alerts-many", &[("count", MOST_VALUES.to_string().into())])
}

/// Adds a value that was typed: `team Retail`. Returns the answer, or `None` if that is no filter. `locale` is for a chat
/// that gets no alerts.
pub async fn choose_typed(
    unit: &mut Unit<'_>,
    (by, locale): (PersonId, &str),
    place: ChatTopic,
    argument: &str,
) -> store::Result<Option<View>> {
    let (word, value) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    let Ok(kind) = word.to_lowercase().parse::<FilterKind>() else { return Ok(None) };
    let catalogue = &unit.ctx.catalogue;
    let Some(mut chosen) = Chosen::find(unit, place).await? else {
        return Ok(Some(View::text(catalogue.text(locale, "staff-chat-no-routes"))));
    };
    let value = value.trim();
    if kind.has_fixed_values() {
        let known = routes::known_values(&mut unit.tx, &unit.ctx.config, kind, unit.now).await?;
        if !known.iter().any(|known| known == value) {
            return Ok(Some(View::text(catalogue.text(chosen.locale, "alerts-typed-wrong"))));
        }
    }
    if !chosen.configured {
        match chosen.filters.add(kind, value) {
            Ok(()) => chosen.keep(unit, place, by).await?,
            Err(FilterError::TooMany) => return Ok(Some(View::text(many(unit, chosen.locale)))),
            Err(FilterError::Unusable) => {
                return Ok(Some(View::text(catalogue.text(chosen.locale, "alerts-typed-wrong"))));
            }
        }
    }
    chosen.view(unit, place, None).await.map(Some)
}
