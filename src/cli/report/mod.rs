//! `afterword report`: figures as a text to read, for programs, or as a workbook.

mod text;
mod workbook;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::place::write_to;
use super::{DONE, Misuse, Output, Setup};
use crate::domain::event::FieldError;
use crate::service::figures::reply::Figures;
use crate::service::figures::request::Request;
use crate::service::figures::{self, FiguresError, flat};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// A text of 80 columns
    Text,
    /// What `GET /v1/figures` answers
    Json,
    /// One row for each index
    Csv,
    /// A workbook for a spreadsheet program
    Xlsx,
}

/// The names are those of the parameters of `GET /v1/figures`.
#[derive(Clone, Debug, Args)]
pub struct ReportArgs {
    /// The period, like 2026-10, 2026-W47, 2026-Q4, 2026, 2026-11-21 or 2026-08..2026-10 [default: the newest settled
    /// month]
    #[arg(long)]
    period: Option<String>,
    /// The first day, instead of a period
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day, included
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// A row for each value of a filter, or for each day, week or month
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Compare with the period before ('previous'), or with another period
    #[arg(long, value_name = "PERIOD")]
    compare: Option<String>,
    /// Only this script; may be repeated, as all filters below
    #[arg(long)]
    script: Vec<String>,
    /// Only this question, by its key
    #[arg(long)]
    question: Vec<String>,
    /// Only questions about this factor
    #[arg(long)]
    factor: Vec<String>,
    /// Indices, separated by commas [default: the primary one of each question and its shares]
    #[arg(long)]
    index: Vec<String>,
    /// Only this version of the script
    #[arg(long)]
    version: Vec<String>,
    /// Only this agent, by ID
    #[arg(long)]
    agent: Vec<String>,
    /// Only this team
    #[arg(long)]
    team: Vec<String>,
    /// Only this store
    #[arg(long)]
    store: Vec<String>,
    /// Only this channel
    #[arg(long)]
    channel: Vec<String>,
    /// Only events with this tag
    #[arg(long)]
    tag: Vec<String>,
    /// Only customers in this segment
    #[arg(long)]
    segment: Vec<String>,
    /// Only events that this rule or template answered
    #[arg(long)]
    automation: Vec<String>,
    /// Only this kind of event
    #[arg(long)]
    kind: Vec<String>,
    /// Only events that came in through this hook
    #[arg(long)]
    hook: Vec<String>,
    /// Only agents who are new, established or unknown
    #[arg(long)]
    tenure: Vec<String>,
    /// Only answers in this band
    #[arg(long)]
    band: Vec<String>,
    /// Only answers for which this reason was given
    #[arg(long)]
    reason: Vec<String>,
    /// Leave out a value of a filter, like tag=promo
    #[arg(long, value_name = "NAME=VALUE")]
    not: Vec<String>,
    /// Leave out the answers that a confirmed dispute names
    #[arg(long)]
    reviewed: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t = FormatName::Text)]
    format: FormatName,
    /// Write to this file instead of standard output
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Prints the report and returns the exit code.
pub async fn run(setup: &Setup, args: &ReportArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let request = args.request()?;
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    // A single snapshot for everything in the report.
    let mut tx = db.read().await?;
    write_to(args.output.as_deref(), to, async |out: &mut dyn Write| {
        let figures = match figures::figures(&mut tx, &ctx, &request).await {
            Err(FiguresError::Wrong(errors)) => return Err(misuse(&errors).into()),
            other => other?,
        };
        match args.format {
            FormatName::Text => out.write_all(text::report(&figures, ctx.config.min_n).as_bytes())?,
            FormatName::Csv => out.write_all(&flat::csv(&figures))?,
            FormatName::Json => {
                serde_json::to_writer_pretty(&mut *out, &figures)?;
                out.write_all(b"\n")?;
            }
            FormatName::Xlsx => workbook::write(&mut tx, &ctx, &request, &figures, out).await?,
        }
        out.flush()?;
        Ok(rows(&figures))
    })
    .await?;
    drop(tx);
    db.close().await;
    Ok(DONE)
}

/// How many rows of a question there are.
fn rows(figures: &Figures) -> u64 {
    figures.questions.iter().map(|question| question.rows.len() as u64).sum()
}

impl ReportArgs {
    fn request(&self) -> Result<Request, Misuse> {
        let mut pairs: Vec<(String, &str)> = Vec::new();
        let once = [
            ("period", &self.period),
            ("from", &self.from),
            ("to", &self.to),
            ("by", &self.by),
            ("compare", &self.compare),
        ];
        for (name, value) in once {
            pairs.extend(value.as_deref().map(|value| (name.to_owned(), value)));
        }
        let several = [
            ("script", &self.script),
            ("question", &self.question),
            ("factor", &self.factor),
            ("index", &self.index),
            ("version", &self.version),
            ("agent", &self.agent),
            ("team", &self.team),
            ("store", &self.store),
            ("channel", &self.channel),
            ("tag", &self.tag),
            ("segment", &self.segment),
            ("automation", &self.automation),
            ("kind", &self.kind),
            ("hook", &self.hook),
            ("tenure", &self.tenure),
            ("band", &self.band),
            ("reason", &self.reason),
        ];
        for (name, values) in several {
            pairs.extend(values.iter().map(|value| (name.to_owned(), value.as_str())));
        }
        for pair in &self.not {
            let (name, value) = pair.split_once('=').ok_or_else(|| {
                Misuse(format!("--not {pair}: write the name of a filter, = and its value"))
            })?;
            pairs.push((format!("{name}!"), value));
        }
        if self.reviewed {
            pairs.push(("reviewed".to_owned(), "true"));
        }
        Request::parse(pairs.iter().map(|(name, value)| (name.as_str(), *value)))
            .map_err(|errors| misuse(&errors))
    }
}

/// The errors with the names of the options.
fn misuse(errors: &[FieldError]) -> Misuse {
    let line = |error: &FieldError| match error.field.strip_suffix('!') {
        Some(name) => format!("--not {name}: {}", error.message),
        None => format!("--{error}"),
    };
    Misuse(errors.iter().map(line).collect::<Vec<_>>().join("\n"))
}
