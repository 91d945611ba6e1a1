//! `/report`: figures of one question for leads and admins, and for agents their own. Counting and drawing happen beside
//! the updates: a command or a tap stores what was asked for, and [`make`] answers it.

mod making;

use crate::domain::ids::PersonId;
use crate::domain::staff::Role;
use crate::service::figures::FiguresError;
use crate::service::{Context, Unit, person, roles};
use crate::store::persons::Person;
use crate::store::{self, Payload, Tx};
use crate::view::View;
use crate::view::callback::{ReportAct, Reported};
use crate::view::numbers::Numbers;
use crate::view::report as view;

use making::{Making, sent};

/// The most reports of one person that may wait.
const MOST_WAITING: i64 = 3;

/// A report, and for whom it was made. `None` for a text that everybody may read.
#[derive(Debug)]
pub struct Made {
    pub reader: Option<Reader>,
    pub payload: Payload,
}

/// Who reads a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Sees all figures.
    Lead,
    /// Sees those of this agent.
    Agent(String),
    /// Is an agent of whom nobody has said which one.
    Unknown,
    Nobody,
}

impl Reader {
    async fn find(tx: &mut Tx, ctx: &Context, person: PersonId) -> store::Result<Self> {
        Ok(match roles::role(tx, ctx, person).await? {
            None => Self::Nobody,
            Some(Role::Lead | Role::Admin) => Self::Lead,
            Some(Role::Agent) => match tx.find_agent_id(person).await?.flatten() {
                Some(agent) => Self::Agent(agent),
                None => Self::Unknown,
            },
        })
    }

    /// Whether this person still sees the same.
    pub async fn is_still(&self, tx: &mut Tx, ctx: &Context, person: PersonId) -> store::Result<bool> {
        Ok(Self::find(tx, ctx, person).await? == *self)
    }

    /// Why there is no report for them. The log has the attempts of people without a role.
    fn refusal(&self, person: PersonId) -> Option<&'static str> {
        match self {
            Self::Lead | Self::Agent(_) => None,
            Self::Unknown => Some("report-no-agent"),
            Self::Nobody => {
                tracing::warn!(person = person.get(), "a report was refused: no role for it");
                Some("report-refused")
            }
        }
    }
}

/// Handles `/report` from somebody in private.
pub async fn open(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let ctx = unit.ctx;
    let reader = Reader::find(&mut unit.tx, ctx, person.id).await?;
    let refusal = match reader.refusal(person.id) {
        Some(refusal) => Some(refusal),
        None => ask(unit, person.id, ReportAct::Show(Reported::default())).await?,
    };
    let Some(id) = refusal else { return Ok(()) };
    let text = ctx.catalogue.text(person::locale(ctx, person), id);
    person::say(unit, person.id, &View::text(text)).await
}

/// Handles a tap under a report. Returns the text for a toast.
pub async fn tap(unit: &mut Unit<'_>, person: &Person, act: ReportAct) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let reader = Reader::find(&mut unit.tx, ctx, person.id).await?;
    let id = match reader.refusal(person.id) {
        Some(refusal) => refusal,
        None => ask(unit, person.id, act).await?.unwrap_or("report-toast"),
    };
    Ok(Some(ctx.catalogue.text(person::locale(ctx, person), id)))
}

/// Stores what was asked for. Returns the ID of a message if too much waits.
async fn ask(unit: &mut Unit<'_>, person: PersonId, act: ReportAct) -> store::Result<Option<&'static str>> {
    if unit.tx.count_report_jobs(person).await? >= MOST_WAITING {
        return Ok(Some("report-toast-busy"));
    }
    unit.tx.insert_report_job(person, &act.encode(), unit.now).await?;
    Ok(None)
}

/// Makes what was asked for: a report, or a list to choose from. It reads one snapshot of the database.
pub async fn make(tx: &mut Tx, ctx: &Context, person: &Person, act: ReportAct) -> Result<Made, FiguresError> {
    let locale = person::locale(ctx, person);
    let reader = Reader::find(tx, ctx, person.id).await?;
    if let Some(refusal) = reader.refusal(person.id) {
        let payload = Payload::text(ctx.catalogue.text(locale, refusal));
        return Ok(Made { reader: Some(reader), payload });
    }
    let known = ctx.scripts.known_questions(tx).await?;
    let making = Making { ctx, numbers: Numbers::new(&ctx.catalogue, locale), reader, known };
    let payload = match act {
        ReportAct::Show(reported) => making.report(tx, reported).await?,
        ReportAct::Questions(reported) => sent(&making.questions(reported)),
        ReportAct::Teams(reported) => {
            let teams = making.teams(tx, reported.period).await?;
            sent(&view::teams(&making.numbers, reported, &teams))
        }
    };
    Ok(Made { reader: Some(making.reader), payload })
}
