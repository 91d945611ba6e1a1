//! The screens of `/hooks`: systems, a hook with its newest deliveries, and one delivery field by field.

mod changed;
mod reason;
mod words;

use chrono_tz::Tz;

use super::callback::{Data, HookAct};
use super::editor::{cut, fitting};
use super::{Button, View, moment, paragraphs};
use crate::domain::hook::verify::Check;
use crate::domain::hook::{Mapped, Preset, Trial, shipped};
use crate::domain::template::escape_html;
use crate::i18n::{Catalogue, FluentValue};
use crate::store::deliveries::{DeliveryPart, DeliveryRow};
use crate::store::hooks::HookRow;

pub use words::secret_trouble;

/// The most characters of a field's value or expression.
const VALUE: usize = 90;

/// What all these screens need.
#[derive(Clone, Copy, Debug)]
pub struct Hooks<'a> {
    pub catalogue: &'a Catalogue,
    pub locale: &'a str,
    pub zone: Tz,
}

/// A hook that was just made, or got a new address.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    pub id: i64,
    pub name: &'a str,
    pub url: &'a str,
    /// What to do in the other system; `None` for an address that only replaces another.
    pub preset: Option<&'a Preset>,
    /// Whether the address has no host, because `PUBLIC_URL` is not set.
    pub is_relative: bool,
    /// Set if nobody could bring its customers their link.
    pub unreachable: Option<&'a [&'static str]>,
}

/// What stands in place of a delivery that is not kept any more.
#[must_use]
pub fn gone(catalogue: &Catalogue, locale: &str) -> View {
    View::text(catalogue.text(locale, "hooks-delivery-gone"))
}

impl Hooks<'_> {
    fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    fn with(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.catalogue.with(self.locale, id, values)
    }

    fn button(&self, id: &str, act: HookAct) -> Button {
        Button::new(self.text(id), &Data::Hooks(act))
    }

    fn state(&self, state: &str) -> String {
        self.text(if state == "live" { "hooks-state-live" } else { "hooks-state-watching" })
    }

    fn title_of(&self, slug: &str) -> String {
        shipped::find(slug).map_or_else(|| slug.to_owned(), |preset| preset.title.get(self.locale).to_owned())
    }

    /// All hooks that are not revoked.
    #[must_use]
    pub fn list(&self, hooks: &[HookRow]) -> View {
        let lines: Vec<String> = hooks
            .iter()
            .map(|hook| {
                let values = [
                    ("name", escape_html(&hook.name).into()),
                    ("system", escape_html(&self.title_of(&hook.preset)).into()),
                    ("state", self.state(&hook.state).into()),
                ];
                self.with("hooks-line", &values)
            })
            .collect();
        let lines = fitting(&lines, |count| self.more(count));
        let none = if hooks.is_empty() { self.text("hooks-none") } else { String::new() };
        let view = View::text(paragraphs([self.text("hooks-title").as_str(), &none, &lines]));
        let buttons: Vec<Button> = hooks
            .iter()
            .take(40)
            .map(|hook| Button::new(cut(&hook.name, 30), &Data::Hooks(HookAct::Hook(hook.id))))
            .collect();
        let view = buttons.chunks(2).fold(view, |view, pair| view.row(pair.iter().cloned()));
        view.row([self.button("hooks-button-connect", HookAct::Systems)])
    }

    /// The systems for which there is a preset.
    #[must_use]
    pub fn systems(&self) -> View {
        let buttons: Vec<Button> = shipped::SHIPPED
            .iter()
            .map(|(slug, _)| Button::new(self.title_of(slug), &Data::Hooks(HookAct::Make(slug))))
            .collect();
        let view = View::text(self.text("hooks-systems"));
        let view = buttons.chunks(2).fold(view, |view, pair| view.row(pair.iter().cloned()));
        view.row([self.button("hooks-button-back", HookAct::List)])
    }

    /// The address, which is shown only now, and the next step.
    #[must_use]
    pub fn address(&self, address: &Address<'_>) -> View {
        let url = format!("<code>{}</code>", escape_html(address.url));
        let values = [("name", escape_html(address.name).into()), ("url", url.clone().into())];
        let made =
            self.with(if address.preset.is_some() { "hooks-made" } else { "hooks-new-address" }, &values);
        let relative = if address.is_relative { self.text("hooks-no-public-url") } else { String::new() };
        let help =
            address.preset.map(|preset| escape_html(preset.help.get(self.locale)).replace("{url}", &url));
        let paste = address.preset.and_then(|preset| shipped::text_to_paste(&preset.slug));
        let paste = paste.map(|text| format!("<pre>{}</pre>", escape_html(text)));
        let unseen = address.preset.is_some_and(|preset| preset.verified.is_none());
        let unseen = if unseen { self.text("hooks-unverified") } else { String::new() };
        let next = if address.preset.is_some() { self.text("hooks-next") } else { String::new() };
        let view = View::text(paragraphs([
            made.as_str(),
            &relative,
            help.as_deref().unwrap_or_default(),
            paste.as_deref().unwrap_or_default(),
            &unseen,
            &self.unreachable(address.unreachable),
            &next,
        ]));
        let needs_secret =
            address.preset.and_then(|preset| preset.check.as_ref()).is_some_and(Check::needs_secret);
        let view = if needs_secret {
            view.row([self.button("hooks-button-secret", HookAct::AskSecret(address.id))])
        } else {
            view
        };
        view.row([self.button("hooks-button-arrived", HookAct::Hook(address.id))])
    }

    /// Says that nobody brings customers their link, and the variables of which any would help.
    fn unreachable(&self, set: Option<&[&str]>) -> String {
        match set {
            None => String::new(),
            Some([]) => self.text("hooks-unreachable"),
            Some(set) => self.with("hooks-unreachable-set", &[("set", set.join(", ").into())]),
        }
    }

    /// A hook with its newest deliveries.
    #[must_use]
    pub fn hook(
        &self,
        hook: &HookRow,
        settings: &str,
        unreachable: Option<&[&str]>,
        takes_secret: bool,
        deliveries: &[DeliveryRow],
    ) -> View {
        let values = [
            ("name", escape_html(&hook.name).into()),
            ("system", escape_html(&self.title_of(&hook.preset)).into()),
            ("state", self.state(&hook.state).into()),
        ];
        let mut head = vec![self.with("hooks-hook", &values)];
        if !settings.is_empty() {
            head.push(self.with("hooks-settings", &[("settings", escape_html(settings).into())]));
        }
        if let Some(at) = hook.refused_at {
            let at = moment(self.catalogue, self.locale, at, self.zone);
            head.push(self.with("hooks-refused", &[("count", hook.refused.into()), ("at", at.into())]));
        }
        let lines: Vec<String> = deliveries.iter().map(|delivery| self.line(delivery)).collect();
        let lines = if lines.is_empty() { self.text("hooks-nothing-yet") } else { lines.join("\n") };
        let unreachable = self.unreachable(unreachable);
        let view = View::text(paragraphs([head.join("\n").as_str(), &unreachable, &lines]));
        let numbers: Vec<Button> = deliveries
            .iter()
            .map(|row| Button::new(format!("№ {}", row.id), &Data::Hooks(HookAct::Delivery(row.id))))
            .collect();
        let view = numbers.chunks(4).fold(view, |view, row| view.row(row.iter().cloned()));
        let switch = if hook.state == "live" {
            self.button("hooks-button-watch", HookAct::Watch(hook.id))
        } else {
            let is_seen = deliveries.iter().any(|delivery| delivery.state == "watched");
            let id = if is_seen { "hooks-button-go" } else { "hooks-button-go-unseen" };
            self.button(id, HookAct::Go(hook.id))
        };
        let secret = takes_secret.then(|| self.button("hooks-button-secret", HookAct::AskSecret(hook.id)));
        let settings = self.button("hooks-button-settings", HookAct::AskSetting(hook.id));
        view.row([switch, self.button("hooks-button-refresh", HookAct::Hook(hook.id))])
            .row(secret.into_iter().chain([settings]))
            .row([
                self.button("hooks-button-address", HookAct::Address(hook.id)),
                self.button("hooks-button-revoke", HookAct::Revoke(hook.id)),
            ])
            .row([self.button("hooks-button-back", HookAct::List)])
    }

    fn line(&self, delivery: &DeliveryRow) -> String {
        let at = moment(self.catalogue, self.locale, delivery.received_at, self.zone);
        let outcome = self.outcome(&delivery.state, delivery.reason.as_deref());
        let values =
            [("number", delivery.id.to_string().into()), ("at", at.into()), ("outcome", outcome.into())];
        self.with("hooks-delivery-line", &values)
    }

    fn outcome(&self, state: &str, reason: Option<&str>) -> String {
        if let Some(counted) = reason.and_then(|reason| self.counted(reason)) {
            return counted;
        }
        let id = match (state, reason) {
            ("event", _) => "hooks-outcome-event",
            ("known", _) => "hooks-outcome-known",
            ("watched", _) => "hooks-outcome-watched",
            ("received", _) => "hooks-outcome-received",
            ("skipped", Some("ping")) => "hooks-outcome-ping",
            ("skipped", Some("already_closed")) => "hooks-outcome-already-closed",
            ("skipped", Some("repeat")) => "hooks-outcome-repeat",
            ("skipped", _) => "hooks-outcome-no-rule",
            (_, reason) => {
                let reason = self.reason(reason.unwrap_or_default());
                return self.with("hooks-outcome-failed", &[("reason", reason.into())]);
            }
        };
        self.text(id)
    }

    /// What the elements of a delivery became, from `event 2, failed 1`; `None` if that is no such text.
    fn counted(&self, reason: &str) -> Option<String> {
        let each = reason.split(", ").map(|part| {
            let (state, count) = part.split_once(' ')?;
            let id = match state {
                "event" => "hooks-outcome-event",
                "known" => "hooks-outcome-known",
                "watched" => "hooks-outcome-watched",
                "skipped" => "hooks-outcome-skipped",
                "failed" => "hooks-outcome-not-read",
                _ => return None,
            };
            let count = count.parse::<u32>().ok()?.to_string();
            let values = [("outcome", self.text(id).into()), ("count", count.into())];
            Some(self.with("hooks-outcome-counted", &values))
        });
        each.collect::<Option<Vec<_>>>().map(|each| each.join(", "))
    }

    /// A delivery: every field with its value and its expression; so for each element if it holds several. `trials` is
    /// empty if what it held is gone.
    #[must_use]
    pub fn delivery(
        &self,
        hook: &HookRow,
        delivery: &DeliveryRow,
        parts: &[DeliveryPart],
        trials: &[Trial],
    ) -> View {
        let values = [("name", escape_html(&hook.name).into()), ("line", self.line(delivery).into())];
        let head = self.with("hooks-delivery", &values);
        let mut lines: Vec<String> = parts
            .iter()
            .map(|part| {
                let outcome = self.outcome(&part.state, part.reason.as_deref());
                let values = [("number", part.part.to_string().into()), ("outcome", outcome.into())];
                self.with("hooks-element", &values)
            })
            .collect();
        match trials {
            [] => lines.push(self.text("hooks-delivery-gone")),
            [first, ..] => lines.extend(self.fields(first)),
        }
        let fields = fitting(&lines, |count| self.more(count));
        let trial = trials.first();
        let view = View::text(paragraphs([head.as_str(), &fields]));
        let go = (hook.state == "watching" && delivery.state == "watched")
            .then(|| self.button("hooks-button-go", HookAct::Go(hook.id)));
        let again = trial.map(|_| self.button("hooks-button-replay", HookAct::Replay(delivery.id)));
        view.row(go).row(again.into_iter().chain([self.button("hooks-button-hook", HookAct::Hook(hook.id))]))
    }

    fn fields(&self, trial: &Trial) -> Vec<String> {
        let mut lines: Vec<String> = trial
            .fields
            .iter()
            .map(|field| {
                let value = field
                    .value
                    .as_deref()
                    .map_or_else(|| self.text("hooks-absent"), |value| escape_html(&cut(value, VALUE)));
                let repairs = trial.repairs.iter().filter(|repair| repair.field == field.field);
                let mut repairs: Vec<String> =
                    repairs.map(|repair| self.text(words::repair(repair.what))).collect();
                if let Some(got) = field.got.as_ref().filter(|_| !repairs.is_empty()) {
                    let value = escape_html(&cut(got, VALUE));
                    repairs.push(self.with("hooks-repaired-now", &[("value", value.into())]));
                }
                let repairs =
                    if repairs.is_empty() { String::new() } else { format!(" ({})", repairs.join(", ")) };
                let expression = escape_html(&cut(&field.expression, VALUE));
                format!("{}: <b>{value}</b>{repairs}\n<code>{expression}</code>", escape_html(field.field))
            })
            .collect();
        if let Mapped::Failed(failure) = &trial.mapped {
            let reason = self.reason(&failure.to_string());
            lines.push(self.with("hooks-outcome-failed", &[("reason", reason.into())]));
        } else if lines.is_empty() {
            lines.push(self.text("hooks-outcome-no-rule"));
        }
        lines
    }

    fn more(&self, count: usize) -> String {
        self.with("hooks-more", &[("count", count.to_string().into())])
    }

    /// Tells the leads, in one line, that a hook has been silent.
    #[must_use]
    pub fn silent(&self, hook: &HookRow, hours: i64) -> View {
        let values = [
            ("name", escape_html(&hook.name).into()),
            ("system", escape_html(&self.title_of(&hook.preset)).into()),
            ("hours", hours.into()),
        ];
        View::text(self.with("hooks-silent", &values))
    }

    /// Tells the leads, in one line, that many of a hook's deliveries fail.
    #[must_use]
    pub fn failing(&self, hook: &HookRow, failed: i64, newest: i64) -> View {
        let values = [
            ("name", escape_html(&hook.name).into()),
            ("system", escape_html(&self.title_of(&hook.preset)).into()),
            ("failed", failed.into()),
            ("newest", newest.into()),
        ];
        View::text(self.with("hooks-failing", &values))
    }

    /// Asks for a secret, which comes as the admin's next words; `trouble` says that the one before could not be right.
    #[must_use]
    pub fn ask_secret(&self, hook: &HookRow, trouble: Option<&str>) -> View {
        let trouble = trouble.map(|id| self.text(id)).unwrap_or_default();
        let ask = self.with("hooks-ask-secret", &[("name", escape_html(&hook.name).into())]);
        View::text(paragraphs([trouble.as_str(), &ask]))
            .row([self.button("hooks-button-hook", HookAct::Hook(hook.id))])
    }

    /// Asks for settings, as the admin's next words; `trouble` says that the ones before did not fit.
    #[must_use]
    pub fn ask_setting(&self, hook: &HookRow, preset: &Preset, trouble: bool) -> View {
        let trouble = if trouble { self.text("hooks-setting-wrong") } else { String::new() };
        let names: Vec<String> = preset
            .vars
            .keys()
            .map(String::as_str)
            .chain(["tz", "region"])
            .map(|name| format!("<code>{}</code>", escape_html(name)))
            .collect();
        let values = [("name", escape_html(&hook.name).into()), ("names", names.join(", ").into())];
        let ask = self.with("hooks-ask-setting", &values);
        View::text(paragraphs([trouble.as_str(), &ask]))
            .row([self.button("hooks-button-hook", HookAct::Hook(hook.id))])
    }

    /// Asks whether the address should end.
    #[must_use]
    pub fn sure(&self, hook: &HookRow, act: HookAct) -> View {
        let (id, button) = match act {
            HookAct::AddressNow(_) => ("hooks-sure-address", "hooks-button-address"),
            _ => ("hooks-sure-revoke", "hooks-button-revoke"),
        };
        View::text(self.with(id, &[("name", escape_html(&hook.name).into())]))
            .row([self.button(button, act)])
            .row([self.button("hooks-button-hook", HookAct::Hook(hook.id))])
    }
}
