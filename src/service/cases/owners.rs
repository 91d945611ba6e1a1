//! What leads are told when a case is no longer theirs, and what becomes of the cases of a lead who loses the role.

use super::{act, lead_name};
use crate::domain::case::Act;
use crate::domain::ids::{CaseNumber, PersonId, TopicId};
use crate::domain::staff::Role;
use crate::domain::template::escape_html;
use crate::service::{Unit, person, roles};
use crate::store::cases::CaseRow;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::{View, case};

/// Tells a lead in private who has taken their case over, if the bot may write to them.
pub(super) async fn tell_former(unit: &mut Unit<'_>, row: &CaseRow, former: PersonId) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(reader) = unit.tx.find_person(former).await? else { return Ok(()) };
    let Some(owner) = row.case.status.owner() else { return Ok(()) };
    if reader.started_at.is_none() || reader.unreachable.is_some() {
        return Ok(());
    }
    let name = escape_html(&lead_name(&mut unit.tx, owner).await?);
    let values = [("name", name.into()), ("n", row.number.to_string().into())];
    let text = ctx.catalogue.with(person::locale(ctx, &reader), "case-taken-from", &values);
    person::say(unit, former, &View::text(text)).await
}

/// A role ended: the cases of its owner are nobody's again, and each chat that has some of them is told their numbers.
pub async fn lead_lost_role(unit: &mut Unit<'_>, lead: PersonId) -> store::Result<()> {
    let owned = unit.tx.list_cases_owned_by(lead).await?;
    if owned.is_empty() {
        return Ok(());
    }
    let mut told: Vec<((crate::domain::ids::ChatId, TopicId), Vec<CaseNumber>)> = Vec::new();
    for row in owned {
        let number = row.number;
        let _ = act(unit, number, Act::OwnerLost, None).await?;
        for post in unit.tx.list_case_posts(number).await?.into_iter().filter(|post| post.kind == "post") {
            let place = (post.chat_id, post.thread_id);
            match told.iter_mut().find(|(known, _)| *known == place) {
                Some((_, numbers)) if numbers.contains(&number) => {}
                Some((_, numbers)) => numbers.push(number),
                None => told.push((place, vec![number])),
            }
        }
    }
    let ctx = unit.ctx;
    let name = escape_html(&lead_name(&mut unit.tx, lead).await?);
    for ((chat, topic), numbers) in told {
        if chat == lead.chat() {
            continue;
        }
        let locale = unit.tx.find_alert_chat_locale(chat, topic).await?;
        let locale = locale.map_or(ctx.config.default_locale, |locale| person::chat_locale(ctx, &locale));
        let numbers = case::numbers(&ctx.catalogue, locale, &numbers);
        let values = [("name", name.as_str().into()), ("numbers", numbers.into())];
        let text = ctx.catalogue.with(locale, "case-owner-gone", &values);
        let row = Outgoing::send(Lane::Rings, chat, Payload::text(text)).thread(topic);
        unit.tx.enqueue(&row, unit.now).await?;
    }
    Ok(())
}

/// Runs at start-up, because the environment may give roles to different people than before.
pub async fn release_of_lost_leads(unit: &mut Unit<'_>) -> store::Result<()> {
    for owner in unit.tx.list_case_owners().await? {
        if roles::role(&mut unit.tx, unit.ctx, owner).await? < Some(Role::Lead) {
            lead_lost_role(unit, owner).await?;
        }
    }
    Ok(())
}
