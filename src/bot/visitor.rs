//! The person behind an update.

use super::update::User;
use crate::service::Context;
use crate::service::people::Visitor;

pub(super) fn visitor(user: &User) -> Visitor<'_> {
    let first_name = Some(user.first_name.as_str()).filter(|name| !name.is_empty());
    Visitor { id: user.id, first_name, language_code: user.language_code.as_deref() }
}

/// The language for a short answer to somebody whom we need not store.
pub(super) fn locale_of(ctx: &Context, user: &User) -> &'static str {
    let known = user.language_code.as_deref().and_then(|tag| ctx.config.languages.known(tag));
    known.unwrap_or(ctx.config.default_locale)
}
