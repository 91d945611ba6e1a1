//! The ways by which customers get their personal link: a webhook's sender throws our reply away, and the link with it.
//! Links are planned by the same rules by which an admin is told that nobody can be reached.

use std::collections::BTreeSet;
use std::fmt;

use minijinja::{Value, context};

use super::{State, preset};
use crate::config::reaching::{Helpdesk, Login};
use crate::config::{Config, exposed};
use crate::domain::event::{Event, Kind};
use crate::domain::hook::{Preset, Then, shipped};
use crate::domain::way::Way;
use crate::domain::write::{About, On, Write};
use crate::store::hooks::HookRow;
use crate::store::{self, Tx};

/// What an event names that a way to its customer needs.
#[derive(Clone, Copy, Debug)]
pub struct Names<'e> {
    pub about: Option<About>,
    pub subject: Option<&'e str>,
    pub email: Option<&'e str>,
    pub phone: Option<&'e str>,
}

impl<'e> From<&'e Event> for Names<'e> {
    fn from(event: &'e Event) -> Self {
        Self {
            about: About::of(event.kind),
            subject: event.subject.id.as_deref(),
            email: event.customer.email.as_deref(),
            phone: event.customer.phone.as_deref(),
        }
    }
}

impl Names<'static> {
    /// What the events of a preset may name about which customers are asked: one for each rule and kind.
    fn promised(preset: &Preset) -> Vec<Self> {
        let mut all = Vec::new();
        for rule in &preset.rules {
            let Then::Event(fields) = &rule.then else { continue };
            let named = |name: &str| fields.iter().any(|((field, _), _)| *field == name).then_some("1");
            let kind = fields.iter().find(|((field, _), _)| *field == "kind").map(|(_, kind)| kind);
            let stated = kind.filter(|kind| kind.variables().next().is_none());
            let abouts = match stated.and_then(|kind| kind.text(&Value::UNDEFINED).ok().flatten()) {
                Some(kind) => vec![Kind::parse(&kind).filter(|kind| kind.asks()).and_then(About::of)],
                // The delivery says what it is about.
                None => vec![Some(About::Ticket), Some(About::Purchase)],
            };
            all.extend(abouts.into_iter().flatten().map(|about| Self {
                about: Some(about),
                subject: named("subject.id"),
                email: named("customer.email"),
                phone: named("customer.phone"),
            }));
        }
        all
    }
}

/// The helpdesk and the preset that says how it is called.
#[derive(Debug)]
pub struct Desk<'c> {
    pub helpdesk: &'c Helpdesk,
    preset: Preset,
}

impl<'c> Desk<'c> {
    /// For an event of this hook, if it is the helpdesk's: the ID of another system's ticket is somebody else's ticket
    /// there. An event without a hook names the helpdesk's own tickets.
    pub async fn find(
        tx: &mut Tx,
        helpdesk: Option<&'c Helpdesk>,
        hook: Option<&str>,
    ) -> store::Result<Option<Self>> {
        let Some(helpdesk) = helpdesk else { return Ok(None) };
        let slug = &helpdesk.preset;
        let found = match hook {
            Some(name) => read(tx.find_hook(name).await?.filter(|row| row.preset == *slug)),
            None => match shipped::find(slug) {
                Some(shipped) => Some(shipped),
                None => read(in_use(tx).await?.into_iter().rfind(|row| row.preset == *slug)),
            },
        };
        Ok(found.map(|preset| Self { helpdesk, preset }))
    }

    /// For the events of hooks with this preset.
    fn of(helpdesk: Option<&'c Helpdesk>, preset: &Preset) -> Option<Self> {
        let helpdesk = helpdesk.filter(|helpdesk| helpdesk.preset == preset.slug)?;
        Some(Self { helpdesk, preset: preset.clone() })
    }

    /// Whether the link can be brought to the customer of such an event.
    fn replies(&self, names: &Names<'_>) -> bool {
        self.write(On::WaitingForLink)
            .is_some_and(|write| makes_sense(write, Some(&self.helpdesk.login), names))
    }

    /// Whether the answers to a survey about such an event are noted.
    #[must_use]
    pub fn takes_note(&self, names: &Names<'_>) -> bool {
        let write = self.write(On::Ended).filter(|write| is_about(write, names));
        self.helpdesk.notes && write.is_some()
    }

    /// The call that follows this. One that cannot work is not made: it might say nothing, in public.
    #[must_use]
    pub fn write(&self, on: On) -> Option<&Write> {
        self.preset.write(on).filter(|write| write.check().is_ok())
    }

    /// The values of a call about the ticket or the order of an event.
    #[must_use]
    pub fn scope(&self, names: &Names<'_>, text: &str, link: Option<&str>) -> Value {
        scope(Some(&self.helpdesk.login), names, text, link)
    }

    /// Whether a call that was planned for this server is one for the helpdesk. Earlier versions left its port out.
    #[must_use]
    pub fn is_at(&self, host: &str) -> bool {
        let present = &self.helpdesk.login.host;
        host == present || present.rsplit_once(':').is_some_and(|(name, _)| host == name)
    }
}

fn read(row: Option<HookRow>) -> Option<Preset> {
    row.and_then(|row| preset(&row.preset, row.source.as_deref()).ok())
}

async fn in_use(tx: &mut Tx) -> store::Result<Vec<HookRow>> {
    let rows = tx.list_hooks().await?;
    Ok(rows.into_iter().filter(|row| row.state != State::Revoked.as_str()).collect())
}

fn is_about(write: &Write, names: &Names<'_>) -> bool {
    names.subject.is_some() && names.about == Some(write.about)
}

fn makes_sense(write: &Write, login: Option<&Login>, names: &Names<'_>) -> bool {
    is_about(write, names) && write.is_possible(&scope(login, names, "", None))
}

fn scope(login: Option<&Login>, names: &Names<'_>, text: &str, link: Option<&str>) -> Value {
    context! {
        base => login.map(|login| login.base.as_str()),
        user => login.map(|login| login.user.as_str()),
        password => login.map(|login| exposed(&login.password)),
        ticket => names.subject,
        email => names.email,
        text => text,
        link => link,
    }
}

/// How the customer of an event can be reached, and by which servers, the best way first. The ticket comes first, because
/// the customer knows it; a mail costs nothing, so it comes before an SMS.
#[must_use]
pub fn ways<'c>(config: &'c Config, desk: Option<&Desk<'c>>, names: &Names<'_>) -> Vec<(Way, &'c str)> {
    let desk = desk.filter(|desk| desk.replies(names));
    let mail = config.mail.as_ref().filter(|_| names.email.is_some());
    let sms = config.sms.as_ref().filter(|_| names.phone.is_some());
    let ways = [
        desk.map(|desk| (Way::Helpdesk, desk.helpdesk.login.host.as_str())),
        mail.map(|mail| (Way::Email, mail.host.as_str())),
        sms.map(|sms| (Way::Sms, sms.login.host.as_str())),
    ];
    ways.into_iter().flatten().collect()
}

/// Customers of a hook can never be sent their link. Those who have a chat with the bot need none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// The variables of which any would be a way; none if the preset names nothing by which one could go.
    pub set: Vec<&'static str>,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "only customers who have started the bot can be asked: nobody brings others their link; ",
        )?;
        match self.set.split_last() {
            None => f.write_str(
                "let the preset name customer.email or customer.phone, or say with [[write]] how its system is called",
            ),
            Some((last, [])) => write!(f, "set {last}"),
            Some((last, others)) => write!(f, "set {} or {last}", others.join(", ")),
        }
    }
}

/// Says if customers of a preset's events can never be sent their link; `None` if there is a way.
#[must_use]
pub fn unreachable(preset: &Preset, config: &Config) -> Option<Unreachable> {
    let promised = Names::promised(preset);
    let desk = Desk::of(config.helpdesk.as_ref(), preset);
    let is_reached = promised.iter().any(|names| !ways(config, desk.as_ref(), names).is_empty());
    if promised.is_empty() || is_reached {
        return None;
    }
    let write = preset.write(On::WaitingForLink);
    let any = |has: &dyn Fn(&Names<'_>) -> bool| promised.iter().any(has);
    let would_help = [
        ("SMTP_URL", any(&|names| names.email.is_some())),
        ("SMS_URL", any(&|names| names.phone.is_some())),
        ("HELPDESK_URL", any(&|names| write.is_some_and(|write| makes_sense(write, None, names)))),
    ];
    Some(Unreachable {
        set: would_help.into_iter().filter(|(_, helps)| *helps).map(|(name, _)| name).collect(),
    })
}

/// The presets that say how a helpdesk is called: the shipped ones, and those of hooks.
pub async fn helpdesks(tx: &mut Tx) -> store::Result<Vec<String>> {
    let shipped = shipped::SHIPPED.iter().filter_map(|(slug, _)| shipped::find(slug));
    let own = in_use(tx).await?.into_iter().filter_map(|row| read(Some(row)));
    let callable = shipped.chain(own).filter(|preset| !preset.writes.is_empty()).map(|preset| preset.slug);
    Ok(callable.collect::<BTreeSet<_>>().into_iter().collect())
}
