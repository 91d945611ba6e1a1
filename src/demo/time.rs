//! The demo's clock. It runs by itself and jumps on demand; everything that is due then happens at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use chrono::{NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::page::Page;
use super::page_state::{Report, Status};
use super::refusal::Refusal;
use super::surveys::{Line, Surveys, surveys};
use crate::domain::time::Timestamp;

/// How often the clock advances by itself.
const TICK: Duration = Duration::from_millis(250);
/// How often the state is saved, in ticks. A demo that is killed resumes from at most this long before.
const SAVED_EVERY: u64 = 20;
/// Longer jumps are made in steps, because a single jump would skip moments at which something has to happen.
const STEP: Duration = Duration::from_mins(15);
/// How long one step may take before the page continues without waiting for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same if the program cannot become idle: a fault is on, it is down, or it was too slow in the step before.
const IN_TROUBLE: Duration = Duration::from_millis(60);
/// Nobody is asked before this time.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("a time of day");
/// The longest jump.
const FARTHEST: Duration = Duration::from_hours(24 * 31);

/// How far to move the clock.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Jump {
    Minutes(u64),
    /// To the next morning in this time zone.
    Morning(String),
}

/// The most lines the page has room for.
const LISTED: usize = 12;

/// Lets the clock run by itself and monitors the program. Runs until it is dropped.
pub async fn tick(page: Page) {
    let mut last = Instant::now();
    let mut beats = 0_u64;
    loop {
        tokio::time::sleep(TICK).await;
        let gone = last.elapsed();
        last = Instant::now();
        if !page.0.moving.load(Ordering::Acquire) {
            page.0.clock.advance(gone);
        }
        page.look_after().await;
        if beats.is_multiple_of(SAVED_EVERY)
            && let Err(error) = page.save()
        {
            tracing::error!(%error, "the demo cannot be kept");
        }
        beats += 1;
    }
}

impl Page {
    /// Updates the program's status in the windows.
    async fn look_after(&self) {
        let program = self.program();
        let outgoing = match &program {
            Some(program) => program.outgoing().await,
            None => None,
        };
        let before = self.shown().status.clone();
        let status = Status {
            up: program.is_some(),
            updates: self.0.world.updates_pending(),
            outgoing: outgoing.unwrap_or(before.outgoing),
            problems: program.map(|program| program.stage.health.problems()).unwrap_or_default(),
            failed_calls: self.0.world.faults_met(),
            ..before.clone()
        };
        if status != before {
            self.change(|shown| {
                shown.status = Status { crashes: shown.status.crashes, ..status };
            });
        }
    }

    /// Moves the clock to a moment, step by step. Returns whether everything due has happened.
    async fn move_to(&self, end: Timestamp) -> bool {
        let clock = &self.0.clock;
        let mut settled = true;
        while clock.now() < end {
            clock.advance_to(clock.now().plus(STEP).min(end));
            settled = self.wait_until_idle(if settled { PATIENCE } else { IN_TROUBLE }).await;
        }
        settled
    }

    /// Waits until everything that follows has happened, and returns true. Returns false if it cannot happen, or takes
    /// longer than `patience`; it then continues while the clock runs.
    async fn wait_until_idle(&self, patience: Duration) -> bool {
        match self.program() {
            Some(program) if !self.shown().faults.any() => {
                tokio::time::timeout(patience, program.stage.settle()).await.is_ok()
            }
            _ => {
                tokio::time::sleep(IN_TROUBLE).await;
                false
            }
        }
    }

    fn moment(&self, jump: &Jump) -> Result<Timestamp, Refusal> {
        let now = self.0.clock.now();
        match jump {
            Jump::Minutes(minutes) => {
                let by = Duration::from_secs(minutes.saturating_mul(60));
                if by.is_zero() || by > FARTHEST {
                    return Err(Refusal::wrong("error.jump"));
                }
                Ok(now.plus(by))
            }
            Jump::Morning(zone) => {
                let zone: Tz = zone.parse().map_err(|_| Refusal::wrong("error.zone"))?;
                next_morning(now, zone).ok_or_else(|| Refusal::wrong("error.zone"))
            }
        }
    }
}

/// The next morning in that time zone.
pub(super) fn next_morning(now: Timestamp, zone: Tz) -> Option<Timestamp> {
    let here = now.to_utc().with_timezone(&zone);
    let days = here.date_naive().iter_days().take(3);
    let mornings = days.filter_map(|day| zone.from_local_datetime(&day.and_time(MORNING)).earliest());
    mornings.map(|morning| Timestamp::from(morning.to_utc())).find(|morning| *morning > now)
}

pub(super) async fn pass(
    State(page): State<Page>,
    jump: Result<Json<Jump>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(jump) =
        jump.map_err(|error| Refusal::new(400, "error.request").with("why", error.body_text()))?;
    let end = page.moment(&jump)?;
    let time = Arc::clone(&page.0.time).try_lock_owned().map_err(|_| Refusal::stale("error.moving"))?;
    let own = page.clone();
    // A window that is closed meanwhile must not stop the clock halfway.
    let jump = page.0.tasks.spawn(async move {
        let _stopped = own.stop_the_clock();
        own.jump(end).await;
        drop(time);
    });
    jump.await.map_err(|_| Refusal::new(500, "error.jump"))?;
    Ok(Json(json!({})))
}

impl Page {
    pub(super) async fn jump(&self, end: Timestamp) {
        // Lets the effects of recent acts finish first. Those that take longer are reported as part of the jump.
        self.wait_until_idle(PATIENCE).await;
        let from = self.0.clock.now();
        let before = surveys(self.program()).await;
        let settled = self.move_to(end).await;
        let after = surveys(self.program()).await;
        let report = Report { settled, ..report(&before, after, from, self.0.clock.now()) };
        self.change(|shown| shown.report = Some(report));
    }
}

/// While this exists, the clock does not advance by itself.
pub(super) struct Stopped(Page);

impl Page {
    pub(super) fn stop_the_clock(&self) -> Stopped {
        self.0.moving.store(true, Ordering::Release);
        Stopped(self.clone())
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.0.moving.store(false, Ordering::Release);
    }
}

fn report(before: &Surveys, after: Surveys, from: Timestamp, to: Timestamp) -> Report {
    let waits = |line: &Line| ["waiting_for_link", "scheduled", "sending"].contains(&line.state.as_str());
    let mut surveys: Vec<Line> = Vec::new();
    for (id, mut line) in after {
        let known = before.get(&id);
        line.moved = known.is_none_or(|known| known.state != line.state || known.reason != line.reason);
        if line.moved || waits(&line) {
            surveys.push(line);
        }
    }
    // Surveys whose state has changed come first; among equals the newest, which have the greatest IDs.
    surveys.sort_by(|a, b| b.moved.cmp(&a.moved).then(b.survey_id.cmp(&a.survey_id)));
    let more = surveys.len().saturating_sub(LISTED);
    surveys.truncate(LISTED);
    Report { from, to, settled: true, surveys, more }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc())
    }

    #[test]
    fn the_next_morning_is_the_customers_own() {
        let afternoon = at("2026-11-21T15:04:05+03:00");
        for (zone, morning) in [
            (chrono_tz::Europe::Moscow, "2026-11-22T10:00:00+03:00"),
            (chrono_tz::Europe::London, "2026-11-22T10:00:00Z"),
            (chrono_tz::Asia::Vladivostok, "2026-11-22T10:00:00+10:00"),
            // Where it is still night, the next morning is today's.
            (chrono_tz::America::Anchorage, "2026-11-21T10:00:00-09:00"),
        ] {
            assert_eq!(next_morning(afternoon, zone), Some(at(morning)), "{zone}");
        }
        let ten = at("2026-11-22T10:00:00+03:00");
        assert_eq!(next_morning(ten, chrono_tz::Europe::Moscow), Some(at("2026-11-23T10:00:00+03:00")));
    }

    #[test]
    fn a_report_lists_what_moved_before_what_waits_and_leaves_out_the_rest() {
        let line = |id: &str, state: &str| Line {
            survey_id: id.to_owned(),
            event_id: format!("event-{id}"),
            customer_id: None,
            state: state.to_owned(),
            reason: None,
            due_at: None,
            occurred_at: Timestamp::from_millis(0),
            sent_at: None,
            moved: false,
        };
        let table = |lines: Vec<Line>| -> Surveys {
            lines.into_iter().map(|line| (line.survey_id.clone(), line)).collect()
        };
        let before = table(vec![line("a", "scheduled"), line("b", "scheduled"), line("c", "completed")]);
        let after = table(vec![line("a", "sent"), line("b", "scheduled"), line("c", "completed")]);
        let report = report(&before, after, Timestamp::from_millis(0), Timestamp::from_millis(1));
        let shown: Vec<_> = report.surveys.iter().map(|line| (line.event_id.as_str(), line.moved)).collect();
        assert_eq!(shown, [("event-a", true), ("event-b", false)]);
    }
}
