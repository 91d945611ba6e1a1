//! Makes the reports that staff asked for in Telegram, one after another: counting takes longer than handling an update
//! may.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::scripts::{lasting, rest};
use crate::aside::giving_way_throughout;
use crate::service::figures::FiguresError;
use crate::service::report::Made;
use crate::service::{Context, Unit, person, report};
use crate::store::persons::Person;
use crate::store::reports::ReportJob;
use crate::store::{self, Db, Lane, Outgoing, Payload};
use crate::telegram::pulse::{Part, Pulse};
use crate::view::callback::{ReportAct, Reported};

#[derive(Debug)]
pub struct ReportJobs {
    pub db: Db,
    pub ctx: Context,
    pub pulse: Pulse,
}

/// How long a report may take. Others wait behind it, and after a minute `/readyz` would call this work stuck.
const LONGEST: Duration = Duration::from_secs(45);

impl ReportJobs {
    /// Makes reports until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut grew = self.db.jobs_grew();
        while !stop.is_cancelled() {
            grew.mark_unchanged();
            self.pulse.expect(Part::Reports, self.ctx.clock.instant());
            let has_failed = match Box::pin(self.next()).await {
                Ok(true) => continue,
                Ok(false) => false,
                Err(error) => {
                    tracing::warn!(%error, "a report cannot be made now");
                    true
                }
            };
            self.pulse.rests(Part::Reports);
            rest(has_failed, &mut grew, &stop).await;
        }
    }

    /// Makes the next report. Returns false if there is none. A report that can never be made is dropped and its reader
    /// told, because others wait behind it.
    async fn next(&self) -> store::Result<bool> {
        let Some(job) = self.db.read().await?.find_next_report_job().await? else { return Ok(false) };
        let Some(person) = self.db.read().await?.find_person(job.person).await? else {
            return self.finish(&job, None).await;
        };
        let make = make(self.db.clone(), self.ctx.clone(), job.clone(), person.clone());
        match lasting(Box::pin(within(LONGEST, giving_way_throughout(make)))).await? {
            Ok(report) => self.finish(&job, Some(report)).await,
            Err(why) => {
                tracing::error!(person = person.id.get(), why, "a report cannot be made");
                self.finish(&job, Some(said(&self.ctx, &person, "report-failed"))).await
            }
        }
    }

    /// Queues the report and forgets that it was asked for, at once. A report for somebody who may see something else by
    /// now is made again.
    async fn finish(&self, job: &ReportJob, made: Option<Made>) -> store::Result<bool> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        if let Some(reader) = made.as_ref().and_then(|made| made.reader.as_ref())
            && !reader.is_still(&mut unit.tx, &self.ctx, job.person).await?
        {
            return Ok(true);
        }
        if unit.tx.delete_report_job(job.id).await?
            && let Some(made) = made
        {
            let message = Outgoing::send(Lane::Answers, job.person.chat(), made.payload);
            unit.tx.enqueue(&message, unit.now).await?;
        }
        unit.commit().await?;
        Ok(true)
    }
}

async fn make(db: Db, ctx: Context, job: ReportJob, person: Person) -> store::Result<Made> {
    let act = ReportAct::decode(&job.asked).unwrap_or(ReportAct::Show(Reported::default()));
    let mut tx = db.read_at_length().await?;
    ctx.scripts.refresh(&mut tx).await?;
    match report::make(&mut tx, &ctx, &person, act).await {
        Ok(made) => Ok(made),
        Err(FiguresError::Store(error)) => Err(error),
        // What a button named is no more.
        Err(FiguresError::Wrong(_)) => Ok(said(&ctx, &person, "report-gone")),
    }
}

fn said(ctx: &Context, person: &Person, id: &str) -> Made {
    let text = ctx.catalogue.text(person::locale(ctx, person), id);
    Made { reader: None, payload: Payload::text(text) }
}

/// Work that fails for good if it takes too long.
async fn within<T>(longest: Duration, work: impl Future<Output = store::Result<T>>) -> store::Result<T> {
    match tokio::time::timeout(longest, work).await {
        Ok(done) => done,
        Err(_) => Err(store::Error::broken("report_jobs", "the report took too long")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_report_that_takes_too_long_fails_for_good() {
        let endless = std::future::pending::<store::Result<()>>();
        let failed = lasting(within(Duration::ZERO, endless)).await.unwrap();
        assert!(failed.unwrap_err().contains("took too long"));
    }
}
