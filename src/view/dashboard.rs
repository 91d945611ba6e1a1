//! The message with the link to the pages.

use std::time::Duration;

use chrono_tz::Tz;

use super::{View, moment, paragraphs};
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::store::dashboard::DashboardSession;

/// The most sessions that are named.
const MOST: usize = 8;

/// A one-time link, and where its owner is signed in already.
#[must_use]
pub fn link(
    catalogue: &Catalogue,
    locale: &str,
    link: &str,
    life: Duration,
    sessions: &[DashboardSession],
    zone: Tz,
) -> View {
    let minutes = life.as_secs() / 60;
    let values = [("link", escape_html(link).into()), ("minutes", minutes.into())];
    let text = catalogue.with(locale, "dashboard-link", &values);
    let told = |session: &DashboardSession| {
        let seen = moment(catalogue, locale, session.seen_at, zone);
        let values = [("device", escape_html(&session.device).into()), ("seen", seen.into())];
        catalogue.with(locale, "dashboard-session", &values)
    };
    let mut lines: Vec<String> = sessions.iter().take(MOST).map(told).collect();
    if !sessions.is_empty() {
        lines.insert(0, catalogue.with(locale, "dashboard-sessions", &[("count", sessions.len().into())]));
        lines.push(catalogue.text(locale, "dashboard-off"));
    }
    View::text(paragraphs([text.as_str(), &lines.join("\n")]))
}
