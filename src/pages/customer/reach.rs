//! Whether the bot can write to a customer, in words.

use crate::pages::Words;
use crate::store::timeline::Reach;

/// What stands in the way, or that nothing does, a sentence each.
pub(super) fn said(words: &Words, reach: &Reach) -> Vec<String> {
    if !reach.is_linked {
        return vec![words.t("page-reach-no-chat")];
    }
    let trouble = match reach.unreachable.as_deref() {
        Some("blocked") => Some("page-reach-blocked"),
        Some("deactivated") => Some("page-reach-deleted"),
        Some(_) => Some("page-reach-refused"),
        None if reach.started_at.is_none() => Some("page-reach-not-begun"),
        None => None,
    };
    let mut said: Vec<String> = trouble.into_iter().map(|id| words.t(id)).collect();
    let stopped = reach.opted_out_at.map(|at| words.full_date(words.local(at).date_naive()));
    said.extend(stopped.map(|day| words.of("page-reach-stopped", "day", &day)));
    if said.is_empty() {
        said.push(words.t("page-reach-open"));
    }
    said
}
