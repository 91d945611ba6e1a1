//! `/cases`: the list of cases for leads, and the settings for admins.

use std::time::Duration;

use crate::domain::calendar::{Budget, WorkingHours};
use crate::domain::case::Budgets;
use crate::domain::case_settings::CaseSetting;
use crate::domain::ids::{CaseNumber, MessageId, TopicId};
use crate::domain::staff::{Deed, Role};
use crate::service::cases::lead_name;
use crate::service::prompts::{self, Question};
use crate::service::{Unit, alerts, cases, person, roles, script_set, staff_log};
use crate::store::cases::{ListedCase, Shown};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;
use crate::view::callback::{CasesAct, Tab};
use crate::view::case_settings::{self as view_settings, Setting, TooLong};
use crate::view::cases::{self as view, List, PAGE, Row};

/// The most cards that one command shows.
const MOST_CARDS: i64 = 5;
/// The most muted people that are listed.
const MOST_MUTED: i64 = 50;

/// Handles `/cases` from somebody in private: without an argument the list, with a number the case's card, with
/// anything else the cases of that customer or subject.
pub async fn open(unit: &mut Unit<'_>, person: &Person, argument: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let role = roles::role(&mut unit.tx, ctx, person.id).await?;
    if role < Some(Role::Lead) {
        let text = ctx.catalogue.text(locale, "cases-refused");
        return person::say(unit, person.id, &View::text(text)).await;
    }
    if argument.is_empty() {
        let view = page(unit, person, locale, role, Tab::All, 0).await?;
        return person::say(unit, person.id, &view).await;
    }
    let number = number_in(argument);
    let mut found = match number {
        Some(number) => unit.tx.find_listed_case(number).await?.into_iter().collect(),
        None => Vec::new(),
    };
    if found.is_empty() {
        found = unit.tx.list_cases_about(argument, MOST_CARDS).await?;
    }
    if found.is_empty() {
        let view = match number {
            Some(number) => view::unknown(&ctx.catalogue, locale, number),
            None => view::unknown_id(&ctx.catalogue, locale, &argument.chars().take(64).collect::<String>()),
        };
        return person::say(unit, person.id, &view).await;
    }
    for case in found {
        card(unit, person, case.number).await?;
    }
    Ok(())
}

/// The number of a case as people write it: `101`, `№101`, `# 101`.
fn number_in(argument: &str) -> Option<CaseNumber> {
    let digits = argument.trim_start_matches(['№', '#']).trim_start();
    digits.parse().ok().map(CaseNumber::new)
}

/// What `/cases` says in a group.
pub async fn in_group(unit: &mut Unit<'_>, locale: &str) -> store::Result<View> {
    let counts = unit.tx.count_unresolved_cases(unit.now).await?;
    Ok(view::in_group(&unit.ctx.catalogue, locale, counts))
}

/// Handles a tap under the message with this ID. Returns the text for a toast.
pub async fn tap(
    unit: &mut Unit<'_>,
    person: &Person,
    act: CasesAct,
    message_id: MessageId,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let role = roles::role(&mut unit.tx, ctx, person.id).await?;
    if role < Some(Role::Lead) {
        return Ok(Some(ctx.catalogue.text(locale, "toast-no-role")));
    }
    let is_setting = !matches!(act, CasesAct::Page(..) | CasesAct::Card(_));
    if is_setting && role != Some(Role::Admin) {
        return Ok(Some(ctx.catalogue.text(locale, "team-toast-not-admin")));
    }
    prompts::stop_waiting(&mut unit.tx, person.id).await?;
    let view = match act {
        CasesAct::Page(tab, number) => page(unit, person, locale, role, tab, number).await?,
        CasesAct::Card(number) => {
            card(unit, person, number).await?;
            return Ok(None);
        }
        CasesAct::Settings => settings(unit, locale).await?,
        CasesAct::Choose(setting, is_yes) => {
            choose(unit, person, setting, is_yes).await?;
            settings(unit, locale).await?
        }
        CasesAct::Muted => muted(unit, locale).await?,
        CasesAct::Unmute(muted_person) => {
            cases::unmute(unit, muted_person, person.id).await?;
            muted(unit, locale).await?
        }
        CasesAct::Setting(setting) => {
            let setting = current(unit, setting).await?;
            if !setting.is_given && setting.setting.choice().is_none() {
                prompts::wait_for(unit, person.id, Question::CaseSetting(setting.setting), Some(message_id))
                    .await?;
            }
            view_settings::ask(&ctx.catalogue, locale, &setting, None)
        }
        CasesAct::Default(setting) => {
            set(unit, person, setting, setting.default_text()).await?;
            settings(unit, locale).await?
        }
        CasesAct::InDays => {
            in_days(unit, person).await?;
            settings(unit, locale).await?
        }
    };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let edit = Outgoing::edit_shown(Lane::Answers, person.id.chat(), message_id, payload);
    unit.tx.enqueue(&edit, unit.now).await?;
    Ok(None)
}

async fn muted(unit: &mut Unit<'_>, locale: &str) -> store::Result<View> {
    let muted = unit.tx.list_muted(unit.now, MOST_MUTED).await?;
    Ok(view::muted(&unit.ctx.catalogue, locale, &muted, unit.ctx.zone()))
}

/// Shows a case as a card with its buttons in the lead's private chat.
async fn card(unit: &mut Unit<'_>, person: &Person, number: CaseNumber) -> store::Result<()> {
    if alerts::send_card(unit, number, (person.id.chat(), TopicId::NONE), None).await? {
        return Ok(());
    }
    let (ctx, locale) = (unit.ctx, person::locale(unit.ctx, person));
    let view = view::unknown(&ctx.catalogue, locale, number);
    person::say(unit, person.id, &view).await
}

async fn page(
    unit: &mut Unit<'_>,
    person: &Person,
    locale: &str,
    role: Option<Role>,
    tab: Tab,
    page: i64,
) -> store::Result<View> {
    let Unit { ctx, now, .. } = *unit;
    let shown = match tab {
        Tab::All => Shown::All,
        Tab::Mine => Shown::OwnedBy(person.id),
        Tab::Free => Shown::Free,
        Tab::Late => Shown::Overdue,
        Tab::Closed => Shown::Resolved,
    };
    let count = unit.tx.count_listed_cases(&shown, now).await?.listed;
    let pages = count.div_euclid(PAGE) + i64::from(count.rem_euclid(PAGE) > 0);
    let page = page.clamp(0, (pages - 1).max(0));
    let cases = unit.tx.list_cases(&shown, now, (page * PAGE, PAGE)).await?;
    let mut rows = Vec::with_capacity(cases.len());
    for case in &cases {
        let owner = match owner(case) {
            Some(owner) => Some(lead_name(&mut unit.tx, owner).await?),
            None => None,
        };
        let score = alerts::score_of_case(unit, case.number, locale).await?;
        rows.push(Row { case, owner, score });
    }
    let counts = unit.tx.count_unresolved_cases(now).await?;
    let list = List {
        counts,
        tab,
        page,
        pages,
        rows: &rows,
        is_admin: role == Some(Role::Admin),
        zone: ctx.zone(),
        now,
    };
    Ok(view::list(&ctx.catalogue, locale, &list))
}

/// Who has a case, or resolved it.
fn owner(case: &ListedCase) -> Option<crate::domain::ids::PersonId> {
    case.owner.or(case.resolved_by)
}

/// The settings as this transaction sees them.
async fn all(unit: &mut Unit<'_>) -> store::Result<Vec<Setting>> {
    let stored = script_set::case_settings(&mut unit.tx).await?;
    let (given, zone) = (&unit.ctx.config.case_settings, unit.ctx.zone());
    let setting = |setting: CaseSetting| Setting {
        setting,
        value: given
            .get(&setting)
            .or_else(|| stored.get(&setting))
            .map_or_else(|| setting.default_text().to_owned(), Clone::clone),
        is_given: given.contains_key(&setting),
        zone,
    };
    Ok(CaseSetting::ALL.into_iter().map(setting).collect())
}

async fn current(unit: &mut Unit<'_>, setting: CaseSetting) -> store::Result<Setting> {
    let mut all = all(unit).await?;
    let place = all.iter().position(|other| other.setting == setting).unwrap_or(0);
    Ok(all.swap_remove(place))
}

async fn settings(unit: &mut Unit<'_>, locale: &str) -> store::Result<View> {
    let all = all(unit).await?;
    Ok(view_settings::settings(&unit.ctx.catalogue, locale, &all, &too_long(&all)))
}

fn value(all: &[Setting], setting: CaseSetting) -> &str {
    all.iter().find(|other| other.setting == setting).map_or("", |found| found.value.as_str())
}

/// The length of the shortest working day, unless work never stops.
fn working_day(all: &[Setting]) -> Option<Duration> {
    let hours: WorkingHours = value(all, CaseSetting::Hours).parse().ok()?;
    let day = Duration::from_mins(u64::from(hours.shortest_day_minutes()));
    (day < Duration::from_hours(24)).then_some(day)
}

/// The settings with budgets that can be changed here, each with its budgets.
fn budgets(all: &[Setting]) -> impl Iterator<Item = (CaseSetting, Budgets)> {
    let changeable = all.iter().filter(|setting| !setting.is_given);
    changeable.filter_map(|setting| Some((setting.setting, setting.budgets()?)))
}

/// The budgets of working time that are longer than the working day.
fn too_long(all: &[Setting]) -> Vec<TooLong> {
    let Some(day) = working_day(all) else { return Vec::new() };
    let mut found = Vec::new();
    for (setting, budgets) in budgets(all) {
        for (category, severity, budget) in budgets.all() {
            if let Budget::Working(budget) = budget
                && budget > day
            {
                let days = budget.as_secs().div_ceil(day.as_secs().max(1));
                let category = category.map(str::to_owned);
                found.push(TooLong { setting, category, severity, budget, days });
            }
        }
    }
    found
}

/// Writes these budgets as one working day.
async fn in_days(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let all = all(unit).await?;
    let Some(day) = working_day(&all) else { return Ok(()) };
    for (setting, budgets) in budgets(&all) {
        let before = budgets.to_string();
        let changed = budgets.with_days_for_longer_than(day).to_string();
        if changed != before {
            set(unit, person, setting, &changed).await?;
        }
    }
    Ok(())
}

/// Sets a setting that has two values, unless the environment does.
async fn choose(
    unit: &mut Unit<'_>,
    person: &Person,
    setting: CaseSetting,
    is_yes: bool,
) -> store::Result<()> {
    let Some((yes, no)) = setting.choice() else { return Ok(()) };
    let (value, current) = (if is_yes { yes } else { no }, current(unit, setting).await?);
    if current.is_given || current.value == value {
        return Ok(());
    }
    set(unit, person, setting, value).await
}

async fn set(unit: &mut Unit<'_>, person: &Person, setting: CaseSetting, value: &str) -> store::Result<()> {
    unit.tx.set_setting(&setting.stored_name(), value).await?;
    let detail = format!("{}: {value}", setting.variable());
    staff_log::detail(unit, Some(person.id), Deed::CaseSettingSet, None, &detail).await
}

/// Accepts the value of a setting that was asked for.
pub async fn named_setting(
    unit: &mut Unit<'_>,
    person: &Person,
    setting: CaseSetting,
    text: &str,
) -> store::Result<View> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let text = text.trim();
    let all = all(unit).await?;
    let mut others = crate::domain::case_settings::CaseSettings::default();
    for other in all.iter().filter(|other| other.setting != setting && !other.value.is_empty()) {
        // What is stored was accepted before; what no longer fits is left out.
        let _ = others.set(other.setting, &other.value, ctx.zone());
    }
    let shown = current(unit, setting).await?;
    if shown.is_given {
        return Ok(view_settings::ask(&ctx.catalogue, locale, &shown, None));
    }
    match others.set(setting, text, ctx.zone()) {
        Ok(()) => {
            set(unit, person, setting, text).await?;
            settings(unit, locale).await
        }
        Err(problem) => {
            prompts::wait_for(unit, person.id, Question::CaseSetting(setting), None).await?;
            Ok(view_settings::ask(&ctx.catalogue, locale, &shown, Some(&problem)))
        }
    }
}
