//! `afterword check --recount`: compares what figures are counted from with the rows, day by day.

use super::{Line, Verdict};
use crate::cli::Setup;
use crate::domain::counted::counted;
use crate::store::Db;
use crate::store::segments::keep::{Size, Step};
use crate::store::segments::recount::Recounted;

/// A line for each day that was wrong, and one for all of them.
pub(super) async fn lines(setup: &Setup, db: &Db) -> anyhow::Result<Vec<Line>> {
    let zone = setup.context(db).await?.zone();
    while db.build_segments(zone).await? != Step::Nothing {}
    db.fold_all_segments(zone).await?;
    let (mut days, mut wrong, mut after) = (0, Vec::new(), None);
    while let Some(recounted) = db.recount_day_after(after, zone, setup.clock.now()).await? {
        days += 1;
        after = Some(recounted.date);
        if recounted.wrong > 0 {
            wrong.push(line(&recounted));
        }
    }
    let all = all(days, wrong.len(), db.read().await?.segments_size().await?);
    Ok(wrong.into_iter().chain([all]).collect())
}

fn line(Recounted { date, wrong, properties, .. }: &Recounted) -> Line {
    let surveys = counted(*wrong, "survey", "surveys");
    let detail =
        format!("{surveys} differed from the rows: {}; the day is right again", properties.join(", "));
    Line::new(Verdict::Wrong, format!("figures of {date}"), detail)
}

fn all(days: usize, wrong: usize, size: Size) -> Line {
    let surveys = usize::try_from(size.surveys).unwrap_or_default();
    let kilobytes = size.bytes / 1000;
    let a_day = kilobytes / size.days.max(1);
    let held = format!("{} in {kilobytes} kB, {a_day} kB a day", counted(surveys, "survey", "surveys"));
    if wrong == 0 {
        let days = counted(days, "day", "days");
        let detail = format!("{days} compared with the rows, nothing differs: {held}");
        Line::new(Verdict::Ok, "figures", detail)
    } else {
        let days = counted(days, "day", "days");
        let detail = format!("{wrong} of {days} differed from the rows and had to be built again: {held}");
        Line::new(Verdict::Wrong, "figures", detail)
    }
}
