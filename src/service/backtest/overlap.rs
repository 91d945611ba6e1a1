//! Who takes events from whom: of several scripts that fit an event, one asks.

use std::collections::BTreeMap;

use super::past::Past;
use super::replay::replay;
use crate::domain::script::Script;
use crate::service::Context;
use crate::service::script_set::Pauses;

/// How scripts share the events that have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlaps {
    /// How far back the events were counted.
    pub days: u64,
    /// Events that fit a script, by its slug.
    pub fitting: BTreeMap<String, usize>,
    /// Events that fit the first script and that the second one asks about.
    pub taken: BTreeMap<(String, String), usize>,
}

/// Lets the live scripts decide, with a draft in the place of its live version. What an event names itself, and what is asked
/// about by nobody, is no matter between scripts.
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
