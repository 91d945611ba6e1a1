//! All filters on a page of their own.

use askama::Template;
use axum::extract::State;

use super::bar::{About, Field, MOST, field};
use super::filters::{self, Asked, EVENTS, Filters, Word};
use super::reply::{Answer, shown};
use super::shell::Shell;
use super::titles::Titles;
use super::{Pages, Viewer, answers};
use crate::service::figures::agent_names::AgentNames;

/// Where the form leads without `to`.
const USUAL: &str = "/answers";
/// The pages that it may lead to, apart from the first one of all.
const PAGES: [&str; 9] = [
    USUAL,
    "/surveys",
    "/questions",
    "/agents",
    "/topics",
    "/waiting",
    "/importance",
    "/coverage",
    "/support",
];

#[derive(Template)]
#[template(path = "fields.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    heading: String,
    about: String,
    to: String,
    kept: Vec<(String, String)>,
    fields: Vec<Field>,
}

pub(super) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    viewer.must_see_all()?;
    let to = asked.pairs.iter().find(|(name, _)| name == "to").map(|(_, path)| path.as_str());
    let to = to.filter(|path| is_page(path)).unwrap_or(USUAL).to_owned();
    let pairs: Vec<_> = asked.pairs.iter().filter(|(name, _)| name != "to").cloned().collect();
    // The form keeps everything that the other page knows.
    let filters = Filters::read(&pairs, Word::ALL);
    let mut tx = pages.db.read_at_length().await?;
    let period = answers::period(&mut tx, &pages.ctx, &filters).await?;
    let titles = Titles::load(&mut tx, &pages.ctx).await?;
    let names = AgentNames::load(&mut tx, &pages.ctx, period.days(), viewer.naming()).await?;
    let about = About { path: &to, filters: &filters, period, known: filters::ANSWERS, titles: &titles };
    let mut fields = Vec::new();
    for word in EVENTS {
        let field = field(&mut tx, &pages.ctx, &viewer.words, &about, (word, MOST), &names).await?;
        if !field.options.is_empty() {
            fields.push(field);
        }
    }
    drop(tx);
    let kept = filters.without(Word::After).without_chosen(&EVENTS).pairs();
    let heading = viewer.words.t("page-filters");
    let page = Page {
        about: viewer.words.period(&period),
        kept,
        fields,
        shell: pages.shell(&viewer, None, heading.clone(), (asked.address(), &filters)).await?,
        heading,
        to,
    };
    shown(&page)
}

/// Whether a path is one of ours that takes filters.
fn is_page(path: &str) -> bool {
    let is_below =
        |page: &&str| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    path == "/" || PAGES.iter().any(is_below)
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn the_form_leads_to_pages_of_this_server_only() {
        for page in ["/", "/answers", "/coverage", "/questions/help/agent", "/agents/a%2F1"] {
            assert!(is_page(page), "{page}");
        }
        for other in ["", "//evil.example", "/answersx", "answers", "javascript:alert(1)", "/me", "/logout"] {
            assert!(!is_page(other), "{other}");
        }
    }
}
