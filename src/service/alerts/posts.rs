//! The posts of cases: each is drawn anew, with the case's state and its buttons, whenever something has changed.

use std::collections::BTreeMap;

use super::chats::Chats;
use super::folds::{self, Change, Touched};
use super::load::Loaded;
use super::{text, unshown};
use crate::domain::case::{Act, Membership, Severity, Source, Status};
use crate::domain::ids::{
    AlertKey, CaseNumber, ChatId, CustomerKey, EventKey, MessageId, PersonId, SurveyKey, TopicId,
};
use crate::domain::scale::Band;
use crate::domain::time::Timestamp;
use crate::service::cases::{self, Opened, Opening};
use crate::service::noted::CaseChanged;
use crate::service::{Context, Unit};
use crate::store::cases::{CaseRow, PostedIn, Subject};
use crate::store::{self, Lane, Outgoing, Tx};
use crate::view::View;
use crate::view::alert::{Alert, alert, lead_score};
use crate::view::case::{CaseShown, Home, LastReply, Menu, joined};
use crate::view::talk::Unsent;

/// What the post of a case says of it, loaded once for all chats.
#[derive(Debug)]
pub(super) struct Case {
    row: CaseRow,
    /// The name of its owner, or of whoever resolved it.
    lead: Option<String>,
    /// The surveys that came to it later.
    joined: Vec<Loaded>,
    /// When the leads last wrote to the customer, who did, and why it did not arrive.
    last_reply: Option<(Timestamp, String, Option<Unsent>)>,
    is_blocked: bool,
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
        let mut joined = Vec::new();
        for (survey, how) in tx.list_case_surveys(number).await? {
            if how == Membership::Joined {
                joined.extend(Loaded::find_brief(tx, ctx, survey).await?);
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
        let is_blocked = customer.is_some_and(|customer| customer.unreachable.as_deref() == Some("blocked"));
        Ok(Some(Self { row, lead, joined, last_reply, is_blocked }))
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
            joined: self.joined.iter().filter_map(score).collect(),
            home,
            last_reply: self.last_reply.as_ref().map(|(at, name, unsent)| LastReply {
                at: *at,
                name,
                unsent: *unsent,
            }),
            is_blocked: self.is_blocked && !row.case.status.is_resolved(),
            ticket: row.subject.url.as_deref(),
            menu,
            zone: ctx.zone(),
            now: unit.now,
        }
    }
}

/// Finds or opens the case of a survey whose answers stand at the alert level.
pub(super) async fn case_of(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    fell: bool,
) -> store::Result<Option<Opened>> {
    let survey = loaded.survey();
    if let Some(row) = unit.tx.find_case_of_survey(survey).await? {
        let number = row.number;
        if fell {
            cases::fell_again(unit, row, survey).await?;
        }
        return Ok(Some(Opened::Joined(number)));
    }
    let Some(opening) = opening(unit, loaded).await? else { return Ok(None) };
    let opened = cases::open_or_join(unit, &opening.borrowed()).await?;
    unit.tx.set_case_of_posts(survey, opened.number()).await?;
    Ok(Some(opened))
}

/// What a bad score says about its case.
struct Score {
    person: PersonId,
    customer: CustomerKey,
    event: EventKey,
    family: &'static str,
    subject: Subject,
    survey: SurveyKey,
    test: bool,
    severity: Severity,
    category: String,
}

impl Score {
    fn borrowed(&self) -> Opening<'_> {
        Opening {
            person: self.person,
            customer: Some(self.customer),
            event: Some(self.event),
            family: self.family,
            subject: self.subject.clone(),
            survey: Some(self.survey),
            test: self.test,
            source: Source::Score,
            severity: self.severity,
            category: &self.category,
        }
    }
}

async fn opening(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<Option<Score>> {
    let ctx = unit.ctx;
    let survey = loaded.survey();
    let (Some(person), Some(customer)) = (loaded.person(), unit.tx.find_customer_of_survey(survey).await?)
    else {
        return Ok(None);
    };
    let view = loaded.view(ctx);
    let severity = match view.lead_band() {
        Some(Band::Neutral | Band::High) => Severity::Minor,
        Some(Band::Low) | None => Severity::Normal,
    };
    let event = view.event;
    let subject = &event.subject;
    Ok(Some(Score {
        person,
        customer,
        event: EventKey::new(survey.get()),
        family: event.kind.family().asking().as_str(),
        subject: Subject { id: subject.id.clone(), title: subject.title.clone(), url: subject.url.clone() },
        survey,
        test: view.test,
        severity,
        category: view.category(),
    }))
}

/// Resolves the cases of surveys that have ended if the customer corrected every bad score and nobody has said a word.
pub(in crate::service) async fn resolve_corrected(
    unit: &mut Unit<'_>,
    ended: &[SurveyKey],
) -> store::Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    for number in unit.tx.list_cases_of_surveys(ended).await? {
        if is_corrected(unit, number).await? {
            let _ = cases::act(unit, number, Act::Corrected, None).await?;
        }
    }
    Ok(())
}

async fn is_corrected(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<bool> {
    let ctx = unit.ctx;
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(false) };
    let is_untouched = row.case.status == Status::Open
        && row.case.source == Source::Score
        && row.case.contacted_at.is_none()
        && row.last_in_at.is_none();
    if !is_untouched {
        return Ok(false);
    }
    for (survey, _) in unit.tx.list_case_surveys(number).await? {
        let Some(loaded) = Loaded::find_brief(&mut unit.tx, ctx, survey).await? else { return Ok(false) };
        if !loaded.is_over() || loaded.has_words() || loaded.view(ctx).is_reached() {
            return Ok(false);
        }
    }
    Ok(true)
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
    for (number, changed) in changed {
        let Some(case) = Case::find(&mut unit.tx, ctx, *number).await? else { continue };
        let tapped = match changed.tapped {
            Some(((chat, message_id), menu)) => {
                unit.tx.find_case_post(chat, message_id).await?.map(|post| (post.id, menu))
            }
            None => None,
        };
        for post in unit.tx.list_case_posts(*number).await? {
            if !matches!(post.kind.as_str(), "post" | "card") || !chats.is_open(post.chat_id, post.thread_id)
            {
                continue;
            }
            if !just_posted.contains(&post.id) {
                draw(unit, &case, &post, tapped, &chats, &mut touched).await?;
            }
            for survey in &changed.joined {
                ring_joined(unit, &post, *survey, &chats).await?;
            }
        }
    }
    folds::show(unit, &touched).await
}

/// Posts a case that a list shows as a message of its own, in the list's chat. Returns false if it is there already, or
/// if the list shows it no more.
pub async fn post_card(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    (chat, list): (ChatId, MessageId),
) -> store::Result<bool> {
    let Some(place) = unit.tx.find_fold_place(chat, list).await? else { return Ok(false) };
    let posts = unit.tx.list_case_posts(number).await?;
    let here = |post: &&PostedIn| (post.chat_id, post.thread_id) == (chat, place);
    let is_alone = |post: &PostedIn| post.fold.is_none() && matches!(post.kind.as_str(), "post" | "card");
    if posts.iter().filter(here).any(is_alone) {
        return Ok(false);
    }
    if !posts.iter().filter(here).any(|post| post.fold.is_some()) {
        return Ok(false);
    }
    send_card(unit, number, (chat, place), "").await
}

/// Draws one post. Whoever tapped sees the answer before all else.
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

async fn view(
    unit: &mut Unit<'_>,
    case: &Case,
    post: &PostedIn,
    chats: &Chats,
    menu: Menu,
) -> store::Result<Option<View>> {
    let ctx = unit.ctx;
    let place = (post.chat_id, post.thread_id);
    let Some(survey) = post.survey else { return Ok(None) };
    let Some(loaded) = Loaded::find(&mut unit.tx, ctx, survey).await? else { return Ok(None) };
    let locale = chats.locale_of(ctx, place.0, place.1);
    let mut shown = Alert { no_chat: chats.no_chat(ctx, place.0, place.1), ..loaded.view(ctx) };
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
    let line = View::text(joined(&ctx.catalogue, locale, &score));
    let reply = Outgoing::send(Lane::Rings, post.chat_id, text(&line).reply_to(post.message));
    unit.tx.enqueue(&reply.thread(post.thread_id).alert(post.id), unit.now).await
}

/// Sends a card of a case: a further message that shows it with its buttons. `above` stands above it until the case
/// changes. Returns false if the case cannot be shown.
pub async fn send_card(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    (chat, topic): (ChatId, TopicId),
    above: &str,
) -> store::Result<bool> {
    let Unit { ctx, now, .. } = *unit;
    let Some(case) = Case::find(&mut unit.tx, ctx, number).await? else { return Ok(false) };
    let survey = unit.tx.list_case_surveys(number).await?.first().map(|(survey, _)| *survey);
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
    };
    let Some(mut shown) = view(unit, &case, &post, &chats, Menu::default()).await? else { return Ok(false) };
    if !above.is_empty() {
        shown.html = format!("{above}\n\n{}", shown.html);
    }
    post.id = unit.tx.insert_case_card(number, survey, (chat, topic), message, now).await?;
    let send = Outgoing::send(Lane::Alerts, chat, text(&shown)).thread(topic).message(message);
    unit.tx.enqueue(&send.alert(post.id), now).await?;
    unit.noted.posted.push(post.id);
    Ok(true)
}
