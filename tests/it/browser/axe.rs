//! Every page of the dashboard under axe-core (`axe.min.js`): names, headings, landmarks, sizes and contrast. On a desktop in
//! Russian and in both colours, on a phone in English and in the dark.

use afterword::domain::staff::Role;
use fantoccini::Locator;
use serde_json::{Value, json};

use super::driver::Screen;
use super::pages::{Window, all, desk, read, share};
use crate::harness::{Story, hours, seconds};
use crate::stories::pages::member;

/// axe-core as its authors publish it, with its licence in the first lines.
const AXE: &str = include_str!("axe.min.js");

/// Gives every violation as a line: the rule, the element, and what is wrong with it. Other colours need the rule about
/// colours only.
const RUN: &str = r"
    const [onlyColours, done] = arguments;
    const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'experimental'];
    const runOnly = onlyColours ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: levels };
    const rules = onlyColours ? {} : { 'target-size': { enabled: true } };
    const line = (rule, { target, failureSummary }) =>
        `${rule} at ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`;
    axe.run(document, { runOnly, rules, resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.map((node) => line(id, node)))),
        (error) => done([String(error)]),
    );
";

/// Opens what is folded, apart from the sheets of the bar, which would lie over the page.
const UNFOLD: &str = "for (const part of document.querySelectorAll('details:not(.pop)')) part.open = true";
/// Opens one sheet of the bar, and says whether there is one.
const SHEET: &str = "const sheet = document.querySelectorAll('.pop')[arguments[0]]; \
                     if (sheet) sheet.open = true; return Boolean(sheet)";

/// The colours in which pages are looked at, and whether only for the sake of their contrast.
const ON_A_DESKTOP: &[(&str, bool)] = &[("light", false), ("dark", true)];
const ON_A_PHONE: &[(&str, bool)] = &[("dark", false)];

struct Look {
    window: Window,
    colours: &'static [(&'static str, bool)],
    /// What is wrong with the pages, a line each.
    found: Vec<String>,
}

impl Look {
    /// Opens a page, and looks at it in all colours.
    async fn at(&mut self, path: &str) {
        self.window.open(path).await;
        self.script(AXE, Vec::new()).await;
        self.script(UNFOLD, Vec::new()).await;
        self.here(path).await;
    }

    /// Looks at a page that is open.
    async fn here(&mut self, what: &str) {
        for (theme, only_colours) in self.colours {
            let set = format!("document.documentElement.dataset.theme = '{theme}'");
            self.script(&set, Vec::new()).await;
            let found = self.window.client.execute_async(RUN, vec![json!(only_colours)]).await.unwrap();
            let found: Vec<String> = serde_json::from_value(found).unwrap();
            self.found.extend(found.into_iter().map(|line| format!("{what} in {theme}: {line}")));
        }
    }

    /// Looks at each sheet of the bar of a page that is open.
    async fn sheets(&mut self, path: &str) {
        let mut place = 0;
        while self.script(SHEET, vec![json!(place)]).await == json!(true) {
            place += 1;
            self.here(&format!("{path} with sheet {place}")).await;
        }
        assert!(place > 0, "{path} has no bar");
    }

    async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.window.client.execute(script, arguments).await.unwrap()
    }

    /// Signs in with a link.
    async fn sign_in(&mut self, login: &str, first: &str) {
        self.at(login).await;
        self.window.click(Locator::Css("form button.main")).await;
        self.window.heading(first).await;
    }
}

/// A desk with enough answers for figures, in two months.
async fn busy_desk() -> Story {
    let story = desk().await;
    for number in 4..=23 {
        let customer = format!("C-{number}");
        let person = story.customer("Борис", &customer).await;
        let agent = json!({ "id": format!("a-{}", number % 2), "name": "Ольга", "team": "first" });
        story.ticket(&number.to_string(), &customer, json!({ "agent": agent, "tags": ["delivery"] })).await;
        story.advance(hours(3)).await;
        story.tap(person, if number % 4 == 0 { "3" } else { "5" }).await;
        story.advance(seconds(5)).await;
        if number == 13 {
            story.advance(hours(24 * 9)).await;
        }
    }
    story
}

impl Look {
    /// Goes on in another language.
    async fn speak(&mut self, language: &str) {
        let button = format!("document.querySelector('button[name=language][value={language}]').click()");
        self.script(&button, Vec::new()).await;
        let page = format!("html[lang={language}]");
        self.window.client.wait().for_element(Locator::Css(&page)).await.unwrap();
    }
}

/// Goes over all pages of a lead and of an agent, with links that sign them in.
async fn go_over(story: &Story, screen: Screen, [lead, agent]: [&str; 2]) {
    let is_phone = screen == Screen::Phone;
    read(story, screen, true, |window| async move {
        let colours = if is_phone { ON_A_PHONE } else { ON_A_DESKTOP };
        let mut look = Look { window, colours, found: Vec::new() };
        look.at("/login").await;
        look.sign_in(lead, "Обзор").await;
        look.at(lead).await;
        let shared = share(&look.window, "axe").await;
        look.window.open("/answers?period=2026-11&band=low").await;
        let survey = look.window.survey().await;
        if is_phone {
            look.speak("en").await;
        }
        for (path, _) in all(&survey, &shared) {
            look.at(path).await;
        }
        look.at("/questions/help/agent?period=2026-11").await;
        look.sheets("/questions/help/agent").await;
        look.window.open("/links").await;
        look.window.click(Locator::Css("form[action$='/end'] button")).await;
        look.window.click(Locator::Css(".panel > p.say")).await;
        look.at(&shared).await;
        look.sign_in(agent, "Мои оценки").await;
        if is_phone {
            look.speak("en").await;
        }
        for path in ["/me", "/answers?period=2026-11", "/cases", "/cases/101", &survey, "/questions"] {
            look.at(path).await;
        }
        assert!(look.found.is_empty(), "{}", look.found.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page() {
    let story = busy_desk().await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    for screen in [Screen::Desktop, Screen::Phone] {
        let mut logins = Vec::new();
        for person in [story.lead, olga] {
            story.say(person, "/dashboard").await;
            logins.push(story.newest_login(person));
        }
        go_over(&story, screen, [&logins[0], &logins[1]]).await;
    }
    story.end().await;
}
