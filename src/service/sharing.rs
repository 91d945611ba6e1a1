//! Shared pages: a link that shows one page as its maker saw it to anybody who has the link, until it ends. Leads and
//! admins make them. A link says what is shown and never more: filters cannot be changed, and nothing leads further.
//!
//! A token is 128 random bits, stored as a hash. The link ends with the role of its maker.

use std::time::Duration;

use super::dashboard::hashed;
use crate::domain::ids::PersonId;
use crate::domain::staff::{Deed, Role};
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit, roles, staff_log};
use crate::store::shared_pages::{NewSharedPage, SharedPage};
use crate::store::{self, Tx};

/// After how many days a link can end.
pub const DAYS: [u16; 4] = [1, 7, 30, 90];
/// The most links of one person that have not ended.
pub const MOST: usize = 100;
/// The most characters of a title, of a note and of an address.
const TITLE: usize = 200;
pub const NOTE: usize = 100;
const ADDRESS: usize = 4000;
/// How exactly it is known when a page was last opened.
const OPENED_EVERY: Duration = Duration::from_hours(1);

/// What somebody wants to share.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The page with its filters.
    pub address: &'a str,
    pub title: &'a str,
    pub language: &'a str,
    /// Whom it is for: only those read it who see the list of links.
    pub note: &'a str,
    /// Whether customers' words are shown, where the page has some.
    pub has_words: bool,
    /// Whether agents are shown by name, where the page is about some.
    pub has_agents: bool,
    /// One of [`DAYS`].
    pub days: u16,
}

/// Why a page is not shared.
#[derive(Debug, thiserror::Error)]
pub enum SharingError {
    #[error("only leads and admins share pages")]
    NotAllowed,
    #[error("this page cannot be shared so")]
    Wrong,
    #[error("{MOST} links of this person have not ended yet")]
    TooMany,
    #[error(transparent)]
    Store(#[from] store::Error),
}

fn may_share(role: Option<Role>) -> bool {
    role.is_some_and(|role| role >= Role::Lead)
}

/// The path of the link with this token.
#[must_use]
pub fn path(token: &str) -> String {
    format!("/shared/{token}")
}

/// Makes a link. Returns its token, which nobody can be told again.
pub async fn make(unit: &mut Unit<'_>, maker: PersonId, wanted: &Wanted<'_>) -> Result<String, SharingError> {
    let Unit { ctx, now, .. } = *unit;
    if !may_share(roles::role(&mut unit.tx, ctx, maker).await?) {
        return Err(SharingError::NotAllowed);
    }
    if !DAYS.contains(&wanted.days) || wanted.address.len() > ADDRESS {
        return Err(SharingError::Wrong);
    }
    if unit.tx.list_shared_pages(Some(maker), now).await?.len() >= MOST {
        return Err(SharingError::TooMany);
    }
    let token = ctx.entropy.token();
    let [title, note] = [(wanted.title, TITLE), (wanted.note, NOTE)].map(|(text, most)| line(text, most));
    let page = NewSharedPage {
        token: &hashed(&token),
        person: maker,
        address: wanted.address,
        title: &title,
        language: wanted.language,
        note: &note,
        has_words: wanted.has_words,
        has_agents: wanted.has_agents,
        expires_at: now.plus(Duration::from_hours(24 * u64::from(wanted.days))),
    };
    unit.tx.insert_shared_page(&page, now).await?;
    staff_log::detail(unit, Some(maker), Deed::PageShared, None, &title).await?;
    Ok(token)
}

/// A text on one line, up to so many characters.
fn line(text: &str, most: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(most).collect()
}

/// What a link comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Open(SharedPage),
    /// It has ended, or its maker may no longer share.
    Over(SharedPage),
    Unknown,
}

/// Finds what a link shows.
pub async fn find(tx: &mut Tx, ctx: &Context, token: &str, now: Timestamp) -> store::Result<Link> {
    let Some(page) = tx.find_shared_page(&hashed(token)).await? else { return Ok(Link::Unknown) };
    let is_over = page.ended_at.is_some() || page.expires_at <= now;
    if is_over || !may_share(roles::role(tx, ctx, page.person).await?) {
        return Ok(Link::Over(page));
    }
    Ok(Link::Open(page))
}

/// Whether it is time to note that a page was opened.
#[must_use]
pub fn is_to_be_noted(page: &SharedPage, now: Timestamp) -> bool {
    page.opened_at.is_none_or(|opened| now.since(opened) >= OPENED_EVERY)
}

/// Lists the links that have not ended: admins see all, leads their own.
pub async fn list(
    tx: &mut Tx,
    ctx: &Context,
    reader: PersonId,
    now: Timestamp,
) -> store::Result<Vec<SharedPage>> {
    match roles::role(tx, ctx, reader).await? {
        Some(Role::Admin) => tx.list_shared_pages(None, now).await,
        role if may_share(role) => tx.list_shared_pages(Some(reader), now).await,
        _ => Ok(Vec::new()),
    }
}

/// Ends a link: admins any, leads one of their own. Returns false if there is none.
pub async fn revoke(unit: &mut Unit<'_>, by: PersonId, id: i64) -> store::Result<bool> {
    let only = match roles::role(&mut unit.tx, unit.ctx, by).await? {
        Some(Role::Admin) => None,
        _ => Some(by),
    };
    let Some(page) = unit.tx.end_shared_page(id, only, unit.now).await? else { return Ok(false) };
    let maker = Some(page.person).filter(|maker| *maker != by);
    staff_log::detail(unit, Some(by), Deed::PageShareEnded, maker, &page.title).await?;
    Ok(true)
}

/// Ends the links of somebody who may no longer share.
pub(super) async fn end(unit: &mut Unit<'_>, by: Option<PersonId>, maker: PersonId) -> store::Result<()> {
    if may_share(roles::role(&mut unit.tx, unit.ctx, maker).await?) {
        return Ok(());
    }
    for page in unit.tx.list_shared_pages(Some(maker), unit.now).await? {
        unit.tx.end_shared_page(page.id, None, unit.now).await?;
        staff_log::detail(unit, by, Deed::PageShareEnded, Some(maker), &page.title).await?;
    }
    Ok(())
}
