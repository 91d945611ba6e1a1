//! The team's screens: who has which role, invitations, and the log of staff actions.

use chrono_tz::Tz;

use super::callback::{Data, TeamAct};
use super::editor::{cut, fitting};
use super::{Button, View, moment, paragraphs};
use crate::domain::direction::isolated;
use crate::domain::ids::PersonId;
use crate::domain::staff::{Deed, Role};
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::domain::visible::is_blank;
use crate::i18n::Catalogue;
use crate::store::staff_log::LogEntry;

/// The most members shown. Telegram allows 100 buttons.
const MOST_MEMBERS: usize = 80;

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub person: PersonId,
    pub role: Role,
    pub name: Option<String>,
    pub agent_id: Option<String>,
    /// `None` if the role comes from the environment.
    pub since: Option<Timestamp>,
    /// Whether the database also lists them, and so can say which agent they are.
    pub listed: bool,
}

impl Member {
    /// Their name in Telegram, or else their ID.
    #[must_use]
    pub fn called(&self) -> String {
        called(self.person, self.name.as_deref())
    }
}

fn called(person: PersonId, name: Option<&str>) -> String {
    let name = name.filter(|name| !is_blank(name));
    name.map_or_else(|| person.to_string(), |name| isolated(name).into_owned())
}

/// What all these screens need.
#[derive(Clone, Copy, Debug)]
pub struct Team<'a> {
    pub catalogue: &'a Catalogue,
    pub locale: &'a str,
    pub zone: Tz,
}

#[must_use]
pub const fn role_id(role: Role) -> &'static str {
    match role {
        Role::Admin => "role-admin",
        Role::Lead => "role-lead",
        Role::Agent => "role-agent",
    }
}

impl Team<'_> {
    fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    fn one(&self, id: &str, name: &str, value: &str) -> String {
        self.catalogue.with(self.locale, id, &[(name, value.into())])
    }

    fn button(&self, id: &str, act: TeamAct) -> Button {
        Button::new(self.text(id), &Data::Team(act))
    }

    #[must_use]
    pub fn role(&self, role: Role) -> String {
        self.text(role_id(role))
    }

    /// Tells the admin who made an invitation who used it.
    #[must_use]
    pub fn invite_used(&self, (person, name): (PersonId, Option<&str>), role: Role) -> View {
        let name = escape_html(&cut(&called(person, name), 60));
        let values = [("person", name.into()), ("role", self.role(role).into())];
        let told = self.catalogue.with(self.locale, "team-told-invite-used", &values);
        View::text(told).row([self.button("team-button-member", TeamAct::Member(person))])
    }

    /// Tells somebody which role they have now.
    #[must_use]
    pub fn told_role(&self, role: Role) -> View {
        let told = self.one("team-told-role", "role", &self.role(role));
        let next = if role == Role::Lead { self.text("staff-lead-alerts") } else { String::new() };
        View::text(paragraphs([told.as_str(), &next]))
    }

    #[must_use]
    pub fn list(&self, members: &[Member], open_invites: usize, orphans: usize) -> View {
        let lines = members.iter().take(MOST_MEMBERS).map(|member| {
            let agent =
                member.agent_id.as_deref().map(|id| self.one("team-agent-id", "id", &escape_html(id)));
            let origin = member.since.is_none().then(|| self.text("team-by-environment"));
            let notes: Vec<String> = agent.into_iter().chain(origin).collect();
            let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
            format!("{} — {}{notes}", escape_html(&member.called()), self.role(member.role))
        });
        let beyond = members.len().saturating_sub(MOST_MEMBERS);
        let more = |count: usize| self.one("team-more", "count", &count.to_string());
        let mut lines: Vec<String> = lines.collect();
        if lines.is_empty() {
            lines.push(self.text("team-nobody"));
        }
        let shown = fitting(&lines, |count| more(count + beyond));
        let all_fit = lines.last().is_some_and(|last| shown.ends_with(last.as_str()));
        let more = if beyond > 0 && all_fit { more(beyond) } else { String::new() };
        let open = match open_invites {
            0 => String::new(),
            count => self.one("team-open-invites", "count", &count.to_string()),
        };
        let title = self.text("team-title");
        let mut view = View::text(paragraphs([title.as_str(), &shown, &more, &open]));
        for member in members.iter().take(MOST_MEMBERS) {
            let text = format!("{} · {}", member.called(), self.role(member.role));
            view = view.row([Button::new(text, &Data::Team(TeamAct::Member(member.person)))]);
        }
        if orphans > 0 {
            let text = self.one("team-button-chats", "count", &orphans.to_string());
            view = view.row([Button::new(text, &Data::Team(TeamAct::Chats))]);
        }
        view.row([
            self.button("team-button-invite", TeamAct::Invite),
            self.button("team-button-log", TeamAct::Log(0)),
        ])
    }

    #[must_use]
    pub fn member(&self, member: &Member) -> View {
        let name = format!("<b>{}</b>", escape_html(&member.called()));
        let mut facts = vec![self.one("team-member", "role", &self.role(member.role))];
        if let Some(since) = member.since {
            facts.push(self.one(
                "team-member-since",
                "since",
                &moment(self.catalogue, self.locale, since, self.zone),
            ));
        }
        if let Some(agent) = &member.agent_id {
            facts.push(self.one("team-member-agent", "id", &escape_html(agent)));
        }
        let configured = member.since.is_none();
        let about = self.text(if configured { "team-configured" } else { "team-what-they-do" });
        let mut view = View::text(paragraphs([name.as_str(), &facts.join("\n"), &about]));
        if !configured {
            view = view.row(Role::ALL.iter().rev().map(|role| {
                let text =
                    if *role == member.role { format!("✓ {}", self.role(*role)) } else { self.role(*role) };
                Button::new(text, &Data::Team(TeamAct::Give(member.person, *role)))
            }));
        }
        if member.listed {
            let known = member.agent_id.is_some();
            let ask = if known { "team-button-other-agent" } else { "team-button-agent" };
            let none = known.then(|| self.button("team-button-no-agent", TeamAct::NoAgent(member.person)));
            view = view.row([self.button(ask, TeamAct::AskAgent(member.person))].into_iter().chain(none));
        }
        if !configured {
            view = view.row([self.button("team-button-remove", TeamAct::Remove(member.person))]);
        }
        view.row([self.button("team-button-back", TeamAct::List)])
    }

    /// Asks which agent of the events somebody is; `trouble` says what was wrong with the previous answer.
    #[must_use]
    pub fn ask_agent(&self, member: &Member, trouble: Option<&str>) -> View {
        let ask = self.one("team-ask-agent", "name", &escape_html(&member.called()));
        View::text(paragraphs([trouble.unwrap_or_default(), &ask]))
            .row([self.button("team-button-cancel", TeamAct::Member(member.person))])
    }

    #[must_use]
    pub fn agent_taken(&self, agent: &str, other: &str) -> String {
        let values = [("id", escape_html(agent).into()), ("name", escape_html(other).into())];
        self.catalogue.with(self.locale, "team-agent-taken", &values)
    }

    /// Asks for confirmation before a role is taken away.
    #[must_use]
    pub fn sure(&self, member: &Member) -> View {
        View::text(self.one("team-sure", "name", &escape_html(&member.called()))).row([
            self.button("team-button-remove-now", TeamAct::RemoveNow(member.person)),
            self.button("team-button-keep", TeamAct::Member(member.person)),
        ])
    }

    #[must_use]
    pub fn invite_role(&self) -> View {
        let roles = Role::ALL.iter().rev().map(|role| self.button(role_id(*role), TeamAct::InviteAs(*role)));
        View::text(paragraphs([self.text("team-invite-role").as_str(), &self.text("team-what-they-do")]))
            .row(roles)
            .row([self.button("team-button-back", TeamAct::List)])
    }

    #[must_use]
    pub fn invite(&self, id: i64, link: &str, role: Role, until: Timestamp) -> View {
        let forward = self.one("team-invite", "role", &self.role(role));
        let once =
            self.one("team-invite-once", "until", &moment(self.catalogue, self.locale, until, self.zone));
        View::text(paragraphs([forward.as_str(), &escape_html(link), &once]))
            .row([self.button("team-button-withdraw", TeamAct::Withdraw(id))])
            .row([self.button("team-button-back", TeamAct::List)])
    }

    /// Chats whose subscriber is no longer staff.
    #[must_use]
    pub fn orphans(&self, chats: View) -> View {
        chats.row([self.button("team-button-back", TeamAct::List)])
    }

    /// Entries, newest first; `older` is where the next page begins.
    #[must_use]
    pub fn log(&self, entries: &[LogEntry], older: Option<i64>) -> View {
        let lines = entries.iter().map(|entry| {
            format!(
                "{} · {}",
                moment(self.catalogue, self.locale, entry.at, self.zone),
                escape_html(&self.deed(entry))
            )
        });
        let mut lines = lines.collect::<Vec<_>>().join("\n");
        if lines.is_empty() {
            lines = self.text("log-empty");
        }
        let older = older.map(|before| self.button("team-button-older", TeamAct::Log(before)));
        View::text(paragraphs([self.text("log-title").as_str(), &lines])).row(older).row([
            self.button("team-button-back", TeamAct::List),
            self.button("team-button-log-file", TeamAct::LogFile),
        ])
    }

    fn deed(&self, entry: &LogEntry) -> String {
        let role = |name: &Option<String>| {
            let known = name.as_deref().and_then(|name| name.parse::<Role>().ok());
            known.map_or_else(String::new, |role| self.role(role))
        };
        let who = |person: Option<PersonId>, name: &Option<String>| {
            person.map_or_else(|| self.text("log-shell"), |person| cut(&called(person, name.as_deref()), 40))
        };
        let id = match entry.act.parse::<Deed>() {
            Ok(Deed::RoleGiven) if entry.former_role.is_some() => "log-role-changed",
            Ok(Deed::RoleGiven) => "log-role-given",
            Ok(Deed::RoleTaken) => "log-role-taken",
            Ok(Deed::InviteMade) => "log-invite-made",
            Ok(Deed::InviteUsed) => "log-invite-used",
            Ok(Deed::InviteWithdrawn) if entry.person.is_some() => "log-invite-ended",
            Ok(Deed::InviteWithdrawn) => "log-invite-withdrawn",
            Ok(Deed::DraftBegun) => "log-draft-begun",
            Ok(Deed::DraftDiscarded) => "log-draft-discarded",
            Ok(Deed::ScriptPublished) => "log-script-published",
            Ok(Deed::ScriptRolledBack) => "log-script-rolled-back",
            Ok(Deed::ScriptPaused) => "log-script-paused",
            Ok(Deed::ScriptResumed) => "log-script-resumed",
            Ok(Deed::AlertsSubscribed) => "log-alerts-subscribed",
            Ok(Deed::AlertsUnsubscribed) => "log-alerts-unsubscribed",
            Ok(Deed::AlertsWithdrawn) => "log-alerts-withdrawn",
            Ok(Deed::AlertsKept) => "log-alerts-kept",
            Ok(Deed::AlertsRouted) => "log-alerts-routed",
            Ok(Deed::AgentIdGiven) => "log-agent-id-given",
            Ok(Deed::AgentIdTaken) => "log-agent-id-taken",
            Ok(Deed::TimeZoneSet) => "log-time-zone-set",
            Ok(Deed::ForgetErased) => "log-forget-erased",
            Ok(Deed::ForgetKept) => "log-forget-kept",
            Ok(Deed::CaseSettingSet) => "log-case-setting",
            Ok(Deed::CaseMuted) => "log-case-muted",
            Ok(Deed::CaseUnmuted) => "log-case-unmuted",
            Ok(Deed::PageShared) => "log-page-shared",
            Ok(Deed::PageShareEnded) if entry.person.is_some() => "log-page-share-ended-of",
            Ok(Deed::PageShareEnded) => "log-page-share-ended",
            Err(_) => return entry.act.clone(),
        };
        let values = [
            ("actor", who(entry.actor, &entry.actor_name).into()),
            ("person", who(entry.person, &entry.person_name).into()),
            ("role", role(&entry.role).into()),
            ("former", role(&entry.former_role).into()),
            ("script", entry.script.clone().unwrap_or_default().into()),
            ("detail", cut(entry.detail.as_deref().unwrap_or_default(), 60).into()),
            ("version", entry.version.map(|version| version.to_string()).unwrap_or_default().into()),
        ];
        self.catalogue.with(self.locale, id, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(view: &View) -> usize {
        view.html.encode_utf16().count()
    }

    #[test]
    fn the_longest_team_and_the_longest_log_fit_a_message() {
        let catalogue = Catalogue::default();
        let team = Team { catalogue: &catalogue, locale: "ru", zone: chrono_tz::UTC };
        let member = |person| Member {
            person,
            role: Role::Admin,
            name: Some("ы".repeat(64)),
            agent_id: Some("a".repeat(128)),
            since: Some(Timestamp::from_millis(0)),
            listed: true,
        };
        let members: Vec<Member> = (1..=90).map(PersonId::new).map(member).collect();
        let view = team.list(&members, 3, 12);
        assert!(units(&view) <= 4096, "{}", units(&view));
        assert!(view.rows.iter().flatten().count() <= 100);
        let told = (1..=90).find(|count| view.html.contains(&format!("ещё {count}:")));
        let shown = view.html.matches("администратор").count();
        assert_eq!(told, Some(90 - shown), "{}", view.html);
        let entry = LogEntry {
            id: 1,
            at: Timestamp::from_millis(0),
            actor: Some(PersonId::new(1)),
            actor_name: Some("ы".repeat(64)),
            act: Deed::AgentIdGiven.as_str().to_owned(),
            person: Some(PersonId::new(2)),
            person_name: Some("ы".repeat(64)),
            role: None,
            former_role: None,
            script: None,
            version: None,
            detail: Some("a".repeat(128)),
        };
        let view = team.log(&vec![entry; 15], Some(1));
        assert!(units(&view) <= 4096, "{}", units(&view));
    }
}
