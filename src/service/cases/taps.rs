//! Taps under the posts of cases. Each is judged by what is stored at that moment; a refusal says the truth in a toast.

use std::time::Duration;

use super::category::choose_category;
use super::muting::{mute, unmute};
use super::notes::{self, PATIENCE};
use super::{act, lead_name};
use crate::config::ChatTopic;
use crate::domain::case::{Act, Refusal, Status};
use crate::domain::ids::{CaseNumber, ChatId, MessageId, PersonId};
use crate::domain::staff::Role;
use crate::service::{Unit, roles};
use crate::store::cases::{CaseRow, NewPrompt, PostedIn};
use crate::store::{self};
use crate::view::callback::{CaseAct, CaseTap};
use crate::view::case::{Menu, toast_about, toast_muted};

/// How soon the same tap has to come again to take a case from another lead.
const AGAIN: Duration = Duration::from_secs(30);
const TAKING_OVER: &str = "take";
const RESOLVING: &str = "resolve";

/// A tap, who made it, and where.
#[derive(Clone, Copy, Debug)]
pub struct Tapped<'a> {
    pub person: PersonId,
    /// The language of the toast.
    pub locale: &'a str,
    pub name: &'a str,
    pub chat: ChatId,
    pub message_id: MessageId,
    pub tap: CaseTap,
}

/// Does what the button says. Returns the text of the toast, if any.
pub async fn tap(unit: &mut Unit<'_>, tapped: &Tapped<'_>) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let text = |id: &str| Some(ctx.catalogue.text(tapped.locale, id));
    let known = unit.tx.find_case_post(tapped.chat, tapped.message_id).await?;
    let is_known = known.is_some();
    let post = match known {
        Some(post) => Some(post).filter(|post| post.case_number == tapped.tap.number),
        None => unit.tx.find_unknown_case_post(tapped.tap.number, tapped.chat, tapped.message_id).await?,
    };
    let Some(post) = post else { return Ok(text("survey-toast-unknown")) };
    if roles::role(&mut unit.tx, ctx, tapped.person).await? < Some(Role::Lead) {
        tracing::warn!(
            person = tapped.person.get(),
            chat = tapped.chat.get(),
            "a button of a case was refused: no role for it"
        );
        return Ok(text("toast-no-role"));
    }
    let Some(row) = unit.tx.find_case(tapped.tap.number).await?.filter(|row| row.person.is_some()) else {
        return Ok(text("toast-gone"));
    };
    if !is_known {
        // The tap proves that the post arrived. It lives in the tapped message, if there are two.
        unit.tx.set_message_id(post.message, tapped.message_id).await?;
    }
    unit.noted.tapped(row.number, (tapped.chat, tapped.message_id), Menu::State);
    Lead { tapped, post: &post }.tap(unit, row).await
}

/// A lead who taps under a post.
struct Lead<'a> {
    tapped: &'a Tapped<'a>,
    post: &'a PostedIn,
}

impl Lead<'_> {
    async fn tap(&self, unit: &mut Unit<'_>, row: CaseRow) -> store::Result<Option<String>> {
        let by = self.tapped.person;
        let number = row.number;
        match self.tapped.tap.act {
            CaseAct::Take => {
                let again = self.is_second(unit, TAKING_OVER, number).await?;
                self.act(unit, number, Act::Take { by, again }, Some("toast-taken")).await
            }
            CaseAct::Release => {
                let is_admin = roles::role(&mut unit.tx, unit.ctx, by).await? == Some(Role::Admin);
                self.act(unit, number, Act::Release { by, is_admin }, Some("toast-released")).await
            }
            CaseAct::ContactedOtherwise { then_resolve } => {
                let toast = self.act(unit, number, Act::ContactedOtherwise { by }, None).await?;
                if then_resolve && toast.is_none() {
                    self.show(unit, number, Menu::Causes);
                }
                Ok(toast)
            }
            CaseAct::NoReplyNeeded => self.act(unit, number, Act::NoReplyNeeded { by }, None).await,
            CaseAct::Reopen => self.act(unit, number, Act::Reopen { by }, Some("toast-taken")).await,
            // The caller goes on.
            CaseAct::Reply | CaseAct::TakeBack | CaseAct::History => Ok(None),
            CaseAct::More => Ok(self.show(unit, number, Menu::More)),
            CaseAct::Back => Ok(self.show(unit, number, Menu::State)),
            CaseAct::Mute => {
                let until = mute(unit, &row, by).await?;
                let ctx = unit.ctx;
                let locale = self.tapped.locale;
                Ok(until.map(|until| toast_muted(&ctx.catalogue, locale, until, ctx.zone())))
            }
            CaseAct::Unmute => {
                if let Some(person) = row.person {
                    unmute(unit, person, by).await?;
                }
                Ok(Some(self.text(unit, "toast-unmuted")))
            }
            CaseAct::Severities => Ok(self.show(unit, number, Menu::Severities)),
            CaseAct::SetSeverity(_) | CaseAct::SetCategory(_) if self.tapped.tap.turn != row.turn => {
                Ok(Some(self.text(unit, "toast-done")))
            }
            CaseAct::SetSeverity(severity) => {
                self.act(unit, number, Act::SetSeverity { by, severity }, None).await
            }
            CaseAct::Categories if row.case.status.is_resolved() => {
                self.refused(unit, &row, Refusal::Resolved).await.map(Some)
            }
            CaseAct::Categories => Ok(self.show(unit, number, Menu::Categories)),
            CaseAct::SetCategory(mark) => {
                let is_known = choose_category(unit, number, mark, by).await?;
                Ok((!is_known).then(|| self.text(unit, "survey-toast-unknown")))
            }
            CaseAct::Resolve
            | CaseAct::ResolveSilently
            | CaseAct::Cause(_)
            | CaseAct::NoteIsLastReply(_)
            | CaseAct::WriteNote(_) => self.resolve(unit, row).await,
        }
    }

    /// The way to a resolved case: contact, cause, note. A case of another lead asks for the first tap twice.
    async fn resolve(&self, unit: &mut Unit<'_>, row: CaseRow) -> store::Result<Option<String>> {
        let (by, number) = (self.tapped.person, row.number);
        match row.case.status {
            Status::Resolved(_) => return self.refused(unit, &row, Refusal::Resolved).await.map(Some),
            Status::Taken(owner) | Status::Waiting(owner)
                if owner != by && !self.is_second(unit, RESOLVING, number).await? =>
            {
                self.remember(unit, RESOLVING, number, AGAIN).await?;
                let name = lead_name(&mut unit.tx, owner).await?;
                let catalogue = &unit.ctx.catalogue;
                return Ok(Some(toast_about(catalogue, self.tapped.locale, "toast-resolve-other", &name)));
            }
            Status::Taken(owner) | Status::Waiting(owner) if owner != by => {
                self.remember(unit, RESOLVING, number, PATIENCE).await?;
            }
            _ => {}
        }
        let place = ChatTopic { chat: self.post.chat_id, topic: self.post.thread_id };
        match self.tapped.tap.act {
            CaseAct::Resolve if row.case.contacted_at.is_none() => {
                Ok(self.show(unit, number, Menu::NotContacted))
            }
            CaseAct::Resolve | CaseAct::ResolveSilently => Ok(self.show(unit, number, Menu::Causes)),
            CaseAct::Cause(cause) => {
                let has_reply = unit.tx.find_last_reply(number, by).await?.is_some();
                Ok(self.show(unit, number, Menu::Note { cause, has_reply }))
            }
            CaseAct::NoteIsLastReply(cause) => {
                if let Some(note) = unit.tx.find_last_reply(number, by).await? {
                    notes::resolve(unit, row, by, cause, &note).await?;
                }
                Ok(None)
            }
            CaseAct::WriteNote(cause) => {
                let lead = (by, self.tapped.name, self.tapped.locale);
                notes::ask(unit, &row, lead, place, self.post.message, cause).await?;
                Ok(self.show(unit, number, Menu::State))
            }
            _ => Ok(None),
        }
    }

    async fn act(
        &self,
        unit: &mut Unit<'_>,
        number: CaseNumber,
        done: Act,
        toast: Option<&str>,
    ) -> store::Result<Option<String>> {
        let place = ChatTopic { chat: self.post.chat_id, topic: self.post.thread_id };
        match act(unit, number, done, Some(place)).await? {
            Ok(_) => Ok(toast.map(|id| self.text(unit, id))),
            Err(refusal) => {
                if let (Act::Take { .. }, Refusal::TakenBy(_)) = (done, refusal) {
                    self.remember(unit, TAKING_OVER, number, AGAIN).await?;
                    // The state of a taken case has no such button, and the second tap needs one.
                    self.show(unit, number, Menu::More);
                }
                let Some(row) = unit.tx.find_case(number).await? else { return Ok(None) };
                self.refused(unit, &row, refusal).await.map(Some)
            }
        }
    }

    fn show(&self, unit: &mut Unit<'_>, number: CaseNumber, menu: Menu) -> Option<String> {
        unit.noted.tapped(number, (self.tapped.chat, self.tapped.message_id), menu);
        None
    }

    fn text(&self, unit: &Unit<'_>, id: &str) -> String {
        unit.ctx.catalogue.text(self.tapped.locale, id)
    }

    async fn refused(&self, unit: &mut Unit<'_>, row: &CaseRow, refusal: Refusal) -> store::Result<String> {
        let (id, lead) = match refusal {
            Refusal::TakenBy(owner) => ("toast-taken-by", Some(owner)),
            Refusal::NotOwner(owner) => ("toast-case-owner", Some(owner)),
            Refusal::Resolved => ("toast-resolved", row.resolved_by),
            Refusal::NotTaken => ("toast-take-first", None),
            Refusal::NotContacted => ("toast-not-contacted", None),
            Refusal::Erased => ("toast-gone", None),
            Refusal::Held | Refusal::AlreadyDone | Refusal::NewCase | Refusal::TooOften => {
                ("toast-done", None)
            }
        };
        Ok(match lead {
            Some(lead) => {
                let name = lead_name(&mut unit.tx, lead).await?;
                toast_about(&unit.ctx.catalogue, self.tapped.locale, id, &name)
            }
            None if refusal == Refusal::Resolved => self.text(unit, "toast-done"),
            None => self.text(unit, id),
        })
    }

    /// Whether the same lead made the same tap a moment ago, under this message, and was told who has the case. Another
    /// copy of the post may still show that nobody has it, so a tap there is a first one.
    async fn is_second(&self, unit: &mut Unit<'_>, kind: &str, number: CaseNumber) -> store::Result<bool> {
        let here = self.tapped.message_id.to_string();
        let first = unit.tx.find_case_prompt(self.tapped.chat, self.tapped.person, kind).await?;
        Ok(first.is_some_and(|first| {
            first.case_number == number
                && first.expires_at > unit.now
                && first.argument.as_deref() == Some(here.as_str())
        }))
    }

    async fn remember(
        &self,
        unit: &mut Unit<'_>,
        kind: &str,
        number: CaseNumber,
        time: Duration,
    ) -> store::Result<()> {
        let prompt = NewPrompt {
            chat_id: self.tapped.chat,
            person: self.tapped.person,
            kind,
            case_number: number,
            argument: Some(&self.tapped.message_id.to_string()),
            message: None,
            expires_at: unit.now.plus(time),
        };
        unit.tx.put_case_prompt(&prompt).await
    }
}
