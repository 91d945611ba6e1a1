//! The posts of cases: each is redrawn, with the case's state and its buttons, whenever something has changed.

use std::collections::{BTreeMap, BTreeSet};

use super::chats::Chats;
use super::folds::{self, Change, Touched};
use super::load::Loaded;
use super::routes::Route;
use super::{opened, text, unshown};
use crate::domain::case::Membership;
use crate::domain::case::deadlines::Deadline;
use crate::domain::ids::{AlertKey, CaseNumber, ChatId, MessageId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;
use crate::service::noted::CaseChanged;
use crate::service::{Context, Unit, cases, person};
use crate::store::cases::{CaseRow, PostedIn};
use crate::store::{self, Lane, Outgoing, Tx};
use crate::view::View;
use crate::view::alert::{Alert, alert, lead_reasons, lead_score};
use crate::view::case::{CaseShown, Home, LastReply, Menu, joined, reopened};
use crate::view::deadlines::{Due, overdue};
use crate::view::talk::Unsent;

/// What the post of a case says of it, loaded once for all chats.
#[derive(Debug)]
pub(super) struct Case {
    pub row: CaseRow,
    /// The name of its owner, or of the lead who resolved it.
    lead: Option<String>,
    /// The surveys that came to it later.
    joined: Vec<Loaded>,
    /// The surveys about its solution.
    recovery: Vec<Loaded>,
    /// When the leads last wrote to the customer, who did, and why it did not arrive.
    last_reply: Option<(Timestamp, String, Option<Unsent>)>,
    /// The customer's, as far as it is known.
    language: Option<&'static str>,
    is_blocked: bool,
    muted_until: Option<Timestamp>,
    /// What the case may be about, if a lead chooses just now.
    categories: Vec<(String, String)>,
}

impl Case {
    pub async fn find(tx: &mut Tx, ctx: &Context, number: CaseNumber) -> store::Result<Option<Self>> {
        let Some(row) = tx.find_case(number).await?.filter(|row| row.person.is_some()) else {
            return Ok(None);
        };
        let lead = match row.case.status.owner().or(row.resolved_by) {
            Some(lead) => Some(cases::lead_name(tx, lead).await?),
            None => None,
        };
        let (mut joined, mut recovery) = (Vec::new(), Vec::new());
        for (survey, how) in tx.list_case_surveys(number).await? {
            match how {
                Membership::Joined => joined.extend(Loaded::find_brief(tx, ctx, survey).await?),
                Membership::Recovery => recovery.extend(Loaded::find_brief(tx, ctx, survey).await?),
                Membership::Opened => {}
            }
        }
        let last_reply = match tx.find_last_settled_reply(number).await? {
            Some(reply) => {
                let unsent = reply.reason.as_deref().and_then(Unsent::parse);
                Some((reply.settled_at, cases::lead_name(tx, reply.person).await?, unsent))
            }
            None => None,
        };
        let customer = match row.person {
            Some(person) => tx.find_person(person).await?,
            None => None,
        };
        let language = customer.as_ref().and_then(person::language);
        let is_blocked = customer.is_some_and(|customer| customer.unreachable.as_deref() == Some("blocked"));
        let muted_until = match row.person {
            Some(person) => tx.find_muted_until(person, ctx.clock.now()).await?,
            None => None,
        };
        Ok(Some(Self {
            row,
            lead,
            joined,
            recovery,
            last_reply,
            language,
            is_blocked,
            muted_until,
            categories: Vec::new(),
        }))
    }

    /// The case as the post in this place shows it.
    pub fn shown<'a>(
        &'a self,
        unit: &'a Unit<'_>,
        chats: &'a Chats,
        (chat, topic): (ChatId, TopicId),
        locale: &str,
        menu: Menu,
    ) -> CaseShown<'a> {
        let (ctx, row) = (unit.ctx, &self.row);
        let home = row.home.filter(|home| *home != (chat, topic)).and_then(|(chat, _)| {
            if chat.is_private() { Some(Home::Private) } else { chats.title(chat).map(Home::Chat) }
        });
        let score = |loaded: &Loaded| lead_score(&ctx.catalogue, locale, &loaded.view(ctx));
        let joined = |loaded: &Loaded| {
            let reasons = lead_reasons(locale, &loaded.view(ctx));
            Some(std::iter::once(score(loaded)?).chain(reasons).collect::<Vec<_>>().join(" · "))
        };
        CaseShown {
            number: row.number,
            turn: row.turn,
            status: row.case.status,
            source: row.case.source,
            severity: row.case.severity,
            lead: self.lead.as_deref(),
            contacted: row.case.contacted_at.is_some(),
            contact_due_at: row.clocks.contact_due_at,
            resolve_due_at: row.clocks.resolve_due_at,
            waiting_since: row.clocks.waiting_since,
            resolved_at: row.case.resolved_at,
            note: row.note.as_deref(),
            reopened: row.case.reopened,
            afterword: row.case.afterword_at.is_some(),
            joined: self.joined.iter().filter_map(joined).collect(),
            recovery: self.recovery.iter().filter_map(score).collect(),
            home,
            last_reply: self.last_reply.as_ref().map(|(at, name, unsent)| LastReply {
                at: *at,
                name,
                unsent: *unsent,
            }),
            language: self.language.filter(|language| *language != locale),
            is_blocked: self.is_blocked && !row.case.status.is_resolved(),
            muted_until: self.muted_until,
            stranger: row.stranger,
            ticket: row.subject.url.as_deref(),
            menu,
            category: &row.category,
            categories: &self.categories,
            zone: ctx.zone(),
            now: unit.now,
        }
    }
}

/// Draws the posts of these cases anew, each once.
pub(in crate::service) async fn show_cases(
    unit: &mut Unit<'_>,
    changed: &BTreeMap<CaseNumber, CaseChanged>,
    just_posted: &[AlertKey],
) -> store::Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let ctx = unit.ctx;
    let chats = Chats::load(unit, &[]).await?;
    let mut touched = Touched::new();
    let mut rung = BTreeSet::new();
    for (number, changed) in changed {
        let Some(mut case) = Case::find(&mut unit.tx, ctx, *number).await? else { continue };
        let mut tapped = None;
        if let Some(((chat, message_id), menu)) = changed.tapped
            && let Some(post) = unit.tx.find_case_post(chat, message_id).await?
        {
            if menu == Menu::Categories {
                let locale = chats.locale_of(ctx, chat, post.thread_id);
                case.categories = cases::categories(&mut unit.tx, ctx, locale).await?;
            }
            tapped = Some((post.id, menu));
        }
        for post in unit.tx.list_case_posts(*number).await? {
            if !matches!(post.kind.as_str(), "post" | "card") || !chats.is_open(post.chat_id, post.thread_id)
            {
                continue;
            }
            if !just_posted.contains(&post.id) {
                draw(unit, &case, &post, tapped, &chats, &mut touched).await?;
            }
            if !rung.insert((*number, post.chat_id, post.thread_id)) {
                continue;
            }
            if changed.reopened {
                let locale = chats.locale_of(ctx, post.chat_id, post.thread_id);
                let line = reopened(&ctx.catalogue, locale, case.row.case.reopened);
                ring(unit, &post, line).await?;
            }
            if changed.asked {
                let locale = chats.locale_of(ctx, post.chat_id, post.thread_id);
                ring(unit, &post, ctx.catalogue.text(locale, "alert-title-human")).await?;
            }
            for survey in &changed.joined {
                ring_joined(unit, &post, *survey, &chats).await?;
            }
        }
    }
    folds::show(unit, &touched).await
}

/// What a tap on a number under a list comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    Posted,
    /// The case has a message of its own in this chat already, above or below the list.
    Stands {
        is_below: bool,
    },
    /// The list shows the case no more.
    Gone,
}

/// Posts a case that a list shows as a message of its own, in the list's chat.
pub async fn post_card(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    (chat, list): (ChatId, MessageId),
) -> store::Result<Card> {
    let place = match unit.tx.find_fold_place(chat, list).await? {
        Some(place) => place,
        None => match unit.tx.find_unknown_fold(number, chat, list).await? {
            Some((message, place)) => {
                unit.tx.set_message_id(message, list).await?;
                place
            }
            None => return Ok(Card::Gone),
        },
    };
    let posts = unit.tx.list_case_posts(number).await?;
    let here = |post: &&PostedIn| (post.chat_id, post.thread_id) == (chat, place);
    let is_alone = |post: &&PostedIn| post.fold.is_none() && matches!(post.kind.as_str(), "post" | "card");
    if let Some(own) = posts.iter().filter(here).rfind(is_alone) {
        // One that is still on its way comes below.
        let shown = unit.tx.find_message_id(own.message).await?;
        return Ok(Card::Stands { is_below: shown.is_none_or(|shown| shown > list) });
    }
    if !posts.iter().filter(here).any(|post| post.fold.is_some()) {
        return Ok(Card::Gone);
    }
    let is_sent = send_card(unit, number, (chat, place), None).await?;
    Ok(if is_sent { Card::Posted } else { Card::Gone })
}

/// Draws one post. A lead who tapped it sees the answer before all else.
async fn draw(
    unit: &mut Unit<'_>,
    case: &Case,
    post: &PostedIn,
    tapped: Option<(AlertKey, Menu)>,
    chats: &Chats,
    touched: &mut Touched,
) -> store::Result<()> {
    if let Some(fold) = post.fold {
        folds::touch(touched, fold, Change::Said);
        return Ok(());
    }
    let here = tapped.filter(|(id, _)| *id == post.id).map(|(_, menu)| menu);
    let Some(view) = view(unit, case, post, chats, here.unwrap_or_default()).await? else { return Ok(()) };
    let lane = if here.is_some() { Lane::Answers } else { Lane::Edits };
    let edit = Outgoing::edit(lane, post.chat_id, post.message, None, text(&view));
    unit.tx.enqueue(&edit.thread(post.thread_id).alert(post.id), unit.now).await
}

/// A post of a case as its chat shows it. `None` if it cannot be shown.
async fn view(
    unit: &mut Unit<'_>,
    case: &Case,
    post: &PostedIn,
    chats: &Chats,
    menu: Menu,
) -> store::Result<Option<View>> {
    let Some(view) = view_of_case(unit, case, post, chats, menu).await? else { return Ok(None) };
    let locale = chats.locale_of(unit.ctx, post.chat_id, post.thread_id);
    Ok(Some(match heading(unit.ctx, case, post, locale) {
        Some(heading) => View { html: format!("{heading}\n\n{}", view.html), ..view },
        None => view,
    }))
}

/// What a card says of the deadline because of which it was sent. A case that was reopened has new deadlines.
fn heading(ctx: &Context, case: &Case, post: &PostedIn, locale: &str) -> Option<String> {
    let row = &case.row;
    let deadline: Deadline = post.overdue.as_deref()?.parse().ok()?;
    let (due, told) = match deadline {
        Deadline::Contact => (row.clocks.contact_due_at, row.clocks.contact_escalated_at),
        Deadline::Resolution => (row.clocks.resolve_due_at, row.clocks.resolve_escalated_at),
    };
    if row.case.status.is_resolved() || told.is_none() {
        return None;
    }
    let due = Due { number: row.number, due: due?, owner: case.lead.as_deref(), deadline };
    Some(overdue(&ctx.catalogue, locale, &due, ctx.zone()))
}

async fn view_of_case(
    unit: &mut Unit<'_>,
    case: &Case,
    post: &PostedIn,
    chats: &Chats,
    menu: Menu,
) -> store::Result<Option<View>> {
    let ctx = unit.ctx;
    let place = (post.chat_id, post.thread_id);
    let Some(survey) = post.survey else {
        return opened::view(unit, case, place, chats, menu).await.map(Some);
    };
    let Some(loaded) = Loaded::find(&mut unit.tx, ctx, survey).await? else { return Ok(None) };
    let locale = chats.locale_of(ctx, place.0, place.1);
    let route = Route::find(&mut unit.tx, &ctx.config, chats, &case.row).await?;
    let no_chat = chats.no_chat(ctx, place, route.as_ref());
    let mut shown = Alert { no_chat, ..loaded.view(ctx) };
    if shown.attachments > 0 {
        shown.unshown = unshown::list_in(&mut unit.tx, chats, survey, place).await?;
    }
    let case = case.shown(unit, chats, place, locale, menu);
    shown.case = Some(&case);
    Ok(Some(alert(&ctx.catalogue, locale, &shown)))
}

/// A further bad score came to the case: its chats hear of it.
async fn ring_joined(
    unit: &mut Unit<'_>,
    post: &PostedIn,
    survey: SurveyKey,
    chats: &Chats,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(loaded) = Loaded::find_brief(&mut unit.tx, ctx, survey).await? else { return Ok(()) };
    let locale = chats.locale_of(ctx, post.chat_id, post.thread_id);
    let Some(score) = lead_score(&ctx.catalogue, locale, &loaded.view(ctx)) else { return Ok(()) };
    ring(unit, post, joined(&ctx.catalogue, locale, &score)).await
}

/// A line with sound, as a reply to the post.
async fn ring(unit: &mut Unit<'_>, post: &PostedIn, line: String) -> store::Result<()> {
    let reply = Outgoing::send(Lane::Rings, post.chat_id, text(&View::text(line)).reply_to(post.message));
    unit.tx.enqueue(&reply.thread(post.thread_id).alert(post.id), unit.now).await
}

/// Sends a card of a case: a further message that shows it with its buttons. A card that tells of a deadline says so
/// above the case until that is resolved. Returns false if the case cannot be shown.
pub async fn send_card(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    (chat, topic): (ChatId, TopicId),
    overdue: Option<Deadline>,
) -> store::Result<bool> {
    let Unit { ctx, now, .. } = *unit;
    let Some(case) = Case::find(&mut unit.tx, ctx, number).await? else { return Ok(false) };
    let survey = opened::opening_survey(unit, number).await?;
    let chats = Chats::load(unit, &[]).await?;
    let message = unit.tx.insert_message(chat, topic).await?;
    let mut post = PostedIn {
        id: AlertKey::new(0),
        case_number: number,
        kind: "card".to_owned(),
        survey,
        chat_id: chat,
        thread_id: topic,
        message,
        fold: None,
        overdue: overdue.map(|deadline| deadline.as_str().to_owned()),
    };
    let Some(shown) = view(unit, &case, &post, &chats, Menu::default()).await? else { return Ok(false) };
    post.id = unit.tx.insert_case_card(&post, now).await?;
    let send = Outgoing::send(Lane::Alerts, chat, text(&shown)).thread(topic).message(message);
    unit.tx.enqueue(&send.alert(post.id), now).await?;
    unit.noted.posted.push(post.id);
    unit.noted.announced.push(number);
    Ok(true)
}
