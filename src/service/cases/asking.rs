//! People who ask for a human, or just write: their case.

use std::time::Duration;

use super::act_on;
use super::opening::{Opened, Opening, open_or_join, raise};
use crate::domain::case::{Act, Severity, Source, Status};
use crate::domain::event::Event;
use crate::domain::ids::{CaseNumber, CustomerKey, EventKey};
use crate::service::{Unit, roles};
use crate::store;
use crate::store::Error;
use crate::store::cases::{CaseRow, NewPrompt, Subject};
use crate::store::persons::Person;

/// A case is about the newest event that is no older than this.
const LATELY: Duration = Duration::from_hours(30 * 24);
/// How often the leads hear that somebody asks once more.
const RINGS_EVERY: Duration = Duration::from_mins(1);
/// The kind of the prompt that says that they have just heard it.
const ASKED: &str = "asked";

/// What came of a request for a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// There is a new case, or one that was resolved is open again.
    New(CaseNumber),
    /// The leads had it already.
    Already(CaseNumber),
    /// They had it already, and nobody has replied in time.
    Late(CaseNumber),
}

impl Asked {
    #[must_use]
    pub const fn number(self) -> CaseNumber {
        match self {
            Self::New(number) | Self::Already(number) | Self::Late(number) => number,
        }
    }
}

/// Somebody asks for a human: their unresolved case with the latest word rings, or there is a new one.
pub async fn ask(unit: &mut Unit<'_>, person: &Person) -> store::Result<Asked> {
    let now = unit.now;
    let test = roles::role(&mut unit.tx, unit.ctx, person.id).await?.is_some();
    let cases = unit.tx.list_cases_of(person.id).await?;
    let unresolved = cases.into_iter().filter(|row| !row.case.status.is_resolved() && row.test == test);
    let latest = unresolved
        .max_by_key(|row| (row.last_in_at.max(row.last_out_at).max(Some(row.round_at)), row.number));
    let asked = match latest {
        Some(row) => {
            let number = row.number;
            let is_late =
                row.case.contacted_at.is_none() && row.clocks.contact_due_at.is_some_and(|due| due <= now);
            let severity = match (is_late, row.stranger) {
                (true, _) => Severity::Urgent,
                (false, true) => Severity::Minor,
                (false, false) => Severity::Normal,
            };
            let rings = may_ring(unit, &row).await?;
            if rings || matches!(row.case.status, Status::Waiting(_)) {
                let _ = act_on(unit, row, Act::Trouble { own_survey: false }, None).await?;
            }
            if rings {
                unit.noted.asked(number);
            }
            raise(unit, number, severity).await?;
            if is_late { Asked::Late(number) } else { Asked::Already(number) }
        }
        None => match open(unit, person, Source::Human, test).await? {
            Opened::New(number) => Asked::New(number),
            Opened::Joined(number) => {
                unit.noted.asked(number);
                Asked::New(number)
            }
        },
    };
    if let Some(mut row) = unit.tx.find_case(asked.number()).await? {
        row.last_in_at = Some(now);
        unit.tx.update_case(&row).await?;
    }
    Ok(asked)
}

/// Whether the leads hear that the customer of an unresolved case asks once more: once a minute, and never of a stranger
/// whose case nobody has taken.
async fn may_ring(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<bool> {
    let Some(person) = row.person.filter(|_| !row.is_held_back()) else { return Ok(false) };
    let before = unit.tx.find_case_prompt(person.chat(), person, ASKED).await?;
    if before.is_some_and(|before| before.case_number == row.number && before.expires_at > unit.now) {
        return Ok(false);
    }
    let heard = NewPrompt {
        chat_id: person.chat(),
        person,
        kind: ASKED,
        case_number: row.number,
        argument: None,
        message: None,
        expires_at: unit.now.plus(RINGS_EVERY),
    };
    unit.tx.put_case_prompt(&heard).await?;
    Ok(true)
}

/// Opens a case about the newest event of the last days, else about nothing; or the one about it that was resolved only
/// just goes on.
pub async fn open(unit: &mut Unit<'_>, person: &Person, source: Source, test: bool) -> store::Result<Opened> {
    let about = About::find(unit, person).await?;
    let stranger = about.customer.is_none() && unit.tx.is_stranger(person.id).await?;
    let severity = match (stranger, about.is_urgent) {
        (true, _) => Severity::Minor,
        (false, true) => Severity::Urgent,
        (false, false) => Severity::Normal,
    };
    let opening = Opening {
        person: person.id,
        customer: about.customer,
        event: about.event,
        family: about.family,
        subject: about.subject,
        survey: None,
        test,
        stranger,
        source,
        severity,
        category: source.as_str(),
    };
    open_or_join(unit, &opening).await
}

/// What somebody most likely speaks of.
#[derive(Default)]
struct About {
    customer: Option<CustomerKey>,
    event: Option<EventKey>,
    family: &'static str,
    subject: Subject,
    is_urgent: bool,
}

impl About {
    async fn find(unit: &mut Unit<'_>, person: &Person) -> store::Result<Self> {
        let since = unit.now.minus(LATELY);
        let Some(newest) = unit.tx.find_newest_event_of(person.id, since).await? else {
            let customer = unit.tx.list_customers_of(person.id).await?.into_iter().max();
            return Ok(Self { customer, ..Self::default() });
        };
        let (customer, id) = (Some(newest.customer), Some(newest.id));
        if newest.body == crate::domain::event::ERASED {
            return Ok(Self { customer, event: id, ..Self::default() });
        }
        let event = Event::from_stored(&newest.body)
            .map_err(|error| Error::broken("events", format!("of person {}: {error}", person.id)))?;
        let urgent = unit.ctx.case_settings().urgent_segments;
        let subject = &event.subject;
        Ok(Self {
            customer,
            event: id,
            family: event.kind.family().asking().as_str(),
            subject: Subject {
                id: subject.id.clone(),
                title: subject.title.clone(),
                url: subject.url.clone(),
            },
            is_urgent: event.customer.segments.iter().any(|segment| urgent.contains(segment)),
        })
    }
}

/// Starts the clocks of a case that has none yet: an earlier version kept it as something else.
pub async fn start_clocks_if_missing(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<()> {
    if row.clocks.contact_due_at.is_some() || row.case.status.is_resolved() {
        return Ok(());
    }
    let mut row = row.clone();
    let began = row.round_at;
    super::clocks::start(&mut row, &unit.ctx.case_terms(), began);
    unit.tx.update_case(&row).await?;
    unit.noted.case(row.number);
    Ok(())
}
