//! The pages of the dashboard in a real browser: on a desktop and on a phone, with JavaScript and without.

use std::panic::AssertUnwindSafe;

use fantoccini::{Client, Locator};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::driver::{Driver, Screen};
use super::looks::FAINT;
use super::screenshots;
use crate::harness::{Setting, Story, hours, script, seconds};
use crate::ports::free_addr;
use crate::untried;

const QUESTIONS: &str = r#"
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }
[questions.low]
reasons = [ { key = "slow", text = { ru = "Долго", en = "Slow" } } ]
comment = { ru = "Что пошло не так?", en = "What went wrong?" }
"#;

/// A window in which somebody reads.
pub(super) struct Window {
    pub client: Client,
    url: String,
}

impl Window {
    pub async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.unwrap();
    }

    pub async fn click(&self, locator: Locator<'_>) {
        let element = self.client.wait().for_element(locator).await.unwrap();
        // What stands behind the bar at the bottom of a phone counts as in view for the driver.
        let center = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.client.execute(center, vec![serde_json::to_value(&element).unwrap()]).await.unwrap();
        element.click().await.unwrap();
    }

    async fn link(&self, text: &str) {
        self.click(Locator::LinkText(text)).await;
    }

    /// Waits until the heading is this one.
    pub async fn heading(&self, text: &str) {
        let path = format!("//h1[starts-with(normalize-space(.), '{text}')]");
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        assert!(found.is_ok(), "no heading '{text}' in {}", self.client.source().await.unwrap());
    }

    /// The address of the first survey on a page of answers.
    pub async fn survey(&self) -> String {
        let survey = self.client.find(Locator::Css(".answers .aside a")).await.unwrap();
        survey.attr("href").await.unwrap().unwrap()
    }

    /// Signs in with a link, by its button.
    pub async fn sign_in(&self, path: &str) {
        self.open(path).await;
        self.heading("Войти как Пётр").await;
        self.click(Locator::Css("form button.main")).await;
        self.heading("Обзор").await;
        self.open("/answers").await;
        self.heading("3 ответа").await;
    }
}

/// Three answered tickets, one of them bad, with words, a voice message and a photo.
pub(super) async fn desk() -> Story {
    let story = Setting::new().await.set("HTTP_ADDR", &free_addr().to_string()).start().await;
    story.publish(&script("help", "on = \"ticket_closed\"", "", QUESTIONS)).await;
    for (number, score) in [(1, "2"), (2, "5"), (3, "5")] {
        let customer = format!("C-{number}");
        let person = story.customer("Анна", &customer).await;
        let more = json!({
            "agent": { "id": "a-1", "name": "Ольга", "team": "first" },
            "channel": "chat",
            "tags": ["delivery"],
            "subject": { "url": format!("https://desk.example/tickets/{number}") },
            "metrics": { "first_response_s": 840, "resolution_s": 5400 },
        });
        story.ticket(&number.to_string(), &customer, more).await;
        story.advance(hours(3)).await;
        story.tap(person, score).await;
        if score == "2" {
            story.world.send_voice(person.id, 21);
            story.world.send_photo(person.id, None);
            story
                .say(
                    person,
                    "Курьер не приехал, а в ответ третий раз робот: «ваш заказ в пути». Где посылка?",
                )
                .await;
        }
        story.advance(seconds(5)).await;
    }
    story
}

/// Reads in a window, and closes it even if the reading fails.
pub(super) async fn read<F>(story: &Story, screen: Screen, scripts: bool, reads: impl FnOnce(Window) -> F)
where
    F: Future<Output = ()>,
{
    let Some(driver) = Driver::start().await else {
        untried::pass_over("a browser (apt-get install chromium chromium-driver)");
        return;
    };
    let client = driver.open_with(screen, scripts).await;
    let window = Window { client: client.clone(), url: format!("http://{}", story.running.addr) };
    let read = AssertUnwindSafe(reads(window)).catch_unwind().await;
    let closed = client.close().await;
    if let Err(panic) = read {
        std::panic::resume_unwind(panic);
    }
    closed.unwrap();
}

async fn walk(story: &Story, screen: Screen, scripts: bool) {
    story.say(story.lead, "/dashboard").await;
    let login = story.newest_login(story.lead);
    read(story, screen, scripts, |window| async move {
        window.sign_in(&login).await;
        window.open("/").await;
        window.link("Как вам помощь?").await;
        window.heading("Как вам помощь?").await;
        window.link("Недели").await;
        window.click(Locator::XPath("//a[@aria-current and . = 'Недели']")).await;
        window.open("/answers").await;
        window.link("Плохо · 1").await;
        window.heading("1 ответ").await;
        window.click(Locator::Css(".answers .aside a")).await;
        window.heading("Опрос: №1").await;
        window.client.back().await.unwrap();
        window.heading("1 ответ").await;
        window.click(Locator::Css(".chips .x")).await;
        window.heading("3 ответа").await;
        window.click(Locator::XPath("//summary[contains(., 'Фильтр')]")).await;
        window.click(Locator::Css("input[name=team][value=first]")).await;
        window.click(Locator::XPath("//form[contains(@class, 'sheet')]//button")).await;
        window.click(Locator::XPath("//ul[@class='chips']//b[. = 'first']")).await;
        let shared = share(&window, "walk").await;
        window.open(&shared).await;
        window.heading("Обзор").await;
        assert!(window.client.find_all(Locator::Css("a[href], form, button")).await.unwrap().is_empty());
        window.open("/links").await;
        window.click(Locator::XPath("//button[contains(., 'Отозвать')]")).await;
        window.click(Locator::XPath("//p[contains(., 'Ни одной страницей')]")).await;
        window.open(&shared).await;
        window.heading("Ссылка уже не действует").await;
        window.open("/cases").await;
        window.click(Locator::Css(".case .btn")).await;
        window.heading("Обращение №").await;
        window.link("Всё об этом клиенте").await;
        window.heading("C-1").await;
        window.open("/cases").await;
        window.click(Locator::Css("button[name=theme][value=dark]")).await;
        window.client.wait().for_element(Locator::Css("html[data-theme=dark]")).await.unwrap();
        window.click(Locator::Css("form[action='/logout'] button")).await;
        window.heading("Вход").await;
    })
    .await;
}

#[tokio::test]
async fn everything_works_with_javascript() {
    let story = desk().await;
    walk(&story, Screen::Desktop, true).await;
    walk(&story, Screen::Phone, true).await;
    story.end().await;
}

#[tokio::test]
async fn everything_works_without_javascript() {
    let story = desk().await;
    walk(&story, Screen::Desktop, false).await;
    story.end().await;
}

/// What goes wrong on a page that one only looks at: a part that sticks out, a text that can hardly be read.
const WIDE: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";

#[tokio::test]
async fn every_page_fits_its_window_and_can_be_read() {
    let story = desk().await;
    for screen in [Screen::Desktop, Screen::Phone] {
        story.say(story.lead, "/dashboard").await;
        let login = story.newest_login(story.lead);
        let name = if screen == Screen::Phone { "phone" } else { "desktop" };
        read(&story, screen, true, |window| async move {
            window.open(&login).await;
            window.heading("Войти как Пётр").await;
            shot(&window, name, "login").await;
            window.click(Locator::Css("form button.main")).await;
            window.heading("Обзор").await;
            window.open("/answers?band=low").await;
            window.heading("1 ответ").await;
            let survey = window.survey().await;
            let shared = share(&window, name).await;
            window.open("/answers").await;
            for language in ["ru", "en"] {
                // On a phone the bar at the bottom would lie over what the driver scrolls to.
                let end = "window.scrollTo(0, document.body.scrollHeight)";
                window.client.execute(end, Vec::new()).await.unwrap();
                window.click(Locator::Css(&format!("button[name=language][value={language}]"))).await;
                window
                    .client
                    .wait()
                    .for_element(Locator::Css(&format!("html[lang={language}]")))
                    .await
                    .unwrap();
                for (path, page) in all(&survey, &shared) {
                    window.open(path).await;
                    let wide = window.client.execute(WIDE, Vec::new()).await.unwrap();
                    assert_eq!(wide, json!(0), "{path} sticks out on a {name}");
                    for theme in ["light", "dark"] {
                        let set = format!("document.documentElement.dataset.theme = '{theme}'");
                        window.client.execute(&set, Vec::new()).await.unwrap();
                        let faint: Value = window.client.execute(FAINT, Vec::new()).await.unwrap();
                        assert_eq!(faint, json!([]), "{path} in {language}, {theme}");
                        shot(&window, name, &format!("{page}-{language}-{theme}")).await;
                    }
                }
                window.open("/cases").await;
            }
        })
        .await;
    }
    story.end().await;
}

/// The address of every page that leads see, and a name for it.
pub(super) fn all<'p>(survey: &'p str, shared: &'p str) -> Vec<(&'p str, &'static str)> {
    vec![
        ("/", "overview"),
        ("/questions", "questions"),
        ("/questions/help/agent", "question"),
        ("/agents?period=2026-11", "agents"),
        ("/agents/a-1?period=2026-11", "agent"),
        ("/topics", "topics"),
        ("/coverage", "coverage"),
        ("/importance/help", "importance"),
        ("/waiting/help/agent", "waiting"),
        ("/support", "support"),
        ("/answers", "answers"),
        ("/answers?period=2026-11&band=low&colour=red", "answers-low"),
        ("/answers?period=2026-11&team=third", "answers-none"),
        (survey, "survey"),
        ("/surveys", "surveys"),
        ("/cases", "cases"),
        ("/cases/101", "case"),
        ("/filters?period=2026-11", "filters"),
        ("/customers/C-1", "customer"),
        ("/answers?period=2026-11&after=50", "beyond"),
        ("/links", "links"),
        (shared, "shared"),
        ("/cases/99999", "not-found"),
    ]
}

/// Opens both menus of a page, shares it, and returns the path of the link.
pub(super) async fn share(window: &Window, screen: &str) -> String {
    window.open("/?period=2026-11").await;
    window.click(Locator::XPath("//summary[contains(., 'Скачать')]")).await;
    shot(window, screen, "download").await;
    window.click(Locator::XPath("//summary[contains(., 'Поделиться')]")).await;
    shot(window, screen, "share").await;
    window.click(Locator::Css("input[name=words]")).await;
    window.click(Locator::XPath("//button[contains(., 'Создать ссылку')]")).await;
    window.heading("Доступ по ссылке").await;
    shot(window, screen, "link-made").await;
    let link = window.client.find(Locator::Css(".link-made")).await.unwrap().text().await.unwrap();
    let (_, token) = link.rsplit_once('/').unwrap();
    format!("/shared/{token}")
}

/// A picture for a person to look at.
async fn shot(window: &Window, screen: &str, name: &str) {
    let picture = window.client.screenshot().await.unwrap();
    std::fs::create_dir_all(screenshots()).unwrap();
    std::fs::write(screenshots().join(format!("pages-{screen}-{name}.png")), &picture).unwrap();
}
