//! Checks the hooks, and the servers that bring customers their personal link.

use std::time::Duration;

use super::{Line, Verdict};
use crate::config::Config;
use crate::config::reaching::Login;
use crate::domain::counted::counted;
use crate::domain::time::Timestamp;
use crate::outbound::{Mailer, Rules, Target};
use crate::service::hooks::watch::Trouble;
use crate::service::hooks::{self, watch, ways};
use crate::store::hooks::HookRow;
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

/// Says which helpdesk is used, and whether it may be called.
pub(super) fn helpdesk(config: &Config) -> Option<Line> {
    let desk = config.helpdesk.as_ref()?;
    Some(service(config, "HELPDESK_URL", &desk.preset, &desk.login))
}

/// Says of each hook whether it is well and whether its customers can be reached: a webhook's sender throws our reply
/// away, and the link with it. Names the hooks that make purchases of the same orders.
pub(super) async fn hooks(config: &Config, db: &Db, now: Timestamp) -> store::Result<Vec<Line>> {
    let mut tx = db.read().await?;
    let waiting = tx.list_hooks_waiting().await?;
    let mut lines: Vec<Line> = waiting.iter().map(waiting_line).collect();
    for (row, troubles) in watch::troubles(&mut tx).await? {
        lines.extend(troubles.into_iter().map(|trouble| trouble_line(&row, trouble)));
        let is_named = waiting.iter().any(|(hook, ..)| *hook == row.name);
        let preset = hooks::preset(&row.preset, row.source.as_deref());
        let why = preset.ok().filter(|_| !is_named).and_then(|preset| ways::unreachable(&preset, config));
        lines.extend(why.map(|why| Line::new(Verdict::Note, format!("hook {}", row.name), why)));
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

fn waiting_line((hook, waiting, reached): &(String, i64, i64)) -> Line {
    let what = format!("hook {hook}");
    let count = usize::try_from(*waiting).unwrap_or(usize::MAX);
    if *reached > 0 {
        let waits = counted(count, "customer waits for their link", "customers wait for their link");
        return Line::new(Verdict::Ok, what, format!("{waits}; {reached} of them get it from us"));
    }
    let waits = counted(count, "customer waits for their link", "customers wait for their link");
    let detail = format!(
        "{waits} and can never be reached: nobody brings it to them. Set HELPDESK_URL, SMTP_URL or SMS_URL, and let the \
         preset name customer.email or customer.phone"
    );
    Line::new(Verdict::Wrong, what, detail)
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
