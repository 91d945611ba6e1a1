//! Tells the leads about bad scores. There is one alert per survey and chat, which is edited as more becomes known.

use std::collections::BTreeSet;

use crate::config::ChatTopic;
use crate::domain::ids::{AlertKey, CaseNumber, MessageKey, SurveyKey};
use crate::service::noted::{AnswersChanged, Medium};
use crate::service::{Unit, cases};
use crate::store::alerts::{AlertRow, NewAlert};
use crate::store::cases::PostedIn;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;
use crate::view::alert::{Alert, again, alert, answers, marked_score};

mod catching_up;
mod chats;
mod edited_files;
mod erasing;
mod folds;
mod load;
mod losses;
mod opened;
mod posts;
mod routes;
mod scores;
mod screen;
pub mod standing;
mod subscribe;
mod unshown;
mod waiting;
mod who;
mod withdrawn;
mod words;

pub use chats::{configured, open_admins, open_escalation_chats, open_leads};
pub use edited_files::{EditedFile, show_file_again};
pub use erasing::{Erasable, Fold, PostedAlert, erasable, erasable_case, erasable_histories, show_folds};
pub use losses::{alive, arrived, move_on, refused, removed, returned, text_refused, unseen};
pub use opened::announce_case;
pub use posts::{Card, post_card};
pub use routes::{RoutedChat, Routing, routing};
pub use screen::{choose as choose_routes, choose_typed, is_special, screen as routes_screen};
pub use subscribe::{
    Subscribed, Unsubscribed, choose_language, has_chats, language_of, subscribe, unsubscribe,
};
pub use unshown::copy_refused;
pub use waiting::{is_retry_due, send_waiting, send_waiting_at_start};
pub use withdrawn::{Fate, decide, screen, tell_once_more, withdraw};
pub use words::{MARK, Said, show_album, show_words, show_words_again};

use crate::service::cases::Opened;
use crate::view::case::Menu;
use chats::{Chats, Target};
use folds::{Change, Touched};
use load::Loaded;
pub(super) use opened::announce_risen;
pub use posts::send_card;
pub(super) use posts::show_cases;
use routes::Route;
pub(super) use scores::resolve_corrected;

/// The answers of a survey as plain text, in the installation's language; `None` if it has none.
pub(super) async fn answers_in_words(
    unit: &mut Unit<'_>,
    survey: SurveyKey,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let loaded = Loaded::find_brief(&mut unit.tx, ctx, survey).await?;
    let locale = ctx.config.default_locale;
    Ok(loaded.and_then(|loaded| answers(&ctx.catalogue, locale, &loaded.view(ctx))))
}

/// The score that opened a case, with its mark; `None` if no score did, or if its details are erased.
pub(super) async fn score_of_case(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    locale: &str,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let Some(survey) = opened::opening_survey(unit, number).await? else { return Ok(None) };
    let loaded = Loaded::find_brief(&mut unit.tx, ctx, survey).await?;
    Ok(loaded.and_then(|loaded| marked_score(&ctx.catalogue, locale, &loaded.view(ctx))))
}

/// The answers of these surveys changed. The alert of each survey is sent or edited once, however much changed.
pub(super) async fn follow_answers(unit: &mut Unit<'_>, changed: &[AnswersChanged]) -> store::Result<()> {
    let mut touched = Touched::new();
    for changed in changed.iter().filter(|changed| changed.is_low || changed.was_alerted) {
        update_changed(unit, changed, &mut touched).await?;
    }
    folds::show(unit, &touched).await
}

/// Brings the alerts of a survey up to date. The caller shows the folds that this touches, once for many surveys.
async fn update(unit: &mut Unit<'_>, survey: SurveyKey, touched: &mut Touched) -> store::Result<()> {
    update_changed(unit, &AnswersChanged::none_of(survey), touched).await
}

/// Does the same given what changed. A customer may have corrected a low score within the same transaction; the leads
/// still hear of it.
async fn update_changed(
    unit: &mut Unit<'_>,
    AnswersChanged { survey, is_low, media, fell, .. }: &AnswersChanged,
    touched: &mut Touched,
) -> store::Result<()> {
    let (ctx, survey) = (unit.ctx, *survey);
    let Some(loaded) = Loaded::find(&mut unit.tx, ctx, survey).await? else { return Ok(()) };
    let reached = loaded.view(ctx).is_reached();
    let rows = unit.tx.list_alerts(survey).await?;
    if rows.is_empty() && !reached && !is_low {
        return Ok(());
    }
    // A survey that was alerted by an earlier version gets its case when its answers fall to the alert level again.
    let case = if reached || *is_low || unit.tx.find_case_of_survey(survey).await?.is_some() {
        scores::case_of(unit, &loaded, *fell).await?
    } else {
        None
    };
    let chats = Chats::load(unit, &rows).await?;
    let told: Vec<&AlertRow> = rows.iter().filter(|row| chats.is_there(row)).collect();
    if told.is_empty()
        && let Some(case) = case
    {
        let posts = posts_of_others(unit, case, survey, &chats).await?;
        if !posts.is_empty() {
            for post in &posts {
                let place = ChatTopic { chat: post.chat_id, topic: post.thread_id };
                for medium in media {
                    enqueue_copy(unit, place, post.id, survey, post.message, *medium).await?;
                }
            }
            cases::show(unit, case.number());
            return unit.tx.set_alerted(survey).await;
        }
    }
    // A lead may have looked at a card of the case while its alert waited.
    if told.is_empty() || rows.iter().any(|row| row.chat_id.is_none()) {
        announce(unit, &loaded, &rows, &chats, case, touched).await?;
    }
    let mut heard = BTreeSet::new();
    for row in told {
        match case {
            // It stood there before the case did, as the alert of an earlier version.
            Some(Opened::New(number)) => unit.noted.case_even_if_new(number),
            Some(Opened::Joined(number)) => cases::show(unit, number),
            None => follow(unit, &loaded, row, &chats, touched).await?,
        }
        // A chat may have a card of the case besides its post. It hears of everything once.
        if !heard.insert((row.chat_id, row.thread_id)) {
            continue;
        }
        if reached && !row.ringing {
            ring(unit, &loaded, row, &chats).await?;
        }
        for medium in media {
            attach(unit, survey, row, *medium).await?;
        }
    }
    unit.tx.set_ringing(survey, reached).await
}

/// The posts of the survey's case that are about another survey, in chats that can be told. If there are any, the survey
/// joined the case.
async fn posts_of_others(
    unit: &mut Unit<'_>,
    case: Opened,
    survey: SurveyKey,
    chats: &Chats,
) -> store::Result<Vec<PostedIn>> {
    let mut posts = unit.tx.list_case_posts(case.number()).await?;
    posts.retain(|post| {
        post.kind == "post" && post.survey != Some(survey) && chats.is_open(post.chat_id, post.thread_id)
    });
    Ok(posts)
}

/// Tells every chat that gets alerts. If there is none, the alert waits.
async fn announce(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    rows: &[AlertRow],
    chats: &Chats,
    case: Option<Opened>,
    touched: &mut Touched,
) -> store::Result<()> {
    let survey = loaded.survey();
    unit.tx.set_alerted(survey).await?;
    let waiting = rows.iter().find(|row| row.chat_id.is_none());
    // A lost chat that may be tried is tried with what waits, also if it stands there already.
    let had_it = |target: &Target| {
        (waiting.is_none() || !chats.is_lost(target.chat, target.topic))
            && rows.iter().any(|row| row.chat_id == Some(target.chat) && row.thread_id == target.topic)
    };
    let route = route_of(unit, chats, case).await?;
    let mut targets = chats.targets_of(unit.ctx, route.as_ref());
    targets.retain(|target| !had_it(target));
    if targets.is_empty() {
        match waiting {
            None => {
                let case = case.map(Opened::number);
                unit.tx.insert_alert(&NewAlert { case, ..NewAlert::of(survey) }, unit.now).await?;
                tracing::warn!(
                    "a bad score waits: no chat takes alerts and no admin can be told; /readyz says why, and /alerts in a chat helps"
                );
            }
            Some(waiting) if rows.iter().any(|row| chats.is_there(row)) => {
                unit.tx.delete_alert(waiting.id).await?;
                // What was said while it waited is shown where it stands.
                unit.noted.announced.extend(case.map(Opened::number));
            }
            Some(_) => {}
        }
        return Ok(());
    }
    if let Some(waiting) = waiting {
        unit.tx.delete_alert(waiting.id).await?;
    }
    for target in targets {
        tell(unit, loaded, target, chats, (case, route.as_ref()), touched).await?;
    }
    unit.noted.announced.extend(case.map(Opened::number));
    Ok(())
}

/// What decides where the case of a bad score goes.
async fn route_of(unit: &mut Unit<'_>, chats: &Chats, case: Option<Opened>) -> store::Result<Option<Route>> {
    let Some(case) = case else { return Ok(None) };
    match unit.tx.find_case(case.number()).await? {
        Some(row) => Route::find(&mut unit.tx, &unit.ctx.config, chats, &row).await,
        None => Ok(None),
    }
}

/// Creates one new alert in one chat: a message of its own, or a line in a fold.
async fn tell(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    target: Target,
    chats: &Chats,
    (case, route): (Option<Opened>, Option<&Route>),
    touched: &mut Touched,
) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let number = case.map(Opened::number);
    let Target { chat, topic, locale } = target;
    let survey = loaded.survey();
    let new = NewAlert { case: number, chat_id: Some(chat), thread_id: topic, ..NewAlert::of(survey) };
    let (id, message) = if let Some(fold) = folds::find_place(unit, (chat, topic), false, touched).await? {
        (unit.tx.insert_alert(&NewAlert { fold: Some(fold.id), ..new }, now).await?, fold.message)
    } else {
        let message = unit.tx.insert_message(chat, topic).await?;
        let id = unit.tx.insert_alert(&NewAlert { message: Some(message), ..new }, now).await?;
        let posted = match number {
            Some(number) => posts::Case::find(&mut unit.tx, ctx, number).await?,
            None => None,
        };
        let case =
            posted.as_ref().map(|case| case.shown(unit, chats, (chat, topic), &locale, Menu::default()));
        let no_chat = chats.no_chat(ctx, (chat, topic), route);
        let shown = Alert { no_chat, case: case.as_ref(), ..loaded.view(ctx) };
        let view = alert(&ctx.catalogue, &locale, &shown);
        let send = Outgoing::send(Lane::Alerts, chat, text(&view)).message(message);
        unit.tx.enqueue(&send.thread(topic).alert(id), now).await?;
        (id, message)
    };
    for media in unit.tx.list_media(survey).await? {
        let place = ChatTopic { chat, topic };
        let medium = Medium { person: media.person, message_id: media.message_id };
        enqueue_copy(unit, place, id, survey, message, medium).await?;
    }
    Ok(())
}

/// Edits an alert to show what is known now.
async fn follow(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    row: &AlertRow,
    chats: &Chats,
    touched: &mut Touched,
) -> store::Result<()> {
    let ctx = unit.ctx;
    if let Some(fold) = row.fold {
        folds::touch(touched, fold, Change::Said);
        return Ok(());
    }
    let (Some(chat), Some(message)) = (row.chat_id, row.message) else { return Ok(()) };
    let mut shown = Alert { no_chat: chats.no_chat(ctx, (chat, row.thread_id), None), ..loaded.view(ctx) };
    if shown.attachments > 0 {
        shown.unshown = unshown::list_in(&mut unit.tx, chats, loaded.survey(), (chat, row.thread_id)).await?;
    }
    let view = alert(&ctx.catalogue, chats.locale(ctx, row), &shown);
    let edit = Outgoing::edit(Lane::Edits, chat, message, None, text(&view));
    unit.tx.enqueue(&edit.thread(row.thread_id).alert(row.id), unit.now).await?;
    Ok(())
}

/// A score had risen and fell again. Edits make no sound, so a short reply is sent. A reply that still waits is updated
/// instead; the sender lets an alert make a sound once a minute.
async fn ring(unit: &mut Unit<'_>, loaded: &Loaded, row: &AlertRow, chats: &Chats) -> store::Result<()> {
    let ctx = unit.ctx;
    let (Some(chat), Some(message)) = (row.chat_id, row.message) else { return Ok(()) };
    let view = again(&ctx.catalogue, chats.locale(ctx, row), &loaded.view(ctx));
    let payload = text(&view).reply_to(message);
    if let Some(waiting) = unit.tx.find_waiting_ring(row.id).await? {
        return unit.tx.set_waiting_payload(waiting, &payload).await;
    }
    let reply = Outgoing::send(Lane::Rings, chat, payload);
    unit.tx.enqueue(&reply.thread(row.thread_id).alert(row.id), unit.now).await?;
    Ok(())
}

/// Shows a media file under the alert of its survey, without revealing the customer's account.
async fn attach(unit: &mut Unit<'_>, survey: SurveyKey, row: &AlertRow, medium: Medium) -> store::Result<()> {
    let (Some(chat), Some(message)) = (row.chat_id, row.message) else { return Ok(()) };
    let place = ChatTopic { chat, topic: row.thread_id };
    enqueue_copy(unit, place, row.id, survey, message, medium).await
}

async fn enqueue_copy(
    unit: &mut Unit<'_>,
    ChatTopic { chat, topic }: ChatTopic,
    alert: AlertKey,
    survey: SurveyKey,
    message: MessageKey,
    medium: Medium,
) -> store::Result<()> {
    let made = unit.tx.insert_message(chat, topic).await?;
    unit.tx.insert_copy(made, (medium.person, medium.message_id), Some(survey)).await?;
    let copy = Outgoing::copy(Lane::Words, chat, medium.person.chat(), medium.message_id).thread(topic);
    let mut copy = copy.alert(alert).message(made);
    copy.payload = copy.payload.reply_to(message).silent();
    unit.tx.enqueue(&copy, unit.now).await?;
    Ok(())
}

fn text(view: &View) -> Payload {
    Payload::text(view.html.as_str()).keyboard(view.markup().as_ref())
}
