//! Checks the hooks, and the servers that bring customers their personal link.

use std::time::Duration;

use super::{Line, Verdict};
use crate::config::Config;
use crate::config::reaching::Login;
use crate::domain::counted::counted;
use crate::domain::nearest::nearest;
use crate::domain::time::Timestamp;
use crate::outbound::{Mailer, Rules, Target};
use crate::service::hooks::watch::Trouble;
use crate::service::hooks::ways::Unreachable;
use crate::service::hooks::{self, watch, ways};
use crate::store::hooks::HookRow;
use crate::store::write_backs::HookWaiting;
use crate::store::{self, Db};

/// In which time purchases of the same orders are looked for.
const SAME_ORDERS_WITHIN: Duration = Duration::from_hours(30 * 24);

/// Connects to the mail server and logs in.
pub(super) async fn mail(config: &Config) -> Option<Line> {
    let mail = config.mail.as_ref()?;
    let checked = match Mailer::new(mail) {
        Ok(mailer) => mailer.check().await,
        Err(_) => Err("its address cannot be used".to_owned()),
    };
    let (verdict, detail) = match checked {
        Ok(()) => (Verdict::Ok, format!("{} takes mails from {}", mail.host, mail.from.email)),
        Err(why) => (Verdict::Wrong, format!("{}: {why}", mail.host)),
    };
    Some(Line::new(verdict, "SMTP_URL", detail))
}

/// Says which SMS service is used, and whether it may be called. An SMS would cost money.
pub(super) fn sms(config: &Config) -> Option<Line> {
    let sms = config.sms.as_ref()?;
    Some(service(config, "SMS_URL", sms.service, &sms.login))
}

/// The presets that say how a helpdesk is called.
pub(super) async fn helpdesks(db: &Db) -> store::Result<Vec<String>> {
    ways::helpdesks(&mut db.read().await?).await
}

/// Says which helpdesk is used, and whether it may be called; also whether a preset says how, if it is `known` which do.
pub(super) fn helpdesk(config: &Config, known: Option<&[String]>) -> Option<Line> {
    const NAME: &str = "HELPDESK_URL";
    let desk = config.helpdesk.as_ref()?;
    let Some(known) = known.filter(|known| !known.contains(&desk.preset)) else {
        return Some(service(config, NAME, &desk.preset, &desk.login));
    };
    let meant = nearest(&desk.preset, known.iter().map(String::as_str));
    let meant = meant.map_or_else(|| ".".to_owned(), |meant| format!("; did you mean {meant}?"));
    let known = known.split_last().map(|(last, others)| format!("{} and {last}", others.join(", ")));
    let known = known.unwrap_or_default();
    let detail = format!("no preset says how {} is called{meant} Known are {known}", desk.preset);
    Some(Line::new(Verdict::Wrong, NAME, detail))
}

/// Says of each hook whether it is well and whether its customers can be reached: a webhook's sender throws our reply
/// away, and the link with it. Names the hooks that make purchases of the same orders.
pub(super) async fn hooks(config: &Config, db: &Db, now: Timestamp) -> store::Result<Vec<Line>> {
    let mut tx = db.read().await?;
    let waiting = tx.list_hooks_waiting().await?;
    let unreachable = |row: &HookRow| {
        let preset = hooks::preset(&row.preset, row.source.as_deref());
        preset.ok().and_then(|preset| ways::unreachable(&preset, config))
    };
    let mut lines = Vec::new();
    for (row, troubles) in watch::troubles(&mut tx).await? {
        lines.extend(troubles.into_iter().map(|trouble| trouble_line(&row, trouble)));
        if !waiting.iter().any(|waiting| waiting.hook == row.name) {
            let why = unreachable(&row).map(|why| why.to_string());
            lines.extend(why.map(|why| Line::new(Verdict::Note, format!("hook {}", row.name), why)));
        }
    }
    for of_hook in waiting.chunk_by(|one, other| one.hook == other.hook) {
        let row = tx.find_hook(&of_hook[0].hook).await?;
        lines.push(waiting_line(of_hook, row.as_ref().and_then(unreachable)));
    }
    for (one, other, orders) in tx.list_hooks_of_same_orders(now.minus(SAME_ORDERS_WITHIN)).await? {
        let detail = format!(
            "both make a purchase of {} of the last 30 days, so customers are counted, and may be asked, twice; let one \
             of them skip purchases",
            counted(usize::try_from(orders).unwrap_or(usize::MAX), "order", "orders")
        );
        lines.push(Line::new(Verdict::Wrong, format!("hooks {one} and {other}"), detail));
    }
    Ok(lines)
}

/// Says how many of a hook's customers wait, how many of them get their link, and what mostly hinders the others.
fn waiting_line(waiting: &[HookWaiting], unreachable: Option<Unreachable>) -> Line {
    let count = |reached: bool| {
        let counted = waiting.iter().filter(|waiting| waiting.is_reached() == reached);
        usize::try_from(counted.map(|waiting| waiting.customers).sum::<i64>()).unwrap_or(usize::MAX)
    };
    let (reached, missed) = (count(true), count(false));
    let waits = counted(reached + missed, "customer waits for their link", "customers wait for their link");
    let what = format!("hook {}", waiting[0].hook);
    let gets = if reached == 1 { "gets" } else { "get" };
    let (verdict, detail) = match waiting.iter().find(|waiting| !waiting.is_reached()) {
        None => (Verdict::Ok, format!("{waits}; {reached} of them {gets} it from us")),
        // The counts come in their order, so the first hinders most.
        Some(most) => {
            let why = match (&most.reason, &most.state) {
                (Some(reason), _) => reason.as_str(),
                (None, Some(state)) => state.as_str(),
                (None, None) => "there is no way to them",
            };
            match (reached, most.state.is_some(), unreachable) {
                (0, false, unreachable) => {
                    let mend = unreachable.map_or_else(
                        || "let the deliveries name customer.email or customer.phone".to_owned(),
                        |unreachable| unreachable.to_string(),
                    );
                    (Verdict::Wrong, format!("{waits} and can never be reached: {mend}"))
                }
                (0, true, _) => {
                    (Verdict::Wrong, format!("{waits}; none of them gets it from us, mostly because: {why}"))
                }
                _ => {
                    let missed = counted(missed, "does not", "do not");
                    let detail = format!(
                        "{waits}; {reached} of them {gets} it from us; {missed}, mostly because: {why}"
                    );
                    (Verdict::Note, detail)
                }
            }
        }
    };
    Line::new(verdict, what, detail)
}

fn trouble_line(row: &HookRow, trouble: Trouble) -> Line {
    let detail = match trouble {
        Trouble::Silent { since } if row.refused_at.is_some_and(|at| at > since) => format!(
            "nothing has been taken since {since}, though it delivered all the time before: its deliveries do not pass the \
             check; see whether the secret is right"
        ),
        Trouble::Silent { since } => {
            format!("nothing has arrived since {since}, though it delivered all the time before")
        }
        Trouble::Failing { failed, newest } => {
            format!(
                "{failed} of its {newest} newest deliveries failed; see 'afterword hook log {}'",
                row.name
            )
        }
    };
    Line::new(Verdict::Wrong, format!("hook {}", row.name), detail)
}

fn service(config: &Config, name: &str, service: &str, login: &Login) -> Line {
    match Target::parse(&login.base, &Rules::of(config)) {
        Ok(_) => {
            Line::new(Verdict::Ok, name, format!("{service} at {}; not called by this check", login.host))
        }
        Err(why) => Line::new(Verdict::Wrong, name, why.to_string()),
    }
}
