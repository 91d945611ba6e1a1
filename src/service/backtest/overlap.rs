//! Which scripts take events from which others. If several scripts match an event, only one asks.

use std::collections::BTreeMap;

use super::past::Past;
use super::replay::replay;
use crate::domain::script::Script;
use crate::service::Context;
use crate::service::script_set::Pauses;

/// How scripts share past events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlaps {
    /// How many days of events were counted.
    pub days: u64,
    /// The number of events that match a script, by its slug.
    pub fitting: BTreeMap<String, usize>,
    /// The number of events that match the first script but that the second one asks about.
    pub taken: BTreeMap<(String, String), usize>,
}

/// Lets the live scripts decide, with a draft in place of its live version. Events that name their script, and events
/// that nobody asks about, do not count as shared.
#[must_use]
pub fn overlaps(ctx: &Context, past: &Past, draft: Option<&Script>) -> Overlaps {
    let ctx = Context { scripts: ctx.scripts.rehearsal(draft, Pauses::Kept), ..ctx.clone() };
    let mut found = Overlaps { days: past.days(), ..Overlaps::default() };
    for (past, fate) in past.events.iter().zip(replay(&ctx, past)) {
        let Some(asks) = fate.and_then(|fate| fate.script) else { continue };
        let Ok(fitting) = ctx.scripts.choose(&past.event) else { continue };
        if past.event.script.is_some() {
            continue;
        }
        for published in fitting {
            let slug = &published.script.slug;
            *found.fitting.entry(slug.clone()).or_default() += 1;
            if *slug != asks {
                *found.taken.entry((slug.clone(), asks.clone())).or_default() += 1;
            }
        }
    }
    found
}
