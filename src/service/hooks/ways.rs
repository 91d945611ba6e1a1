//! Whether the customers of a hook can get their personal link: a webhook's sender throws our reply away, and the link
//! with it.

use crate::config::Config;
use crate::domain::hook::{Preset, shipped};
use crate::domain::write::On;

/// Says why customers of a preset's events can never be sent their link; `None` if there is a way. Customers who have a
/// chat with the bot need none.
#[must_use]
pub fn unreachable(preset: &Preset, config: &Config) -> Option<String> {
    let helpdesk = config.helpdesk.as_ref().is_some_and(|helpdesk| {
        let own = (helpdesk.preset == preset.slug).then_some(preset);
        let shipped = shipped::find(&helpdesk.preset);
        let replies = own.or(shipped.as_ref()).is_some_and(|desk| desk.write(On::WaitingForLink).is_some());
        replies && preset.sets("subject.id")
    });
    let (email, phone) = (preset.sets("customer.email"), preset.sets("customer.phone"));
    if helpdesk || (config.mail.is_some() && email) || (config.sms.is_some() && phone) {
        return None;
    }
    let named = match (email, phone) {
        (true, true) => "set SMTP_URL, SMS_URL or HELPDESK_URL",
        (true, false) => "set SMTP_URL or HELPDESK_URL",
        (false, true) => "set SMS_URL or HELPDESK_URL",
        (false, false) => "let the preset name customer.email or customer.phone, or set HELPDESK_URL",
    };
    Some(format!(
        "only customers who have started the bot can be asked: nobody brings others their link; {named}"
    ))
}
