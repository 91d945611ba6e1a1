//! `/staff`: the team's screens. Each tap is judged by the role that the person has at that moment.

use super::{RoleError, admins, give, invites, parse, role, set_agent, take};
use crate::domain::event::agent_id;
use crate::domain::ids::{ChatId, MessageId, PersonId};
use crate::domain::staff::Role;
use crate::service::alerts::{self, Fate};
use crate::service::prompts::{self, Question};
use crate::service::{Context, Unit, export, person};
use crate::store::persons::Person;
use crate::store::staff_log::LogEntry;
use crate::store::{self, Document, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::callback::TeamAct;
use crate::view::editor::cut;
use crate::view::team::{Member, Team};

/// Log entries per screen.
const PAGE: usize = 15;

fn team<'a>(ctx: &'a Context, person: &Person) -> Team<'a> {
    Team { catalogue: &ctx.catalogue, locale: person::locale(ctx, person), zone: ctx.zone() }
}

/// Handles `/staff` from an admin. With the argument `log`, shows what staff did.
pub async fn open(unit: &mut Unit<'_>, person: &Person, argument: &str) -> store::Result<()> {
    prompts::stop_waiting(&mut unit.tx, person.id).await?;
    let act = if argument == "log" { TeamAct::Log(0) } else { TeamAct::List };
    let (view, _) = screen(unit, person, act, None).await?;
    person::say(unit, person.id, &view).await
}

/// Handles a tap under the message with this ID. Returns the text for a toast.
pub async fn tap(
    unit: &mut Unit<'_>,
    person: &Person,
    act: TeamAct,
    message_id: MessageId,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let is_admin =
        async |tx: &mut Tx| Ok::<_, store::Error>(role(tx, ctx, person.id).await? == Some(Role::Admin));
    let text = |id: &str| ctx.catalogue.text(person::locale(ctx, person), id);
    let (view, toast) = if is_admin(&mut unit.tx).await? {
        prompts::stop_waiting(&mut unit.tx, person.id).await?;
        let drawn = screen(unit, person, act, Some(message_id)).await?;
        // They may just have given up their own role.
        if is_admin(&mut unit.tx).await? { drawn } else { (View::text(text("team-closed")), drawn.1) }
    } else {
        tracing::warn!(person = person.id.get(), "a button of the team's screens was refused: no admin");
        (View::text(text("team-closed")), Some(text("team-toast-not-admin")))
    };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::edit_shown(Lane::Answers, person.id.chat(), message_id, payload), unit.now)
        .await?;
    Ok(toast)
}

async fn screen(
    unit: &mut Unit<'_>,
    person: &Person,
    act: TeamAct,
    message_id: Option<MessageId>,
) -> store::Result<(View, Option<String>)> {
    let ctx = unit.ctx;
    let team = team(ctx, person);
    let text = |id: &str| Some(ctx.catalogue.text(team.locale, id));
    Ok(match act {
        TeamAct::List => (list(unit, &team).await?, None),
        TeamAct::Member(id) => member_screen(unit, &team, id).await?,
        TeamAct::Give(id, given) => give_on_screen(unit, person, &team, id, given).await?,
        TeamAct::Remove(id) => match find(&mut unit.tx, ctx, id).await? {
            Some(member) if member.since.is_some() => (team.sure(&member), None),
            _ => member_screen(unit, &team, id).await?,
        },
        TeamAct::RemoveNow(id) => remove_on_screen(unit, person, &team, id).await?,
        TeamAct::Invite => (team.invite_role(), None),
        TeamAct::InviteAs(role) => {
            let made = invites::make(unit, person.id, role).await?;
            (team.invite(made.id, &made.link, role, made.expires_at), None)
        }
        TeamAct::Withdraw(id) => {
            let withdrawn = invites::withdraw(unit, person.id, id).await?;
            let toast = if withdrawn { "team-toast-withdrawn" } else { "team-toast-used" };
            (list(unit, &team).await?, text(toast))
        }
        TeamAct::Chats => (team.orphans(alerts::screen(unit, team.locale).await?), None),
        TeamAct::KeepChat(chat) => decide(unit, person, &team, chat, Fate::Kept).await?,
        TeamAct::ForgetChat(chat) => decide(unit, person, &team, chat, Fate::Forgotten).await?,
        TeamAct::Log(before) => (log(&mut unit.tx, &team, before).await?, None),
        TeamAct::LogFile => {
            send_log(unit, person).await?;
            (log(&mut unit.tx, &team, 0).await?, text("editor-toast-file-soon"))
        }
        TeamAct::AskAgent(id) => match find(&mut unit.tx, ctx, id).await? {
            Some(member) if member.listed => {
                prompts::wait_for(unit, person.id, Question::Agent(id), message_id).await?;
                (team.ask_agent(&member, None), None)
            }
            _ => member_screen(unit, &team, id).await?,
        },
        TeamAct::NoAgent(id) => clear_agent_on_screen(unit, person, &team, id).await?,
    })
}

async fn give_on_screen(
    unit: &mut Unit<'_>,
    person: &Person,
    team: &Team<'_>,
    id: PersonId,
    given: Role,
) -> store::Result<(View, Option<String>)> {
    let done = give(unit, Some(person.id), id, given, None).await;
    let toast = match refused(done, team)? {
        Ok(before) => {
            if before != Some(given) && id != person.id {
                tell(unit, id, Some(given)).await?;
            }
            let named = [("role", team.role(given).into())];
            unit.ctx.catalogue.with(team.locale, "team-toast-role", &named)
        }
        Err(toast) => toast,
    };
    Ok((member_screen(unit, team, id).await?.0, Some(toast)))
}

async fn remove_on_screen(
    unit: &mut Unit<'_>,
    person: &Person,
    team: &Team<'_>,
    id: PersonId,
) -> store::Result<(View, Option<String>)> {
    let done = take(unit, Some(person.id), id).await;
    let text = |id: &str| unit.ctx.catalogue.text(team.locale, id);
    let toast = match refused(done, team)? {
        Ok(None) => text("team-toast-gone"),
        Ok(Some(_)) => {
            let toast = text("team-toast-removed");
            if id != person.id {
                tell(unit, id, None).await?;
            }
            toast
        }
        Err(toast) => toast,
    };
    Ok((list(unit, team).await?, Some(toast)))
}

async fn clear_agent_on_screen(
    unit: &mut Unit<'_>,
    person: &Person,
    team: &Team<'_>,
    id: PersonId,
) -> store::Result<(View, Option<String>)> {
    let toast = match set_agent(unit, Some(person.id), id, None).await {
        Ok(()) => "team-toast-no-agent",
        Err(RoleError::Store(error)) => return Err(error),
        Err(_) => "team-toast-gone",
    };
    let toast = unit.ctx.catalogue.text(team.locale, toast);
    Ok((member_screen(unit, team, id).await?.0, Some(toast)))
}

/// Applies a decision about a chat whose subscriber has lost their role.
async fn decide(
    unit: &mut Unit<'_>,
    person: &Person,
    team: &Team<'_>,
    chat: ChatId,
    fate: Fate,
) -> store::Result<(View, Option<String>)> {
    let ctx = unit.ctx;
    let toast = match alerts::decide(unit, person.id, chat, fate).await? {
        Some(title) => {
            let id = if fate == Fate::Kept { "chats-toast-kept" } else { "chats-toast-forgotten" };
            ctx.catalogue.with(team.locale, id, &[("chat", cut(&title, 60).into())])
        }
        None => ctx.catalogue.text(team.locale, "chats-toast-decided"),
    };
    Ok((team.orphans(alerts::screen(unit, team.locale).await?), Some(toast)))
}

/// Accepts the agent ID that was asked for.
pub async fn named_agent(
    unit: &mut Unit<'_>,
    person: &Person,
    id: PersonId,
    text: &str,
) -> store::Result<View> {
    let ctx = unit.ctx;
    let team = team(ctx, person);
    let words = |id: &str| ctx.catalogue.text(team.locale, id);
    let Some(member) = find(&mut unit.tx, ctx, id).await?.filter(|member| member.listed) else {
        let view = list(unit, &team).await?;
        return Ok(View { html: format!("{}\n\n{}", words("team-toast-gone"), view.html), ..view });
    };
    let trouble = match agent_id(text.trim()) {
        Err(_) => words("team-agent-wrong"),
        Ok(agent) => match set_agent(unit, Some(person.id), id, Some(&agent)).await {
            Ok(()) => return Ok(member_screen(unit, &team, id).await?.0),
            Err(RoleError::Store(error)) => return Err(error),
            Err(RoleError::AgentTaken { person: other, .. }) => {
                let other = find(&mut unit.tx, ctx, other)
                    .await?
                    .map_or_else(|| other.to_string(), |other| other.called());
                team.agent_taken(&agent, &other)
            }
            Err(_) => words("team-toast-gone"),
        },
    };
    prompts::wait_for(unit, person.id, Question::Agent(id), None).await?;
    Ok(team.ask_agent(&member, Some(&trouble)))
}

/// Sends the whole log as a table.
async fn send_log(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let content = String::from_utf8_lossy(&export::whole_staff_log(&mut unit.tx).await?).into_owned();
    let payload = Payload::document(Document { name: "staff-log.csv".to_owned(), content });
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, person.id.chat(), payload), unit.now).await
}

/// Returns the outcome, or the toast that says why it was refused.
fn refused<T>(done: Result<T, RoleError>, team: &Team<'_>) -> store::Result<Result<T, String>> {
    let id = match done {
        Ok(done) => return Ok(Ok(done)),
        Err(RoleError::Store(error)) => return Err(error),
        Err(RoleError::LastAdmin(_)) => "team-toast-last-admin",
        Err(RoleError::NoRole(_)) => "team-toast-gone",
        Err(RoleError::Configured(_) | RoleError::AgentTaken { .. }) => "team-toast-configured",
    };
    Ok(Err(team.catalogue.text(team.locale, id)))
}

async fn list(unit: &mut Unit<'_>, team: &Team<'_>) -> store::Result<View> {
    let open = unit.tx.list_open_invites(unit.now).await?.len();
    // Grouped by chat, because a chat may have several topics.
    let mut orphans: Vec<ChatId> =
        unit.tx.list_withdrawn_chats().await?.iter().map(|row| row.chat_id).collect();
    orphans.dedup();
    Ok(team.list(&members(&mut unit.tx, unit.ctx).await?, open, orphans.len()))
}

async fn member_screen(
    unit: &mut Unit<'_>,
    team: &Team<'_>,
    id: PersonId,
) -> store::Result<(View, Option<String>)> {
    if let Some(member) = find(&mut unit.tx, unit.ctx, id).await? {
        return Ok((team.member(&member), None));
    }
    let toast = team.catalogue.text(team.locale, "team-toast-gone");
    Ok((list(unit, team).await?, Some(toast)))
}

async fn log(tx: &mut Tx, team: &Team<'_>, before: i64) -> store::Result<View> {
    let before = if before == 0 { i64::MAX } else { before };
    let wanted = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let entries = tx.list_log_before(before, wanted).await?;
    let (page, more) = entries.split_at(entries.len().min(PAGE));
    let older = page.last().filter(|_| !more.is_empty()).map(|entry| entry.id);
    Ok(team.log(page, older))
}

/// The whole log, newest first.
pub async fn whole_log(tx: &mut Tx) -> store::Result<Vec<LogEntry>> {
    tx.list_log_before(i64::MAX, i64::MAX).await
}

async fn find(tx: &mut Tx, ctx: &Context, id: PersonId) -> store::Result<Option<Member>> {
    Ok(members(tx, ctx).await?.into_iter().find(|member| member.person == id))
}

/// Everybody with a role: first the people whom the environment names, then the others in the order in which they
/// joined.
async fn members(tx: &mut Tx, ctx: &Context) -> store::Result<Vec<Member>> {
    let mut members = Vec::new();
    for person in admins(tx, ctx).await?.into_iter().filter(|id| ctx.config.admin_ids.contains(id)) {
        let name = tx.find_person(person).await?.and_then(|person| person.first_name);
        members.push(Member { person, role: Role::Admin, name, agent_id: None, since: None, listed: false });
    }
    for row in tx.list_staff().await? {
        if let Some(configured) = members.iter_mut().find(|member| member.person == row.person) {
            (configured.agent_id, configured.listed) = (row.agent_id, true);
            continue;
        }
        members.push(Member {
            person: row.person,
            role: parse(&row.role)?,
            name: row.first_name,
            agent_id: row.agent_id,
            since: Some(row.added_at),
            listed: true,
        });
    }
    Ok(members)
}

/// Tells a person what has happened to their role.
async fn tell(unit: &mut Unit<'_>, id: PersonId, role: Option<Role>) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(person) = unit.tx.find_person(id).await? else { return Ok(()) };
    if person.started_at.is_none() || person.unreachable.is_some() {
        return Ok(());
    }
    let team = team(ctx, &person);
    let view = match role {
        Some(role) => team.told_role(role),
        None => View::text(ctx.catalogue.text(team.locale, "team-told-removed")),
    };
    person::say(unit, id, &view).await
}
