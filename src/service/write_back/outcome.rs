//! What becomes of a write-back after its call.

use std::time::Duration;

use super::link;
use crate::domain::ids::SurveyKey;
use crate::domain::way::Way;
use crate::domain::write::Meaning;
use crate::service::Unit;
use crate::store;
use crate::store::write_backs::LINK;

/// The pauses before further tries. The survey's own window ends them sooner.
const PAUSES: [Duration; 5] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
];
/// How many write-backs of an earlier run are looked at together.
const TOGETHER: i64 = 100;

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub survey: SurveyKey,
    pub kind: String,
    pub way: Way,
    pub meaning: Meaning,
    /// How long the other system asks us to wait.
    pub retry_after: Option<Duration>,
}

/// Stores how a call ended. Returns the word for it in metrics.
pub async fn record(unit: &mut Unit<'_>, made: &Made) -> store::Result<&'static str> {
    let Made { survey, kind, way, meaning, retry_after } = made;
    let (survey, now) = (*survey, unit.now);
    let (why, may_repeat, word) = match meaning {
        Meaning::Done => {
            unit.tx.end_write_back(survey, kind, "sent", None, true).await?;
            return Ok("sent");
        }
        Meaning::Again(why) => (why, true, "again"),
        Meaning::Unknown(why) => (why, may_arrive_twice(*way), "unknown"),
        Meaning::Refused(why) => (why, false, "refused"),
    };
    let attempts = unit.tx.find_write_back_attempts(survey, kind).await?;
    let pause = attempts.and_then(|tried| PAUSES.get(usize::try_from(tried).unwrap_or(0).saturating_sub(1)));
    if let Some(pause) = pause.filter(|_| may_repeat) {
        let next_at = now.plus(retry_after.unwrap_or_default().max(*pause));
        unit.tx.put_off_write_back(survey, kind, next_at, Some(why)).await?;
    } else {
        end(unit, made, why).await?;
    }
    tracing::warn!(survey = survey.get(), way = way.as_str(), %why, "a message to a customer was not sent");
    Ok(word)
}

/// Ends a write-back whose way does not work. A link that has certainly not arrived goes by the next way, if there is one.
async fn end(unit: &mut Unit<'_>, made: &Made, why: &str) -> store::Result<()> {
    let Made { survey, kind, way, meaning, .. } = made;
    let may_have_arrived = matches!(meaning, Meaning::Unknown(_));
    if kind == LINK
        && !may_have_arrived
        && let Some((next, host)) = link::way_after(unit, *survey, *way).await?
    {
        let now = unit.now;
        return unit.tx.move_write_back(*survey, kind, next, &host, now).await;
    }
    unit.tx.end_write_back(*survey, kind, "failed", Some(why), may_have_arrived).await
}

/// Whether a message may go out again when nobody knows whether it has arrived. A mail bears the same number each time,
/// by which mail programs show it once; an SMS would simply come twice.
const fn may_arrive_twice(way: Way) -> bool {
    matches!(way, Way::Email)
}

/// Ends what was being sent when the program ended: nobody knows whether it arrived. Returns true if there is more.
pub async fn resolve_unknown(unit: &mut Unit<'_>) -> store::Result<bool> {
    let left = unit.tx.list_write_backs_under_way(TOGETHER).await?;
    for write_back in &left {
        let meaning = Meaning::Unknown("the program ended during the call".to_owned());
        let (survey, kind, way) = (write_back.survey, write_back.kind.clone(), write_back.way);
        record(unit, &Made { survey, kind, way, meaning, retry_after: None }).await?;
    }
    Ok(i64::try_from(left.len()).is_ok_and(|count| count == TOGETHER))
}
