//! The personal link to a customer outside Telegram: by the rules of a survey, and in words.

use std::time::Duration;

use super::call;
use super::job::{Letter, Message, Ready, Verdict};
use super::plan::due;
use super::recipient::{Recipients, locale};
use crate::config::Config;
use crate::domain::event::Event;
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::domain::schedule::{Moment, day_of, start_of_next_day};
use crate::domain::time::Timestamp;
use crate::domain::way::Way;
use crate::domain::write::On;
use crate::service::Unit;
use crate::service::events::personal_link;
use crate::service::hooks::ways::{Desk, ways};
use crate::store;
use crate::store::write_backs::{WriteBack, WriteBackSurvey};
use crate::view::reach::{self, Reach};

/// How long to wait before a link is judged again that cannot be sent now: the script is paused, or the bot's name is
/// not known.
const AGAIN: Duration = Duration::from_mins(10);

/// Judges a due link, and makes its message.
pub(super) async fn verdict(
    unit: &mut Unit<'_>,
    write_back: &WriteBack,
    row: &WriteBackSurvey,
    event: &Event,
) -> store::Result<Verdict> {
    let helpdesk = unit.ctx.config.helpdesk.as_ref();
    let desk = Desk::find(&mut unit.tx, helpdesk, row.hook.as_deref()).await?;
    let (now_there, other) = left(&unit.ctx.config, desk.as_ref(), write_back, event);
    if !now_there {
        return Ok(other.map_or(Verdict::Skip("not_configured"), |(way, host)| Verdict::Move(way, host)));
    }
    let recipients = Recipients::find(&mut unit.tx, &unit.ctx.entropy).await?;
    let Some(address) = address(write_back.way, event) else { return Ok(Verdict::Skip("no_address")) };
    let recipient = recipients.address(write_back.way, address);
    let names = recipients.of(row, event);
    if let Some(verdict) = hindrance(unit, row, &names, &recipient).await? {
        return Ok(verdict);
    }
    let Ok(link) = personal_link(unit, &row.customer_id).await? else {
        return Ok(Verdict::PutOff(unit.now.plus(AGAIN)));
    };
    let known = unit.tx.find_write_back_token(write_back.survey, &write_back.kind).await?;
    let token = known.unwrap_or_else(|| unit.ctx.entropy.token());
    let locale = locale(unit.ctx, event.customer.language.as_deref().or(row.language.as_deref()));
    Ok(match message(unit, write_back.way, desk.as_ref(), event, locale, &link.url, &token) {
        Some(message) => Verdict::Send(Ready { message, recipient: Some(recipient), token: Some(token) }),
        None => Verdict::Skip("not_configured"),
    })
}

/// Whether the way of a link is still there, and else which one is. The ticket of one helpdesk is no ticket of the next, so
/// a link that was to go into it goes into no other.
fn left(
    config: &Config,
    desk: Option<&Desk<'_>>,
    write_back: &WriteBack,
    event: &Event,
) -> (bool, Option<(Way, String)>) {
    let is_of_ticket = write_back.way == Way::Helpdesk;
    let desk = desk.filter(|desk| !is_of_ticket || desk.is_at(&write_back.host));
    let left = ways(config, desk, &event.into());
    let is_there = left.iter().any(|(way, _)| *way == write_back.way);
    (is_there, left.first().map(|(way, host)| (*way, (*host).to_owned())))
}

/// The next best way to a survey's customer after one that did not work, and its server.
pub(super) async fn way_after(
    unit: &mut Unit<'_>,
    survey: SurveyKey,
    way: Way,
) -> store::Result<Option<(Way, String)>> {
    let config = &unit.ctx.config;
    let row = unit.tx.list_write_back_surveys(&[survey]).await?.pop();
    let Some((row, event)) = row.and_then(|row| Event::from_stored(&row.body).ok().map(|event| (row, event)))
    else {
        return Ok(None);
    };
    let desk = Desk::find(&mut unit.tx, config.helpdesk.as_ref(), row.hook.as_deref()).await?;
    let all = ways(config, desk.as_ref(), &(&event).into());
    let after = all.iter().skip_while(|(known, _)| *known != way).nth(1);
    Ok(after.map(|(way, host)| (*way, (*host).to_owned())))
}

fn address(way: Way, event: &Event) -> Option<&str> {
    match way {
        Way::Helpdesk => Some(&event.customer.id),
        Way::Email => event.customer.email.as_deref(),
        Way::Sms => event.customer.phone.as_deref(),
    }
}

/// What speaks against sending a link now; nothing else decides that. The order is that of a survey's own judgement.
async fn hindrance(
    unit: &mut Unit<'_>,
    row: &WriteBackSurvey,
    names: &[String],
    recipient: &str,
) -> store::Result<Option<Verdict>> {
    let (ctx, now) = (unit.ctx, unit.now);
    let skip = |why| Ok(Some(Verdict::Skip(why)));
    if row.state()? != State::WaitingForLink {
        return skip("not_needed");
    }
    if row.opted_out || unit.tx.is_any_unsubscribed(names).await? {
        return skip("unsubscribed");
    }
    let live = row.script.as_deref().and_then(|slug| ctx.scripts.find(slug));
    let Some(live) = live else { return skip("no_script") };
    match due(ctx, row, now) {
        Moment::Stale => return skip("stale"),
        Moment::At(at) if at > now => return Ok(Some(Verdict::PutOff(at))),
        Moment::At(_) if live.paused => return Ok(Some(Verdict::PutOff(now.plus(AGAIN)))),
        Moment::At(_) => {}
    }
    if !row.test {
        let sending = live.script().send.resolve(&ctx.config.sending);
        let (any, same) = unit.tx.find_last_links(row.customer, recipient, &live.script().slug).await?;
        let within = |last: Option<Timestamp>, gap: Option<Duration>| {
            last.zip(gap).is_some_and(|(last, gap)| now < last.plus(gap))
        };
        if within(any, sending.min_gap) || within(same, sending.min_gap_same) {
            return skip("throttled");
        }
    }
    let sent = unit.tx.count_links_sent(day_of(now, ctx.zone())).await?;
    let is_full = sent >= i64::from(ctx.config.links_per_day);
    Ok(is_full.then(|| Verdict::PutOff(start_of_next_day(now, ctx.zone()))))
}

/// The message as it goes out; `None` if its way is not configured any more.
fn message(
    unit: &Unit<'_>,
    way: Way,
    desk: Option<&Desk<'_>>,
    event: &Event,
    locale: &str,
    link: &str,
    token: &str,
) -> Option<Message> {
    let (config, catalogue) = (&unit.ctx.config, &unit.ctx.catalogue);
    let unsubscribe = format!("{}/u/{token}", config.public_url.as_deref()?);
    let reach = Reach { locale, brand: config.brand.as_deref(), link, unsubscribe: &unsubscribe };
    match way {
        Way::Helpdesk => {
            let text = reach::short(catalogue, &reach, event);
            call::call(desk?, On::WaitingForLink, event, &text, Some(link))
        }
        Way::Sms => call::sms(config.sms.as_ref()?, event, &reach::short(catalogue, &reach, event)),
        Way::Email => {
            let from = &config.mail.as_ref()?.from;
            let reach::Mail { subject, text } = reach::mail(catalogue, &reach, event);
            let to = event.customer.email.clone()?;
            let id = format!("<{token}@{}>", from.email.domain());
            Some(Message::Letter(Letter { to, subject, text, unsubscribe, id }))
        }
    }
}
