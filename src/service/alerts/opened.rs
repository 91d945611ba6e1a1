//! Posts of cases that show no survey: somebody asks for a human, or writes, or what the survey said is erased.

use std::time::Duration;

use super::chats::{Chats, Target};
use super::folds::{self, Touched};
use super::load::Loaded;
use super::losses::say;
use super::posts::Case;
use super::routes::Route;
use super::who::Who;
use super::{tell, text, update};
use crate::domain::case::Membership;
use crate::domain::event::ERASED;
use crate::domain::ids::{AlertKey, CaseNumber, ChatId, SurveyKey, TopicId};
use crate::service::Unit;
use crate::service::cases::Opened;
use crate::store::alerts::{About, NewAlert};
use crate::store::cases::PostedIn;
use crate::store::{self, Lane, Outgoing};
use crate::view::View;
use crate::view::alert::{Request, request};
use crate::view::case::Menu;

/// From how many cases of strangers in an hour on the admins are told.
const MANY_STRANGERS: i64 = 60;
const HOUR: Duration = Duration::from_hours(1);

/// Posts a case in the leads' chats, unless one of them has it already. Returns false if nobody can be told now; the
/// post waits then. The case of a score is posted with its survey.
pub async fn announce_case(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<bool> {
    if opening_survey(unit, number).await?.is_some() {
        let chats = Chats::load(unit, &[]).await?;
        let posts = unit.tx.list_case_posts(number).await?;
        return Ok(posts.iter().any(|post| chats.is_open(post.chat_id, post.thread_id)));
    }
    let mut touched = Touched::new();
    let is_told = announce(unit, number, &mut touched).await?;
    folds::show(unit, &touched).await?;
    Ok(is_told)
}

/// The survey whose bad score opened a case. `None` if no score did, or if the details of its event are erased.
pub(super) async fn opening_survey(
    unit: &mut Unit<'_>,
    number: CaseNumber,
) -> store::Result<Option<SurveyKey>> {
    let surveys = unit.tx.list_case_surveys(number).await?;
    let Some((survey, _)) = surveys.into_iter().find(|(_, how)| *how == Membership::Opened) else {
        return Ok(None);
    };
    let row = unit.tx.find_survey(survey).await?;
    Ok(row.filter(|row| row.body != ERASED).map(|row| row.id))
}

/// Brings the posts of a survey or case up to date. If no chat has one, it is posted.
pub(super) async fn update_about(
    unit: &mut Unit<'_>,
    about: About,
    touched: &mut Touched,
) -> store::Result<()> {
    let survey = match about {
        About::Survey(survey) => Some(survey),
        About::Case(number) => opening_survey(unit, number).await?,
    };
    match (survey, about) {
        (Some(survey), _) => update(unit, survey, touched).await,
        (None, About::Case(number)) => announce(unit, number, touched).await.map(drop),
        (None, About::Survey(_)) => Ok(()),
    }
}

async fn announce(unit: &mut Unit<'_>, number: CaseNumber, touched: &mut Touched) -> store::Result<bool> {
    let Some(case) = Case::find(&mut unit.tx, unit.ctx, number).await? else { return Ok(true) };
    let chats = Chats::load(unit, &[]).await?;
    let posts = unit.tx.list_case_posts(number).await?;
    let posts: Vec<PostedIn> =
        posts.into_iter().filter(|post| matches!(post.kind.as_str(), "post" | "card")).collect();
    let waiting = unit.tx.find_waiting_post(number).await?;
    // A lost chat that may be tried is tried with what waits, also if it stands there already.
    let stands = |post: &PostedIn| waiting.is_none() || !chats.is_lost(post.chat_id, post.thread_id);
    let is_shown = posts.iter().any(|post| stands(post) && chats.is_open(post.chat_id, post.thread_id));
    if is_shown && waiting.is_none() {
        return Ok(true);
    }
    let had_it = |target: &Target| {
        posts.iter().any(|post| stands(post) && (post.chat_id, post.thread_id) == (target.chat, target.topic))
    };
    let route = Route::find(&mut unit.tx, &unit.ctx.config, &chats, &case.row).await?;
    let mut targets = chats.targets_of(unit.ctx, route.as_ref());
    targets.retain(|target| !had_it(target));
    let is_over = case.row.case.status.is_resolved();
    if targets.is_empty() && !is_over && !is_shown {
        if waiting.is_none() {
            unit.tx.insert_alert(&NewAlert::of_case(number), unit.now).await?;
            tracing::warn!(
                case = number.get(),
                "a case waits: no chat takes cases and no admin can be told; /readyz says why, and /alerts in a chat helps"
            );
        }
        return Ok(false);
    }
    if let Some(waiting) = waiting {
        unit.tx.delete_alert(waiting).await?;
    }
    if is_over {
        return Ok(true);
    }
    for target in targets {
        post(unit, &case, &target, &chats, touched).await?;
    }
    unit.noted.announced.push(number);
    if case.row.stranger && waiting.is_none() {
        tell_of_many_strangers(unit, &chats).await?;
    }
    Ok(true)
}

/// Posts a case in the chats whose filters fit now that its severity has risen. It stays where it is as well.
pub(in crate::service) async fn announce_risen(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    let ctx = unit.ctx;
    let chats = Chats::load(unit, &[]).await?;
    let Some(case) = Case::find(&mut unit.tx, ctx, number).await? else { return Ok(()) };
    let posts = unit.tx.list_case_posts(number).await?;
    let Some(route) = Route::find(&mut unit.tx, &ctx.config, &chats, &case.row).await? else {
        return Ok(());
    };
    // A case that waits for a chat is posted whole when there is one.
    if case.row.case.status.is_resolved() || posts.is_empty() {
        return Ok(());
    }
    let mut targets = chats.fitting_targets(ctx, &route);
    targets.retain(|target| {
        posts.iter().all(|post| (post.chat_id, post.thread_id) != (target.chat, target.topic))
    });
    if targets.is_empty() {
        return Ok(());
    }
    let survey = opening_survey(unit, number).await?;
    let loaded = match survey {
        Some(survey) => Loaded::find(&mut unit.tx, ctx, survey).await?,
        None => None,
    };
    let mut touched = Touched::new();
    for target in targets {
        match &loaded {
            Some(loaded) => {
                let case = (Some(Opened::Joined(number)), Some(&route));
                tell(unit, loaded, target, &chats, case, &mut touched).await?;
            }
            None => post(unit, &case, &target, &chats, &mut touched).await?,
        }
    }
    // What was posted just now shows the case as it is.
    let known: Vec<AlertKey> = posts.iter().map(|post| post.id).collect();
    let all = unit.tx.list_case_posts(number).await?;
    unit.noted.posted.extend(all.iter().map(|post| post.id).filter(|id| !known.contains(id)));
    unit.noted.announced.push(number);
    folds::show(unit, &touched).await
}

/// Tells the admins once an hour if very many strangers write.
async fn tell_of_many_strangers(unit: &mut Unit<'_>, chats: &Chats) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let since = now.minus(HOUR);
    let count = unit.tx.count_cases_of_strangers(since).await?;
    if count <= MANY_STRANGERS || !unit.tx.mark_strangers_told(now, since).await? {
        return Ok(());
    }
    for admin in chats.open_admins(ctx) {
        let html = ctx.catalogue.with(&admin.locale, "strangers-many", &[("count", count.into())]);
        say(unit, admin.chat, &View::text(html)).await?;
    }
    Ok(())
}

/// Posts a case in one chat: as a message of its own, or as a line of a fold.
async fn post(
    unit: &mut Unit<'_>,
    case: &Case,
    target: &Target,
    chats: &Chats,
    touched: &mut Touched,
) -> store::Result<()> {
    let (now, stranger) = (unit.now, case.row.stranger);
    let place = (target.chat, target.topic);
    let new = NewAlert { chat_id: Some(place.0), thread_id: place.1, ..NewAlert::of_case(case.row.number) };
    if let Some(fold) = folds::find_place(unit, place, stranger, touched).await? {
        unit.tx.insert_alert(&NewAlert { fold: Some(fold.id), ..new }, now).await?;
        return Ok(());
    }
    let message = unit.tx.insert_message(place.0, place.1).await?;
    let id = unit.tx.insert_alert(&NewAlert { message: Some(message), ..new }, now).await?;
    let shown = text(&view(unit, case, place, chats, Menu::default()).await?);
    // Nobody knows this person, so they must not delay a customer's bad score or wake anybody.
    let send = if stranger {
        Outgoing::send(Lane::Words, place.0, shown.silent())
    } else {
        Outgoing::send(Lane::Alerts, place.0, shown)
    };
    unit.tx.enqueue(&send.message(message).thread(place.1).alert(id), now).await
}

/// The post of a case as one chat shows it.
pub(super) async fn view(
    unit: &mut Unit<'_>,
    case: &Case,
    (chat, topic): (ChatId, TopicId),
    chats: &Chats,
    menu: Menu,
) -> store::Result<View> {
    let ctx = unit.ctx;
    let who = Who::load(&mut unit.tx, &case.row).await?;
    let locale = chats.locale_of(ctx, chat, topic);
    let route = Route::find(&mut unit.tx, &ctx.config, chats, &case.row).await?;
    let shown = case.shown(unit, chats, (chat, topic), locale, menu);
    let no_chat = chats.no_chat(ctx, (chat, topic), route.as_ref());
    let asked = Request { case: Some(&shown), no_chat, ..who.request() };
    Ok(request(&ctx.catalogue, locale, &asked))
}
