//! What the leads are told as deadlines come near and pass: once each, and many at once as one message.

use std::collections::BTreeMap;

use super::Notice;
use crate::config::ChatTopic;
use crate::domain::case::deadlines::Deadline;
use crate::domain::happening::Happening;
use crate::domain::ids::{AlertKey, CaseNumber, MessageKey, PersonId, TopicId};
use crate::domain::time::Timestamp;
use crate::service::cases::lead_name;
use crate::service::{Unit, alerts, person};
use crate::store::cases::{CaseRow, NewStep};
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::deadlines::{Due, folded, overdue, warning};

/// More notices of one kind than this at once, in one chat, become one message.
const MOST_SINGLE: usize = 5;

/// The notices of one round, by the chat that gets them.
#[derive(Debug, Default)]
pub(super) struct Round {
    warnings: BTreeMap<ChatTopic, Vec<Said>>,
    overdue: BTreeMap<ChatTopic, Vec<Said>>,
}

#[derive(Clone, Copy, Debug)]
struct Said {
    number: CaseNumber,
    notice: Notice,
    /// The deadline that the notice is about.
    due: Option<Timestamp>,
    post: Option<Post>,
}

/// The post of the case in a chat.
#[derive(Clone, Copy, Debug)]
struct Post {
    id: AlertKey,
    /// The message that the notice stands below. A line in a list takes no reply.
    message: Option<MessageKey>,
}

impl Round {
    /// Notes that a notice is given now, and to whom.
    pub async fn add(
        &mut self,
        unit: &mut Unit<'_>,
        number: CaseNumber,
        notice: Notice,
    ) -> store::Result<()> {
        let now = unit.now;
        let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(()) };
        let due = due(&row, notice);
        let clocks = &mut row.clocks;
        let (mark, happening, detail) = match notice {
            Notice::ContactWarning => (&mut clocks.contact_warned_at, Happening::Warned, "contact"),
            Notice::ContactOverdue => (&mut clocks.contact_escalated_at, Happening::Overdue, "contact"),
            Notice::ResolutionWarning => (&mut clocks.resolve_warned_at, Happening::Warned, "resolution"),
            Notice::ResolutionOverdue => (&mut clocks.resolve_escalated_at, Happening::Overdue, "resolution"),
        };
        if mark.is_some() {
            return Ok(());
        }
        *mark = Some(now);
        let step = NewStep { detail: Some(detail), ..NewStep::of(happening) };
        unit.tx.append_case_step(number, step, now).await?;
        unit.tx.update_case(&row).await?;
        unit.noted.case(number);
        let (places, list) = if notice.is_warning() {
            (posts(unit, &row).await?, &mut self.warnings)
        } else {
            (escalated_to(unit, &row).await?, &mut self.overdue)
        };
        for (place, post) in places {
            list.entry(place).or_default().push(Said { number, notice, due, post });
        }
        Ok(())
    }

    /// Sends what was noted.
    pub async fn send(self, unit: &mut Unit<'_>) -> store::Result<()> {
        for (list, are_overdue) in [(self.warnings, false), (self.overdue, true)] {
            for (place, said) in list {
                if said.len() > MOST_SINGLE {
                    let numbers: Vec<CaseNumber> = said.iter().map(|said| said.number).collect();
                    let locale = locale_of(unit, place).await?;
                    let text = folded(&unit.ctx.catalogue, &locale, &numbers, are_overdue);
                    let last = said.iter().filter_map(|said| said.due).max().filter(|_| !are_overdue);
                    send(unit, Outgoing { not_after: last, ..line(place, text) }).await?;
                    continue;
                }
                for said in said {
                    tell(unit, place, said).await?;
                }
            }
        }
        Ok(())
    }
}

/// Where the case is talked about: its home, or else every chat that has its post.
async fn posts(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<Vec<(ChatTopic, Option<Post>)>> {
    let posts = unit.tx.list_case_posts(row.number).await?;
    let mut places: Vec<(ChatTopic, Post)> = posts
        .iter()
        .filter(|post| matches!(post.kind.as_str(), "post" | "card"))
        .map(|post| {
            let message = post.fold.is_none().then_some(post.message);
            (ChatTopic { chat: post.chat_id, topic: post.thread_id }, Post { id: post.id, message })
        })
        .collect();
    if let Some((chat, topic)) = row.home {
        let home = ChatTopic { chat, topic };
        if places.iter().any(|(place, _)| *place == home) {
            places.retain(|(place, _)| *place == home);
        }
    }
    // A post of its own comes before a line in a fold, which takes no reply.
    places.sort_by_key(|(place, post)| (*place, post.message.is_none()));
    places.dedup_by_key(|(place, _)| *place);
    Ok(places.into_iter().map(|(place, post)| (place, Some(post))).collect())
}

/// Who hears of an overdue case: the chats for escalations, or else the admins; and the owner in private.
async fn escalated_to(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<Vec<(ChatTopic, Option<Post>)>> {
    let ctx = unit.ctx;
    let (mut places, tried) = alerts::open_escalation_chats(unit, row).await?;
    let private = |person: PersonId| ChatTopic { chat: person.chat(), topic: TopicId::NONE };
    if places.is_empty() {
        let admins = alerts::open_admins(&mut unit.tx, ctx, unit.now).await?;
        places.extend(admins.into_iter().map(|(chat, _)| ChatTopic { chat, topic: TopicId::NONE }));
    }
    places.extend(tried);
    if let Some(owner) = row.case.status.owner() {
        let known = unit.tx.find_person(owner).await?;
        if known.is_some_and(|known| known.started_at.is_some() && known.unreachable.is_none()) {
            places.push(private(owner));
        }
    }
    places.sort_unstable();
    places.dedup();
    Ok(places.into_iter().map(|place| (place, None)).collect())
}

async fn locale_of(unit: &mut Unit<'_>, place: ChatTopic) -> store::Result<String> {
    let ctx = unit.ctx;
    if let Some(reader) = place.chat.person()
        && let Some(reader) = unit.tx.find_person(reader).await?
    {
        return Ok(person::locale(ctx, &reader).to_owned());
    }
    let chosen = unit.tx.find_alert_chat_locale(place.chat, place.topic).await?;
    Ok(chosen.map_or(ctx.config.default_locale, |chosen| person::chat_locale(ctx, &chosen)).to_owned())
}

/// The deadline that a notice is about.
const fn due(row: &CaseRow, notice: Notice) -> Option<Timestamp> {
    match notice {
        Notice::ContactWarning | Notice::ContactOverdue => row.clocks.contact_due_at,
        Notice::ResolutionWarning | Notice::ResolutionOverdue => row.clocks.resolve_due_at,
    }
}

async fn tell(unit: &mut Unit<'_>, place: ChatTopic, said: Said) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let Some(row) = unit.tx.find_case(said.number).await? else { return Ok(()) };
    let Some(due) = said.due else { return Ok(()) };
    let owner = match row.case.status.owner() {
        Some(owner) => Some(lead_name(&mut unit.tx, owner).await?),
        None => None,
    };
    let locale = locale_of(unit, place).await?;
    let is_contact = matches!(said.notice, Notice::ContactWarning | Notice::ContactOverdue);
    let deadline = if is_contact { Deadline::Contact } else { Deadline::Resolution };
    let shown = Due { number: said.number, due, owner: owner.as_deref(), deadline };
    if said.notice.is_warning() {
        let left = ctx.calendar().between(now, due);
        let text = warning(&ctx.catalogue, &locale, &shown, left, ctx.zone());
        return send(unit, warned(line(place, text), said.post, due)).await;
    }
    if alerts::send_card(unit, said.number, (place.chat, place.topic), Some(deadline)).await? {
        return Ok(());
    }
    let text = overdue(&ctx.catalogue, &locale, &shown, ctx.zone());
    send(unit, line(place, text)).await
}

fn line(place: ChatTopic, text: String) -> Outgoing {
    Outgoing::send(Lane::Rings, place.chat, Payload::text(text)).thread(place.topic)
}

/// A warning below the post of its case. It waits no longer than until the deadline, and is found by the post
/// ([`super::plan`]) if the deadline no longer stands before that.
fn warned(mut row: Outgoing, post: Option<Post>, due: Timestamp) -> Outgoing {
    row.alert = post.map(|post| post.id);
    row.payload.reply_to = post.and_then(|post| post.message);
    row.not_after = Some(due);
    row
}

async fn send(unit: &mut Unit<'_>, row: Outgoing) -> store::Result<()> {
    unit.tx.enqueue(&row, unit.now).await
}
