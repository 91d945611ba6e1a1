//! `afterword case list|show`: cases in the shell. Reads only, so it may run beside `serve`.

use clap::{Args, Subcommand};

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::domain::case::StatusName;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::time::Timestamp;
use crate::domain::visible::revealed;
use crate::service::export::{self, CaseCursor, changed_cases};
use crate::store::cases::{CaseMessageRecord, CaseStep, ListedCase, Owner, Wanted};
use crate::store::{Db, Tx};

/// How many cases are read at once.
const PAGE: i64 = 1000;

#[derive(Clone, Debug, Subcommand)]
pub enum CaseCommand {
    /// Lists cases in the order in which they last changed
    List(ListArgs),
    /// Shows one case with its steps and messages
    Show {
        /// The case's number
        number: i64,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Debug, Args)]
pub struct ListArgs {
    /// Only those with this status: open, taken, `waiting_for_customer` or resolved
    #[arg(long)]
    pub(super) status: Option<StatusName>,
    /// Only those of this lead, by their Telegram user ID, or none for those that nobody has
    #[arg(long, value_name = "ID", value_parser = owner)]
    pub(super) owner: Option<Owner>,
    /// Only unresolved ones past their nearest deadline
    #[arg(long)]
    pub(super) overdue: bool,
    /// Include tests, which are left out by default
    #[arg(long)]
    pub(super) tests: bool,
    /// Print them as one JSON array
    #[arg(long)]
    pub(super) json: bool,
}

fn owner(text: &str) -> Result<Owner, String> {
    match text {
        "none" => Ok(Owner::Nobody),
        id => id
            .parse()
            .map(|id| Owner::Person(PersonId::new(id)))
            .map_err(|_| "write a Telegram user ID, or none".to_owned()),
    }
}

/// Runs the command and returns its exit code.
pub async fn run(setup: &Setup, command: CaseCommand, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let db = setup.open_db().await?;
    let code = match command {
        CaseCommand::List(args) => list(setup, &db, args, to).await?,
        CaseCommand::Show { number, json } => show(&db, number, json, to).await?,
    };
    db.close().await;
    Ok(code)
}

async fn list(setup: &Setup, db: &Db, args: ListArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let now = setup.clock.now();
    let ListArgs { status, owner, overdue, tests, json } = args;
    let wanted = Wanted { status, owner, overdue, tests, customer_id: None };
    let mut tx = db.read().await?;
    if json {
        return list_json(&mut tx, &wanted, now, to).await;
    }
    let mut after = 0;
    let mut lines = vec![HEAD.map(str::to_owned)];
    loop {
        let page = tx.list_changed_cases(&wanted, after, now, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        lines.extend(page.iter().map(|case| line(case, now)));
    }
    if lines.len() == 1 {
        writeln!(to.err, "there are no such cases")?;
        return Ok(DONE);
    }
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default())
        .collect();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        writeln!(to.out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(DONE)
}

const HEAD: [&str; 8] = ["CASE", "STATUS", "SEVERITY", "CATEGORY", "OWNER", "CUSTOMER", "DUE", "OPENED"];

fn line(case: &ListedCase, now: Timestamp) -> [String; 8] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let due = case.nearest_due_at.filter(|_| case.status != StatusName::Resolved.as_str());
    let late = if due.is_some_and(|due| due < now) { " late" } else { "" };
    [
        case.number.to_string(),
        case.status.clone(),
        case.severity.clone(),
        revealed(&case.category).into_owned(),
        or_none(case.owner.map(|owner| owner.to_string())),
        or_none(case.customer_id.as_deref().map(|id| revealed(id).into_owned())),
        or_none(due.map(|due| format!("{due}{late}"))),
        case.opened_at.to_string(),
    ]
}

async fn list_json(tx: &mut Tx, wanted: &Wanted, now: Timestamp, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut since = CaseCursor::default();
    let mut all: Vec<serde_json::Value> = Vec::new();
    loop {
        let mut page = Vec::new();
        let read = changed_cases(tx, wanted, since, PAGE, now, &mut page).await?;
        let Ok(read) = read else { break };
        all.extend(serde_json::from_slice::<Vec<serde_json::Value>>(&page)?);
        since = read.next;
        if !read.more {
            break;
        }
    }
    writeln!(to.out, "{}", serde_json::Value::Array(all))?;
    Ok(DONE)
}

async fn show(db: &Db, number: i64, json: bool, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut tx = db.read().await?;
    let number = CaseNumber::new(number);
    let Some(case) = tx.find_listed_case(number).await? else {
        writeln!(to.err, "case {number}: there is no such case")?;
        return Ok(PROBLEMS);
    };
    if json {
        let case = export::case(&mut tx, number).await?.ok_or_else(|| Misuse("it is gone".to_owned()))?;
        to.out.write_all(&case)?;
        writeln!(to.out)?;
        return Ok(DONE);
    }
    for (name, value) in facts(&case) {
        writeln!(to.out, "{name:<16}{value}")?;
    }
    for step in tx.list_case_steps(number).await? {
        writeln!(to.out, "{}", step_line(&step))?;
    }
    for message in tx.list_case_message_records(number).await? {
        writeln!(to.out, "{}", message_line(&message))?;
    }
    Ok(DONE)
}

fn facts(case: &ListedCase) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.as_deref().map(|text| revealed(text).into_owned());
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let person = |person: Option<PersonId>| person.map(|person| person.to_string());
    let facts = [
        ("case", Some(case.number.to_string())),
        ("status", Some(case.status.clone())),
        ("severity", Some(case.severity.clone())),
        ("category", Some(revealed(&case.category).into_owned())),
        ("source", Some(case.source.clone())),
        ("owner", person(case.owner)),
        ("customer", text(&case.customer_id)),
        ("subject", text(&case.subject_id)),
        ("opened", time(Some(case.opened_at))),
        ("contact due", time(case.contact_due_at)),
        ("contacted", time(case.contacted_at)),
        ("resolution due", time(case.resolution_due_at)),
        ("resolved", time(case.resolved_at)),
        ("resolved by", person(case.resolved_by)),
        ("cause", case.cause.clone()),
        ("note", text(&case.note)),
        ("recovery", case.recovery_value.map(|value| value.to_string())),
        ("reopened", (case.reopened > 0).then(|| case.reopened.to_string())),
        ("test", case.test.then(|| "yes".to_owned())),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn step_line(step: &CaseStep) -> String {
    let actor = step.actor.map(|actor| format!("  by {actor}"));
    let detail = step.detail.as_deref().map(|detail| format!("  {}", revealed(detail)));
    let words = step.words.as_deref().map(|words| format!("  \"{}\"", revealed(words)));
    let rest = [actor, detail, words].into_iter().flatten().collect::<String>();
    format!("{}  {}{rest}", step.at, step.kind)
}

fn message_line(message: &CaseMessageRecord) -> String {
    let CaseMessageRecord { side, written_at, kind, text, state, .. } = message;
    let kind = kind.as_deref().map(|kind| format!("  ({kind})")).unwrap_or_default();
    let text = text.as_deref().map(|text| format!("  \"{}\"", revealed(text))).unwrap_or_default();
    format!("{written_at}  {side} {state}{kind}{text}")
}
