//! The frame of a page: navigation, who is signed in, language and colours.

use super::reply::Trouble;
use super::{Filters, Pages, Viewer, Word, Words, filters, icons};
use crate::service::dashboard::Access;

/// A page in the navigation. To add one, write its entry here and name it in `GROUPS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// An agent's own scores.
    Mine,
    Overview,
    Questions,
    Agents,
    Topics,
    Waiting,
    Importance,
    Coverage,
    Support,
    Answers,
    Surveys,
    Cases,
}

/// The facts about a section.
struct Entry {
    path: &'static str,
    /// The ID of its name.
    name: &'static str,
    icon: &'static str,
    /// What it takes along of the filters.
    words: &'static [Word],
}

impl Section {
    fn entry(self) -> Entry {
        let (path, name, icon) = match self {
            Self::Mine => ("/me", "page-nav-mine", icons::OVERVIEW),
            Self::Overview => ("/", "page-nav-overview", icons::OVERVIEW),
            Self::Questions => ("/questions", "page-nav-questions", icons::QUESTIONS),
            Self::Agents => ("/agents", "page-nav-agents", icons::AGENTS),
            Self::Topics => ("/topics", "page-nav-topics", icons::TOPICS),
            Self::Waiting => ("/waiting", "page-nav-waiting", icons::WAITING),
            Self::Support => ("/support", "page-nav-support", icons::SUPPORT),
            Self::Importance => ("/importance", "page-nav-importance", icons::IMPORTANCE),
            Self::Coverage => ("/coverage", "page-nav-coverage", icons::COVERAGE),
            Self::Answers => ("/answers", "page-nav-answers", icons::ANSWERS),
            Self::Surveys => ("/surveys", "page-nav-surveys", icons::SURVEYS),
            Self::Cases => ("/cases", "page-nav-cases", icons::CASES),
        };
        let words = match self {
            Self::Mine | Self::Cases => &[],
            Self::Answers => filters::ANSWERS,
            Self::Surveys => filters::SURVEYS,
            _ => filters::of_figures(path),
        };
        Entry { path, name, icon, words }
    }

    /// The section of a page with figures, by its path.
    #[must_use]
    pub fn of_figures(path: &str) -> Self {
        let page = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match page {
            "questions" => Self::Questions,
            "agents" => Self::Agents,
            "topics" => Self::Topics,
            "waiting" => Self::Waiting,
            "support" => Self::Support,
            "importance" => Self::Importance,
            "coverage" => Self::Coverage,
            _ => Self::Overview,
        }
    }

    /// The ID of its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }
}

/// The navigation of those who see everything: groups with the IDs of their names.
const GROUPS: &[(Option<&str>, &[Section])] = &[
    (None, &[Section::Overview]),
    (
        Some("page-nav-scores"),
        &[Section::Questions, Section::Agents, Section::Topics, Section::Waiting, Section::Importance],
    ),
    (Some("page-nav-work"), &[Section::Answers, Section::Cases]),
    (Some("page-nav-data"), &[Section::Coverage, Section::Support, Section::Surveys]),
];
/// The bar at the bottom of a phone; the whole navigation is its last entry.
const TABS: &[Section] = &[Section::Overview, Section::Answers, Section::Cases, Section::Questions];
/// The navigation of agents.
const OF_AGENTS: &[Section] = &[Section::Mine, Section::Answers, Section::Cases];

/// A link of the navigation.
#[derive(Clone, Debug)]
pub struct Item {
    pub href: String,
    pub name: String,
    pub icon: &'static str,
    pub is_current: bool,
    /// How many are overdue; 0 shows nothing.
    pub overdue: i64,
}

/// Links of the navigation under one heading.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: Option<String>,
    pub items: Vec<Item>,
}

/// What `layout.html` shows around a page.
#[derive(Clone, Debug)]
pub struct Shell {
    pub words: Words,
    /// The title of the browser's window, without the program's name.
    pub title: String,
    pub brand: String,
    /// `light` or `dark`; `None` for the system's.
    pub theme: Option<String>,
    /// What every form carries.
    pub form_token: String,
    /// Where a form leads back to.
    pub back: String,
    /// Name and role.
    pub who: String,
    pub groups: Vec<Group>,
    pub tabs: Vec<Item>,
    /// The languages to choose from: code, whether it is the present one, its own name.
    pub languages: Vec<(&'static str, bool, String)>,
    /// Shop and day, for a page on paper.
    pub print_line: String,
    /// Until when a shared page can be read, in words. Such a page leads nowhere.
    pub shared: Option<String>,
    /// Whether somebody who is signed in may share pages.
    pub may_share: bool,
}

impl Shell {
    /// A text without variables.
    #[must_use]
    pub fn t(&self, id: &str) -> String {
        self.words.t(id)
    }

    /// Whether a choice of colours is the present one.
    #[must_use]
    pub fn is_theme(&self, theme: &str) -> bool {
        self.theme.as_deref().unwrap_or("auto") == theme
    }
}

impl Pages {
    /// The installation's name.
    #[must_use]
    pub fn brand(&self) -> String {
        self.ctx.config.brand.clone().unwrap_or_else(|| "Afterword".to_owned())
    }

    /// The frame of a page at `address`. `filters` go along with the links of the navigation.
    pub async fn shell(
        &self,
        viewer: &Viewer,
        section: Option<Section>,
        title: String,
        (address, filters): (String, &Filters),
    ) -> Result<Shell, Trouble> {
        let (words, access) = (&viewer.words, viewer.access());
        let is_guest = viewer.shared.is_some();
        let overdue = if access.sees_all() && !is_guest {
            self.db.read().await?.count_unresolved_cases(viewer.now).await?.overdue
        } else {
            0
        };
        let item = |of: &Section| {
            let entry = of.entry();
            Item {
                href: filters.known_to(entry.words).without(Word::After).href(entry.path),
                name: words.t(entry.name),
                icon: entry.icon,
                is_current: section == Some(*of),
                overdue: if *of == Section::Cases { overdue } else { 0 },
            }
        };
        let (groups, tabs): (Vec<Group>, &[Section]) = if is_guest {
            (Vec::new(), &[])
        } else if access.sees_all() {
            let group = |(name, sections): &(Option<&str>, &[Section])| Group {
                name: name.map(|name| words.t(name)),
                items: sections.iter().map(item).collect(),
            };
            (GROUPS.iter().map(group).collect(), TABS)
        } else {
            (vec![Group { name: None, items: OF_AGENTS.iter().map(item).collect() }], OF_AGENTS)
        };
        let brand = self.brand();
        let values = [
            ("brand", brand.clone().into()),
            ("day", words.full_date(words.local(viewer.now).date_naive()).into()),
        ];
        Ok(Shell {
            title,
            theme: viewer.session.as_ref().and_then(|session| session.theme.clone()),
            form_token: viewer.form_token.clone(),
            back: address,
            who: who(viewer),
            groups,
            tabs: tabs.iter().map(item).collect(),
            languages: self.languages(words),
            print_line: words.with("page-print-line", &values),
            shared: viewer.shared.as_ref().map(|shared| {
                let day = words.full_date(words.local(shared.expires_at).date_naive());
                words.of("page-shared-until", "day", &day)
            }),
            may_share: viewer.may_share().is_some(),
            words: words.clone(),
            brand,
        })
    }

    /// The languages of the installation in which the program has words.
    fn languages(&self, words: &Words) -> Vec<(&'static str, bool, String)> {
        let spoken = self.ctx.config.languages.iter().filter(|code| words.catalogue.has(code));
        spoken
            .map(|code| (code, code == words.locale, crate::domain::locale::own_name(code).to_owned()))
            .collect()
    }
}

/// Name and role of who is signed in.
pub(super) fn who(viewer: &Viewer) -> String {
    described(&viewer.words, viewer.member.name.as_deref(), viewer.access())
}

/// A name with its role: `Пётр · руководитель`.
pub(super) fn described(words: &Words, name: Option<&str>, access: &Access) -> String {
    let role = words.t(role_id(access));
    match name {
        Some(name) => format!("{name} · {role}"),
        None => role,
    }
}

/// The ID of the name of a role.
pub(super) const fn role_id(access: &Access) -> &'static str {
    match access {
        Access::Reader => "page-role-reader",
        Access::Admin => "page-role-admin",
        Access::Lead => "page-role-lead",
        Access::Agent(_) => "page-role-agent",
    }
}
