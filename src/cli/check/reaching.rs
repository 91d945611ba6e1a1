//! Checks the servers that bring customers their personal link.

use super::{Line, Verdict};
use crate::config::Config;
use crate::config::reaching::Login;
use crate::outbound::{Mailer, Rules, Target};
use crate::store::{self, Db};

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

/// Says of each hook whose customers wait for a link whether somebody brings it to them. A webhook's sender throws our
/// reply away, and the link with it.
pub(super) async fn hooks(db: &Db) -> store::Result<Vec<Line>> {
    let waiting = db.read().await?.list_hooks_waiting().await?;
    let line = |(hook, waiting, reached): (String, i64, i64)| {
        let what = format!("hook {hook}");
        if reached > 0 {
            let detail = format!("{waiting} customers wait for their link; {reached} of them get it from us");
            return Line::new(Verdict::Ok, what, detail);
        }
        let detail = format!(
            "none of {waiting} customers who wait can ever be reached: nobody brings them their link. Set \
             HELPDESK_URL, SMTP_URL or SMS_URL, and let the preset name customer.email or customer.phone"
        );
        Line::new(Verdict::Wrong, what, detail)
    };
    Ok(waiting.into_iter().map(line).collect())
}

fn service(config: &Config, name: &str, service: &str, login: &Login) -> Line {
    match Target::parse(&login.base, &Rules::of(config)) {
        Ok(_) => {
            Line::new(Verdict::Ok, name, format!("{service} at {}; not called by this check", login.host))
        }
        Err(why) => Line::new(Verdict::Wrong, name, why.to_string()),
    }
}
