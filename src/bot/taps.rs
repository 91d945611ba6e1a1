//! Taps on buttons, routed by what their data names. The spinner ends in every case.
//!
//! For each kind of data it is fixed where it may be tapped. Who may tap it depends on what is stored at that moment,
//! such as a role, and is checked by the use case.

use std::collections::BTreeSet;

use super::replies::Replies;
use super::subscribing;
use super::update::{CallbackQuery, ChatKind, Update};
use super::visitor::{locale_of, visitor};
use crate::config::ChatTopic;
use crate::domain::ids::{CaseNumber, MessageId, PersonId, SurveyKey, TopicId};
use crate::domain::staff::Role;
use crate::service::alerts::Card;
use crate::service::answers::{self, Tap};
use crate::service::hooks::screens;
use crate::service::staff::team;
use crate::service::{
    Context, Unit, alerts, case_list, cases, editor, erasing, languages, people, report, roles, setup, talk,
};
use crate::store;
use crate::store::persons::Person;
use crate::telegram::sender::CallbackAnswer;
use crate::view::callback::{
    Act, AlertsTap, CaseAct, CaseTap, CasesAct, Data, EditorTap, HookAct, ReportAct, RequestAct, SetupAct,
    TeamAct, WordsAct,
};
use crate::view::case::toast_card;

/// The text of the toast, if any.
type Toast = Result<Option<String>, Stopped>;

/// Why a tap has no effect.
enum Stopped {
    /// The button may not be tapped there; the text is the toast that says so.
    Misplaced(String),
    Store(store::Error),
}

impl From<store::Error> for Stopped {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

pub(super) async fn tap(
    replies: &Replies,
    unit: &mut Unit<'_>,
    query: &CallbackQuery,
) -> store::Result<CallbackAnswer> {
    let tapped = Tapped { query, place: place_of(query) };
    let done = if let Some(data) = query.data.as_deref().and_then(Data::decode) {
        route(replies, unit, &tapped, data).await
    } else {
        tracing::debug!(person = query.from.id.get(), "a button that is none of ours was tapped");
        Ok(Some(tapped.text(unit.ctx, "survey-toast-unknown")))
    };
    let text = match done {
        Ok(text) => text,
        Err(Stopped::Misplaced(text)) => Some(text),
        Err(Stopped::Store(error)) => return Err(error),
    };
    Ok(CallbackAnswer { query_id: query.id.clone(), text })
}

async fn route(replies: &Replies, unit: &mut Unit<'_>, tapped: &Tapped<'_>, data: Data) -> Toast {
    match data {
        Data::Survey { survey, turn, act } => on_survey(unit, tapped, survey, turn, act).await,
        Data::Resume => on_resume(unit, tapped).await,
        Data::Language(locale) => on_language(unit, tapped, locale).await,
        Data::ChatLanguage { language, topic } => on_chat_language(unit, tapped, language, topic).await,
        Data::Alerts(tap) => on_alerts(unit, tapped, tap).await,
        Data::Forget { mark } => on_forget(unit, tapped, mark).await,
        Data::KeepData => on_keep(unit, tapped).await,
        Data::ForgetRequest(act) => on_forget_request(unit, tapped, act).await,
        Data::Setup(act) => on_setup(unit, tapped, act).await,
        Data::Editor(tap) => on_editor(unit, tapped, tap).await,
        Data::Cases(act) => on_cases(unit, tapped, act).await,
        Data::Report(act) => on_report(unit, tapped, act).await,
        Data::Case(tap) => on_case(unit, tapped, tap).await,
        Data::Team(act) => on_team(unit, tapped, act).await,
        Data::Words(act) => on_words(replies, unit, tapped, act).await,
        Data::Hooks(act) => on_hooks(unit, tapped, act).await,
    }
}

/// Where the button is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Below a message in the tapper's own private chat.
    Own { message_id: MessageId },
    /// Below a message in a group, or in a chat that is not the tapper's.
    Elsewhere,
    /// Unknown, because Telegram left the message out.
    Untold,
}

fn place_of(query: &CallbackQuery) -> Place {
    match &query.message {
        Some(message)
            if message.chat.kind == ChatKind::Private && message.chat.id == query.from.id.chat() =>
        {
            Place::Own { message_id: message.message_id }
        }
        Some(_) => Place::Elsewhere,
        None => Place::Untold,
    }
}

/// Who tapped, and where.
struct Tapped<'q> {
    query: &'q CallbackQuery,
    place: Place,
}

impl Tapped<'_> {
    fn person(&self) -> PersonId {
        self.query.from.id
    }

    fn locale(&self, ctx: &Context) -> &'static str {
        locale_of(ctx, &self.query.from)
    }

    fn text(&self, ctx: &Context, id: &str) -> String {
        ctx.catalogue.text(self.locale(ctx), id)
    }

    /// The toast for a button in a chat that is not the tapper's: only the chat's owner may use it.
    fn foreign(&self, ctx: &Context) -> Stopped {
        Stopped::Misplaced(self.text(ctx, "survey-toast-foreign"))
    }

    /// The tapper, recorded as somebody the bot may write to.
    async fn hear(&self, unit: &mut Unit<'_>) -> store::Result<Person> {
        people::hear(unit, &visitor(&self.query.from)).await
    }

    /// The tapped message, for buttons that may be tapped only in the tapper's own chat.
    fn own_message(&self, ctx: &Context) -> Result<MessageId, Stopped> {
        match self.place {
            Place::Own { message_id } => Ok(message_id),
            Place::Elsewhere => Err(self.foreign(ctx)),
            Place::Untold => {
                tracing::warn!(
                    person = self.person().get(),
                    "a button does nothing, for Telegram leaves its message out (callback_query_mode): see 'afterword check'"
                );
                Err(Stopped::Misplaced(self.text(ctx, "survey-toast-unknown")))
            }
        }
    }
}

/// A tap in the customer's chat. The stored data decides whose survey it is and at which step it stands, so the message
/// may be missing.
async fn on_survey(
    unit: &mut Unit<'_>,
    tapped: &Tapped<'_>,
    survey: SurveyKey,
    turn: i64,
    act: Act,
) -> Toast {
    let message_id = match tapped.place {
        Place::Own { message_id } => Some(message_id),
        Place::Untold => None,
        Place::Elsewhere => return Err(tapped.foreign(unit.ctx)),
    };
    let (person, locale) = (tapped.person(), tapped.locale(unit.ctx));
    Ok(answers::tap(unit, &Tap { person, locale, message_id, survey, turn, act }).await?)
}

/// A tap in one's own chat. Nothing of the message is needed, so it may be missing.
async fn on_resume(unit: &mut Unit<'_>, tapped: &Tapped<'_>) -> Toast {
    if matches!(tapped.place, Place::Elsewhere) {
        return Err(tapped.foreign(unit.ctx));
    }
    let person = tapped.hear(unit).await?;
    Ok(Some(people::resume(unit, &person).await?))
}

async fn on_language(unit: &mut Unit<'_>, tapped: &Tapped<'_>, locale: &'static str) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let person = tapped.hear(unit).await?;
    Ok(Some(languages::choose(unit, &person, locale, message_id).await?))
}

/// A tap in a group, by somebody who may choose where alerts go.
async fn on_chat_language(
    unit: &mut Unit<'_>,
    tapped: &Tapped<'_>,
    language: &'static str,
    topic: TopicId,
) -> Toast {
    let message = tapped.query.message.as_ref();
    let is_group = |kind| matches!(kind, ChatKind::Group | ChatKind::Supergroup);
    let Some(message) = message.filter(|message| is_group(message.chat.kind)) else {
        return Err(Stopped::Misplaced(tapped.text(unit.ctx, "survey-toast-unknown")));
    };
    let person = people::meet(&mut unit.tx, &visitor(&tapped.query.from)).await?;
    let place = ChatTopic { chat: message.chat.id, topic };
    let title = message.chat.title.as_deref();
    Ok(Some(subscribing::language(unit, &person, place, title, (language, message.message_id)).await?))
}

/// A tap on what comes to a chat, in that chat, by somebody who may choose where alerts go.
async fn on_alerts(unit: &mut Unit<'_>, tapped: &Tapped<'_>, tap: AlertsTap) -> Toast {
    let Some(message) = &tapped.query.message else {
        return Err(Stopped::Misplaced(tapped.text(unit.ctx, "survey-toast-unknown")));
    };
    let person = people::meet(&mut unit.tx, &visitor(&tapped.query.from)).await?;
    let place = ChatTopic { chat: message.chat.id, topic: tap.topic };
    Ok(subscribing::routes(unit, &person, place, (tap.act, message.message_id)).await?)
}

/// Does not record the tapper, who may be in the process of being forgotten; nor do the two functions below.
async fn on_forget(unit: &mut Unit<'_>, tapped: &Tapped<'_>, mark: i64) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let (person, locale) = (tapped.person(), tapped.locale(unit.ctx));
    Ok(Some(erasing::confirm(unit, person, locale, mark, message_id).await?))
}

async fn on_keep(unit: &mut Unit<'_>, tapped: &Tapped<'_>) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let (person, locale) = (tapped.person(), tapped.locale(unit.ctx));
    Ok(Some(erasing::keep(unit, person, locale, message_id).await?))
}

async fn on_forget_request(unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: RequestAct) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let (person, locale) = (tapped.person(), tapped.locale(unit.ctx));
    Ok(Some(erasing::decide(unit, person, locale, act, message_id).await?))
}

async fn on_setup(unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: SetupAct) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let person = tapped.hear(unit).await?;
    Ok(setup::tap(unit, &person, act, message_id).await?)
}

async fn on_cases(unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: CasesAct) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let person = tapped.hear(unit).await?;
    Ok(case_list::tap(unit, &person, act, message_id).await?)
}

/// Nothing of the message is needed: a report is a new one.
async fn on_report(unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: ReportAct) -> Toast {
    if matches!(tapped.place, Place::Elsewhere) {
        return Err(tapped.foreign(unit.ctx));
    }
    let person = tapped.hear(unit).await?;
    Ok(report::tap(unit, &person, act).await?)
}

async fn on_editor(unit: &mut Unit<'_>, tapped: &Tapped<'_>, tap: EditorTap) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let person = tapped.hear(unit).await?;
    Ok(editor::tap(unit, &person, tap, message_id).await?)
}

async fn on_team(unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: TeamAct) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let person = tapped.hear(unit).await?;
    Ok(team::tap(unit, &person, act, message_id).await?)
}

/// A lead's choice and the card of a case are tapped in any chat, everything else in the tapper's own. What is stored
/// decides who may do it, so the message may be missing.
async fn on_words(replies: &Replies, unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: WordsAct) -> Toast {
    let (person, locale) = (tapped.person(), tapped.locale(unit.ctx));
    let shown = tapped.query.message.as_ref().map(|message| message.message_id);
    match act {
        WordsAct::Held { message, choice } => {
            Ok(talk::choose(unit, person, locale, message, choice, shown).await?)
        }
        WordsAct::Card(number) => on_card(unit, tapped, number).await,
        _ if matches!(tapped.place, Place::Elsewhere) => Err(tapped.foreign(unit.ctx)),
        WordsAct::TakeBack(message) => Ok(talk::take_back(unit, person, locale, message).await?),
        WordsAct::About(number) => {
            let person = tapped.hear(unit).await?;
            talk::about(unit, &person, number, shown).await?;
            Ok(None)
        }
        WordsAct::Human => {
            let person = tapped.hear(unit).await?;
            let may_say = replies.may_say(person.id.chat(), person.id);
            people::ask_for_human(unit, &person, None, may_say).await?;
            Ok((!may_say).then(|| tapped.text(unit.ctx, "toast-done")))
        }
        WordsAct::NotSolved(number) => {
            let person = tapped.hear(unit).await?;
            Ok(talk::not_solved(unit, &person, number).await?)
        }
    }
}

/// A number under a list of cases, in the chat that the list is in.
async fn on_card(unit: &mut Unit<'_>, tapped: &Tapped<'_>, number: CaseNumber) -> Toast {
    let Some(message) = &tapped.query.message else {
        return Err(Stopped::Misplaced(tapped.text(unit.ctx, "survey-toast-unknown")));
    };
    let role = roles::role(&mut unit.tx, unit.ctx, tapped.person()).await?;
    if !role.is_some_and(Role::may_route_alerts) {
        return Ok(Some(tapped.text(unit.ctx, "toast-no-role")));
    }
    Ok(match alerts::post_card(unit, number, (message.chat.id, message.message_id)).await? {
        Card::Posted => None,
        Card::Stands { is_below } => {
            let ctx = unit.ctx;
            Some(toast_card(&ctx.catalogue, tapped.locale(ctx), number, is_below))
        }
        Card::Gone => Some(tapped.text(unit.ctx, "toast-done")),
    })
}

async fn on_hooks(unit: &mut Unit<'_>, tapped: &Tapped<'_>, act: HookAct) -> Toast {
    let message_id = tapped.own_message(unit.ctx)?;
    let person = tapped.hear(unit).await?;
    Ok(screens::tap(unit, &person, act, message_id).await?)
}

/// A tap under the post of a case, wherever that is. The use case checks that the message is such a post.
async fn on_case(unit: &mut Unit<'_>, tapped: &Tapped<'_>, tap: CaseTap) -> Toast {
    let Some(message) = &tapped.query.message else {
        return Err(Stopped::Misplaced(tapped.text(unit.ctx, "survey-toast-unknown")));
    };
    let person = people::meet(&mut unit.tx, &visitor(&tapped.query.from)).await?;
    let case = cases::Tapped {
        person: tapped.person(),
        locale: tapped.locale(unit.ctx),
        name: &tapped.query.from.first_name,
        chat: message.chat.id,
        message_id: message.message_id,
        tap,
    };
    let toast = cases::tap(unit, &case).await?;
    match tap.act {
        CaseAct::Take | CaseAct::Reopen => talk::show_kept_if_taken(unit, tap.number).await?,
        CaseAct::Reply if toast.is_none() => {
            let topic = unit.tx.find_case_post(case.chat, case.message_id).await?.map(|post| post.thread_id);
            let place = ChatTopic { chat: case.chat, topic: topic.unwrap_or(TopicId::NONE) };
            talk::ask_reply(unit, tap.number, &person, place).await?;
        }
        CaseAct::History if toast.is_none() => {
            return Ok(Some(cases::send_history(unit, &person, tap.number, case.locale).await?));
        }
        CaseAct::TakeBack if toast.is_none() => {
            return Ok(Some(talk::offer(unit, &person, tap.number, case.locale).await?));
        }
        _ => {}
    }
    Ok(toast)
}

/// The surveys that these updates' taps belong to.
pub(super) fn surveys(updates: &[&Update]) -> Vec<SurveyKey> {
    let tapped = updates.iter().filter_map(|update| {
        let data = update.callback_query.as_ref()?.data.as_deref()?;
        if let Some(Data::Survey { survey, .. }) = Data::decode(data) { Some(survey) } else { None }
    });
    tapped.collect::<BTreeSet<SurveyKey>>().into_iter().collect()
}
