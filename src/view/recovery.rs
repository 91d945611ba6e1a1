//! What admins read about the question after a resolved case.

use super::callback::editor::Deed;
use super::callback::{Data, EditorAct, EditorTap};
use super::{Button, View};
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// The draft that asks after resolved cases, with a button that publishes this revision of it.
#[must_use]
pub fn offer(catalogue: &Catalogue, locale: &str, slug: &str, title: &str, revision: i64) -> View {
    let said = catalogue.with(locale, "recovery-offer", &[("title", escape_html(title).into())]);
    let publish = EditorTap { slug: slug.to_owned(), mark: revision, act: EditorAct::Do(Deed::Publish(0)) };
    let button = Button::new(catalogue.text(locale, "recovery-button-publish"), &Data::Editor(publish));
    View::text(said).row([button])
}
