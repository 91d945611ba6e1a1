//! The way in to the pages without passwords: one-time links, and the sessions that they begin.
//!
//! A token is 128 random bits. It is stored as a hash, so that nobody who reads the database or a backup can use it. A
//! session says who somebody is; what they may see is judged by their role at every request.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::domain::ids::PersonId;
use crate::domain::network::is_near;
use crate::domain::staff::Role;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit, person, roles};
use crate::store::dashboard::{DashboardSession, NewDashboardSession};
use crate::store::persons::Person;
use crate::store::{self, Tx};
use crate::view::View;
use crate::view::dashboard as view;

/// How long a link works.
pub const LINK_LIFE: Duration = Duration::from_mins(10);
/// How long a session lasts on a device that its owner calls their own, and on any other.
pub const OWN_DEVICE: Duration = Duration::from_hours(30 * 24);
pub const OTHER_DEVICE: Duration = Duration::from_hours(12);
/// How exactly it is known when a session was last used.
const SEEN_EVERY: Duration = Duration::from_hours(1);
/// The most characters of a device's name.
const DEVICE: usize = 60;

/// What somebody who is signed in may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything, without a right to change anything: for people with the shell.
    Reader,
    Admin,
    Lead,
    /// Only what is about this agent of the events. Without an ID, nothing.
    Agent(Option<String>),
}

impl Access {
    /// Whether it is more than an agent's.
    #[must_use]
    pub const fn sees_all(&self) -> bool {
        !matches!(self, Self::Agent(_))
    }
}

/// Somebody who is signed in, or could sign in with a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `None` for people with the shell.
    pub person: Option<PersonId>,
    pub name: Option<String>,
    pub access: Access,
    pub locale: &'static str,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub member: Member,
    pub expires_at: Timestamp,
}

/// A session and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub session: DashboardSession,
    pub member: Member,
}

/// Why there is no address at which the pages can be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "PUBLIC_URL={0}: passwords and customers' words would pass unencrypted; use https, or an address of this machine or a \
     private network"
)]
pub struct NotSafe(String);

/// Where the pages are: `PUBLIC_URL`, or without it the address on which this program listens. Has no trailing slash.
pub fn address(ctx: &Context) -> Result<String, NotSafe> {
    let Some(public) = &ctx.config.public_url else {
        let addr = ctx.config.http_addr;
        let host = if addr.ip().is_unspecified() { "127.0.0.1".to_owned() } else { addr.ip().to_string() };
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        return Ok(format!("http://{host}:{}", addr.port()));
    };
    if is_encrypted(ctx) || host_of(public).is_some_and(is_near) {
        Ok(public.clone())
    } else {
        Err(NotSafe(public.clone()))
    }
}

/// Whether the pages are reached over https.
#[must_use]
pub fn is_encrypted(ctx: &Context) -> bool {
    ctx.config.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
}

/// Whether the pages may be shown at this host, with or without a port: at the encrypted public one, or nearby.
#[must_use]
pub fn may_show_at(ctx: &Context, host: &str) -> bool {
    is_encrypted_at(ctx, host) || is_near(without_port(host))
}

/// Whether pages at this host are reached over https: they are if the host is that of an encrypted `PUBLIC_URL`. At other
/// hosts, which are nearby, browsers would not send back a cookie that is only for encrypted pages.
#[must_use]
pub fn is_encrypted_at(ctx: &Context, host: &str) -> bool {
    let public = ctx.config.public_url.as_deref().filter(|_| is_encrypted(ctx)).and_then(host_of);
    public.is_some_and(|public| public.eq_ignore_ascii_case(without_port(host)))
}

/// Whether an `Origin` is that of the pages. A proxy may leave the port out of the host that it passes on.
#[must_use]
pub fn is_own_origin(ctx: &Context, origin: &str, host: &str) -> bool {
    let public = ctx.config.public_url.as_deref().and_then(authority_of);
    let authority = authority_of(origin);
    authority.is_some() && (authority == Some(host) || authority == public)
}

fn authority_of(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

fn host_of(url: &str) -> Option<&str> {
    authority_of(url).map(without_port)
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// What is stored of a token.
pub(super) fn hashed(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// What a form of a session carries, so that other sites cannot send it: they do not know the cookie.
#[must_use]
pub fn form_token(cookie: &str) -> String {
    let digest = Sha256::new().chain_update(b"form:").chain_update(cookie).finalize();
    URL_SAFE_NO_PAD.encode(&digest[..16])
}

/// Makes a one-time link for somebody with a role, or without a person for people with the shell. Earlier links that
/// nobody used end. Returns its path.
pub async fn make_link(unit: &mut Unit<'_>, person: Option<PersonId>) -> store::Result<String> {
    let Unit { ctx, now, .. } = *unit;
    let token = ctx.entropy.token();
    unit.tx.insert_dashboard_link(&hashed(&token), person, now.plus(LINK_LIFE), now).await?;
    tracing::info!(person = person.map(PersonId::get), "a link to the pages was made");
    Ok(format!("/login/{token}"))
}

/// Who somebody is by their role now. `None` if they have none.
async fn member(tx: &mut Tx, ctx: &Context, person: Option<PersonId>) -> store::Result<Option<Member>> {
    let Some(id) = person else {
        let locale = ctx.config.default_locale;
        return Ok(Some(Member { person: None, name: None, access: Access::Reader, locale }));
    };
    let access = match roles::role(tx, ctx, id).await? {
        None => return Ok(None),
        Some(Role::Admin) => Access::Admin,
        Some(Role::Lead) => Access::Lead,
        Some(Role::Agent) => Access::Agent(tx.find_agent_id(id).await?.flatten()),
    };
    let known = tx.find_person(id).await?;
    let locale = known.as_ref().map_or(ctx.config.default_locale, |known| person::locale(ctx, known));
    Ok(Some(Member { person, name: known.and_then(|known| known.first_name), access, locale }))
}

/// Finds what a link offers. `None` if it is unknown, used or expired, or its owner has no role any more.
pub async fn find_offer(
    tx: &mut Tx,
    ctx: &Context,
    token: &str,
    now: Timestamp,
) -> store::Result<Option<Offer>> {
    let link = tx.find_dashboard_link(&hashed(token)).await?;
    let Some(link) = link.filter(|link| link.used_at.is_none() && link.expires_at > now) else {
        return Ok(None);
    };
    let member = member(tx, ctx, link.person).await?;
    Ok(member.map(|member| Offer { member, expires_at: link.expires_at }))
}

/// Spends a link, and begins a session. Returns the cookie's value and who signed in.
pub async fn sign_in(
    unit: &mut Unit<'_>,
    token: &str,
    life: Duration,
    device: &str,
) -> store::Result<Option<(String, Member)>> {
    let Unit { ctx, now, .. } = *unit;
    let Some(offer) = find_offer(&mut unit.tx, ctx, token, now).await? else { return Ok(None) };
    let Some(link) = unit.tx.find_dashboard_link(&hashed(token)).await? else { return Ok(None) };
    unit.tx.use_dashboard_link(link.id, now).await?;
    let cookie = ctx.entropy.token();
    let device: String = device.chars().filter(|c| !c.is_control()).take(DEVICE).collect();
    let session = NewDashboardSession {
        token: &hashed(&cookie),
        person: link.person,
        expires_at: now.plus(life),
        device: &device,
    };
    unit.tx.insert_dashboard_session(&session, now).await?;
    tracing::info!(person = link.person.map(PersonId::get), "somebody signed in to the pages");
    Ok(Some((cookie, offer.member)))
}

/// Finds who sent a cookie. `None` without a session or a role.
pub async fn find_signed_in(
    tx: &mut Tx,
    ctx: &Context,
    cookie: &str,
    now: Timestamp,
) -> store::Result<Option<SignedIn>> {
    let Some(session) = tx.find_dashboard_session(&hashed(cookie), now).await? else { return Ok(None) };
    let Some(mut member) = member(tx, ctx, session.person).await? else { return Ok(None) };
    if let Some(chosen) =
        session.language.as_deref().and_then(|language| ctx.config.languages.known(language))
    {
        member.locale = chosen;
    }
    Ok(Some(SignedIn { session, member }))
}

/// Whether it is time to note that a session is in use.
#[must_use]
pub fn is_to_be_noted(session: &DashboardSession, now: Timestamp) -> bool {
    now.since(session.seen_at) >= SEEN_EVERY
}

/// Handles `/dashboard` in the private chat of somebody with a role: a link, and where they are signed in. With `off`,
/// all their sessions end.
pub async fn command(unit: &mut Unit<'_>, person: &Person, argument: &str) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let locale = person::locale(ctx, person);
    let catalogue = &ctx.catalogue;
    if roles::role(&mut unit.tx, ctx, person.id).await?.is_none() {
        tracing::warn!(person = person.id.get(), "a command was refused: no role for it");
        return person::say(unit, person.id, &View::text(catalogue.text(locale, "dashboard-refused"))).await;
    }
    if argument.eq_ignore_ascii_case("off") {
        unit.tx.delete_dashboard_sessions(Some(person.id)).await?;
        return person::say(unit, person.id, &View::text(catalogue.text(locale, "dashboard-ended"))).await;
    }
    let view = match address(ctx) {
        Ok(address) => {
            let path = make_link(unit, Some(person.id)).await?;
            let sessions = unit.tx.list_dashboard_sessions(Some(person.id), now).await?;
            let link = format!("{address}{path}");
            view::link(catalogue, locale, &link, LINK_LIFE, &sessions, ctx.zone())
        }
        Err(problem) => {
            tracing::warn!(%problem, "the pages cannot be shown");
            View::text(catalogue.text(locale, "dashboard-no-address"))
        }
    };
    person::say(unit, person.id, &view).await
}

/// Ends what somebody without a role could still use.
pub(super) async fn end(unit: &mut Unit<'_>, person: PersonId) -> store::Result<()> {
    unit.tx.delete_dashboard_sessions(Some(person)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_pass_unencrypted_only_nearby() {
        for near in ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.7", "::1", "[::1]", "fd00::7"] {
            assert!(is_near(near), "{near}");
        }
        for far in ["93.184.216.34", "shop.example", "localhost.example", "2001:db8::1", "", "10.1.2"] {
            assert!(!is_near(far), "{far}");
        }
        assert_eq!(host_of("http://[::1]:8080/x"), Some("[::1]"));
        assert_eq!(host_of("https://shop.example/a"), Some("shop.example"));
    }
}
