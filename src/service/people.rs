//! People: their first words, links, opting out and in, and whether the bot may write to them at all.

use crate::domain::ids::PersonId;
use crate::domain::staff::Role;
use crate::service::cases::{self, Asked, promise};
use crate::service::moving::Moved;
use crate::service::person::{locale, say};
use crate::service::staff::{self, Invited};
use crate::service::words::Words;
use crate::service::{Unit, alerts, answers, erasing, events, moving, phones, roles, setup, talk};
use crate::store::persons::Person;
use crate::store::{self, Tx};
use crate::view::customer::{Followed, Welcome};
use crate::view::staff::Greeting;
use crate::view::{BelowInput, View, customer as words, staff as staff_words};

/// Who is behind an update, according to Telegram.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    pub id: PersonId,
    pub first_name: Option<&'a str>,
    pub language_code: Option<&'a str>,
}

/// Why a person cannot be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    Blocked,
    Deactivated,
    CantInitiate,
    ChatNotFound,
}

impl Unreachable {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
            Self::CantInitiate => "cant_initiate",
            Self::ChatNotFound => "chat_not_found",
        }
    }
}

/// Stores a person as Telegram describes them now. Writes only if something is new.
pub async fn meet(tx: &mut Tx, visitor: &Visitor<'_>) -> store::Result<Person> {
    let known = tx.find_person(visitor.id).await?;
    let told = |known: &Person| {
        known.first_name.as_deref() == visitor.first_name
            && (visitor.language_code.is_none() || known.language_code.as_deref() == visitor.language_code)
    };
    let is_new = known.is_none();
    if let Some(known) = known.filter(told) {
        return Ok(known);
    }
    if is_new {
        erasing::remember_opt_outs(tx, &[visitor.id]).await?;
    }
    tx.upsert_person(visitor.id, visitor.first_name, visitor.language_code).await?;
    let person = tx.find_person(visitor.id).await?;
    person.ok_or_else(|| store::Error::broken("persons", format!("id {}: not there", visitor.id)))
}

/// Somebody wrote to the bot in private. From now on the bot may write to them, and everything that waited for that
/// continues.
pub async fn hear(unit: &mut Unit<'_>, visitor: &Visitor<'_>) -> store::Result<Person> {
    let person = meet(&mut unit.tx, visitor).await?;
    if person.started_at.is_none() || person.unreachable.is_some() {
        reached(unit, person.id).await?;
    }
    Ok(person)
}

async fn reached(unit: &mut Unit<'_>, person: PersonId) -> store::Result<()> {
    unit.tx.mark_person_reachable(person, unit.now).await?;
    let customers = unit.tx.list_customers_of(person).await?;
    events::schedule_waiting(unit, &customers).await?;
    alerts::returned(unit, person.chat()).await
}

/// Handles `/start`, with the token from the link if there is one. If `may_say` is false, the person hears only what is new.
pub async fn start(
    unit: &mut Unit<'_>,
    person: &Person,
    token: Option<&str>,
    may_say: bool,
) -> store::Result<()> {
    let invited = match token {
        Some(token) => staff::accept_invite(unit, person, token).await?,
        None => None,
    };
    if let Some(invited) = invited {
        if !may_say && !matches!(invited, Invited::Now(_)) {
            return Ok(());
        }
        return greet_invited(unit, person, invited).await;
    }
    let (followed, moved) = match token {
        Some(token) => follow(unit, person, token).await?,
        None => (Followed::Nothing, None),
    };
    if !may_say && followed != Followed::Linked {
        return Ok(());
    }
    // The person may have cleared the chat. The question that waits for them is sent last, where they look.
    let open = answers::open_question(unit, person.id).await?;
    greet(unit, person, followed, open.is_some()).await?;
    if let Some(open) = open {
        answers::show_below(unit, &open).await?;
    }
    // This goes below the greeting, so that a survey that moves here is the last thing they see.
    if let Some(moved) = moved { moving::follow(unit, moved, person.id).await } else { Ok(()) }
}

async fn greet(unit: &mut Unit<'_>, person: &Person, followed: Followed, asked: bool) -> store::Result<()> {
    let ctx = unit.ctx;
    if followed == Followed::Nothing
        && let Some(role) = roles::role(&mut unit.tx, ctx, person.id).await?
    {
        let hello = if role == Role::Admin { Greeting::Admin } else { Greeting::Team };
        return greet_staff(unit, person, hello).await;
    }
    let welcome = Welcome {
        brand: ctx.config.brand.as_deref(),
        privacy_url: ctx.config.privacy_url.as_deref(),
        min_gap: ctx.config.sending.min_gap,
        followed,
        customer: !unit.tx.list_customers_of(person.id).await?.is_empty(),
        opted_out: person.opted_out_at.is_some(),
        asked,
    };
    greet_customer(unit, person, &welcome).await
}

async fn greet_customer(unit: &mut Unit<'_>, person: &Person, welcome: &Welcome<'_>) -> store::Result<()> {
    let ctx = unit.ctx;
    let view = words::welcome(&ctx.catalogue, locale(ctx, person), welcome);
    if person.phone_asked_at.is_some() && welcome.customer && view.rows.is_empty() {
        // The customer is known now, so the button for the phone number is no longer of use.
        unit.tx.set_phone_asked_at(person.id, None).await?;
        return phones::say(unit, person.id, &view, &BelowInput::NOTHING).await;
    }
    say(unit, person.id, &view).await?;
    let unknown = !welcome.customer && matches!(welcome.followed, Followed::Nothing | Followed::Unknown);
    if unknown && person.phone.is_none() { phones::offer(unit, person).await } else { Ok(()) }
}

/// Handles `/human`: opens or joins a case, with the words in the customer's message if there are any. If `may_say` is
/// false, the customer is not told the same thing again.
pub async fn ask_for_human(
    unit: &mut Unit<'_>,
    person: &Person,
    words: Option<&Words>,
    may_say: bool,
) -> store::Result<()> {
    let ctx = unit.ctx;
    if talk::is_muted(unit, person).await? {
        return Ok(());
    }
    let asked = cases::ask(unit, person).await?;
    let number = asked.number();
    let is_told = alerts::announce_case(unit, number).await?;
    if let Some(words) = words {
        talk::add(unit, person, number, words).await?;
    }
    let is_news = is_told && matches!(asked, Asked::New(_));
    if !may_say && !is_news {
        return Ok(());
    }
    let locale = locale(ctx, person);
    let id = match asked {
        _ if !is_told => "human-nobody",
        Asked::New(_) => "human-told",
        Asked::Already(_) => "human-already",
        Asked::Late(_) => "human-already-late",
    };
    let when = match asked {
        Asked::New(_) | Asked::Already(_) if is_told => promise::tell_if_open(unit, number, locale).await?,
        _ => String::new(),
    };
    say(unit, person.id, &words::about_human(&ctx.catalogue, locale, id, number, &when)).await
}

/// Binds the link's customer to this person, unless somebody else was first. Returns who moved, if the customer had
/// another person before.
async fn follow(
    unit: &mut Unit<'_>,
    person: &Person,
    token: &str,
) -> store::Result<(Followed, Option<Moved>)> {
    let now = unit.now;
    let Some(link) = unit.tx.find_link(token).await? else { return Ok((Followed::Unknown, None)) };
    match link.person {
        Some(first) if first != person.id => return Ok((Followed::Taken, None)),
        Some(_) if link.customer_person == Some(person.id) => return Ok((Followed::AlreadyLinked, None)),
        // The customer was once theirs, but a newer link has moved it to somebody else.
        Some(_) => return Ok((Followed::Unknown, None)),
        None if link.expires_at <= now || link.superseded => return Ok((Followed::Unknown, None)),
        None => {}
    }
    unit.tx.bind_link(&link, person.id, now).await?;
    events::schedule_waiting(unit, &[link.customer]).await?;
    if link.customer_person == Some(person.id) {
        return Ok((Followed::AlreadyLinked, None));
    }
    Ok((Followed::Linked, Some(Moved { customer: link.customer, from: link.customer_person })))
}

async fn greet_invited(unit: &mut Unit<'_>, person: &Person, invited: Invited) -> store::Result<()> {
    let ctx = unit.ctx;
    let hello = match invited {
        Invited::Now(Role::Admin) => Greeting::NewAdmin,
        Invited::Now(Role::Lead) => Greeting::NewLead,
        Invited::Now(Role::Agent) => Greeting::NewAgent,
        Invited::Already(Role::Admin) => Greeting::Admin,
        Invited::Already(_) => Greeting::Team,
        Invited::Used => {
            tracing::warn!(
                person = person.id.get(),
                "a one-time link was tapped that is used or no longer valid"
            );
            let view = staff_words::invite_used(&ctx.catalogue, locale(ctx, person));
            return say(unit, person.id, &view).await;
        }
        Invited::Expired | Invited::ClaimExpired => {
            let by_operator = invited == Invited::ClaimExpired;
            let id = if by_operator { "staff-claim-expired" } else { "staff-invite-expired" };
            let view = View::text(ctx.catalogue.text(locale(ctx, person), id));
            return say(unit, person.id, &view).await;
        }
    };
    greet_staff(unit, person, hello).await
}

async fn greet_staff(unit: &mut Unit<'_>, person: &Person, hello: Greeting) -> store::Result<()> {
    let ctx = unit.ctx;
    if hello == Greeting::NewAdmin {
        // The set-up explains what comes next, step by step.
        let hello = staff_words::greeting(&ctx.catalogue, locale(ctx, person), hello, true);
        let view = setup::begin(unit, person, &hello.html).await?;
        return say(unit, person.id, &view).await;
    }
    let has_chats = alerts::has_chats(unit).await?;
    let mut view = staff_words::greeting(&ctx.catalogue, locale(ctx, person), hello, has_chats);
    if hello == Greeting::Admin {
        view = view.row([setup::entrance(ctx, person)]);
    }
    say(unit, person.id, &view).await
}

/// Handles `/stop`: ends open surveys, and sends no more until the person chooses otherwise.
pub async fn stop(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let ctx = unit.ctx;
    answers::end_open(unit, person.id, answers::Leave::OptedOut).await?;
    if person.opted_out_at.is_none() {
        unit.tx.opt_out(person.id, unit.now).await?;
    }
    let cases = unit.tx.list_unresolved_case_numbers(person.id).await?;
    say(unit, person.id, &words::stopped(&ctx.catalogue, locale(ctx, person), &cases)).await
}

/// Handles the *resume* button. Returns the text for a toast.
pub async fn resume(unit: &mut Unit<'_>, person: &Person) -> store::Result<String> {
    let ctx = unit.ctx;
    let locale = locale(ctx, person);
    if person.opted_out_at.is_none() {
        return Ok(ctx.catalogue.text(locale, "customer-toast-not-stopped"));
    }
    unit.tx.opt_in(person.id, unit.now).await?;
    let view = View::text(ctx.catalogue.text(locale, "customer-resumed"));
    say(unit, person.id, &view).await?;
    Ok(ctx.catalogue.text(locale, "customer-toast-resumed"))
}

/// A person cannot be written to. If they are gone for good, their open surveys end. Their alerts go to others.
pub async fn unreachable(unit: &mut Unit<'_>, person: PersonId, why: Unreachable) -> store::Result<()> {
    if unit.tx.find_person(person).await?.is_none()
        && roles::role(&mut unit.tx, unit.ctx, person).await?.is_none()
    {
        // The person was erased or never known, and must not become known because of this.
        return Ok(());
    }
    let was_reachable = unit.tx.find_person(person).await?.is_some_and(|known| known.unreachable.is_none());
    unit.tx.mark_person_unreachable(person, why.as_str(), unit.now).await?;
    if was_reachable && why == Unreachable::Blocked {
        talk::blocked(unit, person).await?;
    }
    if matches!(why, Unreachable::Blocked | Unreachable::Deactivated) {
        answers::end_open(unit, person, answers::Leave::Blocked).await?;
    }
    alerts::tell_once_more(unit).await?;
    alerts::move_on(unit, person.chat(), None).await
}

/// The block is lifted. If the person opted out themselves, they stay opted out.
pub async fn unblocked(unit: &mut Unit<'_>, visitor: &Visitor<'_>) -> store::Result<()> {
    let person = meet(&mut unit.tx, visitor).await?;
    if person.unreachable.is_some() {
        reached(unit, person.id).await?;
        talk::reachable_changed(unit, person.id).await?;
    }
    Ok(())
}
