//! Which message says what.

use crate::domain::hook::What;
use crate::domain::hook::verify::Unfit;

/// What is said of a secret that will not do: why it can never match, or else that it is no secret at all.
#[must_use]
pub const fn secret_trouble(unfit: Option<Unfit>) -> &'static str {
    match unfit {
        Some(Unfit::NoLogin) => "hooks-secret-no-login",
        Some(Unfit::NotBase64) => "hooks-secret-not-base64",
        None => "hooks-secret-wrong",
    }
}

pub(super) const fn repair(what: What) -> &'static str {
    match what {
        What::NumberAsText => "hooks-repair-number-as-text",
        What::TextAsNumber => "hooks-repair-text-as-number",
        What::TextAsFlag => "hooks-repair-text-as-flag",
        What::Split => "hooks-repair-split",
        What::Phone => "hooks-repair-phone",
        What::Language => "hooks-repair-language",
        What::TimeInZone => "hooks-repair-time-in-zone",
        What::OtherTime => "hooks-repair-other-time",
        What::UnixTime => "hooks-repair-unix-time",
        What::Entities => "hooks-repair-entities",
        What::Controls => "hooks-repair-controls",
        What::Cut => "hooks-repair-cut",
        What::NoValue => "hooks-repair-no-value",
        What::Dropped => "hooks-repair-dropped",
    }
}
