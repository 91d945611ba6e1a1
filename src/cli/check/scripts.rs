//! Whether the live scripts can ask, and which of them take events from others.

use std::time::Duration;

use super::{Line, Setup, Verdict};
use crate::domain::locale::Languages;
use crate::domain::script::Script;
use crate::domain::script::when::Never;
use crate::service::backtest::{lately, overlaps};
use crate::service::scripts::never_asks;
use crate::store::{self, Db};

const MONTH: Duration = Duration::from_hours(30 * 24);

pub(super) async fn lines(setup: &Setup, db: &Db) -> store::Result<Vec<Line>> {
    let rows = db.read().await?.list_live_scripts().await?;
    if rows.is_empty() {
        let detail = "there are none, so nobody is asked; 'afterword serve' installs the shipped ones";
        return Ok(vec![Line::new(Verdict::Note, "scripts", detail)]);
    }
    let mut lines: Vec<Line> = rows.iter().map(|row| line(row, &setup.config.languages)).collect();
    let asking = |row: &&store::LiveScript| row.paused_at.is_none();
    if rows.iter().filter(asking).count() > 1 && lines.iter().all(|line| line.verdict != Verdict::Wrong) {
        lines.extend(shared(setup, db).await.unwrap_or_else(|error| {
            vec![Line::new(Verdict::Note, "scripts", format!("shared events cannot be counted: {error}"))]
        }));
    }
    Ok(lines)
}

fn line(row: &store::LiveScript, languages: &Languages) -> Line {
    let what = format!("script {}", row.slug);
    let script = match Script::read_published(&row.source, languages) {
        Ok(script) => script,
        Err(problems) => {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            let detail = format!("version {} cannot be read: {first}", row.version);
            return Line::new(Verdict::Wrong, what, detail);
        }
    };
    if row.paused_at.is_some() {
        return Line::new(Verdict::Note, what, format!("version {} is paused", row.version));
    }
    let asks = match never_asks(&script) {
        None => format!("version {} asks on {}", row.version, script.on),
        Some(Never::NoSample) => format!("version {} asks nobody: its sample is 0 per cent", row.version),
    };
    let lacking = lacking(&script, languages);
    let is_well = lacking.is_none() && never_asks(&script).is_none();
    let detail = std::iter::once(asks).chain(lacking).collect::<Vec<_>>().join("; ");
    Line::new(if is_well { Verdict::Ok } else { Verdict::Note }, what, detail)
}

/// What those who speak these languages are shown, if a text is missing in them.
fn lacking(script: &Script, languages: &Languages) -> Option<String> {
    let lacking: Vec<&str> = script.lacking(languages).collect();
    (!lacking.is_empty()).then(|| {
        format!("texts are missing in {}, and customers see those in another language", lacking.join(", "))
    })
}

/// Who asks about events that fit another script as well.
async fn shared(setup: &Setup, db: &Db) -> anyhow::Result<Vec<Line>> {
    let ctx = setup.context(db).await?;
    let past = lately(&mut db.read().await?, &ctx, MONTH, None).await?;
    let found = overlaps(&ctx, &past, None);
    let line = |((from, by), taken): (&(String, String), &usize)| {
        let fitting = found.fitting.get(from).copied().unwrap_or_default();
        let detail = format!(
            "{by} asks about {taken} of the {fitting} events that fit it in the last {} days; another priority or \
             condition changes that",
            found.days
        );
        Line::new(Verdict::Note, format!("script {from}"), detail)
    };
    Ok(found.taken.iter().map(line).collect())
}
