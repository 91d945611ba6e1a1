//! Requests to be forgotten that need an admin's decision.
//!
//! A person who finds a customer's link can become that customer's chat, and the program cannot tell who the real
//! customer is. So `/forget` takes effect at once for what its sender gave. A customer whom another person is connected
//! with, too, is erased by an admin or by that other person. The General Data Protection Regulation allows a month to
//! act on a request and to say what was done (article 12(3)). So what nobody has decided after [`PATIENCE`] is erased
//! automatically, except for what another person gave (`rest`). Until then the program stores who asked, and nothing
//! else about them, because they have to be told.

use std::time::Duration;

use super::rest;
use crate::domain::ids::{ChatId, CustomerKey, MessageId, PersonId, TopicId};
use crate::domain::staff::Deed;
use crate::domain::staff::Role;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit, alerts, person, roles, staff_log};
use crate::store::erasing::{Extent, ForgetQuestion, ForgetRequest};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::callback::RequestAct;
use crate::view::forget::requests::{self as words, Asked};

pub use crate::view::forget::requests::Outcome;

/// How long an admin may take: the month of article 12(3), minus a reserve for a program that was down.
pub const PATIENCE: Duration = Duration::from_hours(25 * 24);
/// How long before an admin who has not decided is asked again.
const ASK_AGAIN: Duration = Duration::from_hours(24);
/// How long Telegram lets a bot delete its message, minus a margin.
const DELETABLE: Duration = Duration::from_hours(47);
/// The most messages queued in one transaction.
const BATCH: usize = 100;

impl ForgetRequest {
    /// When the request is carried out automatically if nobody has decided.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.asked_at.plus(PATIENCE)
    }
}

/// A person was forgotten. Opens a request for an admin to decide about the rest of this customer.
pub(super) async fn open(
    unit: &mut Unit<'_>,
    customer: CustomerKey,
    person: PersonId,
    locale: &str,
) -> store::Result<()> {
    unit.tx.upsert_forget_request((customer, person), locale, unit.now).await?;
    tracing::info!("a request to be forgotten waits for an admin's decision; 'afterword check' names it");
    Ok(())
}

/// What to do about the waiting requests.
#[derive(Debug, Default)]
pub struct ToDo {
    /// The clock was set back. Requests with a time in the future get the current time.
    hasten: bool,
    questions: Vec<ToAsk>,
    /// Questions shown to people who are no longer admins.
    withdrawn: Vec<ForgetQuestion>,
    /// Requests whose time is up.
    pub over: Vec<i64>,
}

#[derive(Debug)]
struct ToAsk {
    request: i64,
    /// The admin's own chat.
    chat: ChatId,
    locale: String,
    view: View,
    /// The earlier question to this admin.
    before: Option<ForgetQuestion>,
}

impl ToDo {
    #[must_use]
    pub fn asks_nobody(&self) -> bool {
        !self.hasten && self.questions.is_empty() && self.withdrawn.is_empty()
    }
}

/// Finds the admins who have not been asked within the last day. Only reads, because measuring a customer with very
/// many events takes time.
pub async fn look(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<ToDo> {
    let mut todo = ToDo::default();
    let requests = tx.list_forget_requests().await?;
    if requests.is_empty() {
        return Ok(todo);
    }
    todo.hasten = requests.iter().any(|request| request.asked_at > now);
    let (over, waiting): (Vec<_>, Vec<_>) =
        requests.into_iter().partition(|request| request.ends_at() <= now);
    todo.over = over.iter().map(|request| request.id).collect();
    let questions = tx.list_forget_questions().await?;
    let entitled = roles::admins(tx, ctx).await?;
    let is_withdrawn =
        |question: &&ForgetQuestion| question.chat_id.person().is_none_or(|admin| !entitled.contains(&admin));
    todo.withdrawn = questions.iter().filter(is_withdrawn).copied().collect();
    let admins = alerts::open_admins(tx, ctx, now).await?;
    for request in &waiting {
        let mut extent = None;
        for (chat, locale) in &admins {
            let is_theirs = |q: &&ForgetQuestion| (q.request, q.chat_id) == (request.id, *chat);
            let before = questions.iter().find(is_theirs).copied();
            if todo.questions.len() >= BATCH || !is_to_be_asked(tx, before, now).await? {
                continue;
            }
            let measured = match extent {
                Some(extent) => extent,
                None => *extent.insert(tx.measure_customer(request.customer).await?),
            };
            if let Some(view) = question(tx, ctx, request, measured, locale).await? {
                let (request, chat, locale) = (request.id, *chat, locale.clone());
                todo.questions.push(ToAsk { request, chat, locale, view, before });
            }
        }
    }
    Ok(todo)
}

async fn is_to_be_asked(tx: &mut Tx, before: Option<ForgetQuestion>, now: Timestamp) -> store::Result<bool> {
    let Some(before) = before else { return Ok(true) };
    if tx.is_forget_question_lost(before.message).await? {
        return Ok(true);
    }
    // A question with a time in the future was asked before the clock was set back.
    let is_old = before.asked_at > now || now.since(before.asked_at) >= ASK_AGAIN;
    Ok(is_old && !tx.is_unsent(before.message).await?)
}

/// Asks the admins that [`look`] has found. Requests decided since are skipped. If the customer has changed since, the
/// button says so when it is tapped.
pub async fn ask(unit: &mut Unit<'_>, todo: &ToDo) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    if todo.hasten {
        unit.tx.hasten_forget_requests(now).await?;
    }
    for question in &todo.withdrawn {
        take_away(unit, question, ctx.config.default_locale).await?;
        unit.tx.delete_forget_question(question.request, question.chat_id).await?;
    }
    for ToAsk { request, chat, locale, view, before } in &todo.questions {
        if unit.tx.find_forget_request(*request).await?.is_none() {
            continue;
        }
        if let Some(before) = before {
            take_away(unit, before, locale).await?;
        }
        let message = unit.tx.insert_message(*chat, TopicId::NONE).await?;
        unit.tx.enqueue(&Outgoing::send(Lane::Alerts, *chat, payload(view)).message(message), now).await?;
        let asked = ForgetQuestion { request: *request, chat_id: *chat, message, asked_at: now };
        unit.tx.upsert_forget_question(asked).await?;
    }
    Ok(())
}

/// Removes a message whose buttons nobody should tap any more.
async fn take_away(unit: &mut Unit<'_>, question: &ForgetQuestion, locale: &str) -> store::Result<()> {
    let now = unit.now;
    let ForgetQuestion { chat_id, message, asked_at, .. } = *question;
    if unit.tx.take_back_message(message).await? {
        return Ok(());
    }
    let outdated = payload(&words::outdated(&unit.ctx.catalogue, locale));
    let outgoing = if now.since(asked_at) < DELETABLE {
        Outgoing::delete(Lane::CleanUp, chat_id, None, outdated).message(message)
    } else {
        Outgoing::edit(Lane::CleanUp, chat_id, message, None, outdated)
    };
    unit.tx.enqueue(&outgoing, now).await
}

/// The question to an admin. `None` if there is no such customer.
async fn question(
    tx: &mut Tx,
    ctx: &Context,
    request: &ForgetRequest,
    Extent { events, answered }: Extent,
    locale: &str,
) -> store::Result<Option<View>> {
    let Some(customer_id) = tx.find_customer_id(request.customer).await? else { return Ok(None) };
    let asked = Asked {
        request: request.id,
        customer_id: &customer_id,
        events,
        answered,
        asked_at: request.asked_at,
        ends_at: request.ends_at(),
        zone: ctx.zone(),
    };
    Ok(Some(words::question(&ctx.catalogue, locale, &asked)))
}

/// Handles a button under the question. Returns the text for a toast.
pub async fn decide(
    unit: &mut Unit<'_>,
    person: PersonId,
    locale: &'static str,
    act: RequestAct,
    message_id: MessageId,
) -> store::Result<String> {
    let ctx = unit.ctx;
    let known = unit.tx.find_person(person).await?;
    let locale = known.as_ref().map_or(locale, |known| person::locale(ctx, known));
    let toast = |id| Ok(ctx.catalogue.text(locale, id));
    if roles::role(&mut unit.tx, ctx, person).await? != Some(Role::Admin) {
        tracing::warn!(
            person = person.get(),
            "a button under a request to be forgotten was refused: no admin"
        );
        return toast("forget-request-toast-not-admin");
    }
    let (RequestAct::Erase { request: id, .. } | RequestAct::Keep { request: id }) = act;
    let Some(request) = unit.tx.find_forget_request(id).await? else {
        return toast("forget-request-toast-decided");
    };
    if request.ends_at() <= unit.now {
        return toast("forget-request-toast-late");
    }
    match act {
        RequestAct::Keep { .. } => {
            staff_log::act(unit, person, Deed::ForgetKept).await?;
            close(unit, &request, Outcome::Kept).await?;
            toast("forget-request-toast-kept")
        }
        RequestAct::Erase { events, answered, .. } => {
            let extent = unit.tx.measure_customer(request.customer).await?;
            if extent != (Extent { events, answered }) {
                if let Some(view) = question(&mut unit.tx, ctx, &request, extent, locale).await? {
                    super::prompt::show(unit, person, message_id, &view).await?;
                }
                return toast("forget-request-toast-changed");
            }
            staff_log::act(unit, person, Deed::ForgetErased).await?;
            if let Some(customer_id) = unit.tx.find_customer_id(request.customer).await? {
                super::known_customer(unit, request.customer, &customer_id).await?;
            }
            toast("forget-request-toast-erased")
        }
    }
}

/// Closes all requests about a customer, because all or nothing of the customer is left.
pub(super) async fn close_about(
    unit: &mut Unit<'_>,
    customer: CustomerKey,
    outcome: Outcome,
) -> store::Result<()> {
    for request in unit.tx.list_forget_requests_about(customer).await? {
        close(unit, &request, outcome).await?;
    }
    Ok(())
}

/// Closes a request: the admins' buttons are removed, and the person who asked is told the outcome and then forgotten.
pub(super) async fn close(
    unit: &mut Unit<'_>,
    request: &ForgetRequest,
    outcome: Outcome,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let admins = alerts::open_admins(&mut unit.tx, ctx, unit.now).await?;
    for question in unit.tx.take_forget_questions(request.id).await? {
        if unit.tx.take_back_message(question.message).await? {
            continue;
        }
        let locale = admins.iter().find(|(chat, _)| *chat == question.chat_id).map(|(_, locale)| locale);
        let locale = locale.map_or(ctx.config.default_locale, String::as_str);
        let view = words::decided(&ctx.catalogue, locale, outcome);
        let edit = Outgoing::edit(Lane::Answers, question.chat_id, question.message, None, payload(&view));
        unit.tx.enqueue(&edit, unit.now).await?;
    }
    unit.tx.delete_forget_request(request.id).await?;
    let waiting = unit.tx.count_forget_requests_of(request.person).await?;
    let view = words::ended(&ctx.catalogue, &request.locale, outcome, waiting);
    person::say(unit, request.person, &view).await
}

/// Erases the next part of what is left of a request whose time is up.
pub async fn run_out(unit: &mut Unit<'_>, id: i64) -> store::Result<rest::Rest> {
    match unit.tx.find_forget_request(id).await? {
        Some(request) if request.ends_at() <= unit.now => rest::erase(unit, &request).await,
        // It was decided in the meantime.
        _ => Ok(rest::Rest::Done),
    }
}

fn payload(view: &View) -> Payload {
    Payload::text(view.html.as_str()).keyboard(view.markup().as_ref())
}
