//! The screens of `/cases` on which admins choose how cases are handled.

use std::time::Duration;

use chrono_tz::Tz;

use super::callback::{CasesAct, Data, Tab};
use super::case::severity_id;
use super::{Button, View, paragraphs};
use crate::domain::calendar::Budget;
use crate::domain::case::{Budgets, Severity};
use crate::domain::case_settings::CaseSetting;
use crate::domain::setting_problem::Problem;
use crate::domain::template::escape_html;
use crate::domain::time::parse_duration;
use crate::i18n::Catalogue;

/// The most characters of a value that is quoted because it will not do.
const QUOTED: usize = 60;

/// A setting with the value that holds.
#[derive(Clone, Debug)]
pub struct Setting {
    pub setting: CaseSetting,
    /// As it was written; empty if there is none.
    pub value: String,
    /// Whether the environment makes it, so that nobody can change it here.
    pub is_given: bool,
    /// The time zone of installations that set none for cases.
    pub zone: Tz,
}

impl Setting {
    /// The budgets that hold, if it is about budgets: those that nobody named are the default's.
    #[must_use]
    pub fn budgets(&self) -> Option<Budgets> {
        let defaults = match self.setting {
            CaseSetting::FirstContact => Budgets::FIRST_CONTACT,
            CaseSetting::Resolution => Budgets::RESOLUTION,
            _ => return None,
        };
        Budgets::parse(&self.value, defaults).ok()
    }

    /// The value that holds, in the form in which it is changed.
    fn written(&self) -> String {
        match (self.setting, self.budgets()) {
            (_, Some(budgets)) => budgets.to_string(),
            (CaseSetting::Zone, None) if self.value.is_empty() => self.zone.name().to_owned(),
            _ => self.value.clone(),
        }
    }

    /// The value that holds, in words.
    fn shown(&self, catalogue: &Catalogue, locale: &str) -> String {
        if let Some(budgets) = self.budgets() {
            return budgets_in_words(catalogue, locale, &budgets);
        }
        if let Some((yes, _)) = self.setting.choice() {
            return catalogue.text(locale, choice_id(self.setting, self.value == yes));
        }
        if self.setting == CaseSetting::Reopen
            && let Ok(time) = parse_duration(&self.value)
        {
            return time_in_words(catalogue, locale, time);
        }
        let written = self.written();
        if written.is_empty() { catalogue.text(locale, "settings-none") } else { escape_html(&written) }
    }
}

const fn name_id(setting: CaseSetting) -> &'static str {
    match setting {
        CaseSetting::Hours => "setting-hours",
        CaseSetting::DaysOff => "setting-days-off",
        CaseSetting::Zone => "setting-zone",
        CaseSetting::FirstContact => "setting-first-contact",
        CaseSetting::Resolution => "setting-resolution",
        CaseSetting::Reopen => "setting-reopen",
        CaseSetting::Promise => "setting-promise",
        CaseSetting::Names => "setting-names",
        CaseSetting::UrgentSegments => "setting-urgent-segments",
        CaseSetting::FreeMessages => "setting-free-messages",
    }
}

/// One of the two values of a setting.
const fn choice_id(setting: CaseSetting, is_yes: bool) -> &'static str {
    match (setting, is_yes) {
        (CaseSetting::Promise, true) => "setting-promise-on",
        (CaseSetting::Promise, false) => "setting-promise-off",
        (CaseSetting::Names, true) => "setting-names-show",
        (CaseSetting::Names, false) => "setting-names-hide",
        (_, true) => "setting-free-messages-cases",
        (_, false) => "setting-free-messages-off",
    }
}

/// `срочно 4 ч, обычно 1 рабочий день, delivery: срочно 30 мин`.
fn budgets_in_words(catalogue: &Catalogue, locale: &str, budgets: &Budgets) -> String {
    let one = |(category, severity, budget): (Option<&str>, Severity, Budget)| {
        let whose = entry(catalogue, locale, category, severity);
        format!("{whose} {}", budget_in_words(catalogue, locale, budget))
    };
    budgets.all().map(one).collect::<Vec<_>>().join(", ")
}

/// Which cases a budget is for: `срочно`, `delivery: срочно`.
fn entry(catalogue: &Catalogue, locale: &str, category: Option<&str>, severity: Severity) -> String {
    let severity = catalogue.text(locale, severity_id(severity));
    match category {
        Some(category) => format!("{}: {severity}", escape_html(category)),
        None => severity,
    }
}

fn budget_in_words(catalogue: &Catalogue, locale: &str, budget: Budget) -> String {
    let (id, count) = match budget {
        Budget::Days(days) => ("budget-days", u64::from(days)),
        Budget::Working(work) if work.as_secs() % 3600 == 0 => ("budget-hours", work.as_secs() / 3600),
        Budget::Working(work) => ("budget-minutes", work.as_secs() / 60),
    };
    catalogue.with(locale, id, &[("count", count.into())])
}

/// Elapsed time in the largest unit that is exact.
fn time_in_words(catalogue: &Catalogue, locale: &str, time: Duration) -> String {
    let seconds = time.as_secs();
    let (id, count) = match seconds {
        0 => ("time-seconds", 0),
        _ if seconds.is_multiple_of(86_400) => ("time-days", seconds / 86_400),
        _ if seconds.is_multiple_of(3600) => ("budget-hours", seconds / 3600),
        _ if seconds.is_multiple_of(60) => ("budget-minutes", seconds / 60),
        _ => ("time-seconds", seconds),
    };
    catalogue.with(locale, id, &[("count", count.into())])
}

/// A budget of working time that is longer than the working day, and about how many days it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLong {
    pub setting: CaseSetting,
    pub category: Option<String>,
    pub severity: Severity,
    pub budget: Duration,
    pub days: u64,
}

/// All settings.
#[must_use]
pub fn settings(catalogue: &Catalogue, locale: &str, settings: &[Setting], too_long: &[TooLong]) -> View {
    let name = |setting: CaseSetting| catalogue.text(locale, name_id(setting));
    let line = |setting: &Setting| format!("{}: {}", name(setting.setting), setting.shown(catalogue, locale));
    let lines: Vec<String> = settings.iter().map(line).collect();
    let title = catalogue.text(locale, "settings-title");
    let hint = hint(catalogue, locale, too_long);
    let mut view = View::text(paragraphs([title.as_str(), &lines.join("\n"), &hint]));
    if !too_long.is_empty() {
        let text = catalogue.text(locale, "settings-long-button");
        view = view.row([Button::new(text, &Data::Cases(CasesAct::InDays))]);
    }
    for pair in settings.chunks(2) {
        let button = |setting: &Setting| {
            Button::new(name(setting.setting), &Data::Cases(CasesAct::Setting(setting.setting)))
        };
        view = view.row(pair.iter().map(button));
    }
    let back = Data::Cases(CasesAct::Page(Tab::All, 0));
    view.row([Button::new(catalogue.text(locale, "cases-back"), &back)])
}

/// An admin who wrote `24h` may have meant a day. Empty if there is nothing to say.
fn hint(catalogue: &Catalogue, locale: &str, too_long: &[TooLong]) -> String {
    if too_long.is_empty() {
        return String::new();
    }
    let line = |long: &TooLong| {
        let values = [
            ("setting", catalogue.text(locale, name_id(long.setting)).into()),
            ("entry", entry(catalogue, locale, long.category.as_deref(), long.severity).into()),
            ("budget", budget_in_words(catalogue, locale, Budget::Working(long.budget)).into()),
            ("days", long.days.into()),
        ];
        catalogue.with(locale, "settings-long-entry", &values)
    };
    let lines = too_long.iter().map(line);
    let (head, ask) = (catalogue.text(locale, "settings-long"), catalogue.text(locale, "settings-long-ask"));
    std::iter::once(head).chain(lines).chain([ask]).collect::<Vec<_>>().join("\n")
}

/// Asks for a new value; `problem` says why the last one will not do.
#[must_use]
pub fn ask(catalogue: &Catalogue, locale: &str, setting: &Setting, problem: Option<&Problem>) -> View {
    let back = Button::new(catalogue.text(locale, "settings-back"), &Data::Cases(CasesAct::Settings));
    if setting.is_given {
        let values = [("variable", setting.setting.variable().into())];
        return View::text(catalogue.with(locale, "settings-fixed", &values)).row([back]);
    }
    let name = ("setting", catalogue.text(locale, name_id(setting.setting)).into());
    if setting.setting.choice().is_some() {
        let view = View::text(catalogue.with(locale, "settings-choose", &[name]));
        return choices(catalogue, locale, setting, view).row([back]);
    }
    let example = ("example", format!("<code>{}</code>", escape_html(setting.setting.example())).into());
    if let Some(problem) = problem {
        let problem = problem_in_words(catalogue, locale, problem);
        let values = [("problem", problem.into()), example];
        return View::text(catalogue.with(locale, "settings-wrong", &values)).row([back]);
    }
    let written = Some(setting.written()).filter(|written| !written.is_empty());
    let value = written.map(|written| escape_html(&written));
    let value = value.unwrap_or_else(|| catalogue.text(locale, "settings-none"));
    let mut view =
        View::text(catalogue.with(locale, "settings-ask", &[name, ("value", value.into()), example]));
    if !setting.value.is_empty() {
        let text = catalogue.text(locale, "settings-default");
        view = view.row([Button::new(text, &Data::Cases(CasesAct::Default(setting.setting)))]);
    }
    view.row([back])
}

/// A button for each of the two values; the one that holds is ticked.
fn choices(catalogue: &Catalogue, locale: &str, setting: &Setting, view: View) -> View {
    let holds = setting.setting.choice().is_some_and(|(yes, _)| setting.value == yes);
    [true, false].into_iter().fold(view, |view, is_yes| {
        let text = catalogue.text(locale, choice_id(setting.setting, is_yes));
        let text = if is_yes == holds { format!("✓ {text}") } else { text };
        view.row([Button::new(text, &Data::Cases(CasesAct::Choose(setting.setting, is_yes)))])
    })
}

/// Why a value will not do.
fn problem_in_words(catalogue: &Catalogue, locale: &str, problem: &Problem) -> String {
    let quoted = |text: &str| escape_html(&text.chars().take(QUOTED).collect::<String>());
    let about = |id: &str, text: &str| catalogue.with(locale, id, &[("text", quoted(text).into())]);
    match problem {
        Problem::DaysWithoutHours(text) => about("problem-days-without-hours", text),
        Problem::DateWithoutHours(text) => about("problem-date-without-hours", text),
        Problem::NoDay => catalogue.text(locale, "problem-no-day"),
        Problem::Day(text) => about("problem-day", text),
        Problem::Hours(text) => about("problem-hours", text),
        Problem::OverMidnight(text) => about("problem-over-midnight", text),
        Problem::Order { later, earlier } => {
            let values = [("later", quoted(later).into()), ("earlier", quoted(earlier).into())];
            catalogue.with(locale, "problem-order", &values)
        }
        Problem::Date(text) => about("problem-date", text),
        Problem::Backwards(text) => about("problem-backwards", text),
        Problem::LongerThanYear(text) => about("problem-longer-than-year", text),
        Problem::Twice(text) => about("problem-twice", text),
        Problem::Rest { days, most } => {
            let values = [("days", u64::from(*days).into()), ("most", u64::from(*most).into())];
            catalogue.with(locale, "problem-rest", &values)
        }
        Problem::Zone(text) => about("problem-zone", text),
        Problem::NoBudget(text) => about("problem-no-budget", text),
        Problem::Severity(text) => about("problem-severity", text),
        Problem::Budget(text) => about("problem-budget", text),
        Problem::BudgetSize { text, most_days } => {
            let values = [("text", quoted(text).into()), ("days", u64::from(*most_days).into())];
            catalogue.with(locale, "problem-budget-size", &values)
        }
        Problem::Duration(text) => about("problem-duration", text),
        Problem::NeitherNor(yes, no) => {
            let values = [("yes", (*yes).into()), ("no", (*no).into())];
            catalogue.with(locale, "problem-neither-nor", &values)
        }
        Problem::NoSegment => catalogue.text(locale, "problem-no-segment"),
        Problem::Together(problem) => {
            let problem = problem_in_words(catalogue, locale, problem);
            catalogue.with(locale, "problem-together", &[("problem", problem.into())])
        }
    }
}
