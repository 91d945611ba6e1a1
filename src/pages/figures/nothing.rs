//! What a page says in place of figures where there are none: whether it is the period or the filters, and the ways on.

use askama::Template;

use super::{Face, Framed, Head, Opened, charted};
use crate::pages::answers::ways_on;
use crate::pages::bar::{Bar, Pick};
use crate::pages::reply::{Answer, Trouble};
use crate::pages::shell::{Section, Shell};
use crate::pages::{Pages, Viewer, Word};

/// That there is nothing, and why.
#[derive(Debug)]
pub(super) struct Nothing {
    pub text: String,
    pub ways: Vec<Pick>,
}

/// A page of which nothing is left.
#[derive(Template)]
#[template(path = "nothing_page.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    nothing: Nothing,
}

charted!(Page, |_page, _sheet| {});

impl Opened {
    /// That no answers are left with what is chosen. `about` is what the page itself is about.
    pub(super) async fn nothing(
        &mut self,
        pages: &Pages,
        viewer: &Viewer,
        about: &[(Word, &str)],
    ) -> Result<Nothing, Trouble> {
        let is_narrowed = self.filters.chosen().any(|of| !of.word.is_of_the_view());
        // A shared page has no filters to change.
        let ways = if viewer.shared.is_some() {
            Vec::new()
        } else {
            let chosen = (&self.filters, about);
            let mut ways = ways_on(pages, viewer, chosen, self.period, &self.path).await?;
            let clear = self.filters.plain().without(Word::After).href(&self.path);
            ways.extend(is_narrowed.then(|| self.way(clear, "page-clear-all")));
            ways.extend(self.usual());
            ways
        };
        let id = if is_narrowed { "figures-nothing-chosen" } else { "figures-nothing" };
        Ok(Nothing { text: self.words.t(id), ways })
    }

    /// Shows a page that has nothing but its heading.
    pub(super) async fn empty(
        self,
        pages: &Pages,
        viewer: &Viewer,
        face: Face,
        above: Option<(String, String)>,
        nothing: Nothing,
    ) -> Answer {
        let page = |Framed { shell, bar, mut head }: Framed| {
            head.above = above;
            Page { shell, bar, head, nothing }
        };
        self.answer(pages, viewer, face, page).await
    }

    /// The page for a period that has not begun.
    pub(super) async fn ahead(self, pages: &Pages, viewer: &Viewer) -> Result<Trouble, Trouble> {
        let section = Section::of_figures(&self.path);
        let title = self.words.t(section.name());
        let nothing = Nothing {
            text: self.words.t("figures-ahead"),
            ways: self.usual().filter(|_| viewer.shared.is_none()).into_iter().collect(),
        };
        let Framed { shell, bar, head } = self.frame(pages, viewer, section, (title, None), None).await?;
        let page = Page { shell, bar, head, nothing };
        Ok(Trouble::Instead(page.render().map_err(|error| Trouble::undrawn(&error))?.into()))
    }

    /// The way to the period that the page shows without a choice.
    fn usual(&self) -> Option<Pick> {
        let less = self.filters.without(Word::Period).without(Word::After);
        self.filters.period().map(|_| self.way(less.href(&self.path), "figures-usual"))
    }

    fn way(&self, href: String, id: &str) -> Pick {
        Pick { href, name: self.words.t(id), is_current: false }
    }
}
