//! A customer writes: their words go to the case that they belong to, below its posts in the leads' chats.

use super::messages::keep_customers;
use super::{acts, albums, limits, showing, which};
use crate::domain::case::{
    Act, Destination, Ongoing, Resolved, Situation, Source, Thread, WordState, destination,
};
use crate::domain::ids::CaseNumber;
use crate::service::cases::promise;
use crate::service::words::Words;
use crate::service::{Unit, alerts, answers, cases, person};
use crate::store;
use crate::store::cases::CaseRow;
use crate::store::persons::Person;
use crate::view::{View, talk};

/// Takes words that belong to a case. Returns false if they belong to a survey, or to nothing that is known.
pub async fn customer_wrote(unit: &mut Unit<'_>, person: &Person, words: &Words) -> store::Result<bool> {
    if unit.tx.find_case_message_at(person.id.chat(), words.message_id).await?.is_some() {
        return Ok(true);
    }
    let cases = unit.tx.list_cases_of(person.id).await?;
    if cases.is_empty() {
        return Ok(false);
    }
    match place(unit, &cases, words).await? {
        Destination::Survey | Destination::Nowhere => Ok(false),
        _ if limits::is_muted(unit, person).await? => Ok(true),
        Destination::Asked(newest) => {
            let row = cases.iter().find(|case| case.number == newest);
            if let Some(row) = row
                && limits::has_room(unit, person, row, words).await?
            {
                let kept_at = which::ask(unit, person, &cases, newest).await?;
                keep_customers(unit, kept_at, words, WordState::Kept).await?;
            }
            Ok(true)
        }
        Destination::Case(number) => match cases.into_iter().find(|case| case.number == number) {
            Some(row) => take(unit, person, row, words).await,
            None => Ok(false),
        },
    }
}

async fn place(unit: &mut Unit<'_>, cases: &[CaseRow], words: &Words) -> store::Result<Destination> {
    let (now, rules) = (unit.now, unit.ctx.case_rules());
    let is_recent = |case: &CaseRow| case.case.is_recent(&rules, now);
    let is_open = |case: &CaseRow| !case.case.status.is_resolved();
    let mut open: Vec<Ongoing> = Vec::new();
    for case in cases.iter().filter(|case| is_open(case)) {
        open.push(ongoing(unit, case).await?);
    }
    let resolved = cases.iter().filter(|case| is_recent(case));
    let resolved =
        resolved.filter_map(|case| Some(Resolved { number: case.number, at: case.case.resolved_at? }));
    let goes_on = |thread: &Thread| match thread {
        Thread::Survey => true,
        Thread::Case(number) => {
            cases.iter().any(|case| case.number == *number && (is_open(case) || is_recent(case)))
        }
    };
    let expected = answers::expects(unit, words).await?;
    let situation = Situation {
        replied_to: replied_to(unit, words, expected.is_replied_to).await?.filter(goes_on),
        album: album(unit, words).await?.filter(goes_on),
        survey: expected.takes,
        ongoing: &open,
        resolved: resolved.max_by_key(|resolved| resolved.at),
    };
    Ok(destination(&situation, now))
}

async fn ongoing(unit: &mut Unit<'_>, case: &CaseRow) -> store::Result<Ongoing> {
    let asked_at = Some(case.opened_at).filter(|_| case.case.source == Source::Human);
    // A lead's words may be before the customer while it is not stored yet that they arrived.
    let written_at = unit.tx.find_last_reply_written_at(case.number).await?;
    Ok(Ongoing {
        number: case.number,
        last_in_at: case.last_in_at.max(asked_at),
        last_out_at: case.last_out_at.max(written_at),
    })
}

/// What the message that these words reply to is about.
async fn replied_to(unit: &mut Unit<'_>, words: &Words, is_survey: bool) -> store::Result<Option<Thread>> {
    let Some(replied_to) = words.reply_to else { return Ok(None) };
    let chat = words.person.chat();
    if is_survey || unit.tx.find_comment_replied_to(words.person, replied_to).await?.is_some() {
        return Ok(Some(Thread::Survey));
    }
    if let Some(shown) = unit.tx.find_case_message_shown(chat, replied_to).await? {
        return Ok(Some(Thread::Case(shown.case_number)));
    }
    if let Some(own) = unit.tx.find_case_message_at(chat, replied_to).await? {
        return Ok(Some(Thread::Case(own.case_number)));
    }
    Ok(unit.tx.find_case_of_message(chat, replied_to).await?.map(Thread::Case))
}

/// Where the first part of the same album went.
async fn album(unit: &mut Unit<'_>, words: &Words) -> store::Result<Option<Thread>> {
    let Some(album) = &words.media_group else { return Ok(None) };
    let parts = unit.tx.list_case_album(words.person.chat(), album).await?;
    if let Some(first) = parts.first() {
        return Ok(Some(Thread::Case(first.case_number)));
    }
    Ok(unit.tx.find_album(words.person, album).await?.map(|_| Thread::Survey))
}

/// Takes words for a case, and passes them on. Returns false if the case takes none any more.
async fn take(unit: &mut Unit<'_>, person: &Person, row: CaseRow, words: &Words) -> store::Result<bool> {
    if !limits::has_room(unit, person, &row, words).await? {
        return Ok(true);
    }
    let was_resolved = row.case.status.is_resolved();
    let number = row.number;
    let is_first = if was_resolved {
        row.case.afterword_at.is_none()
    } else {
        !unit.tx.has_customer_written_since(number, row.last_out_at).await?
    };
    if !pass_on(unit, row, words).await? {
        return Ok(false);
    }
    if is_first {
        confirm(unit, person, number, was_resolved).await?;
    }
    Ok(true)
}

/// Passes on words about a case. Returns false if it takes none any more.
async fn pass_on(unit: &mut Unit<'_>, mut row: CaseRow, words: &Words) -> store::Result<bool> {
    if !showing::hear(unit, &mut row, words.text.as_deref()).await? {
        return Ok(false);
    }
    let kept = keep_customers(unit, row.number, words, WordState::Waiting).await?;
    if row.is_held_back() {
        cases::show_kept(unit, row.number);
    }
    if let Some(message) = kept {
        albums::pass_on(unit, &row, message).await?;
    }
    Ok(true)
}

/// Adds words to a case that its customer has just been told of.
pub async fn add(
    unit: &mut Unit<'_>,
    person: &Person,
    number: CaseNumber,
    words: &Words,
) -> store::Result<()> {
    if unit.tx.find_case_message_at(person.id.chat(), words.message_id).await?.is_some() {
        return Ok(());
    }
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(()) };
    if limits::has_room(unit, person, &row, words).await? {
        pass_on(unit, row, words).await?;
    }
    Ok(())
}

/// Words that belong to nothing that is known open a case.
pub async fn open(unit: &mut Unit<'_>, person: &Person, words: &Words) -> store::Result<()> {
    if limits::is_muted(unit, person).await? {
        return Ok(());
    }
    let number = cases::open(unit, person, Source::Message, false).await?.number();
    let is_told = alerts::announce_case(unit, number).await?;
    add(unit, person, number, words).await?;
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let view = if is_told {
        let when = promise::tell_if_open(unit, number, locale).await?;
        talk::told(&ctx.catalogue, locale, number, &when)
    } else {
        talk::about(&ctx.catalogue, locale, "human-nobody", number)
    };
    person::say(unit, person.id, &view).await
}

async fn confirm(
    unit: &mut Unit<'_>,
    person: &Person,
    number: CaseNumber,
    was_resolved: bool,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let view = if was_resolved {
        talk::afterword(&ctx.catalogue, locale, number)
    } else if !alerts::announce_case(unit, number).await? {
        talk::about(&ctx.catalogue, locale, "human-nobody", number)
    } else {
        View::text(ctx.catalogue.text(locale, "case-heard"))
    };
    person::say(unit, person.id, &view).await
}

/// The customer says that a resolved case is not solved. Returns the text for a toast, if there is something to say.
pub async fn not_solved(
    unit: &mut Unit<'_>,
    person: &Person,
    number: CaseNumber,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let row = unit.tx.find_case(number).await?.filter(|row| row.person == Some(person.id));
    let Some(mut row) = row else { return Ok(Some(ctx.catalogue.text(locale, "toast-gone"))) };
    if limits::is_muted(unit, person).await? {
        return Ok(None);
    }
    if acts::act(unit, &mut row, Act::CustomerReopens, None).await?.is_err() {
        return Ok(Some(talk::about(&ctx.catalogue, locale, "case-back-already", number).html));
    }
    let when = promise::tell(unit, number, locale).await?;
    person::say(unit, person.id, &talk::back(&ctx.catalogue, locale, number, &when)).await?;
    Ok(None)
}
